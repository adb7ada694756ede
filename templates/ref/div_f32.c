/* div_f32.c: quotient of floats. */
#include "../common/real.h"

/*
 * y = clamp(x / x2), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 14 * out_w * out_c
 * in place
 */
void
div_f32_ref(float *y, const float *x, const float *x2, int out_w, int out_c, int x_step,
	int x_inc, int x2_step, int x2_inc, int y_step, float y_low, float y_high)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			float a = x[p * x_step + c * x_inc];
			float b = x2[p * x2_step + c * x2_inc];

			y[p * y_step + c] = clamp_real(a / b, y_low, y_high);
		}
	}
}
