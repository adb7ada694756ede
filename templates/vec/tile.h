/* tile.h: tiles of up to 6 pixels, two registers of outputs: the heart of float convolutions. */
#ifndef TILE_H
#define TILE_H

#include "floats.h"

enum { FLOAT_PIXELS = 6, FLOAT_OUTPUTS = 2 * LANES, W_BLOCK = 16 };

/*
 * Sums of up to 6 pixels.  What follows names each of them in a line of its own, as clang 14 leaves
 * in memory what is reached in loops; pixels and outputs are known when inlined.  Each sum takes
 * its products in the same order, wherever it stands in a tile.
 */
typedef Floats FloatTile[FLOAT_PIXELS][2];

static inline __attribute__((always_inline)) void
begin_tile(FloatTile sum, const float *bias, int outputs)
{
	const Floats low = load_floats(bias, outputs);
	const Floats high = outputs > LANES ? load_floats(bias + LANES, outputs - LANES) : low;

	sum[0][0] = sum[1][0] = sum[2][0] = sum[3][0] = sum[4][0] = sum[5][0] = low;
	sum[0][1] = sum[1][1] = sum[2][1] = sum[3][1] = sum[4][1] = sum[5][1] = high;
}

static inline __attribute__((always_inline)) void
add_pixel_f32(Floats sum[2], float x, Floats low, Floats high, int outputs)
{
	sum[0] = fused_floats(same_float(x), low, sum[0]);
	if (outputs > LANES)
		sum[1] = fused_floats(same_float(x), high, sum[1]);
}

/* sum += x * w of count inputs; pixels lie step apart, w's blocks of outputs w_step. */
static inline __attribute__((always_inline)) void
add_inputs_f32(FloatTile sum, const float *x, int step, const float *w, int w_step, int count, int pixels,
	int outputs)
{
	const int far = (int)LANES < W_BLOCK ? LANES : w_step;

	for (int k = 0; k < count; k++) {
		const float *v = w + k * W_BLOCK;
		const Floats low = load_floats(v, LANES);
		const Floats high = outputs > LANES ? load_floats(v + far, LANES) : low;

		add_pixel_f32(sum[0], x[k], low, high, outputs);
		if (pixels > 1)
			add_pixel_f32(sum[1], x[k + step], low, high, outputs);
		if (pixels > 2)
			add_pixel_f32(sum[2], x[k + 2 * step], low, high, outputs);
		if (pixels > 3)
			add_pixel_f32(sum[3], x[k + 3 * step], low, high, outputs);
		if (pixels > 4)
			add_pixel_f32(sum[4], x[k + 4 * step], low, high, outputs);
		if (pixels > 5)
			add_pixel_f32(sum[5], x[k + 5 * step], low, high, outputs);
	}
}

/* The weights of the block of outputs that output o stands in, from it on. */
static inline __attribute__((always_inline)) const float *
weights_from(const float *w, int o, int w_step)
{
	return w + o / W_BLOCK * w_step + o % W_BLOCK;
}

static inline __attribute__((always_inline)) void
end_pixel(float *y, const Floats sum[2], int outputs, float low, float high)
{
	store_floats(y, clamp_floats(sum[0], low, high), outputs);
	if (outputs > LANES)
		store_floats(y + LANES, clamp_floats(sum[1], low, high), outputs - LANES);
}

static inline __attribute__((always_inline)) void
end_tile(float *y, FloatTile sum, int step, int pixels, int outputs, float low, float high)
{
	end_pixel(y, sum[0], outputs, low, high);
	if (pixels > 1)
		end_pixel(y + step, sum[1], outputs, low, high);
	if (pixels > 2)
		end_pixel(y + 2 * step, sum[2], outputs, low, high);
	if (pixels > 3)
		end_pixel(y + 3 * step, sum[3], outputs, low, high);
	if (pixels > 4)
		end_pixel(y + 4 * step, sum[4], outputs, low, high);
	if (pixels > 5)
		end_pixel(y + 5 * step, sum[5], outputs, low, high);
}

/* Of each of some pixels `outputs` outputs from o on; each pixel is one run of in_c values. */
static inline __attribute__((always_inline)) void
multiply_tile(float *y, const float *x, const float *w, const float *bias, int in_c, int o,
	int x_step, int y_step, int pixels, int outputs, float low, float high)
{
	FloatTile sum;

	begin_tile(sum, bias + o, outputs);
	add_inputs_f32(sum, x, x_step, weights_from(w, o, in_c * W_BLOCK), in_c * W_BLOCK, in_c, pixels,
		outputs);
	end_tile(y + o, sum, y_step, pixels, outputs, low, high);
}

#endif
