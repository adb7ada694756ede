/* A made-up die, for the emulated boards have no sensor: yours reads its converter here. It is in a
 * box that stands in the sun from minute 10 to 25. */
#include "board.h"

static const float sun_comes = 600, sun_goes = 1500; /* s */
static const float shade = 24, sun = 44;             /* degrees C that the box goes to */
static const float resistance = 9;                   /* K/W from die to box */
static const float die_follows = 200, box_follows = 100; /* s */

static float now, die = 24, box = 24;

void
sensor_passed(float seconds, float watts)
{
	float around = now >= sun_comes && now < sun_goes ? sun : shade;

	now += seconds;
	box += (around - box) * seconds / box_follows;
	die += (resistance * watts - (die - box)) * seconds / die_follows;
}

int
sensor_celsius(void *user, float *celsius)
{
	const float step = 0.125f; /* of a converter */

	(void)user;
	*celsius = step * (float)(int)(die / step);
	return 0;
}
