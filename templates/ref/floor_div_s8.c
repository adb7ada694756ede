/* floor_div_s8.c: quotient of stored int8, rounded down. */
#include "../common/whole.h"

/*
 * y = floor(x / x2), pixel by pixel, scales ignored; -128 / -1 wraps.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 20 * out_w * out_c
 * in place
 */
void
floor_div_s8_ref(int8_t *y, const int8_t *x, const int8_t *x2, int out_w, int out_c,
	int x_step, int x_inc, int x2_step, int x2_inc, int y_step)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int8_t a = x[p * x_step + c * x_inc];
			int8_t b = x2[p * x2_step + c * x2_inc];

			y[p * y_step + c] = (int8_t)floor_quotient(a, b);
		}
	}
}
