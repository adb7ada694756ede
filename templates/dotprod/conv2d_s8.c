/* conv2d_s8.c: any convolution of int8: windows side by side in scratch, then as if of one pixel. */
#include "dot.h"

enum { WINDOWS = 8 }; /* in scratch at most: whole tiles */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window; its zero point is in bias_16.  Weights are in
 * blocks of 16 outputs of four inputs each, filled up with zeros.
 * cost: out_w * (12 + kernel_h * (8 + kernel_w * in_c / 8) + (out_c + 3) / 4 * ((kernel_h * kernel_w * in_c + 3) / 4 * 3 / 4 + 3))
 * scratch: (lean ? 4 : 8) * (kernel_h * kernel_w * in_c + 3)
 */
void
conv2d_s8_dotprod(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_16, const int32_t *restrict swift_bias_16,
	const float *restrict swift_scale_16, const float *restrict swift_offset_16,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16, int8_t *restrict scratch,
	int in_w, int in_c, int out_w, int out_c, int kernel_h, int kernel_w, int stride_w,
	int dilation_w, int pad_left, int x_step, int y_step, int x_zero, int w_zero, int lean,
	int swift, int shift_most, int y_zero, int y_min, int y_max)
{
	const int taps = kernel_h * kernel_w * in_c, fours = (taps + 3) / 4;
	const Rescales4 all = { swift ? swift_bias_16 : bias_16, swift ? swift_scale_16 : NULL,
		swift ? swift_offset_16 : NULL, swift ? NULL : mult_16, swift ? NULL : shift_16, swift,
		y_min < y_zero, shift_most, y_zero, y_min, y_max };
	const int at_once = lean ? WINDOWS / 2 : WINDOWS;
	int32_t zeros[WINDOWS];

	for (int at = 0; at < out_w; at += at_once) {
		const int pixels = out_w - at < at_once ? out_w - at : at_once;

		lay_windows(scratch, x, in_w, in_c, kernel_h, kernel_w, stride_w, dilation_w,
			at * stride_w - pad_left, pixels, x_step, x_zero, 4);
		if (w_zero)
			zeros_of(zeros, scratch, 4 * fours, taps, pixels, w_zero);
		outputs_dot(y + at * y_step, y_step, scratch, 4 * fours, w_vnni, &all, zeros, fours, out_c,
			pixels, out_w % 4, w_zero);
	}
}
