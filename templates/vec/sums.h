/* sums.h: sums of pixels in 32 bits, channel by channel. */
#ifndef SUMS_H
#define SUMS_H

#include "vec.h"

/* sum += x - zero, channels 0 to count of pixels pixels, step bytes apart; BYTES sums are there. */
static inline __attribute__((always_inline)) void
add_pixels(int32_t *sum, const int8_t *x, int pixels, int step, int count, int zero)
{
	Ints total[4], v[4];

	for (int k = 0; k < 4; k++)
		total[k] = subtract_ints(load_ints(sum + k * LANES), same_int(pixels * zero));
	for (int p = 0; p < pixels; p++) {
		widen_bytes(v, load_bytes(x + p * step, count));
		for (int k = 0; k < 4; k++)
			total[k] = add_ints(total[k], v[k]);
	}
	for (int k = 0; k < 4; k++)
		store_ints(sum + k * LANES, total[k]);
}

#endif
