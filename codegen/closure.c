/* closure.c: what the bound functions need of their files: includes, types, tables, helpers. */
#include <string.h>

#include "codegen.h"

Closure *
closure_new(Templates *templates)
{
	Closure *c = alloc(templates->arena, sizeof *c);

	c->templates = templates;
	return c;
}

void
add_include(Closure *c, const char *name)
{
	int at = 0;

	while (at < c->header_count && strcmp(c->header[at], name) < 0)
		at++;
	if (at < c->header_count && strcmp(c->header[at], name) == 0)
		return;
	c->header =
		grow(c->templates->arena, c->header, c->header_count, sizeof *c->header);
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

static void
add_item(Closure *c, const Item *item)
{
	for (int i = 0; i < c->item_count; i++) {
		const Item *o = c->item[i];
		if (o->tree == item->tree)
			return;
		if (strcmp(o->name, item->name) != 0)
			continue;
		if (strcmp(o->text, item->text) == 0)
			return;
		die("two helpers named %s: %s/%s and %s/%s", item->name,
			o->source->folder, o->source->file, item->source->folder,
			item->source->file);
	}
	add_needs(c, item->source, item->tree);
	c->item = grow(c->templates->arena, c->item, c->item_count, sizeof *c->item);
	c->item[c->item_count++] = item;
}

/* Asserts do not reach the output. */
static void
add_headers(Closure *c, const Source *s)
{
	for (int i = 0; i < s->header_count; i++)
		if (strcmp(s->header[i], "<assert.h>") != 0)
			add_include(c, s->header[i]);
	for (int i = 0; i < s->included_count; i++)
		add_headers(c, s->included[i]);
}

void
add_needs(Closure *c, const Source *source, const Syntax *root)
{
	add_headers(c, source);
	for (const Syntax *n = root; n; n = walk(root, n)) {
		if (!is_kind(n, "identifier type_identifier"))
			continue;
		const Item *item = find_item(source, text_of(c->templates->arena, n));
		if (item && item->tree != root)
			add_item(c, item);
	}
}

/* One-line items of a kind stand together, others a blank line apart. */
void
put_helpers(Text *t, const Closure *c)
{
	bool tight = false;

	for (int i = 0; i < c->item_count; i++) {
		const char *text = c->item[i]->text;
		bool line = !strchr(text, '\n');
		put(t, "%s%s\n", i && !(line && tight) ? "\n" : "", text);
		tight = line;
	}
}

const char *
comparison(Templates *t, const char *name)
{
	return find_item(load_source(t, "common", "compare.h"), name)->text;
}
