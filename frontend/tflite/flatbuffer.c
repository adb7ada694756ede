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

static const size_t kind_bytes[] = { [FLAG] = 1,
	[BYTE] = 1,
	[SHORT] = 2,
	[INT] = 4,
	[UINT] = 4,
	[FLOAT] = 4,
	[LONG] = 8 };

void
broken(const Source *f, size_t at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *problem = format_list(f->arena, fmt, ap);
	va_end(ap);
	fail_at(f->diag, (Loc){ .offset = at }, "%s: %s", f->what, problem);
}

bool
refuse(const Source *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *problem = format_list(f->arena, fmt, ap);
	va_end(ap);
	error_at(f->diag, (Loc){ .offset = f->where }, "%s: %s", f->what, problem);
	return false;
}

/* The position, if so many bytes from there lie in the file; from is what points there. */
static size_t
inside(const Source *f, size_t from, uint64_t at, uint64_t bytes)
{
	if (at > f->size || bytes > f->size - at)
		broken(f, from,
			"points to %llu bytes at 0x%llx, beyond the end of the file",
			(unsigned long long)bytes, (unsigned long long)at);
	return (size_t)at;
}

static int64_t
number_at(const Source *f, size_t at, Kind kind)
{
	return integer_at(f->data + at, kind_bytes[kind], kind == BYTE || kind == INT);
}

float
as_float(int64_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

/* What the offset at a position points to. */
static size_t
follow(const Source *f, size_t at)
{
	return inside(f, at, (uint64_t)at + (uint64_t)number_at(f, at, UINT), OFFSET);
}

Table
table_at(Source *f, size_t from)
{
	size_t at = follow(f, from);
	int64_t back = number_at(f, at, INT);
	size_t vtable = inside(f, at, (uint64_t)((int64_t)at - back), VTABLE_HEAD);
	size_t bytes = (size_t)number_at(f, vtable, SHORT);
	size_t size = (size_t)number_at(f, vtable + VTABLE_ENTRY, SHORT);

	if (bytes < VTABLE_HEAD || bytes % VTABLE_ENTRY || size < OFFSET)
		broken(f, vtable, "no table");
	inside(f, vtable, vtable, bytes);
	inside(f, at, at, size);
	return (Table){ f, at, vtable, size, (int)(bytes - VTABLE_HEAD) / VTABLE_ENTRY };
}

/* Where a field's value lies; 0: absent. */
static size_t
field_at(const Table *t, int field, size_t bytes)
{
	if (field >= t->fields)
		return 0;
	size_t entry = t->vtable + VTABLE_HEAD + (size_t)field * VTABLE_ENTRY;
	size_t offset = (size_t)number_at(t->file, entry, SHORT);
	if (offset && (offset < OFFSET || offset + bytes > t->size))
		broken(t->file, entry, "field %d lies outside its table", field);
	return offset ? t->at + offset : 0;
}

int64_t
get_number(const Table *t, int field, Kind kind, int64_t absent)
{
	size_t at = field_at(t, field, kind_bytes[kind]);

	return at ? number_at(t->file, at, kind) : absent;
}

Table
get_table(const Table *t, int field)
{
	size_t at = field_at(t, field, OFFSET);

	return at ? table_at(t->file, at) : (Table){ .file = t->file };
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
get_vector(const Table *t, int field, Kind kind)
{
	Source *f = t->file;
	size_t at = field_at(t, field, OFFSET), bytes = kind_bytes[kind];

	if (!at)
		return (Vector){ f, 0, 0, kind };
	size_t head = follow(f, at);
	uint64_t count = (uint64_t)number_at(f, head, UINT);
	inside(f, head, (uint64_t)head + OFFSET, count * bytes);
	if (bytes > 1)
		take_bytes(f, head, count * bytes);
	return (Vector){ f, head + OFFSET, (size_t)count, kind };
}

static size_t
element_at(const Vector *v, size_t index)
{
	if (index >= v->count)
		broken(v->file, v->at, "names element %zu of %zu", index, v->count);
	return v->at + index * kind_bytes[v->kind];
}

Table
table_of(const Vector *v, size_t index)
{
	return table_at(v->file, element_at(v, index));
}

int64_t
number_of(const Vector *v, size_t index)
{
	return number_at(v->file, element_at(v, index), v->kind);
}

/* Of printable ASCII: names go into messages, comments and identifiers.  NULL: none. */
const char *
get_string(const Table *t, int field)
{
	Vector v = get_vector(t, field, FLAG);
	size_t size = v.count < LONGEST_NAME ? v.count : LONGEST_NAME;

	if (!size)
		return NULL;
	take_bytes(t->file, v.at, size);
	char *s = alloc(t->file->arena, size + 1);
	for (size_t i = 0; i < size; i++) {
		char c = (char)number_of(&v, i);
		s[i] = c < ' ' || c > '~' || c == '"' || c == '\\' ? '_' : c;
	}
	return s;
}
