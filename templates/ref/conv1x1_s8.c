/* conv1x1_s8.c: convolution of int8, one pixel to one pixel. */
#include <assert.h>

#include "../common/fixed.h"

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  w: in_c weights of each output channel.
 * cost: out_w * out_c * (2 * in_c + 20)
 */
void
conv1x1_s8_ref(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	const int32_t *restrict bias, const int32_t *restrict mult, const int8_t *restrict shift,
	int in_c, int out_w, int out_c, int kernel_h, int kernel_w, int stride_w, int pad_top,
	int pad_bottom, int pad_left, int pad_right, int x_step, int y_step, int x_zero, int w_zero,
	int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	for (int p = 0; p < out_w; p++) {
		const int8_t *pixel = x + p * stride_w * x_step;
		const int8_t *v = w;

		for (int o = 0; o < out_c; o++, v += in_c) {
			int32_t sum = bias[o];

			for (int c = 0; c < in_c; c++)
				sum += (pixel[c] - x_zero) * (v[c] - w_zero);
			y[p * y_step + o] = (int8_t)clamp(
				requantize(sum, mult[o], shift[o]) + y_zero, y_min, y_max);
		}
	}
}
