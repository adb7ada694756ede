/* test_goldens.c: every tensor of the models in ../shared, against those recorded, and its range. */
#include "frontend/frontend.h"
#include "kernel_bench.h"

enum { MOST_TENSORS = 1024 };

static const struct {
	const char *name;
	Semantics semantics;
	int tensors; /* recorded, less those that fuse() takes away */
} models[] = {
	{ "hello_world_int8", TFLM, 3 },
	{ "ad01_int8", TFLM, 10 },
	{ "kws_int8", TFLM, 13 },
	{ "micro_speech_int8", TFLM, 4 },
	{ "resnet8_int8", TFLM, 16 },
	{ "vww_96_int8", TFLM, 31 },
	{ "mcunet_vww", TFLM, 59 },
	{ "mobilenet_v1_0.25_128_quant", LITERT, 31 },
	{ "mobilenet_v2_1.0_224_quant", LITERT, 66 },
};
enum { MODELS = sizeof models / sizeof *models };

static void
read_hashes(const char *path, uint64_t *hash)
{
	FILE *f = fopen(path, "r");
	char line[512];

	cr_assert(f, "%s", path);
	while (fgets(line, sizeof line, f)) {
		const char *tensor = strstr(line, "tensor "),
			   *at = strstr(line, "fnv1a64=");
		if (tensor && at)
			hash[atoi(tensor + strlen("tensor "))] =
				strtoull(at + strlen("fnv1a64="), NULL, 16);
	}
	fclose(f);
}

/* The bytes that the model's file has where the graph has them less 128. */
static uint64_t
file_hash(const Tensor *t, const uint8_t *data)
{
	uint8_t flip = t->origin.type == TYPE_u8 && t->type == TYPE_s8 ? 0x80 : 0;
	uint64_t hash = FNV_START;

	for (int64_t i = 0; i < tensor_bytes(t); i++) {
		uint8_t byte = data[i] ^ flip;
		hash = fnv1a(hash, &byte, 1);
	}
	return hash;
}

/* No value of what a node makes is outside what range() said of its channel. */
static void
check_ranges(const char *name, const Tensor *t, const int8_t *data)
{
	int count = channel_count(t), outside = 0;

	for (int64_t i = 0; t->type == TYPE_s8 && i < tensor_bytes(t); i++) {
		Interval v = interval_of(t, (int)(i % count));
		outside += data[i] < v.least || data[i] > v.most;
	}
	cr_expect(t->type != TYPE_s8 || t->range, "%s: %s has no range", name, t->name);
	cr_expect_eq(outside, 0, "%s: %d values of %s are out of range", name, outside, t->name);
}

/* Runs the graph node by node; counts the recorded tensors among them. */
static int
run_and_compare(Bench *b, const char *name, const uint8_t *input, const uint64_t *hash)
{
	const Graph *g = b->graph;
	const void **data = alloc_array(b->arena, (size_t)g->tensor_count, sizeof *data);
	int seen = 0;

	for (int i = 0; i < g->input_count; i++) {
		data[g->input[i].tensor] = input;
		input += tensor_bytes(g->tensor + g->input[i].tensor);
	}
	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		const Tensor *y = tensor_out(g, n);
		void *out = alloc(b->arena, (size_t)tensor_bytes(y));
		evaluate_node(g, n, data, out);
		data[n->output] = out;
		check_ranges(name, y, out);
		if (y->origin.number < 0 || !hash[y->origin.number])
			continue;
		cr_expect_eq(file_hash(y, out), hash[y->origin.number],
			"%s: tensor %d, made by %s", name, y->origin.number,
			ops[n->op].name);
		seen++;
	}
	return seen;
}

static void
check_model(const char *shared, int i)
{
	const char *name = models[i].name;
	uint64_t hash[MOST_TENSORS] = { 0 };
	Bench b;

	bench_begin(&b, 1);
	File file =
		map_file(&b.diag, format(b.arena, "%s/models/%s.tflite", shared, name));
	File in = map_file(&b.diag, format(b.arena, "%s/golden/%s.in.bin", shared, name));
	read_hashes(format(b.arena, "%s/golden/%s.tensors.txt", shared, name), hash);
	b.graph = read_tflite(b.arena, &b.diag, "m", file.data, file.size);
	set_semantics(b.graph, models[i].semantics);
	infer(b.graph);
	legalize(b.graph);
	fold(b.graph);
	fuse(b.graph);
	range(b.graph);
	int seen = run_and_compare(&b, name, in.data, hash);
	cr_expect_eq(seen, models[i].tensors, "%s: %d tensors", name, seen);
	unmap_file(in);
	unmap_file(file);
	bench_end(&b);
}

Test(goldens, every_tensor_as_recorded)
{
	const char *shared = getenv("SHARED");

	if (!shared || !*shared)
		cr_skip("no ../shared/models");
	for (int i = 0; i < MODELS; i++)
		check_model(shared, i);
}
