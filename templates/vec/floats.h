/* floats.h: what ends kernels of floats. */
#ifndef FLOATS_H
#define FLOATS_H

#include "vec.h"

/* What is no number stays so. */
static inline __attribute__((always_inline)) Floats
clamp_floats(Floats x, float low, float high)
{
	return least_floats(same_float(high), most_floats(same_float(low), x));
}

/* The first count of 4 * LANES. */
static inline __attribute__((always_inline)) void
load_four(Floats to[4], const float *x, int count)
{
	for (int k = 0; k < 4; k++)
		to[k] = count > k * LANES ? load_floats(x + k * LANES, count - k * LANES) : same_float(0);
}

static inline __attribute__((always_inline)) void
store_four(float *y, const Floats x[4], int count)
{
	for (int k = 0; k < 4; k++)
		if (count > k * LANES)
			store_floats(y + k * LANES, x[k], count - k * LANES);
}

#endif
