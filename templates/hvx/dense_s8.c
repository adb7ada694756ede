/* dense_s8.c: int8 vectors times a matrix, 128 outputs at a time. */
#include "tile.h"

enum { OWN = 4096 }; /* bytes of inputs that need no scratch */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  Weights are 128 more, in blocks of 32 outputs of four inputs each.
 * cost: (out_w + 3) / 4 * (20 + in_c / 4 + (out_c + 31) / 32 * ((in_c + 3) / 4 * 2 + 8))
 * scratch: out_w == 1 && in_c < 4097 ? 0 : (out_w < 4 ? out_w : 4) * ((in_c + 7) / 8 * 8) + 128
 */
void
dense_s8_hvx(int8_t *restrict y, const int8_t *restrict x, const uint8_t *restrict w_u8_32,
	const int32_t *restrict bias_32, const int32_t *restrict mult_32,
	const int32_t *restrict right_32, uint64_t *restrict scratch, int in_c, int out_w, int out_c,
	int x_step, int y_step, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const Ends ends = { bias_32, mult_32, right_32, shift_most, y_zero, y_min, y_max };
	uint64_t own[(OWN + VECTOR) / 8];
	uint64_t *const to = out_w == 1 && in_c <= OWN ? own : scratch;
	int32_t less[SUMS_MOST];

	for (int at = 0; at < out_w; at += PIXELS) {
		const int pixels = out_w - at < PIXELS ? out_w - at : PIXELS;

		const uint64_t *from =
			lay_pixels(to, x + at * x_step, x_step, in_c, pixels);

		sum_pixels(less, from, in_c, pixels, from == to ? VECTOR : 0, 128 + w_zero);
		outputs(y + at * y_step, y_step, from, w_u8_32, &ends, less, in_c, out_c, pixels,
			out_w % PIXELS, out_w - at);
	}
}
