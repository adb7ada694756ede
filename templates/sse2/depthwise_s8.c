/* depthwise_s8.c: convolution of int8, each channel by itself, 16 channels at a time. */
#include <assert.h>

#include "fours.h"

/* The first count of sixteen values; of fewer the rest are zeros. */
static inline __m128i
load_some(const int8_t *x, int count)
{
	__m128i v = _mm_setzero_si128();

	if (count >= 16)
		v = _mm_loadu_si128((const __m128i *)x);
	else
		memcpy(&v, x, (size_t)count);
	return v;
}

/* Four channels' products; of the four bytes that each has in w the one of the row. */
static inline __m128i
channel_products(__m128i x, const int8_t *w, int row)
{
	__m128i v = _mm_slli_epi32(_mm_loadu_si128((const __m128i *)w), 24 - 8 * row);

	return _mm_madd_epi16(_mm_srli_epi32(_mm_srai_epi32(v, 8), 16), x);
}

/* One tap: sixteen channels' values times weights of 8 bits. */
static inline void
add_tap(__m128i sum[4], __m128i x, const int8_t *w, int row)
{
	__m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(x, x), 8);
	__m128i high = _mm_srai_epi16(_mm_unpackhi_epi8(x, x), 8);

	sum[0] = _mm_add_epi32(sum[0], channel_products(_mm_unpacklo_epi16(low, low), w, row));
	sum[1] = _mm_add_epi32(sum[1], channel_products(_mm_unpackhi_epi16(low, low), w + 16, row));
	sum[2] = _mm_add_epi32(sum[2], channel_products(_mm_unpacklo_epi16(high, high), w + 32, row));
	sum[3] = _mm_add_epi32(sum[3], channel_products(_mm_unpackhi_epi16(high, high), w + 48, row));
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window; columns outside read as x_zero, which is in
 * bias_16.  Weights128, less their zero point, are in blocks of 16 channels, there column by column
 * of four rows after four; those that leave 8 bits in w_parts parts.
 * cost: out_w * ((out_c + 15) / 16) * (16 * w_parts * kernel_h * kernel_w + 200)
 */
void
depthwise_s8_sse2(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_columns,
	const int32_t *restrict bias_16, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16, int in_w, int out_w, int out_c, int kernel_h, int kernel_w,
	int stride_w, int dilation_w, int pad_left, int multiplier, int x_step, int y_step,
	int x_zero, int w_parts, int y_zero, int y_min, int y_max)
{
	assert(multiplier == 1);

	const int part = (kernel_h + 3) / 4 * kernel_w * 64; /* bytes of a block */

	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c += 16) {
			const int count = out_c - c < 16 ? out_c - c : 16;
			__m128i sum[4];
			int32_t all[16];

			for (int i = 0; i < 4; i++)
				sum[i] = _mm_loadu_si128((const __m128i *)(bias_16 + c + 4 * i));
			for (int i = 0; i < kernel_h; i++) {
				for (int j = 0; j < kernel_w; j++) {
					const int column = p * stride_w + j * dilation_w - pad_left;
					const int8_t *w = w_columns + c / 16 * w_parts * part +
						(i / 4 * kernel_w + j) * 64;
					__m128i v = _mm_set1_epi8((char)x_zero);

					if (column >= 0 && column < in_w)
						v = load_some(x[i] + column * x_step + c, count);
					for (int k = 0; k < w_parts; k++)
						add_tap(sum, v, w + k * part, i % 4);
				}
			}
			for (int i = 0; i < 4; i++)
				_mm_storeu_si128((__m128i *)(all + 4 * i), sum[i]);
			store_some_128(y + p * y_step + c, all, mult_16 + c, shift_16 + c, count, y_zero, y_min,
				y_max);
		}
	}
}
