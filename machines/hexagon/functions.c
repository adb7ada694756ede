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
	enum { TERMS = 14 };
	double k = floor(x / (ln2_high + ln2_low) + 0.5), sum = 1;

	if (x != x)
		return x;
	if (x > 710)
		return INFINITY;
	if (x < -750)
		return 0;
	const double r = x - k * ln2_high - k * ln2_low;
	for (int i = TERMS; i > 0; i--)
		sum = 1 + sum * r / i;
	return ldexp(sum, (int)k);
}

/* With x = m * 2^k, s = (m - 1) / (m + 1): k * ln 2 + 2 * (s + s^3 / 3 + s^5 / 5 ...) */
double
log(double x)
{
	enum { LAST = 25 };
	int k;
	double m = frexp(x, &k), sum = 0;

	if (x != x || x < 0)
		return NAN;
	if (x == 0 || isinf(x))
		return x == 0 ? -INFINITY : x;
	if (m < 0.70710678)
		m *= 2, k--;
	const double s = (m - 1) / (m + 1);
	for (int i = LAST; i > 0; i -= 2)
		sum = 1.0 / i + s * s * sum;
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
