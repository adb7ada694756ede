/* depthwise_s8.c: convolution of int8, each channel by itself: a window's bytes side by side. */
#include <assert.h>

#include "columns.h"
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

/* Of four channels, size bytes apart, one window each. */
static inline __attribute__((always_inline)) int32x4_t
four_windows(const int8_t *x, int size, const Windows *w)
{
	return four_lanes(vmladavq_s8(vldrbq_s8(x), w->of[0]), vmladavq_s8(vldrbq_s8(x + size), w->of[1]),
		vmladavq_s8(vldrbq_s8(x + 2 * size), w->of[2]), vmladavq_s8(vldrbq_s8(x + 3 * size), w->of[3]));
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
window_tile(int8_t *restrict y, const int8_t *restrict x, int size, const Windows *w,
	const int32_t *rescale, int taps, int shift, int pixels, int count, int y_step, int w_zero,
	int shift_most, int y_zero, int y_min, int y_max)
{
	int32x4_t sum[2];

	sum[0] = sum[1] = four_windows(x, size, w);
	if (pixels > 1)
		sum[1] = four_windows(x + shift, size, w);
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
	const int last = out_w / 2 * 2;
	const Windows all = { { vldrbq_s8(w), vldrbq_s8(w + 16), vldrbq_s8(w + 32), vldrbq_s8(w + 48) } };

	for (int p = 0; p < last; p += 2)
		window_tile(y + p * y_step, x + p * shift, size, &all, rescale, taps, shift, 2, count, y_step,
			w_zero, shift_most, y_zero, y_min, y_max);
	if (last < out_w)
		window_tile(y + last * y_step, x + last * shift, size, &all, rescale, taps, shift, 1, count,
			y_step, w_zero, shift_most, y_zero, y_min, y_max);
}

/*
 * Of windows that begin shift bytes apart number j.  A vector holds `each` of them whole; w has as
 * many times the weights, each beginning where a window does.
 */
static inline __attribute__((always_inline)) int32_t
window_of(const int8_t *x, const int8x16_t *w, int j, int shift, int each)
{
	return vmladavq_s8(vldrbq_s8(x + j / each * each * shift), w[j % each]);
}

/* Four windows from number j on. */
static inline __attribute__((always_inline)) int32x4_t
next_windows(const int8_t *x, const int8x16_t *w, int j, int shift, int each)
{
	return four_lanes(window_of(x, w, j, shift, each), window_of(x, w, j + 1, shift, each),
		window_of(x, w, j + 2, shift, each), window_of(x, w, j + 3, shift, each));
}

/* Up to eight outputs of a channel, from y on; their numbers are in `order`, their places in at. */
static inline __attribute__((always_inline)) void
eight_windows(int8_t *y, const int8_t *x, const int8x16_t w[4], const int8x16_t *ones,
	int32_t bias, int32_t mult, int right, int16x8_t order, uint16x8_t at, int count, int shift,
	int each, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	int32x4_t a = next_windows(x, w, 0, shift, each), b = a;

	if (w_zero != 0)
		a = vmlaq_n_s32(a, next_windows(x, ones, 0, shift, 1), -w_zero);
	a = rescale_alike(a, bias, mult, right, shift_most, y_zero, y_min);
	if (count > 4) {
		b = next_windows(x, w, 4, shift, each);
		if (w_zero != 0)
			b = vmlaq_n_s32(b, next_windows(x, ones, 4, shift, 1), -w_zero);
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
	const int each = 1 + (16 - taps) / shift, some = each < 4 ? each : 4;
	const int16x8_t order = order_of_eight();
	const uint16x8_t at = vmulq_n_u16(vreinterpretq_u16_s16(order), (uint16_t)y_step);
	const int8x16_t ones = vdupq_m_n_s8(vdupq_n_s8(0), 1, vctp8q((uint32_t)taps));
	int8x16_t v[4];

#pragma GCC unroll 4
	for (int k = 0; k < 4; k++)
		v[k] = k < some ? vldrbq_s8(w - k * shift) : vdupq_n_s8(0);
	for (int p = 0; p + 8 <= out_w; p += 8)
		eight_windows(y + p * y_step, x + p * shift, v, &ones, bias, mult, right, order, at, 8, shift, some,
			w_zero, shift_most, y_zero, y_min, y_max);
	if (out_w % 8 > 0)
		eight_windows(y + out_w / 8 * 8 * y_step, x + out_w / 8 * 8 * shift, v, &ones, bias, mult, right, order,
			at, out_w % 8, shift, some, w_zero, shift_most, y_zero, y_min, y_max);
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

			channel_row(y + k, scratch + k * size, w + k * 16, from[0],
				from[4], from[8], out_w, taps, shift, y_step, w_zero, shift_most, y_zero, y_min,
				y_max);
		}
		return;
	}
	window_row(y, scratch, size, w, rescale, out_w, taps, shift, count < 4 ? count : 4, y_step,
		w_zero, shift_most, y_zero, y_min, y_max);
	if (count > 4)
		window_row(y + 4, scratch + 4 * size, size, w + 64, rescale + 12, out_w,
			taps, shift, count - 4, y_step, w_zero, shift_most, y_zero, y_min, y_max);
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window; columns outside read as x_zero, which is in the
 * biases.  Weights are channel by channel, column by column (those of columns_of_4 four bytes each),
 * filled up with zeros to vectors and to four channels, behind a vector of zeros; rescale_4 has of
 * four channels the biases, the multipliers and the shifts.
 * cost: columns_of_4 ? out_w * (out_c + 3) / 4 * 22 + (out_c + 15) / 16 * (60 + 9 * out_w * stride_w) : (out_c + 3) / 4 * (20 + out_w * (14 + (kernel_h * kernel_w + 15) / 16 * 9) + (out_w * stride_w + kernel_w) * kernel_h * 2)
 * scratch: columns_of_4 ? 64 + (x_step == 8 ? 32 : 64) * (((out_w < (stride_w > 1 ? 6 : (x_step == 8 ? 24 : 12)) ? out_w : (stride_w > 1 ? 6 : (x_step == 8 ? 24 : 12))) - 1) * stride_w + 4) : 8 * kernel_h * ((out_w - 1) * stride_w + kernel_w) + 8 * kernel_h * stride_w + 64
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
		const int most = stride_w > 1 ? 6 : (x_step == 8 ? 24 : 12), parts = (out_w + most - 1) / most;
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
		const int last = out_c / CHANNELS_AT_ONCE * CHANNELS_AT_ONCE;

		if (taps > 16)
			large_row(y, x, w_windows + 16, rescale_4, scratch, in_w, out_w, out_c, kernel_h, taps,
				span, stride_w, pad_left, x_step, y_step, x_zero, w_zero, shift_most, y_zero,
				y_min, y_max);
		for (int c = 0; c < last && taps <= 16; c += CHANNELS_AT_ONCE)
			some_channels(y + c, x, w_windows + 16 + c * 16, rescale_4 + c * 3, scratch, c,
				CHANNELS_AT_ONCE, span, in_w, out_w, kernel_h, taps, stride_w, pad_left, x_step,
				y_step, x_zero, w_zero, shift_most, y_zero, y_min, y_max);
		if (last < out_c && taps <= 16)
			some_channels(y + last, x, w_windows + 16 + last * 16, rescale_4 + last * 3, scratch, last,
				out_c - last, span, in_w, out_w, kernel_h, taps, stride_w, pad_left, x_step, y_step,
				x_zero, w_zero, shift_most, y_zero, y_min, y_max);
	}
}
