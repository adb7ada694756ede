/* global_avg_pool_s8.c: averages of whole images of int8, channel by channel. */
#include "../common/average.h"
#include "sums.h"

/* acc: 4 * ((in_c + BYTES - 1) / BYTES * BYTES) */
void
global_avg_pool_s8_begin_vec(int32_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c += LANES)
		store_ints(acc + c, same_int(0));
}

/*
 * acc += x + x_bias, for one row of pixels.
 * cost: ((in_c + BYTES - 1) / BYTES) * (10 * in_w + 12)
 */
void
global_avg_pool_s8_row_vec(int32_t *restrict acc, const int8_t *restrict x, int in_w, int in_c,
	int x_step, int x_bias)
{
	for (int c = 0; c < in_c; c += BYTES)
		add_pixels(acc + c, x + c, in_w, x_step, in_c - c, -x_bias);
}

/*
 * y = clamp(acc / number of pixels, halves away from zero) - x_bias
 * cost: 8 * out_c
 */
void
global_avg_pool_s8_end_vec(int8_t *restrict y, const int32_t *restrict acc, int in_h, int in_w,
	int out_c, int x_bias, int y_min, int y_max)
{
	averages(y, acc, in_h * in_w, out_c, x_bias, y_min, y_max);
}
