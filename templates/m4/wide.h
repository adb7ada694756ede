/* wide.h: depthwise windows wider than those of block.h, or far apart: the rows of four channels stand
 * widened in scratch, two pixels a word, what is outside, too. */
#ifndef WIDE_H
#define WIDE_H

#include "tile.h"

enum {
	FEW = 6, /* words of weights */
	MOST_WORDS = 18, /* of a row */
};

/* Two pixels to the four channels' rows. */
static inline __attribute__((always_inline)) void
put_pixels(uint32_t *to, int plane, uint32_t a, uint32_t b)
{
	const uint32_t low = low_halves(a, b), high = high_halves(a, b);

	to[0] = even_bytes(low);
	to[plane] = odd_bytes(low);
	to[2 * plane] = even_bytes(high);
	to[3 * plane] = odd_bytes(high);
}

/* The same of two columns wherever they are; those outside are x_zero. */
static inline __attribute__((always_inline)) void
put_edge(uint32_t *to, int plane, const int8_t *x, int column, int in_w, int x_step, int x_zero, int count)
{
	const int8_t *from = x + column * x_step;

	put_pixels(to, plane, pixel_of(from, column >= 0 && column < in_w, count, x_zero),
		pixel_of(from + x_step, column + 1 >= 0 && column + 1 < in_w, count, x_zero));
}

/* A row of four channels, from column `first` on; most of it is inside. */
static inline __attribute__((always_inline)) void
lay_row(uint32_t *to, int plane, const int8_t *x, int words, int first, int in_w, int x_step,
	int x_zero, int count)
{
	const int outside = first < 0 ? (1 - first) / 2 : 0, begin = outside < words ? outside : words;
	const int inside = (in_w - first) / 2 < words ? (in_w - first) / 2 : words;
	const int end = count < 4 || inside < begin ? begin : inside;

#pragma GCC unroll 4
	for (int k = 0; k < begin; k++)
		put_edge(to + k, plane, x, first + 2 * k, in_w, x_step, x_zero, count);
#pragma GCC unroll 2
	for (int k = begin; k < end; k++) {
		uint32_t a, b;

		memcpy(&a, x + (first + 2 * k) * x_step, sizeof a);
		memcpy(&b, x + (first + 2 * k + 1) * x_step, sizeof b);
		put_pixels(to + k, plane, a, b);
	}
#pragma GCC unroll 4
	for (int k = end; k < words; k++)
		put_edge(to + k, plane, x, first + 2 * k, in_w, x_step, x_zero, count);
}

/* Words in a row, two at a time. */
static inline __attribute__((always_inline)) void
load_words(uint32_t *to, const void *from, int count)
{
#pragma GCC unroll 8
	for (int k = 0; k < count; k += 2) {
		const Two two = load_two((const uint32_t *)from + k);

		to[k] = two.word[0];
		to[k + 1] = two.word[1];
	}
}

/*
 * A row of the window for two outputs.  w: weights 0 and 1, 2 and 3 ..., then 1 and 2, 3 and 4 ...
 * of `taps`, an odd number: for outputs that begin with a word's first half and its second one.
 */
static inline __attribute__((always_inline)) void
add_window_row(int32_t sum[2], const uint32_t *x, const uint32_t *w, int taps, int stride_w)
{
	const int pairs = taps / 2;

	for (int k = 0; k < pairs; k++)
		sum[0] = add_products(sum[0], x[k], w[k]);
	sum[0] = add_low_high(sum[0], x[pairs], w[2 * pairs - 1]);
	if (stride_w % 2 == 0) {
		for (int k = 0; k < pairs; k++)
			sum[1] = add_products(sum[1], x[stride_w / 2 + k], w[k]);
		sum[1] = add_low_high(sum[1], x[stride_w / 2 + pairs], w[2 * pairs - 1]);
	} else {
		sum[1] = add_low_high(sum[1], w[0], x[stride_w / 2]);
		for (int k = 0; k < pairs; k++)
			sum[1] = add_products(sum[1], x[stride_w / 2 + k + 1], w[pairs + k]);
	}
}

/* A row of a channel's outputs.  rescales: how sums are rescaled, and where they begin. */
static inline __attribute__((always_inline)) void
channel(int8_t *y, int y_step, const uint32_t *x, const uint32_t *w, const int32_t *rescales, int words,
	int out_w, int kernel_h, int taps, int stride_w, int by, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int few = kernel_h * (taps - 1) <= FEW; /* weights stay in registers */
	uint32_t kept[FEW];

	if (few)
		load_words(kept, w, kernel_h * (taps - 1));
#pragma GCC unroll 2
	for (int p = 0; p < out_w; p += 2, x += stride_w, y += 2 * y_step) {
		const Two end = load_two(rescales + 2);
		int32_t sum[2] = { (int32_t)end.word[1], (int32_t)end.word[1] };

#pragma GCC unroll 8
		for (int i = 0; i < kernel_h; i++) {
			uint32_t v[MOST_WORDS], weights[MOST_WORDS];

			load_words(v, x + i * words, stride_w / 2 + taps / 2 + 1);
			if (!few)
				load_words(weights, w + i * (taps - 1), taps - 1);
			add_window_row(sum, v, few ? kept + i * (taps - 1) : weights, taps, stride_w);
		}
		const Two begin = load_two(rescales);
		const int32_t how[3] = { (int32_t)begin.word[0], (int32_t)begin.word[1], (int32_t)end.word[0] };
		y[0] = rescale(sum[0], how, 0, by, shift_most, y_zero, y_min, y_max);
		if (out_w % 2 == 0 || p + 1 < out_w)
			y[y_step] = rescale(sum[1], how, 0, by, shift_most, y_zero, y_min, y_max);
	}
}

/* A row of pixels of out_c channels; `words` in a row of scratch. */
static inline __attribute__((always_inline)) void
wide_windows(int8_t *y, int y_step, const int8_t *const *x, int x_step, const uint32_t *w,
	const int32_t *rescales, uint32_t *scratch, int words, int in_w, int out_w, int out_c,
	int kernel_h, int taps, int stride_w, int pad_left, int x_zero, int by, int shift_most,
	int y_zero, int y_min, int y_max)
{
	for (int c = 0; c < out_c; c += 4) {
		for (int i = 0; i < kernel_h; i++)
			lay_row(scratch + i * words, kernel_h * words, x[i] + c, words, -pad_left, in_w, x_step,
				x_zero, out_c - c);
		for (int k = c; k < out_c && k < c + 4; k++)
			channel(y + k, y_step, scratch + (k - c) * kernel_h * words,
				w + k * kernel_h * (taps - 1), rescales + 4 * k, words, out_w, kernel_h, taps,
				stride_w, by, shift_most, y_zero, y_min, y_max);
	}
}

#endif
