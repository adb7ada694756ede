/* pad_s32.c: a border around int32. */
#include <stdint.h>

/*
 * y = x from pixel pad_left and channel pad_front on; the rest is pad_value.
 * x: one row, or a row of pad_value where y's row is beyond the image.
 * cost: 6 * out_w * out_c
 */
void
pad_s32_ref(int32_t *restrict y, const int32_t *restrict x, int in_w, int in_c, int out_w,
	int out_c, int pad_left, int pad_front, int x_step, int y_step, int pad_value)
{
	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			int from = p - pad_left, channel = c - pad_front;

			if (from < 0 || from >= in_w || channel < 0 || channel >= in_c)
				y[p * y_step + c] = pad_value;
			else
				y[p * y_step + c] = x[from * x_step + channel];
		}
	}
}
