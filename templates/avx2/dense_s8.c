/* dense_s8.c: int8 vectors times a matrix, eight outputs at a time. */
#include "dot.h"

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  x_zero is in the bias already.  Weights, multipliers and biases are in blocks of eight
 * outputs, the last one filled up with zeros.
 * cost: out_w * (in_c + out_c * (in_c / 7 + 4))
 * scratch: 2 * (in_c + in_c % 2)
 */
void
dense_s8_avx2(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_8x2,
	const int32_t *restrict bias_8, const int32_t *restrict mult_8,
	const int8_t *restrict shift_8, int16_t *restrict scratch, int in_c, int out_w, int out_c,
	int x_step, int y_step, int w_zero, int y_zero, int y_min, int y_max)
{
	const int pairs = (in_c + 1) / 2;

	for (int p = 0; p < out_w; p++) {
		int all = widen(scratch, x + p * x_step, in_c);
		const int8_t *w = w_8x2;

		for (int o = 0; o < out_c; o += 8, w += 16 * pairs) {
			__m256i sum = _mm256_add_epi32(dot_1x8(scratch, w, pairs),
				_mm256_loadu_si256((const __m256i *)(bias_8 + o)));

			if (w_zero != 0)
				sum = _mm256_sub_epi32(sum, _mm256_set1_epi32(w_zero * all));
			store8(y + p * y_step + o, narrow8(requantize8(sum, mult_8 + o, shift_8 + o),
				y_zero, y_min, y_max), out_c - o);
		}
	}
}
