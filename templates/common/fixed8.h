/* fixed8.h: eight requantizations at once, each bit as in fixed.h. */
#ifndef FIXED8_H
#define FIXED8_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * a * b / 2^31, rounded to nearest, halves up; b >= 0, so nothing saturates.  The quotient of the
 * reference, which truncates, is the floor of (a * b + 2^30) / 2^31 for either sign.
 */
static inline __m256i
high_product8(__m256i a, __m256i b)
{
	__m256i half = _mm256_set1_epi64x(1 << 30);
	__m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
	__m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32),
		_mm256_srli_epi64(b, 32)), half);

	return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
}

/* x / 2^shift, rounded to nearest, halves away from zero; shift 0 to 31, by lane. */
static inline __m256i
shift_right8(__m256i x, __m256i shift)
{
	__m256i one = _mm256_set1_epi32(1);
	__m256i mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, shift), one);
	__m256i most = _mm256_add_epi32(_mm256_srli_epi32(mask, 1), _mm256_srli_epi32(x, 31));
	__m256i up = _mm256_cmpgt_epi32(_mm256_and_si256(x, mask), most);

	return _mm256_sub_epi32(_mm256_srav_epi32(x, shift), up);
}

/* What `fine` is where sums are rescaled in double; by a scale in two floats. */
enum { FINE_DOUBLE = 1, FINE_SPLIT };

/*
 * What rescales eight channels' sums, by form: 0 exactly, x * mult / 2^31 * 2^shift, rounded
 * twice; else, with the same bits, in float: 1: y = round(sum * scale + offset), y's zero point
 * being in offset; 2: what is before the point of sum * scale + offset, y being 128 less; 3: the
 * same, but - offset where the sum is below zero, and y's zero point added.  By `fine`, scale + rest
 * stands for scale, in double or not.
 */
typedef struct {
	int fine;
	__m256i mult, left, right;
	__m256 scale, offset, rest;
	__m256d fine_scale[2], fine_offset[2]; /* in double, where it is used */
} Rescale;

/* The pointers stand at the first of eight channels, `fine` at the flag of their sixteen; those
 * that a form does not use may be NULL.  shift_most: of all shifts. */
static inline __attribute__((always_inline)) Rescale
load_rescale8(const int32_t *mult, const int8_t *shift, int shift_most, const float *scale,
	const float *offset, const uint8_t *fine, const float *rest, int form)
{
	const __m256i zero = _mm256_setzero_si256();
	Rescale r = { .fine = fine ? fine[0] : 0 };

	if (form == 0) {
		__m256i s = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)shift));

		r.mult = _mm256_loadu_si256((const __m256i *)mult);
		r.left = shift_most > 0 ? _mm256_max_epi32(s, zero) : zero;
		r.right = _mm256_max_epi32(_mm256_sub_epi32(zero, s), zero);
		return r;
	}
	r.scale = _mm256_loadu_ps(scale);
	r.offset = _mm256_loadu_ps(offset);
	if (fine)
		r.rest = _mm256_loadu_ps(rest);
	if (r.fine == FINE_DOUBLE)
		for (int i = 0; i < 2; i++) {
			r.fine_scale[i] = _mm256_add_pd(_mm256_cvtps_pd(_mm_loadu_ps(scale + 4 * i)),
				_mm256_cvtps_pd(_mm_loadu_ps(rest + 4 * i)));
			r.fine_offset[i] = _mm256_cvtps_pd(_mm_loadu_ps(offset + 4 * i));
		}
	return r;
}

/* Four sums in double. */
static inline __attribute__((always_inline)) __m128i
fine4(__m128i sum, __m256d scale, __m256d offset)
{
	return _mm256_cvttpd_epi32(_mm256_fmadd_pd(_mm256_cvtepi32_pd(sum), scale, offset));
}

/* Eight sums rescaled, y's zero point in them, not clamped; of form 2 128 more. */
static inline __attribute__((always_inline)) __m256i
rescale8(__m256i sum, const Rescale *r, int form, int shift_most, int y_zero)
{
	const __m256i zero = _mm256_set1_epi32(y_zero);
	if (form == 0) {
		__m256i x = shift_most > 0 ? _mm256_sllv_epi32(sum, r->left) : sum;
		return _mm256_add_epi32(shift_right8(high_product8(x, r->mult), r->right), zero);
	}
	if (r->fine == FINE_DOUBLE) {
		__m256i x = form > 2 ? _mm256_abs_epi32(sum) : sum;
		__m256i y = _mm256_set_m128i(fine4(_mm256_extracti128_si256(x, 1), r->fine_scale[1],
			r->fine_offset[1]), fine4(_mm256_castsi256_si128(x), r->fine_scale[0], r->fine_offset[0]));
		return form > 2 ? _mm256_add_epi32(_mm256_sign_epi32(y, sum), zero) : y;
	}
	__m256 v = _mm256_cvtepi32_ps(sum), offset = r->offset;
	if (form > 2)
		offset = _mm256_xor_ps(offset, _mm256_and_ps(v, _mm256_set1_ps(-0.0f)));
	if (r->fine == FINE_SPLIT)
		offset = _mm256_fmadd_ps(v, r->rest, offset);
	v = _mm256_fmadd_ps(v, r->scale, offset);
	if (form > 2)
		return _mm256_add_epi32(_mm256_cvttps_epi32(v), zero);
	return form == 2 ? _mm256_cvttps_epi32(v) : _mm256_cvtps_epi32(v);
}

/* Where those of all of a node's channels are: NULL where the form does not use them. */
typedef struct {
	const int32_t *mult;
	const int8_t *shift;
	const float *scale, *offset;
	const uint8_t *fine;
	const float *rest;
} Rescales;

/* Of eight channels from one on. */
static inline __attribute__((always_inline)) Rescale
rescale8_at(const Rescales *rescales, int channel, int form, int shift_most)
{
	if (form == 0)
		return load_rescale8(rescales->mult + channel, rescales->shift + channel, shift_most, NULL,
			NULL, NULL, NULL, form);
	if (!rescales->fine)
		return load_rescale8(NULL, NULL, 0, rescales->scale + channel, rescales->offset + channel,
			NULL, NULL, form);
	return load_rescale8(NULL, NULL, 0, rescales->scale + channel, rescales->offset + channel,
		rescales->fine + channel / 16, rescales->rest + channel, form);
}

/* Four times eight values of a form as stored, clamped. */
static inline __attribute__((always_inline)) __m256i
narrow32(const __m256i x[4], int form, int y_min, int y_max)
{
	const __m256i low = _mm256_packs_epi32(x[0], x[1]), high = _mm256_packs_epi32(x[2], x[3]);
	__m256i v = form == 2 ? _mm256_xor_si256(_mm256_packus_epi16(low, high),
		_mm256_set1_epi8(INT8_MIN)) : _mm256_packs_epi16(low, high);

	if (y_min > INT8_MIN)
		v = _mm256_max_epi8(v, _mm256_set1_epi8((char)y_min));
	if (y_max < INT8_MAX)
		v = _mm256_min_epi8(v, _mm256_set1_epi8((char)y_max));
	return _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/* The first count of sixteen values, of two halves that overlap: compilers copy odd counts slowly. */
static inline __attribute__((always_inline)) __m128i
load16(const int8_t *x, int count)
{
	int64_t low = 0, high = 0;
	int32_t a, b;

	if (count >= 16)
		return _mm_loadu_si128((const __m128i *)x);
	if (count >= 8) {
		memcpy(&low, x, 8);
		memcpy(&high, x + count - 8, 8);
		high = count > 8 ? (int64_t)((uint64_t)high >> 8 * (16 - count)) : 0;
	} else if (count >= 4) {
		memcpy(&a, x, 4);
		memcpy(&b, x + count - 4, 4);
		low = (int64_t)((uint32_t)a | (uint64_t)(uint32_t)b << 8 * (count - 4));
	} else {
		memcpy(&low, x, (size_t)count);
	}
	return _mm_set_epi64x(high, low);
}

/* Stores the first count of sixteen values. */
static inline __attribute__((always_inline)) void
store16(int8_t *y, __m128i v, int count)
{
	const uint64_t low = (uint64_t)_mm_cvtsi128_si64(v);

	if (count >= 16) {
		_mm_storeu_si128((__m128i *)y, v);
	} else if (count > 8) {
		uint64_t high = (uint64_t)_mm_extract_epi64(v, 1);

		high = low >> 8 * (count - 8) | high << 8 * (16 - count);
		memcpy(y, &low, 8);
		memcpy(y + count - 8, &high, 8);
	} else if (count == 8) {
		_mm_storel_epi64((__m128i *)y, v);
	} else if (count >= 4) {
		const uint32_t a = (uint32_t)low, b = (uint32_t)(low >> 8 * (count - 4));

		memcpy(y, &a, 4);
		memcpy(y + count - 4, &b, 4);
	} else {
		memcpy(y, &low, (size_t)count);
	}
}

#endif
