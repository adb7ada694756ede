/* requantize_s8.c: int8 to int8 of another scale, clamped: also ReLU. */
#include <assert.h>

#include "rescale.h"

/*
 * y = clamp(requantize(x - x_zero))
 * cost: 10 + 24 * (out_w * out_c / BYTES + 1 + (y_step > out_c) * out_w)
 * in place
 */
void
requantize_s8_vec(int8_t *y, const int8_t *x, int out_w, int out_c, int x_step, int y_step,
	int x_zero, int y_mult, int y_shift, int y_zero, int y_min, int y_max, int x_bias)
{
	assert(x_bias == 0 && y_shift < 15);

	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;
	const int left = y_shift > 0 ? y_shift : 0, right = y_shift < 0 ? -y_shift : 0;

	for (int p = 0; p < turns; p++) {
		for (int c = 0; c < run; c += BYTES) {
			Ints a[4];

			load_below(a, x + p * x_step + c, run - c, 1, x_zero);
			for (int k = 0; k < 4; k++)
				a[k] = add_ints(rescale_small(a[k], y_mult, left, right), same_int(y_zero));
			store_clamped(y + p * y_step + c, a, run - c, y_min, y_max);
		}
	}
}
