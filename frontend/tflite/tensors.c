/* tensors.c: the file's tensors and constants, checked before they enter the graph. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "tflite.h"

/* Fields of the schema's tables. */
enum { TENSOR_SHAPE, TENSOR_TYPE, TENSOR_BUFFER, TENSOR_NAME, TENSOR_QUANT };
enum { TENSOR_VARIABLE = 5, TENSOR_SPARSITY, TENSOR_VARIANTS = 9, TENSOR_EXTERNAL };
enum { QUANT_SCALE = 2, QUANT_ZERO, QUANT_DETAILS_TYPE, QUANT_AXIS = 6 };
enum { BUFFER_DATA, BUFFER_OFFSET, BUFFER_SIZE };

/* The names of TFLite's types in the order of their codes (schema.fbs, enum TensorType). */
static const char *const type_names[] = { "FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64",
	"STRING", "BOOL", "INT16", "COMPLEX64", "INT8", "FLOAT64", "COMPLEX128", "UINT64",
	"RESOURCE", "VARIANT", "UINT32", "UINT16", "INT4", "BFLOAT16", "INT2", "UINT4",
	"FLOAT8_E4M3FN", "FLOAT8_E5M2" };
enum { TYPE_NAMES = sizeof type_names / sizeof *type_names };

enum { RANK_LIMIT = 5 };
/* Of any tensor, so that products stay exact. */
static const int64_t elements_limit = (int64_t)1 << 40;

/* Stored values of a zero point, by type; s32: 0. */
static const int zero_range[TYPE_COUNT][2] = {
	[TYPE_s8] = { INT8_MIN, INT8_MAX }, [TYPE_u8] = { 0, UINT8_MAX }
};

/* Says why a tensor cannot enter the graph, and what would help. */
static bool PRINTF(4, 5)
	reject(Model *m, FileTensor *t, const char *help, const char *fmt, ...)
{
	char problem[200]; /* a shape fits */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(problem, sizeof problem, fmt, ap);
	va_end(ap);
	error_at(m->g->diag, t->tensor.loc, "%s: %s", t->title, problem);
	note(m->g->diag, "%s", help);
	t->refused = true;
	return false;
}

/* ---- the bytes of a constant */

/* Newer files keep large data behind the tables: at an offset from the file's beginning. */
static const uint8_t *
data_of(Model *m, const FileTensor *t, size_t *bytes)
{
	Source *f = &m->file;
	int64_t buffer = get_number(&t->table, TENSOR_BUFFER, UINT, 0);

	if ((uint64_t)buffer >= m->buffers.count)
		broken(f, t->table.at, "buffer %lld of %zu", (long long)buffer,
			m->buffers.count);
	Table b = table_of(&m->buffers, (size_t)buffer);
	uint64_t offset = (uint64_t)get_number(&b, BUFFER_OFFSET, LONG, 0);
	uint64_t size = (uint64_t)get_number(&b, BUFFER_SIZE, LONG, 0);
	if (offset > 1) { /* 1 is what writers put before they know */
		if (offset > f->size || size > f->size - offset)
			broken(f, b.at, "data at 0x%llx goes beyond the end of the file",
				(unsigned long long)offset);
		*bytes = (size_t)size;
		return size ? f->data + offset : NULL;
	}
	Vector data = get_vector(&b, BUFFER_DATA, 1);
	*bytes = data.count;
	return data.count ? f->data + data.at : NULL;
}

static void
read_data(Model *m, FileTensor *t)
{
	size_t bytes = 0;
	const uint8_t *data = data_of(m, t, &bytes);
	Type type = t->tensor.type;

	if (!data || type == TYPE_COUNT)
		return;
	if (bytes != (uint64_t)tensor_bytes(&t->tensor))
		broken(&m->file, t->table.at, "%zu bytes of data, but %s%s takes %lld",
			bytes, types[type].tflite,
			shape_text(m->g->arena, &t->tensor.shape),
			(long long)tensor_bytes(&t->tensor));
	if ((uintptr_t)data % (uintptr_t)types[type].bytes) {
		/* Many tensors may share a buffer. */
		take_bytes(&m->file, t->table.at, bytes);
		data = copy_of(m->g->arena, data, bytes);
	}
	t->tensor.data = data;
}

/* ---- shape, type, quantization */

static Shape
read_shape(Model *m, const Table *table)
{
	Vector dims = get_vector(table, TENSOR_SHAPE, sizeof(int32_t));
	Shape s = { .rank = (int)(dims.count < MAX_RANK ? dims.count : MAX_RANK) };
	int64_t product = 1;

	for (int i = 0; i < s.rank; i++) {
		int64_t size = int_of(&dims, (size_t)i);
		s.dim[i] = (int)size;
		size = size < 0 ? -size : size + !size;
		if (size > elements_limit / product)
			broken(&m->file, dims.at, "more than 2^40 elements");
		product *= size; /* so elements() cannot overflow, whatever the signs */
	}
	return s;
}

static Type
type_of(int code)
{
	for (int i = 0; code >= 0 && code < TYPE_NAMES && i < TYPE_COUNT; i++)
		if (!strcmp(types[i].tflite, type_names[code]))
			return (Type)i;
	return TYPE_COUNT;
}

static void
check_pair(Model *m, const Vector *scales, const Vector *zeros, size_t i, Type type)
{
	float scale = float_of(scales, i);
	int64_t zero = long_of(zeros, i);

	if (!isfinite(scale) || scale <= 0)
		broken(&m->file, scales->at + i * sizeof(float),
			"scale %g: it must be positive and finite", (double)scale);
	if (zero < zero_range[type][0] || zero > zero_range[type][1])
		broken(&m->file, zeros->at + i * sizeof(int64_t),
			"zero point %lld lies outside %s", (long long)zero,
			types[type].tflite);
}

static Quant
read_quant(Model *m, const Table *table, const Tensor *t)
{
	Vector scales = get_vector(table, QUANT_SCALE, sizeof(float));
	Vector zeros = get_vector(table, QUANT_ZERO, sizeof(int64_t));
	/* Some writers give a bias its weights' axis. */
	int64_t axis = t->shape.rank == 1 ? 0 : get_number(table, QUANT_AXIS, INT, 0);
	Quant q = { 0 };

	if (!scales.count)
		return q;
	if (zeros.count != scales.count)
		broken(&m->file, table->at, "%zu scales but %zu zero points",
			scales.count, zeros.count);
	if (scales.count > 1 &&
		(axis < 0 || axis >= t->shape.rank ||
			(size_t)t->shape.dim[axis] != scales.count))
		broken(&m->file, table->at, "%zu scales along axis %lld of %s",
			scales.count, (long long)axis,
			shape_text(m->g->arena, &t->shape));
	float *scale = alloc_array(m->g->arena, scales.count, sizeof *scale);
	int32_t *zero = alloc_array(m->g->arena, scales.count, sizeof *zero);
	for (size_t i = 0; i < scales.count; i++) {
		check_pair(m, &scales, &zeros, i, t->type);
		scale[i] = float_of(&scales, i);
		zero[i] = (int32_t)long_of(&zeros, i);
	}
	return (Quant){ (int)scales.count, scales.count > 1 ? (int)axis : 0, scale,
		zero };
}

/* ---- reading, and entering the graph */

static void
read_tensor(Model *m, FileTensor *t, int number)
{
	Arena *arena = m->g->arena;

	t->title = m->file.what = format(arena, "tensor %d", number);
	t->table = table_of(&m->tensors, (size_t)number);
	const char *name = get_string(&t->table, TENSOR_NAME);
	if (name)
		t->title = m->file.what = format(arena, "tensor %d (%s)", number, name);
	else
		name = format(arena, "tensor_%d", number);
	t->code = (int)get_number(&t->table, TENSOR_TYPE, BYTE, 0);
	Type type = type_of(t->code);
	Shape shape = read_shape(m, &t->table);
	t->tensor =
		(Tensor){ .name = name, .loc = { .offset = t->table.at }, .type = type };
	t->tensor.shape = shape;
	t->tensor.origin = (Origin){ number, type, shape };
	t->tensor.view = -1;
	t->tensor.offset = -1;
	t->known = true;
	if (shape.rank <= RANK_LIMIT)
		read_data(m, t);
}

FileTensor *
file_tensor(Model *m, int number)
{
	FileTensor *t = m->tensor + number;

	if (!t->known) {
		const char *outer = m->file.what;
		t->graph = -1;
		read_tensor(m, t, number);
		m->file.what = outer;
	}
	return t;
}

bool
is_variable(const FileTensor *t)
{
	return get_number(&t->table, TENSOR_VARIABLE, FLAG, 0) != 0;
}

static bool
sizes_fit(Model *m, FileTensor *t)
{
	const Shape *s = &t->tensor.shape;

	if (s->rank > RANK_LIMIT)
		return reject(m, t, "reshape it in the model, or split it",
			"more than %d dimensions", RANK_LIMIT);
	for (int i = 0; i < s->rank; i++)
		if (s->dim[i] < 1)
			return reject(m, t, "convert the model with sizes that are known",
				"its shape %s is not fixed", shape_text(m->g->arena, s));
	return tensor_bytes(&t->tensor) <= INT32_MAX ||
		reject(m, t, "use a smaller batch or input",
			"takes %lld bytes, more than 2^31 - 1",
			(long long)tensor_bytes(&t->tensor));
}

static bool
can_enter(Model *m, FileTensor *t)
{
	bool named = t->code >= 0 && t->code < TYPE_NAMES;

	if (t->tensor.type == TYPE_COUNT || t->tensor.type == TYPE_s16)
		return reject(m, t,
			"convert with INT8 activations and weights, or to FLOAT32",
			"type %s is not supported",
			named ? type_names[t->code] : format(m->g->arena, "%d", t->code));
	if (is_variable(t))
		return reject(m, t,
			"export the model with its state as inputs and outputs",
			"variables are not supported");
	if (has_field(&t->table, TENSOR_SPARSITY))
		return reject(m, t, "convert without sparsity, so that zeros are stored",
			"sparse tensors are not supported");
	if (has_field(&t->table, TENSOR_VARIANTS) ||
		has_field(&t->table, TENSOR_EXTERNAL))
		return reject(m, t, "convert the model into a single file",
			"variants and data in other files are not supported");
	return sizes_fit(m, t);
}

static bool
enter_quant(Model *m, FileTensor *t)
{
	Table quant;
	Type type = t->tensor.type;
	bool quantized = type == TYPE_s8 || type == TYPE_u8 || type == TYPE_s32;

	if (!quantized || !get_table(&t->table, TENSOR_QUANT, &quant))
		return true;
	if (get_number(&quant, QUANT_DETAILS_TYPE, FLAG, 0))
		return reject(m, t, "convert with one scale per tensor or per channel",
			"only affine quantization is supported");
	t->tensor.quant = read_quant(m, &quant, &t->tensor);
	return true;
}

int
tensor_number(Model *m, int number)
{
	FileTensor *t = file_tensor(m, number);

	if (t->graph >= 0 || t->refused)
		return t->graph;
	const char *outer = m->file.what;
	m->file.what = t->title;
	if (can_enter(m, t) && enter_quant(m, t))
		t->graph = add_tensor(m->g, &t->tensor);
	m->file.what = outer;
	return t->graph;
}
