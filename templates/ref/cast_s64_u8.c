/* cast_s64_u8.c: int64 to uint8. */
#include <stdint.h>

/*
 * y = x, wrapping
 * cost: 6 * out_w * out_c
 */
void
cast_s64_u8_ref(uint8_t *restrict y, const int64_t *restrict x, int out_w, int out_c,
	int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = (uint8_t)x[p * x_step + c];
}
