/* requantize_s8.c: int8 to int8 of another scale, clamped: also ReLU, 64 values at a time. */
#include <assert.h>

#include "fixed512.h"

/*
 * y = clamp(requantize(x - x_zero))
 * cost: out_w * ((out_c + 63) / 64) * 40
 * in place
 */
void
requantize_s8_avx512vnni(int8_t *y, const int8_t *x, int out_w, int out_c, int x_step, int y_step,
	int x_zero, int y_mult, int y_shift, int y_zero, int y_min, int y_max, int x_bias)
{
	assert(x_bias == 0);

	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;
	const Scales scales = same_scales(y_mult, y_shift);

	for (int p = 0; p < turns; p++) {
		for (int c = 0; c < run; c += 64) {
			__m512i a[4];

			widen64(a, x + p * x_step + c, run - c, x_zero);
			for (int k = 0; k < 4; k++)
				a[k] = requantize16(a[k], &scales, y_shift);
			store64(y + p * y_step + c, narrow64(a, y_zero, y_min, y_max), run - c);
		}
	}
}
