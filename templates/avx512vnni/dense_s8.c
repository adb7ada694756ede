/* dense_s8.c: int8 vectors times a matrix, 64 outputs at a time. */
#include "dot512.h"

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

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  The left side of the dot product has no sign, so x counts from -128, and bias_u8 knows
 * it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 * cost: out_w * ((out_c + 15) / 16 * ((in_c + 3) / 4 * 2 + 12) + 6)
 */
void
dense_s8_avx512vnni(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16, int in_c, int out_w, int out_c, int x_step, int y_step,
	int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int block = (in_c + 3) / 4 * 4; /* bytes of weights of an output */
	const int rest = out_c % 64, last = out_c - rest;

	for (int p = 0; p < out_w; p++) {
		const int8_t *v = x + p * x_step;
		int32_t zeros = 0;

		if (w_zero != 0)
			zeros = -w_zero * sum_of(v, in_c);
		for (int o = 0; o + 64 <= out_c; o += 64)
			dot_row(y + p * y_step + o, v, w_vnni + o * block, bias_u8 + o, zeros, mult_16 + o,
				shift_16 + o, in_c, 64, shift_most, y_zero, y_min, y_max);
		if (rest > 0)
			dot_row(y + p * y_step + last, v, w_vnni + last * block, bias_u8 + last, zeros,
				mult_16 + last, shift_16 + last, in_c, rest, shift_most, y_zero, y_min, y_max);
	}
}
