/* model.c: the file's outermost tables: versions, the one subgraph, the ports' names. */
#include <string.h>

#include "frontend/frontend.h"
#include "tflite.h"

/* Fields of the schema's tables. */
enum { MODEL_VERSION, MODEL_CODES, MODEL_SUBGRAPHS, MODEL_BUFFERS = 4 };
enum { MODEL_SIGNATURES = 7 };
enum { SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS };
enum { SIGNATURE_INPUTS, SIGNATURE_OUTPUTS, SIGNATURE_SUBGRAPH = 4 };
enum { MAP_NAME, MAP_TENSOR };

enum { SCHEMA_VERSION = 3, REFERENCE_BYTES = sizeof(uint32_t) };
static const char identifier[] = { 'T', 'F', 'L', '3' }; /* follows the root's offset */

/* Passes look through all tensors for one: beyond this they would take minutes. */
enum { COUNT_LIMIT = 1 << 16, PORT_LIMIT = 1 << 10 };

typedef struct {
	const char *what;
	int subgraph_field, signature_field;
} Side;

static const Side input_side = { "input", SUBGRAPH_INPUTS, SIGNATURE_INPUTS };
static const Side output_side = { "output", SUBGRAPH_OUTPUTS, SIGNATURE_OUTPUTS };

static void
check_limit(Model *m, const Vector *v, const char *what, size_t limit)
{
	if (v->count > limit)
		broken(&m->file, v->at, "%zu %s, more than %zu", v->count, what, limit);
}

/* The file's numbers of the subgraph's inputs or outputs. */
static int *
read_ports(Model *m, const Table *subgraph, const Side *side, int *count)
{
	Vector v = get_vector(subgraph, side->subgraph_field, sizeof(int32_t));
	int *number = alloc_array(m->g->arena, v.count, sizeof *number);

	check_limit(m, &v, "inputs or outputs", PORT_LIMIT);
	for (size_t i = 0; i < v.count; i++) {
		number[i] = int_of(&v, i);
		if (number[i] < 0 || (size_t)number[i] >= m->tensors.count)
			broken(&m->file, v.at, "%s %zu is tensor %d of %zu", side->what,
				i, number[i], m->tensors.count);
		for (size_t k = 0; k < i; k++)
			if (number[k] == number[i])
				broken(&m->file, v.at, "%s %zu is %s %zu too", side->what,
					i, side->what, k);
	}
	*count = (int)v.count;
	return number;
}

/* The first signature of subgraph 0; false: there is none. */
static bool
find_signature(const Table *root, Table *signature)
{
	Vector v = get_vector(root, MODEL_SIGNATURES, REFERENCE_BYTES);

	for (size_t i = 0; i < v.count; i++) {
		*signature = table_of(&v, i);
		if (!get_number(signature, SIGNATURE_SUBGRAPH, UINT, 0))
			return true;
	}
	return false;
}

/* Puts the signature's ports first, in its order, under its names. */
static void
name_ports(Model *m, const Table *signature, const Side *side, int *number,
	const char **name, int count)
{
	Vector v = get_vector(signature, side->signature_field, REFERENCE_BYTES);
	int placed = 0;

	for (size_t i = 0; i < v.count; i++) {
		Table map = table_of(&v, i);
		int64_t tensor = get_number(&map, MAP_TENSOR, UINT, 0);
		int at = placed;
		while (at < count && number[at] != tensor)
			at++;
		if (at == count)
			broken(&m->file, map.at,
				"%s %zu, tensor %lld, is none or is twice", side->what, i,
				(long long)tensor);
		for (; at > placed; at--)
			number[at] = number[at - 1];
		number[placed] = (int)tensor;
		name[placed++] = get_string(&map, MAP_NAME);
	}
}

static Port *
make_ports(Model *m, const Table *root, const Side *side, int *number, int count)
{
	Table signature;
	const char **name = alloc_array(m->g->arena, (size_t)count, sizeof *name);
	Port *port = alloc_array(m->g->arena, (size_t)count, sizeof *port);

	m->file.what = "signature";
	if (find_signature(root, &signature))
		name_ports(m, &signature, side, number, name, count);
	for (int i = 0; i < count; i++) {
		port[i].name = name[i] ? name[i] : file_tensor(m, number[i])->tensor.name;
		port[i].tensor = tensor_number(m, number[i]);
	}
	return port;
}

static void
read_inputs(Model *m, const int *number, int count)
{
	for (int i = 0; i < count; i++) {
		FileTensor *t = file_tensor(m, number[i]);
		if (t->tensor.data)
			broken(&m->file, t->table.at, "input %d is a constant, %s", i,
				t->title);
		t->written = true;
	}
}

static void
check_outputs(Model *m, const int *number, int count)
{
	if (!count)
		broken(&m->file, 0, "the model has no outputs");
	for (int i = 0; i < count; i++) {
		const FileTensor *t = file_tensor(m, number[i]);
		int at = tensor_number(m, number[i]);
		bool constant = t->tensor.data != NULL;
		if (!t->written && !constant)
			broken(&m->file, t->table.at,
				"output %d is made by no operator, %s", i, t->title);
		if (constant || (at >= 0 && is_input(m->g, at)))
			error_at(m->g->diag, t->tensor.loc, "%s: output %d is %s",
				t->title, i, constant ? "a constant" : "an input");
	}
}

static void
read_subgraph(Model *m, const Table *root, const Table *subgraph)
{
	Graph *g = m->g;

	m->tensors = get_vector(subgraph, SUBGRAPH_TENSORS, REFERENCE_BYTES);
	check_limit(m, &m->tensors, "tensors", COUNT_LIMIT);
	m->tensor = alloc_array(g->arena, m->tensors.count, sizeof *m->tensor);
	int *input = read_ports(m, subgraph, &input_side, &g->input_count);
	int *output = read_ports(m, subgraph, &output_side, &g->output_count);
	read_inputs(m, input, g->input_count);
	g->input = make_ports(m, root, &input_side, input, g->input_count);
	m->file.what = "subgraph 0";
	Vector operators = get_vector(subgraph, SUBGRAPH_OPERATORS, REFERENCE_BYTES);
	check_limit(m, &operators, "operators", COUNT_LIMIT);
	import_operators(m, &operators);
	m->file.what = "subgraph 0";
	check_outputs(m, output, g->output_count);
	g->output = make_ports(m, root, &output_side, output, g->output_count);
}

static void
check_file(Source *f)
{
	if (f->size < REFERENCE_BYTES + sizeof identifier ||
		memcmp(f->data + REFERENCE_BYTES, identifier, sizeof identifier))
		broken(f, REFERENCE_BYTES, "no TFLite model: it does not say TFL3");
}

Graph *
read_tflite(Arena *arena, Diag *diag, const char *name, const uint8_t *data, size_t size)
{
	Model m = { .file = { data, size, 0, arena, diag, "model" } };

	check_file(&m.file);
	m.g = graph_new(arena, diag, name);
	m.g->format = "tflite";
	m.g->semantics = TFLM;
	m.g->file = data;
	m.g->file_bytes = size;
	Table root = root_table(&m.file);
	int64_t version = get_number(&root, MODEL_VERSION, UINT, 0);
	if (version != SCHEMA_VERSION)
		broken(&m.file, root.at, "schema version %lld, not %d",
			(long long)version, SCHEMA_VERSION);
	m.codes = get_vector(&root, MODEL_CODES, REFERENCE_BYTES);
	m.buffers = get_vector(&root, MODEL_BUFFERS, REFERENCE_BYTES);
	Vector subgraphs = get_vector(&root, MODEL_SUBGRAPHS, REFERENCE_BYTES);
	if (!subgraphs.count)
		broken(&m.file, root.at, "it has no subgraph");
	/* Others run only by control flow operators, which are not imported. */
	Table subgraph = table_of(&subgraphs, 0);
	m.file.what = "subgraph 0";
	read_subgraph(&m, &root, &subgraph);
	give_up_if_errors(diag);
	return m.g;
}
