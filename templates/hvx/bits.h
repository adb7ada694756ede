/* bits.h: floats as bits: v66 has no vectors of floats. */
#ifndef BITS_H
#define BITS_H

#include <stdint.h>
#include <string.h>

enum {
	DIGIT_BITS = 23, /* of a float behind the first digit, which is 1 and not there */
	DIGITS = 1 << DIGIT_BITS,
	INFINITE = 0x7f800000, /* greater are no numbers, and as unsigned negative numbers' bits */
	LEAST = 2, MOST = 246  /* exponents of scales by which what counts has 24 digits, and is finite */
};

/* A number above 0 is digits * 2^exponent, but for a constant. */
typedef struct {
	int exponent, digits;
} Scale;

static inline __attribute__((always_inline)) Scale
parts_of(float x)
{
	int32_t bits;

	memcpy(&bits, &x, sizeof bits);
	const Scale s = { bits >> DIGIT_BITS, (bits & (DIGITS - 1)) | DIGITS };
	return s;
}

/* Hardly a number: too small or too large for vectors. */
static inline int
is_extreme(Scale s)
{
	return s.exponent < LEAST || s.exponent > MOST;
}

#endif
