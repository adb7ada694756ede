/* cast_b8_s8.c: bool to int8. */
#include <stdint.h>

/*
 * y = x
 * cost: 6 * out_w * out_c
 */
void
cast_b8_s8_ref(int8_t *restrict y, const uint8_t *restrict x, int out_w, int out_c,
	int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = (int8_t)x[p * x_step + c];
}
