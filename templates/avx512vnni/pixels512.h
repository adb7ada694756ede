/* pixels512.h: pixels whose channels do not fill a vector; columns outside. */
#ifndef PIXELS512_H
#define PIXELS512_H

#include "fixed512.h"

/* Writes at least count bytes. */
static inline __attribute__((always_inline)) void
fill_bytes_512(void *to, int value, int count)
{
	for (int i = 0; i < count; i += 64)
		_mm512_storeu_si512((uint8_t *)to + i, _mm512_set1_epi8((char)value));
}

/* Stores count values of each of 1, 2 or 4 pixels, as many as are left, of 64, 32 or 16 each. */
static inline __attribute__((always_inline)) void
store_pixels_512(int8_t *y, int y_step, __m512i v, int pixels, int count, int left)
{
	const __mmask32 some = (__mmask32)first64(count);

	if (pixels == 1) {
		store64(y, v, count);
	} else if (y_step == count && count * pixels == 64) {
		store64(y, v, left);
	} else if (pixels == 2) {
		_mm256_mask_storeu_epi8(y, some, _mm512_castsi512_si256(v));
		if (left > count)
			_mm256_mask_storeu_epi8(y + y_step, some, _mm512_extracti64x4_epi64(v, 1));
	} else {
		_mm_mask_storeu_epi8(y, (__mmask16)some, _mm512_castsi512_si128(v));
		if (left > count)
			_mm_mask_storeu_epi8(y + y_step, (__mmask16)some,
				_mm512_extracti32x4_epi32(v, 1));
		if (left > 2 * count)
			_mm_mask_storeu_epi8(y + 2 * y_step, (__mmask16)some,
				_mm512_extracti32x4_epi32(v, 2));
		if (left > 3 * count)
			_mm_mask_storeu_epi8(y + 3 * y_step, (__mmask16)some,
				_mm512_extracti32x4_epi32(v, 3));
	}
}

#endif
