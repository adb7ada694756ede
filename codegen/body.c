/* body.c: the functions that run the model: for each node its loops over images and rows. */
#include <string.h>

#include "codegen.h"

void
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

/* Rows that there is room for, in turn; 0: all.  Of a pushed input the caller's one. */
static int
ring_of(const Body *b, int tensor)
{
	int root = storage(b->graph, tensor, NULL);

	return (is_input(b->graph, root) && b->graph->input_mode == INPUT_PUSH) ? 1 : b->graph->tensor[root].ring;
}

/* The image that the loops are at: "y + 320 * b". */
static const char *
image_of(const Body *b, int tensor, const char *image)
{
	const Tensor *t = b->graph->tensor + tensor;
	const char *base = b->program->tensor[tensor];

	if (t->data)
		base = name_of_array(b, base);
	if (!image || t->shape.rank != NHWC || t->shape.dim[0] == 1 || ring_of(b, tensor))
		return base;
	return format(b->graph->arena, "%s + %lld * %s", base, (long long)axis_step(t, 0), image);
}

/* A row of it, by its number as C: "y + 320 * r", in a ring "y + 320 * (r % 3)". */
static const char *
row_of(const Body *b, int tensor, const char *image, const char *row)
{
	Arena *arena = b->graph->arena;
	const char *base = image_of(b, tensor, image);
	long long step = (long long)axis_step(b->graph->tensor + tensor, 1);
	int ring = ring_of(b, tensor);

	if (ring == 1)
		return base;
	if (strchr(row, ' ') && row[strlen(row) - 1] != ']')
		row = format(arena, "(%s)", row);
	if (ring)
		row = format(arena, "(%s %% %d)", row, ring);
	return format(arena, "%s + %lld * %s", base, step, row);
}

/* row NULL: the first. */
static const char *
address(const Body *b, int tensor, const char *image, const char *row)
{
	const Tensor *t = b->graph->tensor + tensor;

	if (!row || !strcmp(row, "0") || t->shape.rank != NHWC || t->shape.dim[1] == 1)
		return image_of(b, tensor, image);
	return row_of(b, tensor, image, row);
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
		if (i && b->out->size + strlen(s) - line > LINE_MOST - 8 * (size_t)b->depth) {
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

void
add_line(Body *b, const char *fmt, ...)
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
void
open_loop(Body *b, const char *variable, int turns)
{
	if (turns > 1)
		add_line(b, "for (int %s = 0; %s < %d; %s++) {", variable, variable, turns, variable);
	else
		add_line(b, "{");
	b->depth++;
}

void
close_loop(Body *b)
{
	b->depth--;
	add_line(b, "}");
}

/* ---- windows over rows ---- */

static const char *
times(Arena *arena, int factor, const char *variable)
{
	return factor == 1 ? variable : format(arena, "%d * %s", factor, variable);
}

const char *
linear(Arena *arena, int factor, const char *variable, int plus)
{
	const char *s = times(arena, factor, variable);

	return plus ? format(arena, "%s %c %d", s, plus < 0 ? '-' : '+', plus < 0 ? -plus : plus) : s;
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
	const char *at = window_row(b, n, row, true);
	bool counts = param_at(c->bound, "valid_h") >= 0;
	int height = kernel_height(b->graph, n);

	add_line(b, "const %s *x[%d];", types[x->type].ctype, height);
	if (counts)
		add_line(b, "int valid_h = 0;");
	put(b->out, "\n");
	if (!looks_outside(b->graph, n)) {
		add_line(b, "for (int i = 0; i < %d; i++)", height);
		b->depth++;
		add_line(b, "x[i] = %s;", row_of(b, n->input[0], image, at));
		b->depth--;
		return;
	}
	const char *inside = format(arena, "at >= 0 && at < %d", x->shape.dim[1]);
	open_loop(b, "i", height);
	add_line(b, "int at = %s;", at);
	put(b->out, "\n");
	add_line(b, "x[i] = %s ? %s : %s;", inside, row_of(b, n->input[0], image, "at"),
		outside_row(b->program, n));
	if (counts)
		add_line(b, "valid_h += %s;", inside);
	close_loop(b);
}

/* One row pointer of a kernel that is one row high: 1x1 convolution, pad. */
static const char *
single_row(Body *b, const Call *c, const char *image, const char *row)
{
	const Node *n = c->node;
	const Tensor *x = tensor_in(b->graph, n, 0);
	const char *at = window_row(b, n, row, false);

	if (!looks_outside(b->graph, n))
		return address(b, n->input[0], image, at);
	add_line(b, "int at = %s;", at);
	add_line(b, "const %s *x = at >= 0 && at < %d ? %s : %s;\n", types[x->type].ctype,
		x->shape.dim[1], row_of(b, n->input[0], image, "at"), outside_row(b->program, n));
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

/* The first or second row under output row `row`. */
const char *
resized_row(const Body *b, const Call *c, const char *row, bool second)
{
	const char *table = resize_table(b->program, c);

	return format(b->graph->arena, c->node->op == OP_resize_nearest ? "%s[%s]" :
		second ? "%s[2 * %s + 1]" : "%s[2 * %s]", table, row);
}

static void
put_resize_row(Body *b, const Call *c, const char *image, const char *row)
{
	const Node *n = c->node;
	const char *type = types[tensor_in(b->graph, n, 0)->type].ctype;
	At at = { image, row, "x" };

	if (n->op == OP_resize_nearest)
		add_line(b, "const %s *x = %s;\n", type,
			row_of(b, n->input[0], image, resized_row(b, c, row, false)));
	else
		add_line(b, "const %s *const x[2] = { %s, %s };\n", type,
			row_of(b, n->input[0], image, resized_row(b, c, row, false)),
			row_of(b, n->input[0], image, resized_row(b, c, row, true)));
	put_call(b, c, 0, &at);
}

/* ---- nodes ---- */

/* Tells the tests what was made, and when. */
static void
put_trace(Body *b, const Call *c, const char *data, int64_t bytes)
{
	const Tensor *y = tensor_out(b->graph, c->node);

	if (b->program->job->trace && y->origin.number >= 0 && is_dense(y))
		add_line(b, "%s_trace(%d, %s, %lld);", b->program->name, c->node->output, data,
			(long long)bytes);
}

static void
put_step(Body *b, const Call *c, const char *row)
{
	if (b->program->job->steps)
		add_line(b, "%s_step(%d, %s);", b->program->name, (int)(c->node - b->graph->node), row);
}

/* The calls for one row, or for all at once; of a reduction those for a row of operand 0. */
void
put_row(Body *b, const Call *c, const char *image, const char *row)
{
	RowRule rule = ops[c->node->op].rows;
	At at = { image, row, NULL };

	put_step(b, c, row ? row : "0");
	if (c->node->flat)
		put_call(b, c, 0, &at);
	else if (rule == ROWS_WINDOW)
		put_window_row(b, c, image, row);
	else if (rule == ROWS_RESIZE)
		put_resize_row(b, c, image, row ? row : "0");
	else
		put_call(b, c, rule == ROWS_REDUCE, &at);
}

/* A reduction's first or last call. */
void
put_ends(Body *b, const Call *c, const char *image, bool last)
{
	put_call(b, c, last ? 2 : 0, &(At){ image, NULL, NULL });
}

/* A loop over a node's rows, from the last to the first where what it makes lies above. */
static void
open_rows(Body *b, const Node *n, int count)
{
	if (!n->reversed || count == 1) {
		open_loop(b, "r", count);
		return;
	}
	add_line(b, "for (int r = %d; r >= 0; r--) {", count - 1);
	b->depth++;
}

static void
put_rows(Body *b, const Call *c, const char *image)
{
	bool reduces = ops[c->node->op].rows == ROWS_REDUCE;
	int count = step_count(b->graph, c->node);
	bool loop = count > 1 || reduces || ops[c->node->op].rows == ROWS_WINDOW ||
		ops[c->node->op].rows == ROWS_RESIZE;

	if (reduces)
		put_ends(b, c, image, false);
	if (loop && !c->node->flat)
		open_rows(b, c->node, count);
	put_row(b, c, image, count > 1 ? "r" : NULL);
	if (loop && !c->node->flat)
		close_loop(b);
	if (reduces)
		put_ends(b, c, image, true);
}

void
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
put_node(Body *b, const Call *c)
{
	const Node *n = c->node;
	RowRule rule = ops[n->op].rows;
	const Tensor *y = tensor_out(b->graph, n);
	int images = y->shape.dim[0];
	bool loop = images > 1 && rule != ROWS_WHOLE && rule != ROWS_VIEW;

	if (c->parts) {
		put(b->out, "\n");
		put_title(b, c);
		if (loop)
			open_loop(b, "b", images);
		put_rows(b, c, loop ? "b" : NULL);
		if (loop)
			close_loop(b);
	}
	put_trace(b, c, b->program->tensor[n->output], tensor_bytes(y));
}

/* ---- functions ---- */

/* Where each tensor lies, as a C expression: a port, a constant or a place in the work area. */
static void
name_tensors(Program *p)
{
	const Graph *g = p->job->graph;

	for (int i = 0; i < g->node_count; i++)
		p->tensor[g->node[i].output] = format(g->arena, "%s_y", p->call[i].id);
	for (int i = 0; i < p->ports; i++)
		p->tensor[p->port[i].tensor - g->tensor] = p->port[i].name;
}

/* What the calls of a function name: tensors, and the caller's storage that they lie in. */
static bool *
named_tensors(const Body *b)
{
	const Graph *g = b->graph;
	bool *named = alloc_array(g->arena, (size_t)g->tensor_count + 1, sizeof *named);

	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		if (b->program->part[i] != b->part || !(n->kernel || b->program->job->trace))
			continue;
		named[n->output] = true;
		for (int k = 0; k < n->input_count && n->kernel; k++)
			if (n->input[k] >= 0)
				named[n->input[k]] = true;
	}
	for (int t = 0; t < g->tensor_count; t++)
		if (named[t])
			named[storage(g, t, NULL)] |= is_callers(g, storage(g, t, NULL));
	return named;
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
	bool caller = is_callers(g, root);

	if (t->data || is_output(g, tensor) || (is_input(g, tensor) && caller))
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
	put(b->out, " /* %s", dims(g->arena, t));
	if (g->tensor[root].ring)
		put(b->out, ", %d rows of it", g->tensor[root].ring);
	put(b->out, " */\n");
}

static void
put_pointers(Body *b, const bool *named)
{
	const Graph *g = b->graph;

	for (int t = 0; t < g->tensor_count; t++)
		if (named[t] && is_input(g, t))
			declare(b, t);
	for (int i = 0; i < g->node_count; i++)
		if (named[g->node[i].output] && !is_input(g, g->node[i].output))
			declare(b, g->node[i].output);
}

/* The arguments or parameters of a segment's function: the work area and the caller's memory. */
static const char *
segment_ports(const Body *b, const bool *named, bool declares)
{
	const Program *p = b->program;
	Text t = text_new(b->graph->arena);

	put(&t, declares ? "%s_work *work" : "work", p->name);
	for (int i = 0; i < p->ports; i++) {
		int tensor = (int)(p->port[i].tensor - b->graph->tensor);
		if (!named[tensor] || !is_callers(b->graph, tensor))
			continue;
		put(&t, ", ");
		if (declares)
			put(&t, "%s%s *", i < p->inputs ? "const " : "", p->port[i].type);
		put(&t, "%s", p->port[i].name);
	}
	return t.data;
}

/* A function's statements, with the weights where a file has them. */
static void
put_statements(Text *out, const Program *p, const Text *text)
{
	if (p->weights_file && strstr(text->data, "weights + "))
		put(out, "\tconst unsigned char *const weights = work->weights;\n");
	put_bytes(out, text->data, text->size);
}

/* The segment that begins at node first: its function, and the call of it. */
static void
put_segment_function(Text *out, Program *p, int first)
{
	Text text = text_new(p->job->arena);
	Body b = { &text, p, p->job->graph, 1, p->part[first] };
	const bool *named = named_tensors(&b);

	put_pointers(&b, named);
	put_segment(&b, first);
	put_segment_comment(out, p, first);
	put(out, "static void\nsegment_%d(%s)\n{\n", p->job->graph->node[first].segment,
		segment_ports(&b, named, true));
	put_statements(out, p, &text);
	put(out, "}\n");
}

/* What NAME_run() does: nodes alone, and calls of segments. */
static void
put_nodes(Body *b)
{
	const Program *p = b->program;
	const Graph *g = b->graph;
	Body segment = *b;

	put_pointers(b, named_tensors(b));
	for (int i = 0; i < g->node_count; i++) {
		int part = p->part[i];
		if (!part) {
			put_node(b, p->call + i);
		} else if (part == i + 1 && (p->reader < 0 || part != p->part[p->reader])) {
			segment.part = part;
			put(b->out, "\n");
			add_line(b, "segment_%d(%s);", g->node[i].segment,
				segment_ports(&segment, named_tensors(&segment), false));
		}
	}
}

void
put_body(Text *out, Program *p)
{
	Text text = text_new(p->job->arena);
	Body b = { &text, p, p->job->graph, 1, 0 };
	bool pushes = p->reader >= 0;

	name_tensors(p);
	for (int i = 0; i < b.graph->node_count; i++)
		if (p->part[i] == i + 1)
			put_segment_function(out, p, i);
	put_nodes(&b);
	if (pushes)
		put_push_functions(out, p);
	put(out, "\n/* Work area: %lld bytes; the most that is live at once: %lld. */\n",
		(long long)b.graph->work_bytes, (long long)b.graph->lower_bound);
	put_filled(out, p, NULL, pushes ? "int\n$m_finish" : "void\n$m_run");
	put_parameters(out, p);
	put(out, "\n{\n");
	if (pushes)
		put_finish_check(out, p);
	put_statements(out, p, &text);
	put(out, pushes ? "\treturn 0;\n}\n" : "}\n");
}
