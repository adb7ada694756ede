/* quantize_f32_s8.c: float to int8. */
#include "floats.h"
#include "rescale.h"

/* To the nearest integer, halves away from zero; saturates at +-2^22, what is no number is small. */
static inline __attribute__((always_inline)) Ints
round_floats(Floats x)
{
	const float bound = 1 << 22;
	Floats inside = least_floats(most_floats(x, same_float(-bound)), same_float(bound));
	Ints whole = truncate_floats(inside);
	Floats rest = subtract_floats(inside, real_ints(whole));

	return add_ints(whole, truncate_floats(add_floats(rest, rest)));
}

/*
 * y = clamp(round(x / y_scale) + y_zero), halves away from zero
 * cost: 10 + (LANES > 1 ? 3 * BYTES / 4 : 56) * (out_w * out_c / BYTES + 1 + (x_step + y_step > 2 * out_c) * out_w)
 */
void
quantize_f32_s8_vec(int8_t *restrict y, const float *restrict x, int out_w, int out_c, int x_step,
	int y_step, int y_zero, float y_scale)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		for (int c = 0; c < run; c += BYTES) {
			Floats v[4];
			Ints a[4];

			load_four(v, x + p * x_step + c, run - c);
			for (int k = 0; k < 4; k++)
				a[k] = add_ints(round_floats(divide_floats(v[k], same_float(y_scale))),
					same_int(y_zero));
			store_clamped(y + p * y_step + c, a, run - c, INT8_MIN, INT8_MAX);
		}
	}
}
