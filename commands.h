/* commands.h: what main() may be asked to do. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "codegen/codegen.h"
#include "options.h"

/* commands.c: each returns the exit status. */
typedef int CommandFunction(const Options *, Arena *, Diag *);
CommandFunction compile, inspect_model, run_model, verify_model;

/* several.c: compile, of several models that share a work area. */
CommandFunction compile_shared;

/* bundle.c */
CommandFunction bundle;

/* The files of an output, to be written all or none. */
typedef struct {
	FileText *file;
	int count;
	const char **read; /* beside the models: data of a .mir, templates of a folder */
	int read_count;
} Files;
void add_file(Files *, Arena *, const char *path, Text);
void add_program(Files *, const Options *, Program *);
void check_arena(const Options *, const Program *); /* ends the work if the user allows less */
bool verify_program(const Options *, Program *, const char *name); /* prints; whether it is right */
void add_rule(Files *, const Options *, Arena *); /* last: it depends on what is there */

/* main.c: a model as its file has it; after all passes, NULL if they were stopped. */
Graph *read_model(const Options *, Arena *, Diag *, const char *path);
Program *compile_model(const Options *, Arena *, Diag *, const char *path);

#endif
