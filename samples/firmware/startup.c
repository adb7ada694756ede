/* What runs before main(), and where exceptions go. */
#include "board.h"
#include "parts.h"

/* Who may use coprocessors, the FPU and Helium being 10 and 11; Armv7-M manual, B3.2.20. */
#define CPACR (*(volatile uint32_t *)0xe000ed88)
enum { FULL_ACCESS = 0xf << 20 };

/* Of link.ld. */
extern uint32_t data_from[], data_begin[], data_end[], bss_begin[], bss_end[];
extern char stack_low[], stack_high[];

int main(void);
void reset(void);
void fault(void);
void report_fault(void);

void
reset(void)
{
	CPACR |= FULL_ACCESS;
	__asm__ volatile("dsb\n\tisb");
	stack_paint(stack_low);
	for (uint32_t *to = data_begin, *from = data_from; to < data_end;)
		*to++ = *from++;
	for (uint32_t *to = bss_begin; to < bss_end;)
		*to++ = 0;
	board_leave(main());
}

void
report_fault(void)
{
	enum { FAULT_STATUS = 70 }; /* EX_SOFTWARE of sysexits.h */

	board_start();
	say("fault: no such memory, or no such instruction; or the stack is full\n");
	board_leave(FAULT_STATUS);
}

/* The stack ends where memory does, so that one too deep comes here; then it is given up. */
__attribute__((naked)) void
fault(void)
{
	__asm__("ldr r0, =stack_high\n\tmov sp, r0\n\tb report_fault");
}

/* As the processor has them: the stack, then reset, NMI, faults, and from SVCall to SysTick what
 * nobody here asks for. */
typedef void Handler(void);
__attribute__((section(".vectors"), used)) static const struct {
	char *stack;
	Handler *handlers[15];
} vectors = { stack_high,
	{ reset, fault, fault, fault, fault, fault, fault, 0, 0, 0, fault, fault, 0,
		fault, fault } };
