/* mkref.c: writes the table that calls any ref kernel from words: mkref templates/ref/x.c ... */
#include <setjmp.h>
#include <string.h>

#include "codegen/codegen.h"

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

/* A kernel's prototype, its parameters' names and kinds, and the function that spreads words. */
static void
put_kernel(Text *t, Text *table, const Template *k)
{
	put(t, "\nvoid %s(", k->function);
	for (int i = 0; i < k->param_count; i++)
		put(t, "%s%s", i ? ", " : "", k->param[i].text);
	put(t, ");\n\nstatic const char *const %s_names[] = { ", k->name);
	for (int i = 0; i < k->param_count; i++)
		put(t, "\"%s\", ", k->param[i].name);
	put(t, "};\nstatic const ParamKind %s_kinds[] = { ", k->name);
	for (int i = 0; i < k->param_count; i++)
		put(t, "%s, ", kinds[k->param[i].kind]);
	put(t, "};\n\nstatic void\ncall_%s(const Word *w)\n{\n\t%s(", k->name, k->function);
	for (int i = 0; i < k->param_count; i++) {
		put(t, "%s", i ? ", " : "");
		put_argument(t, &k->param[i], i);
	}
	put(t, ");\n}\n");
	put(table, "\t{ \"%s\", %d, %s_names, %s_kinds, call_%s },\n", k->name, k->param_count,
		k->name, k->name, k->name);
}

/* All kernels of DIR/FOLDER/NAME.c: one, or the parts of a reduction. */
static int
put_file(Text *t, Text *table, Arena *arena, Diag *diag, const char *path)
{
	static const char *const parts[] = { NULL, "begin", "row", "end" };
	char *folder = format(arena, "%s", path), *file, *dot;
	int count = 0;

	if (!(file = strrchr(folder, '/')) || !(dot = strrchr(file, '.')))
		die("mkref: not DIR/FOLDER/NAME.c: %s", path);
	*file++ = *dot = 0;
	char *name = strrchr(folder, '/');
	const char *dir = name ? folder : ".";
	if (name)
		*name++ = 0;
	Templates *templates = templates_new(arena, diag, NULL, 0, dir);
	for (int i = 0; i < 4; i++) {
		const Template *k = find_template(templates, name ? name : folder, file, parts[i]);
		if (k) {
			put_kernel(t, table, k);
			count++;
		}
	}
	if (!count)
		die("mkref: %s: no function %s_%s", path, file, name ? name : folder);
	return count;
}

int
main(int count, char **args)
{
	jmp_buf escape;
	Diag diag = { .to = stderr, .escape = &escape };
	int kernels = 0;

	if (setjmp(escape))
		return 1;
	Arena *arena = arena_new(&diag);
	Text text = text_new(arena), table = text_new(arena);
	put(&text, "/* Any ref kernel, called from words; written by tools/mkref. */\n"
		"#include <stdbool.h>\n\n#include \"codegen/codegen.h\"\n");
	for (int i = 1; i < count; i++)
		kernels += put_file(&text, &table, arena, &diag, args[i]);
	put(&text, "\nconst RefKernel ref_kernels[] = {\n%s\t{ 0 },\n};\n"
		"const int ref_kernel_count = %d;\n", table.data, kernels);
	fputs(text.data, stdout);
	arena_free(arena);
	return fflush(stdout) || ferror(stdout);
}
