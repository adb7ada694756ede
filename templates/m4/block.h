/* block.h: depthwise, some outputs side by side of one channel: rows and columns that are outside the
 * image cost nothing, for scratch has x less its zero point, and only what is inside. */
#ifndef BLOCK_H
#define BLOCK_H

#include "tile.h"

enum {
	SIDE_BY_SIDE = 5, /* outputs, at most */
	GROUP = 4, /* channels whose rows are laid at once, two words of each side by side */
	MOST_HELD = 8, /* words of a row of the window, or of the block's */
	BLOCK_TAPS = 7, /* of a row of the window */
};

/* Two channels of four pixels, less their zero point: those in the low halves, or in the high ones. */
static inline __attribute__((always_inline)) void
lay_channels(uint32_t *to, uint32_t first, uint32_t second, uint32_t less)
{
	const uint32_t even = add_even_bytes(less, first), even2 = add_even_bytes(less, second);

	put_two(to, even, even2);
	const uint32_t odd = add_odd_bytes(less, first), odd2 = add_odd_bytes(less, second);

	put_two(to + 2, odd, odd2);
}

/* One to four columns of four channels. */
static inline __attribute__((always_inline)) void
lay_pixels(uint32_t *to, const int8_t *x, int columns, int channels, int x_step, int x_zero,
	uint32_t less)
{
	const uint32_t a = pixel_of(x, 1, channels, x_zero);
	const uint32_t b = pixel_of(x + x_step, columns > 1, channels, x_zero);
	const uint32_t c = pixel_of(x + 2 * x_step, columns > 2, channels, x_zero);
	const uint32_t d = pixel_of(x + 3 * x_step, columns > 3, channels, x_zero);

	lay_channels(to, low_halves(a, b), low_halves(c, d), less);
	lay_channels(to + 4, high_halves(a, b), high_halves(c, d), less);
}

/* The rows of four channels from `begin` on. */
static inline __attribute__((always_inline)) void
lay_group(uint32_t *to, const int8_t *const *x, int c, int begin, int end, int in_w, int channels,
	int x_step, int x_zero)
{
	const uint32_t less = (uint32_t)(-x_zero & UINT16_MAX) * 0x00010001;

	for (int i = begin; i < end; i++) {
		const int8_t *from = x[i] + c;

#pragma GCC unroll 4
		for (int k = 0; k < in_w / 4; k++, from += 4 * x_step, to += 2 * GROUP)
			lay_pixels(to, from, 4, channels, x_step, x_zero, less);
		if (in_w % 4) {
			lay_pixels(to, from, in_w % 4, channels, x_step, x_zero, less);
			to += 2 * GROUP;
		}
	}
}

/*
 * The products of a word of two columns, taps t and t + 1 of the window, or of one of them if the
 * other is outside it.  w: of the row 0 and 1, 2 and 3 ..., then 1 and 2, 3 and 4 ...
 */
static inline __attribute__((always_inline)) int32_t
add_columns(int32_t sum, uint32_t x, const uint32_t *w, int t, int taps)
{
	if (t < -1 || t >= taps)
		return sum;
	if (t == -1)
		return add_low_high(sum, w[0], x);
	if (t == taps - 1)
		return add_low_high(sum, x, w[taps - 2]);
	return add_products(sum, x, w[t % 2 ? taps / 2 + t / 2 : t / 2]);
}

/* The same of each output; t: of the first one. */
static inline __attribute__((always_inline)) void
add_to_block(int32_t sum[SIDE_BY_SIDE], int count, uint32_t x, const uint32_t *w, int t, int taps,
	int stride)
{
	sum[0] = add_columns(sum[0], x, w, t, taps);
	if (count > 1)
		sum[1] = add_columns(sum[1], x, w, t - stride, taps);
	if (count > 2)
		sum[2] = add_columns(sum[2], x, w, t - 2 * stride, taps);
	if (count > 3)
		sum[3] = add_columns(sum[3], x, w, t - 3 * stride, taps);
	if (count > 4)
		sum[4] = add_columns(sum[4], x, w, t - 4 * stride, taps);
}

/* One output's products with word k of the weights; x: the words from number `begin` on. */
static inline __attribute__((always_inline)) int32_t
add_word(int32_t sum, const uint32_t *x, int begin, int end, uint32_t w, int k, int first, int taps)
{
	const int t = k < taps / 2 ? 2 * k : 2 * (k - taps / 2) + 1;
	const int single = k == 0 ? -1 : taps - 1; /* the tap that shares its word with none */
	const int column = first + t, alone = first + single;

	if (column % 2 == 0 && column / 2 >= begin && column / 2 < end)
		sum = add_products(sum, x[column / 2 - begin], w);
	if ((k == 0 || k == taps - 2) && alone % 2 == 0 && alone / 2 >= begin && alone / 2 < end)
		sum = k == 0 ? add_low_high(sum, w, x[alone / 2 - begin]) :
			       add_low_high(sum, x[alone / 2 - begin], w);
	return sum;
}

/* The same of each output. */
static inline __attribute__((always_inline)) void
add_word_to_block(int32_t sum[SIDE_BY_SIDE], int count, const uint32_t *x, int begin, int end,
	uint32_t w, int k, int first, int taps, int stride)
{
	sum[0] = add_word(sum[0], x, begin, end, w, k, first, taps);
	if (count > 1)
		sum[1] = add_word(sum[1], x, begin, end, w, k, first + stride, taps);
	if (count > 2)
		sum[2] = add_word(sum[2], x, begin, end, w, k, first + 2 * stride, taps);
	if (count > 3)
		sum[3] = add_word(sum[3], x, begin, end, w, k, first + 3 * stride, taps);
	if (count > 4)
		sum[4] = add_word(sum[4], x, begin, end, w, k, first + 4 * stride, taps);
}

/* One row of the window; the words of the block, or of the window, whichever are fewer, are held. */
static inline __attribute__((always_inline)) void
add_block_row(int32_t sum[SIDE_BY_SIDE], int count, const uint32_t *x, const uint32_t *w, int first,
	int begin, int end, int taps, int stride)
{
	const int holds_x = end - begin < taps - 1, held_end = holds_x ? end : begin;
	uint32_t held[MOST_HELD];

#pragma GCC unroll 4
	for (int q = begin; q < held_end; q += 2) {
		const Two v = load_two(x + q / 2 * 2 * GROUP);

		held[q - begin] = v.word[0];
		held[q - begin + 1] = v.word[1];
	}
#pragma GCC unroll 3
	for (int k = 0; k < taps - 1; k += 2) {
		const Two v = load_two(w + k);

		if (holds_x) {
			add_word_to_block(sum, count, held, begin, end, v.word[0], k, first, taps, stride);
			add_word_to_block(sum, count, held, begin, end, v.word[1], k + 1, first, taps, stride);
		} else {
			held[k] = v.word[0];
			held[k + 1] = v.word[1];
		}
	}
#pragma GCC unroll 5
	for (int q = holds_x ? end : begin; q < end; q += 2) {
		const Two v = load_two(x + q / 2 * 2 * GROUP);

		add_to_block(sum, count, v.word[0], held, 2 * q - first, taps, stride);
		if (q + 1 < end)
			add_to_block(sum, count, v.word[1], held, 2 * q + 2 - first, taps, stride);
	}
}

/*
 * Outputs of one channel from the `rows` rows that are inside; x: its words, w: the first of these
 * rows' weights; first: the column that tap 0 of the first output is at.
 */
static inline __attribute__((always_inline)) void
put_block(int8_t *y, int y_step, int count, const uint32_t *x, int row_words, const uint32_t *w,
	int rows, const int32_t *rescales, int first, int in_w, int taps, int stride, int by,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int past = (first + (count - 1) * stride + taps + 1) / 2;
	const int begin = first < 0 ? 0 : first / 4 * 2;
	const int end = past < (in_w + 1) / 2 ? past : (in_w + 1) / 2;
	const int32_t from = rescales[3];
	int32_t sum[SIDE_BY_SIDE] = { from, from, from, from, from };

	for (const uint32_t *last = x + rows * row_words; x != last; x += row_words, w += taps - 1)
		add_block_row(sum, count, x, w, first, begin, end, taps, stride);
	put_channel(y, y_step, sum[0], sum[1], sum[2], count, rescales, 0, by, shift_most, y_zero, y_min,
		y_max);
	if (count > 3)
		put_channel(y + 3 * y_step, y_step, sum[3], sum[4], 0, count - 3, rescales, 0, by,
			shift_most, y_zero, y_min, y_max);
}

/* A row of one channel's outputs: blocks at borders, between them a loop. */
static inline __attribute__((always_inline)) void
put_blocks(int8_t *y, int y_step, const uint32_t *x, int row_words, const uint32_t *w, int rows,
	const int32_t *rescales, int in_w, int out_w, int pad_left, int taps, int stride, int by,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int one = out_w <= SIDE_BY_SIDE;
	const int size = one ? out_w : out_w == 2 * SIDE_BY_SIDE && pad_left > 0 ? SIDE_BY_SIDE : 4;
	const int left = pad_left > 0 ? size : 0;
	const int spare = in_w + in_w % 2 + pad_left - taps - (left + size - 1) * stride;
	const int fit = spare < 0 ? 0 : spare / (size * stride) + 1, most = (out_w - left) / size;
	const int inner = fit < most ? fit : most;
	const int right = left + inner * size;

	if (left > 0)
		put_block(y, y_step, size, x, row_words, w, rows, rescales, -pad_left, in_w, taps, stride, by,
			shift_most, y_zero, y_min, y_max);
	for (int k = 0; k < inner; k++)
		put_block(y + (left + k * size) * y_step, y_step, size,
			x + k * (size * stride / 4 * 2 * GROUP), row_words, w, rows, rescales,
			left * stride - pad_left, in_w, taps, stride, by, shift_most, y_zero, y_min, y_max);
#pragma GCC unroll 4
	for (int p = right; p < out_w; p += size)
		put_block(y + p * y_step, y_step, out_w - p < size ? out_w - p : size, x, row_words, w, rows,
			rescales, p * stride - pad_left, in_w, taps, stride, by, shift_most, y_zero, y_min, y_max);
}

/* A row of pixels; begin, end: the window's rows that are inside the image. */
static inline __attribute__((always_inline)) void
outputs_in_blocks(int8_t *y, int y_step, const int8_t *const *x, int x_step, const uint32_t *w,
	const int32_t *rescales, uint32_t *scratch, int begin, int end, int in_w, int out_w, int out_c,
	int kernel_h, int taps, int stride, int pad_left, int x_zero, int by, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int row_words = (in_w + 3) / 4 * 2 * GROUP;
	const int channels = out_c < GROUP ? out_c : GROUP, rows = end > begin ? end - begin : 0;

	for (int c = 0; c < out_c; c += GROUP) {
		const int from = c + channels <= out_c ? c : out_c - channels;

		lay_group(scratch, x, from, begin, end, in_w, channels, x_step, x_zero);
		for (int k = c; k < out_c && k < c + GROUP; k++)
			put_blocks(y + k, y_step, scratch + 2 * (k - from), row_words,
				w + (k * kernel_h + begin) * (taps - 1), rows, rescales + 4 * k, in_w, out_w, pad_left,
				taps, stride, by, shift_most, y_zero, y_min, y_max);
	}
}

#endif
