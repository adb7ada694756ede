/* cases.c: a random node with its tensors, as legalize() leaves them. */
#include <math.h>
#include <string.h>

#include "kernels.h"

enum { WORK_MOST = 1 << 19 }; /* multiply-accumulates of a case, so that many are tried */

/* ---- tensors */

static Quant
quant_of(Case *c, int count, int axis, float scale, bool zero)
{
	Arena *arena = c->graph->arena;
	float *scales = alloc_array(arena, (size_t)count, sizeof *scales);
	int32_t *zeros = alloc_array(arena, (size_t)count, sizeof *zeros);

	for (int i = 0; i < count; i++) {
		scales[i] = scale * (count > 1 ? log_between(&c->dice, 0.1f, 10) : 1);
		zeros[i] = !zero             ? 0 :
			chance(&c->dice, 20) ? pick(&c->dice, 2, INT8_MIN, INT8_MAX) :
					       between(&c->dice, INT8_MIN, INT8_MAX);
	}
	return (Quant){ count, axis, scales, zeros };
}

/* One scale where the type is int8; legacy: a uint8 in the model. */
static int
tensor(Case *c, const char *name, Type type, Shape shape, float scale, bool legacy)
{
	Quant q = type == TYPE_s8 ? quant_of(c, 1, 0, scale, true) : (Quant){ 0 };
	int t = new_tensor(c->graph, name, type, shape, q, nowhere);

	c->graph->tensor[t].origin.type = legacy ? TYPE_u8 : type;
	return t;
}

float
any_float(Case *c)
{
	Dice *d = &c->dice;
	return c->whole ? (float)between(d, -8, 8) : chance(d, 5) ? 0 :
		log_between(d, 1e-3f, 100) * (chance(d, 50) ? 1 : -1);
}

/* Random bytes, or only the ends of the range, which overflow first. */
static void
fill_integers(Dice *d, uint8_t *x, Type type, int64_t count)
{
	int size = types[type].bytes, ends = chance(d, 25) ? between(d, 1, 3) : 0;

	for (int64_t i = 0; i < count; i++) {
		bool low = ends == 1 || (ends == 3 && chance(d, 50));
		bool small = size > 1 && chance(d, 50);
		for (int k = 0; k < size; k++) { /* bytes, the least one first */
			uint8_t end = type == TYPE_u8 ? (low ? 0 : UINT8_MAX) :
				k < size - 1          ? (low ? 0 : UINT8_MAX) :
							(low ? 0x80 : 0x7f);
			x[i * size + k] = ends ? end : small && k ? 0 : (uint8_t)roll(d);
		}
		if (type == TYPE_b8)
			x[i] &= 1;
	}
}

static void
fill_constant(Case *c, int tensor)
{
	Tensor *t = c->graph->tensor + tensor;
	int64_t count = elements(&t->shape);
	void *data = alloc(c->graph->arena, (size_t)tensor_bytes(t));

	if (t->type == TYPE_f32)
		for (int64_t i = 0; i < count; i++)
			((float *)data)[i] = any_float(c);
	else
		fill_integers(&c->dice, data, t->type, count);
	bool small = t->type == TYPE_s8 && chance(&c->dice, 30); /* but for few, as in models */
	for (int64_t i = 0; small && i < count; i++)
		((int8_t *)data)[i] /= chance(&c->dice, 1) ? 1 : 4;
	t->data = data;
}

/* Pixels, rows and images apart, as in a part of a concat. */
static void
spread(Case *c, int tensor)
{
	Tensor *t = c->graph->tensor + tensor;
	Dice *d = &c->dice;

	if (!c->steps || t->shape.rank != NHWC || chance(d, 30))
		return;
	t->pixel_step = t->shape.dim[CHANNELS] + between(d, 0, 5);
	t->row_step = t->shape.dim[WIDTH] * t->pixel_step + between(d, 0, 5);
	t->image_step = t->shape.dim[HEIGHT] * t->row_step + between(d, 0, 5);
}

static Node *
node(Case *c, Op op, Dialect dialect, const int *input, int inputs, int output)
{
	Node *n = add_node(c->graph, op, ops[op].name, nowhere, input, inputs, output);

	for (int i = 0; i < inputs; i++)
		if (input[i] >= 0 && !c->graph->tensor[input[i]].data)
			spread(c, input[i]);
	spread(c, output);
	n->dialect = dialect;
	if (has_word(ops[op].attrs, "act"))
		n->attr.act = between(&c->dice, ACT_NONE, ACT_COUNT - 1);
	return n;
}

static int
width(Case *c)
{
	return c->large              ? 48 / (c->large * c->large) :
		chance(&c->dice, 10) ? between(&c->dice, 20, 70) :
				       between(&c->dice, 1, 19);
}

/* Around the widths of vectors. */
static int
channels(Case *c)
{
	Dice *d = &c->dice;

	return c->large       ? 64 / c->large :
		chance(d, 50) ? between(d, 1, 9) :
		chance(d, 50) ? pick(d, 6, 8, 16, 24, 32, 48, 64) + between(d, -1, 1) :
				between(d, 10, 70);
}

static Shape
image(Case *c)
{
	Dice *d = &c->dice;

	return shape_of(NHWC, c->large ? 1 : between(d, 1, 2),
		c->large ? 4 : between(d, 1, 3), width(c), channels(c));
}

/* ---- windows */

static void
set_window(Case *c, Node *n, int kh, int kw)
{
	Dice *d = &c->dice;
	bool pool = n->op == OP_avg_pool || n->op == OP_max_pool;
	int extra =
		pool || c->large ? 0 : pick(d, 4, 0, 0, 0, 2); /* fuse() adds a pad's */

	n->attr.stride_h = c->large ? 1 : between(d, 1, 3);
	n->attr.stride_w = c->large ? 1 : between(d, 1, 3);
	n->attr.dilation_h = pool || c->large ? 1 : pick(d, 3, 1, 1, 2);
	n->attr.dilation_w = pool || c->large ? 1 : pick(d, 3, 1, 1, 3);
	int tall = (kh - 1) * n->attr.dilation_h, wide = (kw - 1) * n->attr.dilation_w;
	bool pads = !c->large && chance(d, 60) && (kh > 1 || kw > 1 || chance(d, 20));
	n->attr.pad_top = pads ? between(d, 0, tall + extra) : c->large ? tall / 2 : 0;
	n->attr.pad_bottom = pads ? between(d, 0, tall + extra) : c->large ? tall / 2 : 0;
	n->attr.pad_left = pads ? between(d, 0, wide + extra) : c->large ? wide / 2 : 0;
	n->attr.pad_right = pads ? between(d, 0, wide + extra) : c->large ? wide / 2 : 0;
}

/* The output's size; false: no window fits. */
static bool
window_shape(Case *c, const Shape *x, Node *n, int kh, int kw, int out_c)
{
	const Attr *a = &n->attr;
	Tensor *y = tensor_out(c->graph, n);
	int tall = x->dim[1] + a->pad_top + a->pad_bottom - (kh - 1) * a->dilation_h - 1;
	int wide = x->dim[2] + a->pad_left + a->pad_right - (kw - 1) * a->dilation_w - 1;

	if (tall < 0 || wide < 0)
		return false;
	y->shape = shape_of(
		NHWC, x->dim[0], tall / a->stride_h + 1, wide / a->stride_w + 1, out_c);
	y->pixel_step = 0;
	y->row_step = y->image_step = 0;
	spread(c, n->output);
	return true;
}

/* Weights, their scale so that sums fill the output's range, more or less. */
static int
weights(Case *c, Type type, Shape shape, int outputs, float x_scale, float y_scale,
	bool legacy, bool zero)
{
	int taps = (int)(elements(&shape) / outputs);
	float sums =
		74.0f * 74.0f * sqrtf((float)taps); /* 74: deviation of a random int8 */
	float scale = log_between(&c->dice, 8, 400) / sums * y_scale / x_scale;
	bool each = !legacy && chance(&c->dice, 60);
	int w = tensor(c, "w", type, shape, scale, legacy);

	if (type == TYPE_s8)
		c->graph->tensor[w].quant = quant_of(c, each ? outputs : 1,
			shape.rank == NHWC && shape.dim[0] == 1 &&
					shape.dim[3] == outputs ?
				3 :
				0,
			scale, legacy || (zero && !each));
	fill_constant(c, w);
	return w;
}

static int
bias(Case *c, Type type, int outputs)
{
	Type kind = type == TYPE_s8 ? TYPE_s32 : type;

	if (chance(&c->dice, 15))
		return -1;
	int b = tensor(c, "bias", kind, shape_of(1, outputs), 1, false);
	if (kind != TYPE_s32) {
		fill_constant(c, b);
		return b;
	}
	int most = chance(&c->dice, 80) ? 1 << 13 : 1 << 23; /* sums must not overflow */
	int32_t *sums = alloc_array(c->graph->arena, (size_t)outputs, sizeof *sums);
	for (int i = 0; i < outputs; i++)
		sums[i] = between(&c->dice, -most, most);
	c->graph->tensor[b].data = sums;
	return b;
}

static bool
convolution(Case *c, Op op, Type type, Dialect dialect)
{
	Dice *d = &c->dice;
	bool depthwise = op == OP_depthwise, legacy = type == TYPE_s8 && chance(d, 25);
	int kh = c->large == 2 && !depthwise ? 1 :
		c->large                     ? 3 :
					       pick(d, 6, 1, 1, 1, 2, 3, 5),
	    kw = kh;
	if (!c->large && chance(d, 40))
		kh = between(d, 1, 5), kw = between(d, 1, 7);
	Shape s = image(c);
	s.dim[HEIGHT] = c->large ? 4 : between(d, 1, 7);
	int multiplier =
		depthwise && !c->large ? pick(d, 4, 1, 1, 1, between(d, 2, 5)) : 1;
	int out_c = depthwise ? s.dim[CHANNELS] * multiplier : channels(c);
	float y_scale = log_between(d, 1e-3f, 1), x_scale = log_between(d, 1e-3f, 1);

	int x = tensor(c, "x", type, s, x_scale, legacy);
	Shape ws = depthwise ? shape_of(NHWC, 1, kh, kw, out_c) :
			       shape_of(NHWC, out_c, kh, kw, s.dim[CHANNELS]);
	int w = weights(c, type, ws, out_c, x_scale, y_scale, legacy, false);
	int y = tensor(c, "y", type, s, y_scale, legacy);
	Node *n = node(c, op, dialect, (int[]){ x, w, bias(c, type, out_c) }, 3, y);
	set_window(c, n, kh, kw);
	if (!window_shape(c, &s, n, kh, kw, out_c))
		return false;
	return c->large ||
		elements(&tensor_out(c->graph, n)->shape) * elements(&ws) / out_c <
		WORK_MOST;
}

static bool
pool(Case *c, Op op, Type type, Dialect dialect)
{
	Dice *d = &c->dice;
	int kh = c->large ? 3 : between(d, 1, 5), kw = c->large ? 3 : between(d, 1, 7);
	bool legacy = type == TYPE_s8 && chance(d, 25);
	Shape s = image(c);
	s.dim[HEIGHT] = c->large ? 4 : between(d, 1, 7);
	int x = tensor(c, "x", type, s, 1, legacy),
	    y = tensor(c, "y", type, s, 1, legacy);
	c->graph->tensor[y].quant = c->graph->tensor[x].quant;
	Node *n = node(c, op, dialect, &x, 1, y);
	n->attr.kernel_h = kh;
	n->attr.kernel_w = kw;
	n->attr.x_bias = legacy && op == OP_avg_pool ? 128 : 0;
	set_window(c, n, kh, kw);
	return window_shape(c, &s, n, kh, kw, s.dim[CHANNELS]);
}

static bool
dense(Case *c, Type type, Dialect dialect)
{
	Dice *d = &c->dice;
	bool legacy = type == TYPE_s8 && chance(d, 25);
	int in = c->large     ? 256 / c->large : chance(d, 30) ? between(d, 100, 300) :
				channels(c);
	int out = c->large ? 128 : channels(c), rows = c->large ? 1 : between(d, 1, 6);
	float y_scale = log_between(d, 1e-3f, 1), x_scale = log_between(d, 1e-3f, 1);
	int x = tensor(c, "x", type,
		shape_of(NHWC, 1, c->large ? 1 : between(d, 1, 2), rows, in), x_scale,
		legacy);
	int height = c->graph->tensor[x].shape.dim[HEIGHT];
	int w = weights(c, type, shape_of(2, out, in), out, x_scale, y_scale, legacy,
		chance(d, 30));
	int y = tensor(
		c, "y", type, shape_of(NHWC, 1, height, rows, out), y_scale, legacy);

	node(c, OP_dense, dialect, (int[]){ x, w, bias(c, type, out) }, 3, y);
	return true;
}

static bool
pad(Case *c, Type type, Dialect dialect)
{
	Dice *d = &c->dice;
	Shape s = image(c), to = s, begin = shape_of(NHWC, 0, 0, 0, 0), end = begin;

	for (int i = HEIGHT; i <= CHANNELS; i++) {
		begin.dim[i] = chance(d, 50) ? 0 : between(d, 1, 3);
		end.dim[i] = chance(d, 50) ? 0 : between(d, 1, 3);
		to.dim[i] += begin.dim[i] + end.dim[i];
	}
	int x = tensor(c, "x", type, s, 1, false), y = tensor(c, "y", type, to, 1, false);
	Node *n = node(c, OP_pad, dialect, &x, 1, y);
	n->attr.begin = begin;
	n->attr.end = end;
	n->attr.pad_value =
		type == TYPE_u8 || type == TYPE_b8 ? 1 : (float)between(d, -100, 100);
	return true;
}

/* ---- pixel by pixel */

static bool
unary(Case *c, Op op, Type x_type, Type y_type, Dialect dialect)
{
	Dice *d = &c->dice;
	bool legacy = x_type == TYPE_s8 && chance(d, 25);
	float scale = log_between(d, 1e-3f, 1);
	Shape s = image(c);
	int x = tensor(c, "x", x_type, s, scale, legacy);
	int y = tensor(c, "y", y_type, s, scale * log_between(d, 0.1f, 10), legacy);
	Node *n = node(c, op, dialect, &x, 1, y);

	if (op == OP_relu)
		n->attr.act = pick(d, 2, ACT_RELU, ACT_RELU6);
	n->attr.alpha = log_between(d, 0.01f, 2) * (chance(d, 20) ? -1 : 1);
	n->attr.beta = chance(d, 50) ? 1 : log_between(d, 0.1f, 4);
	n->attr.x_bias = legacy && has_word(ops[op].attrs, "x_bias") ? 128 : 0;
	return true;
}

static bool
binary(Case *c, Op op, Type type, Dialect dialect)
{
	Dice *d = &c->dice;
	float scale = log_between(d, 1e-3f, 1);
	Shape s = image(c), x[2] = { s, s };
	int input[2];

	for (int i = 0; i < NHWC && !c->large && chance(d, 60); i++)
		x[between(d, 0, 1)].dim[i] = chance(d, 50) ? 1 : s.dim[i];
	for (int i = 0; i < 2; i++)
		input[i] = tensor(c, i ? "x2" : "x", type, x[i],
			scale * log_between(d, 0.2f, 5), false);
	node(c, op, dialect, input, 2,
		tensor(c, "y", type, s, scale * log_between(d, 0.2f, 20), false));
	return true;
}

static bool
mean(Case *c, Type type, Dialect dialect)
{
	Shape s = image(c);
	float scale = log_between(&c->dice, 1e-3f, 1);
	int x = tensor(c, "x", type, s, scale, false);
	int y = tensor(c, "y", type, shape_of(NHWC, s.dim[0], 1, 1, s.dim[CHANNELS]),
		scale * log_between(&c->dice, 0.2f, 2), false);
	Node *n = node(c, OP_mean, dialect, &x, 1, y);

	n->attr.axes = shape_of(2, HEIGHT, WIDTH);
	return true;
}

static bool
row_mean(Case *c, Type type, Dialect dialect)
{
	Dice *d = &c->dice;
	Shape s = image(c), to = s, axes = { 0 };
	float scale = log_between(d, 1e-3f, 1);

	for (int i = WIDTH; i <= CHANNELS; i++)
		if (chance(d, 50) || (i == CHANNELS && !axes.rank)) {
			to.dim[i] = 1;
			axes.dim[axes.rank++] = i;
		}
	int x = tensor(c, "x", type, s, scale, false);
	int y = tensor(c, "y", type, to, scale * log_between(d, 0.2f, 2), false);
	node(c, OP_row_mean, dialect, &x, 1, y)->attr.axes = axes;
	return true;
}

static bool
global_pool(Case *c, Op op, Type type, Dialect dialect)
{
	bool legacy = type == TYPE_s8 && chance(&c->dice, 25);
	Shape s = image(c);
	int x = tensor(c, "x", type, s, 1, legacy),
	    y = tensor(c, "y", type, shape_of(NHWC, s.dim[0], 1, 1, s.dim[CHANNELS]), 1, legacy);

	c->graph->tensor[y].quant = c->graph->tensor[x].quant;
	node(c, op, dialect, &x, 1, y)->attr.x_bias = legacy && op == OP_global_avg_pool ? 128 : 0;
	return true;
}

static bool
arg_max(Case *c, Type x_type, Type y_type, Dialect dialect)
{
	Shape s = image(c);

	Shape to = s;
	int axis = between(&c->dice, WIDTH, CHANNELS);

	to.dim[axis] = 1;
	int x = tensor(c, "x", x_type, s, 1, false);
	int y = tensor(c, "y", y_type, to, 1, false);
	Node *n = node(c, OP_arg_max, dialect, &x, 1, y);
	n->attr.axis = axis;
	return true;
}

static bool
resize(Case *c, Op op, Type type, Dialect dialect)
{
	Dice *d = &c->dice;
	bool legacy = op == OP_resize_bilinear && type == TYPE_s8 && chance(d, 50);
	Shape s = image(c), to = s;

	s.dim[HEIGHT] = between(d, 1, 6);
	to.dim[HEIGHT] = between(d, 1, 9);
	to.dim[WIDTH] = c->large ? 2 * s.dim[WIDTH] : between(d, 1, 30);
	int x = tensor(c, "x", type, s, 1, legacy),
	    y = tensor(c, "y", type, to, 1, legacy);
	Node *n = node(c, op, dialect, &x, 1, y);
	n->attr.align_corners = chance(d, 33);
	n->attr.half_pixel = !n->attr.align_corners && chance(d, 50);
	n->attr.x_bias = legacy ? 128 : 0;
	return true;
}

/* ---- whole tensors */

static Shape
any_shape(Case *c, int least, int most)
{
	Shape s = { .rank = between(&c->dice, least, most) };

	for (int i = 0; i < s.rank; i++)
		s.dim[i] = c->large ? 8 : between(&c->dice, 1, s.rank > 4 ? 4 : 8);
	return s;
}

static bool
transpose(Case *c, Type type, Dialect dialect)
{
	Shape s = any_shape(c, 2, c->large ? 4 : MAX_RANK), perm = s, to = s;

	for (int i = 0; i < s.rank; i++)
		perm.dim[i] = i;
	for (int i = s.rank - 1; i > 0; i--) {
		int k = between(&c->dice, 0, i), swap = perm.dim[i];
		perm.dim[i] = perm.dim[k];
		perm.dim[k] = swap;
	}
	for (int i = 0; i < s.rank; i++)
		to.dim[i] = s.dim[perm.dim[i]];
	int x = tensor(c, "x", type, s, 1, false);
	Node *n =
		node(c, OP_transpose, dialect, &x, 1, tensor(c, "y", type, to, 1, false));
	n->attr.perm = perm;
	return true;
}

static bool
slice(Case *c, Op op, Type type, Dialect dialect)
{
	Dice *d = &c->dice;
	bool rows = op == OP_row_slice;
	Shape s = rows ? image(c) : any_shape(c, 1, c->large ? 4 : MAX_RANK);
	Shape begin = s, step = s, to = s;

	for (int i = 0; i < s.rank; i++) {
		step.dim[i] = rows && i < 2 ? i * between(d, 0, 1) + 1 : pick(d, 7, 1, 1, 1, 2, -1, -2, 0);
		begin.dim[i] = chance(d, 50) || (rows && !i) ? (step.dim[i] < 0 ? s.dim[i] - 1 : 0) :
					       between(d, 0, s.dim[i] - 1);
		int room = step.dim[i] < 0 ? begin.dim[i] : s.dim[i] - 1 - begin.dim[i];
		int most = step.dim[i] ?
			room / (step.dim[i] < 0 ? -step.dim[i] : step.dim[i]) + 1 :
			4;
		to.dim[i] = chance(d, 50) || (rows && !i) ? most : between(d, 1, most);
	}
	int x = tensor(c, "x", type, s, 1, false);
	Node *n = node(c, op, dialect, &x, 1, tensor(c, "y", type, to, 1, false));
	n->attr.begin = begin;
	n->attr.step = step;
	n->attr.stride_h = rows ? step.dim[HEIGHT] : 1;
	return true;
}

/* The same elements as [N,H,W,C] and as a matrix, either way round. */
static bool
reshape(Case *c, Type type, Dialect dialect)
{
	Shape s = image(c), to = shape_of(2, s.dim[0] * s.dim[1] * s.dim[2], s.dim[3]);
	bool back = chance(&c->dice, 50);
	int x = tensor(c, "x", type, back ? to : s, 1, false);

	node(c, OP_reshape, dialect, &x, 1,
		tensor(c, "y", type, back ? s : to, 1, false));
	return true;
}

static bool
gather_nd(Case *c, Type type, Dialect dialect)
{
	Shape s = any_shape(c, 2, 5);
	int rows = between(&c->dice, 1, 9);
	int x = tensor(c, "x", type, s, 1, false);
	int x2 = tensor(c, "x2", TYPE_s32, shape_of(2, rows, s.rank - 1), 1, false);

	node(c, OP_gather_nd, dialect, (int[]){ x, x2 }, 2,
		tensor(c, "y", type, shape_of(2, rows, s.dim[s.rank - 1]), 1, false));
	return true;
}

/* ---- which of them */

/* Types of an operator whose operand and result differ. */
static bool
may_differ(Op op, Type x, Type y)
{
	switch (op) {
	case OP_quantize: return x == TYPE_f32 && y == TYPE_s8;
	case OP_dequantize: return x == TYPE_s8 && y == TYPE_f32;
	case OP_arg_max: return y == TYPE_s32 || y == TYPE_s64;
	case OP_recode: return x + y == TYPE_s8 + TYPE_u8 && x != y;
	case OP_cast: return x != y;
	default: return x == y;
	}
}

static bool
build_node(Case *c, Op op, Type x, Type y, Dialect dialect)
{
	switch (op) {
	case OP_conv2d:
	case OP_depthwise: return convolution(c, op, x, dialect);
	case OP_dense: return dense(c, x, dialect);
	case OP_avg_pool:
	case OP_max_pool: return pool(c, op, x, dialect);
	case OP_pad: return pad(c, x, dialect);
	case OP_mean: return mean(c, x, dialect);
	case OP_row_mean: return row_mean(c, x, dialect);
	case OP_global_avg_pool:
	case OP_global_max_pool: return global_pool(c, op, x, dialect);
	case OP_arg_max: return arg_max(c, x, y, dialect);
	case OP_resize_nearest:
	case OP_resize_bilinear: return resize(c, op, x, dialect);
	case OP_transpose: return transpose(c, x, dialect);
	case OP_slice:
	case OP_row_slice: return slice(c, op, x, dialect);
	case OP_reshape: return reshape(c, x, dialect);
	case OP_gather_nd: return gather_nd(c, x, dialect);
	case OP_concat: return false;
	default:
		return ops[op].most == 2 ? binary(c, op, x, dialect) :
					   unary(c, op, x, y, dialect);
	}
}

bool
make_case(Case *c, Arena *arena, Diag *diag, Op op, Type x, Type y, Dialect dialect)
{
	c->graph = graph_new(arena, diag, "case");
	c->graph->semantics = dialect;
	c->graph->optimize = chance(&c->dice, 30) ? OPTIMIZE_RAM : OPTIMIZE_SPEED;
	c->whole = x == TYPE_f32 && chance(&c->dice, 50);
	c->steps = !c->large && op != OP_reshape && chance(&c->dice, 50);
	return may_differ(op, x, y) && build_node(c, op, x, y, dialect) && pick_form(c);
}

const char *
describe(const Case *c)
{
	const Graph *g = c->graph;
	const Node *n = g->node;
	Text t = text_new(g->arena);

	put(&t, "%s %s", semantics_names[n->dialect], ops[n->op].name);
	for (int i = -1; i < n->input_count; i++) {
		const Tensor *x = i < 0 ? tensor_out(g, n) : tensor_in(g, n, i);
		put(&t, "%s", x ? i < 0 ? " " : ", " : "");
		for (int k = 0; x && k < x->shape.rank; k++)
			put(&t, "%s%d", k ? "x" : "", x->shape.dim[k]);
		if (i < 0)
			put(&t, " from");
	}
	put(&t, ", stride %d,%d dilation %d,%d pad %d,%d,%d,%d act %d steps %d x_bias %d form %d",
		n->attr.stride_h, n->attr.stride_w, n->attr.dilation_h, n->attr.dilation_w,
		n->attr.pad_top, n->attr.pad_bottom, n->attr.pad_left, n->attr.pad_right, n->attr.act,
		c->steps, n->attr.x_bias, n->form);
	return t.data;
}
