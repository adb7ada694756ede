/* simplify.c: statements of a function that is being bound: decided branches, loops of no turn
 * or one, constants with a name. */
#include <string.h>

#include "codegen.h"

bool
in_block(const Syntax *n)
{
	return is_kind(n->parent, "compound_statement") || is_kind(n->parent, "bare");
}

static int
lines_between(const Syntax *a, const Syntax *b)
{
	int lines = 0;

	if (!a->start || !b->start)
		return 1; /* made by us */
	for (const char *s = a->end; s < b->start; s++)
		lines += *s == '\n';
	return lines;
}

/* Comments and pragmas that stand directly above a statement, or behind it on its line. */
static void
drop_company(Syntax *n, bool comments)
{
	Syntax *run = NULL, *before = NULL;

	for (Syntax *c = n->parent->child; c != n; before = c, c = c->next) {
		bool above = lines_between(c, c->next) <= 1 &&
			((comments && is_kind(c, "comment") && (!before || lines_between(before, c))) ||
			is_kind(c, "preproc_call"));
		run = !above ? NULL : run ? run : c;
	}
	for (; run && run != n; run = run->next)
		run->gone = true;
	if (comments && is_kind(n->next, "comment") && !lines_between(n, n->next))
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

static bool
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

static void
simplify_children(Rewrite *r, Syntax *n)
{
	for (Syntax *c = n->child; c; c = c->next)
		if (!c->gone && !c->token)
			simplify(r, c);
}

/* ---- blocks */

static bool
declares(const Syntax *n, const char *name)
{
	for (const Syntax *c = n->child; c; c = c->next)
		if (!c->gone && c->field && strcmp(c->field, "declarator") == 0 &&
				is_name(is_kind(c, "identifier") ? c : declared(c), name))
			return true;
	return false;
}

/* Whether a name that n's body declares is declared elsewhere in the block around n. */
static bool
clashes(const Rewrite *r, const Syntax *n, const Syntax *body)
{
	const Syntax *block = n->parent;

	while (is_kind(block, "bare"))
		block = block->parent;
	for (const Syntax *d = body->child; d; d = d->next) {
		if (d->gone || is_kind(d, "bare")) {
			if (!d->gone && clashes(r, n, d))
				return true;
			continue;
		}
		for (const Syntax *c = is_kind(d, "declaration") ? d->child : NULL; c; c = c->next) {
			if (!c->field || strcmp(c->field, "declarator"))
				continue;
			const Syntax *name = is_kind(c, "identifier") ? c : declared(c);
			for (const Syntax *o = block; o; o = o == n ? walk_past(block, o) : walk(block, o))
				if (is_kind(o, "declaration") && declares(o, text_of(r->arena, name)))
					return true;
		}
	}
	return false;
}

/* The statement n is nothing but its body: without braces where that is possible. */
static void
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
			c->gone = c->gone || (c->token && (*c->kind == '{' || *c->kind == '}'));
	}
}

static bool
ends_in_return(const Syntax *n)
{
	const Syntax *last = NULL;

	if (!is_kind(n, "bare"))
		return is_kind(n, "return_statement");
	for (const Syntax *c = n->child; c; c = c->next)
		last = c->gone || is_kind(c, "comment") ? last : c;
	return last && ends_in_return(last);
}

/* At the end of the function it says nothing. */
static void
drop_return(Rewrite *r, Syntax *n)
{
	for (Syntax *c = n->child; c; c = c->next)
		if (!c->gone && is_kind(c, "return_statement"))
			vanish(r, c);
		else if (!c->gone && is_kind(c, "bare"))
			drop_return(r, c);
}

static void
simplify_block(Rewrite *r, Syntax *n)
{
	bool over = false;

	for (Syntax *c = n->child; c && !r->failed; c = c->next) {
		if (c->gone || c->token)
			continue;
		if (over) {
			c->gone = r->changed = true;
			continue;
		}
		simplify(r, c);
		over = !c->gone && ends_in_return(c);
	}
	if (over && n == field_of(r->function, "body"))
		drop_return(r, n);
	if (!r->failed && is_empty(n) && in_block(n))
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
		Syntax *taken = is_true(v) ? then : other ? inner(other) : NULL;
		unwrap(r, n, taken);
		if (!n->gone)
			simplify(r, n);
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

static void
simplify_while(Rewrite *r, Syntax *n)
{
	Value v;

	simplify(r, field_of(n, "condition"));
	if (known(r, field_of(n, "condition"), &v) == KNOWN && !is_true(v))
		vanish(r, n);
	else
		simplify(r, field_of(n, "body"));
}

/* Whether a break or continue in it is meant for the loop around it. */
static bool
jumps(const Syntax *n, bool in_switch)
{
	if (is_kind(n, "continue_statement") || (is_kind(n, "break_statement") && !in_switch))
		return true;
	if (strcmp(n->kind, "for_statement") == 0 || strcmp(n->kind, "while_statement") == 0 ||
			strcmp(n->kind, "do_statement") == 0)
		return false;
	for (const Syntax *c = n->child; c; c = c->next)
		if (!c->gone && jumps(c, in_switch || is_kind(n, "switch_statement")))
			return true;
	return false;
}

static void
simplify_do(Rewrite *r, Syntax *n)
{
	Value v;

	simplify(r, field_of(n, "body"));
	simplify(r, field_of(n, "condition"));
	if (known(r, field_of(n, "condition"), &v) == KNOWN && !is_true(v) &&
			!jumps(field_of(n, "body"), false))
		unwrap(r, n, field_of(n, "body"));
}

/* ---- for */

typedef struct {
	const Rewrite *rewrite;
	const Syntax *loop;
	const char *name; /* if not NULL, this one has this value */
	Value value;
} Entry;

/* The value a local has when control comes to a loop in its own block: what it was declared
 * with, if nothing between writes it. */
static bool
value_before(const Rewrite *r, const Syntax *loop, const char *name, Value *out)
{
	bool found = false;

	if (!in_block(loop))
		return false;
	for (const Syntax *c = loop->parent->child; c != loop; c = c->next) {
		if (c->gone)
			continue;
		if (is_kind(c, "declaration"))
			for (const Syntax *d = c->child; d; d = d->next)
				if (is_kind(d, "init_declarator") && is_name(field_of(d, "declarator"), name))
					found = known(r, field_of(d, "value"), out) == KNOWN && !is_real(*out);
		found = found && !writes(c, name);
	}
	return found;
}

static bool
value_at_entry(void *ctx, const char *name, Value *out)
{
	const Entry *e = ctx;
	const Syntax *init = field_of(e->loop, "initializer"), *assigned = NULL;

	if (e->name && strcmp(e->name, name) == 0) {
		*out = e->value;
		return true;
	}
	for (const Syntax *c = init ? init->child : NULL; c; c = c->next)
		if (is_kind(c, "init_declarator") && is_name(field_of(c, "declarator"), name))
			assigned = field_of(c, "value");
	if (is_kind(init, "assignment_expression") && is_name(field_of(init, "left"), name) &&
			text_is(field_of(init, "operator"), "="))
		assigned = field_of(init, "right");
	if (assigned)
		return known(e->rewrite, assigned, out) == KNOWN && !is_real(*out);
	return !(init && writes(init, name)) && value_before(e->rewrite, e->loop, name, out);
}

/* The condition of the loop, when it begins or with the named variable set. */
static bool
decided(Entry *e, bool *truth)
{
	const Scope scope = { .lookup = value_at_entry, .ctx = e,
		.source = e->rewrite->template->source, .function = e->rewrite->function };
	Value v;

	if (eval(&scope, field_of(e->loop, "condition"), &v) != KNOWN)
		return false;
	*truth = is_true(v);
	return true;
}

/* The variable that the loop declares, with its first value. */
static const Syntax *
loop_variable(const Rewrite *r, const Syntax *loop, Value *first)
{
	const Syntax *init = field_of(loop, "initializer"), *d = field_of(init, "declarator");

	if (!is_kind(init, "declaration") || !is_kind(d, "init_declarator") ||
			!is_kind(field_of(d, "declarator"), "identifier") ||
			known(r, field_of(d, "value"), first) != KNOWN ||
			convert(text_of(r->arena, field_of(init, "type")), first) != KNOWN ||
			is_real(*first))
		return NULL;
	for (const Syntax *c = d->next; c; c = c->next)
		if (c->field && strcmp(c->field, "declarator") == 0)
			return NULL;
	return field_of(d, "declarator");
}

/* The parts of a for's update, between commas. */
enum { MAX_UPDATES = 8 };

static int
list_updates(Syntax *n, Syntax **part, int count)
{
	if (is_kind(n, "comma_expression")) {
		count = list_updates(field_of(n, "left"), part, count);
		return list_updates(field_of(n, "right"), part, count);
	}
	if (n && count < MAX_UPDATES)
		part[count] = n;
	return n ? count + 1 : count;
}

/* v after i++, i -= 4 and the like. */
static bool
step(const Rewrite *r, const Syntax *part, Value *v)
{
	const Syntax *op = field_of(part, "operator");
	Value by = int_value(1);

	if (is_kind(part, "assignment_expression") &&
			known(r, field_of(part, "right"), &by) != KNOWN)
		return false;
	if (is_real(by) || by.i < INT32_MIN || by.i > INT32_MAX)
		return false;
	if (text_is(op, "++") || text_is(op, "+="))
		v->i += by.i;
	else if (text_is(op, "--") || text_is(op, "-="))
		v->i -= by.i;
	else
		return false;
	return true;
}

/* Whether nothing reads a variable once the loop is done: neither below it nor, if the loop
 * lies in another loop that does not declare the variable anew, in that one's next turn. */
static bool
dead_after(const Rewrite *r, const Syntax *loop, const char *name)
{
	const Syntax *body = field_of(r->function, "body"), *scope = loop;

	do {
		scope = scope->parent;
		for (const Syntax *c = scope->child; c; c = c->next)
			if (is_kind(c, "declaration") && !c->gone && declares(c, name))
				goto found;
		if (strcmp(scope->kind, "for_statement") == 0 ||
				strcmp(scope->kind, "while_statement") == 0 ||
				strcmp(scope->kind, "do_statement") == 0)
			return false;
	} while (scope != body);
found:
	for (const Syntax *n = walk_past(scope, loop); n; n = walk(scope, n))
		if (is_name(n, name))
			return false;
	return true;
}

static const char *
updated_name(const Rewrite *r, const Syntax *part)
{
	const Syntax *target = field_of(part, is_kind(part, "update_expression") ? "argument"
										 : "left");

	return is_kind(target, "identifier") ? text_of(r->arena, target) : NULL;
}

/* What is still to do after the one turn: parts[] that anybody could notice. */
static int
lasting_updates(const Rewrite *r, const Syntax *loop, const char *variable, Syntax **part,
	int count)
{
	int left = 0;

	for (int i = 0; i < count; i++) {
		const char *name = updated_name(r, part[i]);
		if (name && variable && strcmp(name, variable) == 0)
			continue;
		if (!name || !dead_after(r, loop, name) || !is_pure(r, field_of(part[i], "right")))
			part[left++] = part[i];
	}
	return left;
}

/* part; as the last statement of a block. */
static void
append_statement(Rewrite *r, Syntax *block, const Syntax *part)
{
	Syntax *statement = alloc(r->arena, sizeof *statement), *end = alloc(r->arena, sizeof *end);
	Syntax *at = block->child;

	while (at->next && at->next->next)
		at = at->next;
	*end = (Syntax){ .kind = ";", .token = true, .from = ";", .parent = statement };
	end->to = end->from + 1;
	*statement = (Syntax){ .kind = "expression_statement", .parent = block, .next = at->next,
		.from = part->from, .to = part->to, .child = copy_tree(r->arena, part) };
	statement->child->parent = statement;
	statement->child->field = NULL;
	statement->child->next = end;
	at->next = statement;
}

static void
substitute(Rewrite *r, const Syntax *root, const Syntax *from, const char *name, Value v)
{
	for (Syntax *n = walk_past(root, from); n; n = walk(root, n)) {
		if (!is_name(n, name))
			continue;
		if (n->field && strcmp(n->field, "declarator") == 0)
			die("template %s: %s is shadowed", r->template->function, name);
		make_literal(r, n, v);
	}
}

/* A loop of exactly one turn is its body. */
static bool
unwrap_single(Rewrite *r, Syntax *n)
{
	Syntax *part[MAX_UPDATES], *body = field_of(n, "body");
	Entry e = { .rewrite = r, .loop = n };
	bool again;
	const Syntax *variable = loop_variable(r, n, &e.value);
	int parts = list_updates(field_of(n, "update"), part, 0), stepped = 0;

	if (!variable || parts > MAX_UPDATES || jumps(body, false))
		return false;
	const Value first = e.value;
	e.name = text_of(r->arena, variable);
	for (int i = 0; i < parts; i++) {
		const char *target = updated_name(r, part[i]);
		if (!target || strcmp(target, e.name) != 0)
			continue;
		if (stepped++ || !step(r, part[i], &e.value))
			return false;
	}
	if (!stepped || writes(body, e.name) || !decided(&e, &again) || again)
		return false;
	parts = lasting_updates(r, n, e.name, part, parts);
	if (parts && !is_kind(body, "compound_statement"))
		return false;
	for (int i = 0; i < parts; i++)
		append_statement(r, body, part[i]);
	substitute(r, n, field_of(n, "initializer"), e.name, first);
	unwrap(r, n, body);
	return true;
}

/* Before a loop of no turn its initializer still acts. */
static void
keep_initializer(Rewrite *r, Syntax *n)
{
	Syntax *init = field_of(n, "initializer");

	if (!init || is_kind(init, "declaration")) {
		vanish(r, n);
		return;
	}
	n->kind = "expression_statement";
	n->child = init;
	n->from = init->start;
	n->to = init->next->end; /* the semicolon */
	init->field = NULL;
	init->next->next = NULL;
	r->changed = true;
}

static void
simplify_for(Rewrite *r, Syntax *n)
{
	Syntax *part[MAX_UPDATES];
	Entry entry = { .rewrite = r, .loop = n };
	Value first;
	bool begins;

	for (Syntax *c = n->child; c; c = c->next)
		if (!c->gone && !c->token && c != field_of(n, "body"))
			simplify(r, c);
	if (decided(&entry, &begins)) {
		if (!begins) {
			keep_initializer(r, n);
			return;
		}
		if (unwrap_single(r, n)) {
			if (!n->gone)
				simplify(r, n);
			return;
		}
	}
	simplify(r, field_of(n, "body"));
	const Syntax *variable = loop_variable(r, n, &first);
	int parts = list_updates(field_of(n, "update"), part, 0);
	if (is_empty(field_of(n, "body")) && variable && parts <= MAX_UPDATES &&
			is_pure(r, field_of(n, "condition")) &&
			!lasting_updates(r, n, text_of(r->arena, variable), part, parts))
		vanish(r, n);
}

/* ---- declarations and expressions */

/* Whether the name of an initialized declarator stands for one number. */
static bool
is_constant(Rewrite *r, const Syntax *declaration, const Syntax *d, Value *v)
{
	const Syntax *value = field_of(d, "value"), *name = field_of(d, "declarator");
	bool is_const = false;

	if (!is_kind(name, "identifier"))
		return false;
	for (const Syntax *c = declaration->child; c; c = c->next)
		is_const = is_const || (is_kind(c, "type_qualifier") && text_is(c, "const"));
	if (is_const ? !has_bound(value)
		     : writes(declaration->parent, text_of(r->arena, name)))
		return false;
	if (known(r, value, v) != KNOWN || (is_real(*v) && !value->bound))
		return false;
	Known fits = convert(text_of(r->arena, field_of(declaration, "type")), v);
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
		bool before = c->start < d->start;
		if (is_kind(c, ",") && !c->gone && (before || !comma))
			comma = c;
		left += !c->gone && c->field && strcmp(c->field, "declarator") == 0;
	}
	if (left == 1) {
		vanish(r, d->parent);
		return;
	}
	d->gone = r->changed = true;
	comma->gone = true;
}

static void
simplify_declaration(Rewrite *r, Syntax *n)
{
	Value v;

	simplify_children(r, n);
	if (!in_block(n))
		return;
	for (Syntax *d = n->child; d; d = d->next)
		if (!d->gone && is_kind(d, "init_declarator") && is_constant(r, n, d, &v)) {
			substitute(r, n->parent, d, text_of(r->arena, field_of(d, "declarator")), v);
			drop_declarator(r, d);
		}
}

static void
simplify_assert(Rewrite *r, Syntax *n)
{
	const Syntax *condition = assertion(n);
	Value v = int_value(0);
	const char *text = text_of(r->arena, condition);

	switch (known(r, condition, &v)) {
	case UNKNOWN: die("template %s: undecided: assert(%s)", r->template->function, text);
	case KNOWN:
		if (is_true(v)) {
			vanish(r, n);
			break;
		}
		/* fall through */
	case OVERFLOWS: r->failed = text;
	}
}

/* memcpy(y, x, 0) */
static bool
moves_nothing(const Rewrite *r, const Syntax *call)
{
	const Syntax *name = field_of(call, "function"), *last = NULL;

	if (!is_name(name, "memcpy") && !is_name(name, "memset") && !is_name(name, "memmove"))
		return false;
	for (const Syntax *c = field_of(call, "arguments")->child; c; c = c->next)
		last = c->token ? last : c;
	return last && last->bound && last->value.i == 0 && is_pure(r, field_of(call, "arguments"));
}

static void
simplify_statement(Rewrite *r, Syntax *n)
{
	Syntax *e = inner(n);

	if (!e)
		return;
	if (assertion(n)) {
		simplify_assert(r, n);
		return;
	}
	simplify(r, e);
	e = inner(n);
	if (e && (e->bound || moves_nothing(r, e) || (is_kind(e, "cast_expression") && is_pure(r, e) &&
			text_is(field_of(e, "type"), "void"))))
		vanish(r, n);
}

static const struct {
	const char *kind;
	void (*simplify)(Rewrite *, Syntax *);
} rules[] = {
	{ "compound_statement", simplify_block },
	{ "bare", simplify_block },
	{ "if_statement", simplify_if },
	{ "for_statement", simplify_for },
	{ "while_statement", simplify_while },
	{ "do_statement", simplify_do },
	{ "declaration", simplify_declaration },
	{ "expression_statement", simplify_statement },
};

void
simplify(Rewrite *r, Syntax *n)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules && !r->failed; i++)
		if (is_kind(n, rules[i].kind)) {
			rules[i].simplify(r, n);
			return;
		}
	if (!r->failed && !n->token)
		simplify_expression(r, n);
}
