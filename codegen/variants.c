/* variants.c: code of several targets in one file, of which the CPU's best runs. */
#include <string.h>

#include "codegen.h"

static const struct {
	const char *name, *macro, *word;
	int bit;
	const char *apple;
	int clang, gcc;
} features[] = {
#define FEATURE(name, macro, word, bit, apple, clang, gcc) { name, macro, word, bit, apple, clang, gcc },
#include "features.def"
#undef FEATURE
};
enum { FEATURES = sizeof features / sizeof *features };

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

/* The next of "-mavx2 -mfma", or of "-march=armv8.2-a+dotprod", without what is before; NULL: no more. */
static const char *
next_feature(Arena *arena, const char **flags)
{
	const char *mark = strchr(*flags, '+') ? "+" : "-m", *at = strstr(*flags, mark);
	int size;

	if (!at)
		return NULL;
	at += strlen(mark);
	size = (int)strcspn(at, "+ ");
	*flags = at + size;
	return format(arena, "%.*s", size, at);
}

static bool
has_feature(const Program *v, const char *name)
{
	const char *at = v->job->target->flags, *feature;

	while ((feature = next_feature(v->job->arena, &at)))
		if (!strcmp(feature, name))
			return true;
	return false;
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

/* "defined A && defined B": the compiler's flags promise all that it asks for; false: cannot be said. */
static bool
put_promise(Text *t, const Program *v)
{
	const char *gap = "";

	for (int k = 0; k < FEATURES; k++)
		if (*features[k].macro && has_feature(v, features[k].name)) {
			put(t, "%sdefined %s", gap, features[k].macro);
			gap = " && ";
		}
	return *gap;
}

/* The first compilers that know what a variant asks for; false: all do. */
static bool
is_young(const Program *v, int *clang, int *gcc)
{
	*clang = *gcc = 0;
	for (int k = 0; k < FEATURES; k++)
		if (has_feature(v, features[k].name)) {
			*clang = *clang > features[k].clang ? *clang : features[k].clang;
			*gcc = *gcc > features[k].gcc ? *gcc : features[k].gcc;
		}
	return *clang > 0;
}

static void
put_absent_variant(Text *t, const Program *p, const Program *v)
{
	Text promise = text_new(t->arena);
	const bool own = put_promise(&promise, v);
	int clang, gcc;

	if (!is_young(v, &clang, &gcc))
		return;
	put(t, "\n#if !defined %s_NO_%s", p->upper, title(v));
	if (own)
		put(t, " && \\\n\t!(%s)", promise.data);
	put(t, " && \\\n\t(defined __clang__ ? __clang_major__ < %d : __GNUC__ < %d)\n"
		"#define %s_NO_%s /* %s does not know it */\n#endif\n", clang, gcc, p->upper,
		title(v), own ? "<arm_neon.h>" : "__builtin_cpu_supports()");
}

/* What the system is asked with; what compilers do not know. */
void
put_absent(Text *t, const Program *p)
{
	Text promise = text_new(t->arena);

	if (p->variants > 1 && put_promise(&promise, p->variant[0]))
		put(t, "\n#if defined __linux__\n#include <sys/auxv.h>\n#elif defined __APPLE__\n"
			"#include <sys/sysctl.h>\n#endif\n");
	for (int i = 0; i + 1 < p->variants; i++)
		put_absent_variant(t, p, p->variant[i]);
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
		if (strstr(s->header[i], "intrin.h>") || strstr(s->header[i], "arm_neon.h>"))
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

/* gcc's features want their architecture, which takes the place of the user's: only if that is older. */
static void
put_gcc_target(Text *t, const Program *v)
{
	const char *flags = v->job->target->flags;

	for (int k = 0; k < FEATURES; k++)
		if (*features[k].macro && has_feature(v, features[k].name)) {
			put(t, "#if __ARM_ARCH > 8 || defined %s\n#pragma GCC target(\"%s\")\n", features[k].macro,
				strchr(flags, '+'));
			put(t, "#else\n#pragma GCC target(\"%s\")\n#endif\n", flags + strlen("-m"));
			return;
		}
	put_features(t, v, "#pragma GCC target(\"", ",", "");
	put(t, "\")\n");
}

static void
put_region(Text *t, const Program *v, bool open)
{
	if (!*v->job->target->flags)
		return;
	put(t, "\n#ifdef __clang__\n");
	if (open) {
		put_features(t, v, "#pragma clang attribute push(__attribute__((target(\"", ",", "");
		put(t, "\"))), apply_to = function)\n#else\n#pragma GCC push_options\n");
		put_gcc_target(t, v);
	} else {
		put(t, "#pragma clang attribute pop\n#else\n#pragma GCC pop_options\n");
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

/* Functions that ask the system for what no __builtin_cpu_supports() knows: their number. */
static int
put_questions(Text *t, const Program *p)
{
	int count = 0;

	for (int k = 0; k < FEATURES; k++) {
		unsigned users = 0;
		for (int i = 0; i < p->variants; i++)
			users |= (unsigned)has_feature(p->variant[i], features[k].name) << i;
		if (!*features[k].macro || !users)
			continue;
		put(t, "\n");
		open_guard(t, p, users);
		put(t, "static int\nhas_%s(void)\n{\n#if defined %s\n\treturn 1; /* by the compiler's flags */\n"
			"#elif defined __linux__\n\treturn (int)(getauxval(%s) >> %d & 1);\n"
			"#elif defined __APPLE__\n\tint has = 0;\n\tsize_t size = sizeof has;\n\n"
			"\treturn !sysctlbyname(\"hw.optional.arm.%s\", &has, &size, NULL, 0) && has;\n"
			"#else\n\treturn 0;\n#endif\n}\n#endif\n", features[k].name, features[k].macro,
			features[k].word, features[k].bit, features[k].apple);
		count++;
	}
	return count;
}

/* "if (all features) return ON_AVX2;". */
static void
put_question(Text *t, const Program *p, const Program *v)
{
	const char *gap = "\tif (";

	put(t, "#ifndef %s_NO_%s\n", p->upper, title(v));
	for (const char *at = v->job->target->flags, *feature; (feature = next_feature(t->arena, &at));) {
		bool own = false;
		for (int k = 0; k < FEATURES; k++)
			own |= *features[k].macro && !strcmp(features[k].name, feature);
		put(t, own ? "%shas_%s()" : "%s__builtin_cpu_supports(\"%s\")", gap, feature);
		gap = " &&\n\t    ";
	}
	put(t, ")\n\t\treturn ON_%s;\n#endif\n", title(v));
}

/* best() and NAME_target(). */
void
put_best(Text *t, const Program *p)
{
	put(t, "\nenum {");
	for (int i = 0; i < p->variants; i++)
		put(t, "%s ON_%s", i ? "," : "", title(p->variant[i]));
	put(t, " };\n");
	put(t, "%s", put_questions(t, p) ?
		"\n/* What the CPU has: Linux noted it in a word; Apple's systems tell it by system calls. */\n" :
		"\n/* What the CPU has, the compiler's library asked it before main(): this reads a word. */\n");
	put(t, "static int\nbest(void)\n{\n");
	for (int i = 0; i + 1 < p->variants; i++)
		put_question(t, p, p->variant[i]);
	put(t, "\treturn ON_%s;\n}\n", title(p->variant[p->variants - 1]));
	put_filled(t, p, NULL, "\nconst char *\n$m_target(void)\n{\n\tstatic const char *const names[] = {");
	for (int i = 0; i < p->variants; i++)
		put(t, "%s \"%s\"", i ? "," : "", p->variant[i]->job->target->name);
	put(t, " };\n\n\treturn names[best()];\n}\n");
}

/* Whether a layer computes floats of floats: sums in its kernel's order, fused or not. */
static bool
computes_floats(const Graph *g)
{
	for (const Node *n = g->node; n < g->node + g->node_count; n++)
		if (ops[n->op].rows != ROWS_VIEW && tensor_out(g, n)->type == TYPE_f32 &&
			tensor_in(g, n, 0)->type == TYPE_f32)
			return true;
	return false;
}

void
put_target_prototype(Text *t, const Program *p)
{
	int clang, gcc;

	put(t, "\n/*\n * Which code runs on this CPU:");
	for (int i = 0; i < p->variants; i++)
		put(t, "%s \"%s\"", !i ? "" : i + 1 < p->variants ? "," : " or", p->variant[i]->job->target->name);
	put(t, ".\n * Macros leave some out when the .c file is compiled:");
	for (int i = 0; i + 1 < p->variants; i++)
		put(t, "%s %s_NO_%s", i ? "," : "", p->upper, title(p->variant[i]));
	put(t, ".\n");
	for (int i = 0; i + 1 < p->variants; i++)
		if (is_young(p->variant[i], &clang, &gcc))
			put(t, " * clang before %d and gcc before %d leave %s's code out by themselves.\n", clang, gcc,
				title(p->variant[i]));
	if (computes_floats(p->job->graph))
		put(t, " * The last bits of floats may differ from one code to another.\n");
	put_filled(t, p, NULL, " */\nconst char *$m_target(void);\n");
}
