/* conv1x1_f32.c: convolution of floats, one pixel to one pixel, in tiles of 6 pixels. */
#include <assert.h>

#include "tile.h"

/*
 * y = clamp(bias + sum of x * w), one row of pixels of out_c channels.
 * w_16x1: of each block of 16 outputs, filled up with zeros, 16 weights for each input.
 * cost: out_w * ((out_c + LANES - 1) / LANES) * (in_c * 6 / 10 + 8)
 */
void
conv1x1_f32_vec(float *restrict y, const float *restrict x, const float *restrict w_16x1,
	const float *restrict bias, int in_c, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left, int pad_right, int x_step,
	int y_step, float y_low, float y_high)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int step = stride_w * x_step;

	for (int o = 0; o + FLOAT_OUTPUTS <= out_c; o += FLOAT_OUTPUTS) {
		for (int p = 0; p + FLOAT_PIXELS <= out_w; p += FLOAT_PIXELS)
			multiply_tile(y + p * y_step, x + p * step, w_16x1, bias, in_c, o, step, y_step,
				FLOAT_PIXELS, FLOAT_OUTPUTS, y_low, y_high);
		/* the last pixels */
		for (int p = out_w / FLOAT_PIXELS * FLOAT_PIXELS; p < out_w; p += FLOAT_PIXELS)
			multiply_tile(y + p * y_step, x + p * step, w_16x1, bias, in_c, o, step, y_step,
				out_w - p, FLOAT_OUTPUTS, y_low, y_high);
	}
	/* the last outputs */
	for (int o = out_c / FLOAT_OUTPUTS * FLOAT_OUTPUTS; o < out_c; o += FLOAT_OUTPUTS) {
		for (int p = 0; p + FLOAT_PIXELS <= out_w; p += FLOAT_PIXELS)
			multiply_tile(y + p * y_step, x + p * step, w_16x1, bias, in_c, o, step, y_step,
				FLOAT_PIXELS, out_c - o, y_low, y_high);
		for (int p = out_w / FLOAT_PIXELS * FLOAT_PIXELS; p < out_w; p += FLOAT_PIXELS)
			multiply_tile(y + p * y_step, x + p * step, w_16x1, bias, in_c, o, step, y_step,
				out_w - p, out_c - o, y_low, y_high);
	}
}
