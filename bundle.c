/* bundle.c: the command bundle: several compilations with one interface, and a table of them. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

static const struct {
	const char *name;
	double least, most, unknown;
} figures_known[FIGURE_COUNT] = { /* as runtime-min's mrt_variant.h has them */
	[QUALITY] = { "quality", 1e-4, 1e6, 0 },
	[LATENCY] = { "latency", 1e-4, 1e6, 0 },
	[WATTS] = { "watts", 1e-4, 1e6, 0 },
	[PERIOD] = { "period", 0.01, 100, 1 },
};

/* false: the key is no figure's. */
static bool
set_figure(Member *m, const char *key, const char *value)
{
	for (int i = 0; i < FIGURE_COUNT; i++) {
		if (strcmp(figures_known[i].name, key))
			continue;
		m->figure[i] = strtod(value, NULL);
		if (!*value || value[strspn(value, "0123456789.")] || strchr(value, '.') != strrchr(value, '.') ||
			m->figure[i] < figures_known[i].least || m->figure[i] > figures_known[i].most)
			usage("%s: %s=%s: not a number from %g to %g", m->name, key, value,
				figures_known[i].least, figures_known[i].most);
		return true;
	}
	return false;
}

/* "large=big.tflite,quality=0.9,optimize=ram": the model's path, and the options for it. */
static char *
read_member(const Bundle *b, Member *m, const char *operand, Options *o)
{
	char *text = format(b->arena, "%s", operand), *path = strchr(text, '='), *next;

	if (!path || path == text)
		usage("bundle: %s: not NAME=MODEL[,KEY=VALUE...]", operand);
	*path++ = 0;
	m->name = identifier(b->arena, text);
	m->upper = upper_case(b->arena, m->name);
	for (int i = 0; i < FIGURE_COUNT; i++)
		m->figure[i] = figures_known[i].unknown;
	if (has_word("work quantize dequantize", m->name))
		usage("bundle: %s: no variant can be called '%s'", operand, m->name);
	for (const Member *other = b->member; other < m; other++)
		if (!strcmp(other->name, m->name))
			usage("bundle: %s: another variant is called '%s', too", operand, m->name);
	o->name = format(b->arena, "%s_%s", b->name, m->name);
	if (strcmp(o->name, identifier(b->arena, o->name)))
		usage("bundle: %s: more than 40 characters: --name gives the bundle a shorter one", o->name);
	for (char *key = strchr(path, ','); key; key = next) {
		*key++ = 0;
		next = strchr(key, ',');
		if (next)
			*next = 0;
		char *value = strchr(key, '=');
		if (!value)
			usage("bundle: %s: not KEY=VALUE: %s", m->name, key);
		*value++ = 0;
		if (!set_figure(m, key, value) && !set_key(o, key, value))
			usage("bundle: %s: %s: no such key: there are quality, latency, watts, period, target, "
				"optimize, arena and semantics", m->name, key);
	}
	return path;
}

/* Those that a variant may have of its own. */
static bool
same_options(const Options *a, const Options *b)
{
	return !strcmp(a->target, b->target) && a->optimize == b->optimize && a->arena == b->arena &&
		a->semantics == b->semantics;
}

static Bundle
read_bundle(const Options *o, Options *all, Arena *arena, Diag *diag)
{
	Bundle b = { .arena = arena, .name = identifier(arena, o->name ? o->name : "bundle") };

	b.member = alloc_array(arena, (size_t)o->file_count, sizeof *b.member);
	Options *option = alloc_array(arena, (size_t)o->file_count, sizeof *option);
	all->file = alloc_array(arena, (size_t)o->file_count, sizeof *all->file);
	for (; b.count < o->file_count; b.count++) {
		Member *m = b.member + b.count;
		option[b.count] = *o;
		all->file[b.count] = read_member(&b, m, o->file[b.count], option + b.count);
		for (int i = 0; i < b.count && !m->program; i++)
			if (!strcmp(all->file[i], all->file[b.count]) && same_options(option + i, option + b.count))
				m->program = b.member[i].program;
		if (m->program)
			continue;
		m->program = compile_model(option + b.count, arena, diag, check_file(all->file[b.count]));
		check_arena(option + b.count, m->program);
	}
	return b;
}

int
bundle(const Options *o, Arena *arena, Diag *diag)
{
	Files files = { 0 };
	Options all = *o;
	Bundle b = read_bundle(o, &all, arena, diag);
	const char *stem = format(arena, "%s/%s", o->folder, b.name);
	bool right = true;

	bundle_members(&b);
	for (int i = -1; next_program(&b, &i);) {
		add_program(&files, o, b.member[i].program);
		if (o->verify)
			right &= verify_program(o, b.member[i].program, b.member[i].name);
	}
	if (!right)
		return 1;
	add_file(&files, arena, format(arena, "%s.h", stem), bundle_header(&b));
	add_file(&files, arena, format(arena, "%s.c", stem), bundle_source(&b));
	if (b.face.weights_file)
		add_file(&files, arena, format(arena, "%s.bin", stem),
			emit_program(b.member[0].program).weights);
	add_rule(&files, &all, arena);
	for (int i = 0; i < o->report_count; i++)
		add_file(&files, arena, o->report[i], bundle_json(&b));
	write_files(arena, diag, files.file, files.count);
	print_bundle(stdout, &b);
	return 0;
}
