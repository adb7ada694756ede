/* unparse.c: the rewritten tree as text: what was kept as it was written, lines indented for
 * where they are now. */
#include <math.h>
#include <string.h>

#include "codegen.h"

typedef struct {
	Text *to;
	const char *file; /* where the template's text begins */
} Printer;

/* Where a statement stands: tabs of its line, and how many fewer than in the file. */
typedef struct {
	int indent, shift;
} Place;

static void print(Printer *, const Syntax *, Place);

static int
tabs_of_line(const Printer *p, const char *at)
{
	int tabs = 0;

	while (at > p->file && at[-1] != '\n')
		at--;
	while (at[tabs] == '\t')
		tabs++;
	return tabs;
}

static void
put_line_start(Printer *p, int tabs)
{
	while (p->to->size && p->to->data[p->to->size - 1] == ' ')
		p->to->data[--p->to->size] = 0;
	put(p->to, "\n");
	for (int i = 0; i < tabs; i++)
		put(p->to, "\t");
}

static void
put_shifted(Printer *p, const char *from, const char *to, int shift)
{
	while (from < to) {
		const char *line = memchr(from, '\n', (size_t)(to - from));
		const char *end = line ? line + 1 : to;
		put_bytes(p->to, from, (size_t)(end - from));
		from = end;
		for (int i = 0; line && i < shift && from < to && *from == '\t'; i++)
			from++;
		for (int i = 0; line && i > shift && from < to && *from != '\n'; i--)
			put(p->to, "\t");
	}
}

/* ---- numbers */

/* Hexadecimal floats are exact and, made here, the same on every host. */
static void
put_hex_float(Text *t, double f, bool single)
{
	const char *suffix = single ? "f" : "";
	int exponent;

	if (f != f || f - f != 0) {
		put(t, "%s", f != f ? "NAN" : f > 0 ? "INFINITY" : "-INFINITY");
		return;
	}
	double part = frexp(fabs(f), &exponent) * 2; /* 1 <= part < 2 */
	put(t, "%s0x%d", signbit(f) ? "-" : "", f != 0);
	part -= f != 0;
	if (part > 0)
		put(t, ".");
	for (; part > 0; part -= floor(part)) {
		part *= 16;
		put(t, "%x", (unsigned)part);
	}
	put(t, "p%+d%s", f != 0 ? exponent - 1 : 0, suffix);
}

/* Whether the literal's value is converted to another type where it stands. */
static bool
is_converted(const Syntax *n)
{
	return stands_alone(n) && !is_kind(n->parent, "parenthesized_expression");
}

static void
put_int64(Text *t, const char *type, const Syntax *n)
{
	int64_t i = n->value.i;

	if (i == INT64_MIN)
		put(t, "INT64_MIN");
	else if (is_converted(n) || i < INT32_MIN || i > INT32_MAX)
		put(t, "%lld", (long long)i);
	else
		put(t, "(%s)%lld", type, (long long)i);
}

static void
put_value(Text *t, const Syntax *n)
{
	const Value v = n->value;
	bool minus = is_real(v) ? signbit(v.f) : v.i < 0 && v.i != INT32_MIN && v.i != INT64_MIN;
	bool tight = minus && t->size && (t->data[t->size - 1] == '-' ||
		(t->size > 1 && t->data[t->size - 1] == ' ' && t->data[t->size - 2] == '-'));

	put(t, tight ? "(" : "");
	switch (v.type) {
	case VALUE_INT: put(t, v.i == INT32_MIN ? "INT32_MIN" : "%lld", (long long)v.i); break;
	case VALUE_UINT: put(t, "%lluu", (unsigned long long)v.i); break;
	case VALUE_INT64: put_int64(t, "int64_t", n); break;
	case VALUE_UINT64: put_int64(t, "uint64_t", n); break;
	case VALUE_SIZE: put_int64(t, "size_t", n); break;
	case VALUE_FLOAT: put_hex_float(t, v.f, true); break;
	case VALUE_DOUBLE: put_hex_float(t, v.f, false); break;
	}
	put(t, tight ? ")" : "");
}

/* ---- blocks */

/* Declarations that came together when a loop around some of them went. */
static bool
is_continued(const Syntax *before, const Syntax *n)
{
	bool bare = is_kind(n, "bare");

	while (is_kind(n, "bare"))
		for (n = n->child; n->gone; n = n->next)
			;
	return bare && is_kind(before, "declaration") && is_kind(n, "declaration");
}

/* Statements one below the other; a line that was blank stays blank unless it would now be
 * first or last. */
static void
print_block(Printer *p, const Syntax *n, Place at)
{
	bool braces = is_kind(n, "compound_statement");
	const Syntax *before = NULL, *shown = NULL;
	int gap = 0, inside = at.indent + braces;

	for (const Syntax *c = n->child; c; before = c, c = c->next) {
		int lines = !before ? 0 : c->start && before->end ? lines_between(before->end, c->start) : 1;
		gap = lines > gap ? lines : gap;
		if (c->gone)
			continue;
		bool edge = !shown || shown->token || c->token || is_continued(shown, c);
		if (shown && gap == 0)
			put(p->to, " ");
		else if (shown) {
			if (gap > 1 && !edge)
				put(p->to, "\n");
			bool left = strncmp(c->kind, "preproc", strlen("preproc")) == 0;
			put_line_start(p, left ? tabs_of_line(p, c->from) : c->token ? at.indent : inside);
		}
		int tabs = shown && gap == 0 ? at.indent : inside;
		print(p, c, (Place){ tabs, tabs_of_line(p, c->from) - tabs });
		shown = c;
		gap = 0;
	}
}

/* ---- statements that own another */

static bool
is_body(const Syntax *n)
{
	return (n->field && (strcmp(n->field, "body") == 0 || strcmp(n->field, "consequence") == 0) &&
			strstr(n->parent->kind, "_statement") != NULL) ||
		(is_kind(n->parent, "else_clause") && !n->token && !is_kind(n, "comment"));
}

/* A body that is not the one it was gets the space before it that it wants now. */
static Place
print_gap_to_body(Printer *p, const char *from, const Syntax *n, Place at)
{
	bool block = is_kind(n, "compound_statement");
	bool chain = is_kind(n->parent, "else_clause") && is_kind(n, "if_statement");

	if (block || chain) {
		put(p->to, " ");
	} else if (n->from == n->start && !lines_between(from, n->start)) {
		put_shifted(p, from, n->start, at.shift);
	} else {
		at.indent++;
		put_line_start(p, at.indent);
	}
	at.shift = is_kind(n, "compound_statement") ? at.shift
						    : tabs_of_line(p, n->from) - at.indent;
	return at;
}

static bool
ends_block(const Text *t)
{
	return t->size && t->data[t->size - 1] == '}';
}

static void
print_children(Printer *p, const Syntax *n, Place at)
{
	const char *from = n->from;

	for (const Syntax *c = n->child; c; c = c->next) {
		const char *end = c->end ? c->end : from;
		Place place = at;
		if (c->gone) {
			from = end;
			continue;
		}
		bool closes = is_kind(c, "else_clause") ||
			(is_kind(c, "while") && is_kind(n, "do_statement"));
		if (is_body(c)) {
			place = print_gap_to_body(p, from, c, at);
		} else if (closes) {
			put(p->to, ends_block(p->to) ? " " : "");
			if (!ends_block(p->to) && p->to->data[p->to->size - 1] != ' ')
				put_line_start(p, at.indent);
		} else if (c->start) {
			put_shifted(p, from, c->start, at.shift);
			if (lines_between(from, c->start) && strstr(c->kind, "_statement")) {
				place.indent = tabs_of_line(p, c->start) - at.shift;
				place.shift = tabs_of_line(p, c->from) - place.indent;
			}
		}
		print(p, c, place);
		from = end;
	}
	if (n->child && from < n->to)
		put_shifted(p, from, n->to, at.shift);
}

static void
print(Printer *p, const Syntax *n, Place at)
{
	if (n->bound)
		put_value(p->to, n);
	else if (!n->child)
		put_shifted(p, n->from, n->to, at.shift);
	else if (is_kind(n, "compound_statement") || is_kind(n, "bare"))
		print_block(p, n, at);
	else
		print_children(p, n, at);
}

void
unparse(Text *to, const Syntax *n, const char *file_text)
{
	Printer p = { to, file_text };

	print(&p, n, (Place){ 0, 0 });
}
