/* kernel_bench.h: graphs of one node, made by hand for the tests of kernels. */
#ifndef KERNEL_BENCH_H
#define KERNEL_BENCH_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/codegen.h"

typedef struct {
	Diag diag;
	jmp_buf escape;
	Arena *arena;
	Graph *graph;
	uint32_t state; /* of the random numbers */
} Bench;

static inline void
bench_begin(Bench *b, uint32_t seed)
{
	memset(b, 0, sizeof *b);
	b->diag = (Diag){ .to = stderr, .escape = &b->escape };
	b->arena = arena_new(&b->diag);
	b->graph = graph_new(b->arena, &b->diag, "m");
	b->state = seed;
}

static inline void
bench_end(Bench *b)
{
	arena_free(b->arena);
}

/* least <= result <= most */
static inline int
pick(Bench *b, int least, int most)
{
	b->state = b->state * 1664525u + 1013904223u;
	return least + (int)((b->state >> 8) % (uint32_t)(most - least + 1));
}

static inline int8_t *
random_bytes(Bench *b, int64_t count)
{
	int8_t *p = alloc(b->arena, (size_t)count);

	for (int64_t i = 0; i < count; i++)
		p[i] = (int8_t)pick(b, -128, 127);
	return p;
}

/* One scale and zero point, or scales for each channel. */
static inline Quant
quant_of(Bench *b, float scale, int zero, int channels)
{
	float *scales = alloc_array(b->arena, (size_t)channels, sizeof *scales);
	int32_t *zeros = alloc_array(b->arena, (size_t)channels, sizeof *zeros);

	for (int i = 0; i < channels; i++) {
		scales[i] = channels > 1 ? scale * (float)pick(b, 50, 200) / 100 : scale;
		zeros[i] = zero;
	}
	return (Quant){ channels, 0, scales, zeros };
}

static inline int
make_tensor(Bench *b, Type type, Shape shape, Quant quant, const void *data)
{
	int t = new_tensor(b->graph, "t", type, shape, quant, nowhere);

	b->graph->tensor[t].data = data;
	return t;
}

static inline int8_t *
evaluate(Bench *b, const Node *n, const void *x, const void *x2)
{
	const void **data =
		alloc_array(b->arena, (size_t)b->graph->tensor_count, sizeof *data);
	int8_t *out = alloc(b->arena, (size_t)tensor_bytes(tensor_out(b->graph, n)));

	data[n->input[0]] = x;
	if (x2)
		data[n->input[1]] = x2;
	evaluate_node(b->graph, n, data, out);
	return out;
}

#endif
