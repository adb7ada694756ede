/* text.c: text that grows in an arena. */
#include <string.h>

#include "ir.h"

enum { FIRST_ROOM = 256 };

Text
text_new(Arena *arena)
{
	return (Text){ arena, alloc(arena, FIRST_ROOM), 0, FIRST_ROOM };
}

static void
reserve(Text *t, size_t more)
{
	size_t room = t->room;

	while (room - t->size <= more)
		room *= 2;
	if (room == t->room)
		return;
	char *data = alloc(t->arena, room);
	memcpy(data, t->data, t->size + 1);
	t->data = data;
	t->room = room;
}

void
put_bytes(Text *t, const char *bytes, size_t size)
{
	reserve(t, size);
	memcpy(t->data + t->size, bytes, size);
	t->size += size;
	t->data[t->size] = 0;
}

void
put(Text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int size = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (size < 0)
		die("put: %s", fmt);
	reserve(t, (size_t)size);
	va_start(ap, fmt);
	vsnprintf(t->data + t->size, (size_t)size + 1, fmt, ap);
	va_end(ap);
	t->size += (size_t)size;
}
