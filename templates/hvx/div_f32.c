/* div_f32.c: quotient of floats, two at once in the scalar unit, which multiplies two in a packet. */
#include <stdint.h>

#include "../common/real.h"

/*
 * y[i] = a[i] / b[i], i 0 and 1, correctly rounded: Newton's steps by the instructions made for
 * them.  A compiler takes the same for `/`, one multiplication in a packet.
 */
static inline __attribute__((always_inline)) void
two_quotients(float y[2], const float a[2], const float b[2])
{
	float near, near2, under, under2, over, over2, off, off2, more, more2, rest, rest2, q, q2;

	__asm__("{ %0,p0 = sfrecipa(%14,%16)\n\t%1,p1 = sfrecipa(%15,%17) }\n\t"
		"{ %2 = sffixupd(%14,%16)\n\t%3 = sffixupd(%15,%17)\n\t%6 = %18\n\t%7 = %18 }\n\t"
		"{ %4 = sffixupn(%14,%16)\n\t%5 = sffixupn(%15,%17)\n\t%8 = %18\n\t%9 = %18 }\n\t"
		"{ %6 -= sfmpy(%2,%0):lib\n\t%7 -= sfmpy(%3,%1):lib\n\t%10 = %4\n\t%11 = %5 }\n\t"
		"{ %0 += sfmpy(%6,%0):lib\n\t%1 += sfmpy(%7,%1):lib\n\t"
		"%12 = and(%4,%19)\n\t%13 = and(%5,%19) }\n\t"
		"{ %12 += sfmpy(%4,%0):lib\n\t%13 += sfmpy(%5,%1):lib }\n\t"
		"{ %8 -= sfmpy(%2,%0):lib\n\t%9 -= sfmpy(%3,%1):lib }\n\t"
		"{ %10 -= sfmpy(%2,%12):lib\n\t%11 -= sfmpy(%3,%13):lib }\n\t"
		"{ %0 += sfmpy(%8,%0):lib\n\t%1 += sfmpy(%9,%1):lib }\n\t"
		"{ %12 += sfmpy(%10,%0):lib\n\t%13 += sfmpy(%11,%1):lib }\n\t"
		"{ %4 -= sfmpy(%2,%12):lib\n\t%5 -= sfmpy(%3,%13):lib }\n\t"
		"{ %12 += sfmpy(%4,%0,p0):scale\n\t%13 += sfmpy(%5,%1,p1):scale }"
		: "=&r"(near), "=&r"(near2), "=&r"(under), "=&r"(under2), "=&r"(over), "=&r"(over2),
		"=&r"(off), "=&r"(off2), "=&r"(more), "=&r"(more2), "=&r"(rest), "=&r"(rest2),
		"=&r"(q), "=&r"(q2)
		: "r"(a[0]), "r"(a[1]), "r"(b[0]), "r"(b[1]), "r"(1.0f), "r"(INT32_MIN)
		: "p0", "p1");
	y[0] = q;
	y[1] = q2;
}

/*
 * y = clamp(x / x2), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 * cost: 10 + 10 * out_w * out_c
 * in place
 */
void
div_f32_hvx(float *y, const float *x, const float *x2, int out_w, int out_c, int x_step, int x_inc,
	int x2_step, int x2_inc, int y_step, float y_low, float y_high)
{
	const int gapless = x_step == out_c * x_inc && x2_step == out_c * x2_inc && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		const float *from = x + p * x_step, *from2 = x2 + p * x2_step;
		float *to = y + p * y_step;

		for (int c = 0; c + 2 <= run; c += 2) {
			const float a[2] = { from[c * x_inc], from[(c + 1) * x_inc] };
			const float b[2] = { from2[c * x2_inc], from2[(c + 1) * x2_inc] };
			float v[2];

			two_quotients(v, a, b);
			to[c] = clamp_real(v[0], y_low, y_high);
			to[c + 1] = clamp_real(v[1], y_low, y_high);
		}
		if (run % 2 > 0)
			to[run - 1] = clamp_real(from[(run - 1) * x_inc] / from2[(run - 1) * x2_inc], y_low,
				y_high);
	}
}
