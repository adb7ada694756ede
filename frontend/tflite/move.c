/* move.c: imports operators that move, cut, join or reinterpret data. */
#include "tflite.h"

enum { EXACT_FLOAT = 1 << 24 }; /* integers up to here survive in a float attribute */
enum { REST = -1 };             /* SLICE: a size that reaches the end */

static bool
import_as_reshape(const Operator *o, Shape shape)
{
	int input = number_in(o, 0);

	return expect_shape(o, 0, shape) &&
		import_node(o, OP_reshape, &input, 1, number_out(o, 0));
}

/* ---- reshapes */

/* The dimensions that the options or operand 1 list; -1: neither can. */
static int
listed(const Operator *o, int *dim)
{
	if (o->input_count > 1 && o->input[1] >= 0)
		return read_attribute(o, 1, dim, 0, MAX_RANK);
	if (o->dims.count > MAX_RANK) {
		refuse(o, "%zu dimensions", o->dims.count);
		return -1;
	}
	for (size_t i = 0; i < o->dims.count; i++)
		dim[i] = int_of(&o->dims, i);
	return (int)o->dims.count;
}

/* One dimension may be -1: what the others leave. */
bool
import_reshape(Operator *o)
{
	Shape x = shape_in(o, 0), y = { 0 };
	int64_t known = 1;
	int unknown = -1;

	y.rank = listed(o, y.dim);
	if (y.rank < 0)
		return false;
	if (y.rank == 1 && y.dim[0] == 0)
		y.rank = 0; /* old files write a scalar so */
	for (int i = 0; i < y.rank; i++)
		if (y.dim[i] == -1 && unknown < 0)
			unknown = i;
		else
			known = y.dim[i] < 1 || known > INT32_MAX ? 0 : known * y.dim[i];
	if (unknown >= 0 && known)
		y.dim[unknown] = (int)(elements(&x) / known);
	if (!known || elements(&x) != elements(&y))
		return refuse(o, "%s cannot have shape %s", dims_text(o, x), dims_text(o, y));
	return import_as_reshape(o, y);
}

bool
import_squeeze(Operator *o)
{
	Shape x = shape_in(o, 0), y = { 0 };
	int axis[MAX_RANK], count = listed(o, axis);
	unsigned gone = 0;

	if (count < 0)
		return false;
	for (int i = 0; i < count; i++) {
		if (!normal_axis(o, axis + i, x.rank))
			return false;
		gone |= 1u << axis[i];
	}
	for (int i = 0; i < x.rank; i++)
		if (count ? !(gone >> i & 1) : x.dim[i] != 1)
			y.dim[y.rank++] = x.dim[i];
	return import_as_reshape(o, y);
}

bool
import_expand_dims(Operator *o)
{
	Shape x = shape_in(o, 0);
	int axis;

	return read_attribute(o, 1, &axis, 1, 1) > 0 &&
		normal_axis(o, &axis, x.rank + 1) &&
		import_as_reshape(o, with_axis(x, axis, 1));
}

/* ---- joining */

bool
import_concatenation(Operator *o)
{
	int *input = alloc_array(o->g->arena, (size_t)o->input_count, sizeof *input);

	for (int i = 0; i < o->input_count; i++)
		input[i] = number_in(o, i);
	if (o->activation)
		return refuse(o, "a fused activation is not supported");
	return normal_axis(o, &o->attr.axis, shape_in(o, 0).rank) &&
		import_node(o, OP_concat, input, o->input_count, number_out(o, 0));
}

bool
import_pack(Operator *o)
{
	Shape x = shape_in(o, 0);
	int *input = alloc_array(o->g->arena, (size_t)o->input_count, sizeof *input);

	if (!normal_axis(o, &o->attr.axis, x.rank + 1))
		return false;
	if (o->number_of != o->input_count)
		return refuse(o, "%d operands, not %d", o->input_count, o->number_of);
	for (int i = 0; i < o->input_count; i++) {
		Shape other = shape_in(o, i);
		if (!same_shape(&x, &other))
			return refuse(o, "operand %d has shape %s, operand 0 %s", i,
				dims_text(o, other), dims_text(o, x));
		input[i] = reshaped(o, number_in(o, i), with_axis(x, o->attr.axis, 1));
	}
	return import_node(o, OP_concat, input, o->input_count, number_out(o, 0));
}

/* ---- cutting: size elements from attr.begin on in attr.step */

static bool
import_cut(const Operator *o, int operand, int output, Shape size)
{
	int input = number_in(o, operand);

	return import_shaped(o, OP_slice, &input, 1, output, size);
}

static Shape
all(int rank, int value)
{
	Shape s = { .rank = rank };

	for (int i = 0; i < rank; i++)
		s.dim[i] = value;
	return s;
}

/* Equal parts along an axis, one for each output, which has that dimension or not. */
static bool
import_parts(Operator *o, int operand, int axis, bool keep)
{
	Shape x = shape_in(o, operand), size = x;
	int parts = o->output_count;

	if (o->number_of != parts || x.dim[axis] % parts ||
		(!keep && x.dim[axis] != parts))
		return refuse(o, "%d parts of %s along axis %d for %d outputs",
			o->number_of, dims_text(o, x), axis, parts);
	size.dim[axis] = x.dim[axis] / parts;
	o->attr.begin = all(x.rank, 0);
	o->attr.step = all(x.rank, 1);
	for (int i = 0; i < parts; i++) {
		o->attr.begin.dim[axis] = i * size.dim[axis];
		if (!expect_shape(o, i, keep ? size : without_axis(size, axis)) ||
			!import_cut(o, operand, i, size))
			return false;
	}
	return true;
}

bool
import_split(Operator *o)
{
	int axis;

	return read_attribute(o, 0, &axis, 1, 1) > 0 &&
		normal_axis(o, &axis, shape_in(o, 1).rank) &&
		import_parts(o, 1, axis, true);
}

bool
import_unpack(Operator *o)
{
	return normal_axis(o, &o->axis, shape_in(o, 0).rank) &&
		import_parts(o, 0, o->axis, false);
}

bool
import_slice(Operator *o)
{
	Shape x = shape_in(o, 0), size = x;
	int *begin = o->attr.begin.dim;

	o->attr.begin.rank = x.rank;
	o->attr.step = all(x.rank, 1);
	if (read_attribute(o, 1, begin, x.rank, x.rank) < 0 ||
		read_attribute(o, 2, size.dim, x.rank, x.rank) < 0)
		return false;
	for (int i = 0; i < x.rank; i++) {
		int64_t rest = (int64_t)x.dim[i] - begin[i];
		if (begin[i] < 0 || size.dim[i] < REST || size.dim[i] > rest || rest < 1)
			return refuse(o, "%d elements from %d on axis %d of %s",
				size.dim[i], begin[i], i, dims_text(o, x));
		if (size.dim[i] == REST)
			size.dim[i] = (int)rest;
	}
	return expect_shape(o, 0, size) && import_cut(o, 0, 0, size);
}

/* ---- STRIDED_SLICE: entries for the axes of x in order, or for none, or for several */

typedef struct {
	Operator *o;
	Shape x, size, result; /* result: with the new axes, without the shrunk ones */
	int entries, begin[2 * MAX_RANK], end[2 * MAX_RANK], stride[2 * MAX_RANK];
} Cut;

static bool
add_result(Cut *c, int size)
{
	if (c->result.rank == MAX_RANK)
		return refuse(c->o, "too many dimensions");
	c->result.dim[c->result.rank++] = size;
	return true;
}

static int64_t
clip(int64_t v, int64_t low, int64_t high)
{
	return v < low ? low : v > high ? high : v;
}

/*
 * The next axis by entry i, as kernels/internal/strided_slice_logic.h takes it; i < 0: the
 * whole axis.
 */
static bool
cut_axis(Cut *c, int i)
{
	Operator *o = c->o;
	int axis = c->size.rank;
	int64_t size = c->x.dim[axis], step = i < 0 ? 1 : c->stride[i];
	int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
	bool from_edge = i < 0 || o->begin_mask >> i & 1;
	bool to_edge = i < 0 || o->end_mask >> i & 1;
	bool shrink = i >= 0 && o->shrink_axis_mask >> i & 1;

	if (!step)
		return refuse(o, "stride 0");
	int64_t first = from_edge ?
		(step > 0 ? 0 : size - 1) :
		clip(c->begin[i] < 0 ? c->begin[i] + size : c->begin[i], low, high);
	int64_t end = to_edge ? (step > 0 ? size : -1) :
		o->offset     ? c->end[i] + first :
				c->end[i];
	if (!to_edge)
		end = clip(end < 0 ? end + size : end, low, high);
	if (shrink) {
		step = 1;
		end = first + 1;
	}
	int64_t count = step > 0 ? (end - first + step - 1) / step :
				   (first - end - step - 1) / -step;
	if (first < 0 || first >= size || count < 1)
		return refuse(
			o, "nothing is left of axis %d of %s", axis, dims_text(o, c->x));
	o->attr.begin.dim[axis] = (int)first;
	o->attr.step.dim[axis] = (int)step;
	c->size.dim[c->size.rank++] = (int)count;
	return shrink || add_result(c, (int)count);
}

static bool
cut_all(Cut *c)
{
	Operator *o = c->o;
	int whole = c->x.rank -
		c->entries; /* axes of an ellipsis, beyond that of its entry */

	for (int i = 0; i < c->entries; i++)
		whole += (o->new_axis_mask & ~o->ellipsis_mask) >> i & 1;
	for (int i = 0; i < c->entries; i++) {
		bool ellipsis = o->ellipsis_mask >> i & 1;
		bool new_axis = !ellipsis && o->new_axis_mask >> i & 1;
		for (int k = 0; ellipsis && k <= whole; k++)
			if (c->size.rank == c->x.rank || !cut_axis(c, -1))
				return refuse(o, "more entries than axes");
		if (new_axis && !add_result(c, 1))
			return false;
		if (ellipsis || new_axis)
			continue;
		if (c->size.rank == c->x.rank)
			return refuse(o, "more entries than axes");
		if (!cut_axis(c, i))
			return false;
	}
	while (c->size.rank < c->x.rank)
		if (!cut_axis(c, -1))
			return false;
	return true;
}

bool
import_strided_slice(Operator *o)
{
	Cut c = { .o = o, .x = shape_in(o, 0) };

	c.entries = read_attribute(o, 1, c.begin, 0, 2 * MAX_RANK);
	o->attr.begin.rank = o->attr.step.rank = c.x.rank;
	return c.entries >= 0 && read_attribute(o, 2, c.end, c.entries, c.entries) >= 0 &&
		read_attribute(o, 3, c.stride, c.entries, c.entries) >= 0 &&
		cut_all(&c) && expect_shape(o, 0, c.result) &&
		import_cut(o, 0, 0, c.size);
}

/* ---- padding and transposition */

/* The stored value around the data: given, or the zero point. */
static bool
padding_value(const Operator *o, float *value)
{
	const Tensor *y = o->g->tensor + number_out(o, 0);

	*value = y->quant.count ? (float)y->quant.zero[0] : 0;
	if (o->importer->builtin == BUILTIN_PAD)
		return true;
	const Tensor *t = &file_tensor(o->model, o->input[2])->tensor;
	if (t->type != y->type || elements(&t->shape) != 1 || !t->data)
		return refuse(o, "the value (%s) must be a constant of the input's type",
			t->name);
	if (t->type == TYPE_f32) {
		*value = *(const float *)t->data;
		return true;
	}
	int64_t v = integer_of(t, 0);
	*value = (float)v;
	return (v >= -EXACT_FLOAT && v <= EXACT_FLOAT) ||
		refuse(o, "padding with %lld, beyond 2^24, is not supported",
			(long long)v);
}

bool
import_pad(Operator *o)
{
	int pads[2 * MAX_RANK], rank = shape_in(o, 0).rank, input = number_in(o, 0);
	Attr *a = &o->attr;

	if (read_attribute(o, 1, pads, 2 * rank, 2 * rank) < 0 ||
		!padding_value(o, &a->pad_value))
		return false;
	a->begin.rank = a->end.rank = rank;
	for (int i = 0; i < rank; i++) {
		a->begin.dim[i] = pads[2 * i];
		a->end.dim[i] = pads[2 * i + 1];
	}
	return import_node(o, OP_pad, &input, 1, number_out(o, 0));
}

bool
import_transpose(Operator *o)
{
	Shape *perm = &o->attr.perm;

	perm->rank = shape_in(o, 0).rank;
	return read_attribute(o, 1, perm->dim, perm->rank, perm->rank) >= 0 &&
		import_plain(o);
}
