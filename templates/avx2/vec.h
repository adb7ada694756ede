/* vec.h: what kernels of vec/ are written in, with AVX2: eight numbers at once. */
#ifndef VEC_H
#define VEC_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "../common/fixed8.h"

typedef __m256i Ints;  /* of 32 bits */
typedef __m256i Bytes; /* as many as four Ints have lanes */
typedef __m256 Floats;
enum { LANES = 8, BYTES = 32 };

/* ---- 32-bit numbers, wrapping */

static inline __attribute__((always_inline)) Ints
same_int(int x)
{
	return _mm256_set1_epi32(x);
}

static inline __attribute__((always_inline)) Ints
load_ints(const int32_t *x)
{
	return _mm256_loadu_si256((const __m256i *)x);
}

static inline __attribute__((always_inline)) void
store_ints(int32_t *y, Ints v)
{
	_mm256_storeu_si256((__m256i *)y, v);
}

static inline __attribute__((always_inline)) Ints
add_ints(Ints a, Ints b)
{
	return _mm256_add_epi32(a, b);
}

static inline __attribute__((always_inline)) Ints
subtract_ints(Ints a, Ints b)
{
	return _mm256_sub_epi32(a, b);
}

static inline __attribute__((always_inline)) Ints
multiply_ints(Ints a, Ints b)
{
	return _mm256_mullo_epi32(a, b);
}

/* x where a > b, else y. */
static inline __attribute__((always_inline)) Ints
where_greater(Ints a, Ints b, Ints x, Ints y)
{
	return _mm256_blendv_epi8(y, x, _mm256_cmpgt_epi32(a, b));
}

/* Of numbers of 16 bits. */
static inline __attribute__((always_inline)) Ints
multiply_shorts(Ints a, Ints b)
{
	return _mm256_madd_epi16(a, _mm256_and_si256(b, same_int(0xffff)));
}

static inline __attribute__((always_inline)) Ints
left_ints(Ints v, int bits)
{
	return _mm256_slli_epi32(v, bits);
}

/* The sign stays. */
static inline __attribute__((always_inline)) Ints
right_ints(Ints v, int bits)
{
	return _mm256_srai_epi32(v, bits);
}

/* ---- bytes */

/* The first count of them; the others are 0. */
static inline __attribute__((always_inline)) Bytes
load_bytes(const void *x, int count)
{
	const int8_t *from = x;

	if (count >= BYTES)
		return _mm256_loadu_si256(x);
	if (count >= 16)
		return _mm256_set_m128i(load16(from + 16, count - 16), _mm_loadu_si128(x));
	return _mm256_set_m128i(_mm_setzero_si128(), load16(from, count));
}

static inline __attribute__((always_inline)) void
store_bytes(void *y, Bytes v, int count)
{
	int8_t *to = y;

	if (count >= BYTES) {
		_mm256_storeu_si256(y, v);
	} else if (count >= 16) {
		_mm_storeu_si128(y, _mm256_castsi256_si128(v));
		store16(to + 16, _mm256_extracti128_si256(v, 1), count - 16);
	} else {
		store16(to, _mm256_castsi256_si128(v), count);
	}
}

static inline __attribute__((always_inline)) Bytes
same_byte(int x)
{
	return _mm256_set1_epi8((char)x);
}

static inline __attribute__((always_inline)) Bytes
most_bytes(Bytes a, Bytes b)
{
	return _mm256_max_epi8(a, b);
}

static inline __attribute__((always_inline)) Bytes
least_bytes(Bytes a, Bytes b)
{
	return _mm256_min_epi8(a, b);
}

static inline __attribute__((always_inline)) Bytes
differing_bits(Bytes a, Bytes b)
{
	return _mm256_xor_si256(a, b);
}

/* Int8 as 32-bit numbers, the first lanes in the first. */
static inline __attribute__((always_inline)) void
widen_bytes(Ints to[4], Bytes v)
{
	__m128i low = _mm256_castsi256_si128(v), high = _mm256_extracti128_si256(v, 1);

	to[0] = _mm256_cvtepi8_epi32(low);
	to[1] = _mm256_cvtepi8_epi32(_mm_srli_si128(low, 8));
	to[2] = _mm256_cvtepi8_epi32(high);
	to[3] = _mm256_cvtepi8_epi32(_mm_srli_si128(high, 8));
}

/* And back, saturating. */
static inline __attribute__((always_inline)) Bytes
narrow_ints(const Ints x[4])
{
	const Ints order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);

	return _mm256_permutevar8x32_epi32(_mm256_packs_epi16(_mm256_packs_epi32(x[0], x[1]),
		_mm256_packs_epi32(x[2], x[3])), order);
}

/*
 * table[x + 128] of each byte.  Of 16 rows of 16 a shuffle takes nothing from those where the index
 * has its highest bit set: all but the one whose number the byte's high half is.
 */
static inline __attribute__((always_inline)) Bytes
look_up(Bytes x, const int8_t *table)
{
	Bytes v = _mm256_setzero_si256();

	for (int i = 0; i < 16; i++) {
		Bytes row = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table + i));
		Bytes at = _mm256_xor_si256(x, same_byte(128 ^ i << 4));

		v = _mm256_or_si256(v, _mm256_shuffle_epi8(row, _mm256_adds_epu8(at, same_byte(0x70))));
	}
	return v;
}

/*
 * zero + x * mult / 2^31 * 2^shift, rounded twice as in fixed.h, mult > 0: the floor of the product
 * and both halves, one less 2^31 where x is negative, over 2^right.  2^62 keep 64 bits from being
 * negative, and are taken away when they are 32.
 */
static inline __attribute__((always_inline)) Ints
requantize_ints(Ints x, int mult, int shift, int zero)
{
	const int right = 31 - (shift < 0 ? shift : 0);
	const Ints m = _mm256_set1_epi64x(mult);

	if (shift > 0)
		x = left_ints(x, shift);
	Ints odd = _mm256_srli_epi64(x, 32);
	if (shift >= 0) {
		const Ints half = _mm256_set1_epi64x(1 << 30);
		Ints low = _mm256_srli_epi64(_mm256_add_epi64(_mm256_mul_epi32(x, m), half), 31);
		Ints high = _mm256_slli_epi64(_mm256_add_epi64(_mm256_mul_epi32(odd, m), half), 1);

		return add_ints(_mm256_blend_epi32(low, high, 0xaa), same_int(zero));
	}
	const Ints sign = _mm256_set1_epi64x(1LL << 31);
	const Ints halves = _mm256_set1_epi64x((1 << 30) + (1LL << (right - 1)) +
		(1LL << 62));
	Ints low = _mm256_sub_epi64(_mm256_add_epi64(_mm256_mul_epi32(x, m), halves),
		_mm256_and_si256(x, sign));
	Ints high = _mm256_sub_epi64(_mm256_add_epi64(_mm256_mul_epi32(odd, m), halves),
		_mm256_and_si256(odd, sign));

	low = _mm256_srli_epi64(low, right);
	high = _mm256_srli_epi64(high, right - 32);
	return add_ints(_mm256_blend_epi32(low, high, 0xaa),
		same_int(zero - (int)(UINT32_C(1) << (62 - right))));
}

/* ---- squares */

enum { SQUARE = 8 };

/* y[i][j] = x[j][i] of 8 rows of 8 bytes. */
static inline void
turn_square(char *y, int y_step, const char *x, int x_step)
{
	__m128i a[4], b[4];

	for (int i = 0; i < 4; i++)
		a[i] = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(x + 2 * i * x_step)),
			_mm_loadl_epi64((const __m128i *)(x + (2 * i + 1) * x_step)));
	for (int i = 0; i < 2; i++) {
		b[2 * i] = _mm_unpacklo_epi16(a[2 * i], a[2 * i + 1]);
		b[2 * i + 1] = _mm_unpackhi_epi16(a[2 * i], a[2 * i + 1]);
	}
	for (int i = 0; i < 2; i++) {
		a[2 * i] = _mm_unpacklo_epi32(b[i], b[i + 2]);
		a[2 * i + 1] = _mm_unpackhi_epi32(b[i], b[i + 2]);
	}
	for (int i = 0; i < 4; i++) {
		_mm_storel_epi64((__m128i *)(y + 2 * i * y_step), a[i]);
		_mm_storel_epi64((__m128i *)(y + (2 * i + 1) * y_step), _mm_unpackhi_epi64(a[i], a[i]));
	}
}

/* ---- floats */

static inline __attribute__((always_inline)) Floats
same_float(float x)
{
	return _mm256_set1_ps(x);
}

static inline __attribute__((always_inline)) Ints
first_lanes(int count)
{
	return _mm256_cmpgt_epi32(same_int(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* The first count of them, all if there are as many; the others are 0. */
static inline __attribute__((always_inline)) Floats
load_floats(const float *x, int count)
{
	return count < LANES ? _mm256_maskload_ps(x, first_lanes(count)) : _mm256_loadu_ps(x);
}

static inline __attribute__((always_inline)) void
store_floats(float *y, Floats v, int count)
{
	if (count < LANES)
		_mm256_maskstore_ps(y, first_lanes(count), v);
	else
		_mm256_storeu_ps(y, v);
}

static inline __attribute__((always_inline)) Floats
add_floats(Floats a, Floats b)
{
	return _mm256_add_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
subtract_floats(Floats a, Floats b)
{
	return _mm256_sub_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
multiply_floats(Floats a, Floats b)
{
	return _mm256_mul_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
divide_floats(Floats a, Floats b)
{
	return _mm256_div_ps(a, b);
}

/* The greater; b where one is no number. */
static inline __attribute__((always_inline)) Floats
most_floats(Floats a, Floats b)
{
	return _mm256_max_ps(a, b);
}

/* The lesser; b where one is no number. */
static inline __attribute__((always_inline)) Floats
least_floats(Floats a, Floats b)
{
	return _mm256_min_ps(a, b);
}

/* a * b + c, rounded once. */
static inline __attribute__((always_inline)) Floats
fused_floats(Floats a, Floats b, Floats c)
{
	return _mm256_fmadd_ps(a, b, c);
}

/* Toward zero. */
static inline __attribute__((always_inline)) Ints
truncate_floats(Floats x)
{
	return _mm256_cvttps_epi32(x);
}

static inline __attribute__((always_inline)) Floats
real_ints(Ints x)
{
	return _mm256_cvtepi32_ps(x);
}

#endif
