/* resize_bilinear_f32.c: images of floats made larger or smaller, interpolated. */
#include <stdint.h>

/*
 * y = weighted mean of four pixels of x, two of each of two rows.  column: of each pixel
 * of y the two of x.  column_weight, row_weight: of the second ones, per column and row
 * of y; y is row number row.
 * cost: out_w * (20 + 16 * out_c)
 */
void
resize_bilinear_f32_ref(float *restrict y, const float *const *x,
	const int16_t *restrict column, const float *restrict column_weight,
	const float *restrict row_weight, int row, int out_w, int out_c, int x_step,
	int y_step)
{
	float lower = row_weight[row], upper = 1 - lower;

	for (int p = 0; p < out_w; p++) {
		float right = column_weight[p], left = 1 - right;
		int a = column[2 * p] * x_step, b = column[2 * p + 1] * x_step;

		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = x[0][a + c] * upper * left +
				x[1][a + c] * lower * left + x[0][b + c] * upper * right +
				x[1][b + c] * lower * right + 0.0f;
	}
}
