/*
 * count.h: a generated model and its input, for what counts instructions.  INPUT, INPUT_TYPE,
 * INPUT_COUNT, OUTPUT_TYPE and OUTPUT_COUNT come from the model's header.
 */
#ifndef COUNT_H
#define COUNT_H

#include "m.h"

enum { CENTRE = 128 };

static m_work work;
static OUTPUT_TYPE output[OUTPUT_COUNT];

/* The rule of the recorded results: an LCG's upper byte for each element. */
static void
fill_input(void)
{
	INPUT_TYPE *input = INPUT(&work), one_and_half = (INPUT_TYPE)1.5f;
	int real = one_and_half != (INPUT_TYPE)1;
	uint32_t state = 12345;

	for (long i = 0; i < INPUT_COUNT; i++) {
		state = state * 1664525u + 1013904223u;
		int byte = (int)(state >> 24);
		input[i] = real ? (INPUT_TYPE)((float)(byte - CENTRE) / (float)CENTRE) :
			(INPUT_TYPE)byte;
	}
}

#endif
