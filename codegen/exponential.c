/*
 * exponential.c: exp and tanh, correctly rounded to float, the same on every host.
 * Numbers are pairs of doubles, about 100 bits (T. J. Dekker, "A floating-point technique
 * for extending the available precision", 1971); contraction must be off.
 */
#include <math.h>
#include <string.h>

#include "codegen.h"

typedef struct {
	double hi, lo; /* hi is the sum rounded */
} Pair;

static Pair
sum(double a, double b)
{
	double s = a + b, c = s - a;

	return (Pair){ s, (a - (s - c)) + (b - c) };
}

static Pair
product(double a, double b)
{
	const double splitter = 134217729; /* 2^27 + 1 */
	double p = a * b;
	double ah = a * splitter - (a * splitter - a),
	       bh = b * splitter - (b * splitter - b);
	double al = a - ah, bl = b - bh;

	return (Pair){ p, ((ah * bh - p) + ah * bl + al * bh) + al * bl };
}

static Pair
add(Pair a, Pair b)
{
	Pair s = sum(a.hi, b.hi);

	return sum(s.hi, s.lo + (a.lo + b.lo));
}

static Pair
multiply(Pair a, Pair b)
{
	Pair p = product(a.hi, b.hi);

	return sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static Pair
divide(Pair a, Pair b)
{
	double q = a.hi / b.hi;
	Pair rest = add(a, multiply((Pair){ -q, 0 }, b));

	return sum(q, rest.hi / b.hi);
}

/* To float with one rounding: the double's last bit comes to tell of what is beyond. */
static float
rounded(Pair a)
{
	uint64_t bits;

	memcpy(&bits, &a.hi, sizeof bits);
	if (a.lo != 0 && !(bits & 1))
		bits += (a.lo > 0) == (a.hi > 0) ? 1 : UINT64_MAX;
	memcpy(&a.hi, &bits, sizeof bits);
	return (float)a.hi;
}

/* exp(x) = 2^k exp(r), |r| <= ln(2) / 2: a series. */
static Pair
exp_pair(double x)
{
	const Pair ln2 = { 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56 };
	enum { TERMS = 23 }; /* (ln(2) / 2)^23 / 23! < 2^-109 */
	double k = floor(x / ln2.hi + 0.5);
	Pair r = add((Pair){ x, 0 }, multiply((Pair){ -k, 0 }, ln2)), y = { 1, 0 };

	for (int i = TERMS; i > 0; i--)
		y = add((Pair){ 1, 0 }, divide(multiply(y, r), (Pair){ i, 0 }));
	return (Pair){ ldexp(y.hi, (int)k), ldexp(y.lo, (int)k) };
}

float
exp_of(float x)
{
	const float most = 100, least = -104; /* exp(89) is no float, exp(-104) is 0 */

	return x > most ? INFINITY : x < least ? 0 : rounded(exp_pair((double)x));
}

float
tanh_of(float x)
{
	const double small = 0x1p-20, large = 20; /* v^5 is beyond a float; 1 - 2^-56 */
	double v = fmax(-large, fmin((double)x, large));

	if (fabs(v) < small)
		return rounded(sum(v, -v * v * v / 3));
	Pair e = exp_pair(2 * v), one = { 1, 0 }, minus_one = { -1, 0 };
	return rounded(divide(add(e, minus_one), add(e, one)));
}
