/* add_s32.c: sum of int32. */
#include <stdint.h>

/*
 * y = clamp(x + x2), pixel by pixel, wrapping.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 8 * out_w * out_c
 * in place
 */
void
add_s32_ref(int32_t *y, const int32_t *x, const int32_t *x2, int out_w, int out_c,
	int x_step, int x_inc, int x2_step, int x2_inc, int y_step, int y_min, int y_max)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int32_t a = x[p * x_step + c * x_inc];
			int32_t b = x2[p * x2_step + c * x2_inc];
			int32_t v = (int32_t)((uint32_t)a + (uint32_t)b);

			y[p * y_step + c] = v < y_min ? y_min : v > y_max ? y_max : v;
		}
	}
}
