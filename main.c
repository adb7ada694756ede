/* main.c: options and the passes: what mcompile does, in order. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
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
enum { PASSES = sizeof passes / sizeof *passes, VERIFY_COUNT = 16 };

typedef enum { COMPILE, INSPECT, RUN, VERIFY } Command;
static const char *const commands[] = { "compile", "inspect", "run", "verify" };

typedef struct {
	Command command;
	const char *folder, *name, *target, *report, *templates, *depfile, *dump, *stop;
	int semantics, input_mode, weights, optimize;
	bool selftest, explain, layers, no_fuse;
	int count;               /* of verify */
	uint32_t seed;
	const char **output;     /* of run */
	int output_count;
	char **file;             /* the model, then run's inputs */
	int file_count;
} Options;

enum { OPT_NAME = 256, OPT_TARGET, OPT_OPTIMIZE, OPT_INPUT, OPT_WEIGHTS, OPT_SEMANTICS, OPT_REPORT,
	OPT_SELFTEST, OPT_EXPLAIN, OPT_DUMP, OPT_STOP, OPT_DEPFILE, OPT_VERSION, OPT_TEMPLATES,
	OPT_LAYERS, OPT_NO_FUSE, OPT_NO_PRUNE, OPT_COUNT, OPT_SEED };

static const struct option long_options[] = {
	{ "name", required_argument, NULL, OPT_NAME },
	{ "target", required_argument, NULL, OPT_TARGET },
	{ "optimize", required_argument, NULL, OPT_OPTIMIZE },
	{ "input", required_argument, NULL, OPT_INPUT },
	{ "weights", required_argument, NULL, OPT_WEIGHTS },
	{ "semantics", required_argument, NULL, OPT_SEMANTICS },
	{ "report", required_argument, NULL, OPT_REPORT },
	{ "selftest", no_argument, NULL, OPT_SELFTEST },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "dump", required_argument, NULL, OPT_DUMP },
	{ "stop", required_argument, NULL, OPT_STOP },
	{ "depfile", required_argument, NULL, OPT_DEPFILE },
	{ "templates", required_argument, NULL, OPT_TEMPLATES },
	{ "layers", no_argument, NULL, OPT_LAYERS },
	{ "no-fuse", no_argument, NULL, OPT_NO_FUSE },
	{ "no-prune", no_argument, NULL, OPT_NO_PRUNE },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"usage: mcompile [options] MODEL              write NAME.c and NAME.h\n"
	"       mcompile inspect MODEL                tensors, operators, work, memory by layer\n"
	"       mcompile run MODEL IN... -o OUT...    compile, build with $CC, run on raw tensors\n"
	"       mcompile verify MODEL                 the generated code against the reference kernels\n"
	"\n"
	"  -o DIR                  where the output goes (default: here)\n"
	"  --name NAME             what identifiers and files begin with (default: the model's)\n"
	"  --target T              default c, any C11 compiler; native; help lists them\n"
	"  --optimize speed|ram    what the schedule is for\n"
	"  --input full|const      inputs in the work area, or in the caller's memory, never written\n"
	"  --weights auto|c|bin    weights in the .c, or in a file beside it\n"
	"  --semantics tflm|litert whose bits (default tflm)\n"
	"  --report FILE.json      where every byte and multiply-accumulate goes\n"
	"  --selftest              emit a recorded input and output and NAME_selftest()\n"
	"  --explain               which kernels apply to each layer, their costs, and why others do not\n"
	"  --dump PASS             print the graph after a pass as .mir; --stop PASS ends there\n"
	"  --no-fuse               keep every tensor of the model\n"
	"  --depfile FILE          write a Make rule: the output depends on the model\n"
	"  --templates DIR         kernels from a folder instead of those built in\n"
	"  --layers                run: print the hash of each tensor of the model\n"
	"  --count N, --seed N     verify: inferences and the first input's seed\n"
	"  --version, --help\n";

static _Noreturn void
usage(const char *problem, const char *what)
{
	fprintf(stderr, "mcompile: %s%s%s\n", problem, *what ? ": " : "", what);
	fputs("note: mcompile --help lists commands and options\n", stderr);
	exit(2);
}

static int
one_of(const char *option, const char *const *names, int count, const char *value)
{
	int i = find_name(names, count, value);

	if (i < 0)
		usage(option, value);
	return i;
}

static void
check_pass(const char *option, const char *name)
{
	for (int i = 0; i < PASSES; i++)
		if (!strcmp(passes[i].name, name))
			return;
	usage(option, name);
}

static unsigned long
number(const char *option, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 0);

	if (!*value || *end || *value == '-' || n > INT32_MAX)
		usage(option, value);
	return n;
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
	static const char *const optimize_names[] = { "speed", "ram" };

	switch (option) {
	case 'o': add_output(o, optarg); break;
	case 'h': fputs(help, stdout); exit(0);
	case OPT_VERSION: puts("mcompile " VERSION); exit(0);
	case OPT_NAME: o->name = optarg; break;
	case OPT_TARGET: o->target = optarg; break;
	case OPT_OPTIMIZE: o->optimize = one_of("--optimize", optimize_names, 2, optarg); break;
	case OPT_INPUT: o->input_mode = one_of("--input", input_mode_names, 2, optarg); break;
	case OPT_WEIGHTS: o->weights = one_of("--weights", weights_names, WEIGHTS_COUNT, optarg); break;
	case OPT_SEMANTICS: o->semantics = one_of("--semantics", semantics_names, 2, optarg); break;
	case OPT_REPORT: o->report = optarg; break;
	case OPT_SELFTEST: o->selftest = true; break;
	case OPT_EXPLAIN: o->explain = true; break;
	case OPT_DUMP: check_pass("--dump", o->dump = optarg); break;
	case OPT_STOP: check_pass("--stop", o->stop = optarg); break;
	case OPT_DEPFILE: o->depfile = optarg; break;
	case OPT_TEMPLATES: o->templates = optarg; break;
	case OPT_LAYERS: o->layers = true; break;
	case OPT_NO_FUSE: o->no_fuse = true; break;
	case OPT_NO_PRUNE: break; /* nothing is pruned yet; scripts may ask for it already */
	case OPT_COUNT: o->count = (int)number("--count", optarg); break;
	case OPT_SEED: o->seed = (uint32_t)number("--seed", optarg); break;
	default: exit(2);
	}
}

/* argv after the options; getopt moves operands behind them, in order. */
static Options
parse(int argc, char **argv, Arena *arena)
{
	Options o = { .folder = ".", .target = "c", .semantics = -1, .count = VERIFY_COUNT, .seed = 1 };
	int option;

	o.output = alloc_array(arena, (size_t)argc, sizeof *o.output);
	if (argc > 1 && (option = find_name(commands, 4, argv[1])) >= 0) {
		o.command = (Command)option;
		argv++;
		argc--;
	}
	while ((option = getopt_long(argc, argv, "o:h", long_options, NULL)) >= 0) {
		if (option == OPT_TARGET && !strcmp(optarg, "help"))
			list_targets();
		set_option(&o, option);
	}
	o.file = argv + optind;
	o.file_count = argc - optind;
	if (!o.file_count)
		usage("no model", "");
	if (o.file_count > 1 && o.command != RUN)
		usage("more than one model", o.file[1]);
	if (o.output_count > 1 && o.command != RUN)
		usage("-o given twice", o.folder);
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
		fail_at(g->diag, nowhere, "the model has %d inputs and %d outputs: a file for each",
			g->input_count, g->output_count);
	Build b = build(p, out);
	int status = run_build(p, &b, (const char *const *)(o->file + 1), o->output);
	unbuild(p, &b);
	if (status)
		fail_at(g->diag, nowhere, status == 3 ? "an input or output file cannot be opened" :
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
		.weights = (WeightsForm)o->weights, .explain = o->explain, .selftest = o->selftest,
		.trace = o->layers };

	if (!target)
		usage("no such target", o->target);
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

int
main(int argc, char **argv)
{
	jmp_buf escape;
	Diag diag = { .to = stderr, .escape = &escape, .colour = isatty(2) };
	Arena *volatile arena = NULL;
	volatile File file = { NULL, 0 };
	volatile int status = 1;

	if (!setjmp(escape)) {
		arena = arena_new(&diag);
		Options o = parse(argc, argv, arena);
		File f = map_file(&diag, o.file[0]);
		file.data = f.data;
		file.size = f.size;
		diag.file = o.file[0];
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
