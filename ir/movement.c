/* movement.c: the canonical shapes of what only moves bytes; see canonical.c. */
#include "ir.h"

/* One axis of a pad, as rows or, if it is the last, as channels. */
static void
pad_axis(Canon *c, const Node *n, const Shape *x, int axis)
{
	int outer = volume(x, 0, axis), inner = volume(x, axis + 1, x->rank),
	    at = inner > 1 ? 1 : 3;
	Node one = *n;
	Shape from = inner > 1 ? shape_of(NHWC, outer, x->dim[axis], 1, inner) :
				 shape_of(NHWC, 1, 1, outer, x->dim[axis]);
	Shape to = from;

	one.attr.begin = one.attr.end = shape_of(NHWC, 0, 0, 0, 0);
	one.attr.begin.dim[at] = n->attr.begin.dim[axis];
	one.attr.end.dim[at] = n->attr.end.dim[axis];
	to.dim[at] += n->attr.begin.dim[axis] + n->attr.end.dim[axis];
	rewrite(c, &one, from, to);
}

/* Pads one axis after the other, through tensors in between. */
static void
pad_by_axes(Canon *c, const Node *old, Shape x)
{
	const Shape *y = &c->file[old->output];
	Node n = *old;
	int last = x.rank - 1;

	n.input = copy_of(c->g->arena, old->input, sizeof *old->input);
	while (x.dim[last] == y->dim[last])
		last--;
	for (int i = 0; i <= last; i++) {
		if (x.dim[i] == y->dim[i])
			continue;
		Shape to = x;
		to.dim[i] = y->dim[i];
		n.output = i == last ? old->output : derived(c, old->output, to);
		n.number = i == last ? old->number : -1;
		pad_axis(c, &n, &x, i);
		n.input[0] = n.output;
		x = to;
	}
}

void
legal_pad(Canon *c, const Node *old)
{
	Shape x = c->file[old->input[0]], y = c->file[old->output];
	Node n = *old;

	if (same_shape(&x, &y)) {
		rename_bytes(c, old);
	} else if (x.rank > NHWC ||
		nhwc_placed(&x, 1).dim[0] != nhwc_placed(&y, 1).dim[0]) {
		pad_by_axes(c, old, x);
	} else {
		bool turn = nhwc_placed(&y, 1).dim[1] == 1;
		Shape begin = nhwc_placed(&old->attr.begin, 0),
		      end = nhwc_placed(&old->attr.end, 0);
		n.attr.begin = turn ? rows_swapped(begin) : begin;
		n.attr.end = turn ? rows_swapped(end) : end;
		x = nhwc_placed(&x, 1), y = nhwc_placed(&y, 1);
		rewrite(c, &n, turn ? rows_swapped(x) : x, turn ? rows_swapped(y) : y);
	}
}

/* Axes of size 1 may go anywhere: that moves nothing. */
void
legal_transpose(Canon *c, const Node *old)
{
	const Shape *x = &c->file[old->input[0]], *perm = &old->attr.perm;
	bool moves = false;

	for (int i = 0, last = -1; i < perm->rank; i++)
		if (x->dim[perm->dim[i]] > 1) {
			moves |= perm->dim[i] < last;
			last = perm->dim[i];
		}
	if (moves)
		rewrite(c, old, *x, c->file[old->output]);
	else
		rename_bytes(c, old);
}

void
legal_slice(Canon *c, const Node *old)
{
	Shape x = c->file[old->input[0]], y = c->file[old->output];
	bool whole = same_shape(&x, &y);
	Node n = *old;

	for (int i = 0; i < x.rank; i++)
		whole &= x.dim[i] == 1 || n.attr.step.dim[i] == 1;
	if (whole) {
		rename_bytes(c, old);
	} else if (x.rank > NHWC) {
		rewrite(c, old, x, y);
	} else {
		bool turn = nhwc_placed(&x, 1).dim[1] == 1;
		x = nhwc_placed(&x, 1), y = nhwc_placed(&y, 1);
		Shape begin = nhwc_placed(&old->attr.begin, 0),
		      step = nhwc_placed(&old->attr.step, 1);
		n.attr.begin = turn ? rows_swapped(begin) : begin;
		n.attr.step = turn ? rows_swapped(step) : step;
		rewrite(c, &n, turn ? rows_swapped(x) : x, turn ? rows_swapped(y) : y);
	}
}

/* The shape in which a concat along this axis takes an operand; its axis there. */
static Shape
concat_shape(const Shape *s, int axis, bool turn, int *to)
{
	int inner = volume(s, axis + 1, s->rank), outer = volume(s, 0, axis);

	if (s->rank > NHWC) {
		*to = inner > 1 ? 1 : 3;
		return inner > 1 ? shape_of(NHWC, outer, s->dim[axis], 1, inner) :
				   shape_of(NHWC, 1, 1, outer, s->dim[axis]);
	}
	*to = nhwc_place(s->rank, axis);
	if (!turn)
		return nhwc_placed(s, 1);
	*to = *to == 2 ? 1 : *to;
	return rows_swapped(nhwc_placed(s, 1));
}

void
legal_concat(Canon *c, const Node *old)
{
	const Shape *y = &c->file[old->output];
	bool turn = y->rank <= NHWC && nhwc_placed(y, 1).dim[1] == 1;
	int axis = old->attr.axis;
	Node n = *old;

	if (old->input_count == 1) {
		rename_bytes(c, old);
		return;
	}
	n.input = copy_of(
		c->g->arena, old->input, (size_t)old->input_count * sizeof *n.input);
	for (int k = 0; k < n.input_count; k++)
		n.input[k] = as(c, old, n.input[k],
			concat_shape(&c->file[n.input[k]], axis, turn, &n.attr.axis));
	Shape s = concat_shape(y, axis, turn, &n.attr.axis);
	rewrite(c, &n, c->g->tensor[n.input[0]].shape, s);
}

void
legal_gather_nd(Canon *c, const Node *old)
{
	const Shape *index = &c->file[old->input[1]];
	Shape x = c->file[old->input[0]];
	int parts = index->dim[index->rank - 1],
	    count = volume(index, 0, index->rank - 1);
	Shape list = shape_of(2, count, parts);
	Node n = *old;

	x.dim[parts] = volume(&x, parts, x.rank);
	x.rank = parts + 1;
	n.input = copy_of(c->g->arena, old->input, 2 * sizeof *old->input);
	n.input[1] = as(c, old, n.input[1], list);
	if (c->g->tensor[n.input[1]].type == TYPE_s64) {
		int wide = as(c, old, n.input[1], natural(&list)),
		    narrow = derived(c, wide, natural(&list));
		c->g->tensor[narrow].type = TYPE_s32;
		append_like(c, old, OP_cast, &wide, 1, narrow)->dialect = LITERT;
		n.input[1] = as(c, old, narrow, list);
	}
	rewrite(c, &n, x, shape_of(2, count, x.dim[parts]));
}
