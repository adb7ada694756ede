/* dense_s8.c: int8 vectors times a matrix: 4 channels at a time. */
#include <assert.h>

#include "tile.h"

/* Four inputs of one vector, the first and third in a word, to two channels after two. */
static inline __attribute__((always_inline)) void
add_fours(int32_t even[2], int32_t odd[2], uint32_t first, uint32_t second, const void **w, int halved)
{
	uint32_t word[4];

	if (halved)
		next_four(word, w);
#pragma GCC unroll 2
	for (int i = 0; i < 2; i++) {
		if (halved) {
			even[i] = add_products(even[i], first, even_bytes(word[2 * i]));
			odd[i] = add_products(odd[i], first, word[2 * i]);
			even[i] = add_products(even[i], second, even_bytes(word[2 * i + 1]));
			odd[i] = add_products(odd[i], second, word[2 * i + 1]);
		} else {
			next_four(word, w);
			even[i] = add_products(even[i], first, word[0]);
			odd[i] = add_products(odd[i], first, word[1]);
			even[i] = add_products(even[i], second, word[2]);
			odd[i] = add_products(odd[i], second, word[3]);
		}
	}
}

/* The next four, in 16 bits or 8. */
static inline __attribute__((always_inline)) void
add_next(int32_t even[2], int32_t odd[2], const void **x, const void **w, int lean, int halved)
{
	uint32_t first, second;

	if (lean) {
		const int8_t *bytes = *x;
		const uint32_t word = next_word(&bytes);

		*x = bytes;
		first = even_bytes(word);
		second = odd_bytes(word);
	} else {
		next_two(&first, &second, x);
	}
	add_fours(even, odd, first, second, w, halved);
}

/* All inputs, in fours; of bytes the last ones apart, behind which nothing is read. */
static inline __attribute__((always_inline)) void
add_vector(int32_t even[2], int32_t odd[2], const void *x, const void **w, int in_c, int lean, int halved)
{
	const int fours = lean ? in_c / 4 : (in_c + 3) / 4;

	for (int k = 0; k < fours / 8; k++) {
#pragma GCC unroll 8
		for (int i = 0; i < 8; i++)
			add_next(even, odd, &x, w, lean, halved);
	}
#pragma GCC unroll 8
	for (int i = 0; i < fours % 8; i++)
		add_next(even, odd, &x, w, lean, halved);
	if (lean && in_c % 4) {
		const uint32_t word = some_bytes(x, in_c % 4);
		add_fours(even, odd, even_bytes(word), odd_bytes(word), w, halved);
	}
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), for each of out_w vectors of
 * in_c.  A vector stands in scratch as 16 bits, or is widened for each four channels.  w_pairs_4: of
 * each four channels the weights, less their zero point, in fours of inputs; rescale_pairs: their
 * biases and how their sums are rescaled.
 * cost: out_w * ((in_c + 3) / 4 * ((lean || out_c < 5 ? 0 : 5) + (out_c + 3) / 4 * (lean || out_c < 5 ? 4 : 2) + 3 * out_c) + 15 * out_c)
 * scratch: lean || out_c < 5 ? 0 : (in_c + 3) / 4 * 8
 */
void
dense_s8_m4(int8_t *restrict y, const int8_t *restrict x, const int8_t *restrict w_pairs_4,
	const int32_t *restrict rescale_pairs, uint32_t *restrict scratch, int in_c, int out_w,
	int out_c, int x_step, int y_step, int lean, int halved, int sum_bits, int high,
	int high_odd, int high_shift, int high_shift_256, int shift_most, int y_zero,
	int y_min, int y_max)
{
	assert(sum_bits <= 30);

	const int even_by = (halved ? high_odd : high) ? high_shift : 0;
	const int odd_by = even_by && halved ? high_shift_256 : even_by;
	const int direct = lean || out_c <= 4;

	for (int p = 0; p < out_w; p++) {
		const int32_t *rescales = rescale_pairs;
		const void *w = w_pairs_4;
		uint32_t *to = scratch;

		if (!direct)
			widen(&to, x + p * x_step, 0, in_c, 1);
		for (int o = 0; o < out_c; o += 4, rescales += 16) {
			int32_t even[2] = { rescales[0], rescales[8] }, odd[2] = { rescales[1], rescales[9] };

			if (direct)
				add_vector(even, odd, x + p * x_step, &w, in_c, 1, halved);
			else
				add_vector(even, odd, scratch, &w, in_c, 0, halved);
#pragma GCC unroll 2
			for (int i = 0; i < 2; i++) {
				if (out_c % 4 == 0 || o + 2 * i < out_c)
					y[p * y_step + o + 2 * i] = rescale(even[i],
						rescales + 8 * i + 2, 0, even_by, shift_most, y_zero, y_min, y_max);
				if (out_c % 4 == 0 || o + 2 * i + 1 < out_c)
					y[p * y_step + o + 2 * i + 1] = rescale(halved ?
						(int32_t)((uint32_t)odd[i] - (uint32_t)even[i]) : odd[i],
						rescales + 8 * i + 5, halved, odd_by, shift_most, y_zero, y_min, y_max);
			}
		}
	}
}
