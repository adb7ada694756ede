/* test_tflite_errors.c: what the TFLite reader says of files that are wrong. */
#include "tflite_session.h"

typedef struct {
	TestTensor tensor[COUNT(conv_tensors)];
	TestOperator op[COUNT(conv_operators)];
	TestModel model;
} Spoiled;

static Spoiled
sound(void)
{
	Spoiled p = { .model = conv_model };

	memcpy(p.tensor, conv_tensors, sizeof p.tensor);
	memcpy(p.op, conv_operators, sizeof p.op);
	return p;
}

static void
check_says(Spoiled *p, const char *says)
{
	Session s;

	p->model.tensor = p->tensor;
	p->model.op = p->op;
	cr_assert(!read_model(&s, &p->model), "accepted, but: %s", says);
	cr_assert(strstr(s.messages, says), "wanted: %s\nsaid: %s", says, s.messages);
	cr_assert(
		!strncmp(s.messages, "m.tflite: at 0x", 15), "no place: %s", s.messages);
	end(&s);
}

#define SAYS(spoil, says)             \
	do {                          \
		Spoiled p = sound();  \
		spoil;                \
		check_says(&p, says); \
	} while (0)

Test(tflite, wrong_tensors)
{
	SAYS(p.tensor[0].scale[0] = 0, "tensor \"in\": scale 0, zero point -3: not positive");
	SAYS(p.tensor[0].scale[0] = NAN, "scale nan, zero");
	SAYS(p.tensor[0].scale[0] = INFINITY, "scale inf, zero");
	SAYS(p.tensor[1].scale[1] = -1, "tensor \"w\": scale -1");
	SAYS(p.tensor[0].zero[0] = 128, "zero point 128: not positive and finite, or not in -128 .. 127");
	SAYS(p.tensor[0].zero[0] = INT64_MIN, "zero point -2147483648: not");
	SAYS(p.tensor[2].zero[0] = 1, "zero point 1: not positive and finite, or not in 0 .. 0");
	SAYS(p.tensor[1].axis = 1, "2 scales along axis 1 of [2,3,3,1]");
	SAYS(p.tensor[1].axis = -1, "2 scales along axis -1");
	SAYS(p.tensor[1].bytes--, "17 bytes of data, but INT8[2,3,3,1] takes 18");
	SAYS(p.tensor[0].dim[1] = -1, "its shape [1,-1,5,1] is not fixed");
	SAYS(p.tensor[0].dim[0] = 0, "is not fixed");
	SAYS(p.tensor[0].rank = 6, "more than 5 dimensions");
	SAYS((p.tensor[0].dim[0] = 1 << 20, p.tensor[0].dim[1] = 1 << 21),
		"has 2^31 elements or more");
	SAYS((p.tensor[0].dim[0] = -131072,
		     p.tensor[0].dim[1] = p.tensor[0].dim[2] = 1 << 26),
		"has 2^31 elements or more");
	SAYS(p.tensor[0].dim[1] = 1 << 30, "has 2^31 elements or more");
	SAYS((p.tensor[0].type = p.tensor[3].type = p.tensor[4].type = F32,
		     p.tensor[0].dim[1] = 1 << 27),
		"tensor \"in\" has");
	SAYS(p.tensor[0].type = S16, "type INT16 is not supported");
	SAYS(p.tensor[0].type = 99, "type 99 is not supported");
	SAYS((p.tensor[0].extra_field = 5, p.tensor[0].extra_bytes = 1,
		     p.tensor[0].extra_value = 1),
		"variables are not supported");
	SAYS((p.tensor[0].extra_field = 6, p.tensor[0].extra_bytes = 4,
		     p.tensor[0].extra_value = 4),
		"sparse tensors are not supported");
	SAYS(p.tensor[0].scales = 0, "scale");
	SAYS(p.model.outside = 1 << 16, "beyond the end of the file");
	SAYS(p.model.outside = INT64_MIN / 2, "beyond the end of the file");
	SAYS(p.model.outside = INT64_MAX / 2, "beyond the end of the file");
}

Test(tflite, wrong_operators)
{
	SAYS(p.op[1].code = SVDF, "operator 1 (SVDF): this operator is not supported");
	SAYS(p.op[1].code = 5000, "operator 1 (builtin operator 5000)");
	SAYS(p.op[1].code = -7, "operator 1 (builtin operator -7)");
	SAYS(p.op[0].in[0] = 5, "operator 0 (CONV_2D): tensor 5 of 5");
	SAYS(p.op[0].out[0] = -1, "tensor -1 of 5");
	SAYS(p.op[0].in[0] = 4, "conv2d \"conv\": operand 0 is read before it is made");
	SAYS(p.op[0].out[0] = 1, "conv2d \"w\": makes what was there before");
	SAYS(p.op[1].out[0] = 3, "makes what was there before");
	SAYS(p.op[1].out[0] = 0, "makes what was there before");
	SAYS(p.op[0].in[0] = -1, "operand 0 is left out");
	SAYS(p.op[0].inputs = 1, "1 operands, 1 outputs");
	SAYS(p.op[1].outputs = 0, "1 operands, 0 outputs");
	SAYS((p.op[0].outputs = 2, p.op[0].out[1] = 4, p.model.operators = 1),
		"output \"out\" is never made");
	SAYS(p.op[0].options_type = POOL_OPTIONS, "options of kind 5, not Conv2D (1)");
	SAYS(p.op[0].option[3].value = 4, "fused activation 4 is not supported");
	SAYS(p.op[0].option[3].value = 77, "fused activation 77 is not supported");
	SAYS(p.op[0].option[1].value = 0, "stride 0");
	SAYS(p.op[0].option[1].value = INT32_MIN, "stride -2147483648");
	SAYS((p.tensor[0].type = p.tensor[3].type = p.tensor[4].type = F32),
		"FLOAT32 input needs FLOAT32 weights");
	SAYS(p.tensor[1].data = NULL, "operand 1 is read before it is made");
	SAYS(p.tensor[3].dim[1] = 4, "[1,3,3,2]");
	SAYS((p.tensor[2].dim[0] = 1, p.tensor[2].bytes = 4, p.tensor[2].scales = 1),
		"bias");
}

Test(tflite, wrong_ports)
{
	SAYS(p.model.in[0] = 7, "subgraph 0: tensor 7 of 5");
	SAYS(p.model.in[0] = 1, "input \"w\" is a constant");
	SAYS(p.model.out[0] = -2, "subgraph 0: tensor -2 of 5");
	SAYS(p.model.outputs = 0, "the model has no outputs");
	SAYS((p.model.operators = 1), "output \"out\" is never made");
	SAYS(p.model.version = 2, "schema version 2, not 3");
}

Test(tflite, all_unsupported_at_once)
{
	Spoiled p = sound();
	Session s;

	p.op[0].code = SVDF;
	p.op[1].code = CUSTOM;
	p.tensor[0].type = S16;
	p.model.tensor = p.tensor;
	p.model.op = p.op;
	cr_assert(!read_model(&s, &p.model));
	cr_assert(strstr(s.messages, "type INT16 is not supported"));
	cr_assert(strstr(s.messages, "operator 0 (SVDF)"));
	cr_assert(strstr(s.messages, "operator 1 (CUSTOM"));
	cr_assert(strstr(s.messages, "note: "));
	cr_assert(s.diag.errors == 3);
	end(&s);
}

/* Thousands of references to one operator, whose list of inputs is long. */
Test(tflite, overlapping_parts_are_bounded)
{
	Session s;
	enum { MANY = 4000 };

	write_model(&s.file, &conv_model);
	uint32_t start, tensors_slot;
	memcpy(&start, s.file.data, 4);
	size_t subgraphs = slot_at(&s.file, start, 2);
	memcpy(&tensors_slot, s.file.data + subgraphs, 4);
	size_t first = subgraphs + tensors_slot + 4;
	uint32_t graph;
	memcpy(&graph, s.file.data + first, 4);
	size_t operators = slot_at(&s.file, first + graph, 3);
	align_to(&s.file, 4, 0);
	size_t list = put_word(&s.file, MANY, 4), entries = s.file.size;
	s.file.size += 4 * MANY;
	size_t op = put_table(&s.file, (Slot[]){ { 0, 4, 0 }, { 1, REFERENCE, 0 } }, 2);
	size_t inputs = put_word(&s.file, MANY / 2, 4);
	s.file.size += 4 * (MANY / 2);
	link_to(&s.file, slot_at(&s.file, op, 1), inputs);
	for (size_t i = 0; i < MANY; i++)
		link_to(&s.file, entries + 4 * i, op);
	link_to(&s.file, operators, list);
	cr_assert(!read_bytes(&s));
	cr_assert(strstr(s.messages, "overlap many times over"), "%s", s.messages);
	end(&s);
}

Test(tflite, no_model_at_all)
{
	Session s = { .file = { .size = 0 } };

	cr_assert(!read_bytes(&s));
	cr_assert(strstr(s.messages, "no TFLite model"));
	end(&s);
}
