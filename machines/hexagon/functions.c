/* functions.c: of math.h what is exact in float and nearly so in double: exp(), log(), tanh(). */
#include <math.h>
#include <stdint.h>

#include "doubles.h"

/* As in math.c. */
#pragma clang attribute push(__attribute__((no_builtin)), apply_to = function)

static const double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;

/* 2^k * e^r, |r| at most half of ln 2. */
double
exp(double x)
{
	static const double over[] = { 1, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6, 1.0 / 7, 1.0 / 8,
		1.0 / 9, 1.0 / 10, 1.0 / 11, 1.0 / 12, 1.0 / 13, 1.0 / 14 };
	const double log2_e = 0x1.71547652b82fep0;
	double k = floor(x * log2_e + 0.5), sum = 1;

	if (x != x)
		return x;
	if (x > 710)
		return INFINITY;
	if (x < -750)
		return 0;
	const double r = x - k * ln2_high - k * ln2_low;
	for (int i = sizeof over / sizeof *over; i > 0; i--)
		sum = 1 + sum * (r * over[i - 1]);
	return ldexp(sum, (int)k);
}

/* With x = m * 2^k, s = (m - 1) / (m + 1): k * ln 2 + 2 * (s + s^3 / 3 + s^5 / 5 ...) */
double
log(double x)
{
	static const double over[] = { 1, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13,
		1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23, 1.0 / 25 };
	int k;
	double m = frexp(x, &k), sum = 0;

	if (x != x || x < 0)
		return NAN;
	if (x == 0 || isinf(x))
		return x == 0 ? -INFINITY : x;
	if (m < 0.70710678)
		m *= 2, k--;
	const double s = (m - 1) / (m + 1), square = s * s;
	for (int i = sizeof over / sizeof *over; i > 0; i--)
		sum = over[i - 1] + square * sum;
	return k * ln2_high + (k * ln2_low + 2 * s * sum);
}

double
tanh(double x)
{
	const double one_from = 20, a = fabs(x);

	if (x != x || a < 1e-5)
		return x - x * x * x / 3;
	return copysign(a > one_from ? 1 : 1 - 2 / (exp(2 * a) + 1), x);
}

float
expf(float x)
{
	return (float)exp(x);
}

float
logf(float x)
{
	return (float)log(x);
}

float
tanhf(float x)
{
	return (float)tanh(x);
}

#pragma clang attribute pop
