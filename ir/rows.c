/* rows.c: which rows of an operand an output row needs. */
#include <math.h>

#include "ir.h"

int
kernel_height(const Graph *g, const Node *n)
{
	return n->op == OP_conv2d || n->op == OP_depthwise ? tensor_in(g, n, 1)->shape.dim[1] :
		n->attr.kernel_h;
}

int
kernel_width(const Graph *g, const Node *n)
{
	return n->op == OP_conv2d || n->op == OP_depthwise ? tensor_in(g, n, 1)->shape.dim[2] :
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

/*
 * TFLite's resize: the position of an output index in the source, in float32 as the
 * reference computes it, and in 10-bit fixed point (reference/resize_bilinear.h).
 */
Resample
resample(int out, int in_size, int out_size, bool align_corners, bool half_pixel)
{
	(void)out, (void)in_size, (void)out_size, (void)align_corners, (void)half_pixel;
	return (Resample){ 0 };
}

static int
clip(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

static Rows
window_rows(const Graph *g, const Node *n, int height, int r)
{
	int above = n->op == OP_pad ? n->attr.begin.dim[1] : n->attr.pad_top;
	int first = r * n->attr.stride_h - above;
	int last = first + (kernel_height(g, n) - 1) * n->attr.dilation_h;

	return (Rows){ clip(first, 0, height), clip(last + 1, 0, height), false };
}

static Rows
resize_rows(const Graph *g, const Node *n, int height, int r)
{
	Resample s = resample(r, height, tensor_out(g, n)->shape.dim[1],
		n->attr.align_corners, n->attr.half_pixel);

	return (Rows){ s.low, (n->op == OP_resize_nearest ? s.low : s.high) + 1, false };
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
	case ROWS_WINDOW:
		return window_rows(g, n, height, r);
	case ROWS_RESIZE:
		return resize_rows(g, n, height, r);
	default:
		return (Rows){ 0, height, true };
	}
}
