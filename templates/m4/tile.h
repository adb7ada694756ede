/* tile.h: three pixels, two output channels: products of windows that stand widened in scratch. */
#ifndef TILE_H
#define TILE_H

#include "dsp.h"
#include "../common/fixed.h"

enum { TILE_PIXELS = 3, CHUNK = 16 }; /* fours of inputs without a loop */

/* Of an even and an odd channel, each of three pixels. */
typedef struct {
	int32_t even[TILE_PIXELS], odd[TILE_PIXELS];
} Tile;

/* The first of four bytes; those that are not there are zeros. */
static inline uint32_t
some_bytes(const int8_t *x, int count)
{
	uint32_t word = (uint8_t)x[0];

	if (count > 1)
		word |= (uint32_t)(uint8_t)x[1] << 8;
	if (count > 2)
		word |= (uint32_t)(uint8_t)x[2] << 16;
	return word;
}

/* Four inputs of each pixel: the first ones of all and the third ones, then the others. */
static inline __attribute__((always_inline)) void
put_four(uint32_t **to, uint32_t a, uint32_t b, uint32_t c, int pixels)
{
	const uint32_t one[6] = { even_bytes(a), odd_bytes(a) };
	const uint32_t two[6] = { even_bytes(a), even_bytes(b), odd_bytes(a), odd_bytes(b) };
	const uint32_t three[6] = { even_bytes(a), even_bytes(b), even_bytes(c), odd_bytes(a),
		odd_bytes(b), odd_bytes(c) };

	put_words(to, pixels == 1 ? one : pixels == 2 ? two : three, 2 * pixels);
}

/* Widens count inputs of one to three pixels, `apart` bytes from one to the next. */
static inline __attribute__((always_inline)) void
widen(uint32_t **to, const int8_t *x, int apart, int count, int pixels)
{
	const int8_t *a = x, *b = x + (pixels > 1 ? apart : 0), *c = x + (pixels > 2 ? 2 * apart : 0);

	settle();
#pragma GCC unroll 4
	for (int k = 0; k < count / 4; k++) {
		const uint32_t first = next_word(&a);
		const uint32_t second = pixels > 1 ? next_word(&b) : 0;
		const uint32_t third = pixels > 2 ? next_word(&c) : 0;

		put_four(to, first, second, third, pixels);
	}
	if (count % 4)
		put_four(to, some_bytes(a, count % 4), some_bytes(b, count % 4),
			some_bytes(c, count % 4), pixels);
}

/* Two inputs of each pixel. */
static inline __attribute__((always_inline)) void
add_two(Tile *t, const uint32_t **x, uint32_t even, uint32_t odd, int pixels)
{
	uint32_t first, second = 0, third = 0;

	next_some(&first, &second, &third, pixels, x);
	t->even[0] = add_products(t->even[0], first, even);
	t->odd[0] = add_products(t->odd[0], first, odd);
	if (pixels > 1) {
		t->even[1] = add_products(t->even[1], second, even);
		t->odd[1] = add_products(t->odd[1], second, odd);
	}
	if (pixels > 2) {
		t->even[2] = add_products(t->even[2], third, even);
		t->odd[2] = add_products(t->odd[2], third, odd);
	}
}

/* Four inputs of each pixel.  halved: a half has the odd channel's weight times 256 and the even
 * one's, so the odd channel's sum becomes that too. */
static inline __attribute__((always_inline)) void
add_four(Tile *t, const uint32_t **x, const void **w, int halved, int pixels)
{
	uint32_t a, b;

	next_two(&a, &b, w);
	if (halved) {
		add_two(t, x, even_bytes(a), a, pixels);
		add_two(t, x, even_bytes(b), b, pixels);
	} else {
		add_two(t, x, a, b, pixels);
		next_two(&a, &b, w);
		add_two(t, x, a, b, pixels);
	}
}

/* All inputs, in fours. */
static inline __attribute__((always_inline)) void
add_all(Tile *t, const uint32_t *x, const void **w, int fours, int halved, int pixels)
{
	for (int k = 0; k < fours / CHUNK; k++) {
#pragma GCC unroll 16
		for (int i = 0; i < CHUNK; i++)
			add_four(t, &x, w, halved, pixels);
	}
#pragma GCC unroll 16
	for (int i = 0; i < fours % CHUNK; i++)
		add_four(t, &x, w, halved, pixels);
}

/* y / 2^by, rounded down and clamped. */
static inline __attribute__((always_inline)) int8_t
bounded(int32_t y, int by, int y_min, int y_max)
{
	y = saturate8(y, by);
	if (y_min > INT8_MIN)
		y = y < y_min ? y_min : y;
	if (y_max < INT8_MAX)
		y = y > y_max ? y_max : y;
	return (int8_t)y;
}

/*
 * clamp(requantize(sum) + y_zero), sums being less than 2^30; scaled: 256 times the sum.  by: if
 * not 0, it is proved that y = (rescales[1] + sum * rescales[0] / 2^32) / 2^by, rounded down.  Else
 * rescales are: mult, half of what the second rounding divides by, and its binary logarithm.
 */
static inline __attribute__((always_inline)) int8_t
rescale(int32_t sum, const int32_t *rescales, int scaled, int by, int shift_most, int y_zero,
	int y_min, int y_max)
{
	int32_t y;

	if (by > 0)
		return bounded(add_high(rescales[1], sum, rescales[0]), by, y_min, y_max);
	if (shift_most < 0)
		y = (add_high_rounded(rescales[1], scaled ? sum >> 7 : sum * 2, rescales[0]) +
			(sum >> 31)) >> rescales[2];
	else
		y = requantize(scaled ? sum >> 8 : sum, rescales[0], -rescales[2]);
	return bounded(y + y_zero, 0, y_min, y_max);
}

/* One channel of one to three pixels, y_step apart. */
static inline __attribute__((always_inline)) void
put_channel(int8_t *y, int y_step, int32_t first, int32_t second, int32_t third, int pixels,
	const int32_t *rescales, int scaled, int by, int shift_most, int y_zero, int y_min, int y_max)
{
	const Two two = load_two(rescales);
	const int32_t how[3] = { (int32_t)two.word[0], (int32_t)two.word[1], rescales[2] };

	y[0] = rescale(first, how, scaled, by, shift_most, y_zero, y_min, y_max);
	if (pixels > 1)
		y[y_step] = rescale(second, how, scaled, by, shift_most, y_zero, y_min, y_max);
	if (pixels > 2)
		y[2 * y_step] = rescale(third, how, scaled, by, shift_most, y_zero, y_min, y_max);
}

/* An odd channel's sum, of halved weights 256 times it. */
static inline __attribute__((always_inline)) int32_t
odd_sum(int32_t odd, int32_t even, int halved)
{
	return halved ? (int32_t)((uint32_t)odd - (uint32_t)even) : odd;
}

/* All channels of one to three pixels, y_step apart. */
static inline __attribute__((always_inline)) void
outputs(int8_t *y, int y_step, const uint32_t *x, const void *w, const int32_t *rescales, int fours,
	int out_c, int pixels, int halved, int even_by, int odd_by, int shift_most, int y_zero,
	int y_min, int y_max)
{
	for (int o = 0; o < out_c; o += 2, rescales += 8) {
		const Two begin = load_two(rescales);
		const int32_t a = (int32_t)begin.word[0], b = (int32_t)begin.word[1];
		Tile t = { { a, a, a }, { b, b, b } };

		park(&rescales);
		add_all(&t, x, &w, fours, halved, pixels);
		put_channel(y + o, y_step, t.even[0], t.even[1], t.even[2], pixels, rescales + 2, 0,
			even_by, shift_most, y_zero, y_min, y_max);
		if (out_c % 2 == 0 || o + 1 < out_c)
			put_channel(y + o + 1, y_step, odd_sum(t.odd[0], t.even[0], halved),
				odd_sum(t.odd[1], t.even[1], halved), odd_sum(t.odd[2], t.even[2], halved),
				pixels, rescales + 5, halved, odd_by, shift_most, y_zero, y_min, y_max);
	}
}

/* Channels of a pixel, four or fewer; those of a pixel that is not there are zero points. */
static inline __attribute__((always_inline)) uint32_t
pixel_of(const int8_t *x, int is_there, int channels, int x_zero)
{
	uint32_t word = (uint32_t)(x_zero & UINT8_MAX) * 0x01010101;

	if (is_there && channels < 4)
		word = some_bytes(x, channels);
	else if (is_there)
		memcpy(&word, x, sizeof word);
	return word;
}

#endif
