/* max_pool_f32.c: maxima of windows of floats. */
#include <float.h>

#include "floats.h"

/*
 * y = clamp(max of x), over the window's cells inside the image.  x: the kernel_h rows
 * under the window; rows outside hold the least value.
 * cost: out_w * ((out_c + LANES - 1) / LANES) * (2 * kernel_h * kernel_w + 8)
 */
void
max_pool_f32_vec(float *restrict y, const float *const *x, int in_w, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step, float y_low,
	float y_high)
{
	for (int p = 0; p < out_w; p++) {
		int left = p * stride_w - pad_left;
		int begin = left < 0 ? 0 : left;
		int end = left + kernel_w > in_w ? in_w : left + kernel_w;

		for (int c = 0; c < out_c; c += LANES) {
			Floats best = same_float(-FLT_MAX);

			for (int i = 0; i < kernel_h; i++)
				for (int j = begin; j < end; j++)
					best = most_floats(load_floats(x[i] + j * x_step + c, out_c - c), best);
			store_floats(y + p * y_step + c, clamp_floats(best, y_low, y_high), out_c - c);
		}
	}
}
