/* conv2d_s8.c: any convolution of int8.  A y that might be x keeps compilers from holding all that is
 * under the window, widened, on the stack: clang took 2,264 bytes. */
#include "../common/fixed.h"

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  w: out_c windows of kernel_h rows of
 * kernel_w pixels of in_c.
 * cost: out_w * out_c * (2 * kernel_h * kernel_w * in_c + 4 * kernel_h * kernel_w + 20)
 */
void
conv2d_s8_ref(int8_t *y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict bias, const int32_t *restrict mult, const int8_t *restrict shift,
	int in_w, int in_c, int out_w, int out_c, int kernel_h, int kernel_w, int stride_w,
	int dilation_w, int pad_left, int x_step, int y_step, int x_zero, int w_zero, int y_zero,
	int y_min, int y_max)
{
	for (int p = 0; p < out_w; p++) {
		const int8_t *v = w;

		for (int o = 0; o < out_c; o++) {
			int32_t sum = bias[o];

			for (int i = 0; i < kernel_h; i++) {
				for (int j = 0; j < kernel_w; j++, v += in_c) {
					int column = p * stride_w + j * dilation_w - pad_left;

					if (column < 0 || column >= in_w)
						continue;
					for (int c = 0; c < in_c; c++)
						sum += (x[i][column * x_step + c] - x_zero) *
							(v[c] - w_zero);
				}
			}
			y[p * y_step + o] = (int8_t)clamp(
				requantize(sum, mult[o], shift[o]) + y_zero, y_min, y_max);
		}
	}
}
