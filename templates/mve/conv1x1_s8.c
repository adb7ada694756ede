/* conv1x1_s8.c: convolution of int8, one pixel to one pixel: 2 pixels, 4 outputs at a time. */
#include <assert.h>

#include "dot128.h"

/* Sums of a pixel of up to 16 inputs, or of up to 8, widened. */
static inline __attribute__((always_inline)) int32x4_t
few_products(const int8_t *x, const int8x16_t w[4], int in_c)
{
	const int8x16_t v = in_c < 16 ? vldrbq_z_s8(x, vctp8q((uint32_t)in_c)) : vldrbq_s8(x);

	return four_lanes(vmladavq_s8(v, w[0]), vmladavq_s8(v, w[1]), vmladavq_s8(v, w[2]),
		vmladavq_s8(v, w[3]));
}

/* A row, up to four outputs: their weights stay in registers. */
static inline __attribute__((always_inline)) void
few_row(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w, const Rescale *by,
	const int32_t *zeros, int step, int in_c, int out_w, int count, int y_step, int w_zero,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int8x16_t v[4] = { vldrbq_s8(w), vldrbq_s8(w + 16), vldrbq_s8(w + 32),
		vldrbq_s8(w + 48) };

	for (int p = 0; p < out_w; p += 2) {
		const int two = p + 1 < out_w;
		int32x4_t sum[2];

		sum[0] = few_products(x + p * step, v, in_c);
		sum[1] = few_products(x + (p + two) * step, v, in_c);
		if (w_zero != 0) {
			sum[0] = vaddq_n_s32(sum[0], zeros[p]);
			sum[1] = vaddq_n_s32(sum[1], zeros[p + two]);
		}
		store_two(y + p * y_step, y_step, sum, by, 1 + two, count, shift_most, y_zero, y_min,
			y_max);
	}
}

/* A row, up to four outputs. */
static inline __attribute__((always_inline)) void
many_row(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w, const Rescale *by,
	const int32_t *zeros, int step, int in_c, int out_w, int count, int y_step, int w_zero,
	int shift_most, int y_zero, int y_min, int y_max)
{
	for (int p = 0; p < out_w; p += 2) {
		const int two = p + 1 < out_w;
		int32x4_t sum[2];

		two_pixels(sum, x + p * step, two * step, w, in_c);
		if (w_zero != 0) {
			sum[0] = vaddq_n_s32(sum[0], zeros[p]);
			sum[1] = vaddq_n_s32(sum[1], zeros[p + two]);
		}
		store_two(y + p * y_step, y_step, sum, by, 1 + two, count, shift_most, y_zero, y_min,
			y_max);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  Weights are in blocks of four outputs, there of 16 inputs each (see two_pixels());
 * rescale_4 has of each block the biases, which know x_zero, the multipliers and the shifts.
 * cost: out_w * ((out_c + 3) / 4 * ((in_c + 15) / 16 * 7 + 13) + (w_zero != 0) * (in_c / 5 + 10))
 * scratch: (w_zero != 0) * 4 * out_w
 */
void
conv1x1_s8_mve(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_4x16,
	const int32_t *restrict rescale_4, int32_t *restrict scratch, int in_c, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int pad_top, int pad_bottom, int pad_left,
	int pad_right, int x_step, int y_step, int w_zero, int shift_most, int y_zero, int y_min,
	int y_max)
{
	assert(kernel_h == 1 && kernel_w == 1);
	assert(pad_top == 0 && pad_bottom == 0 && pad_left == 0 && pad_right == 0);

	const int step = stride_w * x_step, block = (in_c + 15) / 16 * 64;

	for (int p = 0; p < out_w && w_zero != 0; p++)
		scratch[p] = -w_zero * sum_of(x + p * step, in_c);
	for (int o = 0; o < out_c; o += 4) {
		const Rescale by = load_rescale(rescale_4 + o * 3);
		const int count = out_c - o < 4 ? out_c - o : 4;

		if (in_c <= 16)
			few_row(y + o, x, w_4x16 + o / 4 * block, &by, scratch, step, in_c, out_w, count,
				y_step, w_zero, shift_most, y_zero, y_min, y_max);
		else
			many_row(y + o, x, w_4x16 + o / 4 * block, &by, scratch, step, in_c, out_w, count,
				y_step, w_zero, shift_most, y_zero, y_min, y_max);
	}
}
