/* eval.c: constant expressions of C, as any target computes them; what targets disagree on, and
 * what overflows, has no value. */
#include <stdlib.h>
#include <string.h>

#include "codegen.h"

/* Types that templates may use for numbers.  char, long and wider have no row on purpose. */
static const struct {
	const char *name;
	ValueType type; /* after promotion */
	int bytes;      /* 0: the target's choice */
	bool wraps;     /* unsigned: converting reduces */
	int64_t least, most;
} number_types[] = {
	{ "int", VALUE_INT, 4, false, INT32_MIN, INT32_MAX },
	{ "int8_t", VALUE_INT, 1, false, INT8_MIN, INT8_MAX },
	{ "int16_t", VALUE_INT, 2, false, INT16_MIN, INT16_MAX },
	{ "int32_t", VALUE_INT, 4, false, INT32_MIN, INT32_MAX },
	{ "int64_t", VALUE_INT64, 8, false, INT64_MIN, INT64_MAX },
	{ "uint8_t", VALUE_INT, 1, true, 0, UINT8_MAX },
	{ "uint16_t", VALUE_INT, 2, true, 0, UINT16_MAX },
	{ "uint32_t", VALUE_UINT, 4, true, 0, UINT32_MAX },
	{ "unsigned", VALUE_UINT, 4, true, 0, UINT32_MAX },
	{ "unsigned int", VALUE_UINT, 4, true, 0, UINT32_MAX },
	{ "uint64_t", VALUE_UINT64, 8, false, 0, INT64_MAX }, /* beyond: no value */
	{ "size_t", VALUE_SIZE, 0, false, 0, UINT32_MAX },    /* no fewer than 32 bits */
	{ "ptrdiff_t", VALUE_INT, 0, false, INT32_MIN, INT32_MAX },
	{ "short", VALUE_INT, 2, false, INT16_MIN, INT16_MAX },
	{ "char", VALUE_INT, 1, false, 0, INT8_MAX }, /* signed or not */
	{ "bool", VALUE_INT, 1, false, 0, 1 },
	{ "float", VALUE_FLOAT, 4, false, 0, 0 },
	{ "double", VALUE_DOUBLE, 8, false, 0, 0 },
};
enum { NUMBER_TYPES = sizeof number_types / sizeof *number_types };

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
	return v.type == VALUE_FLOAT || v.type == VALUE_DOUBLE;
}

bool
is_true(Value v)
{
	return is_real(v) ? v.f != 0 : v.i != 0;
}

static double
real(Value v)
{
	return is_real(v) ? v.f : (double)v.i;
}

static int
type_row(const char *name)
{
	for (int t = 0; t < NUMBER_TYPES; t++)
		if (strcmp(number_types[t].name, name) == 0)
			return t;
	return -1;
}

bool
is_number_type(const char *ctype, bool *is_real_type)
{
	int t = type_row(ctype);

	*is_real_type = t >= 0 && is_real((Value){ number_types[t].type, 0, 0 });
	return t >= 0;
}

Known
convert(const char *ctype, Value *v)
{
	int t = type_row(ctype);

	if (t < 0)
		return UNKNOWN;
	ValueType type = number_types[t].type;
	if (type == VALUE_FLOAT || type == VALUE_DOUBLE) {
		double f = real(*v);
		*v = (Value){ type, 0, type == VALUE_FLOAT ? (double)(float)f : f };
		return KNOWN;
	}
	if (is_real(*v)) {
		if (!(v->f > -0x1p62 && v->f < 0x1p62)) /* well inside int64_t */
			return OVERFLOWS;
		v->i = (int64_t)v->f;
	}
	if (number_types[t].wraps)
		v->i &= number_types[t].most;
	else if (strcmp(ctype, "bool") == 0)
		v->i = v->i != 0;
	v->type = type;
	if (v->i >= number_types[t].least && v->i <= number_types[t].most)
		return KNOWN;
	/* (char)-1 is right on some targets: left as it stands. */
	return strcmp(ctype, "char") == 0 ? UNKNOWN : OVERFLOWS;
}

/* Whether an arithmetic result fits its type; unsigned int wraps. */
static Known
fits(Value *v)
{
	switch (v->type) {
	case VALUE_INT: return v->i >= INT32_MIN && v->i <= INT32_MAX ? KNOWN : OVERFLOWS;
	case VALUE_UINT: v->i &= UINT32_MAX; return KNOWN;
	case VALUE_UINT64: return v->i >= 0 ? KNOWN : OVERFLOWS;
	case VALUE_SIZE: return v->i >= 0 && v->i <= UINT32_MAX ? KNOWN : OVERFLOWS;
	default: return KNOWN;
	}
}

/* An operator as one number: its characters. */
#define OP1(a) (a)
#define OP2(a, b) ((a) << 8 | (b))

static int
operator_of(const Syntax *n)
{
	const Syntax *op = field_of(n, "operator");
	int code = 0;

	for (const char *s = op->from; s < op->to; s++)
		code = code << 8 | (unsigned char)*s;
	return code;
}

static Known
shift(int op, Value a, Value b, Value *out)
{
	int bits = a.type == VALUE_INT || a.type == VALUE_UINT ? 32 : 64;

	*out = a;
	if (b.i < 0 || b.i >= bits || (op == OP2('<', '<') && a.i < 0))
		return OVERFLOWS;
	if (op == OP2('>', '>'))
		out->i = a.i >= 0 ? a.i >> b.i : ~(~a.i >> b.i);
	else if (a.type != VALUE_UINT && b.i && a.i > INT64_MAX >> b.i)
		return OVERFLOWS;
	else
		out->i = (int64_t)((uint64_t)a.i << b.i);
	return fits(out);
}

static bool
compare(int op, Value a, Value b, bool *truth)
{
	bool reals = is_real(a) || is_real(b);
	bool less = reals ? real(a) < real(b) : a.i < b.i;
	bool more = reals ? real(a) > real(b) : a.i > b.i;
	bool equal = reals ? !(real(a) < real(b)) && !(real(a) > real(b)) : a.i == b.i;

	switch (op) {
	case OP1('<'): *truth = less; return true;
	case OP1('>'): *truth = more; return true;
	case OP2('<', '='): *truth = less || equal; return true;
	case OP2('>', '='): *truth = more || equal; return true;
	case OP2('=', '='): *truth = equal; return true;
	case OP2('!', '='): *truth = !equal; return true;
	default: return false;
	}
}

static Known
real_arithmetic(int op, Value a, Value b, Value *out)
{
	double x = real(a), y = real(b);

	switch (op) {
	case '+': x += y; break;
	case '-': x -= y; break;
	case '*': x *= y; break;
	case '/': x /= y; break;
	default: return UNKNOWN;
	}
	bool wide = a.type == VALUE_DOUBLE || b.type == VALUE_DOUBLE;
	*out = (Value){ wide ? VALUE_DOUBLE : VALUE_FLOAT, 0, wide ? x : (double)(float)x };
	return KNOWN;
}

static Known
int_arithmetic(int op, Value a, Value b, Value *out)
{
	bool over = false;

	switch (op) {
	case '+': over = __builtin_add_overflow(a.i, b.i, &out->i); break;
	case '-': over = __builtin_sub_overflow(a.i, b.i, &out->i); break;
	case '*': over = __builtin_mul_overflow(a.i, b.i, &out->i); break;
	case '/':
	case '%':
		if (b.i == 0 || (a.i == INT64_MIN && b.i == -1))
			return OVERFLOWS;
		out->i = op == '/' ? a.i / b.i : a.i % b.i;
		break;
	case '&': out->i = a.i & b.i; break;
	case '|': out->i = a.i | b.i; break;
	case '^': out->i = a.i ^ b.i; break;
	default: return UNKNOWN;
	}
	/* The wrapped product of two unsigned ints has the right low 32 bits. */
	return over && out->type != VALUE_UINT ? OVERFLOWS : fits(out);
}

static Known
arithmetic(int op, Value a, Value b, Value *out)
{
	bool truth;

	if (op == OP2('<', '<') || op == OP2('>', '>'))
		return is_real(a) || is_real(b) ? UNKNOWN : shift(op, a, b, out);
	if (!is_real(a) && !is_real(b)) {
		*out = (Value){ a.type > b.type ? a.type : b.type, 0, 0 };
		a.type = b.type = out->type;
		if (fits(&a) != KNOWN || fits(&b) != KNOWN)
			return OVERFLOWS; /* -1 as a size */
	}
	if (compare(op, a, b, &truth)) {
		*out = int_value(truth);
		return KNOWN;
	}
	return is_real(a) || is_real(b) ? real_arithmetic(op, a, b, out)
					: int_arithmetic(op, a, b, out);
}

static Known
eval_number(const Scope *scope, const Syntax *n, Value *out)
{
	char text[64], *end;
	size_t size = (size_t)(n->to - n->from);

	if (size >= sizeof text)
		return UNKNOWN;
	memcpy(text, n->from, size);
	text[size] = 0;
	bool hex = strpbrk(text, "xX") != NULL;
	if (strpbrk(text, hex ? ".pP" : ".eE")) {
		double f = strtod(text, &end);
		bool single = *end == 'f' || *end == 'F';
		*out = (Value){ single ? VALUE_FLOAT : VALUE_DOUBLE, 0, single ? (double)(float)f : f };
		return single || !*end ? KNOWN : UNKNOWN;
	}
	out->i = (int64_t)strtoull(text, &end, 0);
	bool suffix_u = strpbrk(end, "uU") != NULL, suffix_l = strpbrk(end, "lL") != NULL;
	bool big = out->i > (suffix_u || hex ? UINT32_MAX : INT32_MAX);
	bool half = hex && out->i > INT32_MAX; /* 0x80000000 is an unsigned int */
	if (suffix_u || half)
		out->type = suffix_l || big ? VALUE_UINT64 : VALUE_UINT;
	else
		out->type = suffix_l || big || scope->wide ? VALUE_INT64 : VALUE_INT;
	return fits(out);
}

/* The initializer of the one const local of this name. */
static const Syntax *
const_local(const Syntax *function, const char *name)
{
	const Syntax *found = NULL;

	for (const Syntax *n = function; n; n = walk(function, n))
		if (is_kind(n, "init_declarator") && is_name(field_of(n, "declarator"), name)) {
			const Syntax *qualifier = n->parent->child;
			while (qualifier && !text_is(qualifier, "const"))
				qualifier = qualifier->next;
			if (found || !qualifier)
				return NULL;
			found = n;
		}
	return found;
}

static Known
eval_initializer(const Scope *scope, const Syntax *declarator, Value *out)
{
	char ctype[32] = "";
	const Syntax *type = field_of(declarator->parent, "type");

	if (type && type->to - type->from < (ptrdiff_t)sizeof ctype)
		memcpy(ctype, type->from, (size_t)(type->to - type->from));
	Known known = eval(scope, field_of(declarator, "value"), out);
	if (known == KNOWN && scope->wide && !is_real(*out))
		return known; /* 64 bits all the way */
	return known == KNOWN ? convert(ctype, out) : known;
}

static Known
eval_enumerator(const Scope *scope, const Syntax *n, Value *out)
{
	int64_t after = 0;

	for (const Syntax *e = n->parent->child; e; e = e->next) {
		if (!is_kind(e, "enumerator"))
			continue;
		*out = int_value(after);
		if (field_of(e, "value")) {
			Known known = eval(scope, field_of(e, "value"), out);
			if (known != KNOWN)
				return known;
		}
		if (e == n)
			return KNOWN;
		after = out->i + 1;
	}
	return UNKNOWN;
}

static Known
eval_name(const Scope *scope, const Syntax *n, Value *out)
{
	char name[64];
	size_t size = (size_t)(n->to - n->from);

	if (size >= sizeof name)
		return UNKNOWN;
	memcpy(name, n->from, size);
	name[size] = 0;
	if (scope->lookup && scope->lookup(scope->ctx, name, out)) {
		if (scope->wide && !is_real(*out))
			out->type = VALUE_INT64;
		return KNOWN;
	}
	const Syntax *local = scope->function ? const_local(scope->function, name) : NULL;
	if (local)
		return eval_initializer(scope, local, out);
	const Item *item = scope->source ? find_item(scope->source, name) : NULL;
	if (!item)
		return UNKNOWN;
	const Scope there = { .source = item->source, .wide = scope->wide };
	if (is_kind(item->node, "enumerator"))
		return eval_enumerator(&there, item->node, out);
	if (is_kind(item->node, "init_declarator") &&
			is_kind(field_of(item->node, "declarator"), "identifier"))
		return eval_initializer(&there, item->node, out);
	return UNKNOWN;
}

static Known
eval_binary(const Scope *scope, const Syntax *n, Value *out)
{
	Value left, right;
	int op = operator_of(n);
	bool logic = op == OP2('&', '&') || op == OP2('|', '|');
	Known known = eval(scope, field_of(n, "left"), &left);

	if (known != KNOWN)
		return known;
	if (logic && is_true(left) == (op == OP2('|', '|'))) {
		*out = int_value(is_true(left));
		return KNOWN;
	}
	known = eval(scope, field_of(n, "right"), &right);
	if (known != KNOWN)
		return known;
	if (logic) {
		*out = int_value(is_true(right));
		return KNOWN;
	}
	return arithmetic(op, left, right, out);
}

static Known
eval_unary(const Scope *scope, const Syntax *n, Value *out)
{
	Value v, zero = int_value(0);
	Known known = eval(scope, field_of(n, "argument"), &v);

	if (known != KNOWN)
		return known;
	*out = v;
	switch (operator_of(n)) {
	case '+': return KNOWN;
	case '!': *out = int_value(!is_true(v)); return KNOWN;
	case '-':
		if (is_real(v)) { /* -0.0 too */
			out->f = -v.f;
			return KNOWN;
		}
		return arithmetic('-', zero, v, out);
	case '~':
		out->i = ~v.i;
		return is_real(v) ? UNKNOWN : fits(out);
	default: return UNKNOWN;
	}
}

/* A cast's or a sizeof's type. */
static int
row_of_type(const Syntax *descriptor)
{
	char name[32] = "";
	size_t size = descriptor ? (size_t)(descriptor->to - descriptor->from) : 0;

	if (size < sizeof name && size)
		memcpy(name, descriptor->from, size);
	return type_row(name);
}

static Known
eval_cast(const Scope *scope, const Syntax *n, Value *out)
{
	int t = row_of_type(field_of(n, "type"));
	Known known = t < 0 ? UNKNOWN : eval(scope, field_of(n, "value"), out);

	return known == KNOWN ? convert(number_types[t].name, out) : known;
}

static Known
eval_sizeof(const Scope *scope, const Syntax *n, Value *out)
{
	int t = row_of_type(field_of(n, "type"));

	if (t < 0 || !number_types[t].bytes)
		return UNKNOWN;
	*out = (Value){ scope->wide ? VALUE_INT64 : VALUE_SIZE, number_types[t].bytes, 0 };
	return KNOWN;
}

static Known
eval_conditional(const Scope *scope, const Syntax *n, Value *out)
{
	Value condition;
	Known known = eval(scope, field_of(n, "condition"), &condition);

	if (known != KNOWN)
		return known;
	return eval(scope, field_of(n, is_true(condition) ? "consequence" : "alternative"), out);
}

static Known
eval_parentheses(const Scope *scope, const Syntax *n, Value *out)
{
	return eval(scope, inner(n), out);
}

static Known
eval_truth(const Scope *scope, const Syntax *n, Value *out)
{
	(void)scope;
	*out = int_value(is_kind(n, "true"));
	return KNOWN;
}

static const struct {
	const char *kind;
	Known (*eval)(const Scope *, const Syntax *, Value *);
} rules[] = {
	{ "number_literal", eval_number },
	{ "identifier", eval_name },
	{ "binary_expression", eval_binary },
	{ "unary_expression", eval_unary },
	{ "parenthesized_expression", eval_parentheses },
	{ "conditional_expression", eval_conditional },
	{ "cast_expression", eval_cast },
	{ "sizeof_expression", eval_sizeof },
	{ "true", eval_truth },
	{ "false", eval_truth },
};

Known
eval(const Scope *scope, const Syntax *n, Value *out)
{
	if (n && n->bound) {
		*out = n->value;
		return KNOWN;
	}
	for (size_t i = 0; n && i < sizeof rules / sizeof *rules; i++)
		if (is_kind(n, rules[i].kind))
			return rules[i].eval(scope, n, out);
	return UNKNOWN;
}
