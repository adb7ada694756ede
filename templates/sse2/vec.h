/* vec.h: what kernels of vec/ are written in, with what every x86-64 has: four numbers at once. */
#ifndef VEC_H
#define VEC_H

#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

typedef __m128i Ints;  /* of 32 bits */
typedef __m128i Bytes; /* as many as four Ints have lanes */
typedef __m128 Floats;
enum { LANES = 4, BYTES = 16 };

/* ---- 32-bit numbers, wrapping */

static inline __attribute__((always_inline)) Ints
same_int(int x)
{
	return _mm_set1_epi32(x);
}

static inline __attribute__((always_inline)) Ints
load_ints(const int32_t *x)
{
	return _mm_loadu_si128((const __m128i *)x);
}

static inline __attribute__((always_inline)) void
store_ints(int32_t *y, Ints v)
{
	_mm_storeu_si128((__m128i *)y, v);
}

static inline __attribute__((always_inline)) Ints
add_ints(Ints a, Ints b)
{
	return _mm_add_epi32(a, b);
}

static inline __attribute__((always_inline)) Ints
subtract_ints(Ints a, Ints b)
{
	return _mm_sub_epi32(a, b);
}

/* The lower halves of each 64 bits of a, the upper ones of b. */
static inline __attribute__((always_inline)) Ints
even_and_odd(Ints a, Ints b)
{
	const Ints lower = _mm_set1_epi64x(UINT32_MAX);

	return _mm_or_si128(_mm_and_si128(lower, a), _mm_andnot_si128(lower, b));
}

static inline __attribute__((always_inline)) Ints
multiply_ints(Ints a, Ints b)
{
	const Ints even = _mm_mul_epu32(a, b);
	const Ints odd = _mm_mul_epu32(_mm_srli_epi64(a, 32), _mm_srli_epi64(b, 32));

	return even_and_odd(even, _mm_slli_epi64(odd, 32));
}

/* x where a > b, else y. */
static inline __attribute__((always_inline)) Ints
where_greater(Ints a, Ints b, Ints x, Ints y)
{
	const Ints greater = _mm_cmpgt_epi32(a, b);

	return _mm_or_si128(_mm_and_si128(greater, x), _mm_andnot_si128(greater, y));
}

/* Of numbers of 16 bits. */
static inline __attribute__((always_inline)) Ints
multiply_shorts(Ints a, Ints b)
{
	return _mm_madd_epi16(a, _mm_and_si128(b, same_int(0xffff)));
}

static inline __attribute__((always_inline)) Ints
left_ints(Ints v, int bits)
{
	return _mm_slli_epi32(v, bits);
}

/* The sign stays. */
static inline __attribute__((always_inline)) Ints
right_ints(Ints v, int bits)
{
	return _mm_srai_epi32(v, bits);
}

/* ---- bytes */

/* The first count of them; the others are 0. */
static inline __attribute__((always_inline)) Bytes
load_bytes(const void *x, int count)
{
	int8_t some[BYTES] = { 0 };

	if (count >= BYTES)
		return _mm_loadu_si128(x);
	memcpy(some, x, (size_t)count);
	return _mm_loadu_si128((const __m128i *)some);
}

static inline __attribute__((always_inline)) void
store_bytes(void *y, Bytes v, int count)
{
	int8_t some[BYTES];

	if (count >= BYTES) {
		_mm_storeu_si128(y, v);
	} else {
		_mm_storeu_si128((__m128i *)some, v);
		memcpy(y, some, (size_t)count);
	}
}

static inline __attribute__((always_inline)) Bytes
same_byte(int x)
{
	return _mm_set1_epi8((char)x);
}

static inline __attribute__((always_inline)) Bytes
differing_bits(Bytes a, Bytes b)
{
	return _mm_xor_si128(a, b);
}

/* There are instructions for bytes without signs: all are 128 more then. */
static inline __attribute__((always_inline)) Bytes
most_bytes(Bytes a, Bytes b)
{
	const Bytes more = same_byte(INT8_MIN);

	return differing_bits(more,
		_mm_max_epu8(differing_bits(a, more), differing_bits(b, more)));
}

static inline __attribute__((always_inline)) Bytes
least_bytes(Bytes a, Bytes b)
{
	const Bytes more = same_byte(INT8_MIN);

	return differing_bits(more,
		_mm_min_epu8(differing_bits(a, more), differing_bits(b, more)));
}

/* Int8 as 32-bit numbers, the first lanes in the first. */
static inline __attribute__((always_inline)) void
widen_bytes(Ints to[4], Bytes v)
{
	const Ints low = _mm_unpacklo_epi8(v, v), high = _mm_unpackhi_epi8(v, v);

	to[0] = _mm_srai_epi32(_mm_unpacklo_epi16(low, low), 24);
	to[1] = _mm_srai_epi32(_mm_unpackhi_epi16(low, low), 24);
	to[2] = _mm_srai_epi32(_mm_unpacklo_epi16(high, high), 24);
	to[3] = _mm_srai_epi32(_mm_unpackhi_epi16(high, high), 24);
}

/* And back, saturating. */
static inline __attribute__((always_inline)) Bytes
narrow_ints(const Ints x[4])
{
	return _mm_packs_epi16(_mm_packs_epi32(x[0], x[1]), _mm_packs_epi32(x[2], x[3]));
}

/* table[x + 128] of each byte. */
static inline __attribute__((always_inline)) Bytes
look_up(Bytes x, const int8_t *table)
{
	int8_t v[BYTES];

	_mm_storeu_si128((__m128i *)v, x);
	for (int i = 0; i < BYTES; i++)
		v[i] = table[v[i] + 128];
	return _mm_loadu_si128((const __m128i *)v);
}

/*
 * Of the lower halves of each 64 bits a * b, b not negative: the product of numbers without signs is
 * 2^32 * b more where a is negative.
 */
static inline __attribute__((always_inline)) Ints
multiply_even(Ints a, Ints b)
{
	return _mm_sub_epi64(_mm_mul_epu32(a, b),
		_mm_slli_epi64(_mm_and_si128(_mm_srai_epi32(a, 31), b), 32));
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
	const Ints m = _mm_set1_epi64x(mult);

	if (shift > 0)
		x = left_ints(x, shift);
	Ints odd = _mm_srli_epi64(x, 32);
	if (shift >= 0) {
		const Ints half = _mm_set1_epi64x(1 << 30);
		Ints low = _mm_srli_epi64(_mm_add_epi64(multiply_even(x, m), half), 31);
		Ints high = _mm_slli_epi64(_mm_add_epi64(multiply_even(odd, m), half), 1);

		return add_ints(even_and_odd(low, high), same_int(zero));
	}
	const Ints sign = _mm_set1_epi64x(1LL << 31);
	const Ints halves = _mm_set1_epi64x((1 << 30) + (1LL << (right - 1)) +
		(1LL << 62));
	Ints low = _mm_sub_epi64(_mm_add_epi64(multiply_even(x, m), halves),
		_mm_and_si128(x, sign));
	Ints high = _mm_sub_epi64(_mm_add_epi64(multiply_even(odd, m), halves),
		_mm_and_si128(odd, sign));

	low = _mm_srli_epi64(low, right);
	high = _mm_srli_epi64(high, right - 32);
	return add_ints(even_and_odd(low, high),
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
	return _mm_set1_ps(x);
}

/* The first count of them, all if there are as many; the others are 0. */
static inline __attribute__((always_inline)) Floats
load_floats(const float *x, int count)
{
	float some[LANES] = { 0 };

	if (count >= LANES)
		return _mm_loadu_ps(x);
	memcpy(some, x, (size_t)count * sizeof *x);
	return _mm_loadu_ps(some);
}

static inline __attribute__((always_inline)) void
store_floats(float *y, Floats v, int count)
{
	float some[LANES];

	if (count >= LANES) {
		_mm_storeu_ps(y, v);
	} else {
		_mm_storeu_ps(some, v);
		memcpy(y, some, (size_t)count * sizeof *y);
	}
}

static inline __attribute__((always_inline)) Floats
add_floats(Floats a, Floats b)
{
	return _mm_add_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
subtract_floats(Floats a, Floats b)
{
	return _mm_sub_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
multiply_floats(Floats a, Floats b)
{
	return _mm_mul_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
divide_floats(Floats a, Floats b)
{
	return _mm_div_ps(a, b);
}

/* The greater; b where one is no number. */
static inline __attribute__((always_inline)) Floats
most_floats(Floats a, Floats b)
{
	return _mm_max_ps(a, b);
}

/* The lesser; b where one is no number. */
static inline __attribute__((always_inline)) Floats
least_floats(Floats a, Floats b)
{
	return _mm_min_ps(a, b);
}

/* a * b + c, rounded twice. */
static inline __attribute__((always_inline)) Floats
fused_floats(Floats a, Floats b, Floats c)
{
	return _mm_add_ps(_mm_mul_ps(a, b), c);
}

/* Toward zero. */
static inline __attribute__((always_inline)) Ints
truncate_floats(Floats x)
{
	return _mm_cvttps_epi32(x);
}

static inline __attribute__((always_inline)) Floats
real_ints(Ints x)
{
	return _mm_cvtepi32_ps(x);
}

#endif
