/* cast_u8_f32.c: uint8 to float, 128 at a time, by floats' bits. */
#include "vectors.h"

enum { PLACES = 15, EXPONENT_AT = 7, BIAS = 126 }; /* of the upper 16 bits, all that such a float needs */

/* The upper 16 bits of the floats that are numbers of 16 bits, those at most 255. */
static inline __attribute__((always_inline)) HVX_Vector
upper_bits(HVX_Vector x)
{
	const HVX_Vector zeros = Q6_Vuh_vcl0_Vuh(x), none = Q6_V_vzero();
	/* x * 2^(zeros - 8) begins with the digit that adds 1 to the exponent */
	const HVX_Vector digits = Q6_Vh_vasl_VhVh(x, Q6_Vh_vsub_VhVh(zeros, Q6_Vh_vsplat_R(8)));
	const HVX_Vector exponent = Q6_Vh_vasl_VhR(
		Q6_Vh_vsub_VhVh(Q6_Vh_vsplat_R(BIAS + PLACES), zeros), EXPONENT_AT);

	return Q6_V_vmux_QVV(Q6_Q_vcmp_eq_VhVh(x, none), none, Q6_Vh_vadd_VhVh(digits, exponent));
}

/* Of the first count of 128. */
static inline __attribute__((always_inline)) void
cast_some(float *y, const uint8_t *x, int count)
{
	const HVX_VectorPair wide = Q6_Wuh_vunpack_Vub(load_some(x, count < VECTOR ? count : VECTOR));
	const HVX_Vector none = Q6_V_vzero();
	const HVX_VectorPair low = Q6_W_vshuff_VVR(upper_bits(Q6_V_lo_W(wide)), none, -2);
	const HVX_VectorPair high = Q6_W_vshuff_VVR(upper_bits(Q6_V_hi_W(wide)), none, -2);
	const HVX_Vector all[4] = { Q6_V_lo_W(low), Q6_V_hi_W(low), Q6_V_lo_W(high), Q6_V_hi_W(high) };

	store_numbers(y, all, count);
}

/*
 * y = x
 * cost: 10 + 14 * (out_w * out_c / 128 + 1 + (x_step + y_step > 2 * out_c) * out_w)
 */
void
cast_u8_f32_hvx(float *restrict y, const uint8_t *restrict x, int out_w, int out_c, int x_step,
	int y_step)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++)
		for (int c = 0; c < run; c += VECTOR)
			cast_some(y + p * y_step + c, x + p * x_step + c, run - c);
}
