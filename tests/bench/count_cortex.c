/*
 * count_cortex.c: instructions of an inference on an emulated Cortex-M, and the stack it takes.
 * With -icount shift=0 an instruction takes a nanosecond; SysTick tells the time in ticks of
 * TICK_PICOSECONDS.  Loops of known length go first, to show that it counts.
 */
#include "count.h"
#include "painted.h"

#define AT(address) (*(volatile uint32_t *)(uintptr_t)(address))
enum { CONTROL = 0xe000e010, RELOAD = 0xe000e014, CURRENT = 0xe000e018 };
enum { TICKS = 0xffffff, TICK_BITS = 24, ON = 7 };
enum { PICOSECONDS = 1000 };

static volatile uint32_t wraps;

void
tick(void)
{
	wraps++;
}

static uint64_t
ticks(void)
{
	uint32_t before, current;

	do {
		before = wraps;
		current = AT(CURRENT);
	} while (before != wraps);
	return ((uint64_t)before << TICK_BITS) + (TICKS - current);
}

static uint64_t
instructions(uint64_t since)
{
	return (ticks() - since) * TICK_PICOSECONDS / PICOSECONDS;
}

static __attribute__((noinline)) void
turn(uint32_t turns)
{
	__asm__ volatile("1: subs %0, %0, #1\n\tbne 1b" : "+r"(turns) : : "cc");
}

int
main(int argc, char **argv)
{
	static const uint32_t turns[] = { 1000, 100000, 10000000 };
	uint64_t since;

	(void)argc, (void)argv;
	fill_input();
	print("stack ", stack_of_run());
	AT(RELOAD) = TICKS;
	AT(CURRENT) = 0;
	AT(CONTROL) = ON;
	while (!AT(CURRENT))
		;
	for (int i = 0; i < 3; i++) {
		since = ticks();
		turn(turns[i]);
		print("loop ", 2 * turns[i]);
		print("counted ", instructions(since));
	}
	fill_input();
	since = ticks();
	m_run(&work, output);
	print("run ", instructions(since));
	return 0;
}
