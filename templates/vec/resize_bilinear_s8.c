/*
 * resize_bilinear_s8.c: images of int8 made larger or smaller, interpolated in fixed
 * point.
 */
#include <assert.h>

#include "rescale.h"

/*
 * y = weighted mean of four pixels of x, two of each of two rows, halves away from zero.
 * column: of each pixel of y the two of x.  column_weight, row_weight: of the second ones
 * in 1024ths, per column and row of y; y is row number row.
 * cost: out_w * (10 + 50 * ((out_c + BYTES - 1) / BYTES))
 */
void
resize_bilinear_s8_vec(int8_t *restrict y, const int8_t *const *x, const int16_t *restrict column,
	const int16_t *restrict column_weight, const int16_t *restrict row_weight, int row, int out_w,
	int out_c, int x_step, int y_step, int x_bias)
{
	assert(x_bias == 0);

	const int one = 1 << 10;
	const Ints lower = same_int(row_weight[row]), upper = same_int(one - row_weight[row]);

	for (int p = 0; p < out_w; p++) {
		const Ints right = same_int(column_weight[p]), left = same_int(one - column_weight[p]);
		int a = column[2 * p] * x_step, b = column[2 * p + 1] * x_step;

		for (int c = 0; c < out_c; c += BYTES) {
			Ints v[4], w[4], sum[4];

			widen_bytes(v, load_bytes(x[0] + a + c, out_c - c));
			widen_bytes(w, load_bytes(x[0] + b + c, out_c - c));
			for (int k = 0; k < 4; k++)
				sum[k] = multiply_ints(upper, add_ints(multiply_shorts(v[k], left),
					multiply_shorts(w[k], right)));
			widen_bytes(v, load_bytes(x[1] + a + c, out_c - c));
			widen_bytes(w, load_bytes(x[1] + b + c, out_c - c));
			for (int k = 0; k < 4; k++)
				sum[k] = round_right(add_ints(sum[k], multiply_ints(lower,
					add_ints(multiply_shorts(v[k], left), multiply_shorts(w[k], right)))), 20);
			store_clamped(y + p * y_step + c, sum, out_c - c, INT8_MIN, INT8_MAX);
		}
	}
}
