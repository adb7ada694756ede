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
put_record(Text *t, const Program *p, const Port *port, int i, const char *kind, const void *data)
{
	const Tensor *x = p->job->graph->tensor + port[i].tensor;
	const char *name = format(p->job->arena, "selftest_%s", port_name(p, port, i, kind));

	put(t, "\n");
	put_array(t, format(p->job->arena, "static %s_CONST const %s", p->upper, types[x->type].ctype),
		name, data, x->type, elements(&x->shape));
}

static void
put_test(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;

	put(t, "\nint\n%s_selftest(%s_work *work)\n{\n", p->name, p->name);
	for (int i = 0; i < g->output_count; i++)
		put(t, "\t%s %s[%s_%s_COUNT];\n", types[g->tensor[g->output[i].tensor].type].ctype,
			port_name(p, g->output, i, "output"), p->upper,
			upper_case(p->job->arena, port_name(p, g->output, i, "output")));
	put(t, "\n");
	for (int i = 0; i < g->input_count && g->input_mode == INPUT_FULL; i++) {
		const char *name = port_name(p, g->input, i, "input");
		put(t, "\tmemcpy(%s_%s(work), selftest_%s, %lld);\n", p->name, name, name,
			(long long)tensor_bytes(g->tensor + g->input[i].tensor));
	}
	put(t, "\t%s_run(work", p->name);
	for (int i = 0; i < g->input_count && g->input_mode == INPUT_CONST; i++)
		put(t, ", selftest_%s", port_name(p, g->input, i, "input"));
	for (int i = 0; i < g->output_count; i++)
		put(t, ", %s", port_name(p, g->output, i, "output"));
	put(t, ");\n");
	for (int i = 0; i < g->output_count; i++) {
		const char *name = port_name(p, g->output, i, "output");
		put(t, "\tif (differ(%s, selftest_%s, sizeof %s))\n\t\treturn 1;\n", name, name, name);
	}
	put(t, "\treturn 0;\n}\n");
}

void
put_selftest(Text *t, Program *p)
{
	const Graph *ref = p->job->reference;
	Arena *arena = p->job->arena;
	void **in = alloc_array(arena, (size_t)ref->input_count + 1, sizeof *in);
	void **out = alloc_array(arena, (size_t)ref->output_count + 1, sizeof *out);
	uint32_t state = 12345; /* any */

	for (int i = 0; i < ref->input_count; i++) {
		const Tensor *x = ref->tensor + ref->input[i].tensor;
		in[i] = alloc(arena, (size_t)tensor_bytes(x));
		fill_input(in[i], x->type, elements(&x->shape), &state);
	}
	for (int i = 0; i < ref->output_count; i++)
		out[i] = alloc(arena, (size_t)tensor_bytes(ref->tensor + ref->output[i].tensor));
	evaluate_graph(ref, in, out);
	put(t, "\n/* ---- self test ---- */\n");
	for (int i = 0; i < ref->input_count; i++)
		put_record(t, p, p->job->graph->input, i, "input", in[i]);
	for (int i = 0; i < ref->output_count; i++)
		put_record(t, p, p->job->graph->output, i, "output", out[i]);
	put_test(t, p);
}
