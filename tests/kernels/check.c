/*
 * check.c: every kernel of any folder against its ref twin, bit for bit, on random cases:
 * odd shapes, padded and guarded buffers, extreme values.  No library, so that it runs
 * under emulators too.
 *
 *     check-kernels [--list] [--seed N] [--count N] [--tight] [--bench]
 *         [FOLDER[/NAME] ...]
 *
 * A kernel that no case suits fails.  One that may run in place is run both ways.
 * --tight: no guards behind buffers, so that sanitizers see reads beyond them.
 * --bench: times them.  --list: the folders.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels.h"

enum { COUNT = 150, BENCH_COUNT = 2 };

typedef struct {
	uint64_t seed;
	int count;
	bool bench, tight;
	char **only; /* NULL-terminated */
	Diag diag;
	jmp_buf escape;
	int *cases; /* per kernel: how many it took */
	bool *wrong;
	int bad;
} Session;

/* ---- finding kernels */

/* Whether entry i is the kernel `name`, or a reduction's first part; then all of it. */
static bool
parts_of(int i, const char *name, Parts *p)
{
	static const char *const parts[PARTS_MOST] = { "_begin", "_row", "_end" };
	const char *own = kernels[i].kernel.name;
	size_t size = strlen(name);

	*p = (Parts){ .part = { kernels + i }, .parts = 1 };
	if (!strcmp(own, name))
		return true;
	if (strncmp(own, name, size) || strcmp(own + size, parts[0]))
		return false;
	for (int k = i + 1; k < kernel_count && p->parts < PARTS_MOST; k++) {
		const char *next = kernels[k].kernel.name;
		if (strcmp(kernels[k].folder, kernels[i].folder) ||
			strncmp(next, name, size) || strcmp(next + size, parts[p->parts]))
			break;
		p->part[p->parts++] = kernels + k;
	}
	return p->parts == PARTS_MOST;
}

static int
number_of(const Parts *p)
{
	return (int)(p->part[0] - kernels);
}

/* Its name without what a reduction's parts add. */
static const char *
name_of(int i)
{
	static char name[128];
	char *begin;

	snprintf(name, sizeof name, "%s/%s", kernels[i].folder, kernels[i].kernel.name);
	if ((begin = strstr(name, "_begin")) && !begin[strlen("_begin")])
		*begin = 0;
	return name;
}

/* Parts of a reduction are reported with the first of them. */
static bool
is_first(int i)
{
	static const char *const later[] = { "_row", "_end" };
	const char *name = kernels[i].kernel.name;

	for (int k = 0; k < 2; k++) {
		size_t size = strlen(later[k]);
		if (strlen(name) > size &&
			!strcmp(name + strlen(name) - size, later[k]) &&
			strstr(name, "mean"))
			return false;
	}
	return true;
}

static bool
is_wanted(const Session *s, int i)
{
	for (char **only = s->only; *only; only++)
		if (!strcmp(*only, name_of(i)) || !strcmp(*only, kernels[i].folder))
			return true;
	return !*s->only;
}

/* ---- comparing */

static void
complain(Session *s, const Parts *p, const Case *c, uint64_t dice, const char *what)
{
	int i = number_of(p);

	if (!s->wrong[i])
		printf("%s: %s: %s (dice %llu)\n", name_of(i), what, describe(c),
			(unsigned long long)dice);
	s->wrong[i] = true;
}

typedef struct {
	uint8_t *before, *expected; /* y */
	uint8_t *x[2];
} Saved;

static Saved
save(const Operands *o)
{
	Arena *arena = o->of->graph->arena;
	Saved s = { copy_of(arena, o->y, o->y_bytes), NULL, { NULL, NULL } };

	for (int i = 0; i < 2; i++)
		s.x[i] = o->x[i] ? copy_of(arena, o->x[i], o->x_bytes[i]) : NULL;
	return s;
}

static bool
kept_operands(const Operands *o, const Saved *saved)
{
	for (int i = 0; i < 2; i++)
		if (o->x[i] && memcmp(o->x[i], saved->x[i], o->x_bytes[i]))
			return false;
	return true;
}

static void
compare(Session *s, const Parts *p, const Operands *o, const Saved *saved, Blocks *blocks,
	uint64_t dice)
{
	static const char *const how[2] = { "differs from ref",
		"differs from ref when in place" };

	if (!takes(p, o->of) || !is_wanted(s, number_of(p)))
		return;
	for (int in_place = 0; in_place <= may_be_in_place(p, o->of); in_place++) {
		memcpy(o->y, saved->before, o->y_bytes);
		Run *r = run_new(p, o);
		bool taken = run_again(r, in_place);
		bool intact = run_end(r);
		if (!taken)
			return;
		if (memcmp(o->y, saved->expected, o->y_bytes))
			complain(s, p, o->of, dice, how[in_place]);
		if (!mend_blocks(blocks) || !intact)
			complain(s, p, o->of, dice, "writes beside a buffer");
		if (!kept_operands(o, saved))
			complain(s, p, o->of, dice, "writes to its operand");
	}
	s->cases[number_of(p)]++;
}

/* The kernels called `name` on a case. */
static void
check_named(Session *s, Case *c, const char *name, uint64_t dice)
{
	Parts ref = { .parts = 0 }, p;
	Blocks blocks = { NULL };
	Operands o;

	for (int i = 0; i < kernel_count && !ref.parts; i++)
		if (!strcmp(kernels[i].folder, "ref") && parts_of(i, name, &p))
			ref = p;
	if (!ref.parts)
		return;
	fill_operands(&o, c, &blocks);
	Saved saved = save(&o);
	Run *r = run_new(&ref, &o);
	bool taken = run_again(r, false);
	run_end(r);
	if (taken) {
		saved.expected = copy_of(c->graph->arena, o.y, o.y_bytes);
		for (int i = 0; i < kernel_count; i++)
			if (parts_of(i, name, &p))
				compare(s, &p, &o, &saved, &blocks, dice);
	}
	free_blocks(&blocks);
}

/* ---- timing */

/* 0: the kernel does not take the case. */
static double
seconds_per_run(const Parts *p, const Operands *o)
{
	const double enough = 0.05;
	double seconds = 0;
	Run *run = run_new(p, o);
	int runs = 1;

	if (run_again(run, false))
		for (;; runs *= 2) {
			clock_t begin = clock();
			for (int i = 0; i < runs; i++)
				run_again(run, false);
			seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
			if (seconds > enough)
				break;
		}
	run_end(run);
	return seconds / runs;
}

static double
time_kernel(Session *s, int i, const Parts *p, const Operands *o, double ref)
{
	const Case *c = o->of;
	const Tensor *y = tensor_out(c->graph, c->graph->node);
	int rows = y->shape.rank == NHWC ? y->shape.dim[0] * y->shape.dim[1] : 1;
	double seconds = takes(p, c) ? seconds_per_run(p, o) : 0;

	if (seconds <= 0)
		return 0;
	printf("%-28s %10.2f us a row, cost %8lld", name_of(i), seconds * 1e6 / rows,
		(long long)cost_of(p, c));
	if (ref > 0)
		printf(", %5.1f x ref", ref / seconds);
	printf("; %s\n", describe(c));
	s->cases[i]++;
	return seconds;
}

static void
time_named(Session *s, Case *c, const char *name)
{
	Blocks blocks = { NULL };
	Operands o;
	Parts p;
	double ref = 0;

	fill_operands(&o, c, &blocks);
	for (int pass = 0; pass < 2; pass++) /* ref first */
		for (int i = 0; i < kernel_count; i++) {
			bool is_ref = !strcmp(kernels[i].folder, "ref");
			if (is_ref != (pass == 0) || !parts_of(i, name, &p) ||
				!is_wanted(s, i))
				continue;
			double seconds = time_kernel(s, i, &p, &o, ref);
			ref = is_ref ? seconds : ref;
		}
	free_blocks(&blocks);
}

/* ---- all of them */

static void
try_case(Session *s, Op op, Type x, Type y, Dialect dialect, uint64_t dice, int nth)
{
	Arena *arena = arena_new(&s->diag);
	Case c = { .dice = { dice }, .large = s->bench ? nth + 1 : 0, .tight = s->tight };

	if (make_case(&c, arena, &s->diag, op, x, y, dialect))
		for (const char *at = ops[op].stems; *at;) {
			int size = (int)strcspn(at, " ");
			const char *name = kernel_name(
				c.graph, c.graph->node, format(arena, "%.*s", size, at));
			bool again = name && dialect != TFLM &&
				!strstr(name, semantics_names[dialect]);
			if (name && !s->bench)
				check_named(s, &c, name, dice);
			else if (name && !again)
				time_named(s, &c, name);
			at += size + (at[size] == ' ');
		}
	arena_free(arena);
}

static void
try_all(Session *s)
{
	Dice dice = { s->seed };

	for (int op = 0; op < OP_COUNT; op++)
		for (int pair = 0; pair < TYPE_COUNT * TYPE_COUNT; pair++)
			for (int dialect = TFLM; dialect <= LITERT; dialect++)
				for (int i = 0; i < s->count; i++)
					try_case(s, (Op)op, (Type)(pair / TYPE_COUNT),
						(Type)(pair % TYPE_COUNT),
						(Dialect)dialect, roll(&dice), i);
}

static void
report(Session *s)
{
	for (int i = 0; i < kernel_count; i++) {
		if (!is_wanted(s, i) || !is_first(i))
			continue;
		bool good = s->cases[i] && !s->wrong[i];
		s->bad += !good;
		if (!s->cases[i] && !s->wrong[i])
			printf("%s: no case suits it\n", name_of(i));
		printf("%s %s: %d cases\n", good ? "ok" : "FAIL", name_of(i),
			s->cases[i]);
	}
}

static int
list_folders(void)
{
	for (int i = 0; i < kernel_count; i++)
		if (i == 0 || strcmp(kernels[i].folder, kernels[i - 1].folder))
			puts(kernels[i].folder);
	return 0;
}

static uint64_t
number(const char *text)
{
	char *end;
	unsigned long long n = text ? strtoull(text, &end, 0) : 0;

	if (!text || *end) {
		fprintf(stderr, "check-kernels: not a number: %s\n", text ? text : "");
		exit(2);
	}
	return n;
}

int
main(int argc, char **argv)
{
	Session s = { .seed = 1, .count = 0 };

	for (argv += argc > 0; *argv && !strncmp(*argv, "--", 2); argv++) {
		if (!strcmp(*argv, "--list"))
			return list_folders();
		else if (!strcmp(*argv, "--bench"))
			s.bench = true;
		else if (!strcmp(*argv, "--tight"))
			s.tight = true;
		else if (!strcmp(*argv, "--seed"))
			s.seed = number(*++argv);
		else if (!strcmp(*argv, "--count"))
			s.count = (int)number(*++argv);
		else
			return fprintf(stderr,
				       "usage: check-kernels [--list] [--seed N] "
				       "[--count N] "
				       "[--tight] [--bench] "
				       "[FOLDER[/NAME] ...]\n"),
			       2;
	}
	s.only = argv;
	s.count = s.count ? s.count : s.bench ? BENCH_COUNT : COUNT;
	s.diag = (Diag){ .to = stderr, .escape = &s.escape };
	if (setjmp(s.escape))
		return 1;
	s.cases = calloc((size_t)kernel_count + 1, sizeof *s.cases);
	s.wrong = calloc((size_t)kernel_count + 1, sizeof *s.wrong);
	if (!s.cases || !s.wrong)
		return 1;
	printf("seed %llu\n", (unsigned long long)s.seed);
	try_all(&s);
	if (!s.bench)
		report(&s);
	free(s.cases);
	free(s.wrong);
	return s.bad != 0;
}
