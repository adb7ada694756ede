/* depthwise_s8.c: convolution of int8, each channel by itself, the way that suits the window. */
#include <assert.h>

#include "block.h"
#include "three.h"
#include "wide.h"

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  w_rows: of each channel the weights, less
 * their zero point, as pairs; rescales: its bias and how its sums are rescaled; rescales_less: the
 * same of sums of x less its zero point, to which rows and columns outside add nothing; w_threes: of
 * windows of three rows and columns, weights and how sums are rescaled.
 * cost: (out_c + 3) / 4 * kernel_h * ((in_w + 3) / 4 * 22 + 10) + out_c * (kernel_h * kernel_w * out_w * 6 / 10 + 6 * out_w + 4 * kernel_h)
 * scratch: 16 * kernel_h * (((out_w + 1) * stride_w + kernel_w + 3) / 2 + 1)
 */
void
depthwise_s8_m4(int8_t *restrict y, const int8_t *const *x, const int32_t *restrict w_rows,
	const int32_t *restrict w_threes, const int32_t *restrict rescales,
	const int32_t *restrict rescales_less, uint32_t *restrict scratch, int row, int in_h, int in_w,
	int out_w, int out_c, int kernel_h, int kernel_w, int stride_h, int stride_w, int dilation_h,
	int dilation_w, int pad_top, int pad_left, int multiplier, int x_step, int y_step, int x_zero,
	int sum_bits, int high, int high_shift, int shift_most, int y_zero, int y_min, int y_max)
{
	assert(multiplier == 1 && dilation_w == 1 && kernel_w <= 15 && stride_w <= 15 && sum_bits <= 30);

	const int taps = kernel_w < 3 ? 3 : kernel_w / 2 * 2 + 1;
	const int words = (((out_w - 1) / 2 * 2 + 1) * stride_w + taps + 1) / 2; /* of a row */
	const int by = high ? high_shift : 0;
	const int three = kernel_h == 3 && kernel_w == 3 && stride_w <= 2 && out_c >= 4;
	const int in_blocks = !three && kernel_w <= BLOCK_TAPS && stride_w <= 2 && pad_left <= 4;
	const int above = dilation_h == 1 ? pad_top - row * stride_h : 0; /* rows outside */
	const int begin = above > 0 ? above : 0;
	const int end = dilation_h == 1 && in_h + above < kernel_h ? in_h + above : kernel_h;

	if (three)
		windows_of_three(y, y_step, x, x_step, w_threes, scratch, in_w, out_w, out_c, stride_w,
			pad_left, x_zero, by, shift_most, y_zero, y_min, y_max);
	if (in_blocks)
		outputs_in_blocks(y, y_step, x, x_step, (const uint32_t *)w_rows, rescales_less, scratch,
			begin, end, in_w, out_w, out_c, kernel_h, taps, stride_w, pad_left, x_zero, by,
			shift_most, y_zero, y_min, y_max);
	if (!three && !in_blocks)
		wide_windows(y, y_step, x, x_step, (const uint32_t *)w_rows, rescales, scratch, words, in_w,
			out_w, out_c, kernel_h, taps, stride_w, pad_left, x_zero, by, shift_most, y_zero,
			y_min, y_max);
}
