/* large.h: depthwise windows of more than 16 taps: two vectors or four each, of a channel at a time. */
#ifndef LARGE_H
#define LARGE_H

#include "dot128.h"

/* Channels whose columns are laid at once; taps that four vectors hold. */
enum { LARGE_AT_ONCE = 8, LARGE_MOST = 64 };

/* Weights of a channel: of one window four vectors, or of two windows that share two vectors each. */
typedef struct {
	int8x16_t w[4], ones[4]; /* ones: where weights are */
	int32_t bias, mult, shift;
} Large;

/* Two windows in two vectors. */
static inline __attribute__((always_inline)) void
both_windows(int32_t sum[2], const int8_t *x, const int8x16_t w[4])
{
	int32_t a, b;
	int8x16_t u, v;

	__asm__("vldrb.8 %q2, [%8]\n\tvmladav.s8 %0, %q4, %q2\n\tvldrb.8 %q3, [%8, #16]\n\t"
		"vmladav.s8 %1, %q6, %q2\n\tvmladava.s8 %0, %q5, %q3\n\tvmladava.s8 %1, %q7, %q3"
		: "=&Te"(a), "=&Te"(b), "=&w"(u), "=&w"(v)
		: "w"(w[0]), "w"(w[1]), "w"(w[2]), "w"(w[3]), "r"(x), "m"(*(const int8_t (*)[32])x));
	sum[0] = a;
	sum[1] = b;
}

/* A window in two vectors, or in four. */
static inline __attribute__((always_inline)) int32_t
large_window(const int8_t *x, const int8x16_t w[4], int steps)
{
	int32_t sum;
	int8x16_t u, v;

	if (steps == 2)
		__asm__("vldrb.8 %q1, [%5]\n\tvldrb.8 %q2, [%5, #16]\n\tvmladav.s8 %0, %q3, %q1\n\t"
			"vmladava.s8 %0, %q4, %q2"
			: "=&Te"(sum), "=&w"(u), "=&w"(v) : "w"(w[0]), "w"(w[1]), "r"(x),
			"m"(*(const int8_t (*)[32])x));
	else
		__asm__("vldrb.8 %q1, [%7]\n\tvldrb.8 %q2, [%7, #16]\n\tvmladav.s8 %0, %q3, %q1\n\t"
			"vldrb.8 %q1, [%7, #32]\n\tvmladava.s8 %0, %q4, %q2\n\t"
			"vldrb.8 %q2, [%7, #48]\n\tvmladava.s8 %0, %q5, %q1\n\tvmladava.s8 %0, %q6, %q2"
			: "=&Te"(sum), "=&w"(u), "=&w"(v) : "w"(w[0]), "w"(w[1]), "w"(w[2]), "w"(w[3]),
			"r"(x), "m"(*(const int8_t (*)[64])x));
	return sum;
}

/* The first count of four windows that begin shift bytes apart. */
static inline __attribute__((always_inline)) int32x4_t
some_windows(const int8_t *x, const int8x16_t w[4], int shift, int each, int steps, int count)
{
	int32_t sum[4];

	if (each == 2) {
		both_windows(sum, x, w);
		sum[2] = sum[3] = sum[0];
		if (count > 2)
			both_windows(sum + 2, x + 2 * shift, w);
	} else {
		sum[0] = sum[1] = sum[2] = sum[3] = large_window(x, w, steps);
		if (count > 1)
			sum[1] = large_window(x + shift, w, steps);
		if (count > 2)
			sum[2] = large_window(x + 2 * shift, w, steps);
		if (count > 3)
			sum[3] = large_window(x + 3 * shift, w, steps);
	}
	return four_lanes(sum[0], sum[1], sum[2], sum[3]);
}

/* What they become. */
static inline __attribute__((always_inline)) int32x4_t
some_outputs(const int8_t *x, const Large *by, int shift, int each, int steps, int count, int w_zero,
	int shift_most, int y_zero, int y_min)
{
	int32x4_t v = some_windows(x, by->w, shift, each, steps, count);

	if (w_zero != 0)
		v = vmlaq_n_s32(v, some_windows(x, by->ones, shift, each, steps, count), -w_zero);
	return rescale_alike(v, by->bias, by->mult, by->shift, shift_most, y_zero, y_min);
}

/* Up to eight outputs of a channel, from y on; order and at say where in a vector and in memory. */
static inline __attribute__((always_inline)) void
eight_outputs_of(int8_t *y, const int8_t *x, const Large *by, int16x8_t order, uint16x8_t at, int shift,
	int each, int steps, int count, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int32x4_t a = some_outputs(x, by, shift, each, steps, count, w_zero, shift_most, y_zero,
		y_min);
	int32x4_t b = a;

	if (count > 4)
		b = some_outputs(x + 4 * shift, by, shift, each, steps, count - 4, w_zero, shift_most, y_zero,
			y_min);

	const int16x8_t v = vreinterpretq_s16_s32(narrow_two(a, b, y_zero, y_min, y_max));

	if (count >= 8)
		vstrbq_scatter_offset_s16(y, at, v);
	else
		vstrbq_scatter_offset_p_s16(y, at, v, vcmpltq_n_s16(order, (int16_t)count));
}

/* Lanes from first to end as bits, of those that begin at lane. */
static inline __attribute__((always_inline)) int8x16_t
ones_between(int first, int end, int lane)
{
	const mve_pred16_t before = vctp8q((uint32_t)(first > lane ? first - lane : 0));
	const mve_pred16_t until = vctp8q((uint32_t)(end > lane ? end - lane : 0));

	return vpselq_s8(vdupq_n_s8(0), vpselq_s8(vdupq_n_s8(1), vdupq_n_s8(0), until), before);
}

/* A channel's weights: of the first window, and of a second one that begins shift bytes later. */
static inline __attribute__((always_inline)) Large
load_large(const int8_t *w, const int32_t *rescale, int taps, int shift, int each, int w_zero)
{
	const int steps = (taps + 15) / 16;
	Large by;

	by.bias = rescale[0], by.mult = rescale[4], by.shift = rescale[8];
#pragma GCC unroll 4
	for (int k = 0; k < 4; k++) {
		const int second = each == 2 && k > 1, lane = second ? 16 * k - 32 : 16 * k;
		const int first = second ? shift : 0;

		by.w[k] = by.ones[k] = vdupq_n_s8(0);
		if (each == 2 || k < steps)
			by.w[k] = vldrbq_s8(w + lane - first);
		if (w_zero != 0)
			by.ones[k] = ones_between(first, first + taps, lane);
	}
	return by;
}

/* A row of one channel, whose columns are in x. */
static inline __attribute__((always_inline)) void
large_channel(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	const int32_t *restrict rescale, int out_w, int taps, int shift, int y_step, int w_zero,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int steps = (taps + 15) / 16, each = taps + shift <= 32 ? 2 : 1, last = out_w / 8 * 8;
	const Large by = load_large(w, rescale, taps, shift, each, w_zero);
	const int16x8_t order = vorrq_s16(vreinterpretq_s16_u16(vshrq_n_u16(vidupq_n_u16(0, 1), 1)),
		vreinterpretq_s16_u32(vdupq_n_u32(0x40000)));
	const uint16x8_t at = vmulq_n_u16(vreinterpretq_u16_s16(order), (uint16_t)y_step);

	for (int p = 0; p < last; p += 8)
		eight_outputs_of(y + p * y_step, x + p * shift, &by, order, at, shift, each, steps,
			8, w_zero, shift_most, y_zero, y_min, y_max);
	if (last < out_w)
		eight_outputs_of(y + last * y_step, x + last * shift, &by, order, at, shift, each,
			steps, out_w - last, w_zero, shift_most, y_zero, y_min, y_max);
}

/* Eight channels of a pixel, or the first count. */
static inline __attribute__((always_inline)) int16x8_t
pixel_of(const int8_t *x, int count)
{
	return count < LARGE_AT_ONCE ? vldrbq_z_s16(x, vctp16q((uint32_t)count)) : vldrbq_s16(x);
}

/* Of up to eight channels count pixels of a row, step apart: a channel is `size` bytes from the one
 * before, a pixel `column`. */
static inline __attribute__((always_inline)) void
lay_pixels(int8_t *to, const int8_t *x, int size, int channels, int count, int step, int column)
{
	const uint16x8_t at = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)size);
	const uint16x8_t at1 = vaddq_n_u16(at, (uint16_t)column), at2 = vaddq_n_u16(at1, (uint16_t)column);
	const uint16x8_t at3 = vaddq_n_u16(at2, (uint16_t)column);
	const int last = count / 4 * 4;

	for (int k = 0; k < last; k += 4) {
		vstrbq_scatter_offset_s16(to, at, pixel_of(x, channels));
		vstrbq_scatter_offset_s16(to, at1, pixel_of(x + step, channels));
		vstrbq_scatter_offset_s16(to, at2, pixel_of(x + 2 * step, channels));
		vstrbq_scatter_offset_s16(to, at3, pixel_of(x + 3 * step, channels));
		to += 4 * column;
		x += 4 * step;
	}
	if (count - last > 0)
		vstrbq_scatter_offset_s16(to, at, pixel_of(x, channels));
	if (count - last > 1)
		vstrbq_scatter_offset_s16(to, at1, pixel_of(x + step, channels));
	if (count - last > 2)
		vstrbq_scatter_offset_s16(to, at2, pixel_of(x + 2 * step, channels));
}

/* A row of the channels from c on, at most eight; columns outside are in scratch. */
static inline __attribute__((always_inline)) void
large_channels(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict rescale, int8_t *restrict scratch, int c, int count, int first, int inside,
	int size, int out_w, int kernel_h, int taps, int shift, int x_step, int y_step, int left,
	int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int vectors = (taps + 15) / 16 * 16, low = count < 4 ? count : 4;

	for (int i = 0; i < kernel_h; i++)
		lay_pixels(scratch + left * kernel_h + i, x[i] + first * x_step + c, size, count, inside,
			x_step, kernel_h);
	for (int k = 0; k < low; k++)
		large_channel(y + k, scratch + k * size, w + k * vectors, rescale + k, out_w, taps, shift,
			y_step, w_zero, shift_most, y_zero, y_min, y_max);
	for (int k = 4; k < count; k++)
		large_channel(y + k, scratch + k * size, w + k * vectors, rescale + 8 + k, out_w, taps, shift,
			y_step, w_zero, shift_most, y_zero, y_min, y_max);
}

/* A row; weights, rescale_4 and scratch are as the kernel has them. */
static inline __attribute__((always_inline)) void
large_row(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict rescale, int8_t *restrict scratch, int in_w, int out_w, int out_c,
	int kernel_h, int taps, int span, int stride_w, int pad_left, int x_step, int y_step, int x_zero,
	int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int size = kernel_h * span, vectors = (taps + 15) / 16 * 16, shift = kernel_h * stride_w;
	const int left = pad_left > 0 ? pad_left : 0, first = pad_left < 0 ? -pad_left : 0;
	const int right = in_w + pad_left < span ? in_w + pad_left : span; /* columns before the border */
	const int inside = right > left ? right - left : 0;
	const int last = out_c / LARGE_AT_ONCE * LARGE_AT_ONCE;

	for (int k = 0; k < LARGE_AT_ONCE * size; k += 16)
		vstrbq_s8(scratch + k, vdupq_n_s8((int8_t)x_zero));
	for (int c = 0; c < last; c += LARGE_AT_ONCE)
		large_channels(y + c, x, w + c * vectors, rescale + c * 3, scratch, c, LARGE_AT_ONCE, first,
			inside, size, out_w, kernel_h, taps, shift, x_step, y_step, left, w_zero, shift_most,
			y_zero, y_min, y_max);
	if (last < out_c)
		large_channels(y + last, x, w + last * vectors, rescale + last * 3, scratch, last,
			out_c - last, first, inside, size, out_w, kernel_h, taps, shift, x_step, y_step, left,
			w_zero, shift_most, y_zero, y_min, y_max);
}

#endif
