/*
 * strict.h: float operations that no compiler fuses or reorders, for results that are
 * integers in the end and must be the same to the bit whatever the flags.
 */
#ifndef STRICT_H
#define STRICT_H

static inline float
strict_product(float a, float b)
{
	volatile float product = a * b;

	return product;
}

static inline float
strict_sum(float a, float b)
{
	volatile float sum = a + b;

	return sum;
}

#endif
