/* test_mir.c: .mir text is read back as it was printed, and what is wrong in it is said. */
#include <criterion/criterion.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frontend/frontend.h"
#include "scheduler/scheduler.h"
#include "session.h"

/* NULL: refused, and s->messages says why. */
static Graph *
read_text(Session *s, const char *text, size_t size, const char *folder)
{
	Graph *volatile g = NULL;

	if (setjmp(s->escape) == 0)
		g = read_mir(s->arena, &s->diag, "m", text, size, folder);
	fflush(s->diag.to);
	return g;
}

static Text
printed(Session *s, const Graph *g)
{
	Text t = text_new(s->arena);

	print_graph(&t, g);
	return t;
}

/* Printed, read, printed again: the same bytes.  Returns what was read. */
static Graph *
round_trip(Session *s, const Graph *g, const char *folder)
{
	Text once = printed(s, g);
	Graph *back = read_text(s, once.data, once.size, folder);

	cr_assert(back, "%s\n%s", s->messages, once.size < 10000 ? once.data : "");
	Text twice = printed(s, back);
	cr_assert_str_eq(twice.data, once.data);
	return back;
}

static int
plain(Graph *g, Type type, Shape shape)
{
	return new_tensor(g, format(g->arena, "n%d", g->tensor_count), type, shape,
		(Quant){ 0 }, nowhere);
}

static int
constant(Graph *g, Type type, int count, const void *data)
{
	int t = plain(g, type, shape_of(1, count));

	g->tensor[t].data = data;
	return t;
}

static void
set_unusual(Node *n, const Field *f)
{
	static const Shape sorted = { 4, { 0, 1, 2, 3 } },
			   permuted = { 4, { 3, 1, 0, 2 } },
			   begins = { 4, { 0, 1, 1, 3 } },
			   steps = { 4, { 1, -1, 2, -3 } };
	void *at = (char *)n + f->at;

	if (f->kind == FIELD_FLOAT)
		*(float *)at = 0.3f;
	else if (f->kind != FIELD_LIST)
		*(int *)at = f->value + 1;
	else
		*(Shape *)at = !strcmp(f->name, "axes") ? sorted :
			!strcmp(f->name, "perm")        ? permuted :
			!strcmp(f->name, "step")        ? steps :
							  begins;
}

Test(mir, every_operator_with_every_attribute)
{
	for (int op = 0; op < OP_COUNT; op++) {
		Session s;
		begin(&s, "m.mir");
		Graph *g = graph_new(s.arena, &s.diag, ops[op].name);
		int input[3], inputs = ops[op].most < 3 ? ops[op].most : 3;
		g->input = alloc(s.arena, sizeof *g->input);
		g->input[g->input_count++] =
			(Port){ "x", plain(g, TYPE_s8, shape_of(4, 1, 2, 3, 4)) };
		for (int i = 0; i < inputs; i++)
			input[i] = 0;
		int y = plain(g, TYPE_s8, shape_of(4, 1, 2, 3, 4));
		Node *n = add_node(g, (Op)op, "the node", nowhere, input, inputs, y);
		for (int i = 0; i < field_count; i++)
			if (fields[i].attribute && has_word(ops[op].attrs, fields[i].name))
				set_unusual(n, &fields[i]);
		Graph *back = round_trip(&s, g, NULL);
		cr_assert_eq(memcmp(&back->node[0].attr, &n->attr, sizeof n->attr), 0,
			"%s", ops[op].name);
		cr_assert_eq(back->node[0].op, (Op)op);
		end(&s);
	}
}

static Graph *
with_every_field(Session *s)
{
	static const float scale[] = { 0.5f, 0.25f, 1e-9f };
	static const int32_t zero[] = { 0, -3, 7 };
	static const char *labels[] = { "yes", "no \"x\"" };
	static const int8_t ones[] = { 1, -1, 1 };
	static const double reals[] = { 0.1, HUGE_VAL, -1e-300 };
	Graph *g = graph_new(s->arena, &s->diag, "a model");
	int input[] = { 0, 1, -1 };

	g->format = "tflite";
	g->semantics = LITERT;
	g->input_mode = INPUT_CONST;
	g->optimize = OPTIMIZE_RAM;
	g->arena_bytes = 4096;
	g->alignment = 64;
	g->work_bytes = INT64_C(1) << 40;
	g->lower_bound = 12;
	g->label = labels;
	g->label_count = 2;
	plain(g, TYPE_s8, shape_of(2, 1, 3));
	constant(g, TYPE_s8, 3, ones);
	plain(g, TYPE_s8, shape_of(0));
	plain(g, TYPE_f32, shape_of(2, 1, 3));
	Tensor *t = &g->tensor[3];
	*t = (Tensor){ "a\\\"\n\t\x01z", { 0x1234, 0, 0 }, TYPE_s8, shape_of(2, 1, 3),
		{ 3, 1, scale, zero }, { 9, TYPE_u8, shape_of(1, 3) }, NULL,
		"no \"more\"", NULL, 4, 5, 6, 7, 8, 10, 9 };
	plain(g, TYPE_s8, shape_of(1, 8));
	g->input = alloc(s->arena, sizeof *g->input);
	g->input[g->input_count++] = (Port){ "in", 0 };
	g->output = alloc(s->arena, sizeof *g->output);
	g->output[g->output_count++] = (Port){ "out", 2 };
	Node *n = add_node(g, OP_dense, "node", (Loc){ 0, 0, 0 }, input, 3, 2);
	n->dialect = TFLM;
	n->number = 4;
	n->pruned = 3;
	n->kernel = "ref/dense_s8";
	n->form = 4;
	n->open = 3;
	n->sum_bound = INT64_C(1) << 40;
	n->scale = (Reals){ 1, reals };
	n->offset = (Reals){ 3, reals };
	n->rest = n->start = (Reals){ 1, reals + 2 };
	n->fine = (Reals){ 2, reals };
	n->swift_scale = n->swift_offset = n->swift_start = (Reals){ 3, reals };
	for (int i = 0; i < HIGH_FACTORS; i++)
		n->high[i] = (HighForm){ 7 + i, { 3, reals }, { 1, reals }, { 2, reals } };
	n->flat = n->overlays = n->in_place = n->reversed = true;
	n->cost = 1000;
	n->row_cost = 1001;
	n->segment = 2;
	n->apart = 5;
	n->scratch = 64;
	n->scratch_offset = 128;
	return g;
}

Test(mir, every_field)
{
	Session s;
	begin(&s, "m.mir");
	const Graph *g = with_every_field(&s), *b = round_trip(&s, g, NULL);
	const Tensor *t = &g->tensor[3], *u = &b->tensor[3];
	const Node *n = g->node, *m = b->node;

	cr_assert_str_eq(b->name, g->name);
	cr_assert_str_eq(b->format, g->format);
	cr_assert_eq(b->semantics, g->semantics);
	cr_assert(b->input_mode == INPUT_CONST && b->alignment == 64);
	cr_assert(b->optimize == OPTIMIZE_RAM && b->arena_bytes == 4096);
	cr_assert_eq(b->work_bytes, g->work_bytes);
	cr_assert_eq(b->lower_bound, g->lower_bound);
	cr_assert_eq(b->label_count, 2);
	cr_assert_str_eq(b->label[1], g->label[1]);
	cr_assert_str_eq(b->input[0].name, "in");
	cr_assert_str_eq(b->output[0].name, "out");
	cr_assert_str_eq(u->name, t->name);
	cr_assert_eq(u->loc.offset, t->loc.offset);
	cr_assert(same_shape(&u->shape, &t->shape) && u->type == t->type);
	cr_assert(same_quant(&u->quant, &t->quant) && u->quant.axis == t->quant.axis);
	cr_assert_eq(memcmp(&u->origin, &t->origin, sizeof t->origin), 0);
	cr_assert_eq(memcmp(b->tensor[1].data, g->tensor[1].data, 3), 0);
	cr_assert_str_eq(u->gone, t->gone);
	cr_assert(u->view == 4 && u->view_offset == 5 && u->pixel_step == 6 &&
		u->row_step == 7);
	cr_assert(u->image_step == 8 && u->ring == 10 && u->offset == 9);
	cr_assert_str_eq(m->name, n->name);
	cr_assert(m->dialect == TFLM && m->number == 4 && m->pruned == 3 && m->flat && m->overlays && m->in_place);
	cr_assert(m->cost == 1000 && m->row_cost == 1001 && m->segment == 2 && m->reversed);
	cr_assert(m->apart == 5);
	cr_assert(m->scratch == 64 && m->scratch_offset == 128 && m->loc.offset == 0);
	cr_assert_str_eq(m->kernel, n->kernel);
	cr_assert(m->open == 3 && m->sum_bound == n->sum_bound);
	cr_assert(m->form == 4 && m->scale.count == 1 && m->fine.count == 2);
	cr_assert(m->start.count == 1 && *m->start.value == *n->start.value);
	cr_assert_eq(memcmp(m->offset.value, n->offset.value, 3 * sizeof(double)), 0);
	cr_assert(m->swift_scale.count == 3 && m->swift_start.value[2] == n->offset.value[2]);
	cr_assert(m->high[1].shift == 8 && m->high[0].mult.count == 3 && m->high[1].start.count == 2);
	cr_assert(*m->fine.value == *n->fine.value);
	cr_assert_eq(memcmp(m->input, n->input, 3 * sizeof *n->input), 0);
	end(&s);
}

/* A field of the table that this test leaves at its default would show here. */
Test(mir, every_row_of_the_table_is_printed)
{
	Session s;
	begin(&s, "m.mir");
	Text text = printed(&s, with_every_field(&s));

	for (int i = 0; i < field_count; i++)
		cr_expect(fields[i].attribute || strstr(text.data, format(s.arena, " %s", fields[i].name)), "%s",
			fields[i].name);
	end(&s);
}

/* A new member shows here; it belongs into fields.def and into the tests above, but for the ranges
 * of range(), and the steps and buffers that plan() lists. */
Test(mir, no_member_is_forgotten)
{
	if (sizeof(void *) != 8)
		cr_skip_test("sizes are known for 64 bits");
	cr_expect_eq(sizeof(Tensor), 200);
	cr_expect_eq(sizeof(Node) - sizeof(Attr), 376);
	cr_expect_eq(sizeof(Graph), 208);
}

Test(mir, defaults_are_those_of_the_constructors)
{
	static const char text[] = "mir 1\ninput t0\noutput t1\ntensor t0 s8[2]\n"
				   "tensor t1 s8[2]\nt1 = tanh t0\n";
	Session s;
	begin(&s, "m.mir");
	Graph *g = read_text(&s, text, sizeof text - 1, NULL);
	cr_assert(g, "%s", s.messages);
	const Tensor *t = &g->tensor[1];
	const Node *n = g->node;
	Attr defaults = attr_defaults();

	cr_assert_str_eq(g->name, "m");
	cr_assert_str_eq(t->name, "t1");
	cr_assert(t->view == -1 && t->offset == -1 && t->origin.number == -1 &&
		!t->quant.count);
	cr_assert(same_shape(&t->origin.shape, &t->shape) && t->loc.line == 5);
	cr_assert(n->number == -1 && n->scratch_offset == -1 && n->loc.line == 6);
	cr_assert_eq(memcmp(&n->attr, &defaults, sizeof defaults), 0);
	cr_assert_str_eq(printed(&s, g).data,
		"mir 1\nmodel \"m\" format \"mir\"\ninput t0\n"
		"output t1\ntensor t0 s8[2]\ntensor t1 s8[2]\nt1 = tanh t0\n");
	end(&s);
}

Test(mir, elements_of_every_type)
{
	static const int8_t s8[] = { INT8_MIN, 0, INT8_MAX };
	static const uint8_t u8[] = { 0, 1, UINT8_MAX };
	static const int16_t s16[] = { INT16_MIN, 0, INT16_MAX };
	static const int32_t s32[] = { INT32_MIN, 0, INT32_MAX };
	static const int64_t s64[] = { INT64_MIN, 0, INT64_MAX };
	static const void *const data[] = { s8, u8, s16, s32, s64 };
	static const Type type[] = { TYPE_s8, TYPE_u8, TYPE_s16, TYPE_s32, TYPE_s64 };
	float f32[40];
	uint32_t bits[40] = { 0, 0x80000000, 1, 0x007fffff, 0x00800000, 0x7f7fffff,
		0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345, 0x3dcccccd, 0x3f800001,
		0x4b7fffff, 0xcb800000 };
	Session s;
	begin(&s, "m.mir");
	Graph *g = graph_new(s.arena, &s.diag, "m");

	for (int i = 14; i < 40; i++) /* and some without meaning */
		bits[i] = 2654435761u * (uint32_t)i;
	memcpy(f32, bits, sizeof f32);
	for (int i = 0; i < 5; i++)
		constant(g, type[i], 3, data[i]);
	constant(g, TYPE_f32, 40, f32);
	Graph *b = round_trip(&s, g, NULL);
	for (int i = 0; i < 5; i++)
		cr_assert_eq(memcmp(b->tensor[i].data, data[i],
				     3 * (size_t)types[type[i]].bytes),
			0);
	cr_assert_eq(memcmp(b->tensor[5].data, f32, sizeof f32), 0);
	end(&s);
}

Test(mir, names_of_any_bytes)
{
	char name[256];
	Session s;
	begin(&s, "m.mir");
	Graph *g = graph_new(s.arena, &s.diag, "m");

	for (int i = 0; i < 255; i++)
		name[i] = (char)(i + 1);
	name[255] = 0;
	new_tensor(g, name, TYPE_s8, shape_of(1, 1), (Quant){ 0 }, nowhere);
	cr_assert_str_eq(round_trip(&s, g, NULL)->tensor[0].name, name);
	end(&s);
}

/* A model file of 5000 weights in a folder of its own; the caller removes both. */
static void
write_weights(char *folder, int8_t *weights, size_t size)
{
	char path[64];

	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/w.bin", folder);
	for (size_t i = 0; i < size; i++)
		weights[i] = (int8_t)(i * 7);
	FILE *to = fopen(path, "wb");
	cr_assert(to && fwrite(weights, 1, size, to) == size && !fclose(to));
}

static void
remove_weights(const char *folder)
{
	char path[64];

	snprintf(path, sizeof path, "%s/w.bin", folder);
	remove(path);
	rmdir(folder);
}

Test(mir, large_constants_stay_in_the_model_file)
{
	char folder[] = "mir_XXXXXX";
	static _Alignas(8) int8_t weights[5008];
	Session s;
	begin(&s, "m.mir");
	write_weights(folder, weights, sizeof weights);
	Graph *g = graph_new(s.arena, &s.diag, "m");
	g->file = (const uint8_t *)weights;
	g->file_bytes = sizeof weights;
	s.diag.file = "some/where/w.bin";
	constant(g, TYPE_s8, 5000, weights + 3);
	constant(g, TYPE_s32, 1250, weights + 8);
	constant(g, TYPE_s8, 10, weights);
	constant(g, TYPE_s8, 5000, memset(alloc(s.arena, 5000), 3, 5000));
	Text text = printed(&s, g);
	cr_assert(strstr(text.data, "data \"w.bin\" + 3\n"));
	Graph *b = round_trip(&s, g, folder);
	for (int i = 0; i < g->tensor_count; i++)
		cr_assert_eq(memcmp(b->tensor[i].data, g->tensor[i].data,
				     (size_t)tensor_bytes(&g->tensor[i])),
			0, "%d", i);
	remove_weights(folder);
	end(&s);
}

Test(mir, a_short_or_absent_data_file)
{
	char folder[] = "mir_XXXXXX";
	static int8_t weights[100];
	static const char *const text[][2] = {
		{ "mir 1\ntensor t0 s8[60] data \"w.bin\" + 41\n",
			"from 41 on pass the end" },
		{ "mir 1\ntensor t0 s8[60] data \"w.bin\" + 2147483647\n",
			"pass the end" },
		{ "mir 1\ntensor t0 s8[60] data \"v.bin\" + 0\n", "cannot open" },
		{ "mir 1\ntensor t0 s8[60] data \"../w.bin\" + 0\n",
			"named without folder" },
		{ "mir 1\ntensor t0 s8[60] data \"..\" + 0\n",
			"cannot read" },
	};
	write_weights(folder, weights, sizeof weights);
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		Session s;
		begin(&s, "m.mir");
		cr_expect_null(read_text(&s, text[i][0], strlen(text[i][0]), folder));
		cr_expect(strstr(s.messages, text[i][1]), "%s", s.messages);
		end(&s);
	}
	remove_weights(folder);
}

static const char good[] =
	"# a comment\nmir 1\nmodel \"kws\" semantics litert\ninput t0 \"image\"\noutput "
	"t3\n"
	"label \"yes\"\nlabel \"no\"\ntensor t0 s8[1,4] \"in\" scale 0.5 zero -3 origin "
	"3 was u8[1,4]\n"
	"tensor t1 s8[2,4] axis 0 scale { 0.1 0.2 } zero { 0 0 } data { 1 2 3 4\n -5 6 7 "
	"8 }\n"
	"tensor t2 s8[1,2] scale 0.25 view t3 @ 0x12\ntensor t3 s8[1,2] gone \"x\\x41\"\n"
	"t2 = dense t0 t1 _ act relu \"d\" kernel \"ref/dense\" flat\nt3 = softmax t2 "
	"beta 0.5\n";

/* Every text is read or refused, with one message; the sanitizers watch. */
static bool
survives(const char *text, size_t size)
{
	Session s;
	begin(&s, "m.mir");
	bool read = read_text(&s, text, size, NULL);
	cr_assert_eq(s.diag.errors, !read, "%s", s.messages);
	cr_assert(read || strstr(s.messages, "error: "), "%s", s.messages);
	end(&s);
	return read;
}

Test(mir, a_text_cut_anywhere)
{
	int whole = 0;

	cr_assert(survives(good, sizeof good - 1));
	for (size_t size = 0; size < sizeof good - 1; size++)
		whole += survives(good, size);
	cr_assert_lt(whole, 60);
}

Test(mir, a_text_with_any_byte_replaced)
{
	static const char bytes[] = "\0\n\x80\xff \"{}[]=+@#t9_-e.x\\";
	char text[sizeof good];

	for (size_t i = 0; i < sizeof good - 1; i++)
		for (size_t k = 0; k < sizeof bytes - 1; k++) {
			memcpy(text, good, sizeof good);
			text[i] = bytes[k];
			survives(text, sizeof good - 1);
		}
}

static uint8_t *
whole_file(const char *path, size_t *size)
{
	FILE *from = fopen(path, "rb");

	if (!from)
		return NULL;
	fseek(from, 0, SEEK_END);
	*size = (size_t)ftell(from);
	rewind(from);
	uint8_t *data = malloc(*size);
	cr_assert(data && fread(data, 1, *size, from) == *size);
	fclose(from);
	return data;
}

/*
 * After each pass the graph has more fields and more constants that no file has; the next pass
 * goes on with what was read back.
 */
static void
round_trip_after_each_pass(Session *s, const char *name, const uint8_t *data, size_t size,
	const char *folder)
{
	static void (*const passes[])(
		Graph *) = { infer, legalize, fuse, order, alias, plan };
	Graph *volatile g = NULL;
	volatile size_t done = 0;

	if (setjmp(s->escape) == 0) {
		g = read_tflite(s->arena, &s->diag, name, data, size);
		done = 1;
	}
	fflush(s->diag.to);
	cr_assert(done, "%s", s->messages);
	cr_expect_lt(
		printed(s, g).size, size + 100000, "%s: its weights are printed", name);
	g = round_trip(s, g, folder);
	for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
		if (setjmp(s->escape) == 0)
			passes[i](g);
		else
			cr_assert_fail("%s", s->messages);
		g = round_trip(s, g, folder);
	}
}

Test(mir, round_trip_of_the_models)
{
	static const char *const names[] = { "ad01_int8", "hello_world_int8", "kws_int8",
		"mcunet_vww", "micro_speech_int8", "mobilenet_v1_0.25_128_quant",
		"mobilenet_v2_1.0_224_quant", "movenet_single_pose_lightning_ptq",
		"person_detect_int8", "resnet8_int8", "split_concat", "vww_96_float",
		"vww_96_int8" };
	const char *shared = getenv("SHARED");
	int tried = 0;

	for (size_t i = 0; shared && i < sizeof names / sizeof *names; i++) {
		char folder[4096], path[4200];
		size_t size = 0;
		Session s;
		begin(&s, "m.mir");
		snprintf(folder, sizeof folder, "%s/models", shared);
		snprintf(path, sizeof path, "%s/%s.tflite", folder, names[i]);
		s.diag.file = path;
		uint8_t *data = whole_file(path, &size);
		if (data) {
			round_trip_after_each_pass(&s, names[i], data, size, folder);
			tried++;
		}
		free(data);
		end(&s);
	}
	if (!tried)
		cr_skip_test("no models: ../shared is absent");
}
