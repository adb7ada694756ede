/* pack.c: constants in the layouts that kernels want: a function for each ARRAY word. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "codegen.h"

static int
channels(const Graph *g, const Node *n)
{
	const Shape *y = &tensor_out(g, n)->shape;

	return y->dim[y->rank - 1];
}

static Packed
as_it_is(const Tensor *t)
{
	return (Packed){ t->data, t->type, elements(&t->shape) };
}

static Packed
pack_w(const Graph *g, const Node *n)
{
	return as_it_is(tensor_in(g, n, 1));
}

static Packed
pack_bias(const Graph *g, const Node *n)
{
	const Tensor *bias = tensor_in(g, n, 2);
	Type type = tensor_out(g, n)->type == TYPE_f32 ? TYPE_f32 : TYPE_s32;
	int count = channels(g, n);

	if (bias)
		return as_it_is(bias);
	return (Packed){ alloc_array(g->arena, (size_t)count, (size_t)types[type].bytes),
		type, count };
}

static Packed
pack_mult(const Graph *g, const Node *n)
{
	int count = channels(g, n);
	int32_t *mult = alloc_array(g->arena, (size_t)count, sizeof *mult);

	for (int i = 0; i < count; i++)
		mult[i] = quantize_multiplier(channel_scale(g, n, i)).mult;
	return (Packed){ mult, TYPE_s32, count };
}

static Packed
pack_shift(const Graph *g, const Node *n)
{
	int count = channels(g, n);
	int8_t *shift = alloc_array(g->arena, (size_t)count, sizeof *shift);

	for (int i = 0; i < count; i++)
		shift[i] = (int8_t)quantize_multiplier(channel_scale(g, n, i)).shift;
	return (Packed){ shift, TYPE_s8, count };
}

static Packed
pack_scale(const Graph *g, const Node *n)
{
	int count = channels(g, n);
	double *scale = alloc_array(g->arena, (size_t)count, sizeof *scale);

	for (int i = 0; i < count; i++)
		scale[i] = fmin(channel_scale(g, n, i), DBL_MAX); /* C has no literal beyond */
	return (Packed){ scale, TYPE_f64, count };
}

static Packed
pack_table(const Graph *g, const Node *n)
{
	enum { CODES = 256 };
	int8_t *table = alloc_array(g->arena, CODES, sizeof *table);

	unary_table(g, n, table);
	return (Packed){ table, TYPE_s8, CODES };
}

/* ---- blocks of eight outputs, the last one filled up with zeros: 256-bit vectors ---- */

enum { BLOCK = 8 };

static int
blocks(const Graph *g, const Node *n)
{
	return (channels(g, n) + BLOCK - 1) / BLOCK;
}

static Packed
filled_up(const Graph *g, const Node *n, Packed p)
{
	size_t bytes = (size_t)types[p.type].bytes;
	uint8_t *data = alloc_array(g->arena, (size_t)blocks(g, n) * BLOCK, bytes);

	memcpy(data, p.data, (size_t)p.count * bytes);
	return (Packed){ data, p.type, (int64_t)blocks(g, n) * BLOCK };
}

static Packed
pack_mult_8(const Graph *g, const Node *n)
{
	return filled_up(g, n, pack_mult(g, n));
}

static Packed
pack_shift_8(const Graph *g, const Node *n)
{
	return filled_up(g, n, pack_shift(g, n));
}

/* How the weights of an output lie: its first, how many, and how far apart. */
typedef struct {
	const int8_t *w;
	int count, step;
} Taps;

static Taps
taps_of(const Graph *g, const Node *n, int output)
{
	const Tensor *w = tensor_in(g, n, 1);
	int outputs = channels(g, n), count = (int)(elements(&w->shape) / outputs);
	bool apart = n->op == OP_depthwise;

	return (Taps){ (const int8_t *)w->data + (apart ? output : output * count), count,
		apart ? outputs : 1 };
}

/* Zero points out of the sum of products: bias - x_zero * sum of (w - w_zero). */
static Packed
pack_bias_8(const Graph *g, const Node *n)
{
	Packed p = filled_up(g, n, pack_bias(g, n));
	int32_t *bias = copy_of(g->arena, p.data, (size_t)p.count * sizeof *bias);
	Value x_zero, w_zero;

	word_value(g, n, "x_zero", &x_zero);
	word_value(g, n, "w_zero", &w_zero);
	for (int o = 0; o < channels(g, n); o++) {
		Taps t = taps_of(g, n, o);
		int64_t sum = bias[o];
		for (int i = 0; i < t.count; i++)
			sum -= x_zero.i * (t.w[i * t.step] - w_zero.i);
		bias[o] = (int32_t)sum;
	}
	return (Packed){ bias, TYPE_s32, p.count };
}

/* Per block of eight outputs, per pair of inputs: eight outputs of two weights. */
static Packed
pack_w_8x2(const Graph *g, const Node *n)
{
	int pairs = (taps_of(g, n, 0).count + 1) / 2;
	int64_t count = (int64_t)blocks(g, n) * pairs * 2 * BLOCK;
	int8_t *w = alloc(g->arena, (size_t)count);

	for (int o = 0; o < channels(g, n); o++) {
		Taps t = taps_of(g, n, o);
		for (int i = 0; i < t.count; i++)
			w[((o / BLOCK * pairs + i / 2) * BLOCK + o % BLOCK) * 2 + i % 2] =
				t.w[i * t.step];
	}
	return (Packed){ w, TYPE_s8, count };
}

/*
 * Depthwise: per 16 channels, per pair of taps, 32 weights less their zero point in the order in
 * which 256-bit unpacking leaves channels: 0-3 and 8-11 in pairs, then 4-7 and 12-15.
 */
static Packed
pack_w_taps(const Graph *g, const Node *n)
{
	enum { CHANNELS = 16 };
	int taps = taps_of(g, n, 0).count, pairs = (taps + 1) / 2;
	int64_t count = (int64_t)(channels(g, n) + CHANNELS - 1) / CHANNELS * pairs * 2 *
		CHANNELS;
	int16_t *w = alloc_array(g->arena, (size_t)count, sizeof *w);
	Value w_zero;

	word_value(g, n, "w_zero", &w_zero);
	for (int o = 0; o < channels(g, n); o++) {
		Taps t = taps_of(g, n, o);
		int lane = o % CHANNELS, high = lane / 4 % 2,
		    at = lane / 8 * 4 + lane % 4;
		int16_t *block = w + (int64_t)(o / CHANNELS) * pairs * 2 * CHANNELS;
		for (int i = 0; i < taps; i++)
			block[i / 2 * 2 * CHANNELS + high * CHANNELS + at * 2 + i % 2] =
				(int16_t)(t.w[i * t.step] - w_zero.i);
	}
	return (Packed){ w, TYPE_s16, count };
}

static const struct {
	const char *name;
	Packed (*pack)(const Graph *, const Node *);
} packers[] = {
#define INT(name, function, operand, detail)
#define FLOAT(name, function, operand, detail)
#define OTHER(name, kind)
#define ARRAY(name, function) { #name, function },
#include "words.def"
#undef INT
#undef FLOAT
#undef OTHER
#undef ARRAY
};

Packed
pack(const Graph *g, const Node *n, const char *word)
{
	for (size_t i = 0; i < sizeof packers / sizeof *packers; i++)
		if (!strcmp(packers[i].name, word))
			return packers[i].pack(g, n);
	die("%s: no array %s", n->name, word);
}
