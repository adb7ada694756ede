/* mir.c: reads .mir, the text that print.c writes and people do (grammar.js shows it). */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "frontend/frontend.h"
#include "mir.h"

enum { VERSION_OF_MIR = 1, DEEPEST_VIEW = 1000 };
#define MOST_BYTES (INT64_C(1) << 40)

/* A statement being read: its values from `at` on, and what was given already. */
typedef struct {
	const Reader *r;
	const Item *head, *at, *end;
	const Item **attr, **field; /* by the numbers of attrs[] and fields[] */
	int64_t zeros;              /* zero points given */
} Line;

static const Item *
next_value(Line *l, const char *what)
{
	const Item *i = l->at;

	if (i == l->end) {
		Loc end = i[-1].loc;
		end.column += i[-1].size < INT_MAX ? (int)i[-1].size : 0;
		fail_at(l->r->diag, end, "%s should follow", what);
	}
	l->at = l->r->item + i->after;
	return i;
}

static void
end_of_line(const Line *l)
{
	if (l->at < l->end)
		fail_at(l->r->diag, l->at->loc, "%s is one too many", shown(l->r, l->at));
}

static void
set_scales(Line *l, const Item *value, Quant *q)
{
	int64_t count = 1;
	float scale;

	if (value->kind == ITEM_NUMBERS) {
		q->scale = read_numbers(l->r, value, TYPE_f32, 1, INT_MAX, &count);
	} else {
		scale = read_float(l->r, value);
		q->scale = copy_of(l->r->arena, &scale, sizeof scale);
	}
	q->count = (int)count;
}

static void
set_zeros(Line *l, const Item *value, Quant *q)
{
	int32_t zero;

	l->zeros = 1;
	if (value->kind == ITEM_NUMBERS) {
		q->zero = read_numbers(l->r, value, TYPE_s32, 1, INT_MAX, &l->zeros);
	} else {
		zero = (int32_t)read_integer(l->r, value, INT32_MIN, INT32_MAX);
		q->zero = copy_of(l->r->arena, &zero, sizeof zero);
	}
}

static void
set_origin(Line *l, const Item *value, Tensor *t)
{
	t->origin.number = (int)read_integer(l->r, value, -1, INT_MAX);
	if (l->at < l->end && l->at->kind == ITEM_TYPE)
		read_type(l->r, next_value(l, ""), &t->origin.type, &t->origin.shape);
}

static void
set_field(Line *l, const Field *f, const Item *word, void *owner)
{
	const Reader *r = l->r;
	void *at = (char *)owner + f->at;

	if (f->kind == FIELD_FLAG) {
		*(bool *)at = true;
		return;
	}
	const Item *value = f->kind == FIELD_PLACE ? word + 1 : next_value(l, "a value");
	switch (f->kind) {
	case FIELD_INT:
		*(int *)at = (int)read_integer(r, value, f->value, INT_MAX);
		break;
	case FIELD_INT64:
		*(int64_t *)at = read_integer(r, value, f->value, MOST_BYTES);
		break;
	case FIELD_TEXT: *(const char **)at = read_string(r, value); break;
	case FIELD_TENSOR: *(int *)at = read_tensor(r, value); break;
	case FIELD_SEMANTICS:
		*(Semantics *)at = (Semantics)word_index(r, value, semantics_names,
			sizeof *semantics_names, SEMANTICS_COUNT,
			"semantics (tflm, litert, ort)");
		break;
	case FIELD_INPUT_MODE:
		*(InputMode *)at = (InputMode)word_index(r, value, input_mode_names,
			sizeof *input_mode_names, INPUT_MODE_COUNT,
			"input mode (full, const, push)");
		break;
	case FIELD_PLACE:
		((Loc *)at)->offset = (size_t)read_integer(r, value, 0, INT64_MAX);
		break;
	case FIELD_SCALES: set_scales(l, value, &((Tensor *)owner)->quant); break;
	case FIELD_ZEROS: set_zeros(l, value, &((Tensor *)owner)->quant); break;
	case FIELD_ORIGIN: set_origin(l, value, owner); break;
	default: read_data(r, value, owner); break;
	}
}

/* What values make sense is for infer() to say, of whatever format the model is. */
static void
set_attr(Line *l, const AttrInfo *a, Attr *attr)
{
	const Reader *r = l->r;
	void *at = (char *)attr + a->at;
	const Item *value = next_value(l, "a value");

	if (a->kind == ATTR_FLOAT) {
		*(float *)at = read_float(r, value);
	} else if (a->kind == ATTR_LIST) {
		if (value->kind != ITEM_LIST)
			expected(r, "a list, like [0,1],", value);
		*(Shape *)at = read_list(
			r, value, (int)(value - r->item) + 1, -INT_MAX, INT_MAX);
	} else if (a->at == offsetof(Attr, act)) {
		attr->act = word_index(
			r, value, act_names, sizeof *act_names, ACT_COUNT, "activation");
	} else {
		*(int *)at = (int)read_integer(r, value, 0,
			a->at == offsetof(Attr, x_bias) ? UINT8_MAX : INT_MAX);
	}
}

static void
once(const Line *l, const Item **given, const Item *word)
{
	if (*given)
		fail_at(l->r->diag, word->loc, "%s is given twice", shown(l->r, word));
	*given = word;
}

/* A word that begins a field or an attribute; node: NULL for other owners. */
static void
read_named(Line *l, FieldOwner kind, const Item *word, void *owner, Node *node)
{
	static const char *const owners[] = { "a model", "a tensor" }; /* by FieldOwner */

	for (int i = 0; node && i < attr_count; i++)
		if (is_word(word, attrs[i].name) &&
			has_word(ops[node->op].attrs, attrs[i].name)) {
			once(l, &l->attr[i], word);
			set_attr(l, &attrs[i], &node->attr);
			return;
		}
	for (int i = 0; i < field_count; i++)
		if (fields[i].owner == kind &&
			(is_word(word, fields[i].name) ||
				(fields[i].kind == FIELD_PLACE &&
					word->kind == ITEM_PLACE))) {
			once(l, &l->field[i], word);
			set_field(l, &fields[i], word, owner);
			return;
		}
	fail_at(l->r->diag, word->loc, "%s has no %s",
		node ? ops[node->op].name : owners[kind], shown(l->r, word));
}

/* The rest of a line, in any order: a string is the name, words begin fields. */
static void
read_rest(Line *l, FieldOwner kind, void *owner, Node *node, const char **name)
{
	const Item *named = NULL;

	memset(l->attr, 0, (size_t)attr_count * sizeof *l->attr);
	memset(l->field, 0, (size_t)field_count * sizeof *l->field);
	while (l->at < l->end) {
		const Item *i = next_value(l, "");
		if (i->kind == ITEM_STRING) {
			once(l, &named, i);
			*name = read_string(l->r, i);
		} else {
			read_named(l, kind, i, owner, node);
		}
	}
}

/* The word or item that gave a field, for messages; the line's head if none did. */
static Loc
given_at(const Line *l, FieldKind kind)
{
	for (int i = 0; i < field_count; i++)
		if (fields[i].kind == kind && l->field[i])
			return l->field[i]->loc;
	return l->head->loc;
}

static void
check_zero(const Line *l, const Tensor *t, int32_t zero)
{
	int bits = types[t->type].bytes * CHAR_BIT;
	bool is_signed = types[t->type].name[0] == 's';
	int64_t most = bits > 32 ? INT32_MAX : (INT64_C(1) << (bits - is_signed)) - 1;

	if (t->type != TYPE_f32 && (zero > most || zero < (is_signed ? -most - 1 : 0)))
		fail_at(l->r->diag, given_at(l, FIELD_ZEROS),
			"zero point %ld lies outside %s", (long)zero,
			types[t->type].name);
}

/* One zero point stands for all, none for 0. */
static void
finish_quant(const Line *l, Tensor *t)
{
	Quant *q = &t->quant;
	bool several = q->count > 1, fits = q->axis < t->shape.rank || !q->axis;

	if (!fits || (several && (!t->shape.rank || t->shape.dim[q->axis] != q->count)))
		fail_at(l->r->diag, given_at(l, FIELD_SCALES),
			"%d scales for axis %d of this shape", q->count, q->axis);
	if (l->zeros && (!q->count || (l->zeros > 1 && l->zeros != q->count)))
		fail_at(l->r->diag, given_at(l, FIELD_ZEROS),
			"%lld zero points for %d scales", (long long)l->zeros, q->count);
	int32_t *zero = alloc_array(l->r->arena, (size_t)q->count, sizeof *zero);
	for (int i = 0; i < q->count; i++) {
		if (!(q->scale[i] > 0) || isinf(q->scale[i]))
			fail_at(l->r->diag, given_at(l, FIELD_SCALES),
				"scale %g is not positive", (double)q->scale[i]);
		zero[i] = l->zeros ? q->zero[l->zeros > 1 ? i : 0] : 0;
		check_zero(l, t, zero[i]);
	}
	q->zero = q->count ? zero : NULL;
}

static void
read_version(Line *l)
{
	const Item *i = next_value(l, "the version");

	if (read_integer(l->r, i, 0, INT_MAX) != VERSION_OF_MIR)
		fail_at(l->r->diag, i->loc, "this compiler reads version %d",
			VERSION_OF_MIR);
	end_of_line(l);
	if (l->head != l->r->item)
		fail_at(l->r->diag, l->head->loc, "this stands in the first line only");
}

static void
read_model(Line *l)
{
	read_rest(l, OF_GRAPH, l->r->g, NULL, &l->r->g->name);
}

static void
read_tensor_line(Line *l)
{
	const Reader *r = l->r;
	Graph *g = r->g;
	Tensor t = { .loc = l->head->loc, .view = -1, .offset = -1 };
	const Item *i = next_value(l, "a tensor's number");
	int number = read_tensor(r, i); /* all are counted already */

	if (g->tensor[number].name)
		fail_at(r->diag, i->loc, "%s is defined already, in line %d", shown(r, i),
			g->tensor[number].loc.line);
	t.name = format(r->arena, "t%d", number);
	read_type(r, next_value(l, "its type and shape"), &t.type, &t.shape);
	t.origin = (Origin){ -1, t.type, t.shape };
	l->zeros = 0;
	read_rest(l, OF_TENSOR, &t, NULL, &t.name);
	finish_quant(l, &t);
	g->tensor[number] = t;
	r->written[number] = t.data;
}

static Port *
read_port(Line *l, Port *port, int count)
{
	int tensor = read_tensor(l->r, next_value(l, "a tensor"));

	port = grow(l->r->arena, port, count, sizeof *port);
	port[count] = (Port){ l->r->g->tensor[tensor].name, tensor };
	if (l->at < l->end)
		port[count].name = read_string(l->r, next_value(l, ""));
	end_of_line(l);
	return port;
}

static void
read_input(Line *l)
{
	Graph *g = l->r->g;

	g->input = read_port(l, g->input, g->input_count);
	bool *written = &l->r->written[g->input[g->input_count++].tensor];
	if (*written)
		fail_at(l->r->diag, l->head->loc,
			"this tensor has data, or is an input already");
	*written = true;
}

static void
read_output(Line *l)
{
	Graph *g = l->r->g;

	g->output = read_port(l, g->output, g->output_count);
	g->output_count++;
}

static void
read_label(Line *l)
{
	Graph *g = l->r->g;

	g->label = grow(g->arena, g->label, g->label_count, sizeof *g->label);
	g->label[g->label_count++] = read_string(l->r, next_value(l, "a string"));
	end_of_line(l);
}

/* The operands: tensors, or _ for one that is left out. */
static int
read_operands(Line *l, const OpInfo *op, int *input)
{
	const Reader *r = l->r;
	int count = 0;

	for (; l->at < l->end; count++) {
		bool absent = is_word(l->at, "_");
		if (!absent && number_of_tensor(l->at) < 0)
			break;
		const Item *i = next_value(l, "");
		if (count == op->most || (absent && count < op->least))
			fail_at(r->diag, i->loc,
				absent ? "%s needs its first %d operands" :
					 "%s has more than %d operands",
				op->name, absent ? op->least : op->most);
		input[count] = absent ? -1 : read_tensor(r, i);
	}
	if (count < op->least)
		fail_at(r->diag, l->at[-1].loc, "%s needs %d operands, not %d", op->name,
			op->least, count);
	return count;
}

static void
read_node(Line *l)
{
	const Reader *r = l->r;
	bool *written = r->written;
	Graph *g = r->g;
	const Item *result = next_value(l, "a tensor");
	int output = read_tensor(r, result);
	Op op = (Op)word_index(r, next_value(l, "an operator"), &ops[0].name, sizeof *ops,
		OP_COUNT, "operator");
	const Item *operand = l->at;
	int *input = alloc_array(r->arena, (size_t)(l->end - l->at) + 1, sizeof *input);
	int count = read_operands(l, &ops[op], input);

	for (int i = 0; i < count; i++)
		if (input[i] >= 0 && !written[input[i]])
			fail_at(r->diag, operand[i].loc,
				"%s is read before a node makes it",
				shown(r, &operand[i]));
	if (written[output])
		fail_at(r->diag, result->loc, "%s has a value already", shown(r, result));
	written[output] = true;
	Node *n = add_node(
		g, op, g->tensor[output].name, l->head->loc, input, count, output);
	read_rest(l, OF_NODE, n, n, &n->name);
}

static const struct {
	const char *keyword;
	void (*read)(Line *);
} statements[] = {
	/* In this order, wherever they stand; nodes come last. */
	{ "mir", read_version },
	{ "model", read_model },
	{ "tensor", read_tensor_line },
	{ "input", read_input },
	{ "output", read_output },
	{ "label", read_label },
};
enum {
	STATEMENT_KINDS = sizeof statements / sizeof *statements,
	KIND_MODEL = 1,
	KIND_TENSOR,
	KIND_OUTPUT = 4
};

static Line
line_at(const Reader *r, const Item **given, int item)
{
	const Item *head = r->item + item;

	return (Line){ .r = r,
		.head = head,
		.at = head + 1,
		.end = r->item + head->after,
		.attr = given,
		.field = given + attr_count };
}

/* Which kind a statement is: its number in the table above; of a node: -1. */
static int
statement_kind(const Reader *r, int item)
{
	if (r->item[item].kind == ITEM_NODE)
		return -1;
	return word_index(r, &r->item[item + 1], &statements[0].keyword,
		sizeof *statements, STATEMENT_KINDS, "statement");
}

/* Views end at a tensor with bytes of its own, and lie inside it: verify() would die of others. */
static void
check_view(const Reader *r, int tensor)
{
	const Tensor *t = r->g->tensor + tensor, *in = t;
	int64_t at = 0;

	for (int depth = 0; in->view >= 0; in = r->g->tensor + in->view, depth++) {
		at += in->view_offset;
		if (depth == DEEPEST_VIEW)
			fail_at(r->diag, t->loc, "t%d is a view of itself", tensor);
	}
	/* Steps are bounded first, so that the span cannot overflow. */
	if (t->row_step > INT_MAX || t->image_step > INT_MAX ||
		at + tensor_span(t) > tensor_bytes(in))
		fail_at(r->diag, t->loc, "t%d leaves the bytes of t%d", tensor,
			(int)(in - r->g->tensor));
}

/* In their order, which is that of execution; then every output has a value. */
static void
read_nodes(const Reader *r, const Item **given)
{
	Graph *g = r->g;

	for (int i = 0; i < r->count; i = r->item[i].after)
		if (r->item[i].kind == ITEM_NODE) {
			Line l = line_at(r, given, i);
			read_node(&l);
		}
	for (int i = 0, k = 0; i < r->count; i = r->item[i].after)
		if (statement_kind(r, i) == KIND_OUTPUT &&
			!r->written[g->output[k++].tensor])
			fail_at(r->diag, r->item[i].loc, "no node makes %s",
				shown(r, &r->item[i + 2]));
}

Graph *
read_mir(Arena *arena, Diag *diag, const char *name, const char *text, size_t size,
	const char *folder)
{
	Reader r = { .g = graph_new(arena, diag, name),
		.arena = arena,
		.diag = diag,
		.folder = folder };
	int models = 0;
	char *whole = alloc(arena, size + sizeof "\n");

	/* The last line ends like the others; messages show lines of this copy. */
	if (size)
		memcpy(whole, text, size);
	if (size && text[size - 1] != '\n')
		whole[size++] = '\n';
	diag->text = whole;
	r.item = mir_items(arena, diag, whole, size, &r.count);
	if (!r.count || !is_word(&r.item[1], "mir"))
		fail_at(diag, (Loc){ nowhere.offset, 1, 1 },
			"a .mir text begins with the line: mir 1");
	for (int i = 0; i < r.count; i = r.item[i].after) {
		int kind = statement_kind(&r, i);
		if (kind == KIND_TENSOR)
			r.g->tensor = grow(arena, r.g->tensor, r.g->tensor_count++,
				sizeof *r.g->tensor);
		if (kind == KIND_MODEL && models++)
			fail_at(diag, r.item[i].loc, "a second model");
	}
	r.written = alloc_array(arena, (size_t)r.g->tensor_count, sizeof *r.written);
	const Item **given =
		alloc_array(arena, (size_t)(attr_count + field_count), sizeof *given);
	for (int kind = 0; kind < STATEMENT_KINDS; kind++)
		for (int i = 0; i < r.count; i = r.item[i].after)
			if (statement_kind(&r, i) == kind) {
				Line l = line_at(&r, given, i);
				l.at++;
				statements[kind].read(&l);
			}
	for (int i = 0; i < r.g->tensor_count; i++)
		check_view(&r, i);
	read_nodes(&r, given);
	return r.g;
}
