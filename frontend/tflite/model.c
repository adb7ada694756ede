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

/* The first signature of subgraph 0; absent: there is none. */
static Table
find_signature(const Table *root)
{
	Vector v = get_vector(root, MODEL_SIGNATURES, UINT);

	for (size_t i = 0; i < v.count; i++) {
		Table signature = table_of(&v, i);
		if (!get_number(&signature, SIGNATURE_SUBGRAPH, UINT, 0))
			return signature;
	}
	return (Table){ .file = root->file };
}

/* Puts the signature's ports first, in its order, under its names. */
static void
name_ports(const Vector *maps, Port *port, int count)
{
	for (size_t i = 0; i < maps->count; i++) {
		Table map = table_of(maps, i);
		Port named = { get_string(&map, MAP_NAME),
			(int)get_number(&map, MAP_TENSOR, UINT, 0) };
		int at = (int)i;
		while (at < count && port[at].tensor != named.tensor)
			at++;
		if (at >= count)
			broken(maps->file, map.at,
				"tensor %d is no port, or is one twice", named.tensor);
		if (!named.name)
			named.name = port[at].name;
		memmove(port + i + 1, port + i, ((size_t)at - i) * sizeof *port);
		port[i] = named;
	}
}

static Port *
read_ports(Model *m, const Table *subgraph, int field, const Vector *maps, int *count)
{
	m->file.what = "subgraph 0";
	int *number = tensor_list(m, subgraph, field, 0, count);
	Port *port = alloc_array(m->g->arena, (size_t)*count, sizeof *port);

	if (*count > PORT_LIMIT)
		broken(&m->file, subgraph->at, "%d inputs or outputs", *count);
	for (int i = 0; i < *count; i++)
		port[i] = (Port){ m->tensor[number[i]].tensor.name, number[i] };
	m->file.what = "signature";
	name_ports(maps, port, *count);
	for (int i = 0; i < *count; i++)
		port[i].tensor = tensor_number(m, port[i].tensor);
	return port;
}

static void
read_subgraph(Model *m, const Table *root, const Table *subgraph)
{
	Graph *g = m->g;
	Table signature = find_signature(root);
	Vector inputs = get_vector(&signature, SIGNATURE_INPUTS, UINT);
	Vector outputs = get_vector(&signature, SIGNATURE_OUTPUTS, UINT);
	Vector operators = get_vector(subgraph, SUBGRAPH_OPERATORS, UINT);

	m->tensors = get_vector(subgraph, SUBGRAPH_TENSORS, UINT);
	if (m->tensors.count > COUNT_LIMIT || operators.count > COUNT_LIMIT)
		broken(&m->file, subgraph->at, "more than %d tensors or operators",
			COUNT_LIMIT);
	read_tensors(m);
	g->input = read_ports(m, subgraph, SUBGRAPH_INPUTS, &inputs, &g->input_count);
	import_operators(m, &operators);
	g->output = read_ports(m, subgraph, SUBGRAPH_OUTPUTS, &outputs, &g->output_count);
	if (!g->output_count)
		broken(&m->file, subgraph->at, "the model has no outputs");
}

Graph *
read_tflite(Arena *arena, Diag *diag, const char *name, const uint8_t *data, size_t size)
{
	Model m = { .file = { data, size, 0, arena, diag, "model", 0 } };

	if (size < REFERENCE_BYTES + sizeof identifier ||
		memcmp(data + REFERENCE_BYTES, identifier, sizeof identifier))
		broken(&m.file, REFERENCE_BYTES, "no TFLite model: it does not say TFL3");
	m.g = graph_new(arena, diag, name);
	m.g->format = "tflite";
	m.g->file = data;
	m.g->file_bytes = size;
	Table root = table_at(&m.file, 0);
	int64_t version = get_number(&root, MODEL_VERSION, UINT, 0);
	if (version != SCHEMA_VERSION)
		broken(&m.file, root.at, "schema version %lld, not %d",
			(long long)version, SCHEMA_VERSION);
	m.codes = get_vector(&root, MODEL_CODES, UINT);
	m.buffers = get_vector(&root, MODEL_BUFFERS, UINT);
	Vector subgraphs = get_vector(&root, MODEL_SUBGRAPHS, UINT);
	/* Others run only by control flow operators, which are not imported. */
	Table subgraph = table_of(&subgraphs, 0);
	read_subgraph(&m, &root, &subgraph);
	give_up_if_errors(diag);
	return m.g;
}
