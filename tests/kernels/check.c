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
#include <math.h>
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

static bool
is_there(const char *name)
{
	for (int i = 0; i < kernel_count; i++)
		if (!strcmp(kernels[i].kernel.name, name))
			return true;
	return false;
}

/* Parts of a reduction are reported with the first of them. */
static bool
is_first(int i)
{
	static const char *const later[] = { "_row", "_end" };
	const char *name = kernels[i].kernel.name;
	char first[64];

	for (int k = 0; k < 2; k++) {
		int stem = (int)strlen(name) - (int)strlen(later[k]);
		if (stem <= 0 || strcmp(name + stem, later[k]))
			continue;
		snprintf(first, sizeof first, "%.*s_begin", stem, name);
		if (is_there(first))
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
	const float *slack; /* how far float sums may be off, or NULL */
} Saved;

static Saved
save(const Operands *o)
{
	Arena *arena = o->of->graph->arena;
	Saved s = { .before = copy_of(arena, o->y, o->y_bytes) };

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
make_positive(void *floats, size_t bytes)
{
	uint8_t *x = floats;

	for (size_t i = 0; i + sizeof(float) <= bytes; i += sizeof(float)) {
		float v;
		memcpy(&v, x + i, sizeof v);
		v = fabsf(v);
		memcpy(x + i, &v, sizeof v);
	}
}

/*
 * Sums of float products may be fused, and taken in another order.  With u = 2^-24 each way is off
 * by less than n * u times the sum of magnitudes, n the roundings; that sum is what ref makes of
 * the magnitudes.  Whole numbers have no such excuse.
 */
static const float *
slack_of(const Parts *ref, const Operands *o, const Saved *saved)
{
	Graph *g = o->of->graph;
	Node *n = g->node;
	Tensor *w = g->tensor + n->input[1], *bias = n->input[2] < 0 ? w : g->tensor + n->input[2];
	const void *data[2] = { w->data, bias->data };
	Attr attr = n->attr;
	int64_t terms = elements(&w->shape) / (n->op == OP_depthwise ? 1 : w->shape.dim[0]);

	for (int i = 0; i < 2; i++) {
		Tensor *t = i ? bias : w;
		size_t bytes = (size_t)tensor_bytes(t);
		void *copy = copy_of(g->arena, data[i], bytes);
		make_positive(copy, bytes);
		t->data = copy;
	}
	make_positive(o->x[0], o->x_bytes[0]);
	n->attr.act = ACT_NONE;
	Run *r = run_new(ref, o);
	run_again(r, false);
	run_end(r);
	float *slack = copy_of(g->arena, o->y, o->y_bytes);
	for (size_t i = 0; i < o->y_bytes / sizeof *slack; i++)
		slack[i] *= 2 * (float)(terms + 2) * 0x1p-24f;
	n->attr = attr;
	bias->data = data[1];
	w->data = data[0];
	memcpy(o->x[0], saved->x[0], o->x_bytes[0]);
	return slack;
}

static bool
agrees(const uint8_t *y, const Saved *s, size_t bytes)
{
	if (!s->slack)
		return !memcmp(y, s->expected, bytes);
	for (size_t i = 0; i < bytes / sizeof(float); i++) {
		float a, b;
		memcpy(&a, y + i * sizeof a, sizeof a);
		memcpy(&b, s->expected + i * sizeof b, sizeof b);
		if (memcmp(&a, &b, sizeof a) && !(fabsf(a - b) <= s->slack[i]))
			return false;
	}
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
		if (!agrees(o->y, saved, o->y_bytes))
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
		Op op = c->graph->node->op;
		bool sums = op == OP_conv2d || op == OP_depthwise || op == OP_dense;
		saved.expected = copy_of(c->graph->arena, o.y, o.y_bytes);
		if (sums && tensor_out(c->graph, c->graph->node)->type == TYPE_f32 && !c->whole)
			saved.slack = slack_of(&ref, &o, &saved);
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
