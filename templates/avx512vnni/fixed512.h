/* fixed512.h: sixteen requantizations at once, each bit as in fixed.h. */
#ifndef FIXED512_H
#define FIXED512_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

/* What requantizes sixteen lanes, as 64-bit numbers of the even ones [0] and the odd ones [1]. */
typedef struct {
	__m512i left; /* the only one of 32 bits */
	__m512i mult[2], half[2], back[2], right[2];
} Scales;

/*
 * y = floor((x * mult + half - (x < 0 ? back : 0)) / 2^right) has both roundings of the reference
 * in it: the floor of a floor is one floor.  Where nothing is shifted out after the multiplication,
 * right is 31, half 2^30, back 0; else half has the second rounding's half too, 2^(right - 1), and
 * back makes that one go away from zero.  shift_most: of all shifts.
 */
static inline __attribute__((always_inline)) Scales
scales_of(__m512i mult, __m512i shift, int shift_most)
{
	const __m512i zero = _mm512_setzero_si512(), one = _mm512_set1_epi64(1);
	__m512i right = _mm512_sub_epi32(_mm512_set1_epi32(31), _mm512_min_epi32(shift, zero));
	Scales s;

	s.left = _mm512_max_epi32(shift, zero);
	s.mult[0] = mult;
	s.mult[1] = _mm512_srli_epi64(mult, 32);
	s.right[0] = _mm512_and_si512(right, _mm512_set1_epi64(UINT32_MAX));
	s.right[1] = _mm512_srli_epi64(right, 32);
	for (int i = 0; i < 2; i++) {
		__mmask8 twice = shift_most < 0 ? 0xff : _mm512_cmpgt_epi64_mask(s.right[i],
			_mm512_set1_epi64(31));

		s.back[i] = _mm512_maskz_set1_epi64(twice, INT64_C(1) << 31);
		s.half[i] = _mm512_add_epi64(_mm512_srli_epi64(s.back[i], 1),
			_mm512_sllv_epi64(one, _mm512_sub_epi64(s.right[i], one)));
	}
	return s;
}

/* Of sixteen channels. */
static inline __attribute__((always_inline)) Scales
load_scales(const int32_t *mult, const int8_t *shift, int shift_most)
{
	return scales_of(_mm512_loadu_si512(mult),
		_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)shift)), shift_most);
}

/* The even lanes of x, or the odd ones moved there, as 64-bit numbers. */
static inline __attribute__((always_inline)) __m512i
requantize_half(__m512i x, const Scales *s, int i)
{
	__m512i product = _mm512_mul_epi32(x, s->mult[i]);
	__mmask8 negative = _mm512_cmplt_epi64_mask(product, _mm512_setzero_si512());
	__m512i v = _mm512_add_epi64(product, s->half[i]);

	return _mm512_srav_epi64(_mm512_mask_sub_epi64(v, negative, v, s->back[i]), s->right[i]);
}

/* x * mult / 2^31 * 2^shift, rounded twice. */
static inline __attribute__((always_inline)) __m512i
requantize16(__m512i x, const Scales *s, int shift_most)
{
	if (shift_most > 0)
		x = _mm512_sllv_epi32(x, s->left);
	__m512i even = requantize_half(x, s, 0);
	__m512i odd = requantize_half(_mm512_srli_epi64(x, 32), s, 1);
	return _mm512_mask_shuffle_epi32(even, 0xaaaa, odd, _MM_PERM_CCAA);
}

/* What `fine` is where sums are rescaled by a scale in two floats, the last sum rounded to zero (other
 * targets do it in double); or to nearest. */
enum { FINE_DOUBLE = 1, FINE_SPLIT };

/*
 * What rescales sixteen channels' sums, by form: 0 exactly, as above; else, with the same bits, in
 * float: 1: y = round(sum * scale + offset), y's zero point being in offset; 2: what is before the
 * point of sum * scale + offset, y being 128 less; 3: the same, but - offset where the sum is
 * below zero, and y's zero point added.  `fine` adds sum * rest to offset.  5: the
 * sum's bits are a float, and 16 bits of the result's are y.
 */
enum { FORM_SWIFT = 5 };
typedef struct {
	int fine;
	Scales exact;
	__m512 scale, offset, rest;
} Rescale512;

/* The pointers stand at the first of sixteen channels, `fine` at their flag; those that a form
 * does not use may be NULL. */
static inline __attribute__((always_inline)) Rescale512
load_rescale(const int32_t *mult, const int8_t *shift, int shift_most, const float *scale,
	const float *offset, const uint8_t *fine, const float *rest, int form)
{
	Rescale512 r = { .fine = fine ? fine[0] : 0 };

	if (form == 0) {
		r.exact = load_scales(mult, shift, shift_most);
		return r;
	}
	r.scale = _mm512_loadu_ps(scale);
	r.offset = _mm512_loadu_ps(offset);
	if (fine)
		r.rest = _mm512_loadu_ps(rest);
	return r;
}

enum { FIRST_AND_SECOND_XOR_THIRD = 0x6a };

/* offset, of form 3 and 4 with the other sign where the sum is below zero. */
static inline __attribute__((always_inline)) __m512
offset16(__m512i sum, __m512 offset, int form)
{
	if (form < 3)
		return offset;
	return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(sum, _mm512_set1_epi32(INT32_MIN),
		_mm512_castps_si512(offset), FIRST_AND_SECOND_XOR_THIRD));
}

/* Sixteen sums rescaled, y's zero point in them, not clamped; of form 2 128 more. */
static inline __attribute__((always_inline)) __m512i
rescale16(__m512i sum, const Rescale512 *r, int form, int shift_most, int y_zero)
{
	const __m512i zero = _mm512_set1_epi32(y_zero);

	if (form == FORM_SWIFT)
		return _mm512_castps_si512(_mm512_fmadd_ps(_mm512_castsi512_ps(sum), r->scale,
			r->offset));
	if (form == 0)
		return _mm512_add_epi32(requantize16(sum, &r->exact, shift_most), zero);
	__m512 v = _mm512_cvtepi32_ps(sum), offset = offset16(sum, r->offset, form);
	if (r->fine == FINE_SPLIT || r->fine == FINE_DOUBLE)
		offset = _mm512_fmadd_ps(v, r->rest, offset);
	if (r->fine == FINE_DOUBLE)
		v = _mm512_fmadd_round_ps(v, r->scale, offset, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
	else
		v = _mm512_fmadd_ps(v, r->scale, offset);
	if (form > 2)
		return _mm512_add_epi32(_mm512_cvttps_epi32(v), zero);
	return form == 2 ? _mm512_cvttps_epi32(v) : _mm512_cvtps_epi32(v);
}

/* Where those of all of a node's channels are: NULL where the form does not use them. */
typedef struct {
	const int32_t *mult;
	const int8_t *shift;
	const float *scale, *offset;
	const uint8_t *fine;
	const float *rest;
} Rescales512;

/* Of sixteen channels from one on. */
static inline __attribute__((always_inline)) Rescale512
rescale16_at(const Rescales512 *rescales, int channel, int form, int shift_most)
{
	if (form == 0)
		return load_rescale(rescales->mult + channel, rescales->shift + channel, shift_most, NULL,
			NULL, NULL, NULL, form);
	if (!rescales->fine)
		return load_rescale(NULL, NULL, 0, rescales->scale + channel, rescales->offset + channel,
			NULL, NULL, form);
	return load_rescale(NULL, NULL, 0, rescales->scale + channel, rescales->offset + channel,
		rescales->fine + channel / 16, rescales->rest + channel, form);
}

/* Where dword 4 * i + k stands when dwords, as a square, are turned: 4 * k + i. */
static inline __attribute__((always_inline)) __m512i
turned(void)
{
	return _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/* Four times sixteen values of 16 bits, clamped. */
static inline __attribute__((always_inline)) __m512i
clamp64(__m512i low, __m512i high, int form, int y_min, int y_max)
{
	__m512i v = form == 2 ? _mm512_xor_si512(_mm512_packus_epi16(low, high),
		_mm512_set1_epi8(INT8_MIN)) : _mm512_packs_epi16(low, high);

	if (y_min > INT8_MIN)
		v = _mm512_max_epi8(v, _mm512_set1_epi8((char)y_min));
	if (y_max < INT8_MAX)
		v = _mm512_min_epi8(v, _mm512_set1_epi8((char)y_max));
	return v;
}

/* Four times sixteen values of a form as stored, clamped. */
static inline __attribute__((always_inline)) __m512i
narrow64(const __m512i x[4], int form, int y_min, int y_max)
{
	return _mm512_permutexvar_epi32(turned(), clamp64(_mm512_packs_epi32(x[0], x[1]),
		_mm512_packs_epi32(x[2], x[3]), form, y_min, y_max));
}

/* Each dword's low word of a and of b.  As an instruction, since clang takes a slower one. */
static inline __attribute__((always_inline)) __m512i
low_words(__m512i a, __m512i b)
{
	const __mmask64 high = UINT64_C(0xcccccccccccccccc);
	const __m512i from = _mm512_set4_epi32(0x0d0cffff, 0x0908ffff, 0x0504ffff, 0x0100ffff);

	__asm__("vpshufb %2, %1, %0%{%3%}" : "+v"(a) : "v"(b), "v"(from), "Yk"(high));
	return a;
}

/* The even bytes of each eight, then the odd ones; clang 14 would make many instructions of it. */
static inline __attribute__((always_inline)) __m512i
part_bytes(__m512i v)
{
	const __m512i from = _mm512_set4_epi32(0x0f0d0b09, 0x0e0c0a08, 0x07050301, 0x06040200);

	__asm__("vpshufb %1, %0, %0" : "+v"(v) : "v"(from));
	return v;
}

/* narrow64() of what FORM_SWIFT leaves: y in the low words. */
static inline __attribute__((always_inline)) __m512i
narrow64_words(const __m512i x[4], int y_min, int y_max)
{
	return _mm512_permutexvar_epi32(turned(), part_bytes(clamp64(low_words(x[0], x[1]),
		low_words(x[2], x[3]), FORM_SWIFT, y_min, y_max)));
}

/* The same of values without their zero point. */
static inline __attribute__((always_inline)) __m512i
narrow64_zero(const __m512i x[4], int y_zero, int y_min, int y_max)
{
	const __m512i zero = _mm512_set1_epi32(y_zero);
	const __m512i stored[4] = { _mm512_add_epi32(x[0], zero), _mm512_add_epi32(x[1], zero),
		_mm512_add_epi32(x[2], zero), _mm512_add_epi32(x[3], zero) };

	return narrow64(stored, 0, y_min, y_max);
}

/* The first count of 64 bytes. */
static inline __attribute__((always_inline)) __mmask64
first64(int count)
{
	return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

static inline __attribute__((always_inline)) void
store64(int8_t *y, __m512i v, int count)
{
	if (count >= 64)
		_mm512_storeu_si512(y, v);
	else
		_mm512_mask_storeu_epi8(y, first64(count), v);
}

/* The same of 32 bytes. */
static inline __attribute__((always_inline)) void
store_first32(int8_t *y, __m256i v, int count)
{
	if (count >= 32)
		_mm256_storeu_si256((__m256i *)y, v);
	else
		_mm256_mask_storeu_epi8(y, (__mmask32)first64(count), v);
}

/* The same of 16 bytes. */
static inline __attribute__((always_inline)) void
store_first16(int8_t *y, __m128i v, int count)
{
	if (count >= 16)
		_mm_storeu_si128((__m128i *)y, v);
	else
		_mm_mask_storeu_epi8(y, (__mmask16)first64(count), v);
}

/* The first count of 64 values, less zero. */
static inline __attribute__((always_inline)) void
widen64(__m512i to[4], const int8_t *x, int count, int zero)
{
	const __m512i less = _mm512_set1_epi32(zero);
	__m512i v = _mm512_maskz_loadu_epi8(first64(count), x);

	to[0] = _mm512_sub_epi32(_mm512_cvtepi8_epi32(_mm512_castsi512_si128(v)), less);
	to[1] = _mm512_sub_epi32(_mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(v, 1)), less);
	to[2] = _mm512_sub_epi32(_mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(v, 2)), less);
	to[3] = _mm512_sub_epi32(_mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(v, 3)), less);
}

/* One multiplier for all. */
static inline __attribute__((always_inline)) Scales
same_scales(int mult, int shift)
{
	return scales_of(_mm512_set1_epi32(mult), _mm512_set1_epi32(shift), shift);
}

#endif
