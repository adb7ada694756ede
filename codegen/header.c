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

/* "1x49x10x1" */
const char *
dims_text(Arena *arena, const Shape *shape)
{
	const char *s = shape->rank ? "" : "1";

	for (int i = 0; i < shape->rank; i++)
		s = format(arena, "%s%s%d", s, i ? "x" : "", shape->dim[i]);
	return s;
}

/* ---- names of inputs and outputs ---- */

/* Names that the generated function uses itself, and keywords of C and C++. */
static const char reserved[] = "work variant weights row rows done r b i x at valid_h run best names open selftest trace main "
	"differ apart auto break case char const continue default do double else enum extern float "
	"for goto if inline int long register restrict return short signed sizeof static struct switch "
	"typedef union unsigned void volatile while class new delete this template bool true false";

/* "segment_1", and "conv2d_0_y" and "conv2d_0_r": what a layer makes, and how far it is. */
static bool
is_local(const Program *p, const char *name)
{
	for (int i = 0; i < p->job->graph->node_count; i++) {
		size_t size = strlen(p->call[i].id);
		if (!strncmp(name, p->call[i].id, size) &&
			(!strcmp(name + size, "_y") || !strcmp(name + size, "_r")))
			return true;
	}
	return !strncmp(name, "segment_", strlen("segment_")) || !strncmp(name, "run_", strlen("run_"));
}

static bool
names_port(const Program *p, int ports, const char *name)
{
	for (int i = 0; i < ports; i++)
		if (!strcmp(p->port[i].name, name))
			return true;
	return has_word(reserved, name) || is_taken(p, name) || is_local(p, name);
}

static void
name_port(Program *p, int at, const Port *port, int number, int count, const char *kind)
{
	Arena *arena = p->job->arena;
	const Tensor *x = p->job->graph->tensor + port->tensor;
	const char *name = port->name && *port->name ? identifier(arena, port->name) :
		count == 1 ? kind : format(arena, "%s%d", kind, number);

	if (names_port(p, at, name))
		name = format(arena, "%s_%s", name, kind);
	if (names_port(p, at, name))
		name = format(arena, "%s_%d", name, at);
	p->port[at] = (PortText){ name, upper_case(arena, name), types[x->type].ctype, x,
		elements(&x->shape), tensor_bytes(x) };
}

void
name_ports(Program *p)
{
	const Graph *g = p->job->graph;

	p->inputs = g->input_count;
	p->ports = g->input_count + g->output_count;
	p->port = alloc_array(g->arena, (size_t)p->ports + 1, sizeof *p->port);
	for (int i = 0; i < g->input_count; i++)
		name_port(p, i, g->input + i, i, g->input_count, "input");
	for (int i = 0; i < g->output_count; i++)
		name_port(p, p->inputs + i, g->output + i, i, g->output_count, "output");
}

/* ---- text with holes ---- */

static void
put_hole(Text *t, const Program *p, const PortText *port, char what)
{
	switch (what) {
	case 'm': put(t, "%s", p->name); break;
	case 'M': put(t, "%s", p->upper); break;
	case 'p': put(t, "%s", port->name); break;
	case 'P': put(t, "%s", port->upper); break;
	case 't': put(t, "%s", port->type); break;
	case 'n': put(t, "%lld", (long long)port->count); break;
	case 'b': put(t, "%lld", (long long)port->bytes); break;
	case 'a': put(t, "%d", work_alignment(p->job->target)); break;
	case 'w': put(t, "%lld", (long long)p->weights_size); break;
	default: die("no hole $%c", what);
	}
}

void
put_filled(Text *t, const Program *p, const PortText *port, const char *text)
{
	for (;;) {
		size_t plain = strcspn(text, "$");

		put_bytes(t, text, plain);
		text += plain;
		if (!*text)
			return;
		put_hole(t, p, port, text[1]);
		text += 2;
	}
}

/* Fills text once for each port of a kind. */
void
put_filled_ports(Text *t, const Program *p, bool inputs, const char *text)
{
	for (int i = inputs ? 0 : p->inputs; i < (inputs ? p->inputs : p->ports); i++)
		put_filled(t, p, p->port + i, text);
}

/* ---- the header ---- */

void
put_head(Text *t, const Program *p)
{
	const Job *job = p->job;
	const Graph *g = job->graph;
	int listed = 0;

	put(t, "/*\n * %s: one inference, statically planned.\n *\n", p->name);
	put(t, " * Written by mcompile " VERSION " from %s for target %s.\n",
		comment_text(job->arena, job->source), job->target->name);
	put(t, " * Bit-exact to %s.\n", reference_names[g->semantics]);
	for (int i = 0; i < g->node_count; i++) {
		if (g->node[i].dialect == g->semantics || !p->call[i].parts)
			continue;
		if (!listed)
			put(t, " * Layers it has no kernel for, bit-exact to LiteRT's reference resolver:\n *  ");
		put(t, listed && listed % 5 == 0 ? "\n *   %s" : " %s", p->call[i].id);
		listed++;
	}
	put(t, "%s * This file is yours: output of mcompile is under no licence's conditions.\n */\n",
		listed ? "\n" : "");
}

void
put_port_macros(Text *t, const Program *p, const PortText *port)
{
	const Tensor *x = port->tensor;
	const Shape *s = x->origin.number >= 0 ? &x->origin.shape : &x->shape;

	put_filled(t, p, port, "\n#define $M_$P_COUNT $n ");
	put(t, "/* %s of %s */\n", dims_text(p->job->arena, s), port->type);
	if (port == p->port && p->reader >= 0)
		put_row_macros(t, p);
	if (x->quant.count != 1)
		return;
	put_filled(t, p, port, "#define $M_$P_SCALE ");
	put_float(t, x->quant.scale[0]);
	put_filled(t, p, port, " /* real = scale * (stored - zero) */\n#define $M_$P_ZERO ");
	put(t, x->quant.zero[0] < 0 ? "(%d)\n" : "%d\n", (int)x->quant.zero[0]);
}

void
put_parameters(Text *t, const Program *p)
{
	const char *comma = p->ports > 2 ? ",\n\t" : ", ";

	put_filled(t, p, NULL, "($m_work *work");
	for (int i = 0; i < p->ports; i++) {
		if (i < p->inputs && p->job->graph->input_mode != INPUT_CONST)
			continue;
		put(t, "%s", comma);
		put_filled(t, p, p->port + i, i < p->inputs ? "const $t $p[$n]" : "$t $p[$n]");
	}
	put(t, ")");
}

/* Whether there are conversions between real numbers and what is stored: of int8 and uint8. */
bool
is_converted(const PortText *port)
{
	return port->tensor->quant.count == 1 && is_byte(port->tensor->type);
}

static void
put_conversions(Text *t, const Program *p, const PortText *port)
{
	Type type = port->tensor->type;

	if (!is_converted(port))
		return;
	put_filled(t, p, port, "\n/* Rounds half away from zero and saturates. */\n"
		"static inline $t\n$m_quantize_$p(float real)\n{\n"
		"\tfloat v = real / $M_$P_SCALE;\n");
	put(t, "\tconst int low = %d, high = %d;\n\n", type == TYPE_s8 ? INT8_MIN : 0,
		type == TYPE_s8 ? INT8_MAX : UINT8_MAX);
	put_filled(t, p, port, "\tif (!(v > -1024.0f))\n\t\treturn ($t)low;\n"
		"\tif (v > 1024.0f)\n\t\treturn ($t)high;\n"
		"\tint q = (int)v;\n\tfloat rest = v - (float)q;\n"
		"\tq += (rest >= 0.5f) - (rest <= -0.5f) + $M_$P_ZERO;\n"
		"\treturn ($t)(q < low ? low : q > high ? high : q);\n}\n"
		"\nstatic inline float\n$m_dequantize_$p($t stored)\n{\n"
		"\treturn $M_$P_SCALE * (float)(stored - $M_$P_ZERO);\n}\n");
}

static void
put_work_type(Text *t, const Program *p)
{
	put_filled(t, p, NULL, "\n#ifndef $M_WORK_ATTR\n#define $M_WORK_ATTR /* a section, say */\n#endif\n"
		"\n#ifdef __cplusplus\n#define $M_ALIGN alignas($a)\n#else\n"
		"#define $M_ALIGN _Alignas($a)\n#endif\n\n");
	if (p->reader >= 0)
		put_state_type(t, p);
	put_filled(t, p, NULL, p->job->graph->input_mode == INPUT_FULL ?
		"/* All the memory the model needs, its input included; the caller's, wherever it lies:\n" :
		"/* All the memory the model needs beside its inputs; the caller's, wherever it lies:\n");
	put_filled(t, p, NULL, " * static $M_WORK_ATTR $m_work work; */\n"
		"typedef struct {\n\t$M_ALIGN unsigned char mem[$M_WORK_BYTES];\n");
	if (p->reader >= 0)
		put_filled(t, p, NULL, "\t$m_rows done;\n");
	if (p->weights_file)
		put_filled(t, p, NULL, "\tconst unsigned char *weights; /* set by $m_open() */\n");
	put_filled(t, p, NULL, "} $m_work;\n");
}

void
put_open_prototype(Text *t, const Program *p)
{
	if (!p->weights_file)
		return;
	put_filled(t, p, NULL, "\n#define $M_WEIGHTS_BYTES $w /* of the weights file */\n"
		"#define $M_WEIGHTS_ALIGN $a\n#define $M_WEIGHTS_ID ");
	put(t, "UINT64_C(0x%016llx)\n", (unsigned long long)p->identity);
	put_filled(t, p, NULL, "\n/*\n * Tells the work area where the weights file lies: mapped or linked, aligned, there as long\n"
		" * as the model runs.  0: by its header it is this model's; else nothing has changed, and what\n"
		" * was open still is.  The bytes behind the header are not looked at: runtime-min's\n"
		" * mrt_weights_check() does, with $M_WEIGHTS_BYTES, _ALIGN and _ID.\n */\n"
		"int $m_open($m_work *work, const void *weights, size_t bytes);\n");
}

static void
put_prototypes(Text *t, const Program *p)
{
	put_open_prototype(t, p);
	if (p->job->graph->input_mode == INPUT_FULL) {
		put(t, "\n/* Write the input here before each run; the run destroys it. */\n");
		put_filled_ports(t, p, true, "$t *$m_$p($m_work *work);\n");
	}
	if (p->reader >= 0) {
		put_push_prototypes(t, p);
	} else {
		put(t, "\n/* One inference.  Several may run at once, each with a work area of its own. */\n");
		put_filled(t, p, NULL, "void $m_run");
		put_parameters(t, p);
		put(t, ";\n");
	}
	if (p->variants > 1)
		put_target_prototype(t, p);
	if (p->job->selftest)
		put_filled(t, p, NULL, "\n/* Runs a recorded input: 0 if the output is the recorded one: every byte of it, floats\n"
			" * to 1e-5 of the largest. */\n"
			"int $m_selftest($m_work *work);\n");
}

void
put_labels(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;

	if (!g->label_count)
		return;
	put_filled(t, p, NULL, "\n#define $M_LABELS { \\\n");
	for (int i = 0; i < g->label_count; i++)
		put(t, "\t\"%s\", \\\n", comment_text(p->job->arena, g->label[i]));
	put(t, "}\n");
}

void
put_header(Text *t, const Program *p)
{
	long long bytes = (long long)p->job->graph->work_bytes;

	put_head(t, p);
	put_filled(t, p, NULL, "#ifndef $M_H\n#define $M_H\n\n");
	put(t, p->weights_file ? "#include <stddef.h>\n#include <stdint.h>\n" : "#include <stdint.h>\n");
	put(t, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
	put_filled(t, p, NULL, "\n#define $M_WORK_BYTES ");
	put(t, "%lld\n", bytes ? bytes : 1);
	for (int i = 0; i < p->ports; i++)
		put_port_macros(t, p, p->port + i);
	put_labels(t, p);
	put_work_type(t, p);
	put_prototypes(t, p);
	for (int i = 0; i < p->ports; i++)
		put_conversions(t, p, p->port + i);
	put(t, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
