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
	Data *d = p->data;
	int i = 0;

	while (i < d->outside_count && strcmp(d->outside[i].name, name))
		i++;
	if (i == d->outside_count) {
		d->outside = grow(p->job->arena, d->outside, d->outside_count++, sizeof *d->outside);
		d->outside[i] = (Array){ name, packed, -1, 0, NULL };
	}
	if (d->outside[i].packed.count < packed.count)
		d->outside[i].packed = packed;
	d->outside[i].users |= 1u << p->which;
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
