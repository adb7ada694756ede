/* pack.c: constants in the layouts that kernels want. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "codegen.h"

Packed
new_packed(const Graph *g, Type type, int64_t count)
{
	size_t bytes = (size_t)types[type].bytes;

	return (Packed){ alloc_array(g->arena, (size_t)count, bytes), type, count };
}

int64_t
packed_bytes(Packed p)
{
	return p.count * types[p.type].bytes;
}

bool
same_packed(Packed a, Packed b)
{
	return a.type == b.type && a.count == b.count && !memcmp(a.data, b.data, (size_t)packed_bytes(a));
}

Packed
packed_tensor(const Tensor *t)
{
	return (Packed){ (void *)t->data, t->type, elements(&t->shape) };
}

void
store_bits(Packed p, int64_t i, int64_t bits)
{
	size_t bytes = (size_t)types[p.type].bytes;
	bool big_endian = !*(const uint8_t *)&(const uint16_t){ 1 };
	size_t first = big_endian ? sizeof bits - bytes : 0;

	memcpy((uint8_t *)p.data + (size_t)i * bytes, (uint8_t *)&bits + first, bytes);
}

int64_t
float_bits(float v)
{
	int32_t bits;

	memcpy(&bits, &v, sizeof bits);
	return bits;
}

/* An operand as in the model; a bias that is not there is zeros. */
static Packed
pack_operand(const Graph *g, const Node *n, int operand)
{
	const Tensor *t = tensor_in(g, n, operand);
	Type type = tensor_out(g, n)->type == TYPE_f32 ? TYPE_f32 : TYPE_s32;

	return t ? packed_tensor(t) : new_packed(g, type, output_channels(g, n));
}

/* Per output channel what requantizes its sums: as double, or s32 mult, or s8 shift. */
static Packed
pack_scales(const Graph *g, const Node *n, int type)
{
	Packed p = new_packed(g, (Type)type, output_channels(g, n));

	for (int i = 0; i < p.count; i++) {
		double scale = channel_scale(g, n, i);
		Multiplier m = channel_multiplier(g, n, i);
		int64_t bits;
		memcpy(&bits, &scale, sizeof bits);
		store_bits(p, i,
			type == TYPE_s32        ? m.mult :
				type == TYPE_s8 ? m.shift :
						  bits);
	}
	return p;
}

int
taps(const Graph *g, const Node *n)
{
	return (int)(elements(&tensor_in(g, n, 1)->shape) / output_channels(g, n));
}

/* Weight i of count of an output; depthwise ones lie channel by channel. */
int
weight_at(const Graph *g, const Node *n, int output, int i, int count)
{
	const int8_t *w = tensor_in(g, n, 1)->data;

	return w[n->op == OP_depthwise ? i * output_channels(g, n) + output :
					 output * count + i];
}

/* Zero points out of the sum of products: bias - (x_zero + more) * sum of (w - w_zero). */
Packed
pack_bias_less_zeros(const Graph *g, const Node *n, int more)
{
	Packed p = pack_operand(g, n, 2), less = new_packed(g, TYPE_s32, p.count);
	int count = taps(g, n), x_zero = affine(g, n, X).zero + more,
	    w_zero = affine(g, n, X2).zero;

	for (int o = 0; o < p.count; o++) {
		int64_t sum = 0;
		for (int i = 0; i < count; i++)
			sum += weight_at(g, n, o, i, count) - w_zero;
		store_bits(less, o, ((const int32_t *)p.data)[o] - x_zero * sum);
	}
	return less;
}

int
clip8(int v)
{
	return v < INT8_MIN ? INT8_MIN : v > INT8_MAX ? INT8_MAX : v;
}

/* Part `part` of v, which is a sum of int8: the first is v itself where it fits. */
int
part_of(int v, int part)
{
	for (; part > 0; part--)
		v -= clip8(v);
	return clip8(v);
}

/* The first parts of weights less zero: blocks of outputs; in each, per four inputs, the outputs'
 * four weights. */
static Packed
pack_fours_less(const Graph *g, const Node *n, int block, int zero)
{
	int outputs = output_channels(g, n), blocks = (outputs + block - 1) / block;
	int count = taps(g, n), fours = (count + 3) / 4;
	Packed p = new_packed(g, TYPE_s8, (int64_t)blocks * fours * block * 4);

	for (int o = 0; o < outputs; o++)
		for (int i = 0; i < count; i++)
			store_bits(p, (((int64_t)(o / block) * fours + i / 4) * block + o % block) * 4 + i % 4,
				clip8(weight_at(g, n, o, i, count) - zero));
	return p;
}

static Packed
pack_fours(const Graph *g, const Node *n, int block)
{
	return pack_fours_less(g, n, block, 0);
}

/* The same, 128 more, as numbers without a sign; 0 where there is none. */
static Packed
pack_fours_u8(const Graph *g, const Node *n, int block)
{
	int outputs = output_channels(g, n), count = taps(g, n), fours = (count + 3) / 4;
	Packed p = new_packed(g, TYPE_u8, (int64_t)(outputs + block - 1) / block * fours * block * 4);

	for (int o = 0; o < outputs; o++)
		for (int i = 0; i < count; i++)
			store_bits(p, (((int64_t)(o / block) * fours + i / 4) * block + o % block) * 4 + i % 4,
				weight_at(g, n, o, i, count) + 128);
	return p;
}

/* Of the shifts how far to the right, less 1. */
static Packed
pack_rights(const Graph *g, const Node *n, int less)
{
	Packed p = new_packed(g, TYPE_s32, output_channels(g, n));

	for (int i = 0; i < p.count; i++)
		store_bits(p, i, -less - channel_multiplier(g, n, i).shift);
	return p;
}

enum { EXCESS_OUTPUTS = 32, EXCESS_SHARE = 8 };

/* One step: the parts of the weights of four inputs to 32 outputs, in w from `first` on; whether
 * any is not zero. */
static bool
excess_step(const Graph *g, const Node *n, int block, int four, int part, Packed w, int64_t first)
{
	int count = taps(g, n), outputs = output_channels(g, n), zero = affine(g, n, X2).zero;
	bool any = false;

	for (int o = block; o < outputs && o < block + EXCESS_OUTPUTS; o++)
		for (int i = four; i < count && i < four + 4; i++) {
			int v = part_of(weight_at(g, n, o, i, count) - zero, part);
			any |= v != 0;
			if (w.data)
				store_bits(w, first + (o - block) * 4 + i - four, v);
		}
	return any;
}

/* What of weights less their zero point is beyond int8: few weights, if not to less than an eighth
 * of all steps.  Counts the steps; writes them, where they begin and their inputs if asked to. */
static int
excess_walk(const Graph *g, const Node *n, Packed w, Packed at, Packed first)
{
	int steps = 0, outputs = output_channels(g, n), count = taps(g, n);

	for (int block = 0; block < outputs && affine(g, n, X2).zero; block += EXCESS_OUTPUTS) {
		if (first.data)
			store_bits(first, block / EXCESS_OUTPUTS, steps);
		for (int four = 0; four < count; four += 4)
			for (int part = 1; excess_step(g, n, block, four, part, (Packed){ 0 }, 0);
				part++, steps++) {
				if (at.data)
					store_bits(at, steps, four);
				if (w.data)
					excess_step(g, n, block, four, part, w,
						(int64_t)steps * EXCESS_OUTPUTS * 4);
			}
	}
	if (first.data)
		store_bits(first, first.count - 1, steps);
	return steps;
}

static int
excess_blocks(const Graph *g, const Node *n)
{
	return (output_channels(g, n) + EXCESS_OUTPUTS - 1) / EXCESS_OUTPUTS;
}

static bool
is_excess_too_much(const Graph *g, const Node *n, int steps)
{
	return (int64_t)steps * EXCESS_SHARE >
		(int64_t)excess_blocks(g, n) * ((taps(g, n) + 3) / 4) + EXCESS_SHARE;
}

/* The steps that add what w_less lacks. */
int
excess_steps(const Graph *g, const Node *n)
{
	int steps = excess_walk(g, n, (Packed){ 0 }, (Packed){ 0 }, (Packed){ 0 });

	return is_excess_too_much(g, n, steps) ? 0 : steps;
}

/* The zero point that w_less still has. */
int
zero_left(const Graph *g, const Node *n)
{
	int steps = excess_walk(g, n, (Packed){ 0 }, (Packed){ 0 }, (Packed){ 0 });

	return is_excess_too_much(g, n, steps) ? affine(g, n, X2).zero : 0;
}

/* What w_less has taken from the weights. */
static int
zero_taken(const Graph *g, const Node *n)
{
	return affine(g, n, X2).zero - zero_left(g, n);
}

static Packed
pack_less(const Graph *g, const Node *n, int block)
{
	return pack_fours_less(g, n, block, zero_taken(g, n));
}

/* Of each step 32 outputs' weights of four inputs; or its first input; or each block's first. */
static Packed
pack_excess(const Graph *g, const Node *n, int what)
{
	int steps = excess_steps(g, n);
	Packed w = new_packed(g, TYPE_s8, (int64_t)steps * EXCESS_OUTPUTS * 4);
	Packed at = new_packed(g, TYPE_s32, steps);
	Packed first = new_packed(g, TYPE_s32, excess_blocks(g, n) + 1);

	if (steps)
		excess_walk(g, n, w, at, first);
	return what == 0 ? w : what == 1 ? at : first;
}

/* Blocks of outputs, filled up with zeros; in each, per input, the outputs' float weights. */
static Packed
pack_ones(const Graph *g, const Node *n, int block)
{
	int outputs = output_channels(g, n), count = taps(g, n);
	int blocks = (outputs + block - 1) / block;
	const float *w = tensor_in(g, n, 1)->data;
	Packed p = new_packed(g, TYPE_f32, (int64_t)blocks * count * block);

	for (int o = 0; o < outputs; o++)
		for (int i = 0; i < count; i++)
			store_bits(p, ((int64_t)(o / block) * count + i) * block + o % block,
				float_bits(w[o * count + i]));
	return p;
}

/* Whether no neighbours' products with w_less leave 16 bits, whatever u8 the four inputs of a block
 * of outputs are. */
static bool
four_is_safe(const Graph *g, const Node *n, int first_output, int four, int block, int zero)
{
	int count = taps(g, n), end = first_output + block;

	for (int o = first_output; o < end && o < output_channels(g, n); o++)
		for (int i = 4 * four; i < 4 * four + 4 && i < count; i += 2) {
			int a = clip8(weight_at(g, n, o, i, count) - zero),
			    b = i + 1 < count ? clip8(weight_at(g, n, o, i + 1, count) - zero) : 0;
			int most = (a > 0 ? a : 0) + (b > 0 ? b : 0), least = (a < 0 ? a : 0) + (b < 0 ? b : 0);
			if (UINT8_MAX * most > INT16_MAX || UINT8_MAX * least < INT16_MIN)
				return false;
		}
	return true;
}

/* Of each block of outputs how many of its fours are safe, then the fours, the safe ones first. */
static Packed
pack_order(const Graph *g, const Node *n, int block)
{
	int blocks = (output_channels(g, n) + block - 1) / block, fours = (taps(g, n) + 3) / 4;
	int zero = zero_taken(g, n);
	Packed p = new_packed(g, TYPE_s16, (int64_t)blocks * (fours + 1));

	for (int b = 0; b < blocks; b++) {
		int64_t at = (int64_t)b * (fours + 1);
		int safe = 0, others = fours;
		for (int k = 0; k < fours; k++)
			store_bits(p, at + (four_is_safe(g, n, b * block, k, block, zero) ? ++safe : others--), k);
		store_bits(p, at, safe);
	}
	return p;
}

/* Whether all fours are safe. */
bool
pairs_are_safe(const Graph *g, const Node *n)
{
	int safe = 0, fours = (taps(g, n) + 3) / 4, zero = zero_taken(g, n);

	while (safe < fours && four_is_safe(g, n, 0, safe, output_channels(g, n), zero))
		safe++;
	return safe == fours;
}

/* Whether products of `many` weights, `apart` taps each from the next, added, fit 16 bits, whatever
 * int8 the inputs are. */
bool
products_fit(const Graph *g, const Node *n, int apart, int many)
{
	int count = taps(g, n);

	for (int o = 0; o < output_channels(g, n); o++)
		for (int i = 0; i < count; i += (i + 1) % apart ? 1 : apart * (many - 1) + 1) {
			int most = 0;
			for (int k = i; k < count && k < i + many * apart; k += apart) {
				int v = weight_at(g, n, o, k, count);
				most += v < 0 ? v * INT8_MIN : v * INT8_MAX;
			}
			if (most > INT16_MAX)
				return false;
		}
	return true;
}

int
taps_that_fit(const Graph *g, const Node *n)
{
	int many = taps(g, n);

	while (many > 1 && !products_fit(g, n, 1, many))
		many--;
	return many;
}

/* Of the shifts that requantize the channels' sums. */
int
greatest_shift(const Graph *g, const Node *n)
{
	int most = INT_MIN;

	for (int i = 0; i < output_channels(g, n); i++) {
		int shift = channel_multiplier(g, n, i).shift;
		most = shift > most ? shift : most;
	}
	return most;
}

int
least_shift(const Graph *g, const Node *n)
{
	int least = INT_MAX;

	for (int i = 0; i < output_channels(g, n); i++) {
		int shift = channel_multiplier(g, n, i).shift;
		least = shift < least ? shift : least;
	}
	return least;
}

typedef enum {
	PROVED_SCALE, PROVED_OFFSET, PROVED_REST, SWIFT_SCALE, SWIFT_OFFSET
} Proved;

/* What prove() found in float, or zeros. */
static Packed
pack_proved(const Graph *g, const Node *n, int which)
{
	const Reals all[] = { n->scale, n->offset, n->rest, n->swift_scale, n->swift_offset };
	Packed p = new_packed(g, TYPE_f32, output_channels(g, n));

	for (int i = 0; i < all[which].count; i++)
		((float *)p.data)[i] = (float)all[which].value[i];
	return p;
}

static Packed
started_bias(const Graph *g, const Node *n, int more, const Reals *start)
{
	Packed p = pack_bias_less_zeros(g, n, more);

	for (int i = 0; i < start->count; i++)
		store_bits(p, i, ((const int32_t *)p.data)[i] + (int64_t)start->value[i]);
	return p;
}

/* Sums that start here are, as bits, the floats that swift_scale and swift_offset are for. */
static Packed
pack_swift_bias(const Graph *g, const Node *n, int more)
{
	return started_bias(g, n, more, &n->swift_start);
}

/* Sums that start here are what scale and offset, of any form, are for. */
static Packed
pack_start(const Graph *g, const Node *n, int more)
{
	return started_bias(g, n, more, &n->start);
}

/* Per block of channels its Fineness. */
static Packed
pack_fine(const Graph *g, const Node *n, int block)
{
	Packed p = new_packed(g, TYPE_u8, (output_channels(g, n) + block - 1) / block);

	for (int i = 0; i < p.count; i++)
		store_bits(p, i, fineness(n, i));
	return p;
}

Packed
resampled(const Graph *g, const Node *n, int axis)
{
	int count = tensor_out(g, n)->shape.dim[axis];
	int each = n->op == OP_resize_nearest ? 1 : 2;
	Packed p = new_packed(
		g, axis == HEIGHT ? TYPE_s32 : TYPE_s16, (int64_t)count * each);

	for (int i = 0; i < count; i++) {
		Resample s = resample(g, n, axis, i);
		store_bits(p, i * each + each - 1, s.high);
		store_bits(p, i * each, s.low);
	}
	return p;
}

/* Of the high one, in 1024ths for int8. */
static Packed
resample_weights(const Graph *g, const Node *n, int axis)
{
	bool fixed = tensor_in(g, n, 0)->type == TYPE_s8 && !n->attr.x_bias;
	Packed p = new_packed(
		g, fixed ? TYPE_s16 : TYPE_f32, tensor_out(g, n)->shape.dim[axis]);

	for (int i = 0; i < p.count; i++) {
		Resample s = resample(g, n, axis, i);
		store_bits(p, i, fixed ? s.weight10 : float_bits(s.weight));
	}
	return p;
}

/* The words; what comes in blocks is filled up with its first ones once more. */
static const struct Packer {
	const char *name;
	Packed (*pack)(const Graph *, const Node *, int detail);
	int detail, block;
} packers[] = {
	{ "w", pack_operand, 1, 1 }, /* channel, row, column, input channel */
	{ "bias", pack_operand, 2, 1 },
	{ "mult", pack_scales, TYPE_s32, 1 }, /* requantize(sum, mult, shift) */
	{ "shift", pack_scales, TYPE_s8, 1 },
	{ "scale", pack_scales, TYPE_f64, 1 },
	{ "powers", softmax_powers, TYPE_s32, 1 },
	{ "table", unary_table, TYPE_s8, 1 }, /* y of each int8 */
	{ "bias_16", pack_bias_less_zeros, 0, 16 },
	{ "bias_u8", pack_bias_less_zeros, 128, 16 }, /* x counting from -128 */
	{ "mult_16", pack_scales, TYPE_s32, 16 },
	{ "shift_16", pack_scales, TYPE_s8, 16 },
	{ "start_u8", pack_start, 128, 16 },
	{ "start_16", pack_start, 0, 16 },
	{ "swift_bias_u8", pack_swift_bias, 128, 16 },
	{ "swift_bias_16", pack_swift_bias, 0, 16 },
	{ "swift_scale_16", pack_proved, SWIFT_SCALE, 16 }, /* of the sum as bits of a float */
	{ "swift_offset_16", pack_proved, SWIFT_OFFSET, 16 },
	{ "scale_16", pack_proved, PROVED_SCALE, 16 }, /* round(sum * scale + offset) */
	{ "offset_16", pack_proved, PROVED_OFFSET, 16 },
	{ "fine_16", pack_fine, RESCALE_BLOCK, 1 }, /* per block: its Fineness */
	{ "rest_16", pack_proved, PROVED_REST, 16 },
	{ "high_mult", pack_high_mult, HIGH_PLAIN, 1 }, /* see docs/kernel-interface.md */
	{ "high_add", pack_high_add, HIGH_PLAIN, 1 },
	{ "high_bias", pack_high_bias, HIGH_PLAIN, 1 },
	{ "high_mult_256", pack_high_mult, HIGH_WHOLE, 1 },
	{ "high_add_256", pack_high_add, HIGH_WHOLE, 1 },
	{ "high_bias_256", pack_high_bias, HIGH_WHOLE, 1 },
	{ "high_mult_odd", pack_high_mult, HIGH_ODD, 1 },
	{ "high_add_odd", pack_high_add, HIGH_ODD, 1 },
	{ "high_bias_odd", pack_high_bias, HIGH_ODD, 1 },
	{ "bias_32", pack_bias_less_zeros, 0, 32 },
	{ "mult_32", pack_scales, TYPE_s32, 32 },
	{ "right_32", pack_rights, 1, 32 }, /* shifts to the right, less 1 */
	{ "w_u8_32", pack_fours_u8, 32, 1 }, /* weights 128 more */
	{ "w_columns_32", pack_columns, 32, 1 },
	{ "w_8x4", pack_fours, 8, 1 },
	{ "w_vnni", pack_fours, 16, 1 },
	{ "w_less", pack_less, 16, 1 }, /* w_left being what is left of the zero point */
	{ "w_excess", pack_excess, 0, 1 },
	{ "excess_at", pack_excess, 1, 1 },
	{ "excess_first", pack_excess, 2, 1 },
	{ "fours_16", pack_order, 16, 1 },
	{ "w_16x1", pack_ones, 16, 1 },
	{ "w_columns", pack_columns, 16, 1 },
	{ "w_spread", pack_spread, 16, 1 }, /* the same, the spare row's big weights in two bytes */
	{ "w_4x16", pack_lanes, 0, 1 },
	{ "w_windows", pack_windows, 0, 1 },
	{ "rescale_4", pack_rescale, 0, 1 }, /* bias_16, mult_16, shift_16 */
	{ "w_quads", pack_quads, 16, 1 },
	{ "w_pairs", pack_pairs, 2, 1 }, /* halved: two weights in 16 bits */
	{ "w_pairs_4", pack_pairs, 4, 1 },
	{ "w_rows", pack_rows_of_pairs, 0, 1 },
	{ "w_threes", pack_threes, 0, 1 }, /* and what rescales sums */
	{ "rescales", pack_rescales, 0, 1 }, /* biases, and what rescales sums */
	{ "rescales_less", pack_rescales, 1, 1 }, /* of x less its zero point */
	{ "rescale_pairs", pack_rescale_pairs, 4, 1 },
	{ "quad_at", pack_quad_at, TYPE_s32, 1 },
	{ "column", resampled, WIDTH, 1 }, /* of each pixel of y its pixels of x */
	{ "column_weight", resample_weights, WIDTH, 1 },
	{ "row_weight", resample_weights, HEIGHT, 1 },
};

const struct Packer *
find_packer(const char *word)
{
	for (size_t i = 0; i < sizeof packers / sizeof *packers; i++)
		if (!strcmp(packers[i].name, word))
			return packers + i;
	return NULL;
}

Packed
pack(const Graph *g, const Node *n, const char *word)
{
	const struct Packer *k = find_packer(word);
	Packed p = k->pack(g, n, k->detail);
	int64_t count = (p.count + k->block - 1) / k->block * k->block;

	if (count == p.count)
		return p;
	Packed filled = new_packed(g, p.type, count);
	for (int64_t i = 0; i < count; i += p.count) {
		int64_t some = count - i < p.count ? count - i : p.count;
		memcpy((uint8_t *)filled.data + i * types[p.type].bytes, p.data,
			(size_t)(some * types[p.type].bytes));
	}
	return filled;
}
