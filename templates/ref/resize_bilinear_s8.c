/*
 * resize_bilinear_s8.c: images of int8 made larger or smaller, interpolated in fixed
 * point.
 */
#include <assert.h>
#include <stdint.h>

/*
 * y = weighted mean of four pixels of x, two of each of two rows, halves away from zero.
 * column: of each pixel of y the two of x.  column_weight, row_weight: of the second ones
 * in 1024ths, per column and row of y; y is row number row.
 * cost: out_w * (20 + 20 * out_c)
 */
void
resize_bilinear_s8_ref(int8_t *restrict y, const int8_t *const *x,
	const int16_t *restrict column, const int16_t *restrict column_weight,
	const int16_t *restrict row_weight, int row, int out_w, int out_c, int x_step,
	int y_step, int x_bias)
{
	assert(x_bias == 0);

	const int one = 1 << 10;
	int lower = row_weight[row], upper = one - lower;

	for (int p = 0; p < out_w; p++) {
		int right = column_weight[p], left = one - right;
		int a = column[2 * p] * x_step, b = column[2 * p + 1] * x_step;

		for (int c = 0; c < out_c; c++) {
			int32_t sum = x[0][a + c] * upper * left +
				x[1][a + c] * lower * left + x[0][b + c] * upper * right +
				x[1][b + c] * lower * right;

			sum += sum > 0 ? 1 << 19 : -(1 << 19);
			y[p * y_step + c] = (int8_t)(sum / (1 << 20));
		}
	}
}
