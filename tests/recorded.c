/*
 * recorded.c: fills a generated model's input by the rule of the recorded results, runs it and
 * writes its output in little-endian order; then its self test, whose result it returns.
 * INPUT, INPUT_TYPE, INPUT_COUNT, OUTPUT_TYPE and OUTPUT_COUNT come from the header.
 */
#include "m.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CENTRE = 128 };

static m_work work;
static OUTPUT_TYPE output[OUTPUT_COUNT];

static void
fill(INPUT_TYPE *input, uint32_t state)
{
	INPUT_TYPE one_and_half = (INPUT_TYPE)1.5f;
	int real = one_and_half != (INPUT_TYPE)1;

	for (long i = 0; i < INPUT_COUNT; i++) {
		state = state * 1664525u + 1013904223u;
		int byte = (int)(state >> 24);
		unsigned char bits = (unsigned char)byte;
		if (real)
			input[i] = (INPUT_TYPE)((float)(byte - CENTRE) / (float)CENTRE);
		else
			memcpy(&input[i], &bits, 1);
	}
}

static int
write_output(void)
{
	const uint16_t one = 1;
	unsigned char low;

	memcpy(&low, &one, 1);
	for (long i = 0; i < OUTPUT_COUNT; i++) {
		unsigned char byte[sizeof output[0]];
		memcpy(byte, &output[i], sizeof byte);
		for (size_t k = 0; k < sizeof byte; k++)
			if (putchar(byte[low ? k : sizeof byte - 1 - k]) == EOF)
				return 1;
	}
	return fflush(stdout);
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	fill(INPUT(&work), (uint32_t)strtoul(argv[1], NULL, 10));
	m_run(&work, output);
	if (write_output())
		return 3;
	return m_selftest(&work) ? 4 : 0;
}
