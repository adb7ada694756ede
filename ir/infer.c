/* infer.c: every operator's output from its operands; what a file says wrongly is an error. */
#include <limits.h>
#include <math.h>

#include "ir.h"

#define SOFTMAX_STEPS 256.0f
#define SOFTMAX_SLACK 0.001f /* TFLM: kernels/softmax_common.cc */
enum {
	LARGEST = 1 << 20,       /* stride, dilation, window, padding: beyond any sense */
	LARGEST_EXTENT = 1 << 30 /* of an axis with its padding: indices stay in int */
};

bool
is_byte(Type type)
{
	return type == TYPE_s8 || type == TYPE_u8;
}

static bool
in_range(int value, int least, int most)
{
	return value >= least && value <= most;
}

/* Says what is wrong with a node; false. */
static bool PRINTF(3, 4) wrong(const Graph *g, const Node *n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *text = format_list(g->arena, fmt, ap);
	va_end(ap);
	error_at(g->diag, n->loc, "%s \"%s\": %s", ops[n->op].name,
		n->name ? n->name : "", text);
	return false;
}

/* What two shapes cannot do together; false. */
static bool
misfit(const Graph *g, const Node *n, const Shape *a, const char *how, const Shape *b)
{
	const char *first = shape_text(g->arena, a);

	return wrong(g, n, "%s %s %s", first, how, shape_text(g->arena, b));
}

static bool
check_scales(const Graph *g, const Node *n, const Tensor *t, int count, const char *which)
{
	return t->quant.count == count ||
		wrong(g, n, "%s has %d scales, not %d", which, t->quant.count, count);
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
	const Tensor *x = tensor_in(g, n, 0), *x2 = tensor_in(g, n, 1);
	const Shape *b = &x2->shape;

	if (x2->type != x->type)
		return wrong(g, n, "operands are %s and %s", types[x->type].tflite,
			types[x2->type].tflite);
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
infer_global(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	(void)g, (void)n, (void)x;
	y->dim[1] = y->dim[2] = 1;
	return true;
}

static bool
infer_convolution(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *w = &tensor_in(g, n, 1)->shape;
	int axis = n->op == OP_conv2d ? 0 : 3;

	if (w->rank != NHWC ||
		(axis == 0 ? x->dim[3] % w->dim[3] ||
					w->dim[0] % (x->dim[3] / w->dim[3]) :
			     w->dim[0] != 1 || w->dim[3] % x->dim[3]))
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
infer_reduced(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape one = shape_of(1, n->attr.axis);
	const Shape *axes = n->op == OP_arg_max ? &one : &n->attr.axes;

	for (int i = 0; i < axes->rank; i++) {
		if (!in_range(axes->dim[i], i ? axes->dim[i - 1] + 1 : 0, x->rank - 1))
			return misfit(g, n, axes, "are no axes of", x);
		y->dim[axes->dim[i]] = 1;
	}
	return true;
}

/* Reference softmax makes 1/256 steps from the type's least value, whatever the file says. */
static bool
infer_softmax(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Tensor *out = tensor_out(g, n);
	int least = out->type == TYPE_s8 ? INT8_MIN : 0;

	(void)y;
	if (!x->rank || n->attr.beta <= 0)
		return wrong(g, n, "beta %g over %d axes", (double)n->attr.beta, x->rank);
	return !is_byte(out->type) ||
		(out->quant.zero[0] == least &&
			fabsf(out->quant.scale[0] * SOFTMAX_STEPS - 1) <=
				SOFTMAX_SLACK) ||
		wrong(g, n, "its output must have scale 1/256 and zero point %d", least);
}

static bool
infer_pad(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Shape *begin = &n->attr.begin, *end = &n->attr.end;
	Type type = tensor_out(g, n)->type;
	double value = (double)n->attr.pad_value,
	       count = ldexp(1, CHAR_BIT * types[type].bytes);
	double least = type == TYPE_u8 || type == TYPE_b8 ? 0 : -count / 2;

	if (begin->rank != x->rank || end->rank != x->rank)
		return misfit(g, n, begin, "does not pad all axes of", x);
	for (int i = 0; i < y->rank; i++) {
		int64_t size = (int64_t)y->dim[i] + begin->dim[i] + end->dim[i];

		if (begin->dim[i] < 0 || end->dim[i] < 0 || size > LARGEST_EXTENT)
			return misfit(g, n, begin, "is no padding with", end);
		y->dim[i] = (int)size;
	}
	return type == TYPE_f32 ||
		(value >= least && value < least + count && floor(value) >= value) ||
		wrong(g, n, "value %g does not fit the type", value);
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
infer_row_slice(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Attr *a = &n->attr;

	return infer_slice(g, n, x, y) &&
		((x->dim[0] == y->dim[0] && a->step.dim[0] == 1 && a->step.dim[1] > 0 &&
			 a->step.dim[1] == a->stride_h) ||
			misfit(g, n, &a->step, "are no steps from row to row of", x));
}

static bool
infer_concat(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	int axis = n->attr.axis;
	int64_t sum = 0;

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
infer_gather_nd(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	const Tensor *t = tensor_in(g, n, 1);
	const Shape *s = &t->shape;
	int parts = s->rank ? s->dim[s->rank - 1] : 0;

	if (!in_range(parts, 1, x->rank) || parts == MAX_RANK ||
		s->rank - 1 + x->rank - parts > MAX_RANK)
		return misfit(g, n, x, "has no elements by indices", s);
	if (t->type != TYPE_s32 && t->type != TYPE_s64)
		return wrong(g, n, "indices of type %s", types[t->type].tflite);
	for (int64_t i = 0; t->data && i < elements(s); i++) {
		int64_t index = t->type == TYPE_s64 ? ((const int64_t *)t->data)[i] :
						      ((const int32_t *)t->data)[i];
		int size = x->dim[i % parts];
		if (index < 0 || index >= size)
			return wrong(g, n, "index %lld of an axis of %d",
				(long long)index, size);
	}
	y->rank = 0;
	for (int k = 0; k < s->rank - 1; k++)
		y->dim[y->rank++] = s->dim[k];
	for (int k = parts; k < x->rank; k++)
		y->dim[y->rank++] = x->dim[k];
	return true;
}

static bool
infer_resize(const Graph *g, const Node *n, const Shape *x, Shape *y)
{
	(void)x;
	y->dim[1] = tensor_out(g, n)->shape.dim[1];
	y->dim[2] = tensor_out(g, n)->shape.dim[2];
	return !n->attr.align_corners || !n->attr.half_pixel ||
		wrong(g, n, "align_corners and half_pixel exclude each other");
}

/* ---- a node */

/* By dialect, TFLM and LITERT; see support.def. */
#define ALL "s8 u8 s16 s32 s64 f32 b8"
static const struct {
	bool (*shape)(const Graph *, const Node *, const Shape *x, Shape *y);
	int rank; /* of x; 0: any */
	bool scaled;
	const char *x[2], *y[2];
} rules[OP_COUNT] = {
#define SUPPORT(op, shape, rank, scaled, tflm_x, litert_x, tflm_y, litert_y) \
	[OP_##op] = { infer_##shape, rank, scaled, { tflm_x, litert_x },     \
		{ tflm_y, litert_y } },
#include "support.def"
#undef SUPPORT
};

bool
reference_has(Dialect dialect, Op op, Type x, Type y)
{
	if (dialect > LITERT)
		return true;
	const char *made = rules[op].y[dialect];
	return has_word(rules[op].x[dialect], types[x].name) &&
		(*made ? has_word(made, types[y].name) : x == y);
}

/* The types, and one scale for bytes that are computed with. */
static bool
check_operands(const Graph *g, const Node *n)
{
	static const char *const which[] = { "the output", "operand 0", "operand 1" };
	Type x = tensor_in(g, n, 0)->type, y = tensor_out(g, n)->type;
	const char *from = rules[n->op].x[LITERT], *to = rules[n->op].y[LITERT];
	int count = rules[n->op].shape == infer_broadcast ? 2 : 1;
	bool ok = true;

	if (!reference_has(TFLM, n->op, x, y) && !reference_has(LITERT, n->op, x, y)) {
		wrong(g, n, "%s to %s is not supported", types[x].tflite,
			types[y].tflite);
		note(g->diag,
			"it takes %s%s%s; convert the model with other types, or cast",
			from, *to ? ", and makes " : "", to);
		return false;
	}
	for (int k = 0; ok && rules[n->op].scaled && k <= count; k++) {
		const Tensor *t = k ? tensor_in(g, n, k - 1) : tensor_out(g, n);
		ok = !is_byte(t->type) || check_scales(g, n, t, 1, which[k]);
	}
	return ok;
}

/* Attributes may be any number, but lists end, activations are known and axes exist. */
static bool
check_attributes(const Graph *g, const Node *n)
{
	const Attr *a = &n->attr;
	const Shape *x = &tensor_in(g, n, 0)->shape;

	for (const Field *f = fields; f < fields + field_count; f++) {
		const Shape *list =
			(const Shape *)(const void *)((const char *)n + f->at);
		if (f->kind == FIELD_LIST && !in_range(list->rank, 0, MAX_RANK))
			return wrong(g, n, "%s has %d elements", f->name, list->rank);
	}
	if (!in_range(a->act, n->op == OP_relu ? ACT_RELU : ACT_NONE, ACT_COUNT - 1))
		return wrong(g, n, "has no activation");
	if (has_word(ops[n->op].attrs, "axis") && !in_range(a->axis, 0, x->rank - 1))
		return wrong(g, n, "axis %d of %s", a->axis, shape_text(g->arena, x));
	if (!in_range(a->x_bias, 0, UINT8_MAX))
		return wrong(g, n, "x_bias %d is no byte", a->x_bias);
	return (isfinite(a->alpha) && isfinite(a->beta)) ||
		wrong(g, n, "alpha or beta is no number");
}

bool
infer_shape(const Graph *g, const Node *n, Shape *y)
{
	const Shape *x = &tensor_in(g, n, 0)->shape;
	int rank = rules[n->op].rank;

	*y = *x;
	if (rank && x->rank != rank)
		return wrong(g, n, "operand 0 is %s, not of rank %d",
			shape_text(g->arena, x), rank);
	return rules[n->op].shape(g, n, x, y);
}

/* Operands there are, made before they are read; nothing is made twice; made: per tensor. */
static bool
check_node(const Graph *g, const Node *n, bool *made)
{
	const OpInfo *op = &ops[n->op];
	const Shape *given = &tensor_out(g, n)->shape;
	Shape y;

	if (!in_range(n->input_count, op->least, op->most))
		return wrong(g, n, "has %d operands", n->input_count);
	for (int k = 0; k < n->input_count; k++)
		if (n->input[k] < 0 ? k < op->least : !made[n->input[k]])
			return wrong(g, n, "operand %d %s", k,
				n->input[k] < 0 ? "is missing" :
						  "is read before it is made");
	if (made[n->output])
		return wrong(g, n, "makes what was there before");
	made[n->output] = true;
	return check_attributes(g, n) && check_operands(g, n) && infer_shape(g, n, &y) &&
		(same_shape(&y, given) ||
			wrong(g, n, "makes %s, but the file says %s",
				shape_text(g->arena, &y), shape_text(g->arena, given)));
}

/* ---- the graph */

static bool
check_tensor(const Graph *g, const Tensor *t)
{
	int64_t bytes = types[t->type].bytes;
	bool sane = in_range(t->shape.rank, 0, MAX_RANK);

	for (int i = 0; sane && i < t->shape.rank; i++) {
		sane = t->shape.dim[i] > 0 && bytes <= INT32_MAX;
		bytes *= t->shape.dim[i];
	}
	if (sane && bytes <= INT32_MAX)
		return true;
	error_at(g->diag, t->loc, "tensor \"%s\" %s", t->name,
		sane ? "has 2^31 bytes or more" : "has a dimension below 1, or too many");
	return false;
}

static bool
check_quant(const Graph *g, const Tensor *t)
{
	const Quant *q = &t->quant;
	int least = t->type == TYPE_s8 ? INT8_MIN : 0;
	int most = is_byte(t->type) ? least + UINT8_MAX : least;

	for (int i = 0; i < q->count; i++)
		if (!(q->scale[i] > 0) || !isfinite(q->scale[i]) ||
			!in_range(q->zero[i], least, most)) {
			error_at(g->diag, t->loc,
				"tensor \"%s\": scale %g, zero point %d: not positive "
				"and finite, or not in %d .. %d",
				t->name, (double)q->scale[i], (int)q->zero[i], least,
				most);
			return false;
		}
	if (q->count < 2 ||
		(in_range(q->axis, 0, t->shape.rank - 1) &&
			t->shape.dim[q->axis] == q->count))
		return true;
	error_at(g->diag, t->loc, "tensor \"%s\": %d scales along axis %d of %s", t->name,
		q->count, q->axis, shape_text(g->arena, &t->shape));
	return false;
}

void
check_graph(const Graph *g, bool scales)
{
	bool *made = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *made);
	bool sane = true;

	for (int i = 0; i < g->tensor_count; i++) {
		made[i] = g->tensor[i].data != NULL;
		sane &= check_tensor(g, g->tensor + i) &&
			(!scales || check_quant(g, g->tensor + i));
	}
	for (int i = 0; i < g->input_count; i++) {
		bool *input = &made[g->input[i].tensor];
		if (*input)
			error_at(g->diag, g->tensor[g->input[i].tensor].loc,
				"input \"%s\" is a constant, or an input twice",
				g->input[i].name);
		*input = true;
	}
	for (int i = 0; sane && i < g->node_count; i++)
		check_node(g, g->node + i, made);
	/* After errors it is known why. */
	for (int i = 0; !g->diag->errors && i < g->output_count; i++)
		if (!made[g->output[i].tensor])
			error_at(g->diag, g->tensor[g->output[i].tensor].loc,
				"output \"%s\" is never made", g->output[i].name);
}

void
infer(Graph *g)
{
	check_graph(g, true);
	give_up_if_errors(g->diag);
}
