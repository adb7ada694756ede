/* start.h: what this library's parts know of each other. */
#ifndef START_H
#define START_H

enum { READ_ONLY = 0, WRITE_NEW = 01 | 0100 | 01000 }; /* O_WRONLY, O_CREAT, O_TRUNC */

long sys_open(const char *path, long flags);
long sys_close(long file);
long sys_read(long file, void *to, unsigned long bytes);
long sys_write(long file, const void *from, unsigned long bytes);
_Noreturn void sys_exit(long status);
void flush_files(void);

#endif
