/*
 * Runs a network on Linux for AArch64: all its inputs, RAM beside what mcompile's report promises;
 * then frames, while Linux says how hot the device is.
 *
 *	program [ROOT [-]]
 *
 * ROOT: where /sys is, for a tree that is not the system's own. -: not the clock says when frames
 * come, but lines of standard input, in milliseconds; each is answered by a line.
 */
#define _POSIX_C_SOURCE 200809L
#include "mrt_heat_linux.h"
#include "parts.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROOM = 65536 };

void
say_char(char c)
{
	putchar(c);
}

/* Whether another frame comes. */
static int
next_frame(int by_lines, unsigned long *now_ms)
{
	const struct timespec period = { WATCH_PERIOD_MS / 1000, 0 };
	struct timespec now;

	fflush(stdout);
	if (by_lines)
		return scanf("%lu", now_ms) == 1;
	nanosleep(&period, NULL);
	clock_gettime(CLOCK_MONOTONIC, &now);
	*now_ms = (unsigned long)now.tv_sec * 1000 + (unsigned long)now.tv_nsec / 1000000;
	return 1;
}

static int
watch(const char *root, int by_lines)
{
	struct mrt_heat_linux source;
	struct mrt_heat_reading reading;
	struct watch w;
	unsigned long now_ms;
	int status = mrt_heat_linux_open(&source, root, NULL);

	if (status) {
		printf("heat: %s\n", mrt_message(status));
		return 0;
	}
	printf("it reads %s, and stays under %.1f C\n", source.path + strlen(root),
		(double)source.trip);
	watch_begin(&w, source.trip); /* not a number: the policy's own */
	while (next_frame(by_lines, &now_ms)) {
		mrt_heat_linux_read(&source, &reading);
		watch_frame(&w, &reading, (uint32_t)now_ms);
		if (by_lines)
			printf("%.2f\n", (double)watch_watts(&w));
	}
	return watch_end(&w);
}

int
main(int argc, char **argv)
{
	int right = 0;

	printf("%s on AArch64\n", network_name);
	for (int i = 0; i < network_inputs; i++) {
		network_fill(i);
		network_run();
		right += network_show(i);
	}
	network_fill(0);
	int good = right == network_inputs;
	good &= say_ram(network_work_bytes(), stack_of(network_run, stack_below(ROOM)), 0);
	good &= watch(argc > 1 ? argv[1] : "", argc > 2 && !strcmp(argv[2], "-"));
	say(good ? "all as promised\n" : "NOT as promised\n");
	return !good;
}
