/* eval.c: constant expressions of C's ints, as any target computes them; what overflows has no
 * value, nor has what a wider or unsigned type takes part in. */
#include <stdlib.h>
#include <string.h>

#include "codegen.h"

/* Types that templates may have numbers of. */
static const struct {
	const char *name;
	ValueType type;
	int64_t least, most;
} number_types[] = {
	{ "int", VALUE_INT, INT32_MIN, INT32_MAX },
	{ "int32_t", VALUE_INT, INT32_MIN, INT32_MAX },
	{ "int16_t", VALUE_INT, INT16_MIN, INT16_MAX },
	{ "int8_t", VALUE_INT, INT8_MIN, INT8_MAX },
	{ "int64_t", VALUE_WIDE, INT64_MIN, INT64_MAX },
	{ "size_t", VALUE_WIDE, 0, INT32_MAX },
	{ "float", VALUE_FLOAT, 0, 0 },
};

Value
int_value(int64_t i)
{
	return (Value){ VALUE_INT, i, 0 };
}

Value
float_value(double f)
{
	return (Value){ VALUE_FLOAT, 0, f };
}

bool
is_real(Value v)
{
	return v.type == VALUE_FLOAT;
}

Known
convert(const Syntax *type, Value *v)
{
	size_t t = 0, count = sizeof number_types / sizeof *number_types;

	while (t < count && !text_is(type, number_types[t].name))
		t++;
	if (t == count || is_real(*v) != (number_types[t].type == VALUE_FLOAT))
		return UNKNOWN;
	v->type = number_types[t].type;
	v->f = (double)(float)v->f;
	return v->i >= number_types[t].least && v->i <= number_types[t].most ? KNOWN :
									       OVERFLOWS;
}

/* Its characters as one number, for a switch. */
#define OPERATOR(a, b) ((a) | (b) << 8)

static Known
combine(const Scope *scope, int op, int64_t x, int64_t y, Value *out)
{
	bool shifts = op == OPERATOR('<', '<') || op == OPERATOR('>', '>'), over = false;

	*out = int_value(0);
	if (((op == '/' || op == '%') && (y == 0 || (x == INT64_MIN && y == -1))) ||
		(shifts && (y < 0 || y > 31)))
		return OVERFLOWS;
	switch (op) {
	case '+': over = __builtin_add_overflow(x, y, &out->i); break;
	case '-': over = __builtin_sub_overflow(x, y, &out->i); break;
	case '*': over = __builtin_mul_overflow(x, y, &out->i); break;
	case '/': out->i = x / y; break;
	case '%': out->i = x % y; break;
	case '&': out->i = x & y; break;
	case '<': out->i = x < y; break;
	case '>': out->i = x > y; break;
	case OPERATOR('<', '='): out->i = x <= y; break;
	case OPERATOR('>', '='): out->i = x >= y; break;
	case OPERATOR('=', '='): out->i = x == y; break;
	case OPERATOR('!', '='): out->i = x != y; break;
	case OPERATOR('<', '<'):
		over = x < 0 || __builtin_mul_overflow(x, 1LL << y, &out->i);
		break;
	case OPERATOR('>', '>'): out->i = x >= 0 ? x >> y : ~(~x >> y); break;
	default: return UNKNOWN;
	}
	return over || (!scope->wide && out->i != (int32_t)out->i) ? OVERFLOWS : KNOWN;
}

/* ---- names */

static bool
is_written(const Syntax *local)
{
	const Syntax *scope = scope_of(local), *n = scope;

	while (n && !(is_name(n, declared(local)->name) && is_target(n)))
		n = walk(scope, n);
	return n != NULL;
}

static Known
eval_local(const Scope *scope, const Syntax *d, Value *out)
{
	if (!is_kind(d, "init_declarator") || !field_of(d, "declarator")->name ||
		is_written(d))
		return UNKNOWN;
	Known known = eval(scope, field_of(d, "value"), out);
	return known == KNOWN ? convert(field_of(d->parent, "type"), out) : known;
}

static Known
eval_name(const Scope *scope, const Syntax *n, Value *out)
{
	if (scope->lookup && scope->lookup(scope->ctx, n->name, out))
		return KNOWN;
	const Syntax *local = local_of(n);
	if (local)
		return scope->closed ? UNKNOWN : eval_local(scope, local, out);
	const Item *item = scope->source ? find_item(scope->source, n->name) : NULL;
	const Scope there = { .source = item ? item->source : NULL, .wide = scope->wide };
	return item ? eval(&there, field_of(item->node, "value"), out) : UNKNOWN;
}

/* ---- expressions */

static Known
eval_number(const Scope *scope, const Syntax *n, Value *out)
{
	char *end;

	*out = int_value(strtoll(n->from, &end, 0));
	return end == n->to && (scope->wide || out->i <= INT32_MAX) ? KNOWN : UNKNOWN;
}

static Known
eval_unary(const Scope *scope, int op, Value *v)
{
	v->f = -v->f;
	if (v->type != VALUE_INT || (op != '!' && op != '-'))
		return is_real(*v) && op == '-' ? KNOWN : UNKNOWN;
	return combine(scope, op == '-' ? op : OPERATOR('=', '='), 0, v->i, v);
}

static Known
eval_binary(const Scope *scope, const Syntax *n, int op, Value *out)
{
	bool is_or = op == OPERATOR('|', '|'), logic = is_or || op == OPERATOR('&', '&');
	Value right = int_value(0);
	Known known = KNOWN;

	if (!logic || !out->i == is_or)
		known = eval(scope, field_of(n, "right"), &right);
	if (known != KNOWN || right.type != VALUE_INT)
		return known == KNOWN ? UNKNOWN : known;
	if (!logic)
		return combine(scope, op, out->i, right.i, out);
	*out = int_value((out->i != 0 && is_or) || right.i != 0);
	return KNOWN;
}

Known
eval(const Scope *scope, const Syntax *n, Value *out)
{
	bool unary = is_kind(n, "unary_expression"),
	     binary = is_kind(n, "binary_expression");
	bool cast = is_kind(n, "cast_expression");

	if (is_kind(n, "parenthesized_expression"))
		return eval(scope, inner(n), out);
	if (is_kind(n, "number_literal"))
		return eval_number(scope, n, out);
	if (n && n->name)
		return eval_name(scope, n, out);
	const Syntax *op = field_of(n, "operator");
	const Syntax *first = field_of(n,
		unary          ? "argument" :
			binary ? "left" :
			cast   ? "value" :
				 "condition");
	Known known = first ? eval(scope, first, out) : UNKNOWN;
	if (known != KNOWN)
		return known;
	if (unary)
		return eval_unary(scope, OPERATOR(op->kind[0], op->kind[1]), out);
	if (cast)
		return convert(field_of(n, "type"), out);
	if (out->type != VALUE_INT)
		return UNKNOWN;
	if (binary)
		return eval_binary(scope, n, OPERATOR(op->kind[0], op->kind[1]), out);
	return eval(scope, field_of(n, out->i ? "consequence" : "alternative"), out);
}
