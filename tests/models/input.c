/* input.c: inputs by the recorded models' rule: an LCG's upper byte for each element. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* input SEED COUNT: bytes; input SEED COUNT float: bytes as floats from -1 to 1. */
int
main(int argc, char **argv)
{
	uint32_t x = argc > 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : -1;

	for (long i = 0; i < count; i++) {
		x = x * 1664525u + 1013904223u;
		float real = (float)((int)(x >> 24) - 128) / 128.0f;
		if (argc > 3)
			fwrite(&real, sizeof real, 1, stdout);
		else
			putchar((int)(x >> 24));
	}
	return count < 0 || fflush(stdout) != 0;
}
