/* diag.c: what the user is told: "file: where: problem", then notes with the remedy. */
#include <stdlib.h>
#include <string.h>

#include "ir.h"

enum {
	SHOWN = 100,
	SHOWN_BEFORE = 60, /* bytes of a line, and of those before the caret */
	UTF8_MASK = 0xc0,
	UTF8_FOLLOWS = 0x80, /* a byte that is no character of its own */
};

const Loc nowhere = { SIZE_MAX, 0, 0 };

/* The line of a textual model, or what of a long one is near, and a caret beneath the column. */
static void
put_caret(const Diag *d, Loc at)
{
	const char *line = d->text;

	if (!line || !at.line)
		return;
	for (int n = 1; n < at.line && line; n++) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line)
		return;
	int size = (int)strcspn(line, "\r\n"),
	    caret = at.column - 1 < size ? at.column - 1 : size;
	int from = caret > SHOWN_BEFORE ? caret - SHOWN_BEFORE : 0;
	int to = size - from > SHOWN ? from + SHOWN : size;
	fprintf(d->to, "\t%s", from ? "..." : "");
	for (int i = from; i < to; i++)
		fputc((unsigned char)line[i] < ' ' && line[i] != '\t' ? '?' : line[i],
			d->to);
	fprintf(d->to, "%s\n\t%s", to < size ? "..." : "", from ? "   " : "");
	for (int i = from; i < caret; i++)
		if ((line[i] & UTF8_MASK) != UTF8_FOLLOWS)
			fputc(line[i] == '\t' ? '\t' : ' ', d->to);
	fputs("^\n", d->to);
}

static void
say(Diag *d, Loc at, const char *what, const char *colour, const char *fmt, va_list ap)
{
	if (!d->to)
		return;
	fprintf(d->to, "%s: ", d->file ? d->file : "mcompile");
	if (at.line)
		fprintf(d->to, "%d:%d: ", at.line, at.column);
	else if (at.offset != nowhere.offset)
		fprintf(d->to, "at 0x%zx: ", at.offset);
	fprintf(d->to, d->colour ? "\033[1;%sm%s\033[0m: " : "%.0s%s: ", colour, what);
	vfprintf(d->to, fmt, ap);
	fputc('\n', d->to);
	put_caret(d, at);
}

static void
say_error(Diag *d, Loc at, const char *fmt, va_list ap)
{
	d->errors++;
	say(d, at, "error", "31", fmt, ap);
}

void
warn_at(Diag *d, Loc at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, at, "warning", "35", fmt, ap);
	va_end(ap);
}

void
error_at(Diag *d, Loc at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_error(d, at, fmt, ap);
	va_end(ap);
}

void
fail_at(Diag *d, Loc at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_error(d, at, fmt, ap);
	va_end(ap);
	give_up(d);
}

void
note(Diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (d->to) {
		fputs("note: ", d->to);
		vfprintf(d->to, fmt, ap);
		fputc('\n', d->to);
	}
	va_end(ap);
}

void
give_up(Diag *d)
{
	longjmp(*d->escape, 1);
}

void
give_up_if_errors(Diag *d)
{
	if (d->errors)
		give_up(d);
}

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("mcompile: internal error: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	abort();
}
