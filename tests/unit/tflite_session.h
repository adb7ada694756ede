/* tflite_session.h: reads small TFLite files for the tests, and one model to spoil. */
#ifndef TFLITE_SESSION_H
#define TFLITE_SESSION_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/frontend.h"
#include "tests/tflite_writer.h"

/* Codes of the schema's builtin operators and of their options' tables. */
enum {
	ADD = 0,
	CONV_2D = 3,
	FULLY_CONNECTED = 9,
	MAX_POOL_2D = 17,
	RELU = 19,
	RELU6 = 21,
	RESHAPE = 22,
	SVDF = 27,
	CUSTOM = 32,
	PAD = 34,
	MEAN = 40,
	STRIDED_SLICE = 45,
	SPLIT = 49,
	ARG_MAX = 56,
	PACK = 83,
	UNPACK = 88
};
enum {
	CONV_OPTIONS = 1,
	POOL_OPTIONS = 5,
	DENSE_OPTIONS = 8,
	ADD_OPTIONS = 11,
	RESHAPE_OPTIONS = 17,
	PAD_OPTIONS = 22,
	MEAN_OPTIONS = 27,
	STRIDED_SLICE_OPTIONS = 32,
	SPLIT_OPTIONS = 35,
	ARG_MAX_OPTIONS = 40,
	PACK_OPTIONS = 59,
	UNPACK_OPTIONS = 64
};

typedef struct {
	Bytes file;
	Diag diag;
	jmp_buf escape;
	Arena *arena;
	char *messages;
	size_t size;
} Session;

/* NULL: refused, and s->messages says why. */
static inline Graph *
read_bytes(Session *s)
{
	Graph *volatile g = NULL;

	s->diag = (Diag){ .to = open_memstream(&s->messages, &s->size),
		.file = "m.tflite",
		.escape = &s->escape };
	s->arena = arena_new(&s->diag);
	if (setjmp(s->escape) == 0) {
		g = read_tflite(s->arena, &s->diag, "m", s->file.data, s->file.size);
		infer(g);
	} else {
		g = NULL;
	}
	fflush(s->diag.to);
	return g;
}

static inline Graph *
read_model(Session *s, const TestModel *m)
{
	write_model(&s->file, m);
	return read_bytes(s);
}

static inline void
end(Session *s)
{
	arena_free(s->arena);
	fclose(s->diag.to);
	free(s->messages);
}

#define QUANTIZED .type = S8, .scales = 1, .scale = { 0.5f }, .zero = { -3 }
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* ---- a convolution, whose tensors and operator the tests of errors spoil */

static const int8_t conv_weights[2 * 3 * 3 * 1] = { 1, -2, 3, 127, -128 };
static const int32_t conv_bias[2] = { 1000, -1000 };

static const TestTensor conv_tensors[] = {
	{ .name = "in", QUANTIZED, .rank = 4, .dim = { 1, 6, 5, 1 } },
	{ .name = "w",
		.type = S8,
		.rank = 4,
		.dim = { 2, 3, 3, 1 },
		.scales = 2,
		.scale = { 0.5f, 0.25f },
		.data = conv_weights,
		.bytes = sizeof conv_weights },
	{ .name = "b",
		.type = S32,
		.rank = 1,
		.dim = { 2 },
		.scales = 2,
		.scale = { 0.25f, 0.125f },
		.data = conv_bias,
		.bytes = sizeof conv_bias },
	{ .name = "net/conv/Relu6;net/x", QUANTIZED, .rank = 4, .dim = { 1, 3, 3, 2 } },
	{ .name = "out", QUANTIZED, .rank = 4, .dim = { 1, 3, 3, 2 } },
};

static const TestOperator conv_operators[] = {
	{ .code = CONV_2D,
		.in = { 0, 1, 2 },
		.inputs = 3,
		.out = { 3 },
		.outputs = 1,
		.options_type = CONV_OPTIONS,
		.options = 4,
		.option = { { 0, 1, 0 }, { 1, 4, 2 }, { 2, 4, 2 }, { 3, 1, 3 } } },
	{ .code = RELU, .in = { 3 }, .inputs = 1, .out = { 4 }, .outputs = 1 },
};

static const TestModel conv_model = { 5, 2, 1, 1, conv_tensors, conv_operators, { 0 },
	{ 4 }, { 0 }, 0, 0 };

#endif
