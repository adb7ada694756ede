/* conv2d_f32.c: any convolution of floats. */
#include "../common/real.h"

/*
 * y = clamp(bias + sum of x * w), one row of pixels of out_c channels.  x: the kernel_h
 * rows under the window.  w: out_c windows of kernel_h rows of kernel_w pixels of in_c.
 * cost: out_w * out_c * (4 * kernel_h * kernel_w * in_c + 4 * kernel_h * kernel_w + 10)
 */
void
conv2d_f32_ref(float *restrict y, const float *const *x, const float *restrict w,
	const float *restrict bias, int in_w, int in_c, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left,
	int x_step, int y_step, float y_low, float y_high)
{
	for (int p = 0; p < out_w; p++) {
		const float *v = w;

		for (int o = 0; o < out_c; o++) {
			float sum = 0;

			for (int i = 0; i < kernel_h; i++) {
				for (int j = 0; j < kernel_w; j++, v += in_c) {
					int column =
						p * stride_w + j * dilation_w - pad_left;

					if (column < 0 || column >= in_w)
						continue;
					for (int c = 0; c < in_c; c++)
						sum += x[i][column * x_step + c] * v[c];
				}
			}
			y[p * y_step + o] = clamp_real(sum + bias[o], y_low, y_high);
		}
	}
}
