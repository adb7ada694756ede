/*
 * mkref.c: writes tables that call kernels from words.
 *
 *     mkref templates/ref/x.c ...         ref_kernels[], for the compiler
 *     mkref -k templates/ref/x.c ...      kernels[] of any folders, for tests/kernels
 */
#include <setjmp.h>
#include <string.h>

#include "codegen/codegen.h"

typedef struct {
	Arena *arena;
	Diag *diag;
	Text text, table;
	int kernels;
	bool with_lines; /* what the machine reads above a kernel, too */
} Writer;

static const char *const kinds[] = { "PARAM_INT", "PARAM_FLOAT", "PARAM_POINTER", "PARAM_ROWS" };

static void
put_argument(Text *t, const Param *p, int i)
{
	const char *constant = p->is_const ? "const " : "";

	switch (p->kind) {
	case PARAM_INT: put(t, "(%s)w[%d].i", p->ctype, i); break;
	case PARAM_FLOAT: put(t, "(%s)w[%d].f", p->ctype, i); break;
	case PARAM_POINTER:
		put(t, "(%s%s *)w[%d].%s", constant, p->ctype, i, p->is_const ? "cp" : "p");
		break;
	case PARAM_ROWS: put(t, "(%s%s *const *)w[%d].cp", constant, p->ctype, i); break;
	}
}

/* The expression of a line as a function of words; returns its name, or NULL. */
static const char *
put_line(Writer *w, const Template *k, const char *what, const Syntax *line)
{
	Text *t = &w->text;
	const char *seen = "";

	if (!line)
		return "NULL";
	put(t, "\nstatic int64_t\n%s_%s(WordOf *word, void *of)\n{\n", what, k->function);
	for (const Syntax *n = line; n; n = walk(line, n)) {
		const char *name = text_of(w->arena, n);
		if (!is_kind(n, "identifier") || has_word(seen, name))
			continue;
		seen = format(w->arena, "%s %s", seen, name);
		put(t, "\tint64_t %s = word(of, \"%s\");\n", name, name);
	}
	put(t, "\n\treturn %s;\n}\n", text_of(w->arena, line));
	return format(w->arena, "%s_%s", what, k->function);
}

static void
put_row(Writer *w, const Template *k)
{
	const char *cost, *scratch, *acc, *f = k->function;

	if (!w->with_lines) {
		put(&w->table, "\t{ \"%s\", %d, %s_names, %s_kinds, call_%s },\n", k->name,
			k->param_count, f, f, f);
		return;
	}
	cost = put_line(w, k, "cost", k->cost);
	scratch = put_line(w, k, "scratch", k->scratch);
	acc = put_line(w, k, "acc", k->acc);
	put(&w->table, "\t{ \"%s\", { \"%s\", %d, %s_names, %s_kinds, call_%s },\n"
		"\t\t%s, %s, %s, %d },\n", k->folder, k->name, k->param_count, f, f, f, cost,
		scratch, acc, k->in_place);
}

/* A kernel's prototype, its parameters' names and kinds, and the function that spreads words. */
static void
put_kernel(Writer *w, const Template *k)
{
	Text *t = &w->text;

	put(t, "\nvoid %s(", k->function);
	for (int i = 0; i < k->param_count; i++)
		put(t, "%s%s", i ? ", " : "", k->param[i].text);
	put(t, ");\n\nstatic const char *const %s_names[] = { ", k->function);
	for (int i = 0; i < k->param_count; i++)
		put(t, "\"%s\", ", k->param[i].name);
	put(t, "};\nstatic const ParamKind %s_kinds[] = { ", k->function);
	for (int i = 0; i < k->param_count; i++)
		put(t, "%s, ", kinds[k->param[i].kind]);
	put(t, "};\n\nstatic void\ncall_%s(const Word *w)\n{\n\t%s(", k->function, k->function);
	for (int i = 0; i < k->param_count; i++) {
		put(t, "%s", i ? ", " : "");
		put_argument(t, &k->param[i], i);
	}
	put(t, ");\n}\n");
	put_row(w, k);
	w->kernels++;
}

/* All kernels of DIR/FOLDER/NAME.c: one, or the parts of a reduction. */
static void
put_file(Writer *w, const char *path)
{
	static const char *const parts[] = { NULL, "begin", "row", "end" };
	char *folder = format(w->arena, "%s", path), *file, *dot;
	int before = w->kernels;

	if (!(file = strrchr(folder, '/')) || !(dot = strrchr(file, '.')))
		die("mkref: not DIR/FOLDER/NAME.c: %s", path);
	*file++ = *dot = 0;
	char *name = strrchr(folder, '/');
	const char *dir = name ? folder : ".";
	if (name)
		*name++ = 0;
	Templates *templates = templates_new(w->arena, w->diag, NULL, 0, dir);
	for (int i = 0; i < 4; i++) {
		const Template *k = find_template(templates, name ? name : folder, file, parts[i]);
		if (k)
			put_kernel(w, k);
	}
	if (w->kernels == before)
		die("mkref: %s: no function %s_%s", path, file, name ? name : folder);
}

int
main(int count, char **args)
{
	jmp_buf escape;
	Diag diag = { .to = stderr, .escape = &escape };
	const volatile bool with_lines = count > 1 && !strcmp(args[1], "-k");
	const char *name = with_lines ? "kernels" : "ref_kernels";

	if (setjmp(escape))
		return 1;
	Arena *arena = arena_new(&diag);
	Writer w = { arena, &diag, text_new(arena), text_new(arena), 0, with_lines };
	put(&w.text, "/* Kernels, called from words; written by tools/mkref. */\n"
		"#include <stdbool.h>\n\n#include \"%s\"\n",
		with_lines ? "tests/kernels/kernels.h" : "codegen/codegen.h");
	for (int i = 1 + with_lines; i < count; i++)
		put_file(&w, args[i]);
	put(&w.text, "\nconst %s %s[] = {\n%s\t{ 0 },\n};\nconst int %s_count = %d;\n",
		with_lines ? "Kernel" : "RefKernel", name, w.table.data,
		with_lines ? "kernel" : "ref_kernel", w.kernels);
	fputs(w.text.data, stdout);
	arena_free(arena);
	return fflush(stdout) || ferror(stdout);
}
