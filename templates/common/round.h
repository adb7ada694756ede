/*
 * round.h: numbers with a fraction to the nearest integer, halves away from zero.  By comparing:
 * a product that is then added to may be fused with the addition, which changes bits.
 */
#ifndef ROUND_H
#define ROUND_H

#include <stdint.h>

/* For codes of 8 and 16 bits: saturates at +-2^22; a NaN counts as small. */
static inline int32_t
round_float(float x)
{
	const float bound = 1 << 22;
	float inside = x > bound ? bound : x > -bound ? x : -bound;
	int32_t whole = (int32_t)inside;

	return whole + (inside >= (float)whole + 0.5f) - (inside <= (float)whole - 0.5f);
}

/* Saturates at +-2^30. */
static inline int32_t
round_double(double x)
{
	const double bound = 1 << 30;
	double inside = x > bound ? bound : x > -bound ? x : -bound;
	int32_t whole = (int32_t)inside;

	return whole + (inside >= whole + 0.5) - (inside <= whole - 0.5);
}

#endif
