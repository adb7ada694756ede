/* cold.c: one inference of a program from a file of inputs; writes its outputs. */
#include <stdio.h>
#include "adapter.h"

static unsigned char input[INPUT_BYTES + 1], output[OUTPUT_BYTES + 1];

int
main(int argc, char **argv)
{
	static bench_work work;
	const void *in[] = INPUTS(input);
	void *out[] = OUTPUTS(output);
	FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;

	if (!file || fread(input, 1, INPUT_BYTES, file) != INPUT_BYTES)
		return 1;
	bench_run(&work, in, out);
	fwrite(output, 1, OUTPUT_BYTES, stdout);
	return fflush(stdout) != 0;
}
