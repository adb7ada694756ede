/* tile.h: tiles of two pixels, 16 outputs, with what every NEON has: the heart of convolutions. */
#ifndef TILE_NEON_H
#define TILE_NEON_H

#include "../common/fixed4.h"
#include "../common/lay4.h"

/*
 * Of a pixel eight vectors of sums, of two outputs each: two of the first two of four inputs, two of
 * the others.  What follows names each in a line of its own, as compilers leave in memory what is
 * reached in loops; pixels and vectors (of four outputs) are known when inlined.
 */
typedef int32x4_t Sums[8];

/* Four values, four times. */
static inline __attribute__((always_inline)) int8x16_t
four_of(const int8_t *x)
{
	int32_t four;

	memcpy(&four, x, sizeof four);
	return vreinterpretq_s8_s32(vdupq_n_s32(four));
}

/* Of four outputs the products of four inputs. */
static inline __attribute__((always_inline)) void
add_four(int32x4_t sum[2], int8x16_t x, int8x16_t w)
{
	sum[0] = vpadalq_s16(sum[0], vmull_s8(vget_low_s8(x), vget_low_s8(w)));
	sum[1] = vpadalq_s16(sum[1], vmull_high_s8(x, w));
}

/* Of two fours of inputs, added in 16 bits. */
static inline __attribute__((always_inline)) void
add_two_fours(int32x4_t sum[2], int8x16_t x, int8x16_t x2, int8x16_t w, int8x16_t w2)
{
	sum[0] = vpadalq_s16(sum[0], vmlal_s8(vmull_s8(vget_low_s8(x), vget_low_s8(w)),
		vget_low_s8(x2), vget_low_s8(w2)));
	sum[1] = vpadalq_s16(sum[1], vmlal_high_s8(vmull_high_s8(x, w), x2, w2));
}

/* Keeps compilers from loading so far ahead that sums leave their registers. */
static inline __attribute__((always_inline)) void
load_later(void)
{
	__asm__ volatile("" ::: "memory");
}

/* Of four outputs, of each pixel, from one or two fours of inputs and their weights. */
static inline __attribute__((always_inline)) void
add_vector(Sums sum[2], int j, int8x16_t x[2][2], int8x16_t w, int8x16_t w2, int fours, int pixels,
	int twos_safe)
{
	if (fours > 1 && twos_safe) {
		add_two_fours(sum[0] + 2 * j, x[0][0], x[0][1], w, w2);
		if (pixels > 1)
			add_two_fours(sum[1] + 2 * j, x[1][0], x[1][1], w, w2);
	} else {
		add_four(sum[0] + 2 * j, x[0][0], w);
		if (pixels > 1)
			add_four(sum[1] + 2 * j, x[1][0], w);
	}
	if (fours > 1 && !twos_safe) {
		load_later();
		add_four(sum[0] + 2 * j, x[0][1], w2);
		if (pixels > 1)
			add_four(sum[1] + 2 * j, x[1][1], w2);
	}
}

/* Of eight outputs; w: of the second four of inputs 64 on. */
static inline __attribute__((always_inline)) void
add_vectors(Sums sum[2], int j, int8x16_t x[2][2], const int8_t *w, int fours, int pixels,
	int vectors, int twos_safe)
{
	const int8x16_t a = vld1q_s8(w + 16 * j), b = vectors > j + 1 ? vld1q_s8(w + 16 * j + 16) : a;
	int8x16_t a2 = a, b2 = b;

	if (fours > 1) {
		a2 = vld1q_s8(w + 64 + 16 * j);
		b2 = vectors > j + 1 ? vld1q_s8(w + 80 + 16 * j) : a2;
	}
	add_vector(sum, j, x, a, a2, fours, pixels, twos_safe);
	if (vectors > j + 1)
		add_vector(sum, j + 1, x, b, b2, fours, pixels, twos_safe);
	load_later();
}

static inline __attribute__((always_inline)) void
add_all(Sums sum[2], int8x16_t x[2][2], const int8_t *w, int fours, int pixels, int vectors,
	int twos_safe)
{
	add_vectors(sum, 0, x, w, fours, pixels, vectors, twos_safe);
	if (vectors > 2)
		add_vectors(sum, 2, x, w, fours, pixels, vectors, twos_safe);
}

/* Lanes `lane` and the next one of 16 inputs of each pixel. */
static inline __attribute__((always_inline)) void
spread(int8x16_t to[2][2], const int32x4_t x[2], int lane, int pixels)
{
	const int32x4_t other = pixels > 1 ? x[1] : x[0];

	to[0][0] = vreinterpretq_s8_s32(lane ? vdupq_laneq_s32(x[0], 2) : vdupq_laneq_s32(x[0], 0));
	to[0][1] = vreinterpretq_s8_s32(lane ? vdupq_laneq_s32(x[0], 3) : vdupq_laneq_s32(x[0], 1));
	to[1][0] = vreinterpretq_s8_s32(lane ? vdupq_laneq_s32(other, 2) : vdupq_laneq_s32(other, 0));
	to[1][1] = vreinterpretq_s8_s32(lane ? vdupq_laneq_s32(other, 3) : vdupq_laneq_s32(other, 1));
}

/* The products of all inputs: four fours at a time, then those left. */
static inline __attribute__((always_inline)) void
add_fours(Sums sum[2], const int8_t *x, int step, const int8_t *w, int fours, int pixels,
	int vectors, int twos_safe)
{
	const int whole = fours / 4 * 4, rest = fours - whole;
	int8x16_t v[2][2];

	for (int k = 0; k < whole; k += 4) {
		int32x4_t some[2] = { vreinterpretq_s32_s8(vld1q_s8(x + 4 * k)) };

		if (pixels > 1)
			some[1] = vreinterpretq_s32_s8(vld1q_s8(x + step + 4 * k));
		spread(v, some, 0, pixels);
		add_all(sum, v, w + 64 * k, 2, pixels, vectors, twos_safe);
		spread(v, some, 2, pixels);
		add_all(sum, v, w + 64 * k + 128, 2, pixels, vectors, twos_safe);
	}
	for (int k = whole; k < fours; k += 2) {
		const int two = rest == 2 || k + 1 < fours;
		const int8_t *other = x + (pixels > 1 ? step : 0);

		v[0][0] = four_of(x + 4 * k);
		v[1][0] = four_of(other + 4 * k);
		if (two) {
			v[0][1] = four_of(x + 4 * k + 4);
			v[1][1] = four_of(other + 4 * k + 4);
			add_all(sum, v, w + 64 * k, 2, pixels, vectors, twos_safe);
		} else {
			add_all(sum, v, w + 64 * k, 1, pixels, vectors, twos_safe);
		}
	}
}

/* Four outputs of each pixel rescaled. */
static inline __attribute__((always_inline)) void
rescale_vector(int32x4_t y[2][4], int j, Sums sum[2], const Rescales4 *all, int channel,
	const int32_t *zeros, int pixels, int w_zero)
{
	const int32x4_t bias = vld1q_s32(all->bias + channel + 4 * j);
	const Rescale4 r = rescale4_at(all, channel + 4 * j);

	y[0][j] = vaddq_s32(vpaddq_s32(sum[0][2 * j], sum[0][2 * j + 1]), bias);
	if (w_zero)
		y[0][j] = vaddq_s32(y[0][j], vdupq_n_s32(zeros[0]));
	y[0][j] = rescale4(y[0][j], &r, all);
	if (pixels > 1) {
		y[1][j] = vaddq_s32(vpaddq_s32(sum[1][2 * j], sum[1][2 * j + 1]), bias);
		if (w_zero)
			y[1][j] = vaddq_s32(y[1][j], vdupq_n_s32(zeros[1]));
		y[1][j] = rescale4(y[1][j], &r, all);
	}
}

/* One or two pixels, count outputs of each, up to 16, from `channel` on. */
static inline __attribute__((always_inline)) void
tile(int8_t *y, int y_step, const int8_t *x, int step, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int channel, int fours, int pixels, int count, int w_zero, int twos_safe)
{
	const int vectors = (count + 3) / 4;
	const int32x4_t zero = vdupq_n_s32(0);
	Sums sum[2] = { { zero, zero, zero, zero, zero, zero, zero, zero },
		{ zero, zero, zero, zero, zero, zero, zero, zero } };
	int32x4_t out[2][4] = { { zero, zero, zero, zero }, { zero, zero, zero, zero } };

	add_fours(sum, x, step, w, fours, pixels, vectors, twos_safe);
	rescale_vector(out, 0, sum, all, channel, zeros, pixels, w_zero);
	if (vectors > 1)
		rescale_vector(out, 1, sum, all, channel, zeros, pixels, w_zero);
	if (vectors > 2)
		rescale_vector(out, 2, sum, all, channel, zeros, pixels, w_zero);
	if (vectors > 3)
		rescale_vector(out, 3, sum, all, channel, zeros, pixels, w_zero);
	store16(y, narrow16(out[0], all), count);
	if (pixels > 1)
		store16(y + y_step, narrow16(out[1], all), count);
}

/* The same of a row of pixels.  odd: whether one is left over, where it may be. */
static inline __attribute__((always_inline)) void
tiles(int8_t *y, int y_step, const int8_t *x, int step, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int channel, int fours, int pixels, int odd, int count, int w_zero,
	int twos_safe)
{
	for (int p = 0; p + 2 <= pixels; p += 2)
		tile(y + p * y_step, y_step, x + p * step, step, w, all, zeros + p, channel, fours, 2,
			count, w_zero, twos_safe);
	if (odd && pixels % 2)
		tile(y + (pixels - 1) * y_step, y_step, x + (pixels - 1) * step, step, w, all,
			zeros + pixels - 1, channel, fours, 1, count, w_zero, twos_safe);
}

/*
 * All outputs of a row of pixels, sixteen after sixteen.  x: a pixel's values in `fours` fours, step
 * apart; w: of 16 outputs after 16 their weights in fours of inputs.
 */
static inline __attribute__((always_inline)) void
outputs(int8_t *y, int y_step, const int8_t *x, int step, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int fours, int out_c, int pixels, int odd, int w_zero, int twos_safe)
{
	const int last = out_c / 16 * 16;

	for (int o = 0; o < last; o += 16)
		tiles(y + o, y_step, x, step, w + o * 4 * fours, all, zeros, o, fours, pixels, odd, 16,
			w_zero, twos_safe);
	if (last < out_c)
		tiles(y + last, y_step, x, step, w + last * 4 * fours, all, zeros, last, fours, pixels,
			odd, out_c - last, w_zero, twos_safe);
}

#endif
