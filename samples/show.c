/* Pictures and bars in a terminal, and how long a run takes. */
#define _POSIX_C_SOURCE 200809L
#include "show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 40, BLACK = 232, GREYS = 24, GREEN = 34 }; /* of xterm's 256 colours */

int
level(char pixel)
{
	return pixel <= '9' ? pixel - '0' : pixel - 'a' + 10;
}

int
chosen(int argc, char **argv, int count, int otherwise)
{
	if (argc < 2)
		return otherwise;
	char *end;
	long index = strtol(argv[1], &end, 10);
	if (argc == 2 && end > argv[1] && !*end && index >= 0 && index < count)
		return (int)index;
	fprintf(stderr, "usage: %s [image, 0 to %d]\n", argv[0], count - 1);
	return -1;
}

static int
colours(void)
{
	const char *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* Two columns, which together are about as wide as a line is high. */
static void
show_pixel(int value, int white)
{
	static const char ink[] = " .:-=+*#%@";
	const int last = (int)sizeof ink - 2;
	if (colours())
		printf("\033[48;5;%dm  ", BLACK + value * (GREYS - 1) / white);
	else
		printf("%c%c", ink[value * last / white], ink[value * last / white]);
}

void
show_picture(const char *pixels, int side, int white)
{
	for (int y = 0; y < side; y++) {
		printf("    ");
		for (int x = 0; x < side; x++)
			show_pixel(level(pixels[y * side + x]), white);
		printf(colours() ? "\033[0m\n" : "\n");
	}
	printf("\n");
}

int
best_of(const signed char scores[], int count)
{
	int best = 0;
	for (int i = 1; i < count; i++)
		if (scores[i] > scores[best])
			best = i;
	return best;
}

void
show_bar(const char *name, float part, int mark)
{
	int length = (int)(part * (float)BAR_WIDTH + 0.5f);
	printf("%12s ", name);
	if (colours())
		printf("\033[48;5;%dm%*s\033[0m%*s", mark ? GREEN : BLACK + GREYS / 2,
			length, "", BAR_WIDTH - length, "");
	else
		for (int i = 0; i < BAR_WIDTH; i++)
			putchar(i < length ? '#' : ' ');
	printf(" %5.1f %%%s\n", (double)part * 100, mark ? " <" : "");
}

double
microseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static int
compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

double
median(double times[], int count)
{
	qsort(times, (size_t)count, sizeof *times, compare);
	return times[count / 2];
}
