/* mir.c: reads .mir, the text that print.c writes and people do (grammar.js shows it). */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

#include "frontend/frontend.h"

enum {
	SHOWN = 40, /* bytes of the text in a message */
	DECIMAL = 10,
	HEX_ESCAPE = 4,      /* \xHH */
	MAX_BYTES = INT_MAX, /* of a tensor, of a data file */
	MAX_TEXT = 1 << 30, DEEPEST_VIEW = 1000,
};
#define MOST_BYTES (INT64_C(1) << 40) /* of all tensors */
#define FIRST_LINE "mir 1"

const TSLanguage *tree_sitter_mir(void);

typedef struct {
	Graph *g;
	const char *folder; /* of data files */
} Reader;

/* A named node of grammar.js, or one of the numbers in braces, which are none. */
typedef struct {
	const Reader *r;
	TSNode node;
	Loc loc;
	const char *text;
	size_t size;
} Item;

/* A statement being read: its values from `at` on. */
typedef struct {
	Graph *g;
	Item head, keyword;
	uint32_t at, count;
	int64_t zeros; /* zero points given */
} Line;

/* ---- items */

static Item
item_of(const Reader *r, TSNode node)
{
	TSPoint at = ts_node_start_point(node);
	uint32_t start = ts_node_start_byte(node);

	return (Item){ r, node, { nowhere.offset, (int)at.row + 1, (int)at.column + 1 },
		r->g->diag->text + start, ts_node_end_byte(node) - start };
}

static Item
child(Item i, uint32_t number)
{
	return item_of(i.r, ts_node_named_child(i.node, number));
}

static bool
is_kind(Item i, const char *kind)
{
	return !strcmp(ts_node_type(i.node), kind);
}

static bool
is_word(Item i, const char *word)
{
	return strlen(word) == i.size && !memcmp(word, i.text, i.size);
}

static bool
is_tensor(Item i)
{
	return i.text[0] == 't' && isdigit((unsigned char)i.text[1]);
}

/* Its text for a message, cut. */
static const char *
shown(Item i)
{
	size_t line = strcspn(i.text, "\n"), size = i.size < SHOWN ? i.size : SHOWN;

	return format(i.r->g->arena, "'%.*s%s'", (int)(line < size ? line : size), i.text,
		i.size > SHOWN ? "..." : "");
}

static _Noreturn void
expected(Item i, const char *what)
{
	fail_at(i.r->g->diag, i.loc, "%s should stand here, not %s", what, shown(i));
}

/* ---- values */

/* Of a word that is one of `count`, `stride` bytes from pointer to pointer. */
static int
word_index(Item i, const char *const *first, size_t stride, int count, const char *what)
{
	for (int k = 0; k < count; k++) {
		const void *at = (const char *)first + (size_t)k * stride;
		if (is_word(i, *(const char *const *)at))
			return k;
	}
	fail_at(i.r->g->diag, i.loc, "%s is no %s", shown(i), what);
}

static char *
read_string(Item i)
{
	const char *end = i.text + i.size - 1;
	char *s = alloc(i.r->g->arena, i.size), *to = s;

	if (!is_kind(i, "string"))
		expected(i, "a string");
	if (i.size < 2 || *end != '"')
		fail_at(i.r->g->diag, i.loc, "no \" closes this string on its line");
	for (const char *at = i.text + 1; at < end;) {
		unsigned code = (unsigned char)*at;
		int size = 1;
		if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
			code = (unsigned char)*++at;
		else if (*at == '\\' &&
			(sscanf(at, "\\x%2x%n", &code, &size) != 1 || !code ||
				size != HEX_ESCAPE)) {
			i.loc.column += (int)(at - i.text);
			fail_at(i.r->g->diag, i.loc,
				"unknown escape: \\\" \\\\ \\xHH there are");
		}
		*to++ = (char)(unsigned char)code;
		at += size;
	}
	return s;
}

/* In C's ways of writing it. */
static int64_t
read_integer(Item i, int64_t least, int64_t most)
{
	char *end;

	errno = 0;
	long long value = strtoll(i.text, &end, 0);
	if (end != i.text + i.size)
		expected(i, "a whole number");
	if (errno || value < least || value > most)
		fail_at(i.r->g->diag, i.loc, "%s lies outside %lld .. %lld", shown(i),
			(long long)least, (long long)most);
	return value;
}

/* Hexadecimal means a float's bits. */
static void
read_real(Item i, Type type, void *to)
{
	char *end;

	if (type == TYPE_f32 && i.size > 2 && i.text[1] == 'x') {
		uint32_t bits = (uint32_t)read_integer(i, 0, UINT32_MAX);
		memcpy(to, &bits, sizeof bits);
		return;
	}
	if (type == TYPE_f32)
		*(float *)to = strtof(i.text, &end);
	else
		*(double *)to = strtod(i.text, &end);
	if (end != i.text + i.size)
		expected(i, "a number");
}

static int
read_tensor(Item i, int count)
{
	char *end = NULL;
	long number = is_tensor(i) ? strtol(i.text + 1, &end, DECIMAL) : 0;

	if (end != i.text + i.size)
		expected(i, "a tensor (t0, t1 ...)");
	if (number >= count)
		fail_at(i.r->g->diag, i.loc,
			"%s is none of the %d tensors, which count from t0", shown(i),
			i.r->g->tensor_count);
	return (int)number;
}

/* The numbers in brackets, from a child on. */
static Shape
read_list(Item list, uint32_t first, int least)
{
	Shape s = { 0 };

	for (uint32_t i = first; i < ts_node_named_child_count(list.node); i++) {
		if (s.rank == MAX_RANK)
			fail_at(list.r->g->diag, child(list, i).loc,
				"more than %d numbers", MAX_RANK);
		s.dim[s.rank++] = (int)read_integer(child(list, i), least, INT_MAX);
	}
	return s;
}

static void
read_type(Item i, Type *type, Shape *shape)
{
	if (!is_kind(i, "type"))
		expected(i, "a type and shape, like s8[1,4],");
	*type = (Type)word_index(
		child(i, 0), &types[0].name, sizeof *types, TYPE_COUNT, "type");
	*shape = read_list(i, 1, 1);
	int64_t bytes = types[*type].bytes;
	for (int k = 0; k < shape->rank; k++)
		if ((bytes *= shape->dim[k]) > MAX_BYTES)
			fail_at(i.r->g->diag, i.loc, "the tensor has more than %d bytes",
				MAX_BYTES);
}

/* ---- elements */

/* Goes on to the next number of a block; false: there is none before its end. */
static bool
next_number(Item *i, const char *end)
{
	const char *at = i->text + i->size;

	i->loc.column += (int)i->size;
	for (; at < end && strchr(" \t\r\n#", *at); at++, i->loc.column++) {
		if (*at == '#') /* a comment: on to the end of its line */
			at += strcspn(at, "\n");
		if (*at == '\n') {
			i->loc.line++;
			i->loc.column = 0;
		}
	}
	i->text = at;
	i->size = strcspn(at, " \t\r\n#}");
	return at < end;
}

static void
read_element(Item i, Type type, void *to)
{
	size_t bytes = (size_t)types[type].bytes;
	int64_t most = INT64_MAX >> CHAR_BIT * (sizeof most - bytes);
	bool natural = type == TYPE_u8 || type == TYPE_b8;

	if (type == TYPE_f32 || type == TYPE_f64) {
		read_real(i, type, to);
		return;
	}
	int64_t value =
		read_integer(i, natural ? 0 : -most - 1, natural ? 2 * most + 1 : most);
	memcpy(to, &value, bytes); /* little-endian, as read_tflite() asserts */
}

/* One number, or those in braces; how many in *count. */
static const void *
read_elements(Item i, Type type, int64_t least, int64_t most, int64_t *count)
{
	bool block = is_kind(i, "numbers");
	const char *end = i.text + i.size - block;
	Item start = i, at;

	if (!block && !is_kind(i, "number") && !is_kind(i, "word"))
		expected(i, "a number, or several in braces,");
	start.size = block;
	at = start;
	/* Counted first, so that memory is asked for what is there, not for what is claimed. */
	for (*count = 0; next_number(&at, end) && *count < most; ++*count)
		;
	if (*count < least)
		fail_at(i.r->g->diag, i.loc, "%lld elements where %lld should stand",
			(long long)*count, (long long)least);
	if (at.text < end)
		fail_at(i.r->g->diag, at.loc,
			"more elements than the %lld that should stand here",
			(long long)most);
	unsigned char *data =
		alloc_array(i.r->g->arena, (size_t)*count, (size_t)types[type].bytes);
	at = start;
	for (unsigned char *to = data; next_number(&at, end); to += types[type].bytes)
		read_element(at, type, to);
	return data;
}

/* The one data file of a model: beside it, so that a text cannot ask for any file there is. */
static void
load(Item i)
{
	Graph *g = i.r->g;
	const char *name = read_string(i), *path = format(g->arena, "%s/%s", i.r->folder, name);

	if (g->file_name && !strcmp(g->file_name, path))
		return;
	if (g->file_name || !*name || strpbrk(name, "/\\:"))
		fail_at(g->diag, i.loc,
			"a model has one data file, beside it and named without folder");
	File f = map_file(g->diag, path);
	g->file = copy_of(g->arena, f.data, f.size);
	g->file_bytes = f.size;
	g->file_name = path;
	unmap_file(f);
}

/* In the text, or in a file from a byte of it on, at any alignment. */
static const void *
read_data(Item i, const Tensor *t)
{
	const Graph *g = i.r->g;
	int64_t count = elements(&t->shape);
	size_t bytes = (size_t)tensor_bytes(t);

	if (!is_kind(i, "far"))
		return read_elements(i, t->type, count, count, &count);
	load(child(i, 0));
	size_t at = (size_t)read_integer(child(i, 1), 0, MAX_BYTES);
	if (at > g->file_bytes || g->file_bytes - at < bytes)
		fail_at(g->diag, i.loc,
			"%zu bytes from %zu on pass the end of the file's %zu", bytes, at,
			g->file_bytes);
	if (at % (size_t)types[t->type].bytes)
		return copy_of(g->arena, g->file + at, bytes);
	return g->file + at;
}

/* ---- lines */

static Item
next_value(Line *l, const char *what)
{
	if (l->at == l->count) {
		Item last = child(l->head, l->at - 1);
		last.loc.column += (int)last.size;
		fail_at(l->g->diag, last.loc, "%s should follow", what);
	}
	return child(l->head, l->at++);
}

static void
set_field(Line *l, const Field *f, Item word, void *owner)
{
	void *at = (char *)owner + f->at;
	Tensor *t = owner; /* if it is one */
	int64_t v = 1, most = f->size == sizeof(int) ? INT_MAX : MOST_BYTES;
	Item value = f->kind == FIELD_FLAG || f->kind == FIELD_PLACE ?
		word :
		next_value(l, "a value");

	switch (f->kind) {
	case FIELD_TEXT: *(const char **)at = read_string(value); return;
	case FIELD_FLOAT: read_real(value, TYPE_f32, at); return;
	case FIELD_LIST:
		if (!is_kind(value, "list"))
			expected(value, "a list, like [0,1],");
		*(Shape *)at = read_list(value, 0, -INT_MAX);
		return;
	case FIELD_TYPE: read_type(value, &t->origin.type, &t->origin.shape); return;
	case FIELD_SCALES:
		t->quant.scale = read_elements(value, TYPE_f32, 1, INT_MAX, &v);
		t->quant.count = (int)v;
		return;
	case FIELD_ZEROS:
		t->quant.zero = read_elements(value, TYPE_s32, 1, INT_MAX, &l->zeros);
		return;
	case FIELD_REALS:
		((Reals *)at)->value =
			read_elements(value, TYPE_f64, 1, INT_MAX, &((Reals *)at)->count);
		return;
	case FIELD_DATA: t->data = read_data(value, t); return;
	case FIELD_FLAG: break;
	case FIELD_INT: v = read_integer(value, f->attribute ? 0 : f->value, most); break;
	case FIELD_TENSOR: v = read_tensor(value, INT_MAX); break;
	case FIELD_PLACE: v = read_integer(child(value, 0), 0, INT64_MAX); break;
	default:
		v = word_index(value, field_words[f->kind].name, sizeof(char *),
			field_words[f->kind].count, f->name);
	}
	memcpy(at, &v, f->size); /* little-endian */
}

/* The field that a word begins; node: NULL for other owners. */
static const Field *
field_named(FieldOwner owner, Item word, const Node *node)
{
	bool place = is_kind(word, "place");

	for (const Field *f = fields; f < fields + field_count; f++)
		if (f->owner == owner &&
			(place ? f->kind == FIELD_PLACE : is_word(word, f->name)) &&
			(!f->attribute || has_word(ops[node->op].attrs, f->name)))
			return f;
	fail_at(word.r->g->diag, word.loc, "%s has no %s",
		node ? ops[node->op].name : "this line", shown(word));
}

/* The rest of a line, in any order: a string is the name, words begin fields. */
static void
read_rest(Line *l, FieldOwner kind, void *owner, const Node *node, const char **name)
{
	while (l->at < l->count) {
		Item i = next_value(l, "");
		if (is_kind(i, "string"))
			*name = read_string(i);
		else
			set_field(l, field_named(kind, i, node), i, owner);
	}
}

/* ---- statements */

static void
read_model(Line *l)
{
	read_rest(l, OF_GRAPH, l->g, NULL, &l->g->name);
}

static void
read_tensor_line(Line *l)
{
	Graph *g = l->g;
	Tensor t = { .loc = l->head.loc, .view = -1, .offset = -1 };
	Item number = next_value(l, "a tensor's number");

	if (read_tensor(number, INT_MAX) != g->tensor_count)
		fail_at(g->diag, number.loc,
			"t%d should stand here: tensors count from t0", g->tensor_count);
	read_type(next_value(l, "its type and shape"), &t.type, &t.shape);
	t.name = format(g->arena, "t%d", g->tensor_count);
	t.origin = (Origin){ -1, t.type, t.shape };
	read_rest(l, OF_TENSOR, &t, NULL, &t.name);
	if (!l->zeros)
		t.quant.zero = alloc_array(
			g->arena, (size_t)t.quant.count, sizeof *t.quant.zero);
	else if (l->zeros != t.quant.count)
		fail_at(g->diag, l->head.loc, "%lld zero points for %d scales",
			(long long)l->zeros, t.quant.count);
	add_tensor(g, &t);
}

static void
read_port(Line *l)
{
	Graph *g = l->g;
	bool input = is_word(l->keyword, "input");
	Port **all = input ? &g->input : &g->output;
	int *count = input ? &g->input_count : &g->output_count;
	int number = read_tensor(next_value(l, "a tensor"), g->tensor_count);

	*all = grow(g->arena, *all, *count, sizeof **all);
	Port *port = *all + (*count)++;
	*port = (Port){ g->tensor[number].name, number };
	read_rest(l, OF_PORT, port, NULL, &port->name);
}

static void
read_label(Line *l)
{
	Graph *g = l->g;

	g->label = grow(g->arena, g->label, g->label_count, sizeof *g->label);
	g->label[g->label_count] = "";
	read_rest(l, OF_PORT, g, NULL, &g->label[g->label_count++]);
}

/* Operands are tensors, or _ for one that is left out. */
static void
read_node(Line *l)
{
	Graph *g = l->g;
	int *input = alloc_array(g->arena, l->count, sizeof *input), inputs = 0;
	int output = read_tensor(next_value(l, "a tensor"), g->tensor_count);
	Op op = (Op)word_index(next_value(l, "an operator"), &ops[0].name, sizeof *ops,
		OP_COUNT, "operator");

	for (; l->at < l->count; l->at++) {
		Item i = child(l->head, l->at);
		if (!is_tensor(i) && !is_word(i, "_"))
			break;
		input[inputs++] = is_tensor(i) ? read_tensor(i, g->tensor_count) : -1;
	}
	Node *n = add_node(
		g, op, g->tensor[output].name, l->head.loc, input, inputs, output);
	read_rest(l, OF_NODE, n, n, &n->name);
}

/* Each of a kind, in this order: a later kind names what an earlier one read. */
static const struct {
	const char *keyword;
	void (*read)(Line *);
} statements[] = {
	{ "model", read_model }, { "tensor", read_tensor_line },
	{ "input", read_port }, { "output", read_port },
	{ "label", read_label }, { "=", read_node },
};
enum { STATEMENTS = sizeof statements / sizeof *statements, NODE = STATEMENTS - 1 };

static void
read_statement(Item head, int turn)
{
	Line l = { head.r->g, head, child(head, 0), 0,
		ts_node_named_child_count(head.node), 0 };
	int kind = NODE;

	if (!is_kind(head, "node"))
		kind = word_index(next_value(&l, ""), &statements[0].keyword,
			sizeof *statements, NODE, "statement");
	if (kind == turn)
		statements[kind].read(&l);
}

/* Views end at a tensor with bytes of its own, and lie inside it: verify() would die of others. */
static void
check_view(const Graph *g, int tensor)
{
	const Tensor *t = g->tensor + tensor, *in = t;
	int64_t at = 0;

	for (int depth = 0; in->view >= 0; in = g->tensor + in->view, depth++) {
		at += in->view_offset;
		if (in->view >= g->tensor_count || depth == DEEPEST_VIEW)
			fail_at(g->diag, t->loc, "t%d is a view of itself, or of none",
				tensor);
	}
	/* Steps are bounded first, so that the span cannot overflow. */
	if (t->row_step > INT_MAX || t->image_step > INT_MAX ||
		at + tensor_span(t) > tensor_bytes(in))
		fail_at(g->diag, t->loc, "t%d leaves the bytes of t%d", tensor,
			(int)(in - g->tensor));
}

/* tree-sitter goes on after an error; we stop at the first. */
static void
check_syntax(Item i)
{
	const char *type = ts_node_type(i.node);

	if (ts_node_is_missing(i.node))
		fail_at(i.r->g->diag, i.loc, "%s is missing here",
			*type == '\n' ? "the line's end" : type);
	if (!strcmp(type, "ERROR")) {
		size_t word = strcspn(i.text, " \t\r\n,");
		i.size = word ? word : 1;
		fail_at(i.r->g->diag, i.loc, "unexpected %s", shown(i));
	}
	if (!strcmp(type, "numbers") && i.text[i.size - 1] != '}')
		fail_at(i.r->g->diag, i.loc, "no } closes this {");
	uint32_t count = ts_node_has_error(i.node) ? ts_node_child_count(i.node) : 0;
	for (uint32_t k = 0; k < count; k++)
		check_syntax(item_of(i.r, ts_node_child(i.node, k)));
}

static void
read_all(Item root)
{
	uint32_t count = ts_node_named_child_count(root.node);
	Graph *g = root.r->g;

	check_syntax(root);
	if (!count || strncmp(child(root, 0).text, FIRST_LINE, sizeof FIRST_LINE - 1) ||
		isdigit((unsigned char)child(root, 0).text[sizeof FIRST_LINE - 1]))
		fail_at(g->diag, (Loc){ nowhere.offset, 1, 1 },
			"a .mir text begins with the line: " FIRST_LINE);
	for (int turn = 0; turn < STATEMENTS; turn++)
		for (uint32_t k = 1; k < count; k++)
			read_statement(child(root, k), turn);
	for (int t = 0; t < g->tensor_count; t++)
		check_view(g, t);
}

Graph *
read_mir(Arena *arena, Diag *diag, const char *name, const char *text, size_t size,
	const char *folder)
{
	Reader r = { graph_new(arena, diag, name), folder ? folder : "." };
	jmp_buf here, *outer = diag->escape;
	volatile bool whole = false;

	if (size > MAX_TEXT || (size && memchr(text, 0, size)))
		fail_at(diag, nowhere, "this is no text");
	/* The last line ends like the others; messages show lines of this copy. */
	diag->text = format(arena, "%.*s\n", (int)size, size ? text : "");
	TSParser *parser = ts_parser_new();
	if (!ts_parser_set_language(parser, tree_sitter_mir()))
		die("this tree-sitter cannot use the parser of .mir");
	TSTree *tree = ts_parser_parse_string(parser, NULL, diag->text, (uint32_t)size + 1);
	/* The tree is tree-sitter's, not the arena's: an error has to pass by here. */
	diag->escape = &here;
	if (!setjmp(here)) {
		read_all(item_of(&r, ts_tree_root_node(tree)));
		whole = true;
	}
	diag->escape = outer;
	ts_tree_delete(tree);
	ts_parser_delete(parser);
	if (!whole)
		give_up(diag);
	return r.g;
}
