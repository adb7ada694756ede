/* sub_s8.c: difference of int8, each operand with its scale. */
#include "../common/fixed.h"

/*
 * y = clamp(requantize(x' - x2')), x' = requantize((x - x_zero) * 2^left_shift), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 45 * out_w * out_c
 * in place
 */
void
sub_s8_ref(int8_t *y, const int8_t *x, const int8_t *x2, int out_w, int out_c, int x_step,
	int x_inc, int x2_step, int x2_inc, int y_step, int x_zero, int x2_zero, int left_shift,
	int x_mult, int x_shift, int x2_mult, int x2_shift, int y_mult, int y_shift, int y_zero,
	int y_min, int y_max)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int32_t a = x[p * x_step + c * x_inc] - x_zero;
			int32_t b = x2[p * x2_step + c * x2_inc] - x2_zero;
			int32_t sum = requantize(a * (1 << left_shift), x_mult, x_shift) -
				requantize(b * (1 << left_shift), x2_mult, x2_shift);

			y[p * y_step + c] = (int8_t)clamp(
				requantize(sum, y_mult, y_shift) + y_zero, y_min, y_max);
		}
	}
}
