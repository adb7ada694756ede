/* depthwise_s8.c: convolution of int8, each channel by itself, 128 channels at a time. */
#include <assert.h>

#include "vectors.h"

/*
 * One row's values, at least count of them, each as often as times says, of which 0 is always;
 * beyond the row's ends x_zero.
 */
static inline __attribute__((always_inline)) HVX_Vector
load_column(const int8_t *x, int column, int in_w, int x_step, int x_zero, int times, int count)
{
	if (column < 0 || column >= in_w)
		return Q6_Vb_vsplat_R(x_zero);
	if (times == 0)
		return Q6_Vb_vsplat_R(x[column * x_step]);
	HVX_Vector v = load_some(x + column * x_step, (count + times - 1) / times);
	for (int i = 1; i < times; i *= 2)
		v = Q6_V_lo_W(Q6_W_vshuff_VVR(v, v, -1));
	return v;
}

/* Of each channel the bytes of four rows side by side: 32 channels in each vector, in order. */
static inline __attribute__((always_inline)) void
side_by_side(HVX_Vector to[4], const HVX_Vector x[4])
{
	const HVX_VectorPair upper = Q6_W_vshuff_VVR(x[1], x[0], -1);
	const HVX_VectorPair lower = Q6_W_vshuff_VVR(x[3], x[2], -1);
	const HVX_VectorPair first = Q6_W_vshuff_VVR(Q6_V_lo_W(lower), Q6_V_lo_W(upper), -2);
	const HVX_VectorPair second = Q6_W_vshuff_VVR(Q6_V_hi_W(lower), Q6_V_hi_W(upper), -2);

	to[0] = Q6_V_lo_W(first);
	to[1] = Q6_V_hi_W(first);
	to[2] = Q6_V_lo_W(second);
	to[3] = Q6_V_hi_W(second);
}

/*
 * A column of up to four rows from row i on.  w: four bytes of each channel, those of 32 channels
 * `block` bytes from those of the next; parts of a weight `part` bytes from each other.
 */
static inline __attribute__((always_inline)) void
add_column(HVX_Vector sum[4], const int8_t *const *x, int c, const int8_t *w, int rows, int column,
	int in_w, int x_step, int x_zero, int times, int w_parts, int part, int block, int count)
{
	HVX_Vector row[4], v[4];

	for (int k = 0; k < 4; k++)
		row[k] = k < rows ? load_column(x[k] + (times > 0 ? c / times : 0), column, in_w, x_step,
			x_zero, times, count) : Q6_V_vzero();
	side_by_side(v, row);
	for (int k = 0; k < w_parts; k++)
		for (int j = 0; j < 4; j++)
			if (j * WORDS < count)
				sum[j] = Q6_Vw_vrmpyacc_VwVbVb(sum[j], v[j],
					*(const HVX_Vector *)(w + k * part + j * block));
}

/* All rows and columns under one window, of channels from c on. */
static inline __attribute__((always_inline)) void
add_window(HVX_Vector sum[4], const int8_t *const *x, int c, const int8_t *w, int left, int in_w,
	int kernel_h, int kernel_w, int dilation_w, int x_step, int x_zero, int times, int w_parts,
	int count)
{
	const int part = (kernel_h + 3) / 4 * kernel_w * VECTOR, block = w_parts * part;

	for (int i = 0; i < kernel_h; i += 4)
		for (int j = 0; j < kernel_w; j++)
			add_column(sum, x + i, c, w + (i / 4 * kernel_w + j) * VECTOR, kernel_h - i,
				left + j * dilation_w, in_w, x_step, x_zero, times, w_parts, part, block,
				count);
}

/* A row of count channels from channel c on.  w: theirs.  room: as in store_some(). */
static inline __attribute__((always_inline)) void
strip(int8_t *y, const int8_t *const *x, const int8_t *w, const Ends *ends, int c, int count,
	int in_w, int out_w, int kernel_h, int kernel_w, int stride_w, int dilation_w, int pad_left,
	int x_step, int y_step, int x_zero, int times, int w_parts, int room)
{
	const int both = ends->y_min < ends->y_zero;

	for (int p = 0; p < out_w; p++) {
		HVX_Vector sum[4];

		for (int j = 0; j < 4; j++)
			sum[j] = j * WORDS < count ? *(const HVX_Vector *)(ends->bias + c + j * WORDS) :
				Q6_V_vzero();
		add_window(sum, x, c, w, p * stride_w - pad_left, in_w, kernel_h, kernel_w, dilation_w,
			x_step, x_zero, times, w_parts, count);
		for (int j = 0; j < 4; j++)
			if (j * WORDS < count)
				sum[j] = rescale(sum[j], load_rescale(ends->mult + c + j * WORDS,
					ends->right + c + j * WORDS), 2 * ends->y_zero, both,
					ends->shift_most);
		store_some(y + p * y_step, narrow(sum, ends->y_min, ends->y_max), count,
			room - p * y_step);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window; columns outside read as x_zero, which is in
 * bias_32.  Weights, less their zero point, are in blocks of 32 channels, there column by column
 * of four rows after four; those that leave 8 bits in w_parts parts.  The last, broken vector of
 * channels comes first, as its store may reach into the next pixel's.
 * cost: out_w * ((out_c + 127) / 128) * ((kernel_h + 3) / 4 * kernel_w * (10 + 4 * w_parts) + 24) + 40
 */
void
depthwise_s8_hvx(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_columns_32,
	const int32_t *restrict bias_32, const int32_t *restrict mult_32,
	const int32_t *restrict right_32, int in_w, int in_c, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int pad_left, int multiplier, int x_step, int y_step,
	int x_zero, int w_parts, int shift_most, int y_zero, int y_min, int y_max)
{
	assert(in_c == 1 || multiplier == 1 || multiplier == 2 || multiplier == 4 || multiplier == 8);

	const int times = in_c == 1 && multiplier > 1 ? 0 : multiplier; /* as in load_column() */
	const int last = out_c / VECTOR * VECTOR, room = y_step == out_c ? out_w * out_c : 0;
	const int each = w_parts * ((kernel_h + 3) / 4) * kernel_w * 4; /* bytes of a channel */
	const Ends ends = { bias_32, mult_32, right_32, shift_most, y_zero, y_min, y_max };

	if (last < out_c)
		strip(y + last, x, w_columns_32 + last * each, &ends, last, out_c - last, in_w, out_w,
			kernel_h, kernel_w, stride_w, dilation_w, pad_left, x_step, y_step, x_zero, times,
			w_parts, room - last);
	for (int c = 0; c < last; c += VECTOR)
		strip(y + c, x, w_columns_32 + c * each, &ends, c, VECTOR, in_w, out_w, kernel_h,
			kernel_w, stride_w, dilation_w, pad_left, x_step, y_step, x_zero, times, w_parts,
			room - c);
}
