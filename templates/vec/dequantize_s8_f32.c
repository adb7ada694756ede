/* dequantize_s8_f32.c: int8 to float. */
#include "floats.h"

/*
 * y = x_scale * (x - x_zero)
 * cost: 10 + 16 * (out_w * out_c / BYTES + 1 + (x_step + y_step > 2 * out_c) * out_w)
 */
void
dequantize_s8_f32_vec(float *restrict y, const int8_t *restrict x, int out_w, int out_c, int x_step,
	int y_step, int x_zero, float x_scale)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		for (int c = 0; c < run; c += BYTES) {
			Ints a[4];
			Floats v[4];

			widen_bytes(a, load_bytes(x + p * x_step + c, run - c));
			for (int k = 0; k < 4; k++)
				v[k] = multiply_floats(real_ints(subtract_ints(a[k], same_int(x_zero))),
					same_float(x_scale));
			store_four(y + p * y_step + c, v, run - c);
		}
	}
}
