/* evaluate.c: nodes run on the host by their ref kernels, row by row; what is constant folds. */
#include <string.h>

#include "codegen.h"

/* A node, and what the words of its kernel stand for in one call. */
typedef struct {
	const Graph *graph;
	const Node *node;
	const void *const *data; /* per tensor; NULL: its own */
	void *out;
	const RefKernel *kernel[3]; /* of a reduction, else the row's alone */
	Word *word[3];
	void *space;
	const void *outside,
		**window; /* a row beyond the image; height rows of operand 0 */
	int height, image, row, valid_h;
} Run;

static const uint8_t *
data_of(const Run *run, int tensor)
{
	if (tensor == run->node->output)
		return run->out;
	return run->data[tensor] ? run->data[tensor] : run->graph->tensor[tensor].data;
}

/* Row r of a dense tensor's image; where there is one row or one image, it serves all. */
static const uint8_t *
row_of(const Run *run, int tensor, int r)
{
	const Tensor *t = run->graph->tensor + tensor;
	const int *dim = t->shape.dim;
	int64_t row =
		(dim[0] == 1 ? 0 : run->image) * (int64_t)dim[1] + (dim[1] == 1 ? 0 : r);

	return data_of(run, tensor) + row * axis_step(t, 1) * types[t->type].bytes;
}

/* The row of operand 0 under row i of the window; -1: none. */
static int
row_under(const Run *run, int i)
{
	const Node *n = run->node;
	int at = window_start(n, run->row) + i * n->attr.dilation_h;

	if (ops[n->op].rows == ROWS_RESIZE) {
		Resample s = resample(run->graph, n, HEIGHT, run->row);
		return i ? s.high : s.low;
	}
	return at < tensor_in(run->graph, n, 0)->shape.dim[HEIGHT] ? at : -1;
}

/* What an operand's word points to: a row, the rows of a window, or all of it. */
static const void *
operand_word(const Run *run, const char *name, ParamKind kind)
{
	const Node *n = run->node;
	int tensor = *name == 'y' ? n->output : n->input[strcmp(name, "x2") ? 0 : 1];

	if (ops[n->op].rows == ROWS_WHOLE)
		return data_of(run, tensor);
	if (*name == 'x' && run->height)
		return kind == PARAM_ROWS ? (const void *)run->window : run->window[0];
	return row_of(run, tensor, run->row);
}

static Word
word_of(const Run *run, const char *name, ParamKind kind)
{
	Value v;

	switch (word_kind(name)) {
	case WORD_OPERAND: return (Word){ .cp = operand_word(run, name, kind) };
	case WORD_ARRAY: return (Word){ .cp = pack(run->graph, run->node, name).data };
	case WORD_SPACE: return (Word){ .p = run->space };
	case WORD_RUNTIME:
		return (Word){ .i = strcmp(name, "row") ? run->valid_h : run->row };
	case WORD_NUMBER: break;
	}
	if (!word_value(run->graph, run->node, name, &v))
		die("%s: no word %s", run->node->name, name);
	return kind == PARAM_FLOAT ? (Word){ .f = is_real(v) ? v.f : (double)v.i } :
				     (Word){ .i = v.i };
}

/* Constant words are found once; operands, and what the row decides, each call. */
static void
call(Run *run, int part)
{
	const RefKernel *k = run->kernel[part];
	bool first = !run->word[part];

	run->valid_h = 0;
	for (int i = 0; i < run->height; i++) {
		int at = row_under(run, i);
		run->window[i] =
			at < 0 ? run->outside : row_of(run, run->node->input[0], at);
		run->valid_h += at >= 0;
	}
	if (first)
		run->word[part] = alloc_array(
			run->graph->arena, (size_t)k->param_count, sizeof(Word));
	for (int i = 0; i < k->param_count; i++) {
		WordKind kind = word_kind(k->param[i]);
		if (first || kind == WORD_OPERAND || kind == WORD_RUNTIME)
			run->word[part][i] = word_of(run, k->param[i], k->kind[i]);
	}
	k->call(run->word[part]);
}

static void
run_rows(Run *run)
{
	const Node *n = run->node;
	RowRule rule = ops[n->op].rows;
	int images = rule == ROWS_WHOLE ? 1 : tensor_out(run->graph, n)->shape.dim[0];
	int rows = rule == ROWS_REDUCE ? tensor_in(run->graph, n, 0)->shape.dim[HEIGHT] :
					 row_count(run->graph, n);

	for (run->image = 0; run->image < images; run->image++)
		for (int part = 0; part < 3; part++)
			for (run->row = 0; run->row < (part == 1 ? rows : 1); run->row++)
				if (run->kernel[part])
					call(run, part);
}

/* The node as for a target that has nothing but ref kernels. */
static void
run_kernel(Run *run)
{
	static const Target reference = { .name = "ref", .folders = "ref" };
	Graph graph = *run->graph;
	Arena *arena = graph.arena;
	Node node = *run->node;
	RowRule rule = ops[node.op].rows;
	Job job = { .arena = arena, .graph = &graph, .target = &reference };

	job.templates = templates_new(
		arena, graph.diag, template_files, template_file_count, NULL);
	select_kernel(&job, &node);
	give_up_if_errors(graph.diag);
	const char *name = strchr(node.kernel, '/') + 1;
	for (int i = 0; i < 3; i++)
		run->kernel[i] = find_ref(format(arena, "%s_%s", name, part_names[i]));
	if (rule != ROWS_REDUCE)
		run->kernel[1] = find_ref(name);
	run->node = &node;
	run->space = alloc(arena, (size_t)node.scratch);
	run->height = rule == ROWS_RESIZE ? 2 :
		rule == ROWS_WINDOW       ? kernel_height(&graph, &node) :
					    0;
	run->window = alloc_array(arena, (size_t)run->height, sizeof *run->window);
	run->outside = rule == ROWS_WINDOW ? outside_values(&graph, &node).data : NULL;
	run_rows(run);
}

/* Parts side by side along the axis. */
static void
run_concat(const Run *run)
{
	const Graph *g = run->graph;
	const Node *n = run->node;
	int outer = volume(&tensor_out(g, n)->shape, 0, n->attr.axis);
	uint8_t *to = run->out;

	for (int i = 0; i < outer; i++)
		for (int k = 0; k < n->input_count; k++) {
			size_t bytes =
				(size_t)tensor_bytes(tensor_in(g, n, k)) / (size_t)outer;
			memcpy(to, data_of(run, n->input[k]) + (size_t)i * bytes, bytes);
			to += bytes;
		}
}

void
evaluate_node(const Graph *g, const Node *n, const void *const *data, void *out)
{
	Run run = { .graph = g, .node = n, .data = data, .out = out };

	if (ops[n->op].rows == ROWS_VIEW)
		memcpy(out, data_of(&run, n->input[0]),
			(size_t)tensor_bytes(tensor_out(g, n)));
	else if (n->op == OP_concat)
		run_concat(&run);
	else
		run_kernel(&run);
}

void
evaluate_graph(const Graph *g, void *const *in, void *const *out)
{
	const void **data = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *data);

	for (int i = 0; i < g->input_count; i++)
		data[g->input[i].tensor] = in[i];
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		void *y = alloc(g->arena, (size_t)tensor_bytes(tensor_out(g, n)));
		evaluate_node(g, n, data, y);
		data[n->output] = y;
	}
	for (int i = 0; i < g->output_count; i++) {
		int t = g->output[i].tensor;
		const void *from = data[t] ? data[t] : g->tensor[t].data;
		memcpy(out[i], from, (size_t)tensor_bytes(g->tensor + t));
	}
}

/* Nodes stand in order of execution: one walk folds chains. */
void
fold(Graph *g)
{
	const void **data = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *data);

	for (int at = 0; at < g->node_count;) {
		const Node *n = g->node + at;
		Tensor *y = tensor_out(g, n);
		bool constant = true;

		for (int i = 0; i < n->input_count; i++)
			constant &= n->input[i] < 0 || tensor_in(g, n, i)->data;
		if (!constant) {
			at++;
			continue;
		}
		void *out = alloc(g->arena, (size_t)tensor_bytes(y));
		evaluate_node(g, n, data, out);
		y->data = out;
		remove_node(g, at);
	}
}
