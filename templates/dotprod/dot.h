/* dot.h: tiles of four pixels, 16 outputs, by dot products of fours: the heart of convolutions. */
#ifndef DOT_NEON_H
#define DOT_NEON_H

#include "../common/fixed4.h"
#include "../common/lay4.h"

/*
 * Of a pixel four vectors of sums.  What follows names each in a line of its own, as compilers leave
 * in memory what is reached in loops; pixels and vectors (of four outputs) are known when inlined.
 */
typedef int32x4_t SumsDot[4];

/* Keeps compilers from loading so far ahead that sums leave their registers. */
static inline __attribute__((always_inline)) void
load_later_dot(void)
{
	__asm__ volatile("" ::: "memory");
}

/* sum += x * w, of a four of x by its number. */
static inline __attribute__((always_inline)) int32x4_t
dot(int32x4_t sum, int8x16_t w, int8x16_t x, int lane)
{
	return lane == 0 ? vdotq_laneq_s32(sum, w, x, 0) : lane == 1 ? vdotq_laneq_s32(sum, w, x, 1) :
		lane == 2 ? vdotq_laneq_s32(sum, w, x, 2) : vdotq_laneq_s32(sum, w, x, 3);
}

static inline __attribute__((always_inline)) void
add_pixel_dot(SumsDot sum, const int8x16_t w[4], int8x16_t x, int lane, int vectors)
{
	sum[0] = dot(sum[0], w[0], x, lane);
	if (vectors > 1)
		sum[1] = dot(sum[1], w[1], x, lane);
	if (vectors > 2)
		sum[2] = dot(sum[2], w[2], x, lane);
	if (vectors > 3)
		sum[3] = dot(sum[3], w[3], x, lane);
}

/* The products of a four of inputs of each pixel. */
static inline __attribute__((always_inline)) void
add_four_dot(SumsDot sum[4], const int8_t *w, const int8x16_t x[4], int lane, int pixels,
	int vectors)
{
	int8x16_t v[4];

	v[0] = v[1] = v[2] = v[3] = vld1q_s8(w);
	if (vectors > 1)
		v[1] = vld1q_s8(w + 16);
	if (vectors > 2)
		v[2] = vld1q_s8(w + 32);
	if (vectors > 3)
		v[3] = vld1q_s8(w + 48);
	add_pixel_dot(sum[0], v, x[0], lane, vectors);
	if (pixels > 1)
		add_pixel_dot(sum[1], v, x[1], lane, vectors);
	if (pixels > 2)
		add_pixel_dot(sum[2], v, x[2], lane, vectors);
	if (pixels > 3)
		add_pixel_dot(sum[3], v, x[3], lane, vectors);
	load_later_dot();
}

/* Sixteen inputs of a pixel, or four of them. */
static inline __attribute__((always_inline)) int8x16_t
load_inputs(const int8_t *x, int count)
{
	int32_t four;

	if (count == 16)
		return vld1q_s8(x);
	memcpy(&four, x, sizeof four);
	return vreinterpretq_s8_s32(vdupq_n_s32(four));
}

static inline __attribute__((always_inline)) void
load_pixels_dot(int8x16_t to[4], const int8_t *x, int step, int pixels, int count)
{
	to[0] = to[1] = to[2] = to[3] = load_inputs(x, count);
	if (pixels > 1)
		to[1] = load_inputs(x + step, count);
	if (pixels > 2)
		to[2] = load_inputs(x + 2 * step, count);
	if (pixels > 3)
		to[3] = load_inputs(x + 3 * step, count);
}

/* The products of all inputs: four fours at a time, then those left. */
static inline __attribute__((always_inline)) void
add_fours_dot(SumsDot sum[4], const int8_t *x, int step, const int8_t *w, int fours, int pixels,
	int vectors)
{
	int8x16_t v[4];

	for (int k = 0; k + 4 <= fours; k += 4) {
		load_pixels_dot(v, x + 4 * k, step, pixels, 16);
		add_four_dot(sum, w + 64 * k, v, 0, pixels, vectors);
		add_four_dot(sum, w + 64 * k + 64, v, 1, pixels, vectors);
		add_four_dot(sum, w + 64 * k + 128, v, 2, pixels, vectors);
		add_four_dot(sum, w + 64 * k + 192, v, 3, pixels, vectors);
	}
	for (int k = fours / 4 * 4; k < fours; k++) {
		load_pixels_dot(v, x + 4 * k, step, pixels, 4);
		add_four_dot(sum, w + 64 * k, v, 0, pixels, vectors);
	}
}

static inline __attribute__((always_inline)) void
start_pixel_dot(SumsDot sum, const int32_t *bias, const int32_t *zero, int vectors, int w_zero)
{
	const int32x4_t more = w_zero ? vdupq_n_s32(*zero) : vdupq_n_s32(0);
	const int32x4_t first = vld1q_s32(bias), second = vectors > 1 ? vld1q_s32(bias + 4) : first;
	const int32x4_t third = vectors > 2 ? vld1q_s32(bias + 8) : first;
	const int32x4_t fourth = vectors > 3 ? vld1q_s32(bias + 12) : first;

	sum[0] = w_zero ? vaddq_s32(first, more) : first;
	sum[1] = w_zero ? vaddq_s32(second, more) : second;
	sum[2] = w_zero ? vaddq_s32(third, more) : third;
	sum[3] = w_zero ? vaddq_s32(fourth, more) : fourth;
}

/* Four outputs of each pixel. */
static inline __attribute__((always_inline)) void
rescale_vector_dot(SumsDot sum[4], int j, const Rescales4 *all, int channel, int pixels)
{
	const Rescale4 r = rescale4_at(all, channel + 4 * j);

	sum[0][j] = rescale4(sum[0][j], &r, all);
	if (pixels > 1)
		sum[1][j] = rescale4(sum[1][j], &r, all);
	if (pixels > 2)
		sum[2][j] = rescale4(sum[2][j], &r, all);
	if (pixels > 3)
		sum[3][j] = rescale4(sum[3][j], &r, all);
}

/* Up to four pixels, count outputs of each, up to 16, from `channel` on. */
static inline __attribute__((always_inline)) void
tile_dot(int8_t *y, int y_step, const int8_t *x, int step, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int channel, int fours, int pixels, int count, int w_zero)
{
	const int vectors = (count + 3) / 4;
	const int32_t *bias = all->bias + channel;
	SumsDot sum[4];

	start_pixel_dot(sum[0], bias, zeros, vectors, w_zero);
	start_pixel_dot(sum[1], bias, zeros + (pixels > 1), vectors, w_zero);
	start_pixel_dot(sum[2], bias, zeros + (pixels > 2 ? 2 : 0), vectors, w_zero);
	start_pixel_dot(sum[3], bias, zeros + (pixels > 3 ? 3 : 0), vectors, w_zero);
	add_fours_dot(sum, x, step, w, fours, pixels, vectors);
	rescale_vector_dot(sum, 0, all, channel, pixels);
	if (vectors > 1)
		rescale_vector_dot(sum, 1, all, channel, pixels);
	if (vectors > 2)
		rescale_vector_dot(sum, 2, all, channel, pixels);
	if (vectors > 3)
		rescale_vector_dot(sum, 3, all, channel, pixels);
	store16(y, narrow16(sum[0], all), count);
	if (pixels > 1)
		store16(y + y_step, narrow16(sum[1], all), count);
	if (pixels > 2)
		store16(y + 2 * y_step, narrow16(sum[2], all), count);
	if (pixels > 3)
		store16(y + 3 * y_step, narrow16(sum[3], all), count);
}

/* The same of a row of pixels.  rest: how many are left over where there are no whole tiles. */
static inline __attribute__((always_inline)) void
tiles_dot(int8_t *y, int y_step, const int8_t *x, int step, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int channel, int fours, int pixels, int rest, int count, int w_zero)
{
	const int whole = pixels / 4 * 4;

	for (int p = 0; p < whole; p += 4)
		tile_dot(y + p * y_step, y_step, x + p * step, step, w, all, zeros + p, channel, fours, 4,
			count, w_zero);
	if (rest > 0 && whole < pixels)
		tile_dot(y + whole * y_step, y_step, x + whole * step, step, w, all, zeros + whole,
			channel, fours, rest, count, w_zero);
}

/*
 * All outputs of a row of pixels, sixteen after sixteen.  x: a pixel's values in `fours` fours, step
 * apart; w: of 16 outputs after 16 their weights in fours of inputs.
 */
static inline __attribute__((always_inline)) void
outputs_dot(int8_t *y, int y_step, const int8_t *x, int step, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int fours, int out_c, int pixels, int rest, int w_zero)
{
	const int last = out_c / 16 * 16;

	for (int o = 0; o < last; o += 16)
		tiles_dot(y + o, y_step, x, step, w + o * 4 * fours, all, zeros, o, fours, pixels, rest,
			16, w_zero);
	if (last < out_c)
		tiles_dot(y + last, y_step, x, step, w + last * 4 * fours, all, zeros, last, fours,
			pixels, rest, out_c - last, w_zero);
}

#endif
