/* options.h: the command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "ir/ir.h"

typedef enum { COMPILE, INSPECT, RUN, VERIFY, BUNDLE, COMMAND_COUNT } Command;

typedef struct {
	Command command;
	const char *folder, *name, *target, *templates, *depfile, *dump, *stop;
	long semantics, input_mode, weights, optimize, project; /* -1: not said; else of their enums */
	long arena;          /* bytes; 0: any */
	long count, seed;    /* of verify */
	bool selftest, explain, layers, steps, poison, no_fuse, no_stream, no_prune, no_prove, share,
		verify;
	const char **group;  /* of --together */
	int group_count, targets;
	const char **output; /* of run */
	int output_count;
	const char **report; /* files: .html is a page, others JSON */
	int report_count;
	char **file;         /* the model, then run's inputs; --share: models; bundle: variants */
	int file_count;
} Options;

/* A command line that is wrong ends the program with status 2, --help and --version with 0. */
Options parse_options(int argc, char **argv, Arena *);
bool is_page(const char *report);
bool set_key(Options *, const char *name, const char *value); /* of a bundle's variant; false: none */
const char *check_file(const char *path); /* "-" is none */
_Noreturn void usage(const char *fmt, ...) PRINTF(1, 2);

#endif
