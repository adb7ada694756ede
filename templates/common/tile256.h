/*
 * tile256.h: tiles of up to 6 pixels, 16 outputs: the heart of convolutions on 256 bits.  Who
 * includes it has TILE_PIXELS and dot8(): sum += x * w, of four bytes in each lane.
 */
#ifndef TILE256_H
#define TILE256_H

#include <stdbool.h>
#include <stddef.h>

#include "fixed8.h"

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

/* What the weights' zero point adds to each of some pixels. */
static inline __attribute__((always_inline)) void
zeros_of(int32_t *zeros, const uint8_t *x, int room, int pixels, int w_zero)
{
	for (int i = 0; i < pixels; i++)
		zeros[i] = w_zero ? -w_zero * sum_of(x + i * room, room) : 0;
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

/*
 * One pixel's first fours, four at a time, as a product may wait for the one before it; returns
 * how many.  order: as below.
 */
static inline __attribute__((always_inline)) int
add_long(Tile sum, const uint8_t *x, const int8_t *w, const int16_t *order, int fours,
	int pairs_safe, int vectors)
{
	const int count = fours / 4 * 4;
	__m256i v[TILE_VECTORS];

	sum[1][0] = sum[1][1] = sum[2][0] = sum[2][1] = sum[3][0] = sum[3][1] =
		_mm256_setzero_si256();
	for (int i = 0; i < count; i += 4) {
		const ptrdiff_t k = pairs_safe ? i : order[1 + i], l = pairs_safe ? i + 1 : order[2 + i];
		const ptrdiff_t m = pairs_safe ? i + 2 : order[3 + i],
			n = pairs_safe ? i + 3 : order[4 + i];

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

/*
 * The products of all inputs.  order: how many fours of them no input can make leave 16 bits,
 * their numbers, and those of the others, which go in two halves.
 */
static inline __attribute__((always_inline)) void
add_fours(Tile sum, const uint8_t *x, const int8_t *w, const int16_t *order, int fours,
	int pairs_safe, int pixels, int vectors)
{
	const int safe = pairs_safe ? fours : order[0];
	const int done = pixels == 1 ? add_long(sum, x, w, order, safe, pairs_safe, vectors) : 0;
	__m256i v[TILE_VECTORS];

	for (int i = done; i < safe; i++) {
		const ptrdiff_t k = pairs_safe ? i : order[1 + i];

		load_weights(v, w + 64 * k, vectors);
		add_products(sum, x + 4 * k, 4 * fours, v, pixels, vectors);
	}
	for (int i = safe; i < fours; i++) {
		const ptrdiff_t k = order[1 + i];

		load_half_weights(v, w + 64 * k, 0, vectors);
		add_products(sum, x + 4 * k, 4 * fours, v, pixels, vectors);
		load_half_weights(v, w + 64 * k, 1, vectors);
		add_products(sum, x + 4 * k, 4 * fours, v, pixels, vectors);
	}
}

static inline __attribute__((always_inline)) void
start_pixel(__m256i sum[TILE_VECTORS], const int32_t *bias, int32_t zero, int vectors)
{
	const __m256i more = _mm256_set1_epi32(zero);

	sum[0] = _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)bias), more);
	sum[1] = vectors > 1 ?
		_mm256_add_epi32(_mm256_loadu_si256((const __m256i *)(bias + 8)), more) : sum[0];
}

static inline __attribute__((always_inline)) void
start_tile(Tile sum, const int32_t *bias, const int32_t *zeros, int pixels, int vectors, int w_zero)
{
	start_pixel(sum[0], bias, w_zero ? zeros[0] : 0, vectors);
	start_pixel(sum[1], bias, w_zero && pixels > 1 ? zeros[1] : 0, vectors);
	start_pixel(sum[2], bias, w_zero && pixels > 2 ? zeros[2] : 0, vectors);
	start_pixel(sum[3], bias, w_zero && pixels > 3 ? zeros[3] : 0, vectors);
	start_pixel(sum[4], bias, w_zero && pixels > 4 ? zeros[4] : 0, vectors);
	start_pixel(sum[5], bias, w_zero && pixels > 5 ? zeros[5] : 0, vectors);
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

/* Two pixels, count outputs of each. */
static inline __attribute__((always_inline)) void
store_pair(int8_t *y, int step, __m256i sum[2][TILE_VECTORS], int pixels, int count, int y_min,
	int y_max)
{
	const __m256i v[4] = { sum[0][0], sum[0][1], sum[1][0], sum[1][1] };
	const __m256i out = narrow32(v, y_min, y_max);

	store16(y, _mm256_castsi256_si128(out), count);
	if (pixels > 1)
		store16(y + step, _mm256_extracti128_si256(out, 1), count);
}

/* Outputs of some pixels, count of them, up to 16.  w: their weights in fours of inputs. */
static inline __attribute__((always_inline)) void
tile(int8_t *y, int y_step, const uint8_t *x, const int8_t *w, const int16_t *order,
	const int32_t *bias, const int32_t *zeros, const Rescales *rescales, int channel, int fours,
	int pairs_safe, int pixels, int count, int w_zero, int form, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int vectors = (count + 7) / 8;
	Tile sum;

	start_tile(sum, bias, zeros, pixels, vectors, w_zero);
	add_fours(sum, x, w, order, fours, pairs_safe, pixels, vectors);
	rescale_vector(sum, 0, rescales, channel, pixels, form, shift_most, y_zero);
	if (vectors > 1)
		rescale_vector(sum, 1, rescales, channel, pixels, form, shift_most, y_zero);
	store_pair(y, y_step, sum, pixels, count, y_min, y_max);
	if (pixels > 2)
		store_pair(y + 2 * y_step, y_step, sum + 2, pixels - 2, count, y_min, y_max);
	if (pixels > 4)
		store_pair(y + 4 * y_step, y_step, sum + 4, pixels - 4, count, y_min, y_max);
}

/*
 * The same of a row of pixels.  rest: how many are left over when there are no more whole tiles;
 * at most, where a row is made in stretches.
 */
static inline __attribute__((always_inline)) void
tiles(int8_t *y, int y_step, const uint8_t *x, const int8_t *w, const int16_t *order,
	const int32_t *bias, const int32_t *zeros, const Rescales *rescales, int channel, int fours,
	int pairs_safe, int pixels, int rest, int count, int w_zero, int form,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int whole = pixels / TILE_PIXELS * TILE_PIXELS;

	for (int p = 0; p < whole; p += TILE_PIXELS)
		tile(y + p * y_step, y_step, x + p * 4 * fours, w, order, bias, zeros + p, rescales,
			channel, fours, pairs_safe, TILE_PIXELS, count, w_zero, form, shift_most, y_zero,
			y_min, y_max);
	if (rest > 0 && whole < pixels)
		tile(y + whole * y_step, y_step, x + whole * 4 * fours, w, order, bias, zeros + whole,
			rescales, channel, fours, pairs_safe, rest, count, w_zero, form, shift_most, y_zero,
			y_min, y_max);
}

/* All outputs of a row of pixels, sixteen after sixteen. */
static inline __attribute__((always_inline)) void
outputs(int8_t *y, int y_step, const uint8_t *x, const int8_t *w, const int16_t *order,
	const int32_t *bias, const int32_t *zeros, const Rescales *rescales, int fours, int out_c,
	int pairs_safe, int pixels, int rest, int w_zero, int form, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int last = out_c / 16 * 16;

	for (int o = 0; o < last; o += 16)
		tiles(y + o, y_step, x, w + o * 4 * fours, order + o / 16 * (fours + 1), bias + o,
			zeros, rescales, o, fours, pairs_safe, pixels, rest, 16, w_zero, form,
			shift_most, y_zero, y_min, y_max);
	if (last < out_c)
		tiles(y + last, y_step, x, w + last * 4 * fours, order + last / 16 * (fours + 1),
			bias + last, zeros, rescales, last, fours, pairs_safe, pixels, rest,
			out_c - last, w_zero, form, shift_most, y_zero, y_min, y_max);
}

#endif
