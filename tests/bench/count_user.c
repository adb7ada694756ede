/*
 * count_user.c: as many inferences as the first argument says, of as many fillings of the input as
 * the second; then a loop of known length, of as many turns as the third.  The plugin counts all.
 */
#include "count.h"

#include <stdlib.h>

int
main(int argc, char **argv)
{
	long runs = argc > 1 ? atol(argv[1]) : 0, fillings = argc > 2 ? atol(argv[2]) : 0;
	long turns = argc > 3 ? atol(argv[3]) : 0;

	for (long i = 0; i < fillings; i++) {
		fill_input();
		if (i < runs)
			m_run(&work, output);
	}
	for (long i = 0; i < turns; i++)
		__asm__ volatile("" : : : "memory");
	return 0;
}
