/* dot.h: tiles of pixels times weights in pairs of inputs: the heart of convolutions. */
#ifndef DOT_H
#define DOT_H

#include "fixed8.h"

/*
 * Widens count values to 16 bits; one zero follows where count is odd.  Returns their sum, which
 * weights with a zero point need.
 */
static inline int32_t
widen(int16_t *restrict to, const int8_t *restrict x, int count)
{
	int32_t sum = 0;
	int i = 0;

	for (; i + 16 <= count; i += 16) {
		__m256i v = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(x + i)));
		_mm256_storeu_si256((__m256i *)(to + i), v);
	}
	for (; i < count; i++)
		to[i] = x[i];
	if (count % 2)
		to[count] = 0;
	for (i = 0; i < count; i++)
		sum += x[i];
	return sum;
}

static inline __m256i
pair_of(const int16_t *x)
{
	int32_t pair;

	memcpy(&pair, x, sizeof pair);
	return _mm256_set1_epi32(pair);
}

static inline __m256i
weights_of(const int8_t *w)
{
	return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)w));
}

/*
 * Four pixels, sixteen outputs: sum[p][h] += x[p] * w, inputs in pairs, x rows of `step` 16-bit
 * values.  w: for each pair of inputs eight outputs of two, then `far` bytes on the next eight.
 */
static inline void
dot_4x16(__m256i sum[4][2], const int16_t *x, int step, const int8_t *w, int far, int pairs)
{
	for (int k = 0; k < pairs; k++, w += 16) {
		__m256i a = weights_of(w), b = weights_of(w + far);

		for (int p = 0; p < 4; p++) {
			__m256i v = pair_of(x + p * step + 2 * k);
			sum[p][0] = _mm256_add_epi32(sum[p][0], _mm256_madd_epi16(v, a));
			sum[p][1] = _mm256_add_epi32(sum[p][1], _mm256_madd_epi16(v, b));
		}
	}
}

/* One pixel, eight outputs. */
static inline __m256i
dot_1x8(const int16_t *x, const int8_t *w, int pairs)
{
	__m256i even = _mm256_setzero_si256(), odd = even;
	int k = 0;

	for (; k + 2 <= pairs; k += 2, w += 32) {
		even = _mm256_add_epi32(even, _mm256_madd_epi16(pair_of(x + 2 * k), weights_of(w)));
		odd = _mm256_add_epi32(odd, _mm256_madd_epi16(pair_of(x + 2 * k + 2), weights_of(w + 16)));
	}
	if (k < pairs)
		even = _mm256_add_epi32(even, _mm256_madd_epi16(pair_of(x + 2 * k), weights_of(w)));
	return _mm256_add_epi32(even, odd);
}

#endif
