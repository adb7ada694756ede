/* words.c: the words of kernels' parameter lists, as numbers. */
#include <float.h>
#include <string.h>

#include "codegen.h"

enum { HEIGHT = 1, WIDTH = 2, CHANNELS = 3 }; /* axes of NHWC */
enum { X = 0, X2 = 1, Y = -1 };               /* operands */

static const Tensor *
tensor_of(const Graph *g, const Node *n, int operand)
{
	const Tensor *t = operand == Y ? tensor_out(g, n) : tensor_in(g, n, operand);

	if (!t)
		die("%s: operator %s has no operand %d", n->name, ops[n->op].name,
			operand);
	return t;
}

static Value
extent(const Graph *g, const Node *n, int operand, int axis)
{
	const Tensor *t = tensor_of(g, n, operand);
	const int *dim = t->shape.dim;

	if (t->shape.rank != NHWC)
		die("%s: tensor %s of rank %d as rows", n->name, t->name, t->shape.rank);
	if (!n->flat || axis == CHANNELS)
		return int_value(dim[axis]);
	return int_value(axis == HEIGHT ? 1 : (int64_t)dim[HEIGHT] * dim[WIDTH]);
}

static bool
is_broadcast(const Graph *g, const Node *n, int operand, int axis)
{
	return operand != Y && extent(g, n, operand, axis).i == 1 &&
		extent(g, n, Y, axis).i != 1;
}

static Value
step(const Graph *g, const Node *n, int operand, int detail)
{
	(void)detail;
	return int_value(is_broadcast(g, n, operand, WIDTH) ?
			0 :
			tensor_pixel_step(tensor_of(g, n, operand)));
}

static Value
increment(const Graph *g, const Node *n, int operand, int detail)
{
	(void)detail;
	return int_value(!is_broadcast(g, n, operand, CHANNELS));
}

static Value
window(const Graph *g, const Node *n, int operand, int axis)
{
	(void)operand;
	return int_value(axis == HEIGHT ? kernel_height(g, n) : kernel_width(g, n));
}

static Value
channels_each(const Graph *g, const Node *n, int operand, int detail)
{
	(void)operand, (void)detail;
	return int_value(extent(g, n, Y, CHANNELS).i / extent(g, n, X, CHANNELS).i);
}

static Value
attribute(const Graph *g, const Node *n, int operand, int at)
{
	int v;

	(void)g, (void)operand;
	memcpy(&v, (const char *)&n->attr + at, sizeof v);
	return int_value(v);
}

/* A window's, or the pixels and channels that a pad node puts before. */
static Value
padding(const Graph *g, const Node *n, int axis, int at)
{
	return n->op == OP_pad ? int_value(n->attr.begin.dim[axis]) :
				 attribute(g, n, 0, at);
}

static Value
zero_point(const Graph *g, const Node *n, int operand, int detail)
{
	const Quant *q = &tensor_of(g, n, operand)->quant;

	(void)detail;
	if (operand == Y)
		return int_value(output_zero(g, n));
	return int_value(q->count ? q->zero[0] : 0);
}

/* TFLite ignores zero points of int8 convolutions' weights, and where scales are many. */
static Value
weight_zero(const Graph *g, const Node *n, int operand, int detail)
{
	const Tensor *w = tensor_of(g, n, 1);
	bool heeded =
		w->quant.count == 1 && (w->origin.type == TYPE_u8 || n->op == OP_dense);

	(void)operand, (void)detail;
	return int_value(heeded ? w->quant.zero[0] : 0);
}

static Value
bound(const Graph *g, const Node *n, int operand, int upper)
{
	int64_t least, most;

	(void)operand;
	activation_range(g, n, &least, &most);
	return int_value(upper ? most : least);
}

static Value
bits_below(const Graph *g, const Node *n, int operand, int detail)
{
	(void)operand, (void)detail;
	return int_value(sum_shift(g, n));
}

static Value
mult(const Graph *g, const Node *n, int which, int is_shift)
{
	Multiplier m = rescale(g, n, (Rescale)which);

	return int_value(is_shift ? m.shift : m.mult);
}

static Value
sign_of_alpha(const Graph *g, const Node *n, int operand, int detail)
{
	(void)g, (void)operand, (void)detail;
	return int_value(n->attr.alpha < 0 ? -1 : 1);
}

static Value
least_difference(const Graph *g, const Node *n, int operand, int detail)
{
	(void)operand, (void)detail;
	return int_value(softmax_least(g, n));
}

static Value
real_value(float v)
{
	Value value = float_value((double)v);

	value.type = VALUE_FLOAT;
	return value;
}

static Value
scale(const Graph *g, const Node *n, int operand, int detail)
{
	const Quant *q = &tensor_of(g, n, operand)->quant;

	(void)detail;
	return real_value(operand == Y ? output_scale(g, n) : q->count ? q->scale[0] : 1);
}

static Value
real(const Graph *g, const Node *n, int operand, int at)
{
	float v;

	(void)g, (void)operand;
	memcpy(&v, (const char *)&n->attr + at, sizeof v);
	return real_value(v);
}

static Value
filling(const Graph *g, const Node *n, int operand, int detail)
{
	float v = n->attr.pad_value;

	(void)operand, (void)detail;
	return tensor_out(g, n)->type == TYPE_f32 ? real_value(v) : int_value((int64_t)v);
}

/* The reference clamps to finite numbers even without an activation. */
static Value
real_bound(const Graph *g, const Node *n, int operand, int upper)
{
	float low, high;

	(void)g, (void)operand;
	activation_reals((Act)n->attr.act, &low, &high);
	float v = upper ? high : low;
	return real_value(v < -FLT_MAX ? -FLT_MAX : v > FLT_MAX ? FLT_MAX : v);
}

/* ---- movement: loops that do not turn count once */
typedef enum { TURNS, FROM, TO, FIRST, RUN } Moved;

static Value
moved(const Graph *g, const Node *n, int what, int axis)
{
	Movement m = movement_of(g, n);

	switch ((Moved)what) {
	case TURNS: return int_value(axis < m.axes ? m.count[axis] : 1);
	case FROM: return int_value(m.from[axis]);
	case TO: return int_value(m.to[axis]);
	case FIRST: return int_value(m.first);
	default: return int_value(m.run);
	}
}

/* Of a tensor that is no image: 1 beyond its axes. */
static Value
plain_extent(const Graph *g, const Node *n, int operand, int axis)
{
	const Shape *s = &tensor_of(g, n, operand)->shape;

	return int_value(axis < s->rank ? s->dim[axis] : 1);
}

static Value
element_bytes(const Graph *g, const Node *n, int operand, int detail)
{
	(void)detail;
	return int_value(types[tensor_of(g, n, operand)->type].bytes);
}

typedef struct {
	const char *name;
	WordKind kind;
	Value (*value)(const Graph *, const Node *, int operand, int detail);
	int operand, detail;
} Entry;

static const Entry words[] = {
#define INT(name, function, operand, detail) \
	{ #name, WORD_INT, function, operand, detail },
#define FLOAT(name, function, operand, detail) \
	{ #name, WORD_FLOAT, function, operand, detail },
#define ARRAY(name, function) { #name, WORD_ARRAY, NULL, 0, 0 },
#define OTHER(name, kind) { #name, WORD_##kind, NULL, 0, 0 },
#include "words.def"
#undef INT
#undef FLOAT
#undef ARRAY
#undef OTHER
};

static const Entry *
find_word(const char *name)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i].name, name))
			return words + i;
	return NULL;
}

WordKind
word_kind(const char *name)
{
	const Entry *w = find_word(name);

	return w ? w->kind : WORD_UNKNOWN;
}

bool
word_value(const Graph *g, const Node *n, const char *name, Value *out)
{
	const Entry *w = find_word(name);

	if (!w || !w->value)
		return false;
	*out = w->value(g, n, w->operand, w->detail);
	return true;
}

float
outside_value(const Graph *g, const Node *n)
{
	const Tensor *x = tensor_in(g, n, 0);

	switch (ops[n->op].outside) {
	case OUTSIDE_ZERO_POINT: return (float)zero_point(g, n, X, 0).i;
	case OUTSIDE_MINIMUM:
		return x->type == TYPE_f32 ? -FLT_MAX : (float)least_of(x->type);
	case OUTSIDE_NOTHING: return (float)-n->attr.x_bias;
	case OUTSIDE_VALUE: return n->attr.pad_value;
	default: return 0;
	}
}

/* The nth name that a kernel of this stem may have, NULL after the last. */
static const char *
candidate(const Graph *g, const Node *n, const char *stem, int nth)
{
	Type x = tensor_in(g, n, 0)->type, y = tensor_out(g, n)->type;
	const char *dialect = semantics_names[n->dialect];
	const char *types_of = x == y ?
		types[x].name :
		format(g->arena, "%s_%s", types[x].name, types[y].name);

	switch (nth) {
	case 0: return format(g->arena, "%s_%s_%s", stem, types_of, dialect);
	case 1: return format(g->arena, "%s_%s", stem, types_of);
	case 2: return format(g->arena, "%s_%d", stem, types[y].bytes * 8);
	default: return nth == 3 ? stem : NULL;
	}
}

const char *
kernel_name(const Graph *g, const Node *n, const char *stem)
{
	const char *name;

	for (int i = 0; (name = candidate(g, n, stem, i)); i++)
		if (find_ref(name, NULL) || find_ref(name, "begin"))
			return name;
	return NULL;
}

const RefKernel *
find_ref(const char *name, const char *part)
{
	size_t size = strlen(name);

	for (int i = 0; i < ref_kernel_count; i++) {
		const char *s = ref_kernels[i].name;
		if (strncmp(s, name, size))
			continue;
		if (part ? s[size] == '_' && !strcmp(s + size + 1, part) : !s[size])
			return ref_kernels + i;
	}
	return NULL;
}
