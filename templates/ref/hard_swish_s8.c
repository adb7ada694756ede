/* hard_swish_s8.c: hard swish of int8 in 16-bit fixed point. */
#include <assert.h>

#include "../common/fixed16.h"

/* v * mult / 2^15 * 2^shift, all 16 bits; the last doubling saturates. */
static inline int32_t
scale_gate(int32_t v, int mult, int shift)
{
	if (shift <= 0)
		return shift_right(high_product16(v, mult), -shift);
	v = saturate16(v * (1 << (shift < 16 ? shift - 1 : 15)));
	return saturate16(high_product16(v, mult) * 2);
}

/*
 * y = clamp(x * gate), gate = min(max(x + 3, 0), 6) / 6 with 15 fraction bits.
 * cost: 40 * out_w * out_c
 * in place
 */
void
hard_swish_s8_ref(int8_t *y, const int8_t *x, int out_w, int out_c, int x_step, int y_step,
	int x_zero, int gate_mult, int gate_shift, int y_mult, int y_shift, int y_zero)
{
	assert(y_shift <= 0);

	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int32_t v = (x[p * x_step + c] - x_zero) * 128;
			int32_t gate = (scale_gate(v, gate_mult, gate_shift) + (1 << 15)) >> 1;
			int32_t product = gate * high_product16(v, y_mult) / (1 << 15);

			y[p * y_step + c] = (int8_t)clamp(shift_right(product, -y_shift) + y_zero,
				INT8_MIN, INT8_MAX);
		}
	}
}
