/* mul_s8.c: product of int8, each operand with its scale. */
#include "rescale.h"

/*
 * y = clamp(requantize((x - x_zero) * (x2 - x2_zero))), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 10 + 52 * (out_w * out_c / BYTES + 1 + (y_step > out_c) * out_w)
 * in place
 */
void
mul_s8_vec(int8_t *y, const int8_t *x, const int8_t *x2, int out_w, int out_c, int x_step,
	int x_inc, int x2_step, int x2_inc, int y_step, int x_zero, int x2_zero, int y_mult,
	int y_shift, int y_zero, int y_min, int y_max)
{
	const int gapless = x_step == out_c * x_inc && x2_step == out_c * x2_inc && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		for (int c = 0; c < run; c += BYTES) {
			Ints a[4], b[4];

			load_below(a, x + p * x_step + c * x_inc, run - c, x_inc, x_zero);
			load_below(b, x2 + p * x2_step + c * x2_inc, run - c, x2_inc, x2_zero);
			for (int k = 0; k < 4; k++)
				a[k] = requantize_ints(multiply_shorts(a[k], b[k]), y_mult, y_shift, y_zero);
			store_clamped(y + p * y_step + c, a, run - c, y_min, y_max);
		}
	}
}
