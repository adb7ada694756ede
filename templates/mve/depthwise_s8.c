/* depthwise_s8.c: convolution of int8, each channel by itself: a window's bytes side by side. */
#include <assert.h>

#include "large.h"

/* From WIDE pixels on channels are made one by one, else four at once. */
enum { CHANNELS_AT_ONCE = 8, TAPS_MOST = 64, WIDE = 16 };

/*
 * Eight channels' columns from `first` on, or the first count: each channel has size bytes of `to`,
 * there column after column of kernel_h rows.
 */
static inline __attribute__((always_inline)) void
lay_columns(int8_t *to, int size, const int8_t *const *x, int c, int count, int first, int span,
	int in_w, int kernel_h, int x_step, int x_zero)
{
	const uint16x8_t at = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)size);
	const int left = first < 0 ? -first : 0;
	const int right = first + span > in_w ? in_w - first : span;

	for (int i = 0; i < kernel_h; i++) {
		const int8_t *from = x[i] + first * x_step + c;

		for (int k = 0; k < left; k++)
			vstrbq_scatter_offset_s16(to + k * kernel_h + i, at, vdupq_n_s16((int16_t)x_zero));
#pragma GCC unroll 4
		for (int k = left; k < right; k++)
			vstrbq_scatter_offset_s16(to + k * kernel_h + i, at, count < CHANNELS_AT_ONCE ?
				vldrbq_z_s16(from + k * x_step, vctp16q((uint32_t)count)) :
				vldrbq_s16(from + k * x_step));
		for (int k = right; k < span; k++)
			vstrbq_scatter_offset_s16(to + k * kernel_h + i, at, vdupq_n_s16((int16_t)x_zero));
	}
}

/* The weights of four channels, where one vector holds a window. */
typedef struct {
	int8x16_t of[4];
} Windows;

/* A window's sum of products with steps vectors of weights; `once` is the first of them. */
static inline __attribute__((always_inline)) int32_t
window(const int8_t *x, const int8_t *w, int8x16_t once, int steps)
{
	int32_t sum = vmladavq_s8(vldrbq_s8(x), once);

#pragma GCC unroll 4
	for (int k = 1; k < steps; k++)
		sum = vmladavaq_s8(sum, vldrbq_s8(x + 16 * k), vldrbq_s8(w + 16 * k));
	return sum;
}

/* Of four channels, size bytes apart, one window each. */
static inline __attribute__((always_inline)) int32x4_t
four_windows(const int8_t *x, int size, const int8_t *w, const Windows *once, int steps)
{
	return four_lanes(window(x, w, once->of[0], steps),
		window(x + size, w + 16 * steps, once->of[1], steps),
		window(x + 2 * size, w + 32 * steps, once->of[2], steps),
		window(x + 3 * size, w + 48 * steps, once->of[3], steps));
}

/* The same of the values alone, for weights with a zero point. */
static inline __attribute__((always_inline)) int32x4_t
four_sums(const int8_t *x, int size, int taps)
{
	return four_lanes(sum_of(x, taps), sum_of(x + size, taps), sum_of(x + 2 * size, taps),
		sum_of(x + 3 * size, taps));
}

/* Two pixels or one of four channels or less. */
static inline __attribute__((always_inline)) void
window_tile(int8_t *restrict y, const int8_t *restrict x, int size, const int8_t *restrict w,
	const Windows *once, const int32_t *rescale, int taps, int shift, int pixels, int count,
	int y_step, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int steps = (taps + 15) / 16;
	int32x4_t sum[2];

	sum[0] = sum[1] = four_windows(x, size, w, once, steps);
	if (pixels > 1)
		sum[1] = four_windows(x + shift, size, w, once, steps);
	if (w_zero != 0) {
		sum[0] = vmlaq_n_s32(sum[0], four_sums(x, size, taps), -w_zero);
		if (pixels > 1)
			sum[1] = vmlaq_n_s32(sum[1], four_sums(x + shift, size, taps), -w_zero);
	}
	store_once(y, y_step, sum, rescale, pixels, count, shift_most, y_zero, y_min, y_max);
}

/* A row of four channels or less. */
static inline __attribute__((always_inline)) void
window_row(int8_t *restrict y, const int8_t *restrict x, int size, const int8_t *restrict w,
	const int32_t *restrict rescale, int out_w, int taps, int shift, int count, int y_step,
	int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int steps = (taps + 15) / 16, last = out_w / 2 * 2;
	const Windows once = { { vldrbq_s8(w), vldrbq_s8(w + 16 * steps), vldrbq_s8(w + 32 * steps),
		vldrbq_s8(w + 48 * steps) } };

	for (int p = 0; p < last; p += 2)
		window_tile(y + p * y_step, x + p * shift, size, w, &once, rescale, taps, shift, 2, count, y_step,
			w_zero, shift_most, y_zero, y_min, y_max);
	if (last < out_w)
		window_tile(y + last * y_step, x + last * shift, size, w, &once, rescale, taps, shift, 1, count,
			y_step, w_zero, shift_most, y_zero, y_min, y_max);
}

/*
 * Of windows that begin shift bytes apart number j.  A vector holds `each` of them whole; w has as
 * many times the weights, each beginning where a window does; or, of larger ones, all steps'.
 */
static inline __attribute__((always_inline)) int32_t
window_of(const int8_t *x, const int8x16_t w[4], int j, int shift, int each, int steps)
{
	int32_t sum = vmladavq_s8(vldrbq_s8(x + j / each * each * shift), w[j % each]);

#pragma GCC unroll 4
	for (int k = 1; k < steps; k++)
		sum = vmladavaq_s8(sum, vldrbq_s8(x + j * shift + 16 * k), w[k]);
	return sum;
}

/* Four windows from number j on. */
static inline __attribute__((always_inline)) int32x4_t
next_windows(const int8_t *x, const int8x16_t w[4], int j, int shift, int each, int steps)
{
	return four_lanes(window_of(x, w, j, shift, each, steps), window_of(x, w, j + 1, shift, each, steps),
		window_of(x, w, j + 2, shift, each, steps), window_of(x, w, j + 3, shift, each, steps));
}

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

/* Up to eight outputs of a channel, from y on; their numbers are in `order`, their places in at. */
static inline __attribute__((always_inline)) void
eight_windows(int8_t *y, const int8_t *x, const int8x16_t w[4], const int8x16_t ones[4],
	int32_t bias, int32_t mult, int right, int16x8_t order, uint16x8_t at, int count, int shift,
	int each, int steps, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	int32x4_t a = next_windows(x, w, 0, shift, each, steps), b = a;

	if (w_zero != 0)
		a = vmlaq_n_s32(a, next_windows(x, ones, 0, shift, 1, steps), -w_zero);
	a = rescale_alike(a, bias, mult, right, shift_most, y_zero, y_min);
	if (count > 4) {
		b = next_windows(x, w, 4, shift, each, steps);
		if (w_zero != 0)
			b = vmlaq_n_s32(b, next_windows(x, ones, 4, shift, 1, steps), -w_zero);
		b = rescale_alike(b, bias, mult, right, shift_most, y_zero, y_min);
	}

	store_by_order(y, narrow_two(a, b, y_zero, y_min, y_max), order, at, count);
}

/* A row of one channel. */
static inline __attribute__((always_inline)) void
channel_row(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	int32_t bias, int32_t mult, int right, int out_w, int taps, int shift, int y_step, int w_zero, int shift_most,
	int y_zero, int y_min, int y_max)
{
	const int steps = (taps + 15) / 16, each = taps > 16 ? 1 : 1 + (16 - taps) / shift;
	const int some = each < 4 ? each : 4;
	const int16x8_t order = order_of_eight();
	const uint16x8_t at = vmulq_n_u16(vreinterpretq_u16_s16(order), (uint16_t)y_step);
	int8x16_t v[4], ones[4];

#pragma GCC unroll 4
	for (int k = 0; k < 4; k++) {
		v[k] = ones[k] = vdupq_n_s8(0);
		if (k < steps)
			ones[k] = vdupq_m_n_s8(ones[k], 1, vctp8q((uint32_t)(taps - 16 * k)));
		if (steps > 1 && k < steps)
			v[k] = vldrbq_s8(w + 16 * k);
		if (steps == 1 && k < some)
			v[k] = vldrbq_s8(w - k * shift);
	}
	for (int p = 0; p + 8 <= out_w; p += 8)
		eight_windows(y + p * y_step, x + p * shift, v, ones, bias, mult, right, order, at, 8, shift, some,
			steps, w_zero, shift_most, y_zero, y_min, y_max);
	if (out_w % 8 > 0)
		eight_windows(y + out_w / 8 * 8 * y_step, x + out_w / 8 * 8 * shift, v, ones, bias, mult, right, order,
			at, out_w % 8, shift, some, steps, w_zero, shift_most, y_zero, y_min, y_max);
}

/* A row of the channels from c on, at most eight. */
static inline __attribute__((always_inline)) void
some_channels(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict rescale, int8_t *restrict scratch, int c, int count, int span,
	int in_w, int out_w, int kernel_h, int taps, int stride_w, int pad_left, int x_step,
	int y_step, int x_zero, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int size = kernel_h * span, shift = kernel_h * stride_w;

	lay_columns(scratch, size, x, c, count, -pad_left, span, in_w, kernel_h, x_step, x_zero);
	if (out_w >= WIDE) {
		for (int k = 0; k < count; k++) {
			const int32_t *from = rescale + k / 4 * 12 + k % 4;

			channel_row(y + k, scratch + k * size, w + k * ((taps + 15) / 16 * 16), from[0],
				from[4], from[8], out_w, taps, shift, y_step, w_zero, shift_most, y_zero, y_min,
				y_max);
		}
		return;
	}
	window_row(y, scratch, size, w, rescale, out_w, taps, shift, count < 4 ? count : 4, y_step,
		w_zero, shift_most, y_zero, y_min, y_max);
	if (count > 4)
		window_row(y + 4, scratch + 4 * size, size, w + (taps + 15) / 16 * 64, rescale + 12, out_w,
			taps, shift, count - 4, y_step, w_zero, shift_most, y_zero, y_min, y_max);
}

/*
 * ---- Windows of three or four rows and up to four columns.  A column of a channel is one word in
 * scratch, a column's channels are side by side, columns are `column` bytes apart: 16 words or 8.
 */

enum { BLOCK = 16 };

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

/* The next window of each of four channels. */
static inline __attribute__((always_inline)) int32x4_t
next_of_four(uint32x4_t *at, const Windows *w, int step)
{
	int8x16_t x = next_columns(at, step);
	int32_t a, b, c, d;

	__asm__ volatile("vmladav.s8 %0, %q3, %q5\n\t"
		"vldrw.u32 %q3, [%q4, #4]\n\tvmladav.s8 %1, %q3, %q6\n\t"
		"vldrw.u32 %q3, [%q4, #8]\n\tvmladav.s8 %2, %q3, %q7"
		: "=&Te"(a), "=&Te"(b), "=&Te"(c), "+w"(x)
		: "w"(*at), "w"(w->of[0]), "w"(w->of[1]), "w"(w->of[2]) : "memory");
	__asm__ volatile("vldrw.u32 %q1, [%q2, #12]\n\tvmladav.s8 %0, %q1, %q3"
		: "=Te"(d), "+w"(x) : "w"(*at), "w"(w->of[3]) : "memory");
	return four_lanes(a, b, c, d);
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
	store_lanes(y, narrow_two(sum, sum, y_zero, y_min, y_max), count);
}

/* Pixels of four channels, or count. */
static inline __attribute__((always_inline)) void
four_channels(int8_t *y, const int8_t *x, const int8_t *w, const int32_t *rescale, int pixels,
	int column, int stride_w, int count, int y_step, int shift_most, int y_zero, int y_min, int y_max)
{
	const Windows of = { { vldrbq_s8(w), vldrbq_s8(w + 16), vldrbq_s8(w + 32), vldrbq_s8(w + 48) } };
	const int step = stride_w * column;
	uint32x4_t at = columns_before(x, column, step);
	int32x4_t sum[2];

#pragma GCC unroll 4
	for (int p = 0; p + 2 <= pixels; p += 2) {
		sum[0] = next_of_four(&at, &of, step);
		sum[1] = next_of_four(&at, &of, step);
		store_once(y + p * y_step, y_step, sum, rescale, 2, count, shift_most, y_zero, y_min, y_max);
	}
	if (pixels % 2 > 0)
		store_one(y + (pixels - 1) * y_step, next_of_four(&at, &of, step), rescale, count, shift_most,
			y_zero, y_min, y_max);
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

/* Pixels of one channel, stride 1, at most three columns. */
static inline __attribute__((always_inline)) void
one_channel(int8_t *y, const int8_t *x, const int8_t *w, const int32_t *rescale, int pixels,
	int column, int16x8_t order, uint16x8_t places, int y_step, int shift_most, int y_zero, int y_min,
	int y_max)
{
	const int8x16_t now = vldrbq_s8(w), later = vldrbq_s8(w - 4);
	const int32_t bias = rescale[0], mult = rescale[4], right = rescale[8];
	uint32x4_t at = columns_before(x, column, 2 * column);

	for (int p = 0; p + 8 <= pixels; p += 8) {
		const int32x4_t a = rescale_alike(next_four(&at, now, later, 2 * column), bias, mult, right,
			shift_most, y_zero, y_min);
		const int32x4_t b = rescale_alike(next_four(&at, now, later, 2 * column), bias, mult, right,
			shift_most, y_zero, y_min);

		store_by_order(y, narrow_two(a, b, y_zero, y_min, y_max), order, places, 8);
		y += 8 * y_step;
	}
	if (pixels % 8 > 0) {
		const int32x4_t a = rescale_alike(next_four(&at, now, later, 2 * column), bias, mult, right,
			shift_most, y_zero, y_min);
		int32x4_t b = a;

		if (pixels % 8 > 4)
			b = rescale_alike(next_four(&at, now, later, 2 * column), bias, mult, right, shift_most,
				y_zero, y_min);
		store_by_order(y, narrow_two(a, b, y_zero, y_min, y_max), order, places, pixels % 8);
	}
}

/* 16 channels, or count, of pixels whose columns are laid. */
static inline __attribute__((always_inline)) void
block_row(int8_t *y, const int8_t *x, const int8_t *w, const int32_t *rescale, int pixels,
	int column, int kernel_w, int stride_w, int count, int y_step, int shift_most, int y_zero,
	int y_min, int y_max)
{
	const int along = stride_w == 1 && kernel_w <= 3 && pixels >= 8;

	if (along) {
		const int16x8_t order = order_of_eight();
		const uint16x8_t places = vmulq_n_u16(vreinterpretq_u16_s16(order), (uint16_t)y_step);

		for (int c = 0; c + 4 <= count; c += 4)
			for (int k = 0; k < 4; k++)
				one_channel(y + c + k, x + 4 * (c + k), w + 16 * (c + k), rescale + 3 * c + k, pixels,
					column, order, places, y_step, shift_most, y_zero, y_min, y_max);
		for (int c = count / 4 * 4; c < count; c++)
			one_channel(y + c, x + 4 * c, w + 16 * c, rescale + count / 4 * 12 + c % 4, pixels, column,
				order, places, y_step, shift_most, y_zero, y_min, y_max);
	}
	if (!along) {
		for (int c = 0; c + 4 <= count; c += 4)
			four_channels(y + c, x + 4 * c, w + 16 * c, rescale + 3 * c, pixels, column, stride_w, 4,
				y_step, shift_most, y_zero, y_min, y_max);
		if (count % 4 > 0)
			four_channels(y + count / 4 * 4, x + count / 4 * 16, w + count / 4 * 64,
				rescale + count / 4 * 12, pixels, column, stride_w, count % 4, y_step, shift_most,
				y_zero, y_min, y_max);
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

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window; columns outside read as x_zero, which is in the
 * biases.  Weights are channel by channel, column by column (those of columns_of_4 four bytes each),
 * filled up with zeros to vectors and to four channels, behind a vector of zeros; rescale_4 has of
 * four channels the biases, the multipliers and the shifts.
 * cost: columns_of_4 ? out_w * (out_c + 3) / 4 * 22 + (out_c + 15) / 16 * (60 + 9 * out_w * stride_w) : (out_c + 3) / 4 * (20 + out_w * (14 + (kernel_h * kernel_w + 15) / 16 * 9) + (out_w * stride_w + kernel_w) * kernel_h * 2)
 * scratch: columns_of_4 ? 64 + (x_step == 8 ? 32 : 64) * (((out_w < (stride_w > 1 ? 8 : (x_step == 8 ? 48 : 24)) ? out_w : (stride_w > 1 ? 8 : (x_step == 8 ? 48 : 24))) - 1) * stride_w + 4) : 8 * kernel_h * ((out_w - 1) * stride_w + kernel_w) + 8 * kernel_h * stride_w + 64
 */
void
depthwise_s8_mve(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_windows,
	const int32_t *restrict rescale_4, int8_t *restrict scratch, int in_w, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left, int multiplier,
	int columns_of_4, int x_step, int y_step, int x_zero, int w_zero, int shift_most, int y_zero,
	int y_min, int y_max)
{
	assert(multiplier == 1 && dilation_w == 1);
	assert(kernel_h * kernel_w <= TAPS_MOST);
	assert(8 * y_step < 65536);
	assert(8 * kernel_h * ((out_w - 1) * stride_w + kernel_w) < 65536);

	if (columns_of_4) {
		const int most = stride_w > 1 ? 8 : (x_step == 8 ? 48 : 24), parts = (out_w + most - 1) / most;
		const int some = (out_w + parts - 1) / parts;

		for (int p = 0; p + some <= out_w; p += some)
			some_pixels(y, x, w_windows + 16, rescale_4, scratch, p, some, in_w, out_c, kernel_h, kernel_w,
				stride_w, pad_left, x_step, y_step, x_zero, shift_most, y_zero, y_min, y_max);
		if (out_w % some > 0)
			some_pixels(y, x, w_windows + 16, rescale_4, scratch, out_w / some * some, out_w % some, in_w,
				out_c, kernel_h, kernel_w, stride_w, pad_left, x_step, y_step, x_zero, shift_most,
				y_zero, y_min, y_max);
	}
	if (!columns_of_4) {
		const int span = (out_w - 1) * stride_w + kernel_w, taps = kernel_h * kernel_w;
		const int window = (taps + 15) / 16 * 16; /* bytes of a channel's weights */
		const int last = out_c / CHANNELS_AT_ONCE * CHANNELS_AT_ONCE;

		if (taps > 16)
			large_row(y, x, w_windows + 16, rescale_4, scratch, in_w, out_w, out_c, kernel_h, taps,
				span, stride_w, pad_left, x_step, y_step, x_zero, w_zero, shift_most, y_zero,
				y_min, y_max);
		for (int c = 0; c < last && taps <= 16; c += CHANNELS_AT_ONCE)
			some_channels(y + c, x, w_windows + 16 + c * window, rescale_4 + c * 3, scratch, c,
				CHANNELS_AT_ONCE, span, in_w, out_w, kernel_h, taps, stride_w, pad_left, x_step,
				y_step, x_zero, w_zero, shift_most, y_zero, y_min, y_max);
		if (last < out_c && taps <= 16)
			some_channels(y + last, x, w_windows + 16 + last * window, rescale_4 + last * 3, scratch, last,
				out_c - last, span, in_w, out_w, kernel_h, taps, stride_w, pad_left, x_step, y_step,
				x_zero, w_zero, shift_most, y_zero, y_min, y_max);
	}
}
