/* setjmp.h: r16 to r27, r30, r31, r29. */
#ifndef SETJMP_H
#define SETJMP_H

typedef long long jmp_buf[8];
int setjmp(jmp_buf) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf, int);

#endif
