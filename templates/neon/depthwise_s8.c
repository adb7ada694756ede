/* depthwise_s8.c: convolution of int8, each channel by itself: of 16 channels at a time. */
#include <assert.h>

#include "../common/fixed4.h"

/* Where rows, weights and rescaling are, and what a window is like. */
typedef struct {
	const int8_t *const *x;
	const int8_t *w;
	int in_w, out_c, kernel_h, kernel_w, dilation_w, multiplier, x_step, x_zero, w_zero, taps_safe;
} Windows;

/* The first count of sixteen values. */
static inline __attribute__((always_inline)) int8x16_t
load16(const int8_t *x, int count)
{
	int8_t some[16] = { 0 };

	if (count >= 16)
		return vld1q_s8(x);
	if (count == 8)
		return vcombine_s8(vld1_s8(x), vdup_n_s8(0));
	memcpy(some, x, (size_t)count);
	return vld1q_s8(some);
}

/* What of a pixel the outputs from `channel` on read: some values several times. */
static inline __attribute__((always_inline)) int8x16_t
load_pixel(const int8_t *x, int channel, int multiplier, int8x16_t places, int count)
{
	if (multiplier == 1)
		return load16(x + channel, count);
	const int needed = (channel + count - 1) / multiplier - channel / multiplier + 1;

	return vqtbl1q_s8(load16(x + channel / multiplier, needed), vreinterpretq_u8_s8(places));
}

/* Adds the products of taps added in 16 bits. */
static inline __attribute__((always_inline)) void
add_part(int32x4_t sum[4], const int16x8_t part[2], int count)
{
	sum[0] = vaddw_s16(sum[0], vget_low_s16(part[0]));
	sum[1] = vaddw_high_s16(sum[1], part[0]);
	if (count > 8) {
		sum[2] = vaddw_s16(sum[2], vget_low_s16(part[1]));
		sum[3] = vaddw_high_s16(sum[3], part[1]);
	}
}

/* A tap's products, the first of a part or not. */
static inline __attribute__((always_inline)) void
add_tap(int16x8_t part[2], int8x16_t x, int8x16_t w, int first, int count)
{
	if (first) {
		part[0] = vmull_s8(vget_low_s8(x), vget_low_s8(w));
		part[1] = count > 8 ? vmull_high_s8(x, w) : part[0];
	} else {
		part[0] = vmlal_s8(part[0], vget_low_s8(x), vget_low_s8(w));
		if (count > 8)
			part[1] = vmlal_high_s8(part[1], x, w);
	}
}

/* A window's sums, `first` its first column; inside: no column is outside. */
static inline __attribute__((always_inline)) void
add_window(int32x4_t sum[4], const Windows *k, int channel, int first, int inside,
	int8x16_t places, int count)
{
	const int taps = k->kernel_h * k->kernel_w;
	int16x8_t part[2] = { vdupq_n_s16(0), vdupq_n_s16(0) }, all[2] = { part[0], part[0] };

#pragma GCC unroll 16
	for (int i = 0; i < k->kernel_h; i++) {
#pragma GCC unroll 16
		for (int j = 0; j < k->kernel_w; j++) {
			const int tap = i * k->kernel_w + j, column = first + j * k->dilation_w;
			int8x16_t v = vdupq_n_s8((int8_t)k->x_zero);

			if (inside || (column >= 0 && column < k->in_w))
				v = load_pixel(k->x[i] + column * k->x_step, channel, k->multiplier, places,
					count);
			add_tap(part, v, load16(k->w + tap * k->out_c + channel, count),
				tap % k->taps_safe == 0, count);
			if (k->w_zero) {
				all[0] = vaddw_s8(all[0], vget_low_s8(v));
				all[1] = vaddw_high_s8(all[1], v);
			}
			if ((tap + 1) % k->taps_safe == 0 || tap + 1 == taps)
				add_part(sum, part, count);
		}
	}
	if (k->w_zero)
		for (int i = 0; i < 2; i++) {
			const int16_t zero = (int16_t)k->w_zero;

			sum[2 * i] = vmlsl_n_s16(sum[2 * i], vget_low_s16(all[i]), zero);
			sum[2 * i + 1] = vmlsl_high_n_s16(sum[2 * i + 1], all[i], zero);
		}
}

/* A row of count channels, up to 16, from `channel` on. */
static inline __attribute__((always_inline)) void
strip(int8_t *y, const Windows *k, const Rescales4 *all, int channel, int count, int out_w,
	int stride_w, int pad_left, int y_step)
{
	int8_t from[16];

	for (int i = 0; i < 16; i++)
		from[i] = (int8_t)((channel % k->multiplier + i) / k->multiplier);
	const int8x16_t places = vld1q_s8(from);
	const int32x4_t zero = vdupq_n_s32(0);

	for (int p = 0; p < out_w; p++) {
		const int first = p * stride_w - pad_left;
		int32x4_t sum[4] = { vld1q_s32(all->bias + channel), vld1q_s32(all->bias + channel + 4),
			zero, zero };

		if (count > 8) {
			sum[2] = vld1q_s32(all->bias + channel + 8);
			sum[3] = vld1q_s32(all->bias + channel + 12);
		}
		if (first >= 0 && first + (k->kernel_w - 1) * k->dilation_w < k->in_w)
			add_window(sum, k, channel, first, 1, places, count);
		else
			add_window(sum, k, channel, first, 0, places, count);
#pragma GCC unroll 4
		for (int i = 0; i < 4; i++) {
			if (i < 2 || count > 8) {
				const Rescale4 r = rescale4_at(all, channel + 4 * i);

				sum[i] = rescale4(sum[i], &r, all);
			}
		}
		store16(y + p * y_step + channel, narrow16(sum, all), count);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window; columns outside read as x_zero, which is in
 * bias_16.  Products of taps_safe taps, added, fit 16 bits.  The last 16 channels may overlap those
 * before.
 * cost: (out_c + 15) / 16 * (16 + out_w * (20 + kernel_h * kernel_w * (w_zero ? 6 : 4)))
 */
void
depthwise_s8_neon(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict bias_16, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16, int in_w, int out_w, int out_c, int kernel_h, int kernel_w,
	int stride_w, int dilation_w, int pad_left, int multiplier, int x_step, int y_step,
	int x_zero, int w_zero, int taps_safe, int shift_most, int y_zero, int y_min, int y_max)
{
	assert(kernel_h * kernel_w < 256); /* x's sums have 16 bits */

	const Rescales4 all = { bias_16, NULL, NULL, mult_16, shift_16, 0, y_min < y_zero, shift_most,
		y_zero, y_min, y_max };
	const Windows windows = { x, w, in_w, out_c, kernel_h, kernel_w, dilation_w, multiplier,
		x_step, x_zero, w_zero, taps_safe };

	for (int c = 0; c + 16 <= out_c; c += 16)
		strip(y, &windows, &all, c, 16, out_w, stride_w, pad_left, y_step);
	if (out_c > 16 && out_c % 16 > 0)
		strip(y, &windows, &all, out_c - 16, 16, out_w, stride_w, pad_left, y_step);
	if (out_c < 16)
		strip(y, &windows, &all, 0, out_c, out_w, stride_w, pad_left, y_step);
}
