/* leaky_relu_s8.c: leaky ReLU of int8: another slope below zero. */
#include "../common/fixed.h"

/*
 * y = clamp(requantize(x - x_zero)), below zero with the multiplier alpha_mult and alpha's sign
 * cost: 18 * out_w * out_c
 * in place
 */
void
leaky_relu_s8_ref(int8_t *y, const int8_t *x, int out_w, int out_c, int x_step, int y_step,
	int x_zero, int y_mult, int y_shift, int alpha_mult, int alpha_shift, int alpha_sign,
	int y_zero, int y_min, int y_max)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int32_t v = x[p * x_step + c] - x_zero;

			v = v >= 0 ? requantize(v, y_mult, y_shift) :
				alpha_sign * requantize(v, alpha_mult, alpha_shift);
			y[p * y_step + c] = (int8_t)clamp(v + y_zero, y_min, y_max);
		}
	}
}
