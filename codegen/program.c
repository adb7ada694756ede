/* program.c: the nodes as calls of bound functions: names, data, which functions are one. */
#include <ctype.h>
#include <string.h>

#include "codegen.h"

enum { NAME_MOST = 40 };
const uint64_t FNV_START = 0xcbf29ce484222325u; /* FNV-1a, 64 bits: offset basis, prime */
static const uint64_t FNV_PRIME = 0x100000001b3u;

uint64_t
fnv1a(uint64_t hash, const void *data, size_t bytes)
{
	for (const uint8_t *p = data, *end = p + bytes; p < end; p++)
		hash = (hash ^ *p) * FNV_PRIME;
	return hash;
}

const char *
identifier(Arena *arena, const char *text)
{
	char *name = alloc(arena, NAME_MOST + 2);
	int n = 0;

	for (; *text && n < NAME_MOST; text++) {
		bool letter = isalnum((unsigned char)*text);
		if (!n && (!letter || isdigit((unsigned char)*text)))
			name[n++] = 'm';
		if (letter)
			name[n++] = (char)tolower((unsigned char)*text);
		else if (n && name[n - 1] != '_')
			name[n++] = '_';
	}
	while (n && name[n - 1] == '_')
		name[--n] = 0;
	return n ? name : "model";
}

const char *
upper_case(Arena *arena, const char *text)
{
	char *name = copy_of(arena, text, strlen(text) + 1);

	for (char *p = name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return name;
}

static void
find_parts(const Job *job, Call *c)
{
	const char *slash = c->kernel ? strchr(c->kernel, '/') : NULL;

	if (slash)
		c->parts = kernel_parts(job->templates, format(job->arena, "%.*s", (int)(slash - c->kernel),
			c->kernel), slash + 1, c->template);
}

/* "conv2d_3" of operator 3 of the model; what the compiler made counts by itself. */
static void
name_calls(Program *p)
{
	const Graph *g = p->job->graph;
	int made = 0;

	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		bool again = false;

		for (int k = i - 1; k >= 0 && n->number >= 0; k--)
			again |= g->node[k].number == n->number && g->node[k].op == n->op;
		p->call[i].node = n;
		p->call[i].kernel = n->kernel ? kernel_of(g->arena, n, p->which) : NULL;
		p->call[i].id = n->number < 0 || again ?
			format(p->job->arena, "%s_x%d", ops[n->op].name, made++) :
			format(p->job->arena, "%s_%d", ops[n->op].name, n->number);
		find_parts(p->job, p->call + i);
	}
}

/* The array's name; equal ones are there once. */
static const char *
add_array(Program *p, const char *name, Packed packed)
{
	Data *d = p->data;

	for (int i = 0; i < d->array_count; i++) {
		Array *a = d->array + i;
		if (same_packed(a->packed, packed)) {
			a->users |= 1u << p->which;
			return a->name;
		}
	}
	d->array = grow(p->job->arena, d->array, d->array_count, sizeof *d->array);
	d->array[d->array_count++] = (Array){ name, packed, -1, 1u << p->which, NULL };
	return name;
}

static bool
same_bindings(const Bound *f, const Binding *b, int count)
{
	bool same = f->binding_count == count;

	for (int i = 0; i < count && same; i++)
		same = f->binding[i].name == b[i].name && f->binding[i].i == b[i].i &&
			!memcmp(&f->binding[i].f, &b[i].f, sizeof b[i].f);
	return same;
}

/* The function of another call that is bound to the very same: large graphs have many. */
static const Bound *
bound_already(const Program *p, const Template *t, const Binding *b, int count)
{
	for (int i = 0; i < p->job->graph->node_count; i++)
		for (int k = 0; k < p->call[i].parts; k++)
			if (p->call[i].bound[k].template == t &&
			    same_bindings(p->call[i].bound + k, b, count))
				return p->call[i].bound + k;
	return NULL;
}

/* Binds what is known: integers, floats, the name of the helper that ends the kernel. */
static Bound
bind(Program *p, const Call *c, int part)
{
	const Template *t = c->template[part];
	Arena *arena = p->job->arena;
	const Node *n = c->node;
	Binding *binding = alloc_array(arena, (size_t)t->param_count + 1, sizeof *binding);
	int count = 0;

	for (int i = 0; i < t->param_count; i++) {
		const Param *q = t->param + i;
		Value v;
		if ((q->kind != PARAM_INT && q->kind != PARAM_FLOAT) || c->merged[part]->open >> i & 1)
			continue;
		if (!strcmp(q->name, "valid_h"))
			v = int_value(kernel_height(p->job->graph, n));
		else if (!word_value(p->job->graph, n, q->name, &v))
			continue;
		binding[count++] = (Binding){ .name = q->name,
			.kind = q->kind == PARAM_INT ? BIND_INT : BIND_FLOAT, .i = v.i,
			.f = is_real(v) ? v.f : (double)v.i };
	}
	const Bound *same = bound_already(p, t, binding, count);
	return same ? *same : specialize(p->closure, t, binding, count);
}

static const char *
number_text(Arena *arena, Value v)
{
	Text t = text_new(arena);

	if (is_real(v))
		put_float(&t, (float)v.f);
	else
		put(&t, "%lld", (long long)v.i);
	return t.data;
}

static void
add_call(Program *p, Call *c)
{
	Job *job = p->job;
	const Node *n = c->node;

	for (int i = 0; i < c->parts; i++) {
		Bound *b = c->bound + i;
		*b = bind(p, c, i);
		if (b->failed)
			die("%s: %s was selected: %s", n->name, c->kernel, b->failed);
		const char **argument = alloc_array(job->arena, (size_t)b->param_count + 1, sizeof(char *));
		for (int k = 0; k < b->param_count; k++) {
			const char *word = b->template->param[b->param[k]].name;
			Value v;
			if (word_value(job->graph, n, word, &v))
				argument[k] = number_text(job->arena, v);
			else if (word_kind(word) == WORD_ARRAY)
				argument[k] = add_array(p, format(job->arena, "%s_%s", c->id, word),
					pack(job->graph, n, word));
		}
		c->argument[i] = argument;
	}
}

/* Whether the kernel reads input k as x or x2, not as weights. */
static bool
is_operand(const Call *c, int k)
{
	for (int i = 0; i < c->parts; i++)
		for (int j = 0; j < c->bound[i].param_count; j++)
			if (!strcmp(c->bound[i].template->param[c->bound[i].param[j]].name, k ? "x2" : "x"))
				return k < 2;
	return false;
}

/* Constant operands are arrays like weights. */
static void
add_constants(Program *p)
{
	const Graph *g = p->job->graph;

	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		for (int k = 0; k < n->input_count && p->call[i].parts; k++) {
			const Tensor *x = tensor_in(g, n, k);
			if (!x || !x->data || p->tensor[n->input[k]] || !is_operand(p->call + i, k))
				continue;
			p->tensor[n->input[k]] = add_array(p, format(p->job->arena, "%s_%s", p->call[i].id,
				k ? "x2" : "x"), packed_tensor(x));
		}
	}
}

static const char *
with_part(Program *p, const char *name, const Call *c, int part)
{
	return c->parts == 1 ? name : format(p->job->arena, "%s_%s", name, part_names[part]);
}

/* "conv1x1_14x14_64_384": what layers of one shape share. */
static const char *
shape_name(Program *p, const Call *c, int part)
{
	const Graph *g = p->job->graph;
	const Tensor *x = tensor_in(g, c->node, 0), *y = tensor_out(g, c->node);
	const char *kernel = strchr(c->kernel, '/') + 1;
	int size = (int)strcspn(kernel, "_");
	const int *in = x->shape.dim, *out = y->shape.dim;

	if (g->optimize == OPTIMIZE_SIZE)
		return with_part(p, kernel, c, part); /* of many shapes */
	while (kernel[size] == '_' && strchr("nb", kernel[size + 1]))
		size += 1 + (int)strcspn(kernel + size + 1, "_"); /* copy_nd */
	if (x->shape.rank != NHWC || y->shape.rank != NHWC)
		return with_part(p, format(p->job->arena, "%.*s_of_%s", size, kernel, c->id), c, part);
	return with_part(p, format(p->job->arena, "%.*s_%dx%d_%d_%d", size, kernel, in[1], in[2],
		in[3], out[3]), c, part);
}

bool
is_taken(const Program *p, const char *name)
{
	for (int k = 0; k < p->variants; k++)
		for (int i = 0; i < p->variant[k]->function_count; i++)
			if (!strcmp(p->variant[k]->function[i].name, name))
				return true;
	for (int i = 0; i < p->data->array_count; i++)
		if (!strcmp(p->data->array[i].name, name))
			return true;
	return false;
}

static int
uses(const Program *p, const char *key)
{
	int count = 0;

	for (int i = 0; i < p->job->graph->node_count; i++)
		for (int k = 0; k < p->call[i].parts; k++)
			count += !strcmp(p->call[i].bound[k].key, key);
	return count;
}

/* Layers that are bound otherwise may have the same text, too. */
static void
count_layers(Function *f, Merged *m)
{
	if (m->counted)
		return;
	m->counted = true;
	if (!f->merged.layers) {
		f->merged = *m;
		return;
	}
	f->merged.layers += m->layers;
	f->merged.all.steps += m->all.steps;
	f->merged.alone.steps += m->alone.steps;
}

/* Functions of equal text are emitted once, named after the layer or, shared, the shape. */
static void
add_functions(Program *p, Call *c)
{
	Arena *arena = p->job->arena;

	for (int k = 0; k < c->parts; k++) {
		Function *f = NULL;

		for (int i = 0; i < p->function_count && !f; i++)
			if (!strcmp(p->function[i].bound->key, c->bound[k].key))
				f = p->function + i;
		if (!f) {
			bool shared = uses(p, c->bound[k].key) > 1;
			const char *name = format(arena, "%s%s", shared ? shape_name(p, c, k) :
				with_part(p, c->id, c, k), p->suffix);
			if (is_taken(p, name))
				name = format(arena, "%s_%s", name, c->id);
			p->function = grow(arena, p->function, p->function_count, sizeof *f);
			f = p->function + p->function_count++;
			*f = (Function){ .name = name, .bound = c->bound + k, .what = c->id };
		} else {
			f->what = format(arena, "%s, %s", f->what, c->id);
		}
		c->function[k] = f->name;
		count_layers(f, c->merged[k]);
	}
}

/* Arrays one after the other in the weights file, each at home on the target's boundary. */
void
place_arrays(Program *p)
{
	int64_t align = p->job->target->alignment, at = 0;

	for (int i = 0; i < p->data->array_count; i++) {
		Array *a = p->data->array + i;
		int64_t bytes = packed_bytes(a->packed);
		p->weights_bytes += bytes;
		a->at = at;
		at = round_up(at + bytes, align);
	}
	p->weights_file = p->job->weights == WEIGHTS_BIN ||
		(p->job->weights == WEIGHTS_AUTO && p->weights_bytes > WEIGHTS_IN_C_MOST);
	p->weights_size = weights_header_bytes() + at;
}

/* What is each variant's own: its calls, and the functions that they bind. */
static void
add_code(Program *p)
{
	const Graph *g = p->job->graph;

	p->closure = closure_new(p->job->templates);
	p->call = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *p->call);
	name_calls(p);
	merge_layers(p);
	for (int i = 0; i < g->node_count; i++)
		add_call(p, p->call + i);
	p->tensor = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *p->tensor);
	add_constants(p);
	for (int i = 0; i < g->node_count; i++)
		add_functions(p, p->call + i);
}

/* One of several variants; "x86-avx2" makes functions of names that end in _avx2. */
static void
add_variant(Program *whole, const Target *target)
{
	Arena *arena = whole->job->arena;
	Program *p = copy_of(arena, whole, sizeof *p);
	const char *dash = strrchr(target->name, '-');

	p->job = copy_of(arena, whole->job, sizeof *p->job);
	p->job->target = target;
	p->which = whole->variants;
	p->suffix = format(arena, "_%s", dash ? dash + 1 : target->name);
	whole->variant[whole->variants++] = p;
	p->variants = whole->variants;
	add_code(p);
}

/* What is known of the whole after all variants are there. */
static void
complete(Program *p, const Program *whole)
{
	Program all = *whole;

	all.job = p->job;
	all.which = p->which;
	all.suffix = p->suffix;
	all.closure = p->closure;
	all.call = p->call;
	all.function = p->function;
	all.function_count = p->function_count;
	all.tensor = p->tensor;
	*p = all;
}

Program *
program_new(Job *job)
{
	Program *p = alloc(job->arena, sizeof *p);
	const Target *target[VARIANTS_MOST];
	int count = variants_of(job->target, target);

	p->job = job;
	p->name = identifier(job->arena, job->graph->name);
	p->upper = upper_case(job->arena, p->name);
	p->data = alloc(job->arena, sizeof *p->data);
	p->variant = alloc_array(job->arena, (size_t)count, sizeof *p->variant);
	p->suffix = "";
	for (int i = 0; i < count && count > 1; i++)
		add_variant(p, target[i]);
	if (count == 1) {
		p->variant[p->variants++] = p;
		add_code(p);
	} else {
		p->call = p->variant[0]->call;
		p->closure = closure_new(job->templates);
	}
	name_ports(p);
	place_arrays(p);
	find_reader(p);
	find_segments(p);
	for (int i = 0; i < count && count > 1; i++)
		complete(p->variant[i], p);
	return p;
}
