/*
 * images: one inference, statically planned.
 *
 * Written by mcompile 0.1 from segment_images.mir for target c.
 * Bit-exact to TensorFlow Lite Micro's reference kernels.
 * This file is yours: output of mcompile is under no licence's conditions.
 */
#include "images.h"

#include <stdint.h>
#include <string.h>

#ifndef IMAGES_CONST
#define IMAGES_CONST /* before each array of weights: a section, say */
#endif

/* Before each kernel: a section, say. They do better by themselves. */
#ifndef IMAGES_KERNEL
#if defined __GNUC__ && !defined __clang__
#define IMAGES_KERNEL __attribute__((noinline))
#else
#define IMAGES_KERNEL
#endif
#endif

/* ---- helpers ---- */

static inline int32_t
clamp(int32_t x, int32_t low, int32_t high)
{
	return x < low ? low : x > high ? high : x;
}

/* a * b / 2^31, rounded to nearest, halves up; saturates when both are -2^31. */
static inline int32_t
high_product(int32_t a, int32_t b)
{
	int64_t product = (int64_t)a * b;
	int64_t half = product >= 0 ? 1 << 30 : 1 - (1 << 30);
	int64_t high = (product + half) / ((int64_t)1 << 31);

	return high > INT32_MAX ? INT32_MAX : (int32_t)high;
}

/* x * 2^shift, wrapping; shift 0 to 31. */
static inline int32_t
shift_left(int32_t x, int shift)
{
	return (int32_t)((uint32_t)x << shift);
}

/* x / 2^shift, rounded to nearest, halves away from zero; shift 0 to 31. */
static inline int32_t
shift_right(int32_t x, int shift)
{
	int32_t mask = (int32_t)((UINT32_C(1) << shift) - 1);

	return (x >> shift) + ((x & mask) > (mask >> 1) + (x < 0));
}

/* x * mult / 2^31 * 2^shift, rounded twice; shift -31 to 31. */
static inline int32_t
requantize(int32_t x, int32_t mult, int shift)
{
	return shift > 0 ? high_product(shift_left(x, shift), mult) :
		shift_right(high_product(x, mult), -shift);
}

static inline int32_t
saturate16(int32_t x)
{
	return clamp(x, INT16_MIN, INT16_MAX);
}

/* a * b / 2^15 of 16-bit numbers, rounded to nearest, halves up; saturating. */
static inline int32_t
high_product16(int32_t a, int32_t b)
{
	int32_t product = a * b;

	return saturate16((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

/* v * mult / 2^15 * 2^shift, all 16 bits; the last doubling saturates. */
static inline int32_t
scale_gate(int32_t v, int mult, int shift)
{
	if (shift <= 0)
		return shift_right(high_product16(v, mult), -shift);
	v = saturate16(v * (1 << (shift < 16 ? shift - 1 : 15)));
	return saturate16(high_product16(v, mult) * 2);
}

/* ---- weights ---- */

static IMAGES_CONST const int8_t conv2d_0_w[72] = {
	92, -75, 2, 25, -58, 71, -42, -58, 81, 11, 32, 4, -13, 8, -49, -8, -18, -76, 85,
	-6, -95, -13, 42, 18, 13, 81, -95, -1, -15, 33, 60, -24, 32, -83, -71, -41, -73,
	-78, -32, -30, -89, -53, -30, 94, -66, 9, 74, -33, 4, -61, 38, 32, 47, 27, 80,
	-16, -77, -28, -85, 77, -53, 9, -81, -31, -95, 63, -77, -33, -78, 56, -43, -82,
};

static IMAGES_CONST const int32_t conv2d_0_bias[8] = {
	-230, 383, -376, -36, -489, -153, 66, -73,
};

static IMAGES_CONST const int32_t conv2d_0_mult[8] = {
	1374389504, 1374389504, 1374389504, 1374389504, 1374389504, 1374389504,
	1374389504, 1374389504,
};

static IMAGES_CONST const int8_t conv2d_0_shift[8] = {
	-5, -5, -5, -5, -5, -5, -5, -5,
};

static IMAGES_CONST const int16_t resize_bilinear_1_column[8] = {
	0, 0, 1, 1, 2, 2, 3, 3,
};

static IMAGES_CONST const int16_t resize_bilinear_1_column_weight[4] = {
	0, 0, 0, 0,
};

static IMAGES_CONST const int16_t resize_bilinear_1_row_weight[12] = {
	0, 683, 342, 1, 684, 343, 2, 685, 344, 3, 686, 345,
};

static IMAGES_CONST const int32_t resize_bilinear_1_rows[24] = {
	0, 0, 0, 1, 1, 2, 2, 3, 2, 3, 3, 4, 4, 5, 4, 5, 5, 6, 6, 7, 6, 7, 7, 7,
};

static IMAGES_CONST const int8_t outside_s8_0[4] = {
	0, 0, 0, 0,
};

/* ---- kernels ---- */

/*
 * conv2d_0.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  w: out_c windows of kernel_h rows of
 * kernel_w pixels of in_c.
 */
IMAGES_KERNEL static void
conv2d_0(int8_t *y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict bias, const int32_t *restrict mult,
	const int8_t *restrict shift)
{
	for (int p = 0; p < 4; p++) {
		const int8_t *v = w;

		for (int o = 0; o < 8; o++) {
			int32_t sum = bias[o];

			for (int i = 0; i < 3; i++) {
				for (int j = 0; j < 3; j++, v++) {
					int column = p + j - 1;

					if (column < 0 || column >= 4)
						continue;
					sum += x[i][column] *
						v[0];
				}
			}
			y[p * 8 + o] = (int8_t)clamp(
				requantize(sum, mult[o], shift[o]), -128, 127);
		}
	}
}

/*
 * resize_bilinear_1.
 * y = weighted mean of four pixels of x, two of each of two rows, halves away from zero.
 * column: of each pixel of y the two of x.  column_weight, row_weight: of the second ones
 * in 1024ths, per column and row of y; y is row number row.
 */
IMAGES_KERNEL static void
resize_bilinear_1(int8_t *restrict y, const int8_t *const *x,
	const int16_t *restrict column, const int16_t *restrict column_weight,
	const int16_t *restrict row_weight, int row)
{
	const int one = 1 << 10;
	int lower = row_weight[row], upper = one - lower;

	for (int p = 0; p < 4; p++) {
		int right = column_weight[p], left = one - right;
		int a = column[2 * p] * 8, b = column[2 * p + 1] * 8;

		for (int c = 0; c < 8; c++) {
			int32_t sum = x[0][a + c] * upper * left +
				x[1][a + c] * lower * left + x[0][b + c] * upper * right +
				x[1][b + c] * lower * right;

			sum += sum > 0 ? 1 << 19 : -(1 << 19);
			y[p * 8 + c] = (int8_t)(sum / (1 << 20));
		}
	}
}

/*
 * hard_swish_2.
 * y = clamp(x * gate), gate = min(max(x + 3, 0), 6) / 6 with 15 fraction bits.
 */
IMAGES_KERNEL static void
hard_swish_2(int8_t *y, const int8_t *x)
{
	for (int p = 0; p < 4; p++) {
		for (int c = 0; c < 8; c++) {
			int32_t v = x[p * 8 + c] * 128;
			int32_t gate = (scale_gate(v, 17476, 4) + (1 << 15)) >> 1;
			int32_t product = gate * high_product16(v, 16384) / (1 << 15);

			y[p * 8 + c] = (int8_t)clamp(shift_right(product, 6),
				INT8_MIN, INT8_MAX);
		}
	}
}

/*
 * mean_3.
 */
IMAGES_KERNEL static void
mean_3_begin(int32_t *restrict acc)
{
	for (int c = 0; c < 8; c++)
		acc[c] = 0;
}

/*
 * mean_3.
 * acc += x - x_zero, for one row of pixels.
 */
IMAGES_KERNEL static void
mean_3_row(int32_t *restrict acc, const int8_t *restrict x)
{
	for (int p = 0; p < 4; p++)
		for (int c = 0; c < 8; c++)
			acc[c] += x[p * 8 + c];
}

/*
 * mean_3.
 * y = clamp(requantize(acc)); the multiplier divides by the number of pixels too.
 */
IMAGES_KERNEL static void
mean_3_end(int8_t *restrict y, const int32_t *restrict acc)
{
	for (int c = 0; c < 8; c++)
		y[c] = (int8_t)clamp(requantize(acc[c], 715827882, -4), -128, 127);
}

/* ---- model ---- */

int8_t *
images_x_input(images_work *work)
{
	return (int8_t *)(work->mem + 0);
}

/*
 * Row by row, in step: conv2d_0 to mean_3. Rows held: 2 of 8 of conv2d_0, 1 of 12
 * of resize_bilinear_1; 96 bytes instead of 640.
 */
static void
segment_1(images_work *work, int8_t *y)
{
	int8_t *const x_input = (int8_t *)(work->mem + 0); /* 2x8x4x1 */
	int8_t *const conv2d_0_y = (int8_t *)(work->mem + 64); /* 2x8x4x8, 2 rows of it */
	int8_t *const resize_bilinear_1_y = (int8_t *)(work->mem + 128); /* 2x12x4x8, 1 rows of it */
	int8_t *const hard_swish_2_y = (int8_t *)(work->mem + 128); /* 2x12x4x8, 1 rows of it */

	for (int b = 0; b < 2; b++) {
		int conv2d_0_r = 0, resize_bilinear_1_r = 0, mean_3_r = 0;

		while (mean_3_r < 12) {
			/* conv2d_0: 2x8x4x1 -> 2x8x4x8; t3 */
			if (conv2d_0_r < 8 &&
			    (resize_bilinear_1_r == 12 || conv2d_0_r < resize_bilinear_1_rows[2 * resize_bilinear_1_r] + 2)) {
				const int8_t *x[3];

				for (int i = 0; i < 3; i++) {
					int at = conv2d_0_r + i - 1;

					x[i] = at >= 0 && at < 8 ? x_input + 32 * b + 4 * at : outside_s8_0;
				}
				conv2d_0(conv2d_0_y + 32 * (conv2d_0_r % 2), x,
					conv2d_0_w, conv2d_0_bias, conv2d_0_mult,
					conv2d_0_shift);
				conv2d_0_r++;
			}

			/* resize_bilinear_1: 2x8x4x8 -> 2x12x4x8; t4 */
			if (resize_bilinear_1_r < 12) {
				const int8_t *const x[2] = {
					conv2d_0_y + 32 * (resize_bilinear_1_rows[2 * resize_bilinear_1_r] % 2),
					conv2d_0_y + 32 * (resize_bilinear_1_rows[2 * resize_bilinear_1_r + 1] % 2) };

				resize_bilinear_1(resize_bilinear_1_y, x,
					resize_bilinear_1_column,
					resize_bilinear_1_column_weight,
					resize_bilinear_1_row_weight, resize_bilinear_1_r);
				resize_bilinear_1_r++;
			}

			/* hard_swish_2: 2x12x4x8 -> 2x12x4x8, in place; t5 */
			{
				hard_swish_2(hard_swish_2_y, resize_bilinear_1_y);
			}

			/* mean_3: 2x12x4x8 -> 2x1x1x8; t6 */
			{
				if (mean_3_r == 0)
					mean_3_begin((int32_t *)(work->mem + 160));
				mean_3_row((int32_t *)(work->mem + 160),
					hard_swish_2_y);
				if (mean_3_r == 11)
					mean_3_end(y + 8 * b,
						(int32_t *)(work->mem + 160));
				mean_3_r++;
			}
		}
	}
}

/* Work area: 192 bytes; the most that is live at once: 192. */
void
images_run(images_work *work, int8_t y[16])
{
	segment_1(work, y);
}
