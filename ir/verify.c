/* verify.c: whether the graph is well formed; a broken one is our own bug and dies. */
#include <string.h>

#include "ir.h"

static _Noreturn void PRINTF(3, 4)
	broken(const Graph *g, const char *after, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	die("after %s: %s", after, format_list(g->arena, fmt, ap));
}

/* A view lies inside what it views, and that, in the end, is no view. */
static void
check_view(const Graph *g, int tensor, const char *after)
{
	const Tensor *t = g->tensor + tensor;
	int64_t at = 0;
	int steps = 0, in = tensor;

	for (; in < g->tensor_count && g->tensor[in].view >= 0; in = g->tensor[in].view) {
		at += g->tensor[in].view_offset;
		if (++steps > g->tensor_count)
			broken(g, after, "tensor %d is a view of itself", tensor);
	}
	if (in != tensor &&
		(in >= g->tensor_count || at < 0 ||
			at + tensor_span(t) > tensor_bytes(g->tensor + in)))
		broken(g, after, "tensor %d, a view, leaves tensor %d", tensor, in);
}

/* An attribute that the operator does not have is at its default. */
static void
check_attributes(const Graph *g, const Node *n, const char *after)
{
	for (const Field *f = fields; f < fields + field_count; f++)
		if (f->attribute && !is_default(g, f, n) &&
			!has_word(ops[n->op].attrs, f->name))
			broken(g, after, "\"%s\" has attribute %s", n->name, f->name);
}

/* What legalize() promises: see ops.def and canonical.c. */
static void
check_legal(const Graph *g, const Node *n, const char *after)
{
	RowRule rule = ops[n->op].rows;
	bool weights = n->op == OP_conv2d || n->op == OP_depthwise || n->op == OP_dense;

	for (int k = -1; k < n->input_count; k++) {
		const Tensor *t = k < 0 ? tensor_out(g, n) : tensor_in(g, n, k);

		if (t && t->type == TYPE_u8 && computes(n->op))
			broken(g, after, "\"%s\" computes with uint8", n->name);
		if (t && t->shape.rank != NHWC && rule != ROWS_WHOLE &&
			rule != ROWS_VIEW && (k < 1 || !weights))
			broken(g, after, "\"%s\": operand %d has rank %d", n->name, k,
				t->shape.rank);
	}
}

/* For graphs that infer() has seen. */
void
verify(const Graph *g, const char *after)
{
	Diag own = { .to = stderr };
	Graph same = *g;

	same.diag = &own;
	check_graph(&same, false);
	if (own.errors)
		broken(g, after, "the graph is not sound");
	for (int t = 0; t < g->tensor_count; t++)
		check_view(g, t, after);
	for (int i = 0; i < g->node_count; i++) {
		check_attributes(g, g->node + i, after);
		if (strcmp(after, "infer"))
			check_legal(g, g->node + i, after);
	}
}
