/* global_avg_pool_s8.c: averages of whole images of int8, channel by channel. */
#include "../common/average.h"

/* acc: 4 * in_c */
void
global_avg_pool_s8_begin_ref(int32_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c++)
		acc[c] = 0;
}

/*
 * acc += x + x_bias, for one row of pixels.
 * cost: 5 * in_w * in_c
 */
void
global_avg_pool_s8_row_ref(int32_t *restrict acc, const int8_t *restrict x, int in_w, int in_c,
	int x_step, int x_bias)
{
	for (int p = 0; p < in_w; p++)
		for (int c = 0; c < in_c; c++)
			acc[c] += x[p * x_step + c] + x_bias;
}

/* y = clamp(acc / number of pixels, halves away from zero) - x_bias */
void
global_avg_pool_s8_end_ref(int8_t *restrict y, const int32_t *restrict acc, int in_h, int in_w,
	int out_c, int x_bias, int y_min, int y_max)
{
	averages(y, acc, in_h * in_w, out_c, x_bias, y_min, y_max);
}
