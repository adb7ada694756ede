/* main.c: the passes: what mcompile does to a model, in order; and main(). */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>
#include <unistd.h>

#include "codegen/codegen.h"
#include "commands.h"
#include "frontend/frontend.h"
#include "ir/ir.h"
#include "scheduler/scheduler.h"

/* A pass rewrites the graph, or needs to know the target as well. */
typedef struct {
	const char *name;
	void (*graph)(Graph *);
	void (*job)(Job *);
	void (*print)(Text *, const Graph *); /* for --dump; NULL: the graph */
} Pass;

static const Pass passes[] = {
	{ "infer", infer, NULL, NULL },          /* every shape and type known */
	{ "legalize", legalize, NULL, NULL },    /* our operators only, NHWC, dialects */
	{ "fold", fold, NULL, NULL },            /* constants computed */
	{ "fuse", fuse, NULL, NULL },            /* activations, pads, requantize inside */
	{ "range", range, NULL, print_ranges },  /* an interval per channel of each tensor */
	{ "prune", NULL, prune, NULL },          /* constant and unused channels out */
	{ "prove", NULL, prove, NULL },          /* cheaper arithmetic where no bit changes */
	{ "select", NULL, select_kernels, NULL }, /* choose and price a kernel per node */
	{ "order", order, NULL, NULL },          /* execution order of least peak */
	{ "alias", alias, NULL, NULL },          /* views and in-place tensors */
	{ "stream", stream, NULL, NULL },        /* segments by rows, and their rings */
	{ "bind", NULL, select_again, NULL },    /* the same function: the widths are known now */
	{ "plan", plan, NULL, NULL },            /* offsets, workspace, as tight as the rows allow */
	{ "schedule", NULL, NULL, print_schedule }, /* its steps and buffers, to look at */
};
enum { PASSES = sizeof passes / sizeof *passes };

static void
check_pass(Arena *arena, const char *option, const char *name)
{
	const char *all = "";

	for (int i = 0; i < PASSES; i++) {
		if (!strcmp(passes[i].name, name))
			return;
		all = format(arena, "%s%s%s", all, i ? "|" : "", passes[i].name);
	}
	usage("--%s %s: not one of %s", option, name, all);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

Graph *
read_model(const Options *o, Arena *arena, Diag *diag, const char *path)
{
	const char *base = base_name(path);
	char *name = format(arena, "%.*s", (int)strcspn(base, "."), base);
	size_t folder = (size_t)(base - path);
	File f = map_file(diag, path); /* to the end: constants point into it */
	bool tflite = f.size >= 8 && !memcmp(f.data + 4, "TFL3", 4);
	const char *given = o->share ? NULL : o->name; /* with --share it is the work area's */
	Graph *g = tflite ? read_tflite(arena, diag, given ? given : name, f.data, f.size) :
		read_mir(arena, diag, given ? given : name, (const char *)f.data, f.size,
		folder ? format(arena, "%.*s", (int)folder, path) : NULL);

	if (given)
		g->name = given; /* a .mir has one of its own */
	if (o->semantics >= 0)
		set_semantics(g, (Semantics)o->semantics);
	g->input_mode = (InputMode)o->input_mode;
	g->optimize = (Optimize)o->optimize;
	g->arena_bytes = o->arena;
	return g;
}

static bool
skips_stream(const Options *o)
{
	return o->no_stream || o->no_fuse;
}

static bool
skipped(const Options *o, const Pass *pass)
{
	return (o->no_fuse && pass->graph == fuse) || (skips_stream(o) && pass->graph == stream) ||
		(o->no_prune && pass->job == prune);
}

/* Runs the passes up to the one to stop at; false: stopped. */
static bool
run_passes(const Options *o, Job *job)
{
	for (int i = 0; i < PASSES; i++) {
		const Pass *pass = passes + i;

		if (pass->graph && !skipped(o, pass))
			pass->graph(job->graph);
		else if (pass->job && !skipped(o, pass))
			pass->job(job);
		verify(job->graph, pass->name);
		if (o->dump && !strcmp(o->dump, pass->name)) {
			Text t = text_new(job->arena);
			(pass->print ? pass->print : print_graph)(&t, job->graph);
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
reference_graph(const Options *o, Job *job, const char *path)
{
	Graph *g = read_model(o, job->arena, job->graph->diag, path);

	infer(g);
	legalize(g);
	fold(g);
	return g;
}

/* The program of one model; NULL: its passes were stopped. */
Program *
compile_model(const Options *o, Arena *arena, Diag *diag, const char *path)
{
	Job job = { .arena = arena, .target = find_target(o->target), .source = base_name(path),
		.weights = o->project ? WEIGHTS_C : (WeightsForm)o->weights, .scheduled = skips_stream(o),
		.no_prove = o->no_prove, .explain = o->explain, .selftest = o->selftest,
		.trace = o->layers, .steps = o->steps, .poison = o->poison };

	if (o->dump)
		check_pass(arena, "dump", o->dump);
	if (o->stop)
		check_pass(arena, "stop", o->stop);
	diag->file = path;
	job.graph = read_model(o, arena, diag, path);
	infer(job.graph); /* a pass like others, but what is counted next relies on it */
	job.graph->alignment = job.target->alignment;
	job.templates = templates_new(arena, diag, template_files, template_file_count, o->templates);
	note_traced(&job);
	if (!run_passes(o, &job))
		return NULL;
	if (o->selftest || o->verify || o->command == VERIFY)
		job.reference = reference_graph(o, &job, path);
	return program_new(copy_of(arena, &job, sizeof job));
}

/* tree-sitter and cJSON cannot go on without memory, and have nowhere to return to. */
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

static CommandFunction *
command_of(const Options *o)
{
	static CommandFunction *const of[COMMAND_COUNT] = { compile, inspect_model, run_model,
		verify_model, bundle };

	return o->share ? compile_shared : of[o->command];
}

int
main(int argc, char **argv)
{
	jmp_buf escape;
	Diag diag = { .to = stderr, .escape = &escape, .colour = isatty(2) };
	Arena *volatile arena = NULL;
	volatile int status = 1;

	ts_set_allocator(allocate, allocate_zeros, allocate_again, free);
	cJSON_InitHooks(&(cJSON_Hooks){ allocate, free });
	if (!setjmp(escape)) {
		arena = arena_new(&diag);
		Options o = parse_options(argc, argv, arena);
		status = command_of(&o)(&o, arena, &diag);
	}
	if (arena)
		arena_free(arena);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "mcompile: cannot write to standard output\n");
		status = 1;
	}
	return status;
}
