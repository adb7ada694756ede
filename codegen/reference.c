/* reference.c: a whole graph run node by node with ref kernels on the host. */
#include <string.h>

#include "codegen.h"

void
evaluate_graph(const Graph *g, void *const *in, void *const *out)
{
	const void **data = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *data);

	for (int t = 0; t < g->tensor_count; t++)
		data[t] = g->tensor[t].data;
	for (int i = 0; i < g->input_count; i++)
		data[g->input[i].tensor] = in[i];
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		const void **operand = alloc_array(g->arena, (size_t)n->input_count + 1, sizeof *operand);
		void *y = alloc(g->arena, (size_t)tensor_bytes(tensor_out(g, n)));

		for (int k = 0; k < n->input_count; k++)
			operand[k] = n->input[k] < 0 ? NULL : data[n->input[k]];
		evaluate_node(g, n, operand, y);
		data[n->output] = y;
	}
	for (int i = 0; i < g->output_count; i++) {
		int t = g->output[i].tensor;
		memcpy(out[i], data[t], (size_t)tensor_bytes(g->tensor + t));
	}
}
