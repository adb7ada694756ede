/* conv2d_s8.c: any convolution of int8: windows side by side in scratch, then as if of one pixel. */
#include <stdbool.h>

#include "dot512.h"

/* Writes the window's values side by side, columns outside as x_zero. */
static inline __attribute__((always_inline)) void
lay_out(int8_t *to, const int8_t *const *x, int in_w, int in_c, int kernel_h, int kernel_w,
	int dilation_w, int first, int x_step, int x_zero)
{
	bool inside = first >= 0 && first + (kernel_w - 1) * dilation_w < in_w;

	for (int i = 0; i < kernel_h; i++) {
		if (inside && dilation_w == 1 && x_step == in_c) {
			memcpy(to, x[i] + first * in_c, (size_t)(kernel_w * in_c));
			to += kernel_w * in_c;
			continue;
		}
		for (int j = 0; j < kernel_w; j++, to += in_c) {
			int column = first + j * dilation_w;

			if (column >= 0 && column < in_w)
				memcpy(to, x[i] + column * x_step, (size_t)in_c);
			else
				memset(to, x_zero, (size_t)in_c);
		}
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  The left side of the dot product has no
 * sign, so x counts from -128, and bias_u8 knows it.
 * cost: (out_w + 3) * ((out_c + 15) / 16 * ((kernel_h * kernel_w * in_c + 3) / 4 + 4) / 2 + kernel_h * kernel_w * in_c / 10 + 6 * kernel_h)
 * scratch: 64 + 14 * kernel_h * kernel_w * in_c
 */
void
conv2d_s8_avx512vnni(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_less,
	const int8_t *restrict w_excess, const int32_t *restrict excess_at,
	const int32_t *restrict excess_first, const int32_t *restrict bias_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16, const float *restrict scale_16,
	const float *restrict offset_16, const uint8_t *restrict fine_16,
	const double *restrict fine_scale_16, const double *restrict fine_offset_16,
	uint8_t *restrict scratch, int in_w, int in_c,
	int out_w, int out_c, int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left,
	int x_step, int y_step, int x_zero, int w_left, int excess, int form, int shift_most,
	int y_zero, int y_min, int y_max)
{
	const int taps = kernel_h * kernel_w * in_c;
	const int count = (out_w + PIXELS_MOST - 1) / PIXELS_MOST; /* tiles of a row */
	const int each = (out_w + count - 1) / count; /* pixels of a tile */
	const Weights512 weights = { w_less, excess > 0 ? w_excess : NULL, bias_u8,
		excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, w_left, excess };
	const int fine = form == 2 || form == 4;
	const Rescales512 rescales = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? fine_scale_16 : NULL, fine ? fine_offset_16 : NULL };

	for (int i = 0; i < out_w; i += each) {
		const int p = i + each <= out_w ? i : out_w - each; /* the last goes back */

		for (int q = 0; q < each; q++) {
			int8_t *window = (int8_t *)scratch + q * taps;

			lay_out(window, x, in_w, in_c, kernel_h, kernel_w, dilation_w,
				(p + q) * stride_w - pad_left, x_step, x_zero);
			flip_512(scratch + q * taps, window, taps);
		}
		all_tiles_512(y + p * y_step, y_step, scratch, &weights, &rescales, taps, out_c, each, each,
			form, shift_most, y_zero, y_min, y_max);
	}
}
