/* order.c: an order of execution of least peak, found by a beam search over sets of done nodes. */
#include <string.h>

#include "scheduler.h"

/*
 * A state is a set of nodes that have run: what is live depends on the set alone, so of
 * two ways to the same set the one of lower peak is enough.  Where no state had to be
 * dropped for want of room the result is the best there is.
 */
enum { BEAM_SMALL = 256, BEAM_LARGE = 24, SMALL_GRAPH = 96 };

typedef struct {
	uint64_t hash;    /* of the set; two sets of one hash would only cost a choice */
	int64_t live, peak;
	int parent, node; /* the state before, and what ran since */
	int *unread;      /* per class: readers that have not run */
	int *unmade;      /* per node: operands that are not made, one by one */
	int *ready, ready_count; /* nodes that may run, in the file's order */
} State;

typedef struct {
	const int *value, *at; /* of key k: value[at[k] .. at[k + 1]) */
} Lists;

typedef struct {
	const Graph *g;
	int *class;    /* per tensor: the first of those that share bytes */
	int64_t *bytes; /* per class: in the work area */
	Lists reads;   /* per node: the classes it reads, each once */
	Lists readers; /* per class: the nodes that read it */
	Lists next;    /* per node: the nodes that read what it makes, once per operand */
} Search;

static uint64_t
node_hash(int i)
{
	uint64_t h = (uint64_t)(i + 1) * 0x9e3779b97f4a7c15u; /* splitmix64 */

	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
	h = (h ^ h >> 27) * 0x94d049bb133111ebu;
	return h ^ h >> 31;
}

/* A concat's parts are made where they belong, an elementwise result where its input dies. */
static bool
costs_nothing(const Search *s, const State *st, const Node *n)
{
	if (n->op == OP_concat)
		return true;
	if (!n->overlays || n->input[0] < 0)
		return false;
	int x = s->class[n->input[0]], y = s->class[n->output];
	return s->bytes[x] >= s->bytes[y] && st->unread[x] == 1;
}

/* What becomes of a state when node i runs, but for its lists. */
static State
after(const Search *s, const State *st, int i)
{
	const Node *n = s->g->node + i;
	int y = s->class[n->output];
	bool view = ops[n->op].rows == ROWS_VIEW;
	int64_t made = view ? 0 : s->bytes[y];
	int64_t during = st->live + n->scratch + (costs_nothing(s, st, n) ? 0 : made);
	State to = *st;

	to.peak = during > st->peak ? during : st->peak;
	to.live += s->readers.at[y] == s->readers.at[y + 1] ? 0 : made;
	for (int k = s->reads.at[i]; k < s->reads.at[i + 1]; k++) {
		int x = s->reads.value[k];
		if (x != y && st->unread[x] == 1)
			to.live -= s->bytes[x];
	}
	to.hash ^= node_hash(i);
	to.node = i;
	return to;
}

static bool
better(const State *a, const State *b)
{
	return a->peak != b->peak ? a->peak < b->peak : a->live < b->live;
}

/* The states of a step: one per set, and when there is no room the worst goes. */
typedef struct {
	State *state;
	int count, room;
	int worst; /* where the room is used up */
} Beam;

static void
find_worst(Beam *b)
{
	b->worst = 0;
	for (int i = 1; i < b->count; i++)
		b->worst = better(b->state + b->worst, b->state + i) ? i : b->worst;
}

static void
keep(Beam *b, const State *st)
{
	bool full = b->count == b->room;
	int at = 0;

	if (full && !better(st, b->state + b->worst))
		return;
	while (at < b->count && b->state[at].hash != st->hash)
		at++;
	if (at == b->count) {
		at = full ? b->worst : b->count++;
	} else if (!better(st, b->state + at)) {
		return;
	}
	State *to = b->state + at;
	*to = (State){ st->hash, st->live, st->peak, st->parent, st->node, to->unread, to->unmade,
		to->ready, 0 };
	if (b->count == b->room)
		find_worst(b);
}

static void
add_ready(State *st, int node)
{
	int at = st->ready_count++;

	for (; at > 0 && st->ready[at - 1] > node; at--)
		st->ready[at] = st->ready[at - 1];
	st->ready[at] = node;
}

/* Fills the lists of a state that was kept. */
static void
fill(const Search *s, State *st, const State *parent)
{
	const Graph *g = s->g;

	memcpy(st->unread, parent->unread, (size_t)g->tensor_count * sizeof *st->unread);
	memcpy(st->unmade, parent->unmade, (size_t)g->node_count * sizeof *st->unmade);
	for (int k = 0; k < parent->ready_count; k++)
		if (parent->ready[k] != st->node)
			st->ready[st->ready_count++] = parent->ready[k];
	for (int k = s->reads.at[st->node]; k < s->reads.at[st->node + 1]; k++)
		st->unread[s->reads.value[k]]--;
	for (int k = s->next.at[st->node]; k < s->next.at[st->node + 1]; k++)
		if (--st->unmade[s->next.value[k]] == 0)
			add_ready(st, s->next.value[k]);
}

static Beam
new_beam(const Search *s, int room)
{
	const Graph *g = s->g;
	size_t tensors = (size_t)g->tensor_count, nodes = (size_t)g->node_count;
	Beam b = { .room = room };

	b.state = alloc_array(g->arena, (size_t)room, sizeof *b.state);
	for (int i = 0; i < room; i++) {
		State *st = b.state + i;
		st->unread = alloc_array(g->arena, tensors + 1, sizeof *st->unread);
		st->unmade = alloc_array(g->arena, nodes + 1, sizeof *st->unmade);
		st->ready = alloc_array(g->arena, nodes + 1, sizeof *st->ready);
	}
	return b;
}

/* Nothing has run. */
static void
start(const Search *s, Beam *b, int64_t live)
{
	const Graph *g = s->g;
	State *st = b->state;

	b->count = 1;
	st->live = st->peak = live;
	for (int t = 0; t < g->tensor_count; t++)
		st->unread[t] = s->readers.at[t + 1] - s->readers.at[t];
	for (int i = 0; i < s->next.at[g->node_count]; i++)
		st->unmade[s->next.value[i]]++;
	for (int i = 0; i < g->node_count; i++)
		if (!st->unmade[i])
			st->ready[st->ready_count++] = i;
}

/* One more node in every way: from the states of one step to those of the next. */
static void
step(const Search *s, const Beam *from, Beam *to)
{
	to->count = 0;
	for (int b = 0; b < from->count; b++)
		for (int k = 0; k < from->state[b].ready_count; k++) {
			State st = after(s, from->state + b, from->state[b].ready[k]);
			st.parent = b;
			keep(to, &st);
		}
	for (int b = 0; b < to->count; b++)
		fill(s, to->state + b, from->state + to->state[b].parent);
}

typedef struct { int parent, node; } Choice;

/* The node numbers of the best order found, or NULL if the present one is as good. */
static int *
best_order(const Search *s, int64_t live, int64_t present)
{
	int n = s->g->node_count, room = n <= SMALL_GRAPH ? BEAM_SMALL : BEAM_LARGE, best = 0;
	Beam beam = new_beam(s, room), next = new_beam(s, room);
	Choice *steps = alloc_array(s->g->arena, (size_t)n * (size_t)room, sizeof *steps);

	start(s, &beam, live);
	for (int i = 0; i < n; i++) {
		step(s, &beam, &next);
		for (int b = 0; b < next.count; b++)
			steps[i * room + b] = (Choice){ next.state[b].parent, next.state[b].node };
		Beam swap = beam;
		beam = next;
		next = swap;
	}
	for (int b = 1; b < beam.count; b++)
		best = better(beam.state + b, beam.state + best) ? b : best;
	if (beam.state[best].peak >= present)
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
	Beam one = new_beam(s, 1);
	State *st = one.state;

	start(s, &one, live);
	for (int i = 0; i < s->g->node_count; i++) {
		*st = after(s, st, i);
		for (int k = s->reads.at[i]; k < s->reads.at[i + 1]; k++)
			st->unread[s->reads.value[k]]--;
	}
	return st->peak;
}

typedef struct { int key, value; } Pair;

static Lists
list_pairs(Arena *arena, const Pair *pair, int pairs, int keys)
{
	int *start = alloc_array(arena, (size_t)keys + 2, sizeof *start);
	int *list = alloc_array(arena, (size_t)pairs + 1, sizeof *list);

	for (int i = 0; i < pairs; i++)
		start[pair[i].key + 2]++;
	for (int k = 2; k < keys + 2; k++)
		start[k] += start[k - 1];
	for (int i = 0; i < pairs; i++)
		list[start[pair[i].key + 1]++] = pair[i].value;
	return (Lists){ list, start };
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
		if (s->class[t] == t)
			s->bytes[t] = x->data || is_callers(g, t) ? 0 : tensor_bytes(x);
	}
}

static void
connect(Search *s)
{
	const Graph *g = s->g;
	int count = 0, edges = 0, operands = 0;
	int *made_by = alloc_array(g->arena, (size_t)g->tensor_count + 1, sizeof *made_by);
	int *read_by = alloc_array(g->arena, (size_t)g->tensor_count + 1, sizeof *read_by);

	for (int i = 0; i < g->node_count; i++)
		operands += g->node[i].input_count;
	Pair *reads = alloc_array(g->arena, (size_t)operands + 1, sizeof *reads);
	Pair *readers = alloc_array(g->arena, (size_t)operands + 1, sizeof *readers);
	Pair *next = alloc_array(g->arena, (size_t)operands + 1, sizeof *next);
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		for (int k = 0; k < n->input_count; k++) {
			int x = n->input[k], class = x < 0 ? -1 : s->class[x];
			if (x < 0 || g->tensor[x].data)
				continue;
			if (made_by[x])
				next[edges++] = (Pair){ made_by[x] - 1, i };
			if (read_by[class] == i + 1)
				continue;
			read_by[class] = i + 1;
			reads[count] = (Pair){ i, class };
			readers[count++] = (Pair){ class, i };
		}
		made_by[n->output] = i + 1;
	}
	s->reads = list_pairs(g->arena, reads, count, g->node_count);
	s->readers = list_pairs(g->arena, readers, count, g->tensor_count);
	s->next = list_pairs(g->arena, next, edges, g->node_count);
}

static void
reorder(Graph *g, const int *sequence)
{
	Node *old = copy_of(g->arena, g->node, (size_t)g->node_count * sizeof *old);

	for (int i = 0; i < g->node_count; i++)
		g->node[i] = old[sequence[i]];
}

/* A copy that grow() may take on: its room is a power of two. */
static void *
copy_with_room(Arena *arena, const void *data, int count, size_t bytes)
{
	size_t room = 1;

	while (room < (size_t)count)
		room *= 2;
	void *copy = alloc_array(arena, room, bytes);
	if (count)
		memcpy(copy, data, (size_t)count * bytes);
	return copy;
}

/* What alias() and plan() will make of an order: views and copies are theirs to decide. */
static int64_t
outcome(const Graph *g, const int *sequence)
{
	Graph trial = *g;

	trial.tensor = copy_with_room(g->arena, g->tensor, g->tensor_count, sizeof *g->tensor);
	trial.node = copy_with_room(g->arena, g->node, g->node_count, sizeof *g->node);
	trial.output = copy_with_room(g->arena, g->output, g->output_count, sizeof *g->output);
	for (int i = 0; i < g->node_count; i++)
		trial.node[i].input = copy_with_room(g->arena, g->node[i].input,
			g->node[i].input_count, sizeof(int));
	if (sequence)
		reorder(&trial, sequence);
	alias(&trial);
	return most_live(&trial);
}

void
order(Graph *g)
{
	Search s = { .g = g };
	int64_t live = 0;

	s.class = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *s.class);
	s.bytes = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *s.bytes);
	classify(&s);
	connect(&s);
	for (int i = 0; i < g->input_count; i++)
		live += s.bytes[s.class[g->input[i].tensor]];
	int *sequence = best_order(&s, live, present_peak(&s, live));
	if (sequence && outcome(g, sequence) < outcome(g, NULL))
		reorder(g, sequence);
}
