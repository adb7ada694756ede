/* A stand-in for libandroid's thermal service; environment variables say what it says. Left out
 * are the functions named by -DNO_MANAGER, -DNO_STATUS, -DNO_HEADROOM, -DNO_RELEASE. */
#include <stdlib.h>

struct AThermalManager {
	int live;
};
static struct AThermalManager manager;

struct AThermalManager *AThermal_acquireManager(void);
void AThermal_releaseManager(struct AThermalManager *);
int AThermal_getCurrentThermalStatus(struct AThermalManager *);
float AThermal_getThermalHeadroom(struct AThermalManager *, int);

#ifndef NO_MANAGER
struct AThermalManager *
AThermal_acquireManager(void)
{
	manager.live = 1;
	return getenv("NO_THERMAL") ? NULL : &manager;
}
#endif

#ifndef NO_RELEASE
void
AThermal_releaseManager(struct AThermalManager *m)
{
	m->live = 0;
}
#endif

#ifndef NO_STATUS
int
AThermal_getCurrentThermalStatus(struct AThermalManager *m)
{
	const char *status = getenv("THERMAL_STATUS");
	return m->live && status ? atoi(status) : -1;
}
#endif

#ifndef NO_HEADROOM
float
AThermal_getThermalHeadroom(struct AThermalManager *m, int seconds)
{
	const char *headroom = getenv("THERMAL_HEADROOM");
	return m->live && seconds >= 0 && headroom ? strtof(headroom, NULL) :
						     strtof("nan", NULL);
}
#endif
