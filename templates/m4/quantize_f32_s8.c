/* quantize_f32_s8.c: float to int8, by way of numbers with 16 bits behind the point. */
#include "../common/fixed.h"
#include "../common/round.h"
#include "dsp.h"

enum { HALF = 1 << 15, FAR = 1 << 25 }; /* of 2^16 */

/* x to the nearest integer, halves away from zero, and y_zero more. */
static inline __attribute__((always_inline)) int8_t
nearest(float x, int y_zero)
{
	const int32_t v = bits_16(x), near = v < -FAR ? -FAR : v > FAR - 1 ? FAR - 1 : v;

	return (int8_t)saturate8(near + (near >> 31) + (HALF + y_zero * 2 * HALF), 16);
}

/*
 * y = clamp(round(x / y_scale) + y_zero), halves away from zero.  Where one of x is no number the
 * row is made again.
 * cost: 12 * out_w * out_c
 */
void
quantize_f32_s8_m4(int8_t *restrict y, const float *restrict x, int out_w, int out_c, int x_step,
	int y_step, int y_zero, float y_scale)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		const float *from = x + p * x_step;
		int8_t *to = y + p * y_step;
		float odd = 0; /* becomes no number if one is none, or infinite */

#pragma GCC unroll 4
		for (int c = 0; c < run; c++) {
			odd += from[c] * 0;
			to[c] = nearest(from[c] / y_scale, y_zero);
		}
		for (int c = 0; c < (odd == 0 ? 0 : run); c++)
			to[c] = (int8_t)clamp(round_float(from[c] / y_scale) + y_zero, INT8_MIN, INT8_MAX);
	}
}
