/* mul_s8.c: product of int8, each operand with its scale. */
#include "../common/fixed.h"

/*
 * y = clamp(requantize((x - x_zero) * (x2 - x2_zero))), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 20 * out_w * out_c
 * in place
 */
void
mul_s8_ref(int8_t *y, const int8_t *x, const int8_t *x2, int out_w, int out_c, int x_step,
	int x_inc, int x2_step, int x2_inc, int y_step, int x_zero, int x2_zero, int y_mult,
	int y_shift, int y_zero, int y_min, int y_max)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int32_t a = x[p * x_step + c * x_inc] - x_zero;
			int32_t b = x2[p * x2_step + c * x2_inc] - x2_zero;

			y[p * y_step + c] = (int8_t)clamp(
				requantize(a * b, y_mult, y_shift) + y_zero, y_min, y_max);
		}
	}
}
