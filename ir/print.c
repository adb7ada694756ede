/* print.c: the graph as .mir text, which frontend/mir reads back (grammar.js shows it). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir.h"

enum {
	INLINE_BYTES = 4096, /* larger constants stand as a place in the model file */
	COLUMNS = 90,
	SHORT_LIST = 12,  /* elements on the line itself */
	FLOAT_DIGITS = 9, /* always enough to read a float back */
};

const Field fields[] = {
#define OWNER_GRAPH Graph
#define OWNER_TENSOR Tensor
#define OWNER_NODE Node
#define FIELD(owner, kind, name, member, value) \
	{ OF_##owner, FIELD_##kind, #name, value, offsetof(OWNER_##owner, member) },
#include "fields.def"
#undef FIELD
#undef OWNER_GRAPH
#undef OWNER_TENSOR
#undef OWNER_NODE
};
const int field_count = sizeof fields / sizeof *fields;

static void
print_string(Text *to, const char *s)
{
	put_bytes(to, "\"", 1);
	for (; *s; s++)
		if (*s == '"' || *s == '\\')
			put(to, "\\%c", *s);
		else if ((unsigned char)*s < ' ' || *s == 0x7f)
			put(to, "\\x%02x", (unsigned char)*s);
		else
			put_bytes(to, s, 1);
	put_bytes(to, "\"", 1);
}

/* The shortest text that reads back as this float; its bits if it is no number. */
static void
print_float(Text *to, float value)
{
	char text[32];
	uint32_t bits;

	if (isnan(value)) {
		memcpy(&bits, &value, sizeof bits);
		put(to, "0x%08x", (unsigned)bits);
		return;
	}
	for (int digits = FLOAT_DIGITS - 3; digits <= FLOAT_DIGITS; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, (double)value);
		if (strtof(text, NULL) == value)
			break;
	}
	put(to, "%s", text);
}

static void
print_element(Text *to, Type type, const unsigned char *at)
{
	union {
		int8_t s8;
		uint8_t u8, b8;
		int16_t s16;
		int32_t s32;
		int64_t s64;
		float f32;
	} v;

	memcpy(&v, at, (size_t)types[type].bytes);
	switch (type) {
	case TYPE_f32: print_float(to, v.f32); break;
	case TYPE_s8: put(to, "%d", v.s8); break;
	case TYPE_s16: put(to, "%d", v.s16); break;
	case TYPE_s32: put(to, "%ld", (long)v.s32); break;
	case TYPE_s64: put(to, "%lld", (long long)v.s64); break;
	default: put(to, "%u", v.u8); break;
	}
}

/* { 1 2 3 }, over several lines if there are many. */
static void
print_elements(Text *to, Type type, const void *data, int64_t count)
{
	bool many = count > SHORT_LIST;
	const unsigned char *at = data;
	size_t line = to->size;

	put(to, "{");
	for (int64_t i = 0; i < count; i++, at += types[type].bytes) {
		if (many && (i == 0 || to->size - line > COLUMNS - 2 * FLOAT_DIGITS)) {
			line = to->size;
			put(to, "\n\t\t");
		} else {
			put(to, " ");
		}
		print_element(to, type, at);
	}
	put(to, many ? "\n\t}" : " }");
}

static void
print_list(Text *to, const Shape *s)
{
	put(to, "[");
	for (int i = 0; i < s->rank; i++)
		put(to, i ? ",%d" : "%d", s->dim[i]);
	put(to, "]");
}

static void
print_type(Text *to, Type type, const Shape *shape)
{
	put(to, " %s", types[type].name);
	print_list(to, shape);
}

static void
print_scales(Text *to, const Quant *q)
{
	if (q->count)
		put(to, " scale ");
	if (q->count > 1)
		print_elements(to, TYPE_f32, q->scale, q->count);
	else if (q->count)
		print_float(to, *q->scale);
}

/* One number where all are the same. */
static void
print_zeros(Text *to, const Quant *q)
{
	int same = 1;

	while (same < q->count && q->zero[same] == q->zero[0])
		same++;
	if (same < q->count) {
		put(to, " zero ");
		print_elements(to, TYPE_s32, q->zero, q->count);
	} else if (q->count && q->zero[0]) {
		put(to, " zero %ld", (long)q->zero[0]);
	}
}

static void
print_origin(Text *to, const Tensor *t)
{
	bool same = t->origin.type == t->type && same_shape(&t->origin.shape, &t->shape);

	if (t->origin.number >= 0 || !same)
		put(to, " origin %d", t->origin.number);
	if (!same)
		print_type(to, t->origin.type, &t->origin.shape);
}

static const char *
file_name(const Graph *g)
{
	const char *name = g->file_name ? g->file_name : g->diag->file;

	if (name && strrchr(name, '/'))
		name = strrchr(name, '/') + 1;
	return name;
}

static void
print_data(Text *to, const Graph *g, const Tensor *t)
{
	uintptr_t at = (uintptr_t)t->data, file = (uintptr_t)g->file;
	size_t bytes = (size_t)tensor_bytes(t);

	if (!t->data)
		return;
	put(to, " data ");
	if (bytes > INLINE_BYTES && file && file_name(g) && at >= file &&
		at - file <= g->file_bytes && g->file_bytes - (at - file) >= bytes) {
		print_string(to, file_name(g));
		put(to, " + %zu", (size_t)(at - file));
	} else {
		print_elements(to, t->type, t->data, elements(&t->shape));
	}
}

static void
print_field(Text *to, const Graph *g, const Field *f, const void *owner)
{
	const void *at = (const char *)owner + f->at;
	int value = f->kind == FIELD_SEMANTICS && f->owner == OF_NODE ?
		(int)g->semantics :
		f->value;

	switch (f->kind) {
	case FIELD_INT:
	case FIELD_TENSOR:
		if (*(const int *)at != value)
			put(to, f->kind == FIELD_INT ? " %s %d" : " %s t%d", f->name,
				*(const int *)at);
		break;
	case FIELD_INT64:
		if (*(const int64_t *)at != value)
			put(to, " %s %lld", f->name, (long long)*(const int64_t *)at);
		break;
	case FIELD_FLAG:
		if (*(const bool *)at)
			put(to, " %s", f->name);
		break;
	case FIELD_TEXT:
		if (*(const char *const *)at) {
			put(to, " %s ", f->name);
			print_string(to, *(const char *const *)at);
		}
		break;
	case FIELD_SEMANTICS:
		if ((int)*(const Semantics *)at != value)
			put(to, " %s %s", f->name,
				semantics_names[*(const Semantics *)at]);
		break;
	case FIELD_INPUT_MODE:
		if ((int)*(const InputMode *)at != value)
			put(to, " %s %s", f->name,
				input_mode_names[*(const InputMode *)at]);
		break;
	case FIELD_PLACE:
		if (((const Loc *)at)->offset != nowhere.offset)
			put(to, " @ 0x%zx", ((const Loc *)at)->offset);
		break;
	case FIELD_SCALES: print_scales(to, &((const Tensor *)owner)->quant); break;
	case FIELD_ZEROS: print_zeros(to, &((const Tensor *)owner)->quant); break;
	case FIELD_ORIGIN: print_origin(to, owner); break;
	case FIELD_DATA: print_data(to, g, owner); break;
	}
}

static void
print_fields(Text *to, const Graph *g, FieldOwner kind, const void *owner)
{
	for (int i = 0; i < field_count; i++)
		if (fields[i].owner == kind)
			print_field(to, g, &fields[i], owner);
	put(to, "\n");
}

/* What is not named has the name that the reader gives it. */
static void
print_name(Text *to, const char *name, const char *unless)
{
	if (!name || !strcmp(name, unless))
		return;
	put(to, " ");
	print_string(to, name);
}

static const char *
tensor_name(const Graph *g, int tensor)
{
	const char *name = g->tensor[tensor].name;

	return name ? name : format(g->arena, "t%d", tensor);
}

static void
print_attr(Text *to, const AttrInfo *a, const Attr *attr, const Attr *defaults)
{
	const void *at = (const char *)attr + a->at,
		   *unless = (const char *)defaults + a->at;
	float value;

	if (a->kind == ATTR_LIST && ((const Shape *)at)->rank) {
		put(to, " %s ", a->name);
		print_list(to, at);
	} else if (a->kind == ATTR_INT && *(const int *)at != *(const int *)unless) {
		if (a->at == offsetof(Attr, act))
			put(to, " %s %s", a->name, act_names[attr->act]);
		else
			put(to, " %s %d", a->name, *(const int *)at);
	} else if (a->kind == ATTR_FLOAT && memcmp(at, unless, sizeof value)) {
		memcpy(&value, at, sizeof value);
		put(to, " %s ", a->name);
		print_float(to, value);
	}
}

static void
print_node(Text *to, const Graph *g, const Node *n)
{
	Attr defaults = attr_defaults();

	put(to, "t%d = %s", n->output, ops[n->op].name);
	for (int i = 0; i < n->input_count; i++)
		if (n->input[i] < 0)
			put(to, " _");
		else
			put(to, " t%d", n->input[i]);
	print_name(to, n->name, tensor_name(g, n->output));
	for (int i = 0; i < attr_count; i++)
		print_attr(to, &attrs[i], &n->attr, &defaults);
	print_fields(to, g, OF_NODE, n);
}

static void
print_ports(Text *to, const Graph *g, const char *what, const Port *port, int count)
{
	for (int i = 0; i < count; i++) {
		put(to, "%s t%d", what, port[i].tensor);
		print_name(to, port[i].name, tensor_name(g, port[i].tensor));
		put(to, "\n");
	}
}

void
print_graph(Text *to, const Graph *g)
{
	put(to, "mir 1\nmodel ");
	print_string(to, g->name ? g->name : "");
	print_fields(to, g, OF_GRAPH, g);
	print_ports(to, g, "input", g->input, g->input_count);
	print_ports(to, g, "output", g->output, g->output_count);
	for (int i = 0; i < g->label_count; i++) {
		put(to, "label ");
		print_string(to, g->label[i]);
		put(to, "\n");
	}
	for (int i = 0; i < g->tensor_count; i++) {
		put(to, "tensor t%d", i);
		print_type(to, g->tensor[i].type, &g->tensor[i].shape);
		print_name(to, g->tensor[i].name, format(g->arena, "t%d", i));
		print_fields(to, g, OF_TENSOR, &g->tensor[i]);
	}
	for (int i = 0; i < g->node_count; i++)
		print_node(to, g, &g->node[i]);
}
