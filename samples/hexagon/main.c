/* Runs a network on a Hexagon with vectors, as a program of Linux without a C library: all its
 * inputs, and RAM beside what mcompile's report promises. */
#include "parts.h"
#include "start.h"

enum { OUTPUT = 1, LINE = 80, ROOM = 65536 };

static char line[LINE];
static unsigned long held;

/* start.c calls it at the end. */
void
flush_files(void)
{
	sys_write(OUTPUT, line, held);
	held = 0;
}

void
say_char(char c)
{
	line[held++] = c;
	if (c == '\n' || held == LINE)
		flush_files();
}

int
main(int argc, char **argv)
{
	int right = 0;

	(void)argc, (void)argv;
	say(network_name);
	say(" on Hexagon\n");
	for (int i = 0; i < network_inputs; i++) {
		network_fill(i);
		network_run();
		right += network_show(i);
	}
	network_fill(0);
	int good = right == network_inputs;
	good &= say_ram(network_work_bytes(), stack_of(network_run, stack_below(ROOM)), 0);
	say(good ? "all as promised\n" : "NOT as promised\n");
	return !good;
}
