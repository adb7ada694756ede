/* vec.h: what kernels of vec/ are written in, with AVX-512: sixteen numbers at once. */
#ifndef VEC_H
#define VEC_H

#include <immintrin.h>
#include <stdint.h>

typedef __m512i Ints;  /* of 32 bits */
typedef __m512i Bytes; /* as many as four Ints have lanes */
typedef __m512 Floats;
enum { LANES = 16, BYTES = 64 };

/* ---- 32-bit numbers, wrapping */

static inline __attribute__((always_inline)) Ints
same_int(int x)
{
	return _mm512_set1_epi32(x);
}

static inline __attribute__((always_inline)) Ints
load_ints(const int32_t *x)
{
	return _mm512_loadu_si512(x);
}

static inline __attribute__((always_inline)) void
store_ints(int32_t *y, Ints v)
{
	_mm512_storeu_si512(y, v);
}

static inline __attribute__((always_inline)) Ints
add_ints(Ints a, Ints b)
{
	return _mm512_add_epi32(a, b);
}

static inline __attribute__((always_inline)) Ints
subtract_ints(Ints a, Ints b)
{
	return _mm512_sub_epi32(a, b);
}

static inline __attribute__((always_inline)) Ints
multiply_ints(Ints a, Ints b)
{
	return _mm512_mullo_epi32(a, b);
}

/* x where a > b, else y. */
static inline __attribute__((always_inline)) Ints
where_greater(Ints a, Ints b, Ints x, Ints y)
{
	return _mm512_mask_mov_epi32(y, _mm512_cmpgt_epi32_mask(a, b), x);
}

/* Of numbers of 16 bits. */
static inline __attribute__((always_inline)) Ints
multiply_shorts(Ints a, Ints b)
{
	return _mm512_madd_epi16(a, _mm512_and_si512(b, same_int(0xffff)));
}

static inline __attribute__((always_inline)) Ints
left_ints(Ints v, int bits)
{
	return _mm512_sllv_epi32(v, _mm512_set1_epi32(bits));
}

/* The sign stays. */
static inline __attribute__((always_inline)) Ints
right_ints(Ints v, int bits)
{
	return _mm512_srav_epi32(v, _mm512_set1_epi32(bits));
}

/* ---- bytes */

static inline __attribute__((always_inline)) __mmask64
first_bytes(int count)
{
	return count < BYTES ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

/* The first count of them; the others are 0. */
static inline __attribute__((always_inline)) Bytes
load_bytes(const void *x, int count)
{
	return count < BYTES ? _mm512_maskz_loadu_epi8(first_bytes(count), x) :
		_mm512_loadu_si512(x);
}

static inline __attribute__((always_inline)) void
store_bytes(void *y, Bytes v, int count)
{
	if (count < BYTES)
		_mm512_mask_storeu_epi8(y, first_bytes(count), v);
	else
		_mm512_storeu_si512(y, v);
}

static inline __attribute__((always_inline)) Bytes
same_byte(int x)
{
	return _mm512_set1_epi8((char)x);
}

static inline __attribute__((always_inline)) Bytes
most_bytes(Bytes a, Bytes b)
{
	return _mm512_max_epi8(a, b);
}

static inline __attribute__((always_inline)) Bytes
least_bytes(Bytes a, Bytes b)
{
	return _mm512_min_epi8(a, b);
}

static inline __attribute__((always_inline)) Bytes
differing_bits(Bytes a, Bytes b)
{
	return _mm512_xor_si512(a, b);
}

/* Int8 as 32-bit numbers, the first lanes in the first. */
static inline __attribute__((always_inline)) void
widen_bytes(Ints to[4], Bytes v)
{
	to[0] = _mm512_cvtepi8_epi32(_mm512_castsi512_si128(v));
	to[1] = _mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(v, 1));
	to[2] = _mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(v, 2));
	to[3] = _mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(v, 3));
}

/* And back, saturating. */
static inline __attribute__((always_inline)) Bytes
narrow_ints(const Ints x[4])
{
	const Ints order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);

	return _mm512_permutexvar_epi32(order, _mm512_packs_epi16(_mm512_packs_epi32(x[0], x[1]),
		_mm512_packs_epi32(x[2], x[3])));
}

/* table[x + 128] of each byte: of each pair of rows of 16 the one that bit 4 picks, then of pairs. */
static inline __attribute__((always_inline)) Bytes
look_up(Bytes x, const int8_t *table)
{
	const Bytes low = _mm512_and_si512(x, same_byte(15));
	const __mmask64 odd = _mm512_test_epi8_mask(x, same_byte(16));
	const __mmask64 second = _mm512_test_epi8_mask(x, same_byte(32));
	const __mmask64 third = _mm512_test_epi8_mask(x, same_byte(64));
	Bytes v[8];

	for (int i = 0; i < 8; i++) {
		const __m128i *row = (const __m128i *)table + 2 * i;
		Bytes even = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128(row)), low);
		v[i] = _mm512_mask_shuffle_epi8(even, odd,
			_mm512_broadcast_i32x4(_mm_loadu_si128(row + 1)), low);
	}
	for (int i = 0; i < 4; i++)
		v[i] = _mm512_mask_blend_epi8(second, v[2 * i], v[2 * i + 1]);
	for (int i = 0; i < 2; i++)
		v[i] = _mm512_mask_blend_epi8(third, v[2 * i], v[2 * i + 1]);
	return _mm512_mask_blend_epi8(_mm512_movepi8_mask(x), v[1], v[0]);
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
	const Ints m = _mm512_set1_epi64(mult);

	if (shift > 0)
		x = left_ints(x, shift);
	Ints odd = _mm512_srli_epi64(x, 32);
	if (shift >= 0) {
		const Ints half = _mm512_set1_epi64(1 << 30);
		Ints low = _mm512_srli_epi64(_mm512_add_epi64(_mm512_mul_epi32(x, m), half), 31);
		Ints high = _mm512_slli_epi64(_mm512_add_epi64(_mm512_mul_epi32(odd, m), half), 1);

		return add_ints(_mm512_mask_mov_epi32(low, 0xaaaa, high), same_int(zero));
	}
	const Ints sign = _mm512_set1_epi64(1LL << 31);
	const Ints halves = _mm512_set1_epi64((1 << 30) + (1LL << (right - 1)) +
		(1LL << 62));
	Ints low = _mm512_sub_epi64(_mm512_add_epi64(_mm512_mul_epi32(x, m), halves),
		_mm512_and_si512(x, sign));
	Ints high = _mm512_sub_epi64(_mm512_add_epi64(_mm512_mul_epi32(odd, m), halves),
		_mm512_and_si512(odd, sign));

	low = _mm512_srlv_epi64(low, _mm512_set1_epi64(right));
	high = _mm512_srlv_epi64(high, _mm512_set1_epi64(right - 32));
	return add_ints(_mm512_mask_mov_epi32(low, 0xaaaa, high),
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
	return _mm512_set1_ps(x);
}

static inline __attribute__((always_inline)) __mmask16
first_lanes(int count)
{
	return (__mmask16)((1u << count) - 1);
}

/* The first count of them, all if there are as many; the others are 0. */
static inline __attribute__((always_inline)) Floats
load_floats(const float *x, int count)
{
	return count < LANES ? _mm512_maskz_loadu_ps(first_lanes(count), x) : _mm512_loadu_ps(x);
}

static inline __attribute__((always_inline)) void
store_floats(float *y, Floats v, int count)
{
	if (count < LANES)
		_mm512_mask_storeu_ps(y, first_lanes(count), v);
	else
		_mm512_storeu_ps(y, v);
}

static inline __attribute__((always_inline)) Floats
add_floats(Floats a, Floats b)
{
	return _mm512_add_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
subtract_floats(Floats a, Floats b)
{
	return _mm512_sub_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
multiply_floats(Floats a, Floats b)
{
	return _mm512_mul_ps(a, b);
}

static inline __attribute__((always_inline)) Floats
divide_floats(Floats a, Floats b)
{
	return _mm512_div_ps(a, b);
}

/* The greater; b where one is no number. */
static inline __attribute__((always_inline)) Floats
most_floats(Floats a, Floats b)
{
	return _mm512_max_ps(a, b);
}

/* The lesser; b where one is no number. */
static inline __attribute__((always_inline)) Floats
least_floats(Floats a, Floats b)
{
	return _mm512_min_ps(a, b);
}

/* a * b + c, rounded once. */
static inline __attribute__((always_inline)) Floats
fused_floats(Floats a, Floats b, Floats c)
{
	return _mm512_fmadd_ps(a, b, c);
}

/* Toward zero. */
static inline __attribute__((always_inline)) Ints
truncate_floats(Floats x)
{
	return _mm512_cvttps_epi32(x);
}

static inline __attribute__((always_inline)) Floats
real_ints(Ints x)
{
	return _mm512_cvtepi32_ps(x);
}

#endif
