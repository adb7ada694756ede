/* global_max_pool_s8.c: maxima of whole images of int8, channel by channel. */
#include "../common/fixed.h"

/* acc: in_c */
void
global_max_pool_s8_begin_ref(int8_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c++)
		acc[c] = INT8_MIN;
}

/*
 * acc = max(acc, x), for one row of pixels.
 * cost: 5 * in_w * in_c
 */
void
global_max_pool_s8_row_ref(
	int8_t *restrict acc, const int8_t *restrict x, int in_w, int in_c, int x_step)
{
	for (int p = 0; p < in_w; p++)
		for (int c = 0; c < in_c; c++)
			acc[c] = acc[c] > x[p * x_step + c] ? acc[c] : x[p * x_step + c];
}

/* y = clamp(acc) */
void
global_max_pool_s8_end_ref(
	int8_t *restrict y, const int8_t *restrict acc, int out_c, int y_min, int y_max)
{
	for (int c = 0; c < out_c; c++)
		y[c] = (int8_t)clamp(acc[c], y_min, y_max);
}
