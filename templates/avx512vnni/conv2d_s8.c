/* conv2d_s8.c: any convolution of int8: tiles of pixels whose bytes go to all outputs at once. */
#include "dot512.h"
#include "pixels512.h"

/* Of each pixel of a tile up to 4 vectors of 16 outputs: what registers hold.  Loops over them have
 * as many turns as there may be, as clang 14 leaves in memory what it unrolls later. */
enum { WINDOW_SUMS = 24, WINDOW_VECTORS = 4, WINDOW_PIXELS = 16 };
typedef __m512i WindowSums[WINDOW_SUMS];

/* How many pixels a tile has, of some vectors each: as many as leave few over. */
static inline __attribute__((always_inline)) int
tile_pixels_512(int out_w, int vectors)
{
	if (vectors == 1)
		return out_w % 16 == 0 ? 16 : out_w % 12 == 0 ? 12 : out_w <= 8 ? 8 : out_w <= 24 ? 12 : 16;
	if (vectors == 2)
		return out_w % 12 == 0 ? 12 : 8;
	return out_w % 6 == 0 ? 6 : out_w % 5 == 0 ? 5 : out_w % 4 == 0 || out_w < 11 ? 4 : 6;
}

/* A row of `columns` pixels, the first one `left` before x's; columns outside are x_zero. */
static inline __attribute__((always_inline)) void
lay_row_512(uint8_t *to, const int8_t *x, int in_w, int in_c, int columns, int left, int x_step,
	int x_zero)
{
	const int inside = columns - left < in_w ? columns - left : in_w;
	uint8_t *first = to + left * in_c;

	fill_bytes_512(to, x_zero ^ INT8_MIN, left * in_c);
	flip_pixels_512(first, x, x_step, in_c, inside);
	fill_bytes_512(first + inside * in_c, x_zero ^ INT8_MIN, (columns - left - inside) * in_c);
}

/* Four vectors as stored, or three. */
static inline __attribute__((always_inline)) __m512i
narrow_group_512(const __m512i *sum, int vectors, int form, int y_min, int y_max)
{
	const __m512i four[4] = { sum[0], sum[1], sum[2], sum[vectors == 3 ? 0 : 3] };

	return narrow64(four, form, y_min, y_max);
}

/* The products of `quads` times four bytes under the windows of a tile's pixels. */
static inline __attribute__((always_inline)) void
add_quads_512(WindowSums sum, const uint8_t *v, const int32_t *at, const int8_t *w, int quads, int plane,
	int hop, int pixels, int vectors)
{
	for (int k = 0; k < quads; k++) {
		const uint8_t *from = v + at[2 * k] * plane + at[2 * k + 1];
		__m512i weight[4];

#pragma GCC unroll 4
		for (int j = 0; j < WINDOW_VECTORS; j++)
			if (j < vectors)
				weight[j] = _mm512_loadu_si512(w + (j * quads + k) * 64);
#pragma GCC unroll 24
		for (int i = 0; i < WINDOW_SUMS; i++)
			if (i < pixels * vectors)
				sum[i] = dot(sum[i], four_of_512(from + i / vectors * hop),
					weight[i % vectors]);
	}
}

/*
 * Up to 64 outputs of a row's pixels, a tile after the other; the last one begins where it ends
 * with the row, if the row is as long.
 */
static inline __attribute__((always_inline)) void
windows_512(int8_t *restrict y, const uint8_t *restrict v, const int32_t *restrict at,
	const int8_t *restrict w, const int32_t *restrict bias, const Rescales512 *all, int channel,
	int count, int out_w, int quads, int plane, int hop, int y_step, int form,
	int shift_most, int y_zero, int y_min, int y_max)
{
	const int vectors = (count + 15) / 16, pixels = tile_pixels_512(out_w, vectors);
	const int group = 4 / vectors; /* pixels in four vectors */
	const int last = out_w > pixels ? out_w - pixels : 0;

	for (int start = 0; start < out_w; start += pixels) {
		const int p = start < last ? start : last;
		Rescale512 scales[4];
		WindowSums sum;

#pragma GCC unroll 24
		for (int k = 0; k < WINDOW_SUMS; k++)
			if (k < pixels * vectors)
				sum[k] = _mm512_loadu_si512(bias + k % vectors * 16);
		add_quads_512(sum, v + p * hop, at, w, quads, plane, hop, pixels, vectors);
#pragma GCC unroll 4
		for (int j = 0; j < WINDOW_VECTORS; j++)
			if (j < vectors)
				scales[j] = rescale16_at(all, channel + 16 * j, form, shift_most);
#pragma GCC unroll 24
		for (int k = 0; k < WINDOW_SUMS; k++)
			if (k < pixels * vectors)
				sum[k] = rescale16(sum[k], &scales[k % vectors], form, shift_most, y_zero);
#pragma GCC unroll 16
		for (int k = 0; k < WINDOW_PIXELS; k++)
			if (k < pixels && k % group == 0 && p + k < out_w)
				store_pixels_512(y + (p + k) * y_step, y_step,
					narrow_group_512(sum + k * vectors, vectors, form, y_min, y_max), group, count,
					(out_w - p - k) * count);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window, which go to scratch with their outside.  The
 * left side of the dot product has no sign, so x counts from -128, and start_u8 knows it.  Weights
 * are in blocks of 16 outputs of `quads` times four, less their zero point; quad_at: the row and
 * the byte in it, from the window's corner on, of each four.  What does not fit a byte comes again.
 * cost: (out_w + 3) * ((out_c + 15) / 16 * (quads + 8) / 2) + kernel_h * ((in_w + 3) * in_c / 40 + 10)
 * scratch: kernel_h * ((((out_w < 16 ? 15 : out_w - 1) * stride_w + (kernel_w - 1) * dilation_w + 1) * in_c + 127) / 64 * 64)
 */
void
conv2d_s8_avx512vnni(int8_t *restrict y, const int8_t *const *x, const int8_t *restrict w_quads,
	const int32_t *restrict quad_at, const int32_t *restrict start_u8,
	const int32_t *restrict mult_16, const int8_t *restrict shift_16,
	const float *restrict scale_16, const float *restrict offset_16,
	const uint8_t *restrict fine_16, const float *restrict rest_16,
	uint8_t *restrict scratch, int in_w, int in_c, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int pad_left, int x_step, int y_step,
	int x_zero, int quads, int form, int fine, int shift_most, int y_zero, int y_min,
	int y_max)
{
	const int beyond = (kernel_w - 1) * dilation_w + 1; /* columns of a window */
	const int columns = (out_w - 1) * stride_w + beyond;
	const int widest = (out_w < 16 ? 15 : out_w - 1) * stride_w + beyond; /* of whole tiles */
	const int plane = (widest * in_c + 127) / 64 * 64, hop = stride_w * in_c;
	const int rest = out_c % 64, last = out_c - rest;
	const Rescales512 all = { form == 0 ? mult_16 : NULL, form == 0 ? shift_16 : NULL,
		form > 0 ? scale_16 : NULL, form > 0 ? offset_16 : NULL, fine ? fine_16 : NULL,
		fine ? rest_16 : NULL };

	for (int i = 0; i < kernel_h; i++)
		lay_row_512(scratch + i * plane, x[i], in_w, in_c, columns,
			pad_left < columns ? pad_left : columns, x_step, x_zero);
	for (int o = 0; o + 64 <= out_c; o += 64)
		windows_512(y + o, scratch, quad_at, w_quads + 4 * o * quads, start_u8 + o, &all, o, 64, out_w,
			quads, plane, hop, y_step, form, shift_most, y_zero, y_min, y_max);
	if (rest > 0)
		windows_512(y + last, scratch, quad_at, w_quads + 4 * last * quads, start_u8 + last, &all, last,
			rest, out_w, quads, plane, hop, y_step, form, shift_most, y_zero, y_min, y_max);
}
