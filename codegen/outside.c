/* outside.c: constant rows that kernels see beyond an image's edge, and tables of rows. */
#include <float.h>
#include <string.h>

#include "codegen.h"

static Packed
same_values(Arena *arena, Type type, float value, int64_t count)
{
	Packed row = { .type = type, .count = count };
	int bytes = types[type].bytes;
	uint8_t *data = alloc(arena, (size_t)count * (size_t)bytes);
	int64_t whole = (int64_t)value;

	for (int64_t i = 0; i < count; i++) {
		if (type == TYPE_f32)
			memcpy(data + i * bytes, &value, sizeof value);
		else
			memcpy(data + i * bytes, &whole, (size_t)bytes); /* hosts are little-endian */
	}
	row.data = data;
	return row;
}

/* "outside_m128": as long as the longest row that wants it. */
const char *
outside_row(Program *p, const Node *n)
{
	const Graph *g = p->job->graph;
	const Tensor *x = tensor_in(g, n, 0);
	float value = outside_value(g, n);
	bool whole = value == (float)(int64_t)value;
	const char *name = whole ? format(p->job->arena, "outside_%s_%s%lld", types[x->type].name,
		value < 0 ? "m" : "", (long long)(value < 0 ? -value : value)) :
		format(p->job->arena, "outside_%s_%s", types[x->type].name,
			value == -FLT_MAX ? "least" : identifier(p->job->arena, format(p->job->arena, "v%a",
			(double)value)));
	int64_t count = tensor_row_step(x);

	for (int i = 0; i < p->outside_count; i++)
		if (!strcmp(p->outside[i].name, name)) {
			if (p->outside[i].packed.count < count)
				p->outside[i].packed = same_values(p->job->arena, x->type, value, count);
			return name;
		}
	p->outside = grow(p->job->arena, p->outside, p->outside_count, sizeof *p->outside);
	p->outside[p->outside_count++] = (Array){ name,
		same_values(p->job->arena, x->type, value, count), -1 };
	return name;
}

/* The source rows of each output row of a resize: one (nearest) or two. */
const char *
resize_table(Program *p, const Call *c)
{
	const Graph *g = p->job->graph;
	int height = tensor_out(g, c->node)->shape.dim[1];
	int each = c->node->op == OP_resize_nearest ? 1 : 2;
	int16_t *at = alloc_array(p->job->arena, (size_t)height * 2, sizeof *at);
	const char *name = format(p->job->arena, "%s_rows", c->id);

	for (int r = 0; r < height; r++) {
		Resample s = resample(g, c->node, 1, r);
		at[r * each] = (int16_t)s.low;
		if (each == 2)
			at[r * each + 1] = (int16_t)s.high;
	}
	p->outside = grow(p->job->arena, p->outside, p->outside_count, sizeof *p->outside);
	p->outside[p->outside_count++] = (Array){ name,
		{ .data = at, .type = TYPE_s16, .count = height * each }, -1 };
	return name;
}

bool
looks_outside(const Graph *g, const Node *n)
{
	int above = n->op == OP_pad ? n->attr.begin.dim[1] : n->attr.pad_top;
	int last = (tensor_out(g, n)->shape.dim[1] - 1) * n->attr.stride_h - above +
		(kernel_height(g, n) - 1) * n->attr.dilation_h;

	return above > 0 || last >= tensor_in(g, n, 0)->shape.dim[1];
}
