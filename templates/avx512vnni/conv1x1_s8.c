/* conv1x1_s8.c: convolution of int8, one pixel to one pixel, in tiles of 6 pixels, 64 outputs. */
#include <assert.h>

#include "dot512.h"

enum { STRETCH = 96 }; /* pixels that stay in the cache while the weights pass: of whole tiles */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  The left side of the dot product has no sign, so x counts from -128, and bias_u8
 * knows it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 * cost: out_w * ((out_c + 15) / 16) * ((in_c + 3) / 4 * 5 / 4 + 9)
 */
void
conv1x1_s8_avx512vnni(int8_t *restrict y, const int8_t *restrict x,
	const int8_t *restrict w_vnni, const int32_t *restrict bias_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom,
	int pad_left, int pad_right, int x_step, int y_step, int w_zero, int shift_most,
	int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int step = stride_w * x_step;
	const int block = (in_c + 3) / 4 * 4; /* bytes of weights of an output */
	const int rest = out_c % 64, last = out_c - rest;
	int32_t zeros[STRETCH];

	for (int at = 0; at < out_w; at += STRETCH) {
		const int end = out_w - at < STRETCH ? out_w : at + STRETCH;

		zeros_of(zeros, x + at * step, step, in_c, end - at, w_zero);
		for (int o = 0; o + 64 <= out_c; o += 64)
			tiles(y + at * y_step + o, y_step, x + at * step, step, w_vnni + o * block,
				bias_u8 + o, zeros, mult_16 + o, shift_16 + o, in_c, end - at, out_w % 6, 64,
				w_zero, shift_most, y_zero, y_min, y_max);
		if (rest > 0)
			tiles(y + at * y_step + last, y_step, x + at * step, step, w_vnni + last * block,
				bias_u8 + last, zeros, mult_16 + last, shift_16 + last, in_c, end - at,
				out_w % 6, rest, w_zero, shift_most, y_zero, y_min, y_max);
	}
}
