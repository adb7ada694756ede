/* plan_check.c: a planned graph run on memory in which every byte says whose it is. */
#include <string.h>

#include "plan_check.h"

typedef struct {
	uint64_t *at;
	int64_t bytes;
	bool constant;
} Memory;

typedef struct {
	const Graph *g;
	Memory work, *own; /* own: per tensor that lies outside the work area */
	const Node **maker;
	const char *wrong;
} Replay;

enum { OWNER_SHIFT = 40 };
static const uint64_t SCRATCH = UINT64_MAX;

/* ---- where and what ---- */

static bool
has_port(const Port *port, int count, int tensor)
{
	bool is = false;

	for (int i = 0; i < count; i++)
		is |= port[i].tensor == tensor;
	return is;
}

static int
root_of(const Graph *g, int tensor, int64_t *offset)
{
	*offset = 0;
	while (g->tensor[tensor].view != -1) {
		*offset += g->tensor[tensor].view_offset;
		tensor = g->tensor[tensor].view;
	}
	return tensor;
}

static bool
outside_work(const Graph *g, int root)
{
	return g->tensor[root].data || has_port(g->output, g->output_count, root) ||
		(g->input_mode != INPUT_FULL && has_port(g->input, g->input_count, root));
}

static int64_t
count_of(const Tensor *t)
{
	int64_t n = 1;

	for (int i = 0; i < t->shape.rank; i++)
		n *= t->shape.dim[i];
	return n;
}

static int
size_of(const Tensor *t)
{
	return types[t->type].bytes;
}

static void
split_index(const Shape *s, int64_t element, int64_t index[MAX_RANK])
{
	for (int i = s->rank - 1; i >= 0; i--) {
		index[i] = element % s->dim[i];
		element /= s->dim[i];
	}
}

static int64_t
join_index(const Shape *s, const int64_t index[MAX_RANK])
{
	int64_t element = 0;

	for (int i = 0; i < s->rank; i++)
		element = element * s->dim[i] + index[i];
	return element;
}

/* Elements from the first of a tensor to this one: steps of 0 are those of dense tensors. */
static int64_t
place_of(const Tensor *t, int64_t element)
{
	const int *dim = t->shape.dim;
	int64_t index[MAX_RANK];

	if (t->shape.rank != 4 || (!t->pixel_step && !t->row_step && !t->image_step))
		return element;
	split_index(&t->shape, element, index);
	int64_t pixel = t->pixel_step ? t->pixel_step : dim[3];
	int64_t row = t->row_step ? t->row_step : dim[2] * pixel;
	int64_t image = t->image_step ? t->image_step : dim[1] * row;
	return index[0] * image + index[1] * row + index[2] * pixel + index[3];
}

/* Where a node without code has a byte from: an element of one of its operands. */
static int
source_of(const Graph *g, const Node *n, int64_t *element)
{
	const Tensor *y = g->tensor + n->output;
	int64_t index[MAX_RANK] = { 0 };
	int k = 0;

	if (n->op == OP_reshape)
		return n->input[0];
	split_index(&y->shape, *element, index);
	if (n->op == OP_slice) {
		for (int i = 0; i < y->shape.rank; i++)
			index[i] = n->attr.begin.dim[i] + index[i] * n->attr.step.dim[i];
	} else {
		int axis = n->attr.axis;
		while (index[axis] >= g->tensor[n->input[k]].shape.dim[axis])
			index[axis] -= g->tensor[n->input[k++]].shape.dim[axis];
	}
	*element = join_index(&g->tensor[n->input[k]].shape, index);
	return n->input[k];
}

/* Whose byte this one of a tensor is: the kernel's that computed it, however often renamed. */
static uint64_t
content(const Replay *r, int tensor, int64_t element, int byte)
{
	for (const Node *n; (n = r->maker[tensor]) && !n->kernel; )
		tensor = source_of(r->g, n, &element);
	return (uint64_t)(tensor + 1) << OWNER_SHIFT |
		(uint64_t)(element * size_of(r->g->tensor + tensor) + byte);
}

/* ---- reading and writing ---- */

static void PRINTF(2, 3)
complain(Replay *r, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (r->wrong)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	r->wrong = format(r->g->arena, "%s", text);
}

static Memory *
memory_of(Replay *r, int tensor, int64_t *at)
{
	int root = root_of(r->g, tensor, at);
	const Tensor *t = r->g->tensor + root;
	Memory *m = &r->own[root];

	if (!outside_work(r->g, root)) {
		*at += t->offset;
		if (t->offset < 0 || t->offset % r->g->alignment || t->offset % size_of(t))
			complain(r, "tensor %d lies at %lld", root, (long long)t->offset);
		m = &r->work;
	} else if (!m->at) {
		m->bytes = count_of(t) * size_of(t);
		m->at = alloc_array(r->g->arena, (size_t)m->bytes, sizeof *m->at);
		m->constant = !has_port(r->g->output, r->g->output_count, root);
		for (int64_t i = 0; i < m->bytes && m->constant; i++)
			m->at[i] = content(r, root, i / size_of(t), (int)(i % size_of(t)));
	}
	if (*at % size_of(r->g->tensor + tensor))
		complain(r, "tensor %d lies at odd byte %lld", tensor, (long long)*at);
	return m;
}

static void
go_over(Replay *r, int tensor, bool write, const char *when, int node)
{
	const Tensor *t = r->g->tensor + tensor;
	int64_t at, count = count_of(t);
	Memory *m = memory_of(r, tensor, &at);

	if (write && m->constant)
		complain(r, "node %d writes tensor %d, a constant", node, tensor);
	for (int64_t e = 0; e < count && !r->wrong; e++)
		for (int b = 0; b < size_of(t); b++) {
			int64_t i = at + place_of(t, e) * size_of(t) + b;
			if (i < 0 || i >= m->bytes)
				complain(r, "node %d: tensor %d leaves its memory at %lld", node, tensor,
					(long long)i);
			else if (write)
				m->at[i] = content(r, tensor, e, b);
			else if (m->at[i] != content(r, tensor, e, b))
				complain(r, "node %d: byte %lld of tensor %d is tensor %d's %s", node,
					(long long)(e * size_of(t) + b), tensor,
					(int)(m->at[i] >> OWNER_SHIFT) - 1, when);
			if (r->wrong)
				return;
		}
}

static void
check_operands(Replay *r, const Node *n, const char *when, int node, int first)
{
	for (int k = first; k < n->input_count; k++)
		if (n->input[k] >= 0)
			go_over(r, n->input[k], false, when, node);
}

/* An operand's bytes and the result's are the same ones, and no other operand's. */
static void
check_in_place(Replay *r, const Node *n, int node)
{
	const Tensor *x = r->g->tensor + n->input[0], *y = r->g->tensor + n->output;
	int64_t x_at, y_at;
	Memory *from = memory_of(r, n->input[0], &x_at), *to = memory_of(r, n->output, &y_at);
	bool same = from == to && x_at == y_at && size_of(x) == size_of(y) &&
		count_of(x) == count_of(y) && n->overlays;

	for (int64_t e = 0; same && e < count_of(x); e++)
		same = place_of(x, e) == place_of(y, e);
	if (!same)
		complain(r, "node %d is not in place", node);
}

static void
fill_scratch(Replay *r, const Node *n, int node)
{
	int64_t end = n->scratch_offset + n->scratch;

	if (n->scratch && (n->scratch_offset < 0 || end > r->work.bytes ||
	    n->scratch_offset % (int64_t)sizeof(int64_t) || n->scratch_offset % r->g->alignment))
		complain(r, "node %d: scratch at %lld", node, (long long)n->scratch_offset);
	for (int64_t i = n->scratch_offset; n->scratch && i < end && !r->wrong; i++)
		r->work.at[i] = SCRATCH;
}

/* Rows are read and written in turns: what a node reads stands from its start to its end. */
static void
run_node(Replay *r, const Node *n, int node)
{
	check_operands(r, n, "before", node, 0);
	fill_scratch(r, n, node);
	if (n->in_place)
		check_in_place(r, n, node);
	go_over(r, n->output, true, "", node);
	check_operands(r, n, "after", node, n->in_place);
	for (int64_t i = n->scratch_offset; n->scratch && i < n->scratch_offset + n->scratch &&
	    !r->wrong; i++)
		if (r->work.at[i] != SCRATCH)
			complain(r, "node %d writes its scratch", node);
}

static void
check_order(Replay *r)
{
	const Graph *g = r->g;
	bool *known = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *known);

	for (int t = 0; t < g->tensor_count; t++)
		known[t] = g->tensor[t].data || has_port(g->input, g->input_count, t);
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		for (int k = 0; k < n->input_count; k++)
			if (n->input[k] >= 0 && !known[n->input[k]])
				complain(r, "node %d reads tensor %d before it is made", i, n->input[k]);
		known[n->output] = true;
	}
}

const char *
plan_error(const Graph *g)
{
	Replay r = { .g = g };

	r.work.bytes = g->work_bytes;
	r.work.at = alloc_array(g->arena, (size_t)g->work_bytes + 1, sizeof *r.work.at);
	r.own = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *r.own);
	r.maker = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *r.maker);
	for (int i = 0; i < g->node_count; i++)
		r.maker[g->node[i].output] = g->node + i;
	check_order(&r);
	for (int i = 0; i < g->input_count && g->input_mode == INPUT_FULL; i++)
		go_over(&r, g->input[i].tensor, true, "", -1);
	for (int i = 0; i < g->input_count; i++)
		go_over(&r, g->input[i].tensor, false, "at the start", -1);
	for (int i = 0; i < g->node_count && !r.wrong; i++)
		if (g->node[i].kernel)
			run_node(&r, g->node + i, i);
	for (int i = 0; i < g->output_count && !r.wrong; i++) {
		if (g->tensor[g->output[i].tensor].view != -1)
			complain(&r, "output %d lies in another tensor", i);
		go_over(&r, g->output[i].tensor, false, "at the end", g->node_count);
	}
	return r.wrong;
}

/* ---- bytes wanted at a time ---- */

typedef struct { int first, last; } Span;

/* Per tensor with bytes in the work area: from its first writer to its last reader. */
static Span *
spans(const Graph *g)
{
	Span *span = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *span);
	int64_t at;

	for (int t = 0; t < g->tensor_count; t++)
		span[t] = (Span){ g->node_count + 1, -2 };
	for (int i = 0; i < g->input_count; i++)
		span[root_of(g, g->input[i].tensor, &at)] = (Span){ -1, -1 };
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		for (int k = -1; k < n->input_count && n->kernel; k++) {
			int t = k < 0 ? n->output : n->input[k];
			if (t < 0)
				continue;
			Span *s = span + root_of(g, t, &at);
			s->first = i < s->first ? i : s->first;
			s->last = i > s->last ? i : s->last;
		}
	}
	for (int t = 0; t < g->tensor_count; t++)
		if (outside_work(g, t) || g->tensor[t].view != -1)
			span[t] = (Span){ g->node_count + 1, -2 };
	return span;
}

static int64_t
rounded(int64_t bytes, int multiple)
{
	return (bytes + multiple - 1) / multiple * multiple;
}

int64_t
plan_bound(const Graph *g, int multiple)
{
	const Span *span = spans(g);
	int64_t most = 0;

	for (int i = -1; i < g->node_count; i++) {
		int64_t sum = i < 0 ? 0 : rounded(g->node[i].scratch, multiple);
		for (int t = 0; t < g->tensor_count; t++)
			if (span[t].first <= i && i <= span[t].last)
				sum += rounded(count_of(g->tensor + t) * size_of(g->tensor + t), multiple);
		most = sum > most ? sum : most;
	}
	return most;
}

bool
plan_meet(const Graph *g, int tensor, int other)
{
	const Span *span = spans(g), *a = span + tensor, *b = span + other;

	return a->first <= a->last && b->first <= b->last && a->first <= b->last && b->first <= a->last;
}
