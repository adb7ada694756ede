/* fixed4.h: requantizations of NEON, four at once, each bit as in fixed.h, and values as stored. */
#ifndef FIXED4_H
#define FIXED4_H

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * What rescales the sums of a node: where they are, NULL what is not used.  swift: sums begin so
 * that as bits they are floats; one multiply-add leaves y, its zero point in it, in the low 16 bits.
 * Else the machine's own rounding, which takes halves up.  Those of negative numbers have to go
 * down if ties: where all that is negative is clamped away it is the same.
 */
typedef struct {
	const int32_t *bias;
	const float *scale, *offset;
	const int32_t *mult;
	const int8_t *shift;
	int swift, ties, shift_most, y_zero, y_min, y_max;
} Rescales4;

/* Of four channels. */
typedef struct {
	float32x4_t scale, offset;
	int32x4_t mult, left, right;
} Rescale4;

static inline __attribute__((always_inline)) Rescale4
swift4_at(const Rescales4 *all, int channel)
{
	return (Rescale4){ .scale = vld1q_f32(all->scale + channel),
		.offset = vld1q_f32(all->offset + channel) };
}

static inline __attribute__((always_inline)) Rescale4
exact4_at(const Rescales4 *all, int channel, int32x4_t shift)
{
	const int32x4_t zero = vdupq_n_s32(0);

	return (Rescale4){ .mult = vld1q_s32(all->mult + channel),
		.left = all->shift_most > 0 ? vmaxq_s32(shift, zero) : zero,
		.right = all->shift_most > 0 ? vminq_s32(shift, zero) : shift };
}

static inline __attribute__((always_inline)) Rescale4
rescale4_at(const Rescales4 *all, int channel)
{
	int32_t shifts;

	if (all->swift)
		return swift4_at(all, channel);
	memcpy(&shifts, all->shift + channel, sizeof shifts);
	return exact4_at(all, channel,
		vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(shifts))))));
}

/* Of eight channels. */
static inline __attribute__((always_inline)) void
rescales8_at(Rescale4 to[2], const Rescales4 *all, int channel)
{
	if (all->swift) {
		to[0] = swift4_at(all, channel);
		to[1] = swift4_at(all, channel + 4);
	} else {
		const int16x8_t shifts = vmovl_s8(vld1_s8(all->shift + channel));

		to[0] = exact4_at(all, channel, vmovl_s16(vget_low_s16(shifts)));
		to[1] = exact4_at(all, channel + 4, vmovl_high_s16(shifts));
	}
}

/* Four sums; what is left has y's zero point in it if swift. */
static inline __attribute__((always_inline)) int32x4_t
rescale4(int32x4_t sum, const Rescale4 *r, const Rescales4 *all)
{
	if (all->swift)
		return vreinterpretq_s32_f32(vfmaq_f32(r->offset, vreinterpretq_f32_s32(sum), r->scale));
	if (all->shift_most > 0)
		sum = vshlq_s32(sum, r->left);
	int32x4_t v = vqrdmulhq_s32(sum, r->mult);
	if (all->ties) /* one less, but where nothing is shifted out */
		v = vsraq_n_s32(v, vandq_s32(v, r->right), 31);
	return vrshlq_s32(v, r->right);
}

/* Whether the stored values are the rescaled ones from 0 to 255, less 128: saturation clamps them. */
static inline __attribute__((always_inline)) int
counts_from_least(const Rescales4 *all)
{
	return !all->swift && all->y_zero == INT8_MIN && all->y_min == INT8_MIN && !all->ties;
}

/* Eight of 16 bits. */
static inline __attribute__((always_inline)) int16x8_t
narrow8(int32x4_t a, int32x4_t b, const Rescales4 *all)
{
	if (all->swift)
		return vuzp1q_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b));
	const int16x8_t v = vqmovn_high_s32(vqmovn_s32(a), b);

	return counts_from_least(all) ? v : vqaddq_s16(v, vdupq_n_s16((int16_t)all->y_zero));
}

/* Sixteen as stored, clamped. */
static inline __attribute__((always_inline)) int8x16_t
narrow16(const int32x4_t v[4], const Rescales4 *all)
{
	const int16x8_t low = narrow8(v[0], v[1], all), high = narrow8(v[2], v[3], all);
	int8x16_t y;

	if (counts_from_least(all))
		y = vreinterpretq_s8_u8(veorq_u8(vqmovun_high_s16(vqmovun_s16(low), high),
			vdupq_n_u8(128)));
	else
		y = vqmovn_high_s16(vqmovn_s16(low), high);

	if (all->y_min > INT8_MIN)
		y = vmaxq_s8(y, vdupq_n_s8((int8_t)all->y_min));
	if (all->y_max < INT8_MAX)
		y = vminq_s8(y, vdupq_n_s8((int8_t)all->y_max));
	return y;
}

/* Stores the first count of eight values. */
static inline __attribute__((always_inline)) void
store8(int8_t *y, int8x8_t v, int count)
{
	if (count >= 8)
		vst1_s8(y, v);
	const int some = count & 4;
	if (count < 8 && some) {
		const uint32_t first = vget_lane_u32(vreinterpret_u32_s8(v), 0);

		memcpy(y, &first, 4);
		v = vext_s8(v, v, 4);
	}
	if (count < 8 && count & 2) {
		const uint16_t two = vget_lane_u16(vreinterpret_u16_s8(v), 0);

		memcpy(y + some, &two, 2);
		v = vext_s8(v, v, 2);
	}
	if (count < 8 && count & 1)
		y[count - 1] = vget_lane_s8(v, 0);
}

/* The same of sixteen. */
static inline __attribute__((always_inline)) void
store16(int8_t *y, int8x16_t v, int count)
{
	if (count >= 16) {
		vst1q_s8(y, v);
	} else if (count >= 8) {
		vst1_s8(y, vget_low_s8(v));
		store8(y + 8, vget_high_s8(v), count - 8);
	} else {
		store8(y, vget_low_s8(v), count);
	}
}

#endif
