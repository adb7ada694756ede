/* options.c: the command line: one table for reading it and for --help. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/codegen.h"
#include "options.h"

typedef enum { OUTPUT, GROUP, REPORT, TEXT, FILE_NAME, FLAG, NUMBER, CHOICE, TARGET_NAME,
	SHOW_VERSION, SHOW_HELP } Kind;

/* commands: first letters of those that heed it, k: a key of a bundle's variants; least: of
 * numbers; names: of choices. */
typedef struct {
	const char *name, *argument, *commands;
	Kind kind;
	size_t at; /* in Options */
	long least;
	const char *const *names;
	const char *help;
} Row;

static const char *const commands[] = { "compile", "inspect", "run", "verify",
	"bundle" };

#define AT(field) offsetof(Options, field)
static const Row table[] = {
	{ "o", "DIR", "crb", OUTPUT, 0, 0, NULL,
		"where the output goes (default: here); run: a file per output" },
	{ "name", "NAME", "crvb", TEXT, AT(name), 0, NULL,
		"of files and identifiers (default: the model's; else: shared, bundle)" },
	{ "share", NULL, "c", FLAG, AT(share), 0, NULL,
		"several models, one work area: those that never run at once share bytes" },
	{ "together", "NAME,NAME...", "c", GROUP, 0, 0, NULL,
		"with --share: models that run at once; may be given again" },
	{ "target", "T", "crvbk", TARGET_NAME, AT(target), 0, NULL,
		"c (default: any C11 compiler), native, ...; help lists them" },
	{ "optimize", "speed|ram|size", "crvbk", CHOICE, AT(optimize), OPTIMIZE_COUNT, optimize_names,
		"fastest, then RAM (default); least RAM; shared functions" },
	{ "arena", "BYTES", "crvbk", NUMBER, AT(arena), 1, NULL, "the fastest schedule that fits; an error if none does" },
	{ "input", "full|const|push", "crvb", CHOICE, AT(input_mode), INPUT_MODE_COUNT, input_mode_names,
		"inputs in the work area; the caller's; row by row" },
	{ "weights", "auto|c|bin", "crvb", CHOICE, AT(weights), WEIGHTS_COUNT, weights_names,
		"weights in the .c, or in a file beside it" },
	{ "emit-project", "pair|arduino", "c", CHOICE, AT(project), PROJECT_COUNT, project_names,
		"NAME.c and NAME.h, or a library DIR/NAME with them in it" },
	{ "semantics", "tflm|litert", "cirvbk", CHOICE, AT(semantics), ORT, semantics_names,
		"whose bits (default: tflm)" },
	{ "report", "FILE.{json,html}", "cb", REPORT, 0, 0, NULL,
		"where every byte and multiply-accumulate goes; may be repeated" },
	{ "selftest", NULL, "cb", FLAG, AT(selftest), 0, NULL,
		"emit a recorded input and output and NAME_selftest()" },
	{ "explain", NULL, "crvb", FLAG, AT(explain), 0, NULL,
		"which kernels apply to each layer, at what cost" },
	{ "dump", "PASS", "crv", TEXT, AT(dump), 0, NULL, "print the graph after a pass as .mir" },
	{ "stop", "PASS", "crv", TEXT, AT(stop), 0, NULL, "end after a pass, write nothing" },
	{ "no-fuse", NULL, "crv", FLAG, AT(no_fuse), 0, NULL, "keep every tensor of the model, whole" },
	{ "no-stream", NULL, "crv", FLAG, AT(no_stream), 0, NULL, "run every node alone" },
	{ "no-prune", NULL, "crv", FLAG, AT(no_prune), 0, NULL,
		"keep every channel" },
	{ "no-prove", NULL, "crv", FLAG, AT(no_prove), 0, NULL,
		"the reference's own arithmetic" },
	{ "depfile", "FILE", "cb", FILE_NAME, AT(depfile), 0, NULL,
		"write a Make rule: what the output depends on" },
	{ "templates", "DIR", "crvb", TEXT, AT(templates), 0, NULL,
		"kernels from a folder instead of those built in" },
	{ "layers", NULL, "r", FLAG, AT(layers), 0, NULL, "print the hash of each tensor of the model" },
	{ "steps", NULL, "cr", FLAG, AT(steps), 0, NULL, "call NAME_step() before each step; run: print them" },
	{ "poison", NULL, "crv", FLAG, AT(poison), 0, NULL,
		"for tests: the code overwrites what nobody needs any more" },
	{ "verify", NULL, "b", FLAG, AT(verify), 0, NULL,
		"each variant against the reference kernels, before anything is written" },
	{ "count", "N", "vb", NUMBER, AT(count), 1, NULL, "inferences (default: 16)" },
	{ "seed", "N", "vb", NUMBER, AT(seed), 0, NULL, "of the random inputs (default: 1)" },
	{ "version", NULL, "cirvb", SHOW_VERSION, 0, 0, NULL, "print it" },
	{ "help", NULL, "cirvb", SHOW_HELP, 0, 0, NULL, "this text" },
};
#undef AT
enum { ROWS = sizeof table / sizeof *table, FIRST_ROW = 256, HELP_COLUMN = 29, VERIFY_COUNT = 16 };

static const char usage_text[] =
	"usage: mcompile [options] MODEL              write NAME.c and NAME.h\n"
	"       mcompile --share [options] MODEL...   of each, and shared.h: one work area\n"
	"       mcompile bundle [options] NAME=MODEL[,KEY=VALUE]...   variants, and a table of them\n"
	"       mcompile inspect MODEL                tensors, operators, work, memory by layer\n"
	"       mcompile run MODEL IN... -o OUT...    compile, build with $CC, run on raw tensors\n"
	"       mcompile verify MODEL                 generated code against the reference kernels\n\n";

/* Values that belong to the command line, of things that this version does not have. */
static const struct {
	const char *option, *value, *why;
} absent[] = {
	{ "semantics", "ort", "it is for ONNX models, which this version does not read" },
};

static const char see_help[] = "note: mcompile --help lists commands and options\n";

void
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

static const char *
dashes(const Row *row)
{
	return row->name[1] ? "--" : "-";
}

static void
print_help(void)
{
	fputs(usage_text, stdout);
	for (const Row *row = table; row < table + ROWS; row++) {
		int size = printf("  %s%s %s", dashes(row), row->name, row->argument ? row->argument : "");
		printf("%*s%s\n", size < HELP_COLUMN ? HELP_COLUMN - size : 1, "", row->help);
	}
}

static void
print_targets(void)
{
	for (int i = 0; i < target_count; i++)
		printf("%-16s %-46s %s\n", targets[i].name, targets[i].flags, targets[i].what);
	printf("%-16s %-46s the best of these for this machine\n", "native", "");
}

/* What belongs to the command line but not yet to this version. */
static void
refuse_absent(const char *option, const char *value)
{
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		if (!strcmp(absent[i].option, option) && !strcmp(absent[i].value, value))
			usage("--%s %s: not yet: %s", option, value, absent[i].why);
}

static long
choice(const Row *row, const char *value)
{
	int found = find_name(row->names, (int)row->least, value);

	if (found < 0)
		usage("--%s %s: not one of %s", row->name, value, row->argument);
	return found;
}

static long
number(const Row *row, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 0);

	if (!*value || *end || *value == '-' || n < (unsigned long)row->least || n > INT32_MAX)
		usage("--%s %s: not a number from %ld to %ld", row->name, value, row->least,
			(long)INT32_MAX);
	return (long)n;
}

/* Standard input and output are for nobody: outputs are renamed into place. */
const char *
check_file(const char *path)
{
	if (!strcmp(path, "-") || !*path)
		usage("'%s' is not a file: models, inputs and outputs are files", path);
	return path;
}

static void
set_option(Options *o, const Row *row, const char *value)
{
	void *at = (char *)o + row->at;

	if (!strchr(row->commands, commands[o->command][0]))
		usage("%s%s is not for the command %s", dashes(row), row->name, commands[o->command]);
	if (value)
		refuse_absent(row->name, value);
	switch (row->kind) {
	case OUTPUT: o->output[o->output_count++] = o->folder = check_file(value); break;
	case GROUP: o->group[o->group_count++] = value; break;
	case REPORT: o->report[o->report_count++] = check_file(value); break;
	case TEXT: *(const char **)at = value; break;
	case FILE_NAME: *(const char **)at = check_file(value); break;
	case FLAG: *(bool *)at = true; break;
	case NUMBER: *(long *)at = number(row, value); break;
	case CHOICE: *(long *)at = choice(row, value); break;
	case TARGET_NAME:
		*(const char **)at = value;
		o->targets++;
		if (strcmp(value, "help"))
			break;
		print_targets();
		exit(0);
	case SHOW_VERSION: puts("mcompile " VERSION); exit(0);
	case SHOW_HELP: print_help(); exit(0);
	}
}

static void
check_target(const char *name)
{
	if (!find_target(name))
		usage("no such target: %s (--target help lists them)", name);
}

bool
set_key(Options *o, const char *name, const char *value)
{
	for (const Row *row = table; row < table + ROWS; row++)
		if (strchr(row->commands, 'k') && !strcmp(row->name, name)) {
			set_option(o, row, value);
			check_target(o->target);
			return true;
		}
	return false;
}

/* Sets options up to the last; getopt moves operands behind them, in order. */
static void
set_options(Options *o, int argc, char **argv)
{
	struct option known[ROWS + 1] = { { NULL, 0, NULL, 0 } };
	int option, count = 0;

	for (int i = 0; i < ROWS; i++)
		if (table[i].name[1])
			known[count++] = (struct option){ table[i].name,
				table[i].argument ? required_argument : no_argument, NULL, FIRST_ROW + i };
	while ((option = getopt_long(argc, argv, "o:h", known, NULL)) >= 0) {
		if (option == '?') { /* getopt said why */
			fputs(see_help, stderr);
			exit(2);
		}
		int row = option == 'o' ? 0 : option == 'h' ? ROWS - 1 : option - FIRST_ROW;
		set_option(o, table + row, optarg);
	}
}

bool
is_page(const char *report)
{
	const char *dot = strrchr(report, '.');

	return dot && !strcmp(dot, ".html");
}

static void
check_options(const Options *o)
{
	if (!o->file_count)
		usage("no model");
	for (int i = 0; i < o->file_count; i++)
		check_file(o->file[i]);
	if (o->command == BUNDLE && (o->file_count < 2 || o->file_count > BUNDLE_MOST))
		usage("bundle: %d variants, not 2 to %d", o->file_count, BUNDLE_MOST);
	if (o->file_count > 1 && o->command != RUN && o->command != BUNDLE && !o->share)
		usage("more than one model: %s (--share compiles several)", o->file[1]);
	if (o->file_count == 1 && o->share)
		usage("--share: only one model: %s", o->file[0]);
	if (o->group_count && !o->share)
		usage("--together %s: only with --share", o->group[0]);
	for (int i = 0; i < o->report_count; i++)
		if ((o->share || o->command == BUNDLE) && is_page(o->report[i]))
			usage("--report %s: of several models the report is JSON", o->report[i]);
	if (o->targets > 1 && o->share)
		usage("--target given twice: models that share a work area have one target");
	if (o->project && (o->share || o->weights == WEIGHTS_BIN))
		usage("--emit-project %s: not with --%s", project_names[o->project],
			o->share ? "share" : "weights bin");
	if (o->output_count > 1 && o->command != RUN)
		usage("-o given twice: %s", o->folder);
	if (o->name && !o->name[strcspn(o->name,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")])
		usage("--name '%s': no letter or digit in it", o->name);
	check_target(o->target);
}

Options
parse_options(int argc, char **argv, Arena *arena)
{
	Options o = { .folder = ".", .target = "c", .semantics = -1, .count = VERIFY_COUNT, .seed = 1 };
	int command;

	o.output = alloc_array(arena, (size_t)argc + 1, sizeof *o.output);
	o.report = alloc_array(arena, (size_t)argc + 1, sizeof *o.report);
	o.group = alloc_array(arena, (size_t)argc + 1, sizeof *o.group);
	if (argc > 1 && (command = find_name(commands, COMMAND_COUNT, argv[1])) >= 0) {
		o.command = (Command)command;
		argv++;
		argc--;
	}
	argv[0] = format(arena, "mcompile"); /* for getopt's messages */
	set_options(&o, argc, argv);
	o.file = argv + optind;
	o.file_count = argc - optind;
	check_options(&o);
	return o;
}
