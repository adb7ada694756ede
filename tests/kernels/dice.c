/* dice.c: random numbers, the same on every machine. */
#include <math.h>

#include "kernels.h"

/* Vigna's splitmix64: constants from its definition. */
uint64_t
roll(Dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

int
between(Dice *d, int least, int most)
{
	return least + (int)(roll(d) % (uint64_t)((int64_t)most - least + 1));
}

bool
chance(Dice *d, int percent)
{
	return between(d, 0, 99) < percent;
}

float
log_between(Dice *d, float least, float most)
{
	float part = (float)between(d, 0, 1 << 20) / (1 << 20);

	return least * expf(part * logf(most / least));
}

int
pick(Dice *d, int count, ...)
{
	int at = between(d, 0, count - 1), choice = 0;
	va_list choices;

	va_start(choices, count);
	for (int i = 0; i <= at; i++)
		choice = va_arg(choices, int);
	va_end(choices);
	return choice;
}
