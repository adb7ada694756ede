/* chain.h: the time stamp counter, and work of known cycles to tell the clock by. */
#ifndef CHAIN_H
#define CHAIN_H

#ifndef __x86_64__
#error the bench of kernels is for x86-64
#endif

enum { CHAIN_TURNS = 1000, CHAIN_ADDS = 32, CHAIN_CYCLES = CHAIN_TURNS * CHAIN_ADDS };

/* Additions, each of which waits for the one before: a cycle each. Of registers: additions of
 * small constants cost nothing on some CPUs. */
#define ADD4 "add %1, %0\n\tadd %1, %0\n\tadd %1, %0\n\tadd %1, %0\n\t"
#define ADD16 ADD4 ADD4 ADD4 ADD4
static inline void
chain(void)
{
	unsigned long long sum = 0, one = 1;
	int turns = CHAIN_TURNS;

	__asm__ volatile("1:\n\t" ADD16 ADD16 "dec %2\n\tjnz 1b"
		: "+r"(sum), "+r"(one), "+r"(turns) : : "cc");
}

static inline unsigned long long
ticks(void (*work)(void))
{
	unsigned long long start = __builtin_ia32_rdtsc();

	work();
	return __builtin_ia32_rdtsc() - start;
}

/* Ticks of a cycle, if the chain took about as many before some work as after it; else 0. */
static inline double
same_clock(double before, double after)
{
	const double most = 0.005;
	double apart = before > after ? before / after - 1 : after / before - 1;

	return apart < most ? (before + after) / 2 / (double)CHAIN_CYCLES : 0;
}

#endif
