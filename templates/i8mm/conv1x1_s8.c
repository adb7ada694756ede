/* conv1x1_s8.c: convolution of int8, one pixel to one pixel, in tiles of 8 pixels, 8 outputs. */
#include <assert.h>

#include "mm.h"

enum { STRETCH = 32 }; /* pixels that stay in the cache while the weights pass: of whole tiles */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x's zero point is in bias_16.  Weights are in blocks of 16 outputs of four inputs each,
 * filled up with zeros.
 * cost: (out_w + 1) / 2 * 2 * (4 + in_c / 10 + (out_c + 7) / 8 * ((in_c + 7) / 8 * 2 + 5))
 * scratch: 32 * (in_c + 7)
 */
void
conv1x1_s8_i8mm(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_16, const int32_t *restrict swift_bias_16,
	const float *restrict swift_scale_16, const float *restrict swift_offset_16,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16, int8_t *restrict scratch,
	int in_c, int out_w, int out_c, int kernel_h, int kernel_w, int stride_w, int pad_top,
	int pad_bottom, int pad_left, int pad_right, int x_step, int y_step, int w_zero,
	int swift, int shift_most, int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int fours = (in_c + 3) / 4, step = stride_w * x_step;
	const Rescales4 all = { swift ? swift_bias_16 : bias_16, swift ? swift_scale_16 : NULL,
		swift ? swift_offset_16 : NULL, swift ? NULL : mult_16, swift ? NULL : shift_16, swift,
		y_min < y_zero, shift_most, y_zero, y_min, y_max };
	int32_t zeros[2 * STRETCH] = { 0 };

	for (int at = 0; at < out_w; at += STRETCH) {
		const int pixels = out_w - at < STRETCH ? out_w - at : STRETCH;

		lay_pairs(scratch, x + at * step, step, in_c, pixels);
		if (w_zero)
			zeros_of_pairs(zeros, x + at * step, step, in_c, pixels, w_zero);
		outputs_mm(y + at * y_step, y_step, scratch, w_vnni, &all, zeros, fours, out_c, pixels,
			out_w % 8, w_zero);
	}
}
