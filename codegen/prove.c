/* prove.c: cheaper arithmetic for a node, where its weights show that no bit of the output changes. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "codegen.h"
#include "staircase.h"

/* How `form` counts: 0 is the reference's own arithmetic. */
enum { FORM_ROUNDED = 1, FORM_CUT, FORM_MIRRORED };

Fineness
fineness(const Node *n, int block)
{
	return n->fine.count ? (Fineness)n->fine.value[block * RESCALE_BLOCK] : FINE_NOT;
}

/* Whether the reference rounds products of a real number, not of a fixed-point one. */
static bool
scales_reals(const Graph *g, const Node *n)
{
	const char *stems = ops[n->op].stems; /* one rescales like the other */
	const char *stem = format(g->arena, "%.*s", (int)strcspn(stems, " "), stems);
	const RefKernel *ref = find_ref(kernel_name(g, n, stem));

	for (int i = 0; i < ref->param_count; i++)
		if (!strcmp(ref->param[i], "scale"))
			return true;
	return false;
}

/* Of a channel, not clamped but to int8; false: its results are in no order, or sums overflow. */
static bool
find_sums(const Graph *g, Node *n, const Sums *sums, int channel, Stairs *s)
{
	int64_t most;
	Range r = sum_range(sums, tensor_in(g, n, 0), channel, &most);
	Multiplier m = channel_multiplier(g, n, channel);

	n->sum_bound = most > n->sum_bound ? most : n->sum_bound;
	if (r.least < INT32_MIN || r.most > INT32_MAX)
		error_at(g->diag, n->loc, "%s: sums of channel %d may reach %lld, beyond 32 bits",
			n->name, channel, (long long)(r.most > INT32_MAX ? r.most : r.least));
	s->scale = channel_scale(g, n, channel);
	s->mult = m.mult;
	s->shift = m.shift;
	s->zero = affine(g, n, Y).zero;
	s->least = INT8_MIN;
	s->most = INT8_MAX;
	s->low = (int32_t)r.least;
	s->high = (int32_t)r.most;
	return most <= INT32_MAX && m.mult >= 0 &&
		(s->real || (in_order(r.least, m) && in_order(r.most, m)));
}

/* Stairs of all channels, and which bounds of the activation no sum goes beyond. */
static bool
find_stairs(const Graph *g, Node *n, Stairs *s, int channels)
{
	Range clamp = activation_range(g, n);
	Sums sums = sums_of(g, n);
	bool real = scales_reals(g, n), good = true;
	int from = INT8_MAX, to = INT8_MIN;

	n->sum_bound = 0;
	for (int i = 0; i < channels; i++) {
		s[i] = (Stairs){ .real = real };
		if (!find_sums(g, n, &sums, i, s + i)) {
			good = false;
			continue;
		}
		int first = stored(s + i, s[i].low), last = stored(s + i, s[i].high);
		from = first < from ? first : from;
		to = last > to ? last : to;
	}
	n->open = !good ? 0 : (from >= clamp.least ? OPEN_BELOW : 0) |
		(to <= clamp.most ? OPEN_ABOVE : 0);
	for (int i = 0; i < channels && good; i++) {
		s[i].least = n->open & OPEN_BELOW ? INT8_MIN : (int)clamp.least;
		s[i].most = n->open & OPEN_ABOVE ? INT8_MAX : (int)clamp.most;
		find_edges(s + i);
	}
	return good;
}

/* A try at a form: what was found, and whether it does for all. */
typedef struct {
	bool good;
	int blocks[FINENESSES];
	double *scale, *offset, *rest, *start, *fine;
} Trial;

/* Channels of a block, all with a line as fine. */
static bool
find_block(Trial *t, const Stairs *s, int first, int end, Form form)
{
	for (int i = first; i < end; i++) {
		Line line;
		if (!find_line(s + i, form, &line))
			return false;
		t->scale[i] = line.scale;
		t->offset[i] = line.offset;
		t->rest[i] = line.rest;
		t->start[i] = line.start;
		t->fine[i] = form.fine;
	}
	t->blocks[form.fine]++;
	return true;
}

/* Each block has the cheapest lines that do for all its channels, or begins with finer ones. */
static Trial
try_form(const Graph *g, const Stairs *s, int channels, LineKind kind, int finer)
{
	static const Fineness order[] = { FINE_NOT, FINE_SPLIT, FINE_DOUBLE };
	size_t count = (size_t)channels;
	Trial t = { .good = true,
		.scale = alloc_array(g->arena, count, sizeof *t.scale),
		.offset = alloc_array(g->arena, count, sizeof *t.offset),
		.rest = alloc_array(g->arena, count, sizeof *t.rest),
		.start = alloc_array(g->arena, count, sizeof *t.start),
		.fine = alloc_array(g->arena, count, sizeof *t.fine) };

	for (int first = 0; first < channels && t.good; first += RESCALE_BLOCK) {
		int end = first + RESCALE_BLOCK < channels ? first + RESCALE_BLOCK : channels;
		t.good = false;
		for (int i = finer ? (finer + first / RESCALE_BLOCK) % FINENESSES : 0;
			i < (kind == ROUNDED ? 1 : FINENESSES) && !t.good; i++)
			t.good = find_block(&t, s, first, end, (Form){ kind, order[i] });
	}
	return t;
}

/* Where all channels' sums are float by where they start, and one multiply-add rescales them. */
static void
try_swift(const Graph *g, Node *n, const Stairs *s, int channels)
{
	size_t count = (size_t)channels;
	double *scale = alloc_array(g->arena, count, sizeof *scale);
	double *offset = alloc_array(g->arena, count, sizeof *offset);
	double *start = alloc_array(g->arena, count, sizeof *start);
	Swift line;

	for (int i = 0; i < channels; i++) {
		if (!find_swift(s + i, &line))
			return;
		scale[i] = line.scale;
		offset[i] = line.offset;
		start[i] = (double)line.start;
	}
	n->swift_scale = (Reals){ channels, scale };
	n->swift_offset = (Reals){ channels, offset };
	n->swift_start = (Reals){ channels, start };
}

/* A shift for all channels: more bits behind the point, but mult and the sums as large as fit. */
static int
high_shift(const Stairs *s, const double *scale, int channels, int factor)
{
	const double mult_most = INT32_MAX - UINT8_MAX, room = 1 << 30;
	double steepest = 0, reach = UINT8_MAX;

	for (int i = 0; i < channels; i++) {
		double far = fmax(fabs((double)s[i].low), fabs((double)s[i].high));
		steepest = fmax(steepest, scale[i]);
		reach = fmax(reach, UINT8_MAX + scale[i] * far);
	}
	double most = fmin(room / reach, ldexp(mult_most * factor / steepest, -HIGH_BITS));
	return most >= ldexp(1, HIGH_SHIFT_MOST) ? HIGH_SHIFT_MOST : ilogb(most);
}

/* Returns how many channels have none. */
static int
fill_high(const Graph *g, HighForm *f, const Stairs *s, const double *scale, int channels, High h)
{
	size_t count = (size_t)channels;
	double *mult = alloc_array(g->arena, count, sizeof *mult);
	double *add = alloc_array(g->arena, count, sizeof *add);
	double *start = alloc_array(g->arena, count, sizeof *start);
	int failed = 0;

	for (int i = 0; i < channels; i++) {
		bool found = find_high(s + i, scale[i], &h);
		failed += !found;
		mult[i] = found ? h.mult : -1;
		add[i] = found ? h.add : 0;
		start[i] = found ? h.start : 0;
	}
	*f = (HighForm){ h.shift, { channels, mult }, { channels, add }, { channels, start } };
	return failed;
}

/* In whole numbers: for machines that multiply to 64 bits and keep the high half. */
static void
try_high(const Graph *g, Node *n, const Stairs *s, int channels)
{
	enum { SHIFTS = 3 }; /* of which one is tried: the largest are the likeliest */
	double *scale = alloc_array(g->arena, (size_t)channels, sizeof *scale);

	for (int i = 0; i < channels; i++)
		scale[i] = widest_scale(s + i);
	for (int k = 0; k < HIGH_FACTORS; k++) {
		int factor = k == HIGH_256 ? UINT8_MAX + 1 : 1, least = channels;
		int shift = high_shift(s, scale, channels, factor);
		for (int i = 0; i < SHIFTS && shift - i > 0 && least; i++) {
			HighForm f;
			int failed = fill_high(g, &f, s, scale, channels,
				(High){ .factor = factor, .shift = shift - i });
			if (failed >= least)
				continue;
			n->high[k] = f;
			least = failed;
		}
	}
}

/* What kernels take beyond one multiply-add: fourths of an instruction, of a vector in each block. */
static const int kind_price[LINE_KINDS] = { 0, 1, 8 }, fine_price[FINENESSES] = { 0, 32, 4 };

static int
price(const Trial *t, LineKind kind, int blocks)
{
	int all = blocks * kind_price[kind];

	for (int i = 0; i < FINENESSES; i++)
		all += t->blocks[i] * fine_price[i];
	return t->good ? all : INT_MAX;
}

static bool
has_any(const double *v, int count)
{
	for (int i = 0; i < count; i++)
		if (v[i] != 0)
			return true;
	return false;
}

static void
try_lines(const Graph *g, Node *n, const Stairs *s, int channels, int finer)
{
	int blocks = (channels + RESCALE_BLOCK - 1) / RESCALE_BLOCK, least = INT_MAX;

	for (int kind = finer ? CUT : ROUNDED; kind < LINE_KINDS && least > blocks * kind_price[kind]; kind++) {
		Trial t = try_form(g, s, channels, (LineKind)kind, finer);
		if (price(&t, (LineKind)kind, blocks) >= least)
			continue;
		least = price(&t, (LineKind)kind, blocks);
		n->form = kind == ROUNDED ? FORM_ROUNDED : kind == CUT ? FORM_CUT : FORM_MIRRORED;
		n->scale = (Reals){ channels, t.scale };
		n->offset = (Reals){ channels, t.offset };
		n->rest = (Reals){ t.blocks[FINE_SPLIT] + t.blocks[FINE_DOUBLE] ? channels : 0, t.rest };
		n->start = (Reals){ has_any(t.start, channels) ? channels : 0, t.start };
		n->fine = (Reals){ t.blocks[FINE_NOT] < blocks ? channels : 0, t.fine };
	}
}

void
prove_node(const Graph *g, Node *n, int wanted)
{
	int channels = output_channels(g, n);
	Stairs *s = alloc_array(g->arena, (size_t)channels, sizeof *s);

	if (!find_stairs(g, n, s, channels))
		return;
	if (wanted & WANT_HIGH)
		try_high(g, n, s, channels);
	if (wanted & WANT_LINES && n->op != OP_depthwise)
		try_swift(g, n, s, channels);
	if (wanted & WANT_LINES)
		try_lines(g, n, s, channels, wanted / WANT_FINE);
}

int
fine_channels(const Node *n, Fineness fine)
{
	int count = 0;

	for (int i = 0; i < n->scale.count; i++)
		count += fineness(n, i / RESCALE_BLOCK) == fine;
	return count;
}

/* Channels of blocks that need no double. */
int
float_channels(const Node *n)
{
	return (int)n->scale.count - fine_channels(n, FINE_DOUBLE);
}

static void
explain(const Graph *g, const Node *n)
{
	int channels = output_channels(g, n), single = float_channels(n);

	fprintf(stderr, "%s: proved: no sum beyond %lld; ", n->name, (long long)n->sum_bound);
	if (n->form)
		fprintf(stderr, "rescaled in float %d of %d channels, in double %d", single,
			channels, channels - single);
	else
		fprintf(stderr, "rescaled as by the reference");
	for (int k = 0; k < HIGH_FACTORS; k++)
		if (is_high(g, n, k ? HIGH_WHOLE : HIGH_PLAIN))
			fprintf(stderr, "; in whole numbers of %s", k ? "256 sums" : "the sum");
	fprintf(stderr, "%s%s\n", n->open & OPEN_BELOW ? "; none is clamped below" : "",
		n->open & OPEN_ABOVE ? "; none is clamped above" : "");
}

static int
wanted(const Job *job, const Node *n)
{
	static const struct { const char *word; Wanted what; } words[] = { { "form", WANT_LINES },
		{ "high", WANT_HIGH }, { "high_mult_256", WANT_HIGH }, { "high_mult_odd", WANT_HIGH },
		{ "high_mult", WANT_HIGH } };
	int all = WANT_NONE;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (wants_word(job, n, words[i].word))
			all |= (int)words[i].what;
	return all;
}

void
prove(Job *job)
{
	Graph *g = job->graph;

	for (int i = 0; i < g->node_count; i++) {
		Node *n = g->node + i;
		n->form = n->open = 0;
		n->sum_bound = 0;
		n->scale = n->offset = n->rest = n->start = n->fine = (Reals){ 0 };
		n->swift_scale = n->swift_offset = n->swift_start = (Reals){ 0 };
		n->high[HIGH_1] = n->high[HIGH_256] = (HighForm){ 0 };
		if (job->no_prove || !sums_products(n) || tensor_out(g, n)->type != TYPE_s8)
			continue;
		prove_node(g, n, wanted(job, n));
		if (job->explain)
			explain(g, n);
	}
	give_up_if_errors(g->diag); /* the reference is not defined there */
}
