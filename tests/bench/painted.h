/*
 * painted.h: how much of the stack an inference on a bare machine writes to, and numbers printed
 * there without a C library.  Behind count.h, and with start.h of the machine.
 */
#ifndef PAINTED_H
#define PAINTED_H

#include "start.h"

enum { PAINT = 0xa5, PAINTED = 32768, DECIMAL = 10, DIGITS = 24 };

static void
print(const char *what, uint64_t number)
{
	char text[DIGITS], *at = text + sizeof text;

	*--at = 0;
	*--at = '\n';
	do
		*--at = (char)('0' + number % DECIMAL);
	while (number /= DECIMAL);
	semihost(SYS_WRITE0, what);
	semihost(SYS_WRITE0, at);
}

/* Bytes below this function's frame that m_run() writes to. */
static __attribute__((noinline)) uint32_t
stack_of_run(void)
{
	char *top;
	volatile char *at;

	__asm__ volatile("mov %0, sp" : "=r"(top));
	for (at = top - PAINTED; at < top; at++)
		*at = (char)PAINT;
	m_run(&work, output);
	for (at = top - PAINTED; at < top && *at == (char)PAINT; at++)
		;
	return (uint32_t)(top - at);
}

#endif
