/* fixed16.h: 16-bit fixed point as TensorFlow Lite and gemmlowp define it. */
#ifndef FIXED16_H
#define FIXED16_H

#include "fixed.h"

static inline int32_t
saturate16(int32_t x)
{
	return clamp(x, INT16_MIN, INT16_MAX);
}

/* a * b / 2^15 of 16-bit numbers, rounded to nearest, halves up; saturating. */
static inline int32_t
high_product16(int32_t a, int32_t b)
{
	int32_t product = a * b;

	return saturate16((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

#endif
