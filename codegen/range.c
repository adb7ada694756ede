/*
 * range.c: what the stored values of each int8 channel may be, from the inputs on.  Bounds come
 * from the nodes' own ref kernels, run at the extremes, so they are exact in every dialect.
 */
#include <string.h>

#include "codegen.h"

/* Intervals are known by index of the last axis, unless that is longer than this. */
enum { MOST_CHANNELS = 1 << 20, CODES = UINT8_MAX + 1 };

int
channel_count(const Tensor *t)
{
	return t->shape.rank ? t->shape.dim[t->shape.rank - 1] : 1;
}

int
output_channels(const Graph *g, const Node *n)
{
	return channel_count(tensor_out(g, n));
}

Interval
interval_of(const Tensor *t, int channel)
{
	return t->range ? t->range[channel] : (Interval){ INT8_MIN, INT8_MAX };
}

bool
is_settled(const Tensor *t, int channel)
{
	return t->range && t->range[channel].least == t->range[channel].most;
}

bool
sums_products(const Node *n)
{
	return n->op == OP_conv2d || n->op == OP_depthwise || n->op == OP_dense;
}

/* ---- which channel of an operand goes into which of the output */

static bool
link_reshape(int x, int y, Link *l)
{
	*l = (Link){ x > y ? x : y, 0, x, 1, 0, y };
	return x % y == 0 || y % x == 0;
}

static bool
link_concat(const Graph *g, const Node *n, int operand, Link *l)
{
	if (n->attr.axis == tensor_out(g, n)->shape.rank - 1)
		for (int k = 0; k < operand; k++)
			l->y_first += channel_count(tensor_in(g, n, k));
	return true;
}

bool
link_channels(const Graph *g, const Node *n, int operand, Link *l)
{
	int x = channel_count(tensor_in(g, n, operand)),
	    y = channel_count(tensor_out(g, n));
	int last = tensor_out(g, n)->shape.rank - 1;

	*l = (Link){ x, 0, x, 1, 0, x };
	switch (n->op) {
	case OP_softmax:
	case OP_gather_nd:
	case OP_conv2d:
	case OP_dense: return false;
	case OP_depthwise:
		*l = (Link){ y, 0, x, y / x, 0, y };
		return operand == 0 && (x > 1 || y == 1);
	case OP_reshape: return last >= 0 && link_reshape(x, y, l);
	case OP_concat: return link_concat(g, n, operand, l);
	case OP_pad: l->y_first = n->attr.begin.dim[last]; return true;
	case OP_transpose: return n->attr.perm.dim[last] == last;
	case OP_slice:
	case OP_row_slice:
		*l = (Link){ y, n->attr.begin.dim[last], y, 1, 0, y };
		return n->attr.step.dim[last] == 1 || y == 1;
	default: return x == y;
	}
}

int
link_x(const Link *l, int at)
{
	return l->x_first + at / l->x_each % l->x_count;
}

int
link_y(const Link *l, int at)
{
	return l->y_first + at % l->y_count;
}

/* ---- sums of products */

/* Whether places of a window lie inside the image: begin + r * stride for all r. */
static Reach
reach(int begin, int stride, int steps, int size)
{
	int inside = 0;

	for (int r = 0; r < steps; r++) {
		int at = begin + r * stride;
		inside += at >= 0 && at < size;
	}
	return inside == 0 ? NEVER : inside == steps ? ALWAYS : SOMETIMES;
}

Sums
sums_of(const Graph *g, const Node *n)
{
	const Tensor *x = tensor_in(g, n, 0), *w = tensor_in(g, n, 1),
		     *b = tensor_in(g, n, 2);
	const int *to = tensor_out(g, n)->shape.dim;
	const Attr *a = &n->attr;
	Sums s = { .w = w->data,
		.bias = b ? b->data : NULL,
		.x_zero = affine(g, n, X).zero,
		.w_zero = affine(g, n, X2).zero,
		.outputs = to[CHANNELS],
		.inputs = channel_count(w),
		.taps = 1,
		.each = 1 };
	int height = 1, width = 1;

	if (n->op == OP_depthwise) {
		s.inputs = 1;
		s.each = s.outputs / channel_count(x);
	}
	if (n->op != OP_dense) {
		height = kernel_height(g, n);
		width = kernel_width(g, n);
	}
	s.depthwise = n->op == OP_depthwise;
	s.taps = height * width;
	Reach *tap = alloc_array(g->arena, (size_t)s.taps, sizeof *tap);
	for (int i = 0; i < s.taps; i++) {
		Reach row = reach(i / width * a->dilation_h - a->pad_top, a->stride_h,
			to[HEIGHT], x->shape.dim[HEIGHT]);
		Reach column = reach(i % width * a->dilation_w - a->pad_left, a->stride_w,
			to[WIDTH], x->shape.dim[WIDTH]);
		tap[i] = n->op == OP_dense ? ALWAYS : row < column ? row : column;
	}
	s.reach = tap;
	return s;
}

int
sums_weight(const Sums *s, int output, int tap, int input)
{
	int64_t at = s->depthwise ? (int64_t)tap * s->outputs + output :
				    ((int64_t)output * s->taps + tap) * s->inputs + input;

	return s->reach[tap] == NEVER ? 0 : s->w[at] - s->w_zero;
}

Range
sum_range(const Sums *s, const Tensor *x, int output, int64_t *most)
{
	int64_t bias = s->bias ? s->bias[output] : 0;
	Range sum = { bias, bias };

	*most = bias < 0 ? -bias : bias;
	for (int i = 0; i < s->taps; i++)
		for (int c = 0; c < s->inputs; c++) {
			int w = sums_weight(s, output, i, c);
			Interval v = interval_of(x, s->depthwise ? output / s->each : c);
			int a = w * ((w < 0 ? v.most : v.least) - s->x_zero);
			int b = w * ((w < 0 ? v.least : v.most) - s->x_zero);
			if (s->reach[i] != ALWAYS) {
				a = a < 0 ? a : 0;
				b = b > 0 ? b : 0;
			}
			sum.least += a;
			sum.most += b;
			*most += b > -a ? b : -a;
		}
	return sum;
}

/* ---- nodes like a given one, evaluated */

typedef struct {
	const Graph *like;
	Graph *g;
	Node node;
} Trial;

static int
trial_tensor(Trial *t, const Tensor *like, Shape shape, const void *data)
{
	Tensor made = *like;

	made.shape = shape;
	made.data = data;
	return add_tensor(t->g, &made);
}

static Trial
new_trial(const Graph *g, const Node *n)
{
	Trial t = { g, graph_new(g->arena, g->diag, g->name), *n };

	t.node.input = alloc_array(g->arena, 3, sizeof *t.node.input);
	t.node.input_count = 0;
	return t;
}

static void
add_operand(Trial *t, const Tensor *like, Shape shape, const void *data)
{
	t->node.input[t->node.input_count++] = trial_tensor(t, like, shape, data);
}

static const int8_t *
evaluate_trial(Trial *t, const Tensor *y, Shape shape)
{
	t->node.output = trial_tensor(t, y, shape, NULL);
	const void **data =
		alloc_array(t->g->arena, (size_t)t->g->tensor_count, sizeof *data);
	int8_t *out = alloc(t->g->arena, (size_t)elements(&shape));
	evaluate_node(t->g, &t->node, data, out);
	return out;
}

/* What a convolution or dense layer makes of these sums: one of no inputs that has them as bias. */
static const int8_t *
finished(const Graph *g, const Node *n, const int32_t *sum)
{
	Tensor bias = { .type = TYPE_s32 };
	const Tensor *w = tensor_in(g, n, 1), *y = tensor_out(g, n);
	int outputs = channel_count(y);
	Trial t = new_trial(g, n);

	t.node.attr = attr_defaults();
	t.node.attr.act = n->attr.act;
	add_operand(
		&t, tensor_in(g, n, 0), shape_of(NHWC, 1, 1, 1, 1), alloc(g->arena, 1));
	void *zeros = alloc(g->arena, (size_t)outputs);
	memset(zeros, affine(g, n, X2).zero, (size_t)outputs);
	add_operand(&t, w,
		n->op == OP_dense          ? shape_of(2, outputs, 1) :
			n->op == OP_conv2d ? shape_of(NHWC, outputs, 1, 1, 1) :
					     shape_of(NHWC, 1, 1, 1, outputs),
		zeros);
	add_operand(&t, &bias, shape_of(1, outputs), sum);
	return evaluate_trial(&t, y, shape_of(NHWC, 1, 1, 1, outputs));
}

/* ---- the rules: y comes as what the activation lets through */

/* Whether a sum is rescaled without wrapping: else it is in no order with others. */
bool
in_order(int64_t sum, Multiplier m)
{
	int64_t most = m.shift <= 0 ? INT32_MAX : m.shift > 30 ? 0 : INT32_MAX >> m.shift;

	return sum >= -most && sum <= most;
}

static void
range_sums(const Graph *g, const Node *n, Interval *y)
{
	Sums s = sums_of(g, n);
	int32_t *sum[2];

	for (int i = 0; i < 2; i++)
		sum[i] = alloc_array(g->arena, (size_t)s.outputs, sizeof *sum[i]);
	bool *known = alloc_array(g->arena, (size_t)s.outputs, sizeof *known);
	for (int o = 0; o < s.outputs; o++) {
		Multiplier m = channel_multiplier(g, n, o);
		int64_t most;
		Range r = sum_range(&s, tensor_in(g, n, 0), o, &most);
		known[o] =
			most <= INT32_MAX && in_order(r.least, m) && in_order(r.most, m);
		if (!known[o])
			continue;
		sum[0][o] = (int32_t)r.least;
		sum[1][o] = (int32_t)r.most;
	}
	const int8_t *least = finished(g, n, sum[0]), *most = finished(g, n, sum[1]);
	for (int o = 0; o < s.outputs; o++)
		if (known[o])
			y[o] = (Interval){ least[o], most[o] };
}

static void
extend(Interval *y, int v)
{
	if (v < y->least)
		y->least = (int8_t)v;
	if (v > y->most)
		y->most = (int8_t)v;
}

static const Interval nothing = { INT8_MAX, INT8_MIN };

/* A sum or product of two is extreme where both are. */
static void
range_binary(const Graph *g, const Node *n, Interval *y)
{
	enum { CORNERS = 4, SUM_BITS = 31, PRODUCT_BITS = 16 };
	int count = channel_count(tensor_out(g, n)),
	    shift = rescale(g, n, RESCALE_Y).shift;
	Shape shape = shape_of(NHWC, 1, 1, CORNERS, count);
	Trial t = new_trial(g, n);

	if (shift > (n->op == OP_mul ? 31 - PRODUCT_BITS : 31 - SUM_BITS))
		return;
	for (int k = 0; k < 2; k++) {
		const Tensor *x = tensor_in(g, n, k);
		int8_t *data = alloc(g->arena, (size_t)elements(&shape));
		for (int i = 0; i < CORNERS * count; i++) {
			Interval v = interval_of(x, channel_count(x) > 1 ? i % count : 0);
			data[i] = i / count >> k & 1 ? v.most : v.least;
		}
		add_operand(&t, x, shape, data);
	}
	const int8_t *out = evaluate_trial(&t, tensor_out(g, n), shape);
	for (int c = 0; c < count; c++) {
		y[c] = nothing;
		for (int i = 0; i < CORNERS; i++)
			extend(y + c, out[i * count + c]);
	}
}

static const int8_t *
all_codes(Arena *arena)
{
	int8_t *code = alloc(arena, CODES);

	for (int i = 0; i < CODES; i++)
		code[i] = (int8_t)(i + INT8_MIN);
	return code;
}

/* A quotient goes up and down: of all pairs that there may be. */
static void
range_quotient(const Graph *g, const Node *n, Interval *y)
{
	enum { MOST = 1 << 12 }; /* channels, to be done soon */
	const Tensor *x[] = { tensor_in(g, n, 0), tensor_in(g, n, 1) };
	const int8_t *code = all_codes(g->arena);
	Trial t = new_trial(g, n);

	if (channel_count(tensor_out(g, n)) > MOST)
		return;
	add_operand(&t, x[0], shape_of(NHWC, 1, 1, CODES, 1), code);
	add_operand(&t, x[1], shape_of(NHWC, 1, 1, 1, CODES), code);
	const int8_t *out =
		evaluate_trial(&t, tensor_out(g, n), shape_of(NHWC, 1, 1, CODES, CODES));
	for (int c = 0; c < channel_count(tensor_out(g, n)); c++) {
		Interval v[2];
		for (int k = 0; k < 2; k++)
			v[k] = interval_of(x[k], channel_count(x[k]) > 1 ? c : 0);
		y[c] = nothing;
		for (int i = v[0].least; i <= v[0].most; i++)
			for (int k = v[1].least; k <= v[1].most; k++)
				extend(y + c, out[(i - INT8_MIN) * CODES + k - INT8_MIN]);
	}
}

/* A function of one value: of all that it may be. */
static void
range_unary(const Graph *g, const Node *n, Interval *y)
{
	const Tensor *x = tensor_in(g, n, 0);
	Shape shape = shape_of(NHWC, 1, 1, CODES, 1);
	Trial t = new_trial(g, n);

	add_operand(&t, x, shape, all_codes(g->arena));
	const int8_t *out = evaluate_trial(&t, tensor_out(g, n), shape);
	for (int c = 0; c < channel_count(x); c++) {
		Interval v = interval_of(x, c);
		y[c] = nothing;
		for (int i = v.least; i <= v.most; i++)
			extend(y + c, out[i - INT8_MIN]);
	}
}

/* Means and maxima of values are between them, rounded or not; then the activation clamps. */
static void
range_pool(const Graph *g, const Node *n, Interval *y)
{
	const Tensor *x = tensor_in(g, n, 0);

	for (int c = 0; c < channel_count(x); c++) {
		Interval v = interval_of(x, c), all = y[c];
		y[c].least = v.least < all.least ? all.least :
			v.least > all.most       ? all.most :
						   v.least;
		y[c].most = v.most < all.least ? all.least :
			v.most > all.most      ? all.most :
						 v.most;
	}
}

/* Larger values, larger mean: of images of nothing but the least and the most. */
static void
range_mean(const Graph *g, const Node *n, Interval *y)
{
	enum { MOST_CELLS = 1 << 22 }; /* so that no sum overflows, and to be done soon */
	const Tensor *x = tensor_in(g, n, 0);
	Shape shape = x->shape, one = tensor_out(g, n)->shape;
	int count = channel_count(x);

	shape.dim[0] = one.dim[0] = 1;
	if (count != channel_count(tensor_out(g, n)) || elements(&shape) > MOST_CELLS ||
		!in_order(elements(&shape) / count * UINT8_MAX, rescale(g, n, RESCALE_Y)))
		return;
	for (int end = 0; end < 2; end++) {
		int8_t *data = alloc(g->arena, (size_t)elements(&shape));
		Trial t = new_trial(g, n);
		for (int64_t i = 0; i < elements(&shape); i++) {
			Interval v = interval_of(x, (int)(i % count));
			data[i] = end ? v.most : v.least;
		}
		add_operand(&t, x, shape, data);
		const int8_t *out = evaluate_trial(&t, tensor_out(g, n), one);
		for (int c = 0; c < count; c++)
			*(end ? &y[c].most : &y[c].least) = out[c];
	}
}

/* Values that are only moved, or interpolated. */
static void
range_moved(const Graph *g, const Node *n, Interval *y)
{
	int count = channel_count(tensor_out(g, n)),
	    operands = n->op == OP_concat ? n->input_count : 1;

	for (int c = 0; c < count; c++)
		y[c] = nothing;
	for (int k = 0; k < operands; k++) {
		const Tensor *x = tensor_in(g, n, k);
		Interval all = nothing;
		Link l;
		if (link_channels(g, n, k, &l)) {
			for (int i = 0; i < l.count; i++) {
				Interval v = interval_of(x, link_x(&l, i));
				extend(y + link_y(&l, i), v.least);
				extend(y + link_y(&l, i), v.most);
			}
			continue;
		}
		for (int c = 0; c < channel_count(x); c++) {
			extend(&all, interval_of(x, c).least);
			extend(&all, interval_of(x, c).most);
		}
		for (int c = 0; c < count; c++) {
			extend(y + c, all.least);
			extend(y + c, all.most);
		}
	}
}

static void
range_pad(const Graph *g, const Node *n, Interval *y)
{
	const Shape *begin = &n->attr.begin, *end = &n->attr.end;
	int last = begin->rank - 1, count = channel_count(tensor_out(g, n));
	bool around = false;

	range_moved(g, n, y);
	for (int i = 0; i < last; i++)
		around |= begin->dim[i] || end->dim[i];
	for (int c = 0; c < count; c++)
		if (around || c < begin->dim[last] || c >= count - end->dim[last])
			extend(y + c, (int)n->attr.pad_value);
}

static void (*const rules[OP_COUNT])(const Graph *, const Node *, Interval *y) = {
	[OP_conv2d] = range_sums,
	[OP_depthwise] = range_sums,
	[OP_dense] = range_sums,
	[OP_add] = range_binary,
	[OP_sub] = range_binary,
	[OP_mul] = range_binary,
	[OP_div] = range_quotient,
	[OP_floor_div] = range_quotient,
	[OP_avg_pool] = range_pool,
	[OP_max_pool] = range_pool,
	[OP_global_avg_pool] = range_pool,
	[OP_global_max_pool] = range_pool,
	[OP_mean] = range_mean,
	[OP_row_mean] = range_mean,
	[OP_sqrt] = range_unary,
	[OP_logistic] = range_unary,
	[OP_tanh] = range_unary,
	[OP_relu] = range_unary,
	[OP_hard_swish] = range_unary,
	[OP_leaky_relu] = range_unary,
	[OP_requantize] = range_unary,
	[OP_pad] = range_pad,
	[OP_reshape] = range_moved,
	[OP_transpose] = range_moved,
	[OP_slice] = range_moved,
	[OP_row_slice] = range_moved,
	[OP_concat] = range_moved,
	[OP_gather_nd] = range_moved,
	[OP_resize_nearest] = range_moved,
	[OP_resize_bilinear] = range_moved,
	[OP_feed] = range_moved,
};

static Interval *
new_range(const Graph *g, const Tensor *t, Interval of)
{
	int count = channel_count(t);
	Interval *range = alloc_array(g->arena, (size_t)count, sizeof *range);

	for (int c = 0; c < count; c++)
		range[c] = of;
	return range;
}

static bool
has_range(const Tensor *t)
{
	return t->type == TYPE_s8 && channel_count(t) <= MOST_CHANNELS;
}

static void
range_constant(const Graph *g, Tensor *t)
{
	Interval *range = new_range(g, t, nothing);
	int count = channel_count(t);

	for (int64_t i = 0; i < elements(&t->shape); i++)
		extend(range + i % count, ((const int8_t *)t->data)[i]);
	t->range = range;
}

void
range(Graph *g)
{
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		Tensor *y = tensor_out(g, n);
		for (int k = 0; k < n->input_count && !sums_products(n); k++) {
			Tensor *x = tensor_in(g, n, k);
			if (x && x->data && !x->range && has_range(x))
				range_constant(g, x);
		}
		if (!has_range(y))
			continue;
		Range all = activation_range(g, n);
		Interval *of = new_range(
			g, y, (Interval){ (int8_t)all.least, (int8_t)all.most });
		Mark mark = arena_mark(g->arena);
		if (rules[n->op] && tensor_in(g, n, 0)->type == TYPE_s8)
			rules[n->op](g, n, of);
		arena_release(g->arena, mark);
		y->range = of;
	}
}

/* Per tensor the intervals, equal ones in a row together: "t4: -128..127 x 3, -5". */
void
print_ranges(Text *to, const Graph *g)
{
	for (int t = 0; t < g->tensor_count; t++) {
		const Tensor *x = g->tensor + t;
		int count = channel_count(x), next;
		if (!x->range || x->data)
			continue;
		put(to, "t%d:", t);
		for (int c = 0; c < count; c = next) {
			for (next = c + 1; next < count &&
				!memcmp(x->range + c, x->range + next, sizeof *x->range);
				next++)
				;
			put(to, "%s %d", c ? "," : "", x->range[c].least);
			if (!is_settled(x, c))
				put(to, "..%d", x->range[c].most);
			if (next > c + 1)
				put(to, " x %d", next - c);
		}
		put(to, "\n");
	}
}
