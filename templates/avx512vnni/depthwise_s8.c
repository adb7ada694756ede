/* depthwise_s8.c: convolution of int8, each channel by itself: of 64 channels at a time. */
#include <stdbool.h>

#include "dot512.h"
#include "pixels512.h"

enum { STRIP_CHANNELS = 64 }; /* channels whose rows stand in scratch at a time */

/* 64 bytes: of 4 pixels 16 channels, of 2 pixels 32, or of one pixel the first count. */
static inline __attribute__((always_inline)) __m512i
load_pixels_512(const int8_t *x, int x_step, int pixels, int count)
{
	__m512i v;

	if (pixels == 1 && count < 64)
		return _mm512_maskz_loadu_epi8(first64(count), x);
	if (pixels == 1)
		return _mm512_loadu_si512(x);
	if (pixels == 2)
		return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)x)),
			_mm256_loadu_si256((const __m256i *)(x + x_step)), 1);
	v = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)x));
	v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(x + x_step)), 1);
	v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(x + 2 * x_step)), 2);
	return _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(x + 3 * x_step)), 3);
}

/*
 * Writes 64 dwords of four rows' bytes, each 128 more, or the first `vectors` times 16.  Where
 * there are fewer rows, the spare one is there once more.
 */
static inline __attribute__((always_inline)) void
interleave_512(int8_t *to, const int8_t *const *x, int rows, int spare, int at, int x_step,
	int pixels, int count, int vectors)
{
	const __m512i flip = _mm512_set1_epi8(INT8_MIN);
	__m512i v[4];

#pragma GCC unroll 4
	for (int i = 0; i < 4; i++) {
		const int row = i < rows ? i : spare;

		v[i] = _mm512_xor_si512(flip, _mm512_permutexvar_epi32(turned(),
			load_pixels_512(x[row] + at, x_step, pixels, count)));
	}
	__m512i low01 = _mm512_unpacklo_epi8(v[0], v[1]), high01 = _mm512_unpackhi_epi8(v[0], v[1]);
	__m512i low23 = _mm512_unpacklo_epi8(v[2], v[3]), high23 = _mm512_unpackhi_epi8(v[2], v[3]);

	_mm512_storeu_si512(to, _mm512_unpacklo_epi16(low01, low23));
	if (vectors > 1)
		_mm512_storeu_si512(to + 64, _mm512_unpackhi_epi16(low01, low23));
	if (vectors > 2)
		_mm512_storeu_si512(to + 128, _mm512_unpacklo_epi16(high01, high23));
	if (vectors > 3)
		_mm512_storeu_si512(to + 192, _mm512_unpackhi_epi16(high01, high23));
}

/*
 * Up to four rows side by side: of `columns` pixels, the first one `left` before x's, count
 * channels; of each four bytes, `wide` bytes to a pixel.  Columns outside are x_zero.
 */
static inline __attribute__((always_inline)) void
lay_rows_512(int8_t *to, const int8_t *const *x, int rows, int spare, int c, int count, int in_w,
	int columns, int left, int wide, int x_step, int x_zero)
{
	const int inside = columns - left < in_w ? columns - left : in_w;
	const int pixels = count == 16 ? 4 : count == 32 ? 2 : 1;
	const int bytes = inside * count, whole = inside / pixels * pixels;
	int8_t *first = to + left * wide;

	fill_bytes_512(to, x_zero ^ INT8_MIN, left * wide);
	if (x_step == count) {
		for (int i = 0; i + 64 <= bytes; i += 64)
			interleave_512(first + 4 * i, x, rows, spare, i, 0, 1, 64, 4);
		if (bytes % 64 > 0)
			interleave_512(first + bytes / 64 * 256, x, rows, spare, bytes / 64 * 64, 0, 1,
				bytes % 64, 4);
	} else {
		for (int p = 0; p < whole; p += pixels)
			interleave_512(first + p * wide, x, rows, spare, p * x_step + c, x_step, pixels,
				count, pixels > 1 ? 4 : (count + 15) / 16);
		for (int p = whole; p < inside; p++)
			interleave_512(first + p * wide, x, rows, spare, p * x_step + c, x_step, 1,
				count, (count + 15) / 16);
	}
	fill_bytes_512(first + inside * wide, x_zero ^ INT8_MIN, (columns - left - inside) * wide);
}

/* Which dword, from that of the first one's channel on, each of 16 outputs reads. */
static inline __attribute__((always_inline)) __m512i
dwords_of_512(int output, int multiplier)
{
	int32_t at[16];

	for (int i = 0; i < 16; i++)
		at[i] = (output % multiplier + i) / multiplier;
	return _mm512_loadu_si512(at);
}

/* A column's products, of the outputs from o on: 16 in each vector, `vectors` to a pixel. */
static inline __attribute__((always_inline)) void
add_column_512(__m512i sum[4], const int8_t *v, int hop, const int8_t *w, int block, int vectors,
	int o, int multiplier)
{
#pragma GCC unroll 4
	for (int k = 0; k < 4; k++) {
		const int first = o + k % vectors * 16;
		__m512i x = _mm512_loadu_si512(v + k / vectors * hop + first / multiplier * 4);

		if (multiplier > 1)
			x = _mm512_permutexvar_epi32(dwords_of_512(first, multiplier), x);
		if (k < vectors || vectors < 3)
			sum[k] = dot(sum[k], x, _mm512_loadu_si512(w + k % vectors * block));
	}
}

/* Whether there are weights other than 0: not every block of outputs has second parts. */
static inline __attribute__((always_inline)) bool
any_weight_512(const int8_t *w, int taps, int block, int vectors)
{
	__m512i any = _mm512_setzero_si512();

	for (int k = 0; k < vectors; k++)
		for (int i = 0; i < taps; i++)
			any = _mm512_or_si512(any, _mm512_loadu_si512(w + k * block + i * 64));
	return _mm512_test_epi32_mask(any, any) != 0;
}

/*
 * Outputs o to o + count of each pixel, `total` in all, from rows in scratch: four after four in a
 * `plane`, a column `tap` bytes after the other, an output's first one `hop` bytes after the last
 * output's.
 */
static inline __attribute__((always_inline)) void
channels_512(int8_t *restrict y, const int8_t *restrict v, const int8_t *restrict w,
	const int32_t *restrict bias, const Rescales512 *all, int channel, int o, int count, int total,
	int fours, int kernel_w, int plane, int tap, int hop, int multiplier, int y_step, int parts,
	int form, int shift_most, int y_zero, int y_min, int y_max)
{
	const int vectors = (count + 15) / 16, pixels = 4 / vectors, some = fours * kernel_w;
	const int block = parts * some * 64;
	Rescale512 scales[4];
	int turns = fours;

	if (parts > 1 && any_weight_512(w + some * 64, some * (parts - 1), block, vectors))
		turns = parts * fours;
#pragma GCC unroll 4
	for (int k = 0; k < 4; k++)
		scales[k] = rescale16_at(all, channel + k % vectors * 16, form, shift_most);
	for (int p = 0; p * count < total; p += pixels) {
		__m512i sum[4];

#pragma GCC unroll 4
		for (int k = 0; k < 4; k++)
			sum[k] = _mm512_loadu_si512(bias + k % vectors * 16);
		for (int i = 0; i < turns; i++) {
#pragma GCC unroll 16
			for (int j = 0; j < kernel_w; j++)
				add_column_512(sum, v + p * hop + i % fours * plane + j * tap, hop,
					w + (i * kernel_w + j) * 64, block, vectors, o, multiplier);
		}
#pragma GCC unroll 4
		for (int k = 0; k < 4; k++)
			if (k < vectors || vectors < 3)
				sum[k] = rescale16(sum[k], &scales[k], form, shift_most, y_zero);
		store_pixels_512(y + p * y_step, y_step, narrow64(sum, form, y_min, y_max), pixels, count,
			total - p * count);
	}
}

/* Up to 64 channels of x, from c on, and all their outputs. */
static inline __attribute__((always_inline)) void
strip_512(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict bias, const Rescales512 *all, int8_t *restrict scratch, int c, int count,
	int in_w, int out_w, int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left,
	int multiplier, int x_step, int y_step, int x_zero, int spare_row, int parts, int form,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int columns = (out_w - 1) * stride_w + (kernel_w - 1) * dilation_w + 1;
	const int wide = 4 * (x_step == count ? count : (count + 15) / 16 * 16);
	const int plane = (columns + 3 * stride_w) * wide + 256; /* read beyond, written beyond */
	const int fours = (kernel_h + 3) / 4, block = parts * fours * kernel_w * 4;
	const int outs = count * multiplier, rest = outs % 64, last = outs - rest;
	/* A vector is several pixels of few channels, whose weights are there as often. */
	const bool repeats = multiplier == 1 && stride_w == 1 && x_step == count &&
		y_step == count && count < 16 && 16 % count == 0;

	for (int i = 0; i < fours; i++)
		lay_rows_512(scratch + i * plane, x + 4 * i, kernel_h - 4 * i, spare_row, c, count, in_w,
			columns, pad_left < columns ? pad_left : columns, wide, x_step, x_zero);
	if (repeats)
		channels_512(y, scratch, w, bias, all, c, 0, 16, out_w * count, fours, kernel_w, plane,
			dilation_w * wide, 64, 1, 16, parts, form, shift_most, y_zero, y_min, y_max);
	for (int o = 0; o + 64 <= outs && !repeats; o += 64)
		channels_512(y + o, scratch, w + o * block, bias + o, all, c * multiplier + o, o, 64,
			out_w * 64, fours, kernel_w, plane, dilation_w * wide, stride_w * wide, multiplier,
			y_step, parts, form, shift_most, y_zero, y_min, y_max);
	if (rest > 0 && !repeats)
		channels_512(y + last, scratch, w + last * block, bias + last, all, c * multiplier + last, last,
			rest, out_w * rest, fours, kernel_w, plane, dilation_w * wide, stride_w * wide,
			multiplier, y_step, parts, form, shift_most, y_zero, y_min, y_max);
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels, channel o from input channel o / multiplier.  x: the kernel_h rows under the window.
 * The left side of the dot product has no sign, so x counts from -128, and start_u8 knows it.
 * Weights are in blocks of 16 channels, there column after column of four rows; where one less
 * its zero point does not fit a byte, the spare row's byte has what is left of it, and further
 * parts follow with those of all the block.
 * cost: (out_w + 3) * ((out_c + 15) / 16) * ((kernel_h + 3) / 4 * (9 * stride_w + 2 * kernel_w * spread_parts) + 12) / 4
 * scratch: (kernel_h + 3) / 4 * 4 * (((out_w + 2) * stride_w + (kernel_w - 1) * dilation_w + 1) * (in_c < 64 ? in_c + 15 : 64) + 64)
 */
void
depthwise_s8_avx512vnni(int8_t *restrict y, const int8_t *const *x,
	const int8_t *restrict w_spread, const int32_t *restrict start_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16,
	const float *restrict scale_16, const float *restrict offset_16,
	const uint8_t *restrict fine_16, const float *restrict rest_16,
	int8_t *restrict scratch, int in_w, int in_c, int out_w, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int pad_left, int multiplier,
	int x_step, int y_step, int x_zero, int spare_row, int spread_parts, int form,
	int fine, int shift_most, int y_zero, int y_min, int y_max)
{
	const int rest = in_c % STRIP_CHANNELS, last = in_c - rest;
	const int block = spread_parts * ((kernel_h + 3) / 4) * kernel_w * 4; /* bytes of an output */
	const Rescales512 all = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? rest_16 : NULL };

	for (int c = 0; c + STRIP_CHANNELS <= in_c; c += STRIP_CHANNELS)
		strip_512(y + c * multiplier, x, w_spread + c * multiplier * block, start_u8 + c * multiplier,
			&all, scratch, c, STRIP_CHANNELS, in_w, out_w, kernel_h, kernel_w, stride_w, dilation_w,
			pad_left, multiplier, x_step, y_step, x_zero, spare_row, spread_parts, form, shift_most,
			y_zero, y_min, y_max);
	if (rest > 0)
		strip_512(y + last * multiplier, x, w_spread + last * multiplier * block,
			start_u8 + last * multiplier, &all, scratch, last, rest, in_w, out_w, kernel_h,
			kernel_w, stride_w, dilation_w, pad_left, multiplier, x_step, y_step, x_zero,
			spare_row, spread_parts, form, shift_most, y_zero, y_min, y_max);
}
