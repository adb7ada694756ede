/*
 * prune.c: channels that never change, or that nobody heeds, go, with their weights and with what
 * feeds only them.  What a constant channel adds to a sum goes into the bias.
 */
#include <string.h>

#include "codegen.h"

typedef struct {
	Graph *graph;
	int tensors; /* that there were */
	bool **keep; /* per tensor, per channel; NULL: every channel stays */
	int *made;   /* per tensor: what takes its place, or itself */
	Sums *sums;  /* per node that has weights */
	bool *folds; /* per node: its biases have room for whatever its operand adds */
	bool changed;
} Prune;

static bool
stays(const Prune *p, int tensor, int channel)
{
	return !p->keep[tensor] || p->keep[tensor][channel];
}

static int
left(const Prune *p, int tensor)
{
	int count = channel_count(p->graph->tensor + tensor), sum = 0;

	for (int c = 0; c < count; c++)
		sum += stays(p, tensor, c);
	return sum;
}

static bool
loses(const Prune *p, int tensor)
{
	return p->keep[tensor] &&
		left(p, tensor) < channel_count(p->graph->tensor + tensor);
}

static void
need(Prune *p, int tensor, int channel)
{
	p->changed |= !stays(p, tensor, channel);
	if (p->keep[tensor])
		p->keep[tensor][channel] = true;
}

static void
need_all(Prune *p, int tensor)
{
	for (int c = 0; p->keep[tensor] && c < channel_count(p->graph->tensor + tensor);
		c++)
		need(p, tensor, c);
}

/* ---- what must stay */

/* Whether a constant channel adds the same to the sum of every window, through this tap. */
static bool
folds(const Sums *s, const Tensor *x, int input, int tap)
{
	return is_settled(x, input) &&
		(s->reach[tap] == ALWAYS || x->range[input].least == s->x_zero);
}

static bool
heeds(const Prune *p, int node, int output, int input)
{
	const Tensor *x = tensor_in(p->graph, p->graph->node + node, 0);
	const Sums *s = p->sums + node;

	for (int i = 0; i < s->taps; i++)
		if (sums_weight(s, output, i, input) &&
			!(p->folds[node] && folds(s, x, input, i)))
			return true;
	return false;
}

/* A layer reads what its outputs heed, unless they stay but never change. */
static void
need_inputs(Prune *p, int node)
{
	const Node *n = p->graph->node + node;
	int x = n->input[0], outputs = p->sums[node].outputs;

	for (int c = 0; p->keep[x] && c < channel_count(p->graph->tensor + x); c++)
		for (int o = 0; o < outputs && !stays(p, x, c); o++)
			if (stays(p, n->output, o) &&
				!is_settled(tensor_out(p->graph, n), o) &&
				heeds(p, node, o, c))
				need(p, x, c);
}

static bool
need_linked(Prune *p, const Node *n, int operand)
{
	int x = n->input[operand];
	Link l;

	if (!link_channels(p->graph, n, operand, &l)) {
		need_all(p, x);
		return false;
	}
	for (int i = 0; i < l.count && !p->graph->tensor[x].data; i++)
		if (stays(p, x, link_x(&l, i)) || stays(p, n->output, link_y(&l, i))) {
			need(p, x, link_x(&l, i));
			need(p, n->output, link_y(&l, i));
		}
	return true;
}

static void
visit(Prune *p, int node)
{
	const Node *n = p->graph->node + node;
	bool linked = false;

	if (n->op == OP_conv2d || n->op == OP_dense) {
		need_inputs(p, node);
	} else if (n->op == OP_depthwise) {
		need_linked(p, n, 0);
	} else {
		for (int k = 0; k < n->input_count; k++)
			if (n->input[k] >= 0)
				linked |= need_linked(p, n, k);
		if (!linked)
			need_all(p, n->output);
	}
}

static void
settle(Prune *p)
{
	do {
		p->changed = false;
		for (int i = p->graph->node_count - 1; i >= 0; i--)
			visit(p, i);
	} while (p->changed);
}

/* No tensor is without channels: the last ones are asked first, for they ask for others. */
static void
keep_some(Prune *p)
{
	for (int i = p->graph->node_count - 1; i >= 0; i--) {
		int y = p->graph->node[i].output;
		if (left(p, y))
			continue;
		need(p, y, 0);
		settle(p);
	}
}

static bool
has_room(const Graph *g, const Node *n, const Sums *s)
{
	int64_t most = 0;

	for (int o = 0; o < s->outputs && most <= INT32_MAX; o++)
		sum_range(s, tensor_in(g, n, 0), o, &most);
	return most <= INT32_MAX;
}

static Prune
new_prune(Graph *g)
{
	Prune p = { .graph = g, .tensors = g->tensor_count };

	p.keep = alloc_array(g->arena, (size_t)p.tensors, sizeof *p.keep);
	p.made = alloc_array(g->arena, (size_t)p.tensors, sizeof *p.made);
	p.sums = alloc_array(g->arena, (size_t)g->node_count, sizeof *p.sums);
	p.folds = alloc_array(g->arena, (size_t)g->node_count, sizeof *p.folds);
	for (int t = 0; t < p.tensors; t++)
		p.made[t] = t;
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		const Tensor *y = tensor_out(g, n);
		if (y->range && !is_output(g, n->output))
			p.keep[n->output] = alloc(g->arena, (size_t)channel_count(y));
		if (!sums_products(n) || tensor_in(g, n, 0)->type != TYPE_s8)
			continue;
		p.sums[i] = sums_of(g, n);
		p.folds[i] = has_room(g, n, p.sums + i);
	}
	return p;
}

/* ---- what is left, made */

/* Indices of an axis, of a constant, that a tensor keeps from its channel first on. */
static int
sliced(Prune *p, int constant, int axis, int by, int first)
{
	Graph *g = p->graph;
	const Tensor t = g->tensor[constant];
	Shape shape = t.shape;
	int count = shape.dim[axis], kept = 0;
	size_t run = (size_t)volume(&shape, axis + 1, shape.rank) *
		(size_t)types[t.type].bytes;

	for (int i = 0; i < count; i++)
		kept += stays(p, by, first + i);
	if (kept == count || kept == 0)
		return kept ? constant : -1;
	shape.dim[axis] = kept;
	int made = tensor_beside(g, constant, ".pruned", shape);
	char *to =
		alloc(g->arena, (size_t)elements(&shape) * (size_t)types[t.type].bytes);
	g->tensor[made].data = to;
	const char *from = t.data;
	for (int i = 0; i < volume(&t.shape, 0, axis + 1); i++, from += run)
		if (stays(p, by, first + i % count)) {
			memcpy(to, from, run);
			to += run;
		}
	Quant *q = &g->tensor[made].quant;
	if (q->count <= 1)
		return made;
	float *scale = alloc_array(g->arena, (size_t)kept, sizeof *scale);
	q->zero = alloc_array(
		g->arena, (size_t)kept, sizeof *q->zero); /* many: not heeded */
	q->scale = scale;
	q->count = kept;
	for (int i = 0; i < count; i++)
		if (stays(p, by, first + i))
			*scale++ = t.quant.scale[i];
	return made;
}

/* What the channels that go from a layer's operand add to an output's sum. */
static int64_t
folded(const Prune *p, int node, int output)
{
	const Node *n = p->graph->node + node;
	const Tensor *x = tensor_in(p->graph, n, 0);
	const Sums *s = p->sums + node;
	int64_t sum = 0;

	for (int c = 0; c < s->inputs; c++)
		for (int i = 0; i < s->taps && !stays(p, n->input[0], c); i++)
			if (s->reach[i] == ALWAYS && is_settled(x, c))
				sum += sums_weight(s, output, i, c) *
					(x->range[c].least - s->x_zero);
	return sum;
}

/* The sum of an output that never changes: any that it may have. */
static int64_t
settled_sum(const Prune *p, int node, int output)
{
	const Tensor *x = tensor_in(p->graph, p->graph->node + node, 0);
	int64_t most, sum = sum_range(p->sums + node, x, output, &most).least;

	return sum < INT32_MIN ? INT32_MIN : sum > INT32_MAX ? INT32_MAX : sum;
}

/* Weights and biases of a layer whose operand loses channels: outputs still are all there. */
static void
fold_inputs(Prune *p, int node)
{
	Graph *g = p->graph;
	Node *n = g->node + node;
	const Sums *s = p->sums + node;
	int x = n->input[0], w = n->input[1], b = n->input_count > 2 ? n->input[2] : -1;
	Shape shape = g->tensor[w].shape;
	Tensor bias = { .name = n->name,
		.loc = n->loc,
		.type = TYPE_s32,
		.shape = shape_of(1, s->outputs),
		.origin = { .number = -1, .type = TYPE_s32 },
		.view = -1,
		.offset = -1 };

	shape.dim[shape.rank - 1] = left(p, x);
	int8_t *to = alloc(g->arena, (size_t)elements(&shape));
	int32_t *sum = alloc_array(g->arena, (size_t)s->outputs, sizeof *sum);
	n->input = memcpy(alloc_array(g->arena, 3, sizeof *n->input), n->input,
		2 * sizeof *n->input);
	n->input_count = 3;
	n->input[1] = tensor_beside(g, w, ".pruned", shape);
	g->tensor[n->input[1]].data = to;
	n->input[2] = b < 0 ? add_tensor(g, &bias) :
			      tensor_beside(g, b, ".pruned", g->tensor[b].shape);
	g->tensor[n->input[2]].data = sum;
	const int8_t *from = s->w;
	for (int o = 0; o < s->outputs; o++) {
		bool settled = is_settled(tensor_out(g, n), o);
		for (int i = 0; i < s->taps; i++)
			for (int c = 0; c < s->inputs; c++, from++)
				if (stays(p, x, c))
					*to++ = settled ? (int8_t)s->w_zero : *from;
		sum[o] = (int32_t)(settled ?
				settled_sum(p, node, o) :
				(s->bias ? s->bias[o] : 0) + folded(p, node, o));
	}
}

/* ... whose output loses some. */
static void
slice_outputs(Prune *p, int node)
{
	Node *n = p->graph->node + node;
	int axis = n->op == OP_depthwise ? NHWC - 1 : 0;

	for (int k = 1; k < n->input_count; k++)
		if (n->input[k] >= 0) {
			int made =
				sliced(p, n->input[k], k == 1 ? axis : 0, n->output, 0);
			p->graph->node[node].input[k] = made;
		}
}

/* Constant operands of what goes channel by channel; parts of a concat may go altogether. */
static void
slice_operands(Prune *p, Node *n)
{
	const Graph *g = p->graph;
	int kept = 0,
	    *input = alloc_array(g->arena, (size_t)n->input_count, sizeof *input);

	for (int k = 0; k < n->input_count; k++) {
		int x = n->input[k];
		Link l;
		if (x >= 0 && g->tensor[x].data && link_channels(g, n, k, &l))
			x = sliced(
				p, x, g->tensor[x].shape.rank - 1, n->output, l.y_first);
		if (x >= 0 || n->op != OP_concat)
			input[kept++] = x;
	}
	n->input = input;
	n->input_count = kept;
}

/* Of channels first to end those that stay. */
static int
left_between(const Prune *p, int tensor, int first, int end)
{
	int sum = 0;

	for (int c = first; c < end; c++)
		sum += stays(p, tensor, c);
	return sum;
}

static void
move_bounds(Prune *p, Node *n)
{
	int x = n->input[0], y = n->output,
	    last = tensor_out(p->graph, n)->shape.rank - 1;
	int xs = channel_count(p->graph->tensor + x),
	    ys = channel_count(p->graph->tensor + y);

	if (n->op == OP_slice || n->op == OP_row_slice) {
		n->attr.begin.dim[last] = left_between(p, x, 0, n->attr.begin.dim[last]);
	} else if (n->op == OP_pad) {
		int begin = n->attr.begin.dim[last];
		n->attr.end.dim[last] = left_between(p, y, begin + xs, ys);
		n->attr.begin.dim[last] = left_between(p, y, 0, begin);
	}
}

static void
shrink_node(Prune *p, int node)
{
	Node *n = p->graph->node + node;

	if (sums_products(n)) {
		if (loses(p, n->input[0]) && n->op != OP_depthwise)
			fold_inputs(p, node);
		if (loses(p, n->output))
			slice_outputs(p, node);
		return;
	}
	if (loses(p, n->output))
		slice_operands(p, n);
	move_bounds(p, n);
}

/* A tensor of the channels that stay takes another's place. */
static void
shrink_tensor(Prune *p, int tensor)
{
	Graph *g = p->graph;
	Shape shape = g->tensor[tensor].shape;
	int count = channel_count(g->tensor + tensor), kept = left(p, tensor), at = 0;
	Interval *range = alloc_array(g->arena, (size_t)kept, sizeof *range);

	shape.dim[shape.rank - 1] = kept;
	int made = p->made[tensor] = tensor_beside(g, tensor, ".pruned", shape);
	for (int c = 0; c < count; c++)
		if (stays(p, tensor, c))
			range[at++] = g->tensor[tensor].range[c];
	g->tensor[made].range = range;
	g->tensor[tensor].gone =
		format(g->arena, "pruned: %d of %d channels are left", kept, count);
}

/* ---- what was done, said */

static void
explain(const Prune *p, const Node *n)
{
	const Tensor *y = tensor_out(p->graph, n);
	int count = channel_count(y), settled = 0;

	for (int c = 0; c < count; c++)
		settled += !stays(p, n->output, c) && is_settled(y, c);
	fprintf(stderr, "%s: pruned: %s %d -> %d channels: %d constant, %d not heeded\n",
		n->name, ops[n->op].name, count, count - n->pruned, settled,
		n->pruned - settled);
}

void
prune(Job *job)
{
	Graph *g = job->graph;
	Prune p = new_prune(g);

	settle(&p);
	keep_some(&p);
	for (int i = 0; i < g->node_count; i++) {
		Node *n = g->node + i;
		n->pruned = channel_count(tensor_out(g, n)) - left(&p, n->output);
		if (n->pruned && job->explain)
			explain(&p, n);
	}
	for (int i = 0; i < g->node_count; i++)
		shrink_node(&p, i);
	for (int t = 0; t < p.tensors; t++)
		if (loses(&p, t))
			shrink_tensor(&p, t);
	for (int i = 0; i < g->node_count; i++) {
		Node *n = g->node + i;
		for (int k = 0; k < n->input_count; k++)
			if (n->input[k] >= 0 && n->input[k] < p.tensors)
				n->input[k] = p.made[n->input[k]];
		n->output = p.made[n->output];
	}
}
