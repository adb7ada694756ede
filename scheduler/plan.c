/* plan.c: where buffers lie in the work area: rectangles of time x bytes that never overlap. */
#include <stdlib.h>
#include <string.h>

#include "scheduler.h"

typedef struct {
	Buffer *buffer;
	int count;
	int64_t align;
	int *by_offset; /* buffers already placed, lowest first */
	int placed;
} Plan;

/* Searching beyond the heuristics: this many buffers at most, this many tries. */
enum { SMALL_MODEL = 128, TRIES = 3000 };

static bool
meet(const Buffer *a, const Buffer *b)
{
	return a->first <= b->last && b->first <= a->last;
}

static int64_t
round_up(int64_t n, int64_t to)
{
	return (n + to - 1) / to * to;
}

/* The lowest gap among the placed buffers that are live with b. */
static void
place_lowest(Plan *p, int which)
{
	Buffer *b = p->buffer + which;
	int64_t at = 0;
	int i;

	for (i = 0; i < p->placed; i++) {
		const Buffer *o = p->buffer + p->by_offset[i];
		if (!meet(b, o))
			continue;
		if (at + b->bytes <= o->offset)
			break;
		int64_t end = round_up(o->offset + o->bytes, p->align);
		at = end > at ? end : at;
	}
	b->offset = at;
	for (i = p->placed++; i > 0 && p->buffer[p->by_offset[i - 1]].offset > at; i--)
		p->by_offset[i] = p->by_offset[i - 1];
	p->by_offset[i] = which;
}

static int64_t
place_all(Plan *p, const int *sequence)
{
	int64_t top = 0;

	p->placed = 0;
	for (int i = 0; i < p->count; i++) {
		place_lowest(p, sequence[i]);
		const Buffer *b = p->buffer + sequence[i];
		top = b->offset + b->bytes > top ? b->offset + b->bytes : top;
	}
	return top;
}

/* The largest sum of what is live at one node. */
static int64_t
live_bound(const Plan *p, int nodes, Arena *arena)
{
	int64_t *change = alloc_array(arena, (size_t)nodes + 3, sizeof *change);
	int64_t now = 0, most = 0;

	for (int i = 0; i < p->count; i++) {
		change[p->buffer[i].first + 1] += p->buffer[i].bytes;
		change[p->buffer[i].last + 2] -= p->buffer[i].bytes;
	}
	for (int i = 0; i < nodes + 3; i++) {
		now += change[i];
		most = now > most ? now : most;
	}
	return most;
}

typedef int64_t Key(const Buffer *);
static int64_t by_bytes(const Buffer *b) { return b->bytes; }
static int64_t by_area(const Buffer *b) { return b->bytes * (b->last - b->first + 1); }
static int64_t by_life(const Buffer *b) { return b->last - b->first; }
static int64_t by_start(const Buffer *b) { return -(int64_t)b->first; }
static int64_t by_end(const Buffer *b) { return b->last; }
static Key *const keys[] = { by_bytes, by_area, by_life, by_start, by_end };

/* Largest key first; insertion keeps equal ones in order, on every host. */
static void
sort_by(const Plan *p, int *sequence, Key *key)
{
	for (int i = 0; i < p->count; i++) {
		int k = i;

		for (; k > 0 && key(p->buffer + sequence[k - 1]) < key(p->buffer + i); k--)
			sequence[k] = sequence[k - 1];
		sequence[k] = i;
	}
}

/* Numerical Recipes' generator: the same tries on every host. */
static uint32_t
random_next(uint32_t *state)
{
	return *state = *state * 1664525u + 1013904223u;
}

static void
swap(int *sequence, int i, int k)
{
	int t = sequence[i];

	sequence[i] = sequence[k];
	sequence[k] = t;
}

/* Swaps two in the best sequence, as long as the bound is not met. */
static int64_t
search(Plan *p, int *best, int64_t top, int64_t bound)
{
	uint32_t state = 1;

	for (int i = 0; i < TRIES && top > bound; i++) {
		int a = (int)((random_next(&state) >> 8) % (uint32_t)p->count);
		int b = (int)((random_next(&state) >> 8) % (uint32_t)p->count);

		swap(best, a, b);
		int64_t now = place_all(p, best);
		if (now <= top)
			top = now;
		else
			swap(best, a, b);
	}
	return top;
}

static int64_t
solve(Plan *p, int64_t bound, Arena *arena)
{
	size_t bytes = (size_t)p->count * sizeof(int);
	int *sequence = alloc(arena, bytes), *best = alloc(arena, bytes);
	int64_t top = INT64_MAX;

	p->by_offset = alloc(arena, bytes);
	for (size_t k = 0; k < sizeof keys / sizeof *keys && top > bound; k++) {
		sort_by(p, sequence, keys[k]);
		int64_t now = place_all(p, sequence);
		if (now >= top)
			continue;
		top = now;
		memcpy(best, sequence, bytes);
	}
	if (p->count <= SMALL_MODEL)
		search(p, best, top, bound);
	return place_all(p, best);
}

static void
add_buffer(Plan *p, Arena *arena, Buffer b)
{
	p->buffer = grow(arena, p->buffer, p->count, sizeof b);
	p->buffer[p->count++] = b;
}

/* What needs bytes in the work area: storage tensors with the lives of all that lies in them. */
static void
collect(Plan *p, const Graph *g)
{
	Life *life = lives(g);

	for (int t = 0; t < g->tensor_count; t++) {
		int root = storage(g, t, NULL);
		if (root == t)
			continue;
		if (life[t].first < life[root].first)
			life[root].first = life[t].first;
		if (life[t].last > life[root].last)
			life[root].last = life[t].last;
	}
	for (int t = 0; t < g->tensor_count; t++) {
		const Tensor *x = g->tensor + t;

		if (x->view < 0 && !x->data && !is_callers(g, t) && life[t].first <= life[t].last)
			add_buffer(p, g->arena, (Buffer){ t, -1, life[t].first, life[t].last,
				tensor_bytes(x), -1 });
	}
	for (int i = 0; i < g->node_count; i++)
		if (g->node[i].scratch)
			add_buffer(p, g->arena, (Buffer){ -1, i, i, i, g->node[i].scratch, -1 });
}

int64_t
most_live(const Graph *g)
{
	Plan p = { 0 };

	collect(&p, g);
	return live_bound(&p, g->node_count, g->arena);
}

/* Every element type is at home on such a boundary. */
static int64_t
natural_alignment(const Graph *g, const Plan *p)
{
	int64_t align = g->alignment;

	for (int i = 0; i < p->count; i++) {
		int64_t need = p->buffer[i].tensor < 0 ? (int64_t)sizeof(int64_t) :
			types[g->tensor[p->buffer[i].tensor].type].bytes;
		align = need > align ? need : align;
	}
	return align;
}

void
plan(Graph *g)
{
	Plan p = { 0 };

	collect(&p, g);
	p.align = natural_alignment(g, &p);
	g->lower_bound = live_bound(&p, g->node_count, g->arena);
	g->work_bytes = p.count ? solve(&p, g->lower_bound, g->arena) : 0;
	for (int t = 0; t < g->tensor_count; t++)
		g->tensor[t].offset = -1;
	for (int i = 0; i < p.count; i++) {
		const Buffer *b = p.buffer + i;
		if (b->tensor >= 0)
			g->tensor[b->tensor].offset = b->offset;
		else
			g->node[b->node].scratch_offset = b->offset;
	}
}
