/* dense_f32.c: float vectors times a matrix, in tiles of 6 pixels. */
#include "tile.h"

/*
 * y = clamp(bias + sum of x * w), for each of out_w vectors of in_c.
 * w_16x1: of each block of 16 outputs, filled up with zeros, 16 weights for each input.
 * cost: out_w * ((out_c + LANES - 1) / LANES) * (in_c * 6 / 10 + 8)
 */
void
dense_f32_vec(float *restrict y, const float *restrict x, const float *restrict w_16x1,
	const float *restrict bias, int in_c, int out_w, int out_c, int x_step,
	int y_step, float y_low, float y_high)
{
	for (int o = 0; o + FLOAT_OUTPUTS <= out_c; o += FLOAT_OUTPUTS) {
		for (int p = 0; p + FLOAT_PIXELS <= out_w; p += FLOAT_PIXELS)
			multiply_tile(y + p * y_step, x + p * x_step, w_16x1, bias, in_c, o, x_step, y_step,
				FLOAT_PIXELS, FLOAT_OUTPUTS, y_low, y_high);
		/* the last pixels */
		for (int p = out_w / FLOAT_PIXELS * FLOAT_PIXELS; p < out_w; p += FLOAT_PIXELS)
			multiply_tile(y + p * y_step, x + p * x_step, w_16x1, bias, in_c, o, x_step, y_step,
				out_w - p, FLOAT_OUTPUTS, y_low, y_high);
	}
	/* the last outputs */
	for (int o = out_c / FLOAT_OUTPUTS * FLOAT_OUTPUTS; o < out_c; o += FLOAT_OUTPUTS) {
		for (int p = 0; p + FLOAT_PIXELS <= out_w; p += FLOAT_PIXELS)
			multiply_tile(y + p * y_step, x + p * x_step, w_16x1, bias, in_c, o, x_step, y_step,
				FLOAT_PIXELS, out_c - o, y_low, y_high);
		for (int p = out_w / FLOAT_PIXELS * FLOAT_PIXELS; p < out_w; p += FLOAT_PIXELS)
			multiply_tile(y + p * y_step, x + p * x_step, w_16x1, bias, in_c, o, x_step, y_step,
				out_w - p, out_c - o, y_low, y_high);
	}
}
