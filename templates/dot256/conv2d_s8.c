/* conv2d_s8.c: any convolution of int8: windows side by side in scratch, then as if of one pixel. */
#include "tile256.h"

enum { WINDOWS = 12 }; /* in scratch: whole tiles */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  The left side of the dot product has no
 * sign, so x counts from -128, and start_u8 knows it.  Weights are in blocks of 16 outputs of four
 * inputs each, filled up with zeros.
 * cost: out_w * (12 + kernel_h * (4 + kernel_w * in_c / 8) + (out_c + 7) / 8 * ((kernel_h * kernel_w * in_c + 3) / 4 * WINDOW_COST / 8 + STORE_COST))
 * scratch: (out_w < 12 ? out_w : 12) * (kernel_h * kernel_w * in_c + 3)
 */
void
conv2d_s8_dot256(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_less,
	const int8_t *restrict w_excess, const int32_t *restrict excess_at,
	const int32_t *restrict excess_first, const int16_t *restrict fours_16,
	const int32_t *restrict start_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16, const float *restrict scale_16,
	const float *restrict offset_16, const uint8_t *restrict fine_16,
	const float *restrict rest_16, uint8_t *restrict scratch, int in_w, int in_c,
	int out_w, int out_c, int kernel_h, int kernel_w, int stride_w, int dilation_w,
	int pad_left, int x_step, int y_step, int x_zero, int w_left, int excess,
	int pairs_safe, int form, int fine, int shift_most, int y_zero, int y_min,
	int y_max)
{
	const int taps = kernel_h * kernel_w * in_c;
	const int fours = (taps + 3) / 4;
	const int all_safe = pairs_safe || !SATURATES;
	const Weights weights = { w_less, excess > 0 ? w_excess : NULL, all_safe ? NULL : fours_16,
		start_u8, excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, all_safe,
		w_left, excess };
	const Rescales rescales = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? rest_16 : NULL };

	for (int at = 0; at < out_w; at += WINDOWS) {
		const int pixels = out_w - at < WINDOWS ? out_w - at : WINDOWS;

		lay_windows(scratch, x, in_w, in_c, kernel_h, kernel_w, stride_w, dilation_w,
			at * stride_w - pad_left, pixels, x_step, x_zero);
		outputs(y + at * y_step, y_step, scratch, &weights, &rescales, fours, out_c,
			pixels, out_w % TILE_PIXELS, form, shift_most, y_zero, y_min, y_max);
	}
}
