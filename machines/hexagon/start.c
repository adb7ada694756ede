/*
 * start.c: what a Hexagon program without a C library does before main() and after, and its calls
 * to Linux: the numbers of asm-generic/unistd.h, in r6.
 */
#include "start.h"

enum { SYS_OPENAT = 56, SYS_CLOSE = 57, SYS_READ = 63, SYS_WRITE = 64, SYS_EXIT_GROUP = 94 };
enum { HERE = -100, ALL_MAY_READ = 0644 };

int main(int argc, char **argv);
void begin(long *stack);

__asm__(".globl _start\n_start:\n\tr0 = r29\n\tr29 = and(r29, #-128)\n\tcall begin\n");

static long
ask(long call, long a, long b, long c, long d)
{
	register long r6 __asm__("r6") = call;
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;

	__asm__ volatile("trap0(#1)" : "+r"(r0) : "r"(r6), "r"(r1), "r"(r2), "r"(r3) : "memory");
	return r0;
}

long
sys_open(const char *path, long flags)
{
	return ask(SYS_OPENAT, HERE, (long)path, flags, ALL_MAY_READ);
}

long
sys_close(long file)
{
	return ask(SYS_CLOSE, file, 0, 0, 0);
}

long
sys_read(long file, void *to, unsigned long bytes)
{
	return ask(SYS_READ, file, (long)to, (long)bytes, 0);
}

long
sys_write(long file, const void *from, unsigned long bytes)
{
	return ask(SYS_WRITE, file, (long)from, (long)bytes, 0);
}

_Noreturn void
sys_exit(long status)
{
	for (;;)
		ask(SYS_EXIT_GROUP, status, 0, 0, 0);
}

/* On the stack lie argc and argv. */
void
begin(long *stack)
{
	int status = main((int)*stack, (char **)(stack + 1));

	flush_files();
	sys_exit(status);
}
