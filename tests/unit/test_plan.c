/* test_plan.c: order, alias and plan, by a replay of their result that shares no code with them. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/codegen.h"
#include "frontend/frontend.h"
#include "plan_check.h"
#include "random_graph.h"
#include "scheduler/scheduler.h"

typedef struct {
	Diag diag;
	jmp_buf escape;
	Arena *arena;
	char *messages;
	size_t size;
} Session;

static void
begin(Session *s)
{
	memset(s, 0, sizeof *s);
	s->diag = (Diag){ .to = open_memstream(&s->messages, &s->size), .file = "m.mir",
		.escape = &s->escape };
	s->arena = arena_new(&s->diag);
}

static void
end(Session *s)
{
	arena_free(s->arena);
	fclose(s->diag.to);
	free(s->messages);
}

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
	Job job = { .arena = s->arena, .graph = g, .target = find_target(way.target) };

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

/* ---- random graphs with many branches ---- */

enum { MOST_NODES = 40, MOST_TENSORS = 200, MOST_ELEMENTS = 600, MOST_PARTS = 3 };

typedef struct {
	Arena *arena;
	uint32_t state;
	Text head, tensors, nodes;
	int count;                 /* of tensors */
	int pool[MOST_TENSORS], pooled; /* those that a node may read */
	int shape[MOST_TENSORS][NHWC];
	bool read[MOST_TENSORS];
} Dice;

/* Marsaglia's xorshift32. */
static int
roll(Dice *d, int sides)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 17;
	d->state ^= d->state << 5;
	return (int)(d->state % (uint32_t)sides);
}

static int
new_activation(Dice *d, const int shape[NHWC])
{
	int t = d->count++;

	memcpy(d->shape[t], shape, sizeof d->shape[t]);
	put(&d->tensors, "tensor t%d s8[%d,%d,%d,%d] scale 0.5 zero 3\n", t, shape[0], shape[1],
		shape[2], shape[3]);
	d->pool[d->pooled++] = t;
	return t;
}

static int
weights(Dice *d, int outputs, int side, int inputs)
{
	int t = d->count++;

	put(&d->tensors, "tensor t%d s8[%d,%d,%d,%d] scale 0.25 data {", t, outputs, side, side, inputs);
	for (int i = 0; i < outputs * side * side * inputs; i++)
		put(&d->tensors, " %d", roll(d, 9) - 4);
	put(&d->tensors, " }\n");
	return t;
}

/* Mostly one of the last made, so that chains form; sometimes an old one. */
static int
pick(Dice *d)
{
	int back = roll(d, 3) ? roll(d, d->pooled < 3 ? d->pooled : 3) : roll(d, d->pooled);

	return d->pool[d->pooled - 1 - back];
}

/* Another of the same shape but for one axis (-1: of just the same); x if there is none. */
static int
pick_like(Dice *d, int x, int axis)
{
	int start = roll(d, d->pooled);

	for (int i = 0; i < d->pooled; i++) {
		int t = d->pool[(start + i) % d->pooled];
		bool same = true;
		for (int k = 0; k < NHWC; k++)
			same &= k == axis || d->shape[t][k] == d->shape[x][k];
		if (same && (t != x || roll(d, 6) == 0))
			return t;
	}
	return x;
}

static int
size_of_shape(const int shape[NHWC])
{
	return shape[0] * shape[1] * shape[2] * shape[3];
}

static void
add_unary(Dice *d, int x)
{
	static const char *const names[] = { "logistic", "tanh", "hard_swish", "leaky_relu" };
	int y = new_activation(d, d->shape[x]);

	put(&d->nodes, "t%d = %s t%d\n", y, names[roll(d, 4)], x);
}

static void
add_sum(Dice *d, int x)
{
	int x2 = pick_like(d, x, -1), y = new_activation(d, d->shape[x]);

	d->read[x2] = true;
	put(&d->nodes, "t%d = %s t%d t%d\n", y, roll(d, 2) ? "add" : "mul", x, x2);
}

static void
add_concat(Dice *d, int x)
{
	int axis = roll(d, NHWC), parts = 2 + roll(d, MOST_PARTS - 1), part[MOST_PARTS] = { x };
	int shape[NHWC];

	memcpy(shape, d->shape[x], sizeof shape);
	for (int i = 1; i < parts; i++) {
		part[i] = pick_like(d, x, axis);
		shape[axis] += d->shape[part[i]][axis];
		d->read[part[i]] = true;
	}
	if (size_of_shape(shape) > MOST_ELEMENTS)
		return;
	int y = new_activation(d, shape);
	put(&d->nodes, "t%d = concat", y);
	for (int i = 0; i < parts; i++)
		put(&d->nodes, " t%d", part[i]);
	put(&d->nodes, " axis %d\n", axis);
}

static void
add_slice(Dice *d, int x)
{
	int shape[NHWC], begin[NHWC] = { 0 }, step[NHWC] = { 1, 1, 1, 1 }, axis = roll(d, NHWC);

	memcpy(shape, d->shape[x], sizeof shape);
	begin[axis] = roll(d, shape[axis]);
	step[axis] = 1 + roll(d, 2) * roll(d, 2);
	shape[axis] = 1 + roll(d, (shape[axis] - 1 - begin[axis]) / step[axis] + 1);
	int y = new_activation(d, shape);
	put(&d->nodes, "t%d = slice t%d begin [%d,%d,%d,%d] step [%d,%d,%d,%d]\n", y, x, begin[0],
		begin[1], begin[2], begin[3], step[0], step[1], step[2], step[3]);
}

static void
add_reshape(Dice *d, int x)
{
	const int *s = d->shape[x];
	int ways[][NHWC] = { { 1, 1, 1, size_of_shape(s) }, { s[0], s[2], s[1], s[3] },
		{ s[0], 1, s[1] * s[2], s[3] }, { s[0] * s[1], s[2], 1, s[3] } };
	int y = new_activation(d, ways[roll(d, 4)]);

	put(&d->nodes, "t%d = reshape t%d\n", y, x);
}

static void
add_convolution(Dice *d, int x)
{
	int shape[NHWC], side = roll(d, 2) ? 3 : 1;

	memcpy(shape, d->shape[x], sizeof shape);
	shape[3] = 1 + roll(d, 9);
	if (d->shape[x][3] > 16 || size_of_shape(shape) > MOST_ELEMENTS)
		return;
	int w = weights(d, shape[3], side, d->shape[x][3]), y = new_activation(d, shape);
	put(&d->nodes, "t%d = conv2d t%d t%d", y, x, w);
	put(&d->nodes, side > 1 ? " pad_top 1 pad_bottom 1 pad_left 1 pad_right 1\n" : "\n");
}

static void
add_pool(Dice *d, int x)
{
	int shape[NHWC];

	memcpy(shape, d->shape[x], sizeof shape);
	shape[1] = (shape[1] + 1) / 2;
	int y = new_activation(d, shape);
	put(&d->nodes, "t%d = max_pool t%d kernel_h 2 stride_h 2 pad_bottom %d\n", y, x,
		d->shape[x][1] % 2);
}

static void
add_mean(Dice *d, int x)
{
	int shape[NHWC] = { d->shape[x][0], 1, 1, d->shape[x][3] }, y = new_activation(d, shape);

	put(&d->nodes, "t%d = mean t%d axes [1,2]\n", y, x);
}

static void
add_transpose(Dice *d, int x)
{
	const int *s = d->shape[x];
	int shape[NHWC] = { s[0], s[2], s[1], s[3] }, y = new_activation(d, shape);

	put(&d->nodes, "t%d = transpose t%d perm [0,2,1,3]\n", y, x);
}

/* The text of a graph: some inputs, branches that meet again, several outputs. */
static const char *
branches(Arena *arena, uint32_t seed)
{
	static void (*const makers[])(Dice *, int) = { add_unary, add_unary, add_sum, add_sum, add_sum,
		add_concat, add_concat, add_slice, add_slice, add_reshape, add_reshape, add_convolution,
		add_convolution, add_pool, add_mean, add_transpose };
	Dice d = { .arena = arena, .state = seed * 2654435761u + 1, .head = text_new(arena),
		.tensors = text_new(arena), .nodes = text_new(arena) };
	int nodes = 3 + roll(&d, MOST_NODES - 3), inputs = 1 + roll(&d, 3);

	for (int i = 0; i < inputs; i++) {
		int shape[NHWC] = { 1 + (seed % 5 == 0), 1 + roll(&d, 6), 1 + roll(&d, 6), 1 + roll(&d, 8) };
		put(&d.head, "input t%d\n", new_activation(&d, shape));
	}
	for (int i = 0; i < nodes; i++) {
		int x = pick(&d);
		d.read[x] = true;
		makers[roll(&d, sizeof makers / sizeof *makers)](&d, x);
	}
	for (int i = 0, outputs = 0; i < d.pooled; i++)
		if (!d.read[d.pool[i]] || roll(&d, 12) == 0 || (!outputs && i == d.pooled - 1)) {
			put(&d.head, "output t%d\n", d.pool[i]);
			outputs++;
		}
	return format(arena, "mir 1\nmodel \"m\"\n%s%s%s", d.head.data, d.tensors.data, d.nodes.data);
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
		begin(&s);
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

/* Graphs of every operator. */
Test(plan, any_operator, .timeout = 600)
{
	Tally tally = { 0 };

	for (int i = 0; i < GRAPHS; i++) {
		Session s;
		begin(&s);
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
		begin(&s);
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
		begin(&s);
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

	begin(&s);
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
