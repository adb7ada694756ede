/* pad_8.c: a border around 8-bit elements, at both ends of a row. */
#include <assert.h>
#include <string.h>

/*
 * y = x from pixel pad_left on; the rest is pad_value.
 * x: one row, or a row of pad_value where y's row is beyond the image.
 * cost: 20 + out_w * out_c / 16
 */
void
pad_8_vec(void *restrict y, const void *restrict x, int in_w, int in_c, int out_w, int out_c,
	int pad_left, int pad_front, int x_step, int y_step, int pad_value)
{
	assert(in_c == out_c && pad_front == 0);
	assert(x_step == in_c && y_step == out_c);

	const int first = pad_left * out_c, inside = in_w * in_c;
	const int behind = out_w * out_c - first - inside;
	char *to = y;

	if (first > 0)
		memset(to, pad_value, (size_t)first);
	memcpy(to + first, x, (size_t)inside);
	if (behind > 0)
		memset(to + first + inside, pad_value, (size_t)behind);
}
