/* global_max_pool_f32.c: maxima of whole images of floats, channel by channel. */
#include <float.h>

#include "../common/real.h"

/* acc: 4 * in_c */
void
global_max_pool_f32_begin_ref(float *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c++)
		acc[c] = -FLT_MAX;
}

/*
 * acc = max(acc, x), for one row of pixels.
 * cost: 5 * in_w * in_c
 */
void
global_max_pool_f32_row_ref(
	float *restrict acc, const float *restrict x, int in_w, int in_c, int x_step)
{
	for (int p = 0; p < in_w; p++)
		for (int c = 0; c < in_c; c++)
			acc[c] = acc[c] < x[p * x_step + c] ? x[p * x_step + c] : acc[c];
}

/* y = clamp(acc) */
void
global_max_pool_f32_end_ref(
	float *restrict y, const float *restrict acc, int out_c, float y_low, float y_high)
{
	for (int c = 0; c < out_c; c++)
		y[c] = clamp_real(acc[c], y_low, y_high);
}
