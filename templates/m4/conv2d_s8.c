/* conv2d_s8.c: any convolution of int8: the windows of 3 pixels side by side in scratch, then as if
 * each were one pixel. */
#include <assert.h>

#include "tile.h"

enum { MOST_TAPS = 64 }; /* of windows whose words are put together from rows */

/* A window's bytes; columns outside are x_zero.  run: taps that lie side by side. */
static inline __attribute__((always_inline)) void
copy_window(int8_t *to, const int8_t *const *x, int first, int inside, int run, int in_w, int in_c,
	int kernel_h, int kernel_w, int dilation_w, int x_step, int x_zero)
{
	for (int i = 0; i < kernel_h; i++) {
		if (inside && run > in_c) {
			memcpy(to, x[i] + first * x_step, (size_t)run);
			to += run;
		} else {
			for (int j = 0; j < kernel_w; j++, to += in_c) {
				const int column = first + j * dilation_w;

				if (inside || (column >= 0 && column < in_w))
					memcpy(to, x[i] + column * x_step, (size_t)in_c);
				else
					memset(to, x_zero, (size_t)in_c);
			}
		}
	}
}

/* Four taps of a window from tap `at` on, of rows of `run` taps, `count` in all; x: two rows. */
static inline __attribute__((always_inline)) uint32_t
taps_at(const int8_t *x, const int8_t *next, int at, int run, int count)
{
	const int left = run - at % run; /* in this row */
	uint32_t word, more = 0;

	memcpy(&word, x + (left < 4 ? run - 4 : at % run), sizeof word);
	if (left < 4) {
		word >>= 32 - 8 * left;
		if (at + left < count) {
			memcpy(&more, next, sizeof more);
			word |= more << 8 * left;
		}
	}
	return word;
}

/* The columns of a row under windows, side by side; those outside are x_zero. */
static inline __attribute__((always_inline)) void
copy_columns(int8_t *to, const int8_t *x, int first, int columns, int in_w, int in_c, int x_zero)
{
	const int over = first + columns - in_w;
	const int before = first >= 0 ? 0 : -first < columns ? -first : columns;
	const int after = over <= 0 ? 0 : over < columns ? over : columns;
	const int inside = columns - before - after;

	memset(to, x_zero, (size_t)(before * in_c));
	if (inside > 0)
		memcpy(to + before * in_c, x + (first + before) * in_c, (size_t)(inside * in_c));
	memset(to + (before + inside) * in_c, x_zero, (size_t)(after * in_c));
}

/*
 * Widens windows whose taps of a row lie side by side, `columns` in all from the first one's first
 * on.  Where some are outside, rows are copied.
 */
static inline __attribute__((always_inline)) void
widen_windows(uint32_t *to, int8_t *bytes, const int8_t *const *x, int first, int columns, int in_w,
	int in_c, int kernel_h, int kernel_w, int stride_w, int x_zero, int pixels)
{
	const int run = kernel_w * in_c, count = kernel_h * run;
	const int second = pixels > 1 ? stride_w * in_c : 0, third = pixels > 2 ? 2 * stride_w * in_c : 0;
	const int apart = columns * in_c;
	const int8_t *rows[MOST_TAPS / 4];

#pragma GCC unroll 16
	for (int i = 0; i < kernel_h; i++) {
		rows[i] = x[i] + first * in_c;
		if (first < 0 || first + columns > in_w) {
			copy_columns(bytes + i * apart, x[i], first, columns, in_w, in_c, x_zero);
			rows[i] = bytes + i * apart;
		}
	}
#pragma GCC unroll 16
	for (int at = 0; at < count; at += 4) {
		const int8_t *row = rows[at / run];
		const int8_t *next = rows[(at + 3 < count ? at + 3 : count - 1) / run];

		put_four(&to, taps_at(row, next, at, run, count),
			taps_at(row + second, next + second, at, run, count),
			taps_at(row + third, next + third, at, run, count), pixels);
	}
}

/*
 * Widens the windows of one to three pixels, the first one's first column being `first`.  Those
 * that touch a border, and long ones of runs that do not come in fours, are copied first.
 */
static inline __attribute__((always_inline)) void
lay_windows(uint32_t *to, const int8_t *const *x, int first, int in_w, int in_c, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int x_step, int x_zero, int pixels)
{
	const int dense = dilation_w == 1 && x_step == in_c;
	const int run = dense ? kernel_w * in_c : in_c;
	const int taps = (kernel_h * kernel_w * in_c + 3) / 4 * 4;
	const int columns = (pixels - 1) * stride_w + (kernel_w - 1) * dilation_w + 1;
	const int inside = first >= 0 && first + columns <= in_w;
	const int few = dense && run >= 4 && taps <= MOST_TAPS && stride_w <= kernel_w;
	int8_t *bytes = (int8_t *)(to + taps / 2 * pixels);

	if (few) {
		widen_windows(to, bytes, x, first, columns, in_w, in_c, kernel_h, kernel_w, stride_w, x_zero,
			pixels);
	} else if (inside && run % 4 == 0) {
		for (int i = 0; i < kernel_h; i++)
			for (int j = 0; j < kernel_w * in_c / run; j++)
				widen(&to, x[i] + (first + j * dilation_w) * x_step, stride_w * x_step, run, pixels);
	} else {
		for (int p = 0; p < pixels; p++)
			copy_window(bytes + p * taps, x, first + p * stride_w, inside && run % 4, run, in_w, in_c,
				kernel_h, kernel_w, dilation_w, x_step, x_zero);
		widen(&to, bytes, taps, taps, pixels);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  Three pixels' windows, lean: one's, stand in
 * scratch as 16 bits.  w_pairs: of each two channels the weights, less their zero point, in fours of inputs;
 * rescale_pairs: their biases and how their sums are rescaled.
 * cost: (lean ? out_w : (out_w + 2) / 3) * ((kernel_h * kernel_w * in_c + 3) / 4 * (lean ? 6 : 14) + kernel_h * 20 + (out_c + 1) / 2 * ((kernel_h * kernel_w * in_c + 3) / 4 * (lean ? 9 : 17) + 60))
 * scratch: (kernel_h * kernel_w * in_c + 3) / 4 * (lean ? 12 : 36)
 */
void
conv2d_s8_m4(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_pairs,
	const int32_t *restrict rescale_pairs, uint32_t *restrict scratch, int in_w, int in_c,
	int out_w, int out_c, int kernel_h, int kernel_w, int stride_w, int dilation_w,
	int pad_left, int x_step, int y_step, int x_zero, int lean, int halved, int sum_bits, int high,
	int high_odd, int high_shift, int high_shift_256, int shift_most,
	int y_zero, int y_min, int y_max)
{
	assert(sum_bits <= 30);

	const int even_by = (halved ? high_odd : high) ? high_shift : 0;
	const int odd_by = even_by && halved ? high_shift_256 : even_by;
	const int fours = (kernel_h * kernel_w * in_c + 3) / 4;
	const int at_once = lean ? 1 : 3, whole = out_w / at_once * at_once, rest = out_w - whole;

	for (int p = 0; p < whole; p += at_once) {
		lay_windows(scratch, x, p * stride_w - pad_left, in_w, in_c, kernel_h, kernel_w, stride_w,
			dilation_w, x_step, x_zero, at_once);
		outputs(y + p * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, at_once,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
	if (rest == 2) {
		lay_windows(scratch, x, whole * stride_w - pad_left, in_w, in_c, kernel_h, kernel_w,
			stride_w, dilation_w, x_step, x_zero, 2);
		outputs(y + whole * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, 2,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
	if (rest == 1) {
		lay_windows(scratch, x, whole * stride_w - pad_left, in_w, in_c, kernel_h, kernel_w,
			stride_w, dilation_w, x_step, x_zero, 1);
		outputs(y + whole * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, 1,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
}
