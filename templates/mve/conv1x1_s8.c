/* conv1x1_s8.c: convolution of int8, one pixel to one pixel: 2 pixels, 4 outputs at a time. */
#include <assert.h>

#include "dot128.h"

/* Four outputs' weights for up to 16 inputs; for up to 8, widened. */
typedef struct {
	int8x16_t narrow[4];
	int16x8_t wide[4];
} FewWeights;

/* A pixel's sums; what is loaded makes place for them. */
static inline __attribute__((always_inline)) int32x4_t
few_products(const int8_t *x, const FewWeights *w, int in_c)
{
	int16x8_t v;
	int8x16_t u;
	int32x4_t sum;

	if (in_c <= 8) {
		v = in_c < 8 ? vldrbq_z_s16(x, vctp16q((uint32_t)in_c)) : vldrbq_s16(x);
		__asm__("vmladav.s16 r0, %q1, %q2\n\tvmladav.s16 r2, %q1, %q3\n\t"
			"vmladav.s16 r4, %q1, %q4\n\tvmladav.s16 r6, %q1, %q5\n\t"
			"vmov %q0[2], %q0[0], r0, r4\n\tvmov %q0[3], %q0[1], r2, r6"
			: "=w"(sum) : "w"(v), "w"(w->wide[0]), "w"(w->wide[1]), "w"(w->wide[2]),
			"w"(w->wide[3]) : "r0", "r2", "r4", "r6");
		return sum;
	}
	u = in_c < 16 ? vldrbq_z_s8(x, vctp8q((uint32_t)in_c)) : vldrbq_s8(x);
	__asm__("vmladav.s8 r0, %q1, %q2\n\tvmladav.s8 r2, %q1, %q3\n\t"
		"vmladav.s8 r4, %q1, %q4\n\tvmladav.s8 r6, %q1, %q5\n\t"
		"vmov %q0[2], %q0[0], r0, r4\n\tvmov %q0[3], %q0[1], r2, r6"
		: "=w"(sum) : "w"(u), "w"(w->narrow[0]), "w"(w->narrow[1]), "w"(w->narrow[2]),
		"w"(w->narrow[3]) : "r0", "r2", "r4", "r6");
	return sum;
}

/* The next pixel; so written loads and stores move on by themselves. */
static inline __attribute__((always_inline)) const int8_t *
next_pixel(const int8_t *x, int step)
{
	x += step;
	__asm__("" : "+r"(x));
	return x;
}

/* A row: the weights stay in registers. */
static inline __attribute__((always_inline)) void
few_row(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	const int32_t *restrict rescale, const int32_t *zeros, int step, int in_c, int out_w, int count, int y_step, int w_zero,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int last = out_w / 2 * 2;
	const int8_t *from = x;
	int8_t *to = y;
	FewWeights few;

#pragma GCC unroll 4
	for (int i = 0; i < 4; i++) {
		few.narrow[i] = vldrbq_s8(w + 16 * i);
		few.wide[i] = vldrbq_s16(w + 16 * i);
	}
	for (int p = 0; p < last; p += 2) {
		int32x4_t sum[2];

		sum[0] = few_products(from, &few, in_c);
		from = next_pixel(from, step);
		sum[1] = few_products(from, &few, in_c);
		from = next_pixel(from, step);
		if (w_zero != 0) {
			sum[0] = vaddq_n_s32(sum[0], zeros[p]);
			sum[1] = vaddq_n_s32(sum[1], zeros[p + 1]);
		}
		rescale_once(sum, rescale, shift_most, y_zero, y_min);

		const int32x4_t v = narrow_two(sum[0], sum[1], y_zero, y_min, y_max);

		store_lanes(to, v, count);
		to += y_step;
		__asm__("" : "+r"(to));
		store_lanes(to, third_bytes(v), count);
		to += y_step;
		__asm__("" : "+r"(to));
	}
	if (last < out_w) {
		int32x4_t sum[2];

		sum[0] = few_products(from, &few, in_c);
		if (w_zero != 0)
			sum[0] = vaddq_n_s32(sum[0], zeros[last]);
		sum[1] = sum[0];
		store_once(to, y_step, sum, rescale, 1, count, shift_most, y_zero, y_min, y_max);
	}
}

/* Four outputs or less, of two pixels or of one. */
static inline __attribute__((always_inline)) void
many_tile(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	const Rescale *by, const int32_t *zeros, int step, int in_c, int pixels, int count, int y_step,
	int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	int32x4_t sum[2];

	if (pixels > 1)
		two_pixels(sum, x, step, w, in_c);
	else
		sum[0] = sum[1] = one_pixel(x, w, in_c);
	if (w_zero != 0) {
		sum[0] = vaddq_n_s32(sum[0], zeros[0]);
		sum[1] = vaddq_n_s32(sum[1], zeros[pixels - 1]);
	}
	store_two(y, y_step, sum, by, pixels, count, shift_most, y_zero, y_min, y_max);
}

/* A row of four outputs or less. */
static inline __attribute__((always_inline)) void
output_row(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	const int32_t *restrict rescale, const int32_t *zeros, int step, int in_c, int out_w,
	int count, int y_step, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const Rescale by = load_rescale(rescale);
	const int last = out_w / 2 * 2;

	if (in_c <= 16) {
		few_row(y, x, w, rescale, zeros, step, in_c, out_w, count, y_step, w_zero, shift_most, y_zero,
			y_min, y_max);
		return;
	}
	for (int p = 0; p < last; p += 2)
		many_tile(y + p * y_step, x + p * step, w, &by, zeros + p, step, in_c, 2, count, y_step,
			w_zero, shift_most, y_zero, y_min, y_max);
	if (last < out_w)
		many_tile(y + last * y_step, x + last * step, w, &by, zeros + last, step, in_c, 1, count,
			y_step, w_zero, shift_most, y_zero, y_min, y_max);
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  Weights are in blocks of four outputs, there of 16 inputs each (see two_pixels());
 * rescale_4 has of each block the biases, which know x_zero, the multipliers and the shifts.
 * cost: (out_w + out_w % 2) * ((out_c + 3) / 4 * ((in_c + 15) / 16 * 7 + 13) + (w_zero != 0) * (in_c / 5 + 10))
 * scratch: (w_zero != 0) * 4 * out_w
 */
void
conv1x1_s8_mve(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_4x16,
	const int32_t *restrict rescale_4, int32_t *restrict scratch, int in_c, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left,
	int pad_right, int x_step, int y_step, int w_zero, int shift_most, int y_zero, int y_min,
	int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int step = stride_w * x_step, block = (in_c + 15) / 16 * 64;
	const int whole = out_c / 4 * 4;

	for (int p = 0; p < out_w && w_zero != 0; p++)
		scratch[p] = -w_zero * sum_of(x + p * step, in_c);
	for (int o = 0; o + 4 <= out_c; o += 4)
		output_row(y + o, x, w_4x16 + o / 4 * block, rescale_4 + o * 3, scratch, step, in_c, out_w, 4,
			y_step, w_zero, shift_most, y_zero, y_min, y_max);
	if (out_c % 4 > 0)
		output_row(y + whole, x, w_4x16 + whole / 4 * block, rescale_4 + whole * 3, scratch, step, in_c,
			out_w, out_c % 4, y_step, w_zero, shift_most, y_zero, y_min, y_max);
}
