/* What the programs of this folder say: ok and FAIL lines. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static inline void
say(bool met, const char *what)
{
	printf("%s runtime/%s\n", met ? "ok" : "FAIL", what);
}

/* The same numbers in each run. */
static inline uint32_t
dice(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
	return (uint32_t)(*state >> 32);
}

#endif
