/* dense_f32.c: float vectors times a matrix. */
#include "../common/real.h"

/*
 * y = clamp(bias + sum of x * w), for each of out_w vectors of in_c.
 * w: in_c weights of each output.
 * cost: out_w * out_c * (4 * in_c + 10)
 */
void
dense_f32_ref(float *restrict y, const float *restrict x, const float *restrict w,
	const float *restrict bias, int in_c, int out_w, int out_c, int x_step,
	int y_step, float y_low, float y_high)
{
	for (int p = 0; p < out_w; p++) {
		const float *v = w;

		for (int o = 0; o < out_c; o++, v += in_c) {
			float sum = 0;

			for (int c = 0; c < in_c; c++)
				sum += x[p * x_step + c] * v[c];
			y[p * y_step + o] = clamp_real(sum + bias[o], y_low, y_high);
		}
	}
}
