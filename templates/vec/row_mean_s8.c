/* row_mean_s8.c: means of int8 inside a row: over its pixels, over channels, or both. */
#include "rescale.h"

/*
 * y = clamp(requantize(sum of x - x_zero)); the multiplier divides by their number too
 * cost: (in_c == out_c) * out_w * ((in_c + BYTES - 1) / BYTES) * ((LANES > 1 ? 10 : 20) * in_w / out_w + 50) + (in_c > out_c) * ((LANES > 1 ? 2 : 5) * in_w * in_c + 4 * out_w * out_c + out_w * ((out_c + BYTES - 1) / BYTES) * 20)
 */
void
row_mean_s8_vec(int8_t *restrict y, const int8_t *restrict x, int in_w, int in_c, int out_w,
	int out_c, int x_step, int y_step, int x_zero, int y_mult, int y_shift, int y_zero, int y_min,
	int y_max)
{
	const int pixels = in_w / out_w, channels = in_c / out_c; /* to one of y */

	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c += BYTES) {
			const int8_t *from = x + p * pixels * x_step + c * channels;
			const int count = out_c - c < BYTES ? out_c - c : BYTES;
			int32_t total[BYTES] = { 0 };
			Ints sum[4], v[4];

			/* channels of channels each: one by one */
			if (channels > 1)
				for (int i = 0; i < pixels; i++)
					for (int o = 0; o < count; o++)
						for (int k = 0; k < channels; k++)
							total[o] += from[i * x_step + o * channels + k];
			for (int k = 0; k < 4; k++)
				sum[k] = subtract_ints(load_ints(total + k * LANES),
					same_int(pixels * channels * x_zero));
			if (channels == 1) {
				for (int i = 0; i < pixels; i++) {
					widen_bytes(v, load_bytes(from + i * x_step, count));
					for (int k = 0; k < 4; k++)
						sum[k] = add_ints(sum[k], v[k]);
				}
			}
			for (int k = 0; k < 4; k++)
				sum[k] = requantize_ints(sum[k], y_mult, y_shift, y_zero);
			store_clamped(y + p * y_step + c, sum, count, y_min, y_max);
		}
	}
}
