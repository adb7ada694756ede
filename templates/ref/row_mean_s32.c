/* row_mean_s32.c: means of int32 inside a row: over its pixels, over channels, or both. */
#include <stdint.h>

/*
 * y = sum of x, wrapping, / their number, toward zero
 * cost: 5 * in_w * in_c
 */
void
row_mean_s32_ref(int32_t *restrict y, const int32_t *restrict x, int in_w, int in_c, int out_w, int out_c,
	int x_step, int y_step)
{
	const int pixels = in_w / out_w, channels = in_c / out_c; /* to one of y */

	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			const int32_t *from = x + p * pixels * x_step + c * channels;
			uint64_t sum = 0;

			for (int i = 0; i < pixels; i++)
				for (int k = 0; k < channels; k++)
					sum += (uint64_t)from[i * x_step + k];
			y[p * y_step + c] = (int32_t)((int64_t)sum / (pixels * channels));
		}
	}
}
