/*
 * canonical.c: the shapes of legalize(): row operators on [N,H,W,C].
 *
 * A tensor's bytes are dense, so it has many shapes; it takes the one its producer writes, and a
 * node that reads another reads a `reshape` of it, which is free.  The rules below go by the
 * file's shapes, kept in `file`.
 */
#include "ir.h"

int
volume(const Shape *s, int from, int to)
{
	int n = 1;

	for (int i = from; i < to; i++)
		n *= s->dim[i];
	return n;
}

Shape
rows_swapped(Shape s)
{
	return shape_of(NHWC, s.dim[0], s.dim[2], s.dim[1], s.dim[3]);
}

/* Where axis i of a shape of rank 4 or less stands in [N,H,W,C]. */
int
nhwc_place(int rank, int i)
{
	return i == rank - 1 ? 3 : i;
}

/* Any list per axis as one of [N,H,W,C]. */
Shape
nhwc_placed(const Shape *list, int nothing)
{
	Shape s = shape_of(NHWC, nothing, nothing, nothing, nothing);

	for (int i = 0; i < list->rank; i++)
		s.dim[nhwc_place(list->rank, i)] = list->dim[i];
	return s;
}

/* The usual [N,H,W,C] of a shape.  Of one row, columns become rows: time, mostly. */
Shape
natural(const Shape *s)
{
	if (s->rank > NHWC)
		return shape_of(NHWC, s->dim[0], s->dim[1], volume(s, 2, s->rank - 1),
			s->dim[s->rank - 1]);
	Shape n = nhwc_placed(s, 1);
	return n.dim[1] == 1 ? rows_swapped(n) : n;
}

/* The shape it has already, if a row operator can use that. */
Shape
row_shape(const Canon *c, int tensor)
{
	const Shape *s = &c->g->tensor[tensor].shape;

	return s->rank == NHWC ? *s : natural(c->file + tensor);
}

/* Remembers the shape that a tensor has now as the file's. */
static void
remember(Canon *c, int tensor)
{
	c->file = grow(c->g->arena, c->file, tensor, sizeof *c->file);
	c->again = grow(c->g->arena, c->again, tensor, sizeof *c->again);
	c->file[tensor] = c->g->tensor[tensor].shape;
	c->again[tensor] = -1;
}

/* A tensor like another, of this shape. */
int
derived(Canon *c, int tensor, Shape shape)
{
	const Tensor t = c->g->tensor[tensor];
	int made =
		new_tensor(c->g, format(c->g->arena, "%s.%d", t.name, c->g->tensor_count),
			t.type, shape, t.quant, t.loc);

	c->g->tensor[made].origin.type = t.origin.type;
	remember(c, made);
	return made;
}

Node *
append_like(Canon *c, const Node *like, Op op, const int *input, int inputs, int output)
{
	Node *n = add_node(c->g, op, like->name, like->loc, input, inputs, output);

	n->dialect = like->dialect;
	n->number = like->op == op ? like->number : -1;
	return n;
}

/* The bytes of a tensor in this shape, for a node like reader. */
int
as(Canon *c, const Node *reader, int tensor, Shape shape)
{
	if (same_shape(&c->g->tensor[tensor].shape, &shape))
		return tensor;
	int made = c->again[tensor];
	if (made >= 0 && same_shape(&c->g->tensor[made].shape, &shape))
		return made;
	made = derived(c, tensor, shape);
	c->again[tensor] = made;
	c->g->tensor[made].data = c->g->tensor[tensor].data;
	if (!c->g->tensor[made].data)
		append_like(c, reader, OP_reshape, &tensor, 1, made);
	return made;
}

/* The node itself, operand 0 in shape x; its output takes shape y. */
Node *
rewrite(Canon *c, const Node *old, Shape x, Shape y)
{
	int input = as(c, old, old->input[0], x);
	Node *n = append_like(c, old, old->op, old->input, old->input_count, old->output);

	n->attr = old->attr;
	n->input[0] = input;
	c->g->tensor[old->output].shape = y;
	return n;
}

/* A node of the rules' own making, to be given to a rule. */
static Node
draft(Canon *c, const Node *like, Op op, int input, int output)
{
	Node n = *like;

	n.op = op;
	n.number = -1;
	n.attr = attr_defaults();
	n.input = copy_of(c->g->arena, &input, sizeof input);
	n.input_count = 1;
	n.output = output;
	return n;
}

/* What turns out to change nothing. */
void
rename_bytes(Canon *c, const Node *old)
{
	Node n = *old;

	n.op = OP_reshape;
	n.attr = attr_defaults();
	rewrite(c, &n, c->g->tensor[n.input[0]].shape, natural(&c->file[n.output]));
}

/* ---- a rule per family */

static void
elementwise(Canon *c, const Node *old)
{
	Shape s = row_shape(c, old->input[0]);

	rewrite(c, old, s, s);
}

static void
softmax(Canon *c, const Node *old)
{
	const Shape *x = &c->file[old->input[0]];
	Shape s = row_shape(c, old->input[0]);

	if (s.dim[3] != x->dim[x->rank - 1])
		s = natural(x);
	rewrite(c, old, s, s);
}

/* As many rows of a matrix as there are pixels. */
static void
dense(Canon *c, const Node *old)
{
	const Shape *w = &c->file[old->input[1]];
	Shape x = row_shape(c, old->input[0]);

	if (x.dim[0] != 1 || x.dim[3] != w->dim[1])
		x = shape_of(NHWC, 1, 1, volume(&x, 0, NHWC) / w->dim[1], w->dim[1]);
	rewrite(c, old, x, shape_of(NHWC, 1, x.dim[1], x.dim[2], w->dim[0]));
}

/* ---- windows */

/* A window along a single row walks along it as over rows. */
static void
window(Canon *c, const Node *old)
{
	Shape x = c->file[old->input[0]], y = c->file[old->output];
	const Attr *a = &old->attr;
	Node n = *old;

	if (x.dim[1] != 1 || y.dim[1] != 1 || kernel_height(c->g, old) != 1) {
		rewrite(c, old, x, y);
		return;
	}
	n.attr.stride_h = a->stride_w, n.attr.stride_w = a->stride_h;
	n.attr.dilation_h = a->dilation_w, n.attr.dilation_w = a->dilation_h;
	n.attr.kernel_h = a->kernel_w, n.attr.kernel_w = a->kernel_h;
	n.attr.pad_top = a->pad_left, n.attr.pad_left = a->pad_top;
	n.attr.pad_bottom = a->pad_right, n.attr.pad_right = a->pad_bottom;
	n.input = copy_of(
		c->g->arena, old->input, (size_t)old->input_count * sizeof *n.input);
	if (n.input_count > 1)
		n.input[1] = as(c, old, n.input[1], rows_swapped(c->file[n.input[1]]));
	rewrite(c, &n, rows_swapped(x), rows_swapped(y));
}

/* Part k of a constant split along axis 0, with its scales. */
static int
constant_part(Canon *c, int tensor, int k, int parts)
{
	const Tensor t = c->g->tensor[tensor];
	Shape shape = t.shape;

	shape.dim[0] /= parts;
	int made = derived(c, tensor, shape);
	Tensor *p = c->g->tensor + made;
	p->data = (const char *)t.data + k * tensor_bytes(p);
	if (t.quant.count > 1) {
		p->quant.count /= parts;
		p->quant.scale += k * p->quant.count;
		p->quant.zero += k * p->quant.count;
	}
	return made;
}

/* A convolution in groups of channels: one for each, side by side. */
static void
grouped(Canon *c, const Node *old, int groups)
{
	Node all = draft(c, old, OP_concat, -1, old->output);

	all.attr.axis = 3;
	all.number = old->number;
	all.input = alloc_array(c->g->arena, (size_t)groups, sizeof *all.input);
	all.input_count = groups;
	for (int k = 0; k < groups; k++) {
		Shape x = c->file[old->input[0]], y = c->file[old->output];
		x.dim[3] /= groups, y.dim[3] /= groups;
		Node part = draft(
			c, old, OP_slice, old->input[0], derived(c, old->input[0], x));
		part.attr.begin = shape_of(NHWC, 0, 0, 0, k * x.dim[3]);
		part.attr.step = shape_of(NHWC, 1, 1, 1, 1);
		legal_slice(c, &part);

		Node conv = *old;
		int input[] = { part.output, constant_part(c, old->input[1], k, groups),
			-1 };
		if (tensor_in(c->g, old, 2))
			input[2] = constant_part(c, old->input[2], k, groups);
		conv.input = copy_of(c->g->arena, input, sizeof input);
		conv.output = all.input[k] = derived(c, old->output, y);
		conv.number = -1;
		window(c, &conv);
	}
	legal_concat(c, &all);
}

static void
convolution(Canon *c, const Node *old)
{
	int groups = c->file[old->input[0]].dim[3] / c->file[old->input[1]].dim[3];

	if (groups == 1)
		window(c, old);
	else
		grouped(c, old, groups);
}

static void
resize(Canon *c, const Node *old)
{
	rewrite(c, old, c->file[old->input[0]], c->file[old->output]);
}

/* ---- broadcasts */

/* A shape with ones in front, to this rank. */
static Shape
aligned(const Shape *s, int rank)
{
	Shape a = { .rank = rank };

	for (int i = 0; i < rank; i++)
		a.dim[i] = i < rank - s->rank ? 1 : s->dim[i - (rank - s->rank)];
	return a;
}

void
merge_axes(Shape *s, int axis)
{
	s->dim[axis] *= s->dim[axis + 1];
	s->rank--;
	for (int i = axis + 1; i < s->rank; i++)
		s->dim[i] = s->dim[i + 1];
}

/* Whether two axes of the result are one in both operands. */
static bool
can_merge(const Shape x[2], const Shape *y, int i)
{
	if (y->dim[i] == 1 || y->dim[i + 1] == 1)
		return true;
	for (int k = 0; k < 2; k++)
		if ((x[k].dim[i] == 1) != (x[k].dim[i + 1] == 1))
			return false;
	return true;
}

/* An operand repeated along two axes; returns the tensor that holds it. */
static int
repeated(Canon *c, const Node *reader, int tensor, Shape *s, const Shape *y, int axis)
{
	Shape x = *s;
	Attr attr = attr_defaults();

	attr.begin = attr.step = (Shape){ .rank = s->rank };
	for (int i = 0; i < s->rank; i++) {
		if (i == axis || i == axis + 1)
			s->dim[i] = y->dim[i];
		attr.step.dim[i] = s->dim[i] == x.dim[i];
	}
	if (same_shape(s, &x))
		return tensor;
	int from = as(c, reader, tensor, x), made = derived(c, tensor, *s);
	append_like(c, reader, OP_slice, &from, 1, made)->attr = attr;
	return made;
}

/* Which axis to merge with the next, best first the ones that natural() merges; -1: none. */
static int
mergeable(const Shape x[2], const Shape *y)
{
	for (int i = y->rank - 3; i >= 0; i--)
		if (can_merge(x, y, i))
			return i;
	return can_merge(x, y, y->rank - 2) ? y->rank - 2 : -1;
}

static void
broadcast(Canon *c, const Node *old)
{
	Shape y = c->file[old->output], x[2];
	Node n = *old;

	n.input = copy_of(c->g->arena, old->input, 2 * sizeof *old->input);
	for (int k = 0; k < 2; k++)
		x[k] = aligned(&c->file[n.input[k]], y.rank);
	while (y.rank > NHWC) {
		int at = mergeable(x, &y);

		for (int k = 0; k < 2 && at < 0; k++)
			n.input[k] = repeated(c, old, n.input[k], &x[k], &y, y.rank - 3);
		at = at < 0 ? y.rank - 3 : at;
		merge_axes(&x[0], at), merge_axes(&x[1], at), merge_axes(&y, at);
	}
	bool turn = nhwc_placed(&y, 1).dim[1] == 1;
	y = turn ? rows_swapped(nhwc_placed(&y, 1)) : nhwc_placed(&y, 1);
	for (int k = 0; k < 2; k++)
		x[k] = turn ? rows_swapped(nhwc_placed(&x[k], 1)) : nhwc_placed(&x[k], 1);
	n.input[1] = as(c, old, n.input[1], x[1]);
	rewrite(c, &n, x[0], y);
}

static void
binary(Canon *c, const Node *old)
{
	int leader = c->g->tensor[old->input[0]].data ? 1 : 0;
	Shape s = row_shape(c, old->input[leader]);
	Node n = *old;

	if (!same_shape(&c->file[old->input[0]], &c->file[old->input[1]])) {
		broadcast(c, old);
		return;
	}
	n.input = copy_of(c->g->arena, old->input, 2 * sizeof *old->input);
	n.input[1] = as(c, old, n.input[1], s);
	rewrite(c, &n, s, s);
}

/* ---- reductions */

static void
arg_max(Canon *c, const Node *old)
{
	const Shape *x = &c->file[old->input[0]];
	int axis = old->attr.axis, outer = volume(x, 0, axis);
	int inner = volume(x, axis + 1, x->rank);

	Node *n = rewrite(c, old, shape_of(NHWC, 1, outer, x->dim[axis], inner),
		shape_of(NHWC, 1, outer, 1, inner));
	n->attr.axis = 2;
}

/* Which axes a mean really reduces: first and end, and whether it is all between. */
static bool
reduced_axes(const Shape *x, const Shape *axes, bool *reduced, int *first, int *end)
{
	bool adjacent = true;

	*first = *end = 0;
	for (int i = 0; i < axes->rank; i++)
		reduced[axes->dim[i]] = x->dim[axes->dim[i]] > 1;
	for (int i = 0; i < x->rank; i++) {
		if (!reduced[i])
			continue;
		if (*end == 0)
			*first = i;
		else
			adjacent &= volume(x, *end, i) == 1;
		*end = i + 1;
	}
	return adjacent;
}

/* The reduced axes side by side, where the first was; the rest keep their order. */
static int
gathered(Canon *c, const Node *old, Shape *x, const bool *reduced, int first, int *end)
{
	Shape perm = { .rank = x->rank }, s = { .rank = x->rank };
	int at = first;

	for (int i = 0; i < first; i++)
		perm.dim[i] = i;
	for (int kept = 0; kept < 2; kept++) {
		for (int i = first; i < x->rank; i++)
			if (reduced[i] == !kept)
				perm.dim[at++] = i;
		if (!kept)
			*end = at;
	}
	for (int i = 0; i < x->rank; i++)
		s.dim[i] = x->dim[perm.dim[i]];
	*x = s;
	Node t = draft(c, old, OP_transpose, old->input[0], derived(c, old->input[0], s));
	t.attr.perm = perm;
	legal_transpose(c, &t);
	return t.output;
}

static void
mean(Canon *c, const Node *old)
{
	Shape x = c->file[old->input[0]];
	bool reduced[MAX_RANK] = { false };
	int first, end;
	Node n = *old;

	if (!reduced_axes(&x, &old->attr.axes, reduced, &first, &end)) {
		n.input = alloc(c->g->arena, sizeof *n.input);
		n.input[0] = gathered(c, old, &x, reduced, first, &end);
	}
	int outer = volume(&x, 0, first), inner = volume(&x, end, x.rank);
	int rows = first < end && inner > 1 ? x.dim[first] : 1;
	n.attr.axes = shape_of(2, 1, 2);
	rewrite(c, &n, shape_of(NHWC, outer, rows, volume(&x, first, end) / rows, inner),
		shape_of(NHWC, outer, 1, 1, inner));
}

/* Of the operators that are not elementwise. */
static void (*const rules[OP_COUNT])(Canon *, const Node *) = {
	[OP_conv2d] = convolution,
	[OP_depthwise] = window,
	[OP_dense] = dense,
	[OP_add] = binary,
	[OP_sub] = binary,
	[OP_mul] = binary,
	[OP_div] = binary,
	[OP_floor_div] = binary,
	[OP_avg_pool] = window,
	[OP_max_pool] = window,
	[OP_mean] = mean,
	[OP_softmax] = softmax,
	[OP_pad] = legal_pad,
	[OP_reshape] = rename_bytes,
	[OP_transpose] = legal_transpose,
	[OP_slice] = legal_slice,
	[OP_concat] = legal_concat,
	[OP_gather_nd] = legal_gather_nd,
	[OP_resize_nearest] = resize,
	[OP_resize_bilinear] = resize,
	[OP_arg_max] = arg_max,
};

void
canonicalize(Graph *g)
{
	Canon c = { .g = g };
	Node *old = g->node;
	int old_count = g->node_count;

	for (int t = 0; t < g->tensor_count; t++)
		remember(&c, t);
	for (int i = 0; i < g->input_count; i++)
		g->tensor[g->input[i].tensor].shape =
			natural(&c.file[g->input[i].tensor]);
	g->node = NULL;
	g->node_count = 0;
	for (int i = 0; i < old_count; i++)
		(rules[old[i].op] ? rules[old[i].op] : elementwise)(&c, old + i);
}
