/* What the program asks of the board. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

void board_start(void); /* serial port and timer */

/* The processor's cycles since `then`, of the timer, of 24 bits. */
uint32_t board_time(void);
uint32_t board_cycles(uint32_t then);

/* Instructions, in qemu with -icount shift=0. */
uint32_t board_instructions(uint32_t cycles);

_Noreturn void board_leave(int status); /* the emulator, that is */

/* sensor.c: the temperature of the die, and what it does while time passes */
int sensor_celsius(void *user, float *celsius); /* not 0: it failed */
void sensor_passed(float seconds, float watts);

#endif
