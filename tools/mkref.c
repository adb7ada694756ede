/*
 * mkref.c: writes tables that call kernels from words.
 *
 *     mkref templates ref/x.c ...         ref_kernels[], for the compiler
 *     mkref -k templates ref/x.c ...      kernels[] of any folders, for tests/kernels
 */
#include <setjmp.h>
#include <string.h>

#include "codegen/codegen.h"

typedef struct {
	Templates *templates;
	Text text, table;
	int kernels;
	bool with_lines; /* what the machine reads above a kernel, too */
} Writer;

/* What it is called in C: in tables that hold vec+avx2 beside vec+avx512vnni two are apart. */
static const char *
function_of(Writer *w, const Template *k)
{
	const char *plus = strchr(k->folder, '+');

	return plus ? format(w->text.arena, "%s_%s", k->function, plus + 1) : k->function;
}

/* The expression of a line as a function of words; returns its name, or NULL. */
static const char *
put_line(Writer *w, const Template *k, const char *what, const Syntax *line)
{
	const char *at = line ? line->from : NULL;

	if (!line)
		return "NULL";
	put(&w->text, "\nstatic int64_t\n%s_%s(WordOf *word, void *of)\n{\n\treturn ",
		what, function_of(w, k));
	for (const Syntax *n = line; n; n = walk(line, n))
		if (n->name) {
			Value v;
			bool named = eval(&(Scope){ .source = k->source }, n, &v) == KNOWN;
			const char *word = format(w->text.arena, "word(of, \"%s\")", n->name);
			put(&w->text, "%.*s%s", (int)(n->from - at), at,
				named ? format(w->text.arena, "%d", (int)v.i) : word);
			at = n->to;
		}
	put(&w->text, "%.*s;\n}\n", (int)(line->to - at), at);
	return format(w->text.arena, "%s_%s", what, function_of(w, k));
}

/* A kernel's prototype, the function that spreads words, and its row with the parameters' names
 * and kinds. */
static void
put_kernel(Writer *w, const Template *k)
{
	static const char *const kinds[] = { "INT", "FLOAT", "POINTER", "ROWS" };
	Arena *arena = w->text.arena;
	const char *function = function_of(w, k);
	Text params = text_new(arena), names = text_new(arena), words = text_new(arena),
	     kind = text_new(arena);

	for (int i = 0; i < k->param_count; i++) {
		const Param *p = &k->param[i];
		const char *comma = i ? ", " : "";
		put(&params, "%s%s", comma, p->text);
		put(&names, "%s\"%s\"", comma, p->name);
		put(&kind, "%sPARAM_%s", comma, kinds[p->kind]);
		if (p->kind == PARAM_INT || p->kind == PARAM_FLOAT)
			put(&words, "%s(%s)w[%d].%c", comma, p->ctype, i, "if"[p->kind]);
		else
			put(&words, "%sw[%d].%s", comma, i, p->is_const ? "cp" : "p");
	}
	put(&w->text,
		"\nvoid %s(%s);\n\nstatic void\ncall_%s(const Word "
		"*w)\n{\n\t%s(%s);\n}\n",
		function, params.data, function, function, words.data);
	if (w->with_lines)
		put(&w->table, "\t{ \"%s\",", k->folder);
	put(&w->table,
		"\t{ \"%s\", %d, (const char *const[]){ %s },\n\t\t(const ParamKind[]){ "
		"%s }, "
		"call_%s },\n",
		k->name, k->param_count, names.data, kind.data, function);
	if (w->with_lines)
		put(&w->table, "\t\t%s, %s, %s, %d },\n", put_line(w, k, "cost", k->cost),
			put_line(w, k, "scratch", k->scratch),
			put_line(w, k, "acc", k->acc), k->in_place);
	w->kernels++;
}

/* All kernels of FOLDER/NAME.c: one, or the parts of a reduction. */
static void
put_file(Writer *w, const char *path)
{
	static const char *const parts[] = { NULL, "begin", "row", "end" };
	char *folder = format(w->text.arena, "%s", path), *name = strchr(folder, '/');
	int before = w->kernels;

	*strchr(name, '.') = 0;
	*name++ = 0;
	for (int i = 0; i < 4; i++) {
		const Template *k = find_template(w->templates, folder, name, parts[i]);
		if (k)
			put_kernel(w, k);
	}
	if (w->kernels == before)
		die("mkref: %s: no function %s_%.*s", path, name, (int)strcspn(folder, "+"), folder);
}

int
main(int count, char **args)
{
	jmp_buf escape;
	Diag diag = { .to = stderr, .escape = &escape };
	int first = count > 1 && !strcmp(args[1], "-k") ? 2 : 1;

	if (count <= first || setjmp(escape))
		return 1;
	Arena *arena = arena_new(&diag);
	Writer w = { templates_new(arena, &diag, NULL, 0, args[first]), text_new(arena),
		text_new(arena), 0, first == 2 };
	for (int i = first + 1; i < count; i++)
		put_file(&w, args[i]);
	printf("/* Kernels, called from words; written by tools/mkref. */\n#include "
	       "<stdbool.h>\n\n"
	       "#include \"%s\"\n%s\nconst %s[] = {\n%s\t{ 0 },\n};\nconst int %s_count "
	       "= %d;\n",
		w.with_lines ? "tests/kernels/kernels.h" : "codegen/codegen.h",
		w.text.data, w.with_lines ? "Kernel kernels" : "RefKernel ref_kernels",
		w.table.data, w.with_lines ? "kernel" : "ref_kernel", w.kernels);
	arena_free(arena);
	return fflush(stdout) || ferror(stdout);
}
