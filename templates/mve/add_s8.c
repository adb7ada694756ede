/* add_s8.c: sum of int8, each operand with its scale: four at a time. */
#include <assert.h>

#include "dot128.h"

enum { HALF = 1 << 30 }; /* the multiplier of the operand whose scale is the larger: exact */

/*
 * Four values, or the first count, as parts of the sum: (x - zero) * 2^left, rescaled.  Halves are
 * rounded away from zero, so those below it, if there can be any, are made less.
 */
static inline __attribute__((always_inline)) int32x4_t
summands(const int8_t *x, int count, int each, int zero, int left, int mult, int shift)
{
	const int exact = mult == HALF && shift == 0, unit = 1 << (exact ? left - 1 : left);
	int32x4_t v = vdupq_n_s32(*x);

	if (each)
		v = count >= 4 ? vldrbq_s32(x) : vldrbq_z_s32(x, vctp32q((uint32_t)count));
	v = vmlasq_n_s32(v, vdupq_n_s32(unit), -zero * unit);
	if (!exact)
		v = vqrdmulhq_n_s32(v, mult);
	if (shift < 0 && zero > INT8_MIN)
		v = vaddq_s32(v, vshrq_n_s32(v, 31));
	if (shift < 0)
		v = vrshlq_n_s32(v, shift);
	return v;
}

/* What adds four: the operands' words, then those of the sum. */
typedef struct {
	int zero, each, mult, shift;
} Summand;

static inline __attribute__((always_inline)) int32x4_t
sum_four(const int8_t *x, const int8_t *x2, int count, const Summand *a, const Summand *b, int left,
	int mult, int shift, int y_zero, int y_min)
{
	int32x4_t v = vaddq_s32(summands(x, count, a->each, a->zero, left, a->mult, a->shift),
		summands(x2, count, b->each, b->zero, left, b->mult, b->shift));

	v = vqrdmulhq_n_s32(v, mult);
	if (shift < 0 && y_zero > y_min)
		v = vaddq_s32(v, vshrq_n_s32(v, 31));
	return vrshlq_n_s32(v, shift);
}

/*
 * y = clamp(requantize(x' + x2')), x' = requantize((x - x_zero) * 2^left_shift), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 10 + 4 * out_w * out_c
 * in place
 */
void
add_s8_mve(int8_t *y, const int8_t *x, const int8_t *x2, int out_w, int out_c, int x_step,
	int x_inc, int x2_step, int x2_inc, int y_step, int x_zero, int x2_zero, int left_shift,
	int x_mult, int x_shift, int x2_mult, int x2_shift, int y_mult, int y_shift, int y_zero,
	int y_min, int y_max)
{
	assert(x_shift <= 0 && x2_shift <= 0 && y_shift <= 0);

	const int gapless = x_step == out_c * x_inc && x2_step == out_c * x2_inc && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;
	const Summand a = { x_zero, x_inc, x_mult, x_shift }, b = { x2_zero, x2_inc, x2_mult, x2_shift };

	for (int p = 0; p < turns; p++) {
		const int8_t *from = x + p * x_step, *from2 = x2 + p * x2_step;
		int8_t *to = y + p * y_step;

		for (int c = 0; c + 8 <= run; c += 8) {
			const int32x4_t low = sum_four(from + c * x_inc, from2 + c * x2_inc, 4, &a, &b,
				left_shift, y_mult, y_shift, y_zero, y_min);
			const int32x4_t high = sum_four(from + (c + 4) * x_inc, from2 + (c + 4) * x2_inc, 4,
				&a, &b, left_shift, y_mult, y_shift, y_zero, y_min);
			const int32x4_t v = narrow_two(low, high, y_zero, y_min, y_max);

			store_lanes(to + c, v, 4);
			store_lanes(to + c + 4, third_bytes(v), 4);
		}
		for (int c = run / 8 * 8; c < run; c += 4) {
			const int32x4_t low = sum_four(from + c * x_inc, from2 + c * x2_inc, run - c, &a, &b,
				left_shift, y_mult, y_shift, y_zero, y_min);

			store_lanes(to + c, narrow_two(low, low, y_zero, y_min, y_max), run - c);
		}
	}
}
