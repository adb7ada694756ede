/* build.c: the output compiled with $CC and run on this machine: `run` and `verify`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codegen.h"

/* ---- the program around the model ---- */

static void
put_trace_table(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;

	put(t, "\nstatic struct {\n\tint operator, tensor, flip;\n\tlong bytes;\n\tconst char *dtype, "
		"*shape, *gone;\n\tunsigned long long hash;\n\tint seen;\n} traced[] = {\n");
	for (int i = 0; i < p->job->traced_count; i++) {
		const Traced *r = p->job->traced + i;
		const Tensor *x = g->tensor + r->tensor;
		const Shape *s = &x->origin.shape;
		put(t, "\t{ %d, %d, %d, %lld, \"%s\", \"", r->operator, r->tensor,
			x->origin.type == TYPE_u8 && x->type == TYPE_s8 ? 128 : 0,
			(long long)(elements(s) * types[x->type].bytes), types[x->origin.type].tflite);
		for (int k = 0; k < s->rank; k++)
			put(t, "%s%d", k ? "x" : "", s->dim[k]);
		put(t, "\", \"%s\", 0, 0 }, /* %d */\n", x->gone ? comment_text(g->arena, x->gone) :
			"a view", x->origin.number);
	}
	put(t, "\t{ -1, -1, 0, 0, 0, 0, 0, 0, 0 }\n};\nstatic const int number[] = {");
	for (int i = 0; i < p->job->traced_count; i++)
		put(t, "%s%d,", i % 16 ? " " : "\n\t", g->tensor[p->job->traced[i].tensor].origin.number);
	put(t, " -1\n};\n");
}

static void
put_trace_functions(Text *t, const Program *p)
{
	put(t, "\nvoid\n%s_trace(int operator, int tensor, int dense, const void *data)\n{\n"
		"\tconst unsigned char *at = data;\n\n\t(void)operator;\n"
		"\tfor (int i = 0; traced[i].tensor >= 0; i++) {\n"
		"\t\tif (traced[i].tensor != tensor || !dense)\n\t\t\tcontinue;\n"
		"\t\ttraced[i].seen = 1;\n\t\ttraced[i].hash = 0xcbf29ce484222325u;\n"
		"\t\tfor (long k = 0; k < traced[i].bytes; k++)\n"
		"\t\t\ttraced[i].hash = (traced[i].hash ^ (at[k] ^ (unsigned)traced[i].flip)) * "
		"0x100000001b3u;\n\t}\n}\n", p->name);
	put(t, "\nstatic void\nput_trace(void)\n{\n\tlong offset = 0;\n\n"
		"\tfor (int i = 0; traced[i].tensor >= 0; offset += traced[i++].bytes) {\n"
		"\t\tprintf(\"op %%d tensor %%d dtype=%%s shape=%%s bytes=%%ld \", traced[i].operator,\n"
		"\t\t\tnumber[i], traced[i].dtype, traced[i].shape, traced[i].bytes);\n"
		"\t\tif (traced[i].seen)\n"
		"\t\t\tprintf(\"fnv1a64=%%016llx offset=%%ld\\n\", traced[i].hash, offset);\n"
		"\t\telse\n\t\t\tprintf(\"gone: %%s\\n\", traced[i].gone);\n\t}\n}\n");
}

/* fread() of input i into its place; stops at the end of the file. */
static void
put_loop(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;
	bool full = g->input_mode == INPUT_FULL;

	put(t, "\tfor (long n = 0; ; n++) {\n");
	for (int i = 0; i < g->input_count; i++) {
		const char *name = port_name(p, g->input, i, "input");
		const char *place = full ? format(g->arena, "%s_%s(&work)", p->name, name) :
			format(g->arena, "in_%s", name);
		put(t, "\t\tif (fread(%s, %lld, 1, file[%d]) != 1)\n\t\t\treturn n == 0%s;\n", place,
			(long long)tensor_bytes(g->tensor + g->input[i].tensor), i, i ? " || 1" : "");
	}
	put(t, "\t\t%s_run(&work", p->name);
	for (int i = 0; i < g->input_count && !full; i++)
		put(t, ", in_%s", port_name(p, g->input, i, "input"));
	for (int i = 0; i < g->output_count; i++)
		put(t, ", out_%s", port_name(p, g->output, i, "output"));
	put(t, ");\n");
	for (int i = 0; i < g->output_count; i++)
		put(t, "\t\tif (fwrite(out_%s, %lld, 1, file[%d]) != 1)\n\t\t\treturn 1;\n",
			port_name(p, g->output, i, "output"),
			(long long)tensor_bytes(g->tensor + g->output[i].tensor), g->input_count + i);
	if (p->job->trace)
		put(t, "\t\tif (n == 0)\n\t\t\tput_trace();\n");
	if (!g->input_count)
		put(t, "\t\treturn 0;\n");
	put(t, "\t}\n");
}

static void
put_ports(Text *t, const Program *p, const Port *port, int count, const char *kind)
{
	for (int i = 0; i < count; i++) {
		const Tensor *x = p->job->graph->tensor + port[i].tensor;
		put(t, "static %s %.*s_%s[%lld];\n", types[x->type].ctype, kind[0] == 'i' ? 2 : 3, kind,
			port_name(p, port, i, kind), (long long)elements(&x->shape));
	}
}

static Text
driver(const Program *p)
{
	const Graph *g = p->job->graph;
	Text t = text_new(g->arena);
	int files = g->input_count + g->output_count;

	put(&t, "#include \"%s.h\"\n#include <stdio.h>\n#include <stdlib.h>\n\nstatic %s_work work;\n",
		p->name, p->name);
	if (g->input_mode == INPUT_CONST)
		put_ports(&t, p, g->input, g->input_count, "input");
	put_ports(&t, p, g->output, g->output_count, "output");
	if (p->job->trace) {
		put_trace_table(&t, p);
		put_trace_functions(&t, p);
	}
	put(&t, "\nint\nmain(int argc, char **argv)\n{\n\tFILE *file[%d];\n\n", files);
	put(&t, "\tif (argc < %d)\n\t\treturn 2;\n", files + 1);
	put(&t, "\tfor (int i = 0; i < %d; i++)\n\t\tif (!(file[i] = fopen(argv[i + 1], i < %d ? \"rb\" : "
		"\"wb\")))\n\t\t\treturn 3;\n", files, g->input_count);
	if (p->weights_file)
		put(&t, "\tstatic _Alignas(64) unsigned char weights[%s_WEIGHTS_BYTES];\n"
			"\tFILE *w = fopen(argv[%d], \"rb\");\n"
			"\tif (!w || fread(weights, sizeof weights, 1, w) != 1 ||\n"
			"\t    %s_open(&work, weights, sizeof weights) != 0)\n\t\treturn 4;\n", p->upper,
			files + 1, p->name);
	put_loop(&t, p);
	put(&t, "}\n");
	return t;
}

/* ---- processes ---- */

/* Runs a command to its end; -1: it could not be started or died by a signal. */
static int
execute(char *const *argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

typedef struct {
	Arena *arena;
	char **word;
	int count;
} Command;

static void
add_word(Command *c, const char *word)
{
	c->word = grow(c->arena, c->word, c->count, sizeof *c->word);
	c->word[c->count++] = format(c->arena, "%s", word);
	c->word = grow(c->arena, c->word, c->count, sizeof *c->word);
	c->word[c->count] = NULL;
}

/* $CC and flags may be several words. */
static void
add_words(Command *c, const char *words)
{
	while (*(words += strspn(words, " "))) {
		int size = (int)strcspn(words, " ");
		add_word(c, format(c->arena, "%.*s", size, words));
		words += size;
	}
}

static void
write_now(const Program *p, const char *path, const Text *text)
{
	Unfinished u = begin_file(p->job->arena, p->job->graph->diag, path, text);

	finish_files(p->job->graph->diag, &u, 1);
}

static const char *
in_folder(const Program *p, const char *folder, const char *suffix)
{
	return format(p->job->arena, "%s/%s%s", folder, p->name, suffix);
}

Build
build(const Program *p, const Output *o)
{
	Arena *arena = p->job->arena;
	const char *cc = getenv("CC"), *tmp = getenv("TMPDIR");
	char *folder = format(arena, "%s/mcompile-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	Command c = { arena, NULL, 0 };
	Text main_text = driver(p);

	if (!mkdtemp(folder))
		fail_at(p->job->graph->diag, nowhere, "%s: cannot make a folder: %s", folder,
			strerror(errno));
	write_now(p, in_folder(p, folder, ".c"), &o->source);
	write_now(p, in_folder(p, folder, ".h"), &o->header);
	write_now(p, format(arena, "%s/driver.c", folder), &main_text);
	if (p->weights_file)
		write_now(p, in_folder(p, folder, ".bin"), &o->weights);
	add_words(&c, cc && *cc ? cc : "cc");
	add_words(&c, "-std=c11 -O2 -w");
	add_words(&c, p->job->target->flags);
	add_word(&c, "-o");
	add_word(&c, in_folder(p, folder, ""));
	add_word(&c, format(arena, "%s/driver.c", folder));
	add_word(&c, in_folder(p, folder, ".c"));
	add_word(&c, "-lm");
	int status = execute(c.word);
	Build b = { folder, in_folder(p, folder, "") };
	if (status != 0) {
		unbuild(p, &b);
		fail_at(p->job->graph->diag, nowhere, status == 127 || status < 0 ?
			"%s: cannot be run: set CC to a C compiler" :
			"%s: the compiler refused the generated code", c.word[0]);
	}
	return b;
}

int
run_build(const Program *p, const Build *b, const char *const *in, const char *const *out)
{
	const Graph *g = p->job->graph;
	Command c = { p->job->arena, NULL, 0 };

	add_word(&c, b->program);
	for (int i = 0; i < g->input_count; i++)
		add_word(&c, in[i]);
	for (int i = 0; i < g->output_count; i++)
		add_word(&c, out[i]);
	add_word(&c, in_folder(p, b->folder, ".bin"));
	fflush(NULL);
	return execute(c.word);
}

void
unbuild(const Program *p, const Build *b)
{
	static const char *const suffix[] = { "", ".c", ".h", ".bin" };

	for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++)
		unlink(in_folder(p, b->folder, suffix[i]));
	unlink(format(p->job->arena, "%s/driver.c", b->folder));
	rmdir(b->folder);
}

/* ---- verify: the generated code against ref on the host ---- */

/* Random inputs one after the other, and what the reference makes of them. */
static void
record(const Graph *ref, int count, uint32_t seed, Text *in, Text *out)
{
	void **x = alloc_array(ref->arena, (size_t)ref->input_count + 1, sizeof *x);
	void **y = alloc_array(ref->arena, (size_t)ref->output_count + 1, sizeof *y);

	for (int i = 0; i < ref->input_count; i++)
		x[i] = alloc(ref->arena, (size_t)tensor_bytes(ref->tensor + ref->input[i].tensor));
	for (int i = 0; i < ref->output_count; i++)
		y[i] = alloc(ref->arena, (size_t)tensor_bytes(ref->tensor + ref->output[i].tensor));
	for (int n = 0; n < count; n++) {
		for (int i = 0; i < ref->input_count; i++) {
			const Tensor *t = ref->tensor + ref->input[i].tensor;
			fill_input(x[i], t->type, elements(&t->shape), &seed);
			put_bytes(in + i, x[i], (size_t)tensor_bytes(t));
		}
		evaluate_graph(ref, x, y);
		for (int i = 0; i < ref->output_count; i++)
			put_bytes(out + i, y[i],
				(size_t)tensor_bytes(ref->tensor + ref->output[i].tensor));
	}
}

static int64_t
differing_bytes(const Program *p, const char *path, const Text *expected)
{
	File f = map_file(p->job->graph->diag, path);
	int64_t bad = f.size < expected->size ? (int64_t)(expected->size - f.size) : 0;

	for (size_t i = 0; i < f.size && i < expected->size; i++)
		bad += f.data[i] != (uint8_t)expected->data[i];
	unmap_file(f);
	return bad;
}

int64_t
verify_build(const Program *p, const Build *b, int count, uint32_t seed)
{
	const Graph *ref = p->job->reference;
	Arena *arena = p->job->arena;
	Text *in = alloc_array(arena, (size_t)ref->input_count + 1, sizeof *in);
	Text *out = alloc_array(arena, (size_t)ref->output_count + 1, sizeof *out);
	const char **inputs = alloc_array(arena, (size_t)ref->input_count + 1, sizeof *inputs);
	const char **outputs = alloc_array(arena, (size_t)ref->output_count + 1, sizeof *outputs);
	int64_t bad = 0;

	for (int i = 0; i < ref->input_count; i++)
		in[i] = text_new(arena);
	for (int i = 0; i < ref->output_count; i++)
		out[i] = text_new(arena);
	record(ref, count, seed, in, out);
	for (int i = 0; i < ref->input_count; i++) {
		inputs[i] = format(arena, "%s/in%d", b->folder, i);
		write_now(p, inputs[i], in + i);
	}
	for (int i = 0; i < ref->output_count; i++)
		outputs[i] = format(arena, "%s/out%d", b->folder, i);
	if (run_build(p, b, inputs, outputs) != 0)
		bad = -1;
	for (int i = 0; i < ref->output_count && bad >= 0; i++)
		bad += differing_bytes(p, outputs[i], out + i);
	for (int i = 0; i < ref->input_count; i++)
		unlink(inputs[i]);
	for (int i = 0; i < ref->output_count; i++)
		unlink(outputs[i]);
	return bad;
}
