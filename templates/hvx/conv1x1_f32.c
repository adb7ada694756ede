/* conv1x1_f32.c: convolution of floats, one pixel to one pixel, in tiles of 4 pixels. */
#include <assert.h>

#include "reals.h"

/*
 * y = clamp(bias + sum of x * w), one row of pixels of out_c channels.
 * w_16x1: of each block of 16 outputs, filled up with zeros, 16 weights for each input.
 * cost: out_w * out_c * (in_c * 6 / 10 + 4)
 */
void
conv1x1_f32_hvx(float *restrict y, const float *restrict x, const float *restrict w_16x1,
	const float *restrict bias, int in_c, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left, int pad_right, int x_step,
	int y_step, float y_low, float y_high)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int step = stride_w * x_step, block = in_c * W_BLOCK;

	for (int o = 0; o + TILE_OUTPUTS <= out_c; o += TILE_OUTPUTS)
		multiply_row(y + o, x, weights_from(w_16x1, o, block), bias + o, in_c, out_w, step, y_step,
			TILE_OUTPUTS, y_low, y_high);
	for (int o = out_c / TILE_OUTPUTS * TILE_OUTPUTS; o < out_c; o++) /* the last output */
		multiply_row(y + o, x, weights_from(w_16x1, o, block), bias + o, in_c, out_w, step, y_step,
			1, y_low, y_high);
}
