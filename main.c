/* main.c: options and the passes: what mcompile does, in order. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>
#include <unistd.h>

#include "codegen/codegen.h"
#include "frontend/frontend.h"
#include "ir/ir.h"
#include "scheduler/scheduler.h"

/* A pass rewrites the graph, or needs to know the target as well. */
typedef struct {
	const char *name;
	void (*graph)(Graph *);
	void (*job)(Job *);
} Pass;

static const Pass passes[] = {
	{ "infer", infer, NULL },          /* every shape and type known */
	{ "legalize", legalize, NULL },    /* our operators only, NHWC, dialects */
	{ "fold", fold, NULL },            /* constants computed */
	{ "fuse", fuse, NULL },            /* activations, pads, requantize inside */
	{ "select", NULL, select_kernels }, /* choose and price a kernel per node */
	{ "order", order, NULL },          /* execution order of least peak */
	{ "alias", alias, NULL },          /* views and in-place tensors */
	{ "bind", NULL, select_again },    /* the same function: the widths are known now */
	{ "plan", plan, NULL },            /* offsets, workspace, proof of no overlap */
};
enum { PASSES = sizeof passes / sizeof *passes, VERIFY_COUNT = 16, HELP_COLUMN = 29 };

typedef enum { COMPILE, INSPECT, RUN, VERIFY } Command;
static const char *const commands[] = { "compile", "inspect", "run", "verify" };

typedef struct {
	Command command;
	const char *folder, *name, *target, *report, *templates, *depfile, *dump, *stop;
	int semantics, input_mode, weights, optimize;
	unsigned long arena;     /* bytes; 0: any */
	bool selftest, explain, layers, no_fuse;
	int count;               /* of verify */
	uint32_t seed;
	const char **output;     /* of run */
	int output_count;
	char **file;             /* the model, then run's inputs */
	int file_count;
} Options;

enum { OPT_NAME = 256, OPT_TARGET, OPT_OPTIMIZE, OPT_ARENA, OPT_INPUT, OPT_WEIGHTS, OPT_SEMANTICS,
	OPT_REPORT, OPT_SELFTEST, OPT_EXPLAIN, OPT_DUMP, OPT_STOP, OPT_NO_FUSE, OPT_NO_PRUNE, OPT_DEPFILE,
	OPT_TEMPLATES, OPT_LAYERS, OPT_COUNT, OPT_SEED, OPT_VERSION };

/* The options, as --help lists them; commands: first letters of those that heed it. */
static const struct {
	int option;
	const char *name, *argument, *commands, *help;
} rows_of_options[] = {
	{ 'o', "o", "DIR", "cr", "where the output goes (default: here); run: a file per output" },
	{ OPT_NAME, "name", "NAME", "crv", "of files and identifiers (default: the model's)" },
	{ OPT_TARGET, "target", "T", "crv", "c (default: any C11 compiler), native, ...; help lists them" },
	{ OPT_OPTIMIZE, "optimize", "speed|ram|size", "crv",
		"the fastest kernels; no RAM for scratch; shared functions" },
	{ OPT_ARENA, "arena", "BYTES", "crv", "an error if the work area is larger" },
	{ OPT_INPUT, "input", "full|const", "crv", "inputs in the work area, or the caller's, never written" },
	{ OPT_WEIGHTS, "weights", "auto|c|bin", "crv", "weights in the .c, or in a file beside it" },
	{ OPT_SEMANTICS, "semantics", "tflm|litert", "cirv", "whose bits (default: tflm)" },
	{ OPT_REPORT, "report", "FILE.json", "c", "where every byte and multiply-accumulate goes" },
	{ OPT_SELFTEST, "selftest", NULL, "c", "emit a recorded input and output and NAME_selftest()" },
	{ OPT_EXPLAIN, "explain", NULL, "crv", "which kernels apply to each layer, at what cost" },
	{ OPT_DUMP, "dump", "PASS", "crv", "print the graph after a pass as .mir" },
	{ OPT_STOP, "stop", "PASS", "crv", "end after a pass, write nothing" },
	{ OPT_NO_FUSE, "no-fuse", NULL, "crv", "keep every tensor of the model" },
	{ OPT_NO_PRUNE, "no-prune", NULL, "crv", "keep every channel (nothing prunes yet)" },
	{ OPT_DEPFILE, "depfile", "FILE", "c", "write a Make rule: the output depends on the model" },
	{ OPT_TEMPLATES, "templates", "DIR", "crv", "kernels from a folder instead of those built in" },
	{ OPT_LAYERS, "layers", NULL, "r", "print the hash of each tensor of the model" },
	{ OPT_COUNT, "count", "N", "v", "inferences (default: 16)" },
	{ OPT_SEED, "seed", "N", "v", "of the random inputs (default: 1)" },
	{ OPT_VERSION, "version", NULL, "cirv", "print it" },
	{ 'h', "help", NULL, "cirv", "this text" },
};
enum { OPTION_ROWS = sizeof rows_of_options / sizeof *rows_of_options };

static const char usage_text[] =
	"usage: mcompile [options] MODEL              write NAME.c and NAME.h\n"
	"       mcompile inspect MODEL                tensors, operators, work, memory by layer\n"
	"       mcompile run MODEL IN... -o OUT...    compile, build with $CC, run on raw tensors\n"
	"       mcompile verify MODEL                 generated code against the reference kernels\n\n";

/* Values that belong to the command line, of things that this version does not have. */
static const struct {
	const char *option, *value, *why;
} absent[] = {
	{ "semantics", "ort", "it is for ONNX models, which this version does not read" },
	{ "input", "push", "this version makes no schedule that takes an input row by row" },
	{ "report", ".html", "this version writes reports as JSON: FILE.json" },
};

static const char see_help[] = "note: mcompile --help lists commands and options\n";

static _Noreturn void PRINTF(1, 2)
usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("mcompile: ", stderr);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n%s", see_help);
	va_end(ap);
	exit(2);
}

static void
print_help(void)
{
	fputs(usage_text, stdout);
	for (int i = 0; i < OPTION_ROWS; i++) {
		const char *name = rows_of_options[i].name, *argument = rows_of_options[i].argument;
		int size = printf("  %s%s %s", name[1] ? "--" : "-", name, argument ? argument : "");
		printf("%*s%s\n", size < HELP_COLUMN ? HELP_COLUMN - size : 1, "", rows_of_options[i].help);
	}
}

/* What belongs to the command line but not yet to this version. */
static void
refuse_absent(const char *option, const char *value)
{
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		if (!strcmp(absent[i].option, option) && !strcmp(absent[i].value, value))
			usage("--%s %s: not yet: %s", option, value, absent[i].why);
}

static int
one_of(const char *option, const char *const *names, int count, const char *value)
{
	int found = find_name(names, count, value);

	if (found >= 0)
		return found;
	refuse_absent(option, value);
	fprintf(stderr, "mcompile: --%s %s: not one of", option, value);
	for (int i = 0; i < count; i++)
		fprintf(stderr, " %s", names[i]);
	fputc('\n', stderr);
	exit(2);
}

static const char *
a_pass(const char *option, const char *value)
{
	const char *names[PASSES];

	for (int i = 0; i < PASSES; i++)
		names[i] = passes[i].name;
	return names[one_of(option, names, PASSES, value)];
}

static unsigned long
number(const char *option, const char *value, unsigned long least)
{
	char *end;
	unsigned long n = strtoul(value, &end, 0);

	if (!*value || *end || *value == '-' || n < least || n > INT32_MAX)
		usage("--%s %s: not a number from %lu to %ld", option, value, least, (long)INT32_MAX);
	return n;
}

/* Standard input and output are for nobody: outputs are renamed into place. */
static const char *
a_file(const char *path)
{
	if (!strcmp(path, "-") || !*path)
		usage("'%s' is not a file: models, inputs and outputs are files", path);
	return path;
}

static const char *
a_report(const char *path)
{
	const char *dot = strrchr(path, '.');

	refuse_absent("report", dot ? dot : path);
	return a_file(path);
}

static const char *
a_name(const char *name)
{
	if (!name[strcspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")])
		usage("--name '%s': no letter or digit in it", name);
	return name;
}

static void
list_targets(void)
{
	for (int i = 0; i < target_count; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s", targets[i].name);
		for (char *p = name; (p = strchr(p, '_')); )
			*p = '-';
		printf("%-16s %-14s %s\n", name, targets[i].flags, targets[i].what);
	}
	printf("%-16s %-14s the best of these for this machine\n", "native", "");
	exit(0);
}

static void
add_output(Options *o, const char *path)
{
	o->output[o->output_count++] = path;
	o->folder = path;
}

static void
set_option(Options *o, int option)
{
	switch (option) {
	case 'o': add_output(o, a_file(optarg)); break;
	case 'h': print_help(); exit(0);
	case OPT_VERSION: puts("mcompile " VERSION); exit(0);
	case OPT_NAME: o->name = a_name(optarg); break;
	case OPT_TARGET: o->target = optarg; break;
	case OPT_OPTIMIZE: o->optimize = one_of("optimize", optimize_names, OPTIMIZE_COUNT, optarg); break;
	case OPT_ARENA: o->arena = number("arena", optarg, 1); break;
	case OPT_INPUT: o->input_mode = one_of("input", input_mode_names, INPUT_PUSH, optarg); break;
	case OPT_WEIGHTS: o->weights = one_of("weights", weights_names, WEIGHTS_COUNT, optarg); break;
	case OPT_SEMANTICS: o->semantics = one_of("semantics", semantics_names, ORT, optarg); break;
	case OPT_REPORT: o->report = a_report(optarg); break;
	case OPT_SELFTEST: o->selftest = true; break;
	case OPT_EXPLAIN: o->explain = true; break;
	case OPT_DUMP: o->dump = a_pass("dump", optarg); break;
	case OPT_STOP: o->stop = a_pass("stop", optarg); break;
	case OPT_DEPFILE: o->depfile = a_file(optarg); break;
	case OPT_TEMPLATES: o->templates = optarg; break;
	case OPT_LAYERS: o->layers = true; break;
	case OPT_NO_FUSE: o->no_fuse = true; break;
	case OPT_NO_PRUNE: break; /* nothing is pruned yet; scripts may ask for it already */
	case OPT_COUNT: o->count = (int)number("count", optarg, 1); break;
	case OPT_SEED: o->seed = (uint32_t)number("seed", optarg, 0); break;
	default: fputs(see_help, stderr); exit(2); /* getopt said why */
	}
}

/* Sets options up to the last; getopt moves operands behind them, in order. */
static void
set_options(Options *o, int argc, char **argv, Arena *arena)
{
	struct option *rows = alloc_array(arena, OPTION_ROWS + 1, sizeof *rows);
	int option, row;

	for (int i = 0, n = 0; i < OPTION_ROWS; i++)
		if (rows_of_options[i].name[1])
			rows[n++] = (struct option){ rows_of_options[i].name,
				rows_of_options[i].argument ? required_argument : no_argument, NULL,
				rows_of_options[i].option };
	while ((option = getopt_long(argc, argv, "o:h", rows, NULL)) >= 0) {
		if (option == OPT_TARGET && !strcmp(optarg, "help"))
			list_targets();
		set_option(o, option);
		for (row = 0; rows_of_options[row].option != option; )
			row++;
		if (!strchr(rows_of_options[row].commands, commands[o->command][0]))
			usage("%s%s is not for the command %s", rows_of_options[row].name[1] ? "--" : "-",
				rows_of_options[row].name, commands[o->command]);
	}
}

static Options
parse(int argc, char **argv, Arena *arena)
{
	Options o = { .folder = ".", .target = "c", .semantics = -1, .count = VERIFY_COUNT, .seed = 1 };
	int command;

	o.output = alloc_array(arena, (size_t)argc + 1, sizeof *o.output);
	if (argc > 1 && (command = find_name(commands, 4, argv[1])) >= 0) {
		o.command = (Command)command;
		argv++;
		argc--;
	}
	argv[0] = format(arena, "mcompile"); /* for getopt's messages */
	set_options(&o, argc, argv, arena);
	o.file = argv + optind;
	o.file_count = argc - optind;
	if (!o.file_count)
		usage("no model");
	for (int i = 0; i < o.file_count; i++)
		a_file(o.file[i]);
	if (o.file_count > 1 && o.command != RUN)
		usage("more than one model: %s", o.file[1]);
	if (o.output_count > 1 && o.command != RUN)
		usage("-o given twice: %s", o.folder);
	return o;
}

/* ---- a compilation ---- */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static Graph *
read_model(const Options *o, Arena *arena, Diag *diag, File f)
{
	const char *path = o->file[0], *base = base_name(path);
	char *name = format(arena, "%.*s", (int)strcspn(base, "."), base);
	size_t folder = (size_t)(base - path);
	bool tflite = f.size >= 8 && !memcmp(f.data + 4, "TFL3", 4);
	Graph *g = tflite ? read_tflite(arena, diag, o->name ? o->name : name, f.data, f.size) :
		read_mir(arena, diag, o->name ? o->name : name, (const char *)f.data, f.size,
		folder ? format(arena, "%.*s", (int)folder, path) : NULL);

	if (o->name)
		g->name = o->name; /* a .mir has one of its own */
	if (o->semantics >= 0)
		set_semantics(g, (Semantics)o->semantics);
	g->input_mode = (InputMode)o->input_mode;
	return g;
}

static bool
skipped(const Options *o, const Pass *pass)
{
	return o->no_fuse && pass->graph == fuse;
}

/* Runs the passes up to the one to stop at; false: stopped. */
static bool
run_passes(const Options *o, Job *job)
{
	for (int i = 0; i < PASSES; i++) {
		const Pass *pass = passes + i;

		if (pass->graph && !skipped(o, pass))
			pass->graph(job->graph);
		else if (pass->job)
			pass->job(job);
		verify(job->graph, pass->name);
		if (o->dump && !strcmp(o->dump, pass->name)) {
			Text t = text_new(job->arena);
			print_graph(&t, job->graph);
			fwrite(t.data, 1, t.size, stdout);
		}
		if (o->stop && !strcmp(o->stop, pass->name))
			return false;
	}
	return true;
}

/* The tensors that the model's operators make, before any pass touches them. */
static void
note_traced(Job *job)
{
	const Graph *g = job->graph;
	Traced *traced = alloc_array(job->arena, (size_t)g->node_count + 1, sizeof *traced);

	for (int i = 0; i < g->node_count; i++)
		if (tensor_out(g, g->node + i)->origin.number >= 0)
			traced[job->traced_count++] = (Traced){ g->node[i].number, g->node[i].output };
	job->traced = traced;
	for (int i = 0; i < g->node_count; i++)
		job->macs_model += node_macs(g, g->node + i);
}

static void
check_arena(const Options *o, const Graph *g)
{
	if (!o->arena || g->work_bytes <= (int64_t)o->arena)
		return;
	error_at(g->diag, nowhere, "the work area needs %lld bytes, --arena has %lu",
		(long long)g->work_bytes, o->arena);
	note(g->diag, "%lld bytes are live at once in the best order found; --input const leaves the "
		"inputs with the caller", (long long)g->lower_bound);
	give_up(g->diag);
}

static Graph *
reference_graph(const Options *o, Job *job, File f)
{
	Graph *g = read_model(o, job->arena, job->graph->diag, f);

	infer(g);
	legalize(g);
	fold(g);
	return g;
}

static void
write_outputs(const Options *o, const Program *p, const Output *out)
{
	Arena *arena = p->job->arena;
	Diag *diag = p->job->graph->diag;
	Unfinished file[5];
	jmp_buf *outer = diag->escape, here;
	volatile int count = 0;
	const char *stem = format(arena, "%s/%s", o->folder, p->name);

	if (setjmp(here)) {
		diag->escape = outer;
		abandon_files(file, count);
		give_up(diag);
	}
	diag->escape = &here;
	file[count] = begin_file(arena, diag, format(arena, "%s.c", stem), &out->source);
	count++;
	file[count] = begin_file(arena, diag, format(arena, "%s.h", stem), &out->header);
	count++;
	if (p->weights_file) {
		file[count] = begin_file(arena, diag, format(arena, "%s.bin", stem), &out->weights);
		count++;
	}
	if (o->report) {
		Text t = report_json(p);
		file[count] = begin_file(arena, diag, o->report, &t);
		count++;
	}
	if (o->depfile) {
		Text t = text_new(arena);
		put(&t, "%s.c %s.h: %s\n", stem, stem, o->file[0]);
		file[count] = begin_file(arena, diag, o->depfile, &t);
		count++;
	}
	diag->escape = outer;
	finish_files(diag, file, count);
}

static int
run_model(const Options *o, const Program *p, const Output *out)
{
	const Graph *g = p->job->graph;
	int extra = o->file_count - 1 - g->input_count;

	/* Outputs after the first may follow -o without one of their own. */
	for (int i = 0; i < extra; i++)
		o->output[o->output_count + i] = o->file[1 + g->input_count + i];
	if (extra < 0 || o->output_count + extra != g->output_count)
		usage("%s: input files: %d, and after -o output files: %d", o->file[0], g->input_count,
			g->output_count);
	for (int i = 0; i < g->input_count; i++)
		if (access(o->file[1 + i], R_OK))
			fail_at(g->diag, nowhere, "%s: cannot read: %s", o->file[1 + i], strerror(errno));
	Build b = build(p, out);
	int status = run_build(p, &b, (const char *const *)(o->file + 1), o->output);
	unbuild(p, &b);
	if (status)
		fail_at(g->diag, nowhere, status == 3 ? "an output file cannot be written" :
			"an input file is too short, or the generated program failed");
	return 0;
}

static int
verify_model(const Options *o, const Program *p, const Output *out)
{
	Build b = build(p, out);
	int64_t bad = verify_build(p, &b, o->count, o->seed);

	unbuild(p, &b);
	if (bad < 0)
		fail_at(p->job->graph->diag, nowhere, "the generated program failed");
	printf("%s: target %s, %d inferences from seed %lu: %lld bytes differ from ref\n", o->file[0],
		target_name(p->job->arena, p->job->target), o->count, (unsigned long)o->seed,
		(long long)bad);
	return bad != 0;
}

static int
compile(const Options *o, Arena *arena, Diag *diag, File f)
{
	const Target *target = find_target(o->target);
	Job job = { .arena = arena, .target = target, .source = base_name(o->file[0]),
		.weights = (WeightsForm)o->weights, .optimize = (Optimize)o->optimize, .explain = o->explain, .selftest = o->selftest,
		.trace = o->layers };

	if (!target)
		usage("no such target: %s (--target help lists them)", o->target);
	job.graph = read_model(o, arena, diag, f);
	infer(job.graph); /* a pass like others, but what is counted next relies on it */
	if (o->command == INSPECT) {
		inspect(stdout, job.graph);
		return 0;
	}
	job.graph->alignment = target->alignment;
	job.templates = templates_new(arena, diag, template_files, template_file_count, o->templates);
	note_traced(&job);
	if (!run_passes(o, &job))
		return 0;
	check_arena(o, job.graph);
	if (o->selftest || o->command == VERIFY)
		job.reference = reference_graph(o, &job, f);
	Program *p = program_new(&job);
	Output out = emit_program(p);
	if (o->command == RUN)
		return run_model(o, p, &out);
	if (o->command == VERIFY)
		return verify_model(o, p, &out);
	write_outputs(o, p, &out);
	return 0;
}

/* tree-sitter cannot go on without memory, and has nowhere to return to. */
static void *
or_end(void *p)
{
	if (!p) {
		fputs("mcompile: error: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

static void *
allocate(size_t bytes)
{
	return or_end(malloc(bytes));
}

static void *
allocate_zeros(size_t count, size_t bytes)
{
	return or_end(calloc(count, bytes));
}

static void *
allocate_again(void *p, size_t bytes)
{
	return or_end(realloc(p, bytes));
}

int
main(int argc, char **argv)
{
	jmp_buf escape;
	Diag diag = { .to = stderr, .escape = &escape, .colour = isatty(2) };
	Arena *volatile arena = NULL;
	volatile File file = { NULL, 0 };
	volatile int status = 1;

	ts_set_allocator(allocate, allocate_zeros, allocate_again, free);
	if (!setjmp(escape)) {
		arena = arena_new(&diag);
		Options o = parse(argc, argv, arena);
		diag.file = o.file[0];
		File f = map_file(&diag, o.file[0]);
		file.data = f.data;
		file.size = f.size;
		status = compile(&o, arena, &diag, f);
	}
	if (arena)
		arena_free(arena);
	if (file.size)
		unmap_file((File){ file.data, file.size });
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "mcompile: cannot write to standard output\n");
		status = 1;
	}
	return status;
}
