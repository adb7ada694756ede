/* cast_s8_u8.c: int8 to uint8. */
#include <stdint.h>

/*
 * y = x + x_bias, wrapping
 * cost: 6 * out_w * out_c
 */
void
cast_s8_u8_ref(uint8_t *restrict y, const int8_t *restrict x, int out_w, int out_c,
	int x_step, int y_step, int x_bias)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = (uint8_t)(x[p * x_step + c] + x_bias);
}
