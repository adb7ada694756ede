/* machine.c: what programs for other machines are built with, and run under. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "codegen.h"

static const Machine machines[] = {
#define MACHINE(name, hosts, compiler, sources, emulator, packages) \
	{ name, hosts, compiler, sources, emulator, packages },
#include "machines.def"
#undef MACHINE
};

const Machine *
machine_of(const Target *t)
{
	struct utsname host;

	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
		size_t size = strlen(machines[i].name);
		if (!strncmp(t->name, machines[i].name, size) && strchr("-", t->name[size]))
			return uname(&host) >= 0 && has_word(machines[i].hosts, host.machine) ? NULL :
				machines + i;
	}
	return NULL;
}

/* The first word of a command is a program that can be started. */
static bool
is_there(Arena *arena, const char *command)
{
	const char *path = getenv("PATH");
	int size = (int)strcspn(command, " ");

	for (path = path ? path : ""; *path; path += *path == ':') {
		int folder = (int)strcspn(path, ":");
		if (!access(format(arena, "%.*s/%.*s", folder, path, size, command), X_OK))
			return true;
		path += folder;
	}
	return false;
}

void
note_packages(Graph *g, const Machine *m)
{
	note(g->diag, "Debian's packages for it: %s", m->packages);
}

void
check_machine(Graph *g, const Target *t, const Machine *m)
{
	const char *const command[] = { m->compiler, m->emulator };

	for (int i = 0; i < 2; i++)
		if (!is_there(g->arena, command[i])) {
			error_at(g->diag, nowhere, "target %s is %s %.*s, which is not there", t->name,
				i ? "run by" : "built with", (int)strcspn(command[i], " "), command[i]);
			note_packages(g, m);
			give_up(g->diag);
		}
}

/* Those of machines/ that a machine's programs want, in a folder. */
void
write_sources(Graph *g, const Machine *m, const char *folder)
{
	size_t size = strcspn(m->sources, "/");

	for (int i = 0; size && i < machine_file_count; i++) {
		const TemplateFile *f = machine_files + i;
		const char *path = format(g->arena, "%s/%s", folder, f->file), *slash = strrchr(f->file, '/');
		Text text = text_new(g->arena);

		if (strlen(f->folder) != size || memcmp(f->folder, m->sources, size))
			continue;
		if (slash)
			mkdir(format(g->arena, "%s/%.*s", folder, (int)(slash - f->file), f->file), 0700);
		put(&text, "%s", f->text);
		write_files(g->arena, g->diag, &(FileText){ path, text }, 1);
	}
}
