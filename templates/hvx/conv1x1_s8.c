/* conv1x1_s8.c: convolution of int8, one pixel to one pixel, in tiles of 4 pixels, 128 outputs. */
#include <assert.h>

#include "planes.h"
#include "tile.h"

/* Pixels that stay in the cache while the weights pass: of whole tiles. */
enum { STRETCH = 32, LONG_STRETCH = 64, LONG_INPUTS = 24 };

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  Up to 32 outputs: pixels in lanes, weights in blocks of eight outputs of four inputs
 * each.  Else outputs in lanes, and weights are 128 more, in blocks of 32 outputs.
 * cost: out_w * (4 + in_c / 8 + (out_c + 31) / 32 * ((in_c + 3) / 4 / 2 + 4)) + 40
 * scratch: out_c < 33 || in_c == 24 ? 64 * ((in_c + 15) / 16 * 16) + 128 : 32 * ((in_c + 7) / 8 * 8) + 128
 */
void
conv1x1_s8_hvx(int8_t *restrict y, const int8_t *restrict x, const uint8_t *restrict w_u8_32,
	const int8_t *restrict w_8x4, const int32_t *restrict bias_32,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_32,
	const int32_t *restrict right_32, uint64_t *restrict scratch, int in_c, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left,
	int pad_right, int x_step, int y_step, int w_zero, int sum_bits, int shift_most,
	int shift_least, int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int step = stride_w * x_step;
	const int block = out_w < PLANE ? out_w : PLANE; /* the last one begins in the one before */
	const int few = out_c <= NARROW && block > PLANE * 3 / 4 && sum_bits <= 30 &&
		shift_most < 0 && shift_least > -16;
	const Ends ends = { few ? bias_u8 : bias_32, mult_32, right_32, shift_most, y_zero, y_min,
		y_max };
	const int stretch = in_c == LONG_INPUTS ? LONG_STRETCH : STRETCH;
	int32_t less[SUMS_MOST];

	for (int p = 0; p < (few ? out_w : 0); p += PLANE) {
		const int at = p < out_w - block ? p : out_w - block;

		few_outputs(y + at * y_step, y_step, x + at * step, step, w_8x4, &ends,
			(HVX_Vector *)(void *)scratch, in_c, out_c, block,
			x + (out_w - 1) * step + in_c, w_zero, y_step == out_c ? (out_w - at) * out_c : 0);
	}
	for (int at = 0; at < (few ? 0 : out_w); at += stretch) {
		const int pixels = out_w - at < stretch ? out_w - at : stretch;
		const uint64_t *from =
			lay_pixels(scratch, x + at * step, step, in_c, pixels);

		sum_pixels(less, from, in_c, pixels, from == scratch ? VECTOR : 0, 128 + w_zero);
		outputs(y + at * y_step, y_step, from, w_u8_32, &ends, less, in_c, out_c, pixels,
			out_w % PIXELS, out_w - at);
	}
}
