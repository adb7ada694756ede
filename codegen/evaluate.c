/* evaluate.c: a node run on the host by its ref kernel, row by row, on dense tensors. */
#include <string.h>

#include "codegen.h"

enum { MAX_PARAMS = 64, HEIGHT = 1 };

/* One node, and what the words of its kernel stand for in one call. */
typedef struct {
	Graph graph; /* of this node alone, its tensors dense */
	Node node;
	const uint8_t *const *operand;
	uint8_t *out;
	void *scratch, *acc;
	uint8_t *outside;       /* a row beyond the image */
	const uint8_t **window; /* rows of operand 0 */
	int image, row, valid_h;
} Run;

static int64_t
row_bytes(const Tensor *t)
{
	return (int64_t)t->shape.dim[2] * t->shape.dim[3] * types[t->type].bytes;
}

/* Row r of an operand's image; where there is one row or one image, it serves all. */
static const uint8_t *
row_of(const Run *run, int operand, int r)
{
	const Tensor *t = tensor_in(&run->graph, &run->node, operand);
	const int *dim = t->shape.dim;

	return run->operand[operand] +
		row_bytes(t) *
		((dim[0] == 1 ? 0 : run->image) * (int64_t)dim[1] +
			(dim[1] == 1 ? 0 : r));
}

static void
fill_row(uint8_t *row, Type type, int64_t count, float value)
{
	for (int64_t i = 0; i < count; i++)
		switch (type) {
		case TYPE_s16: ((int16_t *)(void *)row)[i] = (int16_t)value; break;
		case TYPE_s32: ((int32_t *)(void *)row)[i] = (int32_t)value; break;
		case TYPE_s64: ((int64_t *)(void *)row)[i] = (int64_t)value; break;
		case TYPE_f32: ((float *)(void *)row)[i] = value; break;
		case TYPE_f64: ((double *)(void *)row)[i] = (double)value; break;
		default: row[i] = (uint8_t)(int)value; break;
		}
}

static void
set_window(Run *run)
{
	const Graph *g = &run->graph;
	const Node *n = &run->node;
	int above = n->op == OP_pad ? n->attr.begin.dim[1] : n->attr.pad_top;
	int height = tensor_in(g, n, 0)->shape.dim[1];

	run->valid_h = 0;
	for (int i = 0; i < kernel_height(g, n); i++) {
		int at = run->row * n->attr.stride_h - above + i * n->attr.dilation_h;
		bool inside = at >= 0 && at < height;
		run->window[i] = inside ? row_of(run, 0, at) : run->outside;
		run->valid_h += inside;
	}
}

static void
set_resized(Run *run)
{
	Resample s = resample(&run->graph, &run->node, HEIGHT, run->row);

	run->window[0] = row_of(run, 0, s.low);
	run->window[1] = row_of(run, 0, s.high);
}

/* What an operand's word points to: a row, the rows of a window, or all of it. */
static const void *
operand_word(const Run *run, const char *name, ParamKind kind)
{
	RowRule rule = ops[run->node.op].rows;
	const Tensor *y = tensor_out(&run->graph, &run->node);
	int operand = strcmp(name, "x2") ? 0 : 1;

	if (*name == 'y')
		return rule == ROWS_WHOLE ? run->out :
					    run->out +
				row_bytes(y) *
					((int64_t)run->image * y->shape.dim[1] +
						run->row);
	if (rule == ROWS_WHOLE)
		return run->operand[operand];
	if (kind == PARAM_ROWS)
		return run->window;
	if (rule == ROWS_WINDOW || rule == ROWS_RESIZE)
		return run->window[0];
	return row_of(run, operand, run->row);
}

static Word
word_of(Run *run, const char *name, ParamKind kind)
{
	Word w = { 0 };
	Value v;

	switch (word_kind(name)) {
	case WORD_OPERAND: w.cp = operand_word(run, name, kind); return w;
	case WORD_ARRAY: w.cp = pack(&run->graph, &run->node, name).data; return w;
	case WORD_SPACE: w.p = *name == 'a' ? run->acc : run->scratch; return w;
	case WORD_RUNTIME: w.i = strcmp(name, "row") ? run->valid_h : run->row; return w;
	default:
		if (!word_value(&run->graph, &run->node, name, &v))
			die("%s: no word %s", run->node.name, name);
		if (kind == PARAM_FLOAT)
			w.f = is_real(v) ? v.f : (double)v.i;
		else
			w.i = v.i;
		return w;
	}
}

/* Constant words are found once; operands, and what the row decides, each call. */
static void
call(Run *run, const RefKernel *k, Word *word)
{
	for (int i = 0; i < k->param_count; i++) {
		WordKind kind = word_kind(k->param[i]);
		if (kind == WORD_OPERAND || kind == WORD_RUNTIME)
			word[i] = word_of(run, k->param[i], k->kind[i]);
	}
	k->call(word);
}

static Word *
words_of(Run *run, const RefKernel *k)
{
	Word *word = alloc_array(run->graph.arena, MAX_PARAMS, sizeof *word);

	if (k->param_count > MAX_PARAMS)
		die("%s has too many parameters", k->name);
	for (int i = 0; i < k->param_count; i++)
		if (word_kind(k->param[i]) != WORD_OPERAND)
			word[i] = word_of(run, k->param[i], k->kind[i]);
	return word;
}

static void
run_rows(Run *run, const RefKernel *k)
{
	RowRule rule = ops[run->node.op].rows;
	Word *word = words_of(run, k);
	int images = rule == ROWS_WHOLE ?
		1 :
		tensor_out(&run->graph, &run->node)->shape.dim[0];

	for (run->image = 0; run->image < images; run->image++)
		for (run->row = 0; run->row < row_count(&run->graph, &run->node);
			run->row++) {
			if (rule == ROWS_WINDOW)
				set_window(run);
			else if (rule == ROWS_RESIZE)
				set_resized(run);
			call(run, k, word);
		}
}

static void
run_reduction(Run *run, const char *name)
{
	const RefKernel *part[3] = { find_ref(name, "begin"), find_ref(name, "row"),
		find_ref(name, "end") };
	const int *dim = tensor_in(&run->graph, &run->node, 0)->shape.dim;
	Word *word[3];

	for (int i = 0; i < 3; i++)
		word[i] = words_of(run, part[i]);
	for (run->image = 0; run->image < dim[0]; run->image++) {
		run->row = 0;
		call(run, part[0], word[0]);
		for (; run->row < dim[1]; run->row++)
			call(run, part[1], word[1]);
		run->row = 0;
		call(run, part[2], word[2]);
	}
}

/* Parts side by side along the axis. */
static void
run_concat(Run *run)
{
	const Tensor *y = tensor_out(&run->graph, &run->node);
	int axis = run->node.attr.axis;
	int64_t outer = 1, inner = types[y->type].bytes;

	for (int i = 0; i < axis; i++)
		outer *= y->shape.dim[i];
	for (int i = axis + 1; i < y->shape.rank; i++)
		inner *= y->shape.dim[i];
	for (int64_t i = 0; i < outer; i++) {
		for (int k = 0; k < run->node.input_count; k++) {
			int64_t bytes =
				tensor_in(&run->graph, &run->node, k)->shape.dim[axis] *
				inner;
			memcpy(run->out, run->operand[k] + i * bytes, (size_t)bytes);
			run->out += bytes;
		}
	}
}

static bool
find_value(void *ctx, const char *word, Value *out)
{
	const Run *run = ctx;

	return word_value(&run->graph, &run->node, word, out);
}

/* The first of the operator's kernels that ref/ has and whose asserts hold. */
static const Template *
find_kernel(Run *run, Templates *all, const char **name)
{
	const Graph *g = &run->graph;
	const char *at = ops[run->node.op].stems, *failed;

	while (*at) {
		int size = (int)strcspn(at, " ");
		*name = kernel_name(g, &run->node, format(g->arena, "%.*s", size, at));
		at += size + (at[size] == ' ');
		if (!*name)
			continue;
		const Template *t = find_template(all, "ref", *name, NULL);
		if (!t)
			return find_template(all, "ref", *name, "begin");
		if (template_applies(all, t, find_value, run, &failed))
			return t;
	}
	die("%s: no ref kernel of operator %s for %s -> %s", run->node.name,
		ops[run->node.op].name, types[tensor_in(g, &run->node, 0)->type].name,
		types[tensor_out(g, &run->node)->type].name);
}

static void
find_edges(Run *run)
{
	const Tensor *x = tensor_in(&run->graph, &run->node, 0);
	int height = kernel_height(&run->graph, &run->node);
	int64_t bytes = row_bytes(x);

	run->outside = alloc(run->graph.arena, (size_t)bytes);
	fill_row(run->outside, x->type, bytes / types[x->type].bytes,
		outside_value(&run->graph, &run->node));
	run->window =
		alloc_array(run->graph.arena, (size_t)height + 2, sizeof *run->window);
}

/* A graph of the node's tensors alone, as they would be without alias(). */
static void
isolate(Run *run, const Graph *g, const Node *n)
{
	int count = n->input_count;
	int *input = alloc_array(g->arena, (size_t)count + 1, sizeof *input);
	Tensor *tensor = alloc_array(g->arena, (size_t)count + 1, sizeof *tensor);

	for (int i = 0; i <= count; i++) {
		const Tensor *t = i < count ? tensor_in(g, n, i) : tensor_out(g, n);
		input[i] = t ? i : -1;
		if (t)
			tensor[i] = *t;
		tensor[i].pixel_step = 0;
		tensor[i].row_step = tensor[i].image_step = 0;
	}
	run->graph = *g;
	run->graph.tensor = tensor;
	run->graph.tensor_count = count + 1;
	run->node = *n;
	run->node.input = input;
	run->node.output = count;
	run->node.flat = false;
}

static void
run_kernel(Run *run)
{
	RowRule rule = ops[run->node.op].rows;
	Arena *arena = run->graph.arena;
	Templates *all = templates_new(
		arena, run->graph.diag, template_files, template_file_count, NULL);
	const char *name;
	const Template *t = find_kernel(run, all, &name);

	run->scratch =
		alloc(arena, (size_t)template_bytes(all, t, t->scratch, find_value, run));
	run->acc = alloc(arena, (size_t)template_bytes(all, t, t->acc, find_value, run));
	if (rule == ROWS_WINDOW || rule == ROWS_RESIZE)
		find_edges(run);
	if (rule == ROWS_REDUCE)
		run_reduction(run, name);
	else
		run_rows(run, find_ref(name, NULL));
}

void
evaluate_node(const Graph *g, const Node *n, const void *const *operand, void *out)
{
	Run run = { .out = out };
	const uint8_t **data =
		alloc_array(g->arena, (size_t)n->input_count + 1, sizeof *data);

	for (int i = 0; i < n->input_count; i++) {
		const Tensor *t = tensor_in(g, n, i);
		data[i] = operand[i] ? operand[i] : t ? t->data : NULL;
	}
	run.operand = data;
	isolate(&run, g, n);
	if (ops[n->op].rows == ROWS_VIEW)
		memcpy(out, data[0],
			(size_t)tensor_bytes(tensor_in(&run.graph, &run.node, 0)));
	else if (n->op == OP_concat)
		run_concat(&run);
	else
		run_kernel(&run);
}
