/*
 * flatbuffer.c: bounded access to a FlatBuffers file.  Every offset is checked against
 * the file's end before it is followed; nothing is assumed to be aligned.  Tables are
 * followed only along the schema, which is a few levels deep, so cycles in the file end by
 * themselves; parts that overlap are bounded by what they may cost in all.
 */
#include <stdarg.h>
#include <string.h>

#include "tflite.h"

#if defined(__BYTE_ORDER__)
_Static_assert(
	__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "constants are used as they lie");
#endif

enum { OFFSET = 4, VTABLE_HEAD = 4, VTABLE_ENTRY = 2, LONGEST_NAME = 255 };
/* Vectors of a sound file do not overlap: none takes this many times the file. */
enum { TAKEN_LIMIT = 8, TAKEN_FREE = 1 << 16 };

/* By Kind. */
static const size_t kind_bytes[] = { 1, 1, 4, 4, 8, 4, OFFSET };

void
broken(Source *f, size_t at, const char *fmt, ...)
{
	char problem[200]; /* messages of this folder are shorter */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(problem, sizeof problem, fmt, ap);
	va_end(ap);
	fail_at(f->diag, (Loc){ .offset = at }, "%s: %s", f->what, problem);
}

/* The position, if so many bytes from there lie in the file; from is what points there. */
static size_t
inside(Source *f, size_t from, uint64_t at, uint64_t bytes)
{
	if (at > f->size || bytes > f->size - at)
		broken(f, from,
			"points to %llu bytes at 0x%llx, beyond the end of the file",
			(unsigned long long)bytes, (unsigned long long)at);
	return (size_t)at;
}

static uint16_t
u16_at(const Source *f, size_t at)
{
	uint16_t v;

	memcpy(&v, f->data + at, sizeof v);
	return v;
}

static uint32_t
u32_at(const Source *f, size_t at)
{
	uint32_t v;

	memcpy(&v, f->data + at, sizeof v);
	return v;
}

static Table
table_at(Source *f, size_t from, uint64_t where)
{
	size_t at = inside(f, from, where, OFFSET);
	int64_t back = (int32_t)u32_at(f, at);
	size_t vtable = inside(f, at, (uint64_t)((int64_t)at - back), VTABLE_HEAD);
	size_t bytes = u16_at(f, vtable), size = u16_at(f, vtable + VTABLE_ENTRY);

	if (bytes < VTABLE_HEAD || bytes % VTABLE_ENTRY || size < OFFSET)
		broken(f, vtable, "no table");
	inside(f, vtable, vtable, bytes);
	inside(f, at, at, size);
	return (Table){ f, at, vtable, size, (int)(bytes - VTABLE_HEAD) / VTABLE_ENTRY };
}

Table
root_table(Source *f)
{
	return table_at(f, 0, u32_at(f, inside(f, 0, 0, OFFSET)));
}

/* Where a field's value lies; 0: absent. */
static size_t
field_at(const Table *t, int field, size_t bytes)
{
	if (field >= t->fields)
		return 0;
	size_t entry = t->vtable + VTABLE_HEAD + (size_t)field * VTABLE_ENTRY;
	size_t offset = u16_at(t->file, entry);
	if (!offset)
		return 0;
	if (offset < OFFSET || offset + bytes > t->size)
		broken(t->file, entry, "field %d lies outside its table", field);
	return t->at + offset;
}

bool
has_field(const Table *t, int field)
{
	return field_at(t, field, 1) != 0;
}

int64_t
get_number(const Table *t, int field, Kind kind, int64_t absent)
{
	size_t at = field_at(t, field, kind_bytes[kind]);
	int64_t v;

	if (!at)
		return absent;
	switch (kind) {
	case FLAG: return t->file->data[at];
	case BYTE: return (int8_t)t->file->data[at];
	case UINT: return u32_at(t->file, at);
	case LONG: break;
	default: return (int32_t)u32_at(t->file, at);
	}
	memcpy(&v, t->file->data + at, sizeof v);
	return v;
}

float
get_float(const Table *t, int field, float absent)
{
	size_t at = field_at(t, field, sizeof absent);

	if (at)
		memcpy(&absent, t->file->data + at, sizeof absent);
	return absent;
}

bool
get_table(const Table *t, int field, Table *result)
{
	size_t at = field_at(t, field, OFFSET);

	if (at)
		*result = table_at(t->file, at, (uint64_t)at + u32_at(t->file, at));
	return at != 0;
}

void
take_bytes(Source *f, size_t at, uint64_t bytes)
{
	f->taken += bytes;
	if (f->taken > (uint64_t)f->size * TAKEN_LIMIT + TAKEN_FREE)
		broken(f, at, "parts of the file overlap many times over");
}

/* Data and strings, of bytes, are used in place: what is copied of them is taken then. */
Vector
get_vector(const Table *t, int field, size_t element_bytes)
{
	Source *f = t->file;
	size_t at = field_at(t, field, OFFSET);

	if (!at)
		return (Vector){ f, 0, 0 };
	size_t head = inside(f, at, (uint64_t)at + u32_at(f, at), OFFSET);
	uint64_t count = u32_at(f, head);
	inside(f, head, (uint64_t)head + OFFSET, count * element_bytes);
	if (element_bytes > 1)
		take_bytes(f, head, count * element_bytes);
	return (Vector){ f, head + OFFSET, (size_t)count };
}

/* Of printable ASCII: names go into messages, comments and identifiers.  NULL: none. */
const char *
get_string(const Table *t, int field)
{
	Vector v = get_vector(t, field, 1);
	size_t size = v.count < LONGEST_NAME ? v.count : LONGEST_NAME;

	if (!size)
		return NULL;
	take_bytes(t->file, v.at, size);
	char *s = alloc(t->file->arena, size + 1);
	for (size_t i = 0; i < size; i++) {
		char c = (char)t->file->data[v.at + i];
		s[i] = c < ' ' || c > '~' || c == '"' || c == '\\' ? '_' : c;
	}
	return s;
}

static size_t
element_at(const Vector *v, size_t index, size_t bytes)
{
	if (index >= v->count)
		die("element %zu of %zu in the file", index, v->count);
	return v->at + index * bytes;
}

Table
table_of(const Vector *v, size_t index)
{
	size_t at = element_at(v, index, OFFSET);

	return table_at(v->file, at, (uint64_t)at + u32_at(v->file, at));
}

int32_t
int_of(const Vector *v, size_t index)
{
	return (int32_t)u32_at(v->file, element_at(v, index, sizeof(int32_t)));
}

int64_t
long_of(const Vector *v, size_t index)
{
	int64_t value;

	memcpy(&value, v->file->data + element_at(v, index, sizeof value), sizeof value);
	return value;
}

float
float_of(const Vector *v, size_t index)
{
	float value;

	memcpy(&value, v->file->data + element_at(v, index, sizeof value), sizeof value);
	return value;
}
