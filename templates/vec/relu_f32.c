/* relu_f32.c: floats, clamped. */
#include "floats.h"

/*
 * y = clamp(x)
 * cost: 10 + LANES / 3 * (out_w * out_c / LANES + 1 + (x_step + y_step > 2 * out_c) * out_w)
 * in place
 */
void
relu_f32_vec(float *y, const float *x, int out_w, int out_c, int x_step, int y_step, float y_low,
	float y_high)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++)
		for (int c = 0; c < run; c += LANES)
			store_floats(y + p * y_step + c, clamp_floats(load_floats(x + p * x_step + c, run - c),
				y_low, y_high), run - c);
}
