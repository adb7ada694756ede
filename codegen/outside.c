/* outside.c: constant rows that kernels see beyond an image's edge, and tables of rows. */
#include <string.h>

#include "codegen.h"

/* Elements of one value each; hosts are little-endian. */
static Packed
same_values(Arena *arena, Type type, int64_t bits, int64_t count)
{
	int bytes = types[type].bytes;
	uint8_t *data = alloc(arena, (size_t)count * (size_t)bytes);

	for (int64_t i = 0; i < count; i++)
		memcpy(data + i * bytes, &bits, (size_t)bytes);
	return (Packed){ data, type, count };
}

static const char *
add_table(Program *p, const char *name, Packed packed)
{
	p->outside = grow(p->job->arena, p->outside, p->outside_count, sizeof *p->outside);
	p->outside[p->outside_count++] = (Array){ name, packed, -1 };
	return name;
}

/* "outside_s8_m128", of floats their bits: as long as the longest row that wants it. */
const char *
outside_row(Program *p, const Node *n)
{
	const Graph *g = p->job->graph;
	const Tensor *x = tensor_in(g, n, 0);
	float value = outside_value(g, n);
	int64_t bits = 0, count = tensor_row_step(x);

	if (x->type == TYPE_f32)
		memcpy(&bits, &value, sizeof value);
	else
		bits = (int64_t)value;
	const char *name = format(g->arena, x->type == TYPE_f32 ? "outside_%s_%s%llx" :
		"outside_%s_%s%lld", types[x->type].name, bits < 0 ? "m" : "",
		(long long)(bits < 0 ? -bits : bits));
	for (int i = 0; i < p->outside_count; i++)
		if (!strcmp(p->outside[i].name, name)) {
			if (p->outside[i].packed.count < count)
				p->outside[i].packed = same_values(g->arena, x->type, bits, count);
			return name;
		}
	return add_table(p, name, same_values(g->arena, x->type, bits, count));
}

/* The source rows of each output row of a resize: one (nearest) or two. */
const char *
resize_table(Program *p, const Call *c)
{
	const Graph *g = p->job->graph;
	int height = tensor_out(g, c->node)->shape.dim[1];
	int each = c->node->op == OP_resize_nearest ? 1 : 2;
	int32_t *at = alloc_array(p->job->arena, (size_t)height * 2, sizeof *at);
	const char *name = format(p->job->arena, "%s_rows", c->id);

	for (int r = 0; r < height; r++) {
		Resample s = resample(g, c->node, 1, r);
		at[r * each] = s.low;
		if (each == 2)
			at[r * each + 1] = s.high;
	}
	return add_table(p, name, (Packed){ at, TYPE_s32, height * each });
}

bool
looks_outside(const Graph *g, const Node *n)
{
	int above = n->op == OP_pad ? n->attr.begin.dim[1] : n->attr.pad_top;
	int last = (tensor_out(g, n)->shape.dim[1] - 1) * n->attr.stride_h - above +
		(kernel_height(g, n) - 1) * n->attr.dilation_h;

	return above > 0 || last >= tensor_in(g, n, 0)->shape.dim[1];
}
