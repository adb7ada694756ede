/* relu_f32.c: ReLU of floats, with or without an upper bound. */
#include "../common/real.h"

/*
 * y = clamp(x)
 * cost: 6 * out_w * out_c
 * in place
 */
void
relu_f32_ref(float *y, const float *x, int out_w, int out_c, int x_step, int y_step,
	float y_low, float y_high)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = clamp_real(x[p * x_step + c], y_low, y_high);
}
