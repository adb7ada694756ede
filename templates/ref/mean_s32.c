/* mean_s32.c: mean of int32 over all pixels of an image, channel by channel. */
#include <stdint.h>

/* acc: 8 * in_c */
void
mean_s32_begin_ref(int64_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c++)
		acc[c] = 0;
}

/*
 * acc += x, for one row of pixels, wrapping.
 * cost: 5 * in_w * in_c
 */
void
mean_s32_row_ref(
	int64_t *restrict acc, const int32_t *restrict x, int in_w, int in_c, int x_step)
{
	for (int p = 0; p < in_w; p++)
		for (int c = 0; c < in_c; c++)
			acc[c] =
				(int64_t)((uint64_t)acc[c] + (uint64_t)x[p * x_step + c]);
}

/* y = acc / number of pixels, toward zero */
void
mean_s32_end_ref(
	int32_t *restrict y, const int64_t *restrict acc, int in_h, int in_w, int out_c)
{
	for (int c = 0; c < out_c; c++)
		y[c] = (int32_t)(acc[c] / (in_h * in_w));
}
