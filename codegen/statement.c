/* statement.c: statements of a function that is being bound: decided branches, loops of no turn
 * and of one, what nobody reads.  In a block each has lines of its own. */
#include <string.h>

#include "codegen.h"

static bool
in_block(const Syntax *n)
{
	return is_kind(n->parent, "compound_statement");
}

static const Syntax *
sibling_before(const Syntax *n)
{
	const Syntax *before = n->parent->child;

	while (before->next != n)
		before = before->next;
	return before;
}

static bool
is_empty(const Syntax *n)
{
	bool empty = is_kind(n, "compound_statement comment") || text_is(n, ";");

	for (const Syntax *c = n->child; c && empty; c = c->next)
		empty = c->token || is_empty(c);
	return empty;
}

/* Where the line above n ends, and what of some kinds stands directly above it. */
static const char *
line_end_above(const Rewrite *r, const Syntax *n, const char *kinds)
{
	const char *at = first_above(n, kinds)->from;

	while (at > r->text && *at != '\n')
		at--;
	return at;
}

/* A statement goes with its comments; where the grammar wants one, an empty one stays. */
static bool
vanish(Rewrite *r, const Syntax *n)
{
	bool comment =
		is_kind(n->next, "comment") && !lines_between(n->to, n->next->from);

	if (!in_block(n))
		return replace(r, n->from, n->to, ";");
	return replace(r, line_end_above(r, n, "comment preproc_call"),
		comment ? n->next->to : n->to, "");
}

/* ---- a statement becomes its body */

static int
tabs_of(const Rewrite *r, const char *at)
{
	while (at > r->text && at[-1] != '\n')
		at--;
	return (int)strspn(at, "\t");
}

static void
put_line(Text *t, int tabs)
{
	put(t, "\n");
	while (tabs-- > 0)
		put(t, "\t");
}

/* Lines are moved left. */
static void
put_moved(Text *t, const char *from, const char *to, int left)
{
	for (; from < to; from++) {
		put_bytes(t, from, 1);
		for (int i = 0;
			*from == '\n' && i < left && from + 1 < to && from[1] == '\t';
			i++)
			from++;
	}
}

/* Whether a name that body declares is declared elsewhere in the block around n. */
static bool
clashes(const Syntax *n, const Syntax *body)
{
	const Syntax *o = n->parent;

	for (; o; o = o == n ? walk_past(n->parent, o) : walk(n->parent, o))
		for (const Syntax *d = body->child; d && is_declarator(o) && o->name;
			d = d->next)
			if (declares(d, o->name))
				return true;
	return false;
}

/* Without braces where that is possible; name, if not NULL, reads as by; more lines follow. */
static bool
unwrap(Rewrite *r, const Syntax *n, const Syntax *body, const char *name, const char *by,
	const char *more)
{
	bool among = in_block(n), block = is_kind(body, "compound_statement");
	bool bare = among && block && !clashes(n, body);
	int tabs = among ? tabs_of(r, n->from) : tabs_of(r, n->parent->from) + !block;
	int left = tabs_of(r, block ? body->to - 1 : body->from) + bare - tabs;
	const char *at = bare ? body->child->to : body->from, *to = body->to - bare;
	Text t = text_new(r->arena);

	if (is_empty(body))
		return vanish(r, n);
	if (among && block && !bare && !r->settled)
		return false; /* what clashes may go yet */
	while (bare && strchr("\t\n", to[-1]))
		to--;
	if (!among && block)
		put(&t, " ");
	else if (!bare)
		put_line(&t, tabs);
	for (const Syntax *m = body; name && m; m = walk(body, m))
		if (is_name(m, name)) {
			put_moved(&t, at, m->from, left);
			put(&t, "%s", by);
			at = m->to;
		}
	put_moved(&t, at, to, left);
	put(&t, "%s", more);
	return replace(r,
		among ? line_end_above(r, n, "preproc_call") : sibling_before(n)->to,
		n->to, t.data);
}

static bool
simplify_if(Rewrite *r, const Syntax *n)
{
	const Syntax *condition = field_of(n, "condition"),
		     *then = field_of(n, "consequence");
	const Syntax *other = field_of(n, "alternative");
	Value v;

	other = other ? inner(other) : NULL;
	if (known(r, condition, &v) == KNOWN && v.type == VALUE_INT) {
		then = v.i ? then : other;
		return then ? unwrap(r, n, then, NULL, NULL, "") : vanish(r, n);
	}
	if (other && is_empty(other))
		return replace(r, then->to, n->to, "");
	return !other && is_empty(then) && is_pure(r, condition) && vanish(r, n);
}

/* ---- what nobody reads */

bool
is_discarded(const Syntax *n)
{
	return has_role(n, "comma_expression", "left") ||
		has_role(n, "for_statement", "update") ||
		is_kind(n->parent, "expression_statement") ||
		(has_role(n, "comma_expression", "right") && is_discarded(n->parent));
}

/* Whether a mention of a variable does more than to change it, or an element of a local array. */
static bool
is_read(const Syntax *mention)
{
	const Syntax *n = mention, *d = local_of(mention);

	while (has_role(n, "subscript_expression", "argument"))
		n = n->parent;
	if (n != mention && !is_kind(d, "array_declarator") &&
		!is_kind(field_of(d, "declarator"), "array_declarator"))
		return true;
	return !is_target(n) || !is_discarded(n->parent);
}

/* Whether nothing reads the variable at all, or if it is changed as a whole, after n. */
static bool
is_unread(const Syntax *n, const Syntax *name, bool whole)
{
	const Syntax *scope = scope_of(local_of(name));
	bool read = false, later = !whole;

	for (const Syntax *m = scope; m; m = walk(scope, m)) {
		bool mention = is_name(m, name->name) && !is_declarator(m);
		read = read || (mention && is_read(m));
		later = later || (mention && m->from > n->to);
	}
	for (; n != scope; later = later || is_kind(n, "for_statement"))
		n = n->parent;
	return !read || !later;
}

/* Whether an assignment whose value is discarded may go. */
static bool
is_idle(Rewrite *r, const Syntax *n)
{
	const Syntax *left =
		field_of(n, is_kind(n, "update_expression") ? "argument" : "left");
	const Syntax *name = left;

	if (!is_kind(n, "assignment_expression update_expression") || !is_pure(r, left) ||
		!is_pure(r, field_of(n, "right")))
		return false;
	while (is_kind(name, "subscript_expression"))
		name = field_of(name, "argument");
	return name->name && local_of(name) && !is_read(name) &&
		is_unread(n, name, name == left);
}

static bool
simplify_comma(Rewrite *r, const Syntax *n)
{
	const Syntax *left = field_of(n, "left"), *right = field_of(n, "right");

	if (is_idle(r, left))
		return replace(r, n->from, right->from, "");
	return is_discarded(n) && is_idle(r, right) && replace(r, left->to, n->to, "");
}

/* A local that nobody mentions goes, unless what it was made from has an effect. */
static bool
simplify_declaration(Rewrite *r, const Syntax *n)
{
	const Syntax *d = in_block(n) ? n->child : NULL;

	while (d && (!is_declarator(d) || is_mentioned(n->parent, declared(d)->name)))
		d = d->next;
	if (!d)
		return false;
	const Syntax *before = sibling_before(d), *value = field_of(d, "value");
	bool pure = is_pure(r, value), last = is_kind(d->next, ";");
	if (last && !is_kind(before, ","))
		return pure ? vanish(r, n) : replace(r, n->from, value->from, "");
	return pure &&
		replace(r, last ? before->from : d->from,
			last ? d->to : d->next->next->from, "");
}

/* ---- loops */

/* Whether a break or continue in it is meant for the loop around it. */
static bool
jumps(const Syntax *n)
{
	bool found = is_kind(n, "continue_statement break_statement");

	for (const Syntax *c = n->child; c && !is_kind(n, "for_statement") && !found;
		c = c->next)
		found = jumps(c);
	return found;
}

/* Where the loop's variable is counted, if nothing else writes it. */
static const Syntax *
step_of(const Syntax *loop, const char *name)
{
	const Syntax *step = NULL, *update = field_of(loop, "update");

	for (const Syntax *n = loop; n; n = walk(loop, n)) {
		bool inside = update && n->from >= update->from && n->to <= update->to;
		if (!is_name(n, name))
			continue;
		if (inside != is_target(n) ||
			(inside && (step || !is_discarded(n->parent))))
			return NULL;
		step = inside ? n->parent : step;
	}
	return step;
}

/* Whether the loop goes on when its variable has a value. */
static Known
goes_on(Rewrite *r, const Syntax *loop, const Syntax *d, int64_t variable, Value *out)
{
	bind_value(r, declared(d)->name, int_value(variable));
	Known k = known(r, field_of(loop, "condition"), out);
	r->bound_count--;
	return k;
}

/* The updates but for the variable's, as statements. */
static void
put_updates(Text *t, const Syntax *n, const Syntax *step, int tabs)
{
	if (is_kind(n, "comma_expression")) {
		put_updates(t, field_of(n, "left"), step, tabs);
		put_updates(t, field_of(n, "right"), step, tabs);
	} else if (n != step) {
		put_line(t, tabs);
		put(t, "%.*s;", (int)(n->to - n->from), n->from);
	}
}

static bool
simplify_for(Rewrite *r, const Syntax *n)
{
	const Syntax *init = field_of(n, "initializer"), *body = field_of(n, "body");
	const Syntax *d =
		is_kind(init, "declaration") ? field_of(init, "declarator") : NULL;
	const Syntax *step = d ? step_of(n, declared(d)->name) : NULL;
	const Syntax *op = field_of(step, "operator"), *right = field_of(step, "right");
	Value first, on, by = int_value(1);

	if (step && step == field_of(n, "update") && is_empty(body) &&
		is_pure(r, field_of(n, "condition")))
		return vanish(r, n);
	if (!d || known(r, field_of(d, "value"), &first) != KNOWN ||
		first.type != VALUE_INT || goes_on(r, n, d, first.i, &on) != KNOWN)
		return false;
	if (!on.i)
		return vanish(r, n);
	if (!is_kind(op, "++ -- += -=") || jumps(body) ||
		(right && known(r, right, &by) != KNOWN) ||
		goes_on(r, n, d, first.i + (*op->from == '+' ? by.i : -by.i), &on) !=
			KNOWN ||
		on.i)
		return false;
	Text more = text_new(r->arena);
	put_updates(&more, field_of(n, "update"), step, tabs_of(r, n->from));
	return (in_block(n) || !more.size) &&
		unwrap(r, n, body, declared(d)->name, literal(r, first), more.data);
}

/* ---- the rest */

static bool
simplify_effect(Rewrite *r, const Syntax *n)
{
	const Syntax *demand = assertion(n), *e = inner(n);
	Value v;

	if (demand) {
		const char *text = text_of(r->arena, demand);
		Known k = known(r, demand, &v);
		if (k == UNKNOWN)
			die("template %s: undecided: assert(%s)", r->template->function,
				text);
		r->failed = k == KNOWN && v.i ? NULL : text;
		return vanish(r, n);
	}
	if (!e)
		return in_block(n) && vanish(r, n);
	return is_idle(r, e) && vanish(r, n);
}

/* Blank lines stay unless they would now be doubled, first or last, or between declarations that
 * have come together. */
static bool
simplify_block(Rewrite *r, const Syntax *n)
{
	if (in_block(n) && is_empty(n))
		return vanish(r, n);
	for (const Syntax *before = n->child, *c = before->next; c;
		before = c, c = c->next) {
		bool edge = before->token || c->token ||
			(r->settled && is_kind(before, "declaration") &&
				is_kind(c, "declaration"));
		size_t lines = strspn(before->to, "\n"), most = edge ? 1 : 2;
		if (lines > most)
			replace(r, before->to, before->to + lines - most, "");
		simplify(r, c);
	}
	return true;
}

static const struct {
	const char *kind;
	bool (*simplify)(Rewrite *, const Syntax *);
} rules[] = {
	{ "compound_statement", simplify_block },
	{ "if_statement", simplify_if },
	{ "for_statement", simplify_for },
	{ "declaration", simplify_declaration },
	{ "expression_statement", simplify_effect },
	{ "comma_expression", simplify_comma },
};

bool
simplify_statement(Rewrite *r, const Syntax *n)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (is_kind(n, rules[i].kind))
			return rules[i].simplify(r, n);
	return false;
}
