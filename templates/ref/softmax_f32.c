/* softmax_f32.c: softmax of floats. */
#include <float.h>
#include <math.h>

/*
 * y = exp(beta * (x - max)) / sum of them, over the channels of each pixel.
 * cost: out_w * (20 + 40 * out_c)
 * in place
 */
void
softmax_f32_ref(float *y, const float *x, int out_w, int out_c, int x_step, int y_step,
	float beta)
{
	for (int p = 0; p < out_w; p++) {
		float max = -FLT_MAX, sum = 0;

		for (int c = 0; c < out_c; c++)
			max = max < x[p * x_step + c] ? x[p * x_step + c] : max;
		for (int c = 0; c < out_c; c++) {
			float power = expf((x[p * x_step + c] - max) * beta);

			y[p * y_step + c] = power;
			sum += power;
		}
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = y[p * y_step + c] / sum;
	}
}
