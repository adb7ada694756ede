/* conv1x1_s8.c: convolution of int8, one pixel to one pixel, in tiles of 14 pixels, 32 outputs. */
#include <assert.h>

#include "dot512.h"

enum { STRETCH_BYTES = 12288 }; /* bytes of pixels that stay in the cache while the weights pass */

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  The left side of the dot product has no sign, so x counts from -128, and start_u8
 * knows it.
 * cost: (out_w + 1) * ((out_c + 15) / 16 * ((in_c + 3) / 4 + (swift ? 3 : 5)) / 2) + out_w * in_c / 40
 * scratch: 64 + in_c * (out_w < 12288 / in_c + 14 ? out_w : 12288 / in_c + 14)
 */
void
conv1x1_s8_avx512vnni(int8_t *restrict y, const int8_t *restrict x,
	const int8_t *restrict w_less, const int8_t *restrict w_excess,
	const int32_t *restrict excess_at, const int32_t *restrict excess_first,
	const int32_t *restrict start_u8, const int32_t *restrict swift_bias_u8,
	const float *restrict swift_scale_16, const float *restrict swift_offset_16,
	const int32_t *restrict mult_16,
	const int8_t *restrict shift_16, const float *restrict scale_16,
	const float *restrict offset_16, const uint8_t *restrict fine_16,
	const float *restrict rest_16, uint8_t *restrict scratch, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom,
	int pad_left, int pad_right, int x_step, int y_step, int w_left, int excess,
	int swift, int form, int fine, int shift_most, int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int step = stride_w * x_step;
	const int count = (out_w + PIXELS_MOST - 1) / PIXELS_MOST; /* tiles of a row */
	const int each = (out_w + count - 1) / count; /* pixels of a tile */
	const int most = STRETCH_BYTES / (each * in_c) + 1; /* tiles of a stretch */
	const int stretches = (count + most - 1) / most;
	const int some = (count + stretches - 1) / stretches * each;
	const int pixels = some < out_w ? some : out_w; /* of a stretch */
	const Weights512 weights = { w_less, excess > 0 ? w_excess : NULL,
		swift ? swift_bias_u8 : start_u8,
		excess > 0 ? excess_at : NULL, excess > 0 ? excess_first : NULL, w_left, excess };
	const int how = swift ? FORM_SWIFT : form;
	const Rescales512 rescales = { how == 0 ? mult_16 : NULL, how == 0 ? shift_16 : NULL,
		swift ? swift_scale_16 : how > 0 ? scale_16 : NULL,
		swift ? swift_offset_16 : how > 0 ? offset_16 : NULL, fine && !swift ? fine_16 : NULL,
		fine && !swift ? rest_16 : NULL };

	for (int i = 0; i < out_w; i += pixels) {
		const int p = i + pixels <= out_w ? i : out_w - pixels; /* the last goes back */

		flip_pixels_512(scratch, x + p * step, step, in_c, pixels);
		all_tiles_512(y + p * y_step, y_step, scratch, &weights, &rescales, in_c, out_c, pixels,
			each, how, shift_most, y_zero, y_min, y_max);
	}
}
