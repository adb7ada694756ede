/* vec.h: what kernels of vec/ are written in, with Helium: four numbers at once. */
#ifndef VEC_H
#define VEC_H

#include <arm_mve.h>
#include <stdint.h>
#include <string.h>

typedef int32x4_t Ints;   /* of 32 bits */
typedef int8x16_t Bytes; /* as many as four Ints have lanes */
typedef float32x4_t Floats;
enum { LANES = 4, BYTES = 16 };

/* ---- 32-bit numbers, wrapping */

static inline __attribute__((always_inline)) Ints
same_int(int x)
{
	return vdupq_n_s32(x);
}

static inline __attribute__((always_inline)) Ints
load_ints(const int32_t *x)
{
	return vldrwq_s32(x);
}

static inline __attribute__((always_inline)) void
store_ints(int32_t *y, Ints v)
{
	vstrwq_s32(y, v);
}

static inline __attribute__((always_inline)) Ints
add_ints(Ints a, Ints b)
{
	return vaddq_s32(a, b);
}

static inline __attribute__((always_inline)) Ints
subtract_ints(Ints a, Ints b)
{
	return vsubq_s32(a, b);
}

static inline __attribute__((always_inline)) Ints
multiply_ints(Ints a, Ints b)
{
	return vmulq_s32(a, b);
}

/* x where a > b, else y. */
static inline __attribute__((always_inline)) Ints
where_greater(Ints a, Ints b, Ints x, Ints y)
{
	return vpselq_s32(x, y, vcmpgtq_s32(a, b));
}

/* Of numbers of 16 bits. */
static inline __attribute__((always_inline)) Ints
multiply_shorts(Ints a, Ints b)
{
	return vmulq_s32(a, b);
}

static inline __attribute__((always_inline)) Ints
left_ints(Ints v, int bits)
{
	return vshlq_r_s32(v, bits);
}

/* The sign stays. */
static inline __attribute__((always_inline)) Ints
right_ints(Ints v, int bits)
{
	return vshlq_r_s32(v, -bits);
}

/* ---- bytes */

/* The first count of them; the others are 0. */
static inline __attribute__((always_inline)) Bytes
load_bytes(const void *x, int count)
{
	if (count >= BYTES)
		return vldrbq_s8(x);
	return vldrbq_z_s8(x, vctp8q((uint32_t)count));
}

static inline __attribute__((always_inline)) void
store_bytes(void *y, Bytes v, int count)
{
	if (count >= BYTES)
		vstrbq_s8(y, v);
	else
		vstrbq_p_s8(y, v, vctp8q((uint32_t)count));
}

static inline __attribute__((always_inline)) Bytes
same_byte(int x)
{
	return vdupq_n_s8((int8_t)x);
}

static inline __attribute__((always_inline)) Bytes
most_bytes(Bytes a, Bytes b)
{
	return vmaxq_s8(a, b);
}

static inline __attribute__((always_inline)) Bytes
least_bytes(Bytes a, Bytes b)
{
	return vminq_s8(a, b);
}

static inline __attribute__((always_inline)) Bytes
differing_bits(Bytes a, Bytes b)
{
	return veorq_s8(a, b);
}

/* Int8 as 32-bit numbers, the first lanes in the first: loads widen, registers alternate. */
static inline __attribute__((always_inline)) void
widen_bytes(Ints to[4], Bytes v)
{
	int8_t lane[BYTES];

	vstrbq_s8(lane, v);
	for (int k = 0; k < 4; k++)
		to[k] = vldrbq_s32(lane + 4 * k);
}

/* And back, saturating. */
static inline __attribute__((always_inline)) Bytes
narrow_ints(const Ints x[4])
{
	int8_t lane[BYTES];

	for (int k = 0; k < 4; k++) {
		const int16x8_t half = vqmovnbq_s32(vreinterpretq_s16_s32(x[k]), x[k]);
		const int8x16_t low = vqmovnbq_s16(vreinterpretq_s8_s16(half), half);

		vstrbq_s32(lane + 4 * k, vreinterpretq_s32_s8(low));
	}
	return vldrbq_s8(lane);
}

/* table[x + 128] of each byte. */
static inline __attribute__((always_inline)) Bytes
look_up(Bytes x, const int8_t *table)
{
	return vldrbq_gather_offset_s8(table, veorq_u8(vreinterpretq_u8_s8(x), vdupq_n_u8(128)));
}

/*
 * zero + x * mult / 2^31 * 2^shift, rounded twice as in fixed.h, mult > 0.  The machine's rounding
 * shift takes halves up; those of negative numbers, made one less, go down.
 */
static inline __attribute__((always_inline)) Ints
requantize_ints(Ints x, int mult, int shift, int zero)
{
	if (shift > 0)
		x = left_ints(x, shift);
	x = vqrdmulhq_n_s32(x, mult);
	if (shift < 0)
		x = vrshlq_n_s32(vaddq_s32(x, vshrq_n_s32(x, 31)), shift);
	return add_ints(x, same_int(zero));
}

/* ---- squares */

enum { SQUARE = 8 };

/* y[i][j] = x[j][i] of 8 rows of 8 bytes. */
static inline void
turn_square(char *y, int y_step, const char *x, int x_step)
{
	const uint32x4_t at = vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)y_step);

	for (int i = 0; i < SQUARE; i++) {
		const int8_t *from = (const int8_t *)x + i * x_step;

		vstrbq_scatter_offset_s32((int8_t *)y + i, at, vldrbq_s32(from));
		vstrbq_scatter_offset_s32((int8_t *)y + i + 4 * y_step, at, vldrbq_s32(from + 4));
	}
}

/* ---- floats */

static inline __attribute__((always_inline)) Floats
same_float(float x)
{
	return vdupq_n_f32(x);
}

/* The first count of them, all if there are as many; the others are 0. */
static inline __attribute__((always_inline)) Floats
load_floats(const float *x, int count)
{
	return count < LANES ? vldrwq_z_f32(x, vctp32q((uint32_t)count)) : vldrwq_f32(x);
}

static inline __attribute__((always_inline)) void
store_floats(float *y, Floats v, int count)
{
	if (count < LANES)
		vstrwq_p_f32(y, v, vctp32q((uint32_t)count));
	else
		vstrwq_f32(y, v);
}

static inline __attribute__((always_inline)) Floats
add_floats(Floats a, Floats b)
{
	return vaddq_f32(a, b);
}

static inline __attribute__((always_inline)) Floats
subtract_floats(Floats a, Floats b)
{
	return vsubq_f32(a, b);
}

static inline __attribute__((always_inline)) Floats
multiply_floats(Floats a, Floats b)
{
	return vmulq_f32(a, b);
}

/* One by one: Helium divides none, and compares what is nearest to zero as zero. */
static inline __attribute__((always_inline)) Floats
divide_floats(Floats a, Floats b)
{
	return (Floats){ vgetq_lane_f32(a, 0) / vgetq_lane_f32(b, 0),
		vgetq_lane_f32(a, 1) / vgetq_lane_f32(b, 1), vgetq_lane_f32(a, 2) / vgetq_lane_f32(b, 2),
		vgetq_lane_f32(a, 3) / vgetq_lane_f32(b, 3) };
}

static inline __attribute__((always_inline)) float
greater_of(float a, float b)
{
	return a > b ? a : b;
}

static inline __attribute__((always_inline)) float
lesser_of(float a, float b)
{
	return a < b ? a : b;
}

/* The greater; b where one is no number. */
static inline __attribute__((always_inline)) Floats
most_floats(Floats a, Floats b)
{
	return (Floats){ greater_of(vgetq_lane_f32(a, 0), vgetq_lane_f32(b, 0)),
		greater_of(vgetq_lane_f32(a, 1), vgetq_lane_f32(b, 1)),
		greater_of(vgetq_lane_f32(a, 2), vgetq_lane_f32(b, 2)),
		greater_of(vgetq_lane_f32(a, 3), vgetq_lane_f32(b, 3)) };
}

/* The lesser; b where one is no number. */
static inline __attribute__((always_inline)) Floats
least_floats(Floats a, Floats b)
{
	return (Floats){ lesser_of(vgetq_lane_f32(a, 0), vgetq_lane_f32(b, 0)),
		lesser_of(vgetq_lane_f32(a, 1), vgetq_lane_f32(b, 1)),
		lesser_of(vgetq_lane_f32(a, 2), vgetq_lane_f32(b, 2)),
		lesser_of(vgetq_lane_f32(a, 3), vgetq_lane_f32(b, 3)) };
}

/* a * b + c, rounded once. */
static inline __attribute__((always_inline)) Floats
fused_floats(Floats a, Floats b, Floats c)
{
	return vfmaq_f32(c, a, b);
}

/* Toward zero. */
static inline __attribute__((always_inline)) Ints
truncate_floats(Floats x)
{
	return vcvtq_s32_f32(x);
}

static inline __attribute__((always_inline)) Floats
real_ints(Ints x)
{
	return vcvtq_f32_s32(x);
}

#endif
