/* global_avg_pool_f32.c: averages of whole images of floats, channel by channel. */
#include "floats.h"

/* acc: 4 * ((in_c + LANES - 1) / LANES * LANES) */
void
global_avg_pool_f32_begin_vec(float *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c += LANES)
		store_floats(acc + c, same_float(0), LANES);
}

/*
 * acc += x, for one row of pixels.
 * cost: ((in_c + LANES - 1) / LANES) * (4 * in_w + 4)
 */
void
global_avg_pool_f32_row_vec(
	float *restrict acc, const float *restrict x, int in_w, int in_c, int x_step)
{
	for (int c = 0; c < in_c; c += LANES) {
		Floats sum = load_floats(acc + c, LANES);

		for (int p = 0; p < in_w; p++)
			sum = add_floats(sum, load_floats(x + p * x_step + c, in_c - c));
		store_floats(acc + c, sum, LANES);
	}
}

/* y = clamp(acc / number of pixels) */
void
global_avg_pool_f32_end_vec(float *restrict y, const float *restrict acc, int in_h, int in_w,
	int out_c, float y_low, float y_high)
{
	for (int c = 0; c < out_c; c += LANES)
		store_floats(y + c, clamp_floats(divide_floats(load_floats(acc + c, LANES),
			same_float((float)(in_h * in_w))), y_low, y_high), out_c - c);
}
