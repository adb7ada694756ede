/* tensors.c: the file's tensors and constants; those that nodes use enter the graph. */
#include <string.h>

#include "tflite.h"

/* Fields of the schema's tables. */
enum { TENSOR_SHAPE, TENSOR_TYPE, TENSOR_BUFFER, TENSOR_NAME, TENSOR_QUANT };
enum { TENSOR_VARIABLE = 5, TENSOR_SPARSITY, TENSOR_EXTERNAL = 10 };
enum { QUANT_SCALE = 2, QUANT_ZERO, QUANT_DETAILS_TYPE, QUANT_AXIS = 6 };
enum { BUFFER_DATA, BUFFER_OFFSET, BUFFER_SIZE };

enum { RANK_LIMIT = 5 };

/* The names of TFLite's types in the order of their codes (schema.fbs, enum TensorType). */
static const char *const type_names[] = { "FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64",
	"STRING", "BOOL", "INT16", "COMPLEX64", "INT8", "FLOAT64", "COMPLEX128", "UINT64",
	"RESOURCE", "VARIANT", "UINT32", "UINT16", "INT4", "BFLOAT16", "INT2", "UINT4",
	"FLOAT8_E4M3FN", "FLOAT8_E5M2" };
enum { TYPE_NAMES = sizeof type_names / sizeof *type_names };

/* What keeps a tensor out of the graph if it is there and not 0. */
static const struct {
	int field;
	Kind kind;
	const char *problem;
} unsupported[] = {
	{ TENSOR_VARIABLE, FLAG,
		"variables are not supported: make the model's state inputs and "
		"outputs" },
	{ TENSOR_SPARSITY, UINT,
		"sparse tensors are not supported: convert so that zeros are stored" },
	{ TENSOR_EXTERNAL, UINT,
		"external data is not supported: convert the model into a single file" },
};
enum { UNSUPPORTED = sizeof unsupported / sizeof *unsupported };

/* Newer files keep large data behind the tables: at an offset from the file's beginning. */
static void
read_data(Model *m, FileTensor *t)
{
	Source *f = &m->file;
	Table b = table_of(
		&m->buffers, (size_t)get_number(&t->table, TENSOR_BUFFER, UINT, 0));
	Vector inside = get_vector(&b, BUFFER_DATA, FLAG);
	uint64_t at = (uint64_t)get_number(&b, BUFFER_OFFSET, LONG, 0);
	uint64_t bytes = (uint64_t)get_number(&b, BUFFER_SIZE, LONG, 0);
	Type type = t->tensor.type;

	if (at <= 1) { /* 1 is what writers put before they know */
		at = inside.at;
		bytes = inside.count;
	}
	if (at > f->size || bytes > f->size - at)
		broken(f, b.at, "data at 0x%llx goes beyond the end of the file",
			(unsigned long long)at);
	if (!bytes || type == TYPE_COUNT)
		return;
	if (bytes != (uint64_t)tensor_bytes(&t->tensor))
		broken(f, t->table.at, "%llu bytes of data, but %s%s takes %lld",
			(unsigned long long)bytes, types[type].tflite,
			shape_text(f->arena, &t->tensor.shape),
			(long long)tensor_bytes(&t->tensor));
	t->tensor.data = f->data + at;
	if ((uintptr_t)t->tensor.data % (uintptr_t)types[type].bytes) {
		take_bytes(f, t->table.at, bytes); /* many tensors may share a buffer */
		t->tensor.data = copy_of(f->arena, t->tensor.data, (size_t)bytes);
	}
}

/* ---- shape, type, quantization */

static Shape
read_shape(Model *m, const Table *table)
{
	Vector dims = get_vector(table, TENSOR_SHAPE, INT);
	Shape s = { .rank = (int)(dims.count < MAX_RANK ? dims.count : MAX_RANK) };
	int64_t product = 1;

	for (int i = 0; i < s.rank; i++) {
		int64_t size = number_of(&dims, (size_t)i);
		s.dim[i] = (int)size;
		size = size < 0 ? -size : size + !size;
		if (size > INT32_MAX / product)
			broken(&m->file, dims.at, "has 2^31 elements or more");
		product *= size; /* so elements() cannot overflow, whatever the signs */
	}
	return s;
}

static Type
type_of(int64_t code)
{
	for (int i = 0; code >= 0 && code < TYPE_NAMES && i < TYPE_COUNT; i++)
		if (!strcmp(types[i].tflite, type_names[code]))
			return (Type)i;
	return TYPE_COUNT;
}

/* What values make sense is for infer() to say; a zero point beyond int32 never does. */
static Quant
read_quant(Model *m, const Table *tensor, const Shape *shape)
{
	Table table = get_table(tensor, TENSOR_QUANT);
	Vector scales = get_vector(&table, QUANT_SCALE, FLOAT);
	Vector zeros = get_vector(&table, QUANT_ZERO, LONG);
	/* Some writers give a bias its weights' axis. */
	int64_t axis = shape->rank == 1 ? 0 : get_number(&table, QUANT_AXIS, INT, 0);
	float *scale = alloc_array(m->g->arena, scales.count, sizeof *scale);
	int32_t *zero = alloc_array(m->g->arena, scales.count, sizeof *zero);

	if (get_number(&table, QUANT_DETAILS_TYPE, FLAG, 0))
		broken(&m->file, table.at, "only affine quantization is supported");
	for (size_t i = 0; i < scales.count; i++) {
		int64_t z = number_of(&zeros, i);
		scale[i] = as_float(number_of(&scales, i));
		zero[i] = z == (int32_t)z ? (int32_t)z : INT32_MIN;
	}
	return (Quant){ (int)scales.count, scales.count > 1 ? (int)axis : 0, scale,
		zero };
}

/* ---- reading, and entering the graph */

static void
read_tensor(Model *m, FileTensor *t, int number)
{
	m->file.what = "tensors";
	t->graph = -1;
	t->table = table_of(&m->tensors, (size_t)number);
	const char *name = get_string(&t->table, TENSOR_NAME);
	if (!name)
		name = format(m->g->arena, "tensor_%d", number);
	t->title = m->file.what = format(m->g->arena, "tensor %d (%s)", number, name);
	Type type = type_of(get_number(&t->table, TENSOR_TYPE, BYTE, 0));
	Shape shape = read_shape(m, &t->table);
	t->tensor = (Tensor){ .name = name,
		.loc = { .offset = t->table.at },
		.type = type,
		.shape = shape,
		.origin = { number, type, shape },
		.view = -1,
		.offset = -1 };
	if (shape.rank <= RANK_LIMIT)
		read_data(m, t);
}

void
read_tensors(Model *m)
{
	m->tensor = alloc_array(m->g->arena, m->tensors.count, sizeof *m->tensor);
	for (size_t i = 0; i < m->tensors.count; i++)
		read_tensor(m, m->tensor + i, (int)i);
}

/* A list of tensors' numbers. */
int *
tensor_list(Model *m, const Table *table, int field, int least, int *count)
{
	Vector v = get_vector(table, field, INT);
	int *number = alloc_array(m->g->arena, v.count, sizeof *number);

	for (size_t i = 0; i < v.count; i++) {
		number[i] = (int)number_of(&v, i);
		if (number[i] < least || number[i] >= (int64_t)m->tensors.count)
			broken(&m->file, v.at + i * sizeof(int32_t), "tensor %d of %zu",
				number[i], m->tensors.count);
	}
	*count = (int)v.count; /* the vector lies in the file, so it is small */
	return number;
}

static bool
can_enter(const Source *f, const FileTensor *t)
{
	const Shape *s = &t->tensor.shape;
	int64_t code = get_number(&t->table, TENSOR_TYPE, BYTE, 0);

	if (t->tensor.type == TYPE_COUNT || t->tensor.type == TYPE_s16)
		return refuse(f,
			"type %s is not supported: convert with INT8 activations and "
			"weights, or to FLOAT32",
			code >= 0 && code < TYPE_NAMES ?
				type_names[code] :
				format(f->arena, "%d", (int)code));
	for (int i = 0; i < UNSUPPORTED; i++)
		if (get_number(&t->table, unsupported[i].field, unsupported[i].kind, 0))
			return refuse(f, "%s", unsupported[i].problem);
	if (s->rank > RANK_LIMIT)
		return refuse(
			f, "more than %d dimensions: reshape or split it", RANK_LIMIT);
	for (int i = 0; i < s->rank; i++)
		if (s->dim[i] < 1)
			return refuse(f,
				"its shape %s is not fixed: convert the model with sizes "
				"that are known",
				shape_text(f->arena, s));
	return true;
}

int
tensor_number(Model *m, int number)
{
	FileTensor *t = m->tensor + number;
	Type type = t->tensor.type;
	Source f = m->file;

	if (t->graph >= 0 || t->refused)
		return t->graph;
	f.what = t->title;
	f.where = t->table.at;
	t->refused = !can_enter(&f, t);
	if (type == TYPE_s8 || type == TYPE_u8 || type == TYPE_s32)
		t->tensor.quant = read_quant(m, &t->table, &t->tensor.shape);
	if (!t->refused)
		t->graph = add_tensor(m->g, &t->tensor);
	return t->graph;
}
