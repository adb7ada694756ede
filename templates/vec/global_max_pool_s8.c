/* global_max_pool_s8.c: maxima of whole images of int8, channel by channel. */
#include "vec.h"

/* acc: (in_c + BYTES - 1) / BYTES * BYTES */
void
global_max_pool_s8_begin_vec(int8_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c += BYTES)
		store_bytes(acc + c, same_byte(INT8_MIN), BYTES);
}

/*
 * acc = max(acc, x), for one row of pixels.
 * cost: ((in_c + BYTES - 1) / BYTES) * (2 * in_w + 6)
 */
void
global_max_pool_s8_row_vec(
	int8_t *restrict acc, const int8_t *restrict x, int in_w, int in_c, int x_step)
{
	for (int c = 0; c < in_c; c += BYTES) {
		Bytes most = load_bytes(acc + c, BYTES);

		for (int p = 0; p < in_w; p++)
			most = most_bytes(most, load_bytes(x + p * x_step + c, in_c - c));
		store_bytes(acc + c, most, BYTES);
	}
}

/* y = clamp(acc) */
void
global_max_pool_s8_end_vec(
	int8_t *restrict y, const int8_t *restrict acc, int out_c, int y_min, int y_max)
{
	for (int c = 0; c < out_c; c += BYTES)
		store_bytes(y + c, least_bytes(most_bytes(load_bytes(acc + c, BYTES), same_byte(y_min)),
			same_byte(y_max)), out_c - c);
}
