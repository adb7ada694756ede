/* dot512.h: tiles of up to 6 pixels, 64 outputs: the heart of convolutions. */
#ifndef DOT512_H
#define DOT512_H

#include "fixed512.h"

#include <string.h>

enum { TILE_PIXELS = 6, TILE_VECTORS = 4 };

/* sum += x * w, of four bytes in each lane, x without a sign.  With the intrinsic gcc 12 moves
 * every sum before it adds to it, which takes half the speed. */
static inline __attribute__((always_inline)) __m512i
dot(__m512i sum, __m512i x, __m512i w)
{
	__asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(w));
	return sum;
}

/* Four values, or fewer, in every lane, each 128 more. */
static inline __attribute__((always_inline)) __m512i
four_of(const int8_t *x, int count)
{
	int32_t v = 0;

	memcpy(&v, x, (size_t)count);
	return _mm512_xor_si512(_mm512_set1_epi32(v), _mm512_set1_epi8(INT8_MIN));
}

/* The sum of count values, each 128 more. */
static inline __attribute__((always_inline)) int32_t
sum_of(const int8_t *x, int count)
{
	const __m512i one = _mm512_set1_epi8(1), flip = _mm512_set1_epi8(INT8_MIN);
	__m512i sum = _mm512_setzero_si512();

	for (int i = 0; i < count; i += 64) {
		__mmask64 some = first64(count - i);
		__m512i v = _mm512_maskz_loadu_epi8(some, x + i);
		sum = dot(sum, _mm512_maskz_add_epi8(some, v, flip), one);
	}
	return _mm512_reduce_add_epi32(sum);
}

/* What the weights' zero point adds to each of some pixels. */
static inline __attribute__((always_inline)) void
zeros_of(int32_t *zeros, const int8_t *x, int step, int in_c, int pixels, int w_zero)
{
	for (int i = 0; i < pixels; i++)
		zeros[i] = w_zero ? -w_zero * sum_of(x + i * step, in_c) : 0;
}

/*
 * Sums of up to 6 pixels, 64 outputs.  What follows names each of them in a line of its own, as
 * clang 14 leaves in memory what is reached in loops; pixels and vectors are known when inlined.
 */
typedef __m512i Tile[TILE_PIXELS][TILE_VECTORS];

static inline __attribute__((always_inline)) void
add_pixel(__m512i sum[TILE_VECTORS], __m512i x, const __m512i w[TILE_VECTORS], int vectors)
{
	sum[0] = dot(sum[0], x, w[0]);
	if (vectors > 1)
		sum[1] = dot(sum[1], x, w[1]);
	if (vectors > 2)
		sum[2] = dot(sum[2], x, w[2]);
	if (vectors > 3)
		sum[3] = dot(sum[3], x, w[3]);
}

/* Of 16 outputs, the ones after them `block` bytes on. */
static inline __attribute__((always_inline)) void
load_vectors(__m512i to[TILE_VECTORS], const void *from, int block, int vectors)
{
	const int8_t *v = from;

	to[0] = _mm512_loadu_si512(v);
	to[1] = vectors > 1 ? _mm512_loadu_si512(v + block) : to[0];
	to[2] = vectors > 2 ? _mm512_loadu_si512(v + 2 * block) : to[0];
	to[3] = vectors > 3 ? _mm512_loadu_si512(v + 3 * block) : to[0];
}

/* The products of `count` inputs, four at most, from each pixel. */
static inline __attribute__((always_inline)) void
add_products(Tile sum, const int8_t *x, int step, int count, const int8_t *w, int block,
	int pixels, int vectors)
{
	__m512i v[TILE_VECTORS];

	load_vectors(v, w, block, vectors);
	add_pixel(sum[0], four_of(x, count), v, vectors);
	if (pixels > 1)
		add_pixel(sum[1], four_of(x + step, count), v, vectors);
	if (pixels > 2)
		add_pixel(sum[2], four_of(x + 2 * step, count), v, vectors);
	if (pixels > 3)
		add_pixel(sum[3], four_of(x + 3 * step, count), v, vectors);
	if (pixels > 4)
		add_pixel(sum[4], four_of(x + 4 * step, count), v, vectors);
	if (pixels > 5)
		add_pixel(sum[5], four_of(x + 5 * step, count), v, vectors);
}

static inline __attribute__((always_inline)) void
start_pixel(__m512i sum[TILE_VECTORS], const __m512i bias[TILE_VECTORS], int32_t zero)
{
	const __m512i more = _mm512_set1_epi32(zero);

	sum[0] = _mm512_add_epi32(bias[0], more);
	sum[1] = _mm512_add_epi32(bias[1], more);
	sum[2] = _mm512_add_epi32(bias[2], more);
	sum[3] = _mm512_add_epi32(bias[3], more);
}

static inline __attribute__((always_inline)) void
start_tile(Tile sum, const int32_t *bias, const int32_t *zeros, int pixels, int vectors,
	int w_zero)
{
	__m512i start[TILE_VECTORS];

	load_vectors(start, bias, 64, vectors);
	start_pixel(sum[0], start, w_zero ? zeros[0] : 0);
	start_pixel(sum[1], start, w_zero && pixels > 1 ? zeros[1] : 0);
	start_pixel(sum[2], start, w_zero && pixels > 2 ? zeros[2] : 0);
	start_pixel(sum[3], start, w_zero && pixels > 3 ? zeros[3] : 0);
	start_pixel(sum[4], start, w_zero && pixels > 4 ? zeros[4] : 0);
	start_pixel(sum[5], start, w_zero && pixels > 5 ? zeros[5] : 0);
}

/* Sixteen outputs of each pixel. */
static inline __attribute__((always_inline)) void
requantize_vector(Tile sum, int j, const int32_t *mult, const int8_t *shift, int pixels,
	int shift_most)
{
	const Scales scales = load_scales(mult + 16 * j, shift + 16 * j, shift_most);

	sum[0][j] = requantize16(sum[0][j], &scales, shift_most);
	if (pixels > 1)
		sum[1][j] = requantize16(sum[1][j], &scales, shift_most);
	if (pixels > 2)
		sum[2][j] = requantize16(sum[2][j], &scales, shift_most);
	if (pixels > 3)
		sum[3][j] = requantize16(sum[3][j], &scales, shift_most);
	if (pixels > 4)
		sum[4][j] = requantize16(sum[4][j], &scales, shift_most);
	if (pixels > 5)
		sum[5][j] = requantize16(sum[5][j], &scales, shift_most);
}

static inline __attribute__((always_inline)) void
requantize_tile(Tile sum, const int32_t *mult, const int8_t *shift, int pixels, int vectors,
	int shift_most)
{
	requantize_vector(sum, 0, mult, shift, pixels, shift_most);
	if (vectors > 1)
		requantize_vector(sum, 1, mult, shift, pixels, shift_most);
	if (vectors > 2)
		requantize_vector(sum, 2, mult, shift, pixels, shift_most);
	if (vectors > 3)
		requantize_vector(sum, 3, mult, shift, pixels, shift_most);
}

static inline __attribute__((always_inline)) void
store_tile(int8_t *y, int step, Tile sum, int pixels, int count, int y_zero, int y_min, int y_max)
{
	store64(y, narrow64(sum[0], y_zero, y_min, y_max), count);
	if (pixels > 1)
		store64(y + step, narrow64(sum[1], y_zero, y_min, y_max), count);
	if (pixels > 2)
		store64(y + 2 * step, narrow64(sum[2], y_zero, y_min, y_max), count);
	if (pixels > 3)
		store64(y + 3 * step, narrow64(sum[3], y_zero, y_min, y_max), count);
	if (pixels > 4)
		store64(y + 4 * step, narrow64(sum[4], y_zero, y_min, y_max), count);
	if (pixels > 5)
		store64(y + 5 * step, narrow64(sum[5], y_zero, y_min, y_max), count);
}

/*
 * Outputs of some pixels, count of them, up to 64.  zeros: what else to add to each pixel's sums.
 * w: of 16 outputs after 16, their weights in fours of inputs.
 */
static inline __attribute__((always_inline)) void
tile(int8_t *y, int y_step, const int8_t *x, int x_step, const int8_t *w, const int32_t *bias,
	const int32_t *zeros, const int32_t *mult, const int8_t *shift, int in_c, int pixels,
	int count, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int vectors = (count + 15) / 16, block = (in_c + 3) / 4 * 64;
	Tile sum;

	start_tile(sum, bias, zeros, pixels, vectors, w_zero);
	for (int k = 0; k + 4 <= in_c; k += 4)
		add_products(sum, x + k, x_step, 4, w + 16 * k, block, pixels, vectors);
	if (in_c % 4 > 0)
		add_products(sum, x + in_c / 4 * 4, x_step, in_c % 4, w + in_c / 4 * 64, block,
			pixels, vectors);
	requantize_tile(sum, mult, shift, pixels, vectors, shift_most);
	store_tile(y, y_step, sum, pixels, count, y_zero, y_min, y_max);
}

/*
 * The same of a row of pixels.  rest: how many are left over when there are no more tiles of six;
 * at most, where a row is made in stretches.
 */
static inline __attribute__((always_inline)) void
tiles(int8_t *y, int y_step, const int8_t *x, int x_step, const int8_t *w, const int32_t *bias,
	const int32_t *zeros, const int32_t *mult, const int8_t *shift, int in_c, int pixels,
	int rest, int count, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int whole = pixels / TILE_PIXELS * TILE_PIXELS;

	for (int p = 0; p < whole; p += TILE_PIXELS)
		tile(y + p * y_step, y_step, x + p * x_step, x_step, w, bias, zeros + p, mult, shift,
			in_c, TILE_PIXELS, count, w_zero, shift_most, y_zero, y_min, y_max);
	if (rest > 0 && whole < pixels)
		tile(y + whole * y_step, y_step, x + whole * x_step, x_step, w, bias, zeros + whole,
			mult, shift, in_c, rest, count, w_zero, shift_most, y_zero, y_min, y_max);
}

#endif
