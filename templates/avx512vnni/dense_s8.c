/* dense_s8.c: int8 vectors times a matrix: a few of them 64 outputs at a time, more in tiles. */
#include "dot512.h"

enum { FEW = 2 };

/* Products of inputs k to k + 3, or the last ones, and 64 outputs, or fewer. */
static inline __attribute__((always_inline)) void
add_four(__m512i *sum, const int8_t *x, int in_c, int k, const int8_t *w, int block, int vectors)
{
	int32_t four = 0;

	if (in_c % 4 > 0 && k + 4 > in_c)
		memcpy(&four, x + k, (size_t)(in_c % 4));
	else
		memcpy(&four, x + k, sizeof four);
	const __m512i v = _mm512_xor_si512(_mm512_set1_epi32(four), _mm512_set1_epi8(INT8_MIN));
	sum[0] = dot(sum[0], v, _mm512_loadu_si512(w));
	if (vectors > 1)
		sum[1] = dot(sum[1], v, _mm512_loadu_si512(w + block));
	if (vectors > 2)
		sum[2] = dot(sum[2], v, _mm512_loadu_si512(w + 2 * block));
	if (vectors > 3)
		sum[3] = dot(sum[3], v, _mm512_loadu_si512(w + 3 * block));
}

/* The products that Weights512' excess adds to 32 outputs. */
static inline __attribute__((always_inline)) void
add_excess(__m512i *sum, const int8_t *x, int in_c, const Weights512 *weights, int channel,
	int vectors)
{
	for (int i = weights->first[channel / 32]; i < weights->first[channel / 32 + 1]; i++)
		add_four(sum, x, in_c, weights->at[i], weights->excess + 128 * i, 64,
			vectors < 2 ? vectors : 2);
}

/* Up to 64 outputs: two sums of each, as one product waits five cycles for the other. */
static inline __attribute__((always_inline)) void
dot_row(int8_t *y, const int8_t *x, const Weights512 *weights, const Rescales512 *rescales,
	int channel, int in_c, int count, int32_t zeros, int form, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int vectors = (count + 15) / 16, fours = (in_c + 3) / 4, block = fours * 64;
	const int8_t *w = weights->w + channel / 16 * block;
	const __m512i zero = _mm512_setzero_si512(), start = _mm512_set1_epi32(zeros);
	__m512i sum[4] = { start, start, start, start }, odd[4] = { zero, zero, zero, zero };

	for (int k = 0; k + 2 <= fours; k += 2) {
		add_four(sum, x, in_c, 4 * k, w + 64 * k, block, vectors);
		add_four(odd, x, in_c, 4 * k + 4, w + 64 * k + 64, block, vectors);
	}
	if (fours % 2 > 0)
		add_four(sum, x, in_c, 4 * fours - 4, w + block - 64, block, vectors);
	if (weights->count > 0) {
		add_excess(sum, x, in_c, weights, channel, vectors);
		if (vectors > 2)
			add_excess(sum + 2, x, in_c, weights, channel + 32, vectors - 2);
	}
#pragma GCC unroll 4
	for (int j = 0; j < vectors; j++) {
		const Rescale512 r = rescale16_at(rescales, channel + 16 * j, form, shift_most);

		sum[j] = _mm512_add_epi32(_mm512_add_epi32(sum[j], odd[j]),
			_mm512_loadu_si512(weights->bias + channel + 16 * j));
		sum[j] = rescale16(sum[j], &r, form, shift_most, y_zero);
	}
	store64(y, narrow64(sum, form, y_min, y_max), count);
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  The left side of the dot product has no sign, so x counts from -128, and start_u8 knows
 * it.
 * cost: out_w * ((out_c + 15) / 16 * ((in_c + 3) / 4 * (out_w > 2 ? 3 : 6) / 4 + 6) + in_c / 20 + 10)
 * scratch: out_w > 2 ? 64 + out_w * in_c : 0
 */
void
dense_s8_avx512vnni(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_less,
	const int8_t *restrict w_excess, const int32_t *restrict excess_at,
	const int32_t *restrict excess_first, const int32_t *restrict start_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16, const float *restrict scale_16,
	const float *restrict offset_16, const uint8_t *restrict fine_16,
	const float *restrict rest_16, uint8_t *restrict scratch, int in_c, int out_w,
	int out_c, int x_step, int y_step, int w_left, int excess, int form, int fine,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int count = (out_w + PIXELS_MOST - 1) / PIXELS_MOST; /* tiles of all vectors */
	const int rest = out_c % 64;
	const Weights512 weights = { w_less, excess > 0 ? w_excess : NULL, start_u8,
		excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, w_left, excess };
	const Rescales512 rescales = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? rest_16 : NULL };

	if (out_w > FEW) {
		flip_pixels_512(scratch, x, x_step, in_c, out_w);
		all_tiles_512(y, y_step, scratch, &weights, &rescales, in_c, out_c, out_w,
			(out_w + count - 1) / count, form, shift_most, y_zero, y_min, y_max);
	}
	/* a few vectors, one by one, where they lie */
	for (int p = out_w > FEW ? out_w : 0; p < out_w; p++) {
		int32_t zeros = 0;

		for (int i = 0; i < in_c && w_left != 0; i++)
			zeros -= w_left * (x[p * x_step + i] + 128);
		for (int o = 0; o + 64 <= out_c; o += 64)
			dot_row(y + p * y_step + o, x + p * x_step, &weights, &rescales, o, in_c, 64,
				zeros, form, shift_most, y_zero, y_min, y_max);
		if (rest > 0)
			dot_row(y + p * y_step + out_c - rest, x + p * x_step, &weights, &rescales,
				out_c - rest, in_c, rest, zeros, form, shift_most, y_zero, y_min, y_max);
	}
}
