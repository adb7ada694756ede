/* mean_s8.c: mean of int8 over all pixels of an image, channel by channel. */
#include "rescale.h"
#include "sums.h"

/* acc: 4 * ((in_c + BYTES - 1) / BYTES * BYTES) */
void
mean_s8_begin_vec(int32_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c += LANES)
		store_ints(acc + c, same_int(0));
}

/*
 * acc += x - x_zero, for one row of pixels.
 * cost: ((in_c + BYTES - 1) / BYTES) * ((LANES > 1 ? 10 : 24) * in_w + 12)
 */
void
mean_s8_row_vec(int32_t *restrict acc, const int8_t *restrict x, int in_w, int in_c, int x_step,
	int x_zero)
{
	for (int c = 0; c < in_c; c += BYTES)
		add_pixels(acc + c, x + c, in_w, x_step, in_c - c, x_zero);
}

/* y = clamp(requantize(acc)); the multiplier divides by the number of pixels too. */
void
mean_s8_end_vec(int8_t *restrict y, const int32_t *restrict acc, int out_c, int y_mult, int y_shift,
	int y_zero, int y_min, int y_max)
{
	for (int c = 0; c < out_c; c += BYTES) {
		Ints sum[4];

		for (int k = 0; k < 4; k++)
			sum[k] = requantize_ints(load_ints(acc + c + k * LANES), y_mult, y_shift, y_zero);
		store_clamped(y + c, sum, out_c - c, y_min, y_max);
	}
}
