/* closure.c: what the bound functions need of their files: includes, types, tables, helpers. */
#include <ctype.h>
#include <string.h>

#include "codegen.h"

struct Closure {
	Templates *templates;
	Arena *arena;
	const char **header;
	int header_count;
	const Item **item; /* what an item needs stands before it */
	int item_count;
};

/* Headers that are left out unless something of theirs is mentioned; what no line names is
 * always included. */
static const char *const contents[][2] = {
	{ "<assert.h>", "" },
	{ "<limits.h>", "INT_MIN INT_MAX CHAR_BIT" },
	{ "<math.h>", "NAN INFINITY fabsf sqrtf expf logf tanhf roundf rintf lrintf floorf ceilf "
		"fabs sqrt exp log tanh round rint lrint floor ceil fmaxf fminf fmodf powf ldexpf" },
	{ "<stdbool.h>", "bool true false" },
	{ "<stddef.h>", "size_t ptrdiff_t NULL" },
	{ "<stdlib.h>", "abs" },
	{ "<string.h>", "memcpy memset memmove memcmp" },
};

Closure *
closure_new(Templates *templates)
{
	Closure *c = alloc(templates_arena(templates), sizeof *c);

	*c = (Closure){ .templates = templates, .arena = templates_arena(templates) };
	return c;
}

Templates *
closure_templates(const Closure *c)
{
	return c->templates;
}

void
add_include(Closure *c, const char *name)
{
	int at = 0;

	while (at < c->header_count && strcmp(c->header[at], name) < 0)
		at++;
	if (at < c->header_count && strcmp(c->header[at], name) == 0)
		return;
	c->header = grow(c->arena, c->header, c->header_count, sizeof *c->header);
	memmove(c->header + at + 1, c->header + at,
		(size_t)(c->header_count++ - at) * sizeof *c->header);
	c->header[at] = name;
}

void
put_includes(Text *t, const Closure *c)
{
	for (int i = 0; i < c->header_count; i++)
		put(t, "#include %s\n", c->header[i]);
}

/* ---- items */

static bool
follows(const Syntax *a, const Syntax *b)
{
	int lines = 0;

	for (const char *s = a->end; s < b->start; s++)
		lines += *s == '\n';
	return lines == 1;
}

/* An item with the comment directly above it and the semicolon behind it. */
static const char *
text_of_item(Arena *arena, const Item *item)
{
	const Syntax *first = item->tree, *before = NULL, *last = item->tree;

	for (const Syntax *n = item->tree->parent->child; n != item->tree; before = n, n = n->next)
		if (!is_kind(n, "comment"))
			first = item->tree;
		else if (first == item->tree || !follows(before, n))
			first = n;
	if (before && is_kind(before, "comment") && !follows(before, item->tree))
		first = item->tree;
	if (is_kind(last->next, ";"))
		last = last->next;
	return format(arena, "%.*s", (int)(last->end - first->start), first->start);
}

/* Names in a macro's body or of an #if's condition are no identifiers of the tree. */
static void
add_words(Closure *c, const Source *source, const char *from, const char *to)
{
	while (from < to) {
		const char *end = from;
		while (end < to && (isalnum((unsigned char)*end) || *end == '_'))
			end++;
		if (end > from) {
			Syntax word = { .kind = "identifier", .from = from, .to = end };
			add_needs(c, source, &word);
		}
		from = end > from ? end : from + 1;
	}
}

static void
add_item(Closure *c, const Item *item)
{
	for (int i = 0; i < c->item_count; i++) {
		if (c->item[i]->tree == item->tree)
			return;
		if (strcmp(c->item[i]->name, item->name) != 0)
			continue;
		if (strcmp(text_of_item(c->arena, c->item[i]), text_of_item(c->arena, item)) != 0)
			die("two helpers named %s: %s/%s and %s/%s", item->name,
				c->item[i]->source->folder, c->item[i]->source->file,
				item->source->folder, item->source->file);
		return;
	}
	add_needs(c, item->source, item->tree);
	for (int i = 0; i < c->item_count; i++)
		if (c->item[i]->tree == item->tree)
			return; /* it mentions itself */
	c->item = grow(c->arena, c->item, c->item_count, sizeof *c->item);
	c->item[c->item_count++] = item;
}

static void
add_headers(Closure *c, const Source *s, const char *word)
{
	for (int i = 0; i < s->header_count; i++) {
		const char *list = "*";
		for (size_t k = 0; k < sizeof contents / sizeof *contents; k++)
			if (strcmp(contents[k][0], s->header[i]) == 0)
				list = contents[k][1];
		if (strcmp(list, "*") == 0 || has_word(list, word))
			add_include(c, s->header[i]);
	}
	for (int i = 0; i < s->included_count; i++)
		add_headers(c, s->included[i], word);
}

void
add_needs(Closure *c, const Source *source, const Syntax *root)
{
	for (const Syntax *n = root; n; n = walk(root, n)) {
		if (n->bound)
			continue;
		if (is_kind(n, "preproc_arg")) {
			add_words(c, source, n->from, n->to);
			continue;
		}
		if (strstr(n->kind, "identifier") || is_kind(n, "primitive_type") ||
				is_kind(n, "true") || is_kind(n, "false") || is_kind(n, "null")) {
			const char *name = text_of(c->arena, n);
			const Item *item = find_item(source, name);
			add_headers(c, source, name);
			if (item && item->tree != root && !is_kind(n, "field_identifier"))
				add_item(c, item);
		}
	}
}

/* One-line items of a kind stand together, others a blank line apart. */
void
put_helpers(Text *t, const Closure *c)
{
	bool tight = false;

	for (int i = 0; i < c->item_count; i++) {
		const char *text = text_of_item(c->arena, c->item[i]);
		bool line = !strchr(text, '\n');
		put(t, "%s%s\n", i && !(line && tight) ? "\n" : "", text);
		tight = line;
	}
}
