/* AThermal by dlopen(), so that a program also starts where it does not exist. */
#include "mrt_heat_android.h"
#include <dlfcn.h>

enum { SEVEREST = 6 }; /* ATHERMAL_STATUS_SHUTDOWN; an error is -1 */

static const struct mrt_heat_android none;

int
mrt_heat_android_open(struct mrt_heat_android *a, const char *library)
{
	union {
		void *object;
		void *(*function)(void);
	} acquire;
	union {
		void *object;
		int (*function)(void *);
	} status;
	union {
		void *object;
		float (*function)(void *, int);
	} headroom;
	union {
		void *object;
		void (*function)(void *);
	} release;
	if (!a)
		return MRT_ARGUMENT;
	*a = none;
	a->library = dlopen(library ? library : "libandroid.so", RTLD_NOW | RTLD_LOCAL);
	if (!a->library)
		return MRT_NO_SENSOR;
	acquire.object = dlsym(a->library, "AThermal_acquireManager");
	status.object = dlsym(a->library, "AThermal_getCurrentThermalStatus");
	headroom.object = dlsym(a->library, "AThermal_getThermalHeadroom");
	release.object = dlsym(a->library, "AThermal_releaseManager");
	a->manager = acquire.object ? acquire.function() : (void *)0;
	a->status = status.function;
	a->headroom = headroom.function;
	a->release = release.function;
	if (a->manager && (status.object || headroom.object))
		return MRT_OK;
	mrt_heat_android_close(a);
	return MRT_NO_SENSOR;
}

void
mrt_heat_android_read(const struct mrt_heat_android *a, struct mrt_heat_reading *reading)
{
	int status = a->manager && a->status ? a->status(a->manager) : -1;
	reading->status = status >= 0 && status <= SEVEREST ? status : -1;
	reading->celsius = mrt_heat_unknown();
	reading->headroom =
		a->manager && a->headroom ? a->headroom(a->manager, 0) : mrt_heat_unknown();
}

void
mrt_heat_android_close(struct mrt_heat_android *a)
{
	if (a->manager && a->release)
		a->release(a->manager);
	if (a->library)
		dlclose(a->library);
	*a = none;
}
