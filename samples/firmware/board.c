/*
 * The boards mps2-an386 and mps3-an547: a serial port, which is Arm's CMSDK UART, and the timer that
 * every Cortex-M has. UART and MHZ, of the processor, come from the Makefile.
 */
#include "board.h"
#include "parts.h"

#define AT(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* Of the UART, from its base; Cortex-M System Design Kit, chapter 4.3. */
enum { DATA = 0, STATE = 4, CONTROL = 8, DIVIDER = 16 };
enum { FULL = 1, TRANSMIT = 1, LEAST_DIVIDER = 16 };

/* Of SysTick; Armv7-M Architecture Reference Manual, B3.3. */
#define TIMER 0xe000e010u
enum { CONFIGURE = 0, RELOAD = 4, CURRENT = 8 };
enum { COUNT_CYCLES = 5, WAS_ZERO = 1 << 16, LAST = 0xffffff };

enum { NANOSECONDS = 1000 }; /* of a cycle at 1 MHz */

void
board_start(void)
{
	AT(UART + DIVIDER) = LEAST_DIVIDER;
	AT(UART + CONTROL) = TRANSMIT;
	AT(TIMER + RELOAD) = LAST;
	AT(TIMER + CONFIGURE) = COUNT_CYCLES;
}

void
say_char(char c)
{
	while (AT(UART + STATE) & FULL)
		;
	AT(UART + DATA) = (uint8_t)c;
}

/* It counts down, from LAST again after 0. */
void
board_count(void)
{
	AT(TIMER + CURRENT) = 0; /* and WAS_ZERO no more */
}

uint32_t
board_counted(void)
{
	uint32_t cycles = (0 - AT(TIMER + CURRENT)) & LAST;

	return AT(TIMER + CONFIGURE) & WAS_ZERO ? BOARD_TOO_MANY : cycles;
}

/* An emulated instruction takes a nanosecond, whatever a cycle takes. */
uint32_t
board_instructions(uint32_t cycles)
{
	return (uint32_t)((uint64_t)cycles * NANOSECONDS / MHZ);
}

/* A debugger's service, "semihosting": qemu ends. Without debugger or emulator it is a fault, and a
 * device in the field would rather wait for its watchdog. */
_Noreturn void
board_leave(int status)
{
	enum { SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };
	const uint32_t why[] = { APPLICATION_EXIT, (uint32_t)status };
	register int r0 __asm__("r0") = SYS_EXIT_EXTENDED;
	register const uint32_t *r1 __asm__("r1") = why;

	__asm__ volatile("bkpt 0xab" : : "r"(r0), "r"(r1) : "memory");
	for (;;)
		;
}
