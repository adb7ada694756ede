/* fail_nth.c: preloaded into mcompile: the FAIL_NTH-th allocation or write fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;

/* Whether this call of a kind, "alloc" or "write", is the one to fail. */
static int
fails(const char *kind)
{
	const char *which = getenv("FAIL_KIND"), *nth = getenv("FAIL_NTH");

	return which && nth && !strcmp(which, kind) && ++calls == atol(nth);
}

void *
malloc(size_t size)
{
	static void *(*real)(size_t);

	if (!real)
		real = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	return fails("alloc") ? (errno = ENOMEM, NULL) : real(size);
}

extern void *__libc_calloc(size_t, size_t); /* dlsym() itself may call calloc() */

void *
calloc(size_t count, size_t size)
{
	return fails("alloc") ? (errno = ENOMEM, NULL) : __libc_calloc(count, size);
}

void *
realloc(void *p, size_t size)
{
	static void *(*real)(void *, size_t);

	if (!real)
		real = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	return fails("alloc") ? (errno = ENOMEM, NULL) : real(p, size);
}

ssize_t
write(int fd, const void *data, size_t size)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (!real)
		real = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
	return fails("write") ? (errno = ENOSPC, -1) : real(fd, data, size);
}

int
rename(const char *from, const char *to)
{
	static int (*real)(const char *, const char *);

	if (!real)
		real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
	return fails("write") ? (errno = EIO, -1) : real(from, to);
}
