/*
 * fuzz_tflite.c: any bytes are read as a TFLite model or refused; what is read goes through
 * every pass, and small models to the generated C, without a crash.
 */
#include "codegen/codegen.h"
#include "frontend/frontend.h"
#include "scheduler/scheduler.h"

/* Models beyond this many bytes of tensors would only be slow; of the others one in EVERY. */
enum { SMALL_MODEL = 1 << 20, EVERY = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_small(const Graph *g)
{
	int64_t bytes = 0;

	for (int t = 0; t < g->tensor_count; t++)
		bytes += tensor_bytes(g->tensor + t);
	return bytes < SMALL_MODEL;
}

static void
generate(Graph *g)
{
	Job job = { .arena = g->arena, .graph = g, .target = find_target("c"), .source = "m.tflite" };

	job.templates = templates_new(g->arena, g->diag, template_files, template_file_count, NULL);
	select_kernels(&job);
	order(g);
	alias(g);
	select_again(&job);
	verify(g, "bind");
	plan(g);
	verify(g, "plan");
	emit_program(program_new(&job));
}

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
		if (is_small(g))
			fold(g);
		fuse(g);
		verify(g, "fuse");
		if (is_small(g) && fnv1a(FNV_START, data, size) % EVERY == 0)
			generate(g);
	}
	arena_free(arena);
	return 0;
}
