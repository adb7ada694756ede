/* emit.c: the output: header, source, and the weights file where there is one. */
#include <string.h>

#include "codegen.h"
#include "runtime-min/mrt_sha256.h"
#include "runtime-min/mrt_weights.h" /* says what a weights file is, and checks it */

static void
store(uint8_t *at, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void
digest(uint8_t to[MRT_SHA256_BYTES], const uint8_t *data, size_t bytes)
{
	struct mrt_sha256 sha;

	mrt_sha256_begin(&sha);
	mrt_sha256_add(&sha, data, bytes);
	mrt_sha256_end(&sha, to);
}

/* The arrays as program.c placed them, then the header, which makes the program's identity. */
static Text
weights_file(Program *p)
{
	Text t = text_new(p->job->arena);
	if (p->bundle) { /* all variants' */
		t = weights_file(&p->bundle->face);
		p->identity = p->bundle->face.identity;
		return t;
	}
	const size_t size = (size_t)p->weights_size;
	uint8_t *data = alloc(p->job->arena, size), *body = data + MRT_WEIGHTS_HEADER;
	uint8_t id[MRT_SHA256_BYTES];

	for (int i = 0; i < p->data->array_count; i++) {
		const Array *a = p->data->array + i;
		memcpy(body + a->at, a->packed.data,
			(size_t)packed_bytes(a->packed));
	}
	digest(id, body, size - MRT_WEIGHTS_HEADER);
	for (int i = (int)sizeof p->identity; i--;)
		p->identity = p->identity << 8 | id[i];
	memcpy(data, MRT_WEIGHTS_MAGIC, MRT_WEIGHTS_VERSION_AT);
	store(data + MRT_WEIGHTS_VERSION_AT, MRT_WEIGHTS_VERSION, 4);
	store(data + MRT_WEIGHTS_HEADER_AT, MRT_WEIGHTS_HEADER, 4);
	store(data + MRT_WEIGHTS_BYTES_AT, size, 8);
	store(data + MRT_WEIGHTS_ID_AT, p->identity, 8);
	store(data + MRT_WEIGHTS_ALIGN_AT, (uint64_t)work_alignment(p->job->target), 4);
	digest(data + MRT_WEIGHTS_DIGEST_AT, data, size);
	put_bytes(&t, (const char *)data, size);
	return t;
}

int
weights_header_bytes(void)
{
	return MRT_WEIGHTS_HEADER;
}

/* The function that checks a weights file: its header and size, then the machine's byte order. */
static void
put_open(Text *t, const Program *p, const Text *file)
{
	put_filled(t, p, NULL,
		"\nint\n$m_open($m_work *work, const void *weights, size_t bytes)\n{\n");
	put_array(t, "\tstatic const unsigned char", "head",
		(Packed){ file->data, TYPE_u8, MRT_WEIGHTS_HEADER });
	put_filled(t, p, NULL,
		"\tconst uint32_t one = 1;\n\n"
		"\tif (!weights || bytes != $M_WEIGHTS_BYTES || differ(weights, head, sizeof head))\n"
		"\t\treturn 1; /* another model's, or not weights at all */\n"
		"\tif ((uintptr_t)weights % $M_WEIGHTS_ALIGN != 0 || *(const unsigned char *)&one != 1)\n"
		"\t\treturn 2; /* misaligned, or a big-endian machine */\n");
	put(t, "\twork->weights = (const unsigned char *)weights + %d;\n\treturn 0;\n}\n",
		MRT_WEIGHTS_HEADER);
}

static void
put_section(Text *t, const char *what)
{
	put(t, "\n/* ---- %s ---- */\n", what);
}

/* "static KWS_CONST _Alignas(32) const int8_t". */
static const char *
declaration(const Program *p, const Array *a)
{
	int align = p->job->target->alignment;
	bool by_bytes = !*p->job->target->guard; /* no kernel reads words of bytes */
	const char *type = types[a->packed.type].ctype;

	if (align <= types[a->packed.type].bytes || by_bytes)
		return format(p->job->arena, "static %s_CONST const %s", p->upper, type);
	return format(p->job->arena, "static %s_CONST _Alignas(%d) const %s", p->upper,
		align, type);
}

static void
put_arrays(Text *t, const Program *p, const Array *array, int count)
{
	bool open = false;

	for (int i = 0; i < count; i++) {
		const Array *a = array + i;

		if (!i || a->users != a[-1].users) {
			close_guard(t, open);
			put(t, "\n");
			open = open_guard(t, p, a->users);
		} else {
			put(t, "\n");
		}
		if (a->shared)
			put(t, "extern const %s %s[%lld];\n", types[a->packed.type].ctype, a->shared,
				(long long)a->packed.count + is_string(a->packed));
		else
			put_array(t, declaration(p, a), a->name, a->packed);
	}
	close_guard(t, open);
}

static bool
has_strings(const Program *p)
{
	for (int i = 0; i < p->data->array_count; i++)
		if (is_string(p->data->array[i].packed))
			return true;
	for (int i = 0; i < p->data->outside_count; i++)
		if (is_string(p->data->outside[i].packed))
			return true;
	return p->job->selftest;
}

static void
put_data(Text *t, const Program *p)
{
	if (p->weights_file ? !p->data->outside_count : !p->data->array_count && !p->data->outside_count)
		return;
	put_section(t, "weights");
	if (!p->weights_file)
		put_arrays(t, p, p->data->array, p->data->array_count);
	put_arrays(t, p, p->data->outside, p->data->outside_count);
}

/* A sentence in a comment. */
static void
put_wrapped(Text *t, const char *text)
{
	int column = 0;

	for (int size; *text; text += size + (text[size] == ' ')) {
		size = (int)strcspn(text, " ");
		bool fits = column && column + 1 + size < LINE_MOST;
		put(t, fits ? " %.*s" : column ? "\n * %.*s" : " * %.*s", size, text);
		column = fits ? column + 1 + size : 2 + size;
	}
	put(t, ".\n");
}

static void
put_comment(Text *t, const Program *p, const Function *f)
{
	const char *line = f->bound->template->comment;

	put(t, "\n/*\n");
	put_wrapped(t, f->what);
	if (f->merged.layers > 1 && *open_words(p, f))
		put_wrapped(t, format(p->job->arena, "They pass what differs: %s", open_words(p, f)));
	while (line && *line) {
		int size = (int)strcspn(line, "\n");
		put(t, size ? " * %.*s\n" : " *\n", size, line);
		line += size + (line[size] == '\n');
	}
	put(t, " */\n");
}

/* "KWS_KERNEL", of one variant of several "KWS_KERNEL_AVX2". */
static const char *
kernel_macro(const Program *p)
{
	return format(p->job->arena, "%s_KERNEL%s", p->upper, upper_case(p->job->arena, p->suffix));
}

void
put_kernel_macro(Text *t, const Program *p)
{
	const char *macro = kernel_macro(p);

	if (p->function_count)
		put(t, "\n/* Before each kernel: a section, say. They do better by themselves. */\n"
			"#ifndef %s\n#if %s\n#define %s __attribute__((noinline))\n#else\n"
			"#define %s\n#endif\n#endif\n", macro, p->job->target->apart, macro, macro);
}

void
put_functions(Text *t, const Program *p)
{
	for (int i = 0; i < p->function_count; i++) {
		put_comment(t, p, p->function + i);
		put(t, "%s ", kernel_macro(p));
		put_function(t, p->function[i].bound, p->function[i].name);
	}
}

static void
put_inputs(Text *t, const Program *p)
{
	for (int i = 0; i < p->inputs && p->job->graph->input_mode == INPUT_FULL; i++) {
		put_filled(t, p, p->port + i,
			"\n$t *\n$m_$p($m_work *work)\n{\n\treturn ($t *)(work->mem + ");
		put(t, "%lld);\n}\n", (long long)p->port[i].tensor->offset);
	}
}

static void
put_model(Text *t, Program *p, const Text *body, const Text *weights)
{
	put_section(t, "model");
	if (p->weights_file || p->job->selftest)
		put(t, "\n%s\n", comparison(p->job->templates, "differ")); /* firmware has no memcmp() */
	put_inputs(t, p);
	if (p->weights_file)
		put_open(t, p, weights);
	put_bytes(t, body->data, body->size);
}

static void
put_guards(Text *t, const Program *p)
{
	const Target *target = p->job->target;

	put(t, "#include \"%s.h\"\n\n", p->name);
	put_includes(t, p->closure);
	if (*target->guard)
		put(t, "\n#ifndef %s\n#error \"%s %s\"\n#endif\n", target->guard,
			*target->flags ? "compile this file with" : "this file is for",
			*target->flags ? target->flags : target->what);
	put_absent(t, p);
	put_filled(t, p, NULL,
		"\n#ifndef $M_CONST\n"
		"#define $M_CONST /* before each array of weights: a section, say "
		"*/\n#endif\n");
	if (p->variants == 1)
		put_kernel_macro(t, p);
	if (has_strings(p))
		put(t,
			"\n/* Long arrays of bytes stand as string literals: compilers "
			"read them fastest. */\n"
			"#ifdef __GNUC__\n#pragma GCC diagnostic ignored "
			"\"-Woverlength-strings\"\n#endif\n");
	if (p->job->trace)
		put_filled(t, p, NULL,
			"\n/* Tells each tensor when it is made, some row by row. */\n"
			"void $m_trace(int tensor, const void *data, long bytes);\n");
	if (p->job->steps)
		put_filled(t, p, NULL, "\n/* Tells each step before it is taken. */\n"
			"void $m_step(int node, int row);\n");
}

/* Helpers, weights, kernels; of several variants each with its own. */
static void
put_code(Text *t, const Program *p, const Text *body)
{
	Text helpers = text_new(p->job->arena);

	if (p->variants == 1)
		put_helpers(&helpers, p->closure);
	else
		put_shared_helpers(&helpers, p);
	if (helpers.size) {
		put_section(t, "helpers");
		put(t, "\n");
		put_bytes(t, helpers.data, helpers.size);
	}
	put_data(t, p);
	if (p->variants == 1 && p->function_count)
		put_section(t, "kernels");
	if (p->variants == 1)
		put_functions(t, p);
	for (int i = 0; i < p->variants && p->variants > 1; i++)
		put_variant(t, p, i, body + i);
}

Output
emit_program(Program *p)
{
	Arena *arena = p->job->arena;
	Output o = { text_new(arena), text_new(arena), { 0 } };
	Text *body = alloc_array(arena, (size_t)p->variants + 1, sizeof *body), *model = body;

	for (int i = 0; i < p->variants; i++) {
		const Closure *c = p->variant[i]->closure;
		body[i] = text_new(arena);
		put_body(body + i, p->variant[i]);
		for (int k = 0; k < c->header_count; k++)
			add_include(p->closure, c->header[k]);
	}
	if (p->variants > 1) {
		model = body + p->variants;
		*model = text_new(arena);
		put_choices(model, p);
	}
	add_include(p->closure, "<string.h>");
	if (p->weights_file)
		o.weights = weights_file(p);
	put_header(&o.header, p);
	put_head(&o.source, p);
	put_guards(&o.source, p);
	put_code(&o.source, p, body);
	put_model(&o.source, p, model, &o.weights);
	if (p->job->selftest)
		put_selftest(&o.source, p);
	return o;
}
