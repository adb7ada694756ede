/* expression.c: expressions of a function that is being bound: constants computed, what is
 * decided and what does nothing taken out. */
#include <string.h>

#include "codegen.h"

Known
known(const Rewrite *r, const Syntax *n, Value *out)
{
	const Scope scope = { .source = r->template->source, .function = r->function };

	return eval(&scope, n, out);
}

bool
has_bound(const Syntax *root)
{
	for (const Syntax *n = root; n; n = walk(root, n))
		if (n->bound)
			return true;
	return false;
}

/* Helpers that get nothing to write through have no effect; nor have intrinsics, whose stores
 * give no value. */
static bool
has_effect(const Rewrite *r, const Syntax *call)
{
	const char *name = text_of(r->arena, field_of(call, "function"));
	const Item *item = find_item(r->template->source, name);

	if (!item)
		return strncmp(name, "mem", strlen("mem")) == 0;
	for (const Syntax *p = item->node; p; p = walk(item->node, p))
		if (is_kind(p, "parameter_declaration") && !has_qualifier(p, "const") &&
				is_kind(field_of(p, "declarator"), "pointer_declarator"))
			return true;
	return !is_kind(item->node, "function_definition");
}

bool
is_pure(const Rewrite *r, const Syntax *root)
{
	for (const Syntax *n = root; n; n = walk(root, n))
		if (has_word("assignment_expression update_expression gnu_asm_expression", n->kind) ||
				(is_kind(n, "call_expression") && has_effect(r, n)))
			return false;
	return true;
}

bool
is_target(const Syntax *n)
{
	while (is_kind(n->parent, "parenthesized_expression"))
		n = n->parent;
	const Syntax *p = n->parent;
	return (is_kind(p, "assignment_expression") && strcmp(n->field, "left") == 0) ||
		is_kind(p, "update_expression") ||
		(is_kind(p, "pointer_expression") && *p->from == '&');
}

bool
writes(const Syntax *root, const char *name)
{
	for (const Syntax *n = root; n; n = walk(root, n))
		if (is_name(n, name) && is_target(n))
			return true;
	return false;
}

void
make_literal(Rewrite *r, Syntax *n, Value v)
{
	n->kind = "number_literal";
	n->child = NULL;
	n->bound = true;
	n->value = v;
	r->changed = true;
}

bool
stands_alone(const Syntax *n)
{
	return has_word("argument_list init_declarator return_statement expression_statement "
		"for_statement initializer_list parenthesized_expression array_declarator",
		n->parent->kind) || (n->field && (strcmp(n->field, "index") == 0 ||
		(is_kind(n->parent, "assignment_expression") && strcmp(n->field, "right") == 0)));
}

void
become(Rewrite *r, Syntax *n, Syntax *other)
{
	if (is_kind(other, "parenthesized_expression") && stands_alone(n) &&
			!is_kind(inner(other), "comma_expression"))
		other = inner(other);
	n->kind = other->kind;
	n->from = other->from;
	n->to = other->to;
	n->child = other->child;
	n->bound = other->bound;
	n->value = other->value;
	for (Syntax *c = n->child; c; c = c->next)
		c->parent = n;
	r->changed = true;
}

/* Computes n if something in it was bound; an author's own constants stay as written. */
static bool
compute(Rewrite *r, Syntax *n)
{
	Value v;
	Known k = n->bound || !has_bound(n) ? UNKNOWN : known(r, n, &v);

	if (k == OVERFLOWS)
		fail_at(r->diag, nowhere, "too large for the kernel %s: int overflows in %s",
			r->template->function, text_of(r->arena, n));
	/* Float arithmetic is left to the output's compiler; but -2.0f is a number. */
	if (k == KNOWN && (!is_real(v) || is_kind(n, "unary_expression")))
		make_literal(r, n, v);
	return n->bound;
}

static void
simplify_children(Rewrite *r, Syntax *n)
{
	for (Syntax *c = n->child; c; c = c->next)
		if (!c->gone)
			simplify(r, c);
}

static void
simplify_and_compute(Rewrite *r, Syntax *n)
{
	simplify_children(r, n);
	compute(r, n);
}

/* ---- operations that do nothing */

static bool
is_bound_int(const Syntax *n, int64_t i)
{
	return n->bound && n->value.type == VALUE_INT && n->value.i == i;
}

/* Whether a name declared in the function is of a type that promotes to int, or points to one. */
static bool
is_narrow(const Rewrite *r, const Syntax *name)
{
	Value v = int_value(0);

	for (const Syntax *d = r->function; d; d = walk(r->function, d))
		if (is_declarator(d) && is_name(d, text_of(r->arena, name))) {
			while (!field_of(d, "type"))
				d = d->parent;
			return convert(field_of(d, "type"), &v) == KNOWN && v.type == VALUE_INT;
		}
	return false;
}

/* Whether leaving it out of a sum may change the sum's type. */
static bool
may_be_wide(const Rewrite *r, const Syntax *root)
{
	for (const Syntax *n = root; n; n = walk(root, n))
		if (has_word("call_expression cast_expression sizeof_expression", n->kind) ||
				(is_kind(n, "identifier") && !is_narrow(r, n)))
			return true;
	return false;
}

/* What becomes of an operation with a literal: of x + 0, x; of x * 0, 0. */
static const struct {
	const char *ops, *side;
	int literal;
	bool zero;
} identities[] = {
	{ "+ - << >> | ^", "right", 0, false }, { "+ |", "left", 0, false },
	{ "* /", "right", 1, false }, { "*", "left", 1, false },
	{ "*", "right", 0, true }, { "*", "left", 0, true }, { "%", "right", 1, true },
};

static bool
apply_identity(Rewrite *r, Syntax *n)
{
	const char *op = text_of(r->arena, field_of(n, "operator"));

	for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
		const Syntax *literal = field_of(n, identities[i].side);
		Syntax *other = field_of(n, *identities[i].side == 'r' ? "left" : "right");
		if (!has_word(identities[i].ops, op) || !is_bound_int(literal, identities[i].literal))
			continue;
		if (!identities[i].zero)
			become(r, n, other);
		else if (is_pure(r, other) && !may_be_wide(r, other))
			make_literal(r, n, int_value(0));
		return true;
	}
	return false;
}

static void
set_operator(Rewrite *r, Syntax *n, const char *text)
{
	Syntax *op = field_of(n, "operator");

	op->from = text;
	op->to = text + strlen(text);
	r->changed = true;
}

/* x + -3 reads x - 3, and x - -3 reads x + 3. */
static void
flip_sign(Rewrite *r, Syntax *n, const char *plus, const char *minus)
{
	Syntax *op = field_of(n, "operator"), *right = field_of(n, "right");
	bool adds = text_is(op, plus);

	if (right->bound && !is_real(right->value) && right->value.i < 0 &&
			right->value.i > INT32_MIN && (adds || text_is(op, minus))) {
		set_operator(r, n, adds ? minus : plus);
		right->value.i = -right->value.i;
	}
}

/* ---- && and || */

/* Whether n is 0 or 1, or only asked whether it is 0. */
static bool
is_truth(const Syntax *n, const Syntax *place)
{
	while (is_kind(n, "parenthesized_expression"))
		n = inner(n);
	while (is_kind(place->parent, "parenthesized_expression"))
		place = place->parent;
	const Syntax *own = field_of(n, "operator"), *outer = field_of(place->parent, "operator");
	static const char *const truths[] = { "<", ">", "<=", ">=", "==", "!=", "&&", "||", "!" };
	for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
		if (text_is(own, truths[i]) || (i > 5 && text_is(outer, truths[i])))
			return true;
	return place->field && strcmp(place->field, "condition") == 0;
}

static void
simplify_logic(Rewrite *r, Syntax *n, bool is_or)
{
	Syntax *left = field_of(n, "left"), *right = field_of(n, "right");
	Value v;

	simplify(r, left);
	bool decided = known(r, left, &v) == KNOWN;
	if (decided && is_true(v) == is_or) {
		make_literal(r, n, int_value(is_or));
		return;
	}
	simplify(r, right);
	if (compute(r, n) || (!decided && known(r, right, &v) != KNOWN))
		return;
	Syntax *other = decided ? right : left;
	if (is_true(v) != is_or && is_truth(other, n))
		become(r, n, other);
	else if (is_true(v) == is_or && is_pure(r, left))
		make_literal(r, n, int_value(is_or));
}

/* ---- one function for each kind */

static void
simplify_binary(Rewrite *r, Syntax *n)
{
	const Syntax *op = field_of(n, "operator");

	if (text_is(op, "&&") || text_is(op, "||")) {
		simplify_logic(r, n, text_is(op, "||"));
		return;
	}
	simplify_children(r, n);
	if (!compute(r, n) && !apply_identity(r, n))
		flip_sign(r, n, "+", "-");
}

static void
simplify_conditional(Rewrite *r, Syntax *n)
{
	Value v;

	simplify(r, field_of(n, "condition"));
	if (known(r, field_of(n, "condition"), &v) == KNOWN) {
		become(r, n, field_of(n, is_true(v) ? "consequence" : "alternative"));
		simplify(r, n);
	} else {
		simplify_children(r, n);
	}
}

/* Parentheses around what needs none go, but not an if's. */
static void
simplify_parentheses(Rewrite *r, Syntax *n)
{
	simplify(r, inner(n));
	if (has_word("identifier number_literal call_expression subscript_expression "
			"field_expression parenthesized_expression", inner(n)->kind) &&
			!strstr(n->parent->kind, "_statement"))
		become(r, n, inner(n));
}

bool
is_discarded(const Syntax *n)
{
	const Syntax *p = n->parent;

	if (is_kind(p, "comma_expression"))
		return strcmp(n->field, "left") == 0 || is_discarded(p);
	return is_kind(p, "expression_statement") ||
		(is_kind(p, "for_statement") && strcmp(n->field, "condition") != 0);
}

void
drop_effect(Rewrite *r, Syntax *n)
{
	Syntax *p = n->parent;

	if (is_kind(p, "expression_statement"))
		vanish(r, p);
	else if (is_kind(p, "comma_expression"))
		become(r, p, field_of(p, strcmp(n->field, "left") == 0 ? "right" : "left"));
	else
		n->gone = r->changed = true;
}

/* x += 0 goes, x += -3 reads x -= 3, x += 1 reads x++. */
static void
simplify_assignment(Rewrite *r, Syntax *n)
{
	Syntax *left = field_of(n, "left"), *right = field_of(n, "right");
	const char *op = text_of(r->arena, field_of(n, "operator"));

	simplify_children(r, n);
	if (!is_discarded(n))
		return;
	if (is_pure(r, left) && is_bound_int(right, has_word("*= /=", op)) &&
			has_word("+= -= *= /= <<= >>= |=", op)) {
		drop_effect(r, n);
		return;
	}
	flip_sign(r, n, "+=", "-=");
	if (is_bound_int(right, 1) && has_word("+= -=", text_of(r->arena, field_of(n, "operator")))) {
		set_operator(r, n, *field_of(n, "operator")->from == '+' ? "++" : "--");
		n->kind = "update_expression";
		left->field = "argument";
		left->next->start = left->end; /* no blank before the operator */
		n->to = left->next->end;
		right->gone = true;
	}
}

/* An operand that goes leaves the other in the comma's place. */
static void
simplify_comma(Rewrite *r, Syntax *n)
{
	Syntax *left = field_of(n, "left");

	simplify(r, left);
	simplify(r, field_of(n, "left") == left ? field_of(n, "right") : n);
}

static void
leave(Rewrite *r, Syntax *n)
{
	(void)r;
	(void)n;
}

static const struct {
	const char *kind;
	void (*simplify)(Rewrite *, Syntax *);
} rules[] = {
	{ "binary_expression", simplify_binary },
	{ "unary_expression", simplify_and_compute },
	{ "cast_expression", simplify_and_compute },
	{ "conditional_expression", simplify_conditional },
	{ "parenthesized_expression", simplify_parentheses },
	{ "assignment_expression", simplify_assignment },
	{ "comma_expression", simplify_comma },
	{ "sizeof_expression", leave },
};

void
simplify_expression(Rewrite *r, Syntax *n)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (is_kind(n, rules[i].kind)) {
			rules[i].simplify(r, n);
			return;
		}
	simplify_children(r, n);
}
