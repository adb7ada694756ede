/* recode_8.c: uint8 to int8 of a zero point 128 less, and back. */
#include <stdint.h>

/*
 * y = x ^ 0x80
 * cost: out_w * out_c
 * in place
 */
void
recode_8_ref(uint8_t *y, const uint8_t *x, int out_w, int out_c, int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = x[p * x_step + c] ^ 0x80;
}
