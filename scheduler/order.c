/* order.c: an order of execution of least peak, found by a beam search over sets of done nodes. */
#include <string.h>

#include "scheduler.h"

/*
 * A state is a set of nodes that have run: what is live depends on the set alone, so of
 * two ways to the same set the one of lower peak is enough.  Where no state had to be
 * dropped for want of room the result is the best there is.
 */
enum { BEAM_SMALL = 256, BEAM_LARGE = 24, SMALL_GRAPH = 96, WORD_BITS = 64 };

typedef struct {
	uint64_t *done;
	uint64_t hash;
	int64_t live, peak;
	int parent, node; /* the state before, and what ran since */
} State;

typedef struct {
	const Graph *g;
	int words;          /* of a set */
	int *class;         /* per tensor: the first of those that share bytes */
	int64_t *bytes;     /* per class: in the work area */
	int *reader, *reader_at; /* nodes that read a class: reader[reader_at[c] .. reader_at[c + 1]) */
	int *maker, *maker_at;   /* nodes that must run before node n, likewise */
} Search;

static bool
has(const uint64_t *set, int i)
{
	return set[i / WORD_BITS] >> (i % WORD_BITS) & 1;
}

static uint64_t
node_hash(int i)
{
	uint64_t h = (uint64_t)(i + 1) * 0x9e3779b97f4a7c15u; /* splitmix64 */

	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
	h = (h ^ h >> 27) * 0x94d049bb133111ebu;
	return h ^ h >> 31;
}

/* Whether every reader of a class has run, node i counted as done. */
static bool
finished(const Search *s, const State *st, int class, int i)
{
	for (int k = s->reader_at[class]; k < s->reader_at[class + 1]; k++)
		if (s->reader[k] != i && !has(st->done, s->reader[k]))
			return false;
	return true;
}

static bool
ready(const Search *s, const State *st, int i)
{
	if (has(st->done, i))
		return false;
	for (int k = s->maker_at[i]; k < s->maker_at[i + 1]; k++)
		if (!has(st->done, s->maker[k]))
			return false;
	return true;
}

/* A concat's parts are made where they belong, an elementwise result where its input dies. */
static bool
costs_nothing(const Search *s, const State *st, const Node *n, int i)
{
	if (n->op == OP_concat)
		return true;
	if (!n->overlays || n->input[0] < 0)
		return false;
	int x = s->class[n->input[0]], y = s->class[n->output];
	return s->bytes[x] >= s->bytes[y] && finished(s, st, x, i);
}

/* Live bytes and peak after node i, which has just run in state st. */
static void
run(const Search *s, State *st, int i)
{
	const Node *n = s->g->node + i;
	int y = s->class[n->output];
	bool view = ops[n->op].rows == ROWS_VIEW;
	int64_t made = view ? 0 : s->bytes[y];
	int64_t during = st->live + n->scratch + (costs_nothing(s, st, n, i) ? 0 : made);

	st->peak = during > st->peak ? during : st->peak;
	st->live += made;
	for (int k = 0; k < n->input_count; k++) {
		int x = n->input[k] < 0 ? -1 : s->class[n->input[k]];
		bool again = false;
		for (int j = 0; j < k; j++)
			again |= n->input[j] >= 0 && s->class[n->input[j]] == x;
		if (x >= 0 && x != y && !again && finished(s, st, x, i))
			st->live -= s->bytes[x];
	}
	if (s->reader_at[y] == s->reader_at[y + 1])
		st->live -= made;
	st->done[i / WORD_BITS] |= (uint64_t)1 << (i % WORD_BITS);
	st->hash ^= node_hash(i);
}

static bool
better(const State *a, const State *b)
{
	return a->peak != b->peak ? a->peak < b->peak : a->live < b->live;
}

static int
worst(const State *beam, int count)
{
	int at = 0;

	for (int i = 1; i < count; i++)
		at = better(beam + at, beam + i) ? i : at;
	return at;
}

/* Adds a state to those of a step: once per set, the worst goes when there is no room. */
static int
keep(State *beam, int count, int room, const State *st, size_t set_bytes)
{
	int at = 0;

	while (at < count && (beam[at].hash != st->hash || memcmp(beam[at].done, st->done, set_bytes)))
		at++;
	if (at == count && count < room) {
		count++;
	} else {
		at = at < count ? at : worst(beam, count);
		if (!better(st, beam + at))
			return count;
	}
	uint64_t *set = beam[at].done;
	memcpy(set, st->done, set_bytes);
	beam[at] = *st;
	beam[at].done = set;
	return count;
}

static State *
new_beam(const Search *s, int room)
{
	State *beam = alloc_array(s->g->arena, (size_t)room, sizeof *beam);
	uint64_t *sets = alloc_array(s->g->arena, (size_t)room * (size_t)s->words, sizeof *sets);

	for (int i = 0; i < room; i++)
		beam[i].done = sets + (size_t)i * (size_t)s->words;
	return beam;
}

/* One more node in every way: from the states of one step to those of the next. */
static int
step(const Search *s, const State *from, int count, State *to, int room, State *work)
{
	size_t set_bytes = (size_t)s->words * sizeof *work->done;
	int made = 0;

	for (int b = 0; b < count; b++)
		for (int i = 0; i < s->g->node_count; i++) {
			if (!ready(s, from + b, i))
				continue;
			uint64_t *set = work->done;
			memcpy(set, from[b].done, set_bytes);
			*work = from[b];
			work->done = set;
			work->parent = b;
			work->node = i;
			run(s, work, i);
			made = keep(to, made, room, work, set_bytes);
		}
	return made;
}

typedef struct { int parent, node; } Step;

/* The node numbers of the best order found, or NULL if the present one is as good. */
static int *
best_order(const Search *s, int64_t live, int64_t present)
{
	int n = s->g->node_count, room = n <= SMALL_GRAPH ? BEAM_SMALL : BEAM_LARGE, count = 1;
	State *beam = new_beam(s, room), *next = new_beam(s, room), *work = new_beam(s, 1);
	Step *steps = alloc_array(s->g->arena, (size_t)n * (size_t)room, sizeof *steps);

	beam[0].live = beam[0].peak = live;
	for (int i = 0; i < n; i++) {
		count = step(s, beam, count, next, room, work);
		for (int b = 0; b < count; b++)
			steps[i * room + b] = (Step){ next[b].parent, next[b].node };
		State *swap = beam;
		beam = next;
		next = swap;
	}
	int best = 0;
	for (int b = 1; b < count; b++)
		best = better(beam + b, beam + best) ? b : best;
	if (beam[best].peak >= present)
		return NULL;
	int *result = alloc_array(s->g->arena, (size_t)n, sizeof *result);
	for (int i = n - 1; i >= 0; i--) {
		result[i] = steps[i * room + best].node;
		best = steps[i * room + best].parent;
	}
	return result;
}

static int64_t
present_peak(const Search *s, int64_t live)
{
	State *st = new_beam(s, 1);

	st->live = st->peak = live;
	for (int i = 0; i < s->g->node_count; i++)
		run(s, st, i);
	return st->peak;
}

/* Lists of (key, value) pairs by key: value[at[k] .. at[k + 1]). */
static void
index_pairs(Arena *arena, const int (*pair)[2], int pairs, int keys, int **value, int **at)
{
	int *start = alloc_array(arena, (size_t)keys + 2, sizeof *start);
	int *list = alloc_array(arena, (size_t)pairs + 1, sizeof *list);

	for (int i = 0; i < pairs; i++)
		start[pair[i][0] + 2]++;
	for (int k = 2; k < keys + 2; k++)
		start[k] += start[k - 1];
	for (int i = 0; i < pairs; i++)
		list[start[pair[i][0] + 1]++] = pair[i][1];
	*value = list;
	*at = start;
}

/* Classes of tensors that share bytes: a view with what it views. */
static void
classify(Search *s)
{
	const Graph *g = s->g;

	for (int t = 0; t < g->tensor_count; t++)
		s->class[t] = t;
	for (int i = 0; i < g->node_count; i++)
		if (ops[g->node[i].op].rows == ROWS_VIEW)
			s->class[g->node[i].output] = s->class[g->node[i].input[0]];
	for (int t = 0; t < g->tensor_count; t++) {
		const Tensor *x = g->tensor + t;
		bool callers = is_output(g, t) || (is_input(g, t) && g->input_mode == INPUT_CONST);
		if (s->class[t] == t)
			s->bytes[t] = x->data || callers ? 0 : tensor_bytes(x);
	}
}

static void
connect(Search *s)
{
	const Graph *g = s->g;
	int count = 0, edges = 0, *made_by = alloc_array(g->arena, (size_t)g->tensor_count, sizeof(int));
	int (*read)[2], (*need)[2];

	for (int t = 0; t < g->tensor_count; t++)
		made_by[t] = -1;
	for (int i = 0; i < g->node_count; i++)
		count += g->node[i].input_count;
	read = alloc_array(g->arena, (size_t)count + 1, sizeof *read);
	need = alloc_array(g->arena, (size_t)count + 1, sizeof *need);
	count = 0;
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		for (int k = 0; k < n->input_count; k++) {
			int x = n->input[k];
			if (x < 0 || g->tensor[x].data)
				continue;
			read[count][0] = s->class[x];
			read[count++][1] = i;
			if (made_by[x] < 0)
				continue;
			need[edges][0] = i;
			need[edges++][1] = made_by[x];
		}
		made_by[n->output] = i;
	}
	index_pairs(g->arena, (const int (*)[2])read, count, g->tensor_count, &s->reader, &s->reader_at);
	index_pairs(g->arena, (const int (*)[2])need, edges, g->node_count, &s->maker, &s->maker_at);
}

void
order(Graph *g)
{
	Search s = { .g = g, .words = g->node_count / WORD_BITS + 1 };
	int64_t live = 0;

	s.class = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *s.class);
	s.bytes = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *s.bytes);
	classify(&s);
	connect(&s);
	for (int i = 0; i < g->input_count; i++)
		live += s.bytes[s.class[g->input[i].tensor]];
	int *sequence = best_order(&s, live, present_peak(&s, live));
	if (!sequence)
		return;
	Node *old = copy_of(g->arena, g->node, (size_t)g->node_count * sizeof *old);
	for (int i = 0; i < g->node_count; i++)
		g->node[i] = old[sequence[i]];
}
