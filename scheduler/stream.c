/*
 * stream.c: segments whose nodes run row by row, in step, and rings of rows inside them.
 *
 * The ordered nodes are cut into runs.  The price of a run, bytes and cycles, is found by running
 * its rows: each is made when a later one needs it, and a ring holds the most rows that are there
 * at once; then all again with these rings, in the order of the generated code, for the most bytes
 * that are live at a step.  Cuts are chosen by dynamic programming: the fastest whose runs all stay
 * below a number of bytes, and that number by the aim (--optimize, --arena).
 */
#include <stdlib.h>
#include <string.h>

#include "scheduler.h"

/* Nodes of a segment; of graphs that are large, fewer. */
enum { LONGEST = 192, LONGEST_OF_LARGE = 16, LARGE = 400 };
/* Cycles: of a step's conditions and row pointers; of a byte that no cache keeps. */
static const double STEP_COST = 20, FAR_BYTE_COST = 0.125;
enum { CACHE_BYTES = 256 * 1024 };
/* What speed gives for RAM: the fastest cuts and those within this are the same to it. */
static const double SPEED_TOLERANCE = 1.01;

typedef struct {
	int64_t bytes; /* of the work area; NEVER: not to be had */
	double cost;
} Price;
static const int64_t NEVER = INT64_MAX;

typedef struct {
	Graph *g;
	Survey *s;
	Turns t;
	int64_t *now; /* by class, those that come or go in the run: bytes */
	int *held;    /* by class: the most rows at once */
	int *seen;    /* by class: the run that it was touched in */
	int *touched, count, run;
	int64_t live;
	int pushed;   /* the node that reads a pushed input; -1: none */
} Trial;

/* ---- running a run's rows */

/* One step more of a node, and the ring of its output as has_room() would ask for. */
static void
count_step(Trial *r, int node)
{
	int y = r->s->output[node], end = ++r->t.done[node];
	const Class *c = r->s->class + y;

	for (int i = 0; i < c->reads && !r->g->node[node].in_place; i++) {
		const Read *x = r->s->read + c->read[i];
		if (x->node < r->t.first || x->node >= r->t.end)
			continue;
		int held = end - x->first[r->t.done[x->node]];
		r->held[y] = held > r->held[y] ? held : r->held[y];
	}
}

/* Makes the next step of a node, and before it the rows that it needs, and those for which others
 * need what it overwrites. */
static void
demand(Trial *r, int node)
{
	const Survey *s = r->s;

	for (int i = s->reads[node]; i < s->reads[node + 1]; i++) {
		const Read *x = s->read + i;
		while (rows_made(&r->t, x->tensor) < x->end[r->t.done[node]]) {
			int slowest = -1;
			for (const int *m = s->maker[x->tensor]; *m >= 0; m++)
				if (*m >= r->t.first && *m < r->t.end && r->t.done[*m] < s->steps[*m] &&
					(slowest < 0 || r->t.done[*m] < r->t.done[slowest]))
					slowest = *m;
			if (slowest < 0)
				die("%s: rows that nobody makes", s->g->node[node].name);
			demand(r, slowest);
		}
	}
	const Class *y = s->class + s->output[node];
	for (int i = 0; i < y->reads && r->g->node[node].in_place; i++)
		while (wants_old_row(&r->t, s->read + y->read[i], node))
			demand(r, s->read[y->read[i]].node);
	count_step(r, node);
}

static bool
is_sink(const Trial *r, int node)
{
	const Class *c = r->s->class + r->s->output[node];

	for (int i = 0; i < c->reads && c->last < r->t.end; i++)
		if (r->s->read[c->read[i]].node < r->t.end)
			return false;
	return true;
}

/* All rows of the sinks, the one that lags first, the last of equals. */
static void
run_rows(Trial *r)
{
	const int *steps = r->s->steps;

	for (;;) {
		int lags = -1;
		for (int k = r->t.end - 1; k >= r->t.first; k--)
			if (r->t.done[k] < steps[k] && is_sink(r, k) &&
				(lags < 0 || (int64_t)r->t.done[k] * steps[lags] <
						(int64_t)r->t.done[lags] * steps[k]))
				lags = k;
		if (lags < 0)
			return;
		demand(r, lags);
	}
}

/* Rows of a ring; 0: all. */
static int
ring_of(const Trial *r, int class)
{
	const Class *c = r->s->class + class;
	bool inside = c->first >= r->t.first && c->last < r->t.end;

	return c->ours && c->by_rows && inside && r->held[class] < c->rows ? r->held[class] : 0;
}

/* ---- the bytes that a run's rows take, in the order that they will have */

/* Of a class that the run touches, now. */
static int64_t
bytes_now(const Trial *r, int class)
{
	const Class *c = r->s->class + class;
	int ring = r->g->tensor[class].ring;
	Rows held = rows_held(&r->t, c);

	if (!c->by_rows || (c->images && !ring))
		return c->bytes;
	return held.first >= held.end ? 0 : (ring ? ring : held.end - held.first) * c->row_bytes;
}

static void
set_now(Trial *r, int class)
{
	const Class *c = r->s->class + class;
	int64_t bytes = c->ours && (c->first >= r->t.first || c->last < r->t.end) ?
		bytes_now(r, class) : 0;

	r->live += bytes - r->now[class];
	r->now[class] = bytes;
}

static void
begin_steps(Trial *r)
{
	for (int k = r->t.first; k < r->t.end; k++)
		r->t.done[k] = 0;
}

/* The most bytes at a step: what it writes is there with what it reads, and its scratch. */
static int64_t
peak_of_rows(Trial *r)
{
	const Survey *s = r->s;
	int64_t peak = 0;

	begin_steps(r);
	r->live = 0;
	for (int i = 0; i < r->count; i++) {
		r->now[r->touched[i]] = 0;
		r->g->tensor[r->touched[i]].ring = ring_of(r, r->touched[i]);
		set_now(r, r->touched[i]);
	}
	for (int k = next_turn(&r->t, r->t.first - 1); k >= 0; k = next_turn(&r->t, k)) {
		int64_t scratch = r->g->node[k].scratch;
		r->t.done[k]++;
		set_now(r, s->output[k]);
		peak = r->live + scratch > peak ? r->live + scratch : peak;
		for (int i = s->reads[k]; i < s->reads[k + 1]; i++)
			set_now(r, s->read[i].class);
	}
	return peak;
}

/* ---- prices */

static void
touch(Trial *r, int class)
{
	if (r->seen[class] == r->run)
		return;
	r->seen[class] = r->run;
	r->touched[r->count++] = class;
	r->held[class] = 0;
}

static void
begin(Trial *r, int first, int end)
{
	r->t.first = first;
	r->t.end = end;
	r->run++;
	r->count = 0;
	begin_steps(r);
	for (int k = first; k < end; k++) {
		if (r->s->steps[k])
			touch(r, r->s->output[k]);
		for (int i = r->s->reads[k]; i < r->s->reads[k + 1]; i++)
			touch(r, r->s->read[i].class);
	}
}

static double
far_cost(const Class *c)
{
	return c->bytes > CACHE_BYTES ? FAR_BYTE_COST * (double)c->bytes : 0;
}

/* Of nodes first to end - 1 by rows; through: bytes of what lives before and after. */
static Price
price_by_rows(Trial *r, int first, int end, int64_t through)
{
	Price p = { through, 0 };

	begin(r, first, end);
	run_rows(r);
	p.bytes += peak_of_rows(r);
	for (int i = 0; i < r->count; i++)
		if (!r->g->tensor[r->touched[i]].ring)
			p.cost += far_cost(r->s->class + r->touched[i]);
	for (int k = first; k < end; k++) {
		const Node *n = r->g->node + k;
		if (ops[n->op].rows == ROWS_REDUCE && end - first > 1)
			p.bytes += n->scratch;
		p.cost += (double)n->row_cost + STEP_COST * r->s->steps[k];
	}
	return p;
}

static Price
price_whole(Trial *r, int node, int64_t through)
{
	const Node *n = r->g->node + node;
	Price p = { through + n->scratch, (double)n->cost };

	begin(r, node, node + 1);
	for (int i = 0; i < r->count; i++) {
		const Class *c = r->s->class + r->touched[i];
		if (c->ours && (c->first >= node || c->last <= node))
			p.bytes += c->bytes;
		p.cost += far_cost(c);
	}
	return p;
}

/* ---- cuts */

typedef struct {
	Price rows, whole; /* whole: of single nodes */
} Entry;

typedef struct {
	Arena *arena;
	int nodes, longest;
	Entry *entry; /* [first * longest + nodes - 1] */
	double *best; /* of the nodes before each: the least cost */
	int *from;    /* where the last run of those begins; with ROWS: by rows */
	bool *rows;
} Cuts;

/* The run that takes in a pushed input goes by rows, and makes no output, which comes later. */
static bool
may_hold_push(const Trial *r, int first, int end)
{
	if (r->pushed < first || r->pushed >= end)
		return true;
	for (int k = first; k < end; k++)
		if (is_callers(r->g, r->s->output[k]))
			return false;
	return true;
}

/* Of each node, the bytes of what is there before `first` and is touched there for the last time. */
static int64_t
through_from(const Survey *s, int first, int64_t *ending)
{
	int64_t through = 0;

	memset(ending, 0, ((size_t)s->g->node_count + 1) * sizeof *ending);
	for (int t = 0; t < s->g->tensor_count; t++) {
		const Class *c = s->class + t;
		if (!c->ours || c->first >= first || c->last < first)
			continue;
		through += c->bytes;
		ending[c->last] += c->bytes;
	}
	return through;
}

/* A segment's loop over images is one. */
static int
images(const Graph *g, int node)
{
	return tensor_out(g, g->node + node)->shape.dim[0];
}

static void
set_prices(Trial *r, Cuts *c, int first, int64_t *ending)
{
	int64_t through = through_from(r->s, first, ending);
	Entry *e = c->entry + (size_t)first * (size_t)c->longest;

	for (int i = 0; i < c->longest; i++)
		e[i].rows.bytes = e[i].whole.bytes = NEVER;
	for (int i = 0; i < c->longest && first + i < c->nodes; i++) {
		int node = first + i;
		through -= ending[node];
		if (i == 0 && node != r->pushed)
			e->whole = r->s->steps[node] ? price_whole(r, node, through) : (Price){ 0, 0 };
		if (!may_stream(r->s, node) || images(r->g, node) != images(r->g, first))
			return;
		if (may_hold_push(r, first, node + 1))
			e[i].rows = price_by_rows(r, first, node + 1, through);
	}
}

/* The least cost of all nodes in runs of at most `most` bytes; negative: there is none. */
static double
cut(Cuts *c, int64_t most)
{
	c->best[0] = 0;
	for (int end = 1; end <= c->nodes; end++) {
		c->best[end] = -1;
		for (int i = 0; i < c->longest && i < end; i++) {
			int first = end - 1 - i;
			const Entry *e = c->entry + (size_t)first * (size_t)c->longest + i;
			for (int rows = 0; rows < 2; rows++) {
				const Price *p = rows ? &e->rows : &e->whole;
				double cost = c->best[first] + p->cost;
				if (c->best[first] < 0 || p->bytes > most || p->bytes == NEVER ||
					(c->best[end] >= 0 && cost >= c->best[end]))
					continue;
				c->best[end] = cost;
				c->from[end] = first;
				c->rows[end] = rows;
			}
		}
	}
	return c->best[c->nodes];
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The least bytes in which the cost is at most `cost` (negative: any). */
static int64_t
least_bytes(Cuts *c, double cost)
{
	size_t entries = (size_t)c->nodes * (size_t)c->longest, count = 0;
	int64_t *bytes = alloc_array(c->arena, 2 * entries + 1, sizeof *bytes);

	for (size_t i = 0; i < entries; i++) {
		if (c->entry[i].rows.bytes != NEVER)
			bytes[count++] = c->entry[i].rows.bytes;
		if (c->entry[i].whole.bytes != NEVER)
			bytes[count++] = c->entry[i].whole.bytes;
	}
	qsort(bytes, count, sizeof *bytes, by_value);
	size_t low = 0, high = count - 1;
	while (low < high) {
		size_t middle = (low + high) / 2;
		double now = cut(c, bytes[middle]);
		if (now >= 0 && (cost < 0 || now <= cost))
			high = middle;
		else
			low = middle + 1;
	}
	return bytes[low];
}

/* ---- the pass */

/* Writes the cuts into the graph. */
static void
apply(Trial *r, const Cuts *c)
{
	const Graph *g = r->g;
	int segment = 0;

	for (int t = 0; t < g->tensor_count; t++)
		g->tensor[t].ring = 0;
	for (int end = c->nodes; end; end = c->from[end])
		segment += c->rows[end];
	for (int end = c->nodes, first; end; end = first) {
		first = c->from[end];
		for (int k = first; k < end; k++)
			g->node[k].segment = c->rows[end] ? segment : 0;
		if (!c->rows[end])
			continue;
		segment--;
		begin(r, first, end);
		run_rows(r);
		for (int i = 0; i < r->count; i++)
			g->tensor[r->touched[i]].ring = ring_of(r, r->touched[i]);
	}
}

/*
 * An output that overlays its input lies below it if rows go from first to last, above it if from
 * last to first: nodes alone take turns, or what they make would wander down the work area.
 */
static void
turn_about(Graph *g, const Survey *s)
{
	bool *below = alloc_array(g->arena, (size_t)g->tensor_count + 1, sizeof *below);

	for (int k = 0; k < g->node_count; k++) {
		Node *n = g->node + k;
		RowRule rule = ops[n->op].rows;
		bool alone = n->segment && (!k || n[-1].segment != n->segment) &&
			(k + 1 == g->node_count || n[1].segment != n->segment);

		n->reversed = false;
		if (!s->steps[k])
			continue;
		for (int i = s->reads[k]; i < s->reads[k + 1]; i++) {
			const Class *c = s->class + s->read[i].class;
			n->reversed |= alone && rule != ROWS_REDUCE && c->ours && c->by_rows &&
				c->last == k && below[s->read[i].class];
		}
		below[s->output[k]] = n->segment && !n->reversed;
	}
}

/* Both ways are tried, with scratch as it was selected: one smaller work area is enough. */
static void
choose_directions(Graph *g, const Survey *s)
{
	if (g->node_count > LARGE)
		return;
	int64_t straight = planned_bytes(g);

	turn_about(g, s);
	if (planned_bytes(g) < straight)
		return;
	for (int k = 0; k < g->node_count; k++)
		g->node[k].reversed = false;
}

/* The node that reads a pushed input; -1: none. */
static int
pushed_reader(const Graph *g, const Survey *s)
{
	for (int i = 0; i < s->reads[g->node_count]; i++)
		if (g->input_mode == INPUT_PUSH && is_input(g, s->read[i].class))
			return s->read[i].node;
	return -1;
}

static Trial
trial_new(Graph *g)
{
	size_t tensors = (size_t)g->tensor_count + 1;
	Survey *s = survey_rows(g);
	Trial r = { .g = g, .s = s, .t = { .s = s } };

	r.t.done = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *r.t.done);
	r.now = alloc_array(g->arena, tensors, sizeof *r.now);
	r.held = alloc_array(g->arena, tensors, sizeof *r.held);
	r.seen = alloc_array(g->arena, tensors, sizeof *r.seen);
	r.touched = alloc_array(g->arena, tensors, sizeof *r.touched);
	r.pushed = pushed_reader(g, s);
	return r;
}

static Cuts
cuts_new(const Graph *g)
{
	Cuts c = { .arena = g->arena, .nodes = g->node_count };
	int most = g->node_count > LARGE ? LONGEST_OF_LARGE : LONGEST;
	size_t nodes = (size_t)c.nodes + 1;

	c.longest = c.nodes < most ? c.nodes : most;
	c.entry = alloc_array(g->arena, nodes * (size_t)c.longest, sizeof *c.entry);
	c.best = alloc_array(g->arena, nodes, sizeof *c.best);
	c.from = alloc_array(g->arena, nodes, sizeof *c.from);
	c.rows = alloc_array(g->arena, nodes, sizeof *c.rows);
	return c;
}

/* The fastest cuts of least_bytes(), or with --arena those that fit: what plan() makes of a price
 * may be larger by what lies between buffers, and then there is less to spend. */
static void
fit(Trial *r, Cuts *c)
{
	Graph *g = r->g;
	bool speed = g->optimize != OPTIMIZE_RAM && !g->arena_bytes;
	int64_t least = least_bytes(c, speed ? cut(c, NEVER - 1) * SPEED_TOLERANCE : -1);
	int64_t most = g->arena_bytes > least ? g->arena_bytes : least, excess;

	do {
		cut(c, most);
		apply(r, c);
		choose_directions(g, r->s);
		excess = g->arena_bytes ? planned_bytes(g) - g->arena_bytes : 0;
		most = most - excess > least ? most - excess : least - (most == least);
	} while (excess > 0 && most >= least);
}

void
stream(Graph *g)
{
	for (int k = 0; k < g->node_count; k++)
		g->node[k].flat = g->node[k].reversed = false; /* prices are by rows, and whole ones known */
	Trial r = trial_new(g);
	Cuts c = cuts_new(g);
	int64_t *ending = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *ending);

	if (!g->node_count)
		return;
	for (int k = 0; k < c.nodes; k++)
		set_prices(&r, &c, k, ending);
	fit(&r, &c);
}
