/* report.c: where every byte and multiply-accumulate goes: figures, the JSON report, `inspect`. */
#include <cjson/cJSON.h>
#include <string.h>

#include "codegen.h"

/* Multiply-accumulates of all images: of convolutions and dense layers, padding taps included. */
int64_t
node_macs(const Graph *g, const Node *n)
{
	int64_t out = elements(&tensor_out(g, n)->shape);
	const Shape *w;

	switch (n->op) {
	case OP_conv2d:
		w = &tensor_in(g, n, 1)->shape;
		return out * w->dim[1] * w->dim[2] * w->dim[3];
	case OP_depthwise:
		w = &tensor_in(g, n, 1)->shape;
		return out * w->dim[1] * w->dim[2];
	case OP_dense:
		w = &tensor_in(g, n, 1)->shape;
		return out * w->dim[w->rank - 1];
	default:
		return 0;
	}
}

static int64_t
all_macs(const Graph *g)
{
	int64_t sum = 0;

	for (int i = 0; i < g->node_count; i++)
		sum += node_macs(g, g->node + i);
	return sum;
}

/*
 * Bytes of stack: the target's frames, the row pointers of the tallest window, and what a layer
 * more costs, measured with 500 of them, alone or, its counter and pointer, in the longest segment.
 * Tests hold it against the compilers' -fstack-usage.
 */
int64_t
stack_bound(const Program *p)
{
	enum { POINTER = 8, LAYER = 1, TURN = 16 };
	const Graph *g = p->job->graph;
	int64_t layers = 0, most = 2, turns = 0, longest = 0, frame = 0;

	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		int rows = ops[n->op].rows == ROWS_WINDOW ? kernel_height(g, n) : 0;
		layers += p->call[i].parts > 0;
		most = rows > most ? rows : most;
		turns = !p->part[i] || p->part[i] == i + 1 ? 0 : turns;
		turns += p->part[i] && n->kernel;
		longest = turns > longest ? turns : longest;
	}
	for (int i = 0; i < p->variants; i++) {
		int own = p->variant[i]->job->target->frame;
		frame = own > frame ? own : frame;
	}
	frame += p->variants > 1 ? p->job->target->frame : 0;
	return frame + POINTER * most + LAYER * layers + TURN * longest;
}

int64_t
weights_of(const Graph *g, const Node *n)
{
	int64_t bytes = 0;

	for (int k = 0; k < n->input_count; k++)
		if (n->input[k] >= 0 && g->tensor[n->input[k]].data)
			bytes += tensor_bytes(g->tensor + n->input[k]);
	return bytes;
}

/* The largest sum of tensors live at once, layer by layer, were all of them whole. */
static int64_t
whole_bytes(const Graph *g)
{
	int64_t *change = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *change);
	int64_t now = 0, most = 0;

	for (const Buffer *b = g->buffer; b < g->buffer + g->buffer_count; b++) {
		int64_t bytes = b->tensor < 0 ? b->bytes : tensor_bytes(g->tensor + b->tensor);
		change[g->step[b->first].node] += bytes;
		change[g->step[b->last].node + 1] -= bytes;
	}
	for (int i = 0; i < g->node_count; i++) {
		now += change[i];
		most = now > most ? now : most;
	}
	return most;
}

/* ---- functions ---- */

int64_t
text_bytes(Price p)
{
	return (int64_t)(INSTRUCTION_BYTES * p.code);
}

/* Whether a parameter that is left is a word in which layers differ. */
static bool
is_passed(const Function *f, int i)
{
	int param = f->bound->param[i];

	return f->merged.open >> param & 1 && word_kind(f->bound->template->param[param].name) != WORD_RUNTIME;
}

const char *
open_words(const Program *p, const Function *f)
{
	const char *words = "";

	for (int i = 0; i < f->bound->param_count; i++)
		if (is_passed(f, i))
			words = format(p->job->arena, "%s%s%s", words, *words ? ", " : "",
				f->bound->template->param[f->bound->param[i]].name);
	return words;
}

/* All variants' functions: text, and what it would be if every word were bound; words passed. */
static void
sum_text(const Program *p, int64_t *text, int64_t *alone, int64_t *words)
{
	for (int k = 0; k < p->variants; k++) {
		const Function *f = p->variant[k]->function, *end = f + p->variant[k]->function_count;
		for (; f < end; f++) {
			*text += text_bytes(f->merged.all);
			*alone += text_bytes(f->merged.alone);
			for (int i = 0; i < f->bound->param_count; i++)
				*words += is_passed(f, i) ? f->merged.layers : 0;
		}
	}
	*words *= (int64_t)sizeof(int32_t);
}

const Figure *
figures(const Program *p, int *count)
{
	const Graph *g = p->job->graph;
	int64_t in = 0, out = 0, stack = stack_bound(p), macs = all_macs(g), outside = 0;
	int64_t state = state_bytes(p), text = 0, alone = 0, words = 0;

	for (int i = 0; i < p->ports; i++)
		*(i < p->inputs ? &in : &out) += p->port[i].bytes;
	if (g->input_mode != INPUT_CONST)
		in = pushed_row_bytes(p); /* that the caller holds while it pushes it */
	for (int i = 0; i < p->data->outside_count; i++)
		outside += packed_bytes(p->data->outside[i].packed);
	sum_text(p, &text, &alone, &words);
	const Figure figure[] = {
		{ "ram", "work_bytes", "work area", g->work_bytes, false },
		{ "ram", "state_bytes", "state", state, false },
		{ "ram", "input_bytes", "inputs of the caller", in, false },
		{ "ram", "output_bytes", "outputs of the caller", out, false },
		{ "ram", "stack_bytes", "stack, at most", stack, false },
		{ "ram", "lower_bound_bytes", "work area's lower bound", g->lower_bound, false },
		{ "ram", "whole_bytes", "work area, were all tensors whole", whole_bytes(g), false },
		{ "ram", "total_bytes", "RAM in all", g->work_bytes + state + in + out + stack,
			true },
		{ "flash", "weights_bytes", "flash: weights and tables", p->weights_bytes, true },
		{ "flash", "outside_rows_bytes", "flash: rows beyond the edges", outside, false },
		{ "flash", "text_bytes", "flash: kernels, estimated", text, false },
		{ "flash", "text_saved_bytes", "flash: saved by shared kernels, estimated", alone - text, false },
		{ "flash", "shared_words_bytes", "flash: words passed to shared kernels", words, false },
		{ NULL, "macs_model", "multiply-accumulates of the model", p->job->macs_model, false },
		{ NULL, "macs", "multiply-accumulates as compiled", macs, true },
		{ NULL, "macs_executed", "multiply-accumulates executed", macs, false },
	};
	*count = sizeof figure / sizeof *figure;
	return copy_of(p->job->arena, figure, sizeof figure);
}

/* ---- segments and their rings ---- */

bool
next_segment(const Graph *g, Streamed *s)
{
	int i = s->last + 1;

	while (i < g->node_count && !g->node[i].segment)
		i++;
	*s = (Streamed){ .first = i, .last = i };
	if (i == g->node_count)
		return false;
	s->number = g->node[i].segment;
	while (s->last + 1 < g->node_count && g->node[s->last + 1].segment == s->number)
		s->last++;
	for (int t = 0; t < g->tensor_count; t++)
		if (is_ring_of(g, t, s)) {
			s->ring_bytes += ring_bytes(g->tensor + t);
			s->whole_bytes += tensor_bytes(g->tensor + t);
		}
	return true;
}

bool
is_ring_of(const Graph *g, int tensor, const Streamed *s)
{
	int maker = producer(g, tensor);

	return g->tensor[tensor].ring && g->tensor[tensor].view < 0 && maker >= s->first &&
		maker <= s->last;
}

int64_t
ring_bytes(const Tensor *t)
{
	return t->ring * axis_step(t, HEIGHT) * types[t->type].bytes;
}

/* ---- JSON ---- */

/* main() gives cJSON an allocator that never answers NULL. */
static void
add_int(cJSON *to, const char *name, int64_t value)
{
	cJSON_AddNumberToObject(to, name, (double)value);
}

static cJSON *
layer_of(const Graph *g, const Call *c)
{
	const Node *n = c->node;
	cJSON *layer = cJSON_CreateObject();

	cJSON_AddStringToObject(layer, "name", c->id);
	cJSON_AddStringToObject(layer, "source", n->name ? n->name : "");
	cJSON_AddStringToObject(layer, "operator", ops[n->op].name);
	cJSON_AddStringToObject(layer, "kernel", n->kernel ? n->kernel : "view");
	cJSON_AddStringToObject(layer, "dialect", semantics_names[n->dialect]);
	add_int(layer, "segment", n->segment);
	add_int(layer, "channels", channel_count(tensor_out(g, n)));
	add_int(layer, "pruned", n->pruned);
	if (sums_products(n) && tensor_out(g, n)->type == TYPE_s8) {
		cJSON *proved = cJSON_AddObjectToObject(layer, "proved");
		add_int(proved, "form", n->form);
		add_int(proved, "sum_bound", n->sum_bound);
		add_int(proved, "float_channels", float_channels(n));
		add_int(proved, "split_channels", fine_channels(n, FINE_SPLIT));
		add_int(proved, "double_channels", n->scale.count - float_channels(n));
		add_int(proved, "whole_channels",
			is_high(g, n, HIGH_PLAIN) ? channel_count(tensor_out(g, n)) : 0);
		cJSON_AddBoolToObject(proved, "clamped_below", !(n->open & OPEN_BELOW));
		cJSON_AddBoolToObject(proved, "clamped_above", !(n->open & OPEN_ABOVE));
	}
	add_int(layer, "work", node_macs(g, n));
	add_int(layer, "cost", n->segment ? n->row_cost : n->cost);
	add_int(layer, "bytes", tensor_bytes(tensor_out(g, n)));
	add_int(layer, "weights_bytes", weights_of(g, n));
	add_int(layer, "scratch_bytes", n->scratch);
	cJSON_AddBoolToObject(layer, "in_place", n->in_place);
	return layer;
}

static cJSON *
segment_of(const Program *p, const Streamed *s)
{
	const Graph *g = p->job->graph;
	cJSON *segment = cJSON_CreateObject();

	add_int(segment, "number", s->number);
	cJSON_AddStringToObject(segment, "first", p->call[s->first].id);
	cJSON_AddStringToObject(segment, "last", p->call[s->last].id);
	add_int(segment, "saved_bytes", s->whole_bytes - s->ring_bytes);
	cJSON *rings = cJSON_AddArrayToObject(segment, "rings");
	for (int t = 0; t < g->tensor_count; t++) {
		if (!is_ring_of(g, t, s))
			continue;
		cJSON *ring = cJSON_CreateObject();
		cJSON_AddStringToObject(ring, "layer", p->call[producer(g, t)].id);
		add_int(ring, "rows", g->tensor[t].ring);
		add_int(ring, "of", g->tensor[t].shape.dim[HEIGHT]);
		add_int(ring, "bytes", ring_bytes(g->tensor + t));
		cJSON_AddItemToArray(rings, ring);
	}
	return segment;
}

/* What sharing costs and saves is estimated. */
static cJSON *
function_of(const Program *p, const Function *f)
{
	cJSON *function = cJSON_CreateObject();
	const Template *t = f->bound->template;

	cJSON_AddStringToObject(function, "name", f->name);
	cJSON_AddStringToObject(function, "kernel", format(p->job->arena, "%s/%s", t->folder, t->name));
	cJSON_AddStringToObject(function, "serves", f->what);
	cJSON_AddStringToObject(function, "words", open_words(p, f));
	add_int(function, "text_bytes", text_bytes(f->merged.all));
	add_int(function, "text_bytes_alone", text_bytes(f->merged.alone));
	add_int(function, "instructions", (int64_t)f->merged.all.steps);
	add_int(function, "instructions_alone", (int64_t)f->merged.alone.steps);
	return function;
}

Text
report_json(const Program *p)
{
	const Job *job = p->job;
	cJSON *root = cJSON_CreateObject();
	Text t = text_new(job->arena);
	Streamed s = { .last = -1 };
	int count;

	cJSON_AddStringToObject(root, "model", job->source);
	cJSON_AddStringToObject(root, "target", job->target->name);
	cJSON_AddStringToObject(root, "semantics", semantics_names[job->graph->semantics]);
	for (const Figure *f = figures(p, &count), *end = f + count; f < end; f++) {
		cJSON *to = f->group ? cJSON_GetObjectItem(root, f->group) : root;
		add_int(to ? to : cJSON_AddObjectToObject(root, f->group), f->name, f->value);
	}
	cJSON *segments = cJSON_AddArrayToObject(root, "segments");
	while (next_segment(job->graph, &s))
		cJSON_AddItemToArray(segments, segment_of(p, &s));
	cJSON *layers = cJSON_AddArrayToObject(root, "layers");
	for (int i = 0; i < job->graph->node_count; i++)
		cJSON_AddItemToArray(layers, layer_of(job->graph, p->call + i));
	cJSON *functions = cJSON_AddArrayToObject(root, "functions");
	for (int k = 0; k < p->variants; k++)
		for (int i = 0; i < p->variant[k]->function_count; i++)
			cJSON_AddItemToArray(functions, function_of(p, p->variant[k]->function + i));
	char *json = cJSON_Print(root);
	put(&t, "%s\n", json);
	cJSON_free(json);
	cJSON_Delete(root);
	return t;
}

/* ---- inspect ---- */

static void
inspect_port(FILE *to, const Graph *g, const Port *port, const char *kind)
{
	const Tensor *t = g->tensor + port->tensor;

	fprintf(to, "%s %s: %s %s", kind, port->name && *port->name ? port->name : t->name,
		types[t->type].name, dims_text(g->arena, &t->shape));
	if (t->quant.count == 1)
		fprintf(to, ", scale %.9g zero %d", (double)t->quant.scale[0], (int)t->quant.zero[0]);
	fputc('\n', to);
}

static int64_t
live_bytes(const Graph *g, const Life *life, int at)
{
	int64_t sum = 0;

	for (int t = 0; t < g->tensor_count; t++)
		if (!g->tensor[t].data && life[t].first <= at && life[t].last >= at)
			sum += tensor_bytes(g->tensor + t);
	return sum;
}

/* Of the graph as the front end made it: tensors, operators, work, memory layer by layer. */
void
inspect(FILE *to, const Graph *g)
{
	const Life *life = lives(g);
	int64_t weights = 0, most = 0;

	for (int t = 0; t < g->tensor_count; t++)
		weights += g->tensor[t].data ? tensor_bytes(g->tensor + t) : 0;
	for (int i = 0; i < g->input_count; i++)
		inspect_port(to, g, g->input + i, "input");
	for (int i = 0; i < g->output_count; i++)
		inspect_port(to, g, g->output + i, "output");
	fprintf(to, "\n%4s  %-16s %-18s %12s %12s %12s\n", "#", "operator", "output", "MACs",
		"weights", "live bytes");
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		const Tensor *y = tensor_out(g, n);
		int64_t live = live_bytes(g, life, i);

		most = live > most ? live : most;
		fprintf(to, "%4d  %-16s %-4s %-13s %12lld %12lld %12lld\n", n->number, ops[n->op].name,
			types[y->type].name, dims_text(g->arena, &y->shape), (long long)node_macs(g, n), (long long)weights_of(g, n),
			(long long)live);
	}
	fprintf(to, "\n%d operators, %lld multiply-accumulates, %lld bytes of constants,\n"
		"%lld bytes live at most in this order\n", g->node_count, (long long)all_macs(g),
		(long long)weights, (long long)most);
}
