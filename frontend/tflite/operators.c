/* operators.c: operators of the file, read by what operators.def and options.def say of them. */
#include <string.h>

#include "tflite.h"

/* Fields of the schema's tables. */
enum { CODE_DEPRECATED, CODE_CUSTOM, CODE_BUILTIN = 3 };
enum { OPERATOR_CODE, OPERATOR_INPUTS, OPERATOR_OUTPUTS };
enum { OPERATOR_OPTIONS_TYPE = 3, OPERATOR_OPTIONS };

static const char *const names[] = {
#include "builtins.def"
};
enum { NAMES = sizeof names / sizeof *names };

static const Importer importers[] = {
#define IMPORT(name, code, function, op, options, number, operands, least) \
	{ #name, code, import_##function, OP_##op, #options, number, operands, least },
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

/* Which operator it is, for messages too; NULL: none that is imported. */
static const Importer *
importer_of(Model *m, const Table *table, int number)
{
	Table entry =
		table_of(&m->codes, (size_t)get_number(table, OPERATOR_CODE, UINT, 0));
	int64_t old = get_number(&entry, CODE_DEPRECATED, BYTE, 0);
	int64_t code = get_number(&entry, CODE_BUILTIN, INT, 0);
	const char *custom = get_string(&entry, CODE_CUSTOM);

	/* Files from before code 127 have only the old field. */
	code = old > code ? old : code;
	const char *name = code >= 0 && code < NAMES ? names[code] : /* one is CUSTOM */
		format(m->g->arena, "builtin operator %lld", (long long)code);
	m->file.what = format(m->g->arena, "operator %d (%s%s%s)", number, name,
		custom ? " " : "", custom ? custom : "");
	for (int i = 0; i < IMPORTERS; i++)
		if (importers[i].code == code)
			return importers + i;
	return NULL;
}

/* ---- names of nodes: of a layer rather than of its last operation */

static const char *const generic_names[] = { "", "Add", "BiasAdd", "Conv2D",
	"FusedBatchNormV3", "MatMul", "Mean", "Relu", "Relu6", "Softmax", "add",
	"depthwise", "separable_conv2d" };
enum { GENERIC_NAMES = sizeof generic_names / sizeof *generic_names };

static const char *
layer_name(Arena *arena, const char *name)
{
	char *path = format(arena, "%.*s", (int)strcspn(name, ";"), name), *slash;

	while ((slash = strrchr(path, '/')) &&
		find_name(generic_names, GENERIC_NAMES, slash + 1) >= 0)
		*slash = 0;
	if (slash)
		path = slash + 1;
	return *path ? path : name;
}

/* ---- options, by the table */

static bool
read_options(Operator *o, const Table *table)
{
	/* By the schema's codes; then come TANH and SIGN_BIT. */
	static const Act acts[] = { ACT_NONE, ACT_RELU, ACT_RELU_N1, ACT_RELU6 };
	const Importer *row = o->importer;
	int64_t type = get_number(table, OPERATOR_OPTIONS_TYPE, FLAG, 0);
	Table options = { .file = o->file };

	if (row->options_type && type)
		options = get_table(table, OPERATOR_OPTIONS);
	if (options.at && type != row->options_type)
		return refuse(o->file, "options of kind %lld, not %s (%d)",
			(long long)type, row->options, row->options_type);
	for (int i = 0; i < OPTION_FIELDS; i++) {
		char *at = (char *)o + option_fields[i].at;
		Kind kind = option_fields[i].kind;
		int64_t absent = option_fields[i].absent;
		if (strcmp(option_fields[i].table, row->options))
			continue;
		int64_t value =
			get_number(&options, option_fields[i].field, kind, absent);
		if (kind == FLOAT)
			*(float *)at = as_float(value);
		else
			*(int *)at = (int)value;
	}
	if (o->refused)
		return refuse(o->file, "an option of %s is not supported", row->options);
	if (o->activation < 0 || o->activation >= (int)(sizeof acts / sizeof *acts))
		return refuse(
			o->file, "fused activation %d is not supported", o->activation);
	o->attr.act = (int)acts[o->activation];
	return true;
}

/* ---- operands, by their letters in the table */

/* An operand that is an attribute does not enter the graph. */
static bool
read_list(Operator *o, int operand, bool of_integers)
{
	const Tensor *t = &o->model->tensor[o->input[operand]].tensor;
	int64_t count = elements(&t->shape);
	bool integers = t->type == TYPE_s32 || t->type == TYPE_s64;

	if (count < 0 || count > LONGEST_LIST || (count && !t->data) ||
		(of_integers && !integers))
		return refuse(o->file,
			"operand %d (%s) must be a constant of %s, at most %d: "
			"convert the model with fixed shapes",
			operand, t->name, of_integers ? "integers" : "numbers",
			LONGEST_LIST);
	o->list[operand].count = (int)count;
	for (int i = 0; i < count; i++) {
		size_t bytes = (size_t)types[t->type].bytes;
		const char *at = (const char *)t->data + (size_t)i * bytes;
		int64_t v = integer_at(at, bytes, t->type != TYPE_u8);
		/* int32 at its ends stands for what is beyond. */
		o->list[operand].value[i] = v < INT32_MIN ? INT32_MIN :
			v > INT32_MAX                     ? INT32_MAX :
							    (int)v;
	}
	return true;
}

/* Brings data operands and outputs into the graph; false: one was refused. */
static bool
enter_operands(Operator *o)
{
	const char *letters = o->importer->operands;
	int letter_count = (int)strlen(letters), least = o->importer->least;
	bool several = letters[1] == '*', good = true;

	o->x = alloc_array(o->g->arena, (size_t)o->input_count, sizeof *o->x);
	o->y = alloc_array(o->g->arena, (size_t)o->output_count, sizeof *o->y);
	if (o->input_count < least || (!several && o->input_count > letter_count) ||
		!o->output_count)
		return refuse(o->file, "%d operands, %d outputs", o->input_count,
			o->output_count);
	for (int i = 0; i < o->input_count; i++) {
		char letter = letters[several ? 0 : i];
		if (o->input[i] < 0)
			good &= (i >= least && !several) ||
				refuse(o->file, "operand %d is left out", i);
		else if (letter != 'x')
			good &= read_list(o, i, letter == 'a');
		else
			good &= (o->x[o->x_count++] = tensor_number(
					 o->model, o->input[i])) >= 0;
	}
	for (int i = 0; i < o->output_count; i++)
		good &= (o->y[i] = tensor_number(o->model, o->output[i])) >= 0;
	return good;
}

/* ---- the operators, in the file's order */

/* false: not one that is known. */
static bool
import_operator(Model *m, const Table *table, int number)
{
	Operator o = { .model = m,
		.file = &m->file,
		.g = m->g,
		.importer = importer_of(m, table, number),
		.number = number,
		.loc = { .offset = table->at },
		.attr = attr_defaults() };

	m->file.where = table->at;
	o.input = tensor_list(m, table, OPERATOR_INPUTS, -1, &o.input_count);
	o.output = tensor_list(m, table, OPERATOR_OUTPUTS, 0, &o.output_count);
	if (!o.importer)
		return refuse(&m->file, "this operator is not supported");
	if (read_options(&o, table) && enter_operands(&o)) {
		o.name = layer_name(m->g->arena, m->tensor[o.output[0]].tensor.name);
		o.importer->import(&o);
	}
	return true;
}

void
import_operators(Model *m, const Vector *operators)
{
	bool known = true;
	Text text = text_new(m->g->arena);

	for (size_t i = 0; i < operators->count; i++) {
		m->file.what = "operators";
		Table table = table_of(operators, i);
		known &= import_operator(m, &table, (int)i);
	}
	for (int i = 0; i < IMPORTERS; i++)
		put(&text, " %s", importers[i].name);
	if (!known)
		note(m->g->diag,
			"build the model from the operators that are supported:%s",
			text.data);
}
