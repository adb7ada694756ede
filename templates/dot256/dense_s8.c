/* dense_s8.c: int8 vectors times a matrix, 16 outputs at a time: one where it lies, more in tiles. */
#include "tile256.h"

/* Inputs 4 * k and on, each 128 more, in every lane; the last ones may be fewer. */
static inline __attribute__((always_inline)) __m256i
four_inputs(const int8_t *x, int in_c, ptrdiff_t k)
{
	int32_t v = 0;

	if (in_c % 4 > 0 && 4 * k + 4 > in_c)
		memcpy(&v, x + 4 * k, (size_t)(in_c % 4));
	else
		memcpy(&v, x + 4 * k, sizeof v);
	return _mm256_xor_si256(_mm256_set1_epi32(v), _mm256_set1_epi8(INT8_MIN));
}

/* Their products. */
static inline __attribute__((always_inline)) void
add_inputs(__m256i sum[TILE_VECTORS], const int8_t *x, const int8_t *w, int in_c, ptrdiff_t k,
	int vectors)
{
	__m256i v[TILE_VECTORS];

	load_weights(v, w, vectors);
	add_pixel(sum, four_inputs(x, in_c, k), v, vectors);
}

/* The same, two by two where two might leave 16 bits. */
static inline __attribute__((always_inline)) void
add_inputs_apart(__m256i sum[TILE_VECTORS], const int8_t *x, const int8_t *w, int in_c, ptrdiff_t k,
	int vectors)
{
	__m256i v[TILE_VECTORS];

	if (SATURATES) {
		load_half_weights(v, w, 0, vectors);
		add_pixel(sum, four_inputs(x, in_c, k), v, vectors);
		load_half_weights(v, w, 1, vectors);
		add_pixel(sum, four_inputs(x, in_c, k), v, vectors);
	} else {
		add_inputs(sum, x, w, in_c, k, vectors);
	}
}

/* The products of all inputs, four fours at a time, as one product may wait for another. */
static inline __attribute__((always_inline)) void
add_row(Tile sum, const int8_t *x, const int8_t *w, const int16_t *order, int in_c, int all_safe,
	int vectors)
{
	const int fours = (in_c + 3) / 4, safe = all_safe ? fours : order[0], whole = safe / 4 * 4;

	sum[1][0] = sum[1][1] = sum[2][0] = sum[2][1] = sum[3][0] = sum[3][1] =
		_mm256_setzero_si256();
	for (int i = 0; i < whole; i += 4) {
		const ptrdiff_t k = all_safe ? i : order[1 + i], l = all_safe ? i + 1 : order[2 + i];
		const ptrdiff_t m = all_safe ? i + 2 : order[3 + i], n = all_safe ? i + 3 : order[4 + i];

		add_inputs(sum[0], x, w + 64 * k, in_c, k, vectors);
		add_inputs(sum[1], x, w + 64 * l, in_c, l, vectors);
		add_inputs(sum[2], x, w + 64 * m, in_c, m, vectors);
		add_inputs(sum[3], x, w + 64 * n, in_c, n, vectors);
	}
	for (int i = whole; i < safe; i++) {
		const ptrdiff_t k = all_safe ? i : order[1 + i];

		add_inputs(sum[0], x, w + 64 * k, in_c, k, vectors);
	}
	for (int i = safe; i < fours; i++) {
		const ptrdiff_t k = order[1 + i];

		add_inputs_apart(sum[0], x, w + 64 * k, in_c, k, vectors);
	}
	for (int j = 0; j < TILE_VECTORS; j++)
		sum[0][j] = _mm256_add_epi32(_mm256_add_epi32(sum[0][j], sum[1][j]),
			_mm256_add_epi32(sum[2][j], sum[3][j]));
}

/* Outputs of one vector of inputs: count of them, up to 16, after `channel`; zeros: what the
 * weights' zero point adds. */
static inline __attribute__((always_inline)) void
row(int8_t *y, const int8_t *x, const Weights *weights, const Rescales *rescales, int channel,
	int in_c, int count, int32_t zeros, int form, int shift_most, int y_zero, int y_min, int y_max)
{
	const int vectors = (count + 7) / 8, fours = (in_c + 3) / 4;
	const int8_t *w = weights->w + channel * 4 * fours;
	Tile sum;

	start_pixel(sum[0], weights->bias + channel, NULL, 0, 0, vectors);
	for (int j = 0; j < TILE_VECTORS; j++)
		sum[0][j] = _mm256_add_epi32(sum[0][j], _mm256_set1_epi32(zeros));
	if (weights->all_safe)
		add_row(sum, x, w, NULL, in_c, 1, vectors);
	else
		add_row(sum, x, w, weights->order + channel / 16 * (fours + 1), in_c, 0, vectors);
	if (weights->count > 0)
		for (int i = weights->first[channel / 32]; i < weights->first[channel / 32 + 1]; i++)
			add_inputs_apart(sum[0], x, weights->excess + 128 * i + channel % 32 * 4, in_c,
				weights->at[i] / 4, vectors);
	rescale_vector(sum, 0, rescales, channel, 1, form, shift_most, y_zero);
	if (vectors > 1)
		rescale_vector(sum, 1, rescales, channel, 1, form, shift_most, y_zero);
	store_pair(y + channel, 0, sum, 1, count, form, y_min, y_max);
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  The left side of the dot product has no sign, so x counts from -128, and start_u8 knows
 * it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 * cost: out_w * (in_c / 16 + (out_c + 7) / 8 * ((in_c + 3) / 4 * VECTOR_COST / 8 + STORE_COST))
 * scratch: out_w > 1 ? (out_w < 6 ? out_w : 6) * (in_c + 3) : 0
 */
void
dense_s8_dot256(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_less,
	const int8_t *restrict w_excess, const int32_t *restrict excess_at,
	const int32_t *restrict excess_first, const int16_t *restrict fours_16,
	const int32_t *restrict start_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16, const float *restrict scale_16,
	const float *restrict offset_16, const uint8_t *restrict fine_16,
	const float *restrict rest_16, uint8_t *restrict scratch, int in_c, int out_w,
	int out_c, int x_step, int y_step, int w_left, int excess, int pairs_safe,
	int form, int fine, int shift_most, int y_zero, int y_min, int y_max)
{
	const int fours = (in_c + 3) / 4, last = out_c / 16 * 16;
	const int all_safe = pairs_safe || !SATURATES;
	const Weights weights = { w_less, excess > 0 ? w_excess : NULL, all_safe ? NULL : fours_16,
		start_u8, excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, all_safe,
		w_left, excess };
	const Rescales rescales = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? rest_16 : NULL };

	if (out_w == 1) {
		int32_t zeros = 0;

		for (int i = 0; i < in_c && w_left != 0; i++)
			zeros -= w_left * (x[i] + 128);
		for (int o = 0; o < last; o += 16)
			row(y, x, &weights, &rescales, o, in_c, 16, zeros, form, shift_most, y_zero, y_min,
				y_max);
		if (last < out_c)
			row(y, x, &weights, &rescales, last, in_c, out_c - last, zeros, form, shift_most,
				y_zero, y_min, y_max);
	}
	for (int at = out_w > 1 ? 0 : out_w; at < out_w; at += TILE_PIXELS) {
		const int pixels = out_w - at < TILE_PIXELS ? out_w - at : TILE_PIXELS;

		lay_pixels(scratch, x + at * x_step, x_step, in_c, pixels);
		outputs(y + at * y_step, y_step, scratch, &weights, &rescales, fours, out_c,
			pixels, out_w % TILE_PIXELS, form, shift_most, y_zero, y_min, y_max);
	}
}
