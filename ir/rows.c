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

	if (rule == ROWS_WHOLE || rule == ROWS_PARTS || rule == ROWS_VIEW || n->flat)
		return 1;
	return tensor_out(g, n)->shape.dim[1];
}

static int
clip(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

/* Where TFLite's reference kernels look: reference/resize_nearest_neighbor.h, resize_bilinear.h. */
Resample
resample(const Graph *g, const Node *n, int axis, int at)
{
	enum { ONE = 1 << 10 }; /* of the fixed point for int8 */
	const Tensor *x = tensor_in(g, n, 0);
	int in = x->shape.dim[axis], out = tensor_out(g, n)->shape.dim[axis];
	bool corners = n->attr.align_corners && out > 1;
	int from = corners ? in - 1 : in, to = corners ? out - 1 : out;
	float scale = (float)from / (float)to, half = n->attr.half_pixel ? 0.5f : 0;
	float v = ((float)at + half) * scale;

	if (n->op == OP_resize_nearest) {
		int low = clip(
			(int)(n->attr.align_corners ? roundf(v) : floorf(v)), 0, in - 1);
		return (Resample){ low, low, 0, 0 };
	}
	if (x->type == TYPE_s8 && !n->attr.x_bias) {
		int step = (int)(((int64_t)ONE * from + to / 2) / to);
		int place = at * step + (n->attr.half_pixel ? step / 2 - ONE / 2 : 0);
		int low = clip(place / ONE, 0, in - 1);
		int high = clip((place + ONE - 1) / ONE, 0, in - 1);
		return (Resample){ low, high, 0, place - low * ONE };
	}
	v -= half;
	int low = clip((int)floorf(v), 0, in - 1);
	return (Resample){ low, clip((int)ceilf(v), 0, in - 1), v - (float)low, 0 };
}

int
window_start(const Node *n, int r)
{
	int above = n->op == OP_pad ? n->attr.begin.dim[1] :
		n->op == OP_row_slice       ? -n->attr.begin.dim[1] :
					      n->attr.pad_top;

	return r * n->attr.stride_h - above;
}

Rows
rows(const Graph *g, const Node *n, int operand, int r)
{
	const Tensor *x = tensor_in(g, n, operand);
	RowRule rule = ops[n->op].rows;
	int height = x->shape.dim[1];
	Rows needed = { height == 1 ? 0 : r, height == 1 ? 1 : r + 1, false };

	if (rule == ROWS_WINDOW) {
		int last = window_start(n, r) +
			(kernel_height(g, n) - 1) * n->attr.dilation_h;
		needed.first = clip(window_start(n, r), 0, height);
		needed.end = clip(last + 1, 0, height);
	} else if (rule == ROWS_RESIZE) {
		Resample s = resample(g, n, 1, r);
		needed.first = s.low;
		needed.end = s.high + 1;
	}
	if (x->data || (rule != ROWS_SAME && rule != ROWS_WINDOW && rule != ROWS_RESIZE))
		return (Rows){ 0, height, true };
	return needed;
}

int
step_count(const Graph *g, const Node *n)
{
	return ops[n->op].rows == ROWS_REDUCE ? tensor_in(g, n, 0)->shape.dim[1] :
						row_count(g, n);
}

int
first_row(const Graph *g, const Node *n, int operand, int r)
{
	int height = tensor_in(g, n, operand)->shape.dim[1];

	switch (ops[n->op].rows) {
	case ROWS_WINDOW: return window_start(n, r);
	case ROWS_RESIZE: return r < row_count(g, n) ? resample(g, n, 1, r).low : height;
	case ROWS_SAME: return height == 1 ? 0 : r;
	case ROWS_REDUCE: return r;
	default: return 0;
	}
}

int
end_row(const Graph *g, const Node *n, int operand, int r)
{
	if (n->flat)
		return tensor_in(g, n, operand)->shape.dim[1];
	return ops[n->op].rows == ROWS_REDUCE ? r + 1 : rows(g, n, operand, r).end;
}
