/* few.h: windows of 17 to 32 bytes: the weights of two outputs stay in registers along a row. */
#ifndef FEW_H
#define FEW_H

#include "dot128.h"

/* What rescales the sums of one output. */
typedef struct {
	int32_t bias, mult, shift;
} RescaleOne;

/* Where two outputs of four pixels go: in even lanes the first one's, in odd ones what is `apart`. */
static inline __attribute__((always_inline)) uint16x8_t
places_of_two(int y_step, int apart)
{
	const uint16x8_t lane = vidupq_n_u16(0, 1);

	return vaddq_u16(vmulq_n_u16(vshrq_n_u16(lane, 1), (uint16_t)y_step),
		vmulq_n_u16(vandq_u16(lane, vdupq_n_u16(1)), (uint16_t)apart));
}

/* Two outputs of four pixels; their sums are in a and b. */
static inline __attribute__((always_inline)) void
store_places(int8_t *y, uint16x8_t at, int32x4_t a, int32x4_t b, const RescaleOne *by_a,
	const RescaleOne *by_b, int shift_most, int y_zero, int y_min, int y_max)
{
	a = rescale_alike(a, by_a->bias, by_a->mult, by_a->shift, shift_most, y_zero, y_min);
	b = rescale_alike(b, by_b->bias, by_b->mult, by_b->shift, shift_most, y_zero, y_min);
	vstrbq_scatter_offset_s16(y, at,
		vreinterpretq_s16_s32(narrow_two(a, b, y_zero, y_min, y_max)));
}

/* Windows, PITCH apart, have a vector at their beginning and one at `more`. */
enum { PITCH = 40 };

/* Of four windows the sums of two outputs: w has the first one's two vectors, then the other's. */
static inline __attribute__((always_inline)) void
four_windows_of(int32x4_t sum[2], const int8_t *x, const int8_t *more, const int8x16_t w[4])
{
	int32_t a, b, c, d;
	int32x4_t s, t;
	int8x16_t v;

	__asm__("vldrb.8 %q0, [%10]\n\tvmladav.s8 %2, %q0, %q6\n\tvmladav.s8 %3, %q0, %q8\n\t"
		"vldrb.8 %q1, [%11]\n\tvmladava.s8 %2, %q1, %q7\n\tvmladava.s8 %3, %q1, %q9\n\t"
		"vldrb.8 %q0, [%10, #80]\n\tvmladav.s8 %4, %q0, %q6\n\tvmladav.s8 %5, %q0, %q8\n\t"
		"vldrb.8 %q1, [%11, #80]\n\tvmladava.s8 %4, %q1, %q7\n\tvmladava.s8 %5, %q1, %q9\n\t"
		"vmov %q0[2], %q0[0], %2, %4\n\tvmov %q1[2], %q1[0], %3, %5"
		: "=&w"(s), "=&w"(t), "=&Te"(a), "=&Te"(b), "=&Te"(c), "=&Te"(d)
		: "w"(w[0]), "w"(w[1]), "w"(w[2]), "w"(w[3]), "r"(x), "r"(more),
		"m"(*(const int8_t (*)[4 * PITCH])x));
	__asm__("vldrb.8 %q6, [%11, #40]\n\tvmladav.s8 %2, %q6, %q7\n\tvmladav.s8 %3, %q6, %q9\n\t"
		"vldrb.8 %q6, [%12, #40]\n\tvmladava.s8 %2, %q6, %q8\n\tvmladava.s8 %3, %q6, %q10\n\t"
		"vldrb.8 %q6, [%11, #120]\n\tvmladav.s8 %4, %q6, %q7\n\tvmladav.s8 %5, %q6, %q9\n\t"
		"vldrb.8 %q6, [%12, #120]\n\tvmladava.s8 %4, %q6, %q8\n\tvmladava.s8 %5, %q6, %q10\n\t"
		"vmov %q0[3], %q0[1], %2, %4\n\tvmov %q1[3], %q1[1], %3, %5"
		: "+w"(s), "+w"(t), "=&Te"(a), "=&Te"(b), "=&Te"(c), "=&Te"(d), "=&w"(v)
		: "w"(w[0]), "w"(w[1]), "w"(w[2]), "w"(w[3]), "r"(x), "r"(more),
		"m"(*(const int8_t (*)[4 * PITCH])x));
	sum[0] = s;
	sum[1] = t;
}

#endif
