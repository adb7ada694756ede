/* quantize_f32_s8.c: float to int8, 128 at a time, by floats' bits: v66 has no vectors of them. */
#include "../common/fixed.h"
#include "../common/round.h"
#include "bits.h"
#include "vectors.h"

/*
 * x / scale to the nearest integer, halves away from zero, where it is less than 256; else at least
 * that.  It is the n that a quotient of a few digits leads to, or 1 less: n where
 *     x >= (n - 1/2) * scale, both in units of scale's last digit by 2, modulo 2^32,
 * or less than that by no more than what a float's last digit rounds up to n - 1/2.
 */
static inline __attribute__((always_inline)) HVX_Vector
nearest(HVX_Vector x, Scale s)
{
	const HVX_Vector one = Q6_V_vsplat_R(1), two_more = Q6_V_vsplat_R(s.exponent - 1);
	const int inverse = (int)((INT64_C(1) << 37) / s.digits) + 2; /* by 2^37, a little more */
	const HVX_Vector digits = Q6_V_vor_VV(Q6_V_vand_VV(x, Q6_V_vsplat_R(DIGITS - 1)),
		Q6_V_vsplat_R(DIGITS));
	/* x / scale is at least 1/4, at most 1024, times digits by digits, or as if it were */
	const HVX_Vector size = Q6_Vuw_vlsr_VuwR(Q6_V_vand_VV(x, Q6_V_vsplat_R(INT32_MAX)), DIGIT_BITS);
	const HVX_Vector left = Q6_Vw_vmax_VwVw(Q6_V_vsplat_R(-1),
		Q6_Vw_vmin_VwVw(Q6_V_vsplat_R(10), Q6_Vw_vsub_VwVw(size, two_more)));
	const HVX_Vector quotient = Q6_Vw_vmpyo_VwVh_s1_sat(digits, Q6_V_vsplat_R(inverse << 16));
	const HVX_Vector halves = Q6_Vw_vasr_VwVw(quotient, Q6_Vw_vsub_VwVw(Q6_V_vsplat_R(22), left));
	/* 2 * n - 1, of 0 it too; of scale, half a last digit of the float below n - 1/2 */
	const HVX_Vector odd = Q6_Vw_vmax_VwVw(Q6_V_vzero(),
		Q6_V_vor_VV(Q6_Vw_vsub_VwVw(halves, one), one));
	const HVX_Vector rounding = Q6_Vw_vlsr_VwVw(Q6_V_vsplat_R(s.digits),
		Q6_Vw_vsub_VwVw(Q6_Vuw_vcl0_Vuw(odd), Q6_V_vsplat_R(7)));
	const HVX_Vector more = Q6_Vw_vadd_VwVw(rounding, Q6_Vw_vmpyieacc_VwVwVuh(
		Q6_Vw_vasl_VwVw(digits, left), Q6_V_vsplat_R(-s.digits), odd));

	return Q6_Vw_vavg_VwVw(odd, Q6_V_vor_VV(Q6_Vw_vasr_VwR(more, 31), one));
}

/* With its sign, y_zero more.  What is no number is small. */
static inline __attribute__((always_inline)) HVX_Vector
quantize_words(HVX_Vector x, Scale s, int y_zero)
{
	const HVX_Vector n = nearest(x, s), zero = Q6_V_vsplat_R(y_zero);

	return Q6_V_vmux_QVV(Q6_Q_vcmp_gt_VuwVuw(x, Q6_V_vsplat_R(INFINITE)),
		Q6_Vw_vsub_VwVw(zero, n), Q6_Vw_vadd_VwVw(zero, n));
}

/* Of the first count of 128. */
static inline __attribute__((always_inline)) void
quantize_some(int8_t *y, const float *x, int count, Scale s, int y_zero)
{
	HVX_Vector v[4];

	for (int k = 0; k < 4; k++)
		v[k] = k * WORDS < count ? quantize_words(load_some(x + k * WORDS,
			(count - k * WORDS) * 4), s, y_zero) : Q6_V_vzero();
	store_some(y, narrow(v, INT8_MIN, INT8_MAX), count, count);
}

/*
 * y = clamp(round(x / y_scale) + y_zero), halves away from zero.  By scales that are hardly numbers
 * one by one.
 * cost: 10 + 40 * (out_w * out_c / 128 + 1 + (x_step + y_step > 2 * out_c) * out_w)
 */
void
quantize_f32_s8_hvx(int8_t *restrict y, const float *restrict x, int out_w, int out_c, int x_step,
	int y_step, int y_zero, float y_scale)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;
	const Scale s = parts_of(y_scale);

	for (int p = 0; p < turns; p++) {
		const float *from = x + p * x_step;
		int8_t *to = y + p * y_step;

		for (int c = 0; c < run; c += VECTOR)
			quantize_some(to + c, from + c, run - c, s, y_zero);
		for (int c = 0; c < (is_extreme(s) ? run : 0); c++)
			to[c] = (int8_t)clamp(
				round_float(from[c] / y_scale) + y_zero, INT8_MIN, INT8_MAX);
	}
}
