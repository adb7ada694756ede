/*
 * tile256.h: tiles of up to 6 pixels, 16 outputs: the heart of convolutions on 256 bits.  dot8.h,
 * each instruction set's own, has TILE_PIXELS and dot8(): sum += x * w, of four bytes in each lane.
 */
#ifndef TILE256_H
#define TILE256_H

#include <stdbool.h>
#include <stddef.h>

#include "../common/fixed8.h"
#include "dot8.h"

/* Four values in every lane. */
static inline __attribute__((always_inline)) __m256i
four_of(const uint8_t *x)
{
	int32_t v;

	memcpy(&v, x, sizeof v);
	return _mm256_set1_epi32(v);
}

/* Copies count values, each 128 more: what a dot product takes has no sign. */
static inline __attribute__((always_inline)) void
flip(uint8_t *to, const int8_t *x, int count)
{
	const __m256i sign = _mm256_set1_epi8(INT8_MIN);

	for (int i = 0; i + 32 <= count; i += 32)
		_mm256_storeu_si256((__m256i *)(to + i), _mm256_xor_si256(sign,
			_mm256_loadu_si256((const __m256i *)(x + i))));
	if (count % 32 >= 16)
		_mm_storeu_si128((__m128i *)(to + count / 32 * 32), _mm_xor_si128(
			_mm256_castsi256_si128(sign),
			_mm_loadu_si128((const __m128i *)(x + count / 32 * 32))));
	if (count % 16 >= 8)
		_mm_storel_epi64((__m128i *)(to + count / 16 * 16), _mm_xor_si128(
			_mm256_castsi256_si128(sign),
			_mm_loadl_epi64((const __m128i *)(x + count / 16 * 16))));
	for (int i = count / 8 * 8; i < count; i++)
		to[i] = (uint8_t)(x[i] + 128);
}

/* The sum of count bytes, a multiple of four. */
static inline __attribute__((always_inline)) int32_t
sum_of(const uint8_t *x, int count)
{
	const __m256i zero = _mm256_setzero_si256();
	__m256i sum = zero;
	int32_t v;

	for (int i = 0; i + 32 <= count; i += 32)
		sum = _mm256_add_epi64(sum, _mm256_sad_epu8(zero,
			_mm256_loadu_si256((const __m256i *)(x + i))));
	__m128i half = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
	for (int i = count / 32 * 32; i < count; i += 4) {
		memcpy(&v, x + i, sizeof v);
		half = _mm_add_epi64(half, _mm_sad_epu8(_mm_setzero_si128(), _mm_cvtsi32_si128(v)));
	}
	return _mm_cvtsi128_si32(_mm_add_epi64(half, _mm_unpackhi_epi64(half, half)));
}

/* Pixels side by side in `to`, each 128 more, of `room` bytes: in_c and up to three zeros. */
static inline __attribute__((always_inline)) void
lay_pixels(uint8_t *to, const int8_t *x, int step, int in_c, int pixels)
{
	const int room = (in_c + 3) / 4 * 4;

	if (step == in_c && in_c % 4 == 0) {
		flip(to, x, pixels * in_c);
	} else {
		for (int p = 0; p < pixels; p++) {
			memset(to + p * room + room - 4, 0, 4);
			flip(to + p * room, x + p * step, in_c);
		}
	}
}

/* Writes the window's values side by side, each 128 more, columns outside as x_zero. */
static inline __attribute__((always_inline)) void
lay_window(uint8_t *to, const int8_t *const *x, int in_w, int in_c, int kernel_h, int kernel_w,
	int dilation_w, int first, int x_step, int x_zero)
{
	bool inside = first >= 0 && first + (kernel_w - 1) * dilation_w < in_w;

	for (int i = 0; i < kernel_h; i++) {
		if (inside && dilation_w == 1 && x_step == in_c) {
			flip(to, x[i] + first * in_c, kernel_w * in_c);
			to += kernel_w * in_c;
			continue;
		}
		for (int j = 0; j < kernel_w; j++, to += in_c) {
			int column = first + j * dilation_w;

			if (column >= 0 && column < in_w)
				flip(to, x[i] + column * x_step, in_c);
			else
				memset(to, x_zero + 128, (size_t)in_c);
		}
	}
}

/* Windows side by side, `first` the first one's column; each of up to three zeros more. */
static inline __attribute__((always_inline)) void
lay_windows(uint8_t *to, const int8_t *const *x, int in_w, int in_c, int kernel_h, int kernel_w,
	int stride_w, int dilation_w, int first, int windows, int x_step, int x_zero)
{
	const int room = (kernel_h * kernel_w * in_c + 3) / 4 * 4;

	for (int p = 0; p < windows; p++) {
		memset(to + p * room + room - 4, 0, 4);
		lay_window(to + p * room, x, in_w, in_c, kernel_h, kernel_w, dilation_w,
			first + p * stride_w, x_step, x_zero);
	}
}

/*
 * Sums of up to 6 pixels, 16 outputs.  What follows names each of them in a line of its own, as
 * clang 14 leaves in memory what is reached in loops; pixels and vectors are known when inlined.
 */
enum { TILE_VECTORS = 2, TILE_MOST = 6 };

typedef __m256i Tile[TILE_MOST][TILE_VECTORS];

static inline __attribute__((always_inline)) void
add_pixel(__m256i sum[TILE_VECTORS], __m256i x, const __m256i w[TILE_VECTORS], int vectors)
{
	sum[0] = dot8(sum[0], x, w[0]);
	if (vectors > 1)
		sum[1] = dot8(sum[1], x, w[1]);
}

/* The products of four inputs from each pixel. */
static inline __attribute__((always_inline)) void
add_products(Tile sum, const uint8_t *x, int room, const __m256i w[TILE_VECTORS], int pixels,
	int vectors)
{
	add_pixel(sum[0], four_of(x), w, vectors);
	if (pixels > 1)
		add_pixel(sum[1], four_of(x + room), w, vectors);
	if (pixels > 2)
		add_pixel(sum[2], four_of(x + 2 * room), w, vectors);
	if (pixels > 3)
		add_pixel(sum[3], four_of(x + 3 * room), w, vectors);
	if (pixels > 4)
		add_pixel(sum[4], four_of(x + 4 * room), w, vectors);
	if (pixels > 5)
		add_pixel(sum[5], four_of(x + 5 * room), w, vectors);
}

/* Four inputs' weights of 16 outputs, or of 8. */
static inline __attribute__((always_inline)) void
load_weights(__m256i to[TILE_VECTORS], const int8_t *w, int vectors)
{
	to[0] = _mm256_loadu_si256((const __m256i *)w);
	to[1] = vectors > 1 ? _mm256_loadu_si256((const __m256i *)(w + 32)) : to[0];
}

/* Of each four, the weights at even places (0), or at odd ones (1), the others zero. */
static inline __attribute__((always_inline)) void
load_half_weights(__m256i to[TILE_VECTORS], const int8_t *w, int odd, int vectors)
{
	const __m256i mask = _mm256_set1_epi16(odd ? (short)0xff00 : 0x00ff);

	load_weights(to, w, vectors);
	to[0] = _mm256_and_si256(to[0], mask);
	to[1] = _mm256_and_si256(to[1], mask);
}

/* The products of four inputs, two by two where two might leave 16 bits. */
static inline __attribute__((always_inline)) void
add_apart(Tile sum, const uint8_t *x, int room, const int8_t *w, int pixels, int vectors)
{
	__m256i v[TILE_VECTORS];

	if (SATURATES) {
		load_half_weights(v, w, 0, vectors);
		add_products(sum, x, room, v, pixels, vectors);
		load_half_weights(v, w, 1, vectors);
	} else {
		load_weights(v, w, vectors);
	}
	add_products(sum, x, room, v, pixels, vectors);
}

/*
 * Weights: in blocks of 16 outputs of four inputs each, filled up with zeros, less their zero
 * point where zero is 0.  What of them is beyond int8 then, count steps add: from first[i] to
 * first[i + 1], of 32 outputs after 32 * i, at one input of four.  order: of each block how many
 * fours no input can make leave 16 bits, their numbers, and those of the others; all_safe: there
 * are no others.
 */
typedef struct {
	const int8_t *w, *excess;
	const int16_t *order;
	const int32_t *bias, *at, *first;
	int all_safe, zero, count;
} Weights;

/*
 * One pixel's first fours, four at a time, as a product may wait for the one before it; returns
 * how many.
 */
static inline __attribute__((always_inline)) int
add_long(Tile sum, const uint8_t *x, const int8_t *w, const int16_t *order, int fours, int all_safe,
	int vectors)
{
	const int count = fours / 4 * 4;
	__m256i v[TILE_VECTORS];

	sum[1][0] = sum[1][1] = sum[2][0] = sum[2][1] = sum[3][0] = sum[3][1] =
		_mm256_setzero_si256();
	for (int i = 0; i < count; i += 4) {
		const ptrdiff_t k = all_safe ? i : order[1 + i], l = all_safe ? i + 1 : order[2 + i];
		const ptrdiff_t m = all_safe ? i + 2 : order[3 + i], n = all_safe ? i + 3 : order[4 + i];

		load_weights(v, w + 64 * k, vectors);
		add_pixel(sum[0], four_of(x + 4 * k), v, vectors);
		load_weights(v, w + 64 * l, vectors);
		add_pixel(sum[1], four_of(x + 4 * l), v, vectors);
		load_weights(v, w + 64 * m, vectors);
		add_pixel(sum[2], four_of(x + 4 * m), v, vectors);
		load_weights(v, w + 64 * n, vectors);
		add_pixel(sum[3], four_of(x + 4 * n), v, vectors);
	}
	for (int j = 0; j < TILE_VECTORS; j++)
		sum[0][j] = _mm256_add_epi32(_mm256_add_epi32(sum[0][j], sum[1][j]),
			_mm256_add_epi32(sum[2][j], sum[3][j]));
	return count;
}

/* The products of all inputs. */
static inline __attribute__((always_inline)) void
add_fours(Tile sum, const uint8_t *x, const int8_t *w, const int16_t *order, int fours, int all_safe,
	int pixels, int vectors)
{
	const int safe = all_safe ? fours : order[0];
	const int done = pixels == 1 ? add_long(sum, x, w, order, safe, all_safe, vectors) : 0;
	__m256i v[TILE_VECTORS];

	for (int i = done; i < safe; i++) {
		const ptrdiff_t k = all_safe ? i : order[1 + i];

		load_weights(v, w + 64 * k, vectors);
		add_products(sum, x + 4 * k, 4 * fours, v, pixels, vectors);
	}
	for (int i = safe; i < fours; i++) {
		const ptrdiff_t k = order[1 + i];

		add_apart(sum, x + 4 * k, 4 * fours, w + 64 * k, pixels, vectors);
	}
}

/* And those that Weights' excess adds. */
static inline __attribute__((always_inline)) void
add_excess(Tile sum, const uint8_t *x, const Weights *weights, int channel, int fours, int pixels,
	int vectors)
{
	const int8_t *w = weights->excess + channel % 32 * 4;

	for (int i = weights->first[channel / 32]; i < weights->first[channel / 32 + 1]; i++)
		add_apart(sum, x + weights->at[i], 4 * fours, w + 128 * i, pixels, vectors);
}

/* What the weights' zero point adds is the same for all of a pixel's sums. */
static inline __attribute__((always_inline)) void
start_pixel(__m256i sum[TILE_VECTORS], const int32_t *bias, const uint8_t *x, int room, int zero,
	int vectors)
{
	sum[0] = _mm256_loadu_si256((const __m256i *)bias);
	sum[1] = vectors > 1 ? _mm256_loadu_si256((const __m256i *)(bias + 8)) : sum[0];
	if (zero != 0) {
		const __m256i more = _mm256_set1_epi32(-zero * sum_of(x, room));

		sum[0] = _mm256_add_epi32(sum[0], more);
		sum[1] = _mm256_add_epi32(sum[1], more);
	}
}

static inline __attribute__((always_inline)) void
start_tile(Tile sum, const int32_t *bias, const uint8_t *x, int room, int zero, int pixels,
	int vectors)
{
	start_pixel(sum[0], bias, x, room, zero, vectors);
	if (pixels > 1)
		start_pixel(sum[1], bias, x + room, room, zero, vectors);
	if (pixels > 2)
		start_pixel(sum[2], bias, x + 2 * room, room, zero, vectors);
	if (pixels > 3)
		start_pixel(sum[3], bias, x + 3 * room, room, zero, vectors);
	if (pixels > 4)
		start_pixel(sum[4], bias, x + 4 * room, room, zero, vectors);
	if (pixels > 5)
		start_pixel(sum[5], bias, x + 5 * room, room, zero, vectors);
}

/* Eight outputs of each pixel. */
static inline __attribute__((always_inline)) void
rescale_vector(Tile sum, int j, const Rescales *rescales, int channel, int pixels, int form,
	int shift_most, int y_zero)
{
	const Rescale r = rescale8_at(rescales, channel + 8 * j, form, shift_most);

	sum[0][j] = rescale8(sum[0][j], &r, form, shift_most, y_zero);
	if (pixels > 1)
		sum[1][j] = rescale8(sum[1][j], &r, form, shift_most, y_zero);
	if (pixels > 2)
		sum[2][j] = rescale8(sum[2][j], &r, form, shift_most, y_zero);
	if (pixels > 3)
		sum[3][j] = rescale8(sum[3][j], &r, form, shift_most, y_zero);
	if (pixels > 4)
		sum[4][j] = rescale8(sum[4][j], &r, form, shift_most, y_zero);
	if (pixels > 5)
		sum[5][j] = rescale8(sum[5][j], &r, form, shift_most, y_zero);
}

/* Two pixels, or one, count outputs of each. */
static inline __attribute__((always_inline)) void
store_pair(int8_t *y, int step, __m256i sum[2][TILE_VECTORS], int pixels, int count, int form,
	int y_min, int y_max)
{
	const int next = pixels > 1;
	const __m256i v[4] = { sum[0][0], sum[0][1], sum[next][0], sum[next][1] };
	const __m256i out = narrow32(v, form, y_min, y_max);

	store16(y, _mm256_castsi256_si128(out), count);
	if (pixels > 1)
		store16(y + step, _mm256_extracti128_si256(out, 1), count);
}

/* Outputs of some pixels, in x fours of inputs: count of them, up to 16, after `channel`. */
static inline __attribute__((always_inline)) void
tile(int8_t *y, int y_step, const uint8_t *x, const Weights *weights, const Rescales *rescales,
	int channel, int fours, int pixels, int count, int form, int shift_most, int y_zero, int y_min,
	int y_max)
{
	const int vectors = (count + 7) / 8;
	const int8_t *w = weights->w + channel * 4 * fours;
	const int16_t *order = weights->order;
	Tile sum;

	start_tile(sum, weights->bias + channel, x, 4 * fours, weights->zero, pixels, vectors);
	if (weights->all_safe)
		add_fours(sum, x, w, NULL, fours, 1, pixels, vectors);
	else
		add_fours(sum, x, w, order + channel / 16 * (fours + 1), fours, 0, pixels, vectors);
	if (weights->count > 0)
		add_excess(sum, x, weights, channel, fours, pixels, vectors);
	rescale_vector(sum, 0, rescales, channel, pixels, form, shift_most, y_zero);
	if (vectors > 1)
		rescale_vector(sum, 1, rescales, channel, pixels, form, shift_most, y_zero);
	store_pair(y, y_step, sum, pixels, count, form, y_min, y_max);
	if (pixels > 2)
		store_pair(y + 2 * y_step, y_step, sum + 2, pixels - 2, count, form, y_min, y_max);
	if (pixels > 4)
		store_pair(y + 4 * y_step, y_step, sum + 4, pixels - 4, count, form, y_min, y_max);
}

/*
 * The same of a row of pixels.  rest: how many are left over when there are no more whole tiles;
 * at most, where a row is made in stretches.
 */
static inline __attribute__((always_inline)) void
tiles(int8_t *y, int y_step, const uint8_t *x, const Weights *weights, const Rescales *rescales,
	int channel, int fours, int pixels, int rest, int count, int form, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int whole = pixels / TILE_PIXELS * TILE_PIXELS;

	for (int p = 0; p < whole; p += TILE_PIXELS)
		tile(y + p * y_step + channel, y_step, x + p * 4 * fours, weights, rescales, channel, fours,
			TILE_PIXELS, count, form, shift_most, y_zero, y_min, y_max);
	if (rest > 0 && whole < pixels)
		tile(y + whole * y_step + channel, y_step, x + whole * 4 * fours, weights, rescales, channel,
			fours, rest, count, form, shift_most, y_zero, y_min, y_max);
}

/* All outputs of a row of pixels, sixteen after sixteen. */
static inline __attribute__((always_inline)) void
outputs(int8_t *y, int y_step, const uint8_t *x, const Weights *weights, const Rescales *rescales,
	int fours, int out_c, int pixels, int rest, int form, int shift_most, int y_zero, int y_min,
	int y_max)
{
	const int last = out_c / 16 * 16;

	for (int o = 0; o < last; o += 16)
		tiles(y, y_step, x, weights, rescales, o, fours, pixels, rest, 16, form, shift_most, y_zero,
			y_min, y_max);
	if (last < out_c)
		tiles(y, y_step, x, weights, rescales, last, fours, pixels, rest, out_c - last, form,
			shift_most, y_zero, y_min, y_max);
}

#endif
