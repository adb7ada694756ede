/* compute.c: imports operators that compute new values. */
#include <math.h>

#include "tflite.h"

/* Codes of the schema's enums. */
enum { PADDING_SAME, PADDING_VALID };
enum { BIAS_FLOAT32 = 0, BIAS_INT32 = 2 };
enum { WINDOW_LIMIT = 1 << 24 }; /* far beyond any use, and no sum of positions overflows */

static bool
set_activation(const Operator *o, Node *n)
{
	static const char *const names[] = { "NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH",
		"SIGN_BIT" };
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
emit_plain(const Operator *o)
{
	int input[2] = { number_in(o, 0), number_in(o, 1) };

	return emit(o, o->importer->op, input, o->input_count,
		tensor_number(o->model, o->output[0]));
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

	n->attr.pot_int16 = o->importer->op == OP_add || o->importer->op == OP_sub ?
		o->options.pot_int16 : 0;
	set_activation(o, n);
}

void
import_quantize(Operator *o)
{
	bool real = o->g->tensor[number_in(o, 0)].type == TYPE_f32;

	emit_plain(o)->op = real ? OP_quantize : OP_requantize;
}

void
import_relu(Operator *o)
{
	int builtin = o->importer->builtin;
	Act act = builtin == BUILTIN_RELU ? ACT_RELU : builtin == BUILTIN_RELU6 ? ACT_RELU6 :
		ACT_RELU_N1;

	emit_plain(o)->attr.act = (int)act;
}

void
import_softmax(Operator *o)
{
	if (!isfinite(o->options.beta) || o->options.beta <= 0)
		refuse(o, "beta %g: it must be positive", (double)o->options.beta);
	else
		emit_plain(o)->attr.beta = o->options.beta;
}

void
import_leaky_relu(Operator *o)
{
	if (!isfinite(o->options.alpha))
		refuse(o, "alpha %g", (double)o->options.alpha);
	else
		emit_plain(o)->attr.alpha = o->options.alpha;
}

/* ---- windows over rows and columns */

/*
 * One direction: the output's size, and what lies outside on either side, by TFLite's rule
 * (kernels/padding.h): SAME pads so that the output has ceil(in / stride), less before.
 */
static bool
window_1d(const Operator *o, int in, int kernel, int stride, int dilation, int *out, int pad[2])
{
	if (kernel < 1 || stride < 1 || dilation < 1 || stride > WINDOW_LIMIT ||
	    (int64_t)(kernel - 1) * dilation >= WINDOW_LIMIT)
		return refuse(o, "window of %d, stride %d, dilation %d", kernel, stride, dilation);
	int extent = (kernel - 1) * dilation + 1;
	bool same = o->options.padding == PADDING_SAME;
	if (!same && (extent > in || o->options.padding != PADDING_VALID))
		return refuse(o, extent > in ? "a window of %d does not fit in %d without padding" :
			"window of %d over %d: padding of an unknown kind", extent, in);
	int64_t covered = same ? in : in - extent + 1;
	*out = (int)((covered + stride - 1) / stride);
	int64_t total = (int64_t)(*out - 1) * stride + extent - in;
	if (!same || total < 0)
		total = 0;
	pad[0] = (int)(total / 2);
	pad[1] = (int)(total - pad[0]);
	return true;
}

/* Sets the padding for what else the attributes say and the output's height and width. */
static bool
set_window(const Operator *o, Shape x, int kernel_h, int kernel_w, Attr *a, Shape *y)
{
	int vertical[2], horizontal[2];

	a->stride_h = o->options.stride_h;
	a->stride_w = o->options.stride_w;
	if (!window_1d(o, x.dim[1], kernel_h, a->stride_h, a->dilation_h, y->dim + 1, vertical) ||
	    !window_1d(o, x.dim[2], kernel_w, a->stride_w, a->dilation_w, y->dim + 2, horizontal))
		return false;
	a->pad_top = vertical[0];
	a->pad_bottom = vertical[1];
	a->pad_left = horizontal[0];
	a->pad_right = horizontal[1];
	return true;
}

void
import_pool(Operator *o)
{
	Shape x = shape_in(o, 0), y = x;
	Attr attr = attr_defaults();

	attr.kernel_h = o->options.filter_h;
	attr.kernel_w = o->options.filter_w;
	if (!is_image(o))
		return;
	if (!set_window(o, x, attr.kernel_h, attr.kernel_w, &attr, &y) || !expect(o, 0, y))
		return;
	Node *n = emit_plain(o);
	n->attr = attr;
	set_activation(o, n);
}

/* ---- weights and biases */

static const Tensor *
tensor_of(const Operator *o, int operand)
{
	int number = number_in(o, operand);

	return number < 0 ? NULL : o->g->tensor + number;
}

/* The weights of an operator with one output channel per index of axis; false: said. */
static bool
check_weights(const Operator *o, int rank, int axis)
{
	const Tensor *x = tensor_of(o, 0), *w = tensor_of(o, 1);

	if (!w->data) {
		refuse(o, "its weights (%s) are computed", w->name);
		note(o->g->diag, "only constant weights are supported");
		return false;
	}
	if (x->type == TYPE_f32 && w->type != TYPE_f32) {
		refuse(o, "FLOAT32 activations with %s weights (dynamic range quantization) are not "
			"supported", types[w->type].tflite);
		note(o->g->diag, "convert with a representative dataset, so that activations are INT8");
		return false;
	}
	if (w->type != x->type)
		return refuse(o, "%s weights for %s activations are not supported",
			types[w->type].tflite, types[x->type].tflite);
	if (w->shape.rank != rank)
		return refuse(o, "weights of shape %s", shape_text(o->g->arena, &w->shape));
	if (w->type != TYPE_f32 && !w->quant.count)
		return refuse(o, "its weights (%s) have no scale", w->name);
	if (w->quant.count > 1 && (w->quant.axis != axis || w->type != TYPE_s8))
		return refuse(o, "its weights (%s) have a scale per index of axis %d", w->name,
			w->quant.axis);
	return true;
}

/* Kernels for int8 take the weights' zero point as 0, but for dense ones. */
static bool
check_weight_zeros(const Operator *o)
{
	const Tensor *w = tensor_of(o, 1);

	if (w->type == TYPE_s8 && o->importer->op != OP_dense)
		for (int i = 0; i < w->quant.count; i++)
			if (w->quant.zero[i])
				return refuse(o, "INT8 weights (%s) with zero point %d", w->name,
					w->quant.zero[i]);
	return true;
}

static bool
check_bias(const Operator *o, int channels)
{
	const Tensor *w = tensor_of(o, 1), *bias = tensor_of(o, 2);
	int kind = o->options.bias_type;

	if (kind != BIAS_FLOAT32 && kind != BIAS_INT32)
		return refuse(o, "biases of type %d are not supported", kind);
	if (!bias)
		return true;
	if (!bias->data)
		return refuse(o, "its bias (%s) is computed; only constants are supported",
			bias->name);
	if (bias->type != (w->type == TYPE_f32 ? TYPE_f32 : TYPE_s32))
		return refuse(o, "%s bias for %s weights", types[bias->type].tflite,
			types[w->type].tflite);
	if (elements(&bias->shape) != channels)
		return refuse(o, "bias of shape %s for %d channels",
			shape_text(o->g->arena, &bias->shape), channels);
	return true;
}

/* ---- convolutions */

static bool
check_depthwise(const Operator *o, Shape x, Shape w)
{
	int multiplier = o->options.depth_multiplier;

	if (w.dim[0] != 1 || w.dim[3] % x.dim[3])
		return refuse(o, "weights of shape %s for %d channels",
			shape_text(o->g->arena, &w), x.dim[3]);
	if (multiplier && multiplier != w.dim[3] / x.dim[3])
		return refuse(o, "depth multiplier %d, but %d channels out of %d", multiplier,
			w.dim[3], x.dim[3]);
	return true;
}

/* Weights with fewer input channels than x make groups: each output sees its group's. */
static bool
check_groups(const Operator *o, Shape x, Shape w)
{
	if (x.dim[3] % w.dim[3] || w.dim[0] % (x.dim[3] / w.dim[3]))
		return refuse(o, "weights of shape %s for %d channels",
			shape_text(o->g->arena, &w), x.dim[3]);
	return true;
}

void
import_convolution(Operator *o)
{
	bool depthwise = o->importer->op == OP_depthwise;
	Shape x = shape_in(o, 0), w = shape_in(o, 1), y = x;
	int channel_axis = depthwise ? 3 : 0;
	Attr attr = attr_defaults();

	if (!is_image(o))
		return;
	if (!check_weights(o, NHWC, channel_axis) || !check_weight_zeros(o) ||
	    !(depthwise ? check_depthwise(o, x, w) : check_groups(o, x, w)) ||
	    !check_bias(o, w.dim[channel_axis]))
		return;
	attr.dilation_h = o->options.dilation_h;
	attr.dilation_w = o->options.dilation_w;
	y.dim[3] = w.dim[channel_axis];
	if (!set_window(o, x, w.dim[1], w.dim[2], &attr, &y) || !expect(o, 0, y))
		return;
	int input[] = { number_in(o, 0), number_in(o, 1), number_in(o, 2) };
	Node *n = emit(o, o->importer->op, input, input[2] < 0 ? 2 : 3,
		tensor_number(o->model, o->output[0]));
	n->attr = attr;
	set_activation(o, n);
}

/* ---- fully connected: x as rows of the weights' length, unless its dimensions are kept */

void
import_fully_connected(Operator *o)
{
	if (!check_weights(o, 2, 0))
		return;
	Shape x = shape_in(o, 0), w = shape_in(o, 1);
	int64_t batch = elements(&x) / w.dim[1];
	bool keep = o->options.keep_num_dims;
	if (o->options.weights_format) {
		refuse(o, "shuffled weights are not supported");
		note(o->g->diag, "convert without SHUFFLED4x16INT8");
		return;
	}
	if (elements(&x) % w.dim[1] || (keep && (!x.rank || x.dim[x.rank - 1] != w.dim[1]))) {
		refuse(o, "an input of shape %s for weights of shape %s",
			shape_text(o->g->arena, &x), shape_text(o->g->arena, &w));
		return;
	}
	if (!check_bias(o, w.dim[0]))
		return;
	Shape rows = keep ? x : shape_of(2, (int)batch, w.dim[1]), y = rows;
	y.dim[y.rank - 1] = w.dim[0];
	if (elements(&y) != (int64_t)batch * w.dim[0] || (keep && !expect(o, 0, y)))
		return;
	int input[] = { reshaped(o, number_in(o, 0), rows), number_in(o, 1), number_in(o, 2) };
	Node *n = make(o, OP_dense, input, input[2] < 0 ? 2 : 3, 0, y);
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
	if (!expect(o, 0, keep_dims ? kept : without(x, axes)))
		return NULL;
	return make(o, o->importer->op, &input, 1, 0, kept);
}

void
import_mean(Operator *o)
{
	int given[2 * MAX_RANK]; /* an axis may be given twice */
	int count = attribute(o, 1, given, 1, 2 * MAX_RANK);
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

	if (attribute(o, 1, &axis, 1, 1) < 0 || !normal_axis(o, &axis, shape_in(o, 0).rank))
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
	Shape x = shape_in(o, 0), y = x;
	int size[2];

	if (!is_image(o) || attribute(o, 1, size, 2, 2) < 0)
		return;
	y.dim[1] = size[0];
	y.dim[2] = size[1];
	if (o->options.align_corners && o->options.half_pixel) {
		refuse(o, "align_corners and half_pixel_centers exclude each other");
		return;
	}
	if (!expect(o, 0, y))
		return;
	int input = number_in(o, 0);
	Node *n = make(o, o->importer->op, &input, 1, 0, y);
	n->attr.align_corners = o->options.align_corners;
	n->attr.half_pixel = o->options.half_pixel;
}
