/* specialize.c: a template bound to what is known about a layer. */
#include <string.h>

#include "codegen.h"

enum { COLUMNS = 90, TAB = 8 };

static void
bind_name(Rewrite *r, Syntax *body, const Binding *b)
{
	for (Syntax *n = body; n; n = walk(body, n))
		if (is_name(n, b->name)) {
			n->from = b->to;
			n->to = b->to + strlen(b->to);
		}
	if (is_mentioned(body, b->to) && !find_item(r->template->source, b->to))
		die("template %s: no helper %s", r->template->function, b->to);
}

static void
bind_number(Rewrite *r, const Binding *b)
{
	const Template *k = r->template;
	Value v = b->kind == BIND_INT ? (Value){ VALUE_INT64, b->i, 0 }
				      : (Value){ VALUE_DOUBLE, 0, b->f };
	int p = 0;

	while (p < k->param_count && strcmp(k->param[p].name, b->name) != 0)
		p++;
	if (p == k->param_count || k->param[p].kind > PARAM_FLOAT || convert(k->param[p].type, &v) == UNKNOWN)
		die("template %s: no number %s to bind", k->function, b->name);
	if (convert(k->param[p].type, &v) != KNOWN)
		fail_at(r->diag, nowhere, "too large for the kernel %s: %s of %lld", k->function,
			b->name, (long long)b->i);
	substitute(r, r->function, field_of(r->function, "declarator"), b->name, v);
}

/* What is bound decides branches, which leave names unused, which ... */
static void
settle(Rewrite *r)
{
	Syntax *body = field_of(r->function, "body");

	do {
		r->changed = false;
		simplify(r, body);
		if (!r->failed)
			drop_unused(r);
	} while (r->changed && !r->failed);
}

/* All but the name: the parameters that are left, and the body. */
static void
finish(Rewrite *r, Closure *c, Bound *out)
{
	const Template *k = r->template;
	const Syntax *body = field_of(r->function, "body");
	Text text = text_new(r->arena), key = text_new(r->arena);
	int *left = alloc_array(r->arena, (size_t)k->param_count + 1, sizeof *left);

	unparse(&text, body, k->source->text);
	put(&text, "\n");
	for (int i = 0; i < k->param_count; i++)
		if (is_mentioned(body, k->param[i].name)) {
			put(&key, "%s, ", k->param[i].text);
			add_needs(c, k->source, k->param[i].type);
			left[out->param_count++] = i;
		}
	put(&key, "\n%s", text.data);
	out->param = left;
	out->result = "static void";
	out->body = text.data;
	out->key = key.data;
	add_needs(c, k->source, body);
	if (strstr(out->body, "INFINITY") || strstr(out->body, "NAN"))
		add_include(c, "<math.h>");
}

Bound
specialize(Closure *c, const Template *k, const Binding *b, int count)
{
	Arena *arena = templates_arena(closure_templates(c));
	Rewrite r = { .arena = arena, .diag = templates_diag(closure_templates(c)), .template = k,
		.function = copy_tree(arena, k->tree) };
	Bound out = { .template = k };
	Syntax *body = field_of(r.function, "body");

	for (int i = 0; i < count; i++)
		if (b[i].kind == BIND_NAME)
			bind_name(&r, body, &b[i]);
		else
			bind_number(&r, &b[i]);
	settle(&r);
	out.failed = r.failed;
	if (!r.failed)
		finish(&r, c, &out);
	return out;
}

void
put_prototype(Text *t, const Bound *f, const char *name)
{
	size_t column = strlen(name) + 1;

	put(t, "%s\n%s(", f->result, name);
	for (int i = 0; i < f->param_count; i++) {
		const char *text = f->template->param[f->param[i]].text;
		column += strlen(text) + 2;
		if (i && column > COLUMNS) {
			put(t, ",\n\t%s", text);
			column = TAB + strlen(text) + 1;
		} else {
			put(t, "%s%s", i ? ", " : "", text);
		}
	}
	put(t, "%s)", f->param_count ? "" : "void");
}

void
put_function(Text *t, const Bound *f, const char *name)
{
	put_prototype(t, f, name);
	put(t, "\n%s", f->body);
}
