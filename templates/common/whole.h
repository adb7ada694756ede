/* whole.h: division of any two int32, also those that C leaves undefined. */
#ifndef WHOLE_H
#define WHOLE_H

#include <stdint.h>

/* a / b toward zero, wrapping; 0 for the divisor 0, which the references refuse. */
static inline int32_t
quotient(int32_t a, int32_t b)
{
	if (b == 0)
		return 0;
	return b == -1 ? (int32_t)(0 - (uint32_t)a) : a / b;
}

/* The same, rounded down. */
static inline int32_t
floor_quotient(int32_t a, int32_t b)
{
	int32_t q = quotient(a, b);

	return q - (b != -1 && b != 0 && q * b != a && (a < 0) != (b < 0));
}

#endif
