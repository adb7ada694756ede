/* template.c: kernel templates: found in their folders, parsed once, their interface read. */
#include <string.h>
#include <unistd.h>

#include "codegen.h"

Templates *
templates_new(
	Arena *arena, Diag *diag, const TemplateFile *files, int count, const char *dir)
{
	Templates *t = alloc(arena, sizeof *t);

	*t = (Templates){ .arena = arena, .diag = diag, .file = files, .file_count = count, .dir = dir };
	return t;
}

/* ---- files and what they define */

/* The folder whose name kernels have: vec of vec+avx2. */
static const char *
own_folder(Arena *arena, const char *folder)
{
	return format(arena, "%.*s", (int)strcspn(folder, "+"), folder);
}

static const char *
text_in(Templates *t, const char *folder, const char *file)
{
	if (t->dir) {
		const char *path = format(t->arena, "%s/%s/%s", t->dir, folder, file);
		if (access(path, F_OK))
			return NULL;
		File f = map_file(t->diag, path);
		char *text = format(t->arena, "%.*s", (int)f.size, (const char *)f.data);
		unmap_file(f);
		t->path = grow(t->arena, t->path, t->path_count, sizeof *t->path);
		t->path[t->path_count++] = path;
		return text;
	}
	for (int i = 0; i < t->file_count; i++)
		if (strcmp(t->file[i].folder, folder) == 0 &&
			strcmp(t->file[i].file, file) == 0)
			return t->file[i].text;
	return NULL;
}

/* Of vec+avx2 kernels are in vec, and the vec.h they include in avx2. */
static const char *
find_text(Templates *t, const char *folder, const char *file)
{
	const char *plus = strchr(folder, '+');

	if (!plus)
		return text_in(t, folder, file);
	const char *text = text_in(t, own_folder(t->arena, folder), file);
	return text || !strstr(file, ".h") ? text : text_in(t, plus + 1, file);
}

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
	const Source *included = load_source(t, s->folder, name);
	if (!included)
		included = load_source(t, "common", name);
	if (!included)
		die("template %s/%s includes %s, which is not there", s->folder, s->file,
			path);
	s->included = grow(t->arena, s->included, s->included_count, sizeof *s->included);
	s->included[s->included_count++] = included;
}

/* Names that a node at the top level, or in an #if there, defines. */
static void
add_items(Templates *t, Source *s, const Syntax *tree)
{
	const char *from = first_above(tree, "comment")->from;
	const char *to = is_kind(tree->next, ";") ? tree->next->to : tree->to;
	const char *text = format(t->arena, "%.*s", (int)(to - from), from);

	for (const Syntax *n = tree, *next; n; n = next) {
		bool function = is_kind(n, "function_definition");
		bool declares_it = function ||
			has_role(n, "declaration type_definition", "declarator");
		bool named = is_kind(n, "enumerator") || field_of(n, "body");
		const Syntax *name = declares_it ? declared(n) :
			named                    ? field_of(n, "name") :
						   NULL;
		next = function ? walk_past(tree, n) : walk(tree, n);
		if (!name)
			continue;
		s->item = grow(t->arena, s->item, s->item_count, sizeof *s->item);
		s->item[s->item_count++] =
			(Item){ text_of(t->arena, name), text, tree, n, s };
	}
}

/* What an include guard is around stands at the top level. */
static void
add_top_level(Templates *t, Source *s, const Syntax *root)
{
	for (const Syntax *n = root->child; n; n = n->next)
		if (is_kind(n, "preproc_ifdef") && field_of(n, "name")->to[-1] == 'H')
			add_top_level(t, s, n);
		else if (is_kind(n, "preproc_include"))
			note_include(t, s, n);
		else
			add_items(t, s, n);
}

const Source *
load_source(Templates *t, const char *folder, const char *file)
{
	for (int i = 0; i < t->source_count; i++)
		if (strcmp(t->source[i]->folder, folder) == 0 &&
			strcmp(t->source[i]->file, file) == 0)
			return t->source[i]->root ? t->source[i] : NULL;
	Source *s = alloc(t->arena, sizeof *s);
	s->folder = format(t->arena, "%s", folder);
	s->file = format(t->arena, "%s", file);
	s->text = find_text(t, folder, file);
	t->source = grow(t->arena, t->source, t->source_count, sizeof *t->source);
	t->source[t->source_count++] = s;
	if (!s->text)
		return NULL;
	s->root = parse_c(t->arena, s->text, file);
	add_top_level(t, s, s->root);
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
	Param p = { .text = text_of(t->arena, n),
		.is_const = has_qualifier(n, "const"),
		.name = declared(n)->name,
		.type = field_of(n, "type") };
	Value whole = int_value(0), real = float_value(0);
	int stars = 0;

	for (const Syntax *d = field_of(n, "declarator"); d && !d->name; stars++)
		d = is_kind(d, "pointer_declarator") ? field_of(d, "declarator") : NULL;
	p.ctype = text_of(t->arena, p.type);
	if (stars)
		p.kind = stars == 1 ? PARAM_POINTER : PARAM_ROWS;
	else if (convert(p.type, &whole) == KNOWN)
		p.kind = PARAM_INT;
	else if (convert(p.type, &real) == KNOWN)
		p.kind = PARAM_FLOAT;
	else
		p.name = NULL;
	if (!p.name)
		die("template parameter of an unknown kind: %s", p.text);
	return p;
}

static void
read_params(Templates *t, Template *k)
{
	const Syntax *list = field_of(field_of(k->tree, "declarator"), "parameters");
	Param *params = NULL;

	for (const Syntax *n = list->child; n; n = n->next)
		if (is_kind(n, "parameter_declaration")) {
			params = grow(t->arena, params, k->param_count, sizeof *params);
			params[k->param_count++] = param_of(t, n);
		}
	k->param = params;
}

/* One line of the comment above, without its stars; what the machine reads is an expression. */
static void
read_line(Templates *t, Template *k, Text *comment, const char *line)
{
	const struct {
		const char *word;
		const Syntax **to;
	} lines[] = { { "cost: ", &k->cost }, { "scratch: ", &k->scratch },
		{ "acc: ", &k->acc }, { "state: ", &k->state } };

	for (int i = 0; i < 4; i++) {
		size_t size = strlen(lines[i].word);
		if (strncmp(line, lines[i].word, size) != 0)
			continue;
		const char *function =
			format(t->arena, "long f(void) { return %s; }", line + size);
		const Syntax *root = parse_c(t->arena, function, k->function);
		*lines[i].to = inner(inner(field_of(root->child, "body")));
		return;
	}
	if (strcmp(line, "in place") == 0)
		k->in_place = true;
	else if (*line || comment->size)
		put(comment, "%s%s", comment->size ? "\n" : "", line);
}

static void
read_comments(Templates *t, Template *k)
{
	static const char edge[] = " \t/*";
	Text comment = text_new(t->arena);

	for (const Syntax *n = first_above(k->tree, "comment"); n != k->tree; n = n->next)
		for (const char *at = n->from, *end; at < n->to; at = end + 1) {
			at += strspn(at, edge);
			end = at + strcspn(at, "\n");
			const char *stop = end;
			while (stop > at && strchr(edge, stop[-1]))
				stop--;
			read_line(t, k, &comment,
				format(t->arena, "%.*s", (int)(stop - at), at));
		}
	while (comment.size && comment.data[comment.size - 1] == '\n')
		comment.data[--comment.size] = 0;
	k->comment = comment.data;
}

static const Template *
template_of(Templates *t, const Item *item, const char *name)
{
	Template *k = alloc(t->arena, sizeof *k);

	*k = (Template){ .folder = item->source->folder,
		.name = name,
		.function = item->name,
		.source = item->source,
		.tree = item->node };
	if (!is_kind(k->tree, "function_definition"))
		die("template %s/%s: %s is not a function", k->folder, k->source->file,
			item->name);
	read_params(t, k);
	read_comments(t, k);
	t->kernel = grow(t->arena, t->kernel, t->kernel_count, sizeof *t->kernel);
	t->kernel[t->kernel_count++] = k;
	return k;
}

const Template *
find_template(Templates *t, const char *folder, const char *name, const char *part)
{
	const Source *s = load_source(t, folder, format(t->arena, "%s.c", name));
	const char *whole =
		format(t->arena, "%s%s%s", name, part ? "_" : "", part ? part : "");
	const Item *item =
		s ? find_item(s, format(t->arena, "%s_%s", whole,
				own_folder(t->arena, folder))) : NULL;

	if (!item || item->source != s)
		return NULL;
	if (find_item(s, "clamp_floats") && !find_item(s, "load_floats"))
		return NULL; /* the folder's vec.h has no floats */
	for (int i = 0; i < t->kernel_count; i++)
		if (t->kernel[i]->tree == item->node)
			return t->kernel[i];
	return template_of(t, item, whole);
}

/* ---- questions to a template */

const Syntax *
assertion(const Syntax *n)
{
	const Syntax *call = is_kind(n, "expression_statement") ? inner(n) : NULL;

	if (!is_kind(call, "call_expression") ||
		!text_is(field_of(call, "function"), "assert"))
		return NULL;
	return inner(field_of(call, "arguments"));
}

bool
template_applies(
	Templates *t, const Template *k, Lookup *lookup, void *ctx, const char **failed)
{
	const Scope scope = { .lookup = lookup, .ctx = ctx, .source = k->source };

	for (const Syntax *n = field_of(k->tree, "body")->child; n; n = n->next) {
		const Syntax *condition = assertion(n);
		Value v;
		if (!condition)
			continue;
		*failed = text_of(t->arena, condition);
		Known known = eval(&scope, condition, &v);
		if (known == UNKNOWN)
			die("template %s: undecided: assert(%s)", k->function, *failed);
		if (known == OVERFLOWS || !v.i)
			return false;
	}
	*failed = NULL;
	return true;
}

int64_t
template_bytes(
	Templates *t, const Template *k, const Syntax *line, Lookup *lookup, void *ctx)
{
	const Scope scope = {
		.lookup = lookup, .ctx = ctx, .source = k->source, .wide = true
	};
	Value v = int_value(0);
	Known known = line ? eval(&scope, line, &v) : KNOWN;

	if (known == OVERFLOWS)
		fail_at(t->diag, nowhere, "too large for the kernel %s: %s", k->function,
			text_of(t->arena, line));
	if (known == UNKNOWN || v.i < 0)
		die("template %s: unknown word in, or no number of bytes: %s",
			k->function, text_of(t->arena, line));
	return v.i;
}

double
template_cost(Templates *t, const Template *k, Lookup *lookup, void *ctx)
{
	return (double)template_bytes(t, k, k->cost, lookup, ctx);
}
