/*
 * fixed.h: 32-bit fixed point as TensorFlow Lite and gemmlowp define it.
 * Every int32 is a valid argument.  Right shifts of negative numbers keep the sign, as on every
 * compiler known (C11 leaves it to them).
 */
#ifndef FIXED_H
#define FIXED_H

#include <stdint.h>

static inline int32_t
clamp(int32_t x, int32_t low, int32_t high)
{
	return x < low ? low : x > high ? high : x;
}

/* a * b / 2^31, rounded to nearest, halves up; saturates when both are -2^31. */
static inline int32_t
high_product(int32_t a, int32_t b)
{
	int64_t product = (int64_t)a * b;
	int64_t half = product >= 0 ? 1 << 30 : 1 - (1 << 30);
	int64_t high = (product + half) / ((int64_t)1 << 31);

	return high > INT32_MAX ? INT32_MAX : (int32_t)high;
}

/* x / 2^shift, rounded to nearest, halves away from zero; shift 0 to 31. */
static inline int32_t
shift_right(int32_t x, int shift)
{
	int32_t mask = (int32_t)((UINT32_C(1) << shift) - 1);

	return (x >> shift) + ((x & mask) > (mask >> 1) + (x < 0));
}

/* x * 2^shift, wrapping; shift 0 to 31. */
static inline int32_t
shift_left(int32_t x, int shift)
{
	return (int32_t)((uint32_t)x << shift);
}

/* x * mult / 2^31 * 2^shift, rounded twice; shift -31 to 31. */
static inline int32_t
requantize(int32_t x, int32_t mult, int shift)
{
	return shift > 0 ? high_product(shift_left(x, shift), mult) :
		shift_right(high_product(x, mult), -shift);
}

#endif
