/* math.c: of math.h what is exact, or rounded once. */
#include <math.h>
#include <string.h>

#include "doubles.h"

float __hexagon_sqrtf(float);

/* Else clang makes sqrtf(x) of (float)sqrt(x), which is what sqrtf() is. */
#pragma clang attribute push(__attribute__((no_builtin)), apply_to = function)

double
fabs(double x)
{
	return of_bits(bits_of(x) << 1 >> 1);
}

float
fabsf(float x)
{
	return (float)fabs(x);
}

double
copysign(double x, double sign)
{
	return of_bits(bits_of(x) << 1 >> 1 | bits_of(sign) >> 63 << 63);
}

double
fmin(double a, double b)
{
	return a < b || b != b ? a : b;
}

double
fmax(double a, double b)
{
	return a > b || b != b ? a : b;
}

float
fminf(float a, float b)
{
	return a < b || b != b ? a : b;
}

float
fmaxf(float a, float b)
{
	return a > b || b != b ? a : b;
}

double
ldexp(double x, int more)
{
	Parts p = parts_of(x);

	return p.special ? x : round_parts(p.negative, p.exponent + more, p.digits);
}

/* x as a number from 1/2 to 1 times 2^exponent. */
double
frexp(double x, int *exponent)
{
	Parts p = parts_of(x);

	*exponent = 0;
	if (p.special || !p.digits)
		return x;
	*exponent = p.exponent + 64;
	return round_parts(p.negative, -64, p.digits);
}

/* Of a number that is neither 0 nor infinite. */
int
ilogb(double x)
{
	return parts_of(x).exponent + 63;
}

double
trunc(double x)
{
	return x > -0x1p52 && x < 0x1p52 ? copysign((double)(long long)x, x) : x;
}

double
floor(double x)
{
	double whole = trunc(x);

	return whole > x ? whole - 1 : whole;
}

double
ceil(double x)
{
	double whole = trunc(x);

	return whole < x ? copysign(whole + 1, x) : whole;
}

double
round(double x)
{
	double whole = trunc(x), rest = fabs(x - whole);

	return rest >= 0.5 ? whole + copysign(1, x) : whole;
}

float
floorf(float x)
{
	return (float)floor(x);
}

float
ceilf(float x)
{
	return (float)ceil(x);
}

float
roundf(float x)
{
	return (float)round(x);
}

/* To nearest, halves to even: what is added has no room for a fraction. */
long long
llrint(double x)
{
	const double large = copysign(0x1p52, x);
	volatile double moved = x + large;

	return x > -0x1p52 && x < 0x1p52 ? (long long)(moved - large) : (long long)x;
}

double
nextafter(double x, double to)
{
	uint64_t bits = bits_of(x);

	if (x != x || to != to || x == to)
		return x == to ? to : x + to;
	if (x == 0)
		return copysign(of_bits(1), to);
	return of_bits((x < to) == (x > 0) ? bits + 1 : bits - 1);
}

float
nextafterf(float x, float to)
{
	const float least = 0x1p-149f;
	uint32_t bits;

	if (x != x || to != to || x == to)
		return x == to ? to : x + to;
	if (x == 0)
		return to > 0 ? least : -least;
	memcpy(&bits, &x, sizeof bits);
	bits += (x < to) == (x > 0) ? 1 : UINT32_MAX;
	memcpy(&x, &bits, sizeof x);
	return x;
}

/* Moved right; what falls out stays in the last bit. */
static Wide
shifted(Wide v, int bits)
{
	uint64_t lost = bits >= 128 ? v.high | v.low :
		bits >= 64 ? v.low | (bits > 64 ? v.high << (128 - bits) : 0) :
		bits > 0 ? v.low << (64 - bits) : 0;

	if (bits >= 128)
		v = (Wide){ 0, 0 };
	else if (bits >= 64)
		v = (Wide){ 0, v.high >> (bits - 64) };
	else if (bits > 0)
		v = (Wide){ v.high >> bits, v.high << (64 - bits) | v.low >> bits };
	v.low |= lost != 0;
	return v;
}

static bool
is_below(Wide a, Wide b)
{
	return a.high < b.high || (a.high == b.high && a.low < b.low);
}

/* Rounded once: product and c have their highest digit in bit 125 or so of 128. */
double
fma(double a, double b, double c)
{
	Parts x = parts_of(a), y = parts_of(b), z = parts_of(c);

	if (x.special || y.special || z.special || !x.digits || !y.digits)
		return x.special || y.special || !z.special ? a * b + c : c;
	bool negative = x.negative != y.negative, less = negative != z.negative;
	int exponent = x.exponent + y.exponent + 2, apart = exponent - (z.exponent - 62);
	Wide p = shifted(wide_product(x.digits, y.digits), 2), q = shifted((Wide){ z.digits, 0 }, 2);

	if (!z.digits)
		return round_parts(negative, exponent + 64, p.high | (p.low != 0));
	if (apart > 0)
		q = shifted(q, apart);
	else
		p = shifted(p, -apart), exponent -= apart;
	if (less && is_below(p, q)) {
		Wide swap = p;
		p = q;
		q = swap;
		negative = !negative;
	}
	Wide sum = less ? (Wide){ p.high - q.high - (p.low < q.low), p.low - q.low } :
		(Wide){ p.high + q.high + (p.low + q.low < p.low), p.low + q.low };
	if (!sum.high && !sum.low)
		return 0;
	int left = sum.high ? __builtin_clzll(sum.high) : 64;
	uint64_t top = left == 64 ? sum.low : left ? sum.high << left | sum.low >> (64 - left) : sum.high;
	return round_parts(negative, exponent + 64 - left,
		left == 64 ? top : top | (sum.low << left != 0));
}

/* Bit by bit. */
double
sqrt(double x)
{
	Parts p = parts_of(x);
	uint64_t root = 0, rest = 0;

	if (p.special || !p.digits || p.negative)
		return x == 0 || x > 0 ? x : NAN;
	if (p.exponent % 2)
		p.digits >>= 1, p.exponent++;
	for (int i = 0; i < 60; i++) {
		rest = rest << 2 | p.digits >> 62;
		p.digits <<= 2;
		root <<= 1;
		if (rest > 2 * root) {
			rest -= 2 * root + 1;
			root++;
		}
	}
	return round_parts(false, p.exponent / 2 - 28, root | (rest != 0));
}

/* A double has more than twice a float's digits: rounding twice is rounding once. */
float
__hexagon_sqrtf(float x)
{
	return (float)sqrt(x);
}

float
sqrtf(float x)
{
	return (float)sqrt(x);
}

#pragma clang attribute pop
