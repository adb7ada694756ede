/* arena.c: memory of one compilation, freed all at once, and text that grows in it. */
#include <stdlib.h>
#include <string.h>

#include "ir.h"

enum { BLOCK = 1 << 16, ALIGN = 64 /* the widest vector */, FIRST_ROOM = 256 };

static const char out_of_memory[] = "out of memory";

typedef struct Block Block;
struct Block {
	Block *next;
	unsigned char *free, *end;
};

struct Arena {
	Diag *diag;
	Block *block;
};

Arena *
arena_new(Diag *diag)
{
	Arena *a = calloc(1, sizeof *a);

	if (!a)
		fail_at(diag, nowhere, out_of_memory);
	a->diag = diag;
	return a;
}

void
arena_free(Arena *a)
{
	for (Block *b = a->block, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

Mark
arena_mark(const Arena *a)
{
	return (Mark){ a->block, a->block ? a->block->free : NULL };
}

void
arena_release(Arena *a, Mark m)
{
	while (a->block != m.block) {
		Block *next = a->block->next;
		free(a->block);
		a->block = next;
	}
	if (!a->block)
		return;
	memset(m.free, 0, (size_t)(a->block->free - (unsigned char *)m.free));
	a->block->free = m.free;
}

static unsigned char *
aligned(unsigned char *p)
{
	return p + (ALIGN - (uintptr_t)p % ALIGN) % ALIGN;
}

static void
add_block(Arena *a, size_t bytes)
{
	size_t size = bytes < BLOCK / 4 ? BLOCK : bytes;
	Block *b = size > SIZE_MAX / 2 ? NULL : calloc(1, sizeof *b + ALIGN + size);

	if (!b)
		fail_at(a->diag, nowhere, out_of_memory);
	b->free = aligned((unsigned char *)(b + 1));
	b->end = b->free + size;
	b->next = a->block;
	a->block = b;
}

void *
alloc(Arena *a, size_t bytes)
{
	if (!a->block || (size_t)(a->block->end - a->block->free) < bytes)
		add_block(a, bytes);
	unsigned char *p = a->block->free;
	unsigned char *next = aligned(p + bytes);
	a->block->free = next < a->block->end ? next : a->block->end;
	return p;
}

void *
alloc_array(Arena *a, size_t count, size_t bytes)
{
	if (bytes && count > SIZE_MAX / bytes)
		fail_at(a->diag, nowhere, out_of_memory);
	return alloc(a, count * bytes);
}

void *
copy_of(Arena *a, const void *data, size_t bytes)
{
	void *p = alloc(a, bytes);

	if (bytes)
		memcpy(p, data, bytes);
	return p;
}

void *
grow(Arena *a, void *array, int count, size_t bytes)
{
	/* Room is a power of two: full when count is one. */
	if (count & (count - 1))
		return array;
	void *more = alloc_array(a, count ? (size_t)count * 2 : 1, bytes);
	if (count)
		memcpy(more, array, (size_t)count * bytes);
	return more;
}

char *
format_list(Arena *a, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int size = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (size < 0)
		die("format: %s", fmt);
	char *s = alloc(a, (size_t)size + 1);
	vsnprintf(s, (size_t)size + 1, fmt, ap);
	return s;
}

char *
format(Arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = format_list(a, fmt, ap);
	va_end(ap);
	return s;
}

Text
text_new(Arena *arena)
{
	return (Text){ arena, alloc(arena, FIRST_ROOM), 0, FIRST_ROOM };
}

static void
make_room(Text *t, size_t more)
{
	if (t->room - t->size > more)
		return;
	t->room = 2 * (t->room + more);
	char *data = alloc(t->arena, t->room);
	memcpy(data, t->data, t->size);
	t->data = data;
}

void
put_bytes(Text *t, const char *bytes, size_t size)
{
	make_room(t, size);
	memcpy(t->data + t->size, bytes, size);
	t->size += size;
	t->data[t->size] = 0;
}

/* Formats in place: weights go through here number by number. */
void
put(Text *t, const char *fmt, ...)
{
	va_list ap;
	int size;

	for (int tries = 0; tries < 2; tries++) {
		va_start(ap, fmt);
		size = vsnprintf(t->data + t->size, t->room - t->size, fmt, ap);
		va_end(ap);
		if (size < 0)
			die("put: %s", fmt);
		if ((size_t)size < t->room - t->size)
			break;
		make_room(t, (size_t)size);
	}
	t->size += (size_t)size;
}
