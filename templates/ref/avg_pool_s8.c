/* avg_pool_s8.c: averages of int8 windows. */
#include "../common/fixed.h"

/*
 * y = clamp(mean of x + x_bias, halves away from zero) - x_bias, over the window's cells inside
 * the image.  x: the kernel_h rows under the window, valid_h of them inside, the others adding
 * nothing.
 * cost: out_w * out_c * (5 * kernel_h * kernel_w + 30)
 */
void
avg_pool_s8_ref(int8_t *restrict y, const int8_t *const *x, int valid_h, int in_w, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step,
	int x_bias, int y_min, int y_max)
{
	for (int p = 0; p < out_w; p++) {
		int left = p * stride_w - pad_left;
		int begin = left < 0 ? 0 : left;
		int end = left + kernel_w > in_w ? in_w : left + kernel_w;
		int cells = valid_h * (end - begin);

		for (int c = 0; c < out_c; c++) {
			int32_t sum = 0;

			for (int i = 0; i < kernel_h; i++)
				for (int j = begin; j < end; j++)
					sum += x[i][j * x_step + c] + x_bias;
			sum = sum > 0 ? (sum + cells / 2) / cells : (sum - cells / 2) / cells;
			y[p * y_step + c] = (int8_t)clamp(sum - x_bias, y_min, y_max);
		}
	}
}
