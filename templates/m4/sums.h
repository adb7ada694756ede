/* sums.h: sums of a row's pixels, channel by channel. */
#ifndef SUMS_H
#define SUMS_H

#include "dsp.h"

/* sum += x + more, of in_w pixels, which are so few that 16 bits hold the sums of x. */
static inline __attribute__((always_inline)) void
add_row(int32_t *restrict sum, const int8_t *restrict x, int in_w, int in_c, int x_step, int more)
{
	for (int c = 0; c < in_c / 4 * 4; c += 4) {
		uint32_t even = 0, odd = 0;

#pragma GCC unroll 8
		for (int p = 0; p < in_w; p++) {
			uint32_t word;

			memcpy(&word, x + p * x_step + c, sizeof word);
			even = add_even_bytes(even, word);
			odd = add_odd_bytes(odd, word);
		}
		sum[c] += (int16_t)even + in_w * more;
		sum[c + 1] += (int16_t)odd + in_w * more;
		sum[c + 2] += (int16_t)(even >> 16) + in_w * more;
		sum[c + 3] += (int16_t)(odd >> 16) + in_w * more;
	}
	for (int c = in_c / 4 * 4; c < in_c; c++)
		for (int p = 0; p < in_w; p++)
			sum[c] += x[p * x_step + c] + more;
}

#endif
