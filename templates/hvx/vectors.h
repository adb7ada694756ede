/* vectors.h: vectors of 128 bytes: their loads and stores, and how sums become stored values. */
#ifndef VECTORS_H
#define VECTORS_H

#include <hexagon_protos.h>
#include <hexagon_types.h>
#include <hvx_hexagon_protos.h>
#include <stdint.h>
#include <string.h>

enum { VECTOR = 128, WORDS = 32 }; /* bytes, numbers of 32 bits */

typedef HVX_Vector Anywhere __attribute__((aligned(1)));

static inline __attribute__((always_inline)) HVX_Vector
load_vector(const void *x)
{
	return *(const Anywhere *)x;
}

static inline __attribute__((always_inline)) void
store_vector(void *y, HVX_Vector v)
{
	*(Anywhere *)y = v;
}

/*
 * At least count bytes, those behind them being any: of the two aligned vectors that hold the first
 * and the last one, so that no page is touched in which none of them lies.
 */
static inline __attribute__((always_inline)) HVX_Vector
load_some(const void *x, int count)
{
	const uintptr_t first = (uintptr_t)x, last = first + (uintptr_t)count - 1;

	if (count >= VECTOR)
		return load_vector(x);
	return Q6_V_valign_VVR(*(const HVX_Vector *)(last & ~(uintptr_t)(VECTOR - 1)),
		*(const HVX_Vector *)(first & ~(uintptr_t)(VECTOR - 1)), (int)first);
}

/* The first count bytes, at most all. */
static inline __attribute__((always_inline)) void
store_first(void *y, HVX_Vector v, int count)
{
	const uintptr_t first = (uintptr_t)y;
	const int begin = (int)(first % VECTOR), end = begin + count;
	HVX_Vector *to = (HVX_Vector *)(first - first % VECTOR);
	const HVX_Vector turned = Q6_V_vror_VR(v, -begin);
	const HVX_VectorPred before = Q6_Q_vsetq_R(begin);

	if (end > VECTOR) {
		Q6_vmem_QnRIV(before, to, turned);
		Q6_vmem_QRIV(Q6_Q_vsetq_R(end - VECTOR), to + 1, turned);
	} else {
		Q6_vmem_QRIV(Q6_Q_and_QQn(Q6_Q_vsetq2_R(end), before), to, turned);
	}
}

/* The same; the room bytes from y on may be overwritten. */
static inline __attribute__((always_inline)) void
store_some(void *y, HVX_Vector v, int count, int room)
{
	if (room >= VECTOR)
		store_vector(y, v);
	else
		store_first(y, v, count);
}

/* The first count of 128 numbers of 32 bits. */
static inline __attribute__((always_inline)) void
store_numbers(void *y, const HVX_Vector v[4], int count)
{
	for (int k = 0; k < 4; k++) {
		const int bytes = (count - k * WORDS) * 4;

		if (bytes > 0)
			store_some((HVX_Vector *)y + k, v[k], bytes, bytes);
	}
}

/* What rescales the sums of 32 outputs; `right` is one less than a shift to the right. */
typedef struct {
	HVX_Vector mult, right;
} Rescale;

static inline __attribute__((always_inline)) Rescale
load_rescale(const int32_t *mult, const int32_t *right)
{
	const Rescale r = { *(const HVX_Vector *)mult, *(const HVX_Vector *)right };

	return r;
}

/*
 * x * mult / 2^31 / 2^shift, rounded twice as in fixed.h, plus half of twice_zero.  The two products
 * make the first rounding, the average the second.  Below 0, halves go away from it: where `both`.
 */
static inline __attribute__((always_inline)) HVX_Vector
rescale(HVX_Vector x, Rescale r, int twice_zero, int both, int shift_most)
{
	const HVX_Vector none = Q6_V_vzero();

	if (shift_most > 0)
		x = Q6_Vw_vasl_VwVw(x, Q6_Vw_vmax_VwVw(none,
			Q6_Vw_vsub_VwVw(Q6_V_vsplat_R(-1), r.right)));
	HVX_Vector v = Q6_Vw_vmpye_VwVuh(x, r.mult);
	v = Q6_Vw_vmpyoacc_VwVwVh_s1_rnd_sat_shift(v, x, r.mult);
	HVX_Vector halves = both ? Q6_Vw_vasracc_VwVwR(v, v, 31) : v;

	if (shift_most >= 0) /* some have no second rounding */
		halves = Q6_V_vmux_QVV(Q6_Q_vcmp_gt_VwVw(none, r.right),
			Q6_Vw_vadd_VwVw_sat(v, v), Q6_Vw_vasr_VwVw(halves, r.right));
	else
		halves = Q6_Vw_vasr_VwVw(halves, r.right);
	return Q6_Vw_vavg_VwVw_rnd(halves, Q6_V_vsplat_R(twice_zero));
}

/* Bytes in order, clamped. */
static inline __attribute__((always_inline)) HVX_Vector
narrow(const HVX_Vector x[4], int y_min, int y_max)
{
	HVX_Vector v = Q6_Vb_vpack_VhVh_sat(Q6_Vh_vpack_VwVw_sat(x[3], x[2]),
		Q6_Vh_vpack_VwVw_sat(x[1], x[0]));

	if (y_min > INT8_MIN)
		v = Q6_Vb_vmax_VbVb(v, Q6_Vb_vsplat_R(y_min));
	if (y_max < INT8_MAX)
		v = Q6_Vb_vmin_VbVb(v, Q6_Vb_vsplat_R(y_max));
	return v;
}

/* What ends a kernel of sums of products. */
typedef struct {
	const int32_t *bias, *mult, *right;
	int shift_most, y_zero, y_min, y_max;
} Ends;

#endif
