/*
 * columns.h: depthwise windows of three or four rows and up to four columns, with Helium.  A column
 * of a channel is one word in scratch; a column's channels are side by side, and columns are
 * `column` bytes apart: 16 words or 8.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "dot128.h"

enum { BLOCK = 16 };

/* The weights of four channels, where one vector holds a window. */
typedef struct {
	int8x16_t of[4];
} Windows;

/* Up to eight outputs: their numbers are in `order`, their places from y on in at. */
static inline __attribute__((always_inline)) void
store_by_order(int8_t *y, int32x4_t v, int16x8_t order, uint16x8_t at, int count)
{
	if (count >= 8)
		vstrbq_scatter_offset_s16(y, at, vreinterpretq_s16_s32(v));
	else
		vstrbq_scatter_offset_p_s16(y, at, vreinterpretq_s16_s32(v),
			vcmpltq_n_s16(order, (int16_t)count));
}

/* Of narrow_two()'s outputs. */
static inline __attribute__((always_inline)) int16x8_t
order_of_eight(void)
{
	return vorrq_s16(vreinterpretq_s16_u16(vshrq_n_u16(vidupq_n_u16(0, 1), 1)),
		vreinterpretq_s16_u32(vdupq_n_u32(0x40000)));
}

/* narrow_two() of one. */
static inline __attribute__((always_inline)) int32x4_t
narrow_one(int32x4_t a, int y_zero, int y_min, int y_max)
{
	int16x8_t v;

	__asm__("vqmovnb.s32 %q0, %q1" : "=w"(v) : "w"(a));
	return even_bytes(v, y_zero, y_min, y_max);
}

/*
 * A word for each of 16 channels: a row's byte each.  In columns of three rows what q3 happens to
 * hold is the fourth byte, of which the weights are zeros.
 */
static inline __attribute__((always_inline)) int8_t *
store_column(int8_t *to, int8x16_t first, int8x16_t second, int8x16_t third)
{
	register int8x16_t a __asm__("q0"), b __asm__("q1"), c __asm__("q2");

	a = first, b = second, c = third;
	__asm__ volatile("vst40.8 {q0, q1, q2, q3}, [%0]\n\tvst41.8 {q0, q1, q2, q3}, [%0]\n\t"
		"vst42.8 {q0, q1, q2, q3}, [%0]\n\tvst43.8 {q0, q1, q2, q3}, [%0]!"
		: "+r"(to) : "w"(a), "w"(b), "w"(c) : "memory");
	return to;
}

static inline __attribute__((always_inline)) int8_t *
store_column_of_4(int8_t *to, int8x16_t first, int8x16_t second, int8x16_t third, int8x16_t fourth)
{
	register int8x16_t a __asm__("q0"), b __asm__("q1"), c __asm__("q2"), d __asm__("q3");

	a = first, b = second, c = third, d = fourth;
	__asm__ volatile("vst40.8 {q0, q1, q2, q3}, [%0]\n\tvst41.8 {q0, q1, q2, q3}, [%0]\n\t"
		"vst42.8 {q0, q1, q2, q3}, [%0]\n\tvst43.8 {q0, q1, q2, q3}, [%0]!"
		: "+r"(to) : "w"(a), "w"(b), "w"(c), "w"(d) : "memory");
	return to;
}

/* Of 16 bytes the first count. */
static inline __attribute__((always_inline)) int8x16_t
load_channels(const int8_t *x, int count)
{
	return count < BLOCK ? vldrbq_z_s8(x, vctp8q((uint32_t)count)) : vldrbq_s8(x);
}

/* The words of `times` times 16 bytes or count, x_step apart, from `from` on in each row. */
static inline __attribute__((always_inline)) void
lay_words(int8_t *to, const int8_t *const *x, int from, int times, int count, int kernel_h,
	int x_step)
{
	const int8_t *a = x[0] + from, *b = x[1] + from, *c = x[2] + from;

	if (kernel_h == 3)
		for (int k = 0; k < times; k++) {
			to = store_column(to, load_channels(a, count), load_channels(b, count), load_channels(c, count));
			a += x_step;
			b += x_step;
			c += x_step;
		}
	if (kernel_h > 3) {
		const int8_t *d = x[3] + from;

		for (int k = 0; k < times; k++) {
			to = store_column_of_4(to, load_channels(a, count), load_channels(b, count),
				load_channels(c, count), load_channels(d, count));
			a += x_step;
			b += x_step;
			c += x_step;
			d += x_step;
		}
	}
}

/* Columns of zero points. */
static inline __attribute__((always_inline)) void
lay_zeros(int8_t *to, int bytes, int x_zero)
{
	for (int k = 0; k < bytes; k += 16)
		vstrbq_s8(to + k, vdupq_n_s8((int8_t)x_zero));
}

/* Where a channel's four columns are, but for `step` bytes more. */
static inline __attribute__((always_inline)) uint32x4_t
columns_before(const int8_t *x, int column, int step)
{
	return vaddq_n_u32(vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)column), (uint32_t)(uintptr_t)(x - step));
}

/* The four columns at `at`, which first moves on by step bytes. */
static inline __attribute__((always_inline)) int8x16_t
next_columns(uint32x4_t *at, int step)
{
	int8x16_t x;

	if (step == 64) {
		__asm__ volatile("vldrw.u32 %q0, [%q1, #64]!" : "=&w"(x), "+w"(*at) : : "memory");
	} else if (step == 128) {
		__asm__ volatile("vldrw.u32 %q0, [%q1, #128]!" : "=&w"(x), "+w"(*at) : : "memory");
	} else {
		*at = vaddq_n_u32(*at, (uint32_t)step);
		__asm__ volatile("vldrw.u32 %q0, [%q1]" : "=&w"(x) : "w"(*at) : "memory");
	}
	return x;
}

/* The next window of each of four channels.  Sums need even registers, so only two at a time do. */
static inline __attribute__((always_inline)) int32x4_t
next_of_four(uint32x4_t *at, const Windows *w, int step)
{
	int8x16_t x = next_columns(at, step);
	int32x4_t sum;
	int32_t a, b;

	__asm__ volatile("vmladav.s8 %1, %q3, %q5\n\t"
		"vldrw.u32 %q3, [%q4, #8]\n\tvmladav.s8 %2, %q3, %q7\n\tvmov %q0[2], %q0[0], %1, %2\n\t"
		"vldrw.u32 %q3, [%q4, #4]\n\tvmladav.s8 %1, %q3, %q6\n\t"
		"vldrw.u32 %q3, [%q4, #12]\n\tvmladav.s8 %2, %q3, %q8\n\tvmov %q0[3], %q0[1], %1, %2"
		: "=&w"(sum), "=&Te"(a), "=&Te"(b), "+w"(x)
		: "w"(*at), "w"(w->of[0]), "w"(w->of[1]), "w"(w->of[2]), "w"(w->of[3]) : "memory");
	return sum;
}

/* The last: the sums come to lie where the first channel's weights were. */
static inline __attribute__((always_inline)) int32x4_t
last_of_four(uint32x4_t *at, const Windows *w, int step)
{
	int8x16_t x = next_columns(at, step);
	int32x4_t sum = vreinterpretq_s32_s8(w->of[0]);
	int32_t a, b;

	__asm__ volatile("vmladav.s8 %1, %q3, %q0\n\t"
		"vldrw.u32 %q3, [%q4, #8]\n\tvmladav.s8 %2, %q3, %q6\n\tvmov %q0[2], %q0[0], %1, %2\n\t"
		"vldrw.u32 %q3, [%q4, #4]\n\tvmladav.s8 %1, %q3, %q5\n\t"
		"vldrw.u32 %q3, [%q4, #12]\n\tvmladav.s8 %2, %q3, %q7\n\tvmov %q0[3], %q0[1], %1, %2"
		: "+w"(sum), "=&Te"(a), "=&Te"(b), "+w"(x)
		: "w"(*at), "w"(w->of[1]), "w"(w->of[2]), "w"(w->of[3]) : "memory");
	return sum;
}

/* store_once() of three pixels. */
static inline __attribute__((always_inline)) void
store_three(int8_t *y, int step, int32x4_t a, int32x4_t b, int32x4_t c, const int32_t *rescale_4,
	int count, int shift_most, int y_zero, int y_min, int y_max)
{
	int32x4_t by, v;

	if (shift_most <= 0 && y_zero <= y_min) {
		__asm__ volatile("vldrw.32 %q3, [%4]\n\t"
			"vadd.i32 %q0, %q0, %q3\n\tvadd.i32 %q1, %q1, %q3\n\tvadd.i32 %q2, %q2, %q3\n\t"
			"vldrw.32 %q3, [%4, #16]\n\t"
			"vqrdmulh.s32 %q0, %q0, %q3\n\tvqrdmulh.s32 %q1, %q1, %q3\n\tvqrdmulh.s32 %q2, %q2, %q3\n\t"
			"vldrw.32 %q3, [%4, #32]\n\t"
			"vrshl.s32 %q0, %q0, %q3\n\tvrshl.s32 %q1, %q1, %q3\n\tvrshl.s32 %q2, %q2, %q3"
			: "+w"(a), "+w"(b), "+w"(c), "=&w"(by) : "r"(rescale_4) : "memory");
	} else {
		const Rescale each = load_rescale(rescale_4);

		a = rescale4(a, &each, shift_most, y_zero, y_min);
		b = rescale4(b, &each, shift_most, y_zero, y_min);
		c = rescale4(c, &each, shift_most, y_zero, y_min);
	}
	v = narrow_two(a, b, y_zero, y_min, y_max);
	store_lanes(y, v, count);
	store_lanes(y + step, third_bytes(v), count);
	store_lanes(y + 2 * step, narrow_one(c, y_zero, y_min, y_max), count);
}

/* store_once() of one pixel. */
static inline __attribute__((always_inline)) void
store_one(int8_t *y, int32x4_t sum, const int32_t *rescale_4, int count, int shift_most, int y_zero,
	int y_min, int y_max)
{
	if (shift_most <= 0 && y_zero <= y_min) {
		int32x4_t by;

		__asm__ volatile("vldrw.32 %q1, [%2]\n\tvadd.i32 %q0, %q0, %q1\n\t"
			"vldrw.32 %q1, [%2, #16]\n\tvqrdmulh.s32 %q0, %q0, %q1\n\t"
			"vldrw.32 %q1, [%2, #32]\n\tvrshl.s32 %q0, %q0, %q1"
			: "+w"(sum), "=&w"(by) : "r"(rescale_4) : "memory");
	} else {
		const Rescale by = load_rescale(rescale_4);

		sum = rescale4(sum, &by, shift_most, y_zero, y_min);
	}
	store_lanes(y, narrow_one(sum, y_zero, y_min, y_max), count);
}

/* Pixels of four channels, or count; then `at` is where the next four's are. */
static inline __attribute__((always_inline)) void
four_channels(int8_t *y, uint32x4_t *at, const int8_t *w, const int32_t *rescale, int pixels,
	int column, int stride_w, int count, int y_step, int shift_most, int y_zero, int y_min, int y_max)
{
	const Windows of = { { vldrbq_s8(w), vldrbq_s8(w + 16), vldrbq_s8(w + 32), vldrbq_s8(w + 48) } };
	const int step = stride_w * column, last = pixels % 2 > 0 && pixels > 2 ? pixels - 3 : pixels / 2 * 2;
	int32x4_t sum[2];

#pragma GCC unroll 4
	for (int p = 0; p < last; p += 2) {
		sum[0] = next_of_four(at, &of, step);
		sum[1] = next_of_four(at, &of, step);
		store_once(y + p * y_step, y_step, sum, rescale, 2, count, shift_most, y_zero, y_min, y_max);
	}
	if (pixels % 2 > 0 && pixels > 2) {
		sum[0] = next_of_four(at, &of, step);
		sum[1] = next_of_four(at, &of, step);
		store_three(y + last * y_step, y_step, sum[0], sum[1], last_of_four(at, &of, step), rescale,
			count, shift_most, y_zero, y_min, y_max);
	}
	if (pixels == 1)
		store_one(y, next_of_four(at, &of, step), rescale, count, shift_most, y_zero, y_min, y_max);
	*at = vaddq_n_u32(*at, (uint32_t)(16 - pixels * step));
}

/* The next four windows of a channel, stride 1: two in what is loaded at once. */
static inline __attribute__((always_inline)) int32x4_t
next_four(uint32x4_t *at, int8x16_t w, int8x16_t later, int step)
{
	const int8x16_t x = next_columns(at, step);
	const int32_t a = vmladavq_s8(x, w), b = vmladavq_s8(x, later);
	const int8x16_t x2 = next_columns(at, step);

	return four_lanes(a, b, vmladavq_s8(x2, w), vmladavq_s8(x2, later));
}

/* Pixels of one channel, stride 1, at most three columns; then `at` is where the next one's are. */
static inline __attribute__((always_inline)) void
one_channel(int8_t *y, uint32x4_t *at, const int8_t *w, const int32_t *rescale, int pixels,
	int column, int16x8_t order, uint16x8_t places, int y_step, int shift_most, int y_zero, int y_min,
	int y_max)
{
	const int8x16_t now = vldrbq_s8(w), later = vldrbq_s8(w - 4);
	const int32_t bias = rescale[0], mult = rescale[4], right = rescale[8];
	const int rest = pixels % 8;

	for (int p = 0; p + 8 <= pixels; p += 8) {
		const int32x4_t a = rescale_alike(next_four(at, now, later, 2 * column), bias, mult, right,
			shift_most, y_zero, y_min);
		const int32x4_t b = rescale_alike(next_four(at, now, later, 2 * column), bias, mult, right,
			shift_most, y_zero, y_min);

		store_by_order(y, narrow_two(a, b, y_zero, y_min, y_max), order, places, 8);
		y += 8 * y_step;
	}
	if (rest > 0) {
		const int32x4_t a = rescale_alike(next_four(at, now, later, 2 * column), bias, mult, right,
			shift_most, y_zero, y_min);

		if (rest == 4)
			vstrbq_scatter_offset_s32(y, vmovlbq_u16(places), narrow_one(a, y_zero, y_min, y_max));
		if (rest < 4)
			store_by_order(y, narrow_two(a, a, y_zero, y_min, y_max), order, places, rest);
		if (rest > 4) {
			const int32x4_t b = rescale_alike(next_four(at, now, later, 2 * column), bias, mult, right,
				shift_most, y_zero, y_min);

			store_by_order(y, narrow_two(a, b, y_zero, y_min, y_max), order, places, rest);
		}
	}
	*at = vaddq_n_u32(*at, (uint32_t)(4 - (pixels + 3) / 4 * 4 * column));
}

/* 16 channels, or count, of pixels whose columns are laid. */
static inline __attribute__((always_inline)) void
block_row(int8_t *y, const int8_t *x, const int8_t *w, const int32_t *rescale, int pixels,
	int column, int kernel_w, int stride_w, int count, int y_step, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int along = stride_w == 1 && kernel_w <= 3 && pixels >= 8;
	uint32x4_t at = columns_before(x, column, along ? 2 * column : stride_w * column);

	if (along) {
		const int16x8_t order = order_of_eight();
		const uint16x8_t places = vmulq_n_u16(vreinterpretq_u16_s16(order), (uint16_t)y_step);

		for (int c = 0; c + 4 <= count; c += 4)
			for (int k = 0; k < 4; k++)
				one_channel(y + c + k, &at, w + 16 * (c + k), rescale + 3 * c + k, pixels, column, order,
					places, y_step, shift_most, y_zero, y_min, y_max);
		for (int c = count / 4 * 4; c < count; c++)
			one_channel(y + c, &at, w + 16 * c, rescale + count / 4 * 12 + c % 4, pixels, column, order,
				places, y_step, shift_most, y_zero, y_min, y_max);
	}
	if (!along) {
		for (int c = 0; c + 4 <= count; c += 4)
			four_channels(y + c, &at, w + 16 * c, rescale + 3 * c, pixels, column, stride_w, 4, y_step,
				shift_most, y_zero, y_min, y_max);
		if (count % 4 > 0)
			four_channels(y + count / 4 * 4, &at, w + count / 4 * 64, rescale + count / 4 * 12, pixels,
				column, stride_w, count % 4, y_step, shift_most, y_zero, y_min, y_max);
	}
}

/* The pixels of a row from p on. */
static inline __attribute__((always_inline)) void
some_pixels(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict rescale, int8_t *restrict scratch, int p, int pixels, int in_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step,
	int x_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int first = p * stride_w - pad_left, end = first + (pixels - 1) * stride_w + kernel_w;
	const int from = first < 0 ? (end < 0 ? end : 0) : first; /* the row has from to `to` */
	const int to = end < in_w ? end : (from > in_w ? from : in_w);
	const int column = x_step == 8 ? 32 : 64, last = out_c / BLOCK * BLOCK;
	int8_t *const inside = scratch + (from - first) * column;

	if (x_step == 8) { /* two pixels at once */
		lay_words(inside, x, from * 8, (to - from) / 2, 16, kernel_h, 16);
		if ((to - from) % 2 > 0)
			lay_words(inside + (to - from - 1) * 32, x, (to - 1) * 8, 1, out_c, kernel_h, 8);
	}
	lay_zeros(scratch, (from - first) * column, x_zero);
	lay_zeros(scratch + (to - first) * column, (end - to) * column, x_zero);
	for (int c = 0; c < last; c += BLOCK) {
		lay_words(inside, x, from * x_step + c, to - from, BLOCK, kernel_h, x_step);
		block_row(y + p * y_step + c, scratch, w + 16 * c, rescale + 3 * c, pixels, column, kernel_w,
			stride_w, BLOCK, y_step, shift_most, y_zero, y_min, y_max);
	}
	if (last < out_c) {
		if (x_step != 8)
			lay_words(inside, x, from * x_step + last, to - from, out_c - last, kernel_h, x_step);
		block_row(y + p * y_step + last, scratch, w + 16 * last, rescale + 3 * last, pixels, column,
			kernel_w, stride_w, out_c - last, y_step, shift_most, y_zero, y_min, y_max);
	}
}

#endif
