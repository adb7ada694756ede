/* compute.c: imports operators that compute new values. */
#include "tflite.h"

/* Codes of the schema's enums. */
enum { PADDING_SAME, PADDING_VALID };
enum { BIAS_FLOAT32 = 0, BIAS_INT32 = 2 };

/* Far beyond any use, and no sum of positions overflows. */
enum { WINDOW_LIMIT = 1 << 24 };

/* A node of the operator's data operands whose output is as the file says. */
static bool
import_as(const Operator *o, Op op)
{
	int inputs = ops[op].most; /* operands behind these are attributes */
	int input[2] = { number_in(o, 0), inputs > 1 ? number_in(o, 1) : -1 };

	return import_node(o, op, input, inputs, number_out(o, 0));
}

bool
import_plain(Operator *o)
{
	return import_as(o, o->importer->op);
}

bool
import_quantize(Operator *o)
{
	bool real = o->g->tensor[number_in(o, 0)].type == TYPE_f32;

	return import_as(o, real ? OP_quantize : OP_requantize);
}

bool
import_relu(Operator *o)
{
	int builtin = o->importer->builtin;

	o->attr.act = builtin == BUILTIN_RELU ? ACT_RELU : ACT_RELU6;
	if (builtin == BUILTIN_RELU_N1_TO_1)
		o->attr.act = ACT_RELU_N1;
	return import_plain(o);
}

/* ---- windows over rows and columns */

/*
 * What lies outside in one direction, by TFLite's rule (kernels/padding.h): SAME pads so
 * that the output has ceil(in / stride), less before than after.
 */
static bool
set_padding(const Operator *o, int in, int kernel, int stride, int dilation, int *before,
	int *after)
{
	int64_t extent = (int64_t)(kernel - 1) * dilation + 1, out, total;

	if (stride < 1 || extent < 1 || extent > WINDOW_LIMIT)
		return refuse(o, "window of %d, stride %d, dilation %d", kernel, stride,
			dilation);
	if (o->padding == PADDING_VALID)
		return true;
	if (o->padding != PADDING_SAME)
		return refuse(o, "padding %d is not known", o->padding);
	out = ((int64_t)in + stride - 1) / stride;
	total = (out - 1) * stride + extent - in;
	*before = total > 0 ? (int)(total / 2) : 0;
	*after = total > 0 ? (int)total - *before : 0;
	return true;
}

static bool
import_window(Operator *o, const int *input, int inputs, int kernel_h, int kernel_w)
{
	Shape x = shape_in(o, 0);
	Attr *a = &o->attr;

	return set_padding(o, x.dim[1], kernel_h, a->stride_h, a->dilation_h, &a->pad_top,
		       &a->pad_bottom) &&
		set_padding(o, x.dim[2], kernel_w, a->stride_w, a->dilation_w,
			&a->pad_left, &a->pad_right) &&
		import_node(o, o->importer->op, input, inputs, number_out(o, 0));
}

bool
import_pool(Operator *o)
{
	int input = number_in(o, 0);

	return has_rank(o, 0, NHWC) &&
		import_window(o, &input, 1, o->attr.kernel_h, o->attr.kernel_w);
}

/* ---- weights */

static bool
check_weights(const Operator *o)
{
	const Tensor *w = o->g->tensor + number_in(o, 1);

	if (o->g->tensor[number_in(o, 0)].type == TYPE_f32 && w->type == TYPE_s8) {
		refuse(o, "FLOAT32 activations with INT8 weights are not supported");
		note(o->g->diag,
			"convert with a representative dataset: INT8 activations");
		return false;
	}
	if (o->bias_type != BIAS_FLOAT32 && o->bias_type != BIAS_INT32)
		return refuse(o, "biases of type %d are not supported", o->bias_type);
	/* The reference takes these zero points as 0 without a look, but for dense ones. */
	bool zeros = w->type == TYPE_s8 && o->importer->op != OP_dense;
	for (int i = 0; zeros && i < w->quant.count; i++)
		if (w->quant.zero[i])
			return refuse(o, "INT8 weights (%s) with zero point %d", w->name,
				(int)w->quant.zero[i]);
	return true;
}

/* The inputs of a node with weights, and how many. */
static int
weighted_inputs(const Operator *o, int input[3])
{
	for (int i = 0; i < 3; i++)
		input[i] = number_in(o, i);
	return input[2] < 0 ? 2 : 3;
}

bool
import_convolution(Operator *o)
{
	int input[3], inputs = weighted_inputs(o, input);
	int64_t multiplier = o->depth_multiplier;

	if (!has_rank(o, 0, NHWC) || !has_rank(o, 1, NHWC) || !check_weights(o))
		return false;
	Shape x = shape_in(o, 0), w = shape_in(o, 1);
	if (multiplier && multiplier * x.dim[3] != w.dim[3])
		return refuse(o, "depth multiplier %lld, but %d channels out of %d",
			(long long)multiplier, w.dim[3], x.dim[3]);
	return import_window(o, input, inputs, w.dim[1], w.dim[2]);
}

/* x as rows of the weights' length, unless its dimensions are kept. */
bool
import_fully_connected(Operator *o)
{
	int input[3], inputs = weighted_inputs(o, input);

	if (o->weights_format) {
		refuse(o, "shuffled weights are not supported");
		note(o->g->diag, "convert without SHUFFLED4x16INT8");
		return false;
	}
	if (!has_rank(o, 1, 2) || !check_weights(o))
		return false;
	Shape x = shape_in(o, 0), w = shape_in(o, 1);
	Shape rows = shape_of(2, (int)(elements(&x) / w.dim[1]), w.dim[1]);
	if (o->keep_num_dims)
		rows = x;
	if (!rows.rank || rows.dim[rows.rank - 1] != w.dim[1] || elements(&x) % w.dim[1])
		return refuse(o, "an input of shape %s for weights of shape %s",
			dims_text(o, x), dims_text(o, w));
	input[0] = reshaped(o, input[0], rows);
	rows.dim[rows.rank - 1] = w.dim[0];
	return import_shaped(o, OP_dense, input, inputs, 0, rows);
}

/* ---- reductions: over axes that keep size 1 in the graph, and a reshape where they go */

static bool
import_reduction(Operator *o, unsigned axes, bool keep_dims)
{
	Shape x = shape_in(o, 0), kept = x, left = { 0 };
	int input = number_in(o, 0);

	for (int i = 0; i < x.rank; i++)
		if (axes >> i & 1)
			kept.dim[i] = 1;
		else
			left.dim[left.rank++] = x.dim[i];
	return expect_shape(o, 0, keep_dims ? kept : left) &&
		import_shaped(o, o->importer->op, &input, 1, 0, kept);
}

bool
import_mean(Operator *o)
{
	int given[2 * MAX_RANK]; /* an axis may be given twice */
	int count = read_attribute(o, 1, given, 1, 2 * MAX_RANK),
	    rank = shape_in(o, 0).rank;
	unsigned seen = 0;

	if (count < 0)
		return false;
	for (int i = 0; i < count; i++) {
		if (!normal_axis(o, given + i, rank))
			return false;
		seen |= 1u << given[i];
	}
	for (int axis = 0; axis < rank; axis++)
		if (seen >> axis & 1)
			o->attr.axes.dim[o->attr.axes.rank++] = axis;
	return import_reduction(o, seen, o->keep_dims);
}

bool
import_arg_max(Operator *o)
{
	int *axis = &o->attr.axis;

	return read_attribute(o, 1, axis, 1, 1) > 0 &&
		normal_axis(o, axis, shape_in(o, 0).rank) &&
		import_reduction(o, 1u << *axis, false);
}

/* ---- resize */

bool
import_resize(Operator *o)
{
	Shape y = shape_in(o, 0);

	return has_rank(o, 0, NHWC) && read_attribute(o, 1, y.dim + 1, 2, 2) > 0 &&
		expect_shape(o, 0, y) && import_plain(o);
}
