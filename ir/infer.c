/* infer.c: every operator's output from its operands; what a file says wrongly is an error. */
#include <limits.h>
#include <math.h>

#include "ir.h"

/* By dialect, TFLM and LITERT; see support.def. */
typedef struct {
	const char *x[2], *y[2];
	bool scaled;
} Support;

#define ALL "s8 u8 s16 s32 s64 f32 b8"
static const Support supports[OP_COUNT] = {
#define SUPPORT(op, shape, rank, scaled, tflm_x, litert_x, tflm_y, litert_y) \
	[OP_##op] = { { tflm_x, litert_x }, { tflm_y, litert_y }, scaled },
#include "support.def"
#undef SUPPORT
};

bool
reference_has(Dialect dialect, Op op, Type x, Type y)
{
	const Support *s = &supports[op];

	if (dialect > LITERT)
		return true;
	return has_word(s->x[dialect], types[x].name) &&
		(*s->y[dialect] ? has_word(s->y[dialect], types[y].name) : x == y);
}

bool
wrong(const Graph *g, const Node *n, const char *fmt, ...)
{
	const char *name = n->name ? n->name : "";
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	error_at(g->diag, n->loc, "%s \"%s\": %s", ops[n->op].name, name, text);
	return false;
}

bool
in_range(int value, int least, int most)
{
	return value >= least && value <= most;
}

bool
is_byte(Type type)
{
	return type == TYPE_s8 || type == TYPE_u8;
}

static bool
check_quant(const Graph *g, const Tensor *t)
{
	const Quant *q = &t->quant;
	int least = t->type == TYPE_s8 ? INT8_MIN : 0;
	int most = is_byte(t->type) ? least + UINT8_MAX : least;

	for (int i = 0; i < q->count; i++)
		if (!(q->scale[i] > 0) || !isfinite(q->scale[i]) ||
			!in_range(q->zero[i], least, most)) {
			error_at(g->diag, t->loc,
				"tensor \"%s\": scale %g, zero point %d: not positive "
				"and finite, or not in %d .. %d",
				t->name, (double)q->scale[i], (int)q->zero[i], least,
				most);
			return false;
		}
	if (q->count < 2 ||
		(in_range(q->axis, 0, t->shape.rank - 1) &&
			t->shape.dim[q->axis] == q->count))
		return true;
	error_at(g->diag, t->loc, "tensor \"%s\": %d scales along axis %d of %s", t->name,
		q->count, q->axis, shape_text(g->arena, &t->shape));
	return false;
}

static bool
check_tensor(const Graph *g, const Tensor *t)
{
	int64_t bytes = types[t->type].bytes;
	bool sane = in_range(t->shape.rank, 0, MAX_RANK);

	for (int i = 0; sane && i < t->shape.rank; i++) {
		sane = t->shape.dim[i] > 0 && bytes <= INT32_MAX;
		bytes *= t->shape.dim[i];
	}
	if (sane && bytes <= INT32_MAX)
		return check_quant(g, t);
	error_at(g->diag, t->loc, "tensor \"%s\" %s", t->name,
		sane ? "has 2^31 bytes or more" : "has a dimension below 1, or too many");
	return false;
}

bool
check_scales(const Graph *g, const Node *n, const Tensor *t, int count, const char *which)
{
	return t->quant.count == count ||
		wrong(g, n, "%s has %d scales, not %d", which, t->quant.count, count);
}

static bool
check_types(const Graph *g, const Node *n)
{
	Type x = tensor_in(g, n, 0)->type, y = tensor_out(g, n)->type;
	const char *from = supports[n->op].x[LITERT], *to = supports[n->op].y[LITERT];

	if (reference_has(TFLM, n->op, x, y) || reference_has(LITERT, n->op, x, y))
		return true;
	wrong(g, n, "%s to %s is not supported", types[x].tflite, types[y].tflite);
	note(g->diag, "it takes %s%s%s; convert the model with other types, or cast",
		from, *to ? ", and makes " : "", to);
	return false;
}

/* Whether an operator's second operand is one of the same kind as its first. */
static bool
is_binary(Op op)
{
	return op == OP_add || op == OP_sub || op == OP_mul || op == OP_div ||
		op == OP_floor_div;
}

static bool
check_operands(const Graph *g, const Node *n)
{
	const Tensor *x = tensor_in(g, n, 0), *y = tensor_out(g, n),
		     *x2 = tensor_in(g, n, 1);
	bool scaled = supports[n->op].scaled, ok = check_types(g, n);

	if (ok && scaled && is_byte(x->type))
		ok = check_scales(g, n, x, 1, "operand 0");
	if (ok && scaled && is_byte(y->type))
		ok = check_scales(g, n, y, 1, "the output");
	if (!ok || !is_binary(n->op))
		return ok;
	if (x2->type != x->type)
		return wrong(g, n, "operands are %s and %s", types[x->type].tflite,
			types[x2->type].tflite);
	return !scaled || !is_byte(x2->type) || check_scales(g, n, x2, 1, "operand 1");
}

/* Attributes may be any number, but lists end and activations are known. */
static bool
check_attributes(const Graph *g, const Node *n)
{
	for (int i = 0; i < attr_count; i++) {
		const int *rank = (const int *)((const char *)&n->attr + attrs[i].at);

		if (attrs[i].kind == ATTR_LIST && !in_range(*rank, 0, MAX_RANK))
			return wrong(g, n, "%s has %d elements", attrs[i].name, *rank);
	}
	return in_range(n->attr.act, 0, ACT_COUNT - 1) ||
		wrong(g, n, "has no known activation");
}

static void
infer_node(const Graph *g, const Node *n)
{
	const Shape *given = &tensor_out(g, n)->shape;
	Shape y = { 0 };

	if (check_attributes(g, n) && check_operands(g, n) && infer_shape(g, n, &y) &&
		!same_shape(&y, given))
		wrong(g, n, "makes %s, but the file says %s", shape_text(g->arena, &y),
			shape_text(g->arena, given));
}

/* ---- the graph */

/* Operands there are, made before they are read; nothing is made twice. */
static bool
check_flow(const Graph *g, const Node *n, bool *made)
{
	const OpInfo *op = &ops[n->op];

	if (!in_range(n->input_count, op->least, op->most))
		return wrong(g, n, "has %d operands", n->input_count);
	for (int k = 0; k < n->input_count; k++)
		if (n->input[k] < 0 ? k < op->least : !made[n->input[k]])
			return wrong(g, n, "operand %d %s", k,
				n->input[k] < 0 ? "is missing" :
						  "is read before it is made");
	if (made[n->output])
		return wrong(g, n, "makes what was there before");
	return made[n->output] = true;
}

static void
check_inputs(const Graph *g, bool *made)
{
	for (int i = 0; i < g->input_count; i++) {
		const Port *p = g->input + i;

		if (made[p->tensor])
			error_at(g->diag, g->tensor[p->tensor].loc,
				"input \"%s\" is a constant, or an input twice", p->name);
		made[p->tensor] = true;
	}
}

static void
check_outputs(const Graph *g, const bool *made)
{
	for (int i = 0; i < g->output_count; i++) {
		const Port *p = g->output + i;

		if (!made[p->tensor])
			error_at(g->diag, g->tensor[p->tensor].loc,
				"output \"%s\" is never made", p->name);
	}
}

void
infer(Graph *g)
{
	bool *made = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *made);
	bool sane = true;

	for (int i = 0; i < g->tensor_count; i++) {
		made[i] = g->tensor[i].data != NULL;
		sane &= check_tensor(g, g->tensor + i);
	}
	check_inputs(g, made);
	for (int i = 0; sane && i < g->node_count; i++)
		if (check_flow(g, g->node + i, made))
			infer_node(g, g->node + i);
	give_up_if_errors(g->diag); /* else outputs would be missing for known reasons */
	check_outputs(g, made);
	give_up_if_errors(g->diag);
}
