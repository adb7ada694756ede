/* resize_nearest.c: images made larger or smaller by repeating or leaving out pixels. */
#include <stdint.h>
#include <string.h>

/*
 * y[p] = x[column[p]], pixels of out_c elements of size bytes; x: the row that y's row
 * repeats.
 * cost: out_w * (20 + size * out_c)
 */
void
resize_nearest_ref(void *restrict y, const void *restrict x,
	const int16_t *restrict column, int out_w, int out_c, int size, int x_step,
	int y_step)
{
	for (int p = 0; p < out_w; p++)
		memcpy((char *)y + p * y_step * size,
			(const char *)x + column[p] * x_step * size,
			(size_t)(out_c * size));
}
