/*
 * fuzz_tflite.c: any bytes are read as a TFLite model or refused; what is read goes through
 * infer(), legalize() and fuse() without a crash.
 */
#include "frontend/frontend.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jmp_buf escape;
	Diag diag = { .file = "fuzz.tflite", .escape = &escape };
	Arena *arena = arena_new(&diag);

	if (setjmp(escape) == 0) {
		Graph *g = read_tflite(arena, &diag, "m", data, size);
		infer(g);
		verify(g, "infer");
		legalize(g);
		verify(g, "legalize");
		fuse(g);
		verify(g, "fuse");
	}
	arena_free(arena);
	return 0;
}
