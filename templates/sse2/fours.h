/* fours.h: products of four inputs and the weights of sixteen outputs, with what every x86-64 has. */
#ifndef FOURS_H
#define FOURS_H

#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../common/fixed.h"

/* Four values, or fewer, each 128 more, as 16 bits, twice. */
static inline __m128i
four_of_128(const int8_t *x, int count)
{
	int32_t four = 0;

	memcpy(&four, x, (size_t)count);
	__m128i v = _mm_xor_si128(_mm_cvtsi32_si128(four), _mm_set1_epi8(INT8_MIN));
	v = _mm_unpacklo_epi8(v, _mm_setzero_si128());
	return _mm_unpacklo_epi64(v, v);
}

/* Of eight bytes, widened: sum[0] of those in the low half, sum[1] of the others, as pairs. */
static inline void
add_products_128(__m128i sum[2], __m128i x, __m128i w)
{
	__m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(w, w), 8);
	__m128i high = _mm_srai_epi16(_mm_unpackhi_epi8(w, w), 8);

	sum[0] = _mm_add_epi32(sum[0], _mm_madd_epi16(low, x));
	sum[1] = _mm_add_epi32(sum[1], _mm_madd_epi16(high, x));
}

/* Sixteen outputs from four inputs. */
static inline void
add_fours_128(__m128i sum[8], __m128i x, const int8_t *w)
{
	add_products_128(sum, x, _mm_loadu_si128((const __m128i *)w));
	add_products_128(sum + 2, x, _mm_loadu_si128((const __m128i *)(w + 16)));
	add_products_128(sum + 4, x, _mm_loadu_si128((const __m128i *)(w + 32)));
	add_products_128(sum + 6, x, _mm_loadu_si128((const __m128i *)(w + 48)));
}

/* The sum of count values, each 128 more. */
static inline int32_t
sum_of_128(const int8_t *x, int count)
{
	int32_t sum = 128 * count;

	for (int i = 0; i < count; i++)
		sum += x[i];
	return sum;
}

/* Rescales and clamps the first count sums. */
static inline void
store_some_128(int8_t *y, const int32_t *sum, const int32_t *mult, const int8_t *shift, int count,
	int y_zero, int y_min, int y_max)
{
	for (int i = 0; i < count; i++)
		y[i] = (int8_t)clamp(requantize(sum[i], mult[i], shift[i]) + y_zero, y_min, y_max);
}

/* Adds neighbours: the sums of four outputs in order. */
static inline void
add_neighbours_128(int32_t *to, const __m128i sum[2], const int32_t *bias, int32_t more)
{
	__m128 low = _mm_castsi128_ps(sum[0]), high = _mm_castsi128_ps(sum[1]);
	__m128i even = _mm_castps_si128(_mm_shuffle_ps(low, high, 0x88));
	__m128i odd = _mm_castps_si128(_mm_shuffle_ps(low, high, 0xdd));
	__m128i start = _mm_loadu_si128((const __m128i *)bias);

	start = _mm_add_epi32(start, _mm_set1_epi32(more));
	_mm_storeu_si128((__m128i *)to, _mm_add_epi32(start, _mm_add_epi32(even, odd)));
}

/* Those of sixteen. */
static inline void
add_pairs_128(int32_t *to, const __m128i sum[8], const int32_t *bias, int32_t more)
{
	for (int i = 0; i < 4; i++)
		add_neighbours_128(to + 4 * i, sum + 2 * i, bias + 4 * i, more);
}

/*
 * Weights128: in blocks of 16 outputs of four inputs each, filled up with zeros, less their zero
 * point where zero is 0.  What of them is beyond int8 then, count steps add: from first[i] to
 * first[i + 1], of 32 outputs after 32 * i, at one input of four.
 */
typedef struct {
	const int8_t *w, *excess;
	const int32_t *bias, *at, *first;
	int zero, count;
} Weights128;

/* The products that Weights128' excess adds to 16 outputs. */
static inline void
add_excess_128(__m128i sum[8], const int8_t *x, const Weights128 *weights, int channel, int in_c)
{
	const int8_t *w = weights->excess + channel % 32 * 4;

	for (int i = weights->first[channel / 32]; i < weights->first[channel / 32 + 1]; i++) {
		const int k = weights->at[i];

		add_fours_128(sum, four_of_128(x + k, in_c - k < 4 ? in_c - k : 4), w + 128 * i);
	}
}

/* All outputs of in_c inputs side by side. */
static inline void
outputs_128(int8_t *y, const int8_t *x, const Weights128 *weights, const int32_t *mult,
	const int8_t *shift, int in_c, int out_c, int y_zero, int y_min, int y_max)
{
	const int32_t more = weights->zero ? -weights->zero * sum_of_128(x, in_c) : 0;
	const int8_t *w = weights->w;

	for (int o = 0; o < out_c; o += 16) {
		const __m128i zero = _mm_setzero_si128();
		__m128i sum[8] = { zero, zero, zero, zero, zero, zero, zero, zero };
		int32_t all[16];

		for (int k = 0; k + 4 <= in_c; k += 4, w += 64)
			add_fours_128(sum, four_of_128(x + k, 4), w);
		if (in_c % 4 > 0) {
			add_fours_128(sum, four_of_128(x + in_c / 4 * 4, in_c % 4), w);
			w += 64;
		}
		if (weights->count > 0)
			add_excess_128(sum, x, weights, o, in_c);
		add_pairs_128(all, sum, weights->bias + o, more);
		store_some_128(y + o, all, mult + o, shift + o, out_c - o < 16 ? out_c - o : 16, y_zero, y_min,
			y_max);
	}
}

#endif
