/* conv1x1_s8.c: convolution of int8, one pixel to one pixel, in tiles of pixels, 16 outputs. */
#include <assert.h>

#include "tile256.h"

enum { STRETCH = 24 }; /* pixels that stay in the cache while the weights pass: of whole tiles */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  The left side of the dot product has no sign, so x counts from -128, and start_u8
 * knows it.  Weights are in blocks of 16 outputs of four inputs each, filled up with zeros.
 * cost: out_w * (12 + in_c / 8 + (out_c + 7) / 8 * ((in_c + 3) / 4 * PIXEL_COST / 8 + STORE_COST))
 * scratch: (out_w < 24 ? out_w : 24) * (in_c + 3)
 */
void
conv1x1_s8_dot256(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_less,
	const int8_t *restrict w_excess, const int32_t *restrict excess_at,
	const int32_t *restrict excess_first, const int16_t *restrict fours_16,
	const int32_t *restrict start_u8, const int32_t *restrict mult_16,
	const int8_t *restrict shift_16, const float *restrict scale_16,
	const float *restrict offset_16, const uint8_t *restrict fine_16,
	const float *restrict rest_16, uint8_t *restrict scratch, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom,
	int pad_left, int pad_right, int x_step, int y_step, int w_left, int excess,
	int pairs_safe, int form, int fine, int shift_most, int y_zero, int y_min,
	int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int fours = (in_c + 3) / 4, step = stride_w * x_step;
	const int all_safe = pairs_safe || !SATURATES;
	const Weights weights = { w_less, excess > 0 ? w_excess : NULL, all_safe ? NULL : fours_16,
		start_u8, excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, all_safe,
		w_left, excess };
	const Rescales rescales = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? rest_16 : NULL };

	for (int at = 0; at < out_w; at += STRETCH) {
		const int pixels = out_w - at < STRETCH ? out_w - at : STRETCH;

		lay_pixels(scratch, x + at * step, step, in_c, pixels);
		outputs(y + at * y_step, y_step, scratch, &weights, &rescales, fours, out_c,
			pixels, out_w % TILE_PIXELS, form, shift_most, y_zero, y_min, y_max);
	}
}
