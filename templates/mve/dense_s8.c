/* dense_s8.c: int8 vectors times a matrix, 8 outputs at a time. */
#include "dot128.h"

/* Sums of count products, at least 16, of eight outputs; w and v as in two_pixels(), four each. */
static inline __attribute__((always_inline)) void
eight_outputs(int32x4_t sum[2], const int8_t *x, const int8_t *w, const int8_t *v, int count)
{
	register int32_t a0 __asm__("r0"), a1 __asm__("r2"), a2 __asm__("r4"), a3 __asm__("r6");
	register int32_t b0 __asm__("r8"), b1 __asm__("r10"), b2 __asm__("r12"), b3 __asm__("lr");

	__asm__ volatile("vldrb.8 q0, [%10]\n\t"
		"vldrb.8 q1, [%8], #16\n\tvmladav.s8 %0, q0, q1\n\t"
		"vldrb.8 q2, [%8], #16\n\tvmladav.s8 %1, q0, q2\n\t"
		"vldrb.8 q1, [%8], #16\n\tvmladav.s8 %2, q0, q1\n\t"
		"vldrb.8 q2, [%8], #16\n\tvmladav.s8 %3, q0, q2\n\t"
		"vldrb.8 q1, [%9], #16\n\tvmladav.s8 %4, q0, q1\n\t"
		"vldrb.8 q2, [%9], #16\n\tvmladav.s8 %5, q0, q2\n\t"
		"vldrb.8 q1, [%9], #16\n\tvmladav.s8 %6, q0, q1\n\t"
		"vldrb.8 q2, [%9], #16\n\tvmladav.s8 %7, q0, q2"
		: "=r"(a0), "=r"(a1), "=r"(a2), "=r"(a3), "=r"(b0), "=r"(b1), "=r"(b2), "=r"(b3),
		"+r"(w), "+r"(v) : "r"(x) : "q0", "q1", "q2", "memory");
	x += count % 16 > 0 ? count % 16 : 16;
#pragma GCC unroll 16
	for (int k = 16; k < count; k += 16)
		__asm__ volatile("vldrb.8 q0, [%10], #16\n\t"
			"vldrb.8 q1, [%8], #16\n\tvmladava.s8 %0, q0, q1\n\t"
			"vldrb.8 q2, [%8], #16\n\tvmladava.s8 %1, q0, q2\n\t"
			"vldrb.8 q1, [%8], #16\n\tvmladava.s8 %2, q0, q1\n\t"
			"vldrb.8 q2, [%8], #16\n\tvmladava.s8 %3, q0, q2\n\t"
			"vldrb.8 q1, [%9], #16\n\tvmladava.s8 %4, q0, q1\n\t"
			"vldrb.8 q2, [%9], #16\n\tvmladava.s8 %5, q0, q2\n\t"
			"vldrb.8 q1, [%9], #16\n\tvmladava.s8 %6, q0, q1\n\t"
			"vldrb.8 q2, [%9], #16\n\tvmladava.s8 %7, q0, q2"
			: "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(b0), "+r"(b1), "+r"(b2), "+r"(b3),
			"+r"(w), "+r"(v), "+r"(x) : : "q0", "q1", "q2", "memory");
	sum[0] = four_lanes(a0, a1, a2, a3);
	sum[1] = four_lanes(b0, b1, b2, b3);
}

/* The first count outputs, at most eight. */
static inline __attribute__((always_inline)) void
store_eight(int8_t *y, const int32x4_t sum[2], const Rescale *low, const Rescale *high, int count,
	int shift_most, int y_zero, int y_min, int y_max)
{
	int32x4_t v = narrow_two(rescale4(sum[0], low, shift_most, y_zero, y_min),
		rescale4(sum[1], high, shift_most, y_zero, y_min), y_zero, y_min, y_max);

	store_lanes(y, v, count);
	if (count > 4)
		store_lanes(y + 4, third_bytes(v), count - 4);
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  Weights are in blocks of four outputs, there of 16 inputs each (see two_pixels());
 * rescale_4 has of each block the biases, which know x_zero, the multipliers and the shifts.
 * cost: out_w * ((out_c + 7) / 8 * ((in_c + 15) / 16 * 17 + 35) + (w_zero != 0) * (in_c / 5 + 10))
 */
void
dense_s8_mve(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_4x16,
	const int32_t *restrict rescale_4, int in_c, int out_w, int out_c, int x_step, int y_step,
	int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int block = (in_c + 15) / 16 * 64;

	for (int p = 0; p < out_w; p++) {
		const int8_t *from = x + p * x_step;
		int8_t few[16];

		if (in_c < 16) {
			vstrbq_s8(few, vldrbq_z_s8(from, vctp8q((uint32_t)in_c)));
			from = few;
		}

		const int32_t zeros = w_zero != 0 ? -w_zero * sum_of(from, in_c) : 0;

		for (int o = 0; o < out_c; o += 8) {
			const int more = o + 4 < out_c ? 4 : 0;
			const Rescale low = load_rescale(rescale_4 + o * 3);
			const Rescale high = load_rescale(rescale_4 + (o + more) * 3);
			int32x4_t sum[2];

			eight_outputs(sum, from, w_4x16 + o / 4 * block,
				w_4x16 + (o + more) / 4 * block, in_c);
			if (w_zero != 0) {
				sum[0] = vaddq_n_s32(sum[0], zeros);
				sum[1] = vaddq_n_s32(sum[1], zeros);
			}
			store_eight(y + p * y_step + o, sum, &low, &high, out_c - o, shift_most, y_zero,
				y_min, y_max);
		}
	}
}
