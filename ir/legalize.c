/*
 * legalize.c: our operators only.  Here: whose arithmetic each node follows, uint8 become int8,
 * and concats of one scale; canonical.c does the shapes.
 *
 * A quantized uint8 tensor is stored as int8, 128 less, zero point too: the same real values, and
 * almost all arithmetic is the same.  What moves bytes only does not care, so tensors connected
 * by such nodes are one class, and a class is stored anew only if something computes with it.
 * The caller's tensors keep uint8; a recode stands between.
 */
#include "ir.h"

enum { SHIFT = 128 }; /* from uint8 to int8 */

typedef struct {
	Graph *g;
	int tensors; /* before the pass */
	int *class
		; /* per tensor: another of its class, nearer to the root; itself: the root */
	bool *computed; /* per tensor, and after survey() per root: some node computes with it */
	int *stored; /* per tensor: what the graph reads and writes instead, or itself */
	Quant *raw;  /* per tensor: its scale as uint8 */
	bool *shifted;        /* per tensor: that is 128 less */
	bool *input, *output; /* per tensor: the graph's */
} Bytes;

static bool
moves(Op op)
{
	return op == OP_reshape || op == OP_transpose || op == OP_slice ||
		op == OP_concat || op == OP_gather_nd || op == OP_pad ||
		op == OP_resize_nearest;
}

/* Reads uint8 and int8 alike. */
static bool
takes_any(Op op)
{
	return op == OP_cast || op == OP_arg_max || op == OP_recode;
}

bool
computes(Op op)
{
	return !moves(op) && !takes_any(op);
}

static int
class_of(Bytes *b, int tensor)
{
	while (b->class[tensor] != tensor)
		tensor = b->class[tensor] = b->class[b->class[tensor]];
	return tensor;
}

/* A tensor of the same values as a given one, to stand beside it. */
static int
sibling(Graph *g, int tensor, Type type, Quant quant, const char *suffix)
{
	const Tensor t = g->tensor[tensor];
	int made = new_tensor(
		g, format(g->arena, "%s%s", t.name, suffix), type, t.shape, quant, t.loc);

	g->tensor[made].origin.type = t.origin.type;
	g->tensor[made].origin.shape = t.origin.shape;
	return made;
}

static Quant
shifted(Graph *g, const Quant *q)
{
	Quant s = *q;
	int32_t *zero = alloc_array(g->arena, (size_t)q->count, sizeof *zero);

	for (int i = 0; i < q->count; i++)
		zero[i] = (int32_t)((uint32_t)q->zero[i] -
			SHIFT); /* of a copy's, unchecked */
	s.zero = zero;
	return s;
}

static const void *
shifted_data(Graph *g, const Tensor *t)
{
	size_t size = (size_t)tensor_bytes(t);
	const uint8_t *from = t->data;
	uint8_t *to = alloc(g->arena, size);

	for (size_t i = 0; i < size; i++)
		to[i] = from[i] ^ SHIFT;
	return to;
}

static void
append(Graph *g, const Node *n)
{
	g->node = grow(g->arena, g->node, g->node_count, sizeof *g->node);
	g->node[g->node_count++] = *n;
}

/* ---- concats whose operands have other scales */

/*
 * LiteRT rescales a concat's uint8 operands, in float, and refuses int8 ones of other scales;
 * TFLM copies int8 as it is.
 */
static void
requantize_operands(Graph *g, Node *n)
{
	n->input = copy_of(g->arena, n->input, (size_t)n->input_count * sizeof *n->input);
	for (int k = 0; k < n->input_count; k++) {
		const Tensor y = *tensor_out(g, n);

		if (same_quant(&tensor_in(g, n, k)->quant, &y.quant))
			continue;
		int made = sibling(g, n->input[k], y.type, y.quant, ".scaled");
		Node *r = add_node(g, OP_requantize, g->tensor[made].name, n->loc,
			&n->input[k], 1, made);
		r->dialect = LITERT;
		r->attr.x_bias = SHIFT;
		n->input[k] = made;
	}
}

static bool
needs_one_scale(const Graph *g, const Node *n)
{
	bool scaled = n->op == OP_concat && tensor_out(g, n)->type == TYPE_u8 &&
		tensor_out(g, n)->quant.count == 1;

	for (int k = 0; scaled && k < n->input_count; k++)
		scaled = tensor_in(g, n, k)->quant.count == 1;
	return scaled;
}

/* ---- whose arithmetic */

/*
 * A node's own, which a text may give it, if that has a kernel for it.  What was uint8 keeps
 * LiteRT's: the type no longer says why.
 */
static Dialect
dialect_of(const Graph *g, const Node *n)
{
	Type x = tensor_in(g, n, 0)->type, y = tensor_out(g, n)->type;

	if (reference_has(n->dialect, n->op, x, y))
		return n->dialect;
	return n->dialect == TFLM ? LITERT : TFLM;
}

/* The references take int8 weights of convolutions to have zero point 0, whatever it is. */
static void
ignore_weights_zero(Graph *g, Node *n)
{
	Tensor *w = tensor_in(g, n, 1);

	if ((n->op != OP_conv2d && n->op != OP_depthwise) || w->type != TYPE_s8 ||
		w->origin.type == TYPE_u8)
		return;
	w->quant.zero =
		alloc_array(g->arena, (size_t)w->quant.count, sizeof *w->quant.zero);
}

static void
follow_reference(Graph *g)
{
	Node *old = g->node;
	int count = g->node_count;

	g->node = NULL;
	g->node_count = 0;
	for (int i = 0; i < count; i++) {
		old[i].dialect = dialect_of(g, &old[i]);
		ignore_weights_zero(g, &old[i]);
		if (needs_one_scale(g, &old[i]))
			requantize_operands(g, &old[i]);
		append(g, &old[i]);
	}
}

/* ---- uint8 */

static void
classify(Bytes *b, const Node *n)
{
	const Graph *g = b->g;

	for (int k = -1; k < n->input_count; k++) {
		int tensor = k < 0 ? n->output : n->input[k];

		if (tensor < 0 || g->tensor[tensor].type != TYPE_u8)
			continue;
		if (moves(n->op))
			b->class[class_of(b, tensor)] = class_of(b, n->output);
		else if (computes(n->op))
			b->computed[tensor] = true;
	}
}

static void
survey(Bytes *b)
{
	Graph *g = b->g;
	size_t count = (size_t)g->tensor_count;

	b->tensors = g->tensor_count;
	b->class = alloc_array(g->arena, count, sizeof *b->class);
	b->stored = alloc_array(g->arena, count, sizeof *b->stored);
	b->computed = alloc_array(g->arena, count, sizeof *b->computed);
	b->shifted = alloc_array(g->arena, count, sizeof *b->shifted);
	b->raw = alloc_array(g->arena, count, sizeof *b->raw);
	b->input = alloc_array(g->arena, count, sizeof *b->input);
	b->output = alloc_array(g->arena, count, sizeof *b->output);
	for (int t = 0; t < b->tensors; t++) {
		b->class[t] = b->stored[t] = t;
		b->raw[t] = g->tensor[t].quant;
	}
	for (int i = 0; i < g->input_count; i++)
		b->input[g->input[i].tensor] = true;
	for (int i = 0; i < g->output_count; i++)
		b->output[g->output[i].tensor] = true;
	for (int i = 0; i < g->node_count; i++)
		classify(b, g->node + i);
	for (int t = 0; t < b->tensors; t++)
		b->computed[class_of(b, t)] |= b->computed[t];
}

static void
add_recode(Graph *g, int from, int to)
{
	add_node(g, OP_recode, g->tensor[to].name, g->tensor[to].loc, &from, 1, to);
}

/* Chooses how a tensor is stored: the caller's keep uint8 and get a sibling. */
static void
store(Bytes *b, int tensor)
{
	Graph *g = b->g;
	Quant quant = shifted(g, &g->tensor[tensor].quant);
	int s = tensor;

	if (b->input[tensor] || b->output[tensor])
		b->stored[tensor] = s = sibling(g, tensor, TYPE_s8, quant, ".s8");
	b->shifted[tensor] = true;
	g->tensor[s].type = TYPE_s8;
	g->tensor[s].quant = quant;
	if (g->tensor[tensor].data)
		g->tensor[s].data = shifted_data(g, g->tensor + tensor);
	else if (b->input[tensor])
		add_recode(g, tensor, s);
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

/* A node on the stored tensors; recoded is its output if that is the caller's, or raw bytes. */
static void
store_node(Bytes *b, const Node *old)
{
	Graph *g = b->g;
	Node n = *old;
	int y = n.output, to = y;

	n.input = copy_of(g->arena, n.input, (size_t)n.input_count * sizeof *n.input);
	for (int k = 0; k < n.input_count; k++)
		if (n.input[k] >= 0 && (!takes_any(n.op) || !b->input[n.input[k]]))
			n.input[k] = b->stored[n.input[k]];
	if (b->shifted[old->input[0]] && tensor_in(g, &n, 0)->type == TYPE_s8)
		shift_attributes(&n);
	n.output = b->stored[y];
	if (n.op == OP_cast && b->shifted[y]) {
		to = b->stored[y];
		n.output = y != to ? y : sibling(g, y, TYPE_u8, b->raw[y], ".u8");
	} else if (n.op == OP_recode &&
		tensor_in(g, &n, 0)->type == tensor_out(g, &n)->type) {
		n.op = OP_reshape;
	}
	append(g, &n);
	if (n.output != to)
		add_recode(g, n.output, to);
}

static void
store_as_int8(Graph *g)
{
	Bytes b = { .g = g };
	Node *old = g->node;
	int count = g->node_count;

	survey(&b);
	g->node = NULL;
	g->node_count = 0;
	for (int t = 0; t < b.tensors; t++)
		if (g->tensor[t].type == TYPE_u8 && b.computed[class_of(&b, t)])
			store(&b, t);
	for (int i = 0; i < count; i++)
		store_node(&b, old + i);
}

void
legalize(Graph *g)
{
	follow_reference(g);
	store_as_int8(g);
	canonicalize(g);
	sweep(g);
}
