/* avg_pool_f32.c: averages of windows of floats. */
#include "floats.h"

/*
 * y = clamp(mean of x), over the window's cells inside the image.  x: the kernel_h rows
 * under the window, valid_h of them inside, the others zeros.
 * cost: out_w * ((out_c + LANES - 1) / LANES) * (4 * kernel_h * kernel_w + 16)
 */
void
avg_pool_f32_vec(float *restrict y, const float *const *x, int valid_h, int in_w, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step,
	float y_low, float y_high)
{
	for (int p = 0; p < out_w; p++) {
		int left = p * stride_w - pad_left;
		int begin = left < 0 ? 0 : left;
		int end = left + kernel_w > in_w ? in_w : left + kernel_w;
		int cells = valid_h * (end - begin);

		for (int c = 0; c < out_c; c += LANES) {
			Floats sum = same_float(0);

			for (int i = 0; i < kernel_h; i++)
				for (int j = begin; j < end; j++)
					sum = add_floats(sum, load_floats(x[i] + j * x_step + c, out_c - c));
			store_floats(y + p * y_step + c, clamp_floats(divide_floats(sum,
				same_float((float)cells)), y_low, y_high), out_c - c);
		}
	}
}
