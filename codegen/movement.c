/* movement.c: copies as runs of bytes under loops. */
#include <string.h>

#include "codegen.h"

/* Bytes from index to index of each axis. */
static void
byte_steps(const Tensor *t, int64_t step[MAX_RANK])
{
	for (int i = 0; i < t->shape.rank; i++)
		step[i] = axis_step(t, i) * types[t->type].bytes;
}

/* A loop inside the others, one with the last where both sides go on in its step. */
static void
push_axis(Movement *m, int64_t count, int64_t from, int64_t to)
{
	int last = m->axes - 1;
	bool goes_on =
		last >= 0 && m->from[last] == count * from && m->to[last] == count * to;

	if (count == 1)
		return;
	if (goes_on)
		count *= m->count[last];
	else
		last = m->axes++;
	m->count[last] = count;
	m->from[last] = from;
	m->to[last] = to;
}

/* Bytes that lie side by side on both sides move at once; loops that are not there turn once. */
static void
find_run(Movement *m)
{
	int last = m->axes - 1;

	m->run = 1;
	if (last >= 0 && m->from[last] == 1 && m->to[last] == 1) {
		m->run = m->count[last];
		m->from[last] = m->to[last] = 0;
		m->axes = last;
	}
	for (int i = m->axes; i < MAX_RANK; i++)
		m->count[i] = 1;
}

Movement
movement_of(const Graph *g, const Node *n)
{
	const Tensor *x = tensor_in(g, n, 0), *y = tensor_out(g, n);
	int64_t from[MAX_RANK] = { 0 }, to[MAX_RANK] = { 0 };
	Movement m = { 0 };

	byte_steps(x, from);
	byte_steps(y, to);
	if (n->op == OP_gather_nd) { /* slices that indices pick */
		m.count[0] = y->shape.dim[0];
		m.run = to[0];
		memcpy(m.from, from, sizeof from);
		memcpy(m.to, to, sizeof to);
		return m;
	}
	if (n->op == OP_reshape && !(is_dense(x) && is_dense(y)))
		die("%s: a reshape of pixels that lie apart", n->name);
	if (n->op == OP_reshape)
		push_axis(&m, elements(&y->shape), types[y->type].bytes,
			types[y->type].bytes);
	for (int i = 0; i < y->shape.rank && n->op == OP_transpose; i++)
		push_axis(&m, y->shape.dim[i], from[n->attr.perm.dim[i]], to[i]);
	for (int i = n->op == OP_slice ? 0 : WIDTH; i < y->shape.rank &&
		(n->op == OP_slice || n->op == OP_row_slice); i++) {
		m.first += n->attr.begin.dim[i] * from[i];
		push_axis(&m, y->shape.dim[i], n->attr.step.dim[i] * from[i], to[i]);
	}
	push_axis(&m, types[x->type].bytes, 1, 1);
	find_run(&m);
	if (m.axes > MAX_RANK)
		die("%s: a copy under too many loops", n->name);
	return m;
}
