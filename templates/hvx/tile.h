/*
 * tile.h: tiles of up to 4 pixels, 128 outputs: the heart of convolutions.  The instruction takes
 * four inputs as a scalar, with a sign, and weights without one, which are therefore 128 more: what
 * that adds, 128 times the sum of a pixel's inputs, is in `less`, with the weights' zero point.
 */
#ifndef TILE_H
#define TILE_H

#include "vectors.h"

enum { PIXELS = 4, VECTORS = 4, OUTPUTS = VECTORS * WORDS };
enum { HIDDEN_MOST = 16 }; /* inputs whose weights, kept, would be as many loads, and prologues */

/* Sums of four pixels are side by side, of 24 inputs each third number, and sixteen from the next. */
enum { THIRDS = 24, THIRDS_STEP = 3, THIRDS_APART = 16, SUMS_MOST = 256 };

static inline __attribute__((always_inline)) int
less_apart(int inputs)
{
	return inputs == THIRDS ? THIRDS_APART : PIXELS;
}

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

/*
 * Pixels side by side, each in eights of bytes, the last ones of which may be any: where they lie so
 * and are a vector or more, themselves, else a copy in `to`.
 */
static inline __attribute__((always_inline)) const uint64_t *
lay_pixels(uint64_t *to, const int8_t *x, int step, int in_c, int pixels)
{
	const int room = (in_c + 7) / 8 * 8;

	if (step == room && in_c == room && pixels * room >= VECTOR &&
		(uintptr_t)x % sizeof *to == 0)
		return (const uint64_t *)(const void *)x;
	for (int p = 0; p < pixels; p++)
		copy_over((uint8_t *)to + p * room, x + p * step, in_c);
	return to;
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

/* Numbers of two vectors, `bytes` of them in turns: the sums of their first and second halves. */
static inline __attribute__((always_inline)) HVX_Vector
fold_halves(HVX_Vector a, HVX_Vector b, int bytes)
{
	const HVX_VectorPair both = Q6_W_vshuff_VVR(b, a, -bytes);

	return Q6_Vw_vadd_VwVw(Q6_V_lo_W(both), Q6_V_hi_W(both));
}

/* The sums of numbers side by side, first those of a. */
static inline __attribute__((always_inline)) HVX_Vector
fold_twos(HVX_Vector a, HVX_Vector b)
{
	const HVX_VectorPair both = Q6_W_vdeal_VVR(b, a, -4);

	return Q6_Vw_vadd_VwVw(Q6_V_lo_W(both), Q6_V_hi_W(both));
}

/* `each` times inputs of pixels of which some fill a vector: four by four, then twos of these. */
static inline __attribute__((always_inline)) void
sum_small(int32_t less[WORDS], const uint8_t *x, int room, int bytes, HVX_Vector each)
{
	HVX_Vector sum[WORDS];

	for (int i = 0; i < room / 4; i++) {
		if ((i + 1) * VECTOR <= bytes)
			sum[i] = Q6_Vw_vrmpy_VubVb(each, load_vector(x + i * VECTOR));
		else if (i * VECTOR < bytes)
			sum[i] = Q6_Vw_vrmpy_VubVb(each, load_some(x + i * VECTOR, bytes - i * VECTOR));
		else
			sum[i] = Q6_V_vzero();
	}
	for (int n = room / 8; n > 0; n /= 2)
		for (int i = 0; i < n; i++)
			sum[i] = fold_twos(sum[2 * i], sum[2 * i + 1]);
	store_vector(less, sum[0]);
}

/* Likewise of pixels of 24 inputs, of which four are in a vector.  most: bytes that may be read. */
static inline __attribute__((always_inline)) void
sum_thirds(int32_t less[SUMS_MOST], const uint8_t *x, int pixels, int most, HVX_Vector each)
{
#pragma GCC unroll 1
	for (int p = 0; p < pixels; p += 2 * PIXELS) {
		HVX_Vector half[2];

		for (int k = 0; k < 2; k++) {
			const int at = (p + k * PIXELS) * THIRDS;
			const int back = at + VECTOR > most ? at + VECTOR - most : 0;

			half[k] = Q6_Vw_vrmpy_VubVb(each, Q6_V_vror_VR(load_vector(x + at - back), back));
		}
		const HVX_Vector twos = fold_twos(half[0], half[1]);
		store_vector(less + p / PIXELS * THIRDS_APART, Q6_Vw_vadd_VwVw(twos,
			Q6_Vw_vadd_VwVw(Q6_V_vror_VR(twos, 4), Q6_V_vror_VR(twos, 2 * 4))));
	}
}

/* 32 numbers whose sum is that of `each` times a pixel's inputs.  most: its bytes and those behind. */
static inline __attribute__((always_inline)) HVX_Vector
sum_pixel(const uint8_t *x, int count, int most, HVX_Vector each)
{
	const int whole = (count - 1) / VECTOR * VECTOR;
	const int back = whole + VECTOR > most ? whole + VECTOR - most : 0;
	const HVX_Vector last = Q6_V_vmux_QVV(Q6_Q_vsetq2_R(count - whole), each, Q6_V_vzero());
	HVX_Vector sum = Q6_Vw_vrmpy_VubVb(last, Q6_V_vror_VR(load_vector(x + whole - back), back));

#pragma GCC unroll 1
	for (int i = 0; i < whole; i += VECTOR)
		sum = Q6_Vw_vrmpyacc_VwVubVb(sum, each, load_vector(x + i));
	return sum;
}

/* Of four pixels, of which there may be fewer, in turns.  slack: bytes behind all. */
static inline __attribute__((always_inline)) HVX_Vector
sum_four(const uint8_t *x, int count, int pixels, int slack, HVX_Vector each)
{
	const int room = (count + 7) / 8 * 8, most = pixels * room + slack, last = pixels - 1;
	const int second = (1 < last ? 1 : last) * room, third = (2 < last ? 2 : last) * room;
	const int fourth = (3 < last ? 3 : last) * room;

	return fold_halves(fold_halves(sum_pixel(x, count, most, each),
			sum_pixel(x + second, count, most - second, each), 4),
		fold_halves(sum_pixel(x + third, count, most - third, each),
			sum_pixel(x + fourth, count, most - fourth, each), 4), 8);
}

/* Of up to 32 pixels. */
static inline __attribute__((always_inline)) void
sum_some(int32_t *less, const uint64_t *x, int count, int pixels, int slack, int each)
{
	const int room = (count + 7) / 8 * 8;
	const HVX_Vector all = Q6_Vb_vsplat_R(each);
	HVX_Vector sum[WORDS / PIXELS];

	if (count == room && VECTOR % room == 0) {
		sum_small(less, (const uint8_t *)x, room, pixels * room, all);
	} else if (count == THIRDS) {
		sum_thirds(less, (const uint8_t *)x, pixels, pixels * room + slack, all);
	} else {
#pragma GCC unroll 1
		for (int p = 0; p < WORDS; p += PIXELS)
			sum[p / PIXELS] = p < pixels ? sum_four((const uint8_t *)x + p * room, count,
				pixels - p, slack, all) : all;
		store_vector(less,
			fold_halves(fold_halves(fold_halves(sum[0], sum[1], 16),
					fold_halves(sum[2], sum[3], 16), 32),
				fold_halves(fold_halves(sum[4], sum[5], 16),
					fold_halves(sum[6], sum[7], 16), 32), 64));
	}
}

/*
 * Of each of up to 64 pixels the sum of its count inputs, times `each`; behind them anything.  x: a
 * vector or more, with the slack behind the pixels.
 */
static inline __attribute__((always_inline)) void
sum_pixels(int32_t less[SUMS_MOST], const uint64_t *x, int count, int pixels, int slack, int each)
{
	const int apart = less_apart(count) / PIXELS;

	sum_some(less, x, count, pixels < WORDS ? pixels : WORDS, pixels > WORDS ? VECTOR : slack, each);
	if (count == THIRDS && pixels > WORDS)
		sum_some(less + WORDS * apart, x + WORDS * ((count + 7) / 8), count, pixels - WORDS,
			slack, each);
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

/* The same pointer, of which the compiler does not know: what it loads it else keeps, on the stack. */
static inline __attribute__((always_inline)) const void *
anew(const void *x)
{
	__asm__ volatile("" : "+r"(x));
	return x;
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

/* Whether vectors may be stored for each of some pixels, or else their first count bytes only. */
static inline __attribute__((always_inline)) int
is_roomy(int y_step, int pixels, int count, int room)
{
	return count == OUTPUTS || room >= (pixels - 1) * y_step + VECTOR;
}

/* Where they may not: from `edge`, where they are stored instead, so that there is one way only. */
static inline __attribute__((always_inline)) void
store_edge(int8_t *y, int y_step, const HVX_Vector *edge, int pixels, int count)
{
#pragma GCC unroll 1
	for (int p = 0; p < pixels; p++)
		store_first(y + p * y_step, edge[p], count);
}

/* Of four pixels, or fewer, the first 32 outputs: one vector. */
static inline __attribute__((always_inline)) void
store_narrow(int8_t *y, int y_step, Tile sum, const Ends *ends, int pixels, int count)
{
	const HVX_Vector all[PIXELS] = { sum[0][0], sum[1][0], sum[2][0], sum[3][0] };
	const HVX_Vector v = narrow(all, ends->y_min, ends->y_max);

	if (pixels == PIXELS && count == WORDS && y_step == WORDS)
		store_vector(y, v);
	else
		for (int p = 0; p < pixels; p++)
			store_vector(y + p * y_step, Q6_V_vror_VR(v, p * WORDS));
}

/* Outputs of some pixels, in `vectors` of each. */
static inline __attribute__((always_inline)) void
sum_tile(Tile sum, const uint64_t *x, const uint8_t *w, const Ends *ends, int o,
	const int32_t *less, int inputs, int pixels, int vectors)
{
	const int less_step = inputs == THIRDS ? THIRDS_STEP : 1;
	const int both = ends->y_min < ends->y_zero;

	for (int p = 0; p < PIXELS; p++)
		start_pixel(sum[p], ends->bias + o, less[p < pixels ? p * less_step : 0], vectors);
	add_products(sum, x, inputs <= HIDDEN_MOST ? (const uint8_t *)anew(w) : w, inputs, pixels,
		vectors);
	for (int j = 0; j < vectors; j++) {
		const Rescale r = load_rescale(ends->mult + o + j * WORDS, ends->right + o + j * WORDS);

		for (int p = 0; p < pixels; p++)
			sum[p][j] = rescale(sum[p][j], r, 2 * ends->y_zero, both, ends->shift_most);
	}
}

/* Outputs of some pixels, the first count of 128.  room: bytes from y on that may be overwritten. */
static inline __attribute__((always_inline)) void
tile(int8_t *y, int y_step, const uint64_t *x, const uint8_t *w, const Ends *ends, int o,
	const int32_t *less, int inputs, int pixels, int count, int room)
{
	const int vectors = (count + WORDS - 1) / WORDS;
	HVX_Vector edge[PIXELS];
	Tile sum;

	sum_tile(sum, x, w, ends, o, less, inputs, pixels, vectors);
	const int roomy = is_roomy(y_step, pixels, count, room);
	const int step = roomy ? y_step : VECTOR;
	int8_t *to = roomy ? y : (int8_t *)edge;
	if (vectors == 1)
		store_narrow(to, step, sum, ends, pixels, count);
	else
		for (int p = 0; p < pixels; p++)
			store_vector(to + p * step, narrow(sum[p], ends->y_min, ends->y_max));
	if (!roomy)
		store_edge(y, y_step, edge, pixels, count);
}

/* Of eight pixels up to 32 outputs: a tile of few outputs is too short to be scheduled well. */
static inline __attribute__((always_inline)) void
two_tiles(int8_t *y, int y_step, const uint64_t *x, const uint8_t *w, const Ends *ends, int o,
	const int32_t *less, int inputs, int count, int room)
{
	const int eights = (inputs + 7) / 8, fours = (inputs + 3) / 4;
	const int less_step = inputs == THIRDS ? THIRDS_STEP : 1;
	const int roomy = is_roomy(y_step, 2 * PIXELS, count, room);
	const int step = roomy ? y_step : VECTOR;
	HVX_Vector edge[2 * PIXELS];
	int8_t *to = roomy ? y : (int8_t *)edge;
	const Rescale r = load_rescale(ends->mult + o, ends->right + o);
	Tile sum[2];

	for (int p = 0; p < 2 * PIXELS; p++)
		start_pixel(sum[p / PIXELS][p % PIXELS], ends->bias + o,
			less[p / PIXELS * less_apart(inputs) + p % PIXELS * less_step], 1);
	for (int i = 0; i < fours; i++)
		for (int p = 0; p < 2 * PIXELS; p++)
			sum[p / PIXELS][p % PIXELS][0] = Q6_Vw_vrmpyacc_VwVubRb(
				sum[p / PIXELS][p % PIXELS][0], *(const HVX_Vector *)(w + i * VECTOR),
				(int)(x[p * eights + i / 2] >> i % 2 * 32));
	for (int k = 0; k < 2; k++) {
		for (int p = 0; p < PIXELS; p++)
			sum[k][p][0] = rescale(sum[k][p][0], r, 2 * ends->y_zero,
				ends->y_min < ends->y_zero, ends->shift_most);
		store_narrow(to + k * PIXELS * step, step, sum[k], ends, PIXELS, count);
	}
	if (!roomy)
		store_edge(y, y_step, edge, 2 * PIXELS, count);
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
	const int apart = less_apart(inputs) / PIXELS;
	const int twos = count <= WORDS && inputs <= THIRDS ? pixels / (2 * PIXELS) * 2 * PIXELS : 0;

	for (int p = 0; p < twos; p += 2 * PIXELS)
		two_tiles(y + p * y_step, y_step, x + p * eights, w, ends, o, less + p * apart, inputs,
			count, room - p * y_step);
	for (int p = twos; p < whole; p += PIXELS)
		tile(y + p * y_step, y_step, x + p * eights, w, ends, o, less + p * apart, inputs,
			PIXELS, count, room - p * y_step);
	if (rest > 0 && whole < pixels)
		tile(y + whole * y_step, y_step, x + whole * eights, w, ends, o, less + whole * apart,
			inputs, rest, count, room - whole * y_step);
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
