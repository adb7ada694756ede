/* dequantize_s8_f32.c: int8 to float, 128 at a time, by floats' bits. */
#include "bits.h"
#include "vectors.h"

/*
 * scale * x, x of 16 bits and of at most 8 digits: digits * |x|, of 32 bits, are rounded to 24 bits,
 * halves to even, which are added to an exponent.
 */
static inline __attribute__((always_inline)) HVX_Vector
multiply_words(HVX_Vector x, Scale s)
{
	const HVX_Vector one = Q6_V_vsplat_R(1), none = Q6_V_vzero();
	const HVX_Vector product = Q6_Vw_vmpyieacc_VwVwVuh(none, Q6_V_vsplat_R(s.digits),
		Q6_Vw_vabs_Vw(x));
	/* below 2^24 too, the digits moved to the left end; then the last eight go */
	const HVX_Vector zeros = Q6_Vuw_vcl0_Vuw(product);
	const HVX_Vector left = Q6_Vw_vasl_VwVw(product, zeros);
	const HVX_Vector whole = Q6_Vuw_vlsr_VuwR(left, 8);
	const HVX_Vector rest = Q6_V_vand_VV(left, Q6_V_vsplat_R(255));
	const HVX_Vector up = Q6_Vuw_vlsr_VuwR(Q6_Vw_vadd_VwVw(rest,
		Q6_Vw_vadd_VwVw(Q6_V_vsplat_R(127), Q6_V_vand_VV(whole, one))), 8);
	/* the first digit adds 1 to the exponent */
	const HVX_Vector high = Q6_Vw_vasl_VwR(Q6_Vw_vsub_VwVw(Q6_V_vsplat_R(s.exponent + 7), zeros),
		DIGIT_BITS);
	const HVX_Vector size = Q6_Vw_vadd_VwVw(Q6_Vw_vadd_VwVw(whole, up), high);
	const HVX_Vector sign = Q6_V_vand_VV(x, Q6_V_vsplat_R(INT32_MIN));

	return Q6_V_vmux_QVV(Q6_Q_vcmp_eq_VwVw(x, none), none, Q6_V_vor_VV(size, sign));
}

/* Of the first count of 128. */
static inline __attribute__((always_inline)) void
dequantize_some(float *y, const int8_t *x, int count, int x_zero, Scale s)
{
	const HVX_VectorPair wide = Q6_Wh_vunpack_Vb(load_some(x, count < VECTOR ? count : VECTOR));
	const HVX_Vector zero = Q6_Vh_vsplat_R(x_zero);
	const HVX_VectorPair low = Q6_Ww_vunpack_Vh(Q6_Vh_vsub_VhVh(Q6_V_lo_W(wide), zero));
	const HVX_VectorPair high = Q6_Ww_vunpack_Vh(Q6_Vh_vsub_VhVh(Q6_V_hi_W(wide), zero));
	HVX_Vector all[4] = { Q6_V_lo_W(low), Q6_V_hi_W(low), Q6_V_lo_W(high), Q6_V_hi_W(high) };

	for (int k = 0; k < 4; k++)
		all[k] = multiply_words(all[k], s);
	store_numbers(y, all, count);
}

/*
 * y = x_scale * (x - x_zero).  By scales that are hardly numbers one by one.
 * cost: 10 + 44 * (out_w * out_c / 128 + 1 + (x_step + y_step > 2 * out_c) * out_w)
 */
void
dequantize_s8_f32_hvx(float *restrict y, const int8_t *restrict x, int out_w, int out_c, int x_step,
	int y_step, int x_zero, float x_scale)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;
	const Scale s = parts_of(x_scale);

	for (int p = 0; p < turns; p++) {
		const int8_t *from = x + p * x_step;
		float *to = y + p * y_step;

		for (int c = 0; c < run; c += VECTOR)
			dequantize_some(to + c, from + c, run - c, x_zero, s);
		for (int c = 0; c < (is_extreme(s) ? run : 0); c++)
			to[c] = x_scale * (float)(from[c] - x_zero);
	}
}
