/* What the program asks of the board. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

void board_start(void); /* serial port and timer */

/* The processor's cycles from count to counted, or BOARD_TOO_MANY: the timer has 24 bits. */
#define BOARD_TOO_MANY UINT32_MAX
void board_count(void);
uint32_t board_counted(void);

/* Instructions, in qemu with -icount shift=0. */
uint32_t board_instructions(uint32_t cycles);

_Noreturn void board_leave(int status); /* the emulator, that is */

/* weights.c: MRT_OK, or what is wrong with them */
int weights_open(void);

/* sensor.c: the temperature of the die, and what it does while time passes */
int sensor_celsius(void *user, float *celsius); /* not 0: it failed */
void sensor_passed(float seconds, float watts);

#endif
