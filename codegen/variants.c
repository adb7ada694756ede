/* variants.c: code of several targets in one file, of which the CPU's best runs. */
#include <string.h>

#include "codegen.h"

/* Compilers whose __builtin_cpu_supports() does not know a feature leave its code out. */
static const struct {
	const char *feature;
	int clang, gcc; /* the first versions that do */
} young[] = { { "avxvnni", 19, 11 } };

/* ---- what a variant is called ---- */

/* "AVX2" of x86-avx2. */
static const char *
title(const Program *v)
{
	return upper_case(v->job->arena, v->suffix + 1);
}

/* The last one runs on every CPU and is always there. */
static bool
is_last(const Program *v)
{
	return v->which == v->variants - 1;
}

/* The next of "-mavx2 -mfma" as "avx2"; NULL: no more. */
static const char *
next_feature(Arena *arena, const char **flags)
{
	const char *at = strstr(*flags, "-m");
	int size = at ? (int)strcspn(at, " ") - 2 : 0;

	*flags = at ? at + 2 + size : "";
	return at ? format(arena, "%.*s", size, at + 2) : NULL;
}

static void
put_features(Text *t, const Program *v, const char *before, const char *between, const char *after)
{
	const char *at = v->job->target->flags, *feature, *gap = before;

	for (; (feature = next_feature(t->arena, &at)); gap = between)
		put(t, "%s%s%s", gap, feature, after);
}

/* ---- what may be left out ---- */

/* An #if around what only some variants use; false: the last does, or there is just one. */
bool
open_guard(Text *t, const Program *p, unsigned users)
{
	const char *gap = "#if ";

	if (users >> (p->variants - 1) & 1)
		return false;
	for (int i = 0; i < p->variants; i++)
		if (users >> i & 1) {
			put(t, "%s!defined %s_NO_%s", gap, p->upper, title(p->variant[i]));
			gap = " || ";
		}
	put(t, "\n");
	return true;
}

void
close_guard(Text *t, bool open)
{
	put(t, open ? "#endif\n" : "");
}

/* What compilers cannot ask for. */
void
put_absent(Text *t, const Program *p)
{
	for (int i = 0; i + 1 < p->variants; i++)
		for (size_t k = 0; k < sizeof young / sizeof *young; k++) {
			const char *at = p->variant[i]->job->target->flags, *feature;
			while ((feature = next_feature(t->arena, &at)))
				if (!strcmp(feature, young[k].feature))
					put(t, "\n#if !defined %s_NO_%s && \\\n"
						"\t(defined __clang__ ? __clang_major__ < %d : __GNUC__ < %d)\n"
						"#define %s_NO_%s /* __builtin_cpu_supports() does not know it */\n#endif\n",
						p->upper, title(p->variant[i]), young[k].clang, young[k].gcc,
						p->upper, title(p->variant[i]));
		}
}

/* ---- helpers: what all share, what has a name of its own ---- */

typedef struct {
	const char **name;
	int count;
} Names;

static bool
has_name(const Names *names, const char *name, size_t size)
{
	for (int i = 0; i < names->count; i++)
		if (strlen(names->name[i]) == size && !memcmp(names->name[i], name, size))
			return true;
	return false;
}

/* Whether they define a name both: of enums any enumerator's. */
static bool
share_name(const Item *a, const Item *b)
{
	for (const Item *i = a->source->item; i < a->source->item + a->source->item_count; i++)
		for (const Item *k = b->source->item; k < b->source->item + b->source->item_count; k++)
			if (i->tree == a->tree && k->tree == b->tree && !strcmp(i->name, k->name))
				return true;
	return false;
}

/* The same in another variant, or what has its name there; NULL: neither. */
static const Item *
twin(const Program *v, const Item *item)
{
	for (int i = 0; i < v->closure->item_count; i++)
		if (share_name(v->closure->item[i], item))
			return v->closure->item[i];
	return NULL;
}

static unsigned
users_of(const Program *p, const Item *item)
{
	unsigned users = 0;

	for (int i = 0; i < p->variants; i++)
		users |= (unsigned)(twin(p->variant[i], item) != NULL) << i;
	return users;
}

static bool
mentions(const Item *item, const Names *names)
{
	for (const Syntax *n = item->tree; n; n = walk(item->tree, n))
		if (is_kind(n, "identifier type_identifier field_identifier") &&
			has_name(names, n->from, (size_t)(n->to - n->from)))
			return true;
	return false;
}

/* Whether its code can do with any CPU's instructions. */
static bool
is_portable(const Source *s)
{
	for (int i = 0; i < s->header_count; i++)
		if (strstr(s->header[i], "intrin.h>"))
			return false;
	for (int i = 0; i < s->included_count; i++)
		if (!is_portable(s->included[i]))
			return false;
	return !strcmp(s->folder, "common");
}

/* Whether several variants have it, and each its own text, or code to be compiled for it. */
static bool
needs_suffix(const Program *p, const Item *item, const Names *suffixed)
{
	unsigned users = users_of(p, item);

	if (!(users & (users - 1)))
		return false;
	for (int i = 0; i < p->variants; i++) {
		const Item *other = twin(p->variant[i], item);
		if (other && strcmp(other->text, item->text))
			return true;
	}
	return (is_kind(item->node, "function_definition") && !is_portable(item->source)) ||
		mentions(item, suffixed);
}

static bool
is_shared(const Program *p, const Item *item, const Names *suffixed)
{
	unsigned users = users_of(p, item);

	return (users & (users - 1)) && !has_name(suffixed, item->name, strlen(item->name));
}

/* All names of items, an enum's enumerators, that need a suffix. */
static Names
suffixed_names(const Program *p)
{
	Arena *arena = p->job->arena;
	Names names = { NULL, 0 };

	for (int i = 0; i < p->variants; i++)
		for (int k = 0; k < p->variant[i]->closure->item_count; k++) {
			const Item *item = p->variant[i]->closure->item[k];
			const Source *s = item->source;
			if (!needs_suffix(p, item, &names))
				continue;
			for (const Item *o = s->item; o < s->item + s->item_count; o++)
				if (o->tree == item->tree && !has_name(&names, o->name, strlen(o->name))) {
					names.name = grow(arena, names.name, names.count, sizeof *names.name);
					names.name[names.count++] = o->name;
				}
		}
	return names;
}

/* What stands for itself: a comment, a string, a number, or one character. */
static size_t
other_token(const char *at)
{
	static const char digits[] = "0123456789", number[] = "0123456789abcdefxABCDEFXpPulUL.";
	const char *end = at + 1;

	if (!strncmp(at, "/*", 2))
		return (size_t)(strstr(at, "*/") + 2 - at);
	if (strchr(digits, *at))
		return strspn(at, number);
	if (*at != '"')
		return 1;
	while (*end != '"')
		end += *end == '\\' ? 2 : 1;
	return (size_t)(end + 1 - at);
}

/* C text with the suffix behind some names. */
static void
put_renamed(Text *t, const char *text, const Names *names, const char *suffix)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	const size_t digits = 10;

	while (*text) {
		bool name = memchr(letters, *text, sizeof letters - 1 - digits) != NULL;
		size_t size = name ? strspn(text, letters) : other_token(text);
		put_bytes(t, text, size);
		if (name && has_name(names, text, size))
			put(t, "%s", suffix);
		text += size;
	}
}

/* Those of a variant that are shared, or not; each once. */
static void
add_helpers(Closure *to, const Program *p, int which, const Names *suffixed, bool shared)
{
	const Closure *from = p->variant[which]->closure;

	for (int i = 0; i < from->item_count; i++) {
		const Item *item = from->item[i];
		bool there = is_shared(p, item, suffixed) != shared;
		for (int k = 0; k < to->item_count && !there; k++)
			there = !strcmp(to->item[k]->text, item->text);
		if (there)
			continue;
		to->item = grow(p->job->arena, to->item, to->item_count, sizeof *to->item);
		to->item[to->item_count++] = item;
	}
}

void
put_shared_helpers(Text *t, const Program *p)
{
	const Names names = suffixed_names(p);
	Closure shared = { .templates = p->closure->templates };

	for (int i = 0; i < p->variants; i++)
		add_helpers(&shared, p, i, &names, true);
	for (int i = 0; i < shared.item_count; i++) {
		put(t, i ? "\n" : "");
		const bool open = open_guard(t, p, users_of(p, shared.item[i]));
		put(t, "%s\n", shared.item[i]->text);
		close_guard(t, open);
	}
}

/* ---- a variant ---- */

static void
put_region(Text *t, const Program *v, bool open)
{
	if (!*v->job->target->flags)
		return;
	put(t, "\n#ifdef __clang__\n");
	if (open) {
		put_features(t, v, "#pragma clang attribute push(__attribute__((target(\"", ",", "");
		put(t, "\"))), apply_to = function)\n");
	} else {
		put(t, "#pragma clang attribute pop\n");
	}
	put(t, "#else\n");
	if (open) {
		put_features(t, v, "#pragma GCC push_options\n#pragma GCC target(\"", ",", "");
		put(t, "\")\n");
	} else {
		put(t, "#pragma GCC pop_options\n");
	}
	put(t, "#endif\n");
}

/* Its helpers, kernels and functions, all of which the compiler may give the target's instructions. */
void
put_variant(Text *t, const Program *p, int which, const Text *body)
{
	const Program *v = p->variant[which];
	const Names names = suffixed_names(p);
	Closure own = { .templates = p->closure->templates };
	Text text = text_new(t->arena);

	add_helpers(&own, p, which, &names, false);
	put(t, "\n/* ---- %s ---- */\n", v->job->target->name);
	if (!is_last(v))
		put(t, "#ifndef %s_NO_%s\n", p->upper, title(v));
	put_region(t, v, true);
	put(t, own.item_count ? "\n" : "");
	put_helpers(&text, &own);
	put_kernel_macro(&text, v);
	put_functions(&text, v);
	put_renamed(t, text.data, &names, v->suffix);
	put_bytes(t, body->data, body->size);
	put_region(t, v, false);
	if (!is_last(v))
		put(t, "#endif\n");
}

/* ---- the choice ---- */

/* One function for all variants: "run" calls run_avx2() or another. */
void
put_choice(Text *t, const Program *p, const char *function, const char *arguments)
{
	put(t, "\tswitch (best()) {\n");
	for (int i = 0; i + 1 < p->variants; i++) {
		const Program *v = p->variant[i];
		put(t, "#ifndef %s_NO_%s\n\tcase ON_%s: %s%s(%s); break;\n#endif\n", p->upper, title(v),
			title(v), function, v->suffix, arguments);
	}
	put(t, "\tdefault: %s%s(%s);\n\t}\n", function, p->variant[p->variants - 1]->suffix, arguments);
}

/* best() and NAME_target(). */
void
put_best(Text *t, const Program *p)
{
	put(t, "\nenum {");
	for (int i = 0; i < p->variants; i++)
		put(t, "%s ON_%s", i ? "," : "", title(p->variant[i]));
	put(t, " };\n\n/* What the CPU has, the compiler's library asked it before main(): this reads a word. */\n"
		"static int\nbest(void)\n{\n");
	for (int i = 0; i + 1 < p->variants; i++) {
		const Program *v = p->variant[i];
		put(t, "#ifndef %s_NO_%s\n", p->upper, title(v));
		put_features(t, v, "\tif (__builtin_cpu_supports(\"", " &&\n\t    __builtin_cpu_supports(\"", "\")");
		put(t, ")\n\t\treturn ON_%s;\n#endif\n", title(v));
	}
	put(t, "\treturn ON_%s;\n}\n", title(p->variant[p->variants - 1]));
	put_filled(t, p, NULL, "\nconst char *\n$m_target(void)\n{\n\tstatic const char *const names[] = {");
	for (int i = 0; i < p->variants; i++)
		put(t, "%s \"%s\"", i ? "," : "", p->variant[i]->job->target->name);
	put(t, " };\n\n\treturn names[best()];\n}\n");
}

void
put_target_prototype(Text *t, const Program *p)
{
	put(t, "\n/*\n * Which code runs on this CPU:");
	for (int i = 0; i < p->variants; i++)
		put(t, "%s \"%s\"", !i ? "" : i + 1 < p->variants ? "," : " or", p->variant[i]->job->target->name);
	put(t, ".  Macros leave some\n * out when the .c file is compiled:");
	for (int i = 0; i + 1 < p->variants; i++)
		put(t, "%s %s_NO_%s", i ? "," : "", p->upper, title(p->variant[i]));
	put_filled(t, p, NULL, ".\n */\nconst char *$m_target(void);\n");
}
