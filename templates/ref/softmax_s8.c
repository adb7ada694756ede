/* softmax_s8.c: softmax of int8 in fixed point, the result in 256ths. */
#include <assert.h>

#include "../common/exponential.h"

/*
 * y = 256 * exp(beta * x) / sum of exp(beta * x) - 128, over the channels of each pixel.
 * exp(beta * (x - max)): the exponent has 26 fraction bits, the power 31, the sum 19.  What is
 * more than -diff_min below the maximum counts as nothing.
 * cost: out_w * (100 + 120 * out_c)
 * in place
 */
void
softmax_s8_ref(int8_t *y, const int8_t *x, int out_w, int out_c, int x_step, int y_step,
	int beta_mult, int beta_shift, int diff_min)
{
	assert(beta_mult > 0 && beta_shift >= 0);

	for (int p = 0; p < out_w; p++) {
		const int8_t *pixel = x + p * x_step;
		int32_t max = INT8_MIN;
		uint32_t sum = 0;

		for (int c = 0; c < out_c; c++)
			max = max > pixel[c] ? max : pixel[c];
		for (int c = 0; c < out_c; c++)
			if (pixel[c] - max >= diff_min)
				sum += (uint32_t)shift_right(exp_of_negative(
					requantize(pixel[c] - max, beta_mult, beta_shift), 26), 12);

		int32_t scale = reciprocal(sum);
		int bits = 35 - leading_zeros(sum); /* beyond 31 nothing is left */

		for (int c = 0; c < out_c; c++) {
			int32_t power = 0;

			if (pixel[c] - max >= diff_min && bits < 32)
				power = shift_right(high_product(scale, exp_of_negative(
					requantize(pixel[c] - max, beta_mult, beta_shift), 26)), bits);
			y[p * y_step + c] = (int8_t)clamp(power + INT8_MIN, INT8_MIN, INT8_MAX);
		}
	}
}
