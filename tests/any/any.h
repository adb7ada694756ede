/* Dice, and what any program that is fed anything needs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint32_t
dice(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 32);
}

static uint32_t
below(uint32_t n)
{
	return dice() % n;
}

#define CHECK(x)                                                         \
	do {                                                             \
		if (!(x)) {                                              \
			printf("  %s:%d: %s\n", __FILE__, __LINE__, #x); \
			exit(1);                                         \
		}                                                        \
	} while (0)

/* Arguments: iterations, seed. */
static long
begin(int argc, char **argv)
{
	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	return argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
}
