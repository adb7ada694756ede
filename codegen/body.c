/* body.c: the functions that run the model: for each node its loops over images and rows. */
#include <string.h>

#include "codegen.h"

/* Of one image: without the 1 before. */
static const char *
dims(Arena *arena, const Tensor *t)
{
	const char *s = dims_text(arena, &t->shape);

	return t->shape.rank == NHWC && t->shape.dim[0] == 1 ? s + strlen("1x") : s;
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
	int images = tensor_out(b->graph, n)->shape.dim[0];
	bool loop = images > 1 && rule != ROWS_WHOLE && rule != ROWS_VIEW;

	if (c->parts) {
		put(b->out, b->out->size ? "\n" : "");
		put_title(b, c);
		if (loop)
			open_loop(b, "b", images);
		put_rows(b, c, loop ? "b" : NULL);
		if (loop)
			close_loop(b);
	}
	put_trace(b, c);
}

/* ---- the comment above a segment ---- */

/* Puts words of a comment one after the other, in lines. */
static void PRINTF(3, 4)
put_word(Text *t, size_t *line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *word = format_list(t->arena, fmt, ap);
	va_end(ap);
	if (t->size - *line + strlen(word) > LINE_MOST) {
		put(t, "\n *");
		*line = t->size - strlen(" *");
	}
	put(t, " %s", word);
}

/* The storage tensor whose ring the node is the first to write; NULL: there is none. */
static const Tensor *
own_ring(const Graph *g, int first, int node)
{
	const Tensor *y = g->tensor + storage(g, g->node[node].output, NULL);

	if (!g->node[node].kernel || !y->ring)
		return NULL;
	for (int i = first; i < node; i++)
		if (g->node[i].kernel && storage(g, g->node[i].output, NULL) == y - g->tensor)
			return NULL;
	return y;
}

static void
put_segment_comment(Text *t, const Program *p, int first)
{
	const Graph *g = p->job->graph;
	int end = segment_end(g, first);
	int64_t held = 0, all = 0;

	put(t, "\n/*\n *");
	size_t line = t->size - strlen(" *");
	put_word(t, &line, end - first > 1 ? "Row by row, in step: %s to %s." : "Row by row: %s.",
		p->call[first].id, p->call[end - 1].id);
	for (int i = first; i < end; i++) {
		const Tensor *y = own_ring(g, first, i);
		if (!y)
			continue;
		put(t, held ? "," : "");
		put_word(t, &line, held ? "%d of %d" : "Rows held: %d of %d", y->ring,
			y->shape.dim[HEIGHT]);
		put_word(t, &line, "of %s", p->call[i].id);
		held += y->ring * axis_step(y, HEIGHT) * types[y->type].bytes;
		all += tensor_bytes(y) / y->shape.dim[0];
	}
	put(t, held ? ";" : "");
	if (held)
		put_word(t, &line, "%lld bytes instead of %lld.", (long long)held, (long long)all);
	put(t, "\n */\n");
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
	put(out, "static void\nsegment_%d%s(%s)\n{\n", p->job->graph->node[first].segment, p->suffix,
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
			put_poison(b, i);
		} else if (part == i + 1 && (p->reader < 0 || part != p->part[p->reader])) {
			segment.part = part;
			put(b->out, b->out->size ? "\n" : "");
			add_line(b, "segment_%d%s(%s);", g->node[i].segment, p->suffix,
				segment_ports(&segment, named_tensors(&segment), false));
		}
		if (part && (i + 1 == g->node_count || p->part[i + 1] != part))
			put_poison(b, i);
	}
}

/* The caller's function, and those that push rows to it. */
static void
put_entry(Text *out, const Program *p, const Text *statements)
{
	const Graph *g = p->job->graph;
	bool pushes = p->reader >= 0;

	if (pushes)
		put_push_functions(out, p);
	put(out, "\n/* Work area: %lld bytes; the most that is live at once: %lld. */\n",
		(long long)g->work_bytes, (long long)g->lower_bound);
	put_filled(out, p, NULL, pushes ? "int\n$m_finish" : "void\n$m_run");
	put_parameters(out, p);
	put(out, "\n{\n");
	if (pushes)
		put_finish_check(out, p);
	put_statements(out, p, statements);
	put(out, pushes ? "\treturn 0;\n}\n" : "}\n");
}

void
put_body(Text *out, Program *p)
{
	Text text = text_new(p->job->arena);
	Body b = { &text, p, p->job->graph, 1, 0 };

	name_tensors(p);
	for (int i = 0; i < b.graph->node_count; i++)
		if (p->part[i] == i + 1)
			put_segment_function(out, p, i);
	put_nodes(&b);
	if (p->variants == 1) {
		put_entry(out, p, &text);
		return;
	}
	put(out, "\nstatic void\nrun%s", p->suffix);
	put_parameters(out, p);
	put(out, "\n{\n");
	put_statements(out, p, &text);
	put(out, "}\n");
}

void
put_choices(Text *out, const Program *p)
{
	Text text = text_new(p->job->arena), ports = text_new(p->job->arena);

	put_best(out, p);
	put(&ports, "work");
	if (p->job->graph->input_mode == INPUT_CONST)
		put_filled_ports(&ports, p, true, ", $p");
	put_filled_ports(&ports, p, false, ", $p");
	put_choice(&text, p, "run", ports.data);
	put_entry(out, p, &text);
}
