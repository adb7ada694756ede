/* mm.h: tiles of eight pixels, 8 outputs, by products of matrices: the heart of convolutions. */
#ifndef MM_H
#define MM_H

#include "../common/fixed4.h"
#include "../common/lay4.h"

/*
 * Sums of two pixels and eight outputs, two and two in a vector: those of the first pixel, then
 * those of the second.  What follows names each in a line of its own, as compilers leave in memory
 * what is reached in loops; pairs of pixels are known when inlined.
 */
typedef int32x4_t SumsMm[4];

/* Keeps compilers from loading so far ahead that sums leave their registers. */
static inline __attribute__((always_inline)) void
load_later_mm(void)
{
	__asm__ volatile("" ::: "memory");
}

/* Two eights of bytes, of a and of b: the first ones, or the second ones. */
static inline __attribute__((always_inline)) int8x16_t
eights(int8x16_t a, int8x16_t b, int second)
{
	const int64x2_t v = vreinterpretq_s64_s8(a), w = vreinterpretq_s64_s8(b);

	return vreinterpretq_s8_s64(second ? vtrn2q_s64(v, w) : vtrn1q_s64(v, w));
}

enum { EIGHTS = 64 }; /* bytes: eight inputs of a tile's pixels, pair after pair */

/* Of two pixels, x and x2, eight bytes of each EIGHTS after eight; zeros up to a multiple of eight. */
static inline __attribute__((always_inline)) void
lay_pair(int8_t *to, const int8_t *x, const int8_t *x2, int count)
{
	const int some = count / 8 * 8, rest = count - some;

	for (int i = 0; i + 16 <= count; i += 16) {
		const int8x16_t a = vld1q_s8(x + i), b = vld1q_s8(x2 + i);

		vst1q_s8(to + i / 8 * EIGHTS, eights(a, b, 0));
		vst1q_s8(to + i / 8 * EIGHTS + EIGHTS, eights(a, b, 1));
	}
	if (count % 16 >= 8) {
		memcpy(to + some / 8 * EIGHTS - EIGHTS, x + some - 8, 8);
		memcpy(to + some / 8 * EIGHTS - EIGHTS + 8, x2 + some - 8, 8);
	}
	if (rest > 0) {
		vst1q_s8(to + some / 8 * EIGHTS, vdupq_n_s8(0));
		memcpy(to + some / 8 * EIGHTS, x + some, (size_t)rest);
		memcpy(to + some / 8 * EIGHTS + 8, x2 + some, (size_t)rest);
	}
}

/* Tiles of eight pixels in pairs, `room` bytes of each; the last of an odd number is there twice. */
static inline __attribute__((always_inline)) void
lay_pairs(int8_t *to, const int8_t *x, int step, int count, int pixels)
{
	const int room = (count + 7) / 8 * 8;

	for (int p = 0; p < pixels; p += 2) {
		const int8_t *first = x + p * step;

		lay_pair(to + p / 8 * 8 * room + p % 8 * 8, first, p + 1 < pixels ? first + step : first,
			count);
	}
}

/* What the weights' zero point adds to each of some pixels of count values, twice. */
static inline void
zeros_of_pairs(int32_t *zeros, const int8_t *x, int step, int count, int pixels, int w_zero)
{
	for (int i = 0; i < pixels; i++)
		zeros[2 * i] = zeros[2 * i + 1] = -w_zero * sum_of(x + i * step, count);
}

static inline __attribute__((always_inline)) void
add_pair_mm(SumsMm sum, int8x16_t x, const int8x16_t w[4])
{
	sum[0] = vmmlaq_s32(sum[0], x, w[0]);
	sum[1] = vmmlaq_s32(sum[1], x, w[1]);
	sum[2] = vmmlaq_s32(sum[2], x, w[2]);
	sum[3] = vmmlaq_s32(sum[3], x, w[3]);
}

/* The products of eight inputs.  w: fours of inputs of 16 outputs; the second may be beyond the last. */
static inline __attribute__((always_inline)) void
add_eight_mm(SumsMm sum[4], const int8_t *x, const int8_t *w, int fours, int pairs)
{
	const int32x4_t zero = vdupq_n_s32(0);
	const int32x4_t a = vreinterpretq_s32_s8(vld1q_s8(w));
	const int32x4_t b = vreinterpretq_s32_s8(vld1q_s8(w + 16));
	const int32x4_t a2 = fours > 1 ? vreinterpretq_s32_s8(vld1q_s8(w + 64)) : zero;
	const int32x4_t b2 = fours > 1 ? vreinterpretq_s32_s8(vld1q_s8(w + 80)) : zero;
	const int8x16_t v[4] = { vreinterpretq_s8_s32(vzip1q_s32(a, a2)),
		vreinterpretq_s8_s32(vzip2q_s32(a, a2)), vreinterpretq_s8_s32(vzip1q_s32(b, b2)),
		vreinterpretq_s8_s32(vzip2q_s32(b, b2)) };

	add_pair_mm(sum[0], vld1q_s8(x), v);
	if (pairs > 1)
		add_pair_mm(sum[1], vld1q_s8(x + 16), v);
	if (pairs > 2)
		add_pair_mm(sum[2], vld1q_s8(x + 32), v);
	if (pairs > 3)
		add_pair_mm(sum[3], vld1q_s8(x + 48), v);
	load_later_mm();
}

/* Two outputs, twice. */
static inline __attribute__((always_inline)) int32x4_t
two_of(const int32_t *bias)
{
	const int32x2_t two = vld1_s32(bias);

	return vcombine_s32(two, two);
}

static inline __attribute__((always_inline)) void
start_pair_mm(SumsMm sum, const int32x4_t bias[4], const int32_t *zeros, int w_zero)
{
	const int32x4_t more = w_zero ? vld1q_s32(zeros) : vdupq_n_s32(0);

	sum[0] = w_zero ? vaddq_s32(bias[0], more) : bias[0];
	sum[1] = w_zero ? vaddq_s32(bias[1], more) : bias[1];
	sum[2] = w_zero ? vaddq_s32(bias[2], more) : bias[2];
	sum[3] = w_zero ? vaddq_s32(bias[3], more) : bias[3];
}

/* Four outputs of a pixel, of two vectors of a pair. */
static inline __attribute__((always_inline)) int32x4_t
of_pixel(int32x4_t a, int32x4_t b, int second)
{
	const int64x2_t v = vreinterpretq_s64_s32(a), w = vreinterpretq_s64_s32(b);

	return vreinterpretq_s32_s64(second ? vtrn2q_s64(v, w) : vtrn1q_s64(v, w));
}

/* Rescales and stores count outputs of one or two pixels. */
static inline __attribute__((always_inline)) void
end_pair_mm(int8_t *y, int y_step, SumsMm sum, const Rescale4 r[2], const Rescales4 *all,
	int pixels, int count)
{
	const int32x4_t v[4] = { rescale4(of_pixel(sum[0], sum[1], 0), &r[0], all),
		rescale4(of_pixel(sum[2], sum[3], 0), &r[1], all),
		rescale4(of_pixel(sum[0], sum[1], 1), &r[0], all),
		rescale4(of_pixel(sum[2], sum[3], 1), &r[1], all) };
	const int8x16_t out = narrow16(v, all);

	store8(y, vget_low_s8(out), count);
	if (pixels > 1)
		store8(y + y_step, vget_high_s8(out), count);
}

/* Up to eight pixels, in pairs, count outputs of each, up to 8, from `channel` on. */
static inline __attribute__((always_inline)) void
tile_mm(int8_t *y, int y_step, const int8_t *x, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int channel, int fours, int pixels, int count, int w_zero)
{
	const int pairs = (pixels + 1) / 2;
	const int32_t *from = all->bias + channel;
	const int32x4_t bias[4] = { two_of(from), two_of(from + 2), two_of(from + 4), two_of(from + 6) };
	SumsMm sum[4];

	start_pair_mm(sum[0], bias, zeros, w_zero);
	start_pair_mm(sum[1], bias, zeros + (pairs > 1 ? 4 : 0), w_zero);
	start_pair_mm(sum[2], bias, zeros + (pairs > 2 ? 8 : 0), w_zero);
	start_pair_mm(sum[3], bias, zeros + (pairs > 3 ? 12 : 0), w_zero);
	for (int k = 0; k + 2 <= fours; k += 2)
		add_eight_mm(sum, x + EIGHTS / 2 * k, w + 64 * k, 2, pairs);
	if (fours % 2 > 0)
		add_eight_mm(sum, x + EIGHTS / 2 * (fours - 1), w + 64 * (fours - 1), 1, pairs);

	Rescale4 r[2];

	rescales8_at(r, all, channel);
	end_pair_mm(y, y_step, sum[0], r, all, pixels, count);
	if (pairs > 1)
		end_pair_mm(y + 2 * y_step, y_step, sum[1], r, all, pixels - 2, count);
	if (pairs > 2)
		end_pair_mm(y + 4 * y_step, y_step, sum[2], r, all, pixels - 4, count);
	if (pairs > 3)
		end_pair_mm(y + 6 * y_step, y_step, sum[3], r, all, pixels - 6, count);
}

/* The same of a row of pixels.  rest: how many are left over where there are no whole tiles. */
static inline __attribute__((always_inline)) void
tiles_mm(int8_t *y, int y_step, const int8_t *x, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int channel, int fours, int pixels, int rest, int count, int w_zero)
{
	const int whole = pixels / 8 * 8, room = (fours + 1) / 2 * 8;

	for (int p = 0; p < whole; p += 8)
		tile_mm(y + p * y_step, y_step, x + p * room, w, all, zeros + 2 * p, channel, fours, 8, count,
			w_zero);
	if (rest > 0 && whole < pixels)
		tile_mm(y + whole * y_step, y_step, x + whole * room, w, all, zeros + 2 * whole, channel,
			fours, rest, count, w_zero);
}

/*
 * All outputs of a row of pixels in pairs, eight after eight.  w: of 16 outputs after 16 their
 * weights in fours of inputs, of which two make the eight of a matrix.
 */
static inline __attribute__((always_inline)) void
outputs_mm(int8_t *y, int y_step, const int8_t *x, const int8_t *w, const Rescales4 *all,
	const int32_t *zeros, int fours, int out_c, int pixels, int rest, int w_zero)
{
	const int last = out_c / 8 * 8;

	for (int o = 0; o < last; o += 8)
		tiles_mm(y + o, y_step, x, w + o / 16 * 64 * fours + o % 16 * 4, all, zeros, o, fours,
			pixels, rest, 8, w_zero);
	if (last < out_c)
		tiles_mm(y + last, y_step, x, w + last / 16 * 64 * fours + last % 16 * 4, all, zeros,
			last, fours, pixels, rest, out_c - last, w_zero);
}

#endif
