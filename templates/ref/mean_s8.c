/* mean_s8.c: mean of int8 over all pixels of an image, channel by channel. */
#include "../common/fixed.h"

/* acc: 4 * in_c */
void
mean_s8_begin_ref(int32_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c++)
		acc[c] = 0;
}

/*
 * acc += x - x_zero, for one row of pixels.
 * cost: 5 * in_w * in_c
 */
void
mean_s8_row_ref(int32_t *restrict acc, const int8_t *restrict x, int in_w, int in_c, int x_step,
	int x_zero)
{
	for (int p = 0; p < in_w; p++)
		for (int c = 0; c < in_c; c++)
			acc[c] += x[p * x_step + c] - x_zero;
}

/* y = clamp(requantize(acc)); the multiplier divides by the number of pixels too. */
void
mean_s8_end_ref(int8_t *restrict y, const int32_t *restrict acc, int out_c, int y_mult,
	int y_shift, int y_zero, int y_min, int y_max)
{
	for (int c = 0; c < out_c; c++)
		y[c] = (int8_t)clamp(requantize(acc[c], y_mult, y_shift) + y_zero, y_min, y_max);
}
