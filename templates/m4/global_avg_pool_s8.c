/* global_avg_pool_s8.c: averages of whole images of int8, four channels at a time. */
#include <assert.h>

#include "../common/average.h"
#include "sums.h"

/* acc: 4 * in_c */
void
global_avg_pool_s8_begin_m4(int32_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c++)
		acc[c] = 0;
}

/*
 * acc += x + x_bias, for one row of pixels, of which 16 bits hold the sums.
 * cost: (in_c + 3) / 4 * (4 * in_w + 20)
 */
void
global_avg_pool_s8_row_m4(int32_t *restrict acc, const int8_t *restrict x, int in_w, int in_c,
	int x_step, int x_bias)
{
	assert(in_w <= 255);

	add_row(acc, x, in_w, in_c, x_step, x_bias);
}

/*
 * y = clamp(acc / number of pixels, halves away from zero) - x_bias
 * cost: 12 * out_c
 */
void
global_avg_pool_s8_end_m4(int8_t *restrict y, const int32_t *restrict acc, int in_h, int in_w,
	int out_c, int x_bias, int y_min, int y_max)
{
	averages(y, acc, in_h * in_w, out_c, x_bias, y_min, y_max);
}
