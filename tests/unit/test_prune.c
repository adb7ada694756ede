/* test_prune.c: random graphs with channels that are dead or unread: values survive prune(). */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/codegen.h"
#include "dice.h"
#include "random_graph.h"
#include "session.h"

enum { SEEDS = 400, NODES = 14, INPUTS = 3 };

/* Some outputs have no weights or saturate, some inputs are not read. */
static void
plant_in(Graph *g, const Node *n, uint32_t *state)
{
	Tensor *w = tensor_in(g, n, 1), *b = tensor_in(g, n, 2);
	int outer = n->op == OP_depthwise ? 1 : w->shape.dim[0];
	int last = channel_count(w), count = (int)elements(&w->shape);
	uint8_t *to = copy_of(g->arena, w->data, (size_t)count);
	bool *row = alloc(g->arena, (size_t)outer), *column = alloc(g->arena, (size_t)last);

	for (int i = 0; i < outer; i++)
		row[i] = throw_dice(state, 3) == 0;
	for (int i = 0; i < last; i++)
		column[i] = throw_dice(state, 3) == 0;
	for (int i = 0; i < count; i++)
		if ((outer > 1 && row[i / (count / outer)]) || column[i % last])
			to[i] = w->quant.count ? (uint8_t)w->quant.zero[0] : 0;
	w->data = to;
	if (!b || b->type != TYPE_s32)
		return;
	int32_t *bias = copy_of(g->arena, b->data, (size_t)tensor_bytes(b));
	for (int64_t i = 0; i < elements(&b->shape); i++)
		bias[i] += (throw_dice(state, 5) - 2) * 20000;
	b->data = bias;
}

static Graph *
planted(Session *s, uint32_t seed)
{
	uint32_t state = seed;
	Graph *g = random_graph(s->arena, &s->diag, seed, 1 + (int)(seed % NODES));

	for (int i = 0; i < g->node_count; i++)
		if (sums_products(g->node + i) && is_byte(tensor_in(g, g->node + i, 0)->type))
			plant_in(g, g->node + i, &state);
	infer(g);
	legalize(g);
	fold(g);
	fuse(g);
	range(g);
	verify(g, "range");
	return g;
}

/* Runs the graph and looks at every value of every tensor. */
static void
check_ranges(const Graph *g, void *const *in, uint32_t seed)
{
	const void **data = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *data);

	for (int i = 0; i < g->input_count; i++)
		data[g->input[i].tensor] = in[i];
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		const Tensor *y = tensor_out(g, n);
		int8_t *out = alloc(g->arena, (size_t)tensor_bytes(y));
		evaluate_node(g, n, data, out);
		data[n->output] = out;
		for (int64_t k = 0; y->range && k < elements(&y->shape); k++) {
			Interval v = interval_of(y, (int)(k % channel_count(y)));
			cr_assert(out[k] >= v.least && out[k] <= v.most,
				"seed %u: %s: %d at %d is not in %d .. %d", seed, ops[n->op].name,
				out[k], (int)k, v.least, v.most);
		}
	}
}

static void
make_inputs(const Graph *g, void **in, uint32_t *state)
{
	for (int i = 0; i < g->input_count; i++) {
		const Tensor *t = g->tensor + g->input[i].tensor;
		in[i] = alloc(g->arena, (size_t)tensor_bytes(t));
		fill_input(in[i], t->type, elements(&t->shape), state);
	}
}

static void
make_outputs(const Graph *g, void **out)
{
	for (int i = 0; i < g->output_count; i++)
		out[i] = alloc(g->arena,
			(size_t)tensor_bytes(g->tensor + g->output[i].tensor));
}

/* Nothing casts a type to itself, says the compiler; a front end might. */
static bool
has_idle_cast(const Graph *g)
{
	for (int i = 0; i < g->node_count; i++)
		if (g->node[i].op == OP_cast &&
			tensor_in(g, g->node + i, 0)->type == tensor_out(g, g->node + i)->type)
			return true;
	return false;
}

/* Adds the channels that went, by operator. */
static void
compare(Session *s, uint32_t seed, int *lost)
{
	Graph *whole = planted(s, seed), *g = planted(s, seed);
	Job job = { .arena = s->arena, .graph = g };
	void *in[8], *wanted[64], *got[64];
	uint32_t state = seed;

	if (has_idle_cast(g))
		return;
	prune(&job);
	verify(g, "prune");
	cr_assert(g->input_count <= 8 && g->output_count <= 64);
	for (int i = 0; i < g->node_count; i++)
		lost[g->node[i].op] += g->node[i].pruned;
	for (int k = 0; k < INPUTS; k++) {
		make_inputs(whole, in, &state);
		make_outputs(whole, wanted);
		make_outputs(g, got);
		check_ranges(whole, in, seed);
		evaluate_graph(whole, in, wanted);
		evaluate_graph(g, in, got);
		for (int i = 0; i < g->output_count; i++)
			cr_assert_eq(memcmp(got[i], wanted[i],
				(size_t)tensor_bytes(g->tensor + g->output[i].tensor)), 0,
				"seed %u: output %d differs", seed, i);
	}
}

Test(prune, keeps_values)
{
	int lost[OP_COUNT] = { 0 };
	static const Op followed[] = { OP_conv2d, OP_depthwise, OP_dense, OP_add, OP_mul, OP_concat,
		OP_pad, OP_slice, OP_reshape, OP_max_pool, OP_avg_pool, OP_relu };

	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		Session s;

		begin(&s, "m");
		if (setjmp(s.escape) == 0)
			compare(&s, seed, lost);
		else {
			fflush(s.diag.to);
			cr_expect_fail("seed %u: %s", seed, s.messages);
		}
		end(&s);
	}
	for (size_t i = 0; i < sizeof followed / sizeof *followed; i++)
		cr_expect_gt(lost[followed[i]], 0, "nothing went from any %s",
			ops[followed[i]].name);
}
