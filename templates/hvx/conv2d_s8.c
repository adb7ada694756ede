/* conv2d_s8.c: any convolution of int8: windows side by side in scratch, then as if of one pixel. */
#include "tile.h"

enum { WINDOWS = 16 }; /* laid at once at most: whole tiles */
enum { OWN_TAPS = 128 }; /* of windows that need no scratch */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  Weights are 128 more, in blocks of 32 outputs
 * of four inputs each.
 * cost: out_w * (8 + kernel_h * (8 + kernel_w * in_c / 32) + kernel_h * kernel_w * in_c / 16 + (out_c + 31) / 32 * ((kernel_h * kernel_w * in_c + 3) / 4 / 2 + 4)) + 40
 * scratch: kernel_h * kernel_w * in_c < 129 ? 0 : (lean ? 4 : out_w < 16 ? out_w : 16) * ((kernel_h * kernel_w * in_c + 7) / 8 * 8) + 128
 */
void
conv2d_s8_hvx(int8_t *restrict y, const int8_t *const *x, const uint8_t *restrict w_u8_32,
	const int32_t *restrict bias_32, const int32_t *restrict mult_32,
	const int32_t *restrict right_32, uint64_t *restrict scratch, int in_w, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left, int x_step,
	int y_step, int x_zero, int w_zero, int lean, int shift_most, int y_zero, int y_min, int y_max)
{
	const int taps = kernel_h * kernel_w * in_c;
	const Ends ends = { bias_32, mult_32, right_32, shift_most, y_zero, y_min, y_max };
	uint64_t own[(WINDOWS * OWN_TAPS + VECTOR) / 8];
	uint64_t *const to = taps <= OWN_TAPS ? own : scratch;
	const int at_once = lean ? PIXELS : WINDOWS;
	int32_t less[SUMS_MOST];

	for (int at = 0; at < out_w; at += at_once) {
		const int pixels = out_w - at < at_once ? out_w - at : at_once;

		lay_windows(to, x, in_w, in_c, kernel_h, kernel_w, stride_w, dilation_w,
			at * stride_w - pad_left, pixels, x_step, x_zero);
		sum_pixels(less, to, taps, pixels, VECTOR, 128 + w_zero);
		outputs(y + at * y_step, y_step, to, w_u8_32, &ends, less, taps, out_c, pixels,
			out_w % PIXELS, out_w - at);
	}
}
