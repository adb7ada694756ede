/* test_specialize.c: what binding does to a template, rule by rule, to the character. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codegen/codegen.h"

static const char helpers[] =
	"#ifndef H_H\n"
	"#define H_H\n"
	"#include <stdint.h>\n"
	"#include <string.h>\n"
	"\n"
	"enum { LANES = 8, MORE };\n"
	"static const int limit = LANES * 2;\n"
	"\n"
	"/* Doubles. */\n"
	"static inline int\n"
	"twice(int x)\n"
	"{\n"
	"\treturn 2 * x;\n"
	"}\n"
	"\n"
	"static inline int\n"
	"quadruple(int x)\n"
	"{\n"
	"\treturn twice(twice(x));\n"
	"}\n"
	"\n"
	"static inline void\n"
	"set(int *x)\n"
	"{\n"
	"\t*x = 1;\n"
	"}\n"
	"#endif\n";

/* A compilation; its messages are kept, its ends come back to setjmp(). */
typedef struct {
	Diag diag;
	jmp_buf escape;
	Arena *arena;
	Templates *templates;
	Closure *closure;
	TemplateFile file[3];
	char *messages;
	size_t size;
} Session;

static void
begin(Session *s, const char *text)
{
	memset(s, 0, sizeof *s);
	s->diag = (Diag){ .to = open_memstream(&s->messages, &s->size), .escape = &s->escape };
	s->arena = arena_new(&s->diag);
	s->file[0] = (TemplateFile){ "common", "h.h", helpers };
	s->file[1] = (TemplateFile){ "t", "f.c", text };
	s->templates = templates_new(s->arena, &s->diag, s->file, 2, NULL);
	s->closure = closure_new(s->templates);
}

static void
end(Session *s)
{
	arena_free(s->arena);
	fclose(s->diag.to);
	free(s->messages);
}

/* "n=3 a=0.5 twice:=quadruple" */
static int
read_bindings(Arena *arena, const char *text, Binding *b)
{
	char *copy = format(arena, "%s", text);
	int count = 0;

	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
		char *value = strchr(word, '=');
		bool name = value[-1] == ':';
		value[-name] = *value = 0;
		value++;
		BindKind kind = name ? BIND_NAME : strpbrk(value, ".n") ? BIND_FLOAT : BIND_INT;
		b[count++] = (Binding){ word, kind, strtoll(value, NULL, 0), strtod(value, NULL), value };
	}
	return count;
}

static Bound
bind(Session *s, const char *bindings)
{
	Binding b[16];
	int count = read_bindings(s->arena, bindings, b);

	return specialize(s->closure, find_template(s->templates, "t", "f", NULL), b, count);
}

/* The template's body and its parameters, bound, against what they should be. */
static void
expect(const char *params, const char *body, const char *bindings, const char *left,
	const char *result)
{
	Session s;
	char text[4096];

	snprintf(text, sizeof text, "#include <assert.h>\n#include \"h.h\"\n\n/* A test. */\nvoid\n"
		"f_t(%s)\n{\n%s}\n", params, body);
	begin(&s, text);
	if (setjmp(s.escape)) {
		fflush(s.diag.to);
		cr_expect(strstr(s.messages, result), "%s", s.messages);
		end(&s);
		return;
	}
	Bound f = bind(&s, bindings);
	if (f.failed) {
		cr_expect_str_eq(f.failed, result);
	} else {
		Text t = text_new(s.arena);
		put_function(&t, &f, "g");
		char *whole = format(s.arena, "static void\ng(%s)\n{\n%s}\n", left, result);
		cr_expect_str_eq(t.data, whole, "%s, bound with %s:\n%s\nexpected:\n%s", body, bindings,
			t.data, whole);
	}
	end(&s);
}

/* Of statements that store into y and read x. */
static void
expect_body(const char *body, const char *bindings, const char *result)
{
	expect("int *y, const int *x, int n, int m", body, bindings, "int *y, const int *x", result);
}

static void
expect_value(const char *expression, const char *bindings, const char *result)
{
	char before[512], after[512];

	snprintf(before, sizeof before, "\ty[x[0]] = %s;\n", expression);
	snprintf(after, sizeof after, "\ty[x[0]] = %s;\n", result);
	expect_body(before, bindings, after);
}

Test(specialize, parameters_become_literals)
{
	expect_value("x[n] + m", "n=3 m=4", "x[3] + 4");
	expect_value("n * m - 1", "n=3 m=4", "11");
	expect_value("x[(n + 1) * m]", "n=3 m=4", "x[16]");
	expect_value("x[(x[1] * n + m)]", "n=3 m=4", "x[(x[1] * 3 + 4)]");
	expect_value("1 << 4", "n=3 m=4", "1 << 4"); /* an author's own */
	expect_value("n / LANES + LANES * 2 % n", "n=24 m=4", "19");
	expect_value("n + limit", "n=1 m=4", "17");
}

Test(specialize, operators)
{
	static const char *const cases[][2] = { { "n % 4", "-3" }, { "n / 2", "-3" },
		{ "n >> 1", "-4" }, { "m << 2", "20" }, { "n & 12", "8" },
		{ "!n", "0" }, { "-n", "7" }, { "n < m", "1" },
		{ "n >= m", "0" }, { "n == -7", "1" }, { "n != -7", "0" }, { "n > m", "0" },
		{ "n <= m", "1" }, { "n && m", "1" }, { "!n || m == 4", "0" }, { "n > 0 ? m : 9", "9" },
		{ "(int8_t)(n - 1)", "-8" }, { "(uint8_t)n", "(uint8_t)-7" },
		{ "(uint32_t)m * 0x40000000u", "(uint32_t)5 * 0x40000000u" },
		{ "(int)sizeof(int16_t) * m", "(int)sizeof(int16_t) * 5" } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_value(cases[i][0], "n=-7 m=5", cases[i][1]);
}

Test(specialize, what_does_nothing_goes)
{
	expect_value("x[1] + n - n", "n=0 m=1", "x[1]");
	expect_value("n + x[1] * m / m", "n=0 m=1", "x[1]");
	expect_value("(x[1] + x[2]) * m", "n=0 m=1", "x[1] + x[2]");
	expect_value("2 * ((x[1] + x[2]) * m)", "n=0 m=1", "2 * (x[1] + x[2])");
	expect_value("(x[1] << n) + (x[2] >> n)", "n=0 m=1", "x[1] + x[2]");
	expect_value("x[x[1] * n + 2]", "n=0 m=1", "x[2]");
	expect_value("x[1] % m", "n=0 m=1", "0");
	expect_value("twice(x[1]) * n", "n=0 m=1", "twice(x[1]) * 0"); /* of unknown type */
	expect_value("(int64_t)x[1] * n > 1", "n=0 m=1", "(int64_t)x[1] * 0 > 1");
	expect_body("\ty += n;\n\ty[0] = *x;\n\ty += m;\n\ty[0] = 0;\n", "n=-1 m=1",
		"\ty--;\n\ty[0] = *x;\n\ty++;\n\ty[0] = 0;\n");
}

Test(specialize, signs)
{
	expect_value("x[1] + n", "n=-3 m=0", "x[1] - 3");
	expect_value("x[1] - n", "n=-3 m=0", "x[1] + 3");
	expect_value("-x[1] * n", "n=-3 m=0", "-x[1] * -3");
	expect_value("x[1] - n * x[2]", "n=-3 m=0", "x[1] - (-3) * x[2]");
	expect_value("x[1] - n", "n=-2147483648 m=0", "x[1] - INT32_MIN");
	expect_body("\ty += n;\n\ty[0] = *x;\n", "n=-3 m=0", "\ty -= 3;\n\ty[0] = *x;\n");
}

Test(specialize, numbers_wider_than_int_keep_their_type)
{
	expect_value("x[1] * (int64_t)n > m", "n=3 m=4", "x[1] * (int64_t)3 > 4");
	expect_value("x[1] > (int64_t)n << 30", "n=8 m=4", "x[1] > (int64_t)8 << 30");
	expect_body("\tmemcpy(y, x, (size_t)n * sizeof(int32_t));\n\tmemcpy(y, x, (size_t)(n * 4));\n",
		"n=8 m=4", "\tmemcpy(y, x, (size_t)8 * sizeof(int32_t));\n\tmemcpy(y, x, 32);\n");
	expect("float *y, int n, float a, float b", "\ty[n] = -a * b + y[0] - b;\n",
		"n=1 a=0.1 b=-2.5", "float *y",
		"\ty[1] = -0x1.99999ap-4f * -0x1.4p+1f + y[0] + 0x1.4p+1f;\n");
	expect("int64_t *y, int64_t n, int64_t m", "\ty[0] = y[0] < n ? n : m;\n",
		"n=-9223372036854775808 m=3", "int64_t *y",
		"\ty[0] = y[0] < INT64_MIN ? INT64_MIN : 3;\n");
	expect("float *y, float a, float b", "\ty[0] = a;\n\ty[1] = b;\n", "a=-inf b=0.0",
		"float *y", "\ty[0] = -INFINITY;\n\ty[1] = 0x0p+0f;\n");
}

Test(specialize, branches)
{
	expect_body("\tif (n > 2) {\n\t\t/* many */\n\t\ty[0] = *x;\n\t} else {\n\t\t*y = 7 / m;\n\t}\n",
		"n=3 m=0", "\t/* many */\n\ty[0] = *x;\n");
	expect_body("\t*y = *x;\n\n\t/* for the\n\t * tail */\n\tif (n % 4)\n\t\ty[1] = 2;\n",
		"n=8 m=0", "\t*y = *x;\n");
	expect_body("\tif (*x)\n\t\ty[0] = 1;\n\telse if (n)\n\t\ty[1] = 2;\n\telse\n\t\ty[2] = 3;\n",
		"n=0 m=0", "\tif (*x)\n\t\ty[0] = 1;\n\telse\n\t\ty[2] = 3;\n");
	expect_body("\tif (*x) {\n\t\ty[0] = 1;\n\t} else if (n) {\n\t\ty[1] = 2;\n\t}\n",
		"n=0 m=0", "\tif (*x) {\n\t\ty[0] = 1;\n\t}\n");
	expect_body("\tif (*x) {\n\t\ty[0] = 1;\n\t} else if (n) {\n\t\ty[1] = 2;\n\t}\n",
		"n=1 m=0", "\tif (*x) {\n\t\ty[0] = 1;\n\t} else {\n\t\ty[1] = 2;\n\t}\n");
	expect_body("\ty[0] = *x;\n\tif (*x)\n\t\tif (n)\n\t\t\ty[1] = 2;\n", "n=0 m=0",
		"\ty[0] = *x;\n");
}

Test(specialize, logic)
{
	expect_value("n && x[1] > 2", "n=3 m=0", "x[1] > 2");
	expect_value("n && x[1]", "n=3 m=0", "3 && x[1]"); /* one or zero, not x[1] */
	expect_value("x[1] > 1 || m", "n=3 m=0", "x[1] > 1");
	expect_value("x[1] > 1 && m", "n=3 m=0", "0");
	expect_value("m && 1 / m", "n=3 m=0", "0");
	expect_body("\tif (n && *x)\n\t\ty[0] = 1;\n", "n=3 m=0", "\tif (*x)\n\t\ty[0] = 1;\n");
	expect_body("\tif ((*x || !n) && !m)\n\t\ty[0] = 1;\n", "n=3 m=0",
		"\tif (*x)\n\t\ty[0] = 1;\n");
}

Test(specialize, loops)
{
	expect_body("\t*y = *x;\n\tfor (int i = 0; i < n; i++)\n\t\ty[i] = 1;\n", "n=0 m=0",
		"\t*y = *x;\n");
	expect_body("\tfor (int i = 0; i < n; i++)\n\t\ty[i + 1] = x[i * m];\n", "n=1 m=9",
		"\ty[1] = x[0];\n");
	expect_body("\tfor (int i = n; i > 0; i -= 4) {\n\t\tint v = x[i];\n\n\t\ty[v] = i;\n\t}\n",
		"n=4 m=0", "\tint v = x[4];\n\n\ty[v] = 4;\n");
	expect_body("\tfor (int i = 0; i < n; i++) {\n\t\tint v = x[i];\n\t\ty[v] = 1;\n\t}\n"
		"\tfor (int i = 0; i < m; i++) {\n\t\tint v = x[i];\n\t\ty[v] = 2;\n\t}\n", "n=1 m=3",
		"\t{\n\t\tint v = x[0];\n\t\ty[v] = 1;\n\t}\n"
		"\tfor (int i = 0; i < 3; i++) {\n\t\tint v = x[i];\n\t\ty[v] = 2;\n\t}\n");
	expect_body("\tfor (int i = 0; i < n; i++) {\n\t\tif (x[i])\n\t\t\tbreak;\n\t\t*y = 1;\n\t}\n",
		"n=1 m=0", "\tfor (int i = 0; i < 1; i++) {\n\t\tif (x[i])\n\t\t\tbreak;\n"
		"\t\t*y = 1;\n\t}\n");
	expect_body("\tfor (int i = 0; i < n; i++, x += m)\n\t\ty[i] = *x;\n", "n=1 m=5",
		"\ty[0] = *x;\n");
	expect_body("\tfor (int j = 0; j < m; j++) {\n\t\tfor (int i = 0; i < n; i++, x += m)\n"
		"\t\t\ty[i] = *x;\n\t}\n", "n=1 m=5",
		"\tfor (int j = 0; j < 5; j++) {\n\t\ty[0] = *x;\n\t\tx += 5;\n\t}\n");
	expect_body("\tif (*x)\n\t\tfor (int i = 0; i < n; i++) {\n\t\t\ty[i] = 1;\n"
		"\t\t\ty[3] = 2;\n\t\t}\n", "n=1 m=0", "\tif (*x) {\n\t\ty[0] = 1;\n\t\ty[3] = 2;\n\t}\n");
}

Test(specialize, loops_that_stay)
{
	static const char *const bodies[] = {
		"\tfor (int i = 0; i < 1; i++, x += i)\n\t\ty[*x] = *x;\n", /* counts and reads */
		"\tfor (int i = 0; i < *x; i++)\n\t\ty[i] = *x;\n",
		"\tfor (int i = 0; i < 1; i++)\n\t\ty[i++] = *x;\n",
		"\tfor (int i = 0; i < 1; set(&i))\n\t\ty[i] = *x;\n" };

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		expect_body(bodies[i], "n=1 m=1", bodies[i]);
}

Test(specialize, pragmas_go_with_their_loop)
{
	const char *body = "\t*y = *x;\n#pragma GCC unroll 8\n\tfor (int i = 0; i < n; i++)\n"
		"\t\ty[i] = 1;\n";

	expect_body(body, "n=0 m=0", "\t*y = *x;\n");
	expect_body(body, "n=1 m=0", "\t*y = *x;\n\ty[0] = 1;\n");
	expect_body(body, "n=2 m=0", "\t*y = *x;\n#pragma GCC unroll 8\n"
		"\tfor (int i = 0; i < 2; i++)\n\t\ty[i] = 1;\n");
}

Test(specialize, locals)
{
	expect_body("\tconst int k = n * m;\n\tconst int last = k - 1; /* of them */\n\n"
		"\ty[last] = x[k];\n", "n=3 m=4", "\ty[11] = x[12];\n");
	expect_body("\tint a = x[1], b = 2 * n, c;\n\n\tc = b;\n\ty[b] = *x;\n\tif (n > 4)\n"
		"\t\ty[0] = a + c;\n", "n=3 m=0", "\ty[6] = *x;\n");
	expect_body("\tint a = quadruple(x[1]), b[4];\n\n\tfor (int i = 0; i < 4; i++)\n"
		"\t\tb[i] = x[i];\n\tif (n)\n\t\ty[0] = a + b[m];\n\ty[1] = *x;\n", "n=0 m=0",
		"\ty[1] = *x;\n");
	expect_body("\tint a;\n\n\tset(&a);\n\ty[n] = *x;\n", "n=3 m=0",
		"\tint a;\n\n\tset(&a);\n\ty[3] = *x;\n");
	expect_body("\tint a = set(y);\n\n\tif (n)\n\t\ty[0] = a;\n\ty[1] = *x;\n", "n=0 m=0",
		"\tset(y);\n\n\ty[1] = *x;\n");
}

Test(specialize, parameters_that_end_unused_go)
{
	Session s;

	expect("int *y, const int *x, const int *bias, int n, int m",
		"\tfor (int i = 0; i < n; i++, bias++)\n\t\ty[i] = m ? *bias : x[i];\n", "n=3 m=0",
		"int *y, const int *x", "\tfor (int i = 0; i < 3; i++)\n\t\ty[i] = x[i];\n");
	expect("int *y, const int *const *x, int n, int m", "\ty[n] = x[m][n];\n", "m=2",
		"int *y, const int *const *x, int n", "\ty[n] = x[2][n];\n");
	expect("int *y, int n", "\tif (n)\n\t\ty[0] = 1;\n", "n=0", "void", "");
	begin(&s, "/* A test. */\nvoid\nf_t(int *a, int *b, int *c, int n)\n{\n\tc[0] = n;\n\t"
		"a[1] = 1;\n}\n");
	Bound f = bind(&s, "n=1");
	cr_assert_eq(f.param_count, 2);
	cr_expect_eq(f.param[0], 0);
	cr_expect_eq(f.param[1], 2);
	end(&s);
}

Test(specialize, names)
{
	expect_value("quadruple(x[n])", "n=1 m=0 quadruple:=twice", "twice(x[1])");
}

Test(specialize, asserts)
{
	const char *body = "\tconst int k = n * m;\n\n\tassert(n % 4 == 0);\n"
		"\tassert(k >= LANES && m > 0);\n\ty[n] = *x;\n";

	expect_body(body, "n=8 m=1", "\ty[8] = *x;\n");
	expect_body(body, "n=6 m=1", "n % 4 == 0");
	expect_body(body, "n=4 m=1", "k >= LANES && m > 0");
}

Test(specialize, overflow_ends_the_work)
{
	expect_body("\ty[n * m] = *x;\n", "n=65536 m=65536", "int overflows in n * m");
	expect_body("\ty[*x + (n + 1)] = 1;\n", "n=2147483647 m=0", "int overflows in n + 1");
	expect_body("\ty[*x] = (int8_t)n;\n", "n=128 m=0", "int overflows in (int8_t)n");
	expect_body("\ty[*x] = n / m;\n", "n=1 m=0", "int overflows in n / m");
	expect_body("\tconst int8_t k = n;\n\n\ty[k] = *x;\n", "n=128 m=0", "int overflows in k");
	expect_value("n > 0 ? 3 : n / m", "n=1 m=0", "3");
}

Test(specialize, undecided_assert_dies, .signal = SIGABRT)
{
	expect_body("\tassert(n > 0);\n\ty[0] = *x;\n", "m=1", "");
}

Test(specialize, assigned_parameter_dies, .signal = SIGABRT)
{
	expect_body("\tn++;\n\ty[n] = *x;\n", "n=1 m=1", "");
}

Test(specialize, shadowed_parameter_dies, .signal = SIGABRT)
{
	expect_body("\tfor (int n = 0; n < 4; n++)\n\t\ty[n] = *x;\n", "n=1 m=1", "");
}

Test(specialize, addressed_parameter_dies, .signal = SIGABRT)
{
	expect_body("\tset(&n);\n\ty[n] = *x;\n", "n=1 m=1", "");
}

Test(specialize, unknown_parameter_dies, .signal = SIGABRT)
{
	expect_body("\ty[n] = *x;\n", "n=1 m=1 k=2", "");
}

Test(specialize, syntax_error_dies, .signal = SIGABRT)
{
	expect_body("\ty[n = *x;\n", "n=1 m=1", "");
}

/* Every template word is n. */
static bool
look_up(void *ctx, const char *word, Value *out)
{
	*out = int_value(*(int *)ctx);
	return strcmp(word, "n") == 0;
}

Test(specialize, lines_for_the_machine)
{
	Session s;
	const char *failed;

	begin(&s, "#include \"h.h\"\n\n/* Not this one. */\n\n/*\n * y = x.\n *\n * Two lines.\n"
		" * cost: 3 * n / 2 + LANES\n * scratch: 4 * n\n * in place\n */\nvoid\n"
		"f_t(int *y, const float *const *restrict x, int n, float a)\n"
		"{\n\tassert(n > 2);\n\ty[n] = (int)(a * x[0][0]);\n}\n");
	const Template *k = find_template(s.templates, "t", "f", NULL);
	cr_assert(k && k->in_place && k->scratch && !k->acc && !k->state);
	cr_expect_str_eq(k->comment, "y = x.\n\nTwo lines.");
	static const ParamKind kinds[] = { PARAM_POINTER, PARAM_ROWS, PARAM_INT, PARAM_FLOAT };
	for (int i = 0; i < 4; i++)
		cr_expect_eq(k->param[i].kind, kinds[i]);
	cr_expect(!k->param[0].is_const && k->param[1].is_const);
	cr_expect_str_eq(k->param[1].ctype, "float");
	int n = 5;
	cr_expect_eq(template_cost(s.templates, k, look_up, &n), 15);
	n = 1 << 30; /* bytes are counted in 64 bits */
	cr_expect_eq(template_bytes(s.templates, k, k->scratch, look_up, &n), (int64_t)4 << 30);
	cr_expect(template_applies(s.templates, k, look_up, &n, &failed));
	n = 2;
	cr_expect_not(template_applies(s.templates, k, look_up, &n, &failed));
	cr_expect_str_eq(failed, "n > 2");
	cr_expect_null(find_template(s.templates, "t", "g", NULL));
	end(&s);
}

Test(specialize, parts_of_a_reduction)
{
	Session s;

	begin(&s, "/* acc: 4 * n */\nvoid\nf_begin_t(int *acc, int n)\n{\n\tacc[n] = 0;\n}\n\n"
		"/* acc += x */\nvoid\nf_row_t(int *acc, const int *x)\n{\n\tacc[0] += x[0];\n}\n");
	const Template *row = find_template(s.templates, "t", "f", "row");
	cr_assert(row && !row->acc && !row->cost);
	cr_assert(find_template(s.templates, "t", "f", "begin")->acc);
	cr_expect_str_eq(row->name, "f_row");
	cr_expect_null(find_template(s.templates, "t", "f", NULL));
	cr_expect_null(find_template(s.templates, "t", "f", "end"));
	end(&s);
}

Test(specialize, equal_functions_have_equal_keys)
{
	Session s;

	begin(&s, "/* A test. */\nvoid\nf_t(int *y, const int *x, int n, int m)\n{\n"
		"\ty[n] = x[n * m];\n}\n");
	const char *key = bind(&s, "n=0 m=3").key;
	cr_expect_str_eq(key, bind(&s, "n=0 m=4").key);
	cr_expect_str_neq(key, bind(&s, "n=1 m=4").key);
	end(&s);
}

Test(specialize, closure_has_what_is_needed_once_and_in_order)
{
	Session s;

	begin(&s, "#include <assert.h>\n#include \"h.h\"\n\n/* A test. */\nvoid\n"
		"f_t(int *y, const int *x, int n)\n{\n\tif (n > 1)\n\t\tset(y);\n"
		"\ty[limit] = quadruple(x[0]);\n}\n");
	bind(&s, "n=0");
	bind(&s, "n=1");
	Text t = text_new(s.arena);
	put_includes(&t, s.closure);
	put_helpers(&t, s.closure);
	cr_expect_str_eq(t.data, "#include <stdint.h>\n#include <string.h>\nenum { LANES = 8, MORE };\nstatic const int limit = LANES * 2;\n\n"
		"/* Doubles. */\nstatic inline int\ntwice(int x)\n{\n\treturn 2 * x;\n}\n\n"
		"static inline int\nquadruple(int x)\n{\n\treturn twice(twice(x));\n}\n", "%s", t.data);
	end(&s);
}

Test(specialize, two_helpers_of_one_name_die, .signal = SIGABRT)
{
	Session s;

	begin(&s, "#include \"h.h\"\n\n/* A test. */\nvoid\nf_t(int *y)\n{\n\tset(y);\n}\n");
	bind(&s, "");
	s.file[0].folder = "u"; /* the other helper is found first */
	s.file[2] = (TemplateFile){ "u", "f.c", "static void\nset(int *x)\n{\n\t*x = 2;\n}\n\n"
		"/* A test. */\nvoid\nf_u(int *y)\n{\n\tset(y);\n}\n" };
	Templates *others = templates_new(s.arena, &s.diag, s.file, 3, NULL);
	specialize(s.closure, find_template(others, "u", "f", NULL), NULL, 0);
	end(&s);
}
