/* share.c: one work area for several models: those that never run at once lie on the same bytes. */
#include <cjson/cJSON.h>
#include <string.h>

#include "codegen.h"

/* Up to this many models all orders of placing are tried: 40,320 of them. */
enum { FEW_MODELS = 8 };
enum { POINTER = 8, COUNTER = 4 }; /* bytes, where they are large */

Share
share_new(Arena *arena, const char *name, int count)
{
	Share s = { .arena = arena, .name = identifier(arena, name), .count = count };
	size_t pairs = (size_t)count * (size_t)count;

	s.upper = upper_case(arena, s.name);
	s.place = alloc_array(arena, (size_t)count, sizeof *s.place);
	s.together = alloc_array(arena, pairs, sizeof *s.together);
	return s;
}

/* ---- places ---- */

int64_t
round_up(int64_t n, int64_t to)
{
	return (n + to - 1) / to * to;
}

/* What sizeof says of the model's work area where pointers are of 8 bytes; elsewhere no more. */
int64_t
type_bytes(const Program *p)
{
	int64_t bytes = p->job->graph->work_bytes;

	bytes = bytes ? bytes : 1;
	if (state_bytes(p))
		bytes = round_up(bytes, COUNTER) + state_bytes(p);
	if (p->weights_file)
		bytes = round_up(bytes, POINTER) + POINTER;
	return round_up(bytes, work_alignment(p->job->target));
}

bool
run_together(const Share *s, int a, int b)
{
	return s->together[a * s->count + b];
}

/* The lowest place clear of those models of a sequence's first ones that it runs beside. */
static int64_t
lowest_place(const Share *s, const int *sequence, int placed, int which)
{
	int64_t at = 0;

	for (int i = 0; i < placed; i++) {
		const Place *o = s->place + sequence[i];
		if (run_together(s, which, sequence[i]) && at < o->at + o->bytes &&
		    o->at < at + s->place[which].bytes) {
			at = o->at + o->bytes;
			i = -1; /* which may be where an earlier one lies */
		}
	}
	return at;
}

static int64_t
place_in_order(Share *s, const int *sequence)
{
	int64_t most = 0;

	for (int i = 0; i < s->count; i++) {
		Place *p = s->place + sequence[i];
		p->at = lowest_place(s, sequence, i, sequence[i]);
		most = p->at + p->bytes > most ? p->at + p->bytes : most;
	}
	return most;
}

static void
swap(int *a, int *b)
{
	int c = *a;

	*a = *b;
	*b = c;
}

/* The next sequence in the order of a dictionary; false: that was the last. */
static bool
next_sequence(int *sequence, int count)
{
	int i = count - 2, k = count - 1;

	while (i >= 0 && sequence[i] > sequence[i + 1])
		i--;
	if (i < 0)
		return false;
	while (sequence[k] < sequence[i])
		k--;
	swap(sequence + i, sequence + k);
	for (i++, k = count - 1; i < k; i++, k--)
		swap(sequence + i, sequence + k);
	return true;
}

static void
largest_first(const Share *s, int *sequence)
{
	for (int i = 0; i < s->count; i++)
		for (int k = i; k > 0 && s->place[sequence[k - 1]].bytes < s->place[sequence[k]].bytes; k--)
			swap(sequence + k - 1, sequence + k);
}

/* One of the orders leads to the least bytes: that of the places in a best layout. */
void
place_models(Share *s)
{
	int *sequence = alloc_array(s->arena, (size_t)s->count, sizeof *sequence);
	int *best = alloc_array(s->arena, (size_t)s->count, sizeof *best);

	for (int i = 0; i < s->count; i++)
		sequence[i] = i;
	if (s->count > FEW_MODELS)
		largest_first(s, sequence);
	s->bytes = INT64_MAX;
	do {
		int64_t bytes = place_in_order(s, sequence);
		if (bytes < s->bytes) {
			s->bytes = bytes;
			memcpy(best, sequence, (size_t)s->count * sizeof *best);
		}
	} while (s->count <= FEW_MODELS && next_sequence(sequence, s->count));
	place_in_order(s, best);
}

void
share_model(Share *s, int which, Program *p)
{
	s->place[which] = (Place){ p, type_bytes(p), 0 };
}

static int64_t
bytes_apart(const Share *s)
{
	int64_t sum = 0;

	for (int i = 0; i < s->count; i++)
		sum += s->place[i].bytes;
	return sum;
}

/* "vad, face"; what there is to say of none. */
static const char *
beside(const Share *s, int which, const char *none)
{
	const char *all = "";

	for (int i = 0; i < s->count; i++)
		if (run_together(s, which, i))
			all = format(s->arena, "%s%s%s", all, *all ? ", " : "", s->place[i].program->name);
	return *all ? all : none;
}

/* "kws: bytes 0 to 8639, may run beside vad" */
const char *
place_text(const Share *s, int which)
{
	const Place *p = s->place + which;
	const char *others = beside(s, which, "");

	return format(s->arena, "%s: bytes %lld to %lld, %s%s", p->program->name, (long long)p->at,
		(long long)(p->at + p->bytes - 1), *others ? "may run beside " : "never beside another", others);
}

/* ---- the header ---- */

static bool
any_weights_file(const Share *s)
{
	for (int i = 0; i < s->count; i++)
		if (s->place[i].program->weights_file)
			return true;
	return false;
}

static void
put_head_of_all(Text *t, const Share *s)
{
	const Job *job = s->place[0].program->job;

	put(t, "/*\n * %s: one work area for %d models.\n *\n", s->name, s->count);
	put(t, " * Written by mcompile " VERSION " for target %s.\n", job->target->name);
	put(t, " * This file is yours: output of mcompile is under no licence's conditions.\n */\n");
	put(t, "#ifndef %s_H\n#define %s_H\n\n", s->upper, s->upper);
	for (int i = 0; i < s->count; i++)
		put(t, "#include \"%s.h\"\n", s->place[i].program->name);
	put(t, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
	put(t, "\n#define %s_WORK_BYTES %lld /* the models' own come to %lld */\n", s->upper,
		(long long)s->bytes, (long long)bytes_apart(s));
}

static void
put_places(Text *t, const Share *s)
{
	const InputMode mode = s->place[0].program->job->graph->input_mode;

	put(t, "\n/*\n * All the memory of these models, wherever it lies: static %s_work work;\n *\n",
		s->name);
	for (int i = 0; i < s->count; i++)
		put(t, " *   %s\n", place_text(s, i));
	put(t, " *\n * Models on the same bytes must not run at once, and each destroys what the other left\n"
		" * there.  So a model's part is its own only ");
	put(t, mode == INPUT_FULL ? "from the writing of its inputs to the end\n * of its run" :
		mode == INPUT_CONST ? "during its run" :
		"from begin() to finish(), with the rows pushed\n * to it and their count");
	put(t, any_weights_file(s) ? "; call open() again first.\n */\n" : ".\n */\n");
}

/* A model's type may be smaller than planned, where pointers are, but never larger. */
static void
put_work_of_all(Text *t, const Share *s)
{
	put(t, "typedef union {\n");
	for (int i = 0; i < s->count; i++) {
		const Place *p = s->place + i;
		put(t, "\tstruct {\n");
		if (p->at)
			put(t, "\t\tunsigned char before[%lld];\n", (long long)p->at);
		put(t, "\t\t%s_work work;\n\t} at_%s;\n", p->program->name, p->program->name);
	}
	put(t, "} %s_work;\n", s->name);
	put(t, "\n#ifdef __cplusplus\n#define %s_ASSERT static_assert\n#else\n"
		"#define %s_ASSERT _Static_assert\n#endif\n", s->upper, s->upper);
	for (int i = 0; i < s->count; i++)
		put(t, "%s_ASSERT(sizeof(%s_work) <= %lld,\n\t\"%s.h and %s.h: of different runs of "
			"mcompile\");\n", s->upper, s->place[i].program->name, (long long)s->place[i].bytes,
			s->place[i].program->name, s->name);
}

Text
share_header(const Share *s)
{
	Text t = text_new(s->arena);

	put_head_of_all(&t, s);
	put_places(&t, s);
	put_work_of_all(&t, s);
	const Program *first = s->place[0].program;
	put(&t, "\n/* What a model's functions take: %s_%s(%s_%s(&work)%s). */\n", first->name,
		state_bytes(first) ? "begin" : "run", s->name, first->name, state_bytes(first) ? "" : ", ...");
	for (int i = 0; i < s->count; i++) {
		const char *model = s->place[i].program->name;
		put(&t, "%sstatic inline %s_work *\n%s_%s(%s_work *work)\n{\n", i ? "\n" : "", model,
			s->name, model, s->name);
		put(&t, "\treturn &work->at_%s.work;\n}\n", model);
	}
	put(&t, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
	return t;
}

/* ---- what it comes to ---- */

void
print_share(FILE *to, const Share *s)
{
	const long long apart = (long long)bytes_apart(s), shared = (long long)s->bytes;
	const double percent = 100;

	fprintf(to, "%-24s %12s %12s  %s\n", "model", "bytes", "from", "runs beside");
	for (int i = 0; i < s->count; i++)
		fprintf(to, "%-24s %12lld %12lld  %s\n", s->place[i].program->name,
			(long long)s->place[i].bytes, (long long)s->place[i].at, beside(s, i, "-"));
	fprintf(to, "%-24s %12lld\n%-24s %12lld %12s  %lld bytes less: %.1f %%\n", "each by itself",
		apart, format(s->arena, "shared: %s_work", s->name), shared, "", apart - shared,
		percent * (double)(apart - shared) / (double)apart);
}

static cJSON *
place_json(const Share *s, int which)
{
	const Place *p = s->place + which;
	cJSON *model = cJSON_Parse(report_json(p->program).data), *names;
	cJSON *place = cJSON_AddObjectToObject(model, "share");

	cJSON_AddStringToObject(place, "name", p->program->name);
	cJSON_AddNumberToObject(place, "bytes", (double)p->bytes);
	cJSON_AddNumberToObject(place, "offset", (double)p->at);
	names = cJSON_AddArrayToObject(place, "beside");
	for (int i = 0; i < s->count; i++)
		if (run_together(s, which, i))
			cJSON_AddItemToArray(names, cJSON_CreateString(s->place[i].program->name));
	return model;
}

/* The sum, and the report of each model with its place. */
Text
share_json(const Share *s)
{
	Text t = text_new(s->arena);
	cJSON *root = cJSON_CreateObject(), *ram, *models;

	cJSON_AddStringToObject(root, "share", s->name);
	cJSON_AddStringToObject(root, "target", s->place[0].program->job->target->name);
	ram = cJSON_AddObjectToObject(root, "ram");
	cJSON_AddNumberToObject(ram, "work_bytes", (double)s->bytes);
	cJSON_AddNumberToObject(ram, "apart_bytes", (double)bytes_apart(s));
	cJSON_AddNumberToObject(ram, "saved_bytes", (double)(bytes_apart(s) - s->bytes));
	models = cJSON_AddArrayToObject(root, "models");
	for (int i = 0; i < s->count; i++)
		cJSON_AddItemToArray(models, place_json(s, i));
	char *text = cJSON_Print(root);
	put(&t, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(root);
	return t;
}
