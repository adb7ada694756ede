/* depthwise_s8.c: convolution of int8, each channel by itself: 4 pixels of 16 channels at a time. */
#include <assert.h>

#include "../common/fixed8.h"

enum { SOME_COLUMNS = 16 }; /* of the image that one loop takes in */

/*
 * Weights of 16 channels, widened: of two rows after two, column by column, two vectors of eight
 * channels of two weights.  w: column by column of four rows, all of it once more for second parts.
 */
static inline __attribute__((always_inline)) void
widen_weights(int16_t *to, const int8_t *w, int kernel_h, int kernel_w, int parts)
{
	const int part = (kernel_h + 3) / 4 * kernel_w * 64;

	for (int i = 0; i < kernel_h; i += 4) {
		for (int k = 0; k < 2 * kernel_w; k++) { /* eight channels of a column */
			const int8_t *from = w + i / 4 * kernel_w * 64 + 32 * k;
			int16_t *pairs = to + i / 2 * kernel_w * 32 + 16 * k;
			__m256i a = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)from));
			__m256i b = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(from + 16)));

			for (int p = 1; p < parts; p++) {
				const int8_t *more = from + p * part;

				a = _mm256_add_epi16(a, _mm256_cvtepi8_epi16(
					_mm_loadu_si128((const __m128i *)more)));
				b = _mm256_add_epi16(b, _mm256_cvtepi8_epi16(
					_mm_loadu_si128((const __m128i *)(more + 16))));
			}
			__m256 c = _mm256_castsi256_ps(a), d = _mm256_castsi256_ps(b);
			_mm256_storeu_si256((__m256i *)pairs, _mm256_permute4x64_epi64(
				_mm256_castps_si256(_mm256_shuffle_ps(c, d, 0x88)), 0xd8));
			if (i + 2 < kernel_h)
				_mm256_storeu_si256((__m256i *)(pairs + kernel_w * 32),
					_mm256_permute4x64_epi64(_mm256_castps_si256(
					_mm256_shuffle_ps(c, d, 0xdd)), 0xd8));
		}
	}
}

/*
 * A column of two rows of the image, or of the last one, goes to all of four pixels' windows that it
 * is in, k columns after the first one's first.  inside: all columns are.
 */
static inline __attribute__((always_inline)) void
add_column(__m256i sum[4][2], const int8_t *x0, const int8_t *x1, const int16_t *w, int k, int rows,
	int inside, int column, int in_w, int kernel_w, int stride_w, int dilation_w, int x_step,
	int x_zero, int count)
{
	const int at = column * x_step;
	__m128i a = _mm_set1_epi8((char)x_zero), b = a;

	if (inside || (column >= 0 && column < in_w)) {
		a = load16(x0 + at, count);
		b = rows > 1 ? load16(x1 + at, count) : a;
	}
	const __m256i low = _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(a, b));
	const __m256i high = _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(a, b));
#pragma GCC unroll 4
	for (int q = 0; q < 4; q++) {
		const int from = k - q * stride_w, j = from / dilation_w;

		if (from >= 0 && j < kernel_w && from % dilation_w == 0) {
			const __m256i *v = (const __m256i *)(w + 32 * j);

			sum[q][0] = _mm256_add_epi32(sum[q][0],
				_mm256_madd_epi16(low, _mm256_loadu_si256(v)));
			if (count > 8)
				sum[q][1] = _mm256_add_epi32(sum[q][1],
					_mm256_madd_epi16(high, _mm256_loadu_si256(v + 1)));
		}
	}
}

/* Four pixels' sums over these rows, from column `first` on.  clang 14 unrolls only loops that have
 * as many turns as they are told to. */
static inline __attribute__((always_inline)) void
add_columns(__m256i sum[4][2], const int8_t *x0, const int8_t *x1, const int16_t *w, int rows,
	int inside, int first, int in_w, int kernel_w, int stride_w, int dilation_w, int x_step,
	int x_zero, int count)
{
	const int columns = 3 * stride_w + (kernel_w - 1) * dilation_w + 1;

	for (int some = 0; some < columns; some += SOME_COLUMNS) {
#pragma GCC unroll 16
		for (int i = 0; i < SOME_COLUMNS; i++) {
			const int k = some + i;

			if (k < columns)
				add_column(sum, x0, x1, w, k, rows, inside, first + k, in_w, kernel_w, stride_w,
					dilation_w, x_step, x_zero, count);
		}
	}
}

/* All rows. */
static inline __attribute__((always_inline)) void
add_windows(__m256i sum[4][2], const int8_t *const *x, int c, const int16_t *w, int inside,
	int first, int in_w, int kernel_h, int kernel_w, int stride_w, int dilation_w, int x_step,
	int x_zero, int count)
{
	for (int i = 0; i + 2 <= kernel_h; i += 2)
		add_columns(sum, x[i] + c, x[i + 1] + c, w + i * kernel_w * 16, 2, inside, first, in_w,
			kernel_w, stride_w, dilation_w, x_step, x_zero, count);
	if (kernel_h % 2 > 0)
		add_columns(sum, x[kernel_h - 1] + c, x[kernel_h - 1] + c,
			w + (kernel_h - 1) * kernel_w * 16, 1, inside, first, in_w, kernel_w, stride_w,
			dilation_w, x_step, x_zero, count);
}

/* A row of up to 16 channels from channel c on.  w: as widened. */
static inline __attribute__((always_inline)) void
strip(int8_t *restrict y, const int8_t *const *x, const int16_t *restrict w,
	const int32_t *restrict bias, const Rescales *rescales, int c, int count, int in_w,
	int out_w, int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left, int x_step,
	int y_step, int x_zero, int form, int shift_most, int y_zero, int y_min, int y_max)
{
	const Rescale low = rescale8_at(rescales, c, form, shift_most);
	const Rescale high = rescale8_at(rescales, c + 8, form, shift_most);
	const int wide = 3 * stride_w + (kernel_w - 1) * dilation_w; /* from first to last column */

	for (int p = 0; p < out_w; p += 4) {
		const int first = p * stride_w - pad_left;
		__m256i sum[4][2];

#pragma GCC unroll 4
		for (int q = 0; q < 4; q++) {
			sum[q][0] = _mm256_loadu_si256((const __m256i *)bias);
			sum[q][1] = _mm256_loadu_si256((const __m256i *)(bias + 8));
		}
		if (first >= 0 && first + wide < in_w)
			add_windows(sum, x, c, w, 1, first, in_w, kernel_h, kernel_w, stride_w, dilation_w,
				x_step, x_zero, count);
		else
			add_windows(sum, x, c, w, 0, first, in_w, kernel_h, kernel_w, stride_w, dilation_w,
				x_step, x_zero, count);
#pragma GCC unroll 4
		for (int q = 0; q < 4; q++) {
			sum[q][0] = rescale8(sum[q][0], &low, form, shift_most, y_zero);
			sum[q][1] = rescale8(sum[q][1], &high, form, shift_most, y_zero);
		}
#pragma GCC unroll 2
		for (int q = 0; q < 4; q += 2) {
			const __m256i v[4] = { sum[q][0], sum[q][1], sum[q + 1][0], sum[q + 1][1] };
			const __m256i out = narrow32(v, form, y_min, y_max);

			if (p + q < out_w)
				store16(y + (p + q) * y_step, _mm256_castsi256_si128(out), count);
			if (p + q + 1 < out_w)
				store16(y + (p + q + 1) * y_step, _mm256_extracti128_si256(out, 1), count);
		}
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window; columns outside read as x_zero, which is in
 * start_16.  Weights, less their zero point, are in blocks of 16 channels, there column after
 * column of four rows; where one does not fit a byte, second parts follow with those of the block.
 * cost: (out_c + 15) / 16 * ((kernel_h + 1) / 2 * kernel_w * 6 + (out_w + 3) / 4 * ((kernel_h + 1) / 2 * (3 * stride_w + (kernel_w - 1) * dilation_w + 1 + 5 * kernel_w) + 20))
 * scratch: (kernel_h + 1) / 2 * kernel_w * 64
 */
void
depthwise_s8_avx2(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_columns,
	const int32_t *restrict start_16, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16,
	const float *restrict scale_16, const float *restrict offset_16,
	const uint8_t *restrict fine_16, const float *restrict rest_16,
	int16_t *restrict scratch, int in_w, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int pad_left, int multiplier,
	int x_step, int y_step, int x_zero, int w_parts, int form, int fine,
	int shift_most, int y_zero, int y_min, int y_max)
{
	assert(multiplier == 1);

	const int rest = out_c % 16, last = out_c - rest;
	const int block = w_parts * ((kernel_h + 3) / 4) * kernel_w * 4; /* bytes of a channel */
	const Rescales rescales = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? rest_16 : NULL };

	for (int c = 0; c + 16 <= out_c; c += 16) {
		widen_weights(scratch, w_columns + c * block, kernel_h, kernel_w, w_parts);
		strip(y + c, x, scratch, start_16 + c, &rescales, c, 16, in_w, out_w, kernel_h,
			kernel_w, stride_w, dilation_w, pad_left, x_step, y_step, x_zero, form,
			shift_most,
			y_zero, y_min, y_max);
	}
	if (rest > 0) {
		widen_weights(scratch, w_columns + last * block, kernel_h, kernel_w, w_parts);
		strip(y + last, x, scratch, start_16 + last, &rescales, last, rest, in_w, out_w, kernel_h,
			kernel_w, stride_w, dilation_w, pad_left, x_step, y_step, x_zero, form,
			shift_most,
			y_zero, y_min, y_max);
	}
}
