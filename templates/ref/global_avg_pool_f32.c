/* global_avg_pool_f32.c: averages of whole images of floats, channel by channel. */
#include "../common/real.h"

/* acc: 4 * in_c */
void
global_avg_pool_f32_begin_ref(float *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c++)
		acc[c] = 0;
}

/*
 * acc += x, for one row of pixels.
 * cost: 5 * in_w * in_c
 */
void
global_avg_pool_f32_row_ref(
	float *restrict acc, const float *restrict x, int in_w, int in_c, int x_step)
{
	for (int p = 0; p < in_w; p++)
		for (int c = 0; c < in_c; c++)
			acc[c] += x[p * x_step + c];
}

/* y = clamp(acc / number of pixels) */
void
global_avg_pool_f32_end_ref(float *restrict y, const float *restrict acc, int in_h, int in_w,
	int out_c, float y_low, float y_high)
{
	for (int c = 0; c < out_c; c++)
		y[c] = clamp_real(acc[c] / (float)(in_h * in_w), y_low, y_high);
}
