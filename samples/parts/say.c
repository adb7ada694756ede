/* Text and numbers without stdio. */
#include "parts.h"
#include "promise.h"

enum { TEN = 10, LONGEST = 21 };

void
say(const char *text)
{
	while (*text)
		say_char(*text++);
}

void
say_number(long number, int width)
{
	unsigned long left =
		number < 0 ? 0 - (unsigned long)number : (unsigned long)number;
	char text[LONGEST];
	int at = LONGEST;

	do
		text[--at] = (char)('0' + left % TEN);
	while (left /= TEN);
	if (number < 0)
		text[--at] = '-';
	for (int blank = LONGEST - at; blank < width; blank++)
		say_char(' ');
	while (at < LONGEST)
		say_char(text[at++]);
}

void
say_tenths(float number, int width)
{
	long tenths = (long)((number < 0 ? -number : number) * (float)TEN + 0.5f);
	int digits = tenths < TEN * TEN ? 1 : tenths < TEN * TEN * TEN ? 2 : 3;

	for (int blank = digits + 3; blank < width; blank++)
		say_char(' ');
	say(number < 0 ? "-" : " ");
	say_number(tenths / TEN, digits);
	say(".");
	say_number(tenths % TEN, 1);
}

static int
say_within(const char *what, size_t measured, size_t promised)
{
	int within = measured <= promised;

	say(what);
	say_number((long)measured, 9);
	say(" bytes, promised ");
	say_number((long)promised, 6);
	say(within ? ": within\n" : ": MORE THAN PROMISED\n");
	return within;
}

int
say_ram(size_t work, size_t stack, size_t apart)
{
	/* An aligned type's size is a multiple. */
	const size_t part = network_alignment() - 1;
	const size_t area = (PROMISED_WORK + apart + part) & ~part;
	int good = say_within("work area   ", work, area);

	good &= say_within("stack       ", stack, PROMISED_STACK);
	return good & say_within("both        ", work + stack, area + PROMISED_STACK);
}
