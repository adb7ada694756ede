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

/* The products of `count` inputs, four at most, from each pixel.  w: 16 outputs of four inputs,
 * then `block` bytes on the next. */
static inline __attribute__((always_inline)) void
add_products(__m512i sum[TILE_PIXELS][TILE_VECTORS], const int8_t *x, int step, int count,
	const int8_t *w, int block, int pixels, int vectors)
{
	__m512i v[TILE_VECTORS];

#pragma GCC unroll 4
	for (int j = 0; j < vectors; j++)
		v[j] = _mm512_loadu_si512(w + j * block);
#pragma GCC unroll 6
	for (int i = 0; i < pixels; i++) {
		__m512i u = four_of(x + i * step, count);

#pragma GCC unroll 4
		for (int j = 0; j < vectors; j++)
			sum[i][j] = dot(sum[i][j], u, v[j]);
	}
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
	__m512i sum[TILE_PIXELS][TILE_VECTORS];

#pragma GCC unroll 6
	for (int i = 0; i < pixels; i++) {
#pragma GCC unroll 4
		for (int j = 0; j < TILE_VECTORS; j++) {
			sum[i][j] = _mm512_setzero_si512();
			if (j < vectors)
				sum[i][j] = _mm512_loadu_si512(bias + 16 * j);
			if (j < vectors && w_zero != 0)
				sum[i][j] = _mm512_add_epi32(sum[i][j], _mm512_set1_epi32(zeros[i]));
		}
	}
	for (int k = 0; k + 4 <= in_c; k += 4)
		add_products(sum, x + k, x_step, 4, w + 16 * k, block, pixels, vectors);
	if (in_c % 4 > 0)
		add_products(sum, x + in_c / 4 * 4, x_step, in_c % 4, w + in_c / 4 * 64, block,
			pixels, vectors);
#pragma GCC unroll 4
	for (int j = 0; j < vectors; j++) {
		const Scales scales = load_scales(mult + 16 * j, shift + 16 * j, shift_most);

#pragma GCC unroll 6
		for (int i = 0; i < pixels; i++)
			sum[i][j] = requantize16(sum[i][j], &scales, shift_most);
	}
#pragma GCC unroll 6
	for (int i = 0; i < pixels; i++)
		store64(y + i * y_step, narrow64(sum[i], y_zero, y_min, y_max), count);
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
