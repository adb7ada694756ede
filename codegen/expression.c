/* expression.c: expressions of a function that is being bound: constants computed, what is
 * decided and what does nothing taken out. */
#include <string.h>

#include "codegen.h"

Known
known(Rewrite *r, const Syntax *n, Value *out)
{
	const Scope scope = {
		.lookup = bound_value, .ctx = r, .source = r->template->source
	};

	return eval(&scope, n, out);
}

bool
stands_alone(const Syntax *n)
{
	return is_kind(n->parent,
		       "argument_list init_declarator return_statement "
		       "initializer_list expression_statement for_statement "
		       "parenthesized_expression array_declarator") ||
		has_role(n, "subscript_expression assignment_expression", "index right");
}

/* Whether binding may make n a number; what its author's own constants do stays as written. */
static bool
has_bound(Rewrite *r, const Syntax *root)
{
	Value v;

	for (const Syntax *n = root; n; n = walk(root, n)) {
		const Syntax *local = n->name ? local_of(n) : NULL;
		if (is_bound(r, n, &v) ||
			(local && known(r, n, &v) != UNKNOWN &&
				(!has_qualifier(local->parent, "const") ||
					has_bound(r, field_of(local, "value")))))
			return true;
	}
	return false;
}

/* Float arithmetic is left to the output's compiler, but -2.0f is a number; so is what a wider
 * type takes part in, but where a number becomes of that type by itself. */
static bool
compute(Rewrite *r, const Syntax *n)
{
	bool group = is_kind(n, "parenthesized_expression");
	Value v;

	if (is_bound(r, n, &v) || is_declarator(n) || is_target(n) || !has_bound(r, n) ||
		(group && strstr(n->parent->kind, "_statement")))
		return false;
	Known k = known(r, n, &v);
	if (k == OVERFLOWS)
		fail_at(r->diag, nowhere,
			"too large for the kernel %s: int overflows in %s",
			r->template->function, text_of(r->arena, group ? inner(n) : n));
	return k == KNOWN && (v.type != VALUE_WIDE || stands_alone(n)) &&
		replace(r, n->from, n->to, literal(r, v));
}

/* Helpers that get nothing to write through have no effect; nor have intrinsics, whose stores
 * give no value. */
static bool
has_effect(Rewrite *r, const Syntax *call)
{
	const char *name = field_of(call, "function")->name;
	const Item *item = name ? find_item(r->template->source, name) : NULL;

	if (!item)
		return !name || strncmp(name, "mem", strlen("mem")) == 0;
	for (const Syntax *p = item->node; p; p = walk(item->node, p))
		if (is_kind(p, "parameter_declaration") && !has_qualifier(p, "const") &&
			is_kind(field_of(p, "declarator"), "pointer_declarator"))
			return true;
	return !is_kind(item->node, "function_definition");
}

bool
is_pure(Rewrite *r, const Syntax *root)
{
	for (const Syntax *n = root; n; n = walk(root, n))
		if (is_kind(n,
			    "assignment_expression update_expression "
			    "gnu_asm_expression") ||
			(is_kind(n, "call_expression") && has_effect(r, n)))
			return false;
	return true;
}

/* Of n only a part stays, without parentheses that nothing needs any more. */
static bool
keep(Rewrite *r, const Syntax *n, const Syntax *part)
{
	if (is_kind(part, "parenthesized_expression") && stands_alone(n) &&
		!is_kind(inner(part), "comma_expression"))
		part = inner(part);
	replace(r, n->from, part->from, "");
	return replace(r, part->to, n->to, "");
}

/* Whether leaving it out of a sum may change the sum's type: names of what promotes to int, or
 * points to it, cannot. */
static bool
may_be_wide(Rewrite *r, const Syntax *root)
{
	for (const Syntax *n = root; n; n = walk(root, n)) {
		const Syntax *d = n->name ? local_of(n) : NULL;
		Value v = int_value(0);
		while (d && !field_of(d, "type"))
			d = d->parent;
		bool narrow = is_bound(r, n, &v) ||
			(d && convert(field_of(d, "type"), &v) == KNOWN);
		if (is_kind(n, "call_expression cast_expression sizeof_expression") ||
			(n->name && !(narrow && v.type == VALUE_INT)))
			return true;
	}
	return false;
}

/* What becomes of an operation with a number: of x + 0, x; of x * 0, 0. */
static const struct {
	const char *ops, *side, *other;
	int number;
	bool zero;
} identities[] = {
	{ "+ - << >>", "right", "left", 0, false },
	{ "+", "left", "right", 0, false },
	{ "* /", "right", "left", 1, false },
	{ "*", "left", "right", 1, false },
	{ "%", "right", "left", 1, true },
	{ "*", "right", "left", 0, true },
	{ "*", "left", "right", 0, true },
};

static bool
apply_identity(Rewrite *r, const Syntax *n)
{
	for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
		const Syntax *other = field_of(n, identities[i].other);
		Value v;
		if (is_kind(field_of(n, "operator"), identities[i].ops) &&
			is_bound(r, field_of(n, identities[i].side), &v) &&
			v.type == VALUE_INT && v.i == identities[i].number)
			return !identities[i].zero ?
				keep(r, n, other) :
				is_pure(r, other) && !may_be_wide(r, other) &&
					replace(r, n->from, n->to,
						literal(r, int_value(0)));
	}
	return false;
}

/* Whether n is 0 or 1, or in this place only asked whether it is 0. */
static bool
is_truth(const Syntax *n, const Syntax *place)
{
	while (is_kind(n, "parenthesized_expression"))
		n = inner(n);
	while (is_kind(place->parent, "parenthesized_expression"))
		place = place->parent;
	return is_kind(field_of(n, "operator"), "< > <= >= == != && || !") ||
		is_kind(field_of(place->parent, "operator"), "&& || !") ||
		(place->field && strcmp(place->field, "condition") == 0);
}

static bool
simplify_logic(Rewrite *r, const Syntax *n)
{
	const Syntax *side[] = { field_of(n, "left"), field_of(n, "right") };
	bool is_or = is_kind(field_of(n, "operator"), "||");
	Value v;

	for (int i = 0; i < 2 && (is_or || is_kind(field_of(n, "operator"), "&&")); i++) {
		if (known(r, side[i], &v) != KNOWN || v.type != VALUE_INT)
			continue;
		if (!v.i == is_or && is_truth(side[!i], n))
			return keep(r, n, side[!i]);
		if (!v.i != is_or && (i == 0 || is_pure(r, side[0])))
			return replace(r, n->from, n->to, literal(r, int_value(is_or)));
	}
	return false;
}

bool
simplify_expression(Rewrite *r, const Syntax *n)
{
	Value v;

	if (is_kind(n,
		    "identifier unary_expression cast_expression binary_expression "
		    "conditional_expression parenthesized_expression") &&
		compute(r, n))
		return true;
	if (is_kind(n, "binary_expression"))
		return simplify_logic(r, n) || apply_identity(r, n);
	if (is_kind(n, "conditional_expression") &&
		known(r, field_of(n, "condition"), &v) == KNOWN && v.type == VALUE_INT)
		return keep(r, n, field_of(n, v.i ? "consequence" : "alternative"));
	/* Parentheses around what needs none go, but not an if's. */
	if (is_kind(n, "parenthesized_expression") &&
		!strstr(n->parent->kind, "_statement") &&
		is_kind(inner(n),
			"identifier number_literal call_expression "
			"subscript_expression field_expression parenthesized_expression"))
		return keep(r, n, inner(n));
	return is_kind(n, "sizeof_expression");
}
