/* session.h: one compilation in a test: its messages are kept, its ends come back. */
#ifndef SESSION_H
#define SESSION_H

#include <stdio.h>
#include <stdlib.h>

#include "ir/ir.h"

typedef struct {
	Diag diag;
	jmp_buf escape;
	Arena *arena;
	char *messages;
	size_t size;
} Session;

/* file: as messages name it.  The test calls setjmp(s->escape) where it expects an error. */
static inline void
begin(Session *s, const char *file)
{
	*s = (Session){ 0 };
	s->diag = (Diag){ .to = open_memstream(&s->messages, &s->size), .file = file,
		.escape = &s->escape };
	s->arena = arena_new(&s->diag);
}

static inline void
end(Session *s)
{
	arena_free(s->arena);
	fclose(s->diag.to);
	free(s->messages);
}

#endif
