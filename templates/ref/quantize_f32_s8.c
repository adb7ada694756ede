/* quantize_f32_s8.c: float to int8. */
#include "../common/fixed.h"
#include "../common/round.h"

/*
 * y = clamp(round(x / y_scale) + y_zero), halves away from zero
 * cost: 20 * out_w * out_c
 */
void
quantize_f32_s8_ref(int8_t *restrict y, const float *restrict x, int out_w, int out_c, int x_step,
	int y_step, int y_zero, float y_scale)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = (int8_t)clamp(
				round_float(x[p * x_step + c] / y_scale) + y_zero, INT8_MIN, INT8_MAX);
}
