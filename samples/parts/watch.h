/* A device that looks at each frame of a camera, or while it would get too hot at one of four:
 * for a network that a cheaper one cannot stand in for. */
#ifndef WATCH_H
#define WATCH_H

#include "mrt_heat.h"

enum { WATCH_PERIOD_MS = 10000 }; /* from frame to frame */

struct watch {
	struct mrt_heat heat;
	int choice, frames, looked, right;
};

void watch_begin(struct watch *, float severe); /* degrees C that it shall stay under */

/* A frame has come. */
void watch_frame(struct watch *, const struct mrt_heat_reading *, uint32_t now_ms);

/* What is drawn in the mean, over idle. */
float watch_watts(const struct watch *);

/* Says how often it looked; 1: the network was always right. */
int watch_end(const struct watch *);

#endif
