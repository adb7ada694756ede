/* trace.c: what only tests ask of generated code: tensors and steps told, freed bytes poisoned. */
#include <string.h>

#include "codegen.h"

static bool
has_gaps(const Tensor *y)
{
	return y->pixel_step && y->pixel_step != y->shape.dim[CHANNELS];
}

static int64_t
row_bytes(const Tensor *y)
{
	return y->shape.rank == NHWC ? volume(&y->shape, WIDTH, NHWC) * (int64_t)types[y->type].bytes : 0;
}

static bool
is_ring(const Graph *g, int tensor)
{
	return g->tensor[storage(g, tensor, NULL)].ring > 0;
}

/* Before a step: its name, and no row that was in its ring's place before. */
void
put_step(Body *b, const Call *c, const char *image, const char *row)
{
	const Job *job = b->program->job;
	const Node *n = c->node;
	const Tensor *y = tensor_out(b->graph, n);
	int64_t bytes = has_gaps(y) ? 0 : row_bytes(y);

	if (job->steps)
		add_line(b, "%s_step(%d, %s);", b->program->name, (int)(n - b->graph->node),
			row ? row : "0");
	if (job->poison && bytes && !n->in_place && is_ring(b->graph, n->output))
		add_line(b, "memset(%s, 0xa5, %lld);", address(b, n->output, image, row),
			(long long)bytes);
}

static void
trace(Body *b, int tensor, const char *data, int64_t bytes)
{
	const Tensor *t = b->graph->tensor + tensor;
	const char *loop = "";

	if (!b->program->job->trace || t->origin.number < 0 || !bytes)
		return;
	if (has_gaps(t)) {
		loop = format(b->graph->arena, "for (int pixel = 0; pixel < %d; pixel++) ",
			t->shape.dim[WIDTH]);
		data = format(b->graph->arena, "%s + %d * pixel", data, t->pixel_step);
		bytes /= t->shape.dim[WIDTH];
	}
	add_line(b, "%s%s_trace(%d, %s, %lld);", loop, b->program->name, tensor, data,
		(long long)bytes);
}

/* After a node: all that it made, row by row if rows lie apart. */
void
put_trace(Body *b, const Call *c)
{
	int y = c->node->output;
	const Tensor *t = b->graph->tensor + y;

	if (is_dense(t))
		trace(b, y, b->program->tensor[y], tensor_bytes(t));
	for (int i = 0; i < t->shape.dim[0] * t->shape.dim[HEIGHT] && !is_dense(t); i++)
		trace(b, y, format(b->graph->arena, "%s + %lld", b->program->tensor[y],
			(long long)(i / t->shape.dim[HEIGHT] * axis_step(t, 0) +
				i % t->shape.dim[HEIGHT] * axis_step(t, HEIGHT))), row_bytes(t));
}

/* After a step in a segment: the row; of views of it, too, which have no step. */
static void
trace_row(Body *b, const Call *c, int tensor, const char *data)
{
	const Graph *g = b->graph;

	trace(b, tensor, data, row_bytes(tensor_out(g, c->node)));
	for (int i = 0; i < g->node_count && b->program->job->trace; i++)
		if (b->program->part[i] == b->part && !g->node[i].kernel &&
			g->node[i].op == OP_reshape && g->node[i].input[0] == tensor)
			trace_row(b, c, g->node[i].output, data);
}

/* A reduction's after its last step. */
void
put_row_trace(Body *b, const Call *c, const char *image, const char *row)
{
	bool reduces = ops[c->node->op].rows == ROWS_REDUCE && b->program->job->trace;

	if (reduces)
		add_line(b, "if (%s == %d) {", row, step_count(b->graph, c->node) - 1);
	trace_row(b, c, c->node->output, address(b, c->node->output, image, reduces ? NULL : row));
	if (reduces)
		add_line(b, "}");
}

/* ---- poison ---- */

/* The last step of the node's segment, or of the node. */
static int
last_step(const Graph *g, int node)
{
	int step = g->step_count - 1;

	while (step >= 0 && g->step[step].node != node &&
		!(g->node[node].segment && g->node[g->step[step].node].segment == g->node[node].segment))
		step--;
	return step;
}

/* After a node or segment: the bytes of the work area that nothing lives in. */
void
put_poison(Body *b, int node)
{
	const Graph *g = b->graph;
	int step = last_step(g, node);

	for (int64_t at = 0, next; at < g->work_bytes && step >= 0 && b->program->job->poison; at = next) {
		int64_t end = at;
		next = g->work_bytes;
		for (int i = 0; i < g->buffer_count; i++) {
			const Buffer *o = g->buffer + i;
			if (o->first > step || o->last <= step || o->offset + o->bytes <= at)
				continue;
			if (o->offset <= at)
				end = o->offset + o->bytes > end ? o->offset + o->bytes : end;
			else
				next = o->offset < next ? o->offset : next;
		}
		if (end > at)
			next = end;
		else
			add_line(b, "memset(work->mem + %lld, 0xa5, %lld);", (long long)at,
				(long long)(next - at));
	}
}
