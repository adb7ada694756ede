/* How deep the stack gets: it is painted, and what has lost its paint was used. */
#include "parts.h"

enum { PAINT = 0xa5 };

static inline char *
stack_pointer(void)
{
	char *at;

#ifdef __hexagon__
	__asm__ volatile("%0 = r29" : "=r"(at));
#else
	__asm__ volatile("mov %0, sp" : "=r"(at));
#endif
	return at;
}

__attribute__((noinline)) void
stack_paint(char *low)
{
	const volatile char *top = stack_pointer();

	for (volatile char *at = low; at < top; at++)
		*at = (char)PAINT;
}

size_t
stack_paint_left(const char *low)
{
	const volatile char *at = low;

	while (*at == (char)PAINT)
		at++;
	return (size_t)(at - (const volatile char *)low);
}

char *
stack_below(size_t bytes)
{
	return stack_pointer() - bytes;
}

__attribute__((noinline)) size_t
stack_of(void (*call)(void), char *low)
{
	const char *top = stack_pointer();

	stack_paint(low);
	call();
	return (size_t)(top - low) - stack_paint_left(low);
}
