/* test_templates.c: every template keeps the rules, and what binding makes of it compiles without
 * a warning and computes the same. */
#define _DEFAULT_SOURCE /* mkstemps() */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codegen/codegen.h"

static const char warnings[] =
	"-std=c11 -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror";

/* Folders that this machine's compilers can compile, and how; or which other one. */
static const struct { const char *folder, *flags, *compiler; } folders[] = {
	{ "vec+neon", "", "aarch64-linux-gnu-gcc" },
	{ "hvx", "--target=hexagon-unknown-linux-musl -mcpu=hexagonv66 -mhvx -mhvx-length=128B "
		"-nostdlibinc -isystem \"$SRC\"/machines/hexagon/include", "clang-19" },
	{ "vec+hvx", "--target=hexagon-unknown-linux-musl -mcpu=hexagonv66 -mhvx -mhvx-length=128B "
		"-nostdlibinc -isystem \"$SRC\"/machines/hexagon/include", "clang-19" },
	{ "ref", "", NULL },
	{ "mve", "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard", "arm-none-eabi-gcc" },
	{ "vec+mve", "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard", "arm-none-eabi-gcc" },
	{ "m4", "", NULL }, /* in C; the instructions: tests/emulated */
	{ "vec+scalar", "", NULL },
#ifdef __x86_64__
	{ "vec+sse2", "", NULL },
	{ "avx2", "-mavx2 -mfma", NULL },
	{ "dot256+avx2", "-mavx2 -mfma", NULL },
	{ "dot256+avxvnni", "-mavxvnni -mavx2 -mfma", NULL },
	{ "vec+avx2", "-mavx2 -mfma", NULL },
	{ "avx512vnni", "-mavx512bw -mavx512vl -mavx512vnni -mfma", NULL },
	{ "vec+avx512vnni", "-mavx512bw -mavx512vl -mavx512vnni -mfma", NULL },
#endif
};

typedef struct {
	Diag diag;
	jmp_buf escape;
	Arena *arena;
	Templates *templates;
} Session;

static void
begin(Session *s)
{
	memset(s, 0, sizeof *s);
	s->diag = (Diag){ .to = stderr, .escape = &s->escape };
	s->arena = arena_new(&s->diag);
	s->templates = templates_new(s->arena, &s->diag, template_files, template_file_count, NULL);
}

/* Whether file i is a kernel of the folder: of vec+avx2 those of vec are. */
static bool
is_in(int i, const char *folder)
{
	size_t size = strlen(template_files[i].folder);

	return !strncmp(template_files[i].folder, folder, size) && strchr("+", folder[size]);
}

/* The kernels of file i as the folder's, by part: their number. */
static int
kernels_of(Session *s, int i, const char *folder, const Template *out[4])
{
	static const char *const parts[] = { NULL, "begin", "row", "end" };
	const TemplateFile *f = &template_files[i];
	const char *dot = strrchr(f->file, '.');
	int count = 0;

	if (strcmp(dot, ".c") != 0)
		return 0;
	const char *name = format(s->arena, "%.*s", (int)(dot - f->file), f->file);
	for (int p = 0; p < 4; p++) {
		const Template *k = find_template(s->templates, folder, name, parts[p]);
		if (k)
			out[count++] = k;
	}
	bool floats = strstr(f->text, "\"floats.h\"") || strstr(f->text, "\"tile.h\"");
	cr_expect(count || floats /* which a vec.h may lack */, "%s/%s: no function %s_%s", f->folder, f->file, name, f->folder);
	return count;
}

/* ---- the rules */

static bool
is_number(const Param *p)
{
	return p->kind == PARAM_INT || p->kind == PARAM_FLOAT;
}

/* Numbers are bound, so their names must mean one thing throughout. */
static const char *
fault_of_name(const Template *k, const Syntax *n)
{
	for (int i = 0; i < k->param_count; i++) {
		if (!is_kind(n, "identifier") || !text_is(n, k->param[i].name))
			continue;
		if (is_declarator(n))
			return "a parameter is shadowed";
		if (is_number(&k->param[i]) && is_target(n))
			return "a number among the parameters is assigned or its address taken";
		if (is_number(&k->param[i]) && has_word("size_t int64_t", k->param[i].ctype) &&
				is_kind(field_of(n->parent, "operator"), "+ - * / % << >>"))
			return "a wide number in arithmetic"; /* bound, it would be an int */
	}
	return NULL;
}

/* But for a comment behind a statement. */
static bool
shares_a_line(const Syntax *n)
{
	const Syntax *before = n->parent->child;

	while (before != n && before->next != n)
		before = before->next;
	return before != n && lines_between(before->to, n->from) == 0 &&
		(!is_kind(n, "comment") || before->token);
}

static const char *
fault_of_node(const Template *k, const Syntax *n)
{
	if (strncmp(n->kind, "preproc_if", strlen("preproc_if")) == 0)
		return "#if around statements";
	if (is_kind(n, "goto_statement switch_statement while_statement do_statement return_statement"))
		return "goto, switch, while, do or return";
	if (is_kind(n, "for_statement") && !is_kind(field_of(n, "initializer"), "declaration"))
		return "a loop without a variable of its own";
	if (is_kind(n->parent, "compound_statement") && shares_a_line(n))
		return "a statement or comment that shares its line";
	if (assertion(n) && n->parent != field_of(k->tree, "body"))
		return "assert() is not at the top";
	return fault_of_name(k, n);
}

static const char *
fault_of_file(const Source *s)
{
	for (const Syntax *n = s->root; n; n = walk(s->root, n))
		if (is_kind(n, "preproc_function_def") || (is_kind(n, "preproc_def") &&
				!is_kind(n->parent, "preproc_ifdef")))
			return "a macro";
	for (int i = 0; i < s->included_count; i++) {
		const Source *h = s->included[i];
		if (strcmp(h->folder, s->folder) != 0 && strcmp(h->folder, "common") != 0)
			return "includes another folder's file";
		if (fault_of_file(h))
			return fault_of_file(h);
	}
	return NULL;
}

/* The first rule of binding that the template breaks, or NULL. */
static const char *
fault_of(const Template *k)
{
	const Syntax *body = field_of(k->tree, "body");
	const char *fault = fault_of_file(k->source);

	if (!text_is(field_of(k->tree, "type"), "void"))
		return "returns a value";
	if (first_above(k->tree, "comment") == k->tree)
		return "no comment above";
	for (int i = 1; i < k->param_count; i++)
		if (is_number(&k->param[i - 1]) && !is_number(&k->param[i]))
			return "a pointer after a number";
	for (const Syntax *n = body; n && !fault; n = walk(body, n))
		fault = fault_of_node(k, n);
	return fault;
}

Test(templates, keep_the_rules)
{
	Session s;
	const Template *k[4];
	int seen = 0;

	begin(&s);
	for (int i = 0; i < template_file_count; i++) {
		const char *folder = template_files[i].folder;
		if (!strcmp(folder, "vec") || !strcmp(folder, "dot256"))
			folder = format(s.arena, "%s+avx2", folder);
		for (int left = kernels_of(&s, i, folder, k); left; seen++) {
			const char *fault = fault_of(k[--left]);
			cr_expect_null(fault, "%s: %s", k[left]->function, fault);
		}
	}
	cr_expect(seen > 20, "only %d kernels", seen);
	arena_free(s.arena);
}

Test(templates, broken_rules_are_found)
{
	static const struct { const char *text, *fault; } cases[] = {
		{ "/* */\nvoid f_t(int *y, int n) {\ny[0] = n;\n}", NULL },
		{ "/* */\nvoid f_t(int n, int *y) { y[0] = n; }", "a pointer after a number" },
		{ "\n\n\nvoid f_t(int *y, int n) {\ny[0] = n;\n}", "no comment above" },
		{ "/* */\nint f_t(int *y, int n) { return y[n]; }", "returns a value" },
		{ "/* */\nvoid f_t(int *y, int n) {\ny[0] = n++;\n}", "a number among the parameters" },
		{ "/* */\nvoid f_t(int *y, int n) {\n(n) = *y;\n}", "a number among the parameters" },
		{ "/* */\nvoid f_t(int *y, int n) {\n*y = *&n;\n}", "a number among the parameters" },
		{ "/* */\nvoid f_t(int *y, int n) {\nint n = 0;\n*y = n;\n}", "a parameter is shadowed" },
		{ "/* */\nvoid f_t(int *y, int n) {\n#if 1\n*y = n;\n#endif\n}", "#if around" },
		{ "/* */\nvoid f_t(int *y, int n) {\nif (*y) {\nassert(n);\n}\n}", "assert() is not" },
		{ "#define S(x) (x)\n/* */\nvoid f_t(int *y) {\n*y = S(1);\n}", "a macro" },
		{ "#define S 1\n/* */\nvoid f_t(int *y) {\n*y = S;\n}", "a macro" },
		{ "/* */\nvoid f_t(int *y, int n) { y[0] = n; }", "a statement or comment that shares" },
		{ "/* */\nvoid f_t(int *y, int n) {\nwhile (n > *y)\n*y = 1;\n}", "goto, switch, while" },
		{ "/* */\nvoid f_t(int *y, int n) {\nint i = 0;\nfor (; i < n; i++)\n*y = 1;\n}",
			"a loop without" },
		{ "/* */\nvoid f_t(int *y, size_t n) {\ny[n] = 2 * n;\n}", "a wide number in arithmetic" },
	};
	Session s;

	begin(&s);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const TemplateFile file = { "t", "f.c", cases[i].text };
		Templates *t = templates_new(s.arena, &s.diag, &file, 1, NULL);
		const char *fault = fault_of(find_template(t, "t", "f", NULL)), *want = cases[i].fault;
		cr_expect(want ? fault && strstr(fault, want) == fault : !fault, "%s: %s", cases[i].text,
			fault);
	}
	arena_free(s.arena);
}

/* ---- bound to made-up values they compile without a warning */

enum { MAX_PARAMS = 64 };

/* A multiplier other than 1 few kernels take. */
static int64_t
made_up(const char *name, int64_t value)
{
	if (strcmp(name, "multiplier") == 0)
		return value == 3 ? value : 1;
	return strstr(name, "pad") || strstr(name, "shift") ? value / 2 : value;
}

/* All numbers but those of which skip has the bit. */
static int
bind_all(const Template *k, int64_t value, unsigned skip, Binding *b)
{
	int count = 0;

	for (int i = 0; i < k->param_count; i++) {
		const Param *p = &k->param[i];
		int64_t v = made_up(p->name, value);
		if (p->kind == PARAM_INT && !(skip >> i % 16 & 1))
			b[count++] = (Binding){ .name = p->name, .kind = BIND_INT, .i = v };
		else if (p->kind == PARAM_FLOAT)
			b[count++] = (Binding){ .name = p->name, .kind = BIND_FLOAT, .f = (double)v / 4 };
	}
	return count;
}

/* What the asserts decline, and sizes that make no sense, are left out. */
static bool
try(Session *s, Closure *c, const Template *k, const Binding *b, int count, Bound *out)
{
	if (setjmp(s->escape))
		return false;
	*out = specialize(c, k, b, count);
	return !out->failed;
}

/* A kernel as several functions. */
static int
put_variants(Session *s, Text *t, Closure *c, const Template *k)
{
	static const struct { int64_t value; unsigned skip; } variants[] = { { 0, 0 }, { 1, 0 },
		{ 3, 0 }, { 16, 0 }, { -2, 0 }, { 1, 0x5555 }, { 8, 0xffff } };
	Binding b[MAX_PARAMS];
	int made = 0;

	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
		bool asserts = strstr(k->source->text, "assert(") != NULL;
		if (variants[i].skip && asserts)
			continue;
		int count = bind_all(k, variants[i].value, variants[i].skip, b);
		Bound f;
		if (!try(s, c, k, b, count, &f))
			continue;
		f.result = "void";
		char name[128];
		snprintf(name, sizeof name, "%s_%zu", k->function, i);
		put(t, "\n");
		put_function(t, &f, name);
		made++;
	}
	return made;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static int
run(const char *command)
{
	int status = system(command);

	cr_expect_eq(status, 0, "%s", command);
	return status;
}

/* With both compilers, if they are there, and $CC, if that is another; or just a cross compiler. */
static void
compile(const char *path, const char *flags, const char *cross)
{
	const char *own = getenv("CC");
	const char *const compilers[] = { cross ? cross : "gcc", "clang", own ? own : "cc" };
	char command[1024];

	for (int i = 0; i < (cross ? 1 : 3); i++) {
		if (i == 2 && own && (strcmp(own, "gcc") == 0 || strcmp(own, "clang") == 0))
			break;
		snprintf(command, sizeof command, "command -v %.*s >/dev/null || exit 0; %s %s %s -c -o "
			"/dev/null %s", (int)strcspn(compilers[i], " "), compilers[i], compilers[i], warnings,
			flags, path);
		run(command);
	}
}

static void
compile_folder(const char *folder, const char *flags, const char *cross)
{
	Session s;
	const Template *k[4];
	int seen = 0, made = 0;

	begin(&s);
	s.diag.to = NULL;
	Closure *closure = closure_new(s.templates);
	Text functions = text_new(s.arena), text = text_new(s.arena);
	for (int i = 0; i < template_file_count; i++)
		if (is_in(i, folder))
			for (int left = kernels_of(&s, i, folder, k); left; seen++)
				made += put_variants(&s, &functions, closure, k[--left]);
	cr_expect(made >= 3 * seen, "%s: %d kernels, but only %d functions", folder, seen, made);
	if (made) {
		char path[] = "/tmp/mcompile-XXXXXX.c";
		int fd = mkstemps(path, 2);
		cr_assert(fd >= 0 && close(fd) == 0);
		put_includes(&text, closure);
		put(&text, "\n");
		put_helpers(&text, closure);
		put(&text, "%s", functions.data);
		write_file(path, text.data);
		compile(path, flags, cross);
		unlink(path);
	}
	arena_free(s.arena);
}

Test(templates, compile_when_bound, .timeout = 300)
{
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		compile_folder(folders[i].folder, folders[i].flags, folders[i].compiler);
}

/* ---- helpers of a target mean one thing each, as any two kernels may be in one file */

enum { ITEMS_MOST = 4000 };
typedef struct {
	const Item *item[ITEMS_MOST];
	int count;
} Items;

static void
collect(Items *all, const Source *s, const char *target)
{
	for (int i = 0; i < s->included_count; i++)
		collect(all, s->included[i], target);
	for (int i = 0; i < s->item_count; i++) {
		const Item *item = &s->item[i];
		int at = 0;
		while (at < all->count && strcmp(all->item[at]->name, item->name) != 0)
			at++;
		cr_assert_lt(at, ITEMS_MOST);
		if (at == all->count)
			all->item[all->count++] = item;
		const Item *o = all->item[at];
		cr_expect(!strcmp(o->text, item->text), "%s: two helpers named %s: %s/%s and %s/%s", target,
			item->name, o->source->folder, o->source->file, s->folder, s->file);
	}
}

Test(templates, helpers_of_a_target_have_one_meaning)
{
	for (int t = 0; t < target_count; t++) {
		static Items all;
		Session s;
		const Template *k[4];
		char folder[40];

		begin(&s);
		all.count = 0;
		for (const char *at = targets[t].folders; sscanf(at, "%39s", folder) == 1;
			at = strstr(at, folder) + strlen(folder))
			for (int i = 0; i < template_file_count; i++)
				if (is_in(i, folder))
					for (int left = kernels_of(&s, i, folder, k); left;)
						collect(&all, k[--left]->source, targets[t].name);
		arena_free(s.arena);
	}
}

/* ---- bound and unbound kernels give equal results */

static const struct { const char *kernel, *shape; } shapes[] = {
	{ "dense_s8", "in_c=16 out_w=1 out_c=10 x_step=16 y_step=10 x_zero=3 w_zero=0 y_zero=-128" },
	{ "dense_s8", "in_c=1 out_w=1 out_c=1 x_step=1 y_step=1 x_zero=0 w_zero=0 y_zero=0" },
	{ "dense_s8", "in_c=7 out_w=3 out_c=1 x_step=9 y_step=2 x_zero=-5 w_zero=1 y_zero=4" },
	{ "dense_s8", "in_c=33 out_w=2 out_c=3 x_step=33 y_step=3 x_zero=0 w_zero=-1 y_zero=1" },
	{ "conv2d_s8", "in_w=9 in_c=3 out_w=9 out_c=4 kernel_h=3 kernel_w=3 stride_w=1 dilation_w=1 "
		"pad_left=1 x_step=3 y_step=4 x_zero=-4 w_zero=0 y_zero=5" },
	{ "conv2d_s8", "in_w=8 in_c=1 out_w=3 out_c=1 kernel_h=1 kernel_w=4 stride_w=2 dilation_w=1 "
		"pad_left=0 x_step=1 y_step=1 x_zero=0 w_zero=0 y_zero=-128" },
	{ "conv2d_s8", "in_w=1 in_c=5 out_w=1 out_c=2 kernel_h=2 kernel_w=1 stride_w=1 dilation_w=3 "
		"pad_left=0 x_step=8 y_step=2 x_zero=1 w_zero=2 y_zero=-3" },
};

static const char program[] =
	"\nint\nmain(void)\n{\n"
	"\tstatic int8_t xs[4][512], w[512], y[2][64], shift[64];\n"
	"\tstatic int32_t bias[64], mult[64];\n"
	"\tconst int8_t *rows[4] = { xs[0], xs[1], xs[2], xs[3] };\n"
	"\tconst int8_t *x = xs[0];\n"
	"\tuint32_t seed = 1;\n\n"
	"\t(void)x;\n\t(void)rows;\n"
	"\tfor (int turn = 0; turn < 100; turn++) {\n"
	"\t\tfor (int i = 0; i < 512; i++) {\n"
	"\t\t\tseed = seed * 1664525 + 1013904223;\n"
	"\t\t\txs[i % 4][i] = (int8_t)(seed >> 24);\n"
	"\t\t\txs[0][i] = (int8_t)(seed >> 20);\n"
	"\t\t\tw[i] = (int8_t)(seed >> 16);\n"
	"\t\t\tbias[i % 64] = (int32_t)(seed >> 12) - (1 << 19);\n"
	"\t\t\tmult[i % 64] = (1 << 30) + (int32_t)(seed >> 2);\n"
	"\t\t\tshift[i % 64] = (int8_t)-(int)(seed >> 8 & 15);\n\t\t}\n";

static void
put_call(Text *t, const Bound *f, const char *name, int result, const char *shape)
{
	put(t, "\t\t%s(", name);
	for (int i = 0; i < f->param_count; i++) {
		const Param *p = &f->template->param[f->param[i]];
		const char *value = strstr(shape, p->name);
		put(t, "%s", i ? ", " : "");
		if (strcmp(p->name, "y") == 0)
			put(t, "y[%d]", result);
		else if (strcmp(p->name, "y_min") == 0 || strcmp(p->name, "y_max") == 0)
			put(t, strcmp(p->name, "y_min") ? "100" : "-120");
		else if (p->kind == PARAM_INT)
			put(t, "%d", atoi(value + strlen(p->name) + 1));
		else
			put(t, "%s", p->kind == PARAM_ROWS ? "rows" : p->name);
	}
	put(t, ");\n");
}

/* The kernel as it is, and bound to the shape; their calls go to calls. */
static void
put_pair(Session *s, Closure *c, Text *functions, Text *calls, int i)
{
	const char *shape = shapes[i].shape, *name = shapes[i].kernel;
	const Template *k = find_template(s->templates, "ref", name, NULL);
	Binding b[MAX_PARAMS] = { { .name = "y_min", .i = -120 }, { .name = "y_max", .i = 100 } };
	int count = 2;

	for (const char *at = shape; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		b[count++] = (Binding){ .name = format(s->arena, "%.*s", (int)strcspn(at, "="), at),
			.i = atoi(strchr(at, '=') + 1) };
	}
	Bound whole = specialize(c, k, NULL, 0), bound = specialize(c, k, b, count);
	cr_assert_eq(whole.param_count, k->param_count);
	cr_assert(!whole.failed && !bound.failed && bound.param_count < 7);
	const char *names[] = { format(s->arena, "whole_%d", i), format(s->arena, "bound_%d", i) };
	put(functions, "\n");
	put_function(functions, &whole, names[0]);
	put(functions, "\n");
	put_function(functions, &bound, names[1]);
	put_call(calls, &whole, names[0], 0, shape);
	put_call(calls, &bound, names[1], 1, shape);
	put(calls, "\t\tif (memcmp(y[0], y[1], sizeof y[0]))\n\t\t\treturn %d;\n", i + 1);
}

Test(templates, compute_the_same_when_bound)
{
	Session s;
	char path[] = "/tmp/mcompile-XXXXXX.c", command[1024];
	int fd = mkstemps(path, 2);
	const char *own = getenv("CC");

	cr_assert(fd >= 0 && close(fd) == 0);
	begin(&s);
	cr_assert_eq(setjmp(s.escape), 0);
	Closure *closure = closure_new(s.templates);
	Text functions = text_new(s.arena), calls = text_new(s.arena), text = text_new(s.arena);
	add_include(closure, "<string.h>");
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		put_pair(&s, closure, &functions, &calls, (int)i);
	put_includes(&text, closure);
	put(&text, "\n");
	put_helpers(&text, closure);
	put(&text, "%s%s%s\t}\n\treturn 0;\n}\n", functions.data, program, calls.data);
	write_file(path, text.data);
	snprintf(command, sizeof command, "%s %s -o %s.out %s && %s.out", own ? own : "cc", warnings,
		path, path, path);
	run(command);
	snprintf(command, sizeof command, "%s.out", path);
	unlink(command);
	unlink(path);
	arena_free(s.arena);
}
