/*
 * legalize.c: our operators only.  Here: whose arithmetic each node follows, uint8 become int8,
 * and concats of one scale; canonical.c does the shapes.
 *
 * A quantized uint8 tensor is stored as int8, 128 less, zero point too: the same real values, and
 * almost all arithmetic is the same.  What only moves bytes does not care, so uint8 stays where
 * nothing in the graph computes with it.  The caller's tensors keep uint8; a recode stands between.
 */
#include <string.h>

#include "ir.h"

enum { SHIFT = 128 }; /* from uint8 to int8 */

/* Reads uint8 and int8 alike, by their values. */
static bool
takes_any(Op op)
{
	return op == OP_cast || op == OP_arg_max || op == OP_recode;
}

/* What moves bytes takes any type. */
bool
computes(Op op)
{
	return !takes_any(op) && !reference_has(LITERT, op, TYPE_s16, TYPE_s16);
}

/* A tensor of the same values as a given one, to stand beside it. */
static int
sibling(Graph *g, int tensor, Type type, const char *suffix)
{
	int made = tensor_beside(g, tensor, suffix, g->tensor[tensor].shape);

	g->tensor[made].type = type;
	return made;
}

/* ---- whose arithmetic */

/*
 * LiteRT rescales a concat's uint8 operands, in float, and refuses int8 ones of other scales;
 * TFLM copies int8 as it is.
 */
static void
requantize_operands(Graph *g, Node *n)
{
	const Quant quant = tensor_out(g, n)->quant;
	bool scaled = tensor_out(g, n)->type == TYPE_u8 && quant.count == 1;

	for (int k = 0; k < n->input_count; k++)
		scaled &= tensor_in(g, n, k)->quant.count == 1;
	for (int k = 0; scaled && k < n->input_count; k++) {
		if (same_quant(&tensor_in(g, n, k)->quant, &quant))
			continue;
		int made = sibling(g, n->input[k], TYPE_u8, ".scaled");
		g->tensor[made].quant = quant;
		Node *r = add_node(g, OP_requantize, g->tensor[made].name, n->loc,
			&n->input[k], 1, made);
		r->dialect = LITERT;
		r->attr.x_bias = SHIFT;
		n->input[k] = made;
	}
}

/* A depthwise convolution of one channel is one of all channels: the same sums, weights turned. */
static void
spread_channel(Graph *g, Node *n)
{
	const Tensor *w = tensor_in(g, n, 1);

	if (n->op != OP_depthwise || tensor_in(g, n, 0)->shape.dim[3] > 1 || !w->data)
		return;
	Shape s = shape_of(NHWC, w->shape.dim[3], w->shape.dim[1], w->shape.dim[2], 1);
	size_t bytes = (size_t)types[w->type].bytes, outputs = (size_t)s.dim[0];
	size_t count = (size_t)elements(&s), taps = count / outputs;
	char *turned = alloc(g->arena, count * bytes);
	const char *from = w->data;

	for (size_t i = 0; i < count; i++)
		memcpy(turned + (i % outputs * taps + i / outputs) * bytes, from + i * bytes, bytes);
	n->op = OP_conv2d;
	n->input[1] = tensor_beside(g, n->input[1], ".turned", s);
	g->tensor[n->input[1]].data = turned;
	g->tensor[n->input[1]].quant.axis = 0;
}

static void
follow_reference(Graph *g)
{
	const Graph old = take_nodes(g);

	for (int i = 0; i < old.node_count; i++) {
		Node *n = old.node + i;
		Type x = tensor_in(g, n, 0)->type, y = tensor_out(g, n)->type;
		Tensor *w = tensor_in(g, n, 1);

		/* A text may have given it one; what was uint8 keeps LiteRT's. */
		if (!reference_has(n->dialect, n->op, x, y))
			n->dialect = n->dialect == TFLM ? LITERT : TFLM;
		/* The references take these to be 0, whatever they are. */
		if ((n->op == OP_conv2d || n->op == OP_depthwise) && w->type == TYPE_s8 &&
			w->origin.type != TYPE_u8)
			w->quant.zero = alloc_array(
				g->arena, (size_t)w->quant.count, sizeof *w->quant.zero);
		if (n->op == OP_concat)
			requantize_operands(g, n);
		spread_channel(g, n);
		append_node(g, *n);
	}
}

/* ---- uint8 */

static Quant
shifted(Graph *g, Quant q, int by)
{
	int32_t *zero = alloc_array(g->arena, (size_t)q.count, sizeof *zero);

	for (int i = 0; i < q.count; i++)
		zero[i] =
			(int32_t)((uint32_t)q.zero[i] + (uint32_t)by); /* a copy's: any */
	q.zero = zero;
	return q;
}

static void
add_recode(Graph *g, int from, int to)
{
	add_node(g, OP_recode, g->tensor[to].name, g->tensor[to].loc, &from, 1, to);
}

/* Stores a uint8 tensor 128 less: itself, or, for the caller's, a sibling, which it returns. */
static int
store(Graph *g, int tensor)
{
	const Tensor t = g->tensor[tensor];
	bool port = is_input(g, tensor) || is_output(g, tensor);
	int s = port ? sibling(g, tensor, TYPE_s8, ".s8") : tensor;

	g->tensor[s].type = TYPE_s8;
	g->tensor[s].quant = shifted(g, t.quant, -SHIFT);
	if (t.data) {
		uint8_t *data = copy_of(g->arena, t.data, (size_t)tensor_bytes(&t));
		for (int64_t i = 0; i < tensor_bytes(&t); i++)
			data[i] ^= SHIFT;
		g->tensor[s].data = data;
	} else if (is_input(g, tensor)) {
		add_recode(g, tensor, s);
	}
	return s;
}

/* The operator sees that its bytes are 128 less than the reference's. */
static void
shift_attributes(Node *n)
{
	if (n->op == OP_pad)
		n->attr.pad_value -= SHIFT;
	else if (n->op == OP_avg_pool || n->op == OP_resize_bilinear || n->op == OP_cast)
		n->attr.x_bias = SHIFT;
}

/* A node on the stored tensors, and a recode if its output is the caller's, or raw bytes. */
static void
store_node(Graph *g, Node *n, const int *stored, const bool *raw)
{
	int x = n->input[0], y = n->output, made = stored[y], to = y;

	for (int k = 0; k < n->input_count; k++)
		if (n->input[k] >= 0 && (!takes_any(n->op) || !is_input(g, n->input[k])))
			n->input[k] = stored[n->input[k]];
	if (raw[x] && tensor_in(g, n, 0)->type == TYPE_s8)
		shift_attributes(n);
	if (n->op == OP_cast && raw[y]) {
		to = made;
		made = y != to ? y : sibling(g, y, TYPE_u8, ".u8");
		if (y == to)
			g->tensor[made].quant = shifted(g, g->tensor[y].quant, SHIFT);
	} else if (n->op == OP_recode &&
		tensor_in(g, n, 0)->type == g->tensor[made].type) {
		n->op = OP_reshape;
	}
	n->output = made;
	append_node(g, *n);
	if (made != to)
		add_recode(g, made, to);
}

static void
store_as_int8(Graph *g)
{
	const Graph old = take_nodes(g);
	int *stored = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *stored);
	bool *raw = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *raw);
	bool needed = false;

	for (int i = 0; i < old.node_count; i++)
		for (int k = -1; k < old.node[i].input_count; k++) {
			const Node *n = old.node + i;
			const Tensor *t = k < 0 ? tensor_out(g, n) : tensor_in(g, n, k);
			needed |= t && t->type == TYPE_u8 && computes(n->op);
		}
	for (int t = 0; t < old.tensor_count; t++) {
		raw[t] = needed && g->tensor[t].type == TYPE_u8;
		stored[t] = raw[t] ? store(g, t) : t;
	}
	for (int i = 0; i < old.node_count; i++)
		store_node(g, old.node + i, stored, raw);
}

/* A pool over all of an image takes it in row by row. */
static void
make_global(const Graph *g, Node *n)
{
	const int *x = tensor_in(g, n, 0)->shape.dim;
	const Attr a = n->attr;

	if ((n->op != OP_avg_pool && n->op != OP_max_pool) || a.kernel_h != x[1] ||
		a.kernel_w != x[2] || a.pad_top || a.pad_bottom || a.pad_left || a.pad_right)
		return;
	n->op = n->op == OP_avg_pool ? OP_global_avg_pool : OP_global_max_pool;
	n->attr = attr_defaults();
	n->attr.act = a.act;
	n->attr.x_bias = a.x_bias;
}

static int
readers(const Graph *g, int tensor, int *reader)
{
	int count = 0;

	for (int i = 0; i < g->node_count; i++)
		for (int k = 0; k < g->node[i].input_count; k++)
			if (g->node[i].input[k] == tensor) {
				*reader = i;
				count++;
			}
	return count;
}

/* Whether something computes with a tensor; it is not just another shape of an output. */
static bool
is_computed_with(const Graph *g, int tensor)
{
	for (int i = 0; i < g->node_count; i++)
		for (int k = 0; k < g->node[i].input_count; k++)
			if (g->node[i].input[k] == tensor && g->node[i].op != OP_reshape)
				return !is_output(g, tensor);
	return false;
}

/*
 * A pushed input comes row by row, and the caller's row is there only for as long as it is passed:
 * a feed takes it in, unless one node alone reads it, row by row.  A row is one of the tensor
 * that the first operator on rows sees: of [N,H,W,C] W * C elements.
 */
static void
take_rows(Graph *g)
{
	int x = g->input[0].tensor, reader = 0, at = 0;

	if (g->input_count != 1)
		fail_at(g->diag, nowhere, "--input push takes a model of one input, not of %d",
			g->input_count);
	while (readers(g, x, &reader) == 1 && g->node[reader].op == OP_reshape &&
		!is_output(g, g->node[reader].output)) {
		x = g->node[reader].output;
		at = reader + 1;
	}
	Tensor *t = g->tensor + x;
	if (t->shape.rank != NHWC || t->shape.dim[0] != 1)
		fail_at(g->diag, t->loc,
			"--input push: \"%s\", %s, is not read as rows of one image", t->name,
			shape_text(g->arena, &t->shape));
	if (readers(g, x, &reader) == 1 && ops[g->node[reader].op].rows == ROWS_SAME &&
		g->node[reader].input_count == 1 && is_computed_with(g, g->node[reader].output))
		return;
	int y = tensor_beside(g, x, ".rows", t->shape);
	for (int i = 0; i < g->node_count; i++)
		for (int k = 0; k < g->node[i].input_count; k++)
			if (g->node[i].input[k] == x)
				g->node[i].input[k] = y;
	insert_node(g, at, new_node(g, OP_feed, "rows", g->tensor[x].loc, &x, 1, y));
}

void
legalize(Graph *g)
{
	follow_reference(g);
	store_as_int8(g);
	for (int i = 0; i < g->node_count; i++)
		make_global(g, g->node + i);
	canonicalize(g);
	sweep(g);
	if (g->input_mode == INPUT_PUSH)
		take_rows(g);
}
