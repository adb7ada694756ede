/* simplify.c: statements of a function that is being bound: decided branches, constants with a
 * name, asserts. */
#include <string.h>

#include "codegen.h"

bool
in_block(const Syntax *n)
{
	return is_kind(n->parent, "compound_statement") || is_kind(n->parent, "bare");
}

static int
lines_from(const Syntax *a, const Syntax *b)
{
	return a->end && b->start ? lines_between(a->end, b->start) : 1; /* made by us */
}

/* Comments and pragmas that stand directly above a statement, or behind it on its line. */
static void
drop_company(Syntax *n, bool comments)
{
	Syntax *run = NULL, *before = NULL;

	for (Syntax *c = n->parent->child; c != n; before = c, c = c->next) {
		bool comment = is_kind(c, "comment") && (!before || lines_from(before, c));
		bool above = (comments && comment) || is_kind(c, "preproc_call");
		run = !above || lines_from(c, c->next) > 1 ? NULL : run ? run : c;
	}
	for (; run && run != n; run = run->next)
		run->gone = true;
	if (comments && is_kind(n->next, "comment") && !lines_from(n, n->next))
		n->next->gone = true;
}

/* A statement goes; where the grammar wants one, an empty one stays. */
void
vanish(Rewrite *r, Syntax *n)
{
	r->changed = true;
	if (in_block(n)) {
		n->gone = true;
		drop_company(n, true);
		return;
	}
	n->kind = "expression_statement";
	n->child = NULL;
	n->from = ";";
	n->to = n->from + 1;
}

bool
is_empty(const Syntax *n)
{
	if (!n || n->gone)
		return true;
	if (is_kind(n, "expression_statement"))
		return !inner(n);
	if (!is_kind(n, "compound_statement") && !is_kind(n, "bare"))
		return false;
	for (const Syntax *c = n->child; c; c = c->next)
		if (!c->token && !is_kind(c, "comment") && !is_empty(c))
			return false;
	return true;
}

/* ---- blocks */

/* Whether a block declares the name anywhere but inside the statement except. */
static bool
declares(const Syntax *block, const char *name, const Syntax *except)
{
	for (const Syntax *n = block; n; n = n == except ? walk_past(block, n) : walk(block, n))
		if (is_declarator(n) && is_name(n, name))
			return true;
	return false;
}

/* Whether a name that body declares is declared elsewhere in the block around n. */
static bool
clashes(const Rewrite *r, const Syntax *n, const Syntax *body)
{
	const Syntax *block = n->parent;

	while (is_kind(block, "bare"))
		block = block->parent;
	for (const Syntax *d = body->child; d; d = d->next) {
		if (!d->gone && is_kind(d, "bare") && clashes(r, n, d))
			return true;
		for (const Syntax *c = is_kind(d, "declaration") ? d->child : NULL; c; c = c->next)
			if (is_declarator(c) && declares(block,
					text_of(r->arena, declared(c) ? declared(c) : c), n))
				return true;
	}
	return false;
}

/* The statement n is nothing but its body: without braces where that is possible. */
void
unwrap(Rewrite *r, Syntax *n, Syntax *body)
{
	if (is_empty(body)) {
		vanish(r, n);
		return;
	}
	if (in_block(n))
		drop_company(n, false);
	bool bare = in_block(n) && is_kind(body, "compound_statement") && !clashes(r, n, body);
	become(r, n, body);
	if (bare) {
		n->kind = "bare";
		for (Syntax *c = n->child; c; c = c->next)
			c->gone = c->gone || c->token;
	}
	simplify(r, n);
}

/* The return at the end of what n does; NULL: it does not end so. */
static Syntax *
final_return(Syntax *n)
{
	Syntax *last = NULL;

	if (!is_kind(n, "bare") && !is_kind(n, "compound_statement"))
		return is_kind(n, "return_statement") ? n : NULL;
	for (Syntax *c = n->child; c; c = c->next)
		last = c->gone || c->token || is_kind(c, "comment") ? last : c;
	return last ? final_return(last) : NULL;
}

static void
simplify_block(Rewrite *r, Syntax *n)
{
	bool over = false;

	for (Syntax *c = n->child; c && !r->failed; c = c->next) {
		if (c->gone || c->token)
			continue;
		if (over)
			c->gone = r->changed = true;
		else
			simplify(r, c);
		over = over || (!c->gone && final_return(c));
	}
	if (over && n == field_of(r->function, "body"))
		vanish(r, final_return(n));
	if (!r->failed && in_block(n) && is_empty(n))
		vanish(r, n);
}

/* ---- if, while, do */

static void
simplify_if(Rewrite *r, Syntax *n)
{
	Syntax *condition = field_of(n, "condition"), *other = field_of(n, "alternative");
	Syntax *then = field_of(n, "consequence");
	Value v;

	simplify(r, condition);
	if (known(r, condition, &v) == KNOWN) {
		unwrap(r, n, is_true(v) ? then : other ? inner(other) : NULL);
		return;
	}
	simplify(r, then);
	if (other)
		simplify(r, inner(other));
	if (other && is_empty(inner(other)))
		other->gone = r->changed = true;
	if (is_empty(then) && (!other || other->gone) && is_pure(r, condition))
		vanish(r, n);
}

/* Whether a break or continue in it is meant for the loop around it. */
bool
jumps(const Syntax *n)
{
	if (is_kind(n, "continue_statement") || is_kind(n, "break_statement"))
		return true;
	if (has_word("for_statement while_statement do_statement", n->kind))
		return false;
	for (const Syntax *c = n->child; c; c = c->next)
		if (!c->gone && jumps(c))
			return true;
	return false;
}

static void
simplify_while(Rewrite *r, Syntax *n)
{
	Syntax *condition = field_of(n, "condition"), *body = field_of(n, "body");
	bool once = is_kind(n, "do_statement");
	Value v;

	simplify(r, condition);
	simplify(r, body);
	if (known(r, condition, &v) == KNOWN && !is_true(v) && !(once && jumps(body)))
		unwrap(r, n, once ? body : NULL);
}

/* ---- declarations and expressions */

void
substitute(Rewrite *r, const Syntax *root, const Syntax *from, const char *name, Value v)
{
	for (Syntax *n = walk_past(root, from); n; n = walk(root, n)) {
		if (!is_name(n, name))
			continue;
		if (is_declarator(n))
			die("template %s: %s is shadowed", r->template->function, name);
		if (is_target(n))
			die("template %s: %s is assigned or its address taken", r->template->function, name);
		make_literal(r, n, v);
	}
}

/* Whether the name of an initialized declarator stands for one number. */
static bool
is_constant(Rewrite *r, const Syntax *declaration, const Syntax *d, Value *v)
{
	const Syntax *value = field_of(d, "value"), *name = field_of(d, "declarator");

	if (!is_kind(name, "identifier") || (has_qualifier(declaration, "const") ? !has_bound(value)
			: writes(declaration->parent, text_of(r->arena, name))))
		return false;
	if (known(r, value, v) != KNOWN || (is_real(*v) && !value->bound))
		return false;
	Known fits = convert(field_of(declaration, "type"), v);
	if (fits == OVERFLOWS)
		fail_at(r->diag, nowhere, "too large for the kernel %s: %s does not hold %s",
			r->template->function, text_of(r->arena, name), text_of(r->arena, value));
	return fits == KNOWN;
}

/* A declarator goes with its comma, the last one with the declaration. */
void
drop_declarator(Rewrite *r, Syntax *d)
{
	Syntax *comma = NULL;
	int left = 0;

	for (Syntax *c = d->parent->child; c; c = c->next) {
		if (is_kind(c, ",") && !c->gone && (c->start < d->start || !comma))
			comma = c;
		left += !c->gone && is_declarator(c);
	}
	if (left == 1) {
		vanish(r, d->parent);
		return;
	}
	d->gone = comma->gone = r->changed = true;
}

static void
simplify_declaration(Rewrite *r, Syntax *n)
{
	Value v;

	simplify_expression(r, n);
	for (Syntax *d = in_block(n) ? n->child : NULL; d; d = d->next)
		if (!d->gone && is_kind(d, "init_declarator") && is_constant(r, n, d, &v)) {
			substitute(r, n->parent, d, text_of(r->arena, field_of(d, "declarator")), v);
			drop_declarator(r, d);
		}
}

static void
simplify_assert(Rewrite *r, Syntax *n)
{
	const char *text = text_of(r->arena, assertion(n));
	Value v;
	Known k = known(r, assertion(n), &v);

	if (k == UNKNOWN)
		die("template %s: undecided: assert(%s)", r->template->function, text);
	if (k == KNOWN && is_true(v))
		vanish(r, n);
	else
		r->failed = text;
}

/* memcpy(y, x, 0) */
static bool
moves_nothing(const Rewrite *r, const Syntax *call)
{
	const Syntax *name = field_of(call, "function"), *last = NULL;

	if (!name || !has_word("memcpy memset memmove", text_of(r->arena, name)))
		return false;
	for (const Syntax *c = field_of(call, "arguments")->child; c; c = c->next)
		last = c->token ? last : c;
	return last && last->bound && last->value.i == 0 && is_pure(r, field_of(call, "arguments"));
}

static void
simplify_statement(Rewrite *r, Syntax *n)
{
	if (assertion(n)) {
		simplify_assert(r, n);
		return;
	}
	simplify_expression(r, n);
	const Syntax *e = n->gone || !n->child ? NULL : inner(n);
	if (e && (e->bound || moves_nothing(r, e) || (is_kind(e, "cast_expression") &&
			text_is(field_of(e, "type"), "void") && is_pure(r, e))))
		vanish(r, n);
}

static const struct {
	const char *kinds;
	void (*simplify)(Rewrite *, Syntax *);
} rules[] = {
	{ "compound_statement bare", simplify_block },
	{ "if_statement", simplify_if },
	{ "for_statement", simplify_for },
	{ "while_statement do_statement", simplify_while },
	{ "declaration", simplify_declaration },
	{ "expression_statement", simplify_statement },
};

void
simplify(Rewrite *r, Syntax *n)
{
	if (r->failed || n->gone || n->token)
		return;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (has_word(rules[i].kinds, n->kind)) {
			rules[i].simplify(r, n);
			return;
		}
	simplify_expression(r, n);
}
