/* loop.c: loops of a function that is being bound: those of no turn, and of one. */
#include <string.h>

#include "codegen.h"

typedef struct {
	const Rewrite *rewrite;
	const Syntax *loop;
	const char *name; /* if not NULL, this variable has this value */
	Value value;
} Entry;

/* The value a local has when control comes to n in its own block: what it was declared with, if
 * nothing between writes it. */
static bool
value_before(const Rewrite *r, const Syntax *n, const char *name, Value *out)
{
	bool found = false;

	for (const Syntax *c = in_block(n) ? n->parent->child : n; c != n; c = c->next) {
		for (const Syntax *d = !c->gone && is_kind(c, "declaration") ? c->child : NULL; d; d = d->next)
			if (is_kind(d, "init_declarator") && is_name(field_of(d, "declarator"), name))
				found = known(r, field_of(d, "value"), out) == KNOWN && !is_real(*out);
		found = found && (c->gone || !writes(c, name));
	}
	return found;
}

static bool
value_at_entry(void *ctx, const char *name, Value *out)
{
	const Entry *e = ctx;
	const Syntax *init = field_of(e->loop, "initializer");

	if (e->name && strcmp(e->name, name) == 0) {
		*out = e->value;
		return true;
	}
	return !(init && writes(init, name)) && value_before(e->rewrite, e->loop, name, out);
}

/* The loop's condition, with the variables as they are at entry. */
static Known
begins(Entry *e, bool *truth)
{
	const Scope scope = { .lookup = value_at_entry, .ctx = e,
		.source = e->rewrite->template->source, .function = e->rewrite->function };
	Value v = int_value(0);
	Known k = eval(&scope, field_of(e->loop, "condition"), &v);

	*truth = is_true(v);
	return k;
}

/* The variable that the loop declares, with its first value; NULL: not just one number. */
static const char *
loop_variable(const Rewrite *r, const Syntax *loop, Value *first)
{
	const Syntax *init = field_of(loop, "initializer"), *d = field_of(init, "declarator");

	if (!is_kind(init, "declaration") || !is_kind(d, "init_declarator") || is_kind(d->next, ",") ||
			!is_kind(field_of(d, "declarator"), "identifier") ||
			known(r, field_of(d, "value"), first) != KNOWN ||
			convert(field_of(init, "type"), first) != KNOWN || is_real(*first))
		return NULL;
	return text_of(r->arena, field_of(d, "declarator"));
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

/* The variable that an update changes; NULL: not just one. */
static const char *
updated_name(const Rewrite *r, const Syntax *part)
{
	const Syntax *name = field_of(part, is_kind(part, "update_expression") ? "argument" : "left");

	return is_kind(name, "identifier") ? text_of(r->arena, name) : "";
}

/* v after i++, i -= 4 and the like. */
static bool
step(const Rewrite *r, const Syntax *part, Value *v)
{
	const char *op = text_of(r->arena, field_of(part, "operator"));
	Value by = int_value(1);

	if (!has_word("++ -- += -=", op) || (field_of(part, "right") &&
			known(r, field_of(part, "right"), &by) != KNOWN) || is_real(by))
		return false;
	return !(*op == '+' ? __builtin_add_overflow(v->i, by.i, &v->i)
			    : __builtin_sub_overflow(v->i, by.i, &v->i));
}

/* Whether nothing reads a variable once the loop is done: neither below it nor, if the loop
 * lies in another loop that does not declare the variable anew, in that one's next turn. */
static bool
is_dead_after(const Rewrite *r, const Syntax *loop, const char *name)
{
	const Syntax *scope = loop;
	bool declared_here = false;

	while (scope->parent != r->function && !declared_here) {
		scope = scope->parent;
		for (const Syntax *c = scope->child; c; c = c->next)
			for (const Syntax *d = is_kind(c, "declaration") ? c->child : NULL; d; d = d->next)
				declared_here |= is_declarator(d) && is_name(declared(d) ? declared(d) : d, name);
		if (!declared_here &&
				has_word("for_statement while_statement do_statement", scope->kind))
			return false;
	}
	for (const Syntax *n = walk_past(scope, loop); n; n = walk(scope, n))
		if (is_name(n, name))
			return false;
	return true;
}

/* Of the updates those that somebody could notice after the loop: moved to the front. */
static int
lasting_updates(const Rewrite *r, const Syntax *loop, const char *variable, Syntax **part,
	int count)
{
	int left = 0;

	for (int i = 0; i < count; i++) {
		const char *name = updated_name(r, part[i]);
		bool idle = *name && is_pure(r, field_of(part[i], "right")) &&
			is_dead_after(r, loop, name);
		if (strcmp(name, variable) != 0 && !idle)
			part[left++] = part[i];
	}
	return left;
}

/* part; as the last statement of a block. */
static void
append_statement(Rewrite *r, Syntax *block, const Syntax *part)
{
	Syntax *n = alloc(r->arena, sizeof *n), *end = alloc(r->arena, sizeof *end);
	Syntax *at = block->child;

	while (at->next && at->next->next)
		at = at->next;
	*end = (Syntax){ .kind = ";", .token = true, .from = ";", .parent = n };
	end->to = end->from + 1;
	*n = (Syntax){ .kind = "expression_statement", .parent = block, .next = at->next,
		.from = part->from, .to = part->to, .child = copy_tree(r->arena, part) };
	n->child->parent = n;
	n->child->field = NULL;
	n->child->next = end;
	at->next = n;
}

/* A loop of exactly one turn is its body. */
static bool
unwrap_single(Rewrite *r, Syntax *n)
{
	Syntax *part[MAX_UPDATES], *body = field_of(n, "body");
	Entry e = { .rewrite = r, .loop = n };
	const char *variable = loop_variable(r, n, &e.value);
	const Value first = e.value;
	int parts = list_updates(field_of(n, "update"), part, 0), steps = 0;
	bool again;

	if (!variable || parts > MAX_UPDATES || jumps(body) || writes(body, variable))
		return false;
	for (int i = 0; i < parts; i++)
		if (strcmp(updated_name(r, part[i]), variable) == 0 &&
				(steps++ || !step(r, part[i], &e.value)))
			return false;
	e.name = variable;
	if (!steps || begins(&e, &again) != KNOWN || again)
		return false;
	parts = lasting_updates(r, n, variable, part, parts);
	if (parts && !is_kind(body, "compound_statement"))
		return false;
	for (int i = 0; i < parts; i++)
		append_statement(r, body, part[i]);
	field_of(n, "update")->gone = field_of(n, "condition")->gone = true;
	substitute(r, n, field_of(n, "initializer"), variable, first);
	unwrap(r, n, body);
	return true;
}

void
simplify_for(Rewrite *r, Syntax *n)
{
	Syntax *part[MAX_UPDATES], *init = field_of(n, "initializer"), *body = field_of(n, "body");
	Entry entry = { .rewrite = r, .loop = n };
	bool any;

	for (Syntax *c = n->child; c; c = c->next)
		if (c != body)
			simplify(r, c);
	entry.name = loop_variable(r, n, &entry.value);
	Known known_entry = begins(&entry, &any);
	if (known_entry == KNOWN && !any && (!init || is_kind(init, "declaration"))) {
		vanish(r, n);
		return;
	}
	if (known_entry == KNOWN && any && unwrap_single(r, n))
		return;
	simplify(r, body);
	int parts = list_updates(field_of(n, "update"), part, 0);
	if (is_empty(body) && entry.name && parts <= MAX_UPDATES &&
			is_pure(r, field_of(n, "condition")) &&
			!lasting_updates(r, n, entry.name, part, parts))
		vanish(r, n);
}
