/* syntax.c: C text as a tree of our own: tree-sitter's, in the arena. */
#include <ctype.h>
#include <string.h>
#include <tree_sitter/api.h>

#include "codegen.h"

const TSLanguage *tree_sitter_c(void);

/* names: the text with nothing but ends of strings between words. */
static Syntax *
node_of(Arena *arena, TSTreeCursor *cursor, const char *text, const char *names,
	const Syntax *parent)
{
	TSNode at = ts_tree_cursor_current_node(cursor);
	Syntax *n = alloc(arena, sizeof *n), *last = NULL;

	*n = (Syntax){ .kind = ts_node_type(at),
		.parent = parent,
		.field = ts_tree_cursor_current_field_name(cursor),
		.token = !ts_node_is_named(at),
		.from = text + ts_node_start_byte(at),
		.to = text + ts_node_end_byte(at) };
	n->name = is_kind(n, "identifier") ? names + (n->from - text) : NULL;
	while (n->to > n->from && isspace((unsigned char)n->to[-1]))
		n->to--; /* a directive's newline */
	if (!ts_tree_cursor_goto_first_child(cursor))
		return n;
	do {
		Syntax *child = node_of(arena, cursor, text, names, n);
		*(last ? &last->next : &n->child) = child;
		last = child;
	} while (ts_tree_cursor_goto_next_sibling(cursor));
	ts_tree_cursor_goto_parent(cursor);
	return n;
}

static int
line_of_error(TSNode n)
{
	for (uint32_t i = 0; i < ts_node_child_count(n); i++)
		if (ts_node_has_error(ts_node_child(n, i)))
			return line_of_error(ts_node_child(n, i));
	return (int)ts_node_start_point(n).row + 1;
}

const Syntax *
parse_c(Arena *arena, const char *text, const char *what)
{
	TSParser *parser = ts_parser_new();

	if (!ts_parser_set_language(parser, tree_sitter_c()))
		die("the tree-sitter library cannot read the C grammar's ABI");
	TSTree *tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)strlen(text));
	TSNode root = ts_tree_root_node(tree);
	if (ts_node_has_error(root))
		die("template %s:%d: not plain C", what, line_of_error(root));
	TSTreeCursor cursor = ts_tree_cursor_new(root);
	char *names = copy_of(arena, text, strlen(text) + 1);
	for (size_t i = strlen(text); i-- > 0;)
		if (!isalnum((unsigned char)names[i]) && names[i] != '_' &&
			names[i] != '$')
			names[i] = 0;
	const Syntax *n = node_of(arena, &cursor, text, names, NULL);
	ts_tree_cursor_delete(&cursor);
	ts_tree_delete(tree);
	ts_parser_delete(parser);
	return n;
}

bool
is_kind(const Syntax *n, const char *kinds)
{
	return n && has_word(kinds, n->kind);
}

const Syntax *
field_of(const Syntax *n, const char *field)
{
	for (const Syntax *c = n ? n->child : NULL; c; c = c->next)
		if (c->field && strcmp(c->field, field) == 0)
			return c;
	return NULL;
}

bool
has_role(const Syntax *n, const char *parents, const char *roles)
{
	return n->field && is_kind(n->parent, parents) && has_word(roles, n->field);
}

bool
text_is(const Syntax *n, const char *text)
{
	size_t size = strlen(text);

	return n && (size_t)(n->to - n->from) == size && memcmp(n->from, text, size) == 0;
}

bool
is_name(const Syntax *n, const char *name)
{
	return n && n->name && strcmp(n->name, name) == 0;
}

char *
text_of(Arena *arena, const Syntax *n)
{
	char *text = format(arena, "%.*s", (int)(n->to - n->from), n->from), *to = text;

	for (const char *s = text; *s; s++)
		if (!isspace((unsigned char)*s))
			*to++ = *s;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	*to = 0;
	return text;
}

const Syntax *
inner(const Syntax *n)
{
	const Syntax *c = n->child;

	while (c && (c->token || is_kind(c, "comment")))
		c = c->next;
	return c;
}

const Syntax *
walk_past(const Syntax *root, const Syntax *at)
{
	while (at != root && !at->next)
		at = at->parent;
	return at == root ? NULL : at->next;
}

const Syntax *
walk(const Syntax *root, const Syntax *at)
{
	return at->child ? at->child : walk_past(root, at);
}

int
lines_between(const char *from, const char *to)
{
	int lines = 0;

	for (; from < to; from++)
		lines += *from == '\n';
	return lines;
}

const Syntax *
first_above(const Syntax *n, const char *kinds)
{
	const Syntax *first = NULL, *before = NULL;

	for (const Syntax *c = n->parent->child; c != n; before = c, c = c->next) {
		int lines = before ? lines_between(before->to, c->from) : 1;
		if (!is_kind(c, kinds) || lines == 0)
			first = NULL;
		else if (!first || lines > 1)
			first = c;
	}
	return first && lines_between(before->to, n->from) <= 1 ? first : n;
}

/* ---- names */

bool
is_declarator(const Syntax *n)
{
	return n->field && strcmp(n->field, "declarator") == 0;
}

const Syntax *
declared(const Syntax *n)
{
	while (field_of(n, "declarator"))
		n = field_of(n, "declarator");
	return n;
}

bool
has_qualifier(const Syntax *n, const char *name)
{
	for (const Syntax *c = n->child; c; c = c->next)
		if (is_kind(c, "type_qualifier") && text_is(c, name))
			return true;
	return false;
}

bool
is_target(const Syntax *n)
{
	while (is_kind(n->parent, "parenthesized_expression"))
		n = n->parent;
	return has_role(n, "assignment_expression", "left") ||
		is_kind(n->parent, "update_expression") ||
		(is_kind(n->parent, "pointer_expression") && *n->parent->from == '&');
}

const Syntax *
declares(const Syntax *n, const char *name)
{
	const Syntax *found = NULL;

	if (is_declarator(n) && !is_kind(n, "function_declarator"))
		return is_name(declared(n), name) ? n : NULL;
	if (is_kind(n,
		    "declaration function_declarator parameter_list "
		    "parameter_declaration"))
		for (const Syntax *c = n->child; c && !found; c = c->next)
			found = declares(c, name);
	return found;
}

const Syntax *
local_of(const Syntax *n)
{
	const Syntax *found = NULL;

	for (const Syntax *at = n; at->parent && !found; at = at->parent)
		for (const Syntax *c = at->parent->child; c != at; c = c->next)
			found = found ? found : declares(c, n->name);
	return found;
}

bool
is_mentioned(const Syntax *root, const char *name)
{
	const Syntax *n = root;

	while (n && (!is_name(n, name) || is_declarator(n)))
		n = walk(root, n);
	return n != NULL;
}

const Syntax *
scope_of(const Syntax *local)
{
	const char *kinds = "compound_statement for_statement function_definition";

	while (!is_kind(local, kinds))
		local = local->parent;
	return local;
}
