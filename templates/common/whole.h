/* whole.h: division of any two int32, also those that C leaves undefined. */
#ifndef WHOLE_H
#define WHOLE_H

#include <stdint.h>

/* a / b toward zero, saturating; 0 for the divisor 0, which the references refuse. */
static inline int32_t
quotient(int32_t a, int32_t b)
{
	if (b == 0)
		return 0;
	if (a == INT32_MIN && b == -1)
		return INT32_MAX;
	return a / b;
}

/* The same, rounded down; -2^31 / -1 wraps, as in the reference. */
static inline int32_t
floor_quotient(int32_t a, int32_t b)
{
	if (b == 0 || b == -1)
		return (int32_t)((uint32_t)a * (uint32_t)b);

	int32_t q = a / b;

	return q - (q * b != a && (a < 0) != (b < 0));
}

#endif
