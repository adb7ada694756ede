/*
 * mutate_tflite.c: spoils a sound TFLite model in every small way and looks that each is
 * read or refused with a message: cut off at every byte, every aligned word replaced by
 * extreme values, every byte by 0 and 255, and the n-th allocation failing.
 *
 *	mutate_tflite [MODEL.tflite ...]       in this process, for sanitizers; none: our own
 *	mutate_tflite -o DIR N [MODEL.tflite]  writes every N-th refused one to DIR
 */
#include <stdlib.h>
#include <string.h>

#include "frontend/frontend.h"
#include "tests/tflite_writer.h"

static const int64_t extremes[] = { 0, 1, -1, INT32_MAX, -(int64_t)INT32_MAX - 1,
	-(int64_t)INT32_MAX };
enum { EXTREMES = sizeof extremes / sizeof *extremes, WORD = 4 };

/* arena.c of this program allocates through here: the allocation that fails; 0: none. */
static long failing, allocations;

void *
counted_calloc(size_t count, size_t bytes)
{
	return ++allocations == failing ? NULL : calloc(count, bytes);
}

typedef struct {
	long tried, accepted, refused, silent;
} Tally;

/* Reads a copy that ends where the data ends, so that one byte beyond is seen. */
static bool
try_model(const uint8_t *data, size_t size, Tally *tally)
{
	char *messages = NULL;
	size_t length = 0;
	jmp_buf escape;
	uint8_t *copy = malloc(size ? size : 1);
	Diag diag = { .to = open_memstream(&messages, &length),
		.file = "m.tflite",
		.escape = &escape };
	Arena *volatile arena = NULL;
	volatile bool accepted = false;

	if (!copy || !diag.to)
		exit(2);
	memcpy(copy, data, size);
	allocations = 0;
	if (setjmp(escape) == 0) {
		arena = arena_new(&diag);
		Graph *g = read_tflite(arena, &diag, "m", copy, size);
		infer(g);
		verify(g, "infer");
		legalize(g);
		verify(g, "legalize");
		fuse(g);
		verify(g, "fuse");
		accepted = true;
	}
	fclose(diag.to);
	tally->tried++;
	tally->accepted += accepted;
	tally->refused += !accepted;
	bool said = length > 0 && !strncmp(messages, "m.tflite: ", strlen("m.tflite: "));
	if (accepted ? diag.errors > 0 : !said) {
		tally->silent++;
		fprintf(stderr, "%s: %s\n", accepted ? "accepted" : "refused", messages);
	}
	if (arena)
		arena_free(arena);
	free(messages);
	free(copy);
	return accepted;
}

typedef struct {
	const char *folder; /* NULL: none are written */
	long every, seen;
	Tally tally;
} Run;

static void
one(Run *run, const uint8_t *data, size_t size)
{
	if (try_model(data, size, &run->tally) || !run->folder ||
		run->seen++ % run->every)
		return;
	char path[4096];
	snprintf(path, sizeof path, "%s/%ld.tflite", run->folder, run->seen - 1);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(2);
	}
}

static void
mutate(Run *run, uint8_t *data, size_t size)
{
	uint8_t kept[WORD];

	for (size_t end = 0; end < size; end++)
		one(run, data, end);
	for (size_t at = 0; at + WORD <= size; at += WORD) {
		memcpy(kept, data + at, WORD);
		for (int i = 0; i < EXTREMES; i++) {
			memcpy(data + at, &extremes[i], WORD);
			one(run, data, size);
		}
		memcpy(data + at, kept, WORD);
	}
	for (size_t at = 0; at < size; at++) {
		kept[0] = data[at];
		for (int value = 0; value <= UINT8_MAX; value += UINT8_MAX) {
			data[at] = (uint8_t)value;
			one(run, data, size);
		}
		data[at] = kept[0];
	}
}

static void
starve(Run *run, const uint8_t *data, size_t size)
{
	for (failing = 1; !try_model(data, size, &run->tally); failing++)
		continue;
	failing = 0;
}

/* ---- a model with a bit of everything: windows, weights, attributes, several outputs */

#define QUANTIZED .type = S8, .scales = 1, .scale = { 0.5f }, .zero = { -3 }

static const int8_t weights[2 * 3 * 3 * 1] = { 1, -2, 3, 127, -128 };
static const int32_t bias[2] = { 1000, -1000 }, begin[4] = { 0, 0, 1, 0 },
		     finish[4] = { 1, 3, 3, 2 }, stride[4] = { 1, 2, -1, 1 }, axis = 3,
		     shape[2] = { 2, -1 };

static const TestTensor tensors[] = {
	{ .name = "in", QUANTIZED, .rank = 4, .dim = { 1, 6, 5, 1 } },
	{ .name = "w",
		.type = S8,
		.rank = 4,
		.dim = { 2, 3, 3, 1 },
		.scales = 2,
		.scale = { 0.5f, 0.25f },
		.data = weights,
		.bytes = sizeof weights },
	{ .name = "b",
		.type = S32,
		.rank = 1,
		.dim = { 2 },
		.scales = 2,
		.scale = { 0.25f, 0.125f },
		.data = bias,
		.bytes = sizeof bias },
	{ .name = "net/conv/Relu6", QUANTIZED, .rank = 4, .dim = { 1, 3, 3, 2 } },
	{ .name = "begin",
		.type = S32,
		.rank = 1,
		.dim = { 4 },
		.data = begin,
		.bytes = 16 },
	{ .name = "end",
		.type = S32,
		.rank = 1,
		.dim = { 4 },
		.data = finish,
		.bytes = 16 },
	{ .name = "stride",
		.type = S32,
		.rank = 1,
		.dim = { 4 },
		.data = stride,
		.bytes = 16 },
	{ .name = "cut", QUANTIZED, .rank = 3, .dim = { 2, 3, 2 } },
	{ .name = "axis", .type = S32, .data = &axis, .bytes = 4 },
	{ .name = "left", QUANTIZED, .rank = 4, .dim = { 1, 3, 3, 1 } },
	{ .name = "right", QUANTIZED, .rank = 4, .dim = { 1, 3, 3, 1 } },
	{ .name = "sum", QUANTIZED, .rank = 4, .dim = { 1, 3, 3, 1 } },
	{ .name = "shape",
		.type = S32,
		.rank = 1,
		.dim = { 2 },
		.data = shape,
		.bytes = 8 },
	{ .name = "flat", QUANTIZED, .rank = 2, .dim = { 2, 6 } },
};

enum { ADD = 0, CONV_2D = 3, RESHAPE = 22, STRIDED_SLICE = 45, SPLIT = 49 };

static const TestOperator operators[] = {
	{ .code = CONV_2D,
		.in = { 0, 1, 2 },
		.inputs = 3,
		.out = { 3 },
		.outputs = 1,
		.options_type = 1,
		.options = 4,
		.option = { { 0, 1, 0 }, { 1, 4, 2 }, { 2, 4, 2 }, { 3, 1, 3 } } },
	{ .code = STRIDED_SLICE,
		.in = { 3, 4, 5, 6 },
		.inputs = 4,
		.out = { 7 },
		.outputs = 1,
		.options_type = 32,
		.options = 5,
		.option = { { 0, 4, 4 }, { 1, 4, 4 }, { 2, 4, 0 }, { 3, 4, 0 },
			{ 4, 4, 1 } } },
	{ .code = SPLIT,
		.in = { 8, 3 },
		.inputs = 2,
		.out = { 9, 10 },
		.outputs = 2,
		.options_type = 35,
		.options = 1,
		.option = { { 0, 4, 2 } } },
	{ .code = ADD,
		.in = { 9, 10 },
		.inputs = 2,
		.out = { 11 },
		.outputs = 1,
		.options_type = 11,
		.options = 1,
		.option = { { 0, 1, 1 } } },
	{ .code = RESHAPE, .in = { 7, 12 }, .inputs = 2, .out = { 13 }, .outputs = 1 },
};

static const TestModel model = { 14, 5, 1, 2, tensors, operators, { 0 }, { 11, 13 },
	{ "image" }, 0, 0 };

static void
run_file(Run *run, const char *path)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t size = f ? fread(data, 1, sizeof data, f) : 0;

	if (!f || fclose(f) || !size) {
		perror(path);
		exit(2);
	}
	mutate(run, data, size);
}

int
main(int argc, char **argv)
{
	static Bytes file;
	Run run = { 0 };
	int first = 1;

	if (argc > 3 && !strcmp(argv[1], "-o")) {
		run.folder = argv[2];
		run.every = atol(argv[3]);
		first = 4;
	}
	for (int i = first; i < argc; i++)
		run_file(&run, argv[i]);
	if (first == argc) {
		write_model(&file, &model);
		if (!try_model(file.data, file.size, &run.tally)) {
			fprintf(stderr, "the sound model is refused\n");
			return 2;
		}
		starve(&run, file.data, file.size);
		mutate(&run, file.data, file.size);
	}
	printf("%ld models: %ld read, %ld refused, %ld without a word\n", run.tally.tried,
		run.tally.accepted, run.tally.refused, run.tally.silent);
	return run.tally.silent ? 1 : 0;
}
