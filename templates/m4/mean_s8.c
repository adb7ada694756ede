/* mean_s8.c: mean of int8 over all pixels of an image, four channels at a time. */
#include <assert.h>

#include "../common/fixed.h"
#include "sums.h"

/* acc: 4 * in_c */
void
mean_s8_begin_m4(int32_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c++)
		acc[c] = 0;
}

/*
 * acc += x - x_zero, for one row of pixels, of which 16 bits hold the sums.
 * cost: (in_c + 3) / 4 * (4 * in_w + 20)
 */
void
mean_s8_row_m4(int32_t *restrict acc, const int8_t *restrict x, int in_w, int in_c, int x_step,
	int x_zero)
{
	assert(in_w <= 255);

	add_row(acc, x, in_w, in_c, x_step, -x_zero);
}

/* y = clamp(requantize(acc)); the multiplier divides by the number of pixels too. */
void
mean_s8_end_m4(int8_t *restrict y, const int32_t *restrict acc, int out_c, int y_mult, int y_shift,
	int y_zero, int y_min, int y_max)
{
	for (int c = 0; c < out_c; c++)
		y[c] = (int8_t)clamp(requantize(acc[c], y_mult, y_shift) + y_zero, y_min, y_max);
}
