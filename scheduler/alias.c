/* alias.c: tensors that need no bytes of their own: views, parts of a concat, in-place results. */
#include "scheduler.h"

typedef struct {
	Graph *g;
	Life *life;  /* of each tensor by itself */
	int *last;   /* of each storage tensor: the last use of anything that lies in it */
	bool *caller; /* storage that the caller owns: constants, const inputs */
	bool *port;  /* a graph's input or output */
	bool *out;   /* a graph's output */
} Alias;

static bool
may_move(const Alias *a, int tensor)
{
	const Tensor *t = a->g->tensor + tensor;

	return t->view < 0 && !t->data && !a->port[tensor];
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

/* The parts of a concat are made in place where every axis before its own is 1. */
static void
alias_concat(Alias *a, const Node *n)
{
	const Tensor *y = tensor_out(a->g, n);
	int64_t offset = 0;

	for (int i = 0; i < n->attr.axis; i++)
		if (y->shape.dim[i] != 1)
			return;
	for (int k = 0; k < n->input_count; k++) {
		int x = n->input[k];

		if (may_move(a, x) && !a->out[x])
			put_inside(a, x, n->output, offset);
		offset += tensor_bytes(a->g->tensor + x);
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
		a->last[t] = a->life[t].last;
		a->caller[t] = g->tensor[t].data != NULL;
	}
	for (int i = 0; i < g->input_count; i++) {
		a->port[g->input[i].tensor] = true;
		a->caller[g->input[i].tensor] |= g->input_mode == INPUT_CONST;
	}
	for (int i = 0; i < g->output_count; i++)
		a->port[g->output[i].tensor] = a->out[g->output[i].tensor] = true;
}

void
alias(Graph *g)
{
	Alias a = { .g = g };

	survey(&a);
	for (int i = 0; i < g->node_count; i++) {
		Node *n = g->node + i;

		n->in_place = false;
		if (n->op == OP_reshape)
			share(&a, n->input[0], n->output, 0);
		else if (n->op == OP_slice)
			alias_slice(&a, n);
	}
	for (int i = g->node_count - 1; i >= 0; i--)
		if (g->node[i].op == OP_concat)
			alias_concat(&a, g->node + i);
	for (int i = 0; i < g->node_count; i++)
		if (ops[g->node[i].op].rows == ROWS_SAME)
			alias_in_place(&a, i);
}
