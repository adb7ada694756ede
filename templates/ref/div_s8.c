/* div_s8.c: quotient of int8, each operand with its scale. */
#include "../common/exponential.h"

/* As shift_right, but outside 0 to 31 what the reference, undefined there, gives on x86. */
static inline int32_t
shift_right_far(int32_t x, int shift)
{
	int32_t mask = shift >= 0 && shift < 32 ? (int32_t)((UINT32_C(1) << shift) - 1) : -1;

	return (x >> (shift & 31)) + ((x & mask) > (mask >> 1) + (x < 0));
}

/*
 * y = clamp(requantize((x - x_zero) / (x2 - x2_zero))), by the reciprocal of the divisor; that
 * of zero is the nonsense that the reference makes.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 150 * out_w * out_c
 * in place
 */
void
div_s8_ref(int8_t *y, const int8_t *x, const int8_t *x2, int out_w, int out_c, int x_step,
	int x_inc, int x2_step, int x2_inc, int y_step, int x_zero, int x2_zero, int y_mult,
	int y_shift, int y_zero, int y_min, int y_max)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int32_t a = x[p * x_step + c * x_inc] - x_zero;
			int32_t b = x2[p * x2_step + c * x2_inc] - x2_zero;
			int32_t dividend = b < 0 ? -a : a;
			uint32_t divisor = (uint32_t)(b < 0 ? -b : b);
			int room = leading_zeros((uint32_t)(dividend < 0 ? ~dividend : dividend)) - 1;
			int32_t quotient = high_product(shift_left(dividend, room), reciprocal(divisor));
			int shift = 31 - leading_zeros(divisor) + room - y_shift;

			quotient = shift_right_far(high_product(quotient, y_mult), shift);
			y[p * y_step + c] = (int8_t)clamp(quotient + y_zero, y_min, y_max);
		}
	}
}
