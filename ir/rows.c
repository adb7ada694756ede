/* rows.c: which rows of an operand an output row needs. */
#include <math.h>

#include "ir.h"

int
kernel_height(const Graph *g, const Node *n)
{
	return n->op == OP_conv2d || n->op == OP_depthwise ?
		tensor_in(g, n, 1)->shape.dim[1] :
		n->attr.kernel_h;
}

int
kernel_width(const Graph *g, const Node *n)
{
	return n->op == OP_conv2d || n->op == OP_depthwise ?
		tensor_in(g, n, 1)->shape.dim[2] :
		n->attr.kernel_w;
}

int
row_count(const Graph *g, const Node *n)
{
	RowRule rule = ops[n->op].rows;

	if (rule == ROWS_WHOLE || rule == ROWS_PARTS || n->flat)
		return 1;
	return tensor_out(g, n)->shape.dim[1];
}

static int
clip(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

/* ---- resizing: where TFLite's reference kernels look for an output index ---- */

static float
resize_scale(const Node *n, int in, int out)
{
	return n->attr.align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) :
						  (float)in / (float)out;
}

/* reference/resize_nearest_neighbor.h */
static Resample
nearest(const Node *n, int at, int in, int out)
{
	float v =
		((float)at + (n->attr.half_pixel ? 0.5f : 0)) * resize_scale(n, in, out);
	int low = (int)(n->attr.align_corners ? roundf(v) : floorf(v));

	low = clip(low, 0, in - 1);
	return (Resample){ low, low, 0, 0 };
}

/* reference/resize_bilinear.h, float */
static Resample
interpolated(const Node *n, int at, int in, int out)
{
	float scale = resize_scale(n, in, out);
	float v = n->attr.half_pixel ? ((float)at + 0.5f) * scale - 0.5f :
				       (float)at * scale;
	int low = clip((int)floorf(v), 0, in - 1);

	return (Resample){ low, clip((int)ceilf(v), 0, in - 1), v - (float)low, 0 };
}

/* The same in 10-bit fixed point, for int8. */
static Resample
interpolated10(const Node *n, int at, int in, int out)
{
	enum { ONE = 1 << 10 };
	bool corners = n->attr.align_corners && out > 1;
	int from = corners ? in - 1 : in, to = corners ? out - 1 : out;
	int scale = (int)(((int64_t)ONE * from + to / 2) / to);
	int v = at * scale + (n->attr.half_pixel ? scale / 2 - ONE / 2 : 0);
	int low = clip(v / ONE, 0, in - 1);

	return (Resample){ low, clip((v + ONE - 1) / ONE, 0, in - 1), 0, v - low * ONE };
}

Resample
resample(const Graph *g, const Node *n, int axis, int at)
{
	const Tensor *x = tensor_in(g, n, 0);
	int in = x->shape.dim[axis], out = tensor_out(g, n)->shape.dim[axis];

	if (n->op == OP_resize_nearest)
		return nearest(n, at, in, out);
	return x->type == TYPE_s8 && !n->attr.x_bias ? interpolated10(n, at, in, out) :
						       interpolated(n, at, in, out);
}

int
window_start(const Node *n, int r)
{
	return r * n->attr.stride_h - (n->op == OP_pad ? n->attr.begin.dim[1] : n->attr.pad_top);
}

static Rows
window_rows(const Graph *g, const Node *n, int height, int r)
{
	int first = window_start(n, r);
	int last = first + (kernel_height(g, n) - 1) * n->attr.dilation_h;

	return (Rows){ clip(first, 0, height), clip(last + 1, 0, height), false };
}

static Rows
resize_rows(const Graph *g, const Node *n, int r)
{
	Resample s = resample(g, n, 1, r);

	return (Rows){ s.low, s.high + 1, false };
}

Rows
rows(const Graph *g, const Node *n, int operand, int r)
{
	const Tensor *x = tensor_in(g, n, operand);
	int height = x->shape.dim[1];

	if (x->data)
		return (Rows){ 0, height, true };
	switch (ops[n->op].rows) {
	case ROWS_SAME:
		return height == 1 ? (Rows){ 0, 1, false } : (Rows){ r, r + 1, false };
	case ROWS_WINDOW: return window_rows(g, n, height, r);
	case ROWS_RESIZE: return resize_rows(g, n, r);
	default: return (Rows){ 0, height, true };
	}
}
