/* Readings from Apple's thermal pressure: a status, never a temperature. Elsewhere:
 * unknown. */
#ifndef MRT_HEAT_APPLE_H
#define MRT_HEAT_APPLE_H

#include "mrt_heat.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mrt_heat_apple {
	int token; /* of notify(3), -1 without */
};

int mrt_heat_apple_open(struct mrt_heat_apple *); /* MRT_NO_SENSOR elsewhere */
void mrt_heat_apple_read(const struct mrt_heat_apple *, struct mrt_heat_reading *);
void mrt_heat_apple_close(struct mrt_heat_apple *);

/* The level of <libkern/OSThermalNotification.h> as a status: macOS counts 0, 1, 2 ..,
 * iOS and the others 0, 10, 20 .. with one level more. */
int mrt_heat_apple_status(uint64_t level);

#ifdef __cplusplus
}
#endif

#endif
