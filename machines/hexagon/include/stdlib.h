/* stdlib.h: of the C library, what generated programs and the kernel checker call. */
#ifndef STDLIB_H
#define STDLIB_H

#include <stddef.h>

_Noreturn void exit(int status);
_Noreturn void abort(void);
void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
int posix_memalign(void **to, size_t alignment, size_t bytes);
void free(void *);
int abs(int);
long long llabs(long long);
long long strtoll(const char *, char **end, int base);
float strtof(const char *, char **end);
unsigned long long strtoull(const char *, char **end, int base);

#endif
