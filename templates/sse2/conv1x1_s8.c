/* conv1x1_s8.c: convolution of int8, one pixel to one pixel, 16 outputs at a time. */
#include <assert.h>

#include "fours.h"

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x counts from -128, and bias_u8 knows it.  Weights are in blocks of 16 outputs of
 * four inputs each, filled up with zeros.
 * cost: out_w * ((out_c + 15) / 16) * ((in_c + 3) / 4 * 14 + 200)
 */
void
conv1x1_s8_sse2(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_less,
	const int8_t *restrict w_excess, const int32_t *restrict excess_at,
	const int32_t *restrict excess_first, const int32_t *restrict bias_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left,
	int pad_right, int x_step, int y_step, int w_left, int excess, int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const Weights128 weights = { w_less, excess > 0 ? w_excess : NULL, bias_u8,
		excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, w_left, excess };

	for (int p = 0; p < out_w; p++)
		outputs_128(y + p * y_step, x + p * stride_w * x_step, &weights, mult_16, shift_16,
			in_c, out_c, y_zero, y_min, y_max);
}
