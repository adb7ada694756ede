/* conv2d_s8.c: any convolution of int8: windows laid out in scratch, then dot products. */
#include "dot.h"

/* Writes the window's values side by side, widened, columns outside as x_zero; returns their sum. */
static inline int32_t
gather(int16_t *to, const int8_t *const *x, int in_w, int in_c, int kernel_h, int kernel_w,
	int dilation_w, int first, int x_step, int x_zero)
{
	int32_t sum = 0;

	for (int i = 0; i < kernel_h; i++) {
		for (int j = 0; j < kernel_w; j++, to += in_c) {
			int column = first + j * dilation_w;

			if (column >= 0 && column < in_w) {
				const int8_t *v = x[i] + column * x_step;

				for (int c = 0; c < in_c; c++) {
					to[c] = v[c];
					sum += v[c];
				}
			} else {
				for (int c = 0; c < in_c; c++)
					to[c] = (int16_t)x_zero;
				sum += in_c * x_zero;
			}
		}
	}
	to[0] = 0; /* the partner of an odd last value */
	return sum;
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  x_zero is in the bias already.  Weights,
 * multipliers and biases are in blocks of eight outputs, the last one filled up with zeros.
 * cost: out_w * (2 * kernel_h * kernel_w * in_c + out_c * (kernel_h * kernel_w * in_c + 26) / 14)
 * scratch: 4 * 2 * (kernel_h * kernel_w * in_c + 2)
 */
void
conv2d_s8_avx2(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_8x2,
	const int32_t *restrict bias_8, const int32_t *restrict mult_8,
	const int8_t *restrict shift_8, int16_t *restrict scratch, int in_w, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left, int x_step,
	int y_step, int x_zero, int w_zero, int y_zero, int y_min, int y_max)
{
	const int taps = kernel_h * kernel_w * in_c;
	const int pairs = (taps + 1) / 2;
	const int room = taps + 2; /* of a pixel in scratch */
	const int block = 16 * pairs; /* bytes of weights of eight outputs */

	for (int p = 0; p < out_w; p += 4) {
		__m256i zeros[4];
		int last = out_w - p < 4 ? out_w - p : 4;

		for (int q = 0; q < 4; q++) {
			/* past the row's end the last pixel stands again */
			int pixel = p + (q < last ? q : last - 1);
			int32_t all = gather(scratch + q * room, x, in_w, in_c, kernel_h, kernel_w,
				dilation_w, pixel * stride_w - pad_left, x_step, x_zero);

			zeros[q] = _mm256_set1_epi32(-w_zero * all);
		}
		for (int o = 0; o < out_c; o += 16) {
			const int8_t *w = w_8x2 + o / 8 * block;
			int far = o + 8 < out_c ? block : 0;
			__m256i sum[4][2];

			for (int q = 0; q < 4; q++) {
				sum[q][0] = _mm256_add_epi32(zeros[q],
					_mm256_loadu_si256((const __m256i *)(bias_8 + o)));
				sum[q][1] = _mm256_add_epi32(zeros[q],
					_mm256_loadu_si256((const __m256i *)(bias_8 + o + far / block * 8)));
			}
			dot_4x16(sum, scratch, room, w, far, pairs);
			for (int q = 0; q < last; q++) {
				int8_t *out = y + (p + q) * y_step + o;

				store8(out, narrow8(requantize8(sum[q][0], mult_8 + o, shift_8 + o), y_zero,
					y_min, y_max), out_c - o);
				if (o + 8 < out_c)
					store8(out + 8, narrow8(requantize8(sum[q][1], mult_8 + o + 8,
						shift_8 + o + 8), y_zero, y_min, y_max), out_c - o - 8);
			}
		}
	}
}
