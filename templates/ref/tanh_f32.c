/* tanh_f32.c: hyperbolic tangent of floats. */
#include <math.h>

/*
 * y = tanh(x)
 * cost: 60 * out_w * out_c
 * in place
 */
void
tanh_f32_ref(float *y, const float *x, int out_w, int out_c, int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = tanhf(x[p * x_step + c]);
}
