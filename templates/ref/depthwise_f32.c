/* depthwise_f32.c: convolution of floats, each channel by itself. */
#include "../common/real.h"

/*
 * y = clamp(bias + sum of x * w), one row of pixels of out_c channels, channel o from
 * input channel o / multiplier.  x: the kernel_h rows under the window.  w: kernel_h rows
 * of kernel_w pixels of out_c.
 * cost: out_w * out_c * (8 * kernel_h * kernel_w + 10)
 */
void
depthwise_f32_ref(float *restrict y, const float *const *x, const float *restrict w,
	const float *restrict bias, int in_w, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int pad_left, int multiplier,
	int x_step, int y_step, float y_low, float y_high)
{
	for (int p = 0; p < out_w; p++) {
		for (int o = 0; o < out_c; o++) {
			float sum = 0;
			int c = o / multiplier;

			for (int i = 0; i < kernel_h; i++) {
				for (int j = 0; j < kernel_w; j++) {
					int column =
						p * stride_w + j * dilation_w - pad_left;

					if (column >= 0 && column < in_w)
						sum += x[i][column * x_step + c] *
							w[(i * kernel_w + j) * out_c + o];
				}
			}
			y[p * y_step + o] = clamp_real(sum + bias[o], y_low, y_high);
		}
	}
}
