/* The functions that compilers call by themselves, where no C library has them. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

/* Else the compiler makes of a loop that copies a call of what the loop is for. */
#ifdef __clang__
#define AS_WRITTEN __attribute__((no_builtin))
#else
#define AS_WRITTEN __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

typedef uint32_t __attribute__((may_alias)) Word;
enum { WORD = sizeof(Word) };

/* From the first byte on, a word at once where both lie so. */
AS_WRITTEN static void *
copy(void *to, const void *from, size_t bytes)
{
	char *y = to;
	const char *x = from;
	size_t done = 0;

	if (((uintptr_t)y | (uintptr_t)x) % WORD == 0)
		for (; done + WORD <= bytes; done += WORD)
			*(Word *)(void *)(y + done) =
				*(const Word *)(const void *)(x + done);
	for (; done < bytes; done++)
		y[done] = x[done];
	return to;
}

void *
memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	return copy(to, from, bytes);
}

AS_WRITTEN void *
memmove(void *to, const void *from, size_t bytes)
{
	char *y = to;
	const char *x = from;

	/* Upwards, where no byte is written before it is read. */
	if ((uintptr_t)y - (uintptr_t)x >= bytes)
		return copy(to, from, bytes);
	while (bytes--)
		y[bytes] = x[bytes];
	return to;
}

AS_WRITTEN void *
memset(void *to, int value, size_t bytes)
{
	char *y = to;

	for (size_t i = 0; i < bytes; i++)
		y[i] = (char)value;
	return to;
}
