/* time.h: there is no clock. */
#ifndef TIME_H
#define TIME_H

typedef long clock_t;
enum { CLOCKS_PER_SEC = 1000000 };
clock_t clock(void);

#endif
