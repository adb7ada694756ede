/* lay4.h: values of pixels and windows laid side by side, in fours, and their sums; for NEON. */
#ifndef LAY4_H
#define LAY4_H

#include <arm_neon.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The sum of count values. */
static inline int32_t
sum_of(const int8_t *x, int count)
{
	int32x4_t all = vdupq_n_s32(0);
	int32_t sum;

	for (int i = 0; i + 16 <= count; i += 16)
		all = vpadalq_s16(all, vpaddlq_s8(vld1q_s8(x + i)));
	sum = vaddvq_s32(all);
	for (int i = count / 16 * 16; i < count; i++)
		sum += x[i];
	return sum;
}

/* What the weights' zero point adds to each of some pixels of count values. */
static inline void
zeros_of(int32_t *zeros, const int8_t *x, int step, int count, int pixels, int w_zero)
{
	for (int i = 0; i < pixels; i++)
		zeros[i] = -w_zero * sum_of(x + i * step, count);
}

/* Pixels side by side in `to`, of in_c values and zeros up to a multiple of `unit`. */
static inline __attribute__((always_inline)) void
lay_pixels(int8_t *to, const int8_t *x, int step, int in_c, int pixels, int unit)
{
	const int room = (in_c + unit - 1) / unit * unit;

	for (int p = 0; p < pixels; p++) {
		memcpy(to + p * room, x + p * step, (size_t)in_c);
		if (in_c < room)
			memset(to + p * room + in_c, 0, (size_t)(room - in_c));
	}
}

/* Writes the window's values side by side, columns outside as x_zero. */
static inline __attribute__((always_inline)) void
lay_window(int8_t *to, const int8_t *const *x, int in_w, int in_c, int kernel_h, int kernel_w,
	int dilation_w, int first, int x_step, int x_zero)
{
	const bool inside = first >= 0 && first + (kernel_w - 1) * dilation_w < in_w;

	for (int i = 0; i < kernel_h; i++) {
		if (inside && dilation_w == 1 && x_step == in_c) {
			memcpy(to, x[i] + first * in_c, (size_t)(kernel_w * in_c));
			to += kernel_w * in_c;
			continue;
		}
		for (int j = 0; j < kernel_w; j++, to += in_c) {
			const int column = first + j * dilation_w;

			if (column >= 0 && column < in_w)
				memcpy(to, x[i] + column * x_step, (size_t)in_c);
			else
				memset(to, x_zero, (size_t)in_c);
		}
	}
}

/* Windows side by side, `first` the first one's column, each of zeros up to a multiple of `unit`. */
static inline __attribute__((always_inline)) void
lay_windows(int8_t *to, const int8_t *const *x, int in_w, int in_c, int kernel_h, int kernel_w,
	int stride_w, int dilation_w, int first, int windows, int x_step, int x_zero, int unit)
{
	const int taps = kernel_h * kernel_w * in_c, room = (taps + unit - 1) / unit * unit;

	for (int p = 0; p < windows; p++) {
		lay_window(to + p * room, x, in_w, in_c, kernel_h, kernel_w, dilation_w,
			first + p * stride_w, x_step, x_zero);
		if (taps < room)
			memset(to + p * room + taps, 0, (size_t)(room - taps));
	}
}

#endif
