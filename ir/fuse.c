/* fuse.c: what a neighbour can do for nothing, bit for bit; and what nobody reads goes. */
#include "ir.h"

typedef struct {
	Graph *g;
	int *made; /* per tensor: the node that makes it; -1: none */
	int *uses; /* per tensor: operands and graph outputs that it is */
} Fuse;

static int *
count_uses(const Graph *g)
{
	int *uses = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *uses);

	for (int i = 0; i < g->node_count; i++)
		for (int k = 0; k < g->node[i].input_count; k++)
			if (g->node[i].input[k] >= 0)
				uses[g->node[i].input[k]]++;
	for (int i = 0; i < g->output_count; i++)
		uses[g->output[i].tensor]++;
	return uses;
}

/* A node without an output was fused into another. */
void
sweep(Graph *g)
{
	int *uses = count_uses(g), kept = 0;

	for (int i = g->node_count - 1; i >= 0; i--) {
		Node *n = g->node + i;

		if (n->output >= 0 && uses[n->output])
			continue;
		for (int k = 0; k < n->input_count; k++)
			if (n->input[k] >= 0)
				uses[n->input[k]]--;
		if (n->output >= 0 && !tensor_out(g, n)->gone)
			tensor_out(g, n)->gone = "unused";
		n->output = -1;
	}
	for (int i = 0; i < g->node_count; i++)
		if (g->node[i].output >= 0)
			g->node[kept++] = g->node[i];
	g->node_count = kept;
}

/* The node of this operator that makes operand 0; NULL: another does, or none. */
static Node *
source(const Fuse *f, const Node *n, Op op)
{
	int at = f->made[n->input[0]];

	return at < 0 || f->g->node[at].op != op ? NULL : f->g->node + at;
}

/* Operand 0 is read from where a node before read its own. */
static void
bypass(Fuse *f, Node *n, const Node *before)
{
	if (--f->uses[n->input[0]] == 0) {
		tensor_in(f->g, n, 0)->gone =
			format(f->g->arena, "fused into %s", n->name);
		f->uses[before->input[0]]--;
	}
	n->input[0] = before->input[0];
	f->uses[n->input[0]]++;
}

/* A pad of zero points before a convolution is its own, unless windows would see nothing else. */
static void
fuse_pad(Fuse *f, Node *n)
{
	const Node *pad = source(f, n, OP_pad);
	Attr a = n->attr;

	if (!pad)
		return;
	const Tensor *x = tensor_in(f->g, pad, 0), *y = tensor_out(f->g, pad);
	const int *begin = pad->attr.begin.dim, *end = pad->attr.end.dim;
	int height = (kernel_height(f->g, n) - 1) * a.dilation_h + 1;
	int width = (kernel_width(f->g, n) - 1) * a.dilation_w + 1;
	a.pad_top += begin[1], a.pad_bottom += end[1];
	a.pad_left += begin[2], a.pad_right += end[2];
	if (begin[0] || end[0] || begin[3] || end[3] || a.pad_top >= height ||
		a.pad_bottom >= height || a.pad_left >= width || a.pad_right >= width ||
		!same_quant(&x->quant, &y->quant) ||
		pad->attr.pad_value != (y->quant.count ? (float)y->quant.zero[0] : 0))
		return;
	n->attr = a;
	bypass(f, n, pad);
}

/* With one scale, a relu only clamps, and two clamps are mostly one. */
static void
fuse_relu(Fuse *f, Node *n)
{
	Graph *g = f->g;
	Node *before = f->made[n->input[0]] < 0 ? NULL : g->node + f->made[n->input[0]];
	const Tensor *y = tensor_out(g, n);
	Tensor *x = tensor_in(g, n, 0);

	if (!before || before->op == OP_relu || !has_word(ops[before->op].attrs, "act") ||
		f->uses[n->input[0]] != 1 || x->type != y->type ||
		!same_quant(&x->quant, &y->quant) || !same_shape(&x->shape, &y->shape))
		return;
	int first = before->attr.act, then = n->attr.act;
	if (first != ACT_NONE && (first == ACT_RELU_N1) != (then == ACT_RELU_N1))
		return; /* 0 .. 1 is none that we have */
	x->gone = format(g->arena, "fused into %s", before->name);
	f->made[n->output] = f->made[before->output];
	before->attr.act = first > then ? first : then; /* relu, relu6: the narrower */
	before->output = n->output;
	n->output = -1;
}

static void
become_view(Node *n)
{
	n->op = OP_reshape;
	n->attr = attr_defaults();
}

/* Back and forth. */
static void
fuse_recode(Fuse *f, Node *n)
{
	const Node *before = source(f, n, OP_recode);

	if (before) {
		bypass(f, n, before);
		become_view(n);
	}
}

/* With one scale the multiplier is 1, and so exact (concat's float form keeps its own). */
static void
fuse_requantize(Fuse *f, Node *n)
{
	const Tensor *x = tensor_in(f->g, n, 0), *y = tensor_out(f->g, n);

	if (x->type == y->type && same_quant(&x->quant, &y->quant) && !n->attr.x_bias)
		become_view(n);
}

static void (*const rules[OP_COUNT])(Fuse *, Node *) = {
	[OP_conv2d] = fuse_pad,
	[OP_depthwise] = fuse_pad,
	[OP_relu] = fuse_relu,
	[OP_recode] = fuse_recode,
	[OP_requantize] = fuse_requantize,
};

void
fuse(Graph *g)
{
	Fuse f = { .g = g, .uses = count_uses(g) };

	f.made = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *f.made);
	for (int t = 0; t < g->tensor_count; t++)
		f.made[t] = -1;
	for (int i = 0; i < g->node_count; i++) {
		f.made[g->node[i].output] = i;
		if (rules[g->node[i].op])
			rules[g->node[i].op](&f, g->node + i);
	}
	sweep(g);
}
