/* depthwise_s8.c: convolution of int8, each channel by itself: 4 pixels of 16 channels at a time. */
#include <assert.h>

#include "dot512.h"

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
	const int32_t *restrict bias, const Rescales512 *rescales, int c, int count, int in_w, int out_w,
	int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step, int x_zero,
	int w_parts, int form, int shift_most, int y_zero, int y_min, int y_max)
{
	const __mmask16 channels = (__mmask16)((1 << count) - 1);
	const int part = (kernel_h + 3) / 4 * kernel_w * 64;
	const __m512i start = _mm512_loadu_si512(bias);
	const Rescale512 r = rescale16_at(rescales, c, form, shift_most);
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
			sum[q] = rescale16(sum[q], &r, form, shift_most, y_zero);
		store_pixels(y + p * y_step, y_step, narrow64(sum, y_min, y_max), out_w - p,
			channels);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  The left side of the dot product has no
 * sign, so x counts from -128, and bias_u8 knows it; columns outside read as x_zero.  Weights are
 * in blocks of 16 channels, there column after column of four rows; where one less its zero point
 * does not fit a byte, its second part follows with those of all the block.
 * cost: (out_w + 3) / 4 * ((out_c + 15) / 16) * ((3 * stride_w + kernel_w) * ((kernel_h + 3) / 4) * 5 + 4 * w_parts * kernel_w * ((kernel_h + 3) / 4) + 40)
 */
void
depthwise_s8_avx512vnni(int8_t *restrict y, const int8_t *const *x,
	const int8_t *restrict w_columns, const int32_t *restrict bias_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16,
	const float *restrict scale_16, const float *restrict offset_16,
	const uint8_t *restrict fine_16, const double *restrict fine_scale_16,
	const double *restrict fine_offset_16, int in_w, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int pad_left, int multiplier, int x_step,
	int y_step, int x_zero, int w_parts, int form, int shift_most, int y_zero, int y_min,
	int y_max)
{
	assert(multiplier == 1 && w_parts <= 2);
	assert(dilation_w == 1);
	assert(kernel_h <= ROWS_MOST && kernel_w <= COLUMNS_MOST && stride_w <= 3);

	const int rest = out_c % 16, last = out_c - rest;
	const int block = w_parts * ((kernel_h + 3) / 4) * kernel_w * 4; /* bytes of a channel */

	const int fine = form == 2 || form == 4;
	const Rescales512 rescales = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? fine_scale_16 : NULL, fine ? fine_offset_16 : NULL };

	for (int c = 0; c + 16 <= out_c; c += 16)
		strip(y + c, x, w_columns + c * block, bias_u8 + c, &rescales, c, 16,
			in_w, out_w, kernel_h, kernel_w, stride_w, pad_left, x_step, y_step, x_zero,
			w_parts, form, shift_most, y_zero, y_min, y_max);
	if (rest > 0)
		strip(y + last, x, w_columns + last * block, bias_u8 + last, &rescales, last, rest,
			in_w, out_w, kernel_h, kernel_w, stride_w, pad_left, x_step, y_step, x_zero,
			w_parts, form, shift_most, y_zero, y_min, y_max);
}
