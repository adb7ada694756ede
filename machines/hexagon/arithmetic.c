/*
 * arithmetic.c: what clang calls where a Hexagon has no instruction: divisions, doubles.  Names and
 * meaning are those of LLVM's compiler-rt, lib/builtins/hexagon.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "doubles.h"

uint32_t __hexagon_udivsi3(uint32_t, uint32_t);
uint32_t __hexagon_umodsi3(uint32_t, uint32_t);
int32_t __hexagon_divsi3(int32_t, int32_t);
int32_t __hexagon_modsi3(int32_t, int32_t);
uint64_t __hexagon_udivdi3(uint64_t, uint64_t);
uint64_t __hexagon_umoddi3(uint64_t, uint64_t);
int64_t __hexagon_divdi3(int64_t, int64_t);
int64_t __hexagon_moddi3(int64_t, int64_t);
double __hexagon_muldf3(double, double);
double __hexagon_divdf3(double, double);

/* ---- whole numbers */

/* n / d, a bit at a time from the highest that can be 1; n % d in *rest. */
static uint64_t
divide(uint64_t n, uint64_t d, uint64_t *rest)
{
	uint64_t quotient = 0;
	int bits = d ? __builtin_clzll(d) - (n ? __builtin_clzll(n) : 64) : -1;

	for (; bits >= 0; bits--)
		if (n >= d << bits) {
			n -= d << bits;
			quotient |= UINT64_C(1) << bits;
		}
	*rest = n;
	return quotient;
}

static uint64_t
size_of(int64_t n)
{
	return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

uint64_t
__hexagon_udivdi3(uint64_t n, uint64_t d)
{
	uint64_t rest;

	return divide(n, d, &rest);
}

uint64_t
__hexagon_umoddi3(uint64_t n, uint64_t d)
{
	uint64_t rest;

	divide(n, d, &rest);
	return rest;
}

int64_t
__hexagon_divdi3(int64_t n, int64_t d)
{
	uint64_t rest, quotient = divide(size_of(n), size_of(d), &rest);

	return (int64_t)((n < 0) != (d < 0) ? 0 - quotient : quotient);
}

int64_t
__hexagon_moddi3(int64_t n, int64_t d)
{
	uint64_t rest;

	divide(size_of(n), size_of(d), &rest);
	return (int64_t)(n < 0 ? 0 - rest : rest);
}

uint32_t
__hexagon_udivsi3(uint32_t n, uint32_t d)
{
	return (uint32_t)__hexagon_udivdi3(n, d);
}

uint32_t
__hexagon_umodsi3(uint32_t n, uint32_t d)
{
	return (uint32_t)__hexagon_umoddi3(n, d);
}

int32_t
__hexagon_divsi3(int32_t n, int32_t d)
{
	return (int32_t)__hexagon_divdi3(n, d);
}

int32_t
__hexagon_modsi3(int32_t n, int32_t d)
{
	return (int32_t)__hexagon_moddi3(n, d);
}

/* ---- doubles */

Wide
wide_product(uint64_t a, uint64_t b)
{
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32);
	uint64_t other = a0 * b1 + (uint32_t)middle;

	return (Wide){ a1 * b1 + (middle >> 32) + (other >> 32), other << 32 | (uint32_t)low };
}

double
of_bits(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

uint64_t
bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	return bits;
}

Parts
parts_of(double x)
{
	uint64_t bits = bits_of(x), fraction = bits << 12 >> 12;
	int exponent = (int)(bits >> 52 & 0x7ff);
	Parts p = { bits >> 63, exponent - 1075, fraction | UINT64_C(1) << 52, exponent == 0x7ff };

	if (exponent == 0)
		p.exponent++, p.digits = fraction;
	if (p.digits && !p.special) {
		int shift = __builtin_clzll(p.digits);
		p.digits <<= shift;
		p.exponent -= shift;
	}
	return p;
}

/* digits * 2^exponent to nearest, halves to even; whatever was cut off is in the last bit. */
double
round_parts(bool negative, int exponent, uint64_t digits)
{
	const uint64_t sign = negative ? UINT64_C(1) << 63 : 0;

	if (!digits)
		return of_bits(sign);
	int shift = __builtin_clzll(digits);
	digits <<= shift;
	exponent += 1085 - shift; /* of the highest bit, as stored */
	if (exponent >= 0x7fe)
		return of_bits(sign | UINT64_C(0x7ff) << 52);
	int cut = exponent >= 0 ? 11 : 11 - exponent;
	if (cut > 64)
		return of_bits(sign);
	uint64_t kept = cut < 64 ? digits >> cut : 0, rest = digits << (64 - cut);
	const uint64_t half = UINT64_C(1) << 63;
	kept += rest > half || (rest == half && kept & 1);
	return of_bits(sign | (((uint64_t)(exponent < 0 ? 0 : exponent) << 52) + kept));
}

double
__hexagon_muldf3(double a, double b)
{
	Parts x = parts_of(a), y = parts_of(b);
	bool negative = x.negative != y.negative;

	if (x.special || y.special) {
		bool none = a != a || b != b || !x.digits || !y.digits;
		return none ? NAN : of_bits((negative ? UINT64_C(1) << 63 : 0) | UINT64_C(0x7ff) << 52);
	}
	Wide p = wide_product(x.digits, y.digits);
	return round_parts(negative, x.exponent + y.exponent + 64, p.high | (p.low != 0));
}

double
__hexagon_divdf3(double a, double b)
{
	Parts x = parts_of(a), y = parts_of(b);
	bool negative = x.negative != y.negative;
	uint64_t n = x.digits >> 1, d = y.digits >> 1, quotient = 0;

	if (a != a || b != b || (x.special && y.special) || (!x.digits && !y.digits))
		return NAN;
	if (x.special || !y.digits)
		return of_bits((negative ? UINT64_C(1) << 63 : 0) | UINT64_C(0x7ff) << 52);
	if (y.special || !x.digits)
		return round_parts(negative, 0, 0);
	for (int i = 0; i < 62; i++) {
		quotient <<= 1;
		if (n >= d) {
			n -= d;
			quotient |= 1;
		}
		n <<= 1;
	}
	return round_parts(negative, x.exponent - y.exponent - 61, quotient | (n != 0));
}
