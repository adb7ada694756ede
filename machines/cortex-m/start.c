/*
 * start.c: what a Cortex-M image does before main() and after: vectors, memory, the FPU, and calls
 * to the world outside by semihosting, which emulators and debuggers answer.
 */
#include <stdint.h>

#include "start.h"

extern uint32_t data_from[], data_begin[], data_end[], bss_begin[], bss_end[], stack_top[];
int main(int argc, char **argv);
void reset(void);

enum { CPACR = 0xe000ed88, FULL_ACCESS = 0xf << 20 }; /* coprocessors 10 and 11: FPU and MVE */

int32_t
semihost(int32_t operation, const void *arguments)
{
	register int32_t r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = arguments;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

_Noreturn void
leave(int status)
{
	const uint32_t arguments[] = { APPLICATION_EXIT, (uint32_t)status };

	semihost(SYS_EXIT_EXTENDED, arguments);
	for (;;)
		;
}

static void
fault(void)
{
	semihost(SYS_WRITE0, "fault: the image did what its machine has not\n");
	leave(FAULT_STATUS);
}

/* The timer's exception: those who count have their own. */
__attribute__((weak)) void
tick(void)
{
}

/* What files.c still holds back. */
__attribute__((weak)) void
flush_files(void)
{
}

/* Words that the emulator was given, split at blanks. */
static int
read_arguments(char **argv)
{
	static char text[ARGUMENT_BYTES];
	struct { char *text; int32_t bytes; } block = { text, sizeof text };
	int count = 0;
	bool inside = false;

	if (semihost(SYS_GET_CMDLINE, &block) != 0)
		return 0;
	for (char *at = text; *at; at++) {
		if (*at == ' ')
			*at = 0;
		else if (!inside && count < ARGUMENTS_MOST)
			argv[count++] = at;
		inside = *at != 0;
	}
	return count;
}

void
reset(void)
{
	static char *argv[ARGUMENTS_MOST + 1];
	int status;

	*(volatile uint32_t *)CPACR |= FULL_ACCESS;
	__asm__ volatile("dsb\n\tisb");
	for (uint32_t *to = data_begin, *from = data_from; to < data_end;)
		*to++ = *from++;
	for (uint32_t *to = bss_begin; to < bss_end;)
		*to++ = 0;
	status = main(read_arguments(argv), argv);
	flush_files();
	leave(status);
}

/* Stack and start, faults, and behind others that never come, the timer. */
__attribute__((section(".vectors"), used)) static const void *const vectors[] = { stack_top,
	(const void *)reset, (const void *)fault, (const void *)fault, (const void *)fault,
	(const void *)fault, (const void *)fault, (const void *)fault, 0, 0, 0,
	(const void *)fault, (const void *)fault, 0, (const void *)fault, (const void *)tick };
