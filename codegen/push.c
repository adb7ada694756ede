/* push.c: an input that comes row by row: begin, push, finish, and what is kept between them. */
#include <string.h>

#include "codegen.h"

static const Node *
reader(const Program *p)
{
	return p->job->graph->node + p->reader;
}

/* Steps are counted in as few bytes as all of them need. */
static Type
counter_type(const Program *p)
{
	const Graph *g = p->job->graph;

	for (int i = 0; i < g->node_count; i++)
		if (p->part[i] == p->part[p->reader] && g->node[i].kernel &&
			step_count(g, g->node + i) > INT16_MAX)
			return TYPE_s32;
	return TYPE_s16;
}

/* The node that takes in the pushed rows; -1: there is none, or no such input. */
void
find_reader(Program *p)
{
	const Graph *g = p->job->graph;

	p->reader = -1;
	if (g->input_mode != INPUT_PUSH)
		return;
	for (int i = 0; i < g->node_count; i++)
		for (int k = 0; k < g->node[i].input_count && g->node[i].kernel; k++)
			if (g->node[i].input[k] >= 0 && is_input(g, storage(g, g->node[i].input[k], NULL)))
				p->reader = i;
	if (p->reader < 0 || !reader(p)->segment)
		fail_at(g->diag, nowhere, "--input push: no operator takes in the rows one by one");
}

/* Counters of steps, rows that came, and whether it has begun. */
int64_t
state_bytes(const Program *p)
{
	const Graph *g = p->job->graph;
	int64_t counters = 2;

	if (p->reader < 0)
		return 0;
	for (int i = 0; i < g->node_count; i++)
		counters += p->part[i] == p->part[p->reader] && g->node[i].kernel;
	return counters * types[counter_type(p)].bytes;
}

int64_t
pushed_row_bytes(const Program *p)
{
	const Tensor *x = p->reader < 0 ? NULL : tensor_in(p->job->graph, reader(p), 0);

	return x ? tensor_bytes(x) / x->shape.dim[HEIGHT] : 0;
}

static void
put_push_filled(Text *t, const Program *p, const char *text)
{
	put_filled(t, p, p->port, text);
}

void
put_row_macros(Text *t, const Program *p)
{
	const Tensor *x = tensor_in(p->job->graph, reader(p), 0);

	put_push_filled(t, p, "#define $M_$P_ROWS ");
	put(t, "%d /* to push, the first first */\n", x->shape.dim[HEIGHT]);
	put_push_filled(t, p, "#define $M_$P_ROW_COUNT ");
	put(t, "%d\n", x->shape.dim[WIDTH] * x->shape.dim[CHANNELS]);
}

/* The type of what is kept from push to push. */
void
put_state_type(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;
	const char *type = types[counter_type(p)].ctype;

	put(t, "/* How far each layer is, in rows. */\ntypedef struct {\n");
	for (int i = 0; i < g->node_count; i++)
		if (p->part[i] == p->part[p->reader] && g->node[i].kernel)
			put(t, "\t%s %s_r;\n", type, p->call[i].id);
	put(t, "\t%s pushed, begun;\n} %s_rows;\n\n", type, p->name);
}

void
put_push_prototypes(Text *t, const Program *p)
{
	put_push_filled(t, p, "\n/*\n"
		" * One inference: begin, then all $M_$P_ROWS rows, from the first on, as many at a time\n"
		" * as there are: 0 do no harm.  Rows stay the caller's: they are read during the call and not\n"
		" * after it.  Then finish.  Several may go on at once, each with a work area of its own.\n"
		" * push and finish return 0, or one of these, having done nothing:\n */\nenum {\n"
		"\t$M_NOT_BEGUN = 1, /* begin comes first, and again after finish */\n"
		"\t$M_TOO_MANY_ROWS, /* more than are missing */\n"
		"\t$M_NEGATIVE_ROWS,\n"
		"\t$M_TOO_FEW_ROWS /* finish: push those that are missing */\n};\n"
		"void $m_begin($m_work *work);\n"
		"int $m_push($m_work *work, const $t *$p, int rows);\nint $m_finish");
	put_parameters(t, p);
	put(t, ";\n");
}

/* begin and push: the segment's function takes in a row at a time. */
void
put_push_functions(Text *t, const Program *p)
{
	const char *segment = format(t->arena, "segment_%d", reader(p)->segment);

	if (p->variants > 1) {
		put(t, "\nstatic void\n%s", segment);
		put_push_filled(t, p, "($m_work *work, const $t *$p)\n{\n");
		put_choice(t, p, segment, format(t->arena, "work, %s", p->port->name));
		put(t, "}\n");
	}
	put_push_filled(t, p, "\nvoid\n$m_begin($m_work *work)\n{\n"
		"\tmemset(&work->done, 0, sizeof work->done);\n\twork->done.begun = 1;\n}\n"
		"\nint\n$m_push($m_work *work, const $t *$p, int rows)\n{\n"
		"\tif (!work->done.begun)\n\t\treturn $M_NOT_BEGUN;\n"
		"\tif (rows < 0)\n\t\treturn $M_NEGATIVE_ROWS;\n"
		"\tif (rows > $M_$P_ROWS - work->done.pushed)\n\t\treturn $M_TOO_MANY_ROWS;\n"
		"\tfor (int r = 0; r < rows; r++)\n");
	put(t, "\t\t%s(", segment);
	put_push_filled(t, p, "work, $p + $M_$P_ROW_COUNT * r);\n\treturn 0;\n}\n");
}

/* What finish begins and ends with. */
void
put_finish_check(Text *t, const Program *p)
{
	put_push_filled(t, p, "\tif (!work->done.begun)\n\t\treturn $M_NOT_BEGUN;\n"
		"\tif (work->done.pushed < $M_$P_ROWS)\n\t\treturn $M_TOO_FEW_ROWS;\n"
		"\twork->done.begun = 0;\n\n");
}
