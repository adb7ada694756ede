/* bundle.c: several compilations of one interface: that it is one, equal weights once, the report. */
#include <cjson/cJSON.h>
#include <string.h>

#include "codegen.h"

static const char *const figure_names[FIGURE_COUNT] = { "quality", "latency_ms", "watts",
	"period" };

/* The first member of its program: those that differ in figures alone have one. */
static int
first_of(const Bundle *b, int which)
{
	int i = 0;

	while (b->member[i].program != b->member[which].program)
		i++;
	return i;
}

/* The next member after one, from -1 on, that is the first of its program; false: no more. */
bool
next_program(const Bundle *b, int *which)
{
	do
		++*which;
	while (*which < b->count && first_of(b, *which) != *which);
	return *which < b->count;
}

/* ---- the interface ---- */

static _Noreturn void
differ(const Bundle *b, int which, const char *what, const char *first, const char *other)
{
	Diag *diag = b->face.job->graph->diag;

	diag->file = b->face.name;
	fail_at(diag, nowhere, "%s and %s differ: %s %s and %s", b->member[0].name,
		b->member[which].name, what, first, other);
}

/* "1x8x8x1 of int8_t" */
static const char *
type_text(const Program *p, const PortText *port)
{
	const Tensor *x = port->tensor;

	return format(p->job->arena, "%s of %s", dims_text(p->job->arena,
		x->origin.number >= 0 ? &x->origin.shape : &x->shape), port->type);
}

/* "(stored - -128) * 0.00392156886"; whether floats can be made of it. */
static const char *
quant_text(const Program *p, const PortText *port, bool *converts)
{
	const Quant *q = &port->tensor->quant;
	const char *text = q->count ? "" : "none";

	*converts = q->count == 1 && is_byte(port->tensor->type);
	for (int i = 0; i < q->count; i++)
		text = format(p->job->arena, "%s%s(stored - %d) * %.9g", text, i ? ", " : "",
			(int)q->zero[i], (double)q->scale[i]);
	return text;
}

static void
compare_port(Bundle *b, int which, int i)
{
	const Program *a = b->member[0].program, *c = b->member[which].program;
	const PortText *x = a->port + i, *y = c->port + i;
	const char *kind = format(b->arena, "%s %s", i < a->inputs ? "input" : "output", x->name);
	const char *first = quant_text(a, x, &b->converts[i]);
	bool converts;
	const char *other = quant_text(c, y, &converts);

	for (int k = 0; k < a->ports; k++)
		if (k != i && !strcmp(a->port[k].name, y->name))
			differ(b, which, "order of inputs or outputs: in its place", x->name, y->name);
	if (strcmp(type_text(a, x), type_text(c, y)))
		differ(b, which, kind, type_text(a, x), type_text(c, y));
	if (same_quant(&x->tensor->quant, &y->tensor->quant))
		return;
	b->one_quant[i] = false;
	if (!converts || !b->converts[i])
		differ(b, which, format(b->arena, "real numbers of %s", kind), first, other);
}

static void
compare_labels(const Bundle *b, int which)
{
	const Graph *g = b->member[0].program->job->graph;
	const Graph *h = b->member[which].program->job->graph;

	const int some = g->label_count && h->label_count ? g->label_count : 0;

	for (int i = 0; some && (i < some || i < h->label_count); i++) {
		const char *x = i < some ? g->label[i] : "none";
		const char *y = i < h->label_count ? h->label[i] : "none";
		if (strcmp(x, y))
			differ(b, which, format(b->arena, "label %d:", i), x, y);
	}
}

static const char *
ports_text(const Program *p)
{
	const char *text = format(p->job->arena, "%d to %d", p->inputs, p->ports - p->inputs);

	if (p->reader < 0)
		return text;
	return format(p->job->arena, "%s, by rows of %lld bytes", text, (long long)pushed_row_bytes(p));
}

static void
compare(Bundle *b, int which)
{
	const Program *a = b->member[0].program, *c = b->member[which].program;

	if (strcmp(ports_text(a), ports_text(c)))
		differ(b, which, "inputs to outputs:", ports_text(a), ports_text(c));
	for (int i = 0; i < a->ports; i++)
		compare_port(b, which, i);
	compare_labels(b, which);
}

/* ---- weights ---- */

/* The bundle's own array like this one of a member. */
static Array *
stored_array(const Bundle *b, const Array *own)
{
	const Data *d = b->face.data;

	for (int i = 0; i < d->array_count; i++)
		if (same_packed(d->array[i].packed, own->packed))
			return d->array + i;
	return NULL;
}

static void
store_arrays(Bundle *b, int which)
{
	const Program *p = b->member[which].program;
	Data *d = b->face.data;

	for (int i = 0; i < p->data->array_count; i++) {
		const Array *own = p->data->array + i;
		Array *a = stored_array(b, own);
		if (!a) {
			const char *name = format(b->arena, "%s_%s", b->face.name, own->name);
			if (is_taken(&b->face, name))
				name = format(b->arena, "%s_%s", name, b->member[which].name);
			d->array = grow(b->arena, d->array, d->array_count, sizeof *d->array);
			a = d->array + d->array_count++;
			*a = (Array){ .name = name, .packed = own->packed };
		}
		a->users |= 1u << which;
	}
}

static bool
is_shared(const Array *a)
{
	return a->users & (a->users - 1);
}

/* Where the member's arrays are now: in the bundle's file, or, if others have them, in its .c. */
static void
move_arrays(Bundle *b, Program *p)
{
	for (int i = 0; i < p->data->array_count; i++) {
		Array *own = p->data->array + i;
		const Array *a = stored_array(b, own);
		own->at = a->at;
		own->shared = is_shared(a) && !b->face.weights_file ? a->name : NULL;
	}
	for (int i = 0; i < p->variants; i++) {
		Program *v = p->variant[i];
		v->bundle = p->bundle = b;
		v->weights_file = p->weights_file = b->face.weights_file;
		v->weights_size = p->weights_size = b->face.weights_size;
	}
}

/* Compares the members, and shares their weights. */
void
bundle_members(Bundle *b)
{
	Program *first = b->member[0].program;
	PortText *port = copy_of(b->arena, first->port, (size_t)first->ports * sizeof *port);

	b->face = *first;
	b->face.name = b->name;
	b->face.upper = upper_case(b->arena, b->name);
	b->face.data = alloc(b->arena, sizeof *b->face.data);
	b->face.port = port;
	b->face.variants = 0;
	b->face.weights_bytes = 0;
	b->face.job = copy_of(b->arena, first->job, sizeof *first->job);
	b->converts = alloc_array(b->arena, (size_t)first->ports + 1, sizeof *b->converts);
	b->one_quant = alloc_array(b->arena, (size_t)first->ports + 1, sizeof *b->one_quant);
	memset(b->one_quant, true, (size_t)first->ports * sizeof *b->one_quant);
	for (int i = -1; next_program(b, &i);) {
		const Job *job = b->member[i].program->job;
		compare(b, i);
		store_arrays(b, i);
		if (job->target->alignment > b->face.job->target->alignment)
			b->face.job->target = job->target;
	}
	place_arrays(&b->face);
	for (int i = -1; next_program(b, &i);)
		move_arrays(b, b->member[i].program);
	for (int i = 0; i < first->ports; i++)
		if (!b->one_quant[i]) {
			Tensor *x = copy_of(b->arena, port[i].tensor, sizeof *x);
			x->quant.count = 0;
			port[i].tensor = x;
		}
}

/* Their greatest alignment: of one whose kernels read words of bytes. */
static int
array_alignment(const Bundle *b, const Array *a)
{
	int most = types[a->packed.type].bytes;

	for (int i = 0; i < b->count; i++) {
		const Target *target = b->member[i].program->job->target;
		if (a->users >> i & 1 && *target->guard && target->alignment > most)
			most = target->alignment;
	}
	return most;
}

Text
bundle_arrays(const Bundle *b)
{
	const char *title = "\n/* ---- weights of more than one variant ---- */\n"
		"#ifndef $M_CONST\n#define $M_CONST /* before each array: a section, say */\n#endif\n"
		"#ifdef __GNUC__\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n";
	Text t = text_new(b->arena);

	for (int i = 0; i < b->face.data->array_count && !b->face.weights_file; i++) {
		const Array *a = b->face.data->array + i;
		const char *type = types[a->packed.type].ctype, *align = "";
		int bytes = array_alignment(b, a);
		if (!is_shared(a))
			continue;
		if (!t.size)
			put_filled(&t, &b->face, NULL, title);
		if (bytes > types[a->packed.type].bytes)
			align = format(b->arena, "_Alignas(%d) ", bytes);
		put(&t, "\n");
		put_array(&t, format(b->arena, "%s_CONST %sconst %s", b->face.upper, align, type),
			a->name, a->packed);
	}
	return t;
}

/* ---- what it comes to ---- */

/* Of the bundle's type, where pointers are large, and what all members' own come to. */
int64_t
all_work(const Bundle *b, int64_t *apart)
{
	enum { POINTER = 8 };
	int64_t most = 0;

	*apart = 0;
	for (int i = 0; i < b->count; i++) {
		int64_t bytes = type_bytes(b->member[i].program);
		most = bytes > most ? bytes : most;
		*apart += bytes;
	}
	return !b->face.weights_file ? most :
		round_up(most + POINTER, work_alignment(b->face.job->target));
}

/* The member's weights, and what others have of them. */
static int64_t
own_weights(const Bundle *b, int which, int64_t *shared)
{
	int64_t all = 0;
	int first = first_of(b, which);
	bool twice = first != which;

	*shared = 0;
	for (int i = first + 1; i < b->count; i++)
		twice |= first_of(b, i) == first;
	for (int i = 0; i < b->face.data->array_count; i++) {
		const Array *a = b->face.data->array + i;
		int64_t bytes = a->users >> first & 1 ? packed_bytes(a->packed) : 0;
		all += bytes;
		*shared += twice || is_shared(a) ? bytes : 0;
	}
	return all;
}

static int64_t
weights_apart(const Bundle *b)
{
	int64_t sum = 0, shared;

	for (int i = 0; i < b->count; i++)
		sum += own_weights(b, i, &shared);
	return sum;
}

void
print_bundle(FILE *to, const Bundle *b)
{
	int64_t apart, most = all_work(b, &apart), weights = weights_apart(b), shared;

	fprintf(to, "%-16s %11s %11s %11s", "variant", "work bytes", "weights", "shared");
	for (int k = 0; k < FIGURE_COUNT; k++)
		fprintf(to, " %10s%s", figure_names[k], k + 1 < FIGURE_COUNT ? "" : "\n");
	for (int i = 0; i < b->count; i++) {
		int64_t all = own_weights(b, i, &shared);
		fprintf(to, "%-16s %11lld %11lld %11lld", b->member[i].name,
			(long long)type_bytes(b->member[i].program), (long long)all, (long long)shared);
		for (int k = 0; k < FIGURE_COUNT; k++)
			fprintf(to, " %10s%s", b->member[i].figure[k] > 0 ?
				format(b->arena, "%.6g", b->member[i].figure[k]) : "-",
				k + 1 < FIGURE_COUNT ? "" : "\n");
	}
	fprintf(to, "%-16s %11lld %11lld\n%-16s %11lld %11lld\n", "each by itself", (long long)apart,
		(long long)weights, b->name, (long long)most, (long long)b->face.weights_bytes);
}

static cJSON *
member_json(const Bundle *b, int which)
{
	const Member *m = b->member + which;
	cJSON *report = cJSON_Parse(report_json(m->program).data);
	cJSON *variant = cJSON_AddObjectToObject(report, "variant");
	int64_t shared, all = own_weights(b, which, &shared);

	cJSON_AddStringToObject(variant, "name", m->name);
	for (int i = 0; i < FIGURE_COUNT; i++)
		cJSON_AddNumberToObject(variant, figure_names[i], m->figure[i]);
	cJSON_AddNumberToObject(variant, "weights_bytes", (double)all);
	cJSON_AddNumberToObject(variant, "shared_bytes", (double)shared);
	return report;
}

/* The sums, and the report of each variant. */
Text
bundle_json(const Bundle *b)
{
	Text t = text_new(b->arena);
	cJSON *root = cJSON_CreateObject(), *ram, *flash, *variants;
	int64_t apart, most = all_work(b, &apart), weights = weights_apart(b);

	cJSON_AddStringToObject(root, "bundle", b->name);
	ram = cJSON_AddObjectToObject(root, "ram");
	cJSON_AddNumberToObject(ram, "work_bytes", (double)most);
	cJSON_AddNumberToObject(ram, "apart_bytes", (double)apart);
	flash = cJSON_AddObjectToObject(root, "flash");
	cJSON_AddNumberToObject(flash, "weights_bytes", (double)b->face.weights_bytes);
	cJSON_AddNumberToObject(flash, "apart_bytes", (double)weights);
	cJSON_AddNumberToObject(flash, "saved_bytes", (double)(weights - b->face.weights_bytes));
	variants = cJSON_AddArrayToObject(root, "variants");
	for (int i = 0; i < b->count; i++)
		cJSON_AddItemToArray(variants, member_json(b, i));
	char *text = cJSON_Print(root);
	put(&t, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(root);
	return t;
}
