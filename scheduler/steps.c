/* steps.c: what rows nodes read and make, and the order in which a segment's nodes take turns. */
#include <limits.h>
#include <string.h>

#include "scheduler.h"

static int
smaller(int a, int b)
{
	return a < b ? a : b;
}

/* ---- what there is */

static bool
has_rows(const Tensor *t)
{
	return t->shape.rank == NHWC;
}

bool
shares_rows(const Graph *g, int tensor)
{
	int64_t at;
	int root = storage(g, tensor, &at);
	const Tensor *t = g->tensor + tensor, *r = g->tensor + root;

	if (!has_rows(t) || !has_rows(r) || t->shape.dim[1] != r->shape.dim[1])
		return false;
	int64_t row = axis_step(r, 1) * types[r->type].bytes;
	return at < row && (t->shape.dim[1] == 1 || axis_step(t, 1) * types[t->type].bytes == row);
}

static void
touch(Class *c, int node)
{
	c->first = node < c->first ? node : c->first;
	c->last = node > c->last ? node : c->last;
}

static void
set_class(Survey *s, int tensor)
{
	const Graph *g = s->g;
	const Tensor *t = g->tensor + tensor;
	Class *c = s->class + tensor;

	*c = (Class){ .first = INT_MAX, .last = -1, .rows = 1, .bytes = tensor_bytes(t) };
	c->ours = t->view < 0 && !t->data && !is_callers(g, tensor);
	c->row_bytes = c->bytes;
	if (!has_rows(t))
		return;
	c->by_rows = c->ours;
	c->images = t->shape.dim[0] > 1;
	c->rows = t->shape.dim[1];
	c->row_bytes = axis_step(t, 1) * types[t->type].bytes;
}

static void
add_read(Survey *s, int node, int operand, int count)
{
	const Graph *g = s->g;
	const Node *n = g->node + node;
	int t = n->input[operand], steps = s->steps[node];
	int *first = alloc_array(g->arena, (size_t)steps + 1, sizeof *first);
	int *end = alloc_array(g->arena, (size_t)steps + 1, sizeof *end);
	Read r = { node, t, storage(g, t, NULL), first, end };
	bool rows = may_stream(s, node);

	for (int i = 0; i <= steps; i++) {
		first[i] = rows ? first_row(g, n, operand, i) : 0;
		end[i] = rows && i < steps ? end_row(g, n, operand, i) : INT_MAX;
	}
	s->read[count] = r;
	Class *c = s->class + r.class;
	c->read = grow(g->arena, c->read, c->reads, sizeof *c->read);
	c->read[c->reads++] = count;
	c->by_rows &= shares_rows(g, t);
	touch(c, node);
}

/* The nodes with code that make a tensor's rows: of a concat those of its parts. */
static int *
makers(const Survey *s, int tensor)
{
	const Graph *g = s->g;
	int p = producer(g, tensor), count = 0, *list = NULL;

	if (p >= 0 && s->steps[p]) {
		list = grow(g->arena, list, count, sizeof *list);
		list[count++] = p;
	}
	for (int k = 0; p >= 0 && !s->steps[p] && k < g->node[p].input_count; k++)
		for (const int *m = s->maker[g->node[p].input[k]]; m && *m >= 0; m++) {
			list = grow(g->arena, list, count, sizeof *list);
			list[count++] = *m;
		}
	list = grow(g->arena, list, count, sizeof *list);
	list[count] = -1;
	return list;
}

static void
add_node_to(Survey *s, int node, int *count)
{
	const Graph *g = s->g;
	const Node *n = g->node + node;
	int y = n->output;

	s->reads[node] = *count;
	s->steps[node] = is_view(g, n) ? 0 : may_stream(s, node) ? step_count(g, n) : 1;
	s->output[node] = storage(g, y, NULL);
	s->maker[y] = makers(s, y);
	if (!s->steps[node])
		return;
	for (int k = 0; k < n->input_count; k++)
		if (n->input[k] >= 0 && !g->tensor[n->input[k]].data)
			add_read(s, node, k, (*count)++);
	Class *c = s->class + s->output[node];
	c->writer = grow(g->arena, c->writer, c->writers, sizeof *c->writer);
	c->writer[c->writers++] = node;
	c->by_rows &= shares_rows(g, y);
	touch(c, node);
}

Survey *
survey_rows(const Graph *g)
{
	Survey *s = alloc(g->arena, sizeof *s);
	size_t nodes = (size_t)g->node_count + 1, tensors = (size_t)g->tensor_count + 1;
	int operands = 0, count = 0;

	for (int i = 0; i < g->node_count; i++)
		operands += g->node[i].input_count;
	s->g = g;
	s->class = alloc_array(g->arena, tensors, sizeof *s->class);
	s->read = alloc_array(g->arena, (size_t)operands + 1, sizeof *s->read);
	s->reads = alloc_array(g->arena, nodes, sizeof *s->reads);
	s->steps = alloc_array(g->arena, nodes, sizeof *s->steps);
	s->output = alloc_array(g->arena, nodes, sizeof *s->output);
	s->maker = alloc_array(g->arena, tensors, sizeof *s->maker);
	for (int t = 0; t < g->tensor_count; t++)
		set_class(s, t);
	for (int i = 0; i < g->input_count; i++)
		touch(s->class + g->input[i].tensor, -1);
	for (int i = 0; i < g->node_count; i++)
		add_node_to(s, i, &count);
	s->reads[g->node_count] = count;
	for (int i = 0; i < g->output_count; i++)
		touch(s->class + storage(g, g->output[i].tensor, NULL), g->node_count);
	return s;
}

/*
 * Whether a node may be one of several in a segment: its steps are rows, or it has no code and its
 * output the rows of what it reads.
 */
bool
may_stream(const Survey *s, int node)
{
	const Graph *g = s->g;
	const Node *n = g->node + node;
	const Tensor *y = tensor_out(g, n);
	RowRule rule = ops[n->op].rows;
	bool view = is_view(g, n), steps = rule == ROWS_SAME || rule == ROWS_WINDOW || rule == ROWS_REDUCE ||
		rule == ROWS_RESIZE;

	if (!has_rows(y) || (!view && !steps))
		return false;
	for (int k = 0; k < n->input_count; k++) {
		const Tensor *x = tensor_in(g, n, k);
		if (!x || x->data)
			continue;
		if (!has_rows(x) || x->shape.dim[0] != y->shape.dim[0] ||
			(view && x->shape.dim[1] != y->shape.dim[1]))
			return false;
	}
	return true;
}

/* ---- turns */

static bool
inside(const Turns *t, int node)
{
	return node >= t->first && node < t->end;
}

/* Rows that a node's steps have made of its output; INT_MAX: all. */
static int
made_by(const Turns *t, int node)
{
	int done = t->done[node];

	if (done == t->s->steps[node])
		return INT_MAX;
	return ops[t->s->g->node[node].op].rows == ROWS_REDUCE ? 0 : done;
}

int
rows_made(const Turns *t, int tensor)
{
	int made = INT_MAX;

	for (const int *m = t->s->maker[tensor]; m && *m >= 0; m++)
		if (inside(t, *m))
			made = smaller(made, made_by(t, *m));
	return made;
}

/* By the writer that is farthest. */
static int
rows_written(const Turns *t, const Class *c)
{
	int most = 0;

	for (int i = 0; i < c->writers; i++)
		if (inside(t, c->writer[i]) && made_by(t, c->writer[i]) > most)
			most = made_by(t, c->writer[i]);
	return smaller(most, c->rows);
}

/* Those that all readers have read for the last time. */
static int
rows_freed(const Turns *t, const Class *c)
{
	int least = c->rows;

	for (int i = 0; i < c->reads; i++) {
		const Read *r = t->s->read + c->read[i];
		int done = inside(t, r->node) ? t->done[r->node] : INT_MAX;
		if (done < t->s->steps[r->node])
			least = smaller(least, r->first[done]);
	}
	return least < 0 ? 0 : least;
}

Rows
rows_held(const Turns *t, const Class *c)
{
	return (Rows){ c->last < t->end ? rows_freed(t, c) : 0,
		c->first >= t->first ? rows_written(t, c) : c->rows, false };
}

static bool
is_ready(const Turns *t, int node)
{
	const Survey *s = t->s;

	for (int i = s->reads[node]; i < s->reads[node + 1]; i++)
		if (rows_made(t, s->read[i].tensor) < s->read[i].end[t->done[node]])
			return false;
	return true;
}

bool
wants_old_row(const Turns *t, const Read *r, int node)
{
	int done = t->done[r->node];

	return t->s->g->node[node].in_place && r->node < node && inside(t, r->node) &&
		done < t->s->steps[r->node] && t->done[node] >= r->first[done];
}

/* Whether there is room for the next row of a node's output: in its ring, or, in place, where
 * those before it have read what was there. */
static bool
has_room(const Turns *t, int node)
{
	const Survey *s = t->s;
	const Class *c = s->class + s->output[node];
	bool in_place = s->g->node[node].in_place;
	int ring = in_place ? 0 : s->g->tensor[s->output[node]].ring;

	if (!ring && !in_place)
		return true;
	for (int i = 0; i < c->reads; i++) {
		const Read *r = s->read + c->read[i];
		if (wants_old_row(t, r, node) || (ring && inside(t, r->node) &&
			t->done[node] >= r->first[t->done[r->node]] + ring))
			return false;
	}
	return true;
}

static bool
is_read_inside(const Turns *t, const Class *c)
{
	for (int i = 0; i < c->reads; i++)
		if (inside(t, t->s->read[c->read[i]].node))
			return true;
	return false;
}

/* Whether the sinks, whose rows leave the segment or are for nobody, are made. */
static bool
all_done(const Turns *t)
{
	const Survey *s = t->s;

	for (int k = t->first; k < t->end; k++) {
		const Class *c = s->class + s->output[k];
		if (t->done[k] < s->steps[k] && (c->last >= t->end || !is_read_inside(t, c)))
			return false;
	}
	return true;
}

int
next_turn(const Turns *t, int last)
{
	int nodes = t->end - t->first;

	for (int i = 1; i <= nodes; i++) {
		int k = t->first + (last + i - t->first) % nodes;
		if (k == t->first && all_done(t))
			return -1;
		if (t->done[k] < t->s->steps[k] && is_ready(t, k) && has_room(t, k))
			return k;
	}
	if (!all_done(t))
		die("nodes %d to %d wait for each other", t->first, t->end - 1);
	return -1;
}
