/* add_s8.c: sum of int8, each operand with its scale. */
#include <assert.h>

#include "tile.h"

/* Half of 2^right, what rounds to nearest. */
static inline int32_t
half_of(int right)
{
	return right > 0 ? 1 << (right - 1) : 0;
}

/* requantize((x - zero) * 2^left_shift), divided by 2^right at the end. */
static inline __attribute__((always_inline)) int32_t
scaled(int32_t x, int zero, int left_shift, int mult, int right)
{
	const int32_t twice = x * (2 << left_shift) - zero * (2 << left_shift);
	const int32_t product = add_high_rounded(half_of(right), twice, mult);

	return right > 0 ? (product + (twice >> 31)) >> right : product;
}

/*
 * y = clamp(requantize(x' + x2')), x' = requantize((x - x_zero) * 2^left_shift), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 18 * out_w * out_c
 * in place
 */
void
add_s8_m4(int8_t *y, const int8_t *x, const int8_t *x2, int out_w, int out_c, int x_step,
	int x_inc, int x2_step, int x2_inc, int y_step, int x_zero, int x2_zero, int left_shift,
	int x_mult, int x_shift, int x2_mult, int x2_shift, int y_mult, int y_shift, int y_zero,
	int y_min, int y_max)
{
	assert(x_shift <= 0 && x2_shift <= 0 && x_shift > -31 && x2_shift > -31);
	assert(y_shift <= 0 && y_shift > -20 && left_shift <= 20);

	const int gapless = x_step == out_c * x_inc && x2_step == out_c * x2_inc && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;
	const int32_t add = half_of(-y_shift) + y_zero * (1 << -y_shift);

	for (int p = 0; p < turns; p++) {
		const int8_t *a = x + p * x_step, *b = x2 + p * x2_step;
		int8_t *to = y + p * y_step;

#pragma GCC unroll 4
		for (int c = 0; c < run; c++, a += x_inc, b += x2_inc) {
			const int32_t sum = scaled(*a, x_zero, left_shift, x_mult, -x_shift) +
				scaled(*b, x2_zero, left_shift, x2_mult, -x2_shift);

			to[c] = bounded(add_high_rounded(add, sum * 2, y_mult) + (y_shift < 0 ? sum >> 31 : 0),
				-y_shift, y_min, y_max);
		}
	}
}
