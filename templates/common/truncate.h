/*
 * truncate.h: floats to integers, toward zero; saturates, and a NaN is the greatest
 * number.
 */
#ifndef TRUNCATE_H
#define TRUNCATE_H

#include <stdint.h>

static inline int32_t
truncate32(float x)
{
	const float bound = 2147483648.0f;

	return x < bound ? x > -bound ? (int32_t)x : INT32_MIN : INT32_MAX;
}

static inline int64_t
truncate64(float x)
{
	const float bound = 9223372036854775808.0f;

	return x < bound ? x > -bound ? (int64_t)x : INT64_MIN : INT64_MAX;
}

#endif
