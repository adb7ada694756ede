/* Thermal pressure by notify(3), which needs neither Objective-C nor a run loop. */
#include "mrt_heat_apple.h"

#ifdef __APPLE__
#include <notify.h>
#else
/* As on a system that has no such notification. */
enum { NOTIFY_STATUS_OK };
static int
notify_register_check(const char *name, int *token)
{
	(void)name;
	*token = -1;
	return 1;
}

static int
notify_get_state(int token, uint64_t *level)
{
	(void)token;
	*level = 0;
	return 1;
}

static void
notify_cancel(int token)
{
	(void)token;
}
#endif

int
mrt_heat_apple_status(uint64_t level)
{
	/* Nominal, moderate, heavy, trapping, sleeping; and light between the first two.
	 * */
	static const signed char macos[] = { 0, 2, 3, 4, 6 },
				 others[] = { 0, 1, 2, 3, 4, 6 };
	if (level < sizeof macos)
		return macos[level];
	return level % 10 == 0 && level / 10 < sizeof others ? others[level / 10] : -1;
}

int
mrt_heat_apple_open(struct mrt_heat_apple *a)
{
	if (!a)
		return MRT_ARGUMENT;
	if (notify_register_check("com.apple.system.thermalpressurelevel", &a->token) ==
		NOTIFY_STATUS_OK)
		return MRT_OK;
	a->token = -1;
	return MRT_NO_SENSOR;
}

void
mrt_heat_apple_read(const struct mrt_heat_apple *a, struct mrt_heat_reading *reading)
{
	uint64_t level;
	reading->celsius = reading->headroom = mrt_heat_unknown();
	reading->status = -1;
	if (a->token != -1 && notify_get_state(a->token, &level) == NOTIFY_STATUS_OK)
		reading->status = mrt_heat_apple_status(level);
}

void
mrt_heat_apple_close(struct mrt_heat_apple *a)
{
	if (a->token != -1)
		notify_cancel(a->token);
	a->token = -1;
}
