/* template.c: kernel templates: found in their folders, parsed once, their interface read. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "codegen.h"

struct Templates {
	Arena *arena;
	Diag *diag;
	const TemplateFile *file;
	int file_count;
	const char *dir;
	Source **source;
	int source_count;
	const Template **template;
	int template_count;
};

Templates *
templates_new(Arena *arena, Diag *diag, const TemplateFile *files, int count, const char *dir)
{
	Templates *t = alloc(arena, sizeof *t);

	*t = (Templates){ .arena = arena, .diag = diag, .file = files, .file_count = count,
		.dir = dir };
	return t;
}

Arena *
templates_arena(const Templates *t)
{
	return t->arena;
}

Diag *
templates_diag(const Templates *t)
{
	return t->diag;
}

/* ---- files and what they define */

static const char *
read_file(Templates *t, const char *folder, const char *file)
{
	char *path = format(t->arena, "%s/%s/%s", t->dir, folder, file), *text = NULL;
	FILE *f = fopen(path, "rb");
	long size;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0) {
		text = alloc(t->arena, (size_t)size + 1);
		if (fread(text, 1, (size_t)size, f) != (size_t)size)
			text = NULL;
	}
	fclose(f);
	if (!text)
		fail_at(t->diag, nowhere, "cannot read the template %s", path);
	return text;
}

static const char *
find_text(Templates *t, const char *folder, const char *file)
{
	if (t->dir)
		return read_file(t, folder, file);
	for (int i = 0; i < t->file_count; i++)
		if (strcmp(t->file[i].folder, folder) == 0 && strcmp(t->file[i].file, file) == 0)
			return t->file[i].text;
	return NULL;
}

static void
add_item(Templates *t, Source *s, const Syntax *name, const Syntax *tree, const Syntax *node)
{
	s->item = grow(t->arena, s->item, s->item_count, sizeof *s->item);
	s->item[s->item_count++] = (Item){ text_of(t->arena, name), tree, node, s };
}

static const Source *load(Templates *, const char *folder, const char *file);

/* #include <x.h> is noted; "../common/x.h" is read, from the own folder or from common. */
static void
note_include(Templates *t, Source *s, const Syntax *n)
{
	const char *path = text_of(t->arena, field_of(n, "path"));
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path + 1;

	if (*path == '<') {
		s->header = grow(t->arena, s->header, s->header_count, sizeof *s->header);
		s->header[s->header_count++] = path;
		return;
	}
	name = format(t->arena, "%.*s", (int)strcspn(name, "\""), name);
	const Source *included = load(t, s->folder, name);
	if (!included)
		included = load(t, "common", name);
	if (!included)
		die("template %s/%s includes %s, which is not there", s->folder, s->file, path);
	s->included = grow(t->arena, s->included, s->included_count, sizeof *s->included);
	s->included[s->included_count++] = included;
}

/* An #ifndef whose first line defines the same name. */
static bool
is_include_guard(const Syntax *n)
{
	const Syntax *name = field_of(n, "name"), *define = name ? name->next : NULL;

	while (is_kind(define, "comment"))
		define = define->next;
	return is_kind(n, "preproc_ifdef") && is_kind(define, "preproc_def") &&
		field_of(define, "name")->to - field_of(define, "name")->from == name->to - name->from;
}

/* Names that n declares at the top level; tree: all that goes with them. */
static void
add_items(Templates *t, Source *s, const Syntax *n, const Syntax *tree)
{
	bool function = is_kind(n, "function_definition");

	if (is_kind(n, "preproc_include"))
		note_include(t, s, n);
	else if (function)
		add_item(t, s, declared(n), tree, n);
	else if (is_kind(n, "preproc_def") || is_kind(n, "preproc_function_def"))
		add_item(t, s, field_of(n, "name"), tree, n);
	for (const Syntax *c = function ? NULL : n->child; c; c = c->next)
		if (is_declarator(c) && !is_kind(c, "function_declarator"))
			add_item(t, s, declared(c) ? declared(c) : c, tree, c);
	for (const Syntax *c = function ? NULL : n; c; c = walk(n, c))
		if (field_of(c, "name") && (is_kind(c, "enumerator") ||
				(strstr(c->kind, "_specifier") && field_of(c, "body"))))
			add_item(t, s, field_of(c, "name"), tree, c);
}

/* whole: the #if around, or NULL. */
static void
add_top_level(Templates *t, Source *s, const Syntax *root, const Syntax *whole)
{
	for (const Syntax *n = root->child; n; n = n->next)
		if (has_word("preproc_ifdef preproc_if preproc_else preproc_elif", n->kind))
			add_top_level(t, s, n, whole ? whole : is_include_guard(n) ? NULL : n);
		else
			add_items(t, s, n, whole ? whole : n);
}

static const Source *
load(Templates *t, const char *folder, const char *file)
{
	int line;

	for (int i = 0; i < t->source_count; i++)
		if (strcmp(t->source[i]->folder, folder) == 0 && strcmp(t->source[i]->file, file) == 0)
			return t->source[i]->root ? t->source[i] : NULL;
	Source *s = alloc(t->arena, sizeof *s);
	s->folder = format(t->arena, "%s", folder);
	s->file = format(t->arena, "%s", file);
	s->text = find_text(t, folder, file);
	t->source = grow(t->arena, t->source, t->source_count, sizeof *t->source);
	t->source[t->source_count++] = s;
	if (!s->text)
		return NULL;
	s->root = parse_c(t->arena, s->text, &line);
	if (!s->root)
		die("template %s/%s:%d: not plain C", folder, file, line);
	add_top_level(t, s, s->root, NULL);
	return s;
}

const Item *
find_item(const Source *s, const char *name)
{
	const Item *found = NULL;

	for (int i = 0; i < s->item_count; i++)
		if (strcmp(s->item[i].name, name) == 0)
			return &s->item[i];
	for (int i = 0; i < s->included_count && !found; i++)
		found = find_item(s->included[i], name);
	return found;
}

/* ---- the interface of a function */

static Param
param_of(Templates *t, const Syntax *n)
{
	Param p = { .text = text_of(t->arena, n), .is_const = has_qualifier(n, "const") };
	const Syntax *name = declared(n);
	bool real;
	int stars = 0;

	if (!is_kind(name, "identifier"))
		die("template parameter without a name: %s", p.text);
	p.name = text_of(t->arena, name);
	p.type = field_of(n, "type");
	p.ctype = text_of(t->arena, p.type);
	for (const Syntax *d = field_of(n, "declarator"); d != name; d = field_of(d, "declarator")) {
		if (!is_kind(d, "pointer_declarator"))
			die("template parameter of an unknown kind: %s", p.text);
		stars++;
		p.is_restrict = p.is_restrict || has_qualifier(d, "restrict");
	}
	if (stars)
		p.kind = stars == 1 ? PARAM_POINTER : PARAM_ROWS;
	else if (is_number_type(p.type, &real))
		p.kind = real ? PARAM_FLOAT : PARAM_INT;
	else
		die("template parameter of an unknown type: %s", p.text);
	return p;
}

static void
read_params(Templates *t, Template *k)
{
	const Syntax *d = field_of(k->tree, "declarator");
	const Syntax *list = field_of(d, "parameters");
	Param *params = NULL;

	for (const Syntax *n = list->child; n; n = n->next) {
		if (!is_kind(n, "parameter_declaration"))
			continue;
		params = grow(t->arena, params, k->param_count, sizeof *params);
		params[k->param_count++] = param_of(t, n);
	}
	k->param = params;
}

/* The expression of a line that the machine reads, parsed as a function's result. */
static const Syntax *
parse_line(Templates *t, const Template *k, const char *line)
{
	int error;
	const Syntax *root = parse_c(t->arena, format(t->arena, "long f(void) { return %s; }", line),
		&error);

	if (!root)
		die("template %s: not an expression: %s", k->function, line);
	return inner(inner(field_of(root->child, "body")));
}

/* One line of the comment above, without its stars. */
static void
read_line(Templates *t, Template *k, Text *comment, const char *line)
{
	const struct { const char *word; const Syntax **to; } lines[] = { { "cost:", &k->cost },
		{ "scratch:", &k->scratch }, { "acc:", &k->acc }, { "state:", &k->state } };

	for (int i = 0; i < 4; i++)
		if (strncmp(line, lines[i].word, strlen(lines[i].word)) == 0) {
			*lines[i].to = parse_line(t, k, line + strlen(lines[i].word));
			return;
		}
	if (strcmp(line, "in place") == 0)
		k->in_place = true;
	else if (*line || comment->size)
		put(comment, "%s%s", comment->size ? "\n" : "", line);
}

static void
read_comment(Templates *t, Template *k, Text *comment, const Syntax *n)
{
	const char *at = n->from + 2, *end = n->to;

	if (end[-1] == '/' && end[-2] == '*' && n->from[1] == '*')
		end -= 2;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const char *next = stop ? stop + 1 : end;
		stop = stop ? stop : end;
		while (at < stop && isspace((unsigned char)*at))
			at++;
		if (at < stop && *at == '*')
			at += at + 1 < stop && at[1] == ' ' ? 2 : 1;
		while (stop > at && isspace((unsigned char)stop[-1]))
			stop--;
		read_line(t, k, comment, format(t->arena, "%.*s", (int)(stop - at), at));
		at = next;
	}
}

static void
read_comments(Templates *t, Template *k)
{
	Text comment = text_new(t->arena);
	const Syntax *n = comment_above(k->tree);

	for (; n && n != k->tree; n = n->next)
		read_comment(t, k, &comment, n);
	while (comment.size && isspace((unsigned char)comment.data[comment.size - 1]))
		comment.data[--comment.size] = 0;
	k->comment = comment.size ? comment.data : "";
}

static const Template *
template_of(Templates *t, const Item *item, const char *name)
{
	Template *k = alloc(t->arena, sizeof *k);

	*k = (Template){ .folder = item->source->folder, .name = name, .function = item->name,
		.source = item->source, .tree = item->node };
	if (!is_kind(k->tree, "function_definition"))
		die("template %s/%s: %s is not a function", k->folder, k->source->file, item->name);
	read_params(t, k);
	read_comments(t, k);
	t->template = grow(t->arena, t->template, t->template_count, sizeof *t->template);
	t->template[t->template_count++] = k;
	return k;
}

const Template *
find_template(Templates *t, const char *folder, const char *name, const char *part)
{
	const Source *s = load(t, folder, format(t->arena, "%s.c", name));
	const char *whole = format(t->arena, "%s%s%s", name, part ? "_" : "", part ? part : "");
	const Item *item = s ? find_item(s, format(t->arena, "%s_%s", whole, folder)) : NULL;

	if (!item || item->source != s)
		return NULL;
	for (int i = 0; i < t->template_count; i++)
		if (t->template[i]->tree == item->node)
			return t->template[i];
	return template_of(t, item, whole);
}

/* ---- questions to a template */

const Syntax *
assertion(const Syntax *n)
{
	const Syntax *call = is_kind(n, "expression_statement") ? inner(n) : NULL;

	if (!is_kind(call, "call_expression") || !is_name(field_of(call, "function"), "assert"))
		return NULL;
	return inner(field_of(call, "arguments"));
}

bool
template_applies(Templates *t, const Template *k, Lookup *lookup, void *ctx, const char **failed)
{
	const Scope scope = { .lookup = lookup, .ctx = ctx, .source = k->source,
		.function = k->tree };

	for (const Syntax *n = field_of(k->tree, "body")->child; n; n = n->next) {
		const Syntax *condition = assertion(n);
		Value v;
		if (!condition)
			continue;
		*failed = text_of(t->arena, condition);
		Known known = eval(&scope, condition, &v);
		if (known == UNKNOWN)
			die("template %s: undecided: assert(%s)", k->function, *failed);
		if (known == OVERFLOWS || !is_true(v))
			return false;
	}
	*failed = NULL;
	return true;
}

static Value
line_value(Templates *t, const Template *k, const Syntax *line, Lookup *lookup, void *ctx)
{
	const Scope scope = { .lookup = lookup, .ctx = ctx, .source = k->source, .wide = true };
	Value v = int_value(0);

	if (line) {
		Known known = eval(&scope, line, &v);
		if (known == OVERFLOWS)
			fail_at(t->diag, nowhere, "too large for the kernel %s: %s", k->function,
				text_of(t->arena, line));
		if (known == UNKNOWN)
			die("template %s: unknown word in %s", k->function, text_of(t->arena, line));
	}
	return v;
}

double
template_cost(Templates *t, const Template *k, Lookup *lookup, void *ctx)
{
	Value v = line_value(t, k, k->cost, lookup, ctx);

	return is_real(v) ? v.f : (double)v.i;
}

int64_t
template_bytes(Templates *t, const Template *k, const Syntax *line, Lookup *lookup, void *ctx)
{
	Value v = line_value(t, k, line, lookup, ctx);

	if (is_real(v) || v.i < 0)
		die("template %s: not a number of bytes: %s", k->function, text_of(t->arena, line));
	return v.i;
}
