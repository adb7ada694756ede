/* pack_halves.c: weights and constants for dual multiplications of 16 bits. */
#include <stdlib.h>

#include "codegen.h"

enum {
	HALF_BITS = 23, /* of sums that are taken 256 times */
	PAIR_WORDS = 8, /* two biases; twice: mult, half a unit, shift to the right */
};

static int
weight_less(const Graph *g, const Node *n, int output, int i)
{
	int count = taps(g, n);

	return i < count && output < output_channels(g, n) ?
		weight_at(g, n, output, i, count) - affine(g, n, X2).zero : 0;
}

/* The least b so that no sum of x * w, whatever x, with the bias is beyond +-2^b.  Sums of constant
 * channels begin at 0: models have biases of 2^30 there. */
int
sum_bits(const Graph *g, const Node *n)
{
	const int32_t *bias = pack(g, n, "bias_16").data;
	int64_t most = 0;
	int bits = 0;

	for (int o = 0; o < output_channels(g, n); o++) {
		int64_t sum = is_constant(g, n, o) ? 0 : llabs((int64_t)bias[o]);
		for (int i = 0; i < taps(g, n); i++)
			sum += abs(weight_less(g, n, o, i)) * -INT8_MIN;
		most = sum > most ? sum : most;
	}
	most = n->sum_bound && n->sum_bound < most ? n->sum_bound : most;
	while (most >> bits)
		bits++;
	return bits;
}

/* Whether two channels' weights fit a half of a word: 256 times the odd one's and the even one's. */
int
are_halved(const Graph *g, const Node *n)
{
	for (int o = 0; o < output_channels(g, n); o++)
		for (int i = 0; i < taps(g, n); i++) {
			int w = weight_less(g, n, o, i);
			if (w < INT8_MIN + o % 2 || w > INT8_MAX)
				return 0;
		}
	return sum_bits(g, n) <= HALF_BITS;
}

/*
 * Blocks of outputs; in each, per four inputs, two channels after two, two words of halves: of
 * inputs 0 and 2, and of 1 and 3.  Halved: each has both channels' weights; else the first
 * channel's words and the second's alternate.
 */
Packed
pack_pairs(const Graph *g, const Node *n, int block)
{
	int count = taps(g, n), fours = (count + 3) / 4;
	int outputs = (output_channels(g, n) + block - 1) / block * block;
	bool halved = are_halved(g, n);
	Packed p = new_packed(g, TYPE_s8, (int64_t)outputs * fours * (halved ? 4 : 8));
	int64_t at = 0;

	for (int b = 0; b < outputs; b += block)
		for (int k = 0; k < fours; k++)
			for (int o = b; o < b + block; o += 2)
				for (int i = 0; i < (halved ? 4 : 8); i++) {
					int input = 4 * k + (halved ? i / 2 + i % 2 * 2 : i / 4 + i % 2 * 2);
					int w = weight_less(g, n, halved ? o : o + i / 2 % 2, input);
					w += halved ? weight_less(g, n, o + 1, input) * (UINT8_MAX + 1) : 0;
					store_bits(p, at++, (int8_t)(w & UINT8_MAX));
					store_bits(p, at++, w >> 8);
				}
	return p;
}

/* Where channels' sums begin, and what rescales them: as proved, or multiplier, half of what the
 * second rounding divides by, and its logarithm. */
typedef struct {
	const int32_t *first, *mult, *add; /* add NULL: as the reference does */
	const int8_t *shift;
} Rescales;

static Rescales
rescales_of(const Graph *g, const Node *n, Family family)
{
	Rescales r = { .shift = pack(g, n, "shift").data };
	int32_t *bias = pack_bias_less_zeros(g, n, 0).data;

	if (is_high(g, n, family))
		return (Rescales){ pack_high_bias(g, n, (int)family).data, pack_high_mult(g, n, (int)family).data,
			pack_high_add(g, n, (int)family).data, r.shift };
	for (int o = output_channels(g, n) - 1; o > 0 && family == HIGH_ODD; o--)
		if (o % 2)
			bias[o] = (int32_t)((uint32_t)bias[o] * (UINT8_MAX + 1) + (uint32_t)bias[o - 1]);
	r.first = bias;
	r.mult = pack(g, n, "mult").data;
	return r;
}

static void
store_rescale(Packed p, int64_t at, const Rescales *r, int o, bool shifted)
{
	int shift = r->shift[o];

	store_bits(p, at, r->mult[o]);
	store_bits(p, at + 1, r->add ? r->add[o] : shift < 0 ? INT64_C(1) << (-shift - 1) : 0);
	if (shifted)
		store_bits(p, at + 2, r->add ? 0 : -shift);
}

/* Of each two channels: both first sums, then what rescales each. */
Packed
pack_rescale_pairs(const Graph *g, const Node *n, int block)
{
	int outputs = output_channels(g, n), filled = (outputs + block - 1) / block * block;
	Rescales r = rescales_of(g, n, are_halved(g, n) ? HIGH_ODD : HIGH_PLAIN);
	Packed p = new_packed(g, TYPE_s32, (int64_t)filled / 2 * PAIR_WORDS);

	for (int o = 0; o < outputs; o++) {
		int64_t at = (int64_t)o / 2 * PAIR_WORDS;
		store_bits(p, at + o % 2, r.first[o]);
		store_rescale(p, at + 2 + o % 2 * 3, &r, o, true);
	}
	return p;
}

/* Depthwise: of each channel the window's rows: weights 0 and 1, 2 and 3 ..., then 1 and 2, 3 and
 * 4 ..., as halves of words, of an odd number of columns that is filled up with zeros. */
Packed
pack_rows_of_pairs(const Graph *g, const Node *n, int unused)
{
	(void)unused;
	int width = kernel_width(g, n), height = kernel_height(g, n);
	int pairs = width < 3 ? 1 : width / 2;
	Packed p = new_packed(g, TYPE_s32, (int64_t)output_channels(g, n) * height * pairs * 2);
	int64_t at = 0;

	for (int o = 0; o < output_channels(g, n); o++)
		for (int i = 0; i < height; i++)
			for (int k = 0; k < pairs * 2; k++) {
				int first = k < pairs ? 2 * k : 2 * (k - pairs) + 1;
				int64_t low = first < width ? weight_less(g, n, o, i * width + first) : 0;
				int64_t high = first + 1 < width ? weight_less(g, n, o, i * width + first + 1) : 0;
				store_bits(p, at++, (int32_t)((low & UINT16_MAX) | (high & UINT16_MAX) << 16));
			}
	return p;
}

/* Depthwise, 3 rows and columns: of each channel the columns of rows 0 and 1, row 2's columns 0 and
 * 1, 1 and 2, as halves; the first sum; what rescales it, without a shift where that is proved. */
Packed
pack_threes(const Graph *g, const Node *n, int unused)
{
	(void)unused;
	enum { SIDE = 3, SQUARE = SIDE * SIDE, HALVES = 5, RESCALES = 3 };
	static const int8_t pairs[HALVES][2] = { { 0, 3 }, { 1, 4 }, { 2, 5 }, { 6, 7 }, { 7, 8 } };
	const bool shifted = !is_high(g, n, HIGH_PLAIN);
	const int words = HALVES + RESCALES + shifted;
	bool fits = kernel_width(g, n) == SIDE && taps(g, n) == SQUARE;
	Packed p = new_packed(g, TYPE_s32, (int64_t)output_channels(g, n) * words);
	Rescales r = rescales_of(g, n, HIGH_PLAIN);

	for (int o = 0; o < output_channels(g, n) && fits; o++) {
		for (int k = 0; k < HALVES; k++) {
			int low = weight_less(g, n, o, pairs[k][0]), high = weight_less(g, n, o, pairs[k][1]);
			store_bits(p, (int64_t)o * words + k, (int32_t)((uint32_t)(low & UINT16_MAX) |
				(uint32_t)(high & UINT16_MAX) << 16));
		}
		store_bits(p, (int64_t)o * words + HALVES, r.first[o]);
		store_rescale(p, (int64_t)o * words + HALVES + 1, &r, o, shifted);
	}
	return p;
}

/* Of each channel what rescales its sums, and the first one: of x, or of x less its zero point. */
Packed
pack_rescales(const Graph *g, const Node *n, int less)
{
	Packed p = new_packed(g, TYPE_s32, (int64_t)output_channels(g, n) * 4);
	Rescales r = rescales_of(g, n, HIGH_PLAIN);

	for (int o = 0; o < output_channels(g, n); o++) {
		store_rescale(p, 4 * o, &r, o, true);
		int64_t first = r.first[o];
		for (int i = 0; less && i < taps(g, n); i++)
			first += affine(g, n, X).zero * weight_less(g, n, o, i);
		store_bits(p, 4 * o + 3, first);
	}
	return p;
}
