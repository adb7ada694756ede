/* pad_8.c: a border around 8-bit elements. */
#include <string.h>

/*
 * y = x from pixel pad_left and channel pad_front on; the rest is pad_value.
 * x: one row, or a row of pad_value where y's row is beyond the image.
 * cost: out_w * (20 + out_c)
 */
void
pad_8_ref(void *restrict y, const void *restrict x, int in_w, int in_c, int out_w,
	int out_c, int pad_left, int pad_front, int x_step, int y_step, int pad_value)
{
	const int behind = out_c - pad_front - in_c;

	for (int p = 0; p < out_w; p++) {
		char *to = (char *)y + p * y_step;

		if (p < pad_left || p >= pad_left + in_w) {
			memset(to, pad_value, (size_t)out_c);
		} else {
			const char *from = (const char *)x + (p - pad_left) * x_step;

			if (pad_front > 0)
				memset(to, pad_value, (size_t)pad_front);
			memcpy(to + pad_front, from, (size_t)in_c);
			if (behind > 0)
				memset(to + pad_front + in_c, pad_value, (size_t)behind);
		}
	}
}
