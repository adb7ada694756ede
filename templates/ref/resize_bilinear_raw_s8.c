/* resize_bilinear_raw_s8.c: images of former uint8 made larger or smaller, in float. */
#include <assert.h>
#include <stdint.h>

#include "../common/strict.h"

static inline float
weighted(int x, float row_weight, float column_weight)
{
	return strict_product(strict_product((float)x, row_weight), column_weight);
}

/*
 * y = weighted mean of four pixels of x + x_bias, two of each of two rows, halves up, -
 * x_bias. column: of each pixel of y the two of x.  column_weight, row_weight: of the
 * second ones, per column and row of y; y is row number row.
 * cost: out_w * (20 + 60 * out_c)
 */
void
resize_bilinear_raw_s8_ref(int8_t *restrict y, const int8_t *const *x,
	const int16_t *restrict column, const float *restrict column_weight,
	const float *restrict row_weight, int row, int out_w, int out_c, int x_step,
	int y_step, int x_bias)
{
	assert(x_bias != 0);

	float lower = row_weight[row], upper = 1 - lower;

	for (int p = 0; p < out_w; p++) {
		float right = column_weight[p], left = 1 - right;
		int a = column[2 * p] * x_step, b = column[2 * p + 1] * x_step;

		for (int c = 0; c < out_c; c++) {
			float sum = weighted(x[0][a + c] + x_bias, upper, left);

			sum = strict_sum(
				sum, weighted(x[1][a + c] + x_bias, lower, left));
			sum = strict_sum(
				sum, weighted(x[0][b + c] + x_bias, upper, right));
			sum = strict_sum(
				sum, weighted(x[1][b + c] + x_bias, lower, right));
			y[p * y_step + c] = (int8_t)((int)strict_sum(sum, 0.5f) - x_bias);
		}
	}
}
