/* A reading by the application's own function; one that fails is an unknown temperature.
 * */
#include "mrt_heat_callback.h"

void
mrt_heat_callback_read(
	const struct mrt_heat_callback *c, struct mrt_heat_reading *reading)
{
	float celsius = mrt_heat_unknown();
	if (c->celsius && c->celsius(c->user, &celsius) != 0)
		celsius = mrt_heat_unknown();
	reading->celsius = celsius;
	reading->headroom = mrt_heat_unknown();
	reading->status = -1;
}
