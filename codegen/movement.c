/* movement.c: copies as runs of bytes under loops, and the tables that resizes read. */
#include "codegen.h"

/* Bytes from index to index of each axis. */
static void
byte_steps(const Tensor *t, int64_t step[MAX_RANK])
{
	int rank = t->shape.rank;
	const int *dim = t->shape.dim;

	for (int i = rank - 1; i >= 0; i--)
		step[i] = i == rank - 1 ? types[t->type].bytes : step[i + 1] * dim[i + 1];
	for (int i = rank - 2; i >= 0 && t->pixel_step; i--)
		step[i] = i == rank - 2 ? (int64_t)t->pixel_step * types[t->type].bytes :
			step[i + 1] * dim[i + 1];
	if (rank == NHWC && !is_dense(t)) {
		step[1] = tensor_row_step(t) * types[t->type].bytes;
		step[0] = tensor_image_step(t) * types[t->type].bytes;
	}
}

static void
push_axis(Movement *m, int64_t count, int64_t from, int64_t to)
{
	int last = m->axes - 1;

	if (count == 1)
		return;
	if (last >= 0 && m->from[last] == count * from && m->to[last] == count * to) {
		m->count[last] *= count;
		m->from[last] = from;
		m->to[last] = to;
		return;
	}
	m->count[m->axes] = count;
	m->from[m->axes] = from;
	m->to[m->axes++] = to;
}

/* Elements that lie side by side on both sides move at once. */
static void
find_run(Movement *m, int64_t bytes)
{
	int last = m->axes - 1;

	m->run = bytes;
	if (last < 0 || m->from[last] != bytes || m->to[last] != bytes)
		return;
	m->run = bytes * m->count[last];
	m->count[last] = m->from[last] = m->to[last] = 0;
	m->axes = last;
}

/* Slices that indices pick. */
static void
gathered(Movement *m, const Tensor *x, const Tensor *y)
{
	m->axes = 1;
	m->count[0] = y->shape.dim[0];
	byte_steps(x, m->from);
	byte_steps(y, m->to);
	m->run = (int64_t)x->shape.dim[x->shape.rank - 1] * types[x->type].bytes;
}

Movement
movement_of(const Graph *g, const Node *n)
{
	const Tensor *x = tensor_in(g, n, 0), *y = tensor_out(g, n);
	int64_t from[MAX_RANK] = { 0 }, to[MAX_RANK] = { 0 };
	Movement m = { 0 };

	if (n->op == OP_gather_nd) {
		gathered(&m, x, y);
		return m;
	}
	byte_steps(x, from);
	byte_steps(y, to);
	if (n->op == OP_reshape) {
		if (!is_dense(x) || !is_dense(y))
			die("%s: a reshape of pixels that lie apart", n->name);
		push_axis(&m, elements(&y->shape), types[y->type].bytes, types[y->type].bytes);
	}
	for (int i = 0; i < y->shape.rank && n->op == OP_transpose; i++)
		push_axis(&m, y->shape.dim[i], from[n->attr.perm.dim[i]], to[i]);
	for (int i = 0; i < y->shape.rank && n->op == OP_slice; i++) {
		m.first += n->attr.begin.dim[i] * from[i];
		push_axis(&m, y->shape.dim[i], n->attr.step.dim[i] * from[i], to[i]);
	}
	find_run(&m, types[x->type].bytes);
	if (m.axes > MAX_RANK)
		die("%s: a copy under too many loops", n->name);
	return m;
}

/* ---- resizes */

enum { HEIGHT = 1, WIDTH = 2 }; /* axes of NHWC */

Packed
pack_column(const Graph *g, const Node *n)
{
	int width = tensor_out(g, n)->shape.dim[WIDTH], each = n->op == OP_resize_nearest ? 1 : 2;
	int16_t *column = alloc_array(g->arena, (size_t)width * 2, sizeof *column);

	for (int p = 0; p < width; p++) {
		Resample s = resample(g, n, WIDTH, p);
		column[each * p] = (int16_t)s.low;
		if (each == 2)
			column[2 * p + 1] = (int16_t)s.high;
	}
	return (Packed){ column, TYPE_s16, (int64_t)width * each };
}

static Packed
resample_weights(const Graph *g, const Node *n, int axis)
{
	int count = tensor_out(g, n)->shape.dim[axis];
	int16_t *fixed = alloc_array(g->arena, (size_t)count, sizeof *fixed);
	float *real = alloc_array(g->arena, (size_t)count, sizeof *real);

	for (int i = 0; i < count; i++) {
		Resample s = resample(g, n, axis, i);
		fixed[i] = (int16_t)s.weight10;
		real[i] = s.weight;
	}
	if (tensor_in(g, n, 0)->type == TYPE_s8 && !n->attr.x_bias)
		return (Packed){ fixed, TYPE_s16, count };
	return (Packed){ real, TYPE_f32, count };
}

Packed
pack_column_weight(const Graph *g, const Node *n)
{
	return resample_weights(g, n, WIDTH);
}

Packed
pack_row_weight(const Graph *g, const Node *n)
{
	return resample_weights(g, n, HEIGHT);
}
