/* dense_s8.c: int8 vectors times a matrix, 16 outputs at a time. */
#include "fours.h"

/* Up to four outputs of in_c inputs side by side. */
static inline void
few_outputs_128(int8_t *y, const int8_t *x, const Weights128 *weights, const int32_t *mult,
	const int8_t *shift, int in_c, int out_c, int y_zero, int y_min, int y_max)
{
	const int32_t more = weights->zero ? -weights->zero * sum_of_128(x, in_c) : 0;
	__m128i sum[2] = { _mm_setzero_si128(), _mm_setzero_si128() };
	int32_t all[4];

	for (int k = 0; k + 4 <= in_c; k += 4)
		add_products_128(sum, four_of_128(x + k, 4),
			_mm_loadu_si128((const __m128i *)(weights->w + 16 * k)));
	if (in_c % 4 > 0)
		add_products_128(sum, four_of_128(x + in_c / 4 * 4, in_c % 4),
			_mm_loadu_si128((const __m128i *)(weights->w + in_c / 4 * 64)));
	for (int i = 0; i < (weights->count > 0 ? weights->first[1] : 0); i++) {
		const int k = weights->at[i];

		add_products_128(sum, four_of_128(x + k, in_c - k < 4 ? in_c - k : 4),
			_mm_loadu_si128((const __m128i *)(weights->excess + 128 * i)));
	}
	add_neighbours_128(all, sum, weights->bias, more);
	store_some_128(y, all, mult, shift, out_c, y_zero, y_min, y_max);
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  x counts from -128, and bias_u8 knows it.  Weights are in blocks of 16 outputs of four
 * inputs each, filled up with zeros.
 * cost: out_w * (out_c < 5 ? (in_c + 3) / 4 * 5 + 12 * out_c + 10 : ((out_c + 15) / 16) * ((in_c + 3) / 4 * 14 + 200))
 */
void
dense_s8_sse2(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_less,
	const int8_t *restrict w_excess, const int32_t *restrict excess_at,
	const int32_t *restrict excess_first, const int32_t *restrict bias_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16,
	int in_c, int out_w, int out_c, int x_step, int y_step, int w_left, int excess, int y_zero,
	int y_min, int y_max)
{
	const Weights128 weights = { w_less, excess > 0 ? w_excess : NULL, bias_u8,
		excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, w_left, excess };

	for (int p = 0; p < out_w; p++) {
		if (out_c <= 4)
			few_outputs_128(y + p * y_step, x + p * x_step, &weights, mult_16, shift_16, in_c,
				out_c, y_zero, y_min, y_max);
		else
			outputs_128(y + p * y_step, x + p * x_step, &weights, mult_16, shift_16, in_c,
				out_c, y_zero, y_min, y_max);
	}
}
