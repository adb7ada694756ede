/* round.h: numbers with a fraction to the nearest integer, halves away from zero. */
#ifndef ROUND_H
#define ROUND_H

#include <stdint.h>

/* The nearest integer, plus zero; beyond 2^30, and for a NaN, a number as large or as small. */
static inline int32_t
round_float(float x, int32_t zero)
{
	const float bound = 1 << 30;
	float inside = x < bound ? (x > -bound ? x : -bound) : x >= bound ? bound : -bound;
	int32_t whole = (int32_t)inside;
	float rest = inside - (float)whole;

	return whole + (rest >= 0.5f) - (rest <= -0.5f) + zero;
}

static inline int32_t
round_double(double x, int32_t zero)
{
	const double bound = 1 << 30;
	double inside = x < bound ? (x > -bound ? x : -bound) : x >= bound ? bound : -bound;
	int32_t whole = (int32_t)inside;
	double rest = inside - whole;

	return whole + (rest >= 0.5) - (rest <= -0.5) + zero;
}

#endif
