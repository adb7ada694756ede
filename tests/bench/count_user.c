/*
 * count_user.c: as many inferences as the first argument says, of as many fillings of the input as
 * the second; then a loop of known length, of as many turns as the third.  The plugin counts all.
 */
#include "count.h"

#include <stdlib.h>

int
main(int argc, char **argv)
{
	long runs = argc > 1 ? (long)strtoull(argv[1], NULL, 0) : 0;
	long fillings = argc > 2 ? (long)strtoull(argv[2], NULL, 0) : 0;
	long turns = argc > 3 ? (long)strtoull(argv[3], NULL, 0) : 0;

	for (long i = 0; i < fillings; i++) {
		fill_input();
		if (i < runs)
			m_run(&work, output);
	}
#pragma GCC unroll 1
	for (long i = 0; i < turns; i++)
		__asm__ volatile("" : : : "memory");
	return 0;
}
