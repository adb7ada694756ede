/*
 * apart.c: the buffers of the work area, and how far apart they must lie.
 *
 * A buffer comes and goes row by row, so two that live at the same time may still overlap: an
 * output may lie over the rows of its input that were read for the last time, if it starts so far
 * below that no row is written before its place is free.  How far, the order of rows says: for
 * each two the least distance with one below the other, found by taking all steps.
 */
#include <string.h>

#include "scheduler.h"

/* What a buffer holds of its bytes at a step; nothing: high <= low. */
typedef struct {
	int64_t low, high;
} Span;

/* Farther than any buffer reaches. */
static const int64_t FAR = INT64_C(1) << 48;

/* Nodes that run together: a segment, or one alone. */
typedef struct {
	int first, end;     /* nodes */
	int *member, count; /* buffers that come or go in it */
	int64_t *apart;     /* [i * count + k]: from the start of i to that of k, which is above */
	Span *most;         /* of each: lowest low, highest high */
} Unit;

typedef struct {
	int class; /* -1: scratch */
	int first, last;       /* units in which it lives */
	int at_first, at_last; /* its place among their members; -1: it is there all the time */
} Extent;

typedef struct {
	const Graph *g;
	Survey *s;
	Apart *a;
	Unit *unit;
	int units;
	int *unit_of; /* of each node */
	Extent *extent; /* of each buffer */
	Span *now;      /* of a unit's members */
	int64_t *still; /* of each unit: bytes of what is there all the time */
	Turns turns;
} Work;

/* ---- units and buffers */

static void
split(Work *w)
{
	const Graph *g = w->g;

	w->unit = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *w->unit);
	w->unit_of = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *w->unit_of);
	for (int k = 0; k < g->node_count; k++) {
		if (!k || !g->node[k].segment || g->node[k].segment != g->node[k - 1].segment)
			w->unit[w->units++] = (Unit){ .first = k, .end = k };
		w->unit[w->units - 1].end++;
		w->unit_of[k] = w->units - 1;
	}
}

static void
add_buffer(Work *w, Buffer b, Extent e)
{
	Arena *arena = w->g->arena;

	w->a->buffer = grow(arena, w->a->buffer, w->a->count, sizeof b);
	w->extent = grow(arena, w->extent, w->a->count, sizeof e);
	w->extent[w->a->count] = e;
	w->a->buffer[w->a->count++] = b;
}

static int
add_member(Work *w, Unit *u, int buffer)
{
	u->member = grow(w->g->arena, u->member, u->count, sizeof *u->member);
	u->member[u->count] = buffer;
	return u->count++;
}

/* Tensors that need bytes in the work area, and scratch. */
static void
collect(Work *w)
{
	const Graph *g = w->g;
	int last = w->units - 1;

	for (int t = 0; t < g->tensor_count; t++) {
		const Class *c = w->s->class + t;
		if (!c->ours || c->last < c->first)
			continue;
		int rows = g->tensor[t].ring;
		Extent e = { t, c->first < 0 ? 0 : w->unit_of[c->first], last, -1, -1 };
		if (c->last < g->node_count)
			e.last = c->last < 0 ? 0 : w->unit_of[c->last];
		add_buffer(w, (Buffer){ .tensor = t, .node = -1,
			.bytes = rows ? rows * c->row_bytes : c->bytes }, e);
	}
	for (int i = 0; i < g->node_count; i++)
		if (g->node[i].scratch)
			add_buffer(w, (Buffer){ .tensor = -1, .node = i, .bytes = g->node[i].scratch },
				(Extent){ -1, w->unit_of[i], w->unit_of[i], -1, -1 });
}

/* Which buffers come or go in which units; an input is there before, an output after. */
static void
find_members(Work *w)
{
	const Graph *g = w->g;

	for (int i = 0; i < w->a->count; i++) {
		Extent *e = w->extent + i;
		const Class *c = e->class < 0 ? NULL : w->s->class + e->class;
		if (!c || c->first >= 0)
			e->at_first = add_member(w, w->unit + e->first, i);
		if (e->first == e->last && e->at_first >= 0)
			e->at_last = e->at_first;
		else if (!c || c->last < g->node_count)
			e->at_last = add_member(w, w->unit + e->last, i);
		for (int u = e->first; u <= e->last; u++)
			if (!(u == e->first && e->at_first >= 0) && !(u == e->last && e->at_last >= 0))
				w->still[u] += w->a->buffer[i].bytes;
	}
}

/* ---- steps */

/* While a step of the node runs: what it reads is still there, what it writes there already. */
static Span
class_span(Work *w, const Class *c, int class, int node)
{
	int64_t ring = w->g->tensor[class].ring;

	if (!c->by_rows || (c->images && !ring))
		return (Span){ 0, c->bytes };
	int low = rows_held(&w->turns, c).first;
	w->turns.done[node]++;
	int high = rows_held(&w->turns, c).end;
	w->turns.done[node]--;
	if (w->s->output[node] == class && high && low >= high)
		low = high - 1; /* for nobody, but it is written */
	if (low >= high)
		return (Span){ 0, 0 };
	return ring ? (Span){ 0, ring * c->row_bytes } : (Span){ low * c->row_bytes, high * c->row_bytes };
}

/* The rows that a node wrote from the last on, or has yet to read up to one. */
static Span
reversed_span(const Work *w, const Class *c, int class, int node)
{
	const Survey *s = w->s;
	int row = s->steps[node] - 1 - w->turns.done[node], end = 0;

	if (!c->by_rows || c->images)
		return (Span){ 0, c->bytes };
	for (int i = s->reads[node]; i < s->reads[node + 1]; i++)
		if (s->read[i].class == class && s->read[i].end[row] > end)
			end = s->read[i].end[row];
	bool writes = s->output[node] == class;
	return (Span){ writes ? row * c->row_bytes : 0,
		writes || end > c->rows ? c->bytes : end * c->row_bytes };
}

/* An accumulator is in use from its node's first step to its last. */
static Span
scratch_span(const Work *w, const Buffer *b, int node)
{
	int done = w->turns.done[b->node];
	bool kept = ops[w->g->node[b->node].op].rows == ROWS_REDUCE && done > 0 &&
		done < w->s->steps[b->node];

	return (Span){ 0, b->node == node || kept ? b->bytes : 0 };
}

static Span
buffer_span(Work *w, const Buffer *b, int node)
{
	if (b->tensor < 0)
		return scratch_span(w, b, node);
	const Class *c = w->s->class + b->tensor;
	return w->g->node[node].reversed ? reversed_span(w, c, b->tensor, node) :
					   class_span(w, c, b->tensor, node);
}

static void
note_step(Work *w, Unit *u, int node)
{
	int64_t live = w->still[u - w->unit];

	for (int i = 0; i < u->count; i++) {
		Buffer *b = w->a->buffer + u->member[i];
		Span *now = w->now + i;
		*now = buffer_span(w, b, node);
		if (now->high <= now->low)
			continue;
		live += now->high - now->low;
		b->first = b->first < 0 ? w->a->steps : b->first;
		b->last = w->a->steps;
		u->most[i].low = now->low < u->most[i].low ? now->low : u->most[i].low;
		u->most[i].high = now->high > u->most[i].high ? now->high : u->most[i].high;
		for (int k = 0; k < i; k++) {
			const Span *o = w->now + k;
			int64_t *ik = u->apart + i * u->count + k, *ki = u->apart + k * u->count + i;
			if (o->high <= o->low)
				continue;
			*ik = now->high - o->low > *ik ? now->high - o->low : *ik;
			*ki = o->high - now->low > *ki ? o->high - now->low : *ki;
		}
	}
	w->a->bound = live > w->a->bound ? live : w->a->bound;
	w->a->step = grow(w->g->arena, w->a->step, w->a->steps, sizeof *w->a->step);
	int done = w->turns.done[node];
	w->a->step[w->a->steps++] = (Step){ node,
		w->g->node[node].reversed ? w->s->steps[node] - 1 - done : done };
}

static void
run_unit(Work *w, Unit *u)
{
	Arena *arena = w->g->arena;
	size_t count = (size_t)u->count;

	u->apart = alloc_array(arena, count * count + 1, sizeof *u->apart);
	u->most = alloc_array(arena, count + 1, sizeof *u->most);
	w->now = alloc_array(arena, count + 1, sizeof *w->now);
	for (int i = 0; i < u->count; i++)
		u->most[i] = (Span){ FAR, -FAR };
	for (size_t i = 0; i < count * count; i++)
		u->apart[i] = -FAR;
	w->turns.first = u->first;
	w->turns.end = u->end;
	for (int k = next_turn(&w->turns, u->first - 1); k >= 0; k = next_turn(&w->turns, k)) {
		note_step(w, u, k);
		w->turns.done[k]++;
	}
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* ---- pairs */

/* Where buffer i stands in unit u: a member's number, or -1: it is there all the time. */
static int
place_in(const Extent *e, int u)
{
	return u == e->first && e->at_first >= 0 ? e->at_first : u == e->last ? e->at_last : -1;
}

/* Raises the distances between i and k by what unit u demands. */
static void
meet_in(const Work *w, int u, int i, int k, Near *n)
{
	const Unit *unit = w->unit + u;
	int a = place_in(w->extent + i, u), b = place_in(w->extent + k, u);
	int64_t bytes_i = w->a->buffer[i].bytes, bytes_k = w->a->buffer[k].bytes;

	if (a >= 0 && b >= 0) {
		n->below = larger(n->below, unit->apart[a * unit->count + b]);
		n->above = larger(n->above, unit->apart[b * unit->count + a]);
	} else if (a >= 0) {
		n->below = larger(n->below, unit->most[a].high);
		n->above = larger(n->above, bytes_k - unit->most[a].low);
	} else if (b >= 0) {
		n->below = larger(n->below, bytes_i - unit->most[b].low);
		n->above = larger(n->above, unit->most[b].high);
	} else {
		n->below = bytes_i;
		n->above = bytes_k;
	}
}

/* Whether the caller writes it, all of it, before the first step. */
static bool
is_given(const Work *w, int buffer)
{
	int class = w->extent[buffer].class;

	return class >= 0 && w->s->class[class].first < 0;
}

/* Between what comes and goes only the ends of their lives matter: in the middle both are there. */
static Near
meet(const Work *w, int i, int k)
{
	const Extent *a = w->extent + i, *b = w->extent + k;
	int first = a->first > b->first ? a->first : b->first;
	int last = a->last < b->last ? a->last : b->last;
	Near n = { k, -FAR, -FAR };

	if (is_given(w, i) && is_given(w, k))
		return (Near){ k, w->a->buffer[i].bytes, w->a->buffer[k].bytes };
	for (int u = first; u <= last; u++) {
		meet_in(w, u, i, k, &n);
		if (u > first && u < last - 1)
			u = last - 1; /* those between are alike */
	}
	return n;
}

static void
add_near(Work *w, int i, Near n)
{
	Apart *a = w->a;

	a->near[i] = grow(w->g->arena, a->near[i], a->nears[i], sizeof n);
	a->near[i][a->nears[i]++] = n;
}

static void
find_pairs(Work *w)
{
	Apart *a = w->a;

	a->near = alloc_array(w->g->arena, (size_t)a->count + 1, sizeof *a->near);
	a->nears = alloc_array(w->g->arena, (size_t)a->count + 1, sizeof *a->nears);
	for (int i = 0; i < a->count; i++)
		for (int k = 0; k < i; k++) {
			Near n = meet(w, i, k);
			if (n.below + n.above <= 0)
				continue; /* never there together */
			add_near(w, i, n);
			add_near(w, k, (Near){ i, n.above, n.below });
		}
}

/* What is there before the first step, or after the last. */
static void
extend(Work *w)
{
	int64_t given = 0;

	for (int i = 0; i < w->a->count; i++) {
		Buffer *b = w->a->buffer + i;
		given += is_given(w, i) ? b->bytes : 0;
		b->first = is_given(w, i) || b->first < 0 ? 0 : b->first;
		b->last = b->last < b->first ? b->first : b->last;
	}
	w->a->bound = larger(w->a->bound, given);
}

Apart *
keep_apart(const Graph *g)
{
	Work w = { .g = g, .s = survey_rows(g), .a = alloc(g->arena, sizeof *w.a) };

	split(&w);
	w.still = alloc_array(g->arena, (size_t)w.units + 1, sizeof *w.still);
	w.turns.s = w.s;
	w.turns.done = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *w.turns.done);
	collect(&w);
	find_members(&w);
	for (int i = 0; i < w.a->count; i++)
		w.a->buffer[i].first = w.a->buffer[i].last = -1;
	for (int u = 0; u < w.units; u++)
		run_unit(&w, w.unit + u);
	extend(&w);
	find_pairs(&w);
	return w.a;
}
