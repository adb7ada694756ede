/* verify.c: whether the graph is well formed; a broken one is our own bug and dies. */
#include <string.h>

#include "ir.h"

typedef struct {
	const Graph *g;
	const char *after;
	bool *known; /* per tensor: a node may read it */
	bool legal;  /* legalize() is behind us */
	bool listed[OP_COUNT]
		   [sizeof(Attr) / sizeof(int)]; /* per attribute in attrs.def */
} Check;

static _Noreturn void PRINTF(3, 4)
	broken(const Check *c, const Node *n, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	die("after %s: %s \"%s\": %s", c->after, n ? ops[n->op].name : "graph",
		n && n->name ? n->name : "", text);
}

/* ---- tensors */

static void
check_shape(const Check *c, int tensor)
{
	const Tensor *t = c->g->tensor + tensor;

	if (t->shape.rank < 0 || t->shape.rank > MAX_RANK || t->type >= TYPE_COUNT)
		broken(c, NULL, "tensor %d has rank %d, type %d", tensor, t->shape.rank,
			t->type);
	for (int i = 0; i < t->shape.rank; i++)
		if (t->shape.dim[i] < 1)
			broken(c, NULL, "tensor %d has dimension %d", tensor,
				t->shape.dim[i]);
	if (t->quant.count && (!t->quant.scale || !t->quant.zero))
		broken(c, NULL, "tensor %d lacks its scales", tensor);
}

/* A view lies inside what it views, and that, in the end, is no view. */
static void
check_view(const Check *c, int tensor)
{
	const Graph *g = c->g;
	int64_t at = g->tensor[tensor].view_offset;
	int steps = 0, in = g->tensor[tensor].view;

	if (in < 0)
		return;
	for (; in < g->tensor_count && g->tensor[in].view >= 0; in = g->tensor[in].view) {
		at += g->tensor[in].view_offset;
		if (++steps > g->tensor_count)
			broken(c, NULL, "tensor %d is a view of itself", tensor);
	}
	if (in >= g->tensor_count || at < 0 ||
		at + tensor_span(g->tensor + tensor) > tensor_bytes(g->tensor + in))
		broken(c, NULL, "tensor %d, a view, leaves tensor %d", tensor, in);
}

/* ---- nodes */

/* An attribute that the operator does not have is at its default. */
static void
check_attributes(const Check *c, const Node *n, const Attr *defaults)
{
	for (int i = 0; i < attr_count; i++) {
		size_t bytes = attrs[i].kind == ATTR_LIST ? sizeof(int) : sizeof(int32_t);

		if (!c->listed[n->op][i] &&
			memcmp((const char *)&n->attr + attrs[i].at,
				(const char *)defaults + attrs[i].at, bytes) != 0)
			broken(c, n, "has attribute %s", attrs[i].name);
	}
}

static void
check_operands(const Check *c, const Node *n)
{
	const OpInfo *op = &ops[n->op];

	if (n->input_count < op->least || n->input_count > op->most)
		broken(c, n, "has %d inputs", n->input_count);
	for (int k = 0; k < n->input_count; k++) {
		int x = n->input[k];

		if (x >= c->g->tensor_count || x < (k < op->least ? 0 : -1))
			broken(c, n, "operand %d is tensor %d", k, x);
		if (x >= 0 && !c->known[x])
			broken(c, n, "operand %d, tensor %d, is not made yet", k, x);
	}
	if (n->output < 0 || n->output >= c->g->tensor_count)
		broken(c, n, "makes tensor %d", n->output);
	if (c->known[n->output])
		broken(c, n, "makes tensor %d again", n->output);
	c->known[n->output] = true;
}

static bool
takes_rows(const Node *n)
{
	RowRule rule = ops[n->op].rows;

	return rule != ROWS_WHOLE && rule != ROWS_VIEW;
}

/* What legalize() promises: see ops.def and canonical.c. */
static void
check_legal(const Check *c, const Node *n)
{
	for (int k = -1; k < n->input_count; k++) {
		const Tensor *t = k < 0 ? tensor_out(c->g, n) : tensor_in(c->g, n, k);
		bool parameter = k > 0 &&
			(n->op == OP_conv2d || n->op == OP_depthwise ||
				n->op == OP_dense);

		if (!t)
			continue;
		if (takes_rows(n) && !parameter && t->shape.rank != NHWC)
			broken(c, n, "operand %d is of rank %d", k, t->shape.rank);
		if (t->type == TYPE_u8 && computes(n->op))
			broken(c, n, "computes with uint8");
	}
}

static void
check_node(const Check *c, const Node *n, const Attr *defaults)
{
	if (n->op >= OP_COUNT)
		broken(c, NULL, "operator %d", (int)n->op);
	check_operands(c, n);
	check_attributes(c, n, defaults);
	if (c->legal)
		check_legal(c, n);
}

/* ---- the graph */

static void
check_ports(const Check *c)
{
	const Graph *g = c->g;

	for (int i = 0; i < g->input_count; i++) {
		int t = g->input[i].tensor;

		if (t < 0 || t >= g->tensor_count || g->tensor[t].data || c->known[t])
			broken(c, NULL, "input %d is tensor %d", i, t);
		c->known[t] = true;
	}
	for (int i = 0; i < g->output_count; i++)
		if (g->output[i].tensor < 0 || g->output[i].tensor >= g->tensor_count)
			broken(c, NULL, "output %d is tensor %d", i, g->output[i].tensor);
}

static void
prepare(Check *c)
{
	static const char *const before[] = { "read", "infer" };

	c->legal = find_name(before, sizeof before / sizeof *before, c->after) < 0;
	c->known = alloc_array(c->g->arena, (size_t)c->g->tensor_count, sizeof *c->known);
	for (int op = 0; op < OP_COUNT; op++)
		for (int i = 0; i < attr_count; i++)
			c->listed[op][i] = has_word(ops[op].attrs, attrs[i].name);
}

void
verify(const Graph *g, const char *after)
{
	Check c = { .g = g, .after = after };
	const Attr defaults = attr_defaults();

	prepare(&c);
	for (int t = 0; t < g->tensor_count; t++) {
		check_shape(&c, t);
		check_view(&c, t);
		c.known[t] = g->tensor[t].data != NULL;
	}
	check_ports(&c);
	for (int i = 0; i < g->node_count; i++)
		check_node(&c, g->node + i, &defaults);
	for (int i = 0; i < g->output_count; i++)
		if (!c.known[g->output[i].tensor])
			broken(&c, NULL, "output %d is never made", i);
}
