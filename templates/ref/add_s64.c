/* add_s64.c: sum of int64. */
#include <stdint.h>

/*
 * y = clamp(x + x2), pixel by pixel, wrapping.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 10 * out_w * out_c
 * in place
 */
void
add_s64_ref(int64_t *y, const int64_t *x, const int64_t *x2, int out_w, int out_c,
	int x_step, int x_inc, int x2_step, int x2_inc, int y_step, int64_t y_min,
	int64_t y_max)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int64_t a = x[p * x_step + c * x_inc];
			int64_t b = x2[p * x2_step + c * x2_inc];
			int64_t v = (int64_t)((uint64_t)a + (uint64_t)b);

			y[p * y_step + c] = v < y_min ? y_min : v > y_max ? y_max : v;
		}
	}
}
