/*
 * vec.h: what kernels of vec/ are written in, with HVX: 32 numbers at once.  Vectors of floats come
 * with v68 alone: there is no load_floats(), and so none of the kernels that begin with it; a quotient
 * is what the scalar unit makes of it.
 */
#ifndef VEC_H
#define VEC_H

#include <hexagon_types.h>
#include <hvx_hexagon_protos.h>
#include <stdint.h>
#include <string.h>

typedef HVX_Vector Ints;  /* of 32 bits */
typedef HVX_Vector Bytes; /* as many as four Ints have lanes */
enum { LANES = 32, BYTES = 128 };
typedef struct {
	float lane[LANES];
} Floats;
typedef HVX_Vector Unaligned __attribute__((aligned(1)));

/* ---- 32-bit numbers, wrapping */

static inline __attribute__((always_inline)) Ints
same_int(int x)
{
	return Q6_V_vsplat_R(x);
}

static inline __attribute__((always_inline)) Ints
load_ints(const int32_t *x)
{
	return *(const Unaligned *)x;
}

static inline __attribute__((always_inline)) void
store_ints(int32_t *y, Ints v)
{
	*(Unaligned *)y = v;
}

static inline __attribute__((always_inline)) Ints
add_ints(Ints a, Ints b)
{
	return Q6_Vw_vadd_VwVw(a, b);
}

static inline __attribute__((always_inline)) Ints
subtract_ints(Ints a, Ints b)
{
	return Q6_Vw_vsub_VwVw(a, b);
}

static inline __attribute__((always_inline)) Ints
multiply_ints(Ints a, Ints b)
{
	Ints high = Q6_Vw_vasl_VwR(Q6_Vw_vmpyio_VwVh(a, b), 16);

	return Q6_Vw_vmpyieacc_VwVwVuh(high, a, b);
}

/* x where a > b, else y. */
static inline __attribute__((always_inline)) Ints
where_greater(Ints a, Ints b, Ints x, Ints y)
{
	return Q6_V_vmux_QVV(Q6_Q_vcmp_gt_VwVw(a, b), x, y);
}

/* Of numbers of 16 bits. */
static inline __attribute__((always_inline)) Ints
multiply_shorts(Ints a, Ints b)
{
	return Q6_Vw_vdmpy_VhVh_sat(a, Q6_V_vand_VV(b, same_int(0xffff)));
}

static inline __attribute__((always_inline)) Ints
left_ints(Ints v, int bits)
{
	return Q6_Vw_vasl_VwR(v, bits);
}

/* The sign stays. */
static inline __attribute__((always_inline)) Ints
right_ints(Ints v, int bits)
{
	return Q6_Vw_vasr_VwR(v, bits);
}

/* ---- bytes */

/*
 * The first count of them; the others are 0.  They come from the two aligned vectors that hold the
 * first and the last one, so that no page is touched in which none of them lies.
 */
static inline __attribute__((always_inline)) Bytes
load_bytes(const void *x, int count)
{
	const uintptr_t first = (uintptr_t)x, last = first + (uintptr_t)count - 1;

	if (count >= BYTES)
		return *(const Unaligned *)x;
	return Q6_V_vand_QV(Q6_Q_vsetq_R(count), Q6_V_valign_VVR(
		*(const HVX_Vector *)(last & ~(uintptr_t)(BYTES - 1)),
		*(const HVX_Vector *)(first & ~(uintptr_t)(BYTES - 1)), (int)first));
}

static inline __attribute__((always_inline)) void
store_bytes(void *y, Bytes v, int count)
{
	const uintptr_t first = (uintptr_t)y;
	const int begin = (int)(first % BYTES), end = begin + count;
	HVX_Vector *to = (HVX_Vector *)(first - first % BYTES);
	const HVX_VectorPred before = Q6_Q_vsetq_R(begin);
	const Bytes turned = Q6_V_vror_VR(v, -begin);

	if (count >= BYTES) {
		*(Unaligned *)y = v;
	} else if (end > BYTES) {
		Q6_vmem_QnRIV(before, to, turned);
		Q6_vmem_QRIV(Q6_Q_vsetq_R(end - BYTES), to + 1, turned);
	} else {
		Q6_vmem_QRIV(Q6_Q_and_QQn(Q6_Q_vsetq2_R(end), before), to, turned);
	}
}

static inline __attribute__((always_inline)) Bytes
same_byte(int x)
{
	return Q6_Vb_vsplat_R(x);
}

static inline __attribute__((always_inline)) Bytes
most_bytes(Bytes a, Bytes b)
{
	return Q6_Vb_vmax_VbVb(a, b);
}

static inline __attribute__((always_inline)) Bytes
least_bytes(Bytes a, Bytes b)
{
	return Q6_Vb_vmin_VbVb(a, b);
}

static inline __attribute__((always_inline)) Bytes
differing_bits(Bytes a, Bytes b)
{
	return Q6_V_vxor_VV(a, b);
}

/* Int8 as 32-bit numbers, the first lanes in the first. */
static inline __attribute__((always_inline)) void
widen_bytes(Ints to[4], Bytes v)
{
	const HVX_VectorPair halves = Q6_Wh_vunpack_Vb(v);
	const HVX_VectorPair low = Q6_Ww_vunpack_Vh(Q6_V_lo_W(halves));
	const HVX_VectorPair high = Q6_Ww_vunpack_Vh(Q6_V_hi_W(halves));

	to[0] = Q6_V_lo_W(low);
	to[1] = Q6_V_hi_W(low);
	to[2] = Q6_V_lo_W(high);
	to[3] = Q6_V_hi_W(high);
}

/* And back, saturating. */
static inline __attribute__((always_inline)) Bytes
narrow_ints(const Ints x[4])
{
	return Q6_Vb_vpack_VhVh_sat(Q6_Vh_vpack_VwVw_sat(x[3], x[2]),
		Q6_Vh_vpack_VwVw_sat(x[1], x[0]));
}

/*
 * table[x + 128] of each byte.  The instruction looks 32 of them up where an index' highest three
 * bits are a number's, which also says where they lie: of two halves of a vector, byte by byte.
 */
static inline __attribute__((always_inline)) Bytes
look_up(Bytes x, const int8_t *table)
{
	const Bytes at = differing_bits(x, same_byte(128));
	const Bytes low = Q6_Vb_vshuff_Vb(*(const Unaligned *)table);
	const Bytes high = Q6_Vb_vshuff_Vb(*(const Unaligned *)(table + BYTES));
	Bytes v = Q6_Vb_vlut32_VbVbR(at, low, 0);

	v = Q6_Vb_vlut32or_VbVbVbR(v, at, low, 1);
	v = Q6_Vb_vlut32or_VbVbVbR(v, at, low, 2);
	v = Q6_Vb_vlut32or_VbVbVbR(v, at, low, 3);
	v = Q6_Vb_vlut32or_VbVbVbR(v, at, high, 4);
	v = Q6_Vb_vlut32or_VbVbVbR(v, at, high, 5);
	v = Q6_Vb_vlut32or_VbVbVbR(v, at, high, 6);
	return Q6_Vb_vlut32or_VbVbVbR(v, at, high, 7);
}

/*
 * zero + x * mult / 2^31 * 2^shift, rounded twice as in fixed.h, mult > 0: two products make the
 * first rounding, an average with twice the zero the second.  Below 0, halves go away from it.
 */
static inline __attribute__((always_inline)) Ints
requantize_ints(Ints x, int mult, int shift, int zero)
{
	const Ints m = same_int(mult), from = shift > 0 ? left_ints(x, shift) : x;
	Ints v = Q6_Vw_vmpyoacc_VwVwVh_s1_rnd_sat_shift(Q6_Vw_vmpye_VwVuh(from, m), from, m);

	if (shift >= 0)
		return add_ints(v, same_int(zero));
	v = right_ints(add_ints(v, right_ints(v, 31)), -shift - 1);
	return Q6_Vw_vavg_VwVw_rnd(v, same_int(2 * zero));
}

/* ---- squares */

enum { SQUARE = 8 };

/* y[i][j] = x[j][i] of 8 rows of 8 bytes. */
static inline void
turn_square(char *y, int y_step, const char *x, int x_step)
{
	for (int i = 0; i < SQUARE; i++)
		for (int j = 0; j < SQUARE; j++)
			y[i * y_step + j] = x[j * x_step + i];
}

/* ---- floats */

static inline __attribute__((always_inline)) Floats
same_float(float x)
{
	Floats v;

	for (int i = 0; i < LANES; i++)
		v.lane[i] = x;
	return v;
}

static inline __attribute__((always_inline)) Floats
divide_floats(Floats a, Floats b)
{
	for (int i = 0; i < LANES; i++)
		a.lane[i] /= b.lane[i];
	return a;
}

/* Toward zero. */
static inline __attribute__((always_inline)) Ints
truncate_floats(Floats x)
{
	int32_t whole[LANES];

	for (int i = 0; i < LANES; i++)
		whole[i] = (int32_t)x.lane[i];
	return load_ints(whole);
}

static inline __attribute__((always_inline)) Floats
real_ints(Ints x)
{
	int32_t whole[LANES];
	Floats v;

	store_ints(whole, x);
	for (int i = 0; i < LANES; i++)
		v.lane[i] = (float)whole[i];
	return v;
}

#endif
