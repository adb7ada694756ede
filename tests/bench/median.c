/* median.c: the median time of inferences of m.c, in microseconds: argv[1] of them, at least one. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "m.h"
enum { RUNS = 1001 };
static m_work work;
static int less(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;
	return d < 0 ? -1 : d > 0;
}
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}
int main(int argc, char **argv)
{
	static double time[RUNS];
	int runs = argc > 1 ? atoi(argv[1]) : 1;
	if (runs < 1 || runs > RUNS) return 2;
	for (int i = 0; i < runs; i++) {
		double start = now();
		if (m_selftest(&work)) return 1;
		time[i] = now() - start;
	}
	qsort(time, (size_t)runs, sizeof *time, less);
	printf("%.1f\n", time[runs / 2]);
	return 0;
}
