/*
 * three.h: depthwise windows of 3 rows and 3 columns.  Rows 0 and 1 share words, row 2 has two columns
 * a word: a channel's row in scratch is, of each two columns, (row 0, row 1), the same of the next
 * column, row 2 of both.  An output is five multiplications.
 */
#ifndef THREE_H
#define THREE_H

#include "tile.h"

enum { TURN_PAIRS = 4 }; /* of outputs, without a loop */

/* A channel's weights. */
typedef struct {
	uint32_t first, second, third; /* columns of rows 0 and 1 */
	uint32_t left, right; /* row 2: columns 0 and 1, 1 and 2 */
} Window;

/* Two columns, a and b, of three rows to the four channels' rows; those outside are x_zero. */
static inline __attribute__((always_inline)) void
put_columns(uint32_t *to, int plane, const uint32_t a[3], const uint32_t b[3], int a_inside,
	int b_inside, int x_zero)
{
	const uint32_t zero = (uint32_t)(x_zero & 0xffff) * 0x00010001;
	const uint32_t low_a = low_halves(a[0], a[1]), high_a = high_halves(a[0], a[1]);
	const uint32_t low_b = low_halves(b[0], b[1]), high_b = high_halves(b[0], b[1]);
	const uint32_t low = low_halves(a[2], b[2]), high = high_halves(a[2], b[2]);
	const int any = a_inside || b_inside;

	put_two(to, a_inside ? even_bytes(low_a) : zero, b_inside ? even_bytes(low_b) : zero);
	to[2] = any ? even_bytes(low) : zero;
	put_two(to + plane, a_inside ? odd_bytes(low_a) : zero, b_inside ? odd_bytes(low_b) : zero);
	to[plane + 2] = any ? odd_bytes(low) : zero;
	put_two(to + 2 * plane, a_inside ? even_bytes(high_a) : zero, b_inside ? even_bytes(high_b) : zero);
	to[2 * plane + 2] = any ? even_bytes(high) : zero;
	put_two(to + 3 * plane, a_inside ? odd_bytes(high_a) : zero, b_inside ? odd_bytes(high_b) : zero);
	to[3 * plane + 2] = any ? odd_bytes(high) : zero;
}

/* Two columns from `column` on, wherever they are. */
static inline __attribute__((always_inline)) void
lay_columns(uint32_t *to, int plane, const int8_t *const *x, int offset, int column, int in_w,
	int x_step, int x_zero)
{
	const int a_inside = column >= 0 && column < in_w, b_inside = column + 1 >= 0 && column + 1 < in_w;
	uint32_t a[3], b[3];

#pragma GCC unroll 3
	for (int i = 0; i < 3; i++) {
		const int8_t *from = x[i] + offset + column * x_step;

		a[i] = pixel_of(from, a_inside, 4, x_zero);
		b[i] = pixel_of(from + x_step, b_inside, 4, x_zero);
	}
	put_columns(to, plane, a, b, a_inside, b_inside, x_zero);
}

/* The rows of four channels, x[i] + offset, from column `first` on: `pairs` of columns. */
static inline __attribute__((always_inline)) void
lay_rows(uint32_t *to, int plane, const int8_t *const *x, int offset, int first, int pairs, int in_w,
	int x_step, int x_zero)
{
	const int outside = first < 0 ? (1 - first) / 2 : 0, begin = outside < pairs ? outside : pairs;
	const int inside = (in_w - first) / 2 < pairs ? (in_w - first) / 2 : pairs;
	const int end = inside < begin ? begin : inside;
	const int8_t *p = x[0] + offset + (first + 2 * begin) * x_step;
	const int8_t *q = x[1] + offset + (first + 2 * begin) * x_step;
	const int8_t *r = x[2] + offset + (first + 2 * begin) * x_step;

	settle();
#pragma GCC unroll 4
	for (int k = 0; k < begin; k++)
		lay_columns(to + 3 * k, plane, x, offset, first + 2 * k, in_w, x_step, x_zero);
#pragma GCC unroll 4
	for (int k = begin; k < end; k++) {
		uint32_t a[3], b[3];

		a[0] = next_pixel(&p, x_step);
		b[0] = next_pixel(&p, x_step);
		a[1] = next_pixel(&q, x_step);
		b[1] = next_pixel(&q, x_step);
		a[2] = next_pixel(&r, x_step);
		b[2] = next_pixel(&r, x_step);
		put_columns(to + 3 * k, plane, a, b, 1, 1, x_zero);
	}
#pragma GCC unroll 4
	for (int k = end; k < pairs; k++)
		lay_columns(to + 3 * k, plane, x, offset, first + 2 * k, in_w, x_step, x_zero);
	settle();
}

/* Two outputs; x goes on. */
static inline __attribute__((always_inline)) void
add_window(int32_t sum[2], const uint32_t **x, const Window *w, int stride_w)
{
	uint32_t a, b, c;

	next_some(&a, &b, &c, 3, x);
	sum[0] = add_products(sum[0], a, w->first);
	sum[0] = add_products(sum[0], b, w->second);
	sum[0] = add_products(sum[0], c, w->left);
	if (stride_w == 1) {
		sum[1] = add_products(sum[1], b, w->first);
		sum[1] = add_low_high(sum[1], w->left, c);
		load_three(&a, &b, &c, *x);
		sum[0] = add_products(sum[0], a, w->third);
		sum[0] = add_low_high(sum[0], c, w->right);
		sum[1] = add_products(sum[1], a, w->second);
		sum[1] = add_products(sum[1], b, w->third);
		sum[1] = add_products(sum[1], c, w->right);
	} else {
		next_some(&a, &b, &c, 3, x);
		sum[0] = add_products(sum[0], a, w->third);
		sum[0] = add_low_high(sum[0], c, w->right);
		sum[1] = add_products(sum[1], a, w->first);
		sum[1] = add_products(sum[1], b, w->second);
		sum[1] = add_products(sum[1], c, w->left);
		load_three(&a, &b, &c, *x);
		sum[1] = add_products(sum[1], a, w->third);
		sum[1] = add_low_high(sum[1], c, w->right);
	}
}

/* Two outputs, or the last one. */
static inline __attribute__((always_inline)) void
two_outputs(int8_t *y, int y_step, const uint32_t **x, const Window *w, const int32_t *rescales,
	int32_t first, int32_t shift, int stride_w, int outputs, int by, int shift_most, int y_zero,
	int y_min, int y_max)
{
	int32_t sum[2] = { first, first };

	add_window(sum, x, w, stride_w);
	const Two two = load_two(rescales);
	const int32_t how[3] = { (int32_t)two.word[0], (int32_t)two.word[1], shift };
	y[0] = rescale(sum[0], how, 0, by, shift_most, y_zero, y_min, y_max);
	if (outputs > 1)
		y[y_step] = rescale(sum[1], how, 0, by, shift_most, y_zero, y_min, y_max);
}

/*
 * A row of a channel's outputs.  w: its weights, where sums begin, how they are rescaled.  Both x and
 * w go on to the next channel's.
 */
static inline __attribute__((always_inline)) void
channel_of_three(int8_t *y, int y_step, const uint32_t **x, const void **w, int out_w, int stride_w,
	int by, int shift_most, int y_zero, int y_min, int y_max)
{
	const int pairs = out_w / 2;
	Window window;
	uint32_t first;

	next_two(&window.first, &window.second, w);
	next_two(&window.third, &window.left, w);
	next_two(&window.right, &first, w);
	const int32_t *rescales = *w;
	const int32_t begin = (int32_t)first, shift = by > 0 ? 0 : rescales[2];
	for (int p = 0; p < pairs / TURN_PAIRS; p++, y += 2 * TURN_PAIRS * y_step) {
#pragma GCC unroll 4
		for (int i = 0; i < TURN_PAIRS; i++)
			two_outputs(y + 2 * i * y_step, y_step, x, &window, rescales, begin, shift, stride_w, 2, by,
				shift_most, y_zero, y_min, y_max);
	}
#pragma GCC unroll 4
	for (int i = 0; i < pairs % TURN_PAIRS; i++)
		two_outputs(y + 2 * i * y_step, y_step, x, &window, rescales, begin, shift, stride_w, 2, by,
			shift_most, y_zero, y_min, y_max);
	if (out_w % 2)
		two_outputs(y + 2 * (pairs % TURN_PAIRS) * y_step, y_step, x, &window, rescales, begin, shift,
			stride_w, 1, by, shift_most, y_zero, y_min, y_max);
	*x += 3; /* the last pair's second columns */
	*w = rescales + (by > 0 ? 2 : 3);
}

/* A row of all channels: four at a time. */
static inline __attribute__((always_inline)) void
windows_of_three(int8_t *y, int y_step, const int8_t *const *x, int x_step, const void *w,
	uint32_t *scratch, int in_w, int out_w, int out_c, int stride_w, int pad_left, int x_zero, int by,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int pairs = (out_w + 1) / 2 * stride_w + 1, plane = 3 * pairs;

	for (int c = 0; c < out_c; c += 4) {
		const int base = out_c % 4 == 0 || c + 4 <= out_c ? c : out_c - 4;
		const uint32_t *words = scratch + (c - base) * plane;

		lay_rows(anew(scratch), plane, x, base, -pad_left, pairs, in_w, x_step, x_zero);
		for (int k = c; k < out_c && k < c + 4; k++)
			channel_of_three(y + k, y_step, &words, &w, out_w, stride_w, by, shift_most, y_zero, y_min,
				y_max);
	}
}

#endif
