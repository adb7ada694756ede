/* pack_lanes.c: weights for dot products of 16 bytes, with what rescales their sums beside each other. */
#include "codegen.h"

enum { BLOCK = 4, LANES = 16 }; /* outputs, inputs */

static int
blocks(const Graph *g, const Node *n)
{
	return (output_channels(g, n) + BLOCK - 1) / BLOCK;
}

/* Blocks of outputs; in each, per 16 inputs, the outputs' weights.  If 16 inputs do not divide
 * them, the first lanes of the first 16 have the rest, so that all can be read without going
 * beyond the last. */
Packed
pack_lanes(const Graph *g, const Node *n, int detail)
{
	int count = taps(g, n), steps = (count + LANES - 1) / LANES, spare = steps * LANES - count;
	int outputs = output_channels(g, n);
	Packed p = new_packed(g, TYPE_s8, (int64_t)blocks(g, n) * steps * BLOCK * LANES);

	(void)detail;
	for (int o = 0; o < outputs; o++)
		for (int i = 0; i < count; i++) {
			int lane = i < LANES - spare ? i : i + spare;
			store_bits(p, (((int64_t)(o / BLOCK) * steps + lane / LANES) * BLOCK + o % BLOCK) *
				LANES + lane % LANES, weight_at(g, n, o, i, count));
		}
	return p;
}

/* Blocks of outputs; in each the biases less zero points, the multipliers and the shifts. */
Packed
pack_rescale(const Graph *g, const Node *n, int detail)
{
	const Packed from[] = { pack(g, n, "bias_16"), pack(g, n, "mult_16"), pack(g, n, "shift_16") };
	Packed p = new_packed(g, TYPE_s32, (int64_t)blocks(g, n) * BLOCK * 3);

	(void)detail;
	for (int i = 0; i < blocks(g, n) * BLOCK; i++)
		for (int k = 0; k < 3; k++)
			store_bits(p, (i / BLOCK * 3 + k) * BLOCK + i % BLOCK, k < 2 ?
				((const int32_t *)from[k].data)[i] : ((const int8_t *)from[k].data)[i]);
	return p;
}

/* A depthwise window's columns can be words: they are few, of three rows or four. */
int
has_columns_of_4(const Graph *g, const Node *n)
{
	int height = kernel_height(g, n);

	return (height == 3 || height == 4) && taps(g, n) <= 4 * height && !affine(g, n, X2).zero;
}

/* Depthwise: channel by channel, there column by column, filled up with zeros to whole vectors;
 * one of zeros is before the first. */
Packed
pack_windows(const Graph *g, const Node *n, int detail)
{
	int outputs = output_channels(g, n), count = taps(g, n);
	int height = kernel_height(g, n), width = count / height;
	int rows = has_columns_of_4(g, n) ? 4 : height;
	int size = (count + LANES - 1) / LANES * LANES;
	Packed p = new_packed(g, TYPE_s8, LANES + (int64_t)blocks(g, n) * BLOCK * size);

	(void)detail;
	for (int o = 0; o < outputs; o++)
		for (int i = 0; i < count; i++)
			store_bits(p, LANES + (int64_t)o * size + i % width * rows + i / width,
				weight_at(g, n, o, i, count));
	return p;
}
