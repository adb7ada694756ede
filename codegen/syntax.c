/* syntax.c: C text as a tree of our own: tree-sitter's, in the arena and open to rewriting. */
#include <ctype.h>
#include <string.h>
#include <tree_sitter/api.h>

#include "codegen.h"

const TSLanguage *tree_sitter_c(void);

static Syntax *
node_of(Arena *arena, TSTreeCursor *cursor, const char *text, Syntax *parent)
{
	TSNode at = ts_tree_cursor_current_node(cursor);
	Syntax *n = alloc(arena, sizeof *n);

	n->kind = ts_node_type(at);
	n->field = ts_tree_cursor_current_field_name(cursor);
	n->start = text + ts_node_start_byte(at);
	n->end = text + ts_node_end_byte(at);
	while (n->end > n->start && isspace((unsigned char)n->end[-1]))
		n->end--; /* a directive's newline */
	n->from = n->start;
	n->to = n->end;
	n->parent = parent;
	n->token = !ts_node_is_named(at);
	if (ts_tree_cursor_goto_first_child(cursor)) {
		Syntax **next = &n->child;
		do {
			*next = node_of(arena, cursor, text, n);
			next = &(*next)->next;
		} while (ts_tree_cursor_goto_next_sibling(cursor));
		ts_tree_cursor_goto_parent(cursor);
	}
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

Syntax *
parse_c(Arena *arena, const char *text, int *error_line)
{
	TSParser *parser = ts_parser_new();

	if (!ts_parser_set_language(parser, tree_sitter_c()))
		die("the tree-sitter library cannot read the C grammar's ABI");
	TSTree *tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)strlen(text));
	TSNode root = ts_tree_root_node(tree);
	Syntax *n = NULL;
	if (ts_node_has_error(root)) {
		*error_line = line_of_error(root);
	} else {
		TSTreeCursor cursor = ts_tree_cursor_new(root);
		n = node_of(arena, &cursor, text, NULL);
		ts_tree_cursor_delete(&cursor);
	}
	ts_tree_delete(tree);
	ts_parser_delete(parser);
	return n;
}

Syntax *
copy_tree(Arena *arena, const Syntax *n)
{
	Syntax *copy = copy_of(arena, n, sizeof *n);
	Syntax **next = &copy->child;

	copy->parent = copy->next = NULL;
	for (const Syntax *c = n->child; c; c = c->next) {
		*next = copy_tree(arena, c);
		(*next)->parent = copy;
		next = &(*next)->next;
	}
	return copy;
}

bool
is_kind(const Syntax *n, const char *kind)
{
	return n && strcmp(n->kind, kind) == 0;
}

Syntax *
field_of(const Syntax *n, const char *field)
{
	for (Syntax *c = n ? n->child : NULL; c; c = c->next)
		if (!c->gone && c->field && strcmp(c->field, field) == 0)
			return c;
	return NULL;
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
	return is_kind(n, "identifier") && text_is(n, name);
}

char *
text_of(Arena *arena, const Syntax *n)
{
	char *text = copy_of(arena, n->from, (size_t)(n->to - n->from) + 1), *to = text;

	text[n->to - n->from] = 0;
	for (const char *s = text; *s; s++)
		if (!isspace((unsigned char)*s))
			*to++ = *s;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	*to = 0;
	return text;
}

Syntax *
declared(const Syntax *n)
{
	Syntax *d = field_of(n, "declarator");

	while (field_of(d, "declarator"))
		d = field_of(d, "declarator");
	return d;
}

Syntax *
inner(const Syntax *n)
{
	Syntax *c = n->child;

	while (c && (c->gone || c->token || is_kind(c, "comment")))
		c = c->next;
	return c;
}

/* The live node after at in its list, or after an ancestor below root. */
Syntax *
walk_past(const Syntax *root, const Syntax *at)
{
	for (; at != root; at = at->parent)
		for (Syntax *next = at->next; next; next = next->next)
			if (!next->gone)
				return next;
	return NULL;
}

Syntax *
walk(const Syntax *root, const Syntax *at)
{
	for (Syntax *child = at->child; child; child = child->next)
		if (!child->gone)
			return child;
	return walk_past(root, at);
}

bool
is_declarator(const Syntax *n)
{
	return n->field && strcmp(n->field, "declarator") == 0;
}

bool
has_qualifier(const Syntax *n, const char *name)
{
	for (const Syntax *c = n->child; c; c = c->next)
		if (is_kind(c, "type_qualifier") && text_is(c, name))
			return true;
	return false;
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
comment_above(const Syntax *n)
{
	const Syntax *first = NULL, *before = NULL;

	for (const Syntax *c = n->parent->child; c != n; before = c, c = c->next)
		if (!is_kind(c, "comment"))
			first = NULL;
		else if (!first || lines_between(before->end, c->start) > 1)
			first = c;
	return first && lines_between(before->end, n->start) <= 1 ? first : NULL;
}
