/*
 * layers.c: cycles of each layer of a program that `mcompile --steps` wrote, where it stands: with
 * the data in the caches as the layers before have left them. It is compiled with the program.
 *
 *     layers SECONDS: a line `NODE STEPS CYCLES` for each layer, the least of many inferences
 *     layers SECONDS ratios: `NODE RATIO`, the median of pairs of inferences: as they are against
 *     those with the arrays of flags.h zero, blocks of channels in one float that need more
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "chain.h"

enum { NODES = 1000, TURNS_LEAST = 20, EMPTY = 1000 };
static const double burst = 30e-6; /* seconds between two looks at the clock, at least */

static unsigned long long since, spent[NODES + 1];
static long visits[NODES + 1];
static int current = NODES; /* what runs outside of layers */

static inline void
m_step(int node, int row)
{
	unsigned long long now = __builtin_ia32_rdtsc();

	(void)row;
	spent[current] += now - since;
	since = now;
	current = node;
	visits[node]++;
}

#include "m.c"
#include "adapter.h"
#include "flags.h"

static unsigned char input[INPUT_BYTES + 64], output[OUTPUT_BYTES + 64];
static bench_work work;

static void
clear(void)
{
	for (int i = 0; i <= NODES; i++)
		spent[i] = 0, visits[i] = 0;
}

static void
infer(int count)
{
	const void *in[] = INPUTS(input);
	void *out[] = OUTPUTS(output);

	for (int i = 0; i < count; i++) {
		bench_run(&work, in, out);
		m_step(NODES, 0);
	}
}

/* Ticks that m_step() itself takes between two looks at the clock. */
static double
step_ticks(void)
{
	double least = 1e30;

	for (int k = 0; k < TURNS_LEAST; k++) {
		clear();
		for (int i = 0; i < EMPTY; i++)
			m_step(0, i);
		double own = (double)spent[0] / (EMPTY - 1);
		least = own < least ? own : least;
	}
	return least;
}

/* Keeps what is less than before, in cycles. */
static void
take_least(double *least, double ticks_of_cycle, double step, int count)
{
	for (int i = 0; i <= NODES; i++) {
		double own = ((double)spent[i] - step * (double)visits[i]) / ticks_of_cycle / count;
		least[i] = own < least[i] ? own : least[i];
	}
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
inferences_of_burst(void)
{
	double start = seconds();

	infer(3);
	double own = (seconds() - start) / 3;
	return own > burst ? 1 : (int)(burst / own) + 1;
}

/* Of each node the ticks of some inferences. */
static void
take_ticks(double *to, int count, double step)
{
	infer(1);
	clear();
	since = __builtin_ia32_rdtsc();
	infer(count);
	for (int i = 0; i <= NODES; i++)
		to[i] = (double)spent[i] - step * (double)visits[i];
}

static int
compare(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void
print_ratios(double step, double end)
{
	enum { PAIRS_MOST = 2000 };
	static double ratio[NODES][PAIRS_MOST], both[2][NODES + 1];
	int count = inferences_of_burst(), pairs = 0;

	for (; pairs < PAIRS_MOST && (pairs < TURNS_LEAST || seconds() < end); pairs++) {
		for (int k = 0; k < 2; k++) {
			int zero = (k + pairs) % 2;
			set_flags(zero);
			take_ticks(both[zero], count, step);
		}
		for (int i = 0; i < NODES; i++)
			ratio[i][pairs] = both[0][i] / both[1][i];
	}
	for (int i = 0; i < NODES; i++)
		if (visits[i]) {
			qsort(ratio[i], (size_t)pairs, sizeof(double), compare);
			printf("%d %.4f\n", i, ratio[i][pairs / 2]);
		}
}

int
main(int argc, char **argv)
{
	static double least[NODES + 1];
	double step = step_ticks(), end = seconds() + (argc > 1 ? atof(argv[1]) : 1);
	int good = 0;

	for (int i = 0; i < INPUT_BYTES; i++)
		input[i] = (unsigned char)(i * 37 + i / 251);
	if (argc > 2) {
		print_ratios(step, end);
		return 0;
	}
	for (int i = 0; i <= NODES; i++)
		least[i] = 1e30;
	int count = inferences_of_burst();
	while (good < TURNS_LEAST || seconds() < end) {
		double before = (double)ticks(chain);
		clear();
		since = __builtin_ia32_rdtsc();
		infer(count);
		double cycle = same_clock(before, (double)ticks(chain));
		if (cycle > 0) {
			take_least(least, cycle, step, count);
			good++;
		}
	}
	for (int i = 0; i < NODES; i++)
		if (visits[i])
			printf("%d %ld %.0f\n", i, visits[i] / count, least[i]);
	return 0;
}
