/* cast_f32_s8.c: float to int8. */
#include "../common/fixed.h"
#include "../common/truncate.h"

/*
 * y = x toward zero, saturating
 * cost: 6 * out_w * out_c
 */
void
cast_f32_s8_ref(int8_t *restrict y, const float *restrict x, int out_w, int out_c,
	int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = (int8_t)clamp(
				truncate32(x[p * x_step + c]), INT8_MIN, INT8_MAX);
}
