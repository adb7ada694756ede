/* random_graph.c: random graphs as a front end might make them. */
#include <string.h>

#include "dice.h"
#include "random_graph.h"

enum { MOST_ELEMENTS = 2000, MOST_RANK = 5, BYTE = 256 };

typedef struct {
	Graph *g;
	uint32_t state;
	int last; /* tensor that the next operator reads */
} Dice;

static int
roll(Dice *d, int sides)
{
	return throw_dice(&d->state, sides);
}

static const Tensor *
at_hand(const Dice *d)
{
	return d->g->tensor + d->last;
}

static Quant
any_quant(Dice *d, Type type)
{
	static const float scales[] = { 0.5f, 0.25f };
	Quant q = { 0 };

	if (!is_byte(type))
		return q;
	q.count = 1;
	q.scale = copy_of(d->g->arena, &scales[roll(d, 2)], sizeof *scales);
	int32_t zero = roll(d, BYTE) - (type == TYPE_s8 ? BYTE / 2 : 0);
	q.zero = copy_of(d->g->arena, &zero, sizeof zero);
	return q;
}

static int
tensor(Dice *d, Type type, Shape s, Quant q)
{
	Graph *g = d->g;
	int t = new_tensor(g, format(g->arena, "t%d", g->tensor_count), type, s, q, nowhere);

	g->tensor[t].origin.number = t;
	return t;
}

/* A constant of values from low on. */
static int
constant(Dice *d, Type type, Shape s, Quant q, int low, int values)
{
	int t = tensor(d, type, s, q);
	int64_t count = elements(&s);
	char *data = alloc(d->g->arena, (size_t)(count * types[type].bytes));

	for (int64_t i = 0; i < count; i++) {
		int64_t v = low + roll(d, values);
		float f = (float)v;
		char *to = data + i * types[type].bytes;
		if (type == TYPE_f32)
			memcpy(to, &f, sizeof f);
		else /* little-endian hosts only, as the tests' other parts */
			memcpy(to, &v, (size_t)types[type].bytes);
	}
	d->g->tensor[t].data = data;
	return t;
}

static int
any_constant(Dice *d, Type type, Shape s)
{
	return constant(d, type, s, any_quant(d, type), type == TYPE_u8 ? 100 : -9, 20);
}

/* A node whose output infer_shape() shapes, unless shape is given; NULL: it cannot be. */
static Node *
node(Dice *d, Op op, const int *input, int inputs, Type type, Quant q, const Shape *shape)
{
	int y = tensor(d, type, shape ? *shape : (Shape){ 0 }, q);
	Node *n = add_node(d->g, op, op == OP_reshape ? NULL : "n", nowhere, input, inputs, y);

	n->number = d->g->node_count;
	return n;
}

static void
finish(Dice *d, Node *n, bool shaped)
{
	Shape y = { 0 };

	if (!infer_shape(d->g, n, &y))
		die("random graph: %s", ops[n->op].name);
	if (!shaped)
		tensor_out(d->g, n)->shape = y;
	d->last = n->output;
}

/* ---- operators */

static void
unary(Dice *d)
{
	static const Op some[] = { OP_logistic, OP_tanh, OP_hard_swish, OP_relu, OP_relu };
	const Tensor x = *at_hand(d);
	Op op = some[roll(d, 5)];

	if (x.type == TYPE_s32)
		return;
	Node *n = node(d, op, &d->last, 1, x.type, roll(d, 2) ? x.quant : any_quant(d, x.type), NULL);
	n->attr.act = op == OP_relu ? 1 + roll(d, ACT_COUNT - 1) : 0;
	finish(d, n, false);
}

static void
softmax(Dice *d)
{
	static const float step = 1.0f / BYTE;
	static const int32_t zeros[TYPE_COUNT] = { [TYPE_s8] = -BYTE / 2 };
	const Tensor x = *at_hand(d);
	Quant q = { 1, 0, &step, &zeros[x.type] };

	if (x.shape.rank && x.type != TYPE_s32)
		finish(d, node(d, OP_softmax, &d->last, 1, x.type, is_byte(x.type) ? q : x.quant, NULL),
			false);
}

static void
binary(Dice *d)
{
	static const Op some[] = { OP_add, OP_sub, OP_mul };
	const Tensor x = *at_hand(d);
	Shape s = x.shape;
	int drop = roll(d, 3) == 0 && s.rank ? roll(d, s.rank) : 0, input[2];

	for (int i = 0; i < s.rank; i++)
		if (roll(d, 2))
			s.dim[i] = 1;
		else if (s.dim[i] == 1 && elements(&x.shape) < MOST_ELEMENTS / 3)
			s.dim[i] = 1 + roll(d, 3);
	memmove(s.dim, s.dim + drop, (size_t)(s.rank - drop) * sizeof *s.dim);
	s.rank -= drop;
	int other = roll(d, 5) ? any_constant(d, x.type, s) : d->last, first = roll(d, 2);
	input[first] = d->last;
	input[!first] = other;
	Node *n = node(d, some[roll(d, 3)], input, 2, x.type, any_quant(d, x.type), NULL);
	n->attr.act = x.type == TYPE_s32 ? 0 : roll(d, ACT_COUNT);
	finish(d, n, false);
}

static void
mean(Dice *d)
{
	const Tensor x = *at_hand(d);
	Shape axes = { 0 };

	for (int i = 0; i < x.shape.rank; i++)
		if (roll(d, 2))
			axes.dim[axes.rank++] = i;
	Node *n = node(d, OP_mean, &d->last, 1, x.type, any_quant(d, x.type), NULL);
	n->attr.axes = axes;
	finish(d, n, false);
}

static void
arg_max(Dice *d)
{
	const Tensor x = *at_hand(d);

	if (!x.shape.rank)
		return;
	Node *n = node(d, OP_arg_max, &d->last, 1, TYPE_s32, (Quant){ 0 }, NULL);
	n->attr.axis = roll(d, x.shape.rank);
	finish(d, n, false);
}

static void
convert(Dice *d)
{
	const Tensor x = *at_hand(d);
	Type bytes = roll(d, 2) ? TYPE_u8 : TYPE_s8, to = TYPE_f32;
	Op op = OP_cast;

	switch (roll(d, 3)) {
	case 0: to = (Type[]){ TYPE_s8, TYPE_u8, TYPE_s32, TYPE_f32 }[roll(d, 4)]; break;
	case 1: op = is_byte(x.type) ? OP_requantize : OP_quantize; to = bytes; break;
	default: op = OP_dequantize;
	}
	if ((op == OP_quantize && x.type != TYPE_f32) || (op == OP_dequantize && !is_byte(x.type)))
		return;
	finish(d, node(d, op, &d->last, 1, to, any_quant(d, to), NULL), false);
}

static void
reshape(Dice *d)
{
	const Tensor x = *at_hand(d);
	Shape s = { .rank = roll(d, MOST_RANK + 1) };
	int rest = (int)elements(&x.shape);

	s.rank += s.rank == 0 && rest > 1;
	for (int i = 0; i < s.rank; i++) {
		int factor = i == s.rank - 1 ? rest : 1 + roll(d, rest);
		while (rest % factor)
			factor--;
		s.dim[i] = factor;
		rest /= factor;
	}
	finish(d, node(d, OP_reshape, &d->last, 1, x.type, x.quant, &s), true);
}

static void
transpose(Dice *d)
{
	const Tensor x = *at_hand(d);
	Node *n = node(d, OP_transpose, &d->last, 1, x.type, x.quant, NULL);
	Shape *perm = &n->attr.perm;

	perm->rank = x.shape.rank;
	for (int i = 0; i < perm->rank; i++) {
		int k = roll(d, i + 1);
		perm->dim[i] = perm->dim[k];
		perm->dim[k] = i;
	}
	finish(d, n, false);
}

static void
slice(Dice *d)
{
	const Tensor x = *at_hand(d);
	Shape y = x.shape, begin = { .rank = y.rank }, step = { .rank = y.rank };

	for (int i = 0; i < y.rank; i++) {
		int size = x.shape.dim[i], back = roll(d, 4) == 0;
		begin.dim[i] = roll(d, 2) ? (back ? size - 1 : 0) : roll(d, size);
		step.dim[i] = (roll(d, 2) ? 1 : 1 + roll(d, 2)) * (back ? -1 : 1);
		int room = back ? begin.dim[i] : size - 1 - begin.dim[i];
		y.dim[i] = room / (back ? -step.dim[i] : step.dim[i]) + 1;
		y.dim[i] -= y.dim[i] > 1 && roll(d, 3) == 0;
	}
	Node *n = node(d, OP_slice, &d->last, 1, x.type, x.quant, &y);
	n->attr.begin = begin;
	n->attr.step = step;
	finish(d, n, true);
}

static void
pad(Dice *d)
{
	const Tensor x = *at_hand(d);
	Node *n = node(d, OP_pad, &d->last, 1, x.type, x.quant, NULL);

	if (elements(&x.shape) < MOST_ELEMENTS / 8)
		for (int i = 0; i < x.shape.rank; i++) {
			n->attr.begin.dim[i] = roll(d, 3) ? 0 : roll(d, 3);
			n->attr.end.dim[i] = roll(d, 3) ? 0 : roll(d, 3);
		}
	n->attr.begin.rank = n->attr.end.rank = x.shape.rank;
	n->attr.pad_value = roll(d, 2) && is_byte(x.type) ? (float)x.quant.zero[0] : 5;
	finish(d, n, false);
}

static void
concat(Dice *d)
{
	const Tensor x = *at_hand(d);
	Shape s = x.shape;
	int input[3] = { d->last, d->last, d->last }, count = 1 + roll(d, 3);

	if (!s.rank || elements(&s) * count > MOST_ELEMENTS)
		return;
	int axis = roll(d, s.rank);
	s.dim[axis] = 1 + roll(d, 3);
	if (roll(d, 2) && elements(&s) < MOST_ELEMENTS / 2)
		input[count - 1] = any_constant(d, x.type, s);
	Node *n = node(d, OP_concat, input, count, x.type, roll(d, 2) ? x.quant :
		any_quant(d, x.type), NULL);
	n->attr.axis = axis;
	finish(d, n, false);
}

static void
gather_nd(Dice *d)
{
	const Tensor x = *at_hand(d);
	int least = x.shape.dim[0];

	if (!x.shape.rank)
		return;
	int parts = 1 + roll(d, x.shape.rank), rows = 1 + roll(d, 4);
	for (int i = 0; i < parts; i++)
		least = x.shape.dim[i] < least ? x.shape.dim[i] : least;
	Shape s = roll(d, 2) || x.shape.rank == MOST_RANK ? shape_of(2, rows, parts) :
		shape_of(3, 2, rows, parts);
	int input[] = { d->last, constant(d, roll(d, 2) ? TYPE_s32 : TYPE_s64, s, (Quant){ 0 }, 0,
		least) };
	if (s.rank - 1 + x.shape.rank - parts <= MOST_RANK)
		finish(d, node(d, OP_gather_nd, input, 2, x.type, x.quant, NULL), false);
}

/* Room and a plausible padding for a window along one axis. */
static void
along(Dice *d, int in, int *window, int *stride, int *dilation, int *before, int *after)
{
	*window = 1 + roll(d, 3);
	*stride = 1 + roll(d, 3);
	*dilation = 1 + roll(d, 3) / 2;
	int extent = (*window - 1) * *dilation + 1;
	*before = roll(d, extent);
	*after = roll(d, extent);
	while (in + *before + *after < extent) {
		*window = *dilation = extent = 1;
		*before = *after = 0;
	}
}

static void
window(Dice *d)
{
	static const Op some[] = { OP_conv2d, OP_conv2d, OP_depthwise, OP_avg_pool, OP_max_pool };
	const Tensor x = *at_hand(d);
	const Node *last = d->g->node + d->g->node_count - 1;
	bool follows = d->g->node_count && last->op == OP_conv2d && last->output == d->last;
	Op op = follows && roll(d, 3) ? OP_depthwise : some[roll(d, 5)];
	bool pool = op == OP_avg_pool || op == OP_max_pool;
	int channels = x.shape.rank == NHWC ? x.shape.dim[3] : 0, input[] = { d->last, -1, -1 };
	Attr a = attr_defaults();

	if (x.shape.rank != NHWC || x.type == TYPE_s32)
		return;
	along(d, x.shape.dim[1], &a.kernel_h, &a.stride_h, &a.dilation_h, &a.pad_top, &a.pad_bottom);
	along(d, x.shape.dim[2], &a.kernel_w, &a.stride_w, &a.dilation_w, &a.pad_left, &a.pad_right);
	if (pool && (a.dilation_h > 1 || a.dilation_w > 1))
		return;
	if (!pool) {
		int groups = 1 + roll(d, channels), times = roll(d, 3);
		times = 1 + (op == OP_depthwise ? times / 2 : times);
		groups = channels % groups ? 1 : groups;
		Shape w = op == OP_conv2d ?
			shape_of(NHWC, groups * times, a.kernel_h, a.kernel_w, channels / groups) :
			shape_of(NHWC, 1, a.kernel_h, a.kernel_w, channels * times);
		int outputs = op == OP_conv2d ? w.dim[0] : w.dim[3];
		input[1] = any_constant(d, x.type, w);
		if (x.type == TYPE_s8) /* which the references ignore */
			d->g->tensor[input[1]].quant.zero = alloc(d->g->arena, sizeof(int32_t));
		if (roll(d, 2))
			input[2] = any_constant(d, x.type == TYPE_f32 ? TYPE_f32 : TYPE_s32,
				shape_of(1, outputs));
		a.kernel_h = a.kernel_w = 1;
	}
	a.act = roll(d, ACT_COUNT);
	Node *n = node(d, op, input, pool ? 1 : 3, x.type, any_quant(d, x.type), NULL);
	n->attr = a;
	finish(d, n, false);
}

static void
dense(Dice *d)
{
	const Tensor x = *at_hand(d);
	int out = 1 + roll(d, 4), in = x.shape.rank ? x.shape.dim[x.shape.rank - 1] : 1;
	Shape y = x.shape;

	if (x.type == TYPE_s32 || !x.shape.rank)
		return;
	if (roll(d, 2) && x.shape.rank > 1)
		in *= x.shape.dim[x.shape.rank - 2], y = shape_of(2, (int)elements(&x.shape) / in, out);
	y.dim[y.rank - 1] = out;
	int w = any_constant(d, x.type, shape_of(2, out, in)), input[] = { d->last, w };
	finish(d, node(d, OP_dense, input, 2, x.type, any_quant(d, x.type), &y), true);
}

static void
resize(Dice *d)
{
	const Tensor x = *at_hand(d);
	Shape y = x.shape;
	bool nearest = x.type == TYPE_s32 || roll(d, 2);

	if (y.rank != NHWC || elements(&y) > MOST_ELEMENTS / 9)
		return;
	y.dim[1] = 1 + roll(d, 6);
	y.dim[2] = 1 + roll(d, 6);
	finish(d, node(d, nearest ? OP_resize_nearest : OP_resize_bilinear, &d->last, 1, x.type,
		x.quant, &y), true);
}

static void (*const makers[])(Dice *) = { unary, softmax, binary, binary, mean, arg_max, convert,
	reshape, reshape, transpose, slice, pad, pad, concat, gather_nd, window, window, window, dense,
	resize };

Graph *
random_graph(Arena *arena, Diag *diag, uint32_t seed, int nodes)
{
	Dice d = { .g = graph_new(arena, diag, "m"), .state = seed * 2654435761u + 1 };
	static const Type first[] = { TYPE_u8, TYPE_u8, TYPE_s8, TYPE_s8, TYPE_f32, TYPE_s32 };
	Graph *g = d.g;
	Shape s = { 0 };

	for (int i = 0; i < 9; i++)
		roll(&d, 2);
	s.rank = roll(&d, 3) ? NHWC : roll(&d, MOST_RANK + 1);
	for (int i = 0; i < s.rank; i++)
		s.dim[i] = 1 + roll(&d, 4);
	Type type = first[roll(&d, 6)];
	g->semantics = roll(&d, 2) ? TFLM : LITERT;
	d.last = tensor(&d, type, s, any_quant(&d, type));
	g->input = copy_of(arena, &(Port){ "x", d.last }, sizeof(Port));
	g->input_count = 1;
	g->output = alloc_array(arena, 2, sizeof(Port));
	g->output[0] = (Port){ "early", d.last };
	while (g->node_count < nodes) {
		int before = g->node_count;
		makers[roll(&d, sizeof makers / sizeof *makers)](&d);
		if (g->node_count > before && roll(&d, 4) == 0)
			g->output[0].tensor = d.last;
	}
	g->output[1] = (Port){ "y", d.last };
	g->output_count = 2;
	return g;
}
