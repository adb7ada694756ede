/* commands.c: what is done with a compiled model: written, run, verified; or just inspected. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "scheduler/scheduler.h"

void
add_file(Files *f, Arena *arena, const char *path, Text text)
{
	f->file = grow(arena, f->file, f->count, sizeof *f->file);
	f->file[f->count++] = (FileText){ path, text };
}

/* What the output depends on beside the models. */
static void
note_read(Files *f, Arena *arena, const char *path)
{
	for (int i = 0; i < f->read_count; i++)
		if (!strcmp(f->read[i], path))
			return;
	f->read = grow(arena, f->read, f->read_count, sizeof *f->read);
	f->read[f->read_count++] = path;
}

/* The folders and files of an Arduino library; returns the folder for the pair. */
static const char *
add_library(Files *f, const Options *o, const Program *p)
{
	Arena *arena = p->job->arena;
	const char *folder = format(arena, "%s/%s", o->folder, p->name);
	const char *example = format(arena, "%s/examples/%s", folder, p->name);

	make_folder(p->job->graph->diag, folder);
	make_folder(p->job->graph->diag, format(arena, "%s/src", folder));
	make_folder(p->job->graph->diag, format(arena, "%s/examples", folder));
	make_folder(p->job->graph->diag, example);
	add_file(f, arena, format(arena, "%s/library.properties", folder), arduino_properties(p));
	add_file(f, arena, format(arena, "%s/keywords.txt", folder), arduino_keywords(p));
	add_file(f, arena, format(arena, "%s/%s.ino", example, p->name), arduino_example(p));
	return format(arena, "%s/src", folder);
}

void
add_program(Files *f, const Options *o, Program *p)
{
	Arena *arena = p->job->arena;
	const char *folder = o->project == PROJECT_ARDUINO ? add_library(f, o, p) : o->folder;
	const char *stem = format(arena, "%s/%s", folder, p->name);
	Output out = emit_program(p);

	add_file(f, arena, format(arena, "%s.c", stem), out.source);
	add_file(f, arena, format(arena, "%s.h", stem), out.header);
	if (p->weights_file && !p->bundle)
		add_file(f, arena, format(arena, "%s.bin", stem), out.weights);
	if (p->job->graph->file_name)
		note_read(f, arena, p->job->graph->file_name);
	for (int i = 0; i < p->job->templates->path_count; i++)
		note_read(f, arena, p->job->templates->path[i]);
}

/* As make reads a name: blanks and # take a backslash, and $ another $. */
static void
put_path(Text *t, const char *path)
{
	for (; *path; path++)
		put(t, "%s%c", *path == '$' ? "$" : strchr(" \t#", *path) ? "\\" : "", *path);
}

void
add_rule(Files *f, const Options *o, Arena *arena)
{
	Text t = text_new(arena);

	if (!o->depfile)
		return;
	for (int i = 0; i < f->count; i++) {
		put(&t, i ? " " : "");
		put_path(&t, f->file[i].path);
	}
	put(&t, ":");
	for (int i = 0; i < o->file_count + f->read_count; i++) {
		put(&t, " ");
		put_path(&t, i < o->file_count ? o->file[i] : f->read[i - o->file_count]);
	}
	put(&t, "\n");
	add_file(f, arena, o->depfile, t);
}

void
check_arena(const Options *o, const Program *p)
{
	const Graph *g = p->job->graph;

	if (!o->arena || g->work_bytes <= o->arena)
		return;
	error_at(g->diag, nowhere, "the work area needs at least %lld bytes, --arena has %ld",
		(long long)g->work_bytes, o->arena);
	note(g->diag, "most is held %s", busiest(g));
	note(g->diag, "with --input const inputs stay with the caller, with --input push they come by rows");
	give_up(g->diag);
}

static Program *
model_of(const Options *o, Arena *arena, Diag *diag)
{
	Program *p = compile_model(o, arena, diag, o->file[0]);

	if (p)
		check_arena(o, p);
	return p;
}

int
compile(const Options *o, Arena *arena, Diag *diag)
{
	Files files = { 0 };
	Program *p = model_of(o, arena, diag);

	if (!p)
		return 0;
	add_program(&files, o, p);
	add_rule(&files, o, arena);
	for (int i = 0; i < o->report_count; i++)
		add_file(&files, arena, o->report[i],
			is_page(o->report[i]) ? report_page(p) : report_json(p));
	write_files(arena, diag, files.file, files.count);
	return 0;
}

int
inspect_model(const Options *o, Arena *arena, Diag *diag)
{
	diag->file = o->file[0];
	Graph *g = read_model(o, arena, diag, o->file[0]);
	infer(g);
	inspect(stdout, g);
	return 0;
}

int
run_model(const Options *o, Arena *arena, Diag *diag)
{
	Program *p = model_of(o, arena, diag);

	if (!p)
		return 0;
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
			fail_at(diag, nowhere, "%s: cannot read: %s", o->file[1 + i], strerror(errno));
	Output out = emit_program(p);
	Build b = build(p, &out);
	int status = run_build(p, &b, (const char *const *)(o->file + 1), o->output);
	unbuild(&b);
	if (status)
		fail_at(diag, nowhere, status == 3 ? "an output file cannot be written" :
			"an input file is too short, or the generated program failed");
	return 0;
}

bool
verify_program(const Options *o, Program *p, const char *name)
{
	Output out = emit_program(p);
	Build b = build(p, &out);
	int64_t bad = verify_build(p, &b, (int)o->count, (uint32_t)o->seed);

	unbuild(&b);
	if (bad < 0)
		fail_at(p->job->graph->diag, nowhere, "the generated program failed");
	printf("%s: target %s, %ld inferences from seed %ld: %lld bytes differ from ref\n", name,
		p->job->target->name, o->count, o->seed, (long long)bad);
	return bad == 0;
}

int
verify_model(const Options *o, Arena *arena, Diag *diag)
{
	Program *p = model_of(o, arena, diag);

	return p && !verify_program(o, p, o->file[0]);
}
