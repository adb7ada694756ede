/* start.h: semihosting, as "Semihosting for AArch32 and AArch64" numbers its operations. */
#ifndef START_H
#define START_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SYS_OPEN = 0x01,
	SYS_CLOSE = 0x02,
	SYS_WRITE0 = 0x04,
	SYS_WRITE = 0x05,
	SYS_READ = 0x06,
	SYS_SEEK = 0x0a,
	SYS_FLEN = 0x0c,
	SYS_CLOCK = 0x10, /* hundredths of a second */
	SYS_GET_CMDLINE = 0x15,
	SYS_EXIT_EXTENDED = 0x20,
	APPLICATION_EXIT = 0x20026,
	FAULT_STATUS = 70 /* EX_SOFTWARE of sysexits.h */,
	ARGUMENT_BYTES = 4096,
	ARGUMENTS_MOST = 64
};

int32_t semihost(int32_t operation, const void *arguments);
_Noreturn void leave(int status);
void flush_files(void);
void tick(void);

#endif
