/* select.c: a kernel for each node: of all that apply, the cheapest. */
#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#elif defined(__AARCH64EL__) && defined(__linux__)
#include <sys/auxv.h>
#endif
#include <string.h>

#include "codegen.h"

static const double SCRATCH_PRICE = 1.15, TOO_MUCH = 1e9; /* see scratch_price() */
static const double REF_SHARE = 0.01; /* of the work, which is worth a warning */
enum { SCRATCH_SHARE = 16 }; /* of what a node touches at most: less is not felt */

const Target targets[] = {
#define TARGET(name, folders, alignment, guard, flags, frame, apart, what) \
	{ name, folders, alignment, guard, flags, frame, apart, what },
#include "targets.def"
#undef TARGET
};
const int target_count = sizeof targets / sizeof *targets;
const char *const weights_names[WEIGHTS_COUNT] = { "auto", "c", "bin" };

const char *const reference_names[SEMANTICS_COUNT] = {
	"TensorFlow Lite Micro's reference kernels", "LiteRT's reference resolver", "ONNX Runtime",
};

const char *const part_names[3] = { "begin", "row", "end" };

/* Weights and the work area hold int64_t on every target. */
int
work_alignment(const Target *t)
{
	return t->alignment < (int)sizeof(int64_t) ? (int)sizeof(int64_t) : t->alignment;
}

#if defined(__AARCH64EL__) && defined(__linux__)
static bool
has_feature(const char *wanted)
{
#define FEATURE(name, macro, word, bit, apple, clang, gcc) \
	if (!strcmp(wanted, name)) \
		return getauxval(strcmp(word, "AT_HWCAP2") ? AT_HWCAP : AT_HWCAP2) >> bit & 1;
#include "features.def"
#undef FEATURE
	return false;
}
#endif

static const char *
native_target(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
		__builtin_cpu_supports("avx512vl"))
		return "x86-avx512vnni";
	unsigned a, b, c, d; /* clang 14's __builtin_cpu_supports() does not know AVX-VNNI */
	if (__get_cpuid_count(7, 1, &a, &b, &c, &d) && a >> 4 & 1)
		return "x86-avxvnni";
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return "x86-avx2";
#elif defined(__AARCH64EL__) && defined(__linux__)
	return !has_feature("dotprod") ? "arm-neon" : has_feature("i8mm") ? "arm-i8mm" : "arm-dotprod";
#elif defined(__ARM_FEATURE_DOTPROD) && defined(__AARCH64EL__)
	return "arm-dotprod"; /* as Apple's compilers say of Macs */
#elif defined(__AARCH64EL__)
	return "arm-neon";
#endif
	return "c";
}

const Target *
find_target(const char *name)
{
	if (!strcmp(name, "native"))
		name = native_target();
	for (int i = 0; i < target_count; i++)
		if (!strcmp(targets[i].name, name))
			return targets + i;
	return NULL;
}

/* The targets whose code one file holds, the best first: several, or the target itself. */
int
variants_of(const Target *t, const Target *variant[VARIANTS_MOST])
{
	int count = 0;

	for (const Target *v = targets + target_count; v-- > targets;)
		if (has_word(t->folders, v->name)) {
			if (count == VARIANTS_MOST)
				die("target %s: too many others in it", t->name);
			variant[count++] = v;
		}
	if (!count)
		variant[count++] = t;
	return count;
}

static bool
whole_image(const Tensor *t, const Tensor *y)
{
	return t->shape.dim[1] == y->shape.dim[1] && t->shape.dim[2] == y->shape.dim[2];
}

/* Whether rows follow each other without a gap, and one value serves every pixel otherwise. */
static bool
may_be_flat(const Graph *g, const Node *n)
{
	const Tensor *y = tensor_out(g, n);
	bool pointwise = n->op == OP_conv2d && kernel_height(g, n) == 1 && kernel_width(g, n) == 1 &&
		whole_image(tensor_in(g, n, 0), y) && n->attr.stride_h == 1 && n->attr.stride_w == 1 &&
		n->attr.pad_top == 0 && n->attr.pad_left == 0;
	int operands = n->op == OP_conv2d || n->op == OP_dense ? 1 : n->input_count;

	bool across = n->op == OP_arg_max && n->attr.axis != CHANNELS;

	if ((ops[n->op].rows != ROWS_SAME && !pointwise) || y->row_step || across || n->segment)
		return false;
	for (int k = 0; k < operands; k++) {
		const Tensor *x = tensor_in(g, n, k);
		bool one = x->shape.dim[1] == 1 && x->shape.dim[2] == 1;
		if (x->row_step || !(whole_image(x, y) || one))
			return false;
	}
	return true;
}

typedef struct {
	const Graph *graph;
	const Node *node;
} Asked;

static bool
lookup(void *ctx, const char *word, Value *out)
{
	const Asked *a = ctx;

	return word_value(a->graph, a->node, word, out);
}

/* The parts of a kernel: one, or those of a reduction. */
int
kernel_parts(Templates *t, const char *folder, const char *name, const Template *part[3])
{
	int count = 0;

	part[0] = find_template(t, folder, name, NULL);
	if (part[0])
		return 1;
	while (count < 3 && (part[count] = find_template(t, folder, name, part_names[count])))
		count++;
	return count;
}

static bool
has_param(const Template *t, const char *name)
{
	for (int i = 0; i < t->param_count; i++)
		if (!strcmp(t->param[i].name, name))
			return true;
	return false;
}

/* The next of words between spaces; NULL: no more. */
static const char *
next_word(Arena *arena, const char **at)
{
	*at += strspn(*at, " ");
	int size = (int)strcspn(*at, " ");
	const char *word = size ? format(arena, "%.*s", size, *at) : NULL;

	*at += size;
	return word;
}

bool
wants_word(const Job *job, const Node *n, const char *word)
{
	const Target *variant[VARIANTS_MOST];
	int count = variants_of(job->target, variant);
	const char *stem, *folder;

	for (const char *at = ops[n->op].stems; (stem = next_word(job->arena, &at));) {
		const char *name = kernel_name(job->graph, n, stem);
		for (int i = 0; name && i < count; i++)
			for (const char *in = variant[i]->folders; (folder = next_word(job->arena, &in));) {
				const Template *part[3];
				int parts = kernel_parts(job->templates, folder, name, part);
				while (parts--)
					if (has_param(part[parts], word))
						return true;
			}
	}
	return false;
}

/* A kernel that knows no step of an operand wants its pixels side by side. */
static bool
takes_steps(const Graph *g, const Node *n, const Template *t)
{
	static const char *const words[] = { "y", "x", "x2" }, *const steps[] = { "y_step", "x_step",
		"x2_step" };

	if (has_param(t, "y_s0"))
		return true; /* a copy knows them */
	for (int k = 0; k < 3; k++) {
		const Tensor *x = k ? tensor_in(g, n, k - 1) : tensor_out(g, n);
		if (x && x->pixel_step && has_param(t, words[k]) && !has_param(t, steps[k]))
			return false;
	}
	return true;
}

/* A flat node has one row, and a pointer to it. */
static bool
takes_rows(const Template *t)
{
	for (int i = 0; i < t->param_count; i++)
		if (t->param[i].kind == PARAM_ROWS)
			return true;
	return false;
}

/* Whose pixels a kernel takes apart; copies (copy_nd) take all. */
static int
apart(const Template *const *part, int parts)
{
	static const struct {
		int bit;
		const char *step;
	} words[] = { { APART_Y, "y_step" }, { APART_X, "x_step" }, { APART_X2, "x2_step" } };
	int bits = 0;

	for (int i = 0; i < parts; i++)
		for (int k = 0; k < 3; k++)
			if (has_param(part[i], words[k].step) || has_param(part[i], "y_s1"))
				bits |= words[k].bit;
	return bits;
}

/* Whether every part applies; what does not is said under --explain. */
static bool
applies(const Job *job, const Node *n, const Template *const *part, int parts)
{
	Asked asked = { job->graph, n };

	for (int i = 0; i < parts; i++) {
		const char *failed = "an operand's pixels lie apart";
		if (n->in_place && !part[0]->in_place)
			failed = "it does not run in place";
		else if (n->flat && takes_rows(part[i]))
			failed = "it takes an array of rows, and the image is one";
		else if (takes_steps(job->graph, n, part[i]) &&
			template_applies(job->templates, part[i], lookup, &asked, &failed))
			continue;
		if (job->explain)
			fprintf(stderr, "%s: %s/%s does not apply: %s\n", n->name, part[i]->folder,
				part[i]->name, failed);
		return false;
	}
	return true;
}

static int64_t
scratch_of(const Job *job, const Node *n, const Template *t)
{
	Asked asked = { job->graph, n };

	return template_bytes(job->templates, t, t->scratch, lookup, &asked) +
		template_bytes(job->templates, t, t->acc, lookup, &asked);
}

/* Cycles of an image. */
static double
cost_of(const Job *job, const Node *n, const Template *const *part, int parts)
{
	Asked asked = { job->graph, n };
	double cost = 0;

	for (int i = 0; i < parts; i++) {
		int calls = parts > 1 && i == 1 ? step_count(job->graph, n) : row_count(job->graph, n);
		cost += calls * template_cost(job->templates, part[i], lookup, &asked);
	}
	return cost;
}

/*
 * With RAM the aim: what scratch raises a kernel's price by.  Where a node that does not go row by
 * row takes more with it than any node does without, no speed is worth it; else a little is.
 */
static double
scratch_price(const Job *job, const Node *n, int64_t scratch)
{
	if (job->graph->optimize != OPTIMIZE_RAM || scratch * SCRATCH_SHARE <= job->widest)
		return 1;
	bool most = bytes_touched(job->graph, n) + scratch > job->widest;

	return most && job->scheduled && n->segment == 0 ? TOO_MUCH : SCRATCH_PRICE;
}

/* Tries the kernel `name` in every folder of the target. */
static void
try_folders(Job *job, Node *n, const char *name, double *least)
{
	const char *at = job->target->folders, *folder;

	while ((folder = next_word(job->arena, &at))) {
		const Template *part[3];
		int parts = kernel_parts(job->templates, folder, name, part);

		if (!parts || !applies(job, n, part, parts))
			continue;
		int64_t scratch = scratch_of(job, n, part[0]);
		double cost = cost_of(job, n, part, parts);
		if (job->explain)
			fprintf(stderr, "%s: %s/%s costs %.0f\n", n->name, folder, name, cost);
		double price = cost * scratch_price(job, n, scratch);
		if (*least >= 0 && price >= *least)
			continue;
		*least = price;
		n->cost = n->row_cost = (int64_t)cost;
		n->kernel = format(job->arena, "%s/%s", folder, name);
		n->overlays = part[0]->in_place;
		n->apart = apart(part, parts);
		n->scratch = scratch;
	}
}

static void
try_stems(Job *job, Node *n)
{
	const char *at = ops[n->op].stems, *stem;
	double least = -1;

	while ((stem = next_word(job->arena, &at))) {
		const char *name = kernel_name(job->graph, n, stem);

		if (name)
			try_folders(job, n, name, &least);
	}
}

/* Of the kernel that the node would have in a segment: this one, as a rule. */
static int64_t
cost_by_rows(const Job *job, const Node *n)
{
	Job quiet = *job;
	Node by_rows = *n;
	const char *slash = strchr(n->kernel, '/');
	const Template *part[3];
	int parts = kernel_parts(job->templates,
		format(job->arena, "%.*s", (int)(slash - n->kernel), n->kernel), slash + 1, part);

	quiet.explain = false;
	by_rows.flat = false;
	if (applies(&quiet, &by_rows, part, parts))
		return (int64_t)cost_of(&quiet, &by_rows, part, parts);
	try_stems(&quiet, &by_rows);
	return by_rows.cost;
}

/* The cheapest of one target. */
static Node
choose(const Job *job, const Target *target, const Node *n)
{
	Job one = *job;
	Node chosen = *n;

	one.target = target;
	chosen.kernel = NULL;
	chosen.overlays = false;
	chosen.apart = 0;
	chosen.scratch = 0;
	chosen.flat = may_be_flat(job->graph, n);
	try_stems(&one, &chosen);
	if (chosen.flat && chosen.kernel)
		chosen.row_cost = cost_by_rows(&one, &chosen);
	return chosen;
}

static void
complain(const Job *job, const Target *target, const Node *n)
{
	Job loud = *job;

	error_at(job->graph->diag, n->loc,
		"%s: no kernel of operator %s for %s -> %s in dialect %s", n->name, ops[n->op].name,
		types[tensor_in(job->graph, n, 0)->type].name,
		types[tensor_out(job->graph, n)->type].name, semantics_names[n->dialect]);
	loud.explain = true; /* whether asked or not */
	choose(&loud, target, n);
}

/* One schedule serves all variants: it heeds what every kernel can do, and the best one's costs. */
void
select_kernel(Job *job, Node *n)
{
	const Target *variant[VARIANTS_MOST];
	int count = variants_of(job->target, variant);
	Node all = choose(job, variant[0], n);

	for (int i = 1; i < count && all.kernel; i++) {
		const Node other = choose(job, variant[i], n);
		all.kernel = other.kernel ? format(job->arena, "%s %s", all.kernel, other.kernel) : NULL;
		all.overlays &= other.overlays;
		all.apart &= other.apart;
		all.scratch = other.scratch > all.scratch ? other.scratch : all.scratch;
	}
	*n = all;
	if (!n->kernel)
		complain(job, variant[count - 1], n);
}

/* Of the kernels of a node's variants one: "avx2/depthwise_s8". */
const char *
kernel_of(Arena *arena, const Node *n, int variant)
{
	const char *at = n->kernel, *kernel = next_word(arena, &at);

	while (variant--)
		kernel = next_word(arena, &at);
	return kernel;
}

/*
 * Whether the node's output is there already: a view, or a concat made in its parts.  What
 * alias() cannot make a view is a copy; before it nothing is known of that.
 */
static bool
needs_no_code(const Graph *g, const Node *n, bool aliased)
{
	return (!aliased && (n->op == OP_concat || n->op == OP_reshape)) || (aliased && is_view(g, n));
}

static void
select_all(Job *job, bool aliased)
{
	job->scheduled |= aliased;
	if (!aliased)
		job->widest = most_touched(job->graph);
	for (int i = 0; i < job->graph->node_count; i++) {
		Node *n = job->graph->node + i;

		if (needs_no_code(job->graph, n, aliased))
			*n = (Node){ .op = n->op, .dialect = n->dialect, .name = n->name, .loc = n->loc,
				.input = n->input, .input_count = n->input_count, .output = n->output,
				.number = n->number, .attr = n->attr, .segment = n->segment,
				.scratch_offset = -1 };
		else
			select_kernel(job, n);
	}
	give_up_if_errors(job->graph->diag);
}

void
select_kernels(Job *job)
{
	bool explain = job->explain;

	job->explain = false; /* the second choice is the one that counts */
	select_all(job, false);
	job->explain = explain;
}

/* What takes 1 % of the work on a target that has faster kernels; but not of a fallback. */
static void
warn_of_ref(const Job *job)
{
	const Target *variant[VARIANTS_MOST];
	int count = variants_of(job->target, variant);
	Job loud = *job;
	double all = 0;

	loud.explain = true;
	for (int i = 0; i < job->graph->node_count; i++)
		all += (double)job->graph->node[i].cost;
	count -= count > 1;
	for (int i = 0; i < job->graph->node_count * count; i++) {
		const Node *n = job->graph->node + i / count;
		const Target *target = variant[i % count];
		double share = (double)n->cost / (all > 0 ? all : 1);
		if (!n->kernel || share < REF_SHARE || !strcmp(target->folders, "ref") ||
			strncmp(kernel_of(job->arena, n, i % count), "ref/", 4))
			continue;
		warn_at(job->graph->diag, n->loc, "%s: %.0f %% of the work is left to ref on %s", n->name,
			100 * share, target->name);
		if (!job->explain)
			choose(&loud, target, n);
	}
}

void
select_again(Job *job)
{
	select_all(job, true);
	warn_of_ref(job);
}
