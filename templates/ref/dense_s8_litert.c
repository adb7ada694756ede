/* dense_s8_litert.c: int8 vectors times a matrix, scaled in double precision. */
#include "../common/fixed.h"
#include "../common/round.h"

/*
 * y = clamp(round(scale * (bias + sum of (x - x_zero) * (w - w_zero)))), for each of out_w
 * vectors of in_c.  w: in_c weights of each output.
 * cost: out_w * out_c * (2 * in_c + 30)
 */
void
dense_s8_litert_ref(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	const int32_t *restrict bias, const double *restrict scale, int in_c, int out_w, int out_c,
	int x_step, int y_step, int x_zero, int w_zero, int y_zero, int y_min, int y_max)
{
	for (int p = 0; p < out_w; p++) {
		const int8_t *v = w;

		for (int o = 0; o < out_c; o++, v += in_c) {
			int32_t sum = bias[o];

			for (int c = 0; c < in_c; c++)
				sum += (x[p * x_step + c] - x_zero) * (v[c] - w_zero);
			y[p * y_step + o] = (int8_t)clamp(
				round_double(sum * scale[o]) + y_zero, y_min, y_max);
		}
	}
}
