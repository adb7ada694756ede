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

/* Weights and bias, constants both; outputs: channels; axis: of the weights' scales. */
static bool
check_weights(const Graph *g, const Node *n, int outputs, int axis)
{
	const Tensor *x = tensor_in(g, n, 0), *w = tensor_in(g, n, 1),
		     *b = tensor_in(g, n, 2);
	Type sum = is_byte(x->type) ? TYPE_s32 : x->type;

	if (!w->data || (b && !b->data)) {
		wrong(g, n, "its %s are computed, not constant",
			w->data ? "biases" : "weights");
		note(g->diag, "weights must be constants of the model file");
		return false;
	}
	if (w->type != x->type)
		return wrong(g, n, "%s input with %s weights is not supported",
			types[x->type].tflite, types[w->type].tflite);
	if (b && (b->type != sum || elements(&b->shape) != outputs))
		return wrong(
			g, n, "the bias must be %d of %s", outputs, types[sum].tflite);
	if (!is_byte(w->type))
		return true;
	if (w->quant.count > 1 && w->quant.axis != axis)
		return wrong(g, n, "scales along axis %d of the weights, not %d",
			w->quant.axis, axis);
	return check_scales(g, n, w, w->quant.count > 1 ? outputs : 1, "the weights");
}

/* What two shapes cannot do together; always false. */
static bool
misfit(const Graph *g, const Node *n, const Shape *a, const char *how, const Shape *b)
{
	return wrong(
		g, n, "%s %s %s", shape_text(g->arena, a), how, shape_text(g->arena, b));
}

/* ---- the rules: each fills in y's shape, or says what is wrong and returns false */

static bool
infer_same(const Graph *g, const Node *n, Shape *y)
{
	*y = tensor_in(g, n, 0)->shape;
	return true;
}

static bool
infer_broadcast(const Graph *g, const Node *n, Shape *y)
{
	const Shape *a = &tensor_in(g, n, 0)->shape, *b = &tensor_in(g, n, 1)->shape;

	y->rank = a->rank > b->rank ? a->rank : b->rank;
	for (int i = 0; i < y->rank; i++) {
		int ia = i - (y->rank - a->rank), ib = i - (y->rank - b->rank);
		int da = ia < 0 ? 1 : a->dim[ia], db = ib < 0 ? 1 : b->dim[ib];

		if (da != db && da != 1 && db != 1)
			return misfit(g, n, a, "does not broadcast with", b);
		y->dim[i] = da == 1 ? db : da;
	}
	return true;
}

static bool
check_rank(const Graph *g, const Node *n, int operand, int rank)
{
	const Shape *s = &tensor_in(g, n, operand)->shape;

	return s->rank == rank ||
		wrong(g, n, "operand %d is %s, not of rank %d", operand,
			shape_text(g->arena, s), rank);
}

/* One axis of a window's walk. */
static bool
walk(const Graph *g, const Node *n, int in, int window, int stride, int dilation,
	int before, int after, int *out)
{
	if (!in_range(window, 1, LARGEST) || !in_range(stride, 1, LARGEST) ||
		!in_range(dilation, 1, LARGEST) || !in_range(before, 0, LARGEST) ||
		!in_range(after, 0, LARGEST))
		return wrong(g, n,
			"window %d, stride %d, dilation %d, padding %d and %d: "
			"not in 1 (padding: 0) .. %d",
			window, stride, dilation, before, after, LARGEST);
	int64_t extent = (window - 1) * (int64_t)dilation + 1;
	int64_t room = (int64_t)in + before + after;
	if (extent > room || room > LARGEST_EXTENT)
		return wrong(g, n,
			"a window over %lld does not fit %lld (padding included)",
			(long long)extent, (long long)room);
	bool pool = n->op == OP_avg_pool || n->op == OP_max_pool;
	if (pool && (before >= extent || after >= extent))
		return wrong(g, n, "padding of %d and %d: windows of %lld would be empty",
			before, after, (long long)extent);
	*out = (int)((room - extent) / stride) + 1;
	return true;
}

static bool
infer_window(const Graph *g, const Node *n, int channels, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape;
	const Attr *a = &n->attr;

	*y = shape_of(NHWC, x->dim[0], 0, 0, channels);
	return walk(g, n, x->dim[1], kernel_height(g, n), a->stride_h, a->dilation_h,
		       a->pad_top, a->pad_bottom, &y->dim[1]) &&
		walk(g, n, x->dim[2], kernel_width(g, n), a->stride_w, a->dilation_w,
			a->pad_left, a->pad_right, &y->dim[2]);
}

static bool
infer_pool(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape;

	return check_rank(g, n, 0, NHWC) && infer_window(g, n, x->dim[3], y);
}

static bool
infer_conv2d(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape, *w = &tensor_in(g, n, 1)->shape;

	if (!check_rank(g, n, 0, NHWC) || !check_rank(g, n, 1, NHWC))
		return false;
	if (x->dim[3] % w->dim[3] || w->dim[0] % (x->dim[3] / w->dim[3]))
		return misfit(g, n, x, "is not for weights", w);
	return infer_window(g, n, w->dim[0], y) && check_weights(g, n, w->dim[0], 0);
}

static bool
infer_depthwise(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape, *w = &tensor_in(g, n, 1)->shape;

	if (!check_rank(g, n, 0, NHWC) || !check_rank(g, n, 1, NHWC))
		return false;
	if (w->dim[0] != 1 || w->dim[3] % x->dim[3])
		return misfit(g, n, x, "is not for weights", w);
	return infer_window(g, n, w->dim[3], y) && check_weights(g, n, w->dim[3], 3);
}

/* [outputs, inputs] by rows of x; the file shapes y as it likes: [rows, out] or x's but the last. */
static bool
infer_dense(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape, *w = &tensor_in(g, n, 1)->shape;

	*y = tensor_out(g, n)->shape;
	if (!check_rank(g, n, 1, 2))
		return false;
	int64_t rows = elements(x) / w->dim[1];
	if (elements(x) % w->dim[1] || elements(y) != rows * w->dim[0] ||
		(y->rank && y->dim[y->rank - 1] != w->dim[0]))
		return misfit(g, n, w, "are no weights to make of the input", y);
	return check_weights(g, n, w->dim[0], 0);
}

static bool
infer_mean(const Graph *g, const Node *n, Shape *y)
{
	const Shape *axes = &n->attr.axes;

	*y = tensor_in(g, n, 0)->shape;
	for (int i = 0; i < axes->rank; i++) {
		if (!in_range(axes->dim[i], i ? axes->dim[i - 1] + 1 : 0, y->rank - 1))
			return wrong(g, n, "axes %s of rank %d",
				shape_text(g->arena, axes), y->rank);
		y->dim[axes->dim[i]] = 1;
	}
	return true;
}

static bool
check_axis(const Graph *g, const Node *n)
{
	const Shape *x = &tensor_in(g, n, 0)->shape;

	return in_range(n->attr.axis, 0, x->rank - 1) ||
		wrong(g, n, "axis %d of %s", n->attr.axis, shape_text(g->arena, x));
}

static bool
infer_arg_max(const Graph *g, const Node *n, Shape *y)
{
	if (!check_axis(g, n))
		return false;
	*y = tensor_in(g, n, 0)->shape;
	y->dim[n->attr.axis] = 1;
	return true;
}

/* Reference softmax makes 1/256 steps from the type's least value, whatever the file says. */
static bool
infer_softmax(const Graph *g, const Node *n, Shape *y)
{
	const Tensor *x = tensor_in(g, n, 0), *out = tensor_out(g, n);

	*y = x->shape;
	if (!x->shape.rank || !isfinite(n->attr.beta) || n->attr.beta <= 0)
		return wrong(g, n, "beta %g over %s", (double)n->attr.beta,
			shape_text(g->arena, &x->shape));
	if (is_byte(x->type) &&
		(fabsf(out->quant.scale[0] * SOFTMAX_STEPS - 1) > SOFTMAX_SLACK ||
			out->quant.zero[0] != (x->type == TYPE_s8 ? INT8_MIN : 0)))
		return wrong(g, n,
			"its output must have scale 1/256 and the least zero point");
	return true;
}

static bool
infer_relu(const Graph *g, const Node *n, Shape *y)
{
	*y = tensor_in(g, n, 0)->shape;
	return n->attr.act != ACT_NONE || wrong(g, n, "has no activation");
}

static bool
infer_leaky_relu(const Graph *g, const Node *n, Shape *y)
{
	*y = tensor_in(g, n, 0)->shape;
	return isfinite(n->attr.alpha) || wrong(g, n, "alpha is not a number");
}

/* A stored value of this type. */
static bool
fits(float value, Type type)
{
	static const double least[] = { [TYPE_s8] = INT8_MIN,
		[TYPE_s16] = INT16_MIN,
		[TYPE_s32] = INT32_MIN,
		[TYPE_s64] = -0x1p62,
		[TYPE_b8] = 0 };
	static const double most[] = { [TYPE_s8] = INT8_MAX,
		[TYPE_u8] = UINT8_MAX,
		[TYPE_s16] = INT16_MAX,
		[TYPE_s32] = INT32_MAX,
		[TYPE_s64] = 0x1p62,
		[TYPE_b8] = 1 };

	if (type == TYPE_f32)
		return true;
	return value >= least[type] && value <= most[type] &&
		(float)(int64_t)value == value;
}

static bool
infer_pad(const Graph *g, const Node *n, Shape *y)
{
	const Shape *begin = &n->attr.begin, *end = &n->attr.end;

	*y = tensor_in(g, n, 0)->shape;
	if (begin->rank != y->rank || end->rank != y->rank)
		return wrong(g, n, "pads %d and %d axes of %d", begin->rank, end->rank,
			y->rank);
	for (int i = 0; i < y->rank; i++) {
		int64_t size = (int64_t)y->dim[i] + begin->dim[i] + end->dim[i];

		if (begin->dim[i] < 0 || end->dim[i] < 0 || size > LARGEST_EXTENT)
			return wrong(g, n, "padding %d and %d of axis %d", begin->dim[i],
				end->dim[i], i);
		y->dim[i] = (int)size;
	}
	return fits(n->attr.pad_value, tensor_out(g, n)->type) ||
		wrong(g, n, "value %g does not fit the type", (double)n->attr.pad_value);
}

static bool
infer_reshape(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape;

	*y = tensor_out(g, n)->shape;
	return elements(x) == elements(y) ||
		misfit(g, n, x, "has not the elements of", y);
}

static bool
infer_transpose(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape, *perm = &n->attr.perm;
	unsigned seen = 0;

	*y = *x;
	for (int i = 0; i < x->rank && perm->rank == x->rank; i++)
		if (in_range(perm->dim[i], 0, x->rank - 1)) {
			seen |= 1u << perm->dim[i];
			y->dim[i] = x->dim[perm->dim[i]];
		}
	return (perm->rank == x->rank && seen == (1u << x->rank) - 1) ||
		wrong(g, n, "%s is no permutation of %d axes", shape_text(g->arena, perm),
			x->rank);
}

static bool
infer_slice(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape;
	const Shape *begin = &n->attr.begin, *step = &n->attr.step;

	*y = tensor_out(g, n)->shape;
	if (y->rank != x->rank || begin->rank != x->rank || step->rank != x->rank)
		return wrong(g, n, "begin, step and the shapes differ in rank");
	for (int i = 0; i < x->rank; i++) {
		int64_t last = begin->dim[i] + (y->dim[i] - 1) * (int64_t)step->dim[i];

		if (!in_range(begin->dim[i], 0, x->dim[i] - 1) || last < 0 ||
			last >= x->dim[i])
			return wrong(g, n,
				"takes %d from %d on in steps of %d from axis %d, which "
				"has %d",
				y->dim[i], begin->dim[i], step->dim[i], i, x->dim[i]);
	}
	return true;
}

static bool
infer_concat(const Graph *g, const Node *n, Shape *y)
{
	int axis = n->attr.axis;
	int64_t sum = 0;

	if (!check_axis(g, n))
		return false;
	*y = tensor_in(g, n, 0)->shape;
	for (int k = 0; k < n->input_count; k++) {
		const Tensor *x = tensor_in(g, n, k);
		Shape part = x->shape;

		sum += part.dim[axis];
		part.dim[axis] = y->dim[axis];
		if (!same_shape(&part, y) || x->type != tensor_in(g, n, 0)->type)
			return wrong(g, n, "operand %d is %s of %s", k,
				shape_text(g->arena, &x->shape), types[x->type].tflite);
	}
	y->dim[axis] = sum > INT_MAX ? 0 : (int)sum;
	return true;
}

/* Indices known now are checked now. */
static bool
check_indices(const Graph *g, const Node *n, int parts)
{
	const Tensor *x = tensor_in(g, n, 0), *i = tensor_in(g, n, 1);

	for (int64_t at = 0; i->data && at < elements(&i->shape); at++) {
		int64_t index = i->type == TYPE_s64 ? ((const int64_t *)i->data)[at] :
						      ((const int32_t *)i->data)[at];

		if (index < 0 || index >= x->shape.dim[at % parts])
			return wrong(g, n, "index %lld of an axis of %d",
				(long long)index, x->shape.dim[at % parts]);
	}
	return true;
}

static bool
infer_gather_nd(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape, *i = &tensor_in(g, n, 1)->shape;
	Type type = tensor_in(g, n, 1)->type;
	int parts = i->rank ? i->dim[i->rank - 1] : 0;

	if (!in_range(parts, 1, x->rank) || x->rank == MAX_RANK ||
		i->rank - 1 + x->rank - parts > MAX_RANK)
		return misfit(g, n, x, "has no elements by indices", i);
	if (type != TYPE_s32 && type != TYPE_s64)
		return wrong(g, n, "indices of type %s", types[type].tflite);
	for (int k = 0; k < i->rank - 1; k++)
		y->dim[y->rank++] = i->dim[k];
	for (int k = parts; k < x->rank; k++)
		y->dim[y->rank++] = x->dim[k];
	return check_indices(g, n, parts);
}

static bool
infer_resize(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape, *out = &tensor_out(g, n)->shape;

	if (!check_rank(g, n, 0, NHWC))
		return false;
	if (out->rank != NHWC)
		return misfit(g, n, x, "is not resized to", out);
	if (n->attr.align_corners && n->attr.half_pixel)
		return wrong(
			g, n, "align_corners and half_pixel_centers exclude each other");
	*y = shape_of(NHWC, x->dim[0], out->dim[1], out->dim[2], x->dim[3]);
	return true;
}

bool
infer_shape(const Graph *g, const Node *n, Shape *y)
{
	static bool (*const rules[OP_COUNT])(const Graph *, const Node *, Shape *) = {
#define SUPPORT(op, rule, scaled, tflm_x, litert_x, tflm_y, litert_y) \
	[OP_##op] = infer_##rule,
#include "support.def"
#undef SUPPORT
	};

	return rules[n->op](g, n, y);
}
