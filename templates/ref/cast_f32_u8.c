/* cast_f32_u8.c: float to uint8. */
#include "../common/fixed.h"
#include "../common/truncate.h"

/*
 * y = x toward zero, saturating
 * cost: 6 * out_w * out_c
 */
void
cast_f32_u8_ref(uint8_t *restrict y, const float *restrict x, int out_w, int out_c,
	int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = (uint8_t)clamp(
				truncate32(x[p * x_step + c]), 0, UINT8_MAX);
}
