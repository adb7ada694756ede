/* compute.c: imports operators that compute new values. */
#include "tflite.h"

/* Codes of the schema's enums. */
enum { PADDING_SAME, PADDING_VALID };
enum { BIAS_FLOAT32 = 0, BIAS_INT32 = 2 };
/* Far beyond any use, and no sum of positions overflows. */
enum { WINDOW_LIMIT = 1 << 24 };

static bool
set_activation(const Operator *o, Node *n)
{
	static const char *const names[] = { "NONE", "RELU", "RELU_N1_TO_1", "RELU6",
		"TANH", "SIGN_BIT" };
	static const Act acts[] = { ACT_NONE, ACT_RELU, ACT_RELU_N1, ACT_RELU6 };
	int code = o->options.activation;
	int known = sizeof acts / sizeof *acts, named = sizeof names / sizeof *names;

	if (code >= 0 && code < known) {
		n->attr.act = (int)acts[code];
		return true;
	}
	if (code >= 0 && code < named)
		return refuse(o, "fused activation %s is not supported", names[code]);
	return refuse(o, "fused activation %d is not known", code);
}

/* A node of the operator's data operands whose output is as the file says. */
static Node *
emit_op(const Operator *o, Op op)
{
	int inputs = ops[op].most; /* the others are attributes */
	int input[2] = { number_in(o, 0), inputs > 1 ? number_in(o, 1) : -1 };

	return import_node(o, op, input, inputs, tensor_number(o->model, o->output[0]));
}

static Node *
emit_plain(const Operator *o)
{
	return emit_op(o, o->importer->op);
}

void
import_plain(Operator *o)
{
	emit_plain(o);
}

void
import_binary(Operator *o)
{
	Node *n = emit_plain(o);

	if (has_word(ops[n->op].attrs, "pot_int16"))
		n->attr.pot_int16 = o->options.pot_int16;
	set_activation(o, n);
}

void
import_quantize(Operator *o)
{
	bool real = o->g->tensor[number_in(o, 0)].type == TYPE_f32;

	emit_op(o, real ? OP_quantize : OP_requantize);
}

void
import_relu(Operator *o)
{
	int builtin = o->importer->builtin;
	Act act = builtin == BUILTIN_RELU ? ACT_RELU : ACT_RELU6;

	emit_plain(o)->attr.act =
		(int)(builtin == BUILTIN_RELU_N1_TO_1 ? ACT_RELU_N1 : act);
}

void
import_softmax(Operator *o)
{
	emit_plain(o)->attr.beta = o->options.beta;
}

void
import_leaky_relu(Operator *o)
{
	emit_plain(o)->attr.alpha = o->options.alpha;
}

/* ---- windows over rows and columns */

/*
 * What lies outside in one direction, by TFLite's rule (kernels/padding.h): SAME pads so that
 * the output has ceil(in / stride), less before than after.
 */
static bool
set_padding(const Operator *o, int in, int kernel, int stride, int dilation, int *before,
	int *after)
{
	int64_t extent = (int64_t)(kernel - 1) * dilation + 1, out, total;
	int padding = o->options.padding;

	if (stride < 1 || extent < 1 || extent > WINDOW_LIMIT)
		return refuse(o, "window of %d, stride %d, dilation %d", kernel, stride,
			dilation);
	if (padding == PADDING_VALID)
		return true;
	if (padding != PADDING_SAME)
		return refuse(o, "padding %d is not known", padding);
	out = ((int64_t)in + stride - 1) / stride;
	total = (out - 1) * stride + extent - in;
	*before = total > 0 ? (int)(total / 2) : 0;
	*after = total > 0 ? (int)total - *before : 0;
	return true;
}

/* A node with a window: kernel_h and kernel_w, as the weights or the options say. */
static void
emit_window(const Operator *o, const int *input, int inputs, int kernel_h, int kernel_w)
{
	Shape x = shape_in(o, 0);
	Attr a = attr_defaults();

	a.stride_h = o->options.stride_h;
	a.stride_w = o->options.stride_w;
	if (inputs > 1) {
		a.dilation_h = o->options.dilation_h;
		a.dilation_w = o->options.dilation_w;
	} else {
		a.kernel_h = kernel_h;
		a.kernel_w = kernel_w;
	}
	if (!set_padding(o, x.dim[1], kernel_h, a.stride_h, a.dilation_h, &a.pad_top,
		    &a.pad_bottom) ||
		!set_padding(o, x.dim[2], kernel_w, a.stride_w, a.dilation_w, &a.pad_left,
			&a.pad_right))
		return;
	Node *n = import_node(
		o, o->importer->op, input, inputs, tensor_number(o->model, o->output[0]));
	n->attr = a;
	set_activation(o, n);
}

void
import_pool(Operator *o)
{
	int input = number_in(o, 0);

	if (has_rank(o, 0, NHWC))
		emit_window(o, &input, 1, o->options.filter_h, o->options.filter_w);
}

/* ---- weights */

static bool
check_weights(const Operator *o)
{
	const Tensor *x = o->g->tensor + number_in(o, 0),
		     *w = o->g->tensor + number_in(o, 1);
	int bias = o->options.bias_type;

	if (x->type == TYPE_f32 && w->type == TYPE_s8) {
		refuse(o, "FLOAT32 activations with INT8 weights are not supported");
		note(o->g->diag,
			"convert with a representative dataset: INT8 activations");
		return false;
	}
	if (bias != BIAS_FLOAT32 && bias != BIAS_INT32)
		return refuse(o, "biases of type %d are not supported", bias);
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

void
import_convolution(Operator *o)
{
	int multiplier = o->options.depth_multiplier, input[3];

	if (!has_rank(o, 0, NHWC) || !has_rank(o, 1, NHWC) || !check_weights(o))
		return;
	Shape x = shape_in(o, 0), w = shape_in(o, 1);
	if (multiplier && (int64_t)multiplier * x.dim[3] != w.dim[3])
		refuse(o, "depth multiplier %d, but %d channels out of %d", multiplier,
			w.dim[3], x.dim[3]);
	else
		emit_window(o, input, weighted_inputs(o, input), w.dim[1], w.dim[2]);
}

/* ---- fully connected: x as rows of the weights' length, unless its dimensions are kept */

void
import_fully_connected(Operator *o)
{
	int input[3];

	if (o->options.weights_format) {
		refuse(o, "shuffled weights are not supported");
		note(o->g->diag, "convert without SHUFFLED4x16INT8");
		return;
	}
	if (!has_rank(o, 1, 2) || !check_weights(o))
		return;
	Shape x = shape_in(o, 0), w = shape_in(o, 1);
	int64_t batch = elements(&x) / w.dim[1];
	bool keep = o->options.keep_num_dims;
	if (elements(&x) % w.dim[1] ||
		(keep && (!x.rank || x.dim[x.rank - 1] != w.dim[1]))) {
		refuse(o, "an input of shape %s for weights of shape %s",
			shape_text(o->g->arena, &x), shape_text(o->g->arena, &w));
		return;
	}
	Shape rows = keep ? x : shape_of(2, (int)batch, w.dim[1]), y = rows;
	y.dim[y.rank - 1] = w.dim[0];
	int inputs = weighted_inputs(o, input);
	input[0] = reshaped(o, input[0], rows);
	Node *n = import_shaped(o, OP_dense, input, inputs, 0, y);
	if (n)
		set_activation(o, n);
}

/* ---- reductions: over axes that keep size 1 in the graph, and a reshape where they go */

static bool
normal_axes(const Operator *o, const int *given, int count, Shape *axes, int rank)
{
	bool seen[MAX_RANK] = { false };

	for (int i = 0; i < count; i++) {
		int axis = given[i];
		if (!normal_axis(o, &axis, rank))
			return false;
		seen[axis] = true;
	}
	for (int axis = 0; axis < rank; axis++)
		if (seen[axis])
			axes->dim[axes->rank++] = axis;
	return true;
}

/* A shape without those axes. */
static Shape
without(Shape s, const Shape *axes)
{
	Shape result = { 0 };
	int next = 0;

	for (int i = 0; i < s.rank; i++) {
		if (next < axes->rank && axes->dim[next] == i)
			next++;
		else
			result.dim[result.rank++] = s.dim[i];
	}
	return result;
}

static Node *
emit_reduction(const Operator *o, const Shape *axes, bool keep_dims)
{
	Shape x = shape_in(o, 0), kept = x;
	int input = number_in(o, 0);

	for (int i = 0; i < axes->rank; i++)
		kept.dim[axes->dim[i]] = 1;
	if (!expect_shape(o, 0, keep_dims ? kept : without(x, axes)))
		return NULL;
	return import_shaped(o, o->importer->op, &input, 1, 0, kept);
}

void
import_mean(Operator *o)
{
	int given[2 * MAX_RANK]; /* an axis may be given twice */
	int count = read_attribute(o, 1, given, 1, 2 * MAX_RANK);
	Shape axes = { 0 };

	if (count < 0 || !normal_axes(o, given, count, &axes, shape_in(o, 0).rank))
		return;
	Node *n = emit_reduction(o, &axes, o->options.keep_dims);
	if (n)
		n->attr.axes = axes;
}

void
import_arg_max(Operator *o)
{
	int axis;

	if (read_attribute(o, 1, &axis, 1, 1) < 0 ||
		!normal_axis(o, &axis, shape_in(o, 0).rank))
		return;
	Shape axes = shape_of(1, axis);
	Node *n = emit_reduction(o, &axes, false);
	if (n)
		n->attr.axis = axis;
}

/* ---- resize */

void
import_resize(Operator *o)
{
	int size[2];

	if (!has_rank(o, 0, NHWC) || read_attribute(o, 1, size, 2, 2) < 0)
		return;
	Shape y = shape_in(o, 0);
	y.dim[1] = size[0];
	y.dim[2] = size[1];
	if (!expect_shape(o, 0, y))
		return;
	Node *n = emit_plain(o);
	n->attr.align_corners = o->options.align_corners;
	n->attr.half_pixel = o->options.half_pixel;
}
