/* cast_s8_b8.c: int8 to bool. */
#include <stdint.h>

/*
 * y = 1 where x + x_bias is not 0, else 0
 * cost: 6 * out_w * out_c
 */
void
cast_s8_b8_ref(uint8_t *restrict y, const int8_t *restrict x, int out_w, int out_c,
	int x_step, int y_step, int x_bias)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = (x[p * x_step + c] + x_bias) != 0;
}
