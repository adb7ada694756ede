/* recode_8.c: uint8 to int8 of a zero point 128 less, and back. */
#include "vec.h"

/*
 * y = x ^ 0x80
 * cost: 10 + 4 * (out_w * out_c / BYTES + 1 + (y_step > out_c) * out_w)
 * in place
 */
void
recode_8_vec(uint8_t *y, const uint8_t *x, int out_w, int out_c, int x_step, int y_step)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++)
		for (int c = 0; c < run; c += BYTES)
			store_bytes(y + p * y_step + c, differing_bits(load_bytes(x + p * x_step + c,
				run - c), same_byte(0x80)), run - c);
}
