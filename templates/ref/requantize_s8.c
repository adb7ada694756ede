/* requantize_s8.c: int8 to int8 of another scale, clamped: also ReLU. */
#include <assert.h>

#include "../common/fixed.h"

/*
 * y = clamp(requantize(x - x_zero))
 * cost: 16 * out_w * out_c
 * in place
 */
void
requantize_s8_ref(int8_t *y, const int8_t *x, int out_w, int out_c, int x_step, int y_step,
	int x_zero, int y_mult, int y_shift, int y_zero, int y_min, int y_max, int x_bias)
{
	assert(x_bias == 0);

	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = (int8_t)clamp(
				requantize(x[p * x_step + c] - x_zero, y_mult, y_shift) + y_zero,
				y_min, y_max);
}
