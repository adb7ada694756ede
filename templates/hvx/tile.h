/*
 * tile.h: tiles of up to 4 pixels, 128 outputs: the heart of convolutions.  The instruction takes
 * four inputs as a scalar, with a sign, and weights without one, which are therefore 128 more: what
 * that adds, 128 times the sum of a pixel's inputs, is in `less`, with the weights' zero point.
 */
#ifndef TILE_H
#define TILE_H

#include "vectors.h"

enum { PIXELS = 4, VECTORS = 4, OUTPUTS = VECTORS * WORDS };

typedef HVX_Vector Tile[PIXELS][VECTORS];

/* Copies count bytes, and overwrites up to 127 behind them. */
static inline __attribute__((always_inline)) void
copy_over(uint8_t *to, const int8_t *x, int count)
{
	for (int i = 0; i + VECTOR <= count; i += VECTOR)
		store_vector(to + i, load_vector(x + i));
	if (count % VECTOR > 0)
		store_vector(to + count / VECTOR * VECTOR,
			load_some(x + count / VECTOR * VECTOR, count % VECTOR));
}

/* Pixels side by side in `to`, each in eights of bytes, the last ones of which may be any. */
static inline __attribute__((always_inline)) void
lay_pixels(uint64_t *to, const int8_t *x, int step, int in_c, int pixels)
{
	const int room = (in_c + 7) / 8 * 8;

	if (step == in_c && in_c % 8 == 0) {
		copy_over((uint8_t *)to, x, pixels * in_c);
	} else {
		for (int p = 0; p < pixels; p++)
			copy_over((uint8_t *)to + p * room, x + p * step, in_c);
	}
}

/* Windows side by side likewise, `first` the first one's column; columns outside as x_zero. */
static inline __attribute__((always_inline)) void
lay_windows(uint64_t *to, const int8_t *const *x, int in_w, int in_c, int kernel_h, int kernel_w,
	int stride_w, int dilation_w, int first, int windows, int x_step, int x_zero)
{
	const int room = (kernel_h * kernel_w * in_c + 7) / 8 * 8, run = kernel_w * in_c;

	for (int p = 0; p < windows; p++) {
		const int left = first + p * stride_w;
		const int inside = left >= 0 && left + (kernel_w - 1) * dilation_w < in_w;
		uint8_t *window = (uint8_t *)to + p * room;

		for (int i = 0; i < kernel_h; i++) {
			if (inside && dilation_w == 1 && x_step == in_c) {
				copy_over(window + i * run, x[i] + left * in_c, run);
				continue;
			}
			for (int j = 0; j < kernel_w; j++) {
				const int column = left + j * dilation_w;
				uint8_t *pixel = window + i * run + j * in_c;

				if (column >= 0 && column < in_w)
					copy_over(pixel, x[i] + column * x_step, in_c);
				else
					memset(pixel, x_zero, (size_t)in_c);
			}
		}
	}
}

/* Of each pixel the sum of its count inputs, times `each`. */
static inline __attribute__((always_inline)) void
sum_pixels(int32_t *less, const uint64_t *x, int count, int pixels, int each)
{
	const int eights = (count + 7) / 8;
	const uint64_t ones = 0x0101010101010101;
	const uint64_t last = ones >> (8 * eights - count) * 8;

	for (int p = 0; p < pixels; p++) {
		const uint64_t *at = x + p * eights;
		int64_t sum = Q6_P_vrmpybsu_PP((int64_t)at[eights - 1], (int64_t)last);

		for (int i = 0; i + 1 < eights; i++)
			sum = Q6_P_vrmpybsuacc_PP(sum, (int64_t)at[i], (int64_t)ones);
		less[p] = each * ((int32_t)sum + (int32_t)(sum >> 32));
	}
}

/* Four inputs of a pixel. */
static inline __attribute__((always_inline)) void
add_pixel(HVX_Vector sum[VECTORS], uint64_t x, const HVX_Vector w[VECTORS], int vectors)
{
	sum[0] = Q6_Vw_vrmpyacc_VwVubRb(sum[0], w[0], (int)x);
	if (vectors > 1)
		sum[1] = Q6_Vw_vrmpyacc_VwVubRb(sum[1], w[1], (int)x);
	if (vectors > 2)
		sum[2] = Q6_Vw_vrmpyacc_VwVubRb(sum[2], w[2], (int)x);
	if (vectors > 3)
		sum[3] = Q6_Vw_vrmpyacc_VwVubRb(sum[3], w[3], (int)x);
}

/* The low or the high four of eight inputs of each pixel.  w: of 32 outputs, then the next. */
static inline __attribute__((always_inline)) void
add_four(Tile sum, const uint64_t x[PIXELS], int high, const uint8_t *w, int stride, int pixels,
	int vectors)
{
	const int bits = high ? 32 : 0;
	HVX_Vector v[VECTORS];

	v[0] = *(const HVX_Vector *)w;
	v[1] = *(const HVX_Vector *)(w + (vectors > 1 ? stride : 0));
	v[2] = *(const HVX_Vector *)(w + (vectors > 2 ? 2 * stride : 0));
	v[3] = *(const HVX_Vector *)(w + (vectors > 3 ? 3 * stride : 0));
	add_pixel(sum[0], x[0] >> bits, v, vectors);
	if (pixels > 1)
		add_pixel(sum[1], x[1] >> bits, v, vectors);
	if (pixels > 2)
		add_pixel(sum[2], x[2] >> bits, v, vectors);
	if (pixels > 3)
		add_pixel(sum[3], x[3] >> bits, v, vectors);
}

/* Eight inputs of each pixel. */
static inline __attribute__((always_inline)) void
load_eights(uint64_t to[PIXELS], const uint64_t *x, int eights, int pixels)
{
	to[0] = x[0];
	to[1] = x[pixels > 1 ? eights : 0];
	to[2] = x[pixels > 2 ? 2 * eights : 0];
	to[3] = x[pixels > 3 ? 3 * eights : 0];
}

/* All inputs' products. */
static inline __attribute__((always_inline)) void
add_products(Tile sum, const uint64_t *x, const uint8_t *w, int count, int pixels, int vectors)
{
	const int fours = (count + 3) / 4, eights = (count + 7) / 8, stride = VECTOR * fours;
	uint64_t v[PIXELS];

	for (int i = 0; i + 2 <= fours; i += 2) {
		load_eights(v, x + i / 2, eights, pixels);
		add_four(sum, v, 0, w + i * VECTOR, stride, pixels, vectors);
		add_four(sum, v, 1, w + (i + 1) * VECTOR, stride, pixels, vectors);
	}
	if (fours % 2 > 0) {
		load_eights(v, x + eights - 1, eights, pixels);
		add_four(sum, v, 0, w + (fours - 1) * VECTOR, stride, pixels, vectors);
	}
}

/* The bias less what is too much. */
static inline __attribute__((always_inline)) void
start_pixel(HVX_Vector sum[VECTORS], const int32_t *bias, int less, int vectors)
{
	const HVX_Vector all = Q6_V_vsplat_R(less);

	for (int j = 0; j < VECTORS; j++)
		sum[j] = j < vectors ?
			Q6_Vw_vsub_VwVw(*(const HVX_Vector *)(bias + j * WORDS), all) : all;
}

/* Of each pixel the first count of 128 outputs. */
static inline __attribute__((always_inline)) void
store_wide(int8_t *y, int y_step, Tile sum, const Ends *ends, int pixels, int count, int room)
{
	if (count == OUTPUTS || room >= (pixels - 1) * y_step + VECTOR) {
		for (int p = 0; p < pixels; p++)
			store_vector(y + p * y_step, narrow(sum[p], ends->y_min, ends->y_max));
	} else {
		for (int p = 0; p < pixels; p++)
			store_first(y + p * y_step, narrow(sum[p], ends->y_min, ends->y_max), count);
	}
}

/* Of each pixel the first count of 32 outputs: four pixels' are one vector. */
static inline __attribute__((always_inline)) void
store_narrow(int8_t *y, int y_step, Tile sum, const Ends *ends, int pixels, int count, int room)
{
	const HVX_Vector all[PIXELS] = { sum[0][0], sum[1][0], sum[2][0], sum[3][0] };
	const HVX_Vector v = narrow(all, ends->y_min, ends->y_max);

	if (pixels == PIXELS && count == WORDS && y_step == WORDS) {
		store_vector(y, v);
	} else if (room >= (pixels - 1) * y_step + VECTOR) {
		for (int p = 0; p < pixels; p++)
			store_vector(y + p * y_step, Q6_V_vror_VR(v, p * WORDS));
	} else {
		for (int p = 0; p < pixels; p++)
			store_first(y + p * y_step, Q6_V_vror_VR(v, p * WORDS), count);
	}
}

/* Outputs of some pixels, the first count of 128.  room: bytes from y on that may be overwritten. */
static inline __attribute__((always_inline)) void
tile(int8_t *y, int y_step, const uint64_t *x, const uint8_t *w, const Ends *ends, int o,
	const int32_t *less, int inputs, int pixels, int count, int room)
{
	const int vectors = (count + WORDS - 1) / WORDS, both = ends->y_min < ends->y_zero;
	Tile sum;

	for (int p = 0; p < PIXELS; p++)
		start_pixel(sum[p], ends->bias + o, less[p < pixels ? p : 0], vectors);
	add_products(sum, x, w, inputs, pixels, vectors);
	for (int j = 0; j < vectors; j++) {
		const Rescale r = load_rescale(ends->mult + o + j * WORDS, ends->right + o + j * WORDS);

		for (int p = 0; p < pixels; p++)
			sum[p][j] = rescale(sum[p][j], r, 2 * ends->y_zero, both, ends->shift_most);
	}
	if (vectors == 1)
		store_narrow(y, y_step, sum, ends, pixels, count, room);
	else
		store_wide(y, y_step, sum, ends, pixels, count, room);
}

/*
 * The same of a row of pixels.  rest: how many are left over when there are no more whole tiles; at
 * most, where a row is made in stretches.  end: where no more may be overwritten.
 */
static inline __attribute__((always_inline)) void
tiles(int8_t *y, int y_step, const uint64_t *x, const uint8_t *w, const Ends *ends, int o,
	const int32_t *less, int inputs, int pixels, int rest, int count, int room)
{
	const int whole = pixels / PIXELS * PIXELS, eights = (inputs + 7) / 8;

	for (int p = 0; p < whole; p += PIXELS)
		tile(y + p * y_step, y_step, x + p * eights, w, ends, o, less + p, inputs, PIXELS, count,
			room - p * y_step);
	if (rest > 0 && whole < pixels)
		tile(y + whole * y_step, y_step, x + whole * eights, w, ends, o, less + whole, inputs,
			rest, count, room - whole * y_step);
}

/*
 * All outputs of some pixels, of which `left` remain in the row.  Where pixels have no gap between
 * them a vector's last bytes may go to pixels after it, which are overwritten later: so the last,
 * broken vector of outputs comes first.
 */
static inline __attribute__((always_inline)) void
outputs(int8_t *y, int y_step, const uint64_t *x, const uint8_t *w, const Ends *ends,
	const int32_t *less, int inputs, int out_c, int pixels, int rest, int left)
{
	const int last = out_c / OUTPUTS * OUTPUTS, fours = (inputs + 3) / 4;
	const int room = y_step == out_c ? left * out_c : 0;

	if (last < out_c)
		tiles(y + last, y_step, x, w + last * 4 * fours, ends, last, less, inputs, pixels, rest,
			out_c - last, room - last);
	for (int o = 0; o < last; o += OUTPUTS)
		tiles(y + o, y_step, x, w + o * 4 * fours, ends, o, less, inputs, pixels, rest, OUTPUTS,
			room - o);
}

#endif
