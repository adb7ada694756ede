/* dot128.h: products of 16 inputs at a time, with Helium, and what becomes of their sums. */
#ifndef DOT128_H
#define DOT128_H

#include <arm_mve.h>
#include <stdint.h>

/* Four numbers as one vector; the compiler would set lane by lane. */
static inline __attribute__((always_inline)) int32x4_t
four_lanes(int32_t a, int32_t b, int32_t c, int32_t d)
{
	int32x4_t v;

	__asm__("vmov %q0[2], %q0[0], %1, %3\n\tvmov %q0[3], %q0[1], %2, %4"
		: "=&w"(v) : "r"(a), "r"(b), "r"(c), "r"(d));
	return v;
}

/* The sum of count values. */
static inline int32_t
sum_of(const int8_t *x, int count)
{
	int32_t sum = 0;

	for (int k = 0; k < count; k += 16)
		sum = vaddvaq_s8(sum, vldrbq_z_s8(x + k, vctp8q((uint32_t)(count - k))));
	return sum;
}

/*
 * Sums of count products, at least 16, of two pixels, step apart, and four outputs.  w: per 16
 * inputs four outputs' weights; where 16 does not divide count, the first 16 have weights for its
 * rest alone, and the others follow behind that.  An accumulator is an even register; all eight
 * are taken, which compilers manage only if told which is which.
 */
static inline __attribute__((always_inline)) void
two_pixels(int32x4_t sum[2], const int8_t *x, int step, const int8_t *w, int count)
{
	register int32_t a0 __asm__("r0"), b0 __asm__("r2"), a1 __asm__("r4"), b1 __asm__("r6");
	register int32_t a2 __asm__("r8"), b2 __asm__("r10"), a3 __asm__("r12"), b3 __asm__("lr");
	const int8_t *x2 = x + step;

	__asm__ volatile("vldrb.8 q0, [%9]\n\tvldrb.8 q1, [%10]\n\t"
		"vldrb.8 q2, [%8], #16\n\tvmladav.s8 %0, q0, q2\n\tvmladav.s8 %1, q1, q2\n\t"
		"vldrb.8 q2, [%8], #16\n\tvmladav.s8 %2, q0, q2\n\tvmladav.s8 %3, q1, q2\n\t"
		"vldrb.8 q2, [%8], #16\n\tvmladav.s8 %4, q0, q2\n\tvmladav.s8 %5, q1, q2\n\t"
		"vldrb.8 q2, [%8], #16\n\tvmladav.s8 %6, q0, q2\n\tvmladav.s8 %7, q1, q2"
		: "=r"(a0), "=r"(b0), "=r"(a1), "=r"(b1), "=r"(a2), "=r"(b2), "=r"(a3), "=r"(b3),
		"+r"(w) : "r"(x), "r"(x2) : "q0", "q1", "q2", "memory");
	x += count % 16 > 0 ? count % 16 : 16;
	x2 += count % 16 > 0 ? count % 16 : 16;
#pragma GCC unroll 16
	for (int k = 16; k < count; k += 16)
		__asm__ volatile("vldrb.8 q0, [%9], #16\n\tvldrb.8 q1, [%10], #16\n\t"
			"vldrb.8 q2, [%8], #16\n\tvmladava.s8 %0, q0, q2\n\tvmladava.s8 %1, q1, q2\n\t"
			"vldrb.8 q2, [%8], #16\n\tvmladava.s8 %2, q0, q2\n\tvmladava.s8 %3, q1, q2\n\t"
			"vldrb.8 q2, [%8], #16\n\tvmladava.s8 %4, q0, q2\n\tvmladava.s8 %5, q1, q2\n\t"
			"vldrb.8 q2, [%8], #16\n\tvmladava.s8 %6, q0, q2\n\tvmladava.s8 %7, q1, q2"
			: "+r"(a0), "+r"(b0), "+r"(a1), "+r"(b1), "+r"(a2), "+r"(b2), "+r"(a3), "+r"(b3),
			"+r"(w), "+r"(x), "+r"(x2) : : "q0", "q1", "q2", "memory");
	sum[0] = four_lanes(a0, a1, a2, a3);
	sum[1] = four_lanes(b0, b1, b2, b3);
}

/* The same of one pixel. */
static inline __attribute__((always_inline)) int32x4_t
one_pixel(const int8_t *x, const int8_t *w, int count)
{
	int32_t a, b, c, d;

	__asm__ volatile("vldrb.8 q0, [%5]\n\t"
		"vldrb.8 q1, [%4], #16\n\tvmladav.s8 %0, q0, q1\n\t"
		"vldrb.8 q2, [%4], #16\n\tvmladav.s8 %1, q0, q2\n\t"
		"vldrb.8 q1, [%4], #16\n\tvmladav.s8 %2, q0, q1\n\t"
		"vldrb.8 q2, [%4], #16\n\tvmladav.s8 %3, q0, q2"
		: "=&Te"(a), "=&Te"(b), "=&Te"(c), "=&Te"(d), "+r"(w) : "r"(x)
		: "q0", "q1", "q2", "memory");
	x += count % 16 > 0 ? count % 16 : 16;
#pragma GCC unroll 16
	for (int k = 16; k < count; k += 16)
		__asm__ volatile("vldrb.8 q0, [%5], #16\n\t"
			"vldrb.8 q1, [%4], #16\n\tvmladava.s8 %0, q0, q1\n\t"
			"vldrb.8 q2, [%4], #16\n\tvmladava.s8 %1, q0, q2\n\t"
			"vldrb.8 q1, [%4], #16\n\tvmladava.s8 %2, q0, q1\n\t"
			"vldrb.8 q2, [%4], #16\n\tvmladava.s8 %3, q0, q2"
			: "+Te"(a), "+Te"(b), "+Te"(c), "+Te"(d), "+r"(w), "+r"(x) :
			: "q0", "q1", "q2", "memory");
	return four_lanes(a, b, c, d);
}

/* What rescales the sums of four outputs. */
typedef struct {
	int32x4_t bias, mult, shift;
} Rescale;

static inline __attribute__((always_inline)) Rescale
load_rescale(const int32_t *rescale_4)
{
	return (Rescale){ vldrwq_s32(rescale_4), vldrwq_s32(rescale_4 + 4), vldrwq_s32(rescale_4 + 8) };
}

/*
 * requantize(sum + bias, mult, shift).  Halves are rounded up; away from zero, where that is below
 * the zero point and not clamped.
 */
static inline __attribute__((always_inline)) int32x4_t
rescale4(int32x4_t sum, const Rescale *by, int shift_most, int y_zero, int y_min)
{
	int32x4_t shift = by->shift;

	sum = vaddq_s32(sum, by->bias);
	if (shift_most > 0) {
		sum = vshlq_s32(sum, vmaxq_s32(shift, vdupq_n_s32(0)));
		shift = vminq_s32(shift, vdupq_n_s32(0));
	}
	sum = vqrdmulhq_s32(sum, by->mult);
	if (y_zero > y_min && shift_most < 0)
		sum = vaddq_s32(sum, vshrq_n_s32(sum, 31));
	else if (y_zero > y_min)
		sum = vaddq_s32(sum, vshrq_n_s32(vandq_s32(sum, shift), 31));
	return vrshlq_s32(sum, shift);
}

/* The same where the four are of one output. */
static inline __attribute__((always_inline)) int32x4_t
rescale_alike(int32x4_t sum, int32_t bias, int32_t mult, int shift, int shift_most, int y_zero,
	int y_min)
{
	sum = vaddq_n_s32(sum, bias);
	if (shift_most > 0)
		sum = vshlq_r_s32(sum, shift > 0 ? shift : 0);
	shift = shift_most > 0 && shift > 0 ? 0 : shift;
	sum = vqrdmulhq_n_s32(sum, mult);
	if (y_zero > y_min && shift < 0)
		sum = vaddq_s32(sum, vshrq_n_s32(sum, 31));
	return vrshlq_n_s32(sum, shift);
}

/* Saturated to 16 bits: a in the even lanes, b in the odd ones. */
static inline __attribute__((always_inline)) int16x8_t
halves_of(int32x4_t a, int32x4_t b)
{
	int16x8_t v;

	__asm__("vqmovnb.s32 %q0, %q1" : "=w"(v) : "w"(a)); /* no need to know what was there */
	return vqmovntq_s32(v, b);
}

/* Adds the zero point, saturates and clamps to bytes, the even ones. */
static inline __attribute__((always_inline)) int32x4_t
even_bytes(int16x8_t v, int y_zero, int y_min, int y_max)
{
	int8x16_t y;

	if (y_zero != 0)
		v = vqaddq_n_s16(v, (int16_t)y_zero);
	__asm__("vqmovnb.s16 %q0, %q1" : "=w"(y) : "w"(v));
	if (y_min > INT8_MIN)
		y = vmaxq_s8(y, vdupq_n_s8((int8_t)y_min));
	if (y_max < INT8_MAX)
		y = vminq_s8(y, vdupq_n_s8((int8_t)y_max));
	return vreinterpretq_s32_s8(y);
}

/* Two vectors' outputs: of each lane of a the lowest byte, of b the third. */
static inline __attribute__((always_inline)) int32x4_t
narrow_two(int32x4_t a, int32x4_t b, int y_zero, int y_min, int y_max)
{
	return even_bytes(halves_of(a, b), y_zero, y_min, y_max);
}

/* What is third in each lane becomes the lowest byte. */
static inline __attribute__((always_inline)) int32x4_t
third_bytes(int32x4_t v)
{
	return vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(v), 16));
}

/* The lowest bytes of the first count lanes. */
static inline __attribute__((always_inline)) void
store_lanes(int8_t *y, int32x4_t v, int count)
{
	if (count >= 4)
		vstrbq_s32(y, v);
	else
		vstrbq_p_s32(y, v, vctp32q((uint32_t)count));
}

/* The first count outputs, at most four, of two pixels, or of one. */
static inline __attribute__((always_inline)) void
store_rescaled(int8_t *y, int step, const int32x4_t sum[2], int pixels, int count, int y_zero,
	int y_min, int y_max)
{
	const int32x4_t v = narrow_two(sum[0], sum[1], y_zero, y_min, y_max);

	store_lanes(y, v, count);
	if (pixels > 1)
		store_lanes(y + step, third_bytes(v), count);
}

/* Rescales them first. */
static inline __attribute__((always_inline)) void
store_two(int8_t *y, int step, int32x4_t sum[2], const Rescale *by, int pixels, int count,
	int shift_most, int y_zero, int y_min, int y_max)
{
	sum[0] = rescale4(sum[0], by, shift_most, y_zero, y_min);
	sum[1] = rescale4(sum[1], by, shift_most, y_zero, y_min);
	store_rescaled(y, step, sum, pixels, count, y_zero, y_min, y_max);
}

/* rescale4() of two, where nothing is shifted left and halves below the zero point do not matter:
 * compilers would load all first, and spill others. */
static inline __attribute__((always_inline)) void
rescale_two(int32x4_t sum[2], const int32_t *rescale_4)
{
	int32x4_t by;

	__asm__("vldrw.32 %q2, [%3]\n\tvadd.i32 %q0, %q0, %q2\n\tvadd.i32 %q1, %q1, %q2\n\t"
		"vldrw.32 %q2, [%3, #16]\n\tvqrdmulh.s32 %q0, %q0, %q2\n\tvqrdmulh.s32 %q1, %q1, %q2\n\t"
		"vldrw.32 %q2, [%3, #32]\n\tvrshl.s32 %q0, %q0, %q2\n\tvrshl.s32 %q1, %q1, %q2"
		: "+w"(sum[0]), "+w"(sum[1]), "=&w"(by) : "r"(rescale_4), "m"(*(const int32_t (*)[12])rescale_4));
}

/* Rescales two where registers are short: what does it is loaded each time. */
static inline __attribute__((always_inline)) void
rescale_once(int32x4_t sum[2], const int32_t *rescale_4, int shift_most, int y_zero, int y_min)
{
	if (shift_most <= 0 && y_zero <= y_min) {
		rescale_two(sum, rescale_4);
		return;
	}

	const Rescale by = load_rescale(rescale_4);

	sum[0] = rescale4(sum[0], &by, shift_most, y_zero, y_min);
	sum[1] = rescale4(sum[1], &by, shift_most, y_zero, y_min);
}

/* And stores them. */
static inline __attribute__((always_inline)) void
store_once(int8_t *y, int step, int32x4_t sum[2], const int32_t *rescale_4, int pixels, int count,
	int shift_most, int y_zero, int y_min, int y_max)
{
	rescale_once(sum, rescale_4, shift_most, y_zero, y_min);
	store_rescaled(y, step, sum, pixels, count, y_zero, y_min, y_max);
}

#endif
