/* dot512.h: tiles of up to 14 pixels, 32 outputs: the heart of convolutions. */
#ifndef DOT512_H
#define DOT512_H

#include "fixed512.h"

#include <string.h>

enum { HALF_MOST = 7, PIXELS_MOST = 14, VECTORS_MOST = 2, OUTPUTS_MOST = 32 };

/* sum += x * w, of four bytes in each lane, x without a sign.  With the intrinsic gcc 12 moves
 * every sum before it adds to it, which takes half the speed. */
static inline __attribute__((always_inline)) __m512i
dot(__m512i sum, __m512i x, __m512i w)
{
	__asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(w));
	return sum;
}

/* Four values in every lane. */
static inline __attribute__((always_inline)) __m512i
four_of_512(const uint8_t *x)
{
	int32_t v;

	memcpy(&v, x, sizeof v);
	return _mm512_set1_epi32(v);
}

/* to = x, each 128 more, in whole vectors: up to 63 bytes behind are written too. */
static inline __attribute__((always_inline)) void
flip_512(uint8_t *to, const int8_t *x, int count)
{
	const __m512i sign = _mm512_set1_epi8(INT8_MIN);

	for (int i = 0; i + 64 <= count; i += 64)
		_mm512_storeu_si512(to + i, _mm512_xor_si512(_mm512_loadu_si512(x + i), sign));
	if (count % 64 > 0)
		_mm512_storeu_si512(to + count / 64 * 64, _mm512_xor_si512(sign,
			_mm512_maskz_loadu_epi8(first64(count % 64), x + count / 64 * 64)));
}

/* The same of pixels, which then lie side by side. */
static inline __attribute__((always_inline)) void
flip_pixels_512(uint8_t *to, const int8_t *x, int step, int in_c, int pixels)
{
	if (step == in_c)
		flip_512(to, x, pixels * in_c);
	else
		for (int p = 0; p < pixels; p++)
			flip_512(to + p * in_c, x + p * step, in_c);
}

/* The sum of count values. */
static inline __attribute__((always_inline)) int32_t
sum_of_512(const uint8_t *x, int count)
{
	const __m512i one = _mm512_set1_epi8(1);
	__m512i sum = _mm512_setzero_si512();

	for (int i = 0; i < count; i += 64)
		sum = dot(sum, _mm512_maskz_loadu_epi8(first64(count - i), x + i), one);
	return _mm512_reduce_add_epi32(sum);
}

/*
 * Weights512: in blocks of 16 outputs of four inputs each, filled up with zeros, less their zero
 * point where zero is 0.  What of them is beyond int8 then, count steps add: from first[i] to
 * first[i + 1], of 32 outputs after 32 * i, at one input of four.
 */
typedef struct {
	const int8_t *w, *excess;
	const int32_t *bias, *at, *first;
	int zero, count;
} Weights512;

/*
 * Sums512 of up to 14 pixels, 32 outputs.  What follows names each of them in a line of its own, as
 * clang 14 leaves in memory what is reached in loops; pixels and vectors are known when inlined.
 */
typedef __m512i Sums512[VECTORS_MOST];

static inline __attribute__((always_inline)) void
add_pixel_512(Sums512 sum, const uint8_t *x, const Sums512 w, int vectors)
{
	const __m512i v = four_of_512(x);

	sum[0] = dot(sum[0], v, w[0]);
	if (vectors > 1)
		sum[1] = dot(sum[1], v, w[1]);
}

static inline __attribute__((always_inline)) void
add_half_512(Sums512 *sum, const uint8_t *x, int step, const Sums512 w, int pixels, int vectors)
{
	add_pixel_512(sum[0], x, w, vectors);
	if (pixels > 1)
		add_pixel_512(sum[1], x + step, w, vectors);
	if (pixels > 2)
		add_pixel_512(sum[2], x + 2 * step, w, vectors);
	if (pixels > 3)
		add_pixel_512(sum[3], x + 3 * step, w, vectors);
	if (pixels > 4)
		add_pixel_512(sum[4], x + 4 * step, w, vectors);
	if (pixels > 5)
		add_pixel_512(sum[5], x + 5 * step, w, vectors);
	if (pixels > 6)
		add_pixel_512(sum[6], x + 6 * step, w, vectors);
}

/* The products of four inputs of each pixel; the second vector of weights `block` bytes on. */
static inline __attribute__((always_inline)) void
add_products_512(Sums512 *sum, const uint8_t *x, int step, const int8_t *w, int block, int pixels,
	int vectors)
{
	const __m512i low = _mm512_loadu_si512(w);
	const Sums512 v = { low, vectors > 1 ? _mm512_loadu_si512(w + block) : low };

	add_half_512(sum, x, step, v, pixels, vectors);
	if (pixels > HALF_MOST)
		add_half_512(sum + HALF_MOST, x + HALF_MOST * step, step, v, pixels - HALF_MOST,
			vectors);
}

/* What the weights' zero point adds is the same for all of a pixel's sums. */
static inline __attribute__((always_inline)) void
start_pixel_512(Sums512 sum, const int32_t *bias, const uint8_t *x, int in_c, int zero, int vectors)
{
	sum[0] = _mm512_loadu_si512(bias);
	sum[1] = vectors > 1 ? _mm512_loadu_si512(bias + 16) : sum[0];
	if (zero != 0) {
		const __m512i more = _mm512_set1_epi32(-zero * sum_of_512(x, in_c));

		sum[0] = _mm512_add_epi32(sum[0], more);
		sum[1] = _mm512_add_epi32(sum[1], more);
	}
}

static inline __attribute__((always_inline)) void
start_half_512(Sums512 *sum, const int32_t *bias, const uint8_t *x, int step, int in_c, int zero,
	int pixels, int vectors)
{
	start_pixel_512(sum[0], bias, x, in_c, zero, vectors);
	if (pixels > 1)
		start_pixel_512(sum[1], bias, x + step, in_c, zero, vectors);
	if (pixels > 2)
		start_pixel_512(sum[2], bias, x + 2 * step, in_c, zero, vectors);
	if (pixels > 3)
		start_pixel_512(sum[3], bias, x + 3 * step, in_c, zero, vectors);
	if (pixels > 4)
		start_pixel_512(sum[4], bias, x + 4 * step, in_c, zero, vectors);
	if (pixels > 5)
		start_pixel_512(sum[5], bias, x + 5 * step, in_c, zero, vectors);
	if (pixels > 6)
		start_pixel_512(sum[6], bias, x + 6 * step, in_c, zero, vectors);
}

/* Sixteen outputs of each pixel. */
static inline __attribute__((always_inline)) void
rescale_half_512(Sums512 *sum, int j, const Rescale512 *r, int pixels, int form,
	int shift_most, int y_zero)
{
	sum[0][j] = rescale16(sum[0][j], r, form, shift_most, y_zero);
	if (pixels > 1)
		sum[1][j] = rescale16(sum[1][j], r, form, shift_most, y_zero);
	if (pixels > 2)
		sum[2][j] = rescale16(sum[2][j], r, form, shift_most, y_zero);
	if (pixels > 3)
		sum[3][j] = rescale16(sum[3][j], r, form, shift_most, y_zero);
	if (pixels > 4)
		sum[4][j] = rescale16(sum[4][j], r, form, shift_most, y_zero);
	if (pixels > 5)
		sum[5][j] = rescale16(sum[5][j], r, form, shift_most, y_zero);
	if (pixels > 6)
		sum[6][j] = rescale16(sum[6][j], r, form, shift_most, y_zero);
}

static inline __attribute__((always_inline)) void
rescale_vector_512(Sums512 *sum, int j, const Rescales512 *rescales, int channel, int pixels,
	int form, int shift_most, int y_zero)
{
	const Rescale512 r = rescale16_at(rescales, channel + 16 * j, form, shift_most);

	rescale_half_512(sum, j, &r, pixels, form, shift_most, y_zero);
	if (pixels > HALF_MOST)
		rescale_half_512(sum + HALF_MOST, j, &r, pixels - HALF_MOST, form, shift_most, y_zero);
}

/* Two pixels of up to 32 outputs, or one. */
static inline __attribute__((always_inline)) void
store_pair_512(int8_t *y, int step, Sums512 *sum, int pixels, int count, int form,
	int y_min, int y_max)
{
	const int next = pixels > 1;
	const __m512i four[4] = { sum[0][0], sum[0][1], sum[next][0], sum[next][1] };
	const __m512i v = form == FORM_SWIFT ? narrow64_words(four, y_min, y_max) :
		narrow64(four, form, y_min, y_max);

	store_first32(y, _mm512_castsi512_si256(v), count);
	if (pixels > 1)
		store_first32(y + step, _mm512_extracti64x4_epi64(v, 1), count);
}

/* Four pixels of up to 16 outputs, or fewer. */
static inline __attribute__((always_inline)) void
store_four_512(int8_t *y, int step, Sums512 *sum, int pixels, int count, int form,
	int y_min, int y_max)
{
	const __m512i four[4] = { sum[0][0], sum[pixels > 1][0], sum[pixels > 2 ? 2 : 0][0],
		sum[pixels > 3 ? 3 : 0][0] };
	const __m512i v = form == FORM_SWIFT ? narrow64_words(four, y_min, y_max) :
		narrow64(four, form, y_min, y_max);

	store_first16(y, _mm512_castsi512_si128(v), count);
	if (pixels > 1)
		store_first16(y + step, _mm512_extracti32x4_epi32(v, 1), count);
	if (pixels > 2)
		store_first16(y + 2 * step, _mm512_extracti32x4_epi32(v, 2), count);
	if (pixels > 3)
		store_first16(y + 3 * step, _mm512_extracti32x4_epi32(v, 3), count);
}

static inline __attribute__((always_inline)) void
store_pairs_512(int8_t *y, int step, Sums512 *sum, int pixels, int count, int form,
	int y_min, int y_max)
{
	store_pair_512(y, step, sum, pixels, count, form, y_min, y_max);
	if (pixels > 2)
		store_pair_512(y + 2 * step, step, sum + 2, pixels - 2, count, form, y_min, y_max);
	if (pixels > 4)
		store_pair_512(y + 4 * step, step, sum + 4, pixels - 4, count, form, y_min, y_max);
	if (pixels > 6)
		store_pair_512(y + 6 * step, step, sum + 6, pixels - 6, count, form, y_min, y_max);
	if (pixels > 8)
		store_pair_512(y + 8 * step, step, sum + 8, pixels - 8, count, form, y_min, y_max);
	if (pixels > 10)
		store_pair_512(y + 10 * step, step, sum + 10, pixels - 10, count, form, y_min, y_max);
	if (pixels > 12)
		store_pair_512(y + 12 * step, step, sum + 12, pixels - 12, count, form, y_min, y_max);
}

static inline __attribute__((always_inline)) void
store_fours_512(int8_t *y, int step, Sums512 *sum, int pixels, int count, int form,
	int y_min, int y_max)
{
	store_four_512(y, step, sum, pixels, count, form, y_min, y_max);
	if (pixels > 4)
		store_four_512(y + 4 * step, step, sum + 4, pixels - 4, count, form, y_min, y_max);
	if (pixels > 8)
		store_four_512(y + 8 * step, step, sum + 8, pixels - 8, count, form, y_min, y_max);
	if (pixels > 12)
		store_four_512(y + 12 * step, step, sum + 12, pixels - 12, count, form, y_min, y_max);
}

/* Outputs of some pixels, side by side in x: count of them, up to 32, after `channel`. */
static inline __attribute__((always_inline)) void
tile_512(int8_t *y, int y_step, const uint8_t *x, const Weights512 *weights, const Rescales512 *rescales,
	int channel, int in_c, int pixels, int count, int form, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int vectors = (count + 15) / 16, block = (in_c + 3) / 4 * 64;
	const int8_t *w = weights->w + channel / 16 * block;
	const int32_t *bias = weights->bias + channel;
	Sums512 sum[PIXELS_MOST + 2]; /* of which fours of pixels may be taken */

	start_half_512(sum, bias, x, in_c, in_c, weights->zero, pixels, vectors);
	if (pixels > HALF_MOST)
		start_half_512(sum + HALF_MOST, bias, x + HALF_MOST * in_c, in_c, in_c, weights->zero,
			pixels - HALF_MOST, vectors);
	for (int k = 0; k < in_c; k += 4)
		add_products_512(sum, x + k, in_c, w + 16 * k, block, pixels, vectors);
	if (weights->count > 0)
		for (int i = weights->first[channel / 32]; i < weights->first[channel / 32 + 1]; i++)
			add_products_512(sum, x + weights->at[i], in_c, weights->excess + 128 * i, 64, pixels,
				vectors);
	rescale_vector_512(sum, 0, rescales, channel, pixels, form, shift_most, y_zero);
	if (vectors > 1) {
		rescale_vector_512(sum, 1, rescales, channel, pixels, form, shift_most, y_zero);
		store_pairs_512(y, y_step, sum, pixels, count, form, y_min, y_max);
	} else {
		store_fours_512(y, y_step, sum, pixels, count, form, y_min, y_max);
	}
}

/* The same of more pixels, in tiles of `each`: the last one goes back so far as to be whole. */
static inline __attribute__((always_inline)) void
tiles_512(int8_t *y, int y_step, const uint8_t *x, const Weights512 *weights, const Rescales512 *rescales,
	int channel, int in_c, int pixels, int each, int count, int form, int shift_most, int y_zero,
	int y_min, int y_max)
{
	for (int i = 0; i < pixels; i += each) {
		const int p = i + each <= pixels ? i : pixels - each;

		tile_512(y + p * y_step + channel, y_step, x + p * in_c, weights, rescales, channel, in_c,
			each, count, form, shift_most, y_zero, y_min, y_max);
	}
}

/* All outputs of some pixels. */
static inline __attribute__((always_inline)) void
all_tiles_512(int8_t *y, int y_step, const uint8_t *x, const Weights512 *weights,
	const Rescales512 *rescales, int in_c, int out_c, int pixels, int each,
	int form, int shift_most, int y_zero, int y_min, int y_max)
{
	const int rest = out_c % OUTPUTS_MOST;

	for (int o = 0; o + OUTPUTS_MOST <= out_c; o += OUTPUTS_MOST)
		tiles_512(y, y_step, x, weights, rescales, o, in_c, pixels, each, OUTPUTS_MOST,
			form, shift_most, y_zero, y_min, y_max);
	if (rest > 0)
		tiles_512(y, y_step, x, weights, rescales, out_c - rest, in_c, pixels, each, rest,
			form, shift_most, y_zero, y_min, y_max);
}

#endif
