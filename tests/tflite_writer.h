/* tflite_writer.h: writes small TFLite files for tests, without any library. */
#ifndef TFLITE_WRITER_H
#define TFLITE_WRITER_H

#include <stdint.h>
#include <string.h>

enum { FILE_ROOM = 1 << 16, DATA_ALIGN = 16, REFERENCE = 0 };

typedef struct {
	_Alignas(DATA_ALIGN) uint8_t data[FILE_ROOM];
	size_t size;
} Bytes;

/* bytes: 1, 4 or 8 of an integer; REFERENCE: an offset, linked later. */
typedef struct {
	int number, bytes;
	int64_t value;
} Slot;

typedef struct {
	const char *name;
	int type, rank, dim[6];
	int scales; /* along axis */
	float scale[8];
	int64_t zero[8];
	int axis;
	const void *data;
	size_t bytes;
	int extra_field, extra_bytes, extra_value; /* of the tensor's table; 0: none */
} TestTensor;

typedef struct {
	int code, in[4], inputs, out[4], outputs;
	int options_type, options;
	Slot option[8];
} TestOperator;

typedef struct {
	int tensors, operators, inputs, outputs;
	const TestTensor *tensor;
	const TestOperator *op;
	int in[4], out[4];
	const char
		*signature_in[4]; /* names, in order; the signature reverses the inputs */
	int version;              /* 0: 3 */
	int64_t outside; /* data lies behind the tables, 1 + so far off; 0: inside */
} TestModel;

/* Codes of the schema. */
enum { F32 = 0, S32 = 2, U8 = 3, S64 = 4, S16 = 7, S8 = 9 };

static inline size_t
put_word(Bytes *b, int64_t value, int bytes)
{
	size_t at = b->size;

	memcpy(b->data + at, &value, (size_t)bytes); /* little-endian, as the reader */
	b->size += (size_t)bytes;
	return at;
}

static inline void
align_to(Bytes *b, size_t multiple, size_t ahead)
{
	while ((b->size + ahead) % multiple)
		b->data[b->size++] = 0;
}

/* The vtable, then the table; every field has 8 bytes of room. */
static inline size_t
put_table(Bytes *b, const Slot *slot, int count)
{
	int most = -1;
	uint16_t offset[16] = { 0 };

	for (int i = 0; i < count; i++) {
		most = slot[i].number > most ? slot[i].number : most;
		offset[slot[i].number] = (uint16_t)(8 + 8 * i);
	}
	align_to(b, 8, 4 + 2 * (size_t)(most + 1));
	size_t vtable = put_word(b, 4 + 2 * (most + 1), 2);
	put_word(b, 8 + 8 * count, 2);
	for (int i = 0; i <= most; i++)
		put_word(b, offset[i], 2);
	size_t table = put_word(b, (int64_t)(b->size - vtable), 4);
	put_word(b, 0, 4);
	for (int i = 0; i < count; i++)
		put_word(b, slot[i].value, 8);
	return table;
}

static inline size_t
slot_at(const Bytes *b, size_t table, int number)
{
	int32_t back;
	uint16_t offset;

	memcpy(&back, b->data + table, 4);
	memcpy(&offset, b->data + table - (size_t)back + 4 + 2 * (size_t)number, 2);
	return table + offset;
}

static inline void
link_to(Bytes *b, size_t slot, size_t target)
{
	uint32_t offset = (uint32_t)(target - slot);

	memcpy(b->data + slot, &offset, 4);
}

static inline size_t
put_vector(Bytes *b, const void *data, size_t count, size_t bytes)
{
	align_to(b, DATA_ALIGN, 4);
	size_t at = put_word(b, (int64_t)count, 4);
	if (data && count)
		memcpy(b->data + b->size, data, count * bytes);
	b->size += count * bytes;
	align_to(b, 4, 0);
	return at;
}

static inline void
link_vector(
	Bytes *b, size_t table, int field, const void *data, size_t count, size_t bytes)
{
	size_t at = put_vector(b, data, count, bytes);

	link_to(b, slot_at(b, table, field), at);
}

/* A vector of references, to be linked; returns the position of the first. */
static inline size_t
link_references(Bytes *b, size_t table, int field, int count)
{
	size_t at = put_vector(b, NULL, (size_t)count, 4);

	link_to(b, slot_at(b, table, field), at);
	return at + 4;
}

static inline size_t
put_tensor(Bytes *b, const TestTensor *t, int buffer)
{
	Slot slot[6] = { { 0, REFERENCE, 0 }, { 1, 1, t->type }, { 2, 4, buffer },
		{ 3, REFERENCE, 0 }, { 4, REFERENCE, 0 },
		{ t->extra_field, t->extra_bytes, t->extra_value } };
	Slot quant[3] = { { 2, REFERENCE, 0 }, { 3, REFERENCE, 0 }, { 6, 4, t->axis } };
	size_t table = put_table(b, slot, t->extra_field ? 6 : 5);

	link_vector(b, table, 0, t->dim, (size_t)t->rank, 4);
	link_vector(b, table, 3, t->name, strlen(t->name), 1);
	size_t q = put_table(b, quant, 3);
	link_to(b, slot_at(b, table, 4), q);
	link_vector(b, q, 2, t->scale, (size_t)t->scales, 4);
	link_vector(b, q, 3, t->zero, (size_t)t->scales, 8);
	return table;
}

static inline size_t
put_operator(Bytes *b, const TestOperator *o, int code)
{
	Slot slot[5] = { { 0, 4, code }, { 1, REFERENCE, 0 }, { 2, REFERENCE, 0 },
		{ 3, 1, o->options_type }, { 4, REFERENCE, 0 } };
	size_t table = put_table(b, slot, o->options_type ? 5 : 3);

	link_vector(b, table, 1, o->in, (size_t)o->inputs, 4);
	link_vector(b, table, 2, o->out, (size_t)o->outputs, 4);
	if (o->options_type) {
		size_t options = put_table(b, o->option, o->options);
		link_to(b, slot_at(b, table, 4), options);
	}
	return table;
}

static inline void
put_maps(Bytes *b, size_t signature, int field, const int *tensor,
	const char *const *name, int count)
{
	size_t first = link_references(b, signature, field, count);

	for (int i = 0; i < count; i++) {
		Slot slot[2] = { { 0, REFERENCE, 0 }, { 1, 4, tensor[count - 1 - i] } };
		size_t map = put_table(b, slot, 2);
		link_to(b, first + 4 * (size_t)i, map);
		link_vector(b, map, 0, name[i], strlen(name[i]), 1);
	}
}

static inline void
put_subgraph(Bytes *b, const TestModel *m, size_t slot)
{
	Slot slots[4] = { { 0, REFERENCE, 0 }, { 1, REFERENCE, 0 }, { 2, REFERENCE, 0 },
		{ 3, REFERENCE, 0 } };
	size_t graph = put_table(b, slots, 4);

	link_to(b, slot, graph);
	size_t tensors = link_references(b, graph, 0, m->tensors);
	link_vector(b, graph, 1, m->in, (size_t)m->inputs, 4);
	link_vector(b, graph, 2, m->out, (size_t)m->outputs, 4);
	size_t operators = link_references(b, graph, 3, m->operators);
	for (int i = 0; i < m->tensors; i++) {
		size_t at = put_tensor(b, m->tensor + i, m->tensor[i].data ? i + 1 : 0);
		link_to(b, tensors + 4 * (size_t)i, at);
	}
	for (int i = 0; i < m->operators; i++) {
		size_t at = put_operator(b, m->op + i, i);
		link_to(b, operators + 4 * (size_t)i, at);
	}
}

/* Buffer 0 is empty, as always; tensor i has buffer i + 1. */
static inline void
put_buffer(Bytes *b, const TestTensor *t, int64_t outside, size_t reference)
{
	Slot inside[] = { { 0, REFERENCE, 0 } };
	Slot behind[] = { { 1, 8, 0 }, { 2, 8, (int64_t)t->bytes } };
	size_t at = put_table(b, outside ? behind : inside, outside ? 2 : 1);

	link_to(b, reference, at);
	if (outside) {
		align_to(b, DATA_ALIGN, 0);
		int64_t offset = (int64_t)b->size + outside - 1;
		memcpy(b->data + slot_at(b, at, 1), &offset, sizeof offset);
		memcpy(b->data + b->size, t->data, t->bytes);
		b->size += t->bytes;
		align_to(b, 4, 0);
	} else {
		link_vector(b, at, 0, t->data, t->bytes, 1);
	}
}

static inline void
put_buffers(Bytes *b, const TestModel *m, size_t first)
{
	size_t empty = put_table(b, NULL, 0);

	link_to(b, first, empty);
	for (int i = 0; i < m->tensors; i++) {
		size_t reference = first + 4 * (size_t)(i + 1);
		if (m->tensor[i].data)
			put_buffer(b, m->tensor + i, m->outside, reference);
		else
			link_to(b, reference, put_table(b, NULL, 0));
	}
}

static inline void
write_model(Bytes *b, const TestModel *m)
{
	Slot slots[5] = { { 0, 4, m->version ? m->version : 3 }, { 1, REFERENCE, 0 },
		{ 2, REFERENCE, 0 }, { 4, REFERENCE, 0 }, { 7, REFERENCE, 0 } };

	memset(b, 0, sizeof *b);
	b->size = 8;
	memcpy(b->data + 4, "TFL3", 4);
	size_t root = put_table(b, slots, m->signature_in[0] ? 5 : 4);
	link_to(b, 0, root);
	size_t codes = link_references(b, root, 1, m->operators);
	for (int i = 0; i < m->operators; i++) {
		int code = m->op[i].code;
		Slot slot[2] = { { 0, 1, code > 127 ? 127 : code }, { 3, 4, code } };
		size_t at = put_table(b, slot, 2);
		link_to(b, codes + 4 * (size_t)i, at);
	}
	size_t graph = link_references(b, root, 2, 1);
	put_subgraph(b, m, graph);
	size_t buffers = link_references(b, root, 4, m->tensors + 1);
	put_buffers(b, m, buffers);
	if (m->signature_in[0]) {
		Slot slot[2] = { { 0, REFERENCE, 0 }, { 1, REFERENCE, 0 } };
		size_t first = link_references(b, root, 7, 1);
		size_t signature = put_table(b, slot, 2);
		link_to(b, first, signature);
		put_maps(b, signature, 0, m->in, m->signature_in, m->inputs);
		put_maps(b, signature, 1, m->out, (const char *[]){ "scores" }, 1);
	}
}

#endif
