/* eval.c: constant expressions of C, as any target computes them; what targets disagree on, and
 * what overflows, has no value. */
#include <stdlib.h>
#include <string.h>

#include "codegen.h"

/* Types that templates may use for numbers; least > most: real.  char's sign, size_t's size and
 * ptrdiff_t's are the target's choice: only what all agree on has a value. */
typedef struct {
	const char *name;
	ValueType type; /* after promotion */
	int bytes;      /* 0: the target's choice */
	bool wraps;
	int64_t least, most;
} NumberType;

static const NumberType number_types[] = {
	{ "int", VALUE_INT, 4, false, INT32_MIN, INT32_MAX },
	{ "int8_t", VALUE_INT, 1, false, INT8_MIN, INT8_MAX },
	{ "int16_t", VALUE_INT, 2, false, INT16_MIN, INT16_MAX },
	{ "int32_t", VALUE_INT, 4, false, INT32_MIN, INT32_MAX },
	{ "int64_t", VALUE_INT64, 8, false, INT64_MIN, INT64_MAX },
	{ "uint8_t", VALUE_INT, 1, true, 0, UINT8_MAX },
	{ "uint16_t", VALUE_INT, 2, true, 0, UINT16_MAX },
	{ "uint32_t", VALUE_UINT, 4, true, 0, UINT32_MAX },
	{ "unsigned", VALUE_UINT, 4, true, 0, UINT32_MAX },
	{ "uint64_t", VALUE_UINT64, 8, false, 0, INT64_MAX },
	{ "size_t", VALUE_SIZE, 0, false, 0, UINT32_MAX },
	{ "ptrdiff_t", VALUE_INT, 0, false, INT32_MIN, INT32_MAX },
	{ "char", VALUE_INT, 1, false, 0, INT8_MAX },
	{ "float", VALUE_FLOAT, 4, false, 1, 0 },
	{ "double", VALUE_DOUBLE, 8, false, 1, 0 },
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
	return v.type == VALUE_FLOAT || v.type == VALUE_DOUBLE;
}

bool
is_true(Value v)
{
	return is_real(v) ? v.f != 0 : v.i != 0;
}

static const NumberType *
number_type(const Syntax *name)
{
	for (size_t t = 0; name && t < sizeof number_types / sizeof *number_types; t++)
		if (text_is(name, number_types[t].name))
			return &number_types[t];
	return NULL;
}

/* A number as one of the type; OVERFLOWS: that has no room for it. */
Known
convert(const Syntax *name, Value *v)
{
	const NumberType *t = number_type(name);
	bool real = t && t->least > t->most;

	if (!t || (is_real(*v) && !real))
		return UNKNOWN;
	if (real) {
		double f = is_real(*v) ? v->f : (double)v->i;
		*v = (Value){ t->type, 0, t->type == VALUE_FLOAT ? (double)(float)f : f };
		return KNOWN;
	}
	v->type = t->type;
	v->i = t->wraps ? v->i & t->most : v->i;
	if (v->i >= t->least && v->i <= t->most)
		return KNOWN;
	return text_is(name, "char") ? UNKNOWN : OVERFLOWS;
}

bool
is_number_type(const Syntax *name, bool *real)
{
	const NumberType *t = number_type(name);

	*real = t && t->least > t->most;
	return t != NULL;
}

/* ---- operators */

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
	else if (a.type != VALUE_UINT && a.i > INT64_MAX >> b.i)
		return OVERFLOWS;
	else
		out->i = (int64_t)((uint64_t)a.i << b.i);
	return fits(out);
}

static Known
combine_reals(int op, double x, double y, Value *out)
{
	switch (op) {
	case '+': out->f = x + y; break;
	case '-': out->f = x - y; break;
	case '*': out->f = x * y; break;
	case '/': out->f = x / y; break;
	case '<': *out = int_value(x < y); break;
	case '>': *out = int_value(x > y); break;
	case OP2('<', '='): *out = int_value(x <= y); break;
	case OP2('>', '='): *out = int_value(x >= y); break;
	case OP2('=', '='): *out = int_value(x <= y && x >= y); break;
	case OP2('!', '='): *out = int_value(!(x <= y && x >= y)); break;
	default: return UNKNOWN;
	}
	if (out->type == VALUE_FLOAT)
		out->f = (double)(float)out->f;
	return KNOWN;
}

static Known
combine_ints(int op, int64_t x, int64_t y, Value *out)
{
	bool over = false;

	switch (op) {
	case '+': over = __builtin_add_overflow(x, y, &out->i); break;
	case '-': over = __builtin_sub_overflow(x, y, &out->i); break;
	case '*': over = __builtin_mul_overflow(x, y, &out->i); break;
	case '/':
	case '%':
		if (y == 0 || (x == INT64_MIN && y == -1))
			return OVERFLOWS;
		out->i = op == '/' ? x / y : x % y;
		break;
	case '&': out->i = x & y; break;
	case '|': out->i = x | y; break;
	case '^': out->i = x ^ y; break;
	case '<': *out = int_value(x < y); break;
	case '>': *out = int_value(x > y); break;
	case OP2('<', '='): *out = int_value(x <= y); break;
	case OP2('>', '='): *out = int_value(x >= y); break;
	case OP2('=', '='): *out = int_value(x == y); break;
	case OP2('!', '='): *out = int_value(x != y); break;
	default: return UNKNOWN;
	}
	/* The wrapped product of two unsigned ints has the right low 32 bits. */
	return over && out->type != VALUE_UINT ? OVERFLOWS : fits(out);
}

static Known
combine(int op, Value a, Value b, Value *out)
{
	*out = (Value){ a.type > b.type ? a.type : b.type, 0, 0 };
	if (is_real(*out))
		return combine_reals(op, is_real(a) ? a.f : (double)a.i, is_real(b) ? b.f : (double)b.i,
			out);
	if (op == OP2('<', '<') || op == OP2('>', '>'))
		return shift(op, a, b, out);
	a.type = b.type = out->type;
	if (fits(&a) != KNOWN || fits(&b) != KNOWN)
		return OVERFLOWS; /* -1 as a size */
	return combine_ints(op, a.i, b.i, out);
}

/* ---- names and numbers */

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
		*out = *end ? float_value((double)(float)f) : (Value){ VALUE_DOUBLE, 0, f };
		return KNOWN;
	}
	out->i = (int64_t)strtoull(text, &end, 0);
	bool is_unsigned = strpbrk(end, "uU") || (hex && out->i > INT32_MAX);
	bool big = strpbrk(end, "lL") || scope->wide || out->i > (is_unsigned ? UINT32_MAX : INT32_MAX);
	out->type = is_unsigned ? big ? VALUE_UINT64 : VALUE_UINT : big ? VALUE_INT64 : VALUE_INT;
	return fits(out);
}

static Known
eval_declarator(const Scope *scope, const Syntax *d, Value *out)
{
	Known known = eval(scope, field_of(d, "value"), out);

	return known == KNOWN && !scope->wide ? convert(field_of(d->parent, "type"), out) : known;
}

/* The initialized declarator of the one const local of this name. */
static const Syntax *
const_local(const Syntax *function, const char *name)
{
	const Syntax *found = NULL;

	for (const Syntax *n = function; n; n = walk(function, n))
		if (is_kind(n, "init_declarator") && is_name(field_of(n, "declarator"), name)) {
			if (found || !has_qualifier(n->parent, "const"))
				return NULL;
			found = n;
		}
	return found;
}

static Known
eval_enumerator(const Scope *scope, const Syntax *n, Value *out)
{
	int64_t next = 0;

	for (const Syntax *e = n->parent->child; e; e = e->next) {
		if (!is_kind(e, "enumerator"))
			continue;
		*out = int_value(next);
		if (field_of(e, "value") && eval(scope, field_of(e, "value"), out) != KNOWN)
			return UNKNOWN;
		if (e == n)
			return KNOWN;
		next = out->i + 1;
	}
	return UNKNOWN;
}

static Known
eval_name(const Scope *scope, const Syntax *n, Value *out)
{
	char name[64];

	if (n->to - n->from >= (ptrdiff_t)sizeof name)
		return UNKNOWN;
	memcpy(name, n->from, (size_t)(n->to - n->from));
	name[n->to - n->from] = 0;
	if (scope->lookup && scope->lookup(scope->ctx, name, out)) {
		out->type = scope->wide && !is_real(*out) ? VALUE_INT64 : out->type;
		return KNOWN;
	}
	const Syntax *local = const_local(scope->function, name);
	if (local)
		return eval_declarator(scope, local, out);
	const Item *item = scope->source ? find_item(scope->source, name) : NULL;
	if (!item)
		return UNKNOWN;
	const Scope there = { .source = item->source, .wide = scope->wide };
	if (is_kind(item->node, "enumerator"))
		return eval_enumerator(&there, item->node, out);
	return is_kind(field_of(item->node, "declarator"), "identifier") ?
		eval_declarator(&there, item->node, out) : UNKNOWN;
}

/* ---- expressions */

static Known
eval_binary(const Scope *scope, const Syntax *n, Value *out)
{
	Value left, right;
	int op = operator_of(n);
	bool is_or = op == OP2('|', '|'), logic = is_or || op == OP2('&', '&');
	Known known = eval(scope, field_of(n, "left"), &left);

	if (known == KNOWN && logic && is_true(left) == is_or) {
		*out = int_value(is_or);
		return KNOWN;
	}
	if (known == KNOWN)
		known = eval(scope, field_of(n, "right"), &right);
	if (known != KNOWN)
		return known;
	if (!logic)
		return combine(op, left, right, out);
	*out = int_value(is_true(right));
	return KNOWN;
}

static Known
eval_unary(const Scope *scope, const Syntax *n, Value *out)
{
	int op = operator_of(n);
	Known known = eval(scope, field_of(n, "argument"), out);

	if (known != KNOWN || op == '+')
		return known;
	if (op == '!')
		*out = int_value(!is_true(*out));
	else if (op == '-' && is_real(*out))
		out->f = -out->f;
	else if (op == '-')
		return combine('-', int_value(0), *out, out);
	else
		out->i = ~out->i;
	return is_real(*out) && op == '~' ? UNKNOWN : fits(out);
}

static Known
eval_cast(const Scope *scope, const Syntax *n, Value *out)
{
	Known known = eval(scope, field_of(n, "value"), out);

	return known == KNOWN ? convert(field_of(n, "type"), out) : known;
}

static Known
eval_sizeof(const Scope *scope, const Syntax *n, Value *out)
{
	const NumberType *t = number_type(field_of(n, "type"));

	*out = (Value){ scope->wide ? VALUE_INT64 : VALUE_SIZE, t ? t->bytes : 0, 0 };
	return out->i ? KNOWN : UNKNOWN;
}

static Known
eval_conditional(const Scope *scope, const Syntax *n, Value *out)
{
	Known known = eval(scope, field_of(n, "condition"), out);

	return known != KNOWN ? known :
		eval(scope, field_of(n, is_true(*out) ? "consequence" : "alternative"), out);
}

static Known
eval_parentheses(const Scope *scope, const Syntax *n, Value *out)
{
	return eval(scope, inner(n), out);
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
