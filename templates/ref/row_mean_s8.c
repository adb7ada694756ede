/* row_mean_s8.c: means of int8 inside a row: over its pixels, over channels, or both. */
#include "../common/fixed.h"

/*
 * y = clamp(requantize(sum of x - x_zero)); the multiplier divides by their number too
 * cost: 5 * in_w * in_c + 16 * out_w * out_c
 */
void
row_mean_s8_ref(int8_t *restrict y, const int8_t *restrict x, int in_w, int in_c, int out_w, int out_c,
	int x_step, int y_step, int x_zero, int y_mult, int y_shift, int y_zero, int y_min,
	int y_max)
{
	const int pixels = in_w / out_w, channels = in_c / out_c; /* to one of y */

	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			const int8_t *from = x + p * pixels * x_step + c * channels;
			int32_t sum = 0;

			for (int i = 0; i < pixels; i++)
				for (int k = 0; k < channels; k++)
					sum += from[i * x_step + k] - x_zero;
			y[p * y_step + c] = (int8_t)clamp(
				requantize(sum, y_mult, y_shift) + y_zero, y_min, y_max);
		}
	}
}
