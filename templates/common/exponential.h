/* exponential.h: exp() and what is made of it in fixed point, as gemmlowp's fixedpoint.h computes them. */
#ifndef EXPONENTIAL_H
#define EXPONENTIAL_H

#include "fixed.h"

/* exp(x) for -1/4 <= x < 0, both with 31 fraction bits: a series around -1/8. */
static inline int32_t
exp_of_quarter(int32_t x)
{
	const int32_t exp_eighth = 1895147668; /* exp(-1/8) */
	const int32_t third = 715827883;
	int32_t d = x + (1 << 28);
	int32_t d2 = high_product(d, d);
	int32_t d3 = high_product(d2, d);
	int32_t d4 = high_product(d2, d2);
	int32_t sum = shift_right(high_product(shift_right(d4, 2) + d3, third) + d2, 1);

	return exp_eighth + high_product(exp_eighth, d + sum);
}

/* exp(x) for x <= 0 with fraction_bits (26 or 27); the result has 31. */
static inline int32_t
exp_of_negative(int32_t x, int fraction_bits)
{
	/* exp(-1/4), exp(-1/2), exp(-1), ... exp(-16) */
	static const int32_t power[] = { 1672461947, 1302514674, 790015084, 290630308, 39332535,
		720401, 242 };
	int32_t quarter = 1 << (fraction_bits - 2);
	int32_t part = (x & (quarter - 1)) - quarter;
	int32_t rest = part - x; /* a multiple of a quarter */
	int32_t y = exp_of_quarter(shift_left(part, 31 - fraction_bits));

	for (int i = 0; fraction_bits - 2 + i < 31; i++)
		if (rest & (quarter << i))
			y = high_product(y, power[i]);
	return x ? y : INT32_MAX;
}

/* x * 2^shift, saturating. */
static inline int32_t
saturating_shift_left(int32_t x, int shift)
{
	int32_t bound = (1 << (31 - shift)) - 1;

	return x > bound ? INT32_MAX : x < -bound ? INT32_MIN : shift_left(x, shift);
}

/*
 * 2 / (1 + x) for 0 <= x <= 1 with 31 fraction bits; the result has 29: Newton's division.
 * Other x give nonsense without overflow.
 */
static inline int32_t
two_over_one_plus(int32_t x)
{
	const int32_t first = 1515870810, slope = -1010580540; /* 48 / 17, -32 / 17 */
	int64_t sum = (int64_t)x + INT32_MAX;
	int32_t half = (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
	int32_t y = first + high_product(half, slope);

	for (int i = 0; i < 3; i++)
		y = (int32_t)((uint32_t)y + (uint32_t)saturating_shift_left(
			high_product(y, (1 << 29) - high_product(half, y)), 2));
	return y;
}

/* 1 / (1 + exp(-x)), x with 27 fraction bits, the result with 31. */
static inline int32_t
fixed_logistic(int32_t x)
{
	int32_t y = saturating_shift_left(
		two_over_one_plus(exp_of_negative(x > 0 ? -x : x, 27)), 1);

	return x == 0 ? 1 << 30 : x > 0 ? y : INT32_MAX - y;
}

/* tanh(x), x with 27 fraction bits, the result with 31. */
static inline int32_t
fixed_tanh(int32_t x)
{
	int32_t y = saturating_shift_left(
		two_over_one_plus(exp_of_negative(x > 0 ? -x : x, 26)) - (1 << 29), 2);

	return x == 0 ? 0 : x > 0 ? y : -y;
}

static inline int
leading_zeros(uint32_t x)
{
	int count = 0;

	while (count < 32 && !(x >> (31 - count)))
		count++;
	return count;
}

/* 2^(31 - z) / x with 31 fraction bits, z the leading zeros of x; nonsense of 0. */
static inline int32_t
reciprocal(uint32_t x)
{
	uint32_t shifted = x ? x << leading_zeros(x) : 0;

	return saturating_shift_left(
		two_over_one_plus((int32_t)(shifted - (UINT32_C(1) << 31))), 1);
}

#endif
