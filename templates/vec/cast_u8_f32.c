/* cast_u8_f32.c: uint8 to float. */
#include "floats.h"

/*
 * y = x
 * cost: 10 + 14 * (out_w * out_c / BYTES + 1 + (x_step + y_step > 2 * out_c) * out_w)
 */
void
cast_u8_f32_vec(float *restrict y, const uint8_t *restrict x, int out_w, int out_c, int x_step,
	int y_step)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		for (int c = 0; c < run; c += BYTES) {
			Ints a[4];
			Floats v[4];

			widen_bytes(a, differing_bits(load_bytes(x + p * x_step + c, run - c), same_byte(128)));
			for (int k = 0; k < 4; k++)
				v[k] = real_ints(add_ints(a[k], same_int(128)));
			store_four(y + p * y_step + c, v, run - c);
		}
	}
}
