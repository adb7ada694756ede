/* graph.c: making a graph and asking it things. */
#include <string.h>

#include "ir.h"

const TypeInfo types[TYPE_COUNT] = {
#define TYPE(name, ctype, bytes, tflite) { #name, #ctype, tflite, bytes },
#include "types.def"
#undef TYPE
};

const OpInfo ops[OP_COUNT] = {
#define OP(name, least, most, rows, outside, attrs, stems) \
	{ #name, least, most, ROWS_##rows, OUTSIDE_##outside, attrs, stems },
#include "ops.def"
#undef OP
};

const char *const semantics_names[SEMANTICS_COUNT] = { "tflm", "litert", "ort" };
const char *const input_mode_names[INPUT_MODE_COUNT] = { "full", "const", "push" };
const char *const optimize_names[OPTIMIZE_COUNT] = { "speed", "ram", "size" };
const char *const act_names[ACT_COUNT] = { "none", "relu", "relu6", "relu_n1" };

Graph *
graph_new(Arena *arena, Diag *diag, const char *name)
{
	Graph *g = alloc(arena, sizeof *g);

	g->arena = arena;
	g->diag = diag;
	g->name = name;
	g->format = "mir";
	g->alignment = 1;
	return g;
}

int
add_tensor(Graph *g, const Tensor *t)
{
	g->tensor = grow(g->arena, g->tensor, g->tensor_count, sizeof *t);
	g->tensor[g->tensor_count] = *t;
	return g->tensor_count++;
}

int
new_tensor(Graph *g, const char *name, Type type, Shape shape, Quant quant, Loc loc)
{
	Tensor t = { .name = name,
		.loc = loc,
		.type = type,
		.shape = shape,
		.quant = quant,
		.origin = { -1, type, shape },
		.view = -1,
		.offset = -1 };

	return add_tensor(g, &t);
}

int
tensor_beside(Graph *g, int tensor, const char *suffix, Shape shape)
{
	const Tensor t = g->tensor[tensor];
	int made = new_tensor(g, format(g->arena, "%s%s", t.name, suffix), t.type, shape,
		t.quant, t.loc);

	g->tensor[made].origin.type = t.origin.type;
	return made;
}

Attr
attr_defaults(void)
{
	Node n = { .op = OP_COUNT };

	for (const Field *f = fields; f < fields + field_count; f++) {
		char *at = (char *)&n + f->at;
		if (f->attribute && f->kind == FIELD_FLOAT)
			*(float *)(void *)at = (float)f->value;
		else if (f->attribute && f->kind != FIELD_LIST)
			*(int *)(void *)at = f->value;
	}
	return n.attr;
}

Node
new_node(const Graph *g, Op op, const char *name, Loc loc, const int *input, int inputs,
	int output)
{
	return (Node){
		.op = op,
		.dialect = g->semantics,
		.name = name,
		.loc = loc,
		.input = copy_of(g->arena, input, (size_t)inputs * sizeof *input),
		.input_count = inputs,
		.output = output,
		.number = -1,
		.attr = attr_defaults(),
		.scratch_offset = -1,
	};
}

Node *
insert_node(Graph *g, int at, Node n)
{
	g->node = grow(g->arena, g->node, g->node_count, sizeof n);
	memmove(g->node + at + 1, g->node + at,
		(size_t)(g->node_count++ - at) * sizeof n);
	g->node[at] = n;
	return g->node + at;
}

Node *
append_node(Graph *g, Node n)
{
	return insert_node(g, g->node_count, n);
}

Node *
add_node(Graph *g, Op op, const char *name, Loc loc, const int *input, int inputs,
	int output)
{
	return append_node(g, new_node(g, op, name, loc, input, inputs, output));
}

Graph
take_nodes(Graph *g)
{
	const Graph old = *g;

	g->node = NULL;
	g->node_count = 0;
	return old;
}

void
remove_node(Graph *g, int at)
{
	g->node_count--;
	memmove(g->node + at, g->node + at + 1,
		(size_t)(g->node_count - at) * sizeof *g->node);
}

void
set_semantics(Graph *g, Semantics semantics)
{
	for (int i = 0; i < g->node_count; i++)
		if (g->node[i].dialect == g->semantics)
			g->node[i].dialect = semantics;
	g->semantics = semantics;
}

Tensor *
tensor_in(const Graph *g, const Node *n, int operand)
{
	if (operand >= n->input_count || n->input[operand] < 0)
		return NULL;
	return g->tensor + n->input[operand];
}

Tensor *
tensor_out(const Graph *g, const Node *n)
{
	return g->tensor + n->output;
}

int
producer(const Graph *g, int tensor)
{
	for (int i = 0; i < g->node_count; i++)
		if (g->node[i].output == tensor)
			return i;
	return -1;
}

static bool
has_port(const Port *port, int count, int tensor)
{
	for (int i = 0; i < count; i++)
		if (port[i].tensor == tensor)
			return true;
	return false;
}

bool
is_input(const Graph *g, int tensor)
{
	return has_port(g->input, g->input_count, tensor);
}

bool
is_callers(const Graph *g, int tensor)
{
	return is_output(g, tensor) || (is_input(g, tensor) && g->input_mode != INPUT_FULL);
}

bool
is_output(const Graph *g, int tensor)
{
	return has_port(g->output, g->output_count, tensor);
}

bool
same_quant(const Quant *a, const Quant *b)
{
	if (a->count != b->count || (a->count > 1 && a->axis != b->axis))
		return false;
	for (int i = 0; i < a->count; i++)
		if (a->scale[i] != b->scale[i] || a->zero[i] != b->zero[i])
			return false;
	return true;
}

int
volume(const Shape *s, int from, int to)
{
	int n = 1;

	for (int i = from; i < to; i++)
		n *= s->dim[i];
	return n;
}

int64_t
elements(const Shape *s)
{
	int64_t n = 1;

	for (int i = 0; i < s->rank; i++)
		n *= s->dim[i];
	return n;
}

int64_t
tensor_bytes(const Tensor *t)
{
	return elements(&t->shape) * types[t->type].bytes;
}

bool
same_shape(const Shape *a, const Shape *b)
{
	if (a->rank != b->rank)
		return false;
	for (int i = 0; i < a->rank; i++)
		if (a->dim[i] != b->dim[i])
			return false;
	return true;
}

Shape
shape_of(int rank, ...)
{
	Shape s = { .rank = rank };
	va_list ap;

	va_start(ap, rank);
	for (int i = 0; i < rank; i++)
		s.dim[i] = va_arg(ap, int);
	va_end(ap);
	return s;
}

int
find_name(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

bool
has_word(const char *list, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += size)
		if ((at == list || at[-1] == ' ') && (at[size] == ' ' || !at[size]))
			return true;
	return false;
}

int64_t
axis_step(const Tensor *t, int axis)
{
	const int64_t own[NHWC] = { t->image_step, t->row_step, t->pixel_step, 1 };
	int rank = t->shape.rank;

	if (rank == NHWC && own[axis])
		return own[axis];
	return axis >= rank - 1 ? 1 : t->shape.dim[axis + 1] * axis_step(t, axis + 1);
}

bool
is_dense(const Tensor *t)
{
	return !t->pixel_step && !t->row_step && !t->image_step;
}

int64_t
tensor_span(const Tensor *t)
{
	int64_t last = 0;

	for (int i = 0; i < t->shape.rank; i++)
		last += (t->shape.dim[i] - 1) * axis_step(t, i);
	return (last + 1) * types[t->type].bytes;
}

bool
is_view(const Graph *g, const Node *n)
{
	int x = n->input_count ? n->input[0] : -1, y = n->output;

	if (n->op == OP_concat)
		return true;
	if (n->op != OP_reshape && n->op != OP_slice)
		return false;
	return g->tensor[y].view == x || g->tensor[x].view == y;
}

int
storage(const Graph *g, int tensor, int64_t *offset)
{
	int64_t at = 0;

	for (; g->tensor[tensor].view >= 0; tensor = g->tensor[tensor].view)
		at += g->tensor[tensor].view_offset;
	if (offset)
		*offset = at;
	return tensor;
}

Life *
lives(const Graph *g)
{
	Life *life = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *life);

	for (int t = 0; t < g->tensor_count; t++)
		life[t] = (Life){ INT32_MAX, -1 };
	for (int i = 0; i < g->input_count; i++)
		life[g->input[i].tensor] = (Life){ -1, -1 };
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		for (int k = 0; k < n->input_count; k++)
			if (n->input[k] >= 0)
				life[n->input[k]].last = i;
		life[n->output] = (Life){ i, i };
	}
	for (int i = 0; i < g->output_count; i++)
		life[g->output[i].tensor].last = g->node_count;
	return life;
}
