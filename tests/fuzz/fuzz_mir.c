/*
 * fuzz_mir.c: any bytes are read as .mir or refused; what is read prints as a text that reads
 * back to the same, and is refused by infer() or well formed.
 */
#include <stdlib.h>
#include <string.h>

#include "frontend/frontend.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(Arena *arena, Diag *diag, const uint8_t *data, size_t size)
{
	Graph *g = read_mir(arena, diag, "m", (const char *)data, size, ".");
	Text once = text_new(arena), twice = text_new(arena);

	print_graph(&once, g);
	diag->to = stderr;
	diag->escape = NULL; /* a refusal of our own text is a crash */
	print_graph(&twice, read_mir(arena, diag, "m", once.data, once.size, "."));
	if (strcmp(once.data, twice.data))
		die("printed again, it differs:\n%s\n%s", once.data, twice.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jmp_buf escape;
	Diag diag = {
		.to = fopen("/dev/null", "w"), .file = "fuzz.mir", .escape = &escape
	};
	FILE *volatile to = diag.to;
	Arena *volatile arena = arena_new(&diag);

	if (setjmp(escape) == 0) {
		check(arena, &diag, data, size);
		diag.to = to;
		diag.escape = &escape;
		Graph *g = read_mir(arena, &diag, "m", (const char *)data, size, ".");
		infer(g);
		verify(g, "infer");
	}
	arena_free(arena);
	if (to)
		fclose(to);
	return 0;
}
