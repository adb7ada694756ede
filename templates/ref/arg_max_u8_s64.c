/* arg_max_u8_s64.c: where uint8s are greatest. */
#include <stdint.h>

/*
 * y = the first pixel of the row where x is greatest, channel by channel
 * cost: 6 * in_w * out_c
 */
void
arg_max_u8_s64_ref(
	int64_t *restrict y, const uint8_t *restrict x, int in_w, int out_c, int x_step)
{
	for (int c = 0; c < out_c; c++) {
		int best = 0;

		for (int p = 1; p < in_w; p++)
			if (x[p * x_step + c] > x[best * x_step + c])
				best = p;
		y[c] = best;
	}
}
