/* arg_max_s8_s32.c: where int8s are greatest. */
#include <assert.h>

#include "vec.h"

/*
 * y = where x is greatest, first: of the row's pixels, channel by channel (axis 2)
 * cost: (20 + 12 * in_w) * ((out_c + BYTES - 1) / BYTES)
 */
void
arg_max_s8_s32_vec(int32_t *restrict y, const int8_t *restrict x, int in_w, int out_c, int axis,
	int x_step)
{
	assert(axis == 2);

	for (int c = 0; c < out_c; c += BYTES) {
		const int count = out_c - c;
		Ints best[4], at[4], v[4];
		int32_t out[4 * LANES];

		widen_bytes(best, load_bytes(x + c, count));
		for (int k = 0; k < 4; k++)
			at[k] = same_int(0);
		for (int p = 1; p < in_w; p++) {
			widen_bytes(v, load_bytes(x + p * x_step + c, count));
			for (int k = 0; k < 4; k++) {
				at[k] = where_greater(v[k], best[k], same_int(p), at[k]);
				best[k] = where_greater(v[k], best[k], v[k], best[k]);
			}
		}
		for (int k = 0; k < 4; k++)
			store_ints(out + k * LANES, at[k]);
		for (int k = 0; k < count && k < 4 * LANES; k++)
			y[c + k] = out[k];
	}
}
