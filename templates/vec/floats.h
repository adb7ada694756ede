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

#endif
