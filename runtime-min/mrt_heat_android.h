/* Readings from Android's thermal service (NDK AThermal), found when the program runs:
 * status from Android 11, headroom from 12; before, both are unknown. */
#ifndef MRT_HEAT_ANDROID_H
#define MRT_HEAT_ANDROID_H

#include "mrt_heat.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mrt_heat_android {
	void *library, *manager;
	int (*status)(void *);
	float (*headroom)(void *, int);
	void (*release)(void *);
};

/* `library`: NULL for libandroid.so. MRT_NO_SENSOR if it or the thermal service is not
 * there. */
int mrt_heat_android_open(struct mrt_heat_android *, const char *library);

/* Always fills the reading; at most once a second, or Android says NaN. */
void mrt_heat_android_read(const struct mrt_heat_android *, struct mrt_heat_reading *);

void mrt_heat_android_close(struct mrt_heat_android *);

#ifdef __cplusplus
}
#endif

#endif
