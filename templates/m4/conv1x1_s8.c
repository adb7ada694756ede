/* conv1x1_s8.c: convolution of int8, one pixel to one pixel: 3 pixels and 2 channels at a time, or
 * of few inputs one channel of many pixels. */
#include <assert.h>

#include "tile.h"

enum {
	FEW_INPUTS = 8, /* the weights of a channel stay in registers */
	BLOCK = 24, /* pixels that are widened at once then */
	TURN = 8, /* pixels without a loop */
};

/* Weights of two channels, from one or two fours of inputs.  Those of an odd channel that shares
 * words are times 256. */
static inline __attribute__((always_inline)) void
load_weights(uint32_t even[4], uint32_t odd[4], const void **w, int fours, int halved)
{
#pragma GCC unroll 4
	for (int k = 0; k < 2 * fours; k += 2) {
		if (halved) {
			next_two(&odd[k], &odd[k + 1], w);
			even[k] = even_bytes(odd[k]);
			even[k + 1] = even_bytes(odd[k + 1]);
			odd[k] = less_halves(odd[k], even[k]);
			odd[k + 1] = less_halves(odd[k + 1], even[k + 1]);
		} else {
			next_two(&even[k], &odd[k], w);
			next_two(&even[k + 1], &odd[k + 1], w);
		}
	}
}

/* The products of one pixel. */
static inline __attribute__((always_inline)) int32_t
add_pixel(int32_t sum, const void **x, const uint32_t w[4], int fours)
{
	uint32_t v[4];

	if (fours == 2)
		next_four(v, x);
	else
		next_two(&v[0], &v[1], x);
	sum = add_products(add_products(sum, v[0], w[0]), v[1], w[1]);
	return fours == 2 ? add_products(add_products(sum, v[2], w[2]), v[3], w[3]) : sum;
}

/* One channel of pixels that stand widened side by side. */
static inline __attribute__((always_inline)) void
resident_channel(int8_t *y, int y_step, const void *x, const uint32_t w[4], int fours, int pixels,
	int32_t begin, const int32_t *rescales, int scaled, int by, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int32_t how[3] = { rescales[0], rescales[1], rescales[2] };

	for (int p = 0; p < pixels / TURN; p++, y += TURN * y_step) {
#pragma GCC unroll 8
		for (int i = 0; i < TURN; i++)
			y[i * y_step] = rescale(add_pixel(begin, &x, w, fours), how, scaled, by, shift_most,
				y_zero, y_min, y_max);
	}
	for (int i = 0; i < pixels % TURN; i++)
		y[i * y_step] = rescale(add_pixel(begin, &x, w, fours), how, scaled, by, shift_most,
			y_zero, y_min, y_max);
}

/* All channels of a block of pixels with few inputs, `apart` bytes from one to the next. */
static inline __attribute__((always_inline)) void
block_of_few(int8_t *y, int y_step, const int8_t *x, int apart, int in_c, int pixels,
	uint32_t *scratch, const void *w, const int32_t *rescales, int out_c, int halved, int even_by,
	int odd_by, int shift_most, int y_zero, int y_min, int y_max)
{
	const int fours = (in_c + 3) / 4;
	const int gapless = apart == in_c && in_c % 4 == 0;
	uint32_t *to = scratch;

	for (int p = 0; p < (gapless ? 1 : pixels); p++)
		widen(&to, x + p * apart, 0, gapless ? pixels * in_c : in_c, 1);
	for (int o = 0; o < out_c; o += 2, rescales += 8) {
		uint32_t even[4], odd[4];

		load_weights(even, odd, &w, fours, halved);
		resident_channel(y + o, y_step, scratch, even, fours, pixels, rescales[0], rescales + 2, 0,
			even_by, shift_most, y_zero, y_min, y_max);
		if (out_c % 2 == 0 || o + 1 < out_c)
			resident_channel(y + o + 1, y_step, scratch, odd, fours, pixels,
				odd_sum(rescales[1], rescales[0], halved), rescales + 5, halved, odd_by,
				shift_most, y_zero, y_min, y_max);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  Inputs of three pixels, or of a block of pixels, stand in scratch as 16 bits.
 * w_pairs: of each two channels the
 * weights, less their zero point, in fours of inputs; rescale_pairs: their biases and how their
 * sums are rescaled.
 * cost: out_w / 3 * ((in_c + 3) / 4 * 10 + (out_c + 1) / 2 * ((in_c + 3) / 4 * 17 + 45)) + out_w % 3 * ((in_c + 3) / 4 * 4 + (out_c + 1) / 2 * ((in_c + 3) / 4 * 8 + 20)) + 20
 * scratch: (in_c + 3) / 4 * (in_c < 9 ? 192 : 24)
 */
void
conv1x1_s8_m4(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_pairs,
	const int32_t *restrict rescale_pairs, uint32_t *restrict scratch, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom,
	int pad_left, int pad_right, int x_step, int y_step, int halved, int sum_bits, int high,
	int high_odd, int high_shift, int high_shift_256,
	int shift_most, int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);
	assert(sum_bits <= 30);

	const int apart = stride_w * x_step;
	const int even_by = (halved ? high_odd : high) ? high_shift : 0;
	const int odd_by = even_by && halved ? high_shift_256 : even_by;
	const int fours = (in_c + 3) / 4;
	const int few = in_c <= FEW_INPUTS && out_w >= BLOCK;
	const int whole = few ? 0 : out_w / 3 * 3, left = few ? 0 : out_w % 3;

	for (int p = 0; p < (few ? out_w : 0); p += BLOCK)
		block_of_few(y + p * y_step, y_step, x + p * apart, apart, in_c,
			out_w % BLOCK == 0 || p + BLOCK <= out_w ? BLOCK : out_w % BLOCK, scratch, w_pairs,
			rescale_pairs, out_c, halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	for (int p = 0; p < whole; p += 3) {
		uint32_t *to = scratch;

		widen(&to, x + p * apart, apart, in_c, 3);
		outputs(y + p * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, 3,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
	if (left == 2) {
		uint32_t *to = scratch;

		widen(&to, x + whole * apart, apart, in_c, 2);
		outputs(y + whole * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, 2,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
	if (left == 1) {
		uint32_t *to = scratch;

		widen(&to, x + whole * apart, apart, in_c, 1);
		outputs(y + whole * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, 1,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
}
