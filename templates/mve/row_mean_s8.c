/* row_mean_s8.c: means of int8 inside a row, over several channels: one at a time. */
#include <assert.h>

#include "../common/fixed.h"
#include "dot128.h"

/*
 * y = clamp(requantize(sum of x - x_zero)); the multiplier divides by their number too
 * cost: out_w * out_c * (in_w / out_w * (2 + (in_c / out_c + 15) / 16 * 3) + 20)
 */
void
row_mean_s8_mve(int8_t *restrict y, const int8_t *restrict x, int in_w, int in_c, int out_w, int out_c,
	int x_step, int y_step, int x_zero, int y_mult, int y_shift, int y_zero, int y_min,
	int y_max)
{
	assert(in_c > out_c);

	const int pixels = in_w / out_w, channels = in_c / out_c; /* to one of y */

	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			const int8_t *from = x + p * pixels * x_step + c * channels;
			int32_t sum = -pixels * channels * x_zero;

			for (int i = 0; i < pixels; i++)
				sum += sum_of(from + i * x_step, channels);
			y[p * y_step + c] = (int8_t)clamp(
				requantize(sum, y_mult, y_shift) + y_zero, y_min, y_max);
		}
	}
}
