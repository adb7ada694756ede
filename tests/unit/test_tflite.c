/* test_tflite.c: what the TFLite reader makes of small files. */
#include "tflite_session.h"

Test(tflite, convolution)
{
	Session s;
	Graph *g = read_model(&s, &conv_model);

	cr_assert(g, "%s", s.messages);
	cr_assert(g->node_count == 2 && g->tensor_count == 5);
	const Node *n = g->node;
	cr_assert(n->op == OP_conv2d && n->input_count == 3 && n->number == 0);
	cr_assert_str_eq(n->name, "conv");
	/* SAME over 6 by 5 with stride 2: one column on each side, one row below. */
	cr_assert(n->attr.stride_h == 2 && n->attr.stride_w == 2);
	cr_assert(n->attr.pad_top == 0 && n->attr.pad_bottom == 1);
	cr_assert(n->attr.pad_left == 1 && n->attr.pad_right == 1);
	cr_assert(n->attr.act == ACT_RELU6 && n->attr.dilation_h == 1);
	const Tensor *w = tensor_in(g, n, 1), *bias = tensor_in(g, n, 2);
	cr_assert(
		w->quant.count == 2 && w->quant.axis == 0 && w->quant.scale[1] == 0.25f);
	cr_assert(!memcmp(w->data, conv_weights, sizeof conv_weights));
	cr_assert(!memcmp(bias->data, conv_bias, sizeof conv_bias));
	cr_assert((const uint8_t *)bias->data > s.file.data &&
			(const uint8_t *)bias->data < s.file.data + s.file.size,
		"it is used in place");
	cr_assert(g->node[1].op == OP_relu && g->node[1].attr.act == ACT_RELU);
	cr_assert(tensor_out(g, n)->origin.number == 3);
	end(&s);
}

Test(tflite, data_behind_the_tables)
{
	Session s;
	TestModel m = conv_model;

	m.outside = 1;
	Graph *g = read_model(&s, &m);
	cr_assert(g, "%s", s.messages);
	cr_assert(!memcmp(
		tensor_in(g, g->node, 1)->data, conv_weights, sizeof conv_weights));
	cr_assert(!memcmp(tensor_in(g, g->node, 2)->data, conv_bias, sizeof conv_bias));
	end(&s);
}

Test(tflite, unaligned_data_is_copied)
{
	Session s;
	static uint8_t moved[FILE_ROOM + 1];

	write_model(&s.file, &conv_model);
	Graph *volatile g = NULL;
	memcpy(moved + 1, s.file.data, s.file.size);
	s.diag =
		(Diag){ .to = open_memstream(&s.messages, &s.size), .escape = &s.escape };
	s.arena = arena_new(&s.diag);
	if (setjmp(s.escape) == 0)
		g = read_tflite(s.arena, &s.diag, "m", moved + 1, s.file.size);
	cr_assert(g);
	const int32_t *bias = tensor_in(g, g->node, 2)->data;
	cr_assert((uintptr_t)bias % sizeof *bias == 0 && bias[0] == 1000 &&
		bias[1] == -1000);
	end(&s);
}

Test(tflite, signature_names_and_orders)
{
	Session s;
	TestTensor tensor[] = {
		{ .name = "a", QUANTIZED, .rank = 2, .dim = { 1, 4 } },
		{ .name = "b", QUANTIZED, .rank = 2, .dim = { 2, 1 } },
		{ .name = "sum", QUANTIZED, .rank = 2, .dim = { 2, 4 } },
	};
	TestOperator add = {
		.code = ADD, .in = { 0, 1 }, .inputs = 2, .out = { 2 }, .outputs = 1
	};
	TestModel m = { 3, 1, 2, 1, tensor, &add, { 0, 1 }, { 2 }, { "second", "first" },
		0, 0 };
	Graph *g = read_model(&s, &m);

	cr_assert(g, "%s", s.messages);
	cr_assert_str_eq(g->input[0].name, "second");
	cr_assert_str_eq(g->input[1].name, "first");
	cr_assert_str_eq(g->tensor[g->input[0].tensor].name, "b");
	cr_assert_str_eq(g->output[0].name, "scores");
	end(&s);
	m.signature_in[0] = NULL;
	g = read_model(&s, &m);
	cr_assert_str_eq(g->input[0].name, "a");
	cr_assert(g->node[0].attr.pot_int16 == 1, "the schema's default");
	end(&s);
}

/* ---- STRIDED_SLICE: what TFLite's masks and strides mean */

typedef struct {
	Shape x;
	int entries, begin[5], end[5], stride[5];
	int masks[5]; /* begin, end, ellipsis, new axis, shrink axis */
	bool offset;
	Shape y, first, step, size; /* wanted */
} Cut;

static const Cut cuts[] = {
	{ { 2, { 4, 5 } }, 2, { 1, -2 }, { 3, 5 }, { 1, 1 }, { 0 }, false,
		{ 2, { 2, 2 } }, { 2, { 1, 3 } }, { 2, { 1, 1 } }, { 2, { 2, 2 } } },
	{ { 2, { 4, 5 } }, 2, { 3, 7 }, { 9, 9 }, { -2, 2 }, { 3, 3 }, false,
		{ 2, { 2, 3 } }, { 2, { 3, 0 } }, { 2, { -2, 2 } }, { 2, { 2, 3 } } },
	{ { 3, { 2, 3, 4 } }, 1, { -1 }, { 0 }, { 1 }, { 0, 0, 0, 0, 1 }, false,
		{ 2, { 3, 4 } }, { 3, { 1, 0, 0 } }, { 3, { 1, 1, 1 } },
		{ 3, { 1, 3, 4 } } },
	{ { 3, { 2, 3, 4 } }, 2, { 0, 1 }, { 0, 3 }, { 1, 1 }, { 0, 0, 1 }, false,
		{ 3, { 2, 3, 2 } }, { 3, { 0, 0, 1 } }, { 3, { 1, 1, 1 } },
		{ 3, { 2, 3, 2 } } },
	{ { 2, { 3, 4 } }, 3, { 0, 0, 4 }, { 0, 2, -5 }, { 1, 1, -3 }, { 0, 0, 0, 1 },
		false, { 3, { 1, 2, 2 } }, { 2, { 0, 3 } }, { 2, { 1, -3 } },
		{ 2, { 2, 2 } } },
	{ { 1, { 9 } }, 1, { -7 }, { 4 }, { 3 }, { 0 }, true, { 1, { 2 } }, { 1, { 2 } },
		{ 1, { 3 } }, { 1, { 2 } } },
};

static Graph *
read_cut(Session *s, const Cut *c)
{
	int masks = COUNT(c->masks);
	TestTensor tensor[5] = { { .name = "x", QUANTIZED },
		{ .name = "begin", .type = S32 }, { .name = "end", .type = S32 },
		{ .name = "stride", .type = S32 }, { .name = "y", QUANTIZED } };
	const int *values[] = { c->begin, c->end, c->stride };
	TestOperator op = { .code = STRIDED_SLICE,
		.in = { 0, 1, 2, 3 },
		.inputs = 4,
		.out = { 4 },
		.outputs = 1,
		.options_type = STRIDED_SLICE_OPTIONS,
		.options = 6 };
	TestModel m = { 5, 1, 1, 1, tensor, &op, { 0 }, { 4 }, { 0 }, 0, 0 };

	tensor[0].rank = c->x.rank;
	memcpy(tensor[0].dim, c->x.dim, sizeof c->x.dim);
	tensor[4].rank = c->y.rank;
	memcpy(tensor[4].dim, c->y.dim, sizeof c->y.dim);
	for (int i = 0; i < 3; i++) {
		tensor[1 + i].rank = 1;
		tensor[1 + i].dim[0] = c->entries;
		tensor[1 + i].data = values[i];
		tensor[1 + i].bytes = (size_t)c->entries * sizeof(int);
	}
	for (int i = 0; i < masks; i++)
		op.option[i] = (Slot){ i, 4, c->masks[i] };
	op.option[masks] = (Slot){ masks, 1, c->offset };
	return read_model(s, &m);
}

Test(tflite, strided_slice)
{
	for (int i = 0; i < COUNT(cuts); i++) {
		Session s;
		Graph *g = read_cut(&s, cuts + i);

		cr_assert(g, "cut %d: %s", i, s.messages);
		const Node *n = g->node;
		cr_assert(n->op == OP_slice);
		cr_assert(same_shape(&n->attr.begin, &cuts[i].first), "cut %d: begin", i);
		cr_assert(same_shape(&n->attr.step, &cuts[i].step), "cut %d: step", i);
		cr_assert(same_shape(&tensor_out(g, n)->shape, &cuts[i].size),
			"cut %d: size", i);
		cr_assert(g->node_count == 1 + !same_shape(&cuts[i].size, &cuts[i].y));
		cr_assert(same_shape(&g->tensor[g->output[0].tensor].shape, &cuts[i].y));
		end(&s);
	}
}

Test(tflite, strided_slice_refused)
{
	static const struct {
		Cut cut;
		const char *says;
	} wrong[] = {
		{ { { 1, { 9 } }, 1, { 4 }, { 5 }, { 0 }, { 0 }, false, { 1, { 1 } },
			  { 0 }, { 0 }, { 0 } },
			"or stride 0" },
		{ { { 1, { 9 } }, 2, { 4, 4 }, { 5, 5 }, { 1, 1 }, { 0 }, false,
			  { 1, { 1 } }, { 0 }, { 0 }, { 0 } },
			"entry 1 has no axis" },
		{ { { 1, { 9 } }, 1, { 9 }, { 0 }, { 1 }, { 0, 0, 0, 0, 1 }, false, { 0 },
			  { 0 }, { 0 }, { 0 } },
			"takes 1 from 9 on" },
		{ { { 1, { 9 } }, 1, { INT32_MIN }, { INT32_MAX }, { INT32_MIN }, { 0 },
			  false, { 1, { 1 } }, { 0 }, { 0 }, { 0 } },
			"takes 1 from" },
	};

	for (int i = 0; i < COUNT(wrong); i++) {
		Session s;
		cr_assert(!read_cut(&s, &wrong[i].cut));
		cr_assert(strstr(s.messages, wrong[i].says), "%d: %s", i, s.messages);
		end(&s);
	}
}

/* ---- operators that become several nodes */

static void
check_ops(const Graph *g, const Op *op, int count)
{
	cr_assert(g->node_count == count, "%d nodes", g->node_count);
	for (int i = 0; i < count; i++)
		cr_assert(g->node[i].op == op[i], "node %d is %s", i,
			ops[g->node[i].op].name);
}

Test(tflite, pack_and_unpack)
{
	static const int8_t constant[3] = { 7, 8, 9 };
	TestTensor tensor[] = {
		{ .name = "x", QUANTIZED, .rank = 1, .dim = { 3 } },
		{ .name = "c",
			QUANTIZED,
			.rank = 1,
			.dim = { 3 },
			.data = constant,
			.bytes = 3 },
		{ .name = "packed", QUANTIZED, .rank = 2, .dim = { 3, 2 } },
		{ .name = "y0", QUANTIZED, .rank = 1, .dim = { 2 } },
		{ .name = "y1", QUANTIZED, .rank = 1, .dim = { 2 } },
		{ .name = "y2", QUANTIZED, .rank = 1, .dim = { 2 } },
	};
	TestOperator op[] = {
		{ .code = PACK,
			.in = { 0, 1 },
			.inputs = 2,
			.out = { 2 },
			.outputs = 1,
			.options_type = PACK_OPTIONS,
			.options = 2,
			.option = { { 0, 4, 2 }, { 1, 4, -1 } } },
		{ .code = UNPACK,
			.in = { 2 },
			.inputs = 1,
			.out = { 3, 4, 5 },
			.outputs = 3,
			.options_type = UNPACK_OPTIONS,
			.options = 2,
			.option = { { 0, 4, 3 }, { 1, 4, 0 } } },
	};
	TestModel m = { 6, 2, 1, 3, tensor, op, { 0 }, { 3, 4, 5 }, { 0 }, 0, 0 };
	/* The constant is reshaped where it lies. */
	static const Op wanted[] = { OP_reshape, OP_concat, OP_slice, OP_reshape,
		OP_slice, OP_reshape, OP_slice, OP_reshape };
	Session s;
	Graph *g = read_model(&s, &m);

	cr_assert(g, "%s", s.messages);
	check_ops(g, wanted, COUNT(wanted));
	const Tensor *c = tensor_in(g, g->node + 1, 1);
	cr_assert(c->data && same_shape(&c->shape, &(Shape){ 2, { 3, 1 } }));
	cr_assert(g->node[1].attr.axis == 1 && g->node[4].attr.begin.dim[0] == 1);
	end(&s);
}

Test(tflite, mean_and_arg_max_drop_axes)
{
	static const int32_t axes[3] = { -2, 1, -2 }, last = -1;
	TestTensor tensor[] = {
		{ .name = "x", QUANTIZED, .rank = 4, .dim = { 1, 4, 3, 2 } },
		{ .name = "axes",
			.type = S32,
			.rank = 1,
			.dim = { 3 },
			.data = axes,
			.bytes = 12 },
		{ .name = "mean", QUANTIZED, .rank = 2, .dim = { 1, 2 } },
		{ .name = "last", .type = S32, .data = &last, .bytes = 4 },
		{ .name = "y", .type = S32, .rank = 1, .dim = { 1 } },
	};
	TestOperator op[] = {
		{ .code = MEAN,
			.in = { 0, 1 },
			.inputs = 2,
			.out = { 2 },
			.outputs = 1,
			.options_type = MEAN_OPTIONS,
			.options = 1,
			.option = { { 0, 1, 0 } } },
		{ .code = ARG_MAX,
			.in = { 2, 3 },
			.inputs = 2,
			.out = { 4 },
			.outputs = 1,
			.options_type = ARG_MAX_OPTIONS,
			.options = 1,
			.option = { { 0, 1, S32 } } },
	};
	TestModel m = { 5, 2, 1, 1, tensor, op, { 0 }, { 4 }, { 0 }, 0, 0 };
	static const Op wanted[] = { OP_mean, OP_reshape, OP_arg_max, OP_reshape };
	Session s;
	Graph *g = read_model(&s, &m);

	cr_assert(g, "%s", s.messages);
	check_ops(g, wanted, COUNT(wanted));
	cr_assert(same_shape(&g->node[0].attr.axes, &(Shape){ 2, { 1, 2 } }));
	cr_assert(same_shape(
		&tensor_out(g, g->node)->shape, &(Shape){ 4, { 1, 1, 1, 2 } }));
	cr_assert(g->node[2].attr.axis == 1);
	end(&s);
}

Test(tflite, padding_is_the_zero_point)
{
	static const int64_t pads[4] = { 0, 0, 1, 2 };
	TestTensor tensor[] = {
		{ .name = "x", QUANTIZED, .rank = 2, .dim = { 2, 3 } },
		{ .name = "pads",
			.type = S64,
			.rank = 2,
			.dim = { 2, 2 },
			.data = pads,
			.bytes = 32 },
		{ .name = "y", QUANTIZED, .rank = 2, .dim = { 2, 6 } },
	};
	TestOperator op = {
		.code = PAD, .in = { 0, 1 }, .inputs = 2, .out = { 2 }, .outputs = 1
	};
	TestModel m = { 3, 1, 1, 1, tensor, &op, { 0 }, { 2 }, { 0 }, 0, 0 };
	Session s;
	Graph *g = read_model(&s, &m);

	cr_assert(g, "%s", s.messages);
	cr_assert(g->node[0].op == OP_pad && g->node[0].attr.pad_value == -3);
	cr_assert(g->node[0].attr.begin.dim[1] == 1 && g->node[0].attr.end.dim[1] == 2);
	cr_assert(g->tensor_count == 2, "attributes do not enter the graph");
	end(&s);
}

/* x is taken as rows of the weights' length, whatever its shape. */
Test(tflite, dense_of_any_shape)
{
	static const int8_t weights[2 * 6];
	TestTensor tensor[] = {
		{ .name = "x", QUANTIZED, .rank = 3, .dim = { 2, 3, 4 } },
		{ .name = "w",
			QUANTIZED,
			.rank = 2,
			.dim = { 2, 6 },
			.data = weights,
			.bytes = 12 },
		{ .name = "y", QUANTIZED, .rank = 2, .dim = { 4, 2 } },
	};
	TestOperator op = { .code = FULLY_CONNECTED,
		.in = { 0, 1, -1 },
		.inputs = 3,
		.out = { 2 },
		.outputs = 1,
		.options_type = DENSE_OPTIONS,
		.options = 1,
		.option = { { 0, 1, 1 } } };
	TestModel m = { 3, 1, 1, 1, tensor, &op, { 0 }, { 2 }, { 0 }, 0, 0 };
	static const Op wanted[] = { OP_dense };
	Session s;
	Graph *g = read_model(&s, &m);

	cr_assert(g, "%s", s.messages);
	check_ops(g, wanted, COUNT(wanted));
	cr_assert(g->node->input_count == 2 && g->node->attr.act == ACT_RELU);
	cr_assert(same_shape(&tensor_out(g, g->node)->shape, &(Shape){ 2, { 4, 2 } }));
	end(&s);
}

/* ---- models of the world, where they are at hand */

Test(tflite, real_models)
{
	static const struct {
		const char *name;
		int nodes;
	} known[] = {
		{ "hello_world_int8", 3 },
		{ "kws_int8", 13 },
		{ "person_detect_int8", 31 },
		{ "movenet_single_pose_lightning_ptq", 171 },
		{ "mnist_lstm_int8", -1 },
		{ "keyword_scrambled_8bit", -1 },
	};
	const char *shared = getenv("SHARED");

	if (!shared || !*shared)
		cr_skip("no ../shared/models");
	for (int i = 0; i < COUNT(known); i++) {
		Session s;
		Graph *volatile g = NULL;
		s.diag = (Diag){ .to = open_memstream(&s.messages, &s.size),
			.escape = &s.escape };
		s.arena = arena_new(&s.diag);
		char *path =
			format(s.arena, "%s/models/%s.tflite", shared, known[i].name);
		File file = map_file(&s.diag, path);
		if (setjmp(s.escape) == 0)
			g = read_tflite(s.arena, &s.diag, "m", file.data, file.size);
		fflush(s.diag.to);
		if (known[i].nodes < 0)
			cr_assert(!g &&
				strstr(s.messages, "this operator is not supported"));
		else
			cr_assert(g && g->node_count == known[i].nodes, "%s: %s", path,
				s.messages);
		unmap_file(file);
		end(&s);
	}
}
