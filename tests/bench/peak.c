/*
 * peak.c: what this core can do: its clock by a chain of dependent additions, and int8
 * multiply-accumulates a cycle by loops of nothing else, on independent accumulators. All in
 * assembly, so that no compiler spoils it. Windows are short, and the best of many counts: a busy
 * machine disturbs most of them.
 *
 *     peak [FORM]...     forms: avx2 avxvnni avx512vnni; default: those that this CPU has
 *
 * Prints `clock F GHz` and a line for each form:
 *     FORM MACS_A_CYCLE units UNITS of UNIT fraction F
 * Fails if a loop reaches less than LEAST of the nearest whole number of units.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "chain.h"

#define LEAST 0.97
enum { WINDOWS = 1000, WINDOWS_BUSY = 100000, TURNS = 1000, LANES_AVX2 = 32, LANES_512 = 64 };

/* Registers 16 to 31 are free: nothing here is compiled for AVX-512. */
#define LOW(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define HIGH(X) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27)
#define CLOBBERED "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", \
	"xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

#define LOOP(NAME, DOTS) \
static void \
NAME(void) \
{ \
	int turns = TURNS; \
\
	__asm__ volatile("vpxor %%xmm14, %%xmm14, %%xmm14\n\tvpxor %%xmm15, %%xmm15, %%xmm15\n\t" \
		"1:\n\t" DOTS "dec %0\n\tjnz 1b\n\tvzeroupper" : "+r"(turns) : : CLOBBERED); \
}

/* With AVX2 the two multiplications are the limit. The addition that makes a sum of them goes to
 * another port, if the CPU finds one: an Intel core with three does so for 91 % of them. */
#define MULTIPLY_AVX2(N) "vpmaddubsw %%ymm14, %%ymm15, %%ymm" #N "\n\t" \
	"vpmaddwd %%ymm14, %%ymm" #N ", %%ymm" #N "\n\t"
#define DOT_AVXVNNI(N) "%{vex%} vpdpbusd %%ymm14, %%ymm15, %%ymm" #N "\n\t"
#define DOT_AVX512VNNI(N) "vpdpbusd %%zmm14, %%zmm15, %%zmm" #N "\n\t"
LOOP(products_avx2, LOW(MULTIPLY_AVX2) LOW(MULTIPLY_AVX2))
LOOP(dots_avxvnni, LOW(DOT_AVXVNNI) LOW(DOT_AVXVNNI))
LOOP(dots_avx512vnni, LOW(DOT_AVX512VNNI) HIGH(DOT_AVX512VNNI))
enum { DOTS = 24 };

/* units: multiply-accumulates a cycle of the least machine that has the instructions. */
typedef struct {
	const char *name, *feature;
	void (*loop)(void);
	int lanes, unit;
} Form;
static const Form forms[] = {
	{ "avx2", "avx2", products_avx2, LANES_AVX2, 32 },
	{ "avxvnni", "avx_vnni", dots_avxvnni, LANES_AVX2, 64 },
	{ "avx512vnni", "avx512_vnni", dots_avx512vnni, LANES_512, 64 },
};

/* Cycles of the loop in a window, by the chain before and after it; the clock may change. */
static double
window(void (*loop)(void))
{
	double before = (double)ticks(chain), own = (double)ticks(loop);
	double cycle = same_clock(before, (double)ticks(chain));

	return cycle > 0 ? own / cycle : 1e30;
}

/* Ticks of the time stamp counter in a second. */
static double
tick_rate(void)
{
	const double length = 0.02;
	struct timespec a, b;
	double seconds;

	clock_gettime(CLOCK_MONOTONIC, &a);
	unsigned long long start = __builtin_ia32_rdtsc(), end;
	do {
		clock_gettime(CLOCK_MONOTONIC, &b);
		end = __builtin_ia32_rdtsc();
		seconds = (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
	} while (seconds < length);
	return (double)(end - start) / seconds;
}

static int
is_wanted(const Form *f, char **names)
{
	char flags[8192] = "", line[8192];
	FILE *file = fopen("/proc/cpuinfo", "r");

	for (char **name = names; *names && strcmp(*name, f->name); name++)
		if (!name[1])
			return 0;
	while (file && fgets(line, sizeof line, file))
		if (!strncmp(line, "flags", 5))
			memcpy(flags, line, sizeof line);
	if (file)
		fclose(file);
	return strstr(flags, f->feature) != NULL;
}

/* The least whole number of units that gives so many, but for a little that the clock is wrong. */
static int
units_of(const Form *f, double macs)
{
	int units = 1;

	while (macs > (2 - LEAST) * units * f->unit)
		units++;
	return units;
}

/* Whether the loop reaches what so many units give. A neighbour may use them, too, for a while. */
static int
report(const Form *f)
{
	double most = 0, fraction = 0;

	for (int i = 0; i < WINDOWS || (i < WINDOWS_BUSY && fraction < LEAST); i++) {
		double macs = (double)(TURNS * DOTS * f->lanes) / window(f->loop);
		most = macs > most ? macs : most;
		fraction = most / (units_of(f, most) * f->unit);
	}
	printf("%s %.2f units %d of %d fraction %.3f\n", f->name, most, units_of(f, most), f->unit,
		fraction);
	if (fraction < LEAST)
		fprintf(stderr, "peak: the loop of %s reaches %.1f %% of %d multiply-accumulates a cycle, "
			"less than %.0f %%\n", f->name, 100 * fraction, units_of(f, most) * f->unit,
			100 * LEAST);
	return fraction >= LEAST;
}

int
main(int argc, char **argv)
{
	double least = 1e30;
	int good = 1;

	(void)argc;
	for (int i = 0; i < WINDOWS; i++) {
		double own = (double)ticks(chain);
		least = own < least ? own : least;
	}
	printf("clock %.3f GHz\n", tick_rate() * 1e-9 * (double)CHAIN_CYCLES / least);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (is_wanted(forms + i, argv + 1))
			good &= report(forms + i);
	return !good;
}
