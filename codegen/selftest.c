/* selftest.c: a recorded input and output, and the function that a board can call at boot. */
#include <string.h>

#include "codegen.h"

/* Bytes of Numerical Recipes' generator; floats in [-1, 1), one byte each. */
void
fill_input(void *data, Type type, int64_t count, uint32_t *state)
{
	for (int64_t i = 0; i < count; i++) {
		uint8_t *at = (uint8_t *)data + i * types[type].bytes;
		*state = *state * 1664525u + 1013904223u;
		uint8_t byte = (uint8_t)(*state >> 24);
		if (type == TYPE_f32) {
			float v = (float)((int)byte - 128) / 128.0f;
			memcpy(at, &v, sizeof v);
		} else {
			at[0] = type == TYPE_b8 ? byte & 1 : byte;
		}
	}
}

static void
put_record(Text *t, const Program *p, const PortText *port, void *data)
{
	Arena *arena = p->job->arena;

	put(t, "\n");
	put_array(t, format(arena, "static %s_CONST const %s", p->upper, port->type),
		format(arena, "selftest_%s", port->name),
		(Packed){ data, port->tensor->type, port->count });
}

/* Pushed rows: the first, then the rest. */
static void
put_selftest_run(Text *t, const Program *p)
{
	InputMode mode = p->job->graph->input_mode;

	if (mode == INPUT_FULL)
		put_filled_ports(t, p, true, "\tmemcpy($m_$p(work), selftest_$p, $b);\n");
	if (mode == INPUT_PUSH) {
		put_filled(t, p, p->port, "\t$m_begin(work);\n"
			"\tif ($m_push(work, selftest_$p, 1) ||\n"
			"\t    $m_push(work, selftest_$p + $M_$P_ROW_COUNT, $M_$P_ROWS - 1) ||\n"
			"\t    $m_finish(work");
		put_filled_ports(t, p, false, ", $p");
		put(t, "))\n\t\treturn 1;\n");
		return;
	}
	put_filled(t, p, NULL, "\t$m_run(work");
	if (mode == INPUT_CONST)
		put_filled_ports(t, p, true, ", selftest_$p");
	put_filled_ports(t, p, false, ", $p");
	put(t, ");\n");
}

/* Each machine's libm has its own last bits: floats have a tolerance. */
static void
put_test(Text *t, const Program *p)
{
	bool reals = false;

	for (int i = p->inputs; i < p->ports; i++)
		reals |= p->port[i].tensor->type == TYPE_f32;
	if (reals)
		put(t, "\n%s\n", comparison(p->job->templates, "apart"));

	put_filled(t, p, NULL, "\nint\n$m_selftest($m_work *work)\n{\n");
	put_filled_ports(t, p, false, "\t$t $p[$M_$P_COUNT];\n");
	put(t, "\n");
	put_selftest_run(t, p);
	for (int i = p->inputs; i < p->ports; i++)
		put_filled(t, p, p->port + i,
			p->port[i].tensor->type == TYPE_f32 ?
				"\tif (apart($p, selftest_$p, $n))\n\t\treturn 1;\n" :
				"\tif (differ($p, selftest_$p, sizeof $p))\n\t\treturn "
				"1;\n");
	put(t, "\treturn 0;\n}\n");
}

void
put_selftest(Text *t, Program *p)
{
	const Graph *ref = p->job->reference;
	void **data = alloc_array(ref->arena, (size_t)p->ports + 1, sizeof *data);
	uint32_t state = 12345; /* any */

	put(t, "\n/* ---- self test ---- */\n");
	for (int i = 0; i < p->ports; i++) {
		data[i] = alloc(ref->arena, (size_t)p->port[i].bytes);
		if (i < p->inputs)
			fill_input(data[i], p->port[i].tensor->type, p->port[i].count,
				&state);
	}
	evaluate_graph(ref, data, data + p->inputs);
	for (int i = 0; i < p->ports; i++)
		put_record(t, p, p->port + i, data[i]);

	put_test(t, p);
}
