/* words.c: the words of kernels' parameter lists: which kernels' they are, and their numbers. */
#include <float.h>
#include <string.h>

#include "codegen.h"

typedef enum {
	EXTENT,
	STEP,
	INCREMENT,
	KERNEL_HEIGHT,
	KERNEL_WIDTH,
	CHANNELS_EACH,
	PAD_TOP,
	PAD_LEFT,
	PAD_FRONT,
	ZERO,
	WEIGHT_ZERO,
	LEAST,
	MOST,
	SUM_SHIFT,
	MULT,
	SHIFT,
	ALPHA_SIGN,
	SOFTMAX_LEAST,
	BYTES,
	TURNS,
	FROM,
	TO,
	FIRST,
	RUN,
	PLAIN_EXTENT,
	SCALE,
	PAD_VALUE,
	LOW,
	HIGH
} What;

typedef struct {
	const char *name;
	WordKind kind;
	What what;
	int operand, detail;
} Entry;

static const Entry words[] = {
#define NUMBER(name, what, operand, detail) { #name, WORD_NUMBER, what, operand, detail },
#define MULTIPLIER(name, which) \
	NUMBER(name##_mult, MULT, Y, which) NUMBER(name##_shift, SHIFT, Y, which)
#define SERIES(name, what, operand)       \
	NUMBER(name##0, what, operand, 0) \
	NUMBER(name##1, what, operand, 1) \
	NUMBER(name##2, what, operand, 2) \
	NUMBER(name##3, what, operand, 3) \
	NUMBER(name##4, what, operand, 4) NUMBER(name##5, what, operand, 5)
#define OTHER(name, kind) { #name, WORD_##kind, RUN, Y, 0 },
#include "words.def"
#undef NUMBER
#undef MULTIPLIER
#undef SERIES
#undef OTHER
};

static int64_t
extent(const Node *n, const Tensor *t, int axis)
{
	const int *dim = t->shape.dim;

	if (t->shape.rank != NHWC)
		die("%s: tensor %s of rank %d as rows", n->name, t->name, t->shape.rank);
	if (!n->flat || axis == CHANNELS)
		return dim[axis];
	return axis == HEIGHT ? 1 : (int64_t)dim[HEIGHT] * dim[WIDTH];
}

static bool
is_broadcast(const Graph *g, const Node *n, const Tensor *t, int axis)
{
	return extent(n, t, axis) == 1 && extent(n, tensor_out(g, n), axis) != 1;
}

/* TFLite ignores zero points of int8 convolutions' weights, and where scales are many. */
static int
weight_zero(const Node *n, const Tensor *w)
{
	bool heeded =
		w->quant.count == 1 && (w->origin.type == TYPE_u8 || n->op == OP_dense);

	return heeded ? w->quant.zero[0] : 0;
}

/* The reference clamps to finite numbers even without an activation. */
static float
finite(float v)
{
	return v < -FLT_MAX ? -FLT_MAX : v > FLT_MAX ? FLT_MAX : v;
}

static Value
real_value(float v)
{
	return (Value){ .type = VALUE_FLOAT, .f = (double)v };
}

static Value
number(const Graph *g, const Node *n, const Entry *w)
{
	const Tensor *y = tensor_out(g, n),
		     *t = w->operand == Y ? y : tensor_in(g, n, w->operand);
	const Attr *a = &n->attr;
	int detail = w->detail;

	if (!t)
		die("%s: operator %s has no operand %d", n->name, ops[n->op].name,
			w->operand);
	switch (w->what) {
	case EXTENT: return int_value(extent(n, t, detail));
	case STEP:
		return int_value(is_broadcast(g, n, t, WIDTH) ? 0 : tensor_pixel_step(t));
	case INCREMENT: return int_value(!is_broadcast(g, n, t, CHANNELS));
	case KERNEL_HEIGHT: return int_value(kernel_height(g, n));
	case KERNEL_WIDTH: return int_value(kernel_width(g, n));
	case CHANNELS_EACH:
		return int_value(extent(n, y, CHANNELS) / extent(n, t, CHANNELS));
	case PAD_TOP: return int_value(-window_start(n, 0));
	case PAD_LEFT:
		return int_value(n->op == OP_pad ? a->begin.dim[WIDTH] : a->pad_left);
	case PAD_FRONT: return int_value(a->begin.dim[CHANNELS]);
	case ZERO: return int_value(affine(g, n, w->operand).zero);
	case WEIGHT_ZERO: return int_value(weight_zero(n, t));
	case LEAST: return int_value(activation_range(g, n).least);
	case MOST: return int_value(activation_range(g, n).most);
	case SUM_SHIFT: return int_value(sum_shift(g, n));
	case MULT: return int_value(rescale(g, n, (Rescale)detail).mult);
	case SHIFT: return int_value(rescale(g, n, (Rescale)detail).shift);
	case ALPHA_SIGN: return int_value(a->alpha < 0 ? -1 : 1);
	case SOFTMAX_LEAST: return int_value(softmax_least(g, n));
	case BYTES: return int_value(types[t->type].bytes);
	case TURNS: return int_value(movement_of(g, n).count[detail]);
	case FROM: return int_value(movement_of(g, n).from[detail]);
	case TO: return int_value(movement_of(g, n).to[detail]);
	case FIRST: return int_value(movement_of(g, n).first);
	case RUN: return int_value(movement_of(g, n).run);
	case PLAIN_EXTENT:
		return int_value(detail < t->shape.rank ? t->shape.dim[detail] : 1);
	case SCALE: return real_value(affine(g, n, w->operand).scale);
	case PAD_VALUE:
		return y->type == TYPE_f32 ? real_value(a->pad_value) :
					     int_value((int64_t)a->pad_value);
	case LOW: return real_value(finite(act_bounds[a->act].low));
	case HIGH: return real_value(finite(act_bounds[a->act].high));
	}
	die("no such word");
}

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

	return w ? w->kind : is_array(name) ? WORD_ARRAY : WORD_NUMBER;
}

static bool
attribute(const Node *n, const char *name, Value *out)
{
	for (int i = 0; i < attr_count; i++) {
		const void *at = (const char *)&n->attr + attrs[i].at;
		if (strcmp(attrs[i].name, name) || attrs[i].kind == ATTR_LIST)
			continue;
		*out = attrs[i].kind == ATTR_INT ? int_value(*(const int *)at) :
						   real_value(*(const float *)at);
		return true;
	}
	return false;
}

bool
word_value(const Graph *g, const Node *n, const char *name, Value *out)
{
	const Entry *w = find_word(name);

	if (!w)
		return attribute(n, name, out);
	if (w->kind == WORD_NUMBER)
		*out = number(g, n, w);
	return w->kind == WORD_NUMBER;
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
		if (find_ref(name[i], NULL) || find_ref(name[i], "begin"))
			return name[i];
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
