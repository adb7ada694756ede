/*
 * shapes: one inference, statically planned.
 *
 * Written by mcompile 0.1 from shapes.tflite for target x86-avx512vnni.
 * Bit-exact to TensorFlow Lite Micro's reference kernels.
 * This file is yours: output of mcompile is under no licence's conditions.
 */
#include "shapes.h"

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifndef __AVX512VNNI__
#error "compile this file with -mavx512bw -mavx512vl -mavx512vnni -mfma"
#endif

#ifndef SHAPES_CONST
#define SHAPES_CONST /* before each array of weights: a section, say */
#endif

/* ---- helpers ---- */

enum { WINDOWS = 12 };

/* Writes the window's values side by side, columns outside as x_zero. */
static inline __attribute__((always_inline)) void
lay_out(int8_t *to, const int8_t *const *x, int in_w, int in_c, int kernel_h, int kernel_w,
	int dilation_w, int first, int x_step, int x_zero)
{
	bool inside = first >= 0 && first + (kernel_w - 1) * dilation_w < in_w;

	for (int i = 0; i < kernel_h; i++) {
		if (inside && dilation_w == 1 && x_step == in_c) {
			memcpy(to, x[i] + first * in_c, (size_t)(kernel_w * in_c));
			to += kernel_w * in_c;
			continue;
		}
		for (int j = 0; j < kernel_w; j++, to += in_c) {
			int column = first + j * dilation_w;

			if (column >= 0 && column < in_w)
				memcpy(to, x[i] + column * x_step, (size_t)in_c);
			else
				memset(to, x_zero, (size_t)in_c);
		}
	}
}

/* The first count of 64 bytes. */
static inline __attribute__((always_inline)) __mmask64
first64(int count)
{
	return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

/* sum += x * w, of four bytes in each lane, x without a sign.  With the intrinsic gcc 12 moves
 * every sum before it adds to it, which takes half the speed. */
static inline __attribute__((always_inline)) __m512i
dot(__m512i sum, __m512i x, __m512i w)
{
	__asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(w));
	return sum;
}

/* The sum of count values, each 128 more. */
static inline __attribute__((always_inline)) int32_t
sum_of(const int8_t *x, int count)
{
	const __m512i one = _mm512_set1_epi8(1), flip = _mm512_set1_epi8(INT8_MIN);
	__m512i sum = _mm512_setzero_si512();

	for (int i = 0; i < count; i += 64) {
		__mmask64 some = first64(count - i);
		__m512i v = _mm512_maskz_loadu_epi8(some, x + i);
		sum = dot(sum, _mm512_maskz_add_epi8(some, v, flip), one);
	}
	return _mm512_reduce_add_epi32(sum);
}

/* What the weights' zero point adds to each of some pixels. */
static inline __attribute__((always_inline)) void
zeros_of(int32_t *zeros, const int8_t *x, int step, int in_c, int pixels, int w_zero)
{
	for (int i = 0; i < pixels; i++)
		zeros[i] = w_zero ? -w_zero * sum_of(x + i * step, in_c) : 0;
}

enum { TILE_PIXELS = 6, TILE_VECTORS = 4 };

/*
 * Sums of up to 6 pixels, 64 outputs.  What follows names each of them in a line of its own, as
 * clang 14 leaves in memory what is reached in loops; pixels and vectors are known when inlined.
 */
typedef __m512i Tile[TILE_PIXELS][TILE_VECTORS];

/* Of 16 outputs, the ones after them `block` bytes on. */
static inline __attribute__((always_inline)) void
load_vectors(__m512i to[TILE_VECTORS], const void *from, int block, int vectors)
{
	const int8_t *v = from;

	to[0] = _mm512_loadu_si512(v);
	to[1] = vectors > 1 ? _mm512_loadu_si512(v + block) : to[0];
	to[2] = vectors > 2 ? _mm512_loadu_si512(v + 2 * block) : to[0];
	to[3] = vectors > 3 ? _mm512_loadu_si512(v + 3 * block) : to[0];
}

static inline __attribute__((always_inline)) void
start_pixel(__m512i sum[TILE_VECTORS], const __m512i bias[TILE_VECTORS], int32_t zero)
{
	const __m512i more = _mm512_set1_epi32(zero);

	sum[0] = _mm512_add_epi32(bias[0], more);
	sum[1] = _mm512_add_epi32(bias[1], more);
	sum[2] = _mm512_add_epi32(bias[2], more);
	sum[3] = _mm512_add_epi32(bias[3], more);
}

static inline __attribute__((always_inline)) void
start_tile(Tile sum, const int32_t *bias, const int32_t *zeros, int pixels, int vectors,
	int w_zero)
{
	__m512i start[TILE_VECTORS];

	load_vectors(start, bias, 64, vectors);
	start_pixel(sum[0], start, w_zero ? zeros[0] : 0);
	start_pixel(sum[1], start, w_zero && pixels > 1 ? zeros[1] : 0);
	start_pixel(sum[2], start, w_zero && pixels > 2 ? zeros[2] : 0);
	start_pixel(sum[3], start, w_zero && pixels > 3 ? zeros[3] : 0);
	start_pixel(sum[4], start, w_zero && pixels > 4 ? zeros[4] : 0);
	start_pixel(sum[5], start, w_zero && pixels > 5 ? zeros[5] : 0);
}

static inline __attribute__((always_inline)) void
add_pixel(__m512i sum[TILE_VECTORS], __m512i x, const __m512i w[TILE_VECTORS], int vectors)
{
	sum[0] = dot(sum[0], x, w[0]);
	if (vectors > 1)
		sum[1] = dot(sum[1], x, w[1]);
	if (vectors > 2)
		sum[2] = dot(sum[2], x, w[2]);
	if (vectors > 3)
		sum[3] = dot(sum[3], x, w[3]);
}

/* Four values, or fewer, in every lane, each 128 more. */
static inline __attribute__((always_inline)) __m512i
four_of(const int8_t *x, int count)
{
	int32_t v = 0;

	memcpy(&v, x, (size_t)count);
	return _mm512_xor_si512(_mm512_set1_epi32(v), _mm512_set1_epi8(INT8_MIN));
}

/* The products of `count` inputs, four at most, from each pixel. */
static inline __attribute__((always_inline)) void
add_products(Tile sum, const int8_t *x, int step, int count, const int8_t *w, int block,
	int pixels, int vectors)
{
	__m512i v[TILE_VECTORS];

	load_vectors(v, w, block, vectors);
	add_pixel(sum[0], four_of(x, count), v, vectors);
	if (pixels > 1)
		add_pixel(sum[1], four_of(x + step, count), v, vectors);
	if (pixels > 2)
		add_pixel(sum[2], four_of(x + 2 * step, count), v, vectors);
	if (pixels > 3)
		add_pixel(sum[3], four_of(x + 3 * step, count), v, vectors);
	if (pixels > 4)
		add_pixel(sum[4], four_of(x + 4 * step, count), v, vectors);
	if (pixels > 5)
		add_pixel(sum[5], four_of(x + 5 * step, count), v, vectors);
}

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

/* Sixteen outputs of each pixel. */
static inline __attribute__((always_inline)) void
requantize_vector(Tile sum, int j, const int32_t *mult, const int8_t *shift, int pixels,
	int shift_most)
{
	const Scales scales = load_scales(mult + 16 * j, shift + 16 * j, shift_most);

	sum[0][j] = requantize16(sum[0][j], &scales, shift_most);
	if (pixels > 1)
		sum[1][j] = requantize16(sum[1][j], &scales, shift_most);
	if (pixels > 2)
		sum[2][j] = requantize16(sum[2][j], &scales, shift_most);
	if (pixels > 3)
		sum[3][j] = requantize16(sum[3][j], &scales, shift_most);
	if (pixels > 4)
		sum[4][j] = requantize16(sum[4][j], &scales, shift_most);
	if (pixels > 5)
		sum[5][j] = requantize16(sum[5][j], &scales, shift_most);
}

static inline __attribute__((always_inline)) void
requantize_tile(Tile sum, const int32_t *mult, const int8_t *shift, int pixels, int vectors,
	int shift_most)
{
	requantize_vector(sum, 0, mult, shift, pixels, shift_most);
	if (vectors > 1)
		requantize_vector(sum, 1, mult, shift, pixels, shift_most);
	if (vectors > 2)
		requantize_vector(sum, 2, mult, shift, pixels, shift_most);
	if (vectors > 3)
		requantize_vector(sum, 3, mult, shift, pixels, shift_most);
}

static inline __attribute__((always_inline)) void
store64(int8_t *y, __m512i v, int count)
{
	if (count >= 64)
		_mm512_storeu_si512(y, v);
	else
		_mm512_mask_storeu_epi8(y, first64(count), v);
}

/* Where dword 4 * i + k stands when dwords, as a square, are turned: 4 * k + i. */
static inline __attribute__((always_inline)) __m512i
turned(void)
{
	return _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/* Four times sixteen values as stored, clamped. */
static inline __attribute__((always_inline)) __m512i
narrow64(const __m512i x[4], int y_zero, int y_min, int y_max)
{
	const __m512i zero = _mm512_set1_epi16((short)y_zero);
	__m512i low = _mm512_adds_epi16(_mm512_packs_epi32(x[0], x[1]), zero);
	__m512i high = _mm512_adds_epi16(_mm512_packs_epi32(x[2], x[3]), zero);
	__m512i v = _mm512_packs_epi16(low, high);

	if (y_min > INT8_MIN)
		v = _mm512_max_epi8(v, _mm512_set1_epi8((char)y_min));
	if (y_max < INT8_MAX)
		v = _mm512_min_epi8(v, _mm512_set1_epi8((char)y_max));
	return _mm512_permutexvar_epi32(turned(), v);
}

static inline __attribute__((always_inline)) void
store_tile(int8_t *y, int step, Tile sum, int pixels, int count, int y_zero, int y_min, int y_max)
{
	store64(y, narrow64(sum[0], y_zero, y_min, y_max), count);
	if (pixels > 1)
		store64(y + step, narrow64(sum[1], y_zero, y_min, y_max), count);
	if (pixels > 2)
		store64(y + 2 * step, narrow64(sum[2], y_zero, y_min, y_max), count);
	if (pixels > 3)
		store64(y + 3 * step, narrow64(sum[3], y_zero, y_min, y_max), count);
	if (pixels > 4)
		store64(y + 4 * step, narrow64(sum[4], y_zero, y_min, y_max), count);
	if (pixels > 5)
		store64(y + 5 * step, narrow64(sum[5], y_zero, y_min, y_max), count);
}

/*
 * Outputs of some pixels, count of them, up to 64.  zeros: what else to add to each pixel's sums.
 * w: of 16 outputs after 16, their weights in fours of inputs.
 */
static inline __attribute__((always_inline)) void
tile(int8_t *y, int y_step, const int8_t *x, int x_step, const int8_t *w, const int32_t *bias,
	const int32_t *zeros, const int32_t *mult, const int8_t *shift, int in_c, int pixels,
	int count, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int vectors = (count + 15) / 16, block = (in_c + 3) / 4 * 64;
	Tile sum;

	start_tile(sum, bias, zeros, pixels, vectors, w_zero);
	for (int k = 0; k + 4 <= in_c; k += 4)
		add_products(sum, x + k, x_step, 4, w + 16 * k, block, pixels, vectors);
	if (in_c % 4 > 0)
		add_products(sum, x + in_c / 4 * 4, x_step, in_c % 4, w + in_c / 4 * 64, block,
			pixels, vectors);
	requantize_tile(sum, mult, shift, pixels, vectors, shift_most);
	store_tile(y, y_step, sum, pixels, count, y_zero, y_min, y_max);
}

/*
 * The same of a row of pixels.  rest: how many are left over when there are no more tiles of six;
 * at most, where a row is made in stretches.
 */
static inline __attribute__((always_inline)) void
tiles(int8_t *y, int y_step, const int8_t *x, int x_step, const int8_t *w, const int32_t *bias,
	const int32_t *zeros, const int32_t *mult, const int8_t *shift, int in_c, int pixels,
	int rest, int count, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int whole = pixels / TILE_PIXELS * TILE_PIXELS;

	for (int p = 0; p < whole; p += TILE_PIXELS)
		tile(y + p * y_step, y_step, x + p * x_step, x_step, w, bias, zeros + p, mult, shift,
			in_c, TILE_PIXELS, count, w_zero, shift_most, y_zero, y_min, y_max);
	if (rest > 0 && whole < pixels)
		tile(y + whole * y_step, y_step, x + whole * x_step, x_step, w, bias, zeros + whole,
			mult, shift, in_c, rest, count, w_zero, shift_most, y_zero, y_min, y_max);
}

enum { ROWS_MOST = 8, COLUMNS_MOST = 7 };

/* One column of up to four rows, the channels' values side by side, each 128 more. */
static inline __attribute__((always_inline)) __m512i
column_of(const int8_t *const *x, int rows, int at, __mmask16 channels)
{
	const __m512i turn = _mm512_set4_epi32(0x0f0b0703, 0x0e0a0602, 0x0d090501, 0x0c080400);
	__m512i v = _mm512_castsi128_si512(_mm_maskz_loadu_epi8(channels, x[0] + at));

	if (rows > 1)
		v = _mm512_inserti32x4(v, _mm_maskz_loadu_epi8(channels, x[1] + at), 1);
	if (rows > 2)
		v = _mm512_inserti32x4(v, _mm_maskz_loadu_epi8(channels, x[2] + at), 2);
	if (rows > 3)
		v = _mm512_inserti32x4(v, _mm_maskz_loadu_epi8(channels, x[3] + at), 3);
	v = _mm512_shuffle_epi8(_mm512_permutexvar_epi32(turned(), v), turn);
	return _mm512_xor_si512(v, _mm512_set1_epi8(INT8_MIN));
}

/*
 * Four pixels' sums over up to four rows, `first` the first one's column: each column of the
 * image goes to all the windows that it is in.
 */
static inline __attribute__((always_inline)) void
add_columns(__m512i sum[4], const int8_t *const *x, const int8_t *w, int rows, int first,
	int in_w, int kernel_w, int stride_w, int x_step, int x_zero, int parts, int part,
	__mmask16 channels)
{
#pragma GCC unroll 16
	for (int k = 0; k < 3 * stride_w + kernel_w; k++) {
		int column = first + k;
		__m512i v = _mm512_set1_epi8((char)(x_zero ^ INT8_MIN));

		if (column >= 0 && column < in_w)
			v = column_of(x, rows, column * x_step, channels);
#pragma GCC unroll 4
		for (int q = 0; q < 4; q++) {
			int j = k - q * stride_w;

			if (j >= 0 && j < kernel_w)
				sum[q] = dot(sum[q], v, _mm512_loadu_si512(w + 64 * j));
			if (j >= 0 && j < kernel_w && parts > 1)
				sum[q] = dot(sum[q], v, _mm512_loadu_si512(w + part + 64 * j));
		}
	}
}

/* Stores four pixels of count channels, or the first ones. */
static inline __attribute__((always_inline)) void
store_pixels(int8_t *y, int y_step, __m512i v, int pixels, __mmask16 channels)
{
	_mm_mask_storeu_epi8(y, channels, _mm512_castsi512_si128(v));
	if (pixels > 1)
		_mm_mask_storeu_epi8(y + y_step, channels, _mm512_extracti32x4_epi32(v, 1));
	if (pixels > 2)
		_mm_mask_storeu_epi8(y + 2 * y_step, channels, _mm512_extracti32x4_epi32(v, 2));
	if (pixels > 3)
		_mm_mask_storeu_epi8(y + 3 * y_step, channels, _mm512_extracti32x4_epi32(v, 3));
}

/* A row of up to 16 channels, which begin at channel c of x's rows. */
static inline __attribute__((always_inline)) void
strip(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict bias, const int32_t *restrict mult, const int8_t *restrict shift,
	int c, int count, int in_w, int out_w, int kernel_h, int kernel_w, int stride_w,
	int pad_left, int x_step, int y_step, int x_zero, int w_parts, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const __mmask16 channels = (__mmask16)((1 << count) - 1);
	const int part = (kernel_h + 3) / 4 * kernel_w * 64;
	const __m512i start = _mm512_loadu_si512(bias);
	const Scales scales = load_scales(mult, shift, shift_most);
	const int8_t *rows[ROWS_MOST];

	for (int i = 0; i < kernel_h; i++)
		rows[i] = x[i] + c;
	for (int p = 0; p < out_w; p += 4) {
		__m512i sum[4] = { start, start, start, start };

		add_columns(sum, rows, w, kernel_h < 4 ? kernel_h : 4, p * stride_w - pad_left, in_w,
			kernel_w, stride_w, x_step, x_zero, w_parts, part, channels);
		if (kernel_h > 4)
			add_columns(sum, rows + 4, w + kernel_w * 64, kernel_h - 4,
				p * stride_w - pad_left, in_w, kernel_w, stride_w, x_step, x_zero, w_parts,
				part, channels);
#pragma GCC unroll 4
		for (int q = 0; q < 4; q++)
			sum[q] = requantize16(sum[q], &scales, shift_most);
		store_pixels(y + p * y_step, y_step, narrow64(sum, y_zero, y_min, y_max), out_w - p,
			channels);
	}
}

enum { STRETCH = 96 };

/* One multiplier for all. */
static inline __attribute__((always_inline)) Scales
same_scales(int mult, int shift)
{
	return scales_of(_mm512_set1_epi32(mult), _mm512_set1_epi32(shift), shift);
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

/* tile() of one pixel: two sums of each vector, as one product waits five cycles for the other. */
static inline __attribute__((always_inline)) void
dot_row(int8_t *y, const int8_t *x, const int8_t *w, const int32_t *bias, int32_t zeros,
	const int32_t *mult, const int8_t *shift, int in_c, int count, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int vectors = (count + 15) / 16, block = (in_c + 3) / 4 * 64;
	const int pairs = in_c / 8 * 8, fours = in_c / 4 * 4;
	const __m512i zero = _mm512_setzero_si512();
	const __m512i none[TILE_VECTORS] = { zero, zero, zero, zero };
	Tile sum;

	start_tile(sum, bias, &zeros, 1, vectors, 1);
	start_pixel(sum[1], none, 0);
	for (int k = 0; k < pairs; k += 8) {
		__m512i v[TILE_VECTORS];

		load_vectors(v, w + 16 * k, block, vectors);
		add_pixel(sum[0], four_of(x + k, 4), v, vectors);
		load_vectors(v, w + 16 * k + 64, block, vectors);
		add_pixel(sum[1], four_of(x + k + 4, 4), v, vectors);
	}
	if (pairs < fours)
		add_products(sum, x + pairs, 0, 4, w + 16 * pairs, block, 1, vectors);
	if (fours < in_c)
		add_products(sum, x + fours, 0, in_c % 4, w + 16 * fours, block, 1, vectors);
	sum[0][0] = _mm512_add_epi32(sum[0][0], sum[1][0]);
	sum[0][1] = _mm512_add_epi32(sum[0][1], sum[1][1]);
	sum[0][2] = _mm512_add_epi32(sum[0][2], sum[1][2]);
	sum[0][3] = _mm512_add_epi32(sum[0][3], sum[1][3]);
	requantize_tile(sum, mult, shift, 1, vectors, shift_most);
	store64(y, narrow64(sum[0], y_zero, y_min, y_max), count);
}

/* x / 2^shift, rounded to nearest, halves away from zero; shift 0 to 31. */
static inline int32_t
shift_right(int32_t x, int shift)
{
	int32_t mask = (int32_t)((UINT32_C(1) << shift) - 1);

	return (x >> shift) + ((x & mask) > (mask >> 1) + (x < 0));
}

/* a * b / 2^31, rounded to nearest, halves up; saturates when both are -2^31. */
static inline int32_t
high_product(int32_t a, int32_t b)
{
	int64_t product = (int64_t)a * b;
	int64_t half = product >= 0 ? 1 << 30 : 1 - (1 << 30);
	int64_t high = (product + half) / ((int64_t)1 << 31);

	return high > INT32_MAX ? INT32_MAX : (int32_t)high;
}

/* exp(x) for -1/4 <= x < 0, both with 31 fraction bits: a series around -1/8. */
static inline int32_t
exp_of_quarter(int32_t x)
{
	const int32_t exp_eighth = 1895147668; /* exp(-1/8) */
	const int32_t third = 715827883;
	int32_t d = x + (1 << 28);
	int32_t d2 = high_product(d, d);
	int32_t d3 = high_product(d2, d);
	int32_t d4 = high_product(d2, d2);
	int32_t sum = shift_right(high_product(shift_right(d4, 2) + d3, third) + d2, 1);

	return exp_eighth + high_product(exp_eighth, d + sum);
}

/* x * 2^shift, wrapping; shift 0 to 31. */
static inline int32_t
shift_left(int32_t x, int shift)
{
	return (int32_t)((uint32_t)x << shift);
}

/* exp(x) for x <= 0 with fraction_bits (26 or 27); the result has 31. */
static inline int32_t
exp_of_negative(int32_t x, int fraction_bits)
{
	/* exp(-1/4), exp(-1/2), exp(-1), ... exp(-16) */
	static const int32_t power[] = { 1672461947, 1302514674, 790015084, 290630308, 39332535,
		720401, 242 };
	int32_t quarter = 1 << (fraction_bits - 2);
	int32_t part = (x & (quarter - 1)) - quarter;
	int32_t rest = part - x; /* a multiple of a quarter */
	int32_t y = exp_of_quarter(shift_left(part, 31 - fraction_bits));

	for (int i = 0; fraction_bits - 2 + i < 31; i++)
		if (rest & (quarter << i))
			y = high_product(y, power[i]);
	return x ? y : INT32_MAX;
}

/* x * mult / 2^31 * 2^shift, rounded twice; shift -31 to 31. */
static inline int32_t
requantize(int32_t x, int32_t mult, int shift)
{
	return shift > 0 ? high_product(shift_left(x, shift), mult) :
		shift_right(high_product(x, mult), -shift);
}

static inline int
leading_zeros(uint32_t x)
{
	int count = 0;

	while (count < 32 && !(x >> (31 - count)))
		count++;
	return count;
}

/* x * 2^shift, saturating. */
static inline int32_t
saturating_shift_left(int32_t x, int shift)
{
	int32_t bound = (1 << (31 - shift)) - 1;

	return x > bound ? INT32_MAX : x < -bound ? INT32_MIN : shift_left(x, shift);
}

/*
 * 2 / (1 + x) for 0 <= x <= 1 with 31 fraction bits; the result has 29: Newton's division.
 * Other x give nonsense without overflow.
 */
static inline int32_t
two_over_one_plus(int32_t x)
{
	const int32_t first = 1515870810, slope = -1010580540; /* 48 / 17, -32 / 17 */
	int64_t sum = (int64_t)x + INT32_MAX;
	int32_t half = (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
	int32_t y = first + high_product(half, slope);

	for (int i = 0; i < 3; i++)
		y = (int32_t)((uint32_t)y + (uint32_t)saturating_shift_left(
			high_product(y, (1 << 29) - high_product(half, y)), 2));
	return y;
}

/* 2^(31 - z) / x with 31 fraction bits, z the leading zeros of x; nonsense of 0. */
static inline int32_t
reciprocal(uint32_t x)
{
	uint32_t shifted = x ? x << leading_zeros(x) : 0;

	return saturating_shift_left(
		two_over_one_plus((int32_t)(shifted - (UINT32_C(1) << 31))), 1);
}

static inline int32_t
clamp(int32_t x, int32_t low, int32_t high)
{
	return x < low ? low : x > high ? high : x;
}

/* ---- weights ---- */

static SHAPES_CONST _Alignas(64) const int8_t conv2d_0_w_vnni[192] = {
	-102, -35, 83, -95, 99, -5, -62, 127, 54, -30, -48, -73, 16, -68, -115, 123, 26,
	3, 0, -11, -120, -127, -27, -11, 44, 118, 127, 80, 28, -13, 12, -43, -95, -2, 81,
	-122, -15, 13, -9, -28, 83, 127, 30, -28, -1, 127, 49, -34, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, -127, 5, 35, -97, -34, -114, 75, 4, -101, -127, 1, 14,
	119, 61, 127, 114, -127, -48, 3, -33, -47, -27, 45, 52, 113, -13, 25, -45, -48,
	36, -127, -68, 9, 127, -64, 14, -59, -3, -47, -127, 67, 123, -17, 113, 82, 36,
	-15, -20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -83, 0, 0, 0, -90, 0, 0,
	0, 19, 0, 0, 0, 115, 0, 0, 0, 21, 0, 0, 0, 24, 0, 0, 0, -95, 0, 0, 0, 13, 0, 0, 0,
	82, 0, 0, 0, -46, 0, 0, 0, 80, 0, 0, 0, -56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_0_bias_u8[16] = {
	83436, -4103, 50402, -43851, 25683, 53710, -21299, 32026, -5702, 58828, -26035,
	-17347, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_0_mult_16[16] = {
	1821453294, 1988098625, 1617321774, 1095286177, 1699112104, 1379868502,
	2144230936, 1263265124, 1851352408, 1343414948, 1333930324, 1635444507, 0, 0, 0,
	0,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_0_shift_16[16] = {
	-10, -8, -9, -9, -8, -9, -10, -8, -8, -9, -10, -8, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t depthwise_1_w_columns[192] = {
	-52, 103, 98, 0, -66, -87, -30, 0, -114, -70, -7, 0, 83, 56, -33, 0, 19, 4, 67, 0,
	0, 20, -17, 0, 9, -55, -28, 0, 9, -82, -19, 0, -52, -105, -28, 0, -65, -79, 115,
	0, -2, 117, -36, 0, -75, -20, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, -122, 28, 127, 0, -80, -120, -74, 0, -68, 35, 91, 0, 28, 55, 47, 0, -22, -119,
	-61, 0, -52, 103, 127, 0, -127, -5, 17, 0, 83, -85, -127, 0, -81, -124, -77, 0,
	127, 100, 27, 0, -40, 127, -21, 0, -127, -105, -12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, -92, -93, 64, 0, -45, -127, -58, 0, -127, -71, 27, 0, -127,
	-126, -3, 0, 56, -127, -103, 0, -102, -24, 96, 0, 8, 89, 45, 0, 68, -24, -92, 0,
	-53, -127, -64, 0, 28, -19, -78, 0, -55, 25, -11, 0, -4, -66, 14, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t depthwise_1_bias_u8[16] = {
	3810, 8803, 7091, 91, 7800, -3636, 1143, 5244, 10566, -3825, -2240, 8957, 0, 0, 0,
	0,
};

static SHAPES_CONST _Alignas(64) const int32_t depthwise_1_mult_16[16] = {
	1095329824, 1713451191, 1918312332, 1229193217, 1867875606, 1382578598,
	1514890240, 1912906202, 1727085237, 1231457305, 1959824910, 1689005362, 0, 0, 0,
	0,
};

static SHAPES_CONST _Alignas(64) const int8_t depthwise_1_shift_16[16] = {
	-6, -7, -7, -6, -7, -6, -6, -7, -7, -6, -6, -7, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_2_w_vnni[384] = {
	101, -1, -39, 32, -90, -9, -127, 25, -98, -127, -89, 109, 17, 79, 11, -20, -68,
	-45, 48, 47, 91, 42, -48, -127, -29, 88, 83, -41, -127, -68, 29, 26, 40, -90, 20,
	73, 110, 127, 39, -26, 43, -26, 73, -127, 42, 37, -127, -46, -24, -101, -24, 40,
	105, -60, 52, 16, 25, 103, 81, -64, -127, -81, -35, 95, 90, -127, -51, -1, -105,
	-8, -23, -64, 80, 20, -24, 85, 68, -102, 33, -35, 36, 23, -127, 80, 71, 42, -15,
	-89, 10, -127, -85, 36, -109, 63, 23, 90, -99, 85, -48, -41, 32, 25, -19, -44, 32,
	78, 50, -96, 44, 60, 63, -93, 5, -47, 66, -73, -101, 80, -16, -101, 100, -94, 95,
	7, 7, -1, -32, 35, -66, -39, 19, -50, 18, 89, -23, 104, 65, 12, 91, 117, -58, 4,
	45, -127, 41, 26, 52, 25, -120, 16, -70, 43, -17, -48, 78, -39, 28, -41, -67, 62,
	127, 21, -49, -61, -44, -36, -3, -79, -59, -69, -37, -26, -77, 37, -87, -64, -127,
	43, -72, -50, -64, -126, 6, -127, -48, 58, 127, -45, -10, 23, 36, -18, -29, -42,
	50, 38, -30, 16, -69, -9, 6, 33, -12, -60, -54, 28, 62, 2, -31, 127, 6, 9, -31,
	-21, -118, 18, -30, 87, -44, -127, -72, -127, -112, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -56, 24, 63,
	8, 45, -1, 106, 32, -44, 31, -44, -18, 39, -86, -24, 20, 26, -67, 71, 85, 43, 12,
	51, 127, -118, 3, -12, 28, -31, -64, -22, 27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 6, -106, 37,
	-127, -28, -47, 28, 96, 49, -127, 90, 34, -127, 36, -17, -11, -88, 23, -7, -35,
	-55, 35, 65, -18, 21, -11, 92, -22, 23, 12, -9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_2_bias_u8[32] = {
	4605, 7951, -1550, 7100, -1134, 3807, 4136, 18716, 2840, -5987, 823, 4535, 14589,
	5447, -2676, 10735, -770, 10444, -1440, 3662, -5506, 42, 923, 11568, 0, 0, 0, 0,
	0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_2_mult_16[32] = {
	1112528243, 1505611300, 1193255488, 1271586311, 1661023279, 1262461738,
	2133929152, 1972511092, 1365907099, 1656881682, 1768744186, 1686856457,
	1624092318, 1628360158, 2069699152, 1598388045, 2082264758, 1700915527,
	2057803285, 1554256541, 1279233954, 1562985856, 1722767676, 1151332234, 0, 0, 0,
	0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_2_shift_16[32] = {
	-6, -7, -7, -7, -7, -7, -8, -8, -7, -7, -7, -7, -6, -7, -8, -7, -7, -7, -8, -7,
	-7, -7, -7, -6, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t depthwise_3_w_columns[384] = {
	36, 127, -45, 0, 67, -104, -20, 0, 34, 67, -125, 0, -82, 33, 127, 0, -102, -25,
	-34, 0, -39, -67, -102, 0, 29, 2, -17, 0, -10, 36, -46, 0, -33, 76, -10, 0, 96,
	-122, -79, 0, 1, -114, -35, 0, 57, -74, 12, 0, -17, 127, 64, 0, -44, -96, -109, 0,
	8, -127, 91, 0, 49, 99, 49, 0, -22, -56, 98, 0, -60, -121, 20, 0, -127, 120, -56,
	0, -110, 14, 63, 0, -127, -110, -45, 0, -44, 127, 98, 0, 127, 25, -32, 0, -115,
	126, -11, 0, 127, 30, -31, 0, -10, 91, -127, 0, -107, -127, -32, 0, -110, -127,
	49, 0, 98, 90, 56, 0, -127, -107, -126, 0, 67, -77, 51, 0, -127, -98, -19, 0, -35,
	-80, -30, 0, 35, -37, 127, 0, -54, -39, 57, 0, -9, -19, -1, 0, 95, 46, 69, 0, -74,
	-92, -57, 0, 27, -107, -32, 0, 119, -127, 47, 0, 72, -80, -49, 0, -118, 55, 93, 0,
	-67, -46, 51, 0, -45, -37, 94, 0, 70, -106, -43, 0, -43, -28, -33, 0, -1, -17,
	-29, 0, -14, -81, -62, 0, 118, -121, -16, 0, 32, -65, 9, 0, 127, 118, 20, 0, -63,
	-127, -18, 0, -127, -5, 90, 0, 2, 95, -30, 0, -19, -62, -65, 0, 37, -90, 49, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 94, 17, -75, 0, -127, 70, 45, 0, -34, -37, -111, 0, -23, 57, 8, 0,
	-28, 73, -36, 0, 24, 29, -127, 0, -76, 13, -127, 0, 18, 62, -127, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, -127, 9, -1, 0, 9, 95, -67, 0, -43, -32, -6, 0, 93, 77, 46, 0, -66, 28, -64, 0,
	32, -10, 25, 0, 51, 48, -17, 0, -8, 66, 34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t depthwise_3_bias_u8[32] = {
	-2633, 1304, -1221, -2504, 4193, 5486, -272, -964, -4409, -1188, 6009, 2079,
	-2138, 11155, -388, 3449, 3475, -1730, -730, -1959, 1001, -452, 4615, -256, 0, 0,
	0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t depthwise_3_mult_16[32] = {
	1586095573, 1783704467, 1238264398, 1653373113, 2122605460, 1836740922,
	1240834226, 1426490231, 1448459616, 1715592683, 1791656614, 1598725860,
	2057085006, 1440024546, 1540314862, 1399901259, 2026085608, 1186124964,
	1279025534, 1730755555, 1773142368, 1634057547, 1718457199, 1302789153, 0, 0, 0,
	0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t depthwise_3_shift_16[32] = {
	-7, -7, -6, -7, -8, -7, -6, -6, -7, -7, -7, -7, -8, -7, -6, -7, -7, -6, -6, -7,
	-6, -6, -7, -6, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_4_w_vnni[768] = {
	36, -96, -25, -87, 65, -18, 2, 56, -6, 33, -83, -62, 17, -62, 68, 28, 71, -91, 3,
	-107, -38, 30, -127, -62, 20, 55, -67, -3, 15, 2, 37, 6, 17, -9, -17, 1, -22,
	-118, -17, -29, 125, -76, 127, -115, 64, -105, -52, 56, -100, 42, -66, 20, -31,
	13, -127, -30, 77, 104, -93, 55, 85, -15, -24, -94, 22, 6, 37, 83, 81, -39, 32,
	-14, -55, 40, -12, 15, -81, -56, -13, 46, 76, 21, -44, 76, -64, -46, 29, 125, 66,
	-40, 87, -118, 17, -56, 8, -44, -22, 13, 22, -17, 48, 38, -87, 7, -32, -98, -76,
	-23, 110, 103, 16, -28, 31, 11, -5, -83, 17, -4, 13, -34, 94, -17, -3, -127, 50,
	67, 0, 30, -49, 37, -65, -54, -28, 59, 9, -2, -16, -58, 18, 8, -26, 127, -65, -13,
	-1, -48, -69, -54, 46, -32, 52, -15, 94, -75, 88, 17, 0, -114, 11, -7, -63, -10,
	66, -23, -52, -1, -78, -55, -55, 79, -116, -8, -71, 76, 0, 114, -13, -127, -4,
	118, -29, 51, -42, 5, -29, 44, 8, -8, -74, 21, 97, -66, 14, -127, 53, -101, -64,
	90, -9, 54, 127, -46, -31, 28, -25, -87, 90, -30, 47, 73, -24, 127, 61, 44, -41,
	-76, -2, 98, -63, 127, 81, 127, -28, -99, 24, 10, -127, 17, 33, 127, 66, -77, -80,
	-125, 113, -19, 45, 40, -127, -47, 39, -25, -89, -18, -45, 42, -26, 4, 63, 91, -3,
	15, 104, 30, -127, 60, -21, 12, -37, -3, 17, -34, 127, 53, -58, 109, -54, -5, 81,
	25, -111, -39, -45, -60, -32, -30, -21, 115, -28, -6, -9, 32, 13, 8, 59, -29, -1,
	-106, -24, 43, -29, -47, 108, 44, 39, -58, -29, -3, 87, -41, -39, -76, 43, 73,
	-90, -68, 54, 26, -38, -54, 6, 71, -34, 74, 6, -53, -9, -24, -14, 76, 23, 26, -69,
	-10, 1, -7, 23, 17, 20, -2, 43, 28, 91, 3, -35, 51, -61, -67, 67, 35, 65, 31, 37,
	-74, 34, -14, -32, -64, -22, -47, 103, 38, -8, -13, 36, -4, 80, 56, 11, -1, 125,
	86, -50, 18, -5, 2, -12, -75, 19, -58, -42, -91, -42, 13, -43, -61, 88, -9, 53,
	-111, -26, -73, -30, -21, -3, 69, -93, -34, -68, 120, 62, 98, -28, -25, 18, 13,
	34, 120, -77, -8, -3, -53, -36, -63, 64, -57, 127, -53, -127, 35, 93, 67, -88, 92,
	-127, -3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, -65, 6, -25, -12, 28, 1, 96, -49, -41, 29, -96, 14, 20,
	-127, 28, -42, -17, 85, -34, -16, -13, 40, -48, 97, -34, 39, 16, 19, -34, 53, -2,
	-16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 14, 0, 127, -5, 14, -2, 32, 127, 16, -125, 74, -33, 9, 4, -56,
	-88, 27, 19, -32, 32, -96, 108, -88, -71, -24, -89, 18, 44, 10, -36, 60, 60, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 32, 13, 36, 66, -4, -9, -23, -73, 46, 127, 3, -95, -1, 75, -106, 74, -38,
	-127, 60, -59, -48, -22, -30, 36, -88, -88, 33, -96, 75, 57, -73, 29, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 8, 27, 30, 34, -21, 64, -34, -45, 64, -28, 22, -32, -26, -56, -65, -91, -63,
	-66, -39, -51, 37, -115, -30, -8, 90, -46, 11, -72, -26, 50, -15, -51, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, -25, 17, -38, -119, 52, 48, 40, -19, -53, 27, 94, 84, -96, 33, -27, 102, -9,
	17, -57, -77, -53, -124, -13, 42, 7, 94, -29, 41, 20, -35, -16, 32, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_4_bias_u8[32] = {
	12299, -7434, 1816, 5438, -2414, -4079, -8027, -3691, -1407, -4905, 13332, -1953,
	11974, 4727, -6342, -5729, -3368, -357, -6358, 1312, 9873, 6592, 6373, -3219, 0,
	0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_4_mult_16[32] = {
	1518844146, 1631939620, 1483471102, 1946342879, 1426661589, 1344490030,
	1201057702, 1968217514, 1834191805, 1212406219, 1732831739, 2012950079,
	2011085437, 1224752919, 1470104417, 1104225846, 1402424284, 1167616148,
	1092043003, 1968489014, 1585486139, 1436138096, 1940671165, 1350073777, 0, 0, 0,
	0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_4_shift_16[32] = {
	-9, -8, -8, -9, -8, -8, -8, -9, -8, -8, -9, -9, -9, -8, -8, -8, -8, -8, -8, -9,
	-8, -8, -9, -8, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t depthwise_6_w_columns[384] = {
	-11, -50, 0, 0, 3, -80, -59, 0, 58, 45, 15, 0, 69, 46, -34, 0, 3, -84, -41, 0,
	-59, 127, 43, 0, -76, -127, -46, 0, 52, -12, -127, 0, 49, 91, -33, 0, -32, -107,
	-112, 0, -104, 48, 68, 0, 102, 127, 76, 0, 103, 98, 90, 0, 127, 64, -57, 0, -78,
	-112, -35, 0, 51, 43, 55, 0, 49, 2, -65, 0, -77, -118, 22, 0, 106, 127, 93, 0, 27,
	127, 109, 0, 29, -127, -101, 0, 13, 113, 51, 0, -70, -99, -31, 0, -87, 47, 8, 0,
	-21, -127, -79, 0, -67, -127, -24, 0, -114, -9, 106, 0, 86, 110, 94, 0, 114, 127,
	110, 0, 116, 117, 4, 0, 16, -98, -117, 0, 15, -1, -35, 0, -8, 0, -127, 0, -127,
	-109, 66, 0, 67, 101, 46, 0, -58, 81, 100, 0, 21, -50, -28, 0, -3, -73, -4, 0,
	-50, -58, -5, 0, -78, -10, -22, 0, 21, 38, 83, 0, -94, -45, 84, 0, -55, 48, 127,
	0, -57, -33, 32, 0, 60, 86, 65, 0, 32, 72, 3, 0, 111, -82, -127, 0, -52, -95,
	-127, 0, -67, 39, 127, 0, 21, -42, -108, 0, 8, -72, -49, 0, 70, 95, -28, 0, -43,
	-80, -53, 0, 87, 127, 115, 0, 61, 53, 28, 0, -73, -127, -83, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -50,
	3, -4, 0, 115, -10, -121, 0, 63, -77, -40, 0, 86, 113, 127, 0, -98, -127, -86, 0,
	90, 92, 69, 0, 113, 117, 127, 0, -83, -80, 34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -50, -20, -43, 0,
	87, 18, -127, 0, 127, -2, -35, 0, -38, -27, -27, 0, -25, -48, -17, 0, 55, 48, 19,
	0, 118, 117, 77, 0, -97, -72, 39, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t depthwise_6_bias_u8[32] = {
	27000, 58208, -79742, -59996, 43959, -24600, 70669, 27370, -3257, 63308, -14229,
	-65624, -112189, -57072, 61212, 16750, 7830, 20290, 8637, -44262, 67673, -83860,
	-102392, 66611, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t depthwise_6_mult_16[32] = {
	1939863246, 2110763020, 1707693428, 2115796721, 1386358890, 2111777136,
	2059127837, 1971851915, 1696974462, 2119474673, 1240835646, 1915268655,
	1991075484, 1958628284, 1837589528, 1987487254, 1762014336, 1236275141,
	1632693556, 1183428389, 1330453289, 1175982548, 1169372458, 1212163453, 0, 0, 0,
	0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t depthwise_6_shift_16[32] = {
	-6, -7, -7, -7, -6, -7, -7, -6, -6, -7, -6, -7, -7, -7, -7, -6, -6, -6, -6, -6,
	-6, -6, -6, -6, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_7_w_vnni[1152] = {
	-34, -127, 4, -36, -7, -68, -127, -56, 15, 1, -94, -85, 13, -7, -23, -36, 1, 41,
	0, -91, -45, -99, -65, 66, -12, 22, -36, 9, 69, -127, 13, -54, 15, 30, -51, 59,
	-33, -4, 87, 72, 52, -23, 32, 34, -80, -71, 62, 29, -51, -63, 95, 13, -18, 1, 19,
	-34, 38, 11, 30, -6, -34, -24, 9, 30, -9, 57, -10, -1, -17, -117, -44, -81, 26,
	-127, -112, -16, 33, 7, -24, -99, 64, 38, 24, 69, 82, -31, 71, 45, 4, 38, 51, 101,
	80, -18, 89, -16, 43, 12, 77, -14, -38, 8, -11, -55, -60, 67, -79, 3, -12, 22,
	-22, 74, -53, 23, -18, 7, 22, 51, -66, -92, -9, 9, -127, 33, 52, 89, 18, 12, 7,
	75, -30, 19, -83, 79, -14, 85, -47, -62, -117, 121, -40, 43, -71, -67, 127, -3,
	16, -61, 58, 75, -8, -22, -105, 50, -17, -118, 36, -42, -22, -18, -14, -32, 57,
	-127, -11, 14, 25, 67, -104, 77, -15, 66, 78, -16, 53, -69, 27, -127, -1, 7, -3,
	-60, 28, 3, 5, -17, -46, -32, 9, -43, 52, 8, -3, -14, 27, 0, 32, 63, -46, -59, 37,
	-115, 60, -62, 27, 14, -65, 0, 2, -68, 65, 34, -44, 127, 43, 4, -60, -13, 79, -65,
	-86, -70, -118, 14, -124, 18, 5, 43, 36, 49, 51, -127, -56, -37, 70, -16, -43,
	-30, -80, -64, -1, 22, -31, -8, 53, -127, 31, 28, 73, -94, 15, -25, -18, -78, 16,
	-127, -28, 86, 29, 32, -86, -115, -42, 68, -33, -123, -25, 97, -77, 6, 22, 38, 37,
	40, 9, -39, 42, -33, 45, -18, 18, 16, 60, 0, 28, -37, 65, 0, 33, 19, 75, -59, -73,
	72, 125, -4, 29, -4, -50, -3, 74, -73, 20, 14, 51, 12, 62, 55, -78, 64, -59, -62,
	-1, -50, 28, -5, 41, -69, -30, 30, 61, -2, 55, -72, -82, 45, 43, -77, -54, 67,
	-64, 63, 19, -127, -8, -69, -103, 34, 65, 58, -39, -8, 98, 66, 65, 127, -69, -36,
	7, -86, -35, 102, -74, -12, 53, 29, -63, -61, 39, 1, -127, 118, -24, -47, 117, 10,
	-106, -127, -53, -40, 14, 21, 6, -16, -22, 33, 6, 22, -17, -46, -47, -1, 10, 15,
	-73, 47, 64, -7, -84, 72, 127, 22, 52, 19, 34, 10, 46, -15, -50, -64, 6, -43, -83,
	109, 15, 48, -63, -22, -73, 78, 53, -15, 43, 62, -14, -15, 38, 48, 44, 67, 21, 36,
	-74, -66, -72, 51, 116, 6, -53, 127, 58, 31, -76, -30, -7, 46, -102, 40, 76, -104,
	-99, 42, 41, 55, 29, -25, 5, -56, 35, -15, -59, -41, -24, 57, 120, 63, 38, 48, 56,
	127, -7, 13, 96, 62, -63, 18, 22, 35, -16, -40, -71, 95, 84, -14, 38, -32, -43,
	-15, -9, 11, -40, -27, 127, -41, 62, -15, -13, -57, 32, 94, 10, 15, 115, 28, 82,
	30, 28, -3, -9, 9, 66, 114, -23, 25, -74, 98, 127, 4, 0, 5, 46, 0, -73, 87, -97,
	13, 35, -26, 79, -94, 8, 121, -51, -58, -54, 22, 2, -2, -34, -45, 42, 40, 34, 51,
	7, 75, -26, -59, -10, -101, -17, -3, -53, -19, 2, -124, -44, -62, -17, 59, -20,
	-72, 64, 47, -66, -7, 39, -105, 60, -101, 5, -30, -61, 52, 0, 51, -8, 36, 10, -33,
	20, -59, 50, -8, -127, 27, -56, 8, 40, 34, 9, -21, 26, -105, -60, -12, -21, 58,
	-35, 42, -18, 52, -72, 2, 81, -88, -67, 34, 100, 29, -7, 87, -32, 88, 127, 20, -3,
	-4, 43, -14, -8, -60, 9, 55, 127, -42, 54, -127, 39, -72, 102, 69, -4, 105, -56,
	-39, 25, 13, 27, -15, 50, -79, -107, 11, 85, -77, -1, -51, 13, 8, -16, 57, -14, 1,
	39, -30, -9, -53, 79, -57, -58, 4, 31, -8, 66, 48, 64, -29, 58, 5, 127, 58, -20,
	29, -27, 70, 94, -121, -13, -8, 60, 30, 33, -65, -19, -24, -11, 107, 57, 63, -107,
	38, -58, -96, 39, 10, -61, 31, -10, 24, 44, -34, 60, -16, 127, 39, 29, -31, 98,
	-76, -22, 13, -58, -29, 6, -60, -127, 78, 35, 1, -84, 20, 9, -1, -8, -7, 84, 127,
	-15, 23, 57, 127, -26, 26, -84, 60, 62, 13, -45, -120, 127, 51, -3, -14, -27, 34,
	-54, -11, 41, -43, 15, -56, -108, 38, -57, -12, -4, -79, 71, -34, -96, -73, 127,
	-33, 42, -52, -9, 37, 19, -114, 104, 66, -50, 65, 41, -73, 7, 66, -25, 45, 18, 10,
	59, -24, -11, 72, -19, 53, -2, -6, -50, -3, -54, -24, 55, -15, -17, -59, -28, 34,
	80, 31, -127, -7, 72, -10, 42, 33, -64, 97, 101, 0, -127, 30, -18, 80, 53, -90,
	22, -43, -92, -68, 25, 56, 44, -90, 2, -50, -29, 43, -20, 25, -23, -44, -35, -76,
	27, 34, 36, -102, 6, 79, -33, -41, -110, -24, -68, 23, -32, -35, -54, -43, 127,
	103, 20, 69, 98, -84, 19, -56, 74, -11, -67, 37, 35, -33, 0, 33, 39, 33, 13, 36,
	5, 47, 41, 43, -20, 3, -92, 66, -19, 23, -127, 18, -6, 126, 61, 58, 17, 36, 47,
	37, 67, -38, -26, 34, 65, -37, -69, 60, -43, 46, -19, 2, 34, -6, -91, 22, -10, 67,
	18, -43, -10, -58, 79, 4, 86, 22, -19, 61, 31, 67, -13, 91, -3, -59, 1, -117, 66,
	-13, -30, 39, 75, -11, -19, -127, -78, 1, -19, 24, -23, 10, -49, 95, -32, 75, 28,
	-59, 22, 39, 27, -51, -55, 25, -6, -9, 48, -112, 38, 53, -127, 30, 6, 42, -35,
	-81, 34, -37, -22, 1, 90, 66, -5, -26, -80, 36, 31, 42, 14, -58, -39, 76, 77, 127,
	39, -24, -33, 37, 39, 28, -4, -111, 78, 53, -37, -69, 97, -46, -101, -7, -24, -40,
	14, 57, 2, 54, 127, 67, 73, -17, 32, -88, -3, 21, 91, 28, -68, -127, -74, 9, 127,
	-53, 55, -64, 19, -37, -40, -3, 75, -28, -10, 9, -25, 12, -27, -50, -19, 32, 87,
	-34, 127, 17, -30, -1, -5, 22, 44, -24, 104, -16, 27, 127, 79, 25, -6, -31, -91,
	58, -88, -36, -16, 0, -77, 87, 77, -101, -5, 19, 27, -56, -21, 7, 79, -32, -35,
	30, 28, 84, -8, -62, 20, -33, 59, -75, 41, -15, 28, -57, 0, -33, 71, 70, 33, 127,
	-9, -18, 76, 3, 5, 88, -52, -127, -51, 109, 124, 74, 32, 83, 61, -38, -60, -91,
	-124, -5, 39, -44, -41, 10, -19, 97, -127, 25, -70, -6, 79, -3, -96, -92, -75, 40,
	57, 37, -9, 11, -61, -8, -17, 0, 77, 78, 47, 33, 70, -92, -21, 5, -85, 15, 79, 33,
	25, 48, 31, 45, -39, 45, 25, -19, 127, -69, 76, 7,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_7_bias_u8[48] = {
	-3175, 9385, 12779, 11440, -2825, -5582, -1628, 4484, -2370, -3994, 1110, 6492,
	491, 1318, 5575, 2955, 4341, -2356, -5201, -7680, -5356, -3905, -1753, -1309,
	-3005, 1733, -2285, -8618, 348, -6108, -2384, 2202, 1626, -9999, -6397, -4945,
	-4998, -2157, 1236, 10049, -2900, -9651, -2121, 2697, 947, -2312, -2046, -3920,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_7_mult_16[48] = {
	1089687424, 1713933952, 1142168832, 1772572160, 1180244608, 2090247552,
	1331905024, 1758144000, 1084318720, 1547386624, 1460834176, 1282486400,
	1914055296, 1153950720, 1924145024, 1451928704, 1548703104, 1719239168,
	1790722816, 2064977408, 1372905216, 1642246528, 1476989184, 1511171712,
	1388479872, 1614427520, 1211159680, 1661032960, 2135183360, 1428615808,
	2088156416, 1101546752, 1460410368, 1841770240, 1435395072, 2133386752,
	1203737344, 1340563968, 1278195456, 1349535104, 1855809920, 1081102336,
	1789270144, 1192562176, 1397631744, 2015072000, 1814980480, 1571304064,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_7_shift_16[48] = {
	-6, -8, -7, -8, -6, -8, -7, -7, -7, -7, -7, -7, -7, -7, -7, -6, -7, -7, -7, -8,
	-7, -7, -7, -6, -7, -7, -7, -8, -7, -7, -8, -6, -7, -8, -7, -8, -6, -7, -6, -7,
	-7, -7, -7, -7, -7, -7, -7, -7,
};

static SHAPES_CONST _Alignas(64) const int8_t depthwise_8_w_columns[576] = {
	65, 39, -70, 0, -127, -28, -29, 0, -127, -27, 27, 0, 79, -63, -52, 0, -125, -101,
	4, 0, -86, -98, -66, 0, -47, -45, 75, 0, -63, 63, -35, 0, 34, 77, 38, 0, 67, 48,
	-80, 0, -95, -49, 127, 0, 31, 87, 97, 0, -111, -30, 127, 0, -102, -63, 45, 0, -80,
	-17, -127, 0, -81, 19, -64, 0, -60, 38, -127, 0, -35, -43, 28, 0, -7, -63, -44, 0,
	68, 16, -127, 0, 8, -71, -5, 0, -127, -102, -99, 0, -127, -114, -56, 0, -30, 65,
	-43, 0, 28, 9, -63, 0, 36, -127, 25, 0, 62, 46, 90, 0, 127, 108, 79, 0, -52, -48,
	92, 0, 78, 99, -121, 0, -70, 35, -48, 0, 20, -28, 53, 0, 6, 102, -11, 0, -45, -21,
	-92, 0, -21, 44, 2, 0, -74, -66, 57, 0, -89, -86, -127, 0, -99, -54, -46, 0, 19,
	-75, -71, 0, -99, 127, -107, 0, 85, -47, -127, 0, 0, -67, 115, 0, 120, -113, -44,
	0, 93, 76, 24, 0, 11, -21, 19, 0, 33, 101, -127, 0, -127, -25, -70, 0, -62, 67,
	-127, 0, -96, 58, -16, 0, -115, -102, 10, 0, -28, -99, 11, 0, -88, -69, 99, 0, -3,
	-119, -127, 0, 42, 45, -127, 0, 64, -51, -62, 0, -127, 35, -76, 0, 104, -127, -75,
	0, 56, 127, 110, 0, -95, 49, 66, 0, 11, 38, 48, 0, 66, 85, 44, 0, -54, 66, -127,
	0, 66, 50, 97, 0, -53, 60, -110, 0, -49, 107, -89, 0, -127, -90, -54, 0, 8, -12,
	-127, 0, -8, 127, -71, 0, 73, -32, -115, 0, 14, 18, -79, 0, 86, -81, -94, 0, -9,
	101, 46, 0, 73, 3, 62, 0, -64, -123, 18, 0, -127, 54, 31, 0, -111, 4, 62, 0, -127,
	-127, -111, 0, -17, 44, -45, 0, 56, 30, -21, 0, 75, -127, 77, 0, 85, -127, 32, 0,
	-53, -109, -22, 0, -8, -5, -58, 0, 115, -106, -79, 0, 99, 70, -19, 0, 123, 50,
	-39, 0, 51, -3, -127, 0, -7, -23, -58, 0, 49, -20, 28, 0, -30, -22, -90, 0, 53,
	92, -40, 0, -127, 8, 81, 0, 104, 89, 93, 0, -88, 24, 22, 0, 127, 28, 65, 0, -29,
	29, -12, 0, 9, -24, 33, 0, -24, 18, 104, 0, -96, -85, 15, 0, 107, -127, -125, 0,
	-102, -127, 14, 0, 70, 85, 91, 0, 127, 106, -36, 0, 46, -51, -67, 0, 62, 53, 65,
	0, 27, 18, 72, 0, 66, 91, -127, 0, -127, -48, 100, 0, 41, -38, -127, 0, -79, 12,
	74, 0, 75, -127, -94, 0, 93, 114, -98, 0, -33, 92, -115, 0, -127, 9, 62, 0, -127,
	-8, 48, 0, 88, 77, 30, 0, -101, -12, 48, 0, 29, -60, -127, 0, -96, 9, 54, 0, -62,
	-127, -42, 0, -15, -109, 52, 0, 39, 23, 55, 0, 2, -79, 87, 0, -32, -84, 36, 0, 68,
	32, -24, 0, -121, -36, 7, 0, -108, -48, 31, 0, 92, 105, -92, 0, -127, 107, -69, 0,
	-98, -79, -41, 0, -86, 46, 35, 0, 47, 14, -16, 0, -124, -82, 35, 0, -56, -38, 22,
	0, -96, 32, 36, 0, -41, -13, -40, 0, -31, -127, 18, 0, 105, 127, 31, 0, -124, 21,
	-50, 0, 39, -121, 52, 0, 29, -59, 77, 0, -127, -93, 4, 0, -14, 22, -44, 0, 27,
	-44, -127, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t depthwise_8_bias_u8[48] = {
	-1025, 3706, 2229, 349, 10365, 7715, 8137, -2615, -159, -1638, -3065, -13129,
	-1680, -365, 4821, 1661, -1748, 22109, 4264, -858, -1058, -5262, 850, -1055, -168,
	-1407, -1156, -264, -4433, -70, -10619, -156, 109, 1460, 6092, -236, 4156, -557,
	-1038, 4839, 703, -4271, -523, 2070, -603, 4394, 4098, -1901,
};

static SHAPES_CONST _Alignas(64) const int32_t depthwise_8_mult_16[48] = {
	2112222464, 1904427392, 1249497600, 1551958144, 1785052928, 1113023744,
	1451304960, 1472678016, 1839075712, 1863378176, 1765226240, 1578646656,
	1909618048, 1339734016, 1159707264, 2007077120, 1103081472, 1660512640,
	1730782080, 2061862784, 1634073984, 1390098560, 1876445696, 1852547200,
	1826682880, 1839110400, 1498805120, 1357814528, 1569310976, 1191403776,
	1676433536, 1254042624, 1302035840, 1382308352, 2032018304, 1987610624,
	1264010496, 1079205248, 1938816000, 1274447360, 1088866176, 1466964352,
	1496761088, 1593378048, 1156950400, 1356153344, 1781662848, 1105223552,
};

static SHAPES_CONST _Alignas(64) const int8_t depthwise_8_shift_16[48] = {
	-7, -6, -6, -6, -8, -7, -7, -7, -6, -7, -7, -7, -7, -5, -6, -7, -6, -8, -7, -7,
	-7, -7, -7, -7, -6, -7, -6, -6, -7, -6, -7, -6, -6, -6, -8, -7, -7, -6, -8, -6,
	-6, -6, -7, -7, -6, -7, -7, -7,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_9_w_vnni[2304] = {
	37, 25, 5, -14, -58, 31, -18, -13, -45, -23, -36, -50, -2, -85, -94, 74, -40, -51,
	-38, 24, 65, 8, 15, 1, -25, -4, 25, 15, -7, 50, 35, -76, -42, 20, -7, -42, 8,
	-104, -61, 50, 14, -34, -48, 2, 46, -106, -84, 36, -25, -83, -46, 56, -23, 127,
	73, -105, -24, 29, -26, -122, 58, -19, -24, -3, -13, -127, -2, 2, -33, 12, 79, 1,
	26, 57, 127, 16, 84, -49, 9, -47, -40, 34, 107, 21, 34, -13, -18, 0, -40, -30,
	-27, -43, -94, 36, 23, 60, -49, 100, 17, 35, 6, -59, 78, -28, -97, -39, 65, 24,
	-45, -30, 11, -18, -46, -87, -10, -83, 59, 28, 51, 24, -25, -27, 127, 62, -101,
	-127, -73, -23, 12, -66, 24, -76, 4, 15, 20, 14, 5, 88, 60, 93, 42, 19, 22, -1,
	67, 19, -7, 122, -25, 37, 46, 62, 47, 23, -80, -1, -40, 19, 10, 50, -7, -39, 25,
	7, 26, -44, 20, -31, 97, -31, -32, 65, 7, 19, -42, 30, 83, -32, -38, -42, -2, 12,
	34, 99, -66, 2, 73, 41, -33, 7, -50, 15, 51, 37, -46, -8, -5, 7, -49, 50, -10,
	-14, 20, 32, 15, 52, -45, -16, -60, -50, 29, 49, 55, 15, -25, 6, -91, -12, 59, 21,
	-41, -84, 28, 43, -10, -22, 94, -54, -10, 93, -119, 13, -44, 30, -79, 46, -12, 12,
	-18, 33, -26, 71, 3, -5, 29, -69, 96, -11, 32, -20, -30, 20, -64, -8, -86, 52, 37,
	2, 47, 34, -89, 23, 88, -49, -49, -96, -54, -65, 89, 25, -69, 83, -56, -107, -8,
	-50, 10, 67, -32, -4, -32, 54, -35, -31, -75, -109, 60, -127, 20, -96, -12, 2, 58,
	-78, -46, 105, 6, -37, -17, 21, -17, 90, -32, 29, 41, -13, 32, 65, -2, -46, -42,
	-102, -88, -76, -1, -104, -12, 108, -73, 6, -125, 3, -85, 13, -12, 22, -4, 121,
	89, -15, 39, 26, 127, -92, 30, -23, 127, 14, 60, -38, 53, -24, 4, -8, 32, 32, 90,
	-49, -57, 84, 2, -13, -127, -17, -72, 21, 88, -61, 48, -18, 111, -17, 66, -63,
	127, 42, 81, -68, 84, -46, 70, -42, -60, 5, -49, -52, -9, 44, -38, 75, 59, -1,
	110, -78, -43, 25, -17, -10, 34, -81, -53, 122, -49, -72, -67, -32, -10, 31, 61,
	-66, -2, -47, -22, 38, -89, 15, -88, -127, 102, -8, 69, 76, -33, -68, -68, 39, 19,
	-34, -5, 0, -53, 82, 49, -68, -34, 0, -25, 24, 22, 64, 48, -28, 59, 44, 127, 78,
	-46, -108, -126, 4, -68, -36, -62, -22, -70, 54, 36, -12, 31, 26, 60, 1, 14, 53,
	9, -70, 9, -7, -17, -55, 54, -41, -103, 8, -39, -45, -94, -27, 105, 108, -33, -20,
	-127, -75, -17, 58, -25, 13, 97, -16, -20, -73, 78, -57, -17, -65, -69, 12, -18,
	-40, -76, 19, -50, 6, -88, 53, -45, -64, -41, 46, 34, 79, 61, -25, -5, 31, 16,
	-76, -60, -10, -44, 77, 5, -96, 42, 26, 7, -81, -72, -78, -13, 78, -26, -39, -60,
	45, 50, 23, 36, 79, 29, -80, -4, -14, -32, 72, 12, 44, 1, -26, 68, 6, -51, -33,
	19, -27, -69, -40, -47, 24, 127, 7, 10, 75, 127, -44, 15, 70, 37, 40, -26, 29, 61,
	-17, 31, -19, -58, 14, 78, 6, -41, 16, 13, 107, 42, 96, -7, -16, -49, -14, 61, 21,
	118, -92, -54, -33, 36, 2, 6, 57, -48, 52, 1, 29, 27, -44, -27, -121, 19, -36, 28,
	41, -23, -18, -35, -80, 56, -15, 3, -3, 31, 78, 36, 26, -62, 15, -28, 22, -31,
	-43, 38, 11, -37, 21, 98, 106, -35, 2, -48, -48, 73, -3, -15, -17, 42, -55, -8,
	-64, -81, 47, 1, -34, 3, 15, 5, 28, -9, -56, -106, 83, -28, 1, 14, -4, 9, 87, -29,
	36, 38, -6, 46, 68, 16, -4, 10, -42, 10, 30, -45, 24, -8, -52, -99, -25, -69, -6,
	-3, -35, 46, 94, 1, -3, 64, 25, 66, -30, 78, 69, -30, -70, 16, 81, -20, 52, -44,
	-119, -75, 48, -44, -57, 46, -61, 66, 53, -18, -25, -7, 34, 127, 118, -19, -113,
	72, 10, -27, 7, 0, -32, 51, 31, 90, 31, -8, -48, -10, 22, -17, 4, -9, 21, -9, -14,
	64, 71, -55, 18, -20, -2, 11, -30, 20, -39, 52, 41, 61, -32, 40, -30, 34, -44, 39,
	30, -42, -87, 65, -22, 70, 35, -29, -66, 92, 31, -68, 28, 63, -73, -11, 74, -14,
	-26, 45, 55, -21, 34, -3, -30, 13, -4, 67, -6, 74, 46, 38, -45, -36, 20, 33, -94,
	4, -43, -59, -19, -10, -18, -16, -23, 34, 55, 36, -72, 4, 41, 55, -28, 14, 44, 7,
	-99, -46, -30, -20, 40, 33, 1, 56, -37, 99, 54, 44, -28, 8, -41, 1, -73, -34, -36,
	0, 13, 32, 74, -36, -62, -70, 5, -124, 26, -89, -28, 74, 42, 4, -2, -61, 8, 0,
	-23, -73, 0, -26, -36, 43, 30, -17, -18, 40, 16, -90, -12, 15, 52, -63, -64, -11,
	64, -34, -41, -2, 19, -8, -43, 26, 83, -10, 21, -22, -25, 39, 87, -15, 11, 24,
	-30, -85, -25, -32, -127, -25, 5, -22, 27, 33, -10, -127, -84, 48, 51, 53, 27,
	-73, -15, 9, 9, 31, 61, -28, -13, -12, -87, -65, -18, 17, -52, -64, 28, -9, 16, 8,
	37, 1, 70, 49, -42, -85, 39, -73, 35, 47, -1, -31, -6, -10, -27, -46, 47, 40, 20,
	37, 10, -85, 40, -29, -4, 58, -15, -55, 17, 0, -55, -40, 32, 48, -54, 9, -46, -10,
	-14, 45, -15, -4, 72, -100, -13, 24, 45, -44, -43, -10, 55, -1, 40, 1, -16, 28,
	-8, 46, -26, -60, -64, 25, 48, -34, -28, 11, 21, -22, -71, -31, 52, 42, -45, 33,
	-7, -2, -26, 11, 4, -1, -77, -2, 22, -101, 1, 50, 24, 68, -52, 12, -58, -5, -20,
	70, -14, 4, 13, -64, -23, -75, 32, 49, 13, -50, -47, -33, 101, -28, 86, -33, -44,
	-59, -127, 29, -72, 7, 22, 44, 14, 13, 34, -15, -9, -101, -117, 26, -127, -24, 36,
	-16, -44, -42, -24, 53, -78, 13, 66, -5, -83, -33, -7, 76, -46, -69, -36, 69,
	-127, 1, 12, -29, 13, 32, -19, 23, -50, 18, 67, -102, 5, -35, -6, 14, -4, -15,
	-52, -3, 14, -60, 1, -10, -76, 72, 57, 104, -53, -22, 40, -10, -3, -127, 50, -40,
	27, -127, 42, -41, -8, -45, 89, 16, 2, 127, -27, 63, -38, 75, 28, 127, -13, -99,
	16, -72, -11, -127, 31, -67, 44, -75, 33, -28, 37, 116, -18, 127, -50, -34, -46,
	-89, 41, -127, 59, -43, -43, -87, 28, -33, 40, 2, 34, 51, -42, -39, 53, -8, -20,
	50, 26, 57, -12, -40, -52, -40, 18, 33, 15, 3, 22, -18, 25, -5, -26, -6, -57, -40,
	50, -20, -26, 7, -28, 18, -84, -12, 91, -80, -6, -104, -81, 18, -5, -12, 39, -35,
	-61, -71, 11, 59, 0, 70, 60, -21, -46, -71, -21, 12, 60, 31, -42, -49, -12, -5,
	-18, 46, 37, 76, 52, -62, 17, -85, 52, -91, -2, 10, 127, -30, -10, 15, -22, -49,
	22, 107, 26, 2, 23, 86, 20, -70, 9, 101, -19, -9, 18, -62, -8, -41, -18, -16, 10,
	72, 73, 61, -11, -46, 17, 104, -19, -9, 54, 104, -38, -100, -92, -56, 17, 127, 75,
	15, -90, -13, -5, 47, 37, 11, 20, 45, -17, -114, -127, -3, 3, -48, -35, 41, -9, 3,
	24, 52, -9, 33, 10, -14, -45, 16, -47, 16, -10, 12, -41, -48, 56, 77, 23, -28,
	-25, 26, 59, 0, 35, 38, 27, 38, -5, 70, -37, -91, 79, 41, -61, -27, -10, 74, -17,
	-56, 20, -28, 100, 5, -49, 12, -33, -71, 42, 2, -17, -48, 98, 35, -40, 38, 21, 14,
	24, 13, -59, 66, 21, 64, -34, 16, -2, 7, -28, -11, -45, 26, -19, 36, -15, -2, -11,
	-13, -45, -28, 31, 41, -54, 37, -43, 21, -32, 24, -35, 35, -15, 40, -58, -60,
	-127, 9, 25, 3, -21, 8, -34, -26, -80, 50, -24, 61, 53, 3, 25, -47, -22, -5, 50,
	-28, -35, -58, 81, 26, -58, -16, -42, 87, 54, 2, 46, -9, -28, 5, -75, 37, -32,
	106, 5, -54, 23, 8, -5, 5, -22, -3, -11, 0, -21, -51, -20, -36, -8, 3, -22, -8,
	13, 37, 37, 17, -21, 29, 8, -23, 17, -34, -47, -4, -26, -17, -44, -68, 36, -35,
	-41, 25, -22, 41, 21, -7, 68, -84, -117, -26, -30, -50, -3, 1, -57, 1, -18, -21,
	-50, 7, 33, -67, 9, 13, -17, 21, -6, 3, -14, 76, 21, -40, 7, -46, -16, -23, 20,
	-63, -2, -21, 45, 47, 23, -44, 20, 36, 2, -29, 9, 113, 67, -29, -43, -9, 51, -60,
	88, -12, 19, -40, -23, 51, 68, -56, 40, 4, -21, 17, -57, -52, 78, 9, 23, -85, -19,
	-11, 102, 14, -21, -38, 24, 7, -60, -6, -13, 96, -5, -30, -2, 35, -14, 46, 68, 30,
	33, 10, -67, -11, 15, -25, 22, -37, -13, 9, -99, 27, -98, -81, 27, -91, -29, -46,
	-4, -50, -64, -66, 7, -7, -56, -11, 6, 49, 1, 38, -65, 24, -69, -80, 4, 73, -41,
	-33, -5, -53, 6, -45, -8, -23, 59, 43, -68, 13, -43, -10, 74, 64, 55, -33, -78, 3,
	-6, -11, -66, -43, 20, -124, -38, -23, 19, -11, 41, -30, 127, 25, -21, 33, -57,
	59, 68, 28, -14, 6, -19, 58, -27, 101, 24, -23, 61, 39, 32, -38, 25, 31, -7, -23,
	-27, -23, 18, -30, -59, 45, 10, 23, -127, -46, 24, 1, 47, 80, 47, -44, -20, 50,
	38, 19, 14, 15, -25, 27, 15, 37, 75, -21, -27, 53, 59, 60, -35, -59, -59, -109,
	64, 57, -12, -27, 31, -31, 62, -83, 78, 60, -6, 28, 42, 31, 37, 96, -76, 11, -39,
	-20, 48, -23, 78, 9, 62, -21, 84, -121, 43, 53, -42, 12, 27, 45, 42, -13, 54, 16,
	-8, 46, 27, -6, 103, -30, -33, 11, -6, 86, -21, -35, 42, -29, 8, 36, 83, -66, 61,
	29, 50, -54, 71, -27, -18, 23, -8, 71, -24, -61, -31, 88, 33, 15, -37, -3, 22, 28,
	24, -23, 17, 1, 67, -50, 1, -109, -71, 82, 44, -43, -37, 26, 47, 42, -30, 38, -38,
	31, 22, -32, 26, 33, 5, -88, 15, -18, -75, -4, 70, -42, -27, -9, 17, -8, 38, -65,
	25, 48, -82, 1, -7, -8, -87, -1, 43, 63, 21, -36, 119, -23, 24, -53, -71, 2, -85,
	-49, -45, -108, -24, 10, -127, 6, -13, -16, 30, -23, -127, 47, 34, -87, -94, 51,
	-88, -59, -29, 0, -57, -13, 6, -8, -36, 2, 19, -35, 18, -12, 79, -14, 23, -70, 27,
	-14, -86, -50, -127, 59, -83, 38, 19, -24, 66, 38, 18, 16, -90, -108, 11, 42,
	-127, 11, 28, 55, -73, -79, 50, -33, 3, 81, 22, 105, -69, -24, 15, 1, 76, 127,
	-58, 55, -15, -32, 11, -77, 77, 91, 19, 104, -24, 127, 20, 125, -39, -127, 50,
	-50, 7, 127, -59, 45, 3, 22, -18, 0, 35, 127, -26, 49, -42, -95, 69, -33, 23, 127,
	-75, 36, -33, -22, -32, -66, -24, 32, 48, 27, -12, 44, 73, 98, 21, -19, 19, -25,
	-1, 0, -9, 3, 8, -18, -84, -50, 37, -33, 16, 13, -51, 43, -20, -18, 103, 20, -49,
	5, 73, 12, -39, -2, 20, -36, -5, -5, -55, -79, 6, -19, -63, -31, 36, 6, -68, -42,
	-37, -31, -29, -26, -46, -62, 51, -21, 31, 6, -10, -118, -52, -127, -116, -31,
	-70, -64, -10, -64, -71, -33, 127, -4, 13, 66, -9, -33, -26, -16, 7, -19, 55, 59,
	-44, 12, 3, -93, 20, -1, -45, 22, -52, -103, -43, -18, -1, -18, -21, -47, -13, 45,
	53, 79, -3, 76, 17, -102, -10, 54, 44, -28, 41, 23, 24, -24, -38, -44, -7, 96,
	-27, 37, -21, -98, 30, 106, 95, 6, -25, -8, 64, -12, -23, -57, 0, 104, 17, 33, -8,
	-127, 26, -2, 97, -50, 4, 41, -19, -105, -16, -32, 52, 52, 15, 14, -86, 77, -119,
	53, 127, -27, -48, 30, 101, -6, -25, 37, -45, -93, 53, -24, 43, 40, 32, 4, -23,
	64, 76, 35, 62, 33, -15, 25, -22, -26, -41, -43, 54, 87, -8, 20, 9, -67, 52, 62,
	43, -52, 26, 14, 20, -40, 53, -32, -66, -13, 12, 13, 12, -2, 55, -16, -56, 36,
	-54, -39, 1, -18, -7, 44, 73, 20, -41, 56, -13, 54, 25, -11, -13, 53, 2, -32, -77,
	-18, 18, -9, -24, -1, -37, -25, -50, -15, -1, -53, -15, 38, -38, -5, -53, 24, -20,
	-37, 31, -12, 4, -120, -98, 22, 17, -11, -76, 64, -52, 90, -103, 57, 85, -33, 21,
	-75, -10, -33, 23, -45, 12, -28, 38, -25, -44, 22, 29, 31, 68, -20, -22, 39, -28,
	-25, 24, 19, 1, 12, 33, 17, -6, -16, -11, -66, -21, 15, 40, 50, 68, 55, 4, 43, 24,
	-22, 53, 11, -18, -59, 3, -17, -37, 13, 13, 56, 41, -29, 93, -58, -27, -12, 25,
	-11, -25, -62, -95, 69, -10, -5, 29, -28, 75, 1, 10, -31, 9, 56, 74, -58, 16, 24,
	-23, 43, 18, 66, 17, 14, -90, 51, -7, -33, 5, 34, 28, -4, -28, -17, 35, -38, 68,
	74, -26, -9, 34, -1, 0, -15, 62, 106, 41, -21, -25, 40, 27, -59, 5, 34, -56, 55,
	-39, 48, 66, -46, 51, 71, 26, -78, 28,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_9_bias_u8[48] = {
	3245, -4216, 1897, -4338, 295, -1033, -2491, 5123, 5897, 210, -403, -5957, -3022,
	334, 5396, 1556, -3948, 6117, 227, 3391, 5484, -1799, -2007, 4920, 3303, 3010,
	-3824, 1797, 1854, 7777, -208, 2593, -3288, 4190, 154, 4890, -1741, 212, -295,
	-2699, 6419, -1189, -1933, -4490, 7452, -5247, 2909, 2538,
};

static SHAPES_CONST _Alignas(64) const int32_t conv2d_9_mult_16[48] = {
	1475540032, 1690113479, 1161290884, 1170925097, 1242413296, 1664657495,
	1264623971, 1151605026, 1970528341, 1326137118, 1522756004, 1074723203,
	1800377407, 1590281765, 1209241423, 1383883778, 1320762092, 1415716129,
	1668207690, 1110173833, 2099421531, 1467942792, 1432413284, 1808241837,
	1588194392, 1980727075, 1540782801, 1752485073, 1378450050, 1128876576,
	1386809255, 1167242969, 1828534023, 1374758455, 1176759030, 1834324199,
	1511990010, 1593893069, 2131034683, 1195353419, 1410360034, 1124816412,
	1526248908, 1332937602, 1549156039, 1955872228, 1935354699, 1440551049,
};

static SHAPES_CONST _Alignas(64) const int8_t conv2d_9_shift_16[48] = {
	-8, -9, -8, -8, -8, -9, -8, -8, -9, -8, -8, -8, -9, -9, -8, -9, -9, -8, -8, -7,
	-9, -8, -9, -9, -8, -8, -8, -9, -8, -8, -8, -8, -9, -8, -8, -8, -8, -9, -9, -8,
	-8, -8, -8, -8, -8, -8, -9, -8,
};

static SHAPES_CONST _Alignas(64) const int8_t dense_12_w_vnni[768] = {
	40, -23, -81, 35, 4, 27, -71, -41, -57, 0, 54, 49, -64, 78, 51, 28, 99, -28, -35,
	-16, -39, 20, 52, -32, -120, 60, -14, -75, -28, -118, 4, 69, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -78, 0,
	-31, -84, 37, -33, 38, 15, 98, -73, 12, 2, 93, 20, -49, 16, -69, 23, -60, 25, 25,
	-18, -99, 44, 70, -75, 127, 85, -17, 59, -29, -51, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -26, 32, -44,
	20, 22, -42, 36, -43, 24, 101, 127, 46, -62, -4, 65, 27, -24, 0, -8, -2, 45, -75,
	-121, -127, 23, -107, -86, -6, -66, 44, 68, 94, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15, -36, -63, 6, 9,
	26, -112, -41, 82, -26, 11, 19, -43, 26, 41, -7, -81, 26, 56, 55, -93, 68, 60,
	-117, 23, 25, -5, -1, -46, -6, -34, 94, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, -70, 47, 29, 44, 16, 45,
	-40, -14, 61, -50, -101, 11, 43, -127, -114, 5, 30, 79, 79, -98, 37, -7, 29, 83,
	61, 99, 6, 65, -26, -105, 38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -75, -36, -50, -8, 4, -116, 37, -52,
	13, -19, -2, -97, -7, 68, 36, -4, 15, -18, -31, 71, -2, -49, -40, 39, 98, -9, 36,
	-25, -95, 63, -29, 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -12, -97, -40, 5, 53, -99, 47, -17, -36, -105,
	60, -71, -57, 33, -24, 5, 47, 109, -127, 12, 40, 90, -117, 83, 97, 68, 92, -19,
	-121, -42, -35, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 11, -29, -127, -39, -78, 15, 12, -82, -26,
	91, 26, -109, -18, -72, 8, 51, 61, -56, 78, -4, -20, -26, -44, 2, -13, 83, -23,
	61, -22, -59, -23, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33, -7, -71, -46, 53, -89, 1, -127, 52, -66, 68,
	-60, -84, -48, -32, 59, -5, 37, -75, 46, -110, 37, 29, 66, 3, 22, 81, 85, 51, 18,
	79, -50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, -5, -4, -86, -83, -82, 50, -2, 1, -11, 86, 59, 33, 22, 27,
	13, 79, -27, -25, -78, -99, -78, 16, 1, -8, -100, 21, 112, 70, 50, -127, -30, 42,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 22, -5, 18, -95, -88, -85, -65, -16, -83, -8, -71, 34, -36, 66, 13,
	115, 74, 7, 45, -29, 55, -58, -66, 17, 28, -119, -82, 10, 50, 77, 53, 38, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, -63, 18, -23, -43, 35, 50, -66, -84, 21, 77, -86, -38, -18, 67, 34, 71, 37,
	-51, 59, 55, 45, -85, 58, 43, 82, -122, -108, 50, -106, 100, 77, 57, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0,
};

static SHAPES_CONST _Alignas(64) const int32_t dense_12_bias_u8[16] = {
	143515, 102594, -14626, -28617, -40476, 64251, -71211, -16904, 0, 0, 0, 0, 0, 0,
	0, 0,
};

static SHAPES_CONST _Alignas(64) const int32_t dense_12_mult_16[16] = {
	1235334826, 1159955047, 1538386178, 1605502888, 1560865693, 1675618794,
	1150737325, 1173737287, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t dense_12_shift_16[16] = {
	-9, -9, -10, -10, -10, -10, -10, -10, 0, 0, 0, 0, 0, 0, 0, 0,
};

static SHAPES_CONST _Alignas(64) const int8_t outside_s8_m128[192] = {
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
	-128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
};

static SHAPES_CONST _Alignas(64) const int8_t outside_s8_m10[192] = {
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
	-10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
};

/* ---- kernels ---- */

/*
 * conv2d_0.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  The left side of the dot product has no
 * sign, so x counts from -128, and bias_u8 knows it.  Weights are in blocks of 16 outputs of four
 * inputs each, filled up with zeros.
 */
static void
conv2d_0(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16, int8_t *restrict scratch)
{
	int32_t zeros[WINDOWS];

	for (int at = 0; at < 16; at += WINDOWS) {
		const int count = 16 - at < WINDOWS ? 16 - at : WINDOWS;

		for (int p = 0; p < count; p++)
			lay_out(scratch + p * 9, x, 32, 1, 3, 3, 1,
				(at + p) * 2, 1, -128);
		zeros_of(zeros, scratch, 9, 9, count, 0);
		tiles(y + at * 12, 12, scratch, 9, w_vnni,
			bias_u8, zeros, mult_16, shift_16, 9, count, 4,
			12, 0, -8, -128, -128, 127);
	}
}

/*
 * depthwise_1.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  The left side of the dot product has no
 * sign, so x counts from -128, and bias_u8 knows it; columns outside read as x_zero.  Weights are
 * in blocks of 16 channels, there column after column of four rows; where one less its zero point
 * does not fit a byte, its second part follows with those of all the block.
 */
static void
depthwise_1(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_columns,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	strip(y, x, w_columns, bias_u8, mult_16,
		shift_16, 0, 12, 16, 8, 3, 3, 2, 0,
		12, 12, -128, 1, -6, -128, -128, 127);
}

/*
 * conv2d_2.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  The left side of the dot product has no sign, so x counts from -128, and bias_u8
 * knows it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 */
static void
conv2d_2(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	int32_t zeros[STRETCH];

	zeros_of(zeros, x, 12, 12, 64, 0);
	tiles(y, 24, x, 12, w_vnni,
		bias_u8, zeros, mult_16, shift_16, 12, 64,
		4, 24, 0, -6, -128, -128, 127);
}

/*
 * depthwise_3.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  The left side of the dot product has no
 * sign, so x counts from -128, and bias_u8 knows it; columns outside read as x_zero.  Weights are
 * in blocks of 16 channels, there column after column of four rows; where one less its zero point
 * does not fit a byte, its second part follows with those of all the block.
 */
static void
depthwise_3(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_columns,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	strip(y, x, w_columns, bias_u8, mult_16, shift_16, 0, 16,
		8, 8, 3, 3, 1, 1, 24, 24, -128,
		1, -6, -128, -128, 127);
	strip(y + 16, x, w_columns + 192, bias_u8 + 16, mult_16 + 16,
		shift_16 + 16, 16, 8, 8, 8, 3, 3, 1, 1,
		24, 24, -128, 1, -6, -128, -128, 127);
}

/*
 * conv2d_4.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  The left side of the dot product has no sign, so x counts from -128, and bias_u8
 * knows it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 */
static void
conv2d_4(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	int32_t zeros[STRETCH];

	zeros_of(zeros, x, 24, 24, 8, 0);
	tiles(y, 24, x, 24, w_vnni,
		bias_u8, zeros, mult_16, shift_16, 24, 8,
		2, 24, 0, -8, -10, -128, 127);
}

/*
 * add_5.
 * y = clamp(requantize(x' + x2')), x' = requantize((x - x_zero) * 2^left_shift), pixel by pixel.
 * A step is 0 where the operand has one pixel for all.
 */
static void
add_5(int8_t *y, const int8_t *x, const int8_t *x2)
{
	const Scales x_scales = same_scales(1911516091, -3);
	const Scales x2_scales = same_scales(1073741824, 0);
	const Scales y_scales = same_scales(1073741824, -18);

	for (int c = 0; c < 1536; c += 64) {
		__m512i a[4], b[4];

		widen64(a, x + c, 1536 - c, -128);
		widen64(b, x2 + c, 1536 - c, -10);
		for (int k = 0; k < 4; k++) {
			a[k] = requantize16(_mm512_slli_epi32(a[k], (unsigned)20), &x_scales,
				-3);
			b[k] = requantize16(_mm512_slli_epi32(b[k], (unsigned)20), &x2_scales,
				0);
			a[k] = requantize16(_mm512_add_epi32(a[k], b[k]), &y_scales, -18);
		}
		store64(y + c, narrow64(a, -10, -128, 127), 1536 - c);
	}
}

/*
 * depthwise_6.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  The left side of the dot product has no
 * sign, so x counts from -128, and bias_u8 knows it; columns outside read as x_zero.  Weights are
 * in blocks of 16 channels, there column after column of four rows; where one less its zero point
 * does not fit a byte, its second part follows with those of all the block.
 */
static void
depthwise_6(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_columns,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	strip(y, x, w_columns, bias_u8, mult_16, shift_16, 0, 16,
		8, 4, 3, 3, 2, 0, 24, 24, -10,
		1, -6, -128, -128, 127);
	strip(y + 16, x, w_columns + 192, bias_u8 + 16, mult_16 + 16,
		shift_16 + 16, 16, 8, 8, 4, 3, 3, 2, 0,
		24, 24, -10, 1, -6, -128, -128, 127);
}

/*
 * conv2d_7.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  The left side of the dot product has no sign, so x counts from -128, and bias_u8
 * knows it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 */
static void
conv2d_7(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	int32_t zeros[STRETCH];

	zeros_of(zeros, x, 24, 24, 16, 0);
	tiles(y, 48, x, 24, w_vnni,
		bias_u8, zeros, mult_16, shift_16, 24, 16,
		4, 48, 0, -6, -128, -128, 127);
}

/*
 * depthwise_8.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  The left side of the dot product has no
 * sign, so x counts from -128, and bias_u8 knows it; columns outside read as x_zero.  Weights are
 * in blocks of 16 channels, there column after column of four rows; where one less its zero point
 * does not fit a byte, its second part follows with those of all the block.
 */
static void
depthwise_8(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_columns,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	for (int c = 0; c + 16 <= 48; c += 16)
		strip(y + c, x, w_columns + c * 12, bias_u8 + c, mult_16 + c, shift_16 + c, c, 16,
			4, 4, 3, 3, 1, 1, 48, 48, -128,
			1, -5, -128, -128, 127);
}

/*
 * conv2d_9.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  The left side of the dot product has no sign, so x counts from -128, and bias_u8
 * knows it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 */
static void
conv2d_9(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	int32_t zeros[STRETCH];

	zeros_of(zeros, x, 48, 48, 16, 0);
	tiles(y, 48, x, 48, w_vnni,
		bias_u8, zeros, mult_16, shift_16, 48, 16,
		4, 48, 0, -7, -5, -128, 127);
}

/*
 * add_10.
 * y = clamp(requantize(x' + x2')), x' = requantize((x - x_zero) * 2^left_shift), pixel by pixel.
 * A step is 0 where the operand has one pixel for all.
 */
static void
add_10(int8_t *y, const int8_t *x, const int8_t *x2)
{
	const Scales x_scales = same_scales(1393011259, -3);
	const Scales x2_scales = same_scales(1073741824, 0);
	const Scales y_scales = same_scales(1085344742, -18);

	for (int c = 0; c < 768; c += 64) {
		__m512i a[4], b[4];

		widen64(a, x + c, 768 - c, -128);
		widen64(b, x2 + c, 768 - c, -5);
		for (int k = 0; k < 4; k++) {
			a[k] = requantize16(_mm512_slli_epi32(a[k], (unsigned)20), &x_scales,
				-3);
			b[k] = requantize16(_mm512_slli_epi32(b[k], (unsigned)20), &x2_scales,
				0);
			a[k] = requantize16(_mm512_add_epi32(a[k], b[k]), &y_scales, -18);
		}
		store64(y + c, narrow64(a, -7, -128, 127), 768 - c);
	}
}

/*
 * mean_11.
 */
static void
mean_11_begin(int32_t *restrict acc)
{
	for (int c = 0; c < 64; c++)
		acc[c] = 0;
}

/*
 * mean_11.
 * acc += x - x_zero, for one row of pixels.
 */
static void
mean_11_row(int32_t *restrict acc, const int8_t *restrict x)
{
	__m512i sum[4], v[4];

	for (int k = 0; k < 4; k++)
		sum[k] = _mm512_loadu_si512(acc + 16 * k);
	for (int p = 0; p < 4; p++) {
		widen64(v, x + p * 48, 48, -7);
		for (int k = 0; k < 4; k++)
			sum[k] = _mm512_add_epi32(sum[k], v[k]);
	}
	for (int k = 0; k < 4; k++)
		_mm512_storeu_si512(acc + 16 * k, sum[k]);
}

/*
 * mean_11.
 * y = clamp(requantize(acc)); the multiplier divides by the number of pixels too.
 */
static void
mean_11_end(int8_t *restrict y, const int32_t *restrict acc)
{
	const Scales scales = same_scales(1865998095, -2);
	__m512i sum[4];

	for (int k = 0; k < 4; k++)
		sum[k] = requantize16(_mm512_loadu_si512(acc + 16 * k), &scales, -2);
	store64(y, narrow64(sum, -7, -128, 127), 48);
}

/*
 * dense_12.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  The left side of the dot product has no sign, so x counts from -128, and bias_u8 knows
 * it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 */
static void
dense_12(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16)
{
	const int8_t *v = x;

	dot_row(y, v, w_vnni, bias_u8, 0,
		mult_16, shift_16, 48, 8, -9, 1, -128, 127);
}

/*
 * softmax_13.
 * y = 256 * exp(beta * x) / sum of exp(beta * x) - 128, over the channels of each pixel.
 * exp(beta * (x - max)): the exponent has 26 fraction bits, the power 31, the sum 19.  What is
 * more than -diff_min below the maximum counts as nothing.
 */
static void
softmax_13(int8_t *y, const int8_t *x)
{
	const int8_t *pixel = x;
	int32_t max = INT8_MIN;
	uint32_t sum = 0;

	for (int c = 0; c < 8; c++)
		max = max > pixel[c] ? max : pixel[c];
	for (int c = 0; c < 8; c++)
		if (pixel[c] - max >= -62)
			sum += (uint32_t)shift_right(exp_of_negative(
				requantize(pixel[c] - max, 2009166720, 25), 26), 12);

	int32_t scale = reciprocal(sum);
	int bits = 35 - leading_zeros(sum); /* beyond 31 nothing is left */

	for (int c = 0; c < 8; c++) {
		int32_t power = 0;

		if (pixel[c] - max >= -62 && bits < 32)
			power = shift_right(high_product(scale, exp_of_negative(
				requantize(pixel[c] - max, 2009166720, 25), 26)), bits);
		y[c] = (int8_t)clamp(power + INT8_MIN, INT8_MIN, INT8_MAX);
	}
}

/* ---- model ---- */

int8_t *
shapes_image(shapes_work *work)
{
	return (int8_t *)(work->mem + 2112);
}

/* Work area: 3840 bytes; the most that is live at once: 3264. */
void
shapes_run(shapes_work *work, int8_t scores[8])
{
	int8_t *const image = (int8_t *)(work->mem + 2112); /* 32x32x1 */
	int8_t *const conv2d_0_y = (int8_t *)(work->mem + 0); /* 16x16x12 */
	int8_t *const depthwise_1_y = (int8_t *)(work->mem + 3072); /* 8x8x12 */
	int8_t *const conv2d_2_y = (int8_t *)(work->mem + 0); /* 8x8x24 */
	int8_t *const depthwise_3_y = (int8_t *)(work->mem + 1728); /* 8x8x24 */
	int8_t *const conv2d_4_y = (int8_t *)(work->mem + 1536); /* 8x8x24 */
	int8_t *const add_5_y = (int8_t *)(work->mem + 0); /* 8x8x24 */
	int8_t *const depthwise_6_y = (int8_t *)(work->mem + 1536); /* 4x4x24 */
	int8_t *const conv2d_7_y = (int8_t *)(work->mem + 768); /* 4x4x48 */
	int8_t *const depthwise_8_y = (int8_t *)(work->mem + 1536); /* 4x4x48 */
	int8_t *const conv2d_9_y = (int8_t *)(work->mem + 0); /* 4x4x48 */
	int8_t *const add_10_y = (int8_t *)(work->mem + 768); /* 4x4x48 */
	int8_t *const mean_11_y = (int8_t *)(work->mem + 0); /* 1x1x48 */
	int8_t *const reshape_11_y = (int8_t *)(work->mem + 0); /* 1x1x48 */
	int8_t *const dense_12_y = scores; /* 1x1x8 */

	/* conv2d_0: 32x32x1 -> 16x16x12; re_lu_1 */
	for (int r = 0; r < 16; r++) {
		const int8_t *x[3];

		for (int i = 0; i < 3; i++) {
			int at = 2 * r + i;

			x[i] = at >= 0 && at < 32 ? image + 32 * at : outside_s8_m128;
		}
		conv2d_0(conv2d_0_y + 192 * r, x, conv2d_0_w_vnni, conv2d_0_bias_u8,
			conv2d_0_mult_16, conv2d_0_shift_16, (int8_t *)(work->mem + 3136));
	}

	/* depthwise_1: 16x16x12 -> 8x8x12; re_lu_1_2 */
	for (int r = 0; r < 8; r++) {
		const int8_t *x[3];

		for (int i = 0; i < 3; i++) {
			int at = 2 * r + i;

			x[i] = at >= 0 && at < 16 ? conv2d_0_y + 192 * at : outside_s8_m128;
		}
		depthwise_1(depthwise_1_y + 96 * r, x, depthwise_1_w_columns,
			depthwise_1_bias_u8, depthwise_1_mult_16, depthwise_1_shift_16);
	}

	/* conv2d_2: 8x8x12 -> 8x8x24; re_lu_2_1 */
	conv2d_2(conv2d_2_y, depthwise_1_y, conv2d_2_w_vnni, conv2d_2_bias_u8,
		conv2d_2_mult_16, conv2d_2_shift_16);

	/* depthwise_3: 8x8x24 -> 8x8x24; re_lu_3_1 */
	for (int r = 0; r < 8; r++) {
		const int8_t *x[3];

		for (int i = 0; i < 3; i++) {
			int at = r + i - 1;

			x[i] = at >= 0 && at < 8 ? conv2d_2_y + 192 * at : outside_s8_m128;
		}
		depthwise_3(depthwise_3_y + 192 * r, x, depthwise_3_w_columns,
			depthwise_3_bias_u8, depthwise_3_mult_16, depthwise_3_shift_16);
	}

	/* conv2d_4: 8x8x24 -> 8x8x24; add_1 */
	for (int r = 0; r < 8; r++) {
		conv2d_4(conv2d_4_y + 192 * r, depthwise_3_y + 192 * r,
			conv2d_4_w_vnni, conv2d_4_bias_u8, conv2d_4_mult_16,
			conv2d_4_shift_16);
	}

	/* add_5: 8x8x24 and 8x8x24 -> 8x8x24, in place; add_1 */
	add_5(add_5_y, conv2d_2_y, conv2d_4_y);

	/* depthwise_6: 8x8x24 -> 4x4x24; re_lu_4_1 */
	for (int r = 0; r < 4; r++) {
		const int8_t *x[3];

		for (int i = 0; i < 3; i++) {
			int at = 2 * r + i;

			x[i] = at >= 0 && at < 8 ? add_5_y + 192 * at : outside_s8_m10;
		}
		depthwise_6(depthwise_6_y + 96 * r, x, depthwise_6_w_columns,
			depthwise_6_bias_u8, depthwise_6_mult_16, depthwise_6_shift_16);
	}

	/* conv2d_7: 4x4x24 -> 4x4x48; re_lu_5_1 */
	conv2d_7(conv2d_7_y, depthwise_6_y, conv2d_7_w_vnni, conv2d_7_bias_u8,
		conv2d_7_mult_16, conv2d_7_shift_16);

	/* depthwise_8: 4x4x48 -> 4x4x48; re_lu_6_1 */
	for (int r = 0; r < 4; r++) {
		const int8_t *x[3];

		for (int i = 0; i < 3; i++) {
			int at = r + i - 1;

			x[i] = at >= 0 && at < 4 ? conv2d_7_y + 192 * at : outside_s8_m128;
		}
		depthwise_8(depthwise_8_y + 192 * r, x, depthwise_8_w_columns,
			depthwise_8_bias_u8, depthwise_8_mult_16, depthwise_8_shift_16);
	}

	/* conv2d_9: 4x4x48 -> 4x4x48; add_1 */
	conv2d_9(conv2d_9_y, depthwise_8_y, conv2d_9_w_vnni, conv2d_9_bias_u8,
		conv2d_9_mult_16, conv2d_9_shift_16);

	/* add_10: 4x4x48 and 4x4x48 -> 4x4x48, in place; add_1_2 */
	add_10(add_10_y, conv2d_7_y, conv2d_9_y);

	/* mean_11: 4x4x48 -> 1x1x48; global_average_pooling2d_1 */
	mean_11_begin((int32_t *)(work->mem + 64));
	for (int r = 0; r < 4; r++) {
		mean_11_row((int32_t *)(work->mem + 64), add_10_y + 192 * r);
	}
	mean_11_end(mean_11_y, (int32_t *)(work->mem + 64));

	/* dense_12: 1x1x48 -> 1x1x8; dense_1 */
	dense_12(dense_12_y, reshape_11_y, dense_12_w_vnni, dense_12_bias_u8,
		dense_12_mult_16, dense_12_shift_16);

	/* softmax_13: 1x1x8 -> 1x1x8, in place; PartitionedCall:0 */
	softmax_13(scores, dense_12_y);
}
