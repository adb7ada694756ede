/* softmax_s8.c: softmax of int8 in fixed point, the result in 256ths. */
#include <assert.h>

#include "../common/exponential.h"
#include "rescale.h"

enum { RESULTS = 256, FEW_CHANNELS = 24 }; /* channels, for which all results are not worth it */

/* The greatest of count int8. */
static inline int
greatest_of(const int8_t *x, int count)
{
	int8_t lane[BYTES];
	Bytes most = same_byte(INT8_MIN);
	int max = INT8_MIN;

	for (int c = 0; c + BYTES <= count; c += BYTES)
		most = most_bytes(most, load_bytes(x + c, BYTES));
	store_bytes(lane, most, BYTES);
	for (int i = 0; i < BYTES && count >= BYTES; i++)
		max = max > lane[i] ? max : lane[i];
	for (int c = count / BYTES * BYTES; c < count; c++)
		max = max > x[c] ? max : x[c];
	return max;
}

/* What each power of 31 fraction bits is of the sum, as stored. */
static inline void
make_results(int8_t result[RESULTS], const int32_t *powers, int32_t scale, int bits)
{
	for (int i = 0; i < RESULTS; i += BYTES) {
		Ints v[4];

		for (int k = 0; k < 4; k++)
			v[k] = requantize_ints(load_ints(powers + i + k * LANES), scale, -bits, INT8_MIN);
		store_clamped(result + i, v, BYTES, INT8_MIN, INT8_MAX);
	}
}

/*
 * y = 256 * exp(beta * x) / sum of exp(beta * x) - 128, over the channels of each pixel.
 * powers: exp(beta * (i - 255)) with 31 fraction bits, 0 where it counts as nothing; the sum has 19.
 * cost: out_w * (150 + (out_c < FEW_CHANNELS) * 12 * out_c + (out_c >= FEW_CHANNELS) * (250 + 4 * out_c))
 * in place
 */
void
softmax_s8_vec(int8_t *y, const int8_t *x, const int32_t *restrict powers, int out_w, int out_c,
	int x_step, int y_step, int beta_mult, int beta_shift)
{
	assert(beta_mult > 0 && beta_shift >= 0);

	for (int p = 0; p < out_w; p++) {
		const int8_t *pixel = x + p * x_step;
		const int first = 255 - greatest_of(pixel, out_c);
		uint32_t sum = 0;

		for (int c = 0; c < out_c; c++)
			sum += (uint32_t)shift_right(powers[first + pixel[c]], 12);

		const int32_t scale = reciprocal(sum);
		const int bits = 35 - leading_zeros(sum); /* beyond 31 nothing is left */

		if (out_c >= FEW_CHANNELS) {
			int8_t result[RESULTS];

			make_results(result, powers, bits < 32 ? scale : 0, bits < 32 ? bits : 31);
			for (int c = 0; c < out_c; c++)
				y[p * y_step + c] = result[first + pixel[c]];
		}
		for (int c = 0; c < out_c && out_c < FEW_CHANNELS; c++) {
			int32_t power = 0;

			if (bits < 32)
				power = shift_right(high_product(scale, powers[first + pixel[c]]), bits);
			y[p * y_step + c] = (int8_t)clamp(power + INT8_MIN, INT8_MIN, INT8_MAX);
		}
	}
}
