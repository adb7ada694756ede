/* pack.c: constants in the layouts that kernels want: a function for each ARRAY word. */
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
	return (Packed){ alloc_array(g->arena, (size_t)count, (size_t)types[type].bytes), type,
		count };
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
		scale[i] = channel_scale(g, n, i);
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
