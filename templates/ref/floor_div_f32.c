/* floor_div_f32.c: quotient of floats, rounded down. */
#include <math.h>

/*
 * y = floor(x / x2) in double precision, pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 30 * out_w * out_c
 * in place
 */
void
floor_div_f32_ref(float *y, const float *x, const float *x2, int out_w, int out_c,
	int x_step, int x_inc, int x2_step, int x2_inc, int y_step)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			float a = x[p * x_step + c * x_inc];
			float b = x2[p * x2_step + c * x2_inc];

			y[p * y_step + c] = (float)floor((double)a / (double)b);
		}
	}
}
