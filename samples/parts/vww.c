/* The network vww_96_int8 of MLPerf Tiny, compiled with --name model: is there a person?  Its
 * inputs are noise, made as recorded results have it, so the answers mean nothing but their bits. */
#include "model.h"
#include "parts.h"

enum { INPUTS = 2, CLASSES = MODEL_IDENTITY_INT8_COUNT };

static const uint32_t seeds[INPUTS] = { 12345, 1 };
static const int8_t wanted[INPUTS][CLASSES] = { { 120, -120 }, { 121, -121 } };

const char network_name[] = "vww";
const int network_inputs = INPUTS;

static model_work work; /* all the memory that the network needs */
static int8_t scores[CLASSES];

void *
network_work(void)
{
	return &work;
}

size_t
network_work_bytes(void)
{
	return sizeof work;
}

size_t
network_alignment(void)
{
	return _Alignof(model_work);
}

void
network_fill(int index)
{
	int8_t *input = model_input_1_int8(&work);
	uint32_t state = seeds[index];

	for (int i = 0; i < MODEL_INPUT_1_INT8_COUNT; i++) {
		state = state * 1664525u + 1013904223u;
		input[i] = (int8_t)(state >> 24);
	}
}

void
network_run(void)
{
	model_run(&work, scores);
}

int
network_right(int index)
{
	for (int i = 0; i < CLASSES; i++)
		if (scores[i] != wanted[index][i])
			return 0;
	return 1;
}

int
network_show(int index)
{
	int right = network_right(index);

	say("noise ");
	say_number(index, 1);
	say(" scores");
	for (int i = 0; i < CLASSES; i++)
		say_number(scores[i], 5);
	say(right ? "  the reference's\n" : "  NOT the reference's\n");
	return right;
}
