/* operators.c: operators of the file, checked by what operators.def says of them. */
#include <stdarg.h>
#include <string.h>

#include "tflite.h"

/* Fields of the schema's tables. */
enum { CODE_DEPRECATED, CODE_CUSTOM, CODE_BUILTIN = 3 };
enum { OPERATOR_CODE, OPERATOR_INPUTS, OPERATOR_OUTPUTS };
enum { OPERATOR_OPTIONS_TYPE = 3, OPERATOR_OPTIONS };

static const char *const builtin_names[BUILTIN_COUNT] = {
#define BUILTIN(name) #name,
#include "builtins.def"
#undef BUILTIN
};

static const Importer importers[] = {
#define IMPORT(builtin, function, op, options, number, operands, least)              \
	{ BUILTIN_##builtin, import_##function, OP_##op, #options, number, operands, \
		least },
#include "operators.def"
#undef IMPORT
};
enum { IMPORTERS = sizeof importers / sizeof *importers };

static const struct {
	const char *table;
	int field;
	Kind kind;
	size_t at;
	int absent;
} option_fields[] = {
#define OPTION(table, field, kind, member, absent) \
	{ #table, field, kind, offsetof(Operator, member), absent },
#include "options.def"
#undef OPTION
};
enum { OPTION_FIELDS = sizeof option_fields / sizeof *option_fields };

bool
refuse(const Operator *o, const char *fmt, ...)
{
	char problem[400]; /* shapes and two tensors' names fit */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(problem, sizeof problem, fmt, ap);
	va_end(ap);
	error_at(o->g->diag, o->loc, "%s: %s", o->title, problem);
	return false;
}

/* ---- what import functions ask and make */

Shape
shape_in(const Operator *o, int operand)
{
	return file_tensor(o->model, o->input[operand])->tensor.shape;
}

const char *
dims_text(const Operator *o, Shape s)
{
	return shape_text(o->g->arena, &s);
}

int
number_in(const Operator *o, int operand)
{
	if (operand >= o->input_count || o->input[operand] < 0)
		return -1;
	return tensor_number(o->model, o->input[operand]);
}

int
number_out(const Operator *o, int output)
{
	return tensor_number(o->model, o->output[output]);
}

static int
clamp_int(int64_t v)
{
	return v < INT32_MIN ? INT32_MIN : v > INT32_MAX ? INT32_MAX : (int)v;
}

bool
has_rank(const Operator *o, int operand, int rank)
{
	Shape s = shape_in(o, operand);

	return s.rank == rank ||
		refuse(o, "operand %d has shape %s, not %d dimensions", operand,
			dims_text(o, s), rank);
}

int64_t
integer_of(const Tensor *t, int64_t index)
{
	switch (t->type) {
	case TYPE_s8: return ((const int8_t *)t->data)[index];
	case TYPE_s32: return ((const int32_t *)t->data)[index];
	case TYPE_s64: return ((const int64_t *)t->data)[index];
	default: return ((const uint8_t *)t->data)[index];
	}
}

static bool
is_attribute(const Operator *o, int operand, int least, int most)
{
	const Tensor *t = &file_tensor(o->model, o->input[operand])->tensor;
	int64_t count = elements(&t->shape);

	if (t->type != TYPE_s32 && t->type != TYPE_s64)
		return refuse(
			o, "operand %d (%s) must be INT32 or INT64", operand, t->name);
	if (count < least || count > most)
		return refuse(o, "operand %d (%s) has %lld elements, not %d to %d",
			operand, t->name, (long long)count, least, most);
	if (!t->data && count) {
		refuse(o, "operand %d (%s) is computed, but must be a constant", operand,
			t->name);
		note(o->g->diag,
			"convert the model with fixed shapes, so that it is folded");
		return false;
	}
	return true;
}

int
read_attribute(const Operator *o, int operand, int *values, int least, int most)
{
	const Tensor *t = &file_tensor(o->model, o->input[operand])->tensor;

	if (!is_attribute(o, operand, least, most))
		return -1;
	int count = (int)elements(&t->shape);
	for (int i = 0; i < count; i++)
		values[i] = clamp_int(integer_of(t, i));
	return count;
}

bool
normal_axis(const Operator *o, int *axis, int rank)
{
	int given = *axis;

	if (given < 0)
		*axis += rank;
	if (*axis < 0 || *axis >= rank)
		return refuse(o, "axis %d of %d", given, rank);
	return true;
}

bool
expect_shape(const Operator *o, int output, Shape shape)
{
	Shape given = o->g->tensor[number_out(o, output)].shape;

	return same_shape(&given, &shape) ||
		refuse(o, "output %d has shape %s, but %s follows from the operands",
			output, dims_text(o, given), dims_text(o, shape));
}

Shape
with_axis(Shape s, int axis, int size)
{
	for (int i = s.rank++; i > axis; i--)
		s.dim[i] = s.dim[i - 1];
	s.dim[axis] = size;
	return s;
}

Shape
without_axis(Shape s, int axis)
{
	s.rank--;
	for (int i = axis; i < s.rank; i++)
		s.dim[i] = s.dim[i + 1];
	return s;
}

/* Types are checked here, so that what is unsupported is said together. */
bool
import_node(const Operator *o, Op op, const int *input, int inputs, int tensor)
{
	Type x = o->g->tensor[*input].type, y = o->g->tensor[tensor].type;
	Node *n = add_node(o->g, op, o->name, o->loc, input, inputs, tensor);

	n->number = o->number;
	if (op != OP_reshape) /* before or behind the operator's own node */
		n->attr = o->attr;
	return reference_has(TFLM, op, x, y) || reference_has(LITERT, op, x, y) ||
		refuse(o, "%s to %s is not supported", types[x].tflite, types[y].tflite);
}

/* A tensor like another, of as many elements in another shape. */
static int
tensor_like(const Operator *o, int tensor, Shape shape)
{
	Tensor like = o->g->tensor[tensor];

	like.name = format(o->g->arena, "%s_%dd", like.name, shape.rank);
	like.shape = shape;
	if (like.quant.count > 1)
		like.quant = (Quant){ 0 }; /* its axis is another, if any */
	like.origin = (Origin){ -1, like.type, shape };
	return add_tensor(o->g, &like);
}

int
reshaped(const Operator *o, int tensor, Shape shape)
{
	if (same_shape(&o->g->tensor[tensor].shape, &shape))
		return tensor;
	int result = tensor_like(o, tensor, shape);
	if (!o->g->tensor[tensor].data)
		import_node(o, OP_reshape, &tensor, 1, result);
	return result;
}

bool
import_shaped(
	const Operator *o, Op op, const int *input, int inputs, int output, Shape shape)
{
	int y = number_out(o, output);
	Shape given = o->g->tensor[y].shape;

	if (same_shape(&given, &shape))
		return import_node(o, op, input, inputs, y);
	if (elements(&given) != elements(&shape))
		return expect_shape(o, output, shape);
	int first = tensor_like(o, y, shape);
	return import_node(o, op, input, inputs, first) &&
		import_node(o, OP_reshape, &first, 1, y);
}

/* ---- reading one operator */

static const Importer *
importer_of(int64_t code)
{
	for (int i = 0; i < IMPORTERS; i++)
		if (importers[i].builtin == code)
			return importers + i;
	return NULL;
}

static int64_t
code_of(Model *m, const Table *table, const char **name)
{
	int64_t index = get_number(table, OPERATOR_CODE, UINT, 0);

	if ((uint64_t)index >= m->codes.count)
		broken(&m->file, table->at, "operator code %lld of %zu", (long long)index,
			m->codes.count);
	Table entry = table_of(&m->codes, (size_t)index);
	int64_t old = get_number(&entry, CODE_DEPRECATED, BYTE, 0);
	int64_t code = get_number(&entry, CODE_BUILTIN, INT, 0);
	/* Files from before code 127 have only the old field. */
	code = old > code ? old : code;
	if (code < 0 || code >= BUILTIN_COUNT)
		*name = format(m->g->arena, "builtin operator %lld", (long long)code);
	else
		*name = builtin_names[code];
	const char *custom =
		code == BUILTIN_CUSTOM ? get_string(&entry, CODE_CUSTOM) : NULL;
	if (custom)
		*name = format(m->g->arena, "CUSTOM %s", custom);
	return code;
}

static int *
read_numbers(Model *m, const Table *table, int field, int least, int *count)
{
	Vector v = get_vector(table, field, sizeof(int32_t));
	int *number = alloc_array(m->g->arena, v.count, sizeof *number);

	for (size_t i = 0; i < v.count; i++) {
		number[i] = int_of(&v, i);
		if (number[i] < least ||
			(number[i] >= 0 && (size_t)number[i] >= m->tensors.count))
			broken(&m->file, v.at + i * sizeof(int32_t), "tensor %d of %zu",
				number[i], m->tensors.count);
	}
	*count = (int)v.count; /* the vector lies in the file, so it is small */
	return number;
}

/* In the file's order every tensor is made before it is read, and made once. */
static void
check_order(Operator *o)
{
	Model *m = o->model;

	for (int i = 0; i < o->input_count; i++) {
		if (o->input[i] < 0)
			continue;
		const FileTensor *t = file_tensor(m, o->input[i]);
		if (!t->tensor.data && !t->written && elements(&t->tensor.shape) &&
			!is_variable(t))
			broken(&m->file, o->loc.offset,
				"reads %s, which nothing has made yet", t->title);
	}
	for (int i = 0; i < o->output_count; i++) {
		FileTensor *t = file_tensor(m, o->output[i]);
		if (t->tensor.data || t->written)
			broken(&m->file, o->loc.offset, "writes %s, which is %s",
				t->title, t->written ? "made already" : "a constant");
		t->written = true;
	}
}

/* ---- names of nodes: of a layer rather than of its last operation */

static const char *const generic_names[] = { "Add", "BiasAdd", "Conv2D",
	"FusedBatchNormV3", "MatMul", "Mean", "Relu", "Relu6", "Softmax", "add",
	"depthwise", "separable_conv2d" };
enum { GENERIC_NAMES = sizeof generic_names / sizeof *generic_names };

static const char *
layer_name(Arena *arena, const char *name)
{
	int size = (int)strcspn(name, ";");

	for (;;) {
		int start = size;
		while (start > 0 && name[start - 1] != '/')
			start--;
		const char *part = format(arena, "%.*s", size - start, name + start);
		bool generic =
			!*part || find_name(generic_names, GENERIC_NAMES, part) >= 0;
		if (!generic || start < 2)
			return *part ? part : name;
		size = start - 1;
	}
}

/* ---- options and operands, by the tables */

static bool
known_field(const char *table, int field)
{
	for (int i = 0; i < OPTION_FIELDS; i++)
		if (option_fields[i].field == field &&
			!strcmp(option_fields[i].table, table))
			return true;
	return false;
}

static void
read_option(const Table *t, int i, Operator *o)
{
	char *at = (char *)o + option_fields[i].at;
	Kind kind = option_fields[i].kind;
	int field = option_fields[i].field;

	if (kind == FLOAT)
		*(float *)at = get_float(t, field, 0);
	else if (kind == INTS)
		*(Vector *)at = get_vector(t, field, sizeof(int32_t));
	else
		*(int *)at = (int)get_number(t, field, kind, option_fields[i].absent);
}

/* The file's own codes for what is computed on the way out. */
static bool
read_activation(Operator *o)
{
	static const char *const names[] = { "NONE", "RELU", "RELU_N1_TO_1", "RELU6",
		"TANH", "SIGN_BIT" };
	static const Act acts[] = { ACT_NONE, ACT_RELU, ACT_RELU_N1, ACT_RELU6 };
	int code = o->activation;

	if (code < 0 || code >= (int)(sizeof names / sizeof *names))
		return refuse(o, "fused activation %d is not known", code);
	if (code >= (int)(sizeof acts / sizeof *acts))
		return refuse(o, "fused activation %s is not supported", names[code]);
	o->attr.act = (int)acts[code];
	return true;
}

static bool
read_options(Operator *o, const Table *table)
{
	const Importer *row = o->importer;
	int64_t type = get_number(table, OPERATOR_OPTIONS_TYPE, FLAG, 0);
	Table options = { 0 }; /* without fields: all have their defaults */
	bool given =
		row->options_type && type && get_table(table, OPERATOR_OPTIONS, &options);

	if (given && type != row->options_type)
		return refuse(o, "options of kind %lld, not %s (%d)", (long long)type,
			row->options, row->options_type);
	for (int i = 0; i < options.fields; i++)
		if (has_field(&options, i) && !known_field(row->options, i))
			return refuse(o, "option %d of %s is not known", i, row->options);
	for (int i = 0; i < OPTION_FIELDS; i++)
		if (!strcmp(option_fields[i].table, row->options))
			read_option(&options, i, o);
	return read_activation(o);
}

static bool
count_operands(const Operator *o)
{
	const char *letters = o->importer->operands;
	int most = (int)strlen(letters);
	bool several = letters[most - 1] == '*';

	if (o->input_count < o->importer->least || (!several && o->input_count > most))
		return refuse(o, "%d operands", o->input_count);
	for (int i = 0; i < (several ? o->input_count : o->importer->least); i++)
		if (o->input[i] < 0)
			return refuse(o, "operand %d is left out", i);
	bool parts = o->importer->builtin == BUILTIN_SPLIT ||
		o->importer->builtin == BUILTIN_UNPACK;
	return o->output_count == 1 || (parts && o->output_count) ||
		refuse(o, "%d outputs", o->output_count);
}

static char
letter_of(const Operator *o, int operand)
{
	const char *letters = o->importer->operands;

	return letters[1] == '*' ? letters[0] : letters[operand];
}

/* Brings data operands and outputs into the graph; false: one was refused. */
static bool
enter_operands(const Operator *o)
{
	bool good = true;

	for (int i = 0; i < o->input_count; i++)
		if (letter_of(o, i) == 'x' && o->input[i] >= 0)
			good &= number_in(o, i) >= 0;
	for (int i = 0; i < o->output_count; i++)
		good &= tensor_number(o->model, o->output[i]) >= 0;
	return good;
}

/* ---- the operators, in the file's order */

static bool
import_operator(Model *m, const Table *table, int number)
{
	const char *name;
	Operator o = { .model = m,
		.g = m->g,
		.number = number,
		.loc = { .offset = table->at },
		.attr = attr_defaults() };

	o.title = format(m->g->arena, "operator %d", number);
	m->file.what = o.title;
	o.importer = importer_of(code_of(m, table, &name));
	o.title = format(m->g->arena, "operator %d (%s)", number, name);
	m->file.what = o.title;
	o.input = read_numbers(m, table, OPERATOR_INPUTS, -1, &o.input_count);
	o.output = read_numbers(m, table, OPERATOR_OUTPUTS, 0, &o.output_count);
	check_order(&o);
	if (!o.importer)
		return refuse(&o, "this operator is not supported");
	if (!count_operands(&o) || !read_options(&o, table) || !enter_operands(&o))
		return true;
	o.name = layer_name(m->g->arena, file_tensor(m, o.output[0])->tensor.name);
	o.importer->import(&o);
	return true;
}

void
import_operators(Model *m, const Vector *operators)
{
	bool known = true;

	for (size_t i = 0; i < operators->count; i++) {
		m->file.what = "operators";
		Table table = table_of(operators, i);
		known &= import_operator(m, &table, (int)i);
	}
	if (known)
		return;
	Text text = text_new(m->g->arena);
	for (int i = 0; i < IMPORTERS; i++)
		put(&text, " %s", builtin_names[importers[i].builtin]);
	note(m->g->diag, "build the model from the operators that are supported:%s",
		text.data);
}
