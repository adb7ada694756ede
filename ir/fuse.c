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

void
sweep(Graph *g)
{
	int *uses = count_uses(g), kept = 0;
	bool *dead = alloc_array(g->arena, (size_t)g->node_count, sizeof *dead);

	for (int i = g->node_count - 1; i >= 0; i--) {
		Node *n = g->node + i;

		dead[i] = uses[n->output] == 0;
		for (int k = 0; dead[i] && k < n->input_count; k++)
			if (n->input[k] >= 0)
				uses[n->input[k]]--;
		if (dead[i] && !tensor_out(g, n)->gone)
			tensor_out(g, n)->gone = "unused";
	}
	for (int i = 0; i < g->node_count; i++)
		if (!dead[i])
			g->node[kept++] = g->node[i];
	g->node_count = kept;
}

/* The node that makes operand 0; NULL: an input or a constant. */
static Node *
source(const Fuse *f, const Node *n)
{
	int at = f->made[n->input[0]];

	return at < 0 ? NULL : f->g->node + at;
}

/* Operand 0 is read from where a node before read its own. */
static void
bypass(Fuse *f, Node *n, const Node *before, const char *into)
{
	Graph *g = f->g;

	if (--f->uses[n->input[0]] == 0) {
		g->tensor[n->input[0]].gone = format(g->arena, "fused into %s", into);
		f->uses[before->input[0]]--;
	}
	n->input[0] = before->input[0];
	f->uses[n->input[0]]++;
}

/* ---- pads */

/* A pad before a convolution is the convolution's own, unless windows would see nothing else. */
static bool
absorb(int *before, int *after, int window, int dilation, int more_before, int more_after)
{
	int extent = (window - 1) * dilation + 1;

	if (*before + more_before >= extent || *after + more_after >= extent)
		return false;
	*before += more_before;
	*after += more_after;
	return true;
}

static bool
pads_with_zero(const Graph *g, const Node *pad)
{
	const Tensor *x = tensor_in(g, pad, 0), *y = tensor_out(g, pad);
	int32_t zero = y->quant.count ? y->quant.zero[0] : 0;

	return !pad->attr.begin.dim[0] && !pad->attr.end.dim[0] &&
		!pad->attr.begin.dim[3] && !pad->attr.end.dim[3] &&
		same_quant(&x->quant, &y->quant) && pad->attr.pad_value == (float)zero;
}

static void
fuse_pad(Fuse *f, Node *n)
{
	const Node *pad = source(f, n);
	Attr a = n->attr;

	if (!pad || pad->op != OP_pad || !pads_with_zero(f->g, pad))
		return;
	if (!absorb(&a.pad_top, &a.pad_bottom, kernel_height(f->g, n), a.dilation_h,
		    pad->attr.begin.dim[1], pad->attr.end.dim[1]) ||
		!absorb(&a.pad_left, &a.pad_right, kernel_width(f->g, n), a.dilation_w,
			pad->attr.begin.dim[2], pad->attr.end.dim[2]))
		return;
	n->attr = a;
	bypass(f, n, pad, n->name);
}

/* ---- activations */

/* One clamp for two, if it is one that we have; -1: it is not. */
static int
both_acts(int first, int then)
{
	static const signed char both[ACT_COUNT][ACT_COUNT] = {
		[ACT_NONE] = { ACT_NONE, ACT_RELU, ACT_RELU6, ACT_RELU_N1 },
		[ACT_RELU] = { ACT_RELU, ACT_RELU, ACT_RELU6, -1 },
		[ACT_RELU6] = { ACT_RELU6, ACT_RELU6, ACT_RELU6, -1 },
		[ACT_RELU_N1] = { ACT_RELU_N1, -1, -1, ACT_RELU_N1 },
	};

	return both[first][then];
}

/* With one scale, a relu only clamps. */
static void
fuse_relu(Fuse *f, Node *n)
{
	Graph *g = f->g;
	Node *before = source(f, n);
	const Tensor *x = tensor_in(g, n, 0), *y = tensor_out(g, n);

	if (!before || before->op == OP_relu || !has_word(ops[before->op].attrs, "act") ||
		f->uses[n->input[0]] != 1 || x->type != y->type ||
		!same_quant(&x->quant, &y->quant) || !same_shape(&x->shape, &y->shape))
		return;
	int act = both_acts(before->attr.act, n->attr.act);
	if (act < 0)
		return;
	g->tensor[before->output].gone = format(g->arena, "fused into %s", before->name);
	f->uses[before->output] = 0;
	f->made[n->output] = f->made[before->output];
	before->attr.act = act;
	before->output = n->output;
	n->output = -1;
}

/* ---- copies in disguise */

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
	const Node *before = source(f, n);

	if (!before || before->op != OP_recode)
		return;
	bypass(f, n, before, n->name);
	become_view(n);
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
	int kept = 0;

	f.made = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *f.made);
	for (int t = 0; t < g->tensor_count; t++)
		f.made[t] = -1;
	for (int i = 0; i < g->node_count; i++) {
		Node *n = g->node + i;

		f.made[n->output] = i;
		if (rules[n->op])
			rules[n->op](&f, n);
	}
	for (int i = 0; i < g->node_count; i++)
		if (g->node[i].output >= 0)
			g->node[kept++] = g->node[i];
	g->node_count = kept;
	sweep(g);
}
