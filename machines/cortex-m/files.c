/* files.c: what newlib asks of a system, by semihosting: files, standard streams, a heap. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/times.h>

#include "start.h"

enum { STREAMS = 3, FILES = 64, HUNDREDTH = 10000 };
enum { READ = 1, WRITE = 5, APPEND = 9, READ_TEXT = 0, WRITE_TEXT = 4, APPEND_TEXT = 8 };

extern char heap_begin[], heap_end[];

/* Where each file is, and which the machine outside knows it as, plus 1. */
static int32_t handles[FILES];

void *_sbrk(int bytes);
int _open(const char *path, int flags, int mode);
int _close(int file);
int _read(int file, char *to, int bytes);
int _write(int file, const char *from, int bytes);
int _lseek(int file, int offset, int from);
int _fstat(int file, struct stat *s);
int _isatty(int file);
int _kill(int process, int signal);
int _getpid(void);
int posix_memalign(void **block, size_t alignment, size_t bytes);
clock_t _times(struct tms *t);
_Noreturn void _exit(int status);

void *
_sbrk(int bytes)
{
	static char *end = heap_begin;
	char *was = end;

	if (bytes > heap_end - end) {
		errno = ENOMEM;
		return (void *)-1;
	}
	end += bytes;
	return was;
}

static int32_t
open_outside(const char *path, int32_t mode)
{
	struct { const char *path; int32_t mode, size; } block = { path, mode,
		(int32_t)strlen(path) };

	return semihost(SYS_OPEN, &block);
}

/* The standard streams are opened when they are first asked for. */
static int32_t
handle_of(int file)
{
	static const int32_t modes[STREAMS] = { READ_TEXT, WRITE_TEXT, APPEND_TEXT };

	if (file < 0 || file >= FILES)
		return -1;
	if (!handles[file] && file < STREAMS)
		handles[file] = open_outside(":tt", modes[file]) + 1;
	return handles[file] - 1;
}

int
_open(const char *path, int flags, int mode)
{
	int32_t how = flags & O_APPEND ? APPEND : flags & O_WRONLY ? WRITE : READ, outside;
	int file = STREAMS;

	(void)mode;
	while (file < FILES && handles[file])
		file++;
	outside = file < FILES ? open_outside(path, how) : -1;
	if (outside < 0) {
		errno = ENOENT;
		return -1;
	}
	handles[file] = outside + 1;
	return file;
}

int
_close(int file)
{
	int32_t handle = handle_of(file);

	handles[file] = 0;
	return semihost(SYS_CLOSE, &handle);
}

/* Both operations say what is left undone. */
static int
transfer(int32_t operation, int file, const void *at, int bytes)
{
	struct { int32_t file; const void *at; int32_t bytes; } block = { handle_of(file), at, bytes };
	int32_t left = semihost(operation, &block);

	if (left < 0 || left > bytes) {
		errno = EIO;
		return -1;
	}
	return bytes - left;
}

int
_read(int file, char *to, int bytes)
{
	return transfer(SYS_READ, file, to, bytes);
}

int
_write(int file, const char *from, int bytes)
{
	return transfer(SYS_WRITE, file, from, bytes);
}

int
_lseek(int file, int offset, int from)
{
	const int32_t block[] = { handle_of(file), offset };

	return from == 0 && semihost(SYS_SEEK, block) == 0 ? offset : -1;
}

int
_fstat(int file, struct stat *s)
{
	memset(s, 0, sizeof *s);
	s->st_mode = file < STREAMS ? S_IFCHR : S_IFREG;
	return 0;
}

int
_isatty(int file)
{
	return file < STREAMS;
}

int
_kill(int process, int signal)
{
	(void)process;
	leave(FAULT_STATUS + signal);
}

int
_getpid(void)
{
	return 1;
}

/* newlib has it by its older name alone. */
int
posix_memalign(void **block, size_t alignment, size_t bytes)
{
	*block = memalign(alignment, bytes);
	return *block ? 0 : ENOMEM;
}

clock_t
_times(struct tms *t)
{
	memset(t, 0, sizeof *t);
	t->tms_utime = (clock_t)semihost(SYS_CLOCK, NULL) * (CLOCKS_PER_SEC / 100);
	return t->tms_utime;
}

void
flush_files(void)
{
	fflush(NULL);
}

void
_exit(int status)
{
	leave(status);
}
