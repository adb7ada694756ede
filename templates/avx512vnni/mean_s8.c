/* mean_s8.c: mean of int8 over all pixels of an image, 64 channels at a time. */
#include "fixed512.h"

/* acc: 4 * ((in_c + 63) / 64 * 64) */
void
mean_s8_begin_avx512vnni(int32_t *restrict acc, int in_c)
{
	for (int c = 0; c < (in_c + 63) / 64 * 64; c++)
		acc[c] = 0;
}

/*
 * acc += x - x_zero, for one row of pixels.
 * cost: ((in_c + 63) / 64) * (10 * in_w + 12)
 */
void
mean_s8_row_avx512vnni(int32_t *restrict acc, const int8_t *restrict x, int in_w, int in_c,
	int x_step, int x_zero)
{
	for (int c = 0; c < in_c; c += 64) {
		__m512i sum[4], v[4];

		for (int k = 0; k < 4; k++)
			sum[k] = _mm512_loadu_si512(acc + c + 16 * k);
		for (int p = 0; p < in_w; p++) {
			widen64(v, x + p * x_step + c, in_c - c, x_zero);
			for (int k = 0; k < 4; k++)
				sum[k] = _mm512_add_epi32(sum[k], v[k]);
		}
		for (int k = 0; k < 4; k++)
			_mm512_storeu_si512(acc + c + 16 * k, sum[k]);
	}
}

/* y = clamp(requantize(acc)); the multiplier divides by the number of pixels too. */
void
mean_s8_end_avx512vnni(int8_t *restrict y, const int32_t *restrict acc, int out_c, int y_mult,
	int y_shift, int y_zero, int y_min, int y_max)
{
	const Scales scales = same_scales(y_mult, y_shift);

	for (int c = 0; c < out_c; c += 64) {
		__m512i sum[4];

		for (int k = 0; k < 4; k++)
			sum[k] = requantize16(_mm512_loadu_si512(acc + c + 16 * k), &scales, y_shift);
		store64(y + c, narrow64(sum, y_zero, y_min, y_max), out_c - c);
	}
}
