/* files.c: stdio.h: what is written is held back until a buffer is full or the program ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "start.h"

enum { STREAMS = 3, FILES = 32, BUFFER = 4096 };

struct File {
	long file; /* as the system knows it, plus 1; 0: not open */
	size_t held;
	char buffer[BUFFER];
};

static FILE files[FILES] = { { .file = 1 }, { .file = 2 }, { .file = 3 } };
FILE *const stdin = files, *const stdout = files + 1, *const stderr = files + 2;

FILE *
fopen(const char *path, const char *mode)
{
	FILE *f = files + STREAMS;

	while (f < files + FILES && f->file)
		f++;
	long file = f < files + FILES ? sys_open(path, *mode == 'r' ? READ_ONLY : WRITE_NEW) : -1;
	if (file < 0)
		return NULL;
	f->file = file + 1;
	return f;
}

static int
write_out(FILE *f, const char *from, size_t bytes)
{
	while (bytes) {
		long done = sys_write(f->file - 1, from, bytes);
		if (done <= 0)
			return -1;
		from += done;
		bytes -= (size_t)done;
	}
	return 0;
}

static int
flush(FILE *f)
{
	int status = write_out(f, f->buffer, f->held);

	f->held = 0;
	return status;
}

void
flush_files(void)
{
	for (FILE *f = files + 1; f < files + FILES; f++)
		if (f->file)
			flush(f);
}

int
fflush(FILE *f)
{
	if (f)
		return flush(f);
	flush_files();
	return 0;
}

int
fclose(FILE *f)
{
	int status = flush(f);

	sys_close(f->file - 1);
	f->file = 0;
	return status;
}

size_t
fread(void *to, size_t bytes, size_t count, FILE *f)
{
	size_t all = bytes * count, done = 0;

	while (done < all) {
		long some = sys_read(f->file - 1, (char *)to + done, all - done);
		if (some <= 0)
			break;
		done += (size_t)some;
	}
	return bytes ? done / bytes : 0;
}

size_t
fwrite(const void *from, size_t bytes, size_t count, FILE *f)
{
	size_t all = bytes * count;

	if (f->held + all > BUFFER && flush(f))
		return 0;
	if (all > BUFFER)
		return write_out(f, from, all) ? 0 : count;
	memcpy(f->buffer + f->held, from, all);
	f->held += all;
	return count;
}

int
fputc(int c, FILE *f)
{
	const char byte = (char)c;

	return fwrite(&byte, 1, 1, f) ? c : -1;
}

int
fputs(const char *text, FILE *f)
{
	return fwrite(text, 1, strlen(text), f) == strlen(text) ? 0 : -1;
}

int
puts(const char *text)
{
	return fputs(text, stdout) || fputc('\n', stdout) < 0 ? -1 : 0;
}

int
putchar(int c)
{
	return fputc(c, stdout);
}

_Noreturn void
exit(int status)
{
	flush_files();
	sys_exit(status);
}

_Noreturn void
abort(void)
{
	enum { ABORTED = 134 };

	exit(ABORTED);
}

/* There is none. */
clock_t
clock(void)
{
	return 0;
}
