/* fold.c: what can be computed at compile time is. */
#include "codegen.h"

static bool
is_foldable(const Graph *g, const Node *n)
{
	for (int i = 0; i < n->input_count; i++)
		if (n->input[i] >= 0 && !tensor_in(g, n, i)->data)
			return false;
	return true;
}

/* Nodes stand in order of execution: one walk folds chains. */
void
fold(Graph *g)
{
	for (int at = 0; at < g->node_count;) {
		const Node *n = g->node + at;

		if (!is_foldable(g, n)) {
			at++;
			continue;
		}
		const void **operand =
			alloc_array(g->arena, (size_t)n->input_count, sizeof *operand);
		void *out = alloc(g->arena, (size_t)tensor_bytes(tensor_out(g, n)));
		evaluate_node(g, n, operand, out);
		tensor_out(g, n)->data = out;
		remove_node(g, at);
	}
}
