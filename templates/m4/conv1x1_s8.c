/* conv1x1_s8.c: convolution of int8, one pixel to one pixel: 3 pixels and 2 channels at a time. */
#include <assert.h>

#include "tile.h"

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  Three pixels' inputs stand in scratch as 16 bits.  w_pairs: of each two channels the
 * weights, less their zero point, in fours of inputs; rescale_pairs: their biases and how their
 * sums are rescaled.
 * cost: (out_w + 2) / 3 * ((in_c + 3) / 4 * 10 + (out_c + 1) / 2 * ((in_c + 3) / 4 * 17 + 60))
 * scratch: (in_c + 3) / 4 * 24
 */
void
conv1x1_s8_m4(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_pairs,
	const int32_t *restrict rescale_pairs, uint32_t *restrict scratch, int in_c, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom,
	int pad_left, int pad_right, int x_step, int y_step, int halved, int sum_bits, int high,
	int high_odd, int high_shift, int high_shift_256,
	int shift_most, int y_zero, int y_min, int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);
	assert(sum_bits <= 30);

	const int apart = stride_w * x_step;
	const int even_by = (halved ? high_odd : high) ? high_shift : 0;
	const int odd_by = even_by && halved ? high_shift_256 : even_by;
	const int fours = (in_c + 3) / 4;
	const int whole = out_w / 3 * 3;

	for (int p = 0; p < whole; p += 3) {
		uint32_t *to = scratch;

		widen(&to, x + p * apart, apart, in_c, 3);
		outputs(y + p * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, 3,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
	if (out_w % 3 == 2) {
		uint32_t *to = scratch;

		widen(&to, x + whole * apart, apart, in_c, 2);
		outputs(y + whole * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, 2,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
	if (out_w % 3 == 1) {
		uint32_t *to = scratch;

		widen(&to, x + whole * apart, apart, in_c, 1);
		outputs(y + whole * y_step, y_step, scratch, w_pairs, rescale_pairs, fours, out_c, 1,
			halved, even_by, odd_by, shift_most, y_zero, y_min, y_max);
	}
}
