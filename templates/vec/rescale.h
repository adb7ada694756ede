/* rescale.h: requantization of small numbers without 64 bits, and stored values. */
#ifndef RESCALE_H
#define RESCALE_H

#include "vec.h"

/* x / 2^bits, rounded to nearest, halves away from zero. */
static inline __attribute__((always_inline)) Ints
round_right(Ints x, int bits)
{
	if (bits == 0)
		return x;
	return right_ints(add_ints(add_ints(x, right_ints(x, 31)), same_int(1 << (bits - 1))), bits);
}

/*
 * -n * 2^left * mult / 2^31 / 2^right, rounded twice as in fixed.h; n of 10 bits, left at most 30,
 * mult >= 0.  mult is high * 2^16 + low, so that all products have 32 bits.  n is negative because
 * -32768 is a number of 16 bits and 32768 is not.
 */
static inline __attribute__((always_inline)) Ints
rescale_small(Ints n, int mult, int left, int right)
{
	const int high = (int)(((int64_t)mult + 0x7fff) >> 16), low = mult - high * 65536;
	Ints v = multiply_shorts(n, same_int(-high));

	if (left < 15) {
		if (low)
			v = add_ints(v, right_ints(multiply_shorts(n, same_int(-low)), 16));
		v = right_ints(add_ints(v, same_int(1 << (14 - left))), 15 - left);
	} else {
		v = left_ints(v, left - 15);
		if (low)
			v = add_ints(v, right_ints(add_ints(multiply_shorts(n, same_int(-low)),
				same_int(1 << (30 - left))), 31 - left));
	}
	return round_right(v, right);
}

/* zero - x, of the first count of BYTES int8; of one for all if not each. */
static inline __attribute__((always_inline)) void
load_below(Ints to[4], const int8_t *x, int count, int each, int zero)
{
	widen_bytes(to, each ? load_bytes(x, count) : same_byte(*x));
	for (int k = 0; k < 4; k++)
		to[k] = subtract_ints(same_int(zero), to[k]);
}

/* Stores the first count of BYTES, clamped. */
static inline __attribute__((always_inline)) void
store_clamped(int8_t *y, const Ints x[4], int count, int y_min, int y_max)
{
	Bytes v = narrow_ints(x);

	if (y_min > INT8_MIN)
		v = most_bytes(v, same_byte(y_min));
	if (y_max < INT8_MAX)
		v = least_bytes(v, same_byte(y_max));
	store_bytes(y, v, count);
}

#endif
