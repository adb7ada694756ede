/* feed.c: a row that the caller has passed taken in. */
#include <stdint.h>

/*
 * y = x; size: bytes of an element.
 * cost: out_w * out_c * size
 */
void
feed_ref(uint8_t *restrict y, const uint8_t *restrict x, int out_w, int out_c, int size)
{
	for (int i = 0; i < out_w * out_c * size; i++)
		y[i] = x[i];
}
