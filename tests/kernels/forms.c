/* forms.c: the form in which a case rescales its sums. */
#include <math.h>
#include <string.h>

#include "kernels.h"

static bool
any_reads(const char *word)
{
	for (int i = 0; i < kernel_count; i++)
		for (int k = 0; k < kernels[i].kernel.param_count; k++)
			if (!strcmp(kernels[i].kernel.param[k], word))
				return true;
	return false;
}

/* Sums are rescaled in any form that is proved: in double where it must be, or here and there. */
bool
pick_form(Case *c)
{
	const Graph *g = c->graph;
	Node *n = c->graph->node;
	bool mixed = !c->large && chance(&c->dice, 50);

	if (!sums_products(n) || tensor_out(g, n)->type != TYPE_s8 ||
		!any_reads("form") || (!c->large && chance(&c->dice, 30)))
		return true;
	prove_node(g, n, WANT_LINES | WANT_HIGH | WANT_FINE * (mixed ? between(&c->dice, 0, FINENESSES) : 0));
	if (chance(&c->dice, 30))
		n->swift_scale.count = 0;
	return true;
}
