/* conv1x1_f32.c: convolution of floats, one pixel to one pixel. */
#include <assert.h>

#include "../common/real.h"

/*
 * y = clamp(bias + sum of x * w), one row of pixels of out_c channels.
 * w: in_c weights of each output channel.
 * cost: out_w * out_c * (4 * in_c + 10)
 */
void
conv1x1_f32_ref(float *restrict y, const float *restrict x, const float *restrict w,
	const float *restrict bias, int in_c, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left,
	int pad_right, int x_step, int y_step, float y_low, float y_high)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	for (int p = 0; p < out_w; p++) {
		const float *pixel = x + p * stride_w * x_step;
		const float *v = w;

		for (int o = 0; o < out_c; o++, v += in_c) {
			float sum = 0;

			for (int c = 0; c < in_c; c++)
				sum += pixel[c] * v[c];
			y[p * y_step + o] = clamp_real(sum + bias[o], y_low, y_high);
		}
	}
}
