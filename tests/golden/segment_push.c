/*
 * pushed: one inference, statically planned.
 *
 * Written by mcompile 0.1 from segment_push.mir for target c.
 * Bit-exact to TensorFlow Lite Micro's reference kernels.
 * This file is yours: output of mcompile is under no licence's conditions.
 */
#include "pushed.h"

#include <stdint.h>
#include <string.h>

#ifndef PUSHED_CONST
#define PUSHED_CONST /* before each array of weights: a section, say */
#endif

/* Before each kernel: a section, say. They do better by themselves. */
#ifndef PUSHED_KERNEL
#if defined __GNUC__ && !defined __clang__
#define PUSHED_KERNEL __attribute__((noinline))
#else
#define PUSHED_KERNEL
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

static PUSHED_CONST const int8_t conv2d_0_w[54] = {
	-31, 60, -66, -88, 35, 82, -38, -71, -58, -32, -87, -53, -48, -20, 61, -21, 36,
	95, -47, -25, 15, 29, 73, -54, -30, -11, -95, -35, -90, -96, -95, 88, 30, 42, -51,
	32, 22, -37, 15, -72, 69, 67, 11, 69, 27, 40, 1, 30, -21, 77, -44, -41, -12, -49,
};

static PUSHED_CONST const int32_t conv2d_0_bias[6] = {
	352, 403, 223, 246, 151, -357,
};

static PUSHED_CONST const int32_t conv2d_0_mult[6] = {
	1374389504, 1374389504, 1374389504, 1374389504, 1374389504, 1374389504,
};

static PUSHED_CONST const int8_t conv2d_0_shift[6] = {
	-5, -5, -5, -5, -5, -5,
};

static PUSHED_CONST const int8_t conv2d_3_w[18] = {
	4, -11, -86, -66, -96, -81, 61, 90, -34, 11, -58, -85, -78, 71, -2, 30, 72, -27,
};

static PUSHED_CONST const int32_t conv2d_3_bias[3] = {
	113, -252, 209,
};

static PUSHED_CONST const int32_t conv2d_3_mult[3] = {
	1374389504, 1374389504, 1374389504,
};

static PUSHED_CONST const int8_t conv2d_3_shift[3] = {
	-5, -5, -5,
};

static PUSHED_CONST const int8_t outside_s8_0[4] = {
	0, 0, 0, 0,
};

/* ---- kernels ---- */

/*
 * feed_x0.
 * y = x; size: bytes of an element.
 */
PUSHED_KERNEL static void
feed_x0(uint8_t *restrict y, const uint8_t *restrict x)
{
	for (int i = 0; i < 4; i++)
		y[i] = x[i];
}

/*
 * conv2d_0.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  w: out_c windows of kernel_h rows of
 * kernel_w pixels of in_c.
 */
PUSHED_KERNEL static void
conv2d_0(int8_t *y, const int8_t *const *x, const int8_t *restrict w,
	const int32_t *restrict bias, const int32_t *restrict mult,
	const int8_t *restrict shift)
{
	for (int p = 0; p < 4; p++) {
		const int8_t *v = w;

		for (int o = 0; o < 6; o++) {
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
			y[p * 6 + o] = (int8_t)clamp(
				requantize(sum, mult[o], shift[o]), -128, 127);
		}
	}
}

/*
 * max_pool_1.
 * y = clamp(max of x), over the window's cells inside the image.  x: the kernel_h rows under the
 * window; rows outside hold the least value.
 */
PUSHED_KERNEL static void
max_pool_1(int8_t *restrict y, const int8_t *const *x)
{
	for (int p = 0; p < 2; p++) {
		int left = p * 2;
		int begin = left < 0 ? 0 : left;
		int end = left + 2 > 4 ? 4 : left + 2;

		for (int c = 0; c < 6; c++) {
			int32_t best = INT8_MIN;

			for (int i = 0; i < 2; i++)
				for (int j = begin; j < end; j++)
					best = best > x[i][j * 6 + c] ? best : x[i][j * 6 + c];
			y[p * 6 + c] = (int8_t)clamp(best, -128, 127);
		}
	}
}

/*
 * mean_2.
 */
PUSHED_KERNEL static void
mean_2_begin(int32_t *restrict acc)
{
	for (int c = 0; c < 6; c++)
		acc[c] = 0;
}

/*
 * mean_2.
 * acc += x - x_zero, for one row of pixels.
 */
PUSHED_KERNEL static void
mean_2_row(int32_t *restrict acc, const int8_t *restrict x)
{
	for (int p = 0; p < 2; p++)
		for (int c = 0; c < 6; c++)
			acc[c] += x[p * 6 + c];
}

/*
 * mean_2.
 * y = clamp(requantize(acc)); the multiplier divides by the number of pixels too.
 */
PUSHED_KERNEL static void
mean_2_end(int8_t *restrict y, const int32_t *restrict acc)
{
	for (int c = 0; c < 6; c++)
		y[c] = (int8_t)clamp(requantize(acc[c], 715827882, -3), -128, 127);
}

/*
 * conv2d_3.
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  w: in_c weights of each output channel.
 */
PUSHED_KERNEL static void
conv2d_3(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w,
	const int32_t *restrict bias, const int32_t *restrict mult,
	const int8_t *restrict shift)
{
	const int8_t *pixel = x;
	const int8_t *v = w;

	for (int o = 0; o < 3; o++, v += 6) {
		int32_t sum = bias[o];

		for (int c = 0; c < 6; c++)
			sum += pixel[c] * v[c];
		y[o] = (int8_t)clamp(
			requantize(sum, mult[o], shift[o]), -128, 127);
	}
}

/* ---- model ---- */

/*
 * Row by row, in step: feed_x0 to mean_2. Rows held: 3 of 24 of feed_x0, 2 of 24
 * of conv2d_0, 1 of 12 of max_pool_1; 72 bytes instead of 816.
 */
static void
segment_1(pushed_work *work, const int8_t *x_input)
{
	int8_t *const feed_x0_y = (int8_t *)(work->mem + 88); /* 24x4x1, 3 rows of it */
	int8_t *const conv2d_0_y = (int8_t *)(work->mem + 0); /* 24x4x6, 2 rows of it */
	int8_t *const max_pool_1_y = (int8_t *)(work->mem + 48); /* 12x2x6, 1 rows of it */
	int8_t *const mean_2_y = (int8_t *)(work->mem + 0); /* 1x1x6 */
	pushed_rows *const done = &work->done;
	const int row = done->pushed++;

	while (done->mean_2_r < 12 && (done->feed_x0_r <= row || row == 23)) {
		/* feed_x0: 24x4x1 -> 24x4x1; rows */
		if (done->feed_x0_r <= row) {
			feed_x0((uint8_t *)(feed_x0_y + 4 * (done->feed_x0_r % 3)),
				(const uint8_t *)x_input);
			done->feed_x0_r++;
		}

		/* conv2d_0: 24x4x1 -> 24x4x6; t3 */
		if (done->feed_x0_r > done->conv2d_0_r + 1 || done->feed_x0_r == 24) {
			const int8_t *x[3];

			for (int i = 0; i < 3; i++) {
				int at = done->conv2d_0_r + i - 1;

				x[i] = at >= 0 && at < 24 ? feed_x0_y + 4 * (at % 3) : outside_s8_0;
			}
			conv2d_0(conv2d_0_y + 24 * (done->conv2d_0_r % 2), x,
				conv2d_0_w, conv2d_0_bias, conv2d_0_mult, conv2d_0_shift);
			done->conv2d_0_r++;
		}

		/* max_pool_1: 24x4x6 -> 12x2x6; t4 */
		if (done->conv2d_0_r > 2 * done->max_pool_1_r + 1) {
			const int8_t *x[2];

			for (int i = 0; i < 2; i++)
				x[i] = conv2d_0_y + 24 * ((2 * done->max_pool_1_r + i) % 2);
			max_pool_1(max_pool_1_y, x);
			done->max_pool_1_r++;
		}

		/* mean_2: 12x2x6 -> 1x1x6; t5 */
		if (done->max_pool_1_r > done->mean_2_r) {
			if (done->mean_2_r == 0)
				mean_2_begin((int32_t *)(work->mem + 64));
			mean_2_row((int32_t *)(work->mem + 64), max_pool_1_y);
			if (done->mean_2_r == 11)
				mean_2_end(mean_2_y, (int32_t *)(work->mem + 64));
			done->mean_2_r++;
		}
	}
}

void
pushed_begin(pushed_work *work)
{
	memset(&work->done, 0, sizeof work->done);
	work->done.begun = 1;
}

int
pushed_push(pushed_work *work, const int8_t *x_input, int rows)
{
	if (!work->done.begun)
		return PUSHED_NOT_BEGUN;
	if (rows < 0)
		return PUSHED_NEGATIVE_ROWS;
	if (rows > PUSHED_X_INPUT_ROWS - work->done.pushed)
		return PUSHED_TOO_MANY_ROWS;
	for (int r = 0; r < rows; r++)
		segment_1(work, x_input + PUSHED_X_INPUT_ROW_COUNT * r);
	return 0;
}

/* Work area: 100 bytes; the most that is live at once: 96. */
int
pushed_finish(pushed_work *work, int8_t y[3])
{
	if (!work->done.begun)
		return PUSHED_NOT_BEGUN;
	if (work->done.pushed < PUSHED_X_INPUT_ROWS)
		return PUSHED_TOO_FEW_ROWS;
	work->done.begun = 0;

	int8_t *const mean_2_y = (int8_t *)(work->mem + 0); /* 1x1x6 */

	/* conv2d_3: 1x1x6 -> 1x1x3; t8 */
	conv2d_3(y, mean_2_y, conv2d_3_w, conv2d_3_bias, conv2d_3_mult,
		conv2d_3_shift);
	return 0;
}
