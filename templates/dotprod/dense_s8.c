/* dense_s8.c: int8 vectors times a matrix, 16 outputs at a time. */
#include "dot.h"

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  x's zero point is in bias_16.  Weights are in blocks of 16 outputs of four inputs each,
 * filled up with zeros.
 * cost: out_w * (4 + (out_c + 3) / 4 * ((in_c + 3) / 4 * 3 / 4 + 3))
 * scratch: (in_c % 4 > 0) * 4 * (in_c + 3)
 */
void
dense_s8_dotprod(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_vnni,
	const int32_t *restrict bias_16, const int32_t *restrict swift_bias_16,
	const float *restrict swift_scale_16, const float *restrict swift_offset_16,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16, int8_t *restrict scratch,
	int in_c, int out_w, int out_c, int x_step, int y_step, int w_zero, int swift,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int fours = (in_c + 3) / 4, laid = in_c % 4 > 0, step = laid ? 4 * fours : x_step;
	const Rescales4 all = { swift ? swift_bias_16 : bias_16, swift ? swift_scale_16 : NULL,
		swift ? swift_offset_16 : NULL, swift ? NULL : mult_16, swift ? NULL : shift_16, swift,
		y_min < y_zero, shift_most, y_zero, y_min, y_max };
	int32_t zeros[4];

	for (int at = 0; at < out_w; at += 4) {
		const int pixels = out_w - at < 4 ? out_w - at : 4;
		const int8_t *from = laid ? scratch : x + at * x_step;

		if (laid)
			lay_pixels(scratch, x + at * x_step, x_step, in_c, pixels, 4);
		if (w_zero)
			zeros_of(zeros, from, step, in_c, pixels, w_zero);
		outputs_dot(y + at * y_step, y_step, from, step, w_vnni, &all, zeros, fours, out_c, pixels,
			out_w % 4, w_zero);
	}
}
