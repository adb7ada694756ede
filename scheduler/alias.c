/* alias.c: tensors that need no bytes of their own: views, parts of a concat, in-place results. */
#include "scheduler.h"

/* What alias() knows of the tensors. */
typedef struct {
	Graph *g;
	Life *life;  /* of each tensor by itself */
	int *last;   /* of each storage tensor: the last use of anything that lies in it */
	bool *caller; /* storage that the caller owns: constants, const inputs */
	bool *port;  /* a graph's input or output */
	bool *out;   /* a graph's output */
} Alias;

/* Whether a node makes it of a pushed input's rows: before there are outputs for it to lie in. */
static bool
is_fed(const Graph *g, int tensor)
{
	int p = g->input_mode == INPUT_PUSH ? producer(g, tensor) : -1;
	int x = p < 0 || g->node[p].op == OP_reshape ? -1 : g->node[p].input[0];

	while (x >= 0 && producer(g, x) >= 0 && g->node[producer(g, x)].op == OP_reshape)
		x = g->node[producer(g, x)].input[0];
	return x >= 0 && is_input(g, x);
}

static bool
may_move(const Alias *a, int tensor)
{
	const Tensor *t = a->g->tensor + tensor;

	return t->view < 0 && !t->data && !a->port[tensor] && !is_fed(a->g, tensor);
}

/* Puts inner, which has bytes of its own, inside outer. */
static void
put_inside(Alias *a, int inner, int outer, int64_t offset)
{
	Tensor *t = a->g->tensor + inner;
	int root = storage(a->g, outer, NULL);

	t->view = outer;
	t->view_offset = offset;
	if (a->last[root] < a->last[inner])
		a->last[root] = a->last[inner];
}

/*
 * Two tensors of the same bytes: the later lies in the earlier, or, where the later is
 * the caller's output, the earlier in the later.
 */
static bool
share(Alias *a, int x, int y, int64_t offset)
{
	if (!a->out[y] && may_move(a, y) && !a->g->tensor[x].data) {
		put_inside(a, y, x, offset);
		return true;
	}
	if (offset == 0 && may_move(a, x) && a->g->tensor[y].view < 0 &&
	    tensor_bytes(a->g->tensor + x) == tensor_bytes(a->g->tensor + y)) {
		put_inside(a, x, y, 0);
		return true;
	}
	return false;
}

/* Bytes from the start of x to a slice of it that is dense; -1: it is not. */
static int64_t
dense_offset(const Graph *g, const Node *n)
{
	const Tensor *x = tensor_in(g, n, 0), *y = tensor_out(g, n);
	int64_t at = 0, step = 1;
	bool whole = true; /* so far every inner axis is */

	for (int i = x->shape.rank - 1; i >= 0; step *= x->shape.dim[i--]) {
		if (y->shape.dim[i] > 1 && (!whole || n->attr.step.dim[i] != 1))
			return -1;
		whole &= y->shape.dim[i] == x->shape.dim[i];
		at += n->attr.begin.dim[i] * step;
	}
	return at * types[x->type].bytes;
}

static void
alias_slice(Alias *a, const Node *n)
{
	int64_t offset = dense_offset(a->g, n);

	if (offset >= 0)
		share(a, n->input[0], n->output, offset);
}

/* Whether the parts of a concat lie in it one after the other, each densely. */
static bool
has_dense_parts(const Graph *g, const Node *n)
{
	for (int i = 0; i < n->attr.axis; i++)
		if (tensor_out(g, n)->shape.dim[i] != 1)
			return false;
	return true;
}

/* Lets a part lie in the concat's output, from index `at` of the axis on. */
static void
put_part(Alias *a, const Node *n, int part, int at)
{
	const Tensor *y = tensor_out(a->g, n);
	Tensor *x = a->g->tensor + part;

	put_inside(a, part, n->output, at * axis_step(y, n->attr.axis) * types[y->type].bytes);
	if (has_dense_parts(a->g, n))
		return;
	x->image_step = axis_step(y, 0);
	x->row_step = axis_step(y, 1);
	x->pixel_step = (int)axis_step(y, 2);
}

/* The parts of a concat are made where they belong; those that cannot were copied before. */
static void
alias_concat(Alias *a, const Node *n)
{
	for (int k = 0, at = 0; k < n->input_count; k++) {
		int dim = a->g->tensor[n->input[k]].shape.dim[n->attr.axis];

		put_part(a, n, n->input[k], at);
		at += dim;
	}
}

static void
alias_in_place(Alias *a, int at)
{
	Node *n = a->g->node + at;
	int x = n->input[0], root = storage(a->g, x, NULL);
	const Tensor *in = a->g->tensor + x, *out = tensor_out(a->g, n);

	if (!n->overlays || a->caller[root] || a->last[root] > at ||
	    tensor_bytes(in) != tensor_bytes(out) || types[in->type].bytes != types[out->type].bytes ||
	    !same_shape(&in->shape, &out->shape))
		return;
	for (int k = 1; k < n->input_count; k++)
		if (n->input[k] >= 0 && storage(a->g, n->input[k], NULL) == root)
			return;
	n->in_place = share(a, x, n->output, 0);
}

static void
survey(Alias *a)
{
	Graph *g = a->g;
	size_t count = (size_t)g->tensor_count;

	a->life = lives(g);
	a->last = alloc_array(g->arena, count, sizeof *a->last);
	a->caller = alloc_array(g->arena, count, sizeof *a->caller);
	a->port = alloc_array(g->arena, count, sizeof *a->port);
	a->out = alloc_array(g->arena, count, sizeof *a->out);
	for (int t = 0; t < g->tensor_count; t++) {
		g->tensor[t].view = -1;
		g->tensor[t].view_offset = 0;
		g->tensor[t].pixel_step = 0;
		g->tensor[t].row_step = g->tensor[t].image_step = 0;
		a->last[t] = a->life[t].last;
		a->caller[t] = g->tensor[t].data != NULL;
	}
	for (int i = 0; i < g->input_count; i++) {
		a->port[g->input[i].tensor] = true;
		a->caller[g->input[i].tensor] |= g->input_mode != INPUT_FULL;
	}
	for (int i = 0; i < g->output_count; i++)
		a->port[g->output[i].tensor] = a->out[g->output[i].tensor] = true;
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
	return y;
}

/*
 * A part can be made inside a concat if it is no port, no constant and no part of another,
 * and if what makes and reads it need not care: it lies there densely, or nobody else is there.
 */
static bool
can_be_part(const Graph *g, const bool *taken, const Node *concat, int x)
{
	int p = producer(g, x);

	return !taken[x] && !g->tensor[x].data && p >= 0 && !is_output(g, x) &&
		ops[g->node[p].op].rows != ROWS_VIEW && has_dense_parts(g, concat);
}

static void
copy_parts(Graph *g)
{
	bool *taken = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *taken);

	for (int i = g->node_count - 1; i >= 0; i--)
		for (int k = 0; g->node[i].op == OP_concat && k < g->node[i].input_count; k++) {
			int x = g->node[i].input[k];

			if (can_be_part(g, taken, g->node + i, x)) {
				taken[x] = true;
				continue;
			}
			int y = insert_copy(g, i, x);
			g->node[++i].input[k] = y;
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
	copy_parts(g);
	survey(&a);
	for (int i = g->node_count - 1; i >= 0; i--)
		if (g->node[i].op == OP_concat)
			alias_concat(&a, g->node + i);
	for (int i = 0; i < g->node_count; i++) {
		Node *n = g->node + i;

		n->in_place = false;
		if (n->op == OP_reshape)
			share(&a, n->input[0], n->output, 0);
		else if (n->op == OP_slice)
			alias_slice(&a, n);
	}
	for (int i = 0; i < g->node_count; i++)
		if (ops[g->node[i].op].rows == ROWS_SAME)
			alias_in_place(&a, i);
}
