/*
 * canonical.c: the shapes of legalize(): row operators on [N,H,W,C].
 *
 * A tensor's bytes are dense, so it has many shapes; it takes the one its producer writes, and a
 * node that reads another reads a `reshape` of it, which is free.  The rules below go by the
 * file's shapes.  Most of them choose a map, which says where each of the file's axes goes.
 */
#include "ir.h"

typedef struct {
	Shape file; /* before the pass */
	int again;  /* the same bytes in another shape, made last; -1: none */
} Known;

typedef struct {
	Graph *g;
	Known *known; /* per tensor */
} Canon;

/* Where each of a shape's axes goes; those that go to one place are merged. */
typedef struct {
	int axes, places;
	int to[MAX_RANK];
} Map;

static void legalize_node(Canon *, Node *);

/* ---- shapes and maps */

static const Shape *
file_in(const Canon *c, const Node *n, int operand)
{
	return &c->known[n->input[operand]].file;
}

static const Shape *
file_out(const Canon *c, const Node *n)
{
	return &c->known[n->output].file;
}

/*
 * A shape through a map, and so is any list by axis; nothing: what stands where no axis goes, 1
 * or 0.  A shape of fewer axes has its last ones, as broadcasts have it.
 */
static Shape
mapped(const Map *m, const Shape *s, int nothing)
{
	Shape made = { .rank = m->places };

	for (int i = 0; i < m->places; i++)
		made.dim[i] = nothing;
	for (int i = 0; i < s->rank; i++) {
		int *dim = &made.dim[m->to[m->axes - s->rank + i]];
		*dim = nothing ? *dim * s->dim[i] : *dim + s->dim[i];
	}
	return made;
}

static Map
unmapped(int rank)
{
	return (Map){ rank, rank, { 0, 1, 2, 3, 4, 5 } };
}

/* H and W change places. */
static void
turn(Map *m)
{
	for (int i = 0; i < m->axes; i++)
		if (m->to[i] == 1 || m->to[i] == 2)
			m->to[i] = 3 - m->to[i];
}

/* The usual [N,H,W,C] of a shape.  Of one row, columns become rows: time, mostly. */
static Map
usual(const Shape *s)
{
	Map m = { s->rank, NHWC, { 0 } };

	for (int i = 0; i < s->rank; i++)
		m.to[i] = i == s->rank - 1 ? 3 : i < 2 ? i : 2;
	if (s->rank == NHWC && s->dim[1] == 1)
		turn(&m);
	return m;
}

static Shape
natural(const Shape *s)
{
	Map m = usual(s);

	return mapped(&m, s, 1);
}

/* One axis between all before and all after it, each in one place. */
static Map
around(const Shape *s, int axis, int before, int at, int after)
{
	Map m = { s->rank, NHWC, { 0 } };

	for (int i = 0; i < s->rank; i++)
		m.to[i] = i < axis ? before : i == axis ? at : after;
	return m;
}

/* As rows, or, if nothing is after it, as channels. */
static Map
by_axis(const Shape *s, int axis)
{
	bool last = volume(s, axis + 1, s->rank) == 1;

	return last ? around(s, axis, 2, 3, 3) : around(s, axis, 0, 1, 3);
}

/* ---- tensors and nodes */

/* Remembers the shape that a tensor has now as the file's. */
static void
remember(Canon *c, int tensor)
{
	c->known = grow(c->g->arena, c->known, tensor, sizeof *c->known);
	c->known[tensor] = (Known){ c->g->tensor[tensor].shape, -1 };
}

/* A tensor like another, of this shape. */
static int
derived(Canon *c, int tensor, Shape shape)
{
	int made = tensor_beside(
		c->g, tensor, format(c->g->arena, ".%d", c->g->tensor_count), shape);

	remember(c, made);
	return made;
}

/* The bytes of a tensor in this shape, for a node like reader. */
static int
reshaped(Canon *c, const Node *reader, int tensor, Shape shape)
{
	Graph *g = c->g;
	int made = c->known[tensor].again;

	if (same_shape(&g->tensor[tensor].shape, &shape))
		return tensor;
	if (made >= 0 && same_shape(&g->tensor[made].shape, &shape))
		return made;
	made = c->known[tensor].again = derived(c, tensor, shape);
	g->tensor[made].data = g->tensor[tensor].data;
	if (!g->tensor[made].data)
		add_node(g, OP_reshape, reader->name, reader->loc, &tensor, 1, made)
			->dialect = reader->dialect;
	return made;
}

/* The node itself, operand 0 in shape x; its output takes shape y. */
static void
rewrite(Canon *c, Node *n, Shape x, Shape y)
{
	n->input[0] = reshaped(c, n, n->input[0], x);
	c->g->tensor[n->output].shape = y;
	append_node(c->g, *n);
}

/* The node itself, with all that goes by axes through a map. */
static void
map_node(Canon *c, Node *n, const Map *m)
{
	Shape *lists[] = { &n->attr.begin, &n->attr.end, &n->attr.step };

	for (int k = 1; k < n->input_count; k++)
		if (k == 1 || n->op == OP_concat) /* else it is a bias */
			n->input[k] = reshaped(
				c, n, n->input[k], mapped(m, file_in(c, n, k), 1));
	for (int i = 0; i < 3; i++)
		if (lists[i]->rank)
			*lists[i] = mapped(m, lists[i], lists[i] == &n->attr.step);
	if (has_word(ops[n->op].attrs, "axis"))
		n->attr.axis = m->to[n->attr.axis];
	rewrite(c, n, mapped(m, file_in(c, n, 0), 1), mapped(m, file_out(c, n), 1));
}

/* A node that a rule needs besides, or, for old's own output, instead; returns its output. */
static int
step(Canon *c, const Node *old, Op op, Attr attr, const int *input, int inputs,
	int output)
{
	Node n = new_node(c->g, op, old->name, old->loc, input, inputs, output);

	n.dialect = old->dialect;
	n.number = output == old->output ? old->number : -1;
	n.attr = attr;
	legalize_node(c, &n);
	return output;
}

/* ---- elements and rows */

/* The shape that a tensor has already, if a row operator can use that. */
static Shape
row_shape(const Canon *c, int tensor)
{
	const Shape *s = &c->g->tensor[tensor].shape;

	return s->rank == NHWC ? *s : natural(&c->known[tensor].file);
}

static void
elementwise(Canon *c, Node *n)
{
	const Shape *x = file_in(c, n, 0);
	Shape s = row_shape(c, n->input[0]);

	if (n->op == OP_softmax && s.dim[3] != x->dim[x->rank - 1])
		s = natural(x);
	rewrite(c, n, s, s);
}

/* As many rows of a matrix as there are pixels. */
static void
dense(Canon *c, Node *n)
{
	const Shape *w = file_in(c, n, 1);
	Shape x = row_shape(c, n->input[0]);

	if (x.dim[0] != 1 || x.dim[3] != w->dim[1])
		x = shape_of(NHWC, 1, 1, volume(&x, 0, NHWC) / w->dim[1], w->dim[1]);
	rewrite(c, n, x, shape_of(NHWC, 1, x.dim[1], x.dim[2], w->dim[0]));
}

/* Whether two places of a broadcast can be one: no operand is repeated along one of them only. */
static bool
can_merge(const Canon *c, const Node *n, const Map *m, int at)
{
	Shape y = mapped(m, file_out(c, n), 1);
	bool alike = true;

	for (int k = 0; k < 2; k++) {
		Shape x = mapped(m, file_in(c, n, k), 1);
		alike &= (x.dim[at] == 1) == (x.dim[at + 1] == 1);
	}
	return alike || y.dim[at] == 1 || y.dim[at + 1] == 1;
}

/* An operand, repeated along two places. */
static int
repeated(Canon *c, const Node *n, int operand, const Map *m, int at)
{
	Map all = unmapped(m->axes);
	Shape x = mapped(&all, file_in(c, n, operand), 1), y = x;
	Attr attr = attr_defaults();

	attr.begin = attr.step = (Shape){ .rank = m->axes };
	for (int i = 0; i < m->axes; i++) {
		if (m->to[i] == at || m->to[i] == at + 1)
			y.dim[i] = file_out(c, n)->dim[i];
		attr.step.dim[i] = y.dim[i] == x.dim[i];
	}
	if (same_shape(&x, &y))
		return n->input[operand];
	int from = reshaped(c, n, n->input[operand], x);
	return step(c, n, OP_slice, attr, &from, 1, derived(c, from, y));
}

/* Two places become one, best those that usual() merges, or the operands are repeated there. */
static void
merge_places(Canon *c, Node *n, Map *m)
{
	int usually = m->places - 3, at = usually;

	while (at >= 0 && !can_merge(c, n, m, at))
		at--;
	if (at < 0 && can_merge(c, n, m, usually + 1))
		at = usually + 1;
	for (int k = 0; at < 0 && k < 2; k++)
		n->input[k] = repeated(c, n, k, m, usually);
	at = at < 0 ? usually : at;
	for (int i = 0; i < m->axes; i++)
		m->to[i] -= m->to[i] > at;
	m->places--;
}

static void
binary(Canon *c, Node *n)
{
	const Shape *y = file_out(c, n);
	Shape s = row_shape(c, n->input[c->g->tensor[n->input[0]].data ? 1 : 0]);
	Map m = y->rank > NHWC ? unmapped(y->rank) : usual(y);

	if (same_shape(file_in(c, n, 0), file_in(c, n, 1))) {
		n->input[1] = reshaped(c, n, n->input[1], s);
		rewrite(c, n, s, s);
		return;
	}
	while (m.places > NHWC)
		merge_places(c, n, &m);
	if (y->rank > NHWC && mapped(&m, y, 1).dim[1] == 1)
		turn(&m);
	map_node(c, n, &m);
}

/* ---- windows */

/* A window along a single row walks along it as over rows. */
static void
window(Canon *c, Node *n)
{
	Map m = unmapped(NHWC);
	Attr *a = &n->attr, was = *a;

	if (file_in(c, n, 0)->dim[1] == 1 && file_out(c, n)->dim[1] == 1 &&
		kernel_height(c->g, n) == 1) {
		turn(&m);
		a->stride_h = was.stride_w;
		a->stride_w = was.stride_h;
		a->dilation_h = was.dilation_w;
		a->dilation_w = was.dilation_h;
		a->kernel_h = was.kernel_w;
		a->kernel_w = was.kernel_h;
		a->pad_top = was.pad_left;
		a->pad_left = was.pad_top;
		a->pad_bottom = was.pad_right;
		a->pad_right = was.pad_bottom;
	}
	map_node(c, n, &m);
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

/* In groups of channels: one convolution for each, side by side. */
static void
convolution(Canon *c, Node *n)
{
	Shape x = *file_in(c, n, 0), y = *file_out(c, n);
	int groups = x.dim[3] / file_in(c, n, 1)->dim[3];
	int *part = alloc_array(c->g->arena, (size_t)groups, sizeof *part);
	Attr slice = attr_defaults(), concat = slice;

	if (groups == 1) {
		window(c, n);
		return;
	}
	x.dim[3] /= groups, y.dim[3] /= groups;
	slice.step = shape_of(NHWC, 1, 1, 1, 1);
	for (int k = 0; k < groups; k++) {
		int input[] = { derived(c, n->input[0], x), -1, -1 };

		slice.begin = shape_of(NHWC, 0, 0, 0, k * x.dim[3]);
		step(c, n, OP_slice, slice, n->input, 1, input[0]);
		for (int i = 1; i < n->input_count; i++)
			if (n->input[i] >= 0)
				input[i] = constant_part(c, n->input[i], k, groups);
		part[k] = derived(c, n->output, y);
		step(c, n, OP_conv2d, n->attr, input, 3, part[k]);
	}
	concat.axis = 3;
	step(c, n, OP_concat, concat, part, groups, n->output);
}

/* ---- reductions */

/* Whether a transposition does more than put axes of size 1 elsewhere. */
static bool
moves_bytes(const Shape *x, const Shape *perm)
{
	for (int i = 0, last = -1; i < perm->rank; i++)
		if (x->dim[perm->dim[i]] > 1) {
			if (perm->dim[i] < last)
				return true;
			last = perm->dim[i];
		}
	return false;
}

/* Over axes inside rows, row by row; false: over others, or there is one row. */
static bool
row_mean(Canon *c, Node *n)
{
	const Shape *x = file_in(c, n, 0), *y = file_out(c, n);
	Map m = usual(x);
	Shape axes = { 0 };

	for (int i = 0; i < x->rank; i++)
		if (x->dim[i] != y->dim[i])
			axes.dim[axes.rank++] = m.to[i];
	if (x->rank < 3 || x->rank > NHWC || x->dim[1] == 1 || !axes.rank || axes.dim[0] < 2)
		return false;
	n->op = OP_row_mean;
	n->attr = attr_defaults();
	n->attr.axes = axes;
	map_node(c, n, &m);
	return true;
}

/* Reduced axes stand side by side, kept ones before and after. */
static void
mean(Canon *c, Node *n)
{
	enum { BEFORE, REDUCED, AFTER, PLACES };
	Shape x = *file_in(c, n, 0), y = x;
	int of[MAX_RANK], size[PLACES] = { 1, 1, 1 }, first = 0;
	Attr attr = attr_defaults();

	if (row_mean(c, n))
		return;
	for (int i = 0; i < x.rank; i++)
		of[i] = AFTER;
	for (int i = n->attr.axes.rank - 1; i >= 0; i--)
		if (x.dim[n->attr.axes.dim[i]] > 1)
			of[first = n->attr.axes.dim[i]] = REDUCED;
	for (int i = 0; i < first; i++)
		of[i] = BEFORE;
	for (int place = BEFORE; place < PLACES; place++)
		for (int i = 0; i < x.rank; i++)
			if (of[i] == place) {
				size[place] *= x.dim[i];
				y.dim[attr.perm.rank] = x.dim[i];
				attr.perm.dim[attr.perm.rank++] = i;
			}
	if (moves_bytes(&x, &attr.perm))
		n->input[0] = step(c, n, OP_transpose, attr, n->input, 1,
			derived(c, n->input[0], y));
	int rows = size[AFTER] > 1 && of[first] == REDUCED ? x.dim[first] : 1;
	n->attr.axes = shape_of(2, 1, 2);
	rewrite(c, n,
		shape_of(NHWC, size[BEFORE], rows, size[REDUCED] / rows, size[AFTER]),
		shape_of(NHWC, size[BEFORE], 1, 1, size[AFTER]));
}

/* ---- what moves bytes */

static void
by_axes(Canon *c, Node *n)
{
	const Shape *x = file_in(c, n, 0), *y = file_out(c, n);
	bool large = x->rank > NHWC, last = n->attr.axis == x->rank - 1;
	Map m = unmapped(x->rank);

	if (n->op == OP_arg_max)
		m = last && !large ? usual(x) : around(x, n->attr.axis, 1, 2, 3);
	else if (n->op == OP_concat)
		m = large ? by_axis(y, n->attr.axis) : usual(y);
	map_node(c, n, &m);
}

/* Row by row, of all images; to the last row, since a ring keeps the one where it would go on. */
static void
slice(Canon *c, Node *n)
{
	const Shape *file = file_in(c, n, 0);
	Map m = file->rank > NHWC ? unmapped(file->rank) : usual(file);
	Shape x = mapped(&m, file, 1), y = mapped(&m, file_out(c, n), 1);
	Shape begin = mapped(&m, &n->attr.begin, 0), step = mapped(&m, &n->attr.step, 1);

	if (m.places == NHWC && x.dim[0] == y.dim[0] && step.dim[0] == 1 && step.dim[1] > 0 &&
		begin.dim[1] + y.dim[1] * step.dim[1] >= x.dim[1] - 1) {
		n->op = OP_row_slice;
		n->attr.stride_h = step.dim[1];
	}
	map_node(c, n, &m);
}

/* Channels and rows at once, or the first axis that grows and then the rest. */
static void
pad(Canon *c, Node *n)
{
	const Shape *x = file_in(c, n, 0), *y = file_out(c, n);
	Shape to = *x;
	Map m = usual(y);
	Attr one = n->attr, rest = n->attr;
	int axis = 0;

	while (x->dim[axis] == y->dim[axis])
		axis++;
	to.dim[axis] = y->dim[axis];
	if (x->rank > NHWC || m.to[axis] == 0)
		m = by_axis(x, axis);
	else
		to = *y;
	if (same_shape(&to, y)) {
		map_node(c, n, &m);
		return;
	}
	for (int i = 0; i < x->rank; i++) {
		Attr *other = i == axis ? &rest : &one;
		other->begin.dim[i] = other->end.dim[i] = 0;
	}
	int between = derived(c, n->output, to);
	step(c, n, OP_pad, one, n->input, 1, between);
	step(c, n, OP_pad, rest, &between, 1, n->output);
}

static void
gather_nd(Canon *c, Node *n)
{
	const Shape *index = file_in(c, n, 1);
	int parts = index->dim[index->rank - 1],
	    count = volume(index, 0, index->rank - 1);
	Map m = unmapped(file_in(c, n, 0)->rank);

	for (int i = parts; i < m.axes; i++)
		m.to[i] = parts;
	m.places = parts + 1;
	Shape x = mapped(&m, file_in(c, n, 0), 1);
	if (tensor_in(c->g, n, 1)->type == TYPE_s64) {
		int narrow = derived(c, n->input[1], *index);
		c->g->tensor[narrow].type = TYPE_s32;
		n->input[1] =
			step(c, n, OP_cast, attr_defaults(), &n->input[1], 1, narrow);
		c->g->node[c->g->node_count - 1].dialect = LITERT;
	}
	n->input[1] = reshaped(c, n, n->input[1], shape_of(2, count, parts));
	rewrite(c, n, x, shape_of(2, count, x.dim[parts]));
}

/* Of the operators that are not elementwise. */
static void (*const rules[OP_COUNT])(Canon *, Node *) = {
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
	[OP_global_avg_pool] = window,
	[OP_global_max_pool] = window,
	[OP_mean] = mean,
	[OP_row_mean] = by_axes,
	[OP_pad] = pad,
	[OP_transpose] = by_axes,
	[OP_slice] = slice,
	[OP_row_slice] = by_axes,
	[OP_concat] = by_axes,
	[OP_gather_nd] = gather_nd,
	[OP_resize_nearest] = by_axes,
	[OP_resize_bilinear] = by_axes,
	[OP_arg_max] = by_axes,
};

/* Whether a node turns out to change nothing. */
static bool
renames(const Canon *c, const Node *n)
{
	const Shape *x = file_in(c, n, 0);
	bool same = same_shape(x, file_out(c, n));

	for (int i = 0; n->op == OP_slice && i < x->rank; i++)
		same &= x->dim[i] == 1 || n->attr.step.dim[i] == 1;
	return n->op == OP_reshape || (n->op == OP_concat && n->input_count == 1) ||
		(n->op == OP_transpose && !moves_bytes(x, &n->attr.perm)) ||
		((n->op == OP_pad || n->op == OP_slice) && same);
}

static void
legalize_node(Canon *c, Node *n)
{
	if (renames(c, n)) {
		n->op = OP_reshape;
		n->attr = attr_defaults();
		rewrite(c, n, c->g->tensor[n->input[0]].shape, natural(file_out(c, n)));
	} else {
		(rules[n->op] ? rules[n->op] : elementwise)(c, n);
	}
}

void
canonicalize(Graph *g)
{
	const Graph old = take_nodes(g);
	Canon c = { .g = g };

	for (int t = 0; t < g->tensor_count; t++)
		remember(&c, t);
	for (int i = 0; i < g->input_count; i++) {
		int t = g->input[i].tensor;
		g->tensor[t].shape = natural(&c.known[t].file);
	}
	for (int i = 0; i < old.node_count; i++)
		legalize_node(&c, old.node + i);
}
