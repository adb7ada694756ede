/* segment.c: nodes that run row by row, in step: what each waits for, and the sweeps over them. */
#include <string.h>

#include "codegen.h"

/* What a step of a node waits for. */
typedef enum {
	LEFT,  /* that it is not done */
	READY, /* rows of an operand that another node makes */
	ROOM   /* that another has no more need of the row whose place it takes */
} Wait;

typedef struct {
	Wait wait;
	int node, other; /* the other's steps are counted */
	int operand;     /* READY: of the node; ROOM: of the other */
	int ring;        /* ROOM: rows; 0: in place, and nothing to wait for if the other is done */
	bool clipped;    /* READY: its windows look beyond the last row */
} Condition;

/* Conditions that are asked together, and which of them failed together: sets, as bits. */
typedef struct {
	Condition *condition;
	int count;
	uint64_t *failed;
	int failures;
	uint64_t kept; /* the rest never decides */
} Conditions;
enum { BITS = 64 };

typedef struct {
	Body *b;
	const Graph *g;
	int first, end;
	Conditions *of;   /* by node, from first */
	Conditions sinks; /* LEFT of each: the sweeps go on while one holds */
} Segment;

/* ---- what waits for what ---- */

static bool
is_reduction(const Node *n)
{
	return ops[n->op].rows == ROWS_REDUCE;
}

/* The row after the last under a window, whether it is there or not. */
static int
window_end(const Graph *g, const Node *n, int r)
{
	return window_start(n, r) + (kernel_height(g, n) - 1) * n->attr.dilation_h + 1;
}

static bool
holds(const Graph *g, const Condition *c, const int *done)
{
	const Node *n = g->node + c->node, *other = g->node + c->other;
	int r = done[c->node], there = done[c->other];

	if (c->wait == LEFT)
		return r < step_count(g, n);
	if (c->wait == ROOM)
		return (!c->ring && there == step_count(g, other)) ||
			r < first_row(g, other, c->operand, there) + c->ring;
	if (is_reduction(other))
		return there == step_count(g, other);
	if (ops[n->op].rows == ROWS_WINDOW && !c->clipped)
		return there >= window_end(g, n, r);
	return there >= end_row(g, n, c->operand, r);
}

static void
add_condition(const Segment *s, Conditions *all, Condition c)
{
	all->condition = grow(s->g->arena, all->condition, all->count, sizeof c);
	all->condition[all->count++] = c;
}

/* Those who make the rows of a tensor; a view's are those of what it reads. */
static void
add_makers(const Segment *s, Condition c, int tensor)
{
	int maker = producer(s->g, tensor);
	const Node *n = s->g->node + maker;

	if (maker < s->first || maker >= s->end)
		return;
	c.other = maker;
	if (n->kernel)
		add_condition(s, s->of + c.node - s->first, c);
	for (int k = 0; !n->kernel && k < n->input_count; k++)
		add_makers(s, c, n->input[k]);
}

static void
add_ready(const Segment *s, int node)
{
	const Graph *g = s->g;
	const Node *n = g->node + node;
	bool window = ops[n->op].rows == ROWS_WINDOW;

	for (int k = 0; k < n->input_count; k++) {
		const Tensor *x = tensor_in(g, n, k);
		if (!x || x->data)
			continue;
		add_makers(s, (Condition){ READY, node, -1, k, 0,
			window && window_end(g, n, step_count(g, n) - 1) > x->shape.dim[HEIGHT] },
			n->input[k]);
	}
}

/* How many operands, of nodes before `end`, lie in a storage tensor; the node, if there is one,
 * waits for room in a ring, or in place (0). */
static int
reads_inside(const Segment *s, int root, int end, int node, int ring)
{
	int count = 0;

	for (int i = s->first; i < end; i++)
		for (int k = 0; k < s->g->node[i].input_count && s->g->node[i].kernel; k++) {
			int x = s->g->node[i].input[k];
			if (x < 0 || storage(s->g, x, NULL) != root)
				continue;
			count++;
			if (node >= 0)
				add_condition(s, s->of + node - s->first,
					(Condition){ ROOM, node, i, k, ring, false });
		}
	return count;
}

/* Whether something later touches a storage tensor. */
static bool
is_used_later(const Segment *s, int root)
{
	const Graph *g = s->g;

	for (int i = s->end; i < g->node_count; i++)
		if (g->node[i].kernel) {
			if (storage(g, g->node[i].output, NULL) == root)
				return true;
			for (int k = 0; k < g->node[i].input_count; k++)
				if (g->node[i].input[k] >= 0 && storage(g, g->node[i].input[k], NULL) == root)
					return true;
		}
	for (int i = 0; i < g->output_count; i++)
		if (storage(g, g->output[i].tensor, NULL) == root)
			return true;
	return false;
}

static void
add_conditions(Segment *s, int node)
{
	const Node *n = s->g->node + node;
	int root = storage(s->g, n->output, NULL);
	Condition left = { LEFT, node, node, 0, 0, false };

	if (!n->kernel)
		return;
	add_condition(s, s->of + node - s->first, left);
	add_ready(s, node);
	if (n->in_place)
		reads_inside(s, root, node, node, 0);
	else if (s->g->tensor[root].ring)
		reads_inside(s, root, s->end, node, s->g->tensor[root].ring);
	if (is_used_later(s, root) || !reads_inside(s, root, s->end, -1, 0))
		add_condition(s, &s->sinks, left);
}

/* ---- which conditions decide: found by going through the steps ---- */

/* From the last bit on conditions stand together. */
static uint64_t
bit(int condition)
{
	return UINT64_C(1) << (condition < BITS - 1 ? condition : BITS - 1);
}

static bool
is_kept(const Conditions *all, int condition)
{
	return (all->kept & bit(condition)) != 0;
}

/* The set of those that fail, or of those that hold. */
static uint64_t
set_of(const Graph *g, const Conditions *all, const int *done, bool hold)
{
	uint64_t set = 0;

	for (int i = 0; i < all->count; i++)
		if (holds(g, all->condition + i, done) == hold)
			set |= bit(i);
	return set;
}

static void
record(const Segment *s, Conditions *all, uint64_t set)
{
	for (int i = 0; i < all->failures; i++)
		if (all->failed[i] == set)
			return;
	all->failed = grow(s->g->arena, all->failed, all->failures, sizeof set);
	all->failed[all->failures++] = set;
}

static void
go_through(Segment *s)
{
	int *done = alloc_array(s->g->arena, (size_t)s->g->node_count, sizeof *done);
	uint64_t set;

	while ((set = set_of(s->g, &s->sinks, done, true))) {
		bool moved = false;
		record(s, &s->sinks, set);
		for (int i = s->first; i < s->end; i++) {
			Conditions *all = s->of + i - s->first;
			if (!all->count)
				continue;
			if ((set = set_of(s->g, all, done, false))) {
				record(s, all, set);
			} else {
				moved = true;
				done[i]++;
			}
		}
		if (!moved)
			die("segment %d waits for itself", s->g->node[s->first].segment);
	}
}

/* Keeps as few as catch every failure; a table is not read beyond its end. */
static void
keep_few(const Segment *s, Conditions *all)
{
	static const Wait order[] = { ROOM, LEFT, READY };

	for (int i = 0; i < all->count; i++)
		all->kept |= bit(i);
	for (int pass = 0; pass < 3; pass++)
		for (int i = all->count - 1; i >= 0; i--) {
			const Condition *c = all->condition + i;
			uint64_t fewer = all->kept & ~bit(i);
			bool enough = i < BITS - 1 && c->wait == order[pass] &&
				!(c->wait == LEFT && all != &s->sinks &&
					ops[s->g->node[c->node].op].rows == ROWS_RESIZE);
			for (int k = 0; k < all->failures && enough; k++)
				enough = (all->failed[k] & fewer) != 0;
			if (enough)
				all->kept = fewer;
		}
}

/* ---- as C ---- */

/* Whether the segment takes in an input row by row: its counters outlast the function. */
static bool
is_pushed(const Segment *s)
{
	return s->b->program->reader >= s->first && s->b->program->reader < s->end;
}

static const char *
counter(const Segment *s, int node)
{
	return format(s->g->arena, is_pushed(s) ? "done->%s_r" : "%s_r", s->b->program->call[node].id);
}

static const char *
ready_text(const Segment *s, const Condition *c, bool others)
{
	Arena *arena = s->g->arena;
	const Node *n = s->g->node + c->node;
	const char *r = counter(s, c->node), *there = counter(s, c->other);
	int height = tensor_in(s->g, n, c->operand)->shape.dim[HEIGHT];
	const char *need = r;

	if (is_reduction(s->g->node + c->other))
		return format(arena, "%s == %d", there, step_count(s->g, s->g->node + c->other));
	if (ops[n->op].rows == ROWS_WINDOW)
		need = linear(arena, n->attr.stride_h, r, window_end(s->g, n, 0) - 1);
	else if (ops[n->op].rows == ROWS_RESIZE)
		need = resized_row(s->b, s->b->program->call + c->node, r, true);
	else if (ops[n->op].rows == ROWS_SAME && height == 1)
		need = "0";
	const char *plain = format(arena, "%s > %s", there, need);
	return !c->clipped ? plain : format(arena, others ? "(%s || %s == %d)" : "%s || %s == %d",
		plain, there, height);
}

static const char *
room_text(const Segment *s, const Condition *c, bool others)
{
	Arena *arena = s->g->arena;
	const Node *other = s->g->node + c->other;
	const char *r = counter(s, c->node), *there = counter(s, c->other), *to = there;
	bool resize = ops[other->op].rows == ROWS_RESIZE;

	if (resize)
		to = resized_row(s->b, s->b->program->call + c->other, there, false);
	if (ops[other->op].rows == ROWS_WINDOW)
		to = linear(arena, other->attr.stride_h, there, window_start(other, 0) + c->ring);
	else if (c->ring)
		to = format(arena, "%s + %d", to, c->ring);
	if (c->ring && !resize)
		return format(arena, "%s < %s", r, to);
	return format(arena, others ? "(%s == %d || %s < %s)" : "%s == %d || %s < %s", there,
		step_count(s->g, other), r, to);
}

static const char *
condition_text(const Segment *s, const Condition *c, bool others)
{
	switch (c->wait) {
	case READY: return ready_text(s, c, others);
	case ROOM: return room_text(s, c, others);
	default: return format(s->g->arena, "%s < %d", counter(s, c->node),
		step_count(s->g, s->g->node + c->node));
	}
}

/* Adds an item of a list that goes over several lines: before, between, between. */
static void
put_item(Body *b, size_t *line, const char *before, const char *between, const char *item)
{
	Text *t = b->out;

	if (!*line) {
		indent(b);
		*line = t->size;
		put(t, "%s", before);
	} else if (t->size - *line + strlen(item) > LINE_MOST - 8 * (size_t)b->depth) {
		put(t, "%s\n", between);
		indent(b);
		*line = t->size;
		put(t, "    ");
	} else {
		put(t, "%s ", between);
	}
	put(t, "%s", item);
}

/* "a && b", "a || b": those that are kept, and one more if it is not NULL. */
static void
put_conditions(const Segment *s, const Conditions *all, const char *before, const char *between,
	const char *more)
{
	size_t line = 0;
	int kept = more != NULL;

	for (int i = 0; i < all->count; i++)
		kept += is_kept(all, i);
	if (more)
		put_item(s->b, &line, before, between, more);
	for (int i = 0; i < all->count; i++)
		if (is_kept(all, i))
			put_item(s->b, &line, before, between,
				condition_text(s, all->condition + i, kept > 1));
	if (!kept)
		indent(s->b);
}

/* Goes on while a sink has steps left; of a pushed input until its row was taken in. */
static void
open_sweeps(const Segment *s)
{
	int reader = s->b->program->reader;
	bool several = (s->sinks.kept & (s->sinks.kept - 1)) != 0;

	put_conditions(s, &s->sinks, is_pushed(s) && several ? "while ((" : "while (", " ||", NULL);
	if (is_pushed(s))
		put(s->b->out, several ? ") && (%s <= row || row == %d)" : " && (%s <= row || row == %d)",
			counter(s, reader), step_count(s->g, s->g->node + reader) - 1);
	put(s->b->out, ") {\n");
	s->b->depth++;
}

static void
put_reduction_row(const Segment *s, const Call *c, const char *image, const char *r, int steps)
{
	Body *b = s->b;

	for (int last = 0; last < 2; last++) {
		if (steps > 1)
			add_line(b, "if (%s == %d)", r, last ? steps - 1 : 0);
		b->depth += steps > 1;
		put_ends(b, c, image, last);
		b->depth -= steps > 1;
		if (!last)
			put_row(b, c, image, steps > 1 ? r : NULL);
	}
}

static void
put_turn(const Segment *s, int node, const char *image)
{
	Body *b = s->b;
	const Call *c = b->program->call + node;
	int steps = step_count(s->g, c->node);
	const char *r = counter(s, node);
	Conditions *all = s->of + node - s->first;

	put_title(b, c);
	put_conditions(s, all, "if (", " &&",
		node == b->program->reader ? format(s->g->arena, "%s <= row", r) : NULL);
	put(b->out, all->kept || node == b->program->reader ? ") {\n" : "{\n");
	b->depth++;
	if (is_reduction(c->node))
		put_reduction_row(s, c, image, r, steps);
	else
		put_row(b, c, image, steps > 1 ? r : NULL);
	put_row_trace(b, c, image, r);
	add_line(b, "%s++;", r);
	close_loop(b);
}

/* Whether the text asks for a counter, beside adding to it; where not, that line goes too. */
static bool
needs_counter(Text *text, const char *name)
{
	size_t size = strlen(name);
	char *line = NULL, *at = text->data;

	for (; (at = strstr(at, name)); at += size) {
		if (!strchr("\t (", at[-1]))
			continue; /* the end of another name */
		if (strncmp(at + size, "++;\n", 4))
			return true;
		line = at;
	}
	if (line) {
		char *end = line + size + strlen("++;\n");
		while (line[-1] == '\t')
			line--;
		memmove(line, end, strlen(end) + 1);
		text->size -= (size_t)(end - line);
	}
	return false;
}

static void
put_counters(const Segment *s, Text *sweeps)
{
	size_t line = 0;

	if (is_pushed(s)) {
		add_line(s->b, "%s_rows *const done = &work->done;", s->b->program->name);
		add_line(s->b, "const int row = done->pushed++;\n");
		return;
	}
	for (int i = s->first; i < s->end; i++)
		if (s->g->node[i].kernel && needs_counter(sweeps, counter(s, i)))
			put_item(s->b, &line, "int ", ",", format(s->g->arena, "%s = 0", counter(s, i)));
	put(s->b->out, ";\n\n");
}

static void
put_sweeps(const Segment *s, const char *image)
{
	const char *between = "";

	open_sweeps(s);
	for (int i = s->first; i < s->end; i++) {
		if (!s->g->node[i].kernel)
			continue;
		put(s->b->out, "%s", between);
		put_turn(s, i, image);
		between = "\n";
	}
	close_loop(s->b);
}

int
segment_end(const Graph *g, int first)
{
	int end = first;

	while (end < g->node_count && g->node[end].segment == g->node[first].segment)
		end++;
	return end;
}

void
put_segment(Body *b, int first)
{
	const Graph *g = b->graph;
	Segment s = { .b = b, .g = g, .first = first, .end = segment_end(g, first) };
	int images = tensor_out(g, g->node + first)->shape.dim[0];

	s.of = alloc_array(g->arena, (size_t)(s.end - first), sizeof *s.of);
	for (int i = first; i < s.end; i++)
		add_conditions(&s, i);
	go_through(&s);
	keep_few(&s, &s.sinks);
	for (int i = first; i < s.end; i++)
		keep_few(&s, s.of + i - first);
	if (is_pushed(&s))
		s.of[b->program->reader - first].kept &= ~bit(0); /* LEFT: the row is */
	if (images > 1) {
		put(b->out, "\n");
		open_loop(b, "b", images);
	}
	Text sweeps = text_new(g->arena), *out = b->out;
	b->out = &sweeps;
	put_sweeps(&s, images > 1 ? "b" : NULL);
	b->out = out;
	put_counters(&s, &sweeps);
	put_bytes(out, sweeps.data, sweeps.size);
	if (images > 1)
		close_loop(b);
}

/* Segments have functions of their own; one of a single node is a loop like others. */
void
find_segments(Program *p)
{
	const Graph *g = p->job->graph;

	p->part = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *p->part);
	for (int first = 0, end; first < g->node_count; first = end) {
		int nodes = 0;

		end = segment_end(g, first);
		for (int i = first; i < end; i++)
			nodes += (g->node[i].kernel != NULL) + (i == p->reader);
		for (int i = first; i < end && g->node[i].segment; i++)
			p->part[i] = nodes > 1 ? first + 1 : 0;
	}
}
