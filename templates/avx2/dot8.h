/* dot8.h: dot products of bytes for AVX2, which has them in two steps. */
#ifndef DOT8_H
#define DOT8_H

#include <immintrin.h>

enum { TILE_PIXELS = 4 };
enum { SATURATES = 1 }; /* whether sums of two products must not leave 16 bits */

/* Eighths of a cycle for four inputs of eight outputs: of one pixel to one pixel, of windows, of
 * vectors; and cycles for eight outputs more. */
enum { PIXEL_COST = 9, WINDOW_COST = 12, VECTOR_COST = 11, STORE_COST = 3 };

/*
 * sum += x * w, of four bytes in each lane, x without a sign.  The products of two neighbours,
 * added, must not leave 16 bits.
 */
static inline __attribute__((always_inline)) __m256i
dot8(__m256i sum, __m256i x, __m256i w)
{
	return _mm256_add_epi32(sum,
		_mm256_madd_epi16(_mm256_maddubs_epi16(x, w), _mm256_set1_epi16(1)));
}

#endif
