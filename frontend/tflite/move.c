/* move.c: imports operators that move, cut, join or reinterpret data. */
#include "tflite.h"

enum { EXACT_FLOAT = 1 << 24 }; /* integers up to here survive in a float attribute */
enum { REST = -1 };             /* SLICE: a size that reaches the end */

static void
emit_reshape(const Operator *o, Shape shape)
{
	int input = number_in(o, 0);

	if (expect_shape(o, 0, shape))
		import_node(
			o, OP_reshape, &input, 1, tensor_number(o->model, o->output[0]));
}

static Shape
inserted(Shape s, int axis, int size)
{
	for (int i = s.rank++; i > axis; i--)
		s.dim[i] = s.dim[i - 1];
	s.dim[axis] = size;
	return s;
}

static Shape
removed(Shape s, int axis)
{
	s.rank--;
	for (int i = axis; i < s.rank; i++)
		s.dim[i] = s.dim[i + 1];
	s.dim[s.rank] = 0;
	return s;
}

/* ---- reshapes */

/* The new shape, from operand 1 or from the options; false: neither says it. */
static int
wanted_shape(const Operator *o, int *dim)
{
	const Vector *dims = &o->options.dims;

	if (o->input_count > 1 && o->input[1] >= 0)
		return read_attribute(o, 1, dim, 0, MAX_RANK);
	if (dims->count > MAX_RANK) {
		refuse(o, "%zu dimensions", dims->count);
		return -1;
	}
	for (size_t i = 0; i < dims->count; i++)
		dim[i] = int_of(dims, i);
	return (int)dims->count;
}

/* One dimension may be -1: what the others leave. */
void
import_reshape(Operator *o)
{
	Shape x = shape_in(o, 0), y = { 0 };
	int64_t known = 1;
	int unknown = -1;

	y.rank = wanted_shape(o, y.dim);
	if (y.rank < 0)
		return;
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
		refuse(o, "%s cannot have shape %s", shape_text(o->g->arena, &x),
			shape_text(o->g->arena, &y));
	else
		emit_reshape(o, y);
}

void
import_squeeze(Operator *o)
{
	Shape x = shape_in(o, 0), y = { 0 };
	const Vector *dims = &o->options.dims;
	bool gone[MAX_RANK] = { false };

	for (size_t i = 0; i < dims->count; i++) {
		int axis = int_of(dims, i);
		if (!normal_axis(o, &axis, x.rank))
			return;
		gone[axis] = true;
		if (x.dim[axis] != 1) {
			refuse(o, "axis %d of %s is not 1", axis,
				shape_text(o->g->arena, &x));
			return;
		}
	}
	for (int i = 0; i < x.rank; i++)
		if (dims->count ? !gone[i] : x.dim[i] != 1)
			y.dim[y.rank++] = x.dim[i];
	emit_reshape(o, y);
}

void
import_expand_dims(Operator *o)
{
	Shape x = shape_in(o, 0);
	int axis;

	if (read_attribute(o, 1, &axis, 1, 1) < 0 || !normal_axis(o, &axis, x.rank + 1))
		return;
	emit_reshape(o, inserted(x, axis, 1));
}

/* ---- joining */

/* Concatenates what the operator's operands have become. */
static void
emit_concat(const Operator *o, const int *input, int axis)
{
	import_node(o, OP_concat, input, o->input_count,
		tensor_number(o->model, o->output[0]))
		->attr.axis = axis;
}

void
import_concatenation(Operator *o)
{
	int axis = o->options.axis;
	int *input = alloc_array(o->g->arena, (size_t)o->input_count, sizeof *input);

	for (int i = 0; i < o->input_count; i++)
		input[i] = number_in(o, i);
	if (o->options.activation)
		refuse(o, "a fused activation is not supported");
	else if (normal_axis(o, &axis, shape_in(o, 0).rank))
		emit_concat(o, input, axis);
}

void
import_pack(Operator *o)
{
	Shape x = shape_in(o, 0);
	int axis = o->options.axis;
	int *input = alloc_array(o->g->arena, (size_t)o->input_count, sizeof *input);

	if (!normal_axis(o, &axis, x.rank + 1))
		return;
	if (o->options.number != o->input_count) {
		refuse(o, "%d operands, but options say %d", o->input_count,
			o->options.number);
		return;
	}
	for (int i = 0; i < o->input_count; i++) {
		Shape other = shape_in(o, i);
		if (!same_shape(&x, &other)) {
			refuse(o, "operand %d has shape %s, operand 0 %s", i,
				shape_text(o->g->arena, &other),
				shape_text(o->g->arena, &x));
			return;
		}
		input[i] = reshaped(o, number_in(o, i), inserted(x, axis, 1));
	}
	emit_concat(o, input, axis);
}

/* ---- cutting */

static void
emit_slice(
	const Operator *o, int operand, int output, Shape begin, Shape step, Shape size)
{
	int input = number_in(o, operand);
	Node *n = import_shaped(o, OP_slice, &input, 1, output, size);

	if (n) {
		n->attr.begin = begin;
		n->attr.step = step;
	}
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
static void
emit_parts(const Operator *o, int operand, int axis, bool keep)
{
	Shape x = shape_in(o, operand), size = x, begin = all(x.rank, 0);
	int parts = o->output_count;

	if (o->options.number != parts || x.dim[axis] % parts ||
		(!keep && x.dim[axis] != parts)) {
		refuse(o, "%d parts of %s along axis %d for %d outputs",
			o->options.number, shape_text(o->g->arena, &x), axis, parts);
		return;
	}
	size.dim[axis] = x.dim[axis] / parts;
	for (int i = 0; i < parts; i++) {
		if (!expect_shape(o, i, keep ? size : removed(size, axis)))
			return;
		begin.dim[axis] = i * size.dim[axis];
		emit_slice(o, operand, i, begin, all(x.rank, 1), size);
	}
}

void
import_split(Operator *o)
{
	int axis;

	if (read_attribute(o, 0, &axis, 1, 1) >= 0 &&
		normal_axis(o, &axis, shape_in(o, 1).rank))
		emit_parts(o, 1, axis, true);
}

void
import_unpack(Operator *o)
{
	int axis = o->options.axis;

	if (normal_axis(o, &axis, shape_in(o, 0).rank))
		emit_parts(o, 0, axis, false);
}

void
import_slice(Operator *o)
{
	Shape x = shape_in(o, 0), begin = { .rank = x.rank }, size = begin;

	if (read_attribute(o, 1, begin.dim, x.rank, x.rank) < 0 ||
		read_attribute(o, 2, size.dim, x.rank, x.rank) < 0)
		return;
	for (int i = 0; i < x.rank; i++) {
		if (size.dim[i] == REST)
			size.dim[i] = x.dim[i] - begin.dim[i];
		if (begin.dim[i] < 0 || size.dim[i] < 1 ||
			size.dim[i] > x.dim[i] - begin.dim[i]) {
			refuse(o, "%d elements from %d on axis %d of %s", size.dim[i],
				begin.dim[i], i, shape_text(o->g->arena, &x));
			return;
		}
	}
	if (expect_shape(o, 0, size))
		emit_slice(o, 0, 0, begin, all(x.rank, 1), size);
}

/* ---- STRIDED_SLICE: entries for the axes of x in order, or for none, or for several */

typedef struct {
	const Operator *o;
	Shape x;
	int entries, begin[2 * MAX_RANK], end[2 * MAX_RANK], stride[2 * MAX_RANK];
	Shape first, step, size,
		result; /* result: with the new axes, without the shrunk ones */
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

/* The next axis by entry i (kernels/internal/strided_slice_logic.h); i < 0: the whole axis. */
static bool
cut_axis(Cut *c, int i)
{
	const Options *options = &c->o->options;
	int axis = c->first.rank;
	int64_t size = c->x.dim[axis], step = i < 0 ? 1 : c->stride[i];
	int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
	bool from_edge = i < 0 || options->begin_mask >> i & 1;
	bool to_edge = i < 0 || options->end_mask >> i & 1;
	bool shrink = i >= 0 && options->shrink_axis_mask >> i & 1;

	if (!step)
		return refuse(c->o, "stride 0");
	int64_t first = from_edge ?
		(step > 0 ? 0 : size - 1) :
		clip(c->begin[i] < 0 ? c->begin[i] + size : c->begin[i], low, high);
	int64_t end = to_edge   ? (step > 0 ? size : -1) :
		options->offset ? c->end[i] + first :
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
		return refuse(c->o, "nothing is left of axis %d of %s", axis,
			shape_text(c->o->g->arena, &c->x));
	c->first.dim[c->first.rank++] = (int)first;
	c->step.dim[c->step.rank++] = (int)step;
	c->size.dim[c->size.rank++] = (int)count;
	return shrink || add_result(c, (int)count);
}

static bool
cut_all(Cut *c)
{
	const Options *options = &c->o->options;
	int whole = c->x.rank -
		c->entries; /* axes of an ellipsis, beyond the one of its entry */

	for (int i = 0; i < c->entries; i++)
		whole += (options->new_axis_mask & ~options->ellipsis_mask) >> i & 1;
	for (int i = 0; i < c->entries; i++) {
		bool ellipsis = options->ellipsis_mask >> i & 1;
		bool new_axis = !ellipsis && options->new_axis_mask >> i & 1;
		for (int k = 0; ellipsis && k <= whole; k++)
			if (c->first.rank == c->x.rank || !cut_axis(c, -1))
				return refuse(c->o, "more entries than axes");
		if (new_axis && !add_result(c, 1))
			return false;
		if (ellipsis || new_axis)
			continue;
		if (c->first.rank == c->x.rank)
			return refuse(c->o, "more entries than axes");
		if (!cut_axis(c, i))
			return false;
	}
	while (c->first.rank < c->x.rank)
		if (!cut_axis(c, -1))
			return false;
	return true;
}

void
import_strided_slice(Operator *o)
{
	Cut c = { .o = o, .x = shape_in(o, 0) };

	c.entries = read_attribute(o, 1, c.begin, 0, 2 * MAX_RANK);
	if (c.entries < 0 || read_attribute(o, 2, c.end, c.entries, c.entries) < 0 ||
		read_attribute(o, 3, c.stride, c.entries, c.entries) < 0)
		return;
	if (cut_all(&c) && expect_shape(o, 0, c.result))
		emit_slice(o, 0, 0, c.first, c.step, c.size);
}

/* ---- padding and transposition */

/* The stored value around the data: given, or the zero point. */
static bool
padding_value(const Operator *o, float *value)
{
	const Tensor *y = o->g->tensor + tensor_number(o->model, o->output[0]);

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

void
import_pad(Operator *o)
{
	int pads[2 * MAX_RANK], rank = shape_in(o, 0).rank, input = number_in(o, 0);
	float value;

	if (read_attribute(o, 1, pads, 2 * rank, 2 * rank) < 0 ||
		!padding_value(o, &value))
		return;
	Node *n =
		import_node(o, OP_pad, &input, 1, tensor_number(o->model, o->output[0]));
	n->attr.begin = n->attr.end = all(rank, 0);
	for (int i = 0; i < rank; i++) {
		n->attr.begin.dim[i] = pads[2 * i];
		n->attr.end.dim[i] = pads[2 * i + 1];
	}
	n->attr.pad_value = value;
}

void
import_transpose(Operator *o)
{
	Shape perm = { .rank = shape_in(o, 0).rank };
	int input = number_in(o, 0);

	if (read_attribute(o, 1, perm.dim, perm.rank, perm.rank) >= 0)
		import_node(
			o, OP_transpose, &input, 1, tensor_number(o->model, o->output[0]))
			->attr.perm = perm;
}
