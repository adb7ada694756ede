/* body.c: the function that runs the model: for each node its loops over images and rows. */
#include <string.h>

#include "codegen.h"

typedef struct {
	Text *out;
	Program *program;
	const Graph *graph;
	int depth; /* of indentation */
} Body;

static void
indent(const Body *b)
{
	for (int i = 0; i < b->depth; i++)
		put(b->out, "\t");
}

/* Of one image: without the 1 before. */
static const char *
dims(Arena *arena, const Tensor *t)
{
	const char *s = dims_text(arena, &t->shape);

	return t->shape.rank == NHWC && t->shape.dim[0] == 1 ? s + strlen("1x") : s;
}

/* ---- addresses ---- */

/* How many elements to the image and row that the loops are at: " + 320 * r". */
static const char *
position(const Body *b, const Tensor *t, const char *image, const char *row)
{
	Arena *arena = b->graph->arena;
	const char *s = "";

	if (t->shape.rank != NHWC)
		return s;
	if (image && t->shape.dim[0] > 1)
		s = format(arena, " + %lld * %s", (long long)axis_step(t, 0), image);
	if (row && t->shape.dim[1] > 1)
		s = format(arena, "%s + %lld * %s", s, (long long)axis_step(t, 1), row);
	return s;
}

static const char *
name_of_array(const Body *b, const char *name)
{
	const Program *p = b->program;

	if (!p->weights_file)
		return name;
	for (int i = 0; i < p->array_count; i++)
		if (!strcmp(p->array[i].name, name))
			return format(b->graph->arena, "(const %s *)(weights + %lld)",
				types[p->array[i].packed.type].ctype, (long long)p->array[i].at);
	die("no array %s", name);
}

static const char *
address(const Body *b, int tensor, const char *image, const char *row)
{
	const Tensor *t = b->graph->tensor + tensor;
	const char *base = b->program->tensor[tensor];

	return format(b->graph->arena, "%s%s", t->data ? name_of_array(b, base) : base,
		position(b, t, image, row));
}

/* ---- calls ---- */

/* What the loops around a call have at hand. */
typedef struct {
	const char *image, *row; /* variables, NULL: none */
	const char *x;           /* operand 0, where it is rows under a window */
} At;

static const char *
space(const Body *b, const Node *n, const Param *q)
{
	return format(b->graph->arena, "(%s *)(work->mem + %lld)", q->ctype,
		(long long)n->scratch_offset);
}

/* Kernels that work by size see other types' bytes as their own. */
static const char *
as_type(const Body *b, const Param *q, int tensor, const char *address)
{
	if (!strcmp(q->ctype, types[b->graph->tensor[tensor].type].ctype) || !strcmp(q->ctype, "void"))
		return address;
	return format(b->graph->arena, strchr(address, ' ') ? "(%s%s *)(%s)" : "(%s%s *)%s",
		q->is_const ? "const " : "", q->ctype, address);
}

static const char *
operand(const Body *b, const Node *n, const Param *q, const At *at)
{
	int tensor = q->name[0] == 'y' ? n->output : n->input[q->name[1] ? 1 : 0];

	if (at->x && tensor != n->output && !q->name[1])
		return at->x;
	return as_type(b, q, tensor, address(b, tensor, at->image, at->row));
}

static void
put_call(Body *b, const Call *c, int part, const At *at)
{
	const Bound *f = c->bound + part;
	size_t line = b->out->size;

	indent(b);
	put(b->out, "%s(", c->function[part]);
	for (int i = 0; i < f->param_count; i++) {
		const Param *q = f->template->param + f->param[i];
		const char *s = q->name;

		if (word_kind(q->name) == WORD_OPERAND)
			s = operand(b, c->node, q, at);
		else if (word_kind(q->name) == WORD_ARRAY)
			s = name_of_array(b, c->argument[part][i]);
		else if (word_kind(q->name) == WORD_SPACE)
			s = space(b, c->node, q);
		else if (!strcmp(q->name, "row"))
			s = at->row;
		else if (c->argument[part][i])
			s = c->argument[part][i];
		if (i && b->out->size + strlen(s) - line > 84 - 8 * (size_t)b->depth) {
			put(b->out, ",\n\t");
			line = b->out->size;
			indent(b);
		} else if (i) {
			put(b->out, ", ");
		}
		put(b->out, "%s", s);
	}
	put(b->out, ");\n");
}

static void PRINTF(2, 3)
put_line(Body *b, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	int size = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	if (size < 0 || size >= (int)sizeof line)
		die("line too long: %s", fmt);
	indent(b);
	put(b->out, "%s\n", line);
}

/* A loop of one turn is a block. */
static void
open_loop(Body *b, const char *variable, int turns)
{
	if (turns > 1)
		put_line(b, "for (int %s = 0; %s < %d; %s++) {", variable, variable, turns, variable);
	else
		put_line(b, "{");
	b->depth++;
}

static void
close_loop(Body *b)
{
	b->depth--;
	put_line(b, "}");
}

/* ---- windows over rows ---- */

static const char *
times(Arena *arena, int factor, const char *variable)
{
	return factor == 1 ? variable : format(arena, "%d * %s", factor, variable);
}

/*
 * The row of operand 0 under row i of the window of output row r, as text: "2 * r - 1 + i".
 * row NULL: there is one output row.
 */
static const char *
window_row(const Body *b, const Node *n, const char *row, bool inner)
{
	Arena *arena = b->graph->arena;
	int above = -window_start(n, 0);
	const char *s = row ? times(arena, n->attr.stride_h, row) : "";

	if (inner)
		s = format(arena, "%s%s%s", s, *s ? " + " : "", times(arena, n->attr.dilation_h, "i"));
	if (above)
		s = format(arena, "%s %c %d", s, above > 0 ? '-' : '+', above > 0 ? above : -above);
	return *s ? s : "0";
}

static int
param_at(const Bound *f, const char *word)
{
	for (int i = 0; i < f->param_count; i++)
		if (!strcmp(f->template->param[f->param[i]].name, word))
			return i;
	return -1;
}

/* const int8_t *x[3]: the rows under the window, the row of zero points where there is none. */
static void
put_window(Body *b, const Call *c, const char *image, const char *row)
{
	const Node *n = c->node;
	Arena *arena = b->graph->arena;
	const Tensor *x = tensor_in(b->graph, n, 0);
	const char *base = address(b, n->input[0], image, NULL), *at = window_row(b, n, row, true);
	bool counts = param_at(c->bound, "valid_h") >= 0;
	int height = kernel_height(b->graph, n);
	long long step = (long long)axis_step(x, 1);

	put_line(b, "const %s *x[%d];", types[x->type].ctype, height);
	if (counts)
		put_line(b, "int valid_h = 0;");
	put(b->out, "\n");
	if (!looks_outside(b->graph, n)) {
		put_line(b, "for (int i = 0; i < %d; i++)", height);
		b->depth++;
		put_line(b, strchr(at, ' ') ? "x[i] = %s + %lld * (%s);" : "x[i] = %s + %lld * %s;", base,
			step, at);
		b->depth--;
		return;
	}
	const char *inside = format(arena, "at >= 0 && at < %d", x->shape.dim[1]);
	open_loop(b, "i", height);
	put_line(b, "int at = %s;", at);
	put(b->out, "\n");
	put_line(b, "x[i] = %s ? %s + %lld * at : %s;", inside, base, step, outside_row(b->program, n));
	if (counts)
		put_line(b, "valid_h += %s;", inside);
	close_loop(b);
}

/* One row pointer of a kernel that is one row high: 1x1 convolution, pad. */
static const char *
single_row(Body *b, const Call *c, const char *image, const char *row)
{
	const Node *n = c->node;
	Arena *arena = b->graph->arena;
	const Tensor *x = tensor_in(b->graph, n, 0);
	const char *base = address(b, n->input[0], image, NULL);
	long long step = (long long)axis_step(x, 1);
	const char *at = window_row(b, n, row, false);

	if (x->shape.dim[1] == 1 && !looks_outside(b->graph, n))
		return base;
	if (!looks_outside(b->graph, n))
		return format(arena, strchr(at, ' ') ? "%s + %lld * (%s)" : "%s + %lld * %s", base, step, at);
	put_line(b, "int at = %s;", at);
	put_line(b, "const %s *x = at >= 0 && at < %d ? %s + %lld * at : %s;\n",
		types[x->type].ctype, x->shape.dim[1], base, step, outside_row(b->program, n));
	return "x";
}

static void
put_window_row(Body *b, const Call *c, const char *image, const char *row)
{
	At at = { image, row, NULL };
	int x = param_at(c->bound, "x");

	if (x >= 0 && c->bound->template->param[c->bound->param[x]].kind == PARAM_ROWS) {
		put_window(b, c, image, row);
		at.x = "x";
	} else if (x >= 0) {
		at.x = single_row(b, c, image, row);
	}
	put_call(b, c, 0, &at);
}

/* ---- resizing: rows from a table ---- */

static void
put_resize_row(Body *b, const Call *c, const char *image, const char *row)
{
	const Node *n = c->node;
	const Tensor *x = tensor_in(b->graph, n, 0);
	const char *base = address(b, n->input[0], image, NULL), *table = resize_table(b->program, c);
	long long step = (long long)axis_step(x, 1);
	At at = { image, row, "x" };

	if (n->op == OP_resize_nearest)
		put_line(b, "const %s *x = %s + %lld * %s[%s];\n", types[x->type].ctype, base, step, table, row);
	else
		put_line(b, "const %s *const x[2] = { %s + %lld * %s[2 * %s], %s + %lld * %s[2 * %s + 1] };\n",
			types[x->type].ctype, base, step, table, row, base, step, table, row);
	put_call(b, c, 0, &at);
}

/* ---- nodes ---- */

static void
put_reduction(Body *b, const Call *c, const char *image)
{
	At whole = { image, NULL, NULL }, row = { image, "r", NULL };

	put_call(b, c, 0, &whole);
	open_loop(b, "r", tensor_in(b->graph, c->node, 0)->shape.dim[1]);
	put_call(b, c, 1, &row);
	close_loop(b);
	put_call(b, c, 2, &whole);
}

static void
put_rows(Body *b, const Call *c, const char *image)
{
	RowRule rule = ops[c->node->op].rows;
	int count = row_count(b->graph, c->node);
	const char *row = count > 1 ? "r" : NULL;
	At at = { image, row, NULL };

	if (c->node->flat || rule == ROWS_WHOLE || rule == ROWS_VIEW || (!row && rule == ROWS_SAME)) {
		at.row = NULL;
		put_call(b, c, 0, &at);
		return;
	}
	open_loop(b, "r", count);
	if (rule == ROWS_WINDOW)
		put_window_row(b, c, image, row);
	else if (rule == ROWS_RESIZE)
		put_resize_row(b, c, image, row ? row : "0");
	else
		put_call(b, c, 0, &at);
	close_loop(b);
}

static void
put_title(Body *b, const Call *c)
{
	const Node *n = c->node;
	Arena *arena = b->graph->arena;

	indent(b);
	put(b->out, "/* %s: ", c->id);
	for (int k = 0; k < n->input_count; k++) {
		const Tensor *x = tensor_in(b->graph, n, k);
		if (x && (!x->data || ops[n->op].rows == ROWS_SAME) && (k == 0 || n->op != OP_dense))
			put(b->out, "%s%s", k ? " and " : "", dims(arena, x));
	}
	put(b->out, " -> %s", dims(arena, tensor_out(b->graph, n)));
	if (n->in_place)
		put(b->out, ", in place");
	if (n->name && *n->name)
		put(b->out, "; %s", comment_text(arena, n->name));
	put(b->out, " */\n");
}

static void
put_trace(Body *b, const Call *c)
{
	const Tensor *y = tensor_out(b->graph, c->node);

	if (b->program->job->trace && y->origin.number >= 0 && is_dense(y))
		put_line(b, "%s_trace(%d, %s);", b->program->name, c->node->output,
			b->program->tensor[c->node->output]);
}

static void
put_node(Body *b, const Call *c)
{
	const Node *n = c->node;
	RowRule rule = ops[n->op].rows;
	int images = tensor_out(b->graph, n)->shape.dim[0];
	bool loop = images > 1 && rule != ROWS_WHOLE && rule != ROWS_VIEW;

	if (c->parts) {
		put(b->out, "\n");
		put_title(b, c);
		if (loop)
			open_loop(b, "b", images);
		if (rule == ROWS_REDUCE)
			put_reduction(b, c, loop ? "b" : NULL);
		else
			put_rows(b, c, loop ? "b" : NULL);
		if (loop)
			close_loop(b);
	}
	put_trace(b, c);
}

/* Where each tensor lies, as a C expression: a port, a constant or a place in the work area. */
static void
name_tensors(Body *b)
{
	const Graph *g = b->graph;
	Program *p = b->program;

	for (int i = 0; i < g->node_count; i++)
		p->tensor[g->node[i].output] = format(g->arena, "%s_y", p->call[i].id);
	for (int i = 0; i < p->ports; i++)
		p->tensor[p->port[i].tensor - g->tensor] = p->port[i].name;
}

static bool
is_read(const Graph *g, int tensor)
{
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		for (int k = 0; k < n->input_count && n->kernel; k++)
			if (n->input[k] == tensor)
				return true;
	}
	return false;
}

static bool
is_made(const Body *b, int tensor)
{
	for (int i = 0; i < b->graph->node_count; i++)
		if (b->graph->node[i].output == tensor)
			return b->graph->node[i].kernel != NULL || b->program->job->trace;
	return false;
}

/* Declares the pointer to a tensor that calls name: "int8_t *conv2d_0_y = ...". */
static void
declare(Body *b, int tensor)
{
	const Graph *g = b->graph;
	const Tensor *t = g->tensor + tensor;
	const char *type = types[t->type].ctype;
	int64_t at;
	int root = storage(g, tensor, &at);

	if (t->data || !(is_read(g, tensor) || is_made(b, tensor)))
		return;
	bool caller = is_callers(g, root);
	if (is_output(g, tensor) || (is_input(g, tensor) && caller))
		return;
	bool constant = g->tensor[root].data != NULL ||
		(is_input(g, root) && g->input_mode != INPUT_FULL);
	const char *c = constant ? "const " : "";
	const char *plus = at ? format(g->arena, " + %lld", (long long)(at / types[t->type].bytes)) : "";
	indent(b);
	put(b->out, "%s%s *const %s = ", c, type, b->program->tensor[tensor]);
	if (!caller)
		put(b->out, "(%s *)(work->mem + %lld);", type, (long long)(g->tensor[root].offset + at));
	else if (g->tensor[root].type == t->type)
		put(b->out, "%s%s;", b->program->tensor[root], plus);
	else
		put(b->out, "(%s%s *)%s%s;", c, type, b->program->tensor[root], plus);
	put(b->out, " /* %s */\n", dims(g->arena, t));
}

void
put_body(Text *out, Program *p)
{
	Body b = { out, p, p->job->graph, 1 };

	name_tensors(&b);
	for (int t = 0; t < b.graph->tensor_count; t++)
		if (is_input(b.graph, t) && !b.graph->tensor[t].data)
			declare(&b, t);
	for (int i = 0; i < b.graph->node_count; i++)
		declare(&b, b.graph->node[i].output);
	for (int i = 0; i < b.graph->node_count; i++)
		put_node(&b, p->call + i);
}
