/* test_plan.c: order, alias and plan, by a replay of their result that shares no code with them. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/codegen.h"
#include "frontend/frontend.h"
#include "branches.h"
#include "plan_check.h"
#include "random_graph.h"
#include "scheduler/scheduler.h"
#include "session.h"

/* What the passes up to plan() are asked for. */
typedef struct {
	const char *target;
	InputMode mode;
	Optimize optimize;
	bool ordered, fused, whole; /* whole: without stream() */
} Way;

static void
run_passes(Session *s, Graph *g, Way way)
{
	Job job = { .arena = s->arena, .graph = g, .target = find_target(way.target),
		.scheduled = way.whole };

	job.templates = templates_new(s->arena, &s->diag, template_files, template_file_count, NULL);
	g->input_mode = way.mode;
	g->optimize = way.optimize;
	g->alignment = job.target->alignment;
	infer(g);
	legalize(g);
	fold(g);
	if (way.fused)
		fuse(g);
	select_kernels(&job);
	if (way.ordered)
		order(g);
	alias(g);
	if (!way.whole)
		stream(g);
	select_again(&job);
	plan(g);
	verify(g, "plan");
}

static Way
way_of(int i)
{
	return (Way){ i % 2 ? "x86-avx2" : "c", i / 2 % 2 ? INPUT_CONST : INPUT_FULL,
		(Optimize)(i / 4 % OPTIMIZE_COUNT), true, i / 12 % 2 == 0, false };
}

/* ---- tests ---- */

/* The planned graph of a text; NULL: refused, which s->messages explains. */
static Graph *
planned(Session *s, const char *text, Way way)
{
	Graph *volatile g = NULL;

	if (setjmp(s->escape) == 0) {
		g = read_mir(s->arena, &s->diag, "m", text, strlen(text), NULL);
		run_passes(s, g, way);
	} else {
		fflush(s->diag.to);
		g = NULL;
	}
	return g;
}

typedef struct { int graphs, met; } Tally;

/* Buffers of the work area that are in use at once: each may need a gap to its boundary. */
static int
most_buffers(const Graph *g)
{
	int most = 0;

	for (int i = 0; i < g->buffer_count; i++) {
		int count = 0;
		for (int k = 0; k < g->buffer_count; k++)
			count += g->buffer[k].first <= g->buffer[i].first &&
				g->buffer[i].first <= g->buffer[k].last;
		most = count > most ? count : most;
	}
	return most;
}

static void
expect_sound(const Graph *g, Tally *tally, const char *what)
{
	const char *wrong = plan_error(g);
	int64_t live = plan_live(g);

	cr_expect_null(wrong, "%s: %s", what, wrong);
	cr_expect_leq(live, g->lower_bound, "%s", what);
	cr_expect_leq(g->lower_bound, g->work_bytes, "%s", what);
	tally->graphs++;
	tally->met += g->work_bytes <= g->lower_bound + (g->alignment - 1) * most_buffers(g);
}

enum { GRAPHS = 400 };

Test(plan, every_read_finds_its_bytes, .timeout = 600)
{
	Tally tally = { 0 };

	for (int i = 0; i < GRAPHS; i++) {
		Session s;
		begin(&s, "m.mir");
		const char *text = branches(s.arena, (uint32_t)i);
		Graph *g = planned(&s, text, way_of(i));
		cr_expect(g, "%s\n%s", s.messages, text);
		if (g)
			expect_sound(g, &tally, text);
		end(&s);
	}
	printf("plan: the bound is met by %d of %d graphs with branches\n", tally.met, tally.graphs);
	cr_expect_gt(tally.met * 10, tally.graphs * 7);
}

/* Turns begin again with each image: nodes of three and of five are never in step. */
Test(plan, batches_of_several_sizes)
{
	static const char text[] = "mir 1\ninput t0\ninput t1\noutput t4\noutput t5\n"
		"tensor t0 s8[3,8,1,3] scale 0.5\ntensor t1 s8[5,8,1,3] scale 0.5\n"
		"tensor t2 s8[5,14,1,3] scale 0.5\ntensor t3 s8[3,8,1,3] scale 0.5\n"
		"tensor t4 s8[5,14,1,3] scale 0.5\ntensor t5 s8[3,8,1,3] scale 0.5\n"
		"t2 = pad t1 begin [0,3,0,0] end [0,3,0,0]\nt3 = mul t0 t0\n"
		"t4 = add t2 t2\nt5 = add t3 t0\n";
	Tally tally = { 0 };

	for (int i = 0; i < 12; i++) {
		Session s;
		begin(&s, "m.mir");
		const Graph *g = planned(&s, text, way_of(i));
		cr_assert(g, "%s", s.messages);
		expect_sound(g, &tally, text);
		for (int k = 1; k < g->node_count; k++)
			cr_expect(!g->node[k].segment || g->node[k].segment != g->node[k - 1].segment ||
				tensor_out(g, g->node + k)->shape.dim[0] ==
					tensor_out(g, g->node + k - 1)->shape.dim[0]);
		end(&s);
	}
}

/* Graphs of every operator. */
Test(plan, any_operator, .timeout = 600)
{
	Tally tally = { 0 };

	for (int i = 0; i < GRAPHS; i++) {
		Session s;
		begin(&s, "m.mir");
		Graph *volatile g = NULL;
		if (setjmp(s.escape) == 0) {
			g = random_graph(s.arena, &s.diag, (uint32_t)i + 1, 1 + i % 12);
			run_passes(&s, g, way_of(i));
			expect_sound(g, &tally, format(s.arena, "seed %d", i + 1));
		}
		end(&s);
	}
	printf("plan: the bound is met by %d of %d graphs of any operator\n", tally.met, tally.graphs);
	cr_expect_gt(tally.graphs * 10, GRAPHS * 9);
}

/* ---- order ---- */

/* Of alias(): what it copies depends on the order. */
static bool
is_copy(const Node *n)
{
	return n->name && !strcmp(n->name, "copy");
}

/* Whether b has the nodes of a, each once. */
static bool
same_nodes(const Graph *a, const Graph *b)
{
	int same = 0, ours = 0, theirs = 0;

	for (int i = 0; i < a->node_count; i++)
		ours += !is_copy(a->node + i);
	for (int k = 0; k < b->node_count; k++)
		theirs += !is_copy(b->node + k);
	for (int i = 0; i < a->node_count; i++)
		for (int k = 0; k < b->node_count; k++)
			same += !is_copy(a->node + i) && a->node[i].output == b->node[k].output &&
				a->node[i].op == b->node[k].op;
	return ours == theirs && same == ours;
}

Test(plan, order_is_no_worse_than_the_files, .timeout = 600)
{
	int better = 0;

	for (int i = 0; i < GRAPHS; i++) {
		Session s;
		begin(&s, "m.mir");
		const char *text = branches(s.arena, (uint32_t)i);
		Way way = way_of(i), as_it_is = way_of(i);
		as_it_is.ordered = false;
		as_it_is.whole = way.whole = true;
		const Graph *g = planned(&s, text, way), *file = planned(&s, text, as_it_is);
		cr_assert(g && file);
		cr_expect(same_nodes(g, file), "%s", text);
		cr_expect_null(plan_error(file), "%s", text);
		better += g->lower_bound < file->lower_bound;
		cr_expect_leq(g->lower_bound, file->lower_bound, "%s", text);
		end(&s);
	}
	printf("plan: of %d orders %d are better than the file's\n", GRAPHS, better);
	cr_expect_gt(better, GRAPHS / 3);
}

/* ---- a bad plan is found ---- */

/* Per kind of damage, how often it was done. */
typedef struct { int moved, scratch, apart, swapped; } Planted;

static void
expect_caught(const Graph *g, int *count, const char *what)
{
	cr_expect(plan_error(g), "%s", what);
	++*count;
}

static Buffer *
buffer_of(Graph *g, int tensor, int node)
{
	for (int i = 0; i < g->buffer_count; i++)
		if (g->buffer[i].tensor == tensor && g->buffer[i].node == node)
			return g->buffer + i;
	return NULL;
}

/* A buffer moved to where its first row destroys another's that is wanted later. */
static void
plant_moved(Graph *g, Planted *p)
{
	for (int t = 0; t < g->tensor_count; t++) {
		int64_t place = plan_wrong_place(g, t);
		int root = storage(g, t, NULL);
		Buffer *b = buffer_of(g, root, -1);
		int64_t old = g->tensor[root].offset;
		if (place < 0 || !b)
			continue;
		g->tensor[root].offset = b->offset = place;
		expect_caught(g, &p->moved, format(g->arena, "tensor %d at %lld", t, (long long)place));
		g->tensor[root].offset = b->offset = old;
	}
}

/* A node's scratch where its operand's first row is. */
static void
plant_scratch(Graph *g, Planted *p)
{
	for (int i = 0; i < g->node_count; i++) {
		Node *n = g->node + i;
		int64_t old = n->scratch_offset, at;
		int t = storage(g, n->input[0], &at);
		Buffer *b = buffer_of(g, -1, i);
		if (!n->scratch || !b || g->tensor[t].offset < 0 || at || n->reversed)
			continue;
		n->scratch_offset = b->offset = g->tensor[t].offset;
		expect_caught(g, &p->scratch, format(g->arena, "scratch of node %d", i));
		n->scratch_offset = b->offset = old;
	}
}

/* A result that lies on the operand though the node no longer says so. */
static void
plant_apart(Graph *g, Planted *p)
{
	for (int i = 0; i < g->node_count; i++) {
		if (!g->node[i].in_place)
			continue;
		g->node[i].in_place = false;
		expect_caught(g, &p->apart, format(g->arena, "node %d not in place", i));
		g->node[i].in_place = true;
	}
}

/* The step of a flat node, and before it one that reads what it makes. */
static void
plant_swapped(Graph *g, Planted *p)
{
	for (int i = 0; i + 1 < g->step_count; i++) {
		Step first = g->step[i], second = g->step[i + 1];
		const Node *maker = g->node + first.node, *reader = g->node + second.node;
		bool follows = false;
		for (int k = 0; k < reader->input_count; k++)
			follows |= reader->input[k] == maker->output;
		if (!follows || !maker->flat)
			continue;
		g->step[i] = second;
		g->step[i + 1] = first;
		expect_caught(g, &p->swapped, format(g->arena, "steps %d and %d swapped", i, i + 1));
		g->step[i] = first;
		g->step[i + 1] = second;
	}
}

enum { PLANTED_GRAPHS = 40 };

Test(plan, every_planted_overlap_is_found, .timeout = 600)
{
	Planted p = { 0 };

	for (int i = 0; i < PLANTED_GRAPHS; i++) {
		Session s;
		begin(&s, "m.mir");
		Graph *g = planned(&s, branches(s.arena, (uint32_t)i), way_of(i));
		cr_assert(g);
		plant_moved(g, &p);
		plant_scratch(g, &p);
		plant_apart(g, &p);
		plant_swapped(g, &p);
		cr_expect_null(plan_error(g));
		end(&s);
	}
	printf("plan: found %d moved buffers, %d of scratch, %d no longer in place, %d swapped steps\n",
		p.moved, p.scratch, p.apart, p.swapped);
	cr_expect(p.moved > PLANTED_GRAPHS && p.scratch > PLANTED_GRAPHS / 2 &&
		p.apart > PLANTED_GRAPHS && p.swapped > PLANTED_GRAPHS);
}

/* ---- real models ---- */

/* Reads the text of a plan back, as --dump writes it. */
static Graph *
read_again(Session *s, const Graph *g)
{
	Text t = text_new(s->arena);

	print_graph(&t, g);
	Graph *again = read_mir(s->arena, &s->diag, "m", t.data, t.size, getenv("SHARED") ?
		format(s->arena, "%s/models/", getenv("SHARED")) : NULL);
	again->step = g->step; /* not part of the text */
	again->step_count = g->step_count;
	again->buffer = g->buffer;
	again->buffer_count = g->buffer_count;
	return again;
}

static bool
check_model(const char *path, const char *name, int way, Tally *tally)
{
	Session s;
	volatile bool done = false;

	begin(&s, "m.mir");
	s.diag.file = name;
	File file = map_file(&s.diag, format(s.arena, "%s/%s", path, name));
	if (setjmp(s.escape) == 0) {
		Graph *g = read_tflite(s.arena, &s.diag, "m", file.data, file.size);
		g->file_name = name;
		run_passes(&s, g, way_of(way));
		expect_sound(g, tally, name);
		cr_expect_null(plan_error(read_again(&s, g)), "%s", name);
		done = true;
	}
	unmap_file(file);
	end(&s);
	return done;
}

enum { LEAST_MODELS = 13, WAYS = 4 };

Test(plan, of_real_models, .timeout = 600)
{
	const char *shared = getenv("SHARED");
	Tally tally = { 0 };
	int read = 0;

	if (!shared || !*shared)
		cr_skip("no ../shared/models");
	char path[4096];
	snprintf(path, sizeof path, "%s/models", shared);
	DIR *folder = opendir(path);
	cr_assert(folder);
	for (struct dirent *e; (e = readdir(folder)); )
		if (strstr(e->d_name, ".tflite"))
			for (int way = 0; way < WAYS; way++)
				read += check_model(path, e->d_name, way, &tally);
	closedir(folder);
	printf("plan: the bound is met by %d of %d plans of real models\n", tally.met, tally.graphs);
	cr_expect_geq(read, LEAST_MODELS * WAYS);
}
