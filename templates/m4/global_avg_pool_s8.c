/* global_avg_pool_s8.c: averages of whole images of int8, four channels at a time. */
#include <assert.h>

#include "../common/average.h"
#include "tile.h"

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

	for (int c = 0; c < in_c / 4 * 4; c += 4) {
		uint32_t even = 0, odd = 0;

#pragma GCC unroll 8
		for (int p = 0; p < in_w; p++) {
			uint32_t word;

			memcpy(&word, x + p * x_step + c, sizeof word);
			even = add_even_bytes(even, word);
			odd = add_odd_bytes(odd, word);
		}
		acc[c] += (int16_t)even + in_w * x_bias;
		acc[c + 1] += (int16_t)odd + in_w * x_bias;
		acc[c + 2] += (int16_t)(even >> 16) + in_w * x_bias;
		acc[c + 3] += (int16_t)(odd >> 16) + in_w * x_bias;
	}
	for (int c = in_c / 4 * 4; c < in_c; c++)
		for (int p = 0; p < in_w; p++)
			acc[c] += x[p * x_step + c] + x_bias;
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
