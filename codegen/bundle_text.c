/* bundle_text.c: the .h and .c of a bundle: a table of its variants, functions over all of them. */
#include <string.h>

#include "codegen.h"

/* ---- the header ---- */

static void
put_table(Text *t, const Bundle *b)
{
	put_filled(t, &b->face, NULL, "\n#define $M_VARIANTS ");
	put(t, "%d\nenum {", b->count);
	for (int i = 0; i < b->count; i++)
		put(t, "%s %s_%s", i ? "," : "", b->face.upper, b->member[i].upper);
	put_filled(t, &b->face, NULL, " };\nenum { $M_NO_VARIANT = -1 };\n\n"
		"/* Name, quality, milliseconds, watts over idle, periods of the requests from inference to\n"
		" * inference; 0: not known.  What runtime-min's struct mrt_variant takes. */\n"
		"#define $M_TABLE { \\\n");
	for (int i = 0; i < b->count; i++) {
		put(t, "\t{ \"%s\"", b->member[i].name);
		for (int k = 0; k < FIGURE_COUNT; k++) {
			const char *number = format(b->arena, "%.6g", b->member[i].figure[k]);
			put(t, ", %s%s", number, strpbrk(number, ".e") ? "f" : "");
		}
		put(t, " }, \\\n");
	}
	put(t, "}\n");
}

static void
put_work(Text *t, const Bundle *b)
{
	const char *tab = b->face.weights_file ? "\t" : "";

	put_filled(t, &b->face, NULL, "\n/* All the memory that any variant needs, for one at a time; "
		"the caller's, wherever it lies. */\ntypedef ");
	put(t, b->face.weights_file ? "struct {\n\tunion {\n" : "union {\n");
	for (int i = -1; next_program(b, &i);)
		put(t, "%s\t%s_work %s;\n", tab, b->member[i].program->name, b->member[i].program->name);
	if (b->face.weights_file)
		put_filled(t, &b->face, NULL, "\t} at;\n\tconst unsigned char *weights; /* set by $m_open() */\n");
	put_filled(t, &b->face, NULL, "} $m_work;\n\n"
		"#ifdef __cplusplus\n#define $M_ASSERT static_assert\n#else\n"
		"#define $M_ASSERT _Static_assert\n#endif\n"
		"$M_ASSERT(sizeof($m_work) <= $M_WORK_BYTES, \"$m.h: of another run of mcompile\");\n");
	for (int i = -1; next_program(b, &i);) {
		const Program *p = b->member[i].program;
		int64_t bytes = p->job->graph->work_bytes;
		put(t, "%s_ASSERT(%s_WORK_BYTES == %lld,\n\t\"%s.h and %s.h: of different runs of mcompile\");\n",
			b->face.upper, p->upper, (long long)(bytes ? bytes : 1), p->name, b->face.name);
	}
}

/* A function over all variants, which calls the same of one. */
typedef struct {
	const char *type, *name;      /* "int", "run" */
	const PortText *port;         /* the name ends in its name; NULL: in none */
	const char *before, *pointer; /* parameter and argument before the variant: the work area */
	const char *parameters, *arguments, *none;
	bool returns; /* what the variant's does; else 0 */
} Choice;

static const char *
filled(const Bundle *b, const PortText *port, const char *text)
{
	Text t = text_new(b->arena);

	put_filled(&t, &b->face, port, text);
	return t.data;
}

/* Of NAME_run() or NAME_finish(): what follows the variant. */
static const char *
ports_of(const Bundle *b, const char *input, const char *output)
{
	const bool inputs = b->face.job->graph->input_mode == INPUT_CONST;
	Text t = text_new(b->arena);

	put_filled_ports(&t, &b->face, true, inputs ? input : "");
	put_filled_ports(&t, &b->face, false, output);
	return t.data;
}

enum { CHOICES_BESIDE_INPUTS = 3 };

static Choice *
choices_of(const Bundle *b, int *count)
{
	const Program *p = &b->face;
	Choice *list = alloc_array(b->arena, (size_t)p->inputs + CHOICES_BESIDE_INPUTS, sizeof *list);
	Choice c = { .type = "int ", .name = "run", .before = filled(b, NULL, "$m_work *work, "),
		.pointer = "work", .parameters = ports_of(b, ", const $t $p[$n]", ", $t $p[$n]"),
		.arguments = ports_of(b, ", $p", ", $p"), .none = filled(b, NULL, "$M_NO_VARIANT") };

	*count = 0;
	for (int i = 0; i < p->inputs && p->job->graph->input_mode == INPUT_FULL; i++) {
		const PortText *port = p->port + i;
		list[(*count)++] = (Choice){ filled(b, port, "$t *"), "", port, c.before, "work", "", "",
			"0", true };
	}
	if (p->reader < 0) {
		list[(*count)++] = c;
		return list;
	}
	c.name = "finish";
	c.returns = true;
	list[(*count)++] = (Choice){ "int ", "begin", NULL, c.before, "work", "", "", c.none, false };
	list[(*count)++] = (Choice){ "int ", "push", NULL, c.before, "work",
		filled(b, p->port, ", const $t *$p, int rows"), filled(b, p->port, ", $p, rows"), c.none, true };
	list[(*count)++] = c;
	return list;
}

static void
put_signature(Text *t, const Bundle *b, const Choice *c, const char *end_of_type)
{
	int size = (int)strlen(c->type);

	while (size && *end_of_type && c->type[size - 1] == ' ')
		size--;
	put(t, "%.*s%s%s_%s%s(%sint variant%s)", size, c->type, end_of_type, b->name, c->name,
		c->port ? c->port->name : "", c->before, c->parameters);
}

static void
put_choice_of(Text *t, const Bundle *b, const Choice *c)
{
	const bool weights = b->face.weights_file && *c->pointer;

	put(t, "\n{\n\tswitch (variant) {\n");
	for (int i = -1; next_program(b, &i);) {
		const Program *p = b->member[i].program;
		for (int k = i; k < b->count; k++)
			if (b->member[k].program == p)
				put(t, "\tcase %s_%s:\n", b->face.upper, b->member[k].upper);
		if (weights)
			put(t, "\t\twork->at.%s.weights = work->weights;\n", p->name);
		put(t, "\t\t%s%s_%s%s(", c->returns ? "return " : "", p->name, c->name,
			c->port ? p->port[c->port - b->face.port].name : "");
		if (*c->pointer)
			put(t, "&work->%s%s", weights ? "at." : "", p->name);
		put(t, "%s);\n%s", c->arguments, c->returns ? "" : "\t\treturn 0;\n");
	}
	put(t, "\tdefault:\n\t\treturn %s;\n\t}\n}\n", c->none);
}

static void
put_prototypes(Text *t, const Bundle *b)
{
	int count;
	const Choice *list = choices_of(b, &count);

	put_open_prototype(t, &b->face); /* of all variants' */
	put_filled(t, &b->face, NULL, b->face.reader >= 0 ?
		"\n/*\n * As the variants' own functions. No other variant before the end: they lie on the same\n"
		" * bytes. $M_NO_VARIANT: there is no such variant, and nothing was done.\n */\n" :
		b->face.job->graph->input_mode == INPUT_FULL ?
		"\n/*\n * Write the input of the variant that is to run where the first says (NULL: there is no\n"
		" * such variant): no other's is kept. The run destroys it and returns 0; or $M_NO_VARIANT,\n"
		" * having done nothing.\n */\n" :
		"\n/* One inference: 0; $M_NO_VARIANT: there is no such variant, and nothing was done. */\n");
	for (int i = 0; i < count; i++) {
		put_signature(t, b, list + i, "");
		put(t, ";\n");
	}
}

/* Real numbers of each variant, as its own functions make them. */
static void
put_conversions_of(Text *t, const Bundle *b, int i)
{
	const PortText *port = b->face.port + i;
	const Choice both[] = {
		{ filled(b, port, "static inline $t "), "quantize_", port, "", "", ", float real", "real",
			"0", true },
		{ "static inline float ", "dequantize_", port, "", "", filled(b, port, ", $t stored"),
			"stored", "0", true },
	};

	for (int k = 0; k < 2 && b->converts[i]; k++) {
		put(t, k || b->one_quant[i] ? "\n" : "\n/* Each variant stores its own multiples. */\n");
		put_signature(t, b, both + k, "\n");
		put_choice_of(t, b, both + k);
	}
}

static void
put_head_of(Text *t, const Bundle *b)
{
	put(t, "/*\n * %s: %d variants with one interface.\n *\n * Written by mcompile " VERSION ".\n",
		b->name, b->count);
	for (int i = 0; i < b->count; i++) {
		const Job *job = b->member[i].program->job;
		put(t, " *   %s: %s for target %s, --optimize %s\n", b->member[i].name,
			comment_text(b->arena, job->source), job->target->name,
			optimize_names[job->graph->optimize]);
	}
	put(t, " * This file is yours: output of mcompile is under no licence's conditions.\n */\n");
}

Text
bundle_header(const Bundle *b)
{
	Text t = text_new(b->arena);
	int64_t apart, most = all_work(b, &apart);

	put_head_of(&t, b);
	put_filled(&t, &b->face, NULL, "#ifndef $M_H\n#define $M_H\n\n");
	for (int i = -1; next_program(b, &i);)
		put(&t, "#include \"%s.h\"\n", b->member[i].program->name);
	put(&t, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
	put_table(&t, b);
	put_filled(&t, &b->face, NULL, "\n#define $M_WORK_BYTES ");
	put(&t, "%lld /* the variants' own come to %lld */\n", (long long)most, (long long)apart);
	for (int i = 0; i < b->face.ports; i++)
		put_port_macros(&t, &b->face, b->face.port + i);
	put_labels(&t, &b->face);
	put_work(&t, b);
	put_prototypes(&t, b);
	for (int i = 0; i < b->face.ports; i++)
		put_conversions_of(&t, b, i);
	put(&t, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
	return t;
}

/* ---- the source ---- */

/* A file's open() is asked of one whose alignment is the greatest. */
static void
put_open_of(Text *t, const Bundle *b)
{
	const Program *p = b->member[0].program;

	for (int i = 1; i < b->count; i++)
		if (b->member[i].program->job->target->alignment > p->job->target->alignment)
			p = b->member[i].program;
	put_filled(t, &b->face, NULL,
		"\nint\n$m_open($m_work *work, const void *weights, size_t bytes)\n{\n");
	put_filled(t, p, NULL, "\tconst int code = $m_open(&work->at.$m, weights, bytes);\n\n"
		"\tif (code == 0)\n\t\twork->weights = work->at.$m.weights;\n\treturn code;\n}\n");
}

Text
bundle_source(const Bundle *b)
{
	Text t = text_new(b->arena), arrays = bundle_arrays(b);
	int count;
	const Choice *list = choices_of(b, &count);

	put_head_of(&t, b);
	put(&t, "#include \"%s.h\"\n", b->name);
	put_bytes(&t, arrays.data, arrays.size);
	put(&t, arrays.size ? "\n/* ---- variants ---- */\n" : "");
	if (b->face.weights_file)
		put_open_of(&t, b);
	for (int i = 0; i < count; i++) {
		put(&t, "\n");
		put_signature(&t, b, list + i, "\n");
		put_choice_of(&t, b, list + i);
	}
	return t;
}
