/* plan.c: where buffers lie in the work area: as near to each other as the order of rows allows. */
#include <string.h>

#include "scheduler.h"

typedef struct {
	int64_t from, to; /* where a buffer may not start, the ends left out */
} Gap;

typedef struct {
	Apart *a;
	int64_t align;
	bool *placed;
	Gap *taken; /* while one is placed, by where they begin */
} Plan;

/* Searching beyond the heuristics: so many pairs looked at, at most. */
enum { EFFORT = 4000000 };

static int64_t
round_up(int64_t n, int64_t to)
{
	return (n + to - 1) / to * to;
}

/* The lowest start that keeps its distance from what is placed. */
static void
place_lowest(Plan *p, int which)
{
	Buffer *b = p->a->buffer + which;
	int64_t at = 0;
	int count = 0;

	for (int i = 0; i < p->a->nears[which]; i++) {
		const Near *n = p->a->near[which] + i;
		int64_t offset = p->a->buffer[n->buffer].offset;
		Gap gap = { offset - n->below, offset + n->above };
		int k = count;
		if (!p->placed[n->buffer])
			continue;
		for (; k > 0 && p->taken[k - 1].from > gap.from; k--)
			p->taken[k] = p->taken[k - 1];
		p->taken[k] = gap;
		count++;
	}
	for (int i = 0; i < count && p->taken[i].from < at; i++) {
		int64_t end = round_up(p->taken[i].to, p->align);
		at = end > at ? end : at;
	}
	b->offset = at;
	p->placed[which] = true;
}

static int64_t
place_all(Plan *p, const int *sequence)
{
	int64_t top = 0;

	memset(p->placed, 0, (size_t)p->a->count * sizeof *p->placed);
	for (int i = 0; i < p->a->count; i++) {
		const Buffer *b = p->a->buffer + sequence[i];
		place_lowest(p, sequence[i]);
		top = b->offset + b->bytes > top ? b->offset + b->bytes : top;
	}
	return top;
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
sort_by(const Apart *a, int *sequence, Key *key)
{
	for (int i = 0; i < a->count; i++) {
		int k = i;

		for (; k > 0 && key(a->buffer + sequence[k - 1]) < key(a->buffer + i); k--)
			sequence[k] = sequence[k - 1];
		sequence[k] = i;
	}
}

/* Moves one to another place. */
static void
move(int *sequence, int from, int to)
{
	int which = sequence[from], step = from < to ? 1 : -1;

	for (; from != to; from += step)
		sequence[from] = sequence[from + step];
	sequence[to] = which;
}

/* How many of those that had better lie below it wait to be placed. */
static int
wait_for(const Plan *p, int which)
{
	int count = 0;

	for (int i = 0; i < p->a->nears[which]; i++) {
		const Near *n = p->a->near[which] + i;
		count += !p->placed[n->buffer] && n->above < n->below &&
			n->above < p->a->buffer[n->buffer].bytes;
	}
	return count;
}

/* What overlays others goes on top: of a sequence those first for whom the fewest wait. */
static void
lower_first(Plan *p, int *sequence)
{
	memset(p->placed, 0, (size_t)p->a->count * sizeof *p->placed);
	for (int i = 0; i < p->a->count; i++) {
		int best = i, least = wait_for(p, sequence[i]);
		for (int k = i + 1; k < p->a->count && least; k++) {
			int waits = wait_for(p, sequence[k]);
			if (waits < least) {
				least = waits;
				best = k;
			}
		}
		move(sequence, best, i);
		p->placed[sequence[i]] = true;
	}
}

/* Numerical Recipes' generator: the same tries on every host. */
static uint32_t
random_next(uint32_t *state)
{
	return *state = *state * 1664525u + 1013904223u;
}

/* Moves buffers about in the best sequence, as long as the bound is not met. */
static void
search(Plan *p, int *best, int64_t top, int64_t bound)
{
	uint32_t state = 1, count = (uint32_t)p->a->count;
	int64_t pairs = 1;

	for (int i = 0; i < p->a->count; i++)
		pairs += 1 + p->a->nears[i];
	for (int64_t i = 0; i < EFFORT / pairs && top > bound; i++) {
		int from = (int)((random_next(&state) >> 8) % count);
		int to = (int)((random_next(&state) >> 8) % count);

		move(best, from, to);
		int64_t now = place_all(p, best);
		if (now <= top)
			top = now;
		else
			move(best, to, from);
	}
}

static int64_t
solve(Plan *p, Arena *arena)
{
	size_t count = (size_t)p->a->count + 1;
	int *sequence = alloc_array(arena, count, sizeof *sequence);
	int *best = alloc_array(arena, count, sizeof *best);
	int64_t top = INT64_MAX;

	p->placed = alloc_array(arena, count, sizeof *p->placed);
	p->taken = alloc_array(arena, count, sizeof *p->taken);
	for (size_t k = 0; k < 2 * sizeof keys / sizeof *keys && top > p->a->bound; k++) {
		sort_by(p->a, sequence, keys[k / 2]);
		if (k % 2)
			lower_first(p, sequence);
		int64_t now = place_all(p, sequence);
		if (now >= top)
			continue;
		top = now;
		memcpy(best, sequence, count * sizeof *best);
	}
	search(p, best, top, p->a->bound);
	return place_all(p, best);
}

/* Every element type is at home on such a boundary. */
static int64_t
natural_alignment(const Graph *g, const Apart *a)
{
	int64_t align = g->alignment;

	for (int i = 0; i < a->count; i++) {
		int64_t need = a->buffer[i].tensor < 0 ? (int64_t)sizeof(int64_t) :
			types[g->tensor[a->buffer[i].tensor].type].bytes;
		align = need > align ? need : align;
	}
	return align;
}

int64_t
most_live(const Graph *g)
{
	return keep_apart(g)->bound;
}

static Plan
place(const Graph *g, int64_t *bytes)
{
	Plan p = { .a = keep_apart(g) };

	p.align = natural_alignment(g, p.a);
	*bytes = p.a->count ? solve(&p, g->arena) : 0;
	return p;
}

int64_t
planned_bytes(const Graph *g)
{
	Mark mark = arena_mark(g->arena);
	int64_t bytes;

	place(g, &bytes);
	arena_release(g->arena, mark);
	return bytes;
}

void
plan(Graph *g)
{
	Plan p = place(g, &g->work_bytes);

	g->lower_bound = p.a->bound;
	g->step = p.a->step;
	g->step_count = p.a->steps;
	g->buffer = p.a->buffer;
	g->buffer_count = p.a->count;
	for (int t = 0; t < g->tensor_count; t++)
		g->tensor[t].offset = -1;
	for (int i = 0; i < p.a->count; i++) {
		const Buffer *b = p.a->buffer + i;
		if (b->tensor >= 0)
			g->tensor[b->tensor].offset = b->offset;
		else
			g->node[b->node].scratch_offset = b->offset;
	}
}

void
print_schedule(Text *to, const Graph *g)
{
	put(to, "work %lld\n", (long long)g->work_bytes);
	for (int i = 0; i < g->buffer_count; i++) {
		const Buffer *b = g->buffer + i;
		const Tensor *t = g->tensor + b->tensor;
		put(to, b->tensor < 0 ? "scratch n%d" : "buffer t%d", b->tensor < 0 ? b->node : b->tensor);
		put(to, " offset %lld bytes %lld", (long long)b->offset, (long long)b->bytes);
		if (b->tensor >= 0 && t->shape.rank == NHWC)
			put(to, " row %lld ring %d", (long long)axis_step(t, 1) * types[t->type].bytes, t->ring);
		put(to, " first %d last %d\n", b->first, b->last);
	}
	for (int i = 0; i < g->step_count; i++)
		put(to, "step n%d %d\n", g->step[i].node, g->step[i].row);
}

static int64_t
bytes_at(const Graph *g, int step)
{
	int64_t sum = 0;

	for (int i = 0; i < g->buffer_count; i++)
		if (g->buffer[i].first <= step && g->buffer[i].last >= step)
			sum += g->buffer[i].bytes;
	return sum;
}

/* Of a name that holds those of all that was fused, the last. */
static const char *
tail(const char *name)
{
	const char *semicolon = strrchr(name, ';');

	return semicolon && semicolon[1] ? semicolon + 1 : name;
}

const char *
busiest(const Graph *g)
{
	Text t = text_new(g->arena);
	int most = 0, listed = 0;

	for (int s = 0; s < g->step_count; s++)
		if (bytes_at(g, s) > bytes_at(g, most))
			most = s;
	put(&t, "while %s runs: ", g->step_count ? tail(g->node[g->step[most].node].name) : "nothing");
	for (int i = 0; i < g->buffer_count; i++) {
		const Buffer *b = g->buffer + i;
		if (b->first > most || b->last < most)
			continue;
		put(&t, "%s%s (%lld)", listed++ ? ", " : "",
			b->tensor < 0 ? "scratch" : tail(g->tensor[b->tensor].name), (long long)b->bytes);
	}
	return t.data;
}
