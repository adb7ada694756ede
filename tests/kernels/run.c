/* run.c: a kernel on a case, row by row, each word as in the generated code. */
#include <string.h>

#include "kernels.h"

enum { PARAMS_MOST = 64 };

/* A kernel, or the parts of one, and the words it is called with. */
typedef struct {
	const RefKernel *kernel;
	Word word[PARAMS_MOST];
	int each[PARAMS_MOST], each_count; /* parameters that differ from call to call */
} Spread;

struct Run {
	const Operands *operands;
	const Graph *graph;
	const Node *node;
	Blocks blocks;
	const uint8_t *x, *outside;
	uint8_t *y;
	void *scratch, *acc;
	const uint8_t **window;
	int image, row, valid_h;
	Spread spread[PARTS_MOST];
	int parts;
};

static size_t
element_bytes(const Tensor *t)
{
	return (size_t)types[t->type].bytes;
}

/* From a tensor's first byte to its last: what lies between pixels is not all its own. */
static size_t
spanned(const Tensor *t)
{
	const int *dim = t->shape.dim;

	if (is_dense(t) || t->shape.rank != NHWC)
		return (size_t)tensor_bytes(t);
	return element_bytes(t) *
		(size_t)((dim[0] - 1) * axis_step(t, 0) +
			(dim[1] - 1) * axis_step(t, 1) +
			(dim[2] - 1) * (int64_t)axis_step(t, 2) + dim[3]);
}

static void
fill(Case *c, const Tensor *t, uint8_t *x, size_t bytes, bool indices)
{
	Dice *d = &c->dice;
	bool ends = t->type == TYPE_s8 && chance(d, 20);

	for (size_t i = 0; i < bytes; i++)
		x[i] = ends ? (chance(d, 50) ? 0x80 : 0x7f) : (uint8_t)roll(d);
	if (t->type == TYPE_b8)
		for (size_t i = 0; i < bytes; i++)
			x[i] &= 1;
	for (size_t i = 0; i + sizeof(float) <= bytes && t->type == TYPE_f32;
		i += sizeof(float)) {
		float v = any_float(c);
		memcpy(x + i, &v, sizeof v);
	}
	for (size_t i = 0; i + sizeof(int32_t) <= bytes && (t->type == TYPE_s32) &&
		(indices || chance(d, 50));
		i += sizeof(int32_t)) {
		int32_t v = between(d, -3, 9);
		memcpy(x + i, &v, sizeof v);
	}
}

void
fill_operands(Operands *o, Case *c, Blocks *blocks)
{
	const Graph *g = c->graph;
	const Node *n = g->node;

	memset(o, 0, sizeof *o);
	o->of = c;
	for (int i = 0; i < 3; i++) {
		const Tensor *t = i == 2 ? tensor_out(g, n) :
			i                ? tensor_in(g, n, 1) :
					   tensor_in(g, n, 0);
		if (!t || t->data)
			continue;
		size_t bytes = spanned(t);
		size_t offset = (size_t)between(&c->dice, 0, 7) * element_bytes(t);
		uint8_t *x = block(blocks, bytes, offset, c->tight);
		fill(c, t, x, bytes, n->op == OP_gather_nd && i == 1);
		if (i == 2)
			o->y = x, o->y_bytes = bytes;
		else
			o->x[i] = x, o->x_bytes[i] = bytes;
	}
}

/* ---- words */

static const uint8_t *
row_of(const Run *run, const uint8_t *base, const Tensor *t, int r)
{
	const int *dim = t->shape.dim;
	int64_t at = (dim[0] == 1 ? 0 : run->image) * axis_step(t, 0) +
		(dim[1] == 1 ? 0 : r) * axis_step(t, 1);

	return base + at * types[t->type].bytes;
}

static void *
operand(const Run *run, const char *name, ParamKind kind)
{
	RowRule rule = ops[run->node->op].rows;
	bool whole = rule == ROWS_WHOLE || rule == ROWS_VIEW;
	int i = name[1] ? 1 : 0; /* x2 */
	const uint8_t *base = *name == 'y' ? run->y : i ? run->operands->x[1] : run->x;
	const Tensor *t = *name == 'y' ? tensor_out(run->graph, run->node) :
					 tensor_in(run->graph, run->node, i);

	if (kind == PARAM_ROWS)
		return run->window;
	if (*name == 'x' && (rule == ROWS_WINDOW || rule == ROWS_RESIZE))
		return (void *)(uintptr_t)run->window[0];
	return (void *)(uintptr_t)(whole ? base : row_of(run, base, t, run->row));
}

static void *
array(Run *run, const char *name)
{
	Packed p = pack(run->graph, run->node, name);
	size_t bytes = (size_t)p.count * (size_t)types[p.type].bytes;
	void *copy = block(&run->blocks, bytes, 0, run->operands->of->tight);

	memcpy(copy, p.data, bytes);
	return copy;
}

static int64_t
number(void *of, const char *word)
{
	const Case *c = of;
	Value v;

	if (!word_value(c->graph, c->graph->node, word, &v))
		die("no word %s", word);
	return v.i;
}

static Word
word_of(Run *run, const char *name, ParamKind kind)
{
	Word w = { 0 };
	Value v;

	switch (word_kind(name)) {
	case WORD_OPERAND: w.p = operand(run, name, kind); break;
	case WORD_ARRAY: w.p = array(run, name); break;
	case WORD_SPACE: w.p = *name == 'a' ? run->acc : run->scratch; break;
	case WORD_RUNTIME: w.i = strcmp(name, "row") ? run->valid_h : run->row; break;
	default:
		if (!word_value(run->graph, run->node, name, &v))
			die("no word %s", name);
		if (kind == PARAM_FLOAT)
			w.f = is_real(v) ? v.f : (double)v.i;
		else
			w.i = v.i;
	}
	return w;
}

/* ---- calls */

static void
prepare(Run *run, Spread *s, const Kernel *k)
{
	s->kernel = &k->kernel;
	if (k->kernel.param_count > PARAMS_MOST)
		die("%s has too many parameters", k->kernel.name);
	for (int i = 0; i < k->kernel.param_count; i++) {
		WordKind kind = word_kind(k->kernel.param[i]);
		if (kind == WORD_OPERAND || kind == WORD_RUNTIME)
			s->each[s->each_count++] = i;
		else
			s->word[i] = word_of(run, k->kernel.param[i], k->kernel.kind[i]);
	}
}

static void
call(Run *run, Spread *s)
{
	const RefKernel *k = s->kernel;

	for (int i = 0; i < s->each_count; i++) {
		int at = s->each[i];
		s->word[at] = word_of(run, k->param[at], k->kind[at]);
	}
	k->call(s->word);
}

/* The rows that output row r reads. */
static void
find_rows(Run *run)
{
	const Node *n = run->node;
	const Tensor *x = tensor_in(run->graph, n, 0);
	RowRule rule = ops[n->op].rows;
	int above = n->op == OP_pad ? n->attr.begin.dim[1] : n->attr.pad_top;

	run->valid_h = 0;
	for (int i = 0; rule == ROWS_WINDOW && i < kernel_height(run->graph, n); i++) {
		int at = run->row * n->attr.stride_h - above + i * n->attr.dilation_h;
		bool inside = at >= 0 && at < x->shape.dim[1];
		run->window[i] = inside ? row_of(run, run->x, x, at) : run->outside;
		run->valid_h += inside;
	}
	if (rule == ROWS_RESIZE) {
		Rows need = rows(run->graph, n, 0, run->row);
		run->window[0] = row_of(run, run->x, x, need.first);
		run->window[1] = row_of(run, run->x, x, need.end - 1);
	}
}

static void
run_rows(Run *run, Spread *s)
{
	RowRule rule = ops[run->node->op].rows;
	const Tensor *y = tensor_out(run->graph, run->node);
	bool whole = rule == ROWS_WHOLE || rule == ROWS_VIEW;
	int images = whole ? 1 : y->shape.dim[0], rows = whole ? 1 : y->shape.dim[1];

	for (run->image = 0; run->image < images; run->image++)
		for (run->row = 0; run->row < rows; run->row++) {
			find_rows(run);
			call(run, s);
		}
}

static void
run_reduction(Run *run, Spread *s)
{
	const int *dim = tensor_in(run->graph, run->node, 0)->shape.dim;

	for (run->image = 0; run->image < dim[0]; run->image++) {
		run->row = 0;
		call(run, s);
		for (; run->row < dim[1]; run->row++)
			call(run, s + 1);
		run->row = 0;
		call(run, s + 2);
	}
}

/* A row of what windows see beyond the image. */
static const uint8_t *
row_outside(Run *run)
{
	Packed values = outside_values(run->graph, run->node);
	size_t bytes = (size_t)(values.count * types[values.type].bytes);

	return memcpy(block(&run->blocks, bytes, 0, run->operands->of->tight), values.data, bytes);
}

static void *
space(Run *run, const Case *c, const Parts *p, bool acc)
{
	int64_t bytes = 0;

	for (int i = 0; i < p->parts; i++) {
		int64_t (*asked)(WordOf *, void *) =
			acc ? p->part[i]->acc : p->part[i]->scratch;
		int64_t wanted = asked ? asked(number, (void *)(uintptr_t)c) : 0;
		bytes = wanted > bytes ? wanted : bytes;
	}
	return block(&run->blocks, (size_t)bytes, 0, c->tight);
}

/* Where x's elements belong in a y that lies the same way. */
static void
move_in(const Operands *o)
{
	const Graph *g = o->of->graph;
	const Tensor *x = tensor_in(g, g->node, 0), *y = tensor_out(g, g->node);
	const int *dim = y->shape.dim;
	Run from = { .x = o->x[0] };
	size_t bytes = element_bytes(y);

	for (from.image = 0; from.image < dim[0]; from.image++)
		for (int r = 0; r < dim[1]; r++)
			for (int p = 0; p < dim[2]; p++)
				memcpy((uint8_t *)(uintptr_t)row_of(&from, o->y, y, r) +
						bytes * (size_t)p *
							(size_t)axis_step(y, 2),
					row_of(&from, o->x[0], x, r) +
						bytes * (size_t)p *
							(size_t)axis_step(x, 2),
					bytes * (size_t)dim[3]);
}

Run *
run_new(const Parts *p, const Operands *o)
{
	const Case *c = o->of;
	Arena *arena = c->graph->arena;
	int height = kernel_height(c->graph, c->graph->node);
	Run *run = alloc(arena, sizeof *run);

	*run = (Run){ .operands = o,
		.graph = c->graph,
		.node = c->graph->node,
		.x = o->x[0],
		.y = o->y,
		.parts = p->parts };
	run->outside = row_outside(run);
	run->window = alloc_array(arena, (size_t)height + 2, sizeof *run->window);
	run->scratch = space(run, c, p, false);
	run->acc = space(run, c, p, true);
	for (int i = 0; i < p->parts; i++)
		prepare(run, &run->spread[i], p->part[i]);
	return run;
}

int not_applicable; /* set by a failed assert of a kernel */

bool
run_again(Run *run, bool in_place)
{
	if (in_place)
		move_in(run->operands);
	run->x = in_place ? run->operands->y : run->operands->x[0];
	not_applicable = 0;
	if (run->parts > 1)
		run_reduction(run, run->spread);
	else
		run_rows(run, run->spread);
	return !not_applicable;
}

bool
run_end(Run *run)
{
	bool intact = mend_blocks(&run->blocks);

	free_blocks(&run->blocks);
	return intact;
}

/* ---- questions */

static bool
has_param(const Parts *p, const char *name)
{
	for (int i = 0; i < p->parts; i++)
		for (int k = 0; k < p->part[i]->kernel.param_count; k++)
			if (!strcmp(p->part[i]->kernel.param[k], name))
				return true;
	return false;
}

bool
takes(const Parts *p, const Case *c)
{
	static const char *const words[3][2] = { { "x", "x_step" }, { "x2", "x2_step" },
		{ "y", "y_step" } };
	const Node *n = c->graph->node;
	bool whole = ops[n->op].rows == ROWS_WHOLE || ops[n->op].rows == ROWS_VIEW;

	for (int i = 0; i < 3; i++) {
		const Tensor *t =
			i == 2 ? tensor_out(c->graph, n) : tensor_in(c->graph, n, i);
		if (t && !t->data && t->pixel_step && !whole &&
			has_param(p, words[i][0]) && !has_param(p, words[i][1]) &&
			t->shape.dim[2] > 1)
			return false;
	}
	return true;
}

bool
may_be_in_place(const Parts *p, const Case *c)
{
	const Node *n = c->graph->node;
	const Tensor *x = tensor_in(c->graph, n, 0), *y = tensor_out(c->graph, n);

	return p->part[0]->in_place && same_shape(&x->shape, &y->shape) &&
		types[x->type].bytes == types[y->type].bytes &&
		x->pixel_step == y->pixel_step && x->row_step == y->row_step &&
		x->image_step == y->image_step;
}

int64_t
cost_of(const Parts *p, const Case *c)
{
	int64_t sum = 0;

	for (int i = 0; i < p->parts; i++)
		if (p->part[i]->cost)
			sum += p->part[i]->cost(number, (void *)(uintptr_t)c);
	return sum;
}
