/* outside.c: constant rows that kernels see beyond an image's edge, and tables of rows. */
#include <float.h>
#include <string.h>

#include "codegen.h"

/* What rows outside operand 0 hold; of floats their bits. */
static int64_t
outside_value(const Graph *g, const Node *n)
{
	Type type = tensor_in(g, n, 0)->type;
	bool real = type == TYPE_f32;

	switch (ops[n->op].outside) {
	case OUTSIDE_ZERO_POINT: return affine(g, n, X).zero;
	case OUTSIDE_MINIMUM: return real ? float_bits(-FLT_MAX) : type_range(type).least;
	case OUTSIDE_NOTHING: return -n->attr.x_bias;
	case OUTSIDE_VALUE:
		return real ? float_bits(n->attr.pad_value) : (int64_t)n->attr.pad_value;
	default: return 0;
	}
}

Packed
outside_values(const Graph *g, const Node *n)
{
	const Tensor *x = tensor_in(g, n, 0);
	Packed row = new_packed(g, x->type, axis_step(x, 1));

	for (int64_t i = 0; i < row.count; i++)
		store_bits(row, i, outside_value(g, n));
	return row;
}

/* As long as the longest of the name. */
static const char *
add_table(Program *p, const char *name, Packed packed)
{
	for (int i = 0; i < p->outside_count; i++)
		if (!strcmp(p->outside[i].name, name)) {
			if (p->outside[i].packed.count < packed.count)
				p->outside[i].packed = packed;
			return name;
		}
	p->outside =
		grow(p->job->arena, p->outside, p->outside_count, sizeof *p->outside);
	p->outside[p->outside_count++] = (Array){ name, packed, -1 };
	return name;
}

/* "outside_s8_m128", of floats their bits. */
const char *
outside_row(Program *p, const Node *n)
{
	const Graph *g = p->job->graph;
	Type type = tensor_in(g, n, 0)->type;
	int64_t bits = outside_value(g, n);
	const char *name = type == TYPE_f32 ?
		format(g->arena, "outside_f32_%x", (unsigned)bits) :
		format(g->arena, "outside_%s_%s%lld", types[type].name,
			bits < 0 ? "m" : "", (long long)(bits < 0 ? -bits : bits));

	return add_table(p, name, outside_values(g, n));
}

/* The source rows of each output row of a resize. */
const char *
resize_table(Program *p, const Call *c)
{
	const char *name = format(p->job->arena, "%s_rows", c->id);

	return add_table(p, name, resampled(p->job->graph, c->node, HEIGHT));
}

bool
looks_outside(const Graph *g, const Node *n)
{
	int last = window_start(n, tensor_out(g, n)->shape.dim[HEIGHT] - 1) +
		(kernel_height(g, n) - 1) * n->attr.dilation_h;

	return window_start(n, 0) < 0 || last >= tensor_in(g, n, 0)->shape.dim[HEIGHT];
}
