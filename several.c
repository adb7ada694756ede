/* several.c: --share: several models compiled into one work area. */
#include <string.h>

#include "commands.h"

/* What the compiler of the output would trip over, or the user. */
static void
check_names(const Share *s, const char *const *path)
{
	for (int i = 0; i < s->count; i++) {
		const char *name = s->place[i].program->name;

		if (!strcmp(name, "work"))
			usage("%s: no model of a shared work area can be called 'work'", path[i]);
		if (!strcmp(name, s->name))
			usage("%s: the shared work area is called '%s' too: --name gives it another name",
				path[i], name);
		for (int k = 0; k < i; k++)
			if (!strcmp(name, s->place[k].program->name))
				usage("%s and %s: both models are called '%s': rename a file", path[k], path[i],
					name);
	}
}

static int
model_named(const Share *s, const char *group, const char *name)
{
	const char *all = "";

	for (int i = 0; i < s->count; i++) {
		if (!strcmp(s->place[i].program->name, name))
			return i;
		all = format(s->arena, "%s%s%s", all, i ? ", " : "", s->place[i].program->name);
	}
	usage("--together %s: no model is called '%s': there are %s", group, name, all);
}

/* "kws,vad": each model of the group may run while any other does. */
static void
add_group(Share *s, const char *group)
{
	int *member = alloc_array(s->arena, strlen(group) + 1, sizeof *member), count = 0;

	for (const char *at = group;; at++) {
		size_t size = strcspn(at, ",");
		int model = model_named(s, group, format(s->arena, "%.*s", (int)size, at));
		for (int i = 0; i < count; i++) {
			if (member[i] == model)
				usage("--together %s: '%s' stands there twice", group,
					s->place[model].program->name);
			s->together[member[i] * s->count + model] = true;
			s->together[model * s->count + member[i]] = true;
		}
		member[count++] = model;
		at += size;
		if (!*at)
			break;
	}
	if (count < 2)
		usage("--together %s: one model: name those it runs beside, with commas between", group);
}

/* Whether it may be at fault that all is too large. */
static bool
takes_room(const Options *o, const Share *s, int which)
{
	if (s->place[which].bytes > o->arena)
		return true;
	for (int i = 0; i < s->count; i++)
		if (run_together(s, which, i))
			return true;
	return false;
}

/* The most bytes that a model may take while all others stay what they are. */
static int64_t
room_for(Share *s, int which, int64_t most)
{
	const int64_t kept = s->place[which].bytes;
	int64_t fits = kept, fails = most + 1;

	while (fails - fits > 1) {
		s->place[which].bytes = fits + (fails - fits) / 2;
		place_models(s);
		*(s->bytes <= most ? &fits : &fails) = s->place[which].bytes;
	}
	s->place[which].bytes = kept;
	return fits;
}

/* Again, in few bytes: 0: in as few as can be. */
static void
compile_smaller(const Options *o, Share *s, Diag *diag, int which, int64_t bytes)
{
	Options other = *o;

	other.optimize = bytes ? o->optimize : OPTIMIZE_RAM;
	other.arena = (long)bytes;
	other.dump = NULL;
	other.explain = false;
	share_model(s, which, compile_model(&other, s->arena, diag, o->file[which]));
}

/* A small model may be as fast as the room allows that others leave: as it was first, or between. */
static void
enlarge(const Options *o, Share *s, Diag *diag, int which, Place first)
{
	const Place small = s->place[which];
	int64_t room = room_for(s, which, o->arena);

	if (first.bytes <= room)
		s->place[which] = first;
	else
		compile_smaller(o, s, diag, which,
			room - small.bytes + small.program->job->graph->work_bytes);
	if (s->place[which].bytes > room)
		s->place[which] = small;
}

/* The models take more than --arena: each as small as can be, then, in turn, larger. */
static void
squeeze(const Options *o, Share *s, Diag *diag)
{
	Place *first = copy_of(s->arena, s->place, (size_t)s->count * sizeof *first);

	for (int i = 0; i < s->count; i++)
		if (takes_room(o, s, i))
			compile_smaller(o, s, diag, i, 0);
	place_models(s);
	for (int i = 0; i < s->count && s->bytes <= o->arena; i++)
		if (s->place[i].program != first[i].program)
			enlarge(o, s, diag, i, first[i]);
	place_models(s);
}

static void
fit(const Options *o, Share *s, Diag *diag)
{
	place_models(s);
	if (!o->arena || s->bytes <= o->arena)
		return;
	squeeze(o, s, diag);
	if (s->bytes <= o->arena)
		return;
	diag->file = NULL;
	error_at(diag, nowhere, "the shared work area needs at least %lld bytes, --arena has %ld",
		(long long)s->bytes, o->arena);
	for (int i = 0; i < s->count; i++)
		note(diag, "%s", place_text(s, i));
	give_up(diag);
}

int
compile_shared(const Options *o, Arena *arena, Diag *diag)
{
	Files files = { 0 };
	Share s = share_new(arena, o->name ? o->name : "shared", o->file_count);

	for (int i = 0; i < s.count; i++) {
		Program *p = compile_model(o, arena, diag, o->file[i]);
		if (p)
			share_model(&s, i, p);
	}
	if (o->stop)
		return 0;
	check_names(&s, (const char *const *)o->file);
	for (int i = 0; i < o->group_count; i++)
		add_group(&s, o->group[i]);
	fit(o, &s, diag);
	for (int i = 0; i < s.count; i++)
		add_program(&files, o, s.place[i].program);
	add_file(&files, arena, format(arena, "%s/%s.h", o->folder, s.name), share_header(&s));
	add_rule(&files, o, arena);
	for (int i = 0; i < o->report_count; i++)
		add_file(&files, arena, o->report[i], share_json(&s));
	write_files(arena, diag, files.file, files.count);
	print_share(stdout, &s);
	return 0;
}
