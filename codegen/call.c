/* call.c: the calls of a node for one row: where its operands lie, the rows under its window. */
#include <string.h>

#include "codegen.h"

void
indent(const Body *b)
{
	for (int i = 0; i < b->depth; i++)
		put(b->out, "\t");
}

/* ---- addresses ---- */

static const char *
name_of_array(const Body *b, const char *name)
{
	const Program *p = b->program;

	for (int i = 0; i < p->data->array_count; i++) {
		const Array *a = p->data->array + i;
		if (!strcmp(a->name, name))
			return p->weights_file ? format(b->graph->arena, "(const %s *)(weights + %lld)",
				types[a->packed.type].ctype, (long long)a->at) : a->shared ? a->shared : name;
	}
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
const char *
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
			s = at->row ? at->row : "0";
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

	if (factor == 0)
		return format(arena, "%d", plus);
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
	const char *s = row && n->attr.stride_h ? times(arena, n->attr.stride_h, row) : "";

	if (inner)
		s = format(arena, "%s%s%s", s, *s ? " + " : "", times(arena, n->attr.dilation_h, "i"));
	if (!*s)
		return format(arena, "%d", -above);
	return linear(arena, 1, s, -above);
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
put_two_rows(Body *b, const char *type, const char *first, const char *second)
{
	bool wide = strlen(first) + strlen(second) + 40 > LINE_MOST - 8 * (size_t)b->depth;
	const char *gap = wide ? format(b->graph->arena, "\n%.*s", b->depth + 1, "\t\t\t\t\t\t\t") : " ";

	add_line(b, "const %s *const x[2] = {%s%s,%s%s };\n", type, gap, first, gap, second);
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
		put_two_rows(b, type, row_of(b, n->input[0], image, resized_row(b, c, row, false)),
			row_of(b, n->input[0], image, resized_row(b, c, row, true)));
	put_call(b, c, 0, &at);
}

/* ---- rows ---- */

/* The calls for one row, or for all at once; of a reduction those for a row of operand 0. */
void
put_row(Body *b, const Call *c, const char *image, const char *row)
{
	RowRule rule = ops[c->node->op].rows;
	At at = { image, row, NULL };

	put_step(b, c, image, row);
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
