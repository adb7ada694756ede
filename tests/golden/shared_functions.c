/*
 * rows: one inference, statically planned.
 *
 * Written by mcompile 0.1 from shared_functions.mir for target c.
 * Bit-exact to TensorFlow Lite Micro's reference kernels.
 * This file is yours: output of mcompile is under no licence's conditions.
 */
#include "rows.h"

#include <stdint.h>
#include <string.h>

#ifndef ROWS_CONST
#define ROWS_CONST /* before each array of weights: a section, say */
#endif

/* Before each kernel: a section, say. They do better by themselves. */
#ifndef ROWS_KERNEL
#if defined __GNUC__ && !defined __clang__
#define ROWS_KERNEL __attribute__((noinline))
#else
#define ROWS_KERNEL
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

/* ---- weights ---- */

static ROWS_CONST const int8_t conv2d_0_w[108] = {
	-17, -61, 2, 67, -87, -81, 38, -75, -6, 50, -85, 30, -45, -90, -77, 12, 8, -82,
	-38, -76, 42, 9, -84, 45, -68, -42, 62, 61, 50, -84, 48, 50, 2, -87, -43, -88, 43,
	-65, -25, 8, -63, 39, -69, 47, -21, 44, 75, -53, -73, 49, 47, 64, -51, -4, -75,
	41, 83, -83, 45, -84, 59, -47, 28, 75, 37, 10, 99, -19, 20, 50, 17, -7, -23, -36,
	-53, 79, -37, -79, 48, -23, 35, 27, -12, 87, 15, -26, 56, -81, -69, 32, 8, -57,
	94, -12, -61, 26, 8, -89, 72, -80, 96, 43, 47, -19, -12, 78, -10, 53,
};

static ROWS_CONST const int32_t conv2d_0_bias[6] = {
	8, 93, 316, -33, -430, 360,
};

static ROWS_CONST const int32_t conv2d_0_mult[6] = {
	1374389504, 1374389504, 1374389504, 1374389504, 1374389504, 1374389504,
};

static ROWS_CONST const int8_t conv2d_0_shift[6] = {
	-5, -5, -5, -5, -5, -5,
};

static ROWS_CONST const int8_t conv2d_1_w[324] = {
	-76, -30, 22, 79, 71, -83, -84, 88, 80, -20, 66, 48, 75, 15, -27, 84, -1, 72, -11,
	-94, 19, -9, -56, 57, -70, 27, -84, -44, 97, -26, -66, 90, -36, 2, 1, 28, -79,
	-57, 15, 3, 41, -28, -64, 11, 41, -28, 81, 7, -8, 75, -2, -40, -61, -78, -54, -61,
	-40, 69, -40, -96, 25, 51, -53, -32, -27, -98, -62, 8, 37, -5, 57, 45, -18, -67,
	77, 32, 59, 68, 74, 90, -86, 17, 75, 44, 1, 2, 3, 1, -73, 24, 63, 3, -84, -51,
	-82, -46, 13, -58, -71, -12, 54, -86, -73, -99, 46, -61, 38, -74, -6, 58, -93,
	-81, -46, 58, -3, -61, 63, -35, -11, 55, -6, 22, -68, -70, 25, 20, 23, 24, -20,
	-78, -63, -73, 92, -12, 90, -32, 23, 78, -58, 33, -94, -47, 36, -7, -62, 77, 40,
	-93, 95, 36, -23, 65, -76, 79, -33, 33, -6, -57, -8, 98, -42, 37, 39, 29, -15, 63,
	-42, 57, 95, -50, -38, 3, 90, -41, -48, 33, 27, -8, 88, -92, -92, -28, 21, -33,
	-50, 78, 55, -11, 15, 86, -10, -6, -79, -43, -73, -41, 21, -49, -13, -47, 24, 60,
	57, -99, 23, 68, -11, 65, -78, 70, -69, 0, 83, 93, -48, 23, -54, 12, 63, -14, -77,
	85, 2, 19, 3, 91, -78, 86, -59, -56, -67, -92, -61, 52, 20, 68, -62, 57, 53, 22,
	69, -10, -60, 41, 41, -66, -94, -96, 86, 67, -73, 35, 92, -64, 12, -50, -45, -92,
	-35, -45, -25, 29, -38, 96, 51, -16, -33, 40, 8, -66, -84, 90, -9, 18, 70, 50, 33,
	8, 29, -66, 37, -61, 35, 31, -95, 13, 99, -53, 56, -98, 99, -61, -55, -63, 22, 59,
	86, -69, 43, -84, -16, 75, 33, 36, 43, 24, 99, -72, 44, -85, -36, -51, -29, -89,
	98, -74, 30, 16, 44, -92, 95, -83, 14, -16,
};

static ROWS_CONST const int32_t conv2d_1_bias[6] = {
	127, 496, 17, 120, 24, -296,
};

static ROWS_CONST const int8_t conv2d_2_w[36] = {
	78, -29, 16, 31, 37, 23, 30, -36, 79, 34, -33, 44, -48, 15, -64, 7, -68, 1, 14,
	-19, -81, 72, -38, 10, -81, -45, 72, -22, -68, 99, -60, 84, 65, 70, -6, -63,
};

static ROWS_CONST const int32_t conv2d_2_bias[6] = {
	-241, 404, -360, 490, -22, -276,
};

static ROWS_CONST const int8_t outside_s8_0[18] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

/* ---- kernels ---- */

/*
 * conv2d_0, conv2d_1.
 * They pass what differs: in_w, in_c, stride_w, pad_left, x_step, y_min.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  w: out_c windows of kernel_h rows of
 * kernel_w pixels of in_c.
 */
ROWS_KERNEL static void
conv2d_s8(int8_t *y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict bias, const int32_t *restrict mult,
	const int8_t *restrict shift, int in_w, int in_c, int stride_w, int pad_left,
	int x_step, int y_min)
{
	for (int p = 0; p < 3; p++) {
		const int8_t *v = w;

		for (int o = 0; o < 6; o++) {
			int32_t sum = bias[o];

			for (int i = 0; i < 3; i++) {
				for (int j = 0; j < 3; j++, v += in_c) {
					int column = p * stride_w + j - pad_left;

					if (column < 0 || column >= in_w)
						continue;
					for (int c = 0; c < in_c; c++)
						sum += x[i][column * x_step + c] *
							v[c];
				}
			}
			y[p * 6 + o] = (int8_t)clamp(
				requantize(sum, mult[o], shift[o]), y_min, 127);
		}
	}
}

/*
 * conv2d_2.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  w: in_c weights of each output channel.
 */
ROWS_KERNEL static void
conv2d_2(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	const int32_t *restrict bias, const int32_t *restrict mult,
	const int8_t *restrict shift)
{
	for (int p = 0; p < 3; p++) {
		const int8_t *pixel = x + p * 6;
		const int8_t *v = w;

		for (int o = 0; o < 6; o++, v += 6) {
			int32_t sum = bias[o];

			for (int c = 0; c < 6; c++)
				sum += pixel[c] * v[c];
			y[p * 6 + o] = (int8_t)clamp(
				requantize(sum, mult[o], shift[o]), -128, 127);
		}
	}
}

/*
 * add_3.
 * y = clamp(requantize(x' + x2')), x' = requantize((x - x_zero) * 2^left_shift), pixel by pixel.
 * A step or increment is 0 where the operand has one pixel or channel for all.
 */
ROWS_KERNEL static void
add_3(int8_t *y, const int8_t *x, const int8_t *x2)
{
	for (int p = 0; p < 36; p++) {
		for (int c = 0; c < 6; c++) {
			int32_t a = x[p * 6 + c];
			int32_t b = x2[p * 6 + c];
			int32_t sum = requantize(a * 1048576, 1073741824, 0) +
				requantize(b * 1048576, 1073741824, 0);

			y[p * 6 + c] = (int8_t)clamp(
				requantize(sum, 1073741824, -18), -128, 127);
		}
	}
}

/*
 * max_pool_4.
 * y = clamp(max of x), over the window's cells inside the image.  x: the kernel_h rows under the
 * window; rows outside hold the least value.
 */
ROWS_KERNEL static void
max_pool_4(int8_t *restrict y, const int8_t *const *x)
{
	for (int c = 0; c < 6; c++) {
		int32_t best = INT8_MIN;

		for (int i = 0; i < 2; i++)
			for (int j = 0; j < 3; j++)
				best = best > x[i][j * 6 + c] ? best : x[i][j * 6 + c];
		y[c] = (int8_t)clamp(best, -128, 127);
	}
}

/* ---- model ---- */

int8_t *
rows_x_input(rows_work *work)
{
	return (int8_t *)(work->mem + 24);
}

/* Work area: 456 bytes; the most that is live at once: 450. */
void
rows_run(rows_work *work, int8_t y[36])
{
	int8_t *const x_input = (int8_t *)(work->mem + 24); /* 24x6x2 */
	int8_t *const conv2d_0_y = (int8_t *)(work->mem + 0); /* 12x3x6 */
	int8_t *const conv2d_1_y = (int8_t *)(work->mem + 240); /* 12x3x6 */
	int8_t *const conv2d_2_y = (int8_t *)(work->mem + 216); /* 12x3x6 */
	int8_t *const add_3_y = (int8_t *)(work->mem + 0); /* 12x3x6 */

	/* conv2d_0: 24x6x2 -> 12x3x6; t3 */
	for (int r = 0; r < 12; r++) {
		const int8_t *x[3];

		for (int i = 0; i < 3; i++) {
			int at = 2 * r + i;

			x[i] = at >= 0 && at < 24 ? x_input + 12 * at : outside_s8_0;
		}
		conv2d_s8(conv2d_0_y + 18 * r, x, conv2d_0_w, conv2d_0_bias,
			conv2d_0_mult, conv2d_0_shift, 6, 2, 2, 0, 2, 0);
	}

	/* conv2d_1: 12x3x6 -> 12x3x6; t6 */
	for (int r = 0; r < 12; r++) {
		const int8_t *x[3];

		for (int i = 0; i < 3; i++) {
			int at = r + i - 1;

			x[i] = at >= 0 && at < 12 ? conv2d_0_y + 18 * at : outside_s8_0;
		}
		conv2d_s8(conv2d_1_y + 18 * r, x, conv2d_1_w, conv2d_1_bias,
			conv2d_0_mult, conv2d_0_shift, 3, 6, 1, 1, 6, -128);
	}

	/* conv2d_2: 12x3x6 -> 12x3x6; t9 */
	for (int r = 0; r < 12; r++) {
		conv2d_2(conv2d_2_y + 18 * r, conv2d_1_y + 18 * r, conv2d_2_w,
			conv2d_2_bias, conv2d_0_mult, conv2d_0_shift);
	}

	/* add_3: 12x3x6 and 12x3x6 -> 12x3x6, in place; t10 */
	add_3(add_3_y, conv2d_0_y, conv2d_2_y);

	/* max_pool_4: 12x3x6 -> 6x1x6; t11 */
	for (int r = 0; r < 6; r++) {
		const int8_t *x[2];

		for (int i = 0; i < 2; i++)
			x[i] = add_3_y + 18 * (2 * r + i);
		max_pool_4(y + 6 * r, x);
	}
}
