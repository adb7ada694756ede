/* A reading by the application's own function; one that fails is an unknown temperature.
 * */
#include "mrt_heat_callback.h"

void
mrt_heat_callback_read(
	const struct mrt_heat_callback *c, struct mrt_heat_reading *reading)
{
	union {
		uint32_t bits;
		float f;
	} nan = { 0x7fc00000 };
	float celsius = nan.f;
	reading->celsius =
		c->celsius && c->celsius(c->user, &celsius) == 0 ? celsius : nan.f;
	reading->headroom = nan.f;
	reading->status = -1;
}
