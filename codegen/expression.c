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
	if (!is_kind(item->node, "function_definition"))
		return true;
	const Syntax *d = field_of(item->node, "declarator");
	while (!is_kind(d, "function_declarator"))
		d = field_of(d, "declarator");
	for (const Syntax *p = field_of(d, "parameters")->child; p; p = p->next)
		if (is_kind(field_of(p, "declarator"), "pointer_declarator") &&
				!strstr(text_of(r->arena, p), "const"))
			return true;
	return false;
}

bool
is_pure(const Rewrite *r, const Syntax *root)
{
	for (const Syntax *n = root; n; n = walk(root, n))
		if (is_kind(n, "assignment_expression") || is_kind(n, "update_expression") ||
				is_kind(n, "gnu_asm_expression") ||
				(is_kind(n, "call_expression") && has_effect(r, n)))
			return false;
	return true;
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
	static const char *const kinds[] = { "argument_list", "init_declarator",
		"return_statement", "expression_statement", "for_statement", "initializer_list",
		"parenthesized_expression", "array_declarator" };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (is_kind(n->parent, kinds[i]))
			return true;
	return n->field && (strcmp(n->field, "index") == 0 ||
		(is_kind(n->parent, "assignment_expression") && strcmp(n->field, "right") == 0));
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

	if (n->bound || !has_bound(n))
		return n->bound;
	switch (known(r, n, &v)) {
	case OVERFLOWS:
		fail_at(r->diag, nowhere, "too large for the kernel %s: int overflows in %s",
			r->template->function, text_of(r->arena, n));
	case KNOWN:
		/* Float arithmetic is the output's compiler's; but -2.0f is a number. */
		if (is_real(v) && !is_kind(n, "unary_expression"))
			return false;
		make_literal(r, n, v);
		return true;
	default:
		return false;
	}
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
is_narrow(const Rewrite *r, const char *name)
{
	static const char *const narrow[] = { "int", "int32_t", "int16_t", "int8_t", "uint16_t",
		"uint8_t" };

	for (const Syntax *d = r->function; d; d = walk(r->function, d)) {
		if (!is_name(d, name) || !d->field || strcmp(d->field, "declarator") != 0)
			continue;
		const Syntax *up = d->parent;
		while (!field_of(up, "type"))
			up = up->parent;
		for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
			if (text_is(field_of(up, "type"), narrow[i]))
				return true;
		return false;
	}
	return false;
}

/* Whether leaving it out of a sum may change the sum's type. */
static bool
may_be_wide(const Rewrite *r, const Syntax *root)
{
	for (const Syntax *n = root; n; n = walk(root, n))
		if (is_kind(n, "call_expression") || is_kind(n, "cast_expression") ||
				is_kind(n, "sizeof_expression") || (is_kind(n, "identifier") &&
				!is_narrow(r, text_of(r->arena, n))))
			return true;
	return false;
}

/* What becomes of an operation with a literal: of x + 0, x; of x * 0, 0. */
static const struct {
	const char *op, *side;
	int literal;
	bool zero;
} identities[] = {
	{ "+", "right", 0, false }, { "+", "left", 0, false }, { "-", "right", 0, false },
	{ "*", "right", 1, false }, { "*", "left", 1, false }, { "/", "right", 1, false },
	{ "<<", "right", 0, false }, { ">>", "right", 0, false }, { "|", "right", 0, false },
	{ "|", "left", 0, false }, { "^", "right", 0, false },
	{ "*", "right", 0, true }, { "*", "left", 0, true }, { "%", "right", 1, true },
};

static bool
apply_identity(Rewrite *r, Syntax *n)
{
	const Syntax *op = field_of(n, "operator");

	for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
		bool right = strcmp(identities[i].side, "right") == 0;
		const Syntax *literal = field_of(n, identities[i].side);
		Syntax *other = field_of(n, right ? "left" : "right");
		if (!text_is(op, identities[i].op) || !is_bound_int(literal, identities[i].literal))
			continue;
		if (!identities[i].zero)
			become(r, n, other);
		else if (is_pure(r, other) && !may_be_wide(r, other))
			make_literal(r, n, int_value(0));
		else
			continue;
		return true;
	}
	return false;
}

/* x + -3 reads x - 3, and x - -3 reads x + 3. */
static void
flip_sign(Rewrite *r, Syntax *n, const char *plus, const char *minus)
{
	Syntax *op = field_of(n, "operator"), *right = field_of(n, "right");
	bool adds = text_is(op, plus), subtracts = text_is(op, minus);

	if (!right->bound || is_real(right->value) || right->value.i >= 0 ||
			right->value.i <= INT32_MIN || !(adds || subtracts))
		return;
	op->from = adds ? minus : plus;
	op->to = op->from + strlen(op->from);
	right->value.i = -right->value.i;
	r->changed = true;
}

/* ---- && and || */

static bool
is_condition(const Syntax *n)
{
	const Syntax *p = n->parent;

	while (is_kind(p, "parenthesized_expression")) {
		n = p;
		p = p->parent;
	}
	if (n->field && strcmp(n->field, "condition") == 0)
		return !is_kind(p, "switch_statement");
	const Syntax *op = field_of(p, "operator");
	return text_is(op, "&&") || text_is(op, "||") || text_is(op, "!");
}

static bool
is_truth(const Syntax *n)
{
	static const char *const logical[] = { "<", ">", "<=", ">=", "==", "!=", "&&", "||", "!" };

	while (is_kind(n, "parenthesized_expression"))
		n = inner(n);
	for (size_t i = 0; i < sizeof logical / sizeof *logical; i++)
		if (text_is(field_of(n, "operator"), logical[i]))
			return true;
	return false;
}

static void
simplify_logic(Rewrite *r, Syntax *n, bool is_or)
{
	Syntax *left = field_of(n, "left"), *right = field_of(n, "right");
	Value v;

	simplify(r, left);
	bool left_known = known(r, left, &v) == KNOWN;
	if (left_known && is_true(v) == is_or) {
		make_literal(r, n, int_value(is_or));
		return;
	}
	simplify(r, right);
	if (compute(r, n))
		return;
	if (left_known) {
		if (is_condition(n) || is_truth(right))
			become(r, n, right);
	} else if (known(r, right, &v) == KNOWN) {
		if (is_true(v) != is_or && (is_condition(n) || is_truth(left)))
			become(r, n, left);
		else if (is_true(v) == is_or && is_pure(r, left))
			make_literal(r, n, int_value(is_or));
	}
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
	Syntax *condition = field_of(n, "condition");
	Value v;

	simplify(r, condition);
	if (known(r, condition, &v) == KNOWN) {
		become(r, n, field_of(n, is_true(v) ? "consequence" : "alternative"));
		simplify(r, n);
		return;
	}
	simplify_children(r, n);
}

/* Parentheses around what needs none go, but not an if's. */
static void
simplify_parentheses(Rewrite *r, Syntax *n)
{
	static const char *const primary[] = { "identifier", "number_literal", "call_expression",
		"subscript_expression", "field_expression", "parenthesized_expression" };
	Syntax *content = inner(n);

	simplify(r, content);
	if (n->field && strcmp(n->field, "condition") == 0 && strstr(n->parent->kind, "_statement"))
		return;
	for (size_t i = 0; i < sizeof primary / sizeof *primary; i++)
		if (is_kind(content, primary[i])) {
			become(r, n, content);
			return;
		}
}

void
drop_effect(Rewrite *r, Syntax *n)
{
	Syntax *p = n->parent;

	if (is_kind(p, "expression_statement")) {
		vanish(r, p);
	} else if (is_kind(p, "comma_expression")) {
		become(r, p, field_of(p, strcmp(n->field, "left") == 0 ? "right" : "left"));
	} else {
		n->gone = true;
		r->changed = true;
	}
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

/* x += 1; reads x++; */
static void
make_increment(Rewrite *r, Syntax *n)
{
	Syntax *op = field_of(n, "operator"), *right = field_of(n, "right");
	bool adds = text_is(op, "+=");

	if (!(adds || text_is(op, "-=")) || !is_bound_int(right, 1) || !is_discarded(n))
		return;
	n->kind = "update_expression";
	field_of(n, "left")->field = "argument";
	op->from = adds ? "++" : "--";
	op->to = op->from + 2;
	op->start = field_of(n, "argument")->end;
	n->to = op->end;
	right->gone = r->changed = true;
}

/* x += 0 goes, x += -3 reads x -= 3. */
static void
simplify_assignment(Rewrite *r, Syntax *n)
{
	static const struct { const char *op; int literal; } nothing[] = { { "+=", 0 },
		{ "-=", 0 }, { "*=", 1 }, { "/=", 1 }, { "<<=", 0 }, { ">>=", 0 }, { "|=", 0 } };
	const Syntax *op = field_of(n, "operator");

	simplify_children(r, n);
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		if (text_is(op, nothing[i].op) && is_discarded(n) && is_pure(r, field_of(n, "left")) &&
				is_bound_int(field_of(n, "right"), nothing[i].literal)) {
			drop_effect(r, n);
			return;
		}
	flip_sign(r, n, "+=", "-=");
	make_increment(r, n);
}

/* An operand that goes leaves the other in the comma's place. */
static void
simplify_comma(Rewrite *r, Syntax *n)
{
	Syntax *left = field_of(n, "left");

	simplify(r, left);
	if (field_of(n, "left") == left)
		simplify(r, field_of(n, "right"));
	else
		simplify(r, n);
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
