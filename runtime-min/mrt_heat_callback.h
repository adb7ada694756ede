/* Readings from a function of the application's: a microcontroller's own sensor. */
#ifndef MRT_HEAT_CALLBACK_H
#define MRT_HEAT_CALLBACK_H

#include "mrt_heat.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mrt_heat_callback {
	int (*celsius)(void *user, float *celsius); /* not 0: it failed */
	void *user;
};

void mrt_heat_callback_read(const struct mrt_heat_callback *, struct mrt_heat_reading *);

#ifdef __cplusplus
}
#endif

#endif
