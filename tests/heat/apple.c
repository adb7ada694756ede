/* The source for Apple, built as there, on a stand-in for notify(3). */
#include "../../runtime-min/mrt_heat_apple.h"
#include "apple/notify.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { TOKEN = 7, FAILED = 1000000 };

static bool refuses, registered, unreadable;
static uint64_t pressure;

uint32_t
notify_register_check(const char *name, int *token)
{
	if (refuses || strcmp(name, "com.apple.system.thermalpressurelevel"))
		return FAILED;
	registered = true;
	*token = TOKEN;
	return NOTIFY_STATUS_OK;
}

uint32_t
notify_get_state(int token, uint64_t *level)
{
	if (!registered || token != TOKEN || unreadable)
		return FAILED;
	*level = pressure;
	return NOTIFY_STATUS_OK;
}

uint32_t
notify_cancel(int token)
{
	registered = registered && token != TOKEN;
	return registered ? FAILED : NOTIFY_STATUS_OK;
}

static void
say(bool met, const char *what)
{
	printf("%s heat/apple-%s\n", met ? "ok" : "FAIL", what);
}

static int
status(const struct mrt_heat_apple *a)
{
	struct mrt_heat_reading r = { 1, 1, 1 };
	mrt_heat_apple_read(a, &r);
	return isnan(r.celsius) && isnan(r.headroom) ? r.status : 99;
}

int
main(void)
{
	struct mrt_heat_apple a;
	bool found = mrt_heat_apple_open(&a) == MRT_OK;
	pressure = 0;
	bool none = status(&a) == 0;
	pressure = 20;
	say(found && none && status(&a) == 2, "reads");
	pressure = UINT64_MAX;
	bool unknown = status(&a) == -1;
	unreadable = true;
	say(unknown && status(&a) == -1, "unknown");
	unreadable = false;
	mrt_heat_apple_close(&a);
	bool closed = !registered && status(&a) == -1;
	mrt_heat_apple_close(&a);
	say(closed && a.token == -1, "closes");
	refuses = true;
	say(mrt_heat_apple_open(&a) == MRT_NO_SENSOR && status(&a) == -1, "absent");
	return 0;
}
