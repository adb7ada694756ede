/* specialize.c: a template bound to what is known about a layer. */
#include <string.h>

#include "codegen.h"

enum { COLUMNS = 90, TAB = 8 };

static void
bind_name(Rewrite *r, const Syntax *body, const Binding *b)
{
	for (const Syntax *n = body; n; n = walk(body, n))
		if (is_name(n, b->name)) {
			Syntax *name = (Syntax *)(uintptr_t)n;
			name->from = b->to;
			name->to = b->to + strlen(b->to);
		}
	if (is_mentioned(body, b->to) && !find_item(r->template->source, b->to))
		die("template %s: no helper %s", r->template->function, b->to);
}

static const Param *
find_param(const Template *k, const char *name)
{
	for (int i = 0; i < k->param_count; i++)
		if (strcmp(k->param[i].name, name) == 0)
			return &k->param[i];
	return NULL;
}

static void
bind_number(Rewrite *r, Syntax *body, const Binding *b)
{
	const Param *p = find_param(r->template, b->name);
	Value v = b->kind == BIND_INT ? int_value(b->i) : float_value(b->f);

	if (!p || (p->kind != PARAM_INT && p->kind != PARAM_FLOAT))
		die("template %s: no number %s to bind", r->template->function, b->name);
	if (b->kind == BIND_FLOAT)
		v.type = VALUE_DOUBLE;
	if (convert(p->ctype, &v) != KNOWN)
		fail_at(r->diag, nowhere, "too large for the kernel %s: %s of %lld",
			r->template->function, b->name, (long long)b->i);
	for (Syntax *n = body; n; n = walk(body, n))
		if (is_name(n, b->name))
			make_literal(r, n, v);
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

static bool
is_bound_param(const Param *p, const Binding *b, int count)
{
	for (int i = 0; i < count; i++)
		if (b[i].kind != BIND_NAME && strcmp(b[i].name, p->name) == 0)
			return true;
	return false;
}

/* All but the name: the parameters that are left, and the body. */
static void
finish(Rewrite *r, Bound *out, const Binding *b, int count)
{
	const Template *k = r->template;
	const Syntax *body = field_of(r->function, "body");
	Text text = text_new(r->arena), key = text_new(r->arena);
	int *left = alloc_array(r->arena, (size_t)k->param_count + 1, sizeof *left);

	unparse(&text, body, k->source->text);
	put(&text, "\n");
	for (int i = 0; i < k->param_count; i++) {
		if (is_bound_param(&k->param[i], b, count) || !is_mentioned(body, k->param[i].name))
			continue;
		put(&key, "%s, ", k->param[i].text);
		left[out->param_count++] = i;
	}
	put(&key, "\n%s", text.data);
	out->param = left;
	out->result = "static void";
	out->body = text.data;
	out->key = key.data;
}

/* The types of the parameters that are left are needed too. */
static void
add_all_needs(Closure *c, const Rewrite *r, const Bound *out)
{
	const Template *k = r->template;
	const Syntax *d = field_of(k->tree, "declarator");
	int at = 0, i = 0;

	add_needs(c, k->source, field_of(r->function, "body"));
	for (const Syntax *p = field_of(d, "parameters")->child; p; p = p->next)
		if (is_kind(p, "parameter_declaration") && at < out->param_count &&
				i++ == out->param[at]) {
			add_needs(c, k->source, p);
			at++;
		}
	if (strstr(out->body, "INFINITY") || strstr(out->body, "NAN"))
		add_include(c, "<math.h>");
}

Bound
specialize(Closure *c, const Template *k, const Binding *b, int count)
{
	Templates *t = closure_templates(c);
	Rewrite r = { .arena = templates_arena(t), .diag = templates_diag(t), .template = k,
		.function = copy_tree(templates_arena(t), k->tree) };
	Bound out = { .template = k };
	const char *fault = template_fault(t, k);
	Syntax *body = field_of(r.function, "body");

	if (fault)
		die("template %s: %s", k->function, fault);
	for (int i = 0; i < count; i++) {
		if (b[i].kind == BIND_NAME)
			bind_name(&r, body, &b[i]);
		else
			bind_number(&r, body, &b[i]);
	}
	settle(&r);
	out.failed = r.failed;
	if (!r.failed) {
		finish(&r, &out, b, count);
		add_all_needs(c, &r, &out);
	}
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
