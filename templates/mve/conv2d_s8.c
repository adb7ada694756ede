/* conv2d_s8.c: any convolution of int8: 2 pixels, 4 outputs at a time, or 4 and 2. */
#include "few.h"

/*
 * two_pixels() of windows that lie `at` in the rows of x: kernel_h runs of run products, which 16
 * divides.  Loads are the compiler's: windows that overlap share them.
 */
static inline __attribute__((always_inline)) void
two_windows(int32x4_t sum[2], const int8_t *const *x, int at, int step, const int8_t *w, int run,
	int kernel_h)
{
	register int32_t a0 __asm__("r0"), b0 __asm__("r2"), a1 __asm__("r4"), b1 __asm__("r6");
	register int32_t a2 __asm__("r8"), b2 __asm__("r10"), a3 __asm__("r12"), b3 __asm__("lr");
	int8x16_t v;

	__asm__ volatile("vldrb.8 %q9, [%8], #16\n\tvmladav.s8 %0, %q10, %q9\n\t"
		"vmladav.s8 %1, %q11, %q9\n\t"
		"vldrb.8 %q9, [%8], #16\n\tvmladav.s8 %2, %q10, %q9\n\t"
		"vmladav.s8 %3, %q11, %q9\n\t"
		"vldrb.8 %q9, [%8], #16\n\tvmladav.s8 %4, %q10, %q9\n\t"
		"vmladav.s8 %5, %q11, %q9\n\t"
		"vldrb.8 %q9, [%8], #16\n\tvmladav.s8 %6, %q10, %q9\n\t"
		"vmladav.s8 %7, %q11, %q9"
		: "=&r"(a0), "=&r"(b0), "=&r"(a1), "=&r"(b1), "=&r"(a2), "=&r"(b2), "=&r"(a3), "=&r"(b3),
		"+r"(w), "=&w"(v) : "w"(vldrbq_s8(x[0] + at)), "w"(vldrbq_s8(x[0] + at + step)));
#pragma GCC unroll 8
	for (int i = 0; i < kernel_h; i++) {
		const int8_t *p = x[i] + at;

#pragma GCC unroll 12
		for (int k = i > 0 ? 0 : 16; k < run; k += 16)
			__asm__ volatile("vldrb.8 %q9, [%8], #16\n\tvmladava.s8 %0, %q10, %q9\n\t"
				"vmladava.s8 %1, %q11, %q9\n\t"
				"vldrb.8 %q9, [%8], #16\n\tvmladava.s8 %2, %q10, %q9\n\t"
				"vmladava.s8 %3, %q11, %q9\n\t"
				"vldrb.8 %q9, [%8], #16\n\tvmladava.s8 %4, %q10, %q9\n\t"
				"vmladava.s8 %5, %q11, %q9\n\t"
				"vldrb.8 %q9, [%8], #16\n\tvmladava.s8 %6, %q10, %q9\n\t"
				"vmladava.s8 %7, %q11, %q9"
				: "+r"(a0), "+r"(b0), "+r"(a1), "+r"(b1), "+r"(a2), "+r"(b2), "+r"(a3),
				"+r"(b3), "+r"(w), "=&w"(v)
				: "w"(vldrbq_s8(p + k)), "w"(vldrbq_s8(p + step + k)));
	}
	sum[0] = four_lanes(a0, a1, a2, a3);
	sum[1] = four_lanes(b0, b1, b2, b3);
}

/* Copies count bytes; up to 15 behind them become zeros. */
static inline __attribute__((always_inline)) void
copy_over(int8_t *to, const int8_t *x, int count)
{
	for (int k = 0; k < count; k += 16)
		vstrbq_s8(to + k, vldrbq_z_s8(x + k, vctp8q((uint32_t)(count - k))));
}

/* A window's bytes side by side; up to 15 behind them change. */
static inline __attribute__((always_inline)) void
lay_window(int8_t *to, const int8_t *const *x, int first, int in_w, int in_c, int kernel_h,
	int kernel_w, int dilation_w, int x_step, int x_zero)
{
	const int left = first < 0 ? -first : 0, right = first < in_w ? in_w - first : 0;

	if (kernel_w * in_c <= 16 && dilation_w == 1 && x_step == in_c) {
		const mve_pred16_t outside = vctp8q((uint32_t)(left * in_c));
		const mve_pred16_t inside = vctp8q((uint32_t)(right * in_c)) & (mve_pred16_t)~outside;

		for (int i = 0; i < kernel_h; i++) {
			const int8x16_t v = vldrbq_z_s8(x[i] + first * in_c, inside);

			vstrbq_s8(to + i * kernel_w * in_c, x_zero == 0 ? v :
				vpselq_s8(v, vdupq_n_s8((int8_t)x_zero), inside));
		}
		return;
	}
	for (int i = 0; i < kernel_h; i++) {
		for (int j = 0; j < kernel_w; j++) {
			const int column = first + j * dilation_w;
			int8_t *pixel = to + (i * kernel_w + j) * in_c;

			if (column >= 0 && column < in_w)
				copy_over(pixel, x[i] + column * x_step, in_c);
			else
				for (int k = 0; k < in_c; k += 16)
					vstrbq_s8(pixel + k, vdupq_n_s8((int8_t)x_zero));
		}
	}
}

/* The windows of two pixels or one, size bytes apart: where both are inside, at once. */
static inline __attribute__((always_inline)) void
lay_windows(int8_t *to, int size, const int8_t *const *x, int first, int pixels, int stride_w, int in_w,
	int in_c, int kernel_h, int kernel_w, int dilation_w, int x_step, int x_zero)
{
	const int run = kernel_w * in_c, vectors = (run + 15) / 16 * 16;
	const int step = (pixels - 1) * stride_w * in_c;

	if (dilation_w == 1 && x_step == in_c && first >= 0 && first * in_c + step + vectors <= in_w * in_c) {
#pragma GCC unroll 8
		for (int i = 0; i < kernel_h; i++) {
			const int8_t *from = x[i] + first * in_c;

			for (int k = 0; k < run; k += 16) {
				vstrbq_s8(to + i * run + k, vldrbq_s8(from + k));
				if (pixels > 1)
					vstrbq_s8(to + size + i * run + k, vldrbq_s8(from + step + k));
			}
		}
		return;
	}
	lay_window(to, x, first, in_w, in_c, kernel_h, kernel_w, dilation_w, x_step, x_zero);
	if (pixels > 1)
		lay_window(to + size, x, first + stride_w, in_w, in_c, kernel_h, kernel_w, dilation_w,
			x_step, x_zero);
}

/* Four outputs or less, of two pixels or of one, whose windows are in scratch. */
static inline __attribute__((always_inline)) void
tile(int8_t *restrict y, const int8_t *scratch, const int8_t *restrict w,
	const int32_t *restrict rescale, const int32_t *zeros, int taps, int pixels, int count,
	int y_step, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	int32x4_t sum[2];

	two_pixels(sum, scratch, (pixels - 1) * ((taps + 31) / 16 * 16), w, taps);
	if (w_zero != 0) {
		sum[0] = vaddq_n_s32(sum[0], zeros[0]);
		sum[1] = vaddq_n_s32(sum[1], zeros[1]);
	}
	store_once(y, y_step, sum, rescale, pixels, count, shift_most, y_zero, y_min, y_max);
}

/* All outputs of two pixels or one. */
static inline __attribute__((always_inline)) void
outputs(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict rescale, int8_t *restrict scratch, int first, int pixels, int in_w,
	int in_c, int out_c, int kernel_h, int kernel_w, int stride_w, int dilation_w, int x_step,
	int y_step, int x_zero, int w_zero, int shift_most, int y_zero, int y_min, int y_max)
{
	const int taps = kernel_h * kernel_w * in_c, size = (taps + 15) / 16 * 16;
	const int last = out_c / 4 * 4;
	int32_t zeros[2] = { 0, 0 };

	lay_windows(scratch, size + 16, x, first, pixels, stride_w, in_w, in_c, kernel_h, kernel_w,
		dilation_w, x_step, x_zero);
	for (int k = 0; k < pixels && w_zero != 0; k++)
		zeros[k] = -w_zero * sum_of(scratch + k * (size + 16), taps);
	for (int o = 0; o < last; o += 4)
		tile(y + o, scratch, w + o * size, rescale + o * 3, zeros, taps, pixels, 4, y_step, w_zero,
			shift_most, y_zero, y_min, y_max);
	if (last < out_c)
		tile(y + last, scratch, w + last * size, rescale + last * 3, zeros, taps, pixels,
			out_c - last, y_step, w_zero, shift_most, y_zero, y_min, y_max);
}

/* Four outputs or less of pairs of pixels, whose windows are read where they lie, from x + at on. */
static inline __attribute__((always_inline)) void
pairs(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict rescale, int at, int step, int run, int kernel_h, int turns, int count,
	int y_step, int shift_most, int y_zero, int y_min, int y_max)
{
	const Rescale by = load_rescale(rescale);

	for (int p = 0; p < turns; p++) {
		int32x4_t sum[2];

		two_windows(sum, x, at + 2 * p * step, step, w, run, kernel_h);
		store_two(y + 2 * p * y_step, y_step, sum, &by, 2, count, shift_most, y_zero, y_min, y_max);
	}
}

/* Pixels whose windows are laid at once, where a window has 17 to 32 bytes: parts as long as others. */
enum { LAID = 48 };

/* The windows of count pixels, those from `from` to `end` in the midst of the rows. */
static inline __attribute__((always_inline)) void
lay_row(int8_t *to, const int8_t *const *x, int first, int count, int from, int end, int stride_w,
	int in_w, int in_c, int kernel_h, int kernel_w, int x_zero)
{
	const int run = kernel_w * in_c, turns = end - from;

	for (int k = 0; k < from; k++)
		lay_window(to + k * PITCH, x, first + k * stride_w, in_w, in_c, kernel_h, kernel_w, 1, in_c,
			x_zero);
	for (int i = 0; i < kernel_h && turns > 0; i++) {
		const int8_t *pixel = x[i] + (first + from * stride_w) * in_c;
		int8_t *at = to + from * PITCH + i * run;

#pragma GCC unroll 4
		for (int k = 0; k < turns; k++) {
			vstrbq_s8(at, vldrbq_s8(pixel));
			at += PITCH;
			pixel += stride_w * in_c;
		}
	}
	for (int k = end > from ? end : from; k < count; k++)
		lay_window(to + k * PITCH, x, first + k * stride_w, in_w, in_c, kernel_h, kernel_w, 1, in_c,
			x_zero);
}

/* Two outputs of count pixels, at least four; the last four may be others once more. */
static inline __attribute__((always_inline)) void
laid_pair(int8_t *restrict y, const int8_t *scratch, const int8_t *w, const int32_t *rescale,
	int apart, int count, int more, int y_step, int shift_most, int y_zero, int y_min, int y_max)
{
	const uint16x8_t at = places_of_two(y_step, apart);
	const int8_t *low = w, *high = w + 16 * apart;
	const int8x16_t v[4] = { vldrbq_s8(low), vldrbq_s8(low + 64), vldrbq_s8(high), vldrbq_s8(high + 64) };
	const RescaleOne by = { rescale[0], rescale[4], rescale[8] };
	const RescaleOne by2 = { rescale[apart], rescale[4 + apart], rescale[8 + apart] };
	const int8_t *from = scratch, *from_more = scratch + more;
	int8_t *to = y;
	int32x4_t sum[2];

	for (int p = 0; p + 4 <= count; p += 4) {
		four_windows_of(sum, from, from_more, v);
		store_places(to, at, sum[0], sum[1], &by, &by2, shift_most, y_zero, y_min, y_max);
		from += 4 * PITCH;
		from_more += 4 * PITCH;
		to += 4 * y_step;
	}
	if (count % 4 > 0) {
		from = scratch + (count - 4) * PITCH;
		four_windows_of(sum, from, from + more, v);
		store_places(y + (count - 4) * y_step, at, sum[0], sum[1], &by, &by2, shift_most, y_zero,
			y_min, y_max);
	}
}

/* All outputs of count pixels; the last one, if alone, twice. */
static inline __attribute__((always_inline)) void
laid_outputs(int8_t *restrict y, const int8_t *scratch, const int8_t *restrict w,
	const int32_t *restrict rescale_4, int count, int more, int out_c, int y_step, int shift_most,
	int y_zero, int y_min, int y_max)
{
	const int last = out_c - 1;

	for (int o = 0; o < out_c; o += 4)
		for (int k = 0; k < 4 && o + k < last; k += 2)
			laid_pair(y + o + k, scratch, w + o * 32 + k * 16, rescale_4 + o * 3 + k, 1, count, more,
				y_step, shift_most, y_zero, y_min, y_max);
	if (out_c % 2 > 0)
		laid_pair(y + last, scratch, w + last / 4 * 128 + last % 4 * 16,
			rescale_4 + last / 4 * 12 + last % 4, 0, count, more, y_step, shift_most, y_zero, y_min,
			y_max);
}

/* A row, part by part; the last part may have pixels of the one before. */
static inline __attribute__((always_inline)) void
laid_row(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict rescale_4, int8_t *restrict scratch, int in_w, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_left, int y_step, int x_zero,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int parts = (out_w + LAID - 1) / LAID, count = (out_w + parts - 1) / parts;
	const int taps = kernel_h * kernel_w * in_c, room = in_w * in_c - 16; /* of a load */
	const int begin = pad_left > 0 ? (pad_left + stride_w - 1) / stride_w : 0;
	const int until = room < 0 || room / in_c + pad_left < 0 ? 0 :
		(room / in_c + pad_left) / stride_w + 1;

	for (int k = 0; k < parts; k++) {
		const int p = (k + 1) * count <= out_w ? k * count : out_w - count;
		const int from = begin < p ? 0 : begin - p < count ? begin - p : count;
		const int end = until < p + count ? until - p : count;

		lay_row(scratch, x, p * stride_w - pad_left, count, from, end, stride_w, in_w, in_c, kernel_h,
			kernel_w, x_zero);
		laid_outputs(y + p * y_step, scratch, w, rescale_4, count, taps % 16 > 0 ? taps % 16 : 16,
			out_c, y_step, shift_most, y_zero, y_min, y_max);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  Weights are in blocks of four outputs, there
 * of 16 inputs each (see two_pixels()); rescale_4 has of each block the biases, which know x_zero,
 * the multipliers and the shifts.  Windows whose runs are vectors are read where they lie.
 * cost: out_w * ((out_c + 3) / 4 * ((kernel_h * kernel_w * in_c + 15) / 16 * 7 + 16) + kernel_h * ((kernel_w * in_c + 15) / 16 * 4 + 10))
 * scratch: kernel_h * kernel_w * in_c > 16 && kernel_h * kernel_w * in_c <= 32 ? 40 * (out_w < 48 ? out_w : 48) + 64 : 2 * ((kernel_h * kernel_w * in_c + 31) / 16 * 16)
 */
void
conv2d_s8_mve(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_4x16,
	const int32_t *restrict rescale_4, int8_t *restrict scratch, int in_w, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left,
	int x_step, int y_step, int x_zero, int w_zero, int shift_most, int y_zero, int y_min,
	int y_max)
{
	const int run = kernel_w * in_c, size = kernel_h * run;
	const int laid = size > 16 && size <= 32 && run <= 16 && size - run <= PITCH - 16 &&
		dilation_w == 1 && x_step == in_c && w_zero == 0 && out_w >= 4;
	const int last = laid ? 0 : out_w / 2 * 2;
	const int whole = run % 16 == 0 && dilation_w == 1 && x_step == in_c && w_zero == 0;
	const int begin = (pad_left + stride_w - 1) / stride_w, right = in_w + pad_left - kernel_w;
	const int inside = right < 0 ? 0 : right / stride_w + 1; /* pixels before the right border */
	const int from = whole && begin + 1 < last ? (begin + 1) / 2 * 2 : last;
	const int end = inside < last ? inside / 2 * 2 : last, turns = end > from ? (end - from) / 2 : 0;
	const int at = (from * stride_w - pad_left) * in_c, most = turns > 0 ? out_c / 4 * 4 : 0;

	if (laid)
		laid_row(y, x, w_4x16, rescale_4, scratch, in_w, in_c, out_w, out_c, kernel_h, kernel_w,
			stride_w, pad_left, y_step, x_zero, shift_most, y_zero, y_min, y_max);
	for (int p = 0; p < from; p += 2)
		outputs(y + p * y_step, x, w_4x16, rescale_4, scratch, p * stride_w - pad_left, 2, in_w,
			in_c, out_c, kernel_h, kernel_w, stride_w, dilation_w, x_step, y_step, x_zero, w_zero,
			shift_most, y_zero, y_min, y_max);
	for (int o = 0; o < most; o += 4)
		pairs(y + from * y_step + o, x, w_4x16 + o * size, rescale_4 + o * 3, at, stride_w * in_c, run,
			kernel_h, turns, 4, y_step, shift_most, y_zero, y_min, y_max);
	if (turns > 0 && most < out_c)
		pairs(y + from * y_step + most, x, w_4x16 + most * size, rescale_4 + most * 3, at,
			stride_w * in_c, run, kernel_h, turns, out_c - most, y_step, shift_most, y_zero, y_min,
			y_max);
	for (int p = from + 2 * turns; p < last; p += 2)
		outputs(y + p * y_step, x, w_4x16, rescale_4, scratch, p * stride_w - pad_left, 2, in_w,
			in_c, out_c, kernel_h, kernel_w, stride_w, dilation_w, x_step, y_step, x_zero, w_zero,
			shift_most, y_zero, y_min, y_max);
	if (last < out_w && !laid)
		outputs(y + last * y_step, x, w_4x16, rescale_4, scratch, last * stride_w - pad_left, 1,
			in_w, in_c, out_c, kernel_h, kernel_w, stride_w, dilation_w, x_step, y_step, x_zero,
			w_zero, shift_most, y_zero, y_min, y_max);
}
