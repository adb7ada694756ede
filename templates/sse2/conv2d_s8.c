/* conv2d_s8.c: any convolution of int8: a window side by side, then as if of one pixel. */
#include "fours.h"

enum { FEW_TAPS = 96 }; /* are laid on the stack, more in scratch */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window, counting from -128, and bias_u8 knows it.
 * Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 * cost: out_w * (((out_c + 15) / 16) * ((kernel_h * kernel_w * in_c + 3) / 4 * 14 + 200) + kernel_h * kernel_w * (in_c / 8 + 6))
 * scratch: (kernel_h * kernel_w * in_c > 96) * kernel_h * kernel_w * in_c
 */
void
conv2d_s8_sse2(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_less,
	const int8_t *restrict w_excess, const int32_t *restrict excess_at,
	const int32_t *restrict excess_first, const int32_t *restrict bias_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16,
	int8_t *restrict scratch, int in_w, int in_c, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int pad_left, int x_step, int y_step,
	int x_zero, int w_left, int excess, int y_zero, int y_min, int y_max)
{
	const Weights128 weights = { w_less, excess > 0 ? w_excess : NULL, bias_u8,
		excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, w_left, excess };

	const int taps = kernel_h * kernel_w * in_c;
	int8_t few[FEW_TAPS], *window = taps > FEW_TAPS ? scratch : few;

	for (int p = 0; p < out_w; p++) {
		for (int i = 0; i < kernel_h; i++) {
			for (int j = 0; j < kernel_w; j++) {
				int column = p * stride_w + j * dilation_w - pad_left;
				int8_t *to = window + (i * kernel_w + j) * in_c;

				if (column >= 0 && column < in_w)
					memcpy(to, x[i] + column * x_step, (size_t)in_c);
				else
					memset(to, x_zero, (size_t)in_c);
			}
		}
		outputs_128(y + p * y_step, window, &weights, mult_16, shift_16, taps, out_c, y_zero, y_min,
			y_max);
	}
}
