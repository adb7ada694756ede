/* alias.c: tensors that need no bytes of their own: views, parts of a concat, in-place results. */
#include "scheduler.h"

typedef struct {
	Graph *g;
	int *last; /* of each storage tensor: the last use of anything that lies in it; NULL: not yet */
} Alias;

/* ---- steps: elements from image to image, row to row, pixel to pixel and channel to channel */

static void
steps_of(const Tensor *t, int64_t step[NHWC])
{
	for (int i = 0; i < NHWC; i++)
		step[i] = t->shape.rank == NHWC ? axis_step(t, i) : 0;
}

/* Those that differ from what follows from the inner ones; along an axis of 1 any step is right. */
static void
set_steps(Tensor *t, const int64_t step[NHWC])
{
	const int *dim = t->shape.dim;

	if (t->shape.rank != NHWC)
		return;
	int64_t pixel = dim[2] > 1 ? step[2] : dim[1] > 1 ? step[1] : dim[3];
	int64_t row = dim[1] > 1 ? step[1] : dim[2] * pixel;
	int64_t image = dim[0] > 1 ? step[0] : dim[1] * row;
	t->pixel_step = pixel == dim[3] ? 0 : (int)pixel;
	t->row_step = row == dim[2] * pixel ? 0 : row;
	t->image_step = image == dim[1] * row ? 0 : image;
}

/* The steps of y, which has the bytes of x in another shape; false: it has none. */
static bool
carry_steps(const Tensor *x, const Tensor *y, int64_t to[NHWC])
{
	const int *from = x->shape.dim, *dim = y->shape.dim;
	int64_t left = 1, step = 1; /* pixels ahead that lie evenly */
	int i = NHWC - 2;

	steps_of(y, to);
	if (is_dense(x))
		return true;
	if (y->shape.rank != NHWC || from[3] != dim[3])
		return false;
	for (int k = NHWC - 2; k >= 0; k--) {
		while (left == 1 && i >= 0) {
			step = axis_step(x, i);
			left = from[i--];
			while (i >= 0 && (from[i] == 1 || axis_step(x, i) == left * step))
				left *= from[i--];
		}
		if (left % dim[k])
			return false;
		to[k] = step;
		step *= dim[k];
		left /= dim[k];
	}
	return true;
}

/* ---- what may lie where */

static bool
may_move(const Alias *a, int tensor)
{
	const Tensor *t = a->g->tensor + tensor;

	return t->view < 0 && !t->data && !is_input(a->g, tensor) && !is_output(a->g, tensor);
}

/* Whether a kernel that makes or reads a tensor takes it at other steps. */
static bool
takes_steps(const Node *n, int tensor, const Tensor *placed)
{
	int apart = n->output == tensor ? APART_Y : 0;

	if (n->op == OP_concat || (ops[n->op].rows != ROWS_WHOLE && !placed->pixel_step))
		return true;
	for (int k = 0; k < n->input_count; k++)
		apart |= n->input[k] != tensor ? 0 : k == 0 ? APART_X : APART_X2;
	return (n->apart & apart) == apart;
}

static bool may_lie(const Alias *, int tensor, const int64_t step[NHWC], int from);

/* Whether the other end of a reshape can go with a tensor. */
static bool
may_follow(const Alias *a, int node, int tensor, const Tensor *placed)
{
	const Node *n = a->g->node + node;
	int other = n->output == tensor ? n->input[0] : n->output;
	int64_t step[NHWC];

	return may_move(a, other) && carry_steps(placed, a->g->tensor + other, step) &&
		may_lie(a, other, step, node);
}

/*
 * Whether all that makes or reads a tensor, but for node `from`, takes it at these steps.  What
 * has its shape from it by a reshape must go with it, unless it stays dense.
 */
static bool
may_lie(const Alias *a, int tensor, const int64_t step[NHWC], int from)
{
	const Graph *g = a->g;
	Tensor placed = g->tensor[tensor];

	set_steps(&placed, step);
	if (is_dense(&placed) && is_dense(g->tensor + tensor))
		return true;
	for (int t = 0; t < g->tensor_count; t++)
		if (g->tensor[t].view == tensor)
			return false; /* it knows where it lies */
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		bool concerned = n->output == tensor;

		for (int k = 0; k < n->input_count; k++)
			concerned |= n->input[k] == tensor;
		if (concerned && i != from && !(n->op == OP_reshape ? may_follow(a, i, tensor, &placed) :
			takes_steps(n, tensor, &placed)))
			return false;
	}
	return true;
}

/* Puts inner, which has bytes of its own, inside outer. */
static void
put_inside(Alias *a, int inner, int outer, int64_t offset, const int64_t step[NHWC])
{
	Tensor *t = a->g->tensor + inner;
	int root = storage(a->g, outer, NULL);

	t->view = outer;
	t->view_offset = offset;
	set_steps(t, step);
	if (a->last && a->last[root] < a->last[inner])
		a->last[root] = a->last[inner];
}

/*
 * Two tensors of the same bytes: the later lies in the earlier, or, where the later is
 * the caller's output or a part of a concat, the earlier in the later.
 */
static bool
share(Alias *a, int x, int y, int node)
{
	Tensor *t = a->g->tensor;
	int64_t step[NHWC];

	if (may_move(a, y) && !t[x].data && carry_steps(t + x, t + y, step) &&
	    may_lie(a, y, step, node)) {
		put_inside(a, y, x, 0, step);
		return true;
	}
	if (may_move(a, x) && carry_steps(t + y, t + x, step) && may_lie(a, x, step, node)) {
		put_inside(a, x, y, 0, step);
		return true;
	}
	return false;
}

/* ---- slices */

/* Bytes from the start of x to a slice of it that is dense; -1: it is not. */
static int64_t
dense_offset(const Tensor *x, const Tensor *y, const Node *n)
{
	int64_t at = 0, step = 1;
	bool whole = true; /* so far every inner axis is */

	for (int i = x->shape.rank - 1; i >= 0; step *= x->shape.dim[i--]) {
		if (y->shape.dim[i] > 1 && (!whole || n->attr.step.dim[i] != 1))
			return -1;
		whole &= y->shape.dim[i] == x->shape.dim[i];
		at += n->attr.begin.dim[i] * step;
	}
	return is_dense(x) ? at * types[x->type].bytes : -1;
}

/*
 * The same where pixels lie apart: a slice of all rows, or of a range of one image's, that takes
 * channels side by side.
 */
static int64_t
steps_offset(const Tensor *x, const Tensor *y, const Node *n, int64_t step[NHWC])
{
	const int *from = x->shape.dim, *dim = y->shape.dim, *by = n->attr.step.dim;
	int64_t at = 0;

	if (x->shape.rank != NHWC || from[0] != dim[0] || (dim[3] > 1 && by[3] != 1) ||
	    (dim[2] > 1 && by[2] < 1) || (dim[1] > 1 && by[1] != 1) ||
	    (dim[0] > 1 && (by[0] != 1 || from[1] != dim[1])))
		return -1;
	for (int i = 0; i < NHWC; i++) {
		step[i] = by[i] * axis_step(x, i);
		at += n->attr.begin.dim[i] * axis_step(x, i);
	}
	return at * types[x->type].bytes;
}

static void
alias_slice(Alias *a, const Node *n, int node)
{
	int x = n->input[0], y = n->output;
	const Tensor *in = a->g->tensor + x, *out = a->g->tensor + y;
	int64_t step[NHWC], offset = dense_offset(in, out, n);

	steps_of(out, step);
	if (offset < 0)
		offset = steps_offset(in, out, n, step);
	if (offset >= 0 && may_move(a, y) && !in->data && may_lie(a, y, step, node))
		put_inside(a, y, x, offset, step);
}

/* ---- concats */

/* Whether the parts of a concat lie in it one after the other, each densely. */
static bool
has_dense_parts(const Graph *g, const Node *n)
{
	for (int i = 0; i < n->attr.axis; i++)
		if (tensor_out(g, n)->shape.dim[i] != 1)
			return false;
	return is_dense(tensor_out(g, n));
}

/* Puts a tensor inside another, and with it what it is a reshape of. */
static void
put_with_source(Alias *a, int tensor, int outer, int64_t offset, const int64_t step[NHWC])
{
	Graph *g = a->g;
	int p = producer(g, tensor);
	int64_t carried[NHWC];

	put_inside(a, tensor, outer, offset, step);
	if (g->node[p].op != OP_reshape || !may_move(a, g->node[p].input[0]))
		return;
	int x = g->node[p].input[0];
	if (carry_steps(g->tensor + tensor, g->tensor + x, carried) && may_lie(a, x, carried, p))
		put_with_source(a, x, tensor, 0, carried);
}

/* The steps of a part of a concat. */
static void
part_steps(const Graph *g, const Node *n, int part, int64_t step[NHWC])
{
	steps_of(has_dense_parts(g, n) ? g->tensor + part : tensor_out(g, n), step);
}

/*
 * Whether a part can be made in the concat's output, and not only be copied there.  Rows of several
 * images would be apart.
 */
static bool
may_be_part(const Alias *a, const Node *n, int part)
{
	const Graph *g = a->g;
	int p = producer(g, part);
	int64_t step[NHWC];

	if (p < 0 || !may_move(a, part) ||
	    (!has_dense_parts(g, n) && n->attr.axis < 2 && tensor_out(g, n)->shape.dim[0] > 1))
		return false;
	if (g->node[p].op == OP_reshape && !is_dense(tensor_in(g, g->node + p, 0)))
		return false;
	part_steps(g, n, part, step);
	return may_lie(a, part, step, -1);
}

/* A node that copies a tensor before position at; returns the copy. */
static int
insert_copy(Graph *g, int at, int tensor)
{
	const Tensor x = g->tensor[tensor];
	int y = new_tensor(g, x.name, x.type, x.shape, x.quant, x.loc);
	Node *n = insert_node(g, at, new_node(g, OP_slice, "copy", x.loc, &tensor, 1, y));

	n->attr.begin = n->attr.step = (Shape){ .rank = x.shape.rank };
	for (int i = 0; i < x.shape.rank; i++)
		n->attr.step.dim[i] = 1;
	n->apart = APART_X | APART_Y;
	return y;
}

/* The parts of a concat are made where they belong, or copied there. */
static void
place_parts(Alias *a, int concat)
{
	Graph *g = a->g;
	int64_t at = 0, step[NHWC];

	for (int k = 0; k < g->node[concat].input_count; k++) {
		int *part = &g->node[concat].input[k];

		if (!may_be_part(a, g->node + concat, *part))
			*part = insert_copy(g, concat++, *part);
		const Node *n = g->node + concat;
		const Tensor *y = tensor_out(g, n);
		part_steps(g, n, *part, step);
		put_with_source(a, *part, n->output,
			at * axis_step(y, n->attr.axis) * types[y->type].bytes, step);
		at += g->tensor[*part].shape.dim[n->attr.axis];
	}
}

/* ---- in place */

static bool
is_fixed(const Graph *g, int root)
{
	return g->tensor[root].data || (is_input(g, root) && g->input_mode != INPUT_FULL);
}

static void
alias_in_place(Alias *a, int at)
{
	Node *n = a->g->node + at;
	int x = n->input[0], root = storage(a->g, x, NULL);
	const Tensor *in = a->g->tensor + x, *out = tensor_out(a->g, n);

	if (!n->overlays || is_fixed(a->g, root) || a->last[root] > at ||
	    types[in->type].bytes != types[out->type].bytes || !same_shape(&in->shape, &out->shape))
		return;
	for (int k = 1; k < n->input_count; k++)
		if (n->input[k] >= 0 && storage(a->g, n->input[k], NULL) == root)
			return;
	n->in_place = share(a, x, n->output, -1);
}

/* ---- the pass */

static void
forget(Graph *g)
{
	for (int t = 0; t < g->tensor_count; t++) {
		g->tensor[t].view = -1;
		g->tensor[t].view_offset = 0;
		g->tensor[t].pixel_step = 0;
		g->tensor[t].row_step = g->tensor[t].image_step = 0;
	}
}

static void
find_last(Alias *a)
{
	const Graph *g = a->g;
	const Life *life = lives(g);

	a->last = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *a->last);
	for (int t = 0; t < g->tensor_count; t++)
		a->last[t] = life[t].last;
	for (int t = 0; t < g->tensor_count; t++) {
		int *last = &a->last[storage(g, t, NULL)];
		*last = *last < life[t].last ? life[t].last : *last;
	}
}

/* An output that is an input, a constant or another output is a copy of it. */
static void
copy_outputs(Graph *g)
{
	for (int i = 0; i < g->output_count; i++) {
		int x = g->output[i].tensor;
		bool again = false;

		for (int k = 0; k < i; k++)
			again |= g->output[k].tensor == x;
		if (again || g->tensor[x].data || is_input(g, x))
			g->output[i].tensor = insert_copy(g, g->node_count, x);
	}
}

void
alias(Graph *g)
{
	Alias a = { .g = g };

	copy_outputs(g);
	forget(g);
	for (int i = g->node_count - 1; i >= 0; i--)
		if (g->node[i].op == OP_concat)
			place_parts(&a, i);
	find_last(&a);
	for (int i = 0; i < g->node_count; i++) {
		Node *n = g->node + i;

		n->in_place = false;
		if (n->op == OP_reshape)
			share(&a, n->input[0], n->output, i);
		else if (n->op == OP_slice)
			alias_slice(&a, n, i);
	}
	for (int i = 0; i < g->node_count; i++)
		if (ops[g->node[i].op].rows == ROWS_SAME)
			alias_in_place(&a, i);
}
