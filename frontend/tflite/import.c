/*
 * import.c: the nodes that each operator of the file becomes.  Shapes of outputs are the file's,
 * and infer() judges them; only what a node needs besides is read off attributes here.
 */
#include "tflite.h"

enum { EXACT_FLOAT = 1 << 24 }; /* integers up to here survive in a float attribute */

/* ---- nodes */

static Shape
shape_in(const Operator *o)
{
	return o->g->tensor[o->x[0]].shape;
}

/* Types are checked here, so that what is unsupported is said together. */
static bool
import_node(const Operator *o, Op op, const int *input, int inputs, int output)
{
	Type x = o->g->tensor[*input].type, y = o->g->tensor[output].type;
	Node *n = add_node(o->g, op, o->name, o->loc, input, inputs, output);

	n->number = o->number;
	if (op != OP_reshape) /* before or behind the operator's own node */
		n->attr = o->attr;
	return reference_has(TFLM, op, x, y) || reference_has(LITERT, op, x, y) ||
		refuse(o->file, "%s to %s is not supported", types[x].tflite,
			types[y].tflite);
}

bool
import_plain(Operator *o)
{
	return import_node(o, o->importer->op, o->x, o->x_count, o->y[0]);
}

/* A tensor like another, of as many elements in another shape. */
static int
tensor_like(const Operator *o, int tensor, Shape shape)
{
	Tensor like = o->g->tensor[tensor];

	like.name = format(o->g->arena, "%s_%dd", like.name, shape.rank);
	like.shape = shape;
	if (like.quant.count > 1)
		like.quant = (Quant){ 0 }; /* its axis is another, if any */
	like.origin = (Origin){ -1, like.type, shape };
	return add_tensor(o->g, &like);
}

/* A node on operand 0 that makes this shape, and a reshape if the file's output has another. */
static bool
import_shaped(const Operator *o, int output, Shape shape)
{
	int y = o->y[output], first = y;

	if (!same_shape(&o->g->tensor[y].shape, &shape))
		first = tensor_like(o, y, shape);
	return import_node(o, o->importer->op, o->x, 1, first) &&
		(first == y || import_node(o, OP_reshape, &first, 1, y));
}

static bool
normal_axis(const Operator *o, int *axis, int rank)
{
	int given = *axis;

	*axis += given < 0 ? rank : 0;
	return (*axis >= 0 && *axis < rank) ||
		refuse(o->file, "axis %d of %d", given, rank);
}

/* Of a slice: everything, so far. */
static void
take_all(Operator *o)
{
	Attr *a = &o->attr;

	a->begin.rank = a->step.rank = shape_in(o).rank;
	for (int i = 0; i < a->step.rank; i++)
		a->step.dim[i] = 1;
}

/* Every step-th entry of an attribute operand, from an entry on. */
static Shape
listed(const Operator *o, int operand, int from, int step)
{
	Shape s = { 0 };

	for (int i = from; i < o->list[operand].count && s.rank < MAX_RANK; i += step)
		s.dim[s.rank++] = o->list[operand].value[i];
	return s;
}

/* ---- operators that compute */

bool
import_quantize(Operator *o)
{
	bool real = o->g->tensor[o->x[0]].type == TYPE_f32;

	return import_node(o, real ? OP_quantize : OP_requantize, o->x, 1, o->y[0]);
}

/*
 * What lies outside in one direction: as much as the output's size needs, less before than
 * after (TFLite's kernels/padding.h); so it is nothing if the padding is VALID.
 */
static void
pad_axis(int in, int out, int kernel, int stride, int dilation, int *before, int *after)
{
	int64_t extent = ((int64_t)kernel - 1) * dilation + 1;
	int64_t total = ((int64_t)out - 1) * stride + extent - in;

	if (total > 0 && total <= INT32_MAX) { /* infer() refuses larger windows */
		*before = (int)(total / 2);
		*after = (int)total - *before;
	}
}

bool
import_window(Operator *o)
{
	Shape x = shape_in(o), y = o->g->tensor[o->y[0]].shape;
	Attr *a = &o->attr;
	Shape window = shape_of(NHWC, 1, a->kernel_h, a->kernel_w, 1);

	if (o->x_count > 1)
		window = o->g->tensor[o->x[1]].shape;
	pad_axis(x.dim[1], y.dim[1], window.dim[1], a->stride_h, a->dilation_h,
		&a->pad_top, &a->pad_bottom);
	pad_axis(x.dim[2], y.dim[2], window.dim[2], a->stride_w, a->dilation_w,
		&a->pad_left, &a->pad_right);
	return import_plain(o);
}

/* The node keeps the axes, of size 1, and a reshape follows where the file drops them. */
bool
import_reduction(Operator *o)
{
	Shape kept = shape_in(o), *axes = &o->attr.axes;

	for (int i = 0; i < o->list[1].count; i++) {
		int axis = o->list[1].value[i];
		if (!normal_axis(o, &axis, kept.rank))
			return false;
		kept.dim[axis] = 0; /* one may be given twice */
	}
	for (int i = 0; i < kept.rank; i++) {
		if (kept.dim[i])
			continue;
		kept.dim[i] = 1;
		if (o->importer->op == OP_mean)
			axes->dim[axes->rank++] = i;
		else
			o->attr.axis = i;
	}
	return import_shaped(o, 0, kept);
}

/* ---- operators that join */

/* The same bytes with one axis more, of size 1; a constant lies there in that shape as well. */
static int
with_axis(const Operator *o, int tensor, int axis)
{
	Shape s = o->g->tensor[tensor].shape;

	for (int k = s.rank++; k > axis; k--)
		s.dim[k] = s.dim[k - 1];
	s.dim[axis] = 1;
	int made = tensor_like(o, tensor, s);
	if (!o->g->tensor[tensor].data)
		import_node(o, OP_reshape, &tensor, 1, made);
	return made;
}

bool
import_concatenation(Operator *o)
{
	return normal_axis(o, &o->attr.axis, shape_in(o).rank) && import_plain(o);
}

bool
import_pack(Operator *o)
{
	if (!normal_axis(o, &o->attr.axis, shape_in(o).rank + 1))
		return false;
	for (int i = 0; i < o->x_count; i++)
		o->x[i] = with_axis(o, o->x[i], o->attr.axis);
	return import_plain(o);
}

/* ---- operators that cut: from attr.begin on in attr.step */

/* SPLIT, UNPACK: equal parts along an axis, one for each output. */
bool
import_parts(Operator *o)
{
	Shape size = shape_in(o);
	int axis = o->list[0].count ? o->list[0].value[0] : o->axis;

	if (!normal_axis(o, &axis, size.rank))
		return false;
	take_all(o);
	size.dim[axis] /= o->output_count;
	for (int i = 0; i < o->output_count; i++) {
		o->attr.begin.dim[axis] = i * size.dim[axis];
		if (!import_shaped(o, i, size))
			return false;
	}
	return true;
}

bool
import_slice(Operator *o)
{
	take_all(o);
	o->attr.begin = listed(o, 1, 0, 1);
	return import_plain(o);
}

/* Where entry i begins, as kernels/internal/strided_slice_logic.h has it. */
static int
first_of(const Operator *o, int i, int size)
{
	int first = o->list[1].value[i];
	bool edge = o->begin_mask >> i & 1;

	first += first < 0 ? size : 0;
	if (o->list[3].value[i] > 0)
		return edge || first < 0 ? 0 : first;
	return edge || first >= size ? size - 1 : first;
}

/*
 * Entries stand for the axes of x in order, or for a new one, or for several: the ellipsis.  How
 * many elements are taken is in the output's shape.
 */
bool
import_strided_slice(Operator *o)
{
	Shape cut = shape_in(o), y = o->g->tensor[o->y[0]].shape;
	int entries = o->list[1].count, made = o->new_axis_mask & ~o->ellipsis_mask;
	int several = cut.rank - entries + 1; /* axes of the ellipsis */
	int axis = 0, out = 0;

	take_all(o);
	for (int i = 0; i < entries; i++)
		several += made >> i & 1;
	for (int i = 0; i < entries; i++) {
		bool shrink = o->shrink_axis_mask >> i & 1;
		if (o->ellipsis_mask >> i & 1) {
			axis += several;
			out += several;
		} else if (made >> i & 1) {
			out++;
		} else {
			if (axis < 0 || axis >= cut.rank || out < 0 ||
				out >= y.rank + shrink || !o->list[3].value[i])
				return refuse(
					o->file, "entry %d has no axis, or stride 0", i);
			o->attr.begin.dim[axis] = first_of(o, i, cut.dim[axis]);
			o->attr.step.dim[axis] = shrink ? 1 : o->list[3].value[i];
			cut.dim[axis++] = shrink ? 1 : y.dim[out++];
		}
	}
	return import_shaped(o, 0, cut);
}

/* ---- padding and transposition */

/* Around the data lies a value of its own, or the zero point. */
bool
import_pad(Operator *o)
{
	const Tensor *y = o->g->tensor + o->y[0];
	Attr *a = &o->attr;

	a->begin = listed(o, 1, 0, 2);
	a->end = listed(o, 1, 1, 2);
	a->pad_value = y->quant.count ? (float)y->quant.zero[0] : 0;
	if (o->input_count > 2) {
		const Tensor *t = &o->model->tensor[o->input[2]].tensor;
		int v = o->list[2].value[0];
		bool real = t->type == TYPE_f32;
		if (t->type != y->type || o->list[2].count != 1)
			return refuse(
				o->file, "the value must be one of the input's type");
		if (!real && (v < -EXACT_FLOAT || v > EXACT_FLOAT))
			return refuse(o->file, "padding with %d, beyond 2^24", v);
		a->pad_value = real ? *(const float *)t->data : (float)v;
	}
	return import_plain(o);
}

bool
import_transpose(Operator *o)
{
	o->attr.perm = listed(o, 1, 0, 1);
	return import_plain(o);
}
