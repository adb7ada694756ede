/* conv1x1_s8.c: convolution of int8, one pixel to one pixel, in tiles of 4 pixels, 128 outputs. */
#include <assert.h>

#include "tile.h"

enum { STRETCH = 32 }; /* pixels that stay in the cache while the weights pass: of whole tiles */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  Weights are 128 more, in blocks of 32 outputs of four inputs each.
 * cost: out_w * (4 + in_c / 8 + (out_c + 31) / 32 * ((in_c + 3) / 4 / 2 + 4)) + 40
 * scratch: 32 * ((in_c + 7) / 8 * 8) + 128
 */
void
conv1x1_s8_hvx(int8_t *restrict y, const int8_t *restrict x, const uint8_t *restrict w_u8_32,
	const int32_t *restrict bias_32, const int32_t *restrict mult_32,
	const int32_t *restrict right_32, uint64_t *restrict scratch, int in_c, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left,
	int pad_right, int x_step, int y_step, int w_zero, int shift_most, int y_zero, int y_min,
	int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int step = stride_w * x_step;
	const Ends ends = { bias_32, mult_32, right_32, shift_most, y_zero, y_min, y_max };
	int32_t less[WORDS];

	for (int at = 0; at < out_w; at += STRETCH) {
		const int pixels = out_w - at < STRETCH ? out_w - at : STRETCH;
		const uint64_t *from =
			lay_pixels(scratch, x + at * step, step, in_c, pixels);

		sum_pixels(less, from, in_c, pixels, from == scratch ? VECTOR : 0, 128 + w_zero);
		outputs(y + at * y_step, y_step, from, w_u8_32, &ends, less, in_c, out_c, pixels,
			out_w % PIXELS, out_w - at);
	}
}
