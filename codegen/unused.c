/* unused.c: of a function that is being bound: locals and parameters that nobody reads, and
 * counters that only one loop reads. */
#include <string.h>

#include "codegen.h"

static Syntax *
find_mention(const Syntax *root, const char *name)
{
	for (const Syntax *n = root; n; n = walk(root, n))
		if (is_name(n, name) && !is_declarator(n))
			return (Syntax *)(uintptr_t)n;
	return NULL;
}

bool
is_mentioned(const Syntax *root, const char *name)
{
	return find_mention(root, name) != NULL;
}

/* Whether an assignment stores into the variable itself, an element of it if it is an array. */
static bool
stores(const Syntax *n, const char *name, bool is_array)
{
	const Syntax *target = field_of(n, is_kind(n, "update_expression") ? "argument" : "left");

	while (is_array && is_kind(target, "subscript_expression"))
		target = field_of(target, "argument");
	return is_name(target, name);
}

/* The assignment that a mention only serves, if its going would not be noticed; NULL: a read. */
static Syntax *
idle_assignment(const Rewrite *r, Syntax *mention, const char *name, bool is_array)
{
	for (Syntax *n = mention->parent; n && n != r->function; n = n->parent) {
		bool assigns = is_kind(n, "assignment_expression");
		if (!assigns && !is_kind(n, "update_expression"))
			continue;
		if (stores(n, name, is_array))
			return is_discarded(n) && is_pure(r, field_of(n, "right")) &&
				is_pure(r, field_of(n, "left")) ? n : NULL;
	}
	return NULL;
}

/* Whether nothing in scope reads the variable; then the assignments to it go. */
static bool
drop_assignments(Rewrite *r, Syntax *scope, const char *name, bool is_array)
{
	Syntax *n;

	for (n = scope; n; n = walk(scope, n))
		if (is_name(n, name) && !is_declarator(n) && !idle_assignment(r, n, name, is_array))
			return false;
	while ((n = find_mention(scope, name)))
		drop_effect(r, idle_assignment(r, n, name, is_array));
	return true;
}

/* int a = f(&b); whose a nobody reads is f(&b); */
static void
keep_value(Rewrite *r, Syntax *declaration, Syntax *value)
{
	Syntax *end = declaration->child;

	while (end->next)
		end = end->next;
	value->next = end;
	value->field = NULL;
	value->parent = declaration;
	declaration->kind = "expression_statement";
	declaration->child = value;
	declaration->from = value->start;
	r->changed = true;
}

static void
drop_from_declaration(Rewrite *r, Syntax *n)
{
	for (Syntax *d = in_block(n) ? n->child : NULL; d && !n->gone; d = d->next) {
		if (d->gone || !is_declarator(d))
			continue;
		const Syntax *name = is_kind(d, "identifier") ? d : declared(d);
		const Syntax *inside = is_kind(d, "init_declarator") ? field_of(d, "declarator") : d;
		bool pure = is_pure(r, field_of(d, "value"));
		bool alone = d == field_of(n, "declarator") && is_kind(d->next, ";");
		if (!is_kind(name, "identifier") || !(pure || alone) ||
				!drop_assignments(r, n->parent, text_of(r->arena, name),
					is_kind(inside, "array_declarator")))
			continue;
		if (pure) {
			drop_declarator(r, d);
		} else {
			keep_value(r, n, field_of(d, "value"));
			return;
		}
	}
}

/* The only statement from n on that mentions the name; NULL: none or several. */
static Syntax *
sole_user(Syntax *n, const char *name)
{
	Syntax *user = NULL;

	for (; n; n = n->next)
		if (!n->gone && is_mentioned(n, name)) {
			if (user)
				return NULL;
			user = n;
		}
	return is_kind(user, "bare") ? sole_user(user->child, name) : user;
}

/* int i = 0; for (; i < n; i++), where nothing else mentions i, is for (int i = 0; ...). */
static void
sink_counter(Rewrite *r, Syntax *n)
{
	const Syntax *d = field_of(n, "declarator");
	Syntax *semicolon = NULL;

	if (n->gone || !in_block(n) || !is_kind(d, "init_declarator") ||
			!is_kind(field_of(d, "declarator"), "identifier") ||
			!is_kind(field_of(d, "value"), "number_literal"))
		return;
	for (const Syntax *c = d->next; c; c = c->next)
		if (!c->gone && !is_kind(c, ";"))
			return;
	const char *name = text_of(r->arena, field_of(d, "declarator"));
	Syntax *loop = sole_user(n->next, name);
	if (is_kind(loop, "for_statement") && !field_of(loop, "initializer"))
		for (semicolon = loop->child; !is_kind(semicolon, ";"); semicolon = semicolon->next)
			;
	if (!semicolon)
		return;
	become(r, semicolon, copy_tree(r->arena, n));
	semicolon->token = false;
	semicolon->field = "initializer";
	vanish(r, n);
}

void
drop_unused(Rewrite *r)
{
	Syntax *body = field_of(r->function, "body");
	const Template *k = r->template;

	for (Syntax *n = body; n; n = walk(body, n))
		if (is_kind(n, "declaration")) {
			drop_from_declaration(r, n);
			sink_counter(r, n);
		}
	for (int i = 0; i < k->param_count; i++)
		drop_assignments(r, body, k->param[i].name, false);
}
