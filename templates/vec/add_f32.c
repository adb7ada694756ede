/* add_f32.c: sum of floats. */
#include "floats.h"

/*
 * y = clamp(x + x2), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 10 + LANES / 2 * (out_w * out_c / LANES + 1 + (x_step + x2_step < 2 * out_c || y_step > out_c) * out_w)
 * in place
 */
void
add_f32_vec(float *y, const float *x, const float *x2, int out_w, int out_c, int x_step, int x_inc,
	int x2_step, int x2_inc, int y_step, float y_low, float y_high)
{
	const int gapless = x_step == out_c * x_inc && x2_step == out_c * x2_inc && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		for (int c = 0; c < run; c += LANES) {
			const float *from = x + p * x_step + c * x_inc, *from2 = x2 + p * x2_step + c * x2_inc;
			Floats a = x_inc ? load_floats(from, run - c) : same_float(*from);
			Floats b = x2_inc ? load_floats(from2, run - c) : same_float(*from2);

			store_floats(y + p * y_step + c, clamp_floats(add_floats(a, b), y_low, y_high),
				run - c);
		}
	}
}
