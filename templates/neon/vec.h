/* vec.h: what kernels of vec/ are written in, with NEON: four numbers at once. */
#ifndef VEC_H
#define VEC_H

#include <arm_neon.h>
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
	return vld1q_s32(x);
}

static inline __attribute__((always_inline)) void
store_ints(int32_t *y, Ints v)
{
	vst1q_s32(y, v);
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
	return vbslq_s32(vcgtq_s32(a, b), x, y);
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
	return vshlq_s32(v, vdupq_n_s32(bits));
}

/* The sign stays. */
static inline __attribute__((always_inline)) Ints
right_ints(Ints v, int bits)
{
	return vshlq_s32(v, vdupq_n_s32(-bits));
}

/* ---- bytes */

/* The first count of them; the others are 0. */
static inline __attribute__((always_inline)) Bytes
load_bytes(const void *x, int count)
{
	int8_t some[BYTES] = { 0 };

	if (count >= BYTES)
		return vld1q_s8(x);
	memcpy(some, x, (size_t)count);
	return vld1q_s8(some);
}

static inline __attribute__((always_inline)) void
store_bytes(void *y, Bytes v, int count)
{
	int8_t some[BYTES];

	if (count < BYTES) {
		vst1q_s8(some, v);
		memcpy(y, some, (size_t)count);
	} else {
		vst1q_s8(y, v);
	}
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

/* Int8 as 32-bit numbers, the first lanes in the first. */
static inline __attribute__((always_inline)) void
widen_bytes(Ints to[4], Bytes v)
{
	const int16x8_t low = vmovl_s8(vget_low_s8(v)), high = vmovl_high_s8(v);

	to[0] = vmovl_s16(vget_low_s16(low));
	to[1] = vmovl_high_s16(low);
	to[2] = vmovl_s16(vget_low_s16(high));
	to[3] = vmovl_high_s16(high);
}

/* And back, saturating. */
static inline __attribute__((always_inline)) Bytes
narrow_ints(const Ints x[4])
{
	const int16x8_t low = vqmovn_high_s32(vqmovn_s32(x[0]), x[1]);
	const int16x8_t high = vqmovn_high_s32(vqmovn_s32(x[2]), x[3]);

	return vqmovn_high_s16(vqmovn_s16(low), high);
}

/* table[x + 128] of each byte: a quarter of it after the other, in which most do not find theirs. */
static inline __attribute__((always_inline)) Bytes
look_up(Bytes x, const int8_t *table)
{
	const uint8x16_t at = veorq_u8(vreinterpretq_u8_s8(x), vdupq_n_u8(128));
	Bytes v = same_byte(0);

	for (int i = 0; i < 4; i++) {
		const int8x16x4_t quarter = { { vld1q_s8(table + 64 * i), vld1q_s8(table + 64 * i + 16),
			vld1q_s8(table + 64 * i + 32), vld1q_s8(table + 64 * i + 48) } };

		v = vqtbx4q_s8(v, quarter, vsubq_u8(at, vdupq_n_u8((uint8_t)(64 * i))));
	}
	return v;
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
	x = vqrdmulhq_s32(x, same_int(mult));
	if (shift < 0)
		x = vrshlq_s32(vaddq_s32(x, vshrq_n_s32(x, 31)), same_int(shift));
	return add_ints(x, same_int(zero));
}

/* ---- squares */

enum { SQUARE = 8 };

/* y[i][j] = x[j][i] of 8 rows of 8 bytes: both halves are interleaved, three times. */
static inline void
turn_square(char *y, int y_step, const char *x, int x_step)
{
	int8x16_t v[4];

	for (int i = 0; i < 4; i++)
		v[i] = vcombine_s8(vld1_s8((const int8_t *)x + 2 * i * x_step),
			vld1_s8((const int8_t *)x + (2 * i + 1) * x_step));
	for (int turn = 0; turn < 3; turn++) {
		const int8x16_t a = v[0], b = v[1], c = v[2], d = v[3];

		v[0] = vzip1q_s8(a, c);
		v[1] = vzip2q_s8(a, c);
		v[2] = vzip1q_s8(b, d);
		v[3] = vzip2q_s8(b, d);
	}
	for (int i = 0; i < 4; i++) {
		vst1_s8((int8_t *)y + 2 * i * y_step, vget_low_s8(v[i]));
		vst1_s8((int8_t *)y + (2 * i + 1) * y_step, vget_high_s8(v[i]));
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
	float some[LANES] = { 0 };

	if (count >= LANES)
		return vld1q_f32(x);
	memcpy(some, x, (size_t)count * sizeof *x);
	return vld1q_f32(some);
}

static inline __attribute__((always_inline)) void
store_floats(float *y, Floats v, int count)
{
	float some[LANES];

	if (count < LANES) {
		vst1q_f32(some, v);
		memcpy(y, some, (size_t)count * sizeof *y);
	} else {
		vst1q_f32(y, v);
	}
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

static inline __attribute__((always_inline)) Floats
divide_floats(Floats a, Floats b)
{
	return vdivq_f32(a, b);
}

/* The greater; b where one is no number, as the machine's own instruction would not have it. */
static inline __attribute__((always_inline)) Floats
most_floats(Floats a, Floats b)
{
	return vbslq_f32(vcgtq_f32(a, b), a, b);
}

/* The lesser; b where one is no number. */
static inline __attribute__((always_inline)) Floats
least_floats(Floats a, Floats b)
{
	return vbslq_f32(vcltq_f32(a, b), a, b);
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
