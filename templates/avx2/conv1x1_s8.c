/* conv1x1_s8.c: convolution of int8, one pixel to one pixel, in tiles of 4 pixels, 16 outputs. */
#include <assert.h>

#include "dot.h"

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  Zero points are in bias_x, but for w_zero times the sum of x.  Weights, multipliers
 * and biases are in blocks of eight outputs, the last one filled up with zeros.
 * cost: out_w * (in_c + out_c * (in_c + 26) / 14)
 * scratch: 4 * 2 * (in_c + in_c % 2)
 */
void
conv1x1_s8_avx2(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_8x2,
	const int32_t *restrict bias_8, const int32_t *restrict mult_8,
	const int8_t *restrict shift_8, int16_t *restrict scratch, int in_c, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left,
	int pad_right, int x_step, int y_step, int w_zero, int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int pairs = (in_c + 1) / 2;
	const int block = 16 * pairs; /* bytes of weights of eight outputs */

	for (int p = 0; p + 4 <= out_w; p += 4) {
		__m256i zeros[4];

		for (int q = 0; q < 4; q++) {
			int sum = widen(scratch + q * 2 * pairs,
				x + (p + q) * stride_w * x_step, in_c);
			zeros[q] = _mm256_set1_epi32(-w_zero * sum);
		}
		for (int o = 0; o + 8 < out_c; o += 16) {
			__m256i sum[4][2];

			for (int q = 0; q < 4; q++) {
				sum[q][0] = _mm256_add_epi32(zeros[q],
					_mm256_loadu_si256((const __m256i *)(bias_8 + o)));
				sum[q][1] = _mm256_add_epi32(zeros[q],
					_mm256_loadu_si256((const __m256i *)(bias_8 + o + 8)));
			}
			dot_4x16(sum, scratch, 2 * pairs, w_8x2 + o / 8 * block, block, pairs);
			for (int q = 0; q < 4; q++) {
				int8_t *out = y + (p + q) * y_step + o;

				store8(out, narrow8(requantize8(sum[q][0], mult_8 + o,
					shift_8 + o), y_zero, y_min, y_max), 8);
				store8(out + 8, narrow8(requantize8(sum[q][1], mult_8 + o + 8,
					shift_8 + o + 8), y_zero, y_min, y_max), out_c - o - 8);
			}
		}
		/* the last outputs, if they are eight at most */
		for (int o = (out_c + 7) / 16 * 16; o < out_c; o += 16) {
			for (int q = 0; q < 4; q++) {
				__m256i rest = _mm256_add_epi32(dot_1x8(scratch + q * 2 * pairs,
					w_8x2 + o / 8 * block, pairs), _mm256_add_epi32(zeros[q],
					_mm256_loadu_si256((const __m256i *)(bias_8 + o))));

				store8(y + (p + q) * y_step + o, narrow8(requantize8(rest,
					mult_8 + o, shift_8 + o), y_zero, y_min, y_max), out_c - o);
			}
		}
	}
	/* the last pixels, one by one */
	for (int p = out_w / 4 * 4; p < out_w; p++) {
		int all = widen(scratch, x + p * stride_w * x_step, in_c);

		for (int o = 0; o < out_c; o += 8) {
			__m256i sum = _mm256_add_epi32(dot_1x8(scratch,
				w_8x2 + o / 8 * block, pairs), _mm256_add_epi32(
				_mm256_set1_epi32(-w_zero * all),
				_mm256_loadu_si256((const __m256i *)(bias_8 + o))));

			store8(y + p * y_step + o, narrow8(requantize8(sum, mult_8 + o,
				shift_8 + o), y_zero, y_min, y_max), out_c - o);
		}
	}
}
