/* arg_max_s8_s64.c: where int8s are greatest. */
#include <stdint.h>

/*
 * y = where x is greatest, first: of the row's pixels, channel by channel (axis 2), or of the
 * channels, pixel by pixel (axis 3)
 * cost: 6 * in_w * in_c
 */
void
arg_max_s8_s64_ref(int64_t *restrict y, const int8_t *restrict x, int in_w, int in_c, int out_w,
	int out_c, int axis, int x_step, int y_step)
{
	const int count = axis == 2 ? in_w : in_c;
	const int step = axis == 2 ? x_step : 1;

	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			const int8_t *from = x + p * x_step + c;
			int best = 0;

			for (int i = 1; i < count; i++)
				if (from[i * step] > from[best * step])
					best = i;
			y[p * y_step + c] = best;
		}
	}
}
