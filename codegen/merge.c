/*
 * merge.c: under --optimize size, which layers share a function, and which words it then takes at
 * run time.  Layers begin each with a function of its own, all words being bound.  Then, again and
 * again, two functions of a kernel become one, whose open words are those that differ: the two that
 * save most code for the instructions that run in addition, by price.c, while these are few.
 */
#include <string.h>

#include "codegen.h"

static const double SLOWER = 0.08; /* instructions in addition, at most, of those of all layers */
static const double UNFELT = 1e-4; /* of them: how many more is all the same */
enum { WORD_CODE = 3 };            /* instructions that make, pass and take a word of a call */

/* What a layer binds a kernel to. */
typedef struct Layer Layer;
struct Layer {
	Layer *next; /* of those that share a function */
	Call *call;
	int part;
	const Template *template;
	Value *value;
	uint64_t known, forced; /* of the template's parameters: bits; forced: are open anyway */
	uint64_t deciding, gone; /* must not be open; matter no more */
	double calls;
	struct { uint64_t open; Price price; } *seen;
	int seen_count;
};

/* Layers of one function. */
typedef struct {
	Layer *first, *last;
	Merged sum;
} Group;

/* Groups that could become one. */
typedef struct {
	uint64_t open;
	Group **group;
	int groups;
	double saved, more; /* code, and instructions that run */
	Merged sum;
} Offer;

typedef struct {
	Program *program;
	Arena *arena;
	Pricer *pricer;
	Group *group; /* first: NULL of those that are no more */
	Group **offered, **best;
	int count;
	double code, all, left; /* of all layers at first; instructions there may be in addition */
} Merger;

/* Of a call. */
static double
price_words(uint64_t open)
{
	return WORD_CODE * __builtin_popcountll(open);
}

static Price
price_open(const Merger *m, Layer *l, uint64_t open)
{
	for (int i = 0; i < l->seen_count; i++)
		if (l->seen[i].open == open)
			return l->seen[i].price;
	Price p = price_of(m->pricer, l->template, l->value, l->known, l->known & ~open);
	p.steps = l->calls * (p.steps + price_words(open));
	l->seen = grow(m->arena, l->seen, l->seen_count, sizeof *l->seen);
	l->seen[l->seen_count].open = open;
	return l->seen[l->seen_count++].price = p;
}

/* The words that two layers know differently. */
static uint64_t
differing(const Layer *a, const Layer *b)
{
	uint64_t bits = 0;

	for (int i = 0; i < a->template->param_count; i++)
		if (a->known >> i & ~a->gone >> i & 1 && (a->value[i].i != b->value[i].i ||
				memcmp(&a->value[i].f, &b->value[i].f, sizeof a->value[i].f)))
			bits |= (uint64_t)1 << i;
	return bits;
}

static bool
are_alike(const Group *a, const Group *b)
{
	const Layer *x = a->first, *y = b->first;

	return x && y && x->template == y->template && x->known == y->known && x->forced == y->forced;
}

/* Adds a group to those that are to share a function of some open words. */
static void
take(Merger *m, Group *g, Offer *o)
{
	bool same = o->open == g->first->forced; /* no word differs */
	double code = g->sum.layers * price_words(o->open), steps = 0;

	for (Layer *l = g->first; l; l = l->next)
		steps += price_open(m, l, o->open).steps;
	o->saved += g->sum.all.code - code;
	o->more += steps - g->sum.all.steps;
	o->sum.layers += g->sum.layers;
	o->sum.all = (Price){ o->sum.all.code + code, o->sum.all.steps + steps };
	o->sum.alone.code += same && o->groups ? 0 : g->sum.alone.code;
	o->sum.alone.steps += g->sum.alone.steps;
	o->group[o->groups++] = g;
}

/* Code and instructions as shares of the whole: what is saved for what is added. */
static bool
pays(const Merger *m, const Offer *o)
{
	return o->saved > 0 && o->saved / m->code > o->more / m->all && o->more <= m->left;
}

/*
 * Two groups as one, and with them all others to which the same open words will do and for which
 * it pays: two alone may save nothing where many would.
 */
static bool
offer(Merger *m, Group *a, Group *b, Offer *o)
{
	uint64_t open = a->sum.open | b->sum.open | differing(a->first, b->first);

	if (!are_alike(a, b) || open & a->first->deciding)
		return false;
	double code = price_open(m, a->first, open).code;
	*o = (Offer){ .open = open, .group = o->group, .saved = -code, .sum.all.code = code };
	take(m, a, o);
	take(m, b, o);
	for (Group *c = m->group; c < m->group + m->count; c++) {
		Offer more = { .open = open, .group = o->group + o->groups };
		if (c == a || c == b || !are_alike(a, c) ||
			(c->sum.open | differing(a->first, c->first)) & ~open)
			continue;
		take(m, c, &more);
		if (pays(m, &more) && o->more + more.more <= m->left)
			take(m, c, o);
	}
	return pays(m, o);
}

/* The groups that save most for what they add become one; false: none do. */
static bool
merge_some(Merger *m)
{
	Offer o = { .group = m->offered }, best = { .group = m->best };
	double most = 0;

	for (Group *b = m->group; b < m->group + m->count; b++)
		for (Group *a = m->group; a < b; a++) {
			if (!a->first || !b->first || !offer(m, a, b, &o))
				continue;
			double worth = o.saved / (o.more > UNFELT * m->all ? o.more : UNFELT * m->all);
			if (worth <= most)
				continue;
			most = worth;
			memcpy(m->best, m->offered, (size_t)o.groups * sizeof *m->best);
			best = o;
			best.group = m->best;
		}
	for (int i = 1; i < best.groups; i++) {
		Group *into = best.group[0], *from = best.group[i];
		into->last->next = from->first;
		into->last = from->last;
		from->first = NULL;
		into->sum = best.sum;
		into->sum.open = best.open;
	}
	m->left -= best.more;
	return most > 0;
}

/* Whether an assert or the bound of an array mentions a word, which must be known then; gone: none
 * but asserts, which have been met, so that it may be any. */
static bool
decides(const Template *t, const char *word, bool *gone)
{
	bool asked = false, bound = false, mentioned = false;

	for (const Syntax *n = field_of(t->tree, "body"), *body = n, *next; n; n = next) {
		next = assertion(n) ? walk_past(body, n) : walk(body, n);
		asked |= assertion(n) && is_mentioned(n, word);
		bound |= is_kind(n, "array_declarator") && is_mentioned(n, word);
		mentioned |= is_name(n, word);
	}
	*gone = asked && !mentioned;
	return bound || (asked && mentioned);
}

static void
describe(const Program *p, Layer *l)
{
	const Graph *g = p->job->graph;
	const Node *n = l->call->node;

	l->value = alloc_array(g->arena, (size_t)l->template->param_count + 1, sizeof *l->value);
	for (int i = 0; i < l->template->param_count; i++) {
		const Param *q = l->template->param + i;
		bool number = q->kind == PARAM_INT || q->kind == PARAM_FLOAT;
		bool rows = number && !strcmp(q->name, "valid_h");
		if (rows)
			l->value[i] = int_value(kernel_height(g, n));
		if (number && (rows || word_value(g, n, q->name, l->value + i)))
			l->known |= (uint64_t)1 << i;
		if (rows && looks_outside(g, n))
			l->forced |= (uint64_t)1 << i;
	}
	l->calls = l->call->parts > 1 && l->part == 1 ? step_count(g, n) : row_count(g, n);
}

static void
add_layer(Merger *m, Call *c, int part)
{
	const Template *t = c->template[part];
	Layer *l = alloc(m->arena, sizeof *l);
	Group *g = m->group + m->count++;

	*l = (Layer){ .call = c, .part = part, .template = t };
	if (t->param_count > (int)(8 * sizeof l->known))
		die("template %s: too many parameters", t->function);
	describe(m->program, l);
	*g = (Group){ l, l, { .open = l->forced, .layers = 1 } };
	for (int i = 0; i < t->param_count; i++) {
		bool gone;
		l->deciding |= (uint64_t)decides(t, t->param[i].name, &gone) << i;
		l->gone |= (uint64_t)gone << i;
	}
	g->sum.all = g->sum.alone = price_open(m, l, l->forced);
	m->code += g->sum.all.code;
	m->all += g->sum.all.steps;
}

/* Those that run least come first, so that they have what instructions there may be in addition. */
static void
sort_by_work(Merger *m)
{
	for (int i = 1; i < m->count; i++) {
		Group one = m->group[i];
		int k = i;

		for (; k > 0 && m->group[k - 1].sum.all.steps > one.sum.all.steps; k--)
			m->group[k] = m->group[k - 1];
		m->group[k] = one;
	}
}

void
merge_layers(Program *p)
{
	const Graph *g = p->job->graph;
	Merger m = { .program = p, .arena = p->job->arena, .pricer = pricer_new(p->job->arena) };

	m.group = alloc_array(m.arena, (size_t)g->node_count * 3 + 1, sizeof *m.group);
	m.offered = alloc_array(m.arena, (size_t)g->node_count * 3 + 1, sizeof *m.offered);
	m.best = alloc_array(m.arena, (size_t)g->node_count * 3 + 1, sizeof *m.best);
	for (int i = 0; i < g->node_count; i++)
		for (int part = 0; part < p->call[i].parts; part++)
			add_layer(&m, p->call + i, part);
	sort_by_work(&m);
	m.left = SLOWER * m.all;
	while (g->optimize == OPTIMIZE_SIZE && merge_some(&m))
		;
	for (int i = 0; i < m.count; i++)
		for (Layer *l = m.group[i].first; l; l = l->next)
			l->call->merged[l->part] = &m.group[i].sum;
}
