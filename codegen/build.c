/* build.c: the output compiled with $CC and run on this machine or its own: `run` and `verify`. */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codegen.h"
#include "templates/common/compare.h"

/* ---- the program around the model ---- */

/* A line per tensor that an operator of the model makes, as --layers prints it; FNV-1a. */
static void
put_traced(Text *t, const Program *p)
{
	const Graph *g = p->job->graph;

	put(t, "\nstatic Traced traced[] = {\n");
	for (int i = 0; i < p->job->traced_count; i++) {
		const Traced *r = p->job->traced + i;
		const Tensor *x = g->tensor + r->tensor;
		const Shape *s = &x->origin.shape;
		put(t, "\t{ %d, %d, %d, %d, %lld, \"%s\", \"%s\", \"%s\", 0, 0xcbf29ce484222325u },\n", r->operator, r->tensor,
			x->origin.number, x->origin.type == TYPE_u8 && x->type == TYPE_s8 ? 128 : 0,
			(long long)(elements(s) * types[x->type].bytes), types[x->origin.type].tflite,
			dims_text(g->arena, s), x->gone ? comment_text(g->arena, x->gone) :
			"its rows were never all there");
	}
	put(t, "\t{ 0, -1, 0, 0, 0, 0, 0, 0, 0, 0 }\n};\n");
}

static const char trace_type[] = "\ntypedef struct {\n"
	"\tint operator, tensor, number, flip;\n\tlong bytes;\n"
	"\tconst char *dtype, *shape, *gone;\n\tlong seen;\n\tunsigned long long hash;\n} Traced;\n";

static const char trace_functions[] = "\nvoid\n$m_trace(int tensor, const void *data, long bytes)\n{\n"
	"\tconst unsigned char *at = data;\n\n"
	"\tfor (Traced *t = traced; t->tensor >= 0; t++) {\n"
	"\t\tif (t->tensor != tensor)\n\t\t\tcontinue;\n"
	"\t\tt->seen += bytes;\n"
	"\t\tfor (long k = 0; k < bytes; k++)\n"
	"\t\t\tt->hash = (t->hash ^ (at[k] ^ (unsigned)t->flip)) * 0x100000001b3u;\n\t}\n}\n"
	"\nstatic void\nput_trace(void)\n{\n\tlong offset = 0;\n\n"
	"\tfor (Traced *t = traced; t->tensor >= 0; offset += t++->bytes) {\n"
	"\t\tprintf(\"op %d tensor %d dtype=%s shape=%s bytes=%ld \", t->operator, t->number,\n"
	"\t\t\tt->dtype, t->shape, t->bytes);\n"
	"\t\tif (t->seen == t->bytes)\n\t\t\tprintf(\"fnv1a64=%016llx offset=%ld\\n\", t->hash, offset);\n"
	"\t\telse\n\t\t\tprintf(\"gone: %s\\n\", t->gone);\n\t}\n}\n";

/* Rows in chunks of several sizes, gone once they are pushed; what is refused changes nothing. */
static const char push_loop[] = "\t\tstatic const int chunk[] = { 1, 0, 3, 2, 8 };\n\n"
	"\t\t$m_begin(&work);\n"
	"\t\tfor (int at = 0, rows, k = (int)(n % 5); at < $M_$P_ROWS; at += rows, k = (k + 1) % 5) {\n"
	"\t\t\tint left = $M_$P_ROWS - at;\n"
	"\t\t\t$t *row = port_$p + $M_$P_ROW_COUNT * at;\n\n"
	"\t\t\trows = chunk[k] < left ? chunk[k] : left;\n"
	"\t\t\tif ($m_push(&work, row, left + 1) != $M_TOO_MANY_ROWS ||\n"
	"\t\t\t    $m_push(&work, row, -1) != $M_NEGATIVE_ROWS ||\n"
	"\t\t\t    $m_push(&work, row, rows) != 0)\n\t\t\t\treturn 5;\n"
	"\t\t\tmemset(row, 0xa5, (size_t)rows * $M_$P_ROW_COUNT * sizeof *row);\n\t\t}\n"
	"\t\tif ($m_push(&work, port_$p, 1) != $M_TOO_MANY_ROWS || $m_finish(&work";

/* One inference after the other until an input file ends; then 0 if it ended between two. */
static void
put_loop(Text *t, const Program *p)
{
	bool full = p->job->graph->input_mode == INPUT_FULL;

	put(t, "\tfor (long n = 0; ; n++) {\n");
	for (int i = 0; i < p->inputs; i++) {
		put_filled(t, p, p->port + i, full ? "\t\tif (fread($m_$p(&work), $b, 1, file[" :
			"\t\tif (fread(port_$p, $b, 1, file[");
		put(t, "%d]) != 1)\n\t\t\treturn n == 0%s;\n", i, i ? " || 1" : "");
	}
	if (p->reader >= 0) {
		put_filled(t, p, p->port, push_loop);
	} else {
		put_filled(t, p, NULL, "\t\t$m_run(&work");
		if (!full)
			put_filled_ports(t, p, true, ", port_$p");
	}
	put_filled_ports(t, p, false, ", port_$p");
	put(t, p->reader < 0 ? ");\n" : ") != 0)\n\t\t\treturn 5;\n");
	for (int i = p->inputs; i < p->ports; i++) {
		put_filled(t, p, p->port + i, "\t\tif (fwrite(port_$p, $b, 1, file[");
		put(t, "%d]) != 1)\n\t\t\treturn 1;\n", i);
	}
	if (p->job->trace)
		put(t, "\t\tif (n == 0)\n\t\t\tput_trace();\n");
	put(t, p->inputs ? "\t}\n" : "\t\treturn 0;\n\t}\n");
}

/* main(): the inputs' files, the outputs', the weights'. */
static Text
driver(const Program *p)
{
	Text t = text_new(p->job->arena);

	put_filled(&t, p, NULL, "#include \"$m.h\"\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\n"
		"static $m_work work;\n");
	if (p->job->graph->input_mode != INPUT_FULL)
		put_filled_ports(&t, p, true, "static $t port_$p[$n];\n");
	put_filled_ports(&t, p, false, "static $t port_$p[$n];\n");
	if (p->job->steps)
		put_filled(&t, p, NULL, "\nvoid\n$m_step(int node, int row)\n{\n"
			"\tprintf(\"step n%d %d\\n\", node, row);\n}\n");
	if (p->job->trace) {
		put(&t, "%s", trace_type);
		put_traced(&t, p);
		put_filled(&t, p, NULL, trace_functions);
	}
	put(&t, "\nint\nmain(int argc, char **argv)\n{\n\tFILE *file[%d];\n\n"
		"\tif (argc < %d)\n\t\treturn 2;\n\tfor (int i = 0; i < %d; i++)\n"
		"\t\tif (!(file[i] = fopen(argv[i + 1], i < %d ? \"rb\" : \"wb\")))\n\t\t\treturn 3;\n",
		p->ports, p->ports + 1, p->ports, p->inputs);
	if (p->weights_file) {
		put_filled(&t, p, NULL, "\tstatic $M_ALIGN unsigned char weights[$w];\n");
		put(&t, "\tFILE *w = fopen(argv[%d], \"rb\");\n", p->ports + 1);
		put_filled(&t, p, NULL, "\tif (!w || fread(weights, sizeof weights, 1, w) != 1 ||\n"
			"\t    $m_open(&work, weights, sizeof weights) != 0)\n\t\treturn 4;\n");
	}
	put_loop(&t, p);
	put(&t, "}\n");
	return t;
}

/* ---- processes ---- */

/* Runs a command to its end; -1: it could not be started or died by a signal. */
static int
execute(char *const *argv, const char *folder)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (chdir(folder) == 0)
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

/* $CC and flags may be several words, whose @ or $ is a path. */
static void
add_words(Command *c, const char *words, const char *path)
{
	while (*(words += strspn(words, " "))) {
		int size = (int)strcspn(words, " "), before = (int)strcspn(words, "@$ ");
		add_word(c, before == size ? format(c->arena, "%.*s", size, words) :
			format(c->arena, "%.*s%s%.*s", before, words, path, size - before - 1,
				words + before + 1));
		words += size;
	}
}

static void
write_now(const Program *p, const char *path, const Text *text)
{
	write_files(p->job->arena, p->job->graph->diag, &(FileText){ path, *text }, 1);
}

static const char *
in_folder(const Program *p, const char *folder, const char *suffix)
{
	return format(p->job->arena, "%s/%s%s", folder, p->name, suffix);
}

/* The compiler, what it makes of what, and for another machine that one's own sources. */
static Command
compiler(const Program *p, const Build *b)
{
	Arena *arena = p->job->arena;
	Command c = { arena, NULL, 0 };
	const char *cc = getenv("CC"), *folder = format(arena, "%s/machine", b->folder);
	const char *source = b->machine ? b->machine->sources : "";

	if (b->machine) {
		mkdir(folder, S_IRWXU);
		write_sources(p->job->graph, b->machine, folder);
		add_words(&c, b->machine->compiler, folder);
		add_words(&c, "-std=gnu11 -O2 -w", "");
	} else {
		add_words(&c, cc && *cc ? cc : "cc", "@");
		add_words(&c, "-std=c11 -O2 -w", "");
	}
	add_words(&c, p->job->target->flags, "");
	add_word(&c, "-o");
	add_word(&c, b->program);
	add_word(&c, format(arena, "%s/driver.c", b->folder));
	add_word(&c, in_folder(p, b->folder, ".c"));
	if (p->bundle)
		add_word(&c, format(arena, "%s/arrays.c", b->folder));
	for (; *source; source += strspn(source, " ")) {
		int size = (int)strcspn(source, " "), stem = (int)strcspn(source, "/") + 1;
		add_word(&c, format(arena, "%s/%.*s", folder, size - stem, source + stem));
		source += size;
	}
	add_word(&c, "-lm");
	return c;
}

Build
build(const Program *p, const Output *o)
{
	Arena *arena = p->job->arena;
	Graph *g = p->job->graph;
	const char *tmp = getenv("TMPDIR");
	char *folder = format(arena, "%s/mcompile-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	Text main_text = driver(p), arrays = text_new(arena);
	Build b = { machine_of(p->job->target), NULL, NULL };

	if (b.machine)
		check_machine(g, p->job->target, b.machine);
	if (!mkdtemp(folder))
		fail_at(g->diag, nowhere, "%s: cannot make a folder: %s", folder, strerror(errno));
	b.folder = folder;
	b.program = in_folder(p, folder, "");
	write_now(p, in_folder(p, folder, ".c"), &o->source);
	write_now(p, in_folder(p, folder, ".h"), &o->header);
	write_now(p, format(arena, "%s/driver.c", folder), &main_text);
	if (p->bundle) {
		put(&arrays, "#include <stdint.h>\n%s", bundle_arrays(p->bundle).data);
		write_now(p, format(arena, "%s/arrays.c", folder), &arrays);
	}
	if (p->weights_file)
		write_now(p, in_folder(p, folder, ".bin"), &o->weights);
	Command c = compiler(p, &b);
	int status = execute(c.word, ".");
	if (status != 0) {
		unbuild(&b);
		error_at(g->diag, nowhere, status == 127 || status < 0 ?
			"%s: cannot be run: set CC to a C compiler" :
			"%s: the compiler refused the generated code", c.word[0]);
		if (b.machine)
			note_packages(g, b.machine);
		give_up(g->diag);
	}
	return b;
}

/* Names without blanks or commas, for arguments that an emulator takes as one word. */
static const char *
short_name(const Program *p, const Build *b, int number, const char *path)
{
	Arena *arena = p->job->arena;
	const char *name = format(arena, "%d", number), *link = format(arena, "%s/%d", b->folder, number);
	char *here = *path == '/' ? NULL : realpath(".", NULL);

	unlink(link);
	if (symlink(here ? format(arena, "%s/%s", here, path) : path, link))
		fail_at(p->job->graph->diag, nowhere, "%s: cannot be made: %s", link, strerror(errno));
	free(here);
	return name;
}

int
run_build(const Program *p, const Build *b, const char *const *in, const char *const *out)
{
	const Graph *g = p->job->graph;
	Command c = { p->job->arena, NULL, 0 };
	int files = g->input_count + g->output_count + 1;
	const char *emulator = b->machine ? b->machine->emulator : "$", *last = strstr(emulator, "-append");
	Text words = text_new(p->job->arena);

	add_words(&c, emulator, b->program);
	for (int i = 0; i < files; i++) {
		const char *path = i < g->input_count ? in[i] : i < files - 1 ? out[i - g->input_count] :
			in_folder(p, b->folder, ".bin");
		if (last)
			put(&words, "%s%s", i ? " " : "", short_name(p, b, i, path));
		else
			add_word(&c, path);
	}
	if (last)
		add_word(&c, words.data);
	fflush(NULL);
	return execute(c.word, last ? b->folder : ".");
}

static int
remove_one(const char *path, const struct stat *s, int kind, struct FTW *place)
{
	(void)s, (void)kind, (void)place;
	return remove(path);
}

void
unbuild(const Build *b)
{
	enum { OPEN_MOST = 8 };

	nftw(b->folder, remove_one, OPEN_MOST, FTW_DEPTH | FTW_PHYS);
}

/* ---- verify: the generated code against ref on the host ---- */

/* Random inputs one after the other, and what the reference makes of them: a text per port. */
static Text *
record(const Program *p, int count, uint32_t seed)
{
	Arena *arena = p->job->arena;
	void **data = alloc_array(arena, (size_t)p->ports + 1, sizeof *data);
	Text *text = alloc_array(arena, (size_t)p->ports + 1, sizeof *text);

	for (int i = 0; i < p->ports; i++) {
		data[i] = alloc(arena, (size_t)p->port[i].bytes);
		text[i] = text_new(arena);
	}
	for (int n = 0; n < count; n++) {
		for (int i = 0; i < p->inputs; i++)
			fill_input(data[i], p->port[i].tensor->type, p->port[i].count, &seed);
		evaluate_graph(p->job->reference, data, data + p->inputs);
		for (int i = 0; i < p->ports; i++)
			put_bytes(text + i, data[i], (size_t)p->port[i].bytes);
	}
	return text;
}

/* Floats that lie near enough, inference by inference, do not count. */
static int64_t
differing_bytes(const Program *p, const PortText *port, const char *path, const Text *expected)
{
	File f = map_file(p->job->graph->diag, path);
	int64_t bad = f.size < expected->size ? (int64_t)(expected->size - f.size) : 0;
	size_t bytes = (size_t)port->bytes, end = f.size < expected->size ? f.size : expected->size;
	float *a = alloc(p->job->arena, bytes), *b = alloc(p->job->arena, bytes);

	for (size_t at = 0; at < end; at += bytes) {
		size_t some = end - at < bytes ? end - at : bytes;
		memcpy(a, f.data + at, some);
		memcpy(b, expected->data + at, some);
		if (port->tensor->type == TYPE_f32 && !apart(a, b, some / sizeof *a))
			continue;
		for (size_t i = at; i < at + some; i++)
			bad += f.data[i] != (uint8_t)expected->data[i];
	}
	unmap_file(f);
	return bad;
}

int64_t
verify_build(const Program *p, const Build *b, int count, uint32_t seed)
{
	const char **path = alloc_array(p->job->arena, (size_t)p->ports + 1, sizeof *path);
	const Text *expected = record(p, count, seed);
	int64_t bad = 0;

	for (int i = 0; i < p->ports; i++) {
		path[i] = format(p->job->arena, "%s/port%d", b->folder, i);
		if (i < p->inputs)
			write_now(p, path[i], expected + i);
	}
	if (run_build(p, b, path, path + p->inputs) != 0)
		bad = -1;
	for (int i = 0; i < p->ports; i++) {
		if (i >= p->inputs && bad >= 0)
			bad += differing_bytes(p, p->port + i, path[i], expected + i);
		unlink(path[i]);
	}
	return bad;
}
