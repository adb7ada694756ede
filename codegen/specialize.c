/* specialize.c: a template bound to what is known about a layer.  Its text is simplified and
 * parsed anew until nothing changes; numbers stand in it as names until the end: parameters as
 * they are, what was computed as $0, $1 ... */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codegen.h"

enum { COLUMNS = 90, TAB = 8, FRACTION_BITS = 24 };

/* ---- what is known */

void
bind_value(Rewrite *r, const char *name, Value value)
{
	r->bound = grow(r->arena, r->bound, r->bound_count, sizeof *r->bound);
	r->bound[r->bound_count++] = (BoundName){ name, value, NULL };
}

const char *
literal(Rewrite *r, Value v)
{
	bind_value(r, format(r->arena, "$%d", r->bound_count), v);
	return r->bound[r->bound_count - 1].name;
}

static const BoundName *
find_bound(const Rewrite *r, const char *name)
{
	for (int i = name ? r->bound_count : 0; i-- > 0;)
		if (strcmp(r->bound[i].name, name) == 0)
			return &r->bound[i];
	return NULL;
}

bool
bound_value(void *rewrite, const char *name, Value *out)
{
	const BoundName *b = find_bound(rewrite, name);

	if (b)
		*out = b->value;
	return b && !b->to;
}

bool
is_bound(Rewrite *r, const Syntax *n, Value *out)
{
	return n && bound_value(r, n->name, out);
}

static void
bind(Rewrite *r, const Binding *b)
{
	const Template *k = r->template;
	Value v = b->kind == BIND_INT ? int_value(b->i) : float_value(b->f);
	int p = 0;

	while (p < k->param_count && strcmp(k->param[p].name, b->name) != 0)
		p++;
	Known fits = b->kind == BIND_NAME ? KNOWN : UNKNOWN;
	if (p < k->param_count)
		fits = convert(k->param[p].type, &v);
	if (fits == UNKNOWN)
		die("template %s: no number %s to bind", k->function, b->name);
	if (fits == OVERFLOWS)
		fail_at(r->diag, nowhere, "too large for the kernel %s: %s of %lld",
			k->function, b->name, (long long)b->i);
	bind_value(r, b->name, v);
	r->bound[r->bound_count - 1].to = b->kind == BIND_NAME ? b->to : NULL;
}

/* ---- rewriting */

bool
replace(Rewrite *r, const char *from, const char *to, const char *text)
{
	from = from > r->at ? from : r->at;
	if (from >= to)
		return true;
	put_bytes(&r->out, r->at, (size_t)(from - r->at));
	put(&r->out, "%s", text);
	r->at = to;
	return r->changed = true;
}

void
simplify(Rewrite *r, const Syntax *n)
{
	if (r->failed || simplify_statement(r, n) || simplify_expression(r, n))
		return;
	for (const Syntax *c = n->child; c; c = c->next)
		simplify(r, c);
}

static const Syntax *
body_of(Rewrite *r, const char *text)
{
	return field_of(parse_c(r->arena, text, r->template->function)->child, "body");
}

/* What is bound decides branches, which leave names unused, which ... */
static const Syntax *
settle(Rewrite *r)
{
	for (;;) {
		const Syntax *body = body_of(r, r->text);
		r->at = r->text;
		r->out = text_new(r->arena);
		r->changed = false;
		simplify(r, body);
		if (r->failed || (r->settled && !r->changed))
			return body;
		r->settled = !r->changed;
		put(&r->out, "%s", r->at);
		r->text = r->out.data;
	}
}

/* ---- the result as text */

/* Hexadecimal floats are exact and, made here, the same on every host. */
static void
put_hex_float(Text *t, double f)
{
	int exponent;
	unsigned part = (unsigned)ldexp(frexp(f, &exponent), FRACTION_BITS + 1);
	unsigned fraction = part % (1u << FRACTION_BITS);

	put(t, fraction ? "0x1.%06x" : f > 0 ? "0x1" : "0x0", fraction);
	while (fraction && t->data[t->size - 1] == '0')
		t->size--;
	put(t, "p%+df", f > 0 ? exponent - 1 : 0);
}

/* x += 1 reads x++, x + -3 reads x - 3, x - -3 reads x + 3. */
static void
put_value(Text *t, const Syntax *n, Value v)
{
	const Syntax *parent = n->parent, *op = field_of(parent, "operator");
	bool right = has_role(n, "assignment_expression binary_expression", "right");
	const char *least = v.i == INT32_MIN ? "INT32_MIN" :
		v.i == INT64_MIN             ? "INT64_MIN" :
					       NULL;
	bool minus = is_real(v) ? signbit(v.f) : v.i < 0 && !least;

	if (right && is_kind(op, "+= -=") && is_discarded(parent) && v.i * v.i == 1) {
		t->size -= (size_t)(n->from - field_of(parent, "left")->to);
		put(t, minus == (*op->from == '+') ? "--" : "++");
		return;
	}
	if (right && minus && is_kind(op, "+ - += -=")) {
		t->data[t->size - (size_t)(n->from - op->from)] =
			*op->from == '+' ? '-' : '+';
		minus = false;
	}
	bool tight = minus && t->data[t->size - 1 - (t->data[t->size - 1] == ' ')] == '-';
	put(t, "%s%s", tight ? "(" : "", minus ? "-" : "");
	if (is_real(v) && isfinite(v.f))
		put_hex_float(t, fabs(v.f));
	else if (is_real(v))
		put_float(t, fabsf((float)v.f));
	else
		put(t, least ? least : "%lld", least ? 0 : llabs(v.i));
	put(t, tight ? ")" : "");
}

static char *
finished_text(Rewrite *r, const Syntax *root)
{
	Text t = text_new(r->arena);
	const char *at = root->from;

	for (const Syntax *n = root; n; n = walk(root, n)) {
		const BoundName *b = find_bound(r, n->name);
		if (!b)
			continue;
		put_bytes(&t, at, (size_t)(n->from - at));
		if (!b->to)
			put_value(&t, n, b->value);
		else if (find_item(r->template->source, b->to))
			put(&t, "%s", b->to);
		else
			die("template %s: no helper %s", r->template->function, b->to);
		at = n->to;
	}
	put_bytes(&t, at, (size_t)(root->to - at));
	put(&t, "\n");
	return t.data;
}

/* All but the name: the parameters that are left, and the body. */
static void
finish(Rewrite *r, Closure *c, const char *text, Bound *out)
{
	const Template *k = r->template;
	const Syntax *body = body_of(r, format(r->arena, "void f(void) %s", text));
	Text key = text_new(r->arena);
	int *left = alloc_array(r->arena, (size_t)k->param_count + 1, sizeof *left);

	for (int i = 0; i < k->param_count; i++) {
		if (!is_mentioned(body, k->param[i].name))
			continue;
		put(&key, "%s, ", k->param[i].text);
		add_needs(c, k->source, k->param[i].type);
		left[out->param_count++] = i;
	}
	put(&key, "\n%s", text);
	out->param = left;
	out->result = "static void";
	out->body = text;
	out->key = key.data;
	add_needs(c, k->source, body);
	if (strstr(text, "INFINITY") || strstr(text, "NAN"))
		add_include(c, "<math.h>");
}

Bound
specialize(Closure *c, const Template *k, const Binding *b, int count)
{
	Templates *t = c->templates;
	Rewrite r = { .arena = t->arena, .diag = t->diag, .template = k };
	const Syntax *body = field_of(k->tree, "body");
	Bound out = { .template = k, .binding = b, .binding_count = count };
	Value v;

	for (int i = 0; i < count; i++)
		bind(&r, &b[i]);
	for (const Syntax *n = body; n; n = walk(body, n))
		if (is_bound(&r, n, &v) && (is_declarator(n) || is_target(n)))
			die("template %s: %s is shadowed, assigned or its address taken",
				k->function, n->name);
	r.text = format(
		r.arena, "%.*s", (int)(k->tree->to - k->tree->from), k->tree->from);
	body = settle(&r);
	out.failed = r.failed;
	if (!r.failed)
		finish(&r, c, finished_text(&r, body), &out);
	return out;
}

void
put_function(Text *t, const Bound *f, const char *name)
{
	size_t column = strlen(name) + 1;

	put(t, "%s\n%s(", f->result, name);
	for (int i = 0; i < f->param_count; i++) {
		const char *text = f->template->param[f->param[i]].text;
		bool fits = i == 0 || column + strlen(text) + 2 <= COLUMNS;
		column = fits ? column + strlen(text) + 2 : TAB + strlen(text) + 1;
		put(t, "%s%s", i == 0 ? "" : fits ? ", " : ",\n\t", text);
	}
	put(t, "%s)\n%s", f->param_count ? "" : "void", f->body);
}
