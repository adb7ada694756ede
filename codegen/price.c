/* price.c: what a kernel comes to once it is bound, estimated: instructions of code, and those that
 * a row executes.  The template is walked, with its helpers in it, as compilers inline them. */
#include <stdlib.h>
#include <string.h>

#include "codegen.h"

/* Instructions of what is no operator, call or access: each of them counts as one. */
enum { BRANCH = 1, TURN = 2, LOOP = 3, ODD_TURNS = 8 };
enum { GUESSED_TURNS = 4 }; /* of a loop whose bounds nothing says */

enum { GIVEN_MOST = 64, CONSTANTS_MOST = 16 };

/* A name that the layer gives a value; bound: it stands in the text, too.  Own: a pointer to what
 * is the caller's alone, which compilers keep in registers. */
typedef struct {
	const char *name;
	Value value;
	bool bound, own;
} Given;

/* A helper's body with some values. */
typedef struct Priced Priced;
struct Priced {
	Priced *next;
	const Item *item;
	const Given *given;
	int count;
	Price price;
};
enum { BUCKETS = 4096 };
struct Pricer {
	Arena *arena;
	Priced *known[BUCKETS];
};

typedef struct Frame Frame;
struct Frame {
	Pricer *pricer;
	const Source *source;
	const Frame *around; /* of a loop or block in a function; else NULL */
	const Given *given;
	int count;
};

/* What is asked for: as the text knows it, or as the layer has it. */
typedef struct {
	const Frame *frame;
	bool bound;
} Asked;

static Price price(const Frame *, const Syntax *);

static bool
same_given(const Given *a, const Given *b, int count)
{
	int i = 0;

	while (i < count && a[i].name == b[i].name && a[i].value.i == b[i].value.i &&
		a[i].value.type == b[i].value.type && a[i].bound == b[i].bound && a[i].own == b[i].own &&
		!memcmp(&a[i].value.f, &b[i].value.f, sizeof a->value.f))
		i++;
	return i == count;
}

static Price
plus(Price a, Price b)
{
	return (Price){ a.code + b.code, a.steps + b.steps };
}

static Price
once(double instructions)
{
	return (Price){ instructions, instructions };
}

static const Given *
find_given(const Frame *f, const char *name)
{
	for (; f; f = f->around)
		for (int i = 0; i < f->count; i++)
			if (!strcmp(f->given[i].name, name))
				return f->given + i;
	return NULL;
}

static bool
lookup(void *ctx, const char *name, Value *out)
{
	const Asked *a = ctx;
	const Given *g = find_given(a->frame, name);

	if (g)
		*out = g->value;
	return g && !g->own && (g->bound || !a->bound);
}

/* Of && and || either side may decide. */
static bool
value_of(const Frame *f, const Syntax *n, bool bound, Value *out)
{
	Asked asked = { f, bound };
	const Scope scope = { .lookup = lookup, .ctx = &asked, .source = f->source, .closed = true };
	const Syntax *op = field_of(n, "operator");
	bool is_or = text_is(op, "||");

	if (!n || eval(&scope, n, out) == KNOWN)
		return n != NULL;
	if (is_kind(n, "parenthesized_expression"))
		return value_of(f, inner(n), bound, out);
	return (is_or || text_is(op, "&&")) &&
		((value_of(f, field_of(n, "left"), bound, out) && !out->i != is_or) ||
			(value_of(f, field_of(n, "right"), bound, out) && !out->i != is_or));
}

static Price
price_children(const Frame *f, const Syntax *n)
{
	Price sum = { 0, 0 };

	for (const Syntax *c = n->child; c; c = c->next)
		sum = c->token ? sum : plus(sum, price(f, c));
	return sum;
}

/* Of an if, or of ?:. */
static Price
price_branch(const Frame *f, const Syntax *n)
{
	const Syntax *condition = field_of(n, "condition"), *then = field_of(n, "consequence");
	const Syntax *other = field_of(n, "alternative");
	Value v;

	if (value_of(f, condition, true, &v))
		return price(f, v.i ? then : other);
	Price a = price(f, then), b = price(f, other), test = price(f, condition);
	double steps = !value_of(f, condition, false, &v) ? (a.steps + b.steps) / 2 :
		v.i ? a.steps : b.steps;
	return (Price){ test.code + BRANCH + a.code + b.code, test.steps + BRANCH + steps };
}

/* ---- loops ---- */

typedef struct {
	const char *name; /* NULL: of no one variable */
	double turns;
	int64_t middle; /* the variable's value in a typical turn */
} Turns;

/* The least that conditions of one variable, all below something, let it get to. */
static bool
end_of(const Frame *f, const Syntax *test, bool bound, int64_t *out)
{
	const Syntax *op = field_of(test, "operator"), *right = field_of(test, "right");
	int64_t other;
	Value v;

	if (text_is(op, "&&"))
		return end_of(f, field_of(test, "left"), bound, out) &&
			end_of(f, right, bound, &other) && (*out = other < *out ? other : *out, true);
	if (!is_kind(op, "< <=") || !value_of(f, right, bound, &v))
		return false;
	*out = v.i + text_is(op, "<=");
	return true;
}

/* for (int i = first; i < end; i += by); false: not known. */
static bool
turns_of(const Frame *f, const Syntax *n, bool bound, Turns *out)
{
	const Syntax *d = field_of(field_of(n, "initializer"), "declarator");
	const Syntax *update = field_of(n, "update");
	Value first, by = int_value(1);
	int64_t end;

	while (is_kind(update, "comma_expression"))
		update = field_of(update, "left");
	if (!d || !value_of(f, field_of(d, "value"), bound, &first) ||
		!end_of(f, field_of(n, "condition"), bound, &end) ||
		(is_kind(update, "assignment_expression") &&
			(!value_of(f, field_of(update, "right"), bound, &by) || by.i < 1)))
		return false;
	int64_t turns = end > first.i ? (end - first.i + by.i - 1) / by.i : 0;
	*out = (Turns){ declared(d)->name, (double)turns, first.i + turns / 2 * by.i };
	return true;
}

/* What #pragma GCC unroll above it says, or 1. */
static int
unrolled(const Syntax *loop)
{
	const Syntax *above = first_above(loop, "preproc_call");
	const char *number = above == loop ? NULL : strstr(above->from, "unroll ");

	return number ? atoi(number + strlen("unroll ")) : 1;
}

static Price
price_loop(const Frame *f, const Syntax *n)
{
	Turns known = { NULL, GUESSED_TURNS, 0 }, t = known;
	bool bound = turns_of(f, n, true, &known), actual = turns_of(f, n, false, &t);
	int unroll = unrolled(n);
	bool flat = bound && known.turns <= (unroll > 1 ? unroll : 1);
	const Given variable = { t.name, int_value(t.middle), flat, false };
	const Frame inside = { f->pricer, f->source, f, &variable, actual };

	if (bound && known.turns < 1)
		return (Price){ 0, 0 };
	Price test = price(&inside, field_of(n, "condition"));
	Price next = price(&inside, field_of(n, "update")), body = price(&inside, field_of(n, "body"));
	if (flat)
		return (Price){ known.turns * body.code, known.turns * body.steps };
	int64_t rest = !bound ? unroll - 1 : (int64_t)known.turns % unroll;
	double each = test.steps + next.steps + TURN;
	Price all = { LOOP + (double)(unroll + rest) * body.code, LOOP + t.turns * body.steps };
	all.steps += bound ? t.turns / unroll * each : t.turns * each + (unroll > 1 ? ODD_TURNS : 0);
	return all;
}

/* ---- calls and operators ---- */

/* Whether a pointer or place is one of the function's own variables, or the caller's. */
static bool
is_own(const Frame *f, const Syntax *n)
{
	bool address = is_kind(n, "pointer_expression") && *n->from == '&', field = false;
	const Given *g;

	if (address)
		n = field_of(n, "argument");
	for (; !n->name && field_of(n, "argument"); n = field_of(n, "argument"))
		field |= is_kind(n, "field_expression") && text_is(field_of(n, "operator"), ".");
	if (!n->name)
		return false;
	g = find_given(f, n->name);
	const Syntax *d = g ? NULL : local_of(n);
	bool array = is_kind(d, "array_declarator") || is_kind(field_of(d, "declarator"), "array_declarator");
	return g ? g->own : d && (array || address || field);
}

/* A helper's body, which is priced once of the same values. */
static Price
price_body(const Frame *f, const Item *item)
{
	Pricer *p = f->pricer;
	uint64_t hash = fnv1a(FNV_START, &item->node, sizeof item->node);

	for (int i = 0; i < f->count; i++)
		hash = fnv1a(hash, &f->given[i].value.i, sizeof f->given[i].value.i);
	Priced **at = p->known + hash % BUCKETS;
	for (; *at; at = &(*at)->next)
		if ((*at)->item == item && (*at)->count == f->count && same_given((*at)->given, f->given, f->count))
			return (*at)->price;
	Price sum = price(f, field_of(item->node, "body"));
	Priced *k = alloc(p->arena, sizeof *k);
	*k = (Priced){ p->known[hash % BUCKETS], item,
		copy_of(p->arena, f->given, (size_t)f->count * sizeof *f->given), f->count, sum };
	p->known[hash % BUCKETS] = k;
	return sum;
}

/* A helper as if it stood here. */
static Price
price_helper(const Frame *f, const Syntax *call, const Item *item)
{
	const Syntax *d = field_of(item->node, "declarator");
	const Syntax *argument = field_of(call, "arguments")->child;
	Given given[GIVEN_MOST];
	int count = 0;
	Value v;

	while (!is_kind(d, "function_declarator"))
		d = field_of(d, "declarator");
	for (const Syntax *q = field_of(d, "parameters")->child; q; q = q->next) {
		if (!is_kind(q, "parameter_declaration"))
			continue;
		while (argument && (argument->token || is_kind(argument, "comment")))
			argument = argument->next;
		if (argument && count < GIVEN_MOST && is_own(f, argument))
			given[count++] = (Given){ declared(q)->name, int_value(0), false, true };
		else if (argument && count < GIVEN_MOST && value_of(f, argument, false, &v))
			given[count++] = (Given){ declared(q)->name, v, value_of(f, argument, true, &v), false };
		argument = argument ? argument->next : NULL;
	}
	const Frame inside = { f->pricer, item->source, NULL, given, count };
	return plus(price_children(f, field_of(call, "arguments")), price_body(&inside, item));
}

static Price
price_call(const Frame *f, const Syntax *n)
{
	const Syntax *name = field_of(n, "function");
	const Item *item = name->name ? find_item(f->source, name->name) : NULL;

	if (text_is(name, "assert"))
		return (Price){ 0, 0 };
	if (item && is_kind(item->node, "function_definition"))
		return price_helper(f, n, item);
	return plus(once(1), price_children(f, field_of(n, "arguments")));
}

/* What lies at a place in a function's own variables is in a register, if it is known which. */
static Price
price_access(const Frame *f, const Syntax *n)
{
	bool known = is_own(f, n);
	Value v;

	for (const Syntax *at = n; at && known; at = field_of(at, "argument"))
		known = !is_kind(at, "subscript_expression") || value_of(f, field_of(at, "index"), true, &v);
	return known ? (Price){ 0, 0 } : plus(once(1), price_children(f, n));
}

/* Whether nothing runs behind it. */
static bool
leaves(const Frame *f, const Syntax *n, bool bound)
{
	bool found = is_kind(n, "return_statement");
	Value v;

	if (is_kind(n, "if_statement"))
		return value_of(f, field_of(n, "condition"), bound, &v) &&
			leaves(f, field_of(n, v.i ? "consequence" : "alternative"), bound);
	if (is_kind(n, "compound_statement else_clause"))
		for (const Syntax *c = n->child; c && !found; c = c->next)
			found = leaves(f, c, bound);
	return found;
}

/* Constants that a declaration gives values, for what follows; given: where f has them. */
static void
add_constants(Frame *f, const Syntax *n, Given *given)
{
	const Syntax *d = is_kind(n, "declaration") && has_qualifier(n, "const") ? n->child : NULL;
	Value v, same;

	for (; d && f->count < CONSTANTS_MOST; d = d->next) {
		bool plain = is_kind(d, "init_declarator") && field_of(d, "declarator")->name;
		const Syntax *value = plain ? field_of(d, "value") : NULL;
		if (!value_of(f, value, false, &v))
			continue;
		bool bound = value_of(f, value, true, &same);
		given[f->count++] = (Given){ declared(d)->name, v, bound, false };
	}
}

static Price
price_block(const Frame *f, const Syntax *n)
{
	Given given[CONSTANTS_MOST];
	Frame inside = { f->pricer, f->source, f, given, 0 };
	Price sum = { 0, 0 };
	bool left = false;

	for (const Syntax *c = n->child; c; c = c->next) {
		Price one = price(&inside, c);
		sum = plus(sum, left ? (Price){ one.code, 0 } : one);
		left = left || leaves(&inside, c, false);
		if (left && leaves(&inside, c, true))
			break;
		add_constants(&inside, c, given);
	}
	return sum;
}

static Price
price(const Frame *f, const Syntax *n)
{
	Value v;

	if (!n || n->token || !n->child)
		return (Price){ 0, 0 };
	if (is_kind(n, "if_statement conditional_expression"))
		return price_branch(f, n);
	if (is_kind(n, "for_statement"))
		return price_loop(f, n);
	if (is_kind(n, "call_expression"))
		return price_call(f, n);
	if (is_kind(n, "compound_statement"))
		return price_block(f, n);
	if (is_kind(n, "subscript_expression") || (is_kind(n, "pointer_expression") && *n->from == '*'))
		return price_access(f, n);
	if (is_kind(n, "gnu_asm_expression"))
		return once(1);
	if (is_kind(n, "binary_expression unary_expression") && value_of(f, n, true, &v))
		return (Price){ 0, 0 };
	bool counts = is_kind(n, "binary_expression unary_expression update_expression") ||
		(is_kind(n, "assignment_expression") && !text_is(field_of(n, "operator"), "="));
	return plus(once(counts), price_children(f, n));
}

Pricer *
pricer_new(Arena *arena)
{
	Pricer *p = alloc(arena, sizeof *p);

	p->arena = arena;
	return p;
}

Price
price_of(Pricer *p, const Template *t, const Value *value, uint64_t known, uint64_t bound)
{
	Given given[GIVEN_MOST];
	int count = 0;

	for (int i = 0; i < t->param_count; i++)
		if (known >> i & 1)
			given[count++] = (Given){ t->param[i].name, value[i], bound >> i & 1, false };
	const Frame f = { p, t->source, NULL, given, count };
	return price(&f, field_of(t->tree, "body"));
}
