/*
 * reals.h: tiles of up to 4 pixels, two outputs: the heart of float convolutions.  v66 has no vectors
 * of floats; its scalar unit takes two products a packet, fused, beside two loads.
 */
#ifndef REALS_H
#define REALS_H

#include "../common/real.h"

enum { TILE_PIXELS = 4, TILE_OUTPUTS = 2, W_BLOCK = 16 };

/* Sums, each of which takes its products in the same order, wherever it stands in a tile. */
typedef float RealTile[TILE_PIXELS][TILE_OUTPUTS];

static inline __attribute__((always_inline)) void
begin_tile(RealTile sum, const float *bias, int outputs)
{
	for (int p = 0; p < TILE_PIXELS; p++) {
		sum[p][0] = bias[0];
		sum[p][1] = outputs > 1 ? bias[1] : 0;
	}
}

/* sum += x * w of count inputs; pixels lie step apart. */
static inline __attribute__((always_inline)) void
add_inputs(RealTile sum, const float *x, int step, const float *w, int count, int pixels, int outputs)
{
	for (int c = 0; c < count; c++) {
		for (int p = 0; p < pixels; p++) {
			sum[p][0] = __builtin_fmaf(x[c + p * step], w[c * W_BLOCK], sum[p][0]);
			if (outputs > 1)
				sum[p][1] = __builtin_fmaf(x[c + p * step], w[c * W_BLOCK + 1], sum[p][1]);
		}
	}
}

static inline __attribute__((always_inline)) void
end_tile(float *y, RealTile sum, int step, int pixels, int outputs, float low, float high)
{
	for (int p = 0; p < pixels; p++) {
		y[p * step] = clamp_real(sum[p][0], low, high);
		if (outputs > 1)
			y[p * step + 1] = clamp_real(sum[p][1], low, high);
	}
}

/* The weights of the block of outputs that output o stands in, from it on. */
static inline __attribute__((always_inline)) const float *
weights_from(const float *w, int o, int w_step)
{
	return w + o / W_BLOCK * w_step + o % W_BLOCK;
}

/* Of each of some pixels `outputs` outputs; each pixel is one run of in_c values. */
static inline __attribute__((always_inline)) void
multiply_tile(float *y, const float *x, const float *w, const float *bias, int in_c, int x_step,
	int y_step, int pixels, int outputs, float low, float high)
{
	RealTile sum;

	begin_tile(sum, bias, outputs);
	add_inputs(sum, x, x_step, w, in_c, pixels, outputs);
	end_tile(y, sum, y_step, pixels, outputs, low, high);
}

/* Of each of out_w pixels. */
static inline __attribute__((always_inline)) void
multiply_row(float *y, const float *x, const float *w, const float *bias, int in_c, int out_w,
	int x_step, int y_step, int outputs, float low, float high)
{
	const int rest = out_w % TILE_PIXELS, whole = out_w - rest;

	for (int p = 0; p < whole; p += TILE_PIXELS)
		multiply_tile(y + p * y_step, x + p * x_step, w, bias, in_c, x_step, y_step, TILE_PIXELS,
			outputs, low, high);
	if (rest)
		multiply_tile(y + whole * y_step, x + whole * x_step, w, bias, in_c, x_step, y_step, rest,
			outputs, low, high);
}

#endif
