/* header.c: the .h that the user includes: types, prototypes, scales. */
#include <string.h>

#include "codegen.h"

enum { COMMENT_MOST = 60 };

/* A model's text inside a comment: printable, short, its end rather than its start. */
const char *
comment_text(Arena *arena, const char *text)
{
	size_t size = strlen(text);
	char *s = format(arena, "%s", size > COMMENT_MOST ? text + size - COMMENT_MOST : text);

	for (char *p = s; *p; p++)
		if (*p < ' ' || *p > '~' || (p[0] == '*' && p[1] == '/') || (p[0] == '/' && p[1] == '*'))
			*p = '_';
	return s;
}

/* Names that the generated function uses itself, and C's keywords. */
static const char *const reserved[] = { "work", "weights", "r", "b", "i", "x", "at", "valid_h",
	"auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
	"enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
	"restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
	"union", "unsigned", "void", "volatile", "while", "class", "new", "delete", "this",
	"template", "bool", "true", "false", "run", "open", "selftest", "trace", "main" };

static const char *
plain_name(const Program *p, const Port *port, int count, int i, const char *kind)
{
	Arena *arena = p->job->arena;
	const char *name;

	if (!port[i].name || !*port[i].name)
		return count == 1 ? kind : format(arena, "%s%d", kind, i);
	name = identifier(arena, port[i].name);
	if (find_name(reserved, sizeof reserved / sizeof *reserved, name) >= 0 || is_taken(p, name))
		return format(arena, "%s_%s", name, kind);
	return name;
}

const char *
port_name(const Program *p, const Port *port, int i, const char *kind)
{
	const Graph *g = p->job->graph;
	bool inputs = port == g->input;
	int count = inputs ? g->input_count : g->output_count;
	const char *name = plain_name(p, port, count, i, kind);

	for (int k = 0; k < i; k++)
		if (!strcmp(plain_name(p, port, count, k, kind), name))
			return format(p->job->arena, "%s_%d", name, i);
	for (int k = 0; !inputs && k < g->input_count; k++)
		if (!strcmp(port_name(p, g->input, k, "input"), name))
			return format(p->job->arena, "%s_out", name);
	return name;
}

/* ---- the header ---- */

void
put_head(Text *t, const Program *p, const char *what)
{
	const Job *job = p->job;
	const Graph *g = job->graph;

	put(t, "/*\n * %s: %s\n *\n", p->name, what);
	put(t, " * Written by mcompile " VERSION " from %s for target %s.\n",
		comment_text(job->arena, job->source), target_name(job->arena, job->target));
	put(t, " * Bit-exact to %s.\n", reference_names[g->semantics]);
	for (int i = 0, listed = 0; i < g->node_count; i++)
		if (g->node[i].dialect != g->semantics && p->call[i].parts)
			put(t, "%s%s", listed++ % 6 ? ", " : listed == 1 ?
				" * Layers it has no kernel for, bit-exact to LiteRT's reference resolver:\n *   " :
				",\n *   ", p->call[i].id);
	if (t->data[t->size - 1] != '\n')
		put(t, "\n");
	put(t, " * This file is yours: output of mcompile is under no licence's conditions.\n */\n");
}

static const char *
port_type(const Tensor *t)
{
	return types[t->type].ctype;
}

static void
put_port_macros(Text *t, const Program *p, const Port *port, int i, const char *kind)
{
	const Graph *g = p->job->graph;
	const Tensor *x = g->tensor + port[i].tensor;
	const Shape *s = x->origin.number >= 0 ? &x->origin.shape : &x->shape;
	const char *name = format(p->job->arena, "%s_%s", p->upper,
		upper_case(p->job->arena, port_name(p, port, i, kind)));

	put(t, "\n#define %s_COUNT %lld /* ", name, (long long)elements(&x->shape));
	for (int k = 0; k < s->rank; k++)
		put(t, "%s%d", k ? "x" : "", s->dim[k]);
	put(t, " of %s */\n", port_type(x));
	if (x->quant.count != 1)
		return;
	put(t, "#define %s_SCALE ", name);
	put_float(t, x->quant.scale[0]);
	put(t, " /* real = scale * (stored - zero) */\n");
	put(t, x->quant.zero[0] < 0 ? "#define %s_ZERO (%d)\n" : "#define %s_ZERO %d\n", name,
		(int)x->quant.zero[0]);
}

void
put_parameters(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;

	const char *comma = g->input_count + g->output_count > 2 ? ",\n\t" : ", ";

	put(t, "(%s_work *work", p->name);
	for (int i = 0; i < g->input_count && g->input_mode == INPUT_CONST; i++) {
		const Tensor *x = g->tensor + g->input[i].tensor;
		put(t, "%sconst %s %s[%lld]", comma, port_type(x), port_name(p, g->input, i, "input"),
			(long long)elements(&x->shape));
	}
	for (int i = 0; i < g->output_count; i++) {
		const Tensor *x = g->tensor + g->output[i].tensor;
		put(t, "%s%s %s[%lld]", comma, port_type(x), port_name(p, g->output, i, "output"),
			(long long)elements(&x->shape));
	}
	put(t, ")");
}

void
put_input_prototype(Text *t, const Program *p, int i, const char *between)
{
	const Graph *g = p->job->graph;

	put(t, "%s *%s%s_%s(%s_work *work)", port_type(g->tensor + g->input[i].tensor), between,
		p->name, port_name(p, g->input, i, "input"), p->name);
}

/* Conversions between real numbers and what is stored, for int8 and uint8 ports. */
static void
put_conversions(Text *t, const Program *p, const Port *port, int i, const char *kind)
{
	const Tensor *x = p->job->graph->tensor + port[i].tensor;
	const char *name = port_name(p, port, i, kind), *macro = upper_case(p->job->arena, name);
	const char *type = port_type(x);

	if (x->quant.count != 1 || types[x->type].bytes != 1)
		return;
	put(t, "\n/* Rounds half away from zero and saturates. */\nstatic inline %s\n"
		"%s_quantize_%s(float real)\n{\n", type, p->name, name);
	put(t, "\tfloat v = real / %s_%s_SCALE;\n", p->upper, macro);
	put(t, "\tint low = %s, high = %s;\n\n", x->type == TYPE_s8 ? "-128" : "0",
		x->type == TYPE_s8 ? "127" : "255");
	put(t, "\tif (!(v > -1024.0f))\n\t\treturn (%s)low;\n", type);
	put(t, "\tif (v > 1024.0f)\n\t\treturn (%s)high;\n", type);
	put(t, "\tint q = (int)(v < 0 ? v - 0.5f : v + 0.5f) + %s_%s_ZERO;\n", p->upper, macro);
	put(t, "\treturn (%s)(q < low ? low : q > high ? high : q);\n}\n", type);
	put(t, "\nstatic inline float\n%s_dequantize_%s(%s stored)\n{\n", p->name, name, type);
	put(t, "\treturn %s_%s_SCALE * (float)(stored - %s_%s_ZERO);\n}\n", p->upper, macro, p->upper,
		macro);
}

static void
put_work_type(Text *t, const Program *p)
{
	int align = work_alignment(p->job->target);

	put(t, "\n#ifdef __cplusplus\n#define %s_ALIGN alignas(%d)\n#else\n"
		"#define %s_ALIGN _Alignas(%d)\n#endif\n", p->upper, align, p->upper, align);
	put(t, "\n/* All the memory the model needs%s; the caller's, wherever it lies:\n"
		" * static %s_WORK_ATTR %s_work work; */\n",
		p->job->graph->input_mode == INPUT_FULL ? ", its input included" : "", p->upper, p->name);
	put(t, "typedef struct {\n\t%s_ALIGN unsigned char mem[%s_WORK_BYTES];\n", p->upper, p->upper);
	if (p->weights_file)
		put(t, "\tconst unsigned char *weights; /* set by %s_open() */\n", p->name);
	put(t, "} %s_work;\n", p->name);
}

static void
put_weights_prototype(Text *t, const Program *p)
{
	put(t, "\n#define %s_WEIGHTS_BYTES %lld /* of the weights file */\n", p->upper,
		(long long)p->weights_size);
	put(t, "\n/*\n * Tells the work area where the weights file lies: mapped or linked, aligned to %d\n"
		" * bytes, there as long as the model runs.  0: it is this model's; else do not run.\n */\n",
		work_alignment(p->job->target));
	put(t, "int %s_open(%s_work *work, const void *weights, size_t bytes);\n", p->name, p->name);
}

static void
put_prototypes(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;

	if (p->weights_file)
		put_weights_prototype(t, p);
	if (g->input_mode == INPUT_FULL)
		put(t, "\n/* Write the input here before each run; the run destroys it. */\n");
	for (int i = 0; i < g->input_count && g->input_mode == INPUT_FULL; i++) {
		put_input_prototype(t, p, i, "");
		put(t, ";\n");
	}
	put(t, "\n/* One inference.  Several may run at once, each with a work area of its own. */\n");
	put(t, "void %s_run", p->name);
	put_parameters(t, p);
	put(t, ";\n");
	if (p->job->selftest)
		put(t, "\n/* Runs a recorded input: 0 if every byte of the output is the recorded one. */\n"
			"int %s_selftest(%s_work *work);\n", p->name, p->name);
}

static void
put_labels(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;

	if (!g->label_count)
		return;
	put(t, "\n#define %s_LABELS { \\\n", p->upper);
	for (int i = 0; i < g->label_count; i++)
		put(t, "\t\"%s\", \\\n", comment_text(p->job->arena, g->label[i]));
	put(t, "}\n");
}

void
put_header(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;

	put_head(t, p, "an inference, statically planned");
	put(t, "#ifndef %s_H\n#define %s_H\n\n", p->upper, p->upper);
	put(t, p->weights_file ? "#include <stddef.h>\n#include <stdint.h>\n" : "#include <stdint.h>\n");
	put(t, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
	put(t, "#define %s_WORK_BYTES %lld\n", p->upper,
		(long long)(g->work_bytes ? g->work_bytes : 1));
	for (int i = 0; i < g->input_count; i++)
		put_port_macros(t, p, g->input, i, "input");
	for (int i = 0; i < g->output_count; i++)
		put_port_macros(t, p, g->output, i, "output");
	put_labels(t, p);
	put(t, "\n#ifndef %s_WORK_ATTR\n#define %s_WORK_ATTR /* a section, say */\n#endif\n", p->upper,
		p->upper);
	put_work_type(t, p);
	put_prototypes(t, p);
	for (int i = 0; i < g->input_count; i++)
		put_conversions(t, p, g->input, i, "input");
	for (int i = 0; i < g->output_count; i++)
		put_conversions(t, p, g->output, i, "output");
	put(t, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
