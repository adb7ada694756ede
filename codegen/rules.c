/* rules.c: what a template must be so that it can be bound. */
#include <string.h>

#include "codegen.h"

bool
is_target(const Syntax *n)
{
	const Syntax *p = n->parent;

	while (is_kind(p, "parenthesized_expression")) {
		n = p;
		p = p->parent;
	}
	return (is_kind(p, "assignment_expression") && strcmp(n->field, "left") == 0) ||
		is_kind(p, "update_expression") ||
		(is_kind(p, "pointer_expression") && *p->from == '&');
}

static const char *
fault_of_params(const Template *k)
{
	bool number = false;

	for (int i = 0; i < k->param_count; i++) {
		bool is_number = k->param[i].kind == PARAM_INT || k->param[i].kind == PARAM_FLOAT;
		if (number && !is_number)
			return "a pointer after a number";
		number = is_number;
	}
	return NULL;
}

/* Numbers are bound, so their names must mean one thing throughout. */
static const char *
fault_of_name(const Template *k, const Syntax *n)
{
	for (int i = 0; i < k->param_count; i++) {
		if (!is_name(n, k->param[i].name))
			continue;
		if (n->field && strcmp(n->field, "declarator") == 0)
			return "a parameter is shadowed";
		if ((k->param[i].kind == PARAM_INT || k->param[i].kind == PARAM_FLOAT) && is_target(n))
			return "a number among the parameters is assigned or its address taken";
	}
	return NULL;
}

static const char *
fault_of_node(const Template *k, const Syntax *n)
{
	if (is_kind(n, "identifier"))
		return fault_of_name(k, n);
	if (strncmp(n->kind, "preproc_if", strlen("preproc_if")) == 0)
		return "#if around statements";
	if (is_kind(n, "goto_statement") || is_kind(n, "labeled_statement"))
		return "goto";
	if (assertion(n) && n->parent != field_of(k->tree, "body"))
		return "assert() is not at the top";
	return NULL;
}

static const char *
fault_of_file(const Source *s)
{
	for (const Syntax *n = s->root; n; n = walk(s->root, n))
		if (is_kind(n, "preproc_function_def"))
			return "a function-like macro";
	for (int i = 0; i < s->included_count; i++)
		if (strcmp(s->included[i]->folder, s->folder) &&
				strcmp(s->included[i]->folder, "common"))
			return "includes another folder's file";
	return NULL;
}

const char *
template_fault(Templates *t, const Template *k)
{
	const Syntax *body = field_of(k->tree, "body");
	const char *fault = fault_of_file(k->source);

	if (strcmp(text_of(templates_arena(t), field_of(k->tree, "type")), "void"))
		return "returns a value";
	if (!*k->comment && !k->cost && !k->acc && !k->scratch)
		return "no comment above";
	if (!fault)
		fault = fault_of_params(k);
	for (const Syntax *n = body; n && !fault; n = walk(body, n))
		fault = fault_of_node(k, n);
	return fault;
}
