/* dense_f32.c: float vectors times a matrix, in tiles of 4 vectors. */
#include "reals.h"

/*
 * y = clamp(bias + sum of x * w), for each of out_w vectors of in_c.
 * w_16x1: of each block of 16 outputs, filled up with zeros, 16 weights for each input.
 * cost: out_w * out_c * (in_c + 4)
 */
void
dense_f32_hvx(float *restrict y, const float *restrict x, const float *restrict w_16x1,
	const float *restrict bias, int in_c, int out_w, int out_c, int x_step,
	int y_step, float y_low, float y_high)
{
	const int block = in_c * W_BLOCK;

	for (int o = 0; o + TILE_OUTPUTS <= out_c; o += TILE_OUTPUTS)
		multiply_row(y + o, x, weights_from(w_16x1, o, block), bias + o, in_c, out_w, x_step,
			y_step, TILE_OUTPUTS, y_low, y_high);
	for (int o = out_c / TILE_OUTPUTS * TILE_OUTPUTS; o < out_c; o++) /* the last output */
		multiply_row(y + o, x, weights_from(w_16x1, o, block), bias + o, in_c, out_w, x_step,
			y_step, 1, y_low, y_high);
}
