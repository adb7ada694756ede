/* shapes.c: the rules of infer(): the shape that each operator makes of its operands. */
#include <limits.h>
#include <math.h>

#include "ir.h"

#define SOFTMAX_STEPS 256.0f
#define SOFTMAX_SLACK 0.001f /* TFLM: kernels/softmax_common.cc */
enum {
	LARGEST = 1 << 20,       /* stride, dilation, window, padding: beyond any sense */
	LARGEST_EXTENT = 1 << 30 /* of an axis with its padding: indices stay in int */
};

const char *
shape_text(Arena *arena, const Shape *s)
{
	Text text = text_new(arena);

	put(&text, "[");
	for (int i = 0; i < s->rank; i++)
		put(&text, i ? ",%d" : "%d", s->dim[i]);
	put(&text, "]");
	return text.data;
}

/* What two shapes cannot do together; always false. */
static bool
misfit(const Graph *g, const Node *n, const Shape *a, const char *how, const Shape *b)
{
	const char *first = shape_text(g->arena, a);

	return wrong(g, n, "%s %s %s", first, how, shape_text(g->arena, b));
}

/* Weights and bias, constants both; outputs: channels; axis: of the weights' scales. */
static bool
check_weights(const Graph *g, const Node *n, int outputs, int axis)
{
	const Tensor *w = tensor_in(g, n, 1), *b = tensor_in(g, n, 2);
	Type x = tensor_in(g, n, 0)->type, sum = is_byte(x) ? TYPE_s32 : x;

	if (!w->data || (b && !b->data))
		return wrong(g, n, "its weights are computed; they must be constants");
	if (w->type != x || (b && b->type != sum))
		return wrong(g, n, "%s input needs %s weights and %s biases",
			types[x].tflite, types[x].tflite, types[sum].tflite);
	if (b && elements(&b->shape) != outputs)
		return misfit(g, n, &b->shape, "are no biases for", &w->shape);
	if (!is_byte(x))
		return true;
	if (w->quant.count > 1 && w->quant.axis != axis)
		return wrong(g, n, "scales along axis %d of its weights", w->quant.axis);
	return check_scales(g, n, w, w->quant.count > 1 ? outputs : 1, "the weights");
}

/* ---- the rules: y comes as x and gets its shape; false: it was said what is wrong */

static bool
infer_same(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	(void)g, (void)n, (void)x, (void)y;
	return true;
}

static bool
infer_broadcast(const Graph *g, const Node *n, const Shape *a, Shape *y)
{
	const Shape *b = &tensor_in(g, n, 1)->shape;

	y->rank = a->rank > b->rank ? a->rank : b->rank;
	for (int i = 1; i <= y->rank; i++) {
		int da = i > a->rank ? 1 : a->dim[a->rank - i];
		int db = i > b->rank ? 1 : b->dim[b->rank - i];

		if (da != db && da != 1 && db != 1)
			return misfit(g, n, a, "does not broadcast with", b);
		y->dim[y->rank - i] = da == 1 ? db : da;
	}
	return true;
}

/* One axis of a window's walk. */
static bool
walk(const Graph *g, const Node *n, int window, int stride, int dilation, int before,
	int after, int *size)
{
	bool pool = n->op == OP_avg_pool || n->op == OP_max_pool;
	int64_t extent = ((int64_t)window - 1) * dilation + 1;
	int64_t room = (int64_t)*size + before + after;

	if (!in_range(window, 1, LARGEST) || !in_range(stride, 1, LARGEST) ||
		!in_range(dilation, 1, LARGEST) || !in_range(before, 0, LARGEST) ||
		!in_range(after, 0, LARGEST) || room > LARGEST_EXTENT || extent > room)
		return wrong(g, n,
			"window %d, stride %d, dilation %d do not fit %d padded by %d "
			"and %d",
			window, stride, dilation, *size, before, after);
	if (pool && (before >= extent || after >= extent))
		return wrong(g, n, "padding %d and %d: windows of %d would be empty",
			before, after, window);
	*size = (int)((room - extent) / stride) + 1;
	return true;
}

static bool
infer_window(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Attr *a = &n->attr;

	(void)x;
	return walk(g, n, kernel_height(g, n), a->stride_h, a->dilation_h, a->pad_top,
		       a->pad_bottom, &y->dim[1]) &&
		walk(g, n, kernel_width(g, n), a->stride_w, a->dilation_w, a->pad_left,
			a->pad_right, &y->dim[2]);
}

static bool
infer_convolution(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *w = &tensor_in(g, n, 1)->shape;
	int axis = n->op == OP_conv2d ? 0 : 3;
	bool fits = w->rank == NHWC;

	if (fits && n->op == OP_conv2d)
		fits = x->dim[3] % w->dim[3] == 0 &&
			w->dim[0] % (x->dim[3] / w->dim[3]) == 0;
	else if (fits)
		fits = w->dim[0] == 1 && w->dim[3] % x->dim[3] == 0;
	if (!fits)
		return misfit(g, n, x, "is not for weights", w);
	y->dim[3] = w->dim[axis];
	return infer_window(g, n, x, y) && check_weights(g, n, y->dim[3], axis);
}

/* [outputs, inputs] by rows of x; the file shapes y as it likes: [rows, out] or x's but the last. */
static bool
infer_dense(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *w = &tensor_in(g, n, 1)->shape;

	*y = tensor_out(g, n)->shape;
	if (w->rank != 2 || elements(x) % w->dim[1] ||
		elements(y) != elements(x) / w->dim[1] * w->dim[0] ||
		(y->rank && y->dim[y->rank - 1] != w->dim[0]))
		return misfit(g, n, w, "are no weights to make of the input", y);
	return check_weights(g, n, w->dim[0], 0);
}

static bool
infer_mean(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *axes = &n->attr.axes;

	for (int i = 0; i < axes->rank; i++) {
		if (!in_range(axes->dim[i], i ? axes->dim[i - 1] + 1 : 0, x->rank - 1))
			return misfit(g, n, axes, "are no axes of", x);
		y->dim[axes->dim[i]] = 1;
	}
	return true;
}

static bool
check_axis(const Graph *g, const Node *n, const Shape *x)
{
	return in_range(n->attr.axis, 0, x->rank - 1) ||
		wrong(g, n, "axis %d of %s", n->attr.axis, shape_text(g->arena, x));
}

static bool
infer_arg_max(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	if (!check_axis(g, n, x))
		return false;
	y->dim[n->attr.axis] = 1;
	return true;
}

/* Reference softmax makes 1/256 steps from the type's least value, whatever the file says. */
static bool
infer_softmax(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Tensor *out = tensor_out(g, n);
	int least = out->type == TYPE_s8 ? INT8_MIN : 0;

	(void)y;
	if (!x->rank || !isfinite(n->attr.beta) || n->attr.beta <= 0)
		return wrong(g, n, "beta %g over %d axes", (double)n->attr.beta, x->rank);
	if (is_byte(out->type) &&
		(out->quant.zero[0] != least ||
			fabsf(out->quant.scale[0] * SOFTMAX_STEPS - 1) > SOFTMAX_SLACK))
		return wrong(g, n, "its output must have scale 1/256 and zero point %d",
			least);
	return true;
}

static bool
infer_relu(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	(void)x, (void)y;
	return n->attr.act != ACT_NONE || wrong(g, n, "has no activation");
}

static bool
infer_leaky_relu(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	(void)x, (void)y;
	return isfinite(n->attr.alpha) || wrong(g, n, "alpha is not a number");
}

/* Whether a stored value is one of this type. */
static bool
is_stored(float value, Type type)
{
	double count = ldexp(1, CHAR_BIT * types[type].bytes);
	double least = type == TYPE_u8 || type == TYPE_b8 ? 0 : -count / 2;

	return type == TYPE_f32 ||
		((double)value >= least && (double)value < least + count &&
			floorf(value) >= value);
}

static bool
infer_pad(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *begin = &n->attr.begin, *end = &n->attr.end;

	if (begin->rank != x->rank || end->rank != x->rank)
		return misfit(g, n, begin, "does not pad all axes of", x);
	for (int i = 0; i < y->rank; i++) {
		int64_t size = (int64_t)y->dim[i] + begin->dim[i] + end->dim[i];

		if (begin->dim[i] < 0 || end->dim[i] < 0 || size > LARGEST_EXTENT)
			return misfit(g, n, begin, "is no padding with", end);
		y->dim[i] = (int)size;
	}
	return is_stored(n->attr.pad_value, tensor_out(g, n)->type) ||
		wrong(g, n, "value %g does not fit the type", (double)n->attr.pad_value);
}

static bool
infer_reshape(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	*y = tensor_out(g, n)->shape;
	return elements(x) == elements(y) ||
		misfit(g, n, x, "has not the elements of", y);
}

static bool
infer_transpose(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *perm = &n->attr.perm;
	unsigned seen = 0;

	for (int i = 0; i < x->rank && perm->rank == x->rank; i++)
		if (in_range(perm->dim[i], 0, x->rank - 1)) {
			seen |= 1u << perm->dim[i];
			y->dim[i] = x->dim[perm->dim[i]];
		}
	return (perm->rank == x->rank && seen == (1u << x->rank) - 1) ||
		misfit(g, n, perm, "is no permutation of", x);
}

static bool
infer_slice(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *begin = &n->attr.begin, *step = &n->attr.step;

	*y = tensor_out(g, n)->shape;
	if (y->rank != x->rank || begin->rank != x->rank || step->rank != x->rank)
		return misfit(g, n, begin, "does not begin a slice of", x);
	for (int i = 0; i < x->rank; i++) {
		int64_t last = begin->dim[i] + (y->dim[i] - 1) * (int64_t)step->dim[i];

		if (!in_range(begin->dim[i], 0, x->dim[i] - 1) || last < 0 ||
			last >= x->dim[i])
			return wrong(g, n,
				"takes %d from %d on by steps of %d; axis %d has %d",
				y->dim[i], begin->dim[i], step->dim[i], i, x->dim[i]);
	}
	return true;
}

static bool
infer_concat(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	int axis = n->attr.axis;
	int64_t sum = 0;

	if (!check_axis(g, n, x))
		return false;
	for (int k = 0; k < n->input_count; k++) {
		const Tensor *t = tensor_in(g, n, k);
		Shape part = t->shape;

		sum += part.dim[axis];
		part.dim[axis] = x->dim[axis];
		if (!same_shape(&part, x) || t->type != tensor_out(g, n)->type)
			return wrong(g, n, "operand %d is %s of %s", k,
				shape_text(g->arena, &t->shape), types[t->type].tflite);
	}
	y->dim[axis] = sum > INT_MAX ? 0 : (int)sum;
	return true;
}

/* Indices known now are checked now. */
static bool
check_indices(const Graph *g, const Node *n, const Shape *x, int parts)
{
	const Tensor *t = tensor_in(g, n, 1);

	for (int64_t i = 0; t->data && i < elements(&t->shape); i++) {
		int64_t index = t->type == TYPE_s64 ? ((const int64_t *)t->data)[i] :
						      ((const int32_t *)t->data)[i];

		if (index < 0 || index >= x->dim[i % parts])
			return wrong(g, n, "index %lld of an axis of %d",
				(long long)index, x->dim[i % parts]);
	}
	return true;
}

static bool
infer_gather_nd(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *i = &tensor_in(g, n, 1)->shape;
	Type type = tensor_in(g, n, 1)->type;
	int parts = i->rank ? i->dim[i->rank - 1] : 0;

	if (!in_range(parts, 1, x->rank) || x->rank == MAX_RANK ||
		i->rank - 1 + x->rank - parts > MAX_RANK)
		return misfit(g, n, x, "has no elements by indices", i);
	if (type != TYPE_s32 && type != TYPE_s64)
		return wrong(g, n, "indices of type %s", types[type].tflite);
	y->rank = 0;
	for (int k = 0; k < i->rank - 1; k++)
		y->dim[y->rank++] = i->dim[k];
	for (int k = parts; k < x->rank; k++)
		y->dim[y->rank++] = x->dim[k];
	return check_indices(g, n, x, parts);
}

static bool
infer_resize(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *out = &tensor_out(g, n)->shape;

	if (out->rank != NHWC)
		return misfit(g, n, x, "is not resized to", out);
	if (n->attr.align_corners && n->attr.half_pixel)
		return wrong(g, n, "align_corners and half_pixel exclude each other");
	y->dim[1] = out->dim[1];
	y->dim[2] = out->dim[2];
	return true;
}

typedef struct {
	bool (*shape)(const Graph *, const Node *, const Shape *x, Shape *y);
	int rank; /* of x; 0: any */
} Rule;

bool
infer_shape(const Graph *g, const Node *n, Shape *y)
{
	static const Rule rules[OP_COUNT] = {
#define SUPPORT(op, shape, rank, scaled, tflm_x, litert_x, tflm_y, litert_y) \
	[OP_##op] = { infer_##shape, rank },
#include "support.def"
#undef SUPPORT
	};
	const Shape *x = &tensor_in(g, n, 0)->shape;
	const Rule *rule = &rules[n->op];

	*y = *x;
	if (rule->rank && x->rank != rule->rank)
		return wrong(g, n, "operand 0 is %s, not of rank %d",
			shape_text(g->arena, x), rule->rank);
	return rule->shape(g, n, x, y);
}
