/* add_s8.c: sum of int8, each operand with its scale, 64 values at a time. */
#include <assert.h>

#include "fixed512.h"

/*
 * y = clamp(requantize(x' + x2')), x' = requantize((x - x_zero) * 2^left_shift), pixel by pixel.
 * A step is 0 where the operand has one pixel for all.
 * cost: out_w * ((out_c + 63) / 64) * 110
 * in place
 */
void
add_s8_avx512vnni(int8_t *y, const int8_t *x, const int8_t *x2, int out_w, int out_c, int x_step,
	int x_inc, int x2_step, int x2_inc, int y_step, int x_zero, int x2_zero, int left_shift,
	int x_mult, int x_shift, int x2_mult, int x2_shift,
	int y_mult, int y_shift, int y_zero, int y_min, int y_max)
{
	assert(x_inc == 1 && x2_inc == 1);

	const int gapless = x_step == out_c && x2_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;
	const Scales x_scales = same_scales(x_mult, x_shift);
	const Scales x2_scales = same_scales(x2_mult, x2_shift);
	const Scales y_scales = same_scales(y_mult, y_shift);

	for (int p = 0; p < turns; p++) {
		for (int c = 0; c < run; c += 64) {
			__m512i a[4], b[4];

			widen64(a, x + p * x_step + c, run - c, x_zero);
			widen64(b, x2 + p * x2_step + c, run - c, x2_zero);
			for (int k = 0; k < 4; k++) {
				a[k] = requantize16(_mm512_slli_epi32(a[k], (unsigned)left_shift), &x_scales,
					x_shift);
				b[k] = requantize16(_mm512_slli_epi32(b[k], (unsigned)left_shift), &x2_scales,
					x2_shift);
				a[k] = requantize16(_mm512_add_epi32(a[k], b[k]), &y_scales, y_shift);
			}
			store64(y + p * y_step + c, narrow64(a, y_zero, y_min, y_max), run - c);
		}
	}
}
