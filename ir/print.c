/* print.c: the graph as .mir text, which frontend/mir reads back (grammar.js shows it). */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir.h"

enum {
	INLINE_BYTES = 4096, /* larger constants stand as a place in the model file */
	COLUMNS = 90,
	SHORT_LIST = 12,  /* elements on the line itself */
	FLOAT_DIGITS = 9, /* always enough to read a float back */
	DOUBLE_DIGITS = 17,
};

const Field fields[] = {
#define OWNER_GRAPH Graph
#define OWNER_TENSOR Tensor
#define OWNER_NODE Node
#define FIELD_AT(owner, kind, name, member, value, attribute)             \
	{ OF_##owner, kind, name, value, offsetof(OWNER_##owner, member), \
		sizeof((OWNER_##owner *)0)->member, attribute },
#define FIELD(owner, kind, name, member, value) \
	FIELD_AT(owner, FIELD_##kind, #name, member, value, false)
#define ATTR(kind, name, value)                                                         \
	FIELD_AT(NODE,                                                                  \
		offsetof(Attr, name) == offsetof(Attr, act) ? FIELD_ACT : FIELD_##kind, \
		#name, attr.name, value, true)
#include "attrs.def"
#include "fields.def"
#undef ATTR
#undef FIELD
#undef FIELD_AT
#undef OWNER_GRAPH
#undef OWNER_TENSOR
#undef OWNER_NODE
};
const int field_count = sizeof fields / sizeof *fields;

const Words field_words[] = {
	[FIELD_SEMANTICS] = { semantics_names, SEMANTICS_COUNT },
	[FIELD_INPUT_MODE] = { input_mode_names, INPUT_MODE_COUNT },
	[FIELD_OPTIMIZE] = { optimize_names, OPTIMIZE_COUNT },
	[FIELD_ACT] = { act_names, ACT_COUNT },
};

static void
print_string(Text *to, const char *s)
{
	put(to, "\"");
	for (; *s; s++)
		if (*s == '"' || *s == '\\')
			put(to, "\\%c", *s);
		else if ((unsigned char)*s < ' ' || *s == 0x7f)
			put(to, "\\x%02x", (unsigned char)*s);
		else
			put_bytes(to, s, 1);
	put(to, "\"");
}

/* The shortest text that reads back as this float; its bits if it is no number. */
static void
print_float(Text *to, float value)
{
	char text[32];
	uint32_t bits;

	memcpy(&bits, &value, sizeof bits);
	snprintf(text, sizeof text, "0x%08x", (unsigned)bits);
	for (int digits = FLOAT_DIGITS - 3; !isnan(value) && digits <= FLOAT_DIGITS;
		digits++) {
		snprintf(text, sizeof text, "%.*g", digits, (double)value);
		if (strtof(text, NULL) == value)
			break;
	}
	put(to, "%s", text);
}

/* The host is little-endian. */
int64_t
integer_at(const void *at, size_t bytes, bool is_signed)
{
	uint64_t v = 0;
	size_t rest = CHAR_BIT * (sizeof v - bytes);

	memcpy(&v, at, bytes);
	return is_signed ? (int64_t)(v << rest) >> rest : (int64_t)v;
}

/* One alone, or { 1 2 3 }, over several lines if there are many. */
static void
print_elements(Text *to, Type type, const void *data, int64_t count)
{
	size_t line = to->size, bytes = (size_t)types[type].bytes;
	bool many = count > SHORT_LIST, is_signed = type != TYPE_u8 && type != TYPE_b8;
	const char *at = data;

	put(to, "%s", count == 1 ? "" : "{");
	for (int64_t i = 0; i < count; i++, at += bytes) {
		if (many && (i == 0 || to->size - line > COLUMNS - 2 * FLOAT_DIGITS)) {
			line = to->size;
			put(to, "\n\t\t");
		} else if (count > 1) {
			put(to, " ");
		}
		if (type == TYPE_f32)
			print_float(to, *(const float *)(const void *)at);
		else if (type == TYPE_f64)
			put(to, "%.*g", DOUBLE_DIGITS, *(const double *)(const void *)at);
		else
			put(to, "%lld", (long long)integer_at(at, bytes, is_signed));
	}
	put(to, "%s", count == 1 ? "" : many ? "\n\t}" : " }");
}

const char *
shape_text(Arena *arena, const Shape *s)
{
	Text text = text_new(arena);

	put(&text, "[");
	for (int i = 0; i < s->rank; i++)
		put(&text, i ? ",%d" : "%d", s->dim[i]);
	put(&text, "]");
	return text.data;
}

static void
print_type(Text *to, Type type, const Shape *shape)
{
	put(to, "%s%s", types[type].name, shape_text(to->arena, shape));
}

/* A large constant that lies in the model file stays there. */
static void
print_data(Text *to, const Graph *g, const Tensor *t)
{
	uintptr_t at = (uintptr_t)t->data - (uintptr_t)g->file;
	size_t bytes = (size_t)tensor_bytes(t);
	const char *name = g->file_name ? g->file_name : g->diag->file;

	if (bytes <= INLINE_BYTES || !g->file || !name || at > g->file_bytes ||
		g->file_bytes - at < bytes) {
		print_elements(to, t->type, t->data, elements(&t->shape));
		return;
	}
	print_string(to, strrchr(name, '/') ? strrchr(name, '/') + 1 : name);
	put(to, " + %zu", (size_t)at);
}

/* ---- fields */

static bool
any_zero_point(const Quant *q)
{
	for (int i = 0; i < q->count; i++)
		if (q->zero[i])
			return true;
	return false;
}

bool
is_default(const Graph *g, const Field *f, const void *owner)
{
	const void *at = (const char *)owner + f->at;
	const Tensor *t = owner; /* if it is one */
	bool dialect = f->kind == FIELD_SEMANTICS && f->owner == OF_NODE;
	float value = (float)f->value;

	switch (f->kind) {
	case FIELD_FLOAT: return !memcmp(at, &value, sizeof value);
	case FIELD_LIST: return !((const Shape *)at)->rank;
	case FIELD_REALS: return !((const Reals *)at)->count;
	case FIELD_ZEROS: return !any_zero_point(&t->quant);
	case FIELD_TYPE:
		return t->origin.type == t->type &&
			same_shape(&t->origin.shape, &t->shape);
	default:
		return integer_at(at, f->size, true) ==
			(dialect ? (int)g->semantics : f->value);
	}
}

static void
print_value(Text *to, const Graph *g, const Field *f, const void *owner)
{
	const void *at = (const char *)owner + f->at;
	const Tensor *t = owner;
	long long v = integer_at(at, f->size > sizeof v ? sizeof v : f->size, true);

	switch (f->kind) {
	case FIELD_FLAG: break;
	case FIELD_TEXT: print_string(to, *(const char *const *)at); break;
	case FIELD_FLOAT: print_float(to, *(const float *)at); break;
	case FIELD_LIST: put(to, "%s", shape_text(g->arena, at)); break;
	case FIELD_SCALES:
		print_elements(to, TYPE_f32, t->quant.scale, t->quant.count);
		break;
	case FIELD_ZEROS:
		print_elements(to, TYPE_s32, t->quant.zero, t->quant.count);
		break;
	case FIELD_REALS:
		print_elements(to, TYPE_f64, ((const Reals *)at)->value, ((const Reals *)at)->count);
		break;
	case FIELD_TYPE: print_type(to, t->origin.type, &t->origin.shape); break;
	case FIELD_DATA: print_data(to, g, t); break;
	case FIELD_INT: put(to, "%lld", v); break;
	case FIELD_TENSOR: put(to, "t%lld", v); break;
	case FIELD_PLACE: put(to, "0x%llx", v); break;
	default: put(to, "%s", field_words[f->kind].name[v]);
	}
}

static void
print_fields(Text *to, const Graph *g, FieldOwner kind, const void *owner)
{
	for (const Field *f = fields; f < fields + field_count; f++)
		if (f->owner == kind && !is_default(g, f, owner)) {
			put(to, f->kind == FIELD_FLAG ? " %s" : " %s ", f->name);
			print_value(to, g, f, owner);
		}
	put(to, "\n");
}

/* ---- lines */

/* What is not named has the name that the reader gives it. */
static void
print_name(Text *to, const char *name, const char *unless)
{
	if (name && strcmp(name, unless)) {
		put(to, " ");
		print_string(to, name);
	}
}

static void
print_ports(Text *to, const Graph *g, const char *what, const Port *port, int count)
{
	for (int i = 0; i < count; i++) {
		put(to, "%s t%d", what, port[i].tensor);
		print_name(to, port[i].name, g->tensor[port[i].tensor].name);
		put(to, "\n");
	}
}

static void
print_node(Text *to, const Graph *g, const Node *n)
{
	put(to, "t%d = %s", n->output, ops[n->op].name);
	for (int i = 0; i < n->input_count; i++)
		put(to, n->input[i] < 0 ? " _" : " t%d", n->input[i]);
	print_name(to, n->name, g->tensor[n->output].name);
	print_fields(to, g, OF_NODE, n);
}

void
print_graph(Text *to, const Graph *g)
{
	put(to, "mir 1\nmodel ");
	print_string(to, g->name);
	print_fields(to, g, OF_GRAPH, g);
	print_ports(to, g, "input", g->input, g->input_count);
	print_ports(to, g, "output", g->output, g->output_count);
	for (int i = 0; i < g->label_count; i++) {
		put(to, "label ");
		print_string(to, g->label[i]);
		put(to, "\n");
	}
	for (int i = 0; i < g->tensor_count; i++) {
		put(to, "tensor t%d ", i);
		print_type(to, g->tensor[i].type, &g->tensor[i].shape);
		print_name(to, g->tensor[i].name, format(g->arena, "t%d", i));
		print_fields(to, g, OF_TENSOR, &g->tensor[i]);
	}
	for (int i = 0; i < g->node_count; i++)
		print_node(to, g, &g->node[i]);
}
