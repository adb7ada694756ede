/* Readings from Linux' thermal zones (Documentation/ABI/testing/sysfs-class-thermal). */
#ifndef MRT_HEAT_LINUX_H
#define MRT_HEAT_LINUX_H

#include "mrt_heat.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MRT_HEAT_LINUX_PATH 256

struct mrt_heat_linux {
	char path[MRT_HEAT_LINUX_PATH]; /* of the zone's temperature */
	float trip;                     /* degrees C of its first passive trip, or NaN */
};

/* The first zone of this type ("cpu-thermal"; NULL: of any that has a temperature), below
 * `root` (NULL or "": the system's own; a test gives its own tree). MRT_NO_SENSOR if
 * there is none. */
int mrt_heat_linux_open(struct mrt_heat_linux *, const char *root, const char *type);

/* Always fills the reading: NaN if the file is away or no number. Linux tells no status.
 * */
void mrt_heat_linux_read(const struct mrt_heat_linux *, struct mrt_heat_reading *);

#ifdef __cplusplus
}
#endif

#endif
