/* words.c: the words of kernels' parameter lists, and the kernels' names. */
#include <float.h>
#include <string.h>

#include "codegen.h"

static const struct {
	const char *name;
	WordKind kind;
} others[] = {
	{ "y", WORD_OPERAND }, { "x", WORD_OPERAND }, { "x2", WORD_OPERAND },
	{ "scratch", WORD_SPACE },   /* of one call */
	{ "acc", WORD_SPACE },       /* of a reduction, from begin to end */
	{ "row", WORD_RUNTIME },     /* the output row's number */
	{ "valid_h", WORD_RUNTIME }, /* rows of the window that are inside the image */
};

WordKind
word_kind(const char *name)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (!strcmp(others[i].name, name))
			return others[i].kind;
	return find_packer(name) ? WORD_ARRAY : WORD_NUMBER;
}

static const Tensor *
tensor_of(const Graph *g, const Node *n, int operand)
{
	const Tensor *t = operand == Y ? tensor_out(g, n) : tensor_in(g, n, operand);

	if (!t)
		die("%s: operator %s has no operand %d", n->name, ops[n->op].name,
			operand);
	return t;
}

static int64_t
extent(const Graph *g, const Node *n, int operand, int axis)
{
	const Tensor *t = tensor_of(g, n, operand);
	const int *dim = t->shape.dim;

	if (t->shape.rank != NHWC)
		die("%s: tensor %s of rank %d as rows", n->name, t->name, t->shape.rank);
	if (!n->flat || axis == CHANNELS)
		return dim[axis];
	return axis == HEIGHT ? 1 : (int64_t)dim[HEIGHT] * dim[WIDTH];
}

static bool
is_broadcast(const Graph *g, const Node *n, int operand, int axis)
{
	return extent(g, n, operand, axis) == 1 && extent(g, n, Y, axis) != 1;
}

static int
step(const Graph *g, const Node *n, int operand)
{
	const Tensor *t = tensor_of(g, n, operand);

	return is_broadcast(g, n, operand, WIDTH) ? 0 :
						    (int)axis_step(t, t->shape.rank - 2);
}

/* Bounds that nothing goes beyond are the type's. */
static Range
stored_range(const Graph *g, const Node *n)
{
	Range r = activation_range(g, n), all = type_range(tensor_out(g, n)->type);

	return (Range){ n->open & OPEN_BELOW ? all.least : r.least,
		n->open & OPEN_ABOVE ? all.most : r.most };
}

/* The reference clamps to finite numbers even without an activation. */
static float
finite(float v)
{
	return v < -FLT_MAX ? -FLT_MAX : v > FLT_MAX ? FLT_MAX : v;
}

/* pad_value is a stored number, whole where those are. */
static bool
attribute(const Graph *g, const Node *n, const char *name, Value *out)
{
	for (const Field *f = fields; f < fields + field_count; f++) {
		const void *at = (const char *)n + f->at;
		if (!f->attribute || f->kind == FIELD_LIST || strcmp(f->name, name))
			continue;
		bool real = f->kind == FIELD_FLOAT;
		double v = real ? (double)*(const float *)at : *(const int *)at;
		real &= tensor_out(g, n)->type == TYPE_f32;
		*out = real ? float_value(v) : int_value((int64_t)v);
		return true;
	}
	return false;
}

/* Bytes that a node reads and makes. */
int64_t
bytes_touched(const Graph *g, const Node *n)
{
	int64_t sum = tensor_bytes(tensor_out(g, n));

	for (int k = 0; k < n->input_count; k++)
		if (n->input[k] >= 0 && !g->tensor[n->input[k]].data)
			sum += tensor_bytes(g->tensor + n->input[k]);
	return sum;
}

/* The most of all nodes; those that may be views, or made in parts, take none. */
int64_t
most_touched(const Graph *g)
{
	int64_t most = 0;

	for (const Node *n = g->node; n < g->node + g->node_count; n++) {
		int64_t bytes = n->op == OP_concat || n->op == OP_reshape ? 0 : bytes_touched(g, n);
		most = bytes > most ? bytes : most;
	}
	return most;
}

enum { LEAN_SHARE = 4 }; /* scratch may be a few times what a node touches */

/* With RAM the aim: whether a node's scratch may be where most RAM is taken, so it wants little. */
static bool
is_lean(const Graph *g, const Node *n)
{
	return g->optimize == OPTIMIZE_RAM && n->segment == 0 &&
		bytes_touched(g, n) * LEAN_SHARE > most_touched(g);
}

bool
word_value(const Graph *g, const Node *n, const char *word, Value *out)
{
#define VALUE(name, value)          \
	if (!strcmp(word, #name)) { \
		*out = value;       \
		return true;        \
	}
#define INT(name, value) VALUE(name, int_value(value))
#define FLOAT(name, value) VALUE(name, float_value((double)value))
#define INTS(name, list)        \
	INT(name##0, (list)[0]) \
	INT(name##1, (list)[1]) \
	INT(name##2, (list)[2]) \
	INT(name##3, (list)[3]) \
	INT(name##4, (list)[4]) \
	INT(name##5, (list)[5])
#include "words.def"
	return attribute(g, n, word, out);
}

const char *
kernel_name(const Graph *g, const Node *n, const char *stem)
{
	Type x = tensor_in(g, n, 0)->type, y = tensor_out(g, n)->type;
	const char *both = x == y ?
		types[x].name :
		format(g->arena, "%s_%s", types[x].name, types[y].name);
	const char *const name[] = {
		format(g->arena, "%s_%s_%s", stem, both, semantics_names[n->dialect]),
		format(g->arena, "%s_%s", stem, both),
		format(g->arena, "%s_%d", stem, types[y].bytes * 8),
		stem,
	};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (find_ref(name[i]) || find_ref(format(g->arena, "%s_begin", name[i])))
			return name[i];
	return NULL;
}

const RefKernel *
find_ref(const char *name)
{
	for (int i = 0; i < ref_kernel_count; i++)
		if (!strcmp(ref_kernels[i].name, name))
			return ref_kernels + i;
	return NULL;
}
