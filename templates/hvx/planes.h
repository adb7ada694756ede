/*
 * planes.h: sums of products for few outputs.  Pixels are in lanes, 64 of them in two vectors, the
 * even ones in the first; a plane is four inputs of each.  Weights come as scalars, eight at a time,
 * so no lane is without an output, and constants are those of one output for all lanes.
 */
#ifndef PLANES_H
#define PLANES_H

#include "vectors.h"

enum { PLANE = 64, EIGHT = 8, QUAD = 4, NARROW = 32, TURN_MOST = NARROW / 2 }; /* outputs at most */

/* A vector's number becomes the places of its elements in what it is woven into. */
static inline __attribute__((always_inline)) void
weave(HVX_Vector *v, int count, int bytes)
{
	for (int i = 1; i < count; i *= 2) {
		HVX_Vector to[TURN_MOST];

		for (int j = 0; j < count / 2; j++) {
			const HVX_VectorPair both = Q6_W_vshuff_VVR(v[j + count / 2], v[j], -bytes);

			to[2 * j] = Q6_V_lo_W(both);
			to[2 * j + 1] = Q6_V_hi_W(both);
		}
		for (int j = 0; j < count; j++)
			v[j] = to[j];
	}
}

/* The opposite: elements' places become the number of the vector that they are in. */
static inline __attribute__((always_inline)) void
unweave(HVX_Vector *v, int count, int bytes)
{
	for (int i = 1; i < count; i *= 2) {
		HVX_Vector to[TURN_MOST];

		for (int j = 0; j < count / 2; j++) {
			const HVX_VectorPair both = Q6_W_vdeal_VVR(v[2 * j + 1], v[2 * j], -bytes);

			to[j] = Q6_V_lo_W(both);
			to[j + count / 2] = Q6_V_hi_W(both);
		}
		for (int j = 0; j < count; j++)
			v[j] = to[j];
	}
}

/* Counting from -128. */
static inline __attribute__((always_inline)) HVX_Vector
from_least(HVX_Vector v)
{
	return Q6_V_vxor_VV(v, Q6_Vb_vsplat_R(INT8_MIN));
}

/* Of 8 pixels, of which there may be fewer, count bytes, and what is behind them. */
static inline __attribute__((always_inline)) void
load_edge(HVX_Vector to[EIGHT], const int8_t *x, int step, int count, int pixels)
{
#pragma GCC unroll 1
	for (int p = 0; p < EIGHT; p++)
		to[p] = load_some(x + (p < pixels ? p : pixels - 1) * step, count);
}

/* Of four bytes those of the inputs left, the others 0. */
static inline __attribute__((always_inline)) int
of_inputs(int four, int left)
{
	return left >= 4 ? four : left > 0 ? four & ((1 << 8 * left) - 1) : 0;
}

/*
 * Planes of up to 32 inputs' fours of up to 32 pixels; to less their sums times `each`, in fours of
 * bytes.  end: of what may be read.
 */
static inline __attribute__((always_inline)) void
lay_fours(HVX_Vector *to, HVX_Vector *less, const int8_t *x, int step, int count, int pixels,
	const int8_t *end, int each)
{
	const int fours = (count + 3) / 4;
	HVX_Vector edge[EIGHT], even = *less, odd = Q6_V_vzero();

#pragma GCC unroll 1
	for (int first = 0; first < pixels; first += EIGHT) {
		const int8_t *from = x + first * step;
		const int inside = end - from >= (EIGHT - 1) * step + VECTOR;
		const int by = inside ? step : VECTOR;
		HVX_Vector v[EIGHT];

		if (!inside)
			load_edge(edge, from, step, count, pixels - first);
		from = inside ? from : (const int8_t *)edge;
		for (int p = 0; p < EIGHT; p++)
			v[p] = load_vector(from + p * by);
		weave(v, EIGHT, 4);
		for (int i = 0; i < EIGHT; i++)
			if (i * QUAD < fours)
				to[i * QUAD + first / EIGHT] = v[i];
	}
#pragma GCC unroll 1
	for (int i = 0; i < fours; i += QUAD) {
		HVX_Vector v[QUAD];

		for (int k = 0; k < QUAD; k++)
			v[k] = to[i + k];
		weave(v, QUAD, WORDS);
		for (int k = 0; k < QUAD; k++)
			to[i + k] = v[k] = from_least(v[k]);
		even = Q6_Vw_vrmpyacc_VwVubRb(even, v[0], of_inputs(each, count - i * 4));
		odd = Q6_Vw_vrmpyacc_VwVubRb(odd, v[1], of_inputs(each, count - i * 4 - 4));
		even = Q6_Vw_vrmpyacc_VwVubRb(even, v[2], of_inputs(each, count - i * 4 - 2 * 4));
		odd = Q6_Vw_vrmpyacc_VwVubRb(odd, v[3], of_inputs(each, count - i * 4 - 3 * 4));
	}
	*less = Q6_Vw_vadd_VwVw(even, odd);
}

/* Planes of all inputs of up to 32 pixels. */
static inline __attribute__((always_inline)) void
lay_lanes(HVX_Vector *to, HVX_Vector *less, const int8_t *x, int step, int in_c, int pixels,
	const int8_t *end, int each)
{
	const int whole = in_c / VECTOR * VECTOR;

	*less = Q6_V_vzero();
	for (int i = 0; i < whole; i += VECTOR)
		lay_fours(to + i / 4, less, x + i, step, VECTOR, pixels, end, each);
	if (whole < in_c)
		lay_fours(to + whole / 4, less, x + whole, step, in_c - whole, pixels, end, each);
}

/* Of 64 pixels side by side, of 16 or 32 inputs. */
static inline __attribute__((always_inline)) void
lay_dense(HVX_Vector *to, HVX_Vector less[2], const int8_t *x, int in_c, int each)
{
	const int count = PLANE * in_c / VECTOR;
	HVX_Vector v[TURN_MOST];

#pragma GCC unroll 16
	for (int i = 0; i < count; i++)
		v[i] = load_vector(x + i * VECTOR);
	unweave(v, count, 4);
	less[0] = less[1] = Q6_V_vzero();
#pragma GCC unroll 16
	for (int i = 0; i < count; i++) {
		to[i] = from_least(v[i]);
		less[i / (count / 2)] = Q6_Vw_vrmpyacc_VwVubRb(less[i / (count / 2)], to[i], each);
	}
}

/*
 * Planes of up to 64 pixels, those of odd ones `apart` vectors behind those of even ones.  less:
 * sums of even and odd pixels' inputs, counting from -128, times w_zero.
 */
static inline __attribute__((always_inline)) void
lay_planes(HVX_Vector *to, HVX_Vector less[2], const int8_t *x, int step, int in_c, int pixels,
	int apart, const int8_t *end, int w_zero)
{
	const int each = (w_zero & 0xff) * 0x01010101;

	if (step == in_c && (in_c == 16 || in_c == 32) && pixels == PLANE) {
		lay_dense(to, less, x, in_c, each);
	} else {
		lay_lanes(to, less, x, 2 * step, in_c, (pixels + 1) / 2, end, each);
		lay_lanes(to + apart, less + 1, pixels > 1 ? x + step : x, 2 * step, in_c,
			pixels > 1 ? pixels / 2 : 1, end, each);
	}
}

/* Sums of one output, and its multiplier and shift to the right, less 1: values of 16 bits. */
static inline __attribute__((always_inline)) HVX_Vector
rescale_halves(const HVX_Vector sum[2], int mult, int right, int both)
{
	const HVX_Vector m = Q6_V_vsplat_R(mult);
	HVX_Vector v[2];

	for (int t = 0; t < 2; t++) {
		v[t] = Q6_Vw_vmpyoacc_VwVwVh_s1_rnd_sat_shift(Q6_Vw_vmpye_VwVuh(sum[t], m), sum[t], m);
		if (both)
			v[t] = Q6_Vw_vasracc_VwVwR(v[t], v[t], 31);
	}
	return Q6_Vh_vasr_VwVwR_rnd_sat(v[1], v[0], right + 1);
}

/* Two outputs of each pixel, side by side. */
static inline __attribute__((always_inline)) HVX_Vector
narrow_two(HVX_Vector first, HVX_Vector second, int y_zero, int y_min, int y_max)
{
	const HVX_Vector zero = Q6_Vh_vsplat_R(y_zero - INT8_MIN);

	if (y_zero > INT8_MIN) {
		first = Q6_Vh_vadd_VhVh_sat(first, zero);
		second = Q6_Vh_vadd_VhVh_sat(second, zero);
	}
	HVX_Vector v = from_least(Q6_Vub_vsat_VhVh(second, first));
	if (y_min > INT8_MIN)
		v = Q6_Vb_vmax_VbVb(v, Q6_Vb_vsplat_R(y_min));
	if (y_max < INT8_MAX)
		v = Q6_Vb_vmin_VbVb(v, Q6_Vb_vsplat_R(y_max));
	return v;
}

/* Eight outputs.  w: of each plane four weights of each; less: what to take off of even, odd pixels. */
static inline __attribute__((always_inline)) void
eight_outputs(HVX_Vector to[QUAD], const HVX_Vector *x, const int8_t *w, const Ends *ends, int o,
	const HVX_Vector less[2], int planes, int apart)
{
	const uint64_t *two = (const uint64_t *)(const void *)(w + o * planes * 4);
	const int both = ends->y_min < ends->y_zero;
	HVX_Vector sum[EIGHT][2], half[EIGHT];

	for (int k = 0; k < EIGHT; k++)
		for (int t = 0; t < 2; t++)
			sum[k][t] = Q6_Vw_vsub_VwVw(Q6_V_vsplat_R(ends->bias[o + k]), less[t]);
	for (int i = 0; i < planes; i++)
		for (int k = 0; k < EIGHT; k++)
			for (int t = 0; t < 2; t++)
				sum[k][t] = Q6_Vw_vrmpyacc_VwVubRb(sum[k][t], x[i + t * apart],
					(int)(two[QUAD * i + k / 2] >> k % 2 * 32));
	for (int k = 0; k < EIGHT; k++)
		half[k] = rescale_halves(sum[k], ends->mult[o + k], ends->right[o + k], both);
	for (int k = 0; k < QUAD; k++)
		to[k] = narrow_two(half[2 * k], half[2 * k + 1], ends->y_zero, ends->y_min,
			ends->y_max);
}

/* Pixels of `wide` bytes each, of which count count.  room: as in store_some(). */
static inline __attribute__((always_inline)) void
store_pixels(int8_t *y, int y_step, const HVX_Vector *v, int wide, int count, int pixels, int room)
{
	const int whole = wide == count && y_step == wide ? pixels * wide / VECTOR : 0;
	const int spare = room >= VECTOR ? (room - VECTOR) / y_step + 1 : 0;
	const int wholly = whole * VECTOR / wide, most = spare < pixels ? spare : pixels;
	const int8_t *from = (const int8_t *)v;

	for (int i = 0; i < whole; i++)
		store_vector(y + i * VECTOR, v[i]);
#pragma GCC unroll 1
	for (int p = wholly; p < most; p++)
		store_vector(y + p * y_step, load_vector(from + p * wide));
#pragma GCC unroll 1
	for (int p = most > wholly ? most : wholly; p < pixels; p++)
		store_first(y + p * y_step, load_vector(from + p * wide), count);
}

/*
 * All outputs, up to 32, of up to 64 pixels.  end: of what may be read of x; room: bytes from y on
 * that may be overwritten.
 */
static inline __attribute__((always_inline)) void
few_outputs(int8_t *y, int y_step, const int8_t *x, int step, const int8_t *w, const Ends *ends,
	HVX_Vector *scratch, int in_c, int out_c, int pixels, const int8_t *end, int w_zero, int room)
{
	const int planes = (in_c + 3) / 4, apart = (planes + QUAD - 1) / QUAD * QUAD;
	const int wide = out_c > 16 ? 32 : out_c > 8 ? 16 : 8, last = wide / 2;
	HVX_Vector v[TURN_MOST + 1], less[2]; /* one that is read and does not count */

	lay_planes(scratch, less, x, step, in_c, pixels, apart, end, w_zero);
#pragma GCC unroll 1
	for (int o = 0; o < out_c; o += EIGHT)
		eight_outputs(v + o / 2, scratch, w, ends, o, less, planes, apart);
	for (int i = (out_c + EIGHT - 1) / EIGHT * QUAD; i < last; i++)
		v[i] = v[0];
	v[last] = v[0];
	weave(v, last, 2);
	store_pixels(y, y_step, v, wide, out_c, pixels, room);
}

#endif
