/* meaning.c: what a graph computes, in whole numbers, by the definitions of the operators. */
#include <string.h>

#include "meaning.h"

typedef struct {
	const Graph *g;
	const Node *n;
	int64_t **value;
	const Tensor *x, *x2, *y;
	const int64_t *vx, *vx2, *bias;
	int64_t *vy;
} Now;

static int
position(const Shape *s, const int *at)
{
	int p = 0;

	for (int i = 0; i < s->rank; i++)
		p = p * s->dim[i] + at[i];
	return p;
}

static void
indices(const Shape *s, int p, int *at)
{
	for (int i = s->rank - 1; i >= 0; i--) {
		at[i] = p % s->dim[i];
		p /= s->dim[i];
	}
}

static int64_t
zero_of(const Tensor *t, int p)
{
	const Quant *q = &t->quant;
	int at[MAX_RANK] = { 0 };

	if (!q->count)
		return 0;
	if (q->count > 1)
		indices(&t->shape, p, at);
	return q->zero[q->count > 1 ? at[q->axis] : 0];
}

static int64_t
element(const Tensor *t, int64_t p)
{
	switch (t->type) {
	case TYPE_s8: return ((const int8_t *)t->data)[p];
	case TYPE_u8:
	case TYPE_b8: return ((const uint8_t *)t->data)[p];
	case TYPE_s32: return ((const int32_t *)t->data)[p];
	case TYPE_s64: return ((const int64_t *)t->data)[p];
	case TYPE_f32: return (int64_t)((const float *)t->data)[p];
	default: die("constant of type %s", types[t->type].name);
	}
}

static int64_t
clamped(int64_t v, int act)
{
	int64_t least = act == ACT_NONE ? INT64_MIN : act == ACT_RELU_N1 ? -1 : 0;
	int64_t most = act == ACT_RELU6 ? 6 : act == ACT_RELU_N1 ? 1 : INT64_MAX;

	return v < least ? least : v > most ? most : v;
}

/* Modulo 2^64. */
static int64_t
product(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a * (uint64_t)b);
}

static int64_t
sum_of(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* ---- windows */

/* A pixel's value, 0 outside; *inside says which. */
static int64_t
pixel(const Now *w, int n, int h, int column, int c, bool *inside)
{
	const Shape *s = &w->x->shape;

	*inside = h >= 0 && h < s->dim[1] && column >= 0 && column < s->dim[2];
	return *inside ? w->vx[position(s, (int[]){ n, h, column, c })] : 0;
}

/* Of one output element: the sum of products, or of stored bytes, or the maximum. */
static int64_t
window(const Now *w, const int *at)
{
	const Attr *a = &w->n->attr;
	Op op = w->n->op;
	bool global = op == OP_global_avg_pool || op == OP_global_max_pool;
	int kh = global ? w->x->shape.dim[1] : kernel_height(w->g, w->n);
	int kw = global ? w->x->shape.dim[2] : kernel_width(w->g, w->n);
	int in_c = w->x->shape.dim[3], out_c = w->y->shape.dim[3], o = at[3];
	int wide = op == OP_conv2d ? w->x2->shape.dim[3] : 1;
	int first = op == OP_conv2d ? o / (out_c / (in_c / wide)) * wide :
		op == OP_depthwise ? o / (out_c / in_c) : o;
	int64_t sum = w->bias ? w->bias[o] : 0, most = INT64_MIN, count = 0;

	for (int i = 0; i < kh * kw * wide; i++) {
		int c = i % wide, j = i / wide % kw, k = i / wide / kw;
		bool inside;
		int64_t v = pixel(w, at[0], at[1] * a->stride_h + k * a->dilation_h - a->pad_top,
			at[2] * a->stride_w + j * a->dilation_w - a->pad_left, first + c, &inside);

		if (op == OP_conv2d)
			v = product(v, w->vx2[position(&w->x2->shape, (int[]){ o, k, j, c })]);
		else if (op == OP_depthwise)
			v = product(v, w->vx2[position(&w->x2->shape, (int[]){ 0, k, j, o })]);
		else
			v = sum_of(v, zero_of(w->x, 0) + a->x_bias);
		if (!inside)
			continue;
		count++;
		sum = sum_of(sum, v);
		most = v > most ? v : most;
	}
	if (op == OP_conv2d || op == OP_depthwise)
		return sum;
	bool greatest = op == OP_max_pool || op == OP_global_max_pool;
	return sum_of(greatest ? most : sum / count, -a->x_bias - zero_of(w->y, 0));
}

/* ---- everything else, an element at a time */

static int64_t
broadcast(const Tensor *t, const int64_t *v, const Shape *y, const int *at)
{
	int own[MAX_RANK];

	for (int i = 0; i < t->shape.rank; i++) {
		int k = at[i + y->rank - t->shape.rank];
		own[i] = t->shape.dim[i] == 1 ? 0 : k;
	}
	return v[position(&t->shape, own)];
}

static int64_t
two(Op op, int64_t a, int64_t b)
{
	return op == OP_add ? sum_of(a, b) : op == OP_sub ? sum_of(a, product(b, -1)) :
		op == OP_mul ? product(a, b) :
		b == 0 ? 0 : op == OP_div ? a / b : a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t
dense(const Now *w, int p)
{
	int out = w->x2->shape.dim[0], in = w->x2->shape.dim[1];
	int64_t sum = w->bias ? w->bias[p % out] : 0;

	for (int i = 0; i < in; i++)
		sum = sum_of(sum, product(w->vx[p / out * in + i], w->vx2[p % out * in + i]));
	return sum;
}

/* The mean, or the index of the first maximum, of the elements that the output one stands for. */
static int64_t
reduce(const Now *w, const int *at)
{
	int64_t sum = 0, count = 0, most = INT64_MIN, where = 0;

	for (int p = 0; p < elements(&w->x->shape); p++) {
		int from[MAX_RANK];
		bool mine = true;

		indices(&w->x->shape, p, from);
		for (int i = 0; i < w->x->shape.rank; i++)
			mine &= w->y->shape.dim[i] == 1 || from[i] == at[i];
		if (!mine)
			continue;
		sum = sum_of(sum, w->vx[p]);
		count++;
		if (w->vx[p] > most) {
			most = w->vx[p];
			where = from[w->n->attr.axis];
		}
	}
	return w->n->op == OP_arg_max ? where : sum / count;
}

static int64_t
softmax(const Now *w, int p)
{
	int c = w->x->shape.dim[w->x->shape.rank - 1];
	int64_t most = INT64_MIN;

	for (int i = p / c * c; i < p / c * c + c; i++)
		most = w->vx[i] > most ? w->vx[i] : most;
	return sum_of(w->vx[p], product(most, -1));
}

static int64_t
moved(const Now *w, const int *at)
{
	const Attr *a = &w->n->attr;
	const Shape *x = &w->x->shape;
	int from[MAX_RANK];

	for (int i = 0; i < x->rank; i++) {
		if (w->n->op == OP_transpose)
			from[a->perm.dim[i]] = at[i];
		else if (w->n->op == OP_slice || w->n->op == OP_row_slice)
			from[i] = a->begin.dim[i] + at[i] * a->step.dim[i];
		else
			from[i] = at[i] - a->begin.dim[i];
		if (w->n->op == OP_pad && (from[i] < 0 || from[i] >= x->dim[i]))
			return (int64_t)a->pad_value - zero_of(w->y, 0);
	}
	return w->vx[position(x, from)];
}

static int64_t
concatenated(const Now *w, const int *at)
{
	int axis = w->n->attr.axis, from[MAX_RANK], k = 0;

	memcpy(from, at, sizeof from);
	for (; from[axis] >= tensor_in(w->g, w->n, k)->shape.dim[axis]; k++)
		from[axis] -= tensor_in(w->g, w->n, k)->shape.dim[axis];
	return w->value[w->n->input[k]][position(&tensor_in(w->g, w->n, k)->shape, from)];
}

static int64_t
gathered(const Now *w, int p)
{
	int parts = w->x2->shape.dim[w->x2->shape.rank - 1], inner = 1, at = 0;

	for (int i = parts; i < w->x->shape.rank; i++)
		inner *= w->x->shape.dim[i];
	for (int i = 0; i < parts; i++)
		at = at * w->x->shape.dim[i] + (int)w->vx2[p / inner * parts + i];
	return w->vx[at * inner + p % inner];
}

static int64_t
resized(const Now *w, const int *at)
{
	int from[NHWC];

	for (int i = 0; i < NHWC; i++)
		from[i] = at[i] * w->x->shape.dim[i] / w->y->shape.dim[i];
	int64_t v = w->vx[position(&w->x->shape, from)];
	if (w->n->op == OP_resize_nearest)
		return v;
	v = sum_of(v, zero_of(w->x, 0) + w->n->attr.x_bias);
	return (v % 1021) * (v % 1021) / 7 - w->n->attr.x_bias - zero_of(w->y, 0);
}

static int64_t
one(const Now *w, int p)
{
	const int64_t *v = w->vx;
	int at[MAX_RANK] = { 0 };

	indices(&w->y->shape, p, at);
	switch (w->n->op) {
	case OP_conv2d: case OP_depthwise: case OP_avg_pool: case OP_max_pool:
	case OP_global_avg_pool: case OP_global_max_pool: return window(w, at);
	case OP_dense: return dense(w, p);
	case OP_add: case OP_sub: case OP_mul: case OP_div: case OP_floor_div:
		return two(w->n->op, broadcast(w->x, v, &w->y->shape, at),
			broadcast(w->x2, w->vx2, &w->y->shape, at));
	case OP_mean: case OP_row_mean: case OP_arg_max: return reduce(w, at);
	case OP_softmax: return softmax(w, p);
	case OP_pad: case OP_transpose: case OP_slice: case OP_row_slice: return moved(w, at);
	case OP_concat: return concatenated(w, at);
	case OP_gather_nd: return gathered(w, p);
	case OP_resize_nearest: case OP_resize_bilinear: return resized(w, at);
	case OP_cast:
		return sum_of(v[p], zero_of(w->x, 0) + w->n->attr.x_bias - zero_of(w->y, 0));
	case OP_relu: case OP_reshape: case OP_quantize: case OP_dequantize: case OP_requantize:
	case OP_recode: case OP_feed: return v[p];
	default: return sum_of(product(v[p], 7), (int64_t)w->n->op);
	}
}

static void
compute(Now *w)
{
	int size = (int)elements(&w->y->shape);
	Attr a = w->n->attr;

	w->vy = w->value[w->n->output] = alloc_array(w->g->arena, (size_t)size, sizeof *w->vy);
	for (int p = 0; p < size; p++)
		w->vy[p] = clamped(one(w, p), a.act);
}

int64_t **
meaning(const Graph *g, int64_t *const *input)
{
	int64_t **value = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *value);

	for (int t = 0; t < g->tensor_count; t++) {
		const Tensor *c = g->tensor + t;
		int64_t size = elements(&c->shape);

		if (!c->data)
			continue;
		value[t] = alloc_array(g->arena, (size_t)size, sizeof **value);
		for (int64_t p = 0; p < size; p++)
			value[t][p] = element(c, p) - zero_of(c, (int)p);
	}
	for (int i = 0; i < g->input_count; i++)
		value[g->input[i].tensor] = input[i];
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		Now w = { .g = g, .n = n, .value = value, .x = tensor_in(g, n, 0),
			.x2 = tensor_in(g, n, 1), .y = tensor_out(g, n), .vx = value[n->input[0]],
			.vx2 = tensor_in(g, n, 1) ? value[n->input[1]] : NULL,
			.bias = tensor_in(g, n, 2) ? value[n->input[2]] : NULL };
		compute(&w);
	}
	return value;
}
