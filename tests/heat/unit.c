/* What the policy promises, one by one, and the sources on fake trees and libraries. Arguments:
 * the fake /, the folder of fake libraries. Prints ok and FAIL lines. */
#include "../../runtime-min/mrt_heat.h"
#include "../../runtime-min/mrt_heat_android.h"
#include "../../runtime-min/mrt_heat_apple.h"
#include "../../runtime-min/mrt_heat_callback.h"
#include "../../runtime-min/mrt_heat_linux.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct mrt_heat_choice table[] = {
	{ 1.00f, 40, 5.0f },
	{ 0.985f, 24, 4.0f },
	{ 0.95f, 20, 2.2f },
};
enum { SAFE = 2, RATE = 15 };
static const struct mrt_heat_options fifteen = { .period_ms = 1000.0f / RATE };

static void
say(bool met, const char *what)
{
	printf("%s heat/%s\n", met ? "ok" : "FAIL", what);
}

/* A second of 15 frames and a reading. */
static int
second(struct mrt_heat *h, int at, float celsius, int status)
{
	struct mrt_heat_reading reading = { celsius, NAN, status };
	for (int i = 0; i < RATE; i++)
		mrt_heat_note(h, mrt_heat_select(h), table[h->choice].latency_ms);
	return mrt_heat_step(h, &reading, 1000 * (uint32_t)(at + 1000));
}

static float
wiggle(int at) /* a live sensor's last digit */
{
	return 0.1f * (float)(at * 7 % 3);
}

static struct mrt_heat
cool(int seconds)
{
	struct mrt_heat h;
	mrt_heat_init(&h, table, 3, &fifteen);
	for (int at = 0; at < seconds; at++)
		second(&h, at, 25 + wiggle(at), 0);
	return h;
}

static void
choices(void)
{
	struct mrt_heat h = cool(120);
	say(mrt_heat_select(&h) == 0 && h.state == MRT_HEAT_COOL, "best-when-cool");
	second(&h, 120, 25, 3);
	say(mrt_heat_select(&h) == SAFE && h.state == MRT_HEAT_CRITICAL,
		"safe-at-once-in-severe");
	second(&h, 121, 25, 5);
	say(mrt_heat_select(&h) == -MRT_TOO_HOT, "refuses-in-emergency");
	h = cool(120);
	for (int at = 120; at < 320; at++)
		second(&h, at, 25 + 0.1f * (float)(at - 120), 0);
	say(mrt_heat_select(&h) == SAFE && h.state == MRT_HEAT_HOT, "safe-before-severe");
	for (int at = 320; at < 1800; at++)
		second(&h, at, 25 + wiggle(at), 0);
	say(mrt_heat_select(&h) == 0, "comes-back");
}

static void
faults(void)
{
	struct mrt_heat h = cool(120);
	bool best = mrt_heat_select(&h) == 0;
	int code = second(&h, 120, NAN, 0);
	say(best && code == MRT_NO_SENSOR && mrt_heat_select(&h) == SAFE &&
			h.reason == MRT_HEAT_MISSING,
		"nan");
	for (int at = 121; at < 140; at++)
		second(&h, at, 25 + wiggle(at), 0);
	bool probation = mrt_heat_select(&h) == SAFE && h.reason == MRT_HEAT_RECOVERY;
	for (int at = 140; at < 300; at++)
		second(&h, at, 25 + wiggle(at), 0);
	say(probation && mrt_heat_select(&h) == 0, "probation-then-back");
	say(second(&h, 300, 45, 0) == MRT_NO_SENSOR && h.reason == MRT_HEAT_JUMP, "jump");
	h = cool(120);
	code = MRT_OK;
	int at = 120;
	while (at < 170 && code == MRT_OK)
		code = second(&h, at++, 25.2f, 0);
	say(at >= 130 && at <= 150 && h.reason == MRT_HEAT_STUCK &&
			mrt_heat_select(&h) == SAFE,
		"stuck");
	struct mrt_heat_reading reading = { 25, NAN, 0 };
	h = cool(120);
	for (int i = 0; i < 5; i++)
		mrt_heat_step(&h, &reading, (uint32_t)(1000 - i)); /* backwards */
	say(mrt_heat_select(&h) == 0 && h.x[0] > 20 && h.x[0] < 30,
		"clock-goes-backwards");
}

static void
no_temperature(void)
{
	struct mrt_heat h;
	mrt_heat_init(&h, table, 3, &fifteen);
	for (int at = 0; at < 60; at++)
		second(&h, at, NAN, 0);
	bool best = mrt_heat_select(&h) == 0;
	second(&h, 60, NAN, 1);
	bool worse = mrt_heat_select(&h) == 1 && h.state == MRT_HEAT_WARM;
	second(&h, 61, NAN, 3);
	say(best && worse && mrt_heat_select(&h) == SAFE, "status-alone");
	second(&h, 62, NAN, 0);
	bool waited = mrt_heat_select(&h) == SAFE && h.reason == MRT_HEAT_DWELL;
	for (int at = 63; at < 600; at++)
		second(&h, at, NAN, 0);
	say(waited && mrt_heat_select(&h) == 0, "status-alone-comes-back");
	mrt_heat_init(&h, table, 1, &fifteen);
	second(&h, 0, NAN, 2);
	bool runs = mrt_heat_select(&h) == 0 && h.state == MRT_HEAT_COOL;
	second(&h, 1, NAN, 3);
	say(runs && mrt_heat_select(&h) == 0 && h.state == MRT_HEAT_CRITICAL,
		"status-with-one-choice");
	mrt_heat_init(&h, table, 3, &fifteen);
	say(second(&h, 0, NAN, -1) == MRT_NO_SENSOR && mrt_heat_select(&h) == SAFE,
		"nothing-known");
}

static void
arguments(void)
{
	struct mrt_heat h;
	struct mrt_heat_choice bad = { 1, NAN, 1 };
	say(mrt_heat_init(NULL, table, 3, NULL) && mrt_heat_init(&h, NULL, 3, NULL) &&
			mrt_heat_init(&h, table, 0, NULL) &&
			mrt_heat_init(&h, table, 17, NULL) &&
			mrt_heat_init(&h, &bad, 1, NULL),
		"bad-arguments");
	h = cool(10);
	say(mrt_heat_period(&h, NAN) && mrt_heat_period(&h, 0) &&
			!mrt_heat_period(&h, 50) &&
			mrt_heat_step(&h, NULL, 0) == MRT_ARGUMENT,
		"bad-steps");
	say(sizeof h <= 512, "state-of-512-bytes");
	bool known = true;
	for (int i = 0; i < MRT_STATUS_COUNT; i++)
		known = known && strcmp(mrt_message(i), "unknown code");
	for (int i = -1; i < 20; i++)
		known = known && *mrt_heat_state_name(i) && *mrt_heat_reason_text(i);
	say(known && strcmp(mrt_heat_state_name(99), "unknown") == 0 &&
			strcmp(mrt_heat_reason_text(-1), "unknown") == 0 &&
			strcmp(mrt_message(-1), mrt_message(99)) == 0,
		"names");
}

/* ---- sources */

static void
write_file(const char *root, const char *name, const char *text)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/sys/class/thermal/%s", root, name);
	FILE *f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		exit(1);
	}
}

/* In the eleventh zone, and a passive trip behind more of others than are looked at. */
static void
many_trips(const char *root)
{
	struct mrt_heat_linux l;
	struct mrt_heat_reading r;
	char name[64];
	write_file(root, "thermal_zone10/type", "npu-thermal\n");
	write_file(root, "thermal_zone10/temp", "51000\n");
	for (int trip = 0; trip < 20; trip++) {
		snprintf(name, sizeof name, "thermal_zone10/trip_point_%d_type", trip);
		write_file(root, name, trip < 19 ? "active\n" : "passive\n");
	}
	bool found = mrt_heat_linux_open(&l, root, "npu-thermal") == MRT_OK;
	mrt_heat_linux_read(&l, &r);
	say(found && r.celsius == 51 && isnan(l.trip), "linux-many-trips");
}

static void
on_linux(const char *root)
{
	struct mrt_heat_linux l;
	struct mrt_heat_reading r;
	write_file(root, "thermal_zone0/type", "acpitz\n");
	write_file(root, "thermal_zone0/temp", "garbage\n");
	write_file(root, "thermal_zone1/type", "cpu-thermal\n");
	write_file(root, "thermal_zone1/temp", "38500\n");
	write_file(root, "thermal_zone1/trip_point_0_type", "critical\n");
	write_file(root, "thermal_zone1/trip_point_0_temp", "95000\n");
	write_file(root, "thermal_zone1/trip_point_1_type", "passive\n");
	write_file(root, "thermal_zone1/trip_point_1_temp", "75000\n");
	bool found = mrt_heat_linux_open(&l, root, "cpu-thermal") == MRT_OK;
	mrt_heat_linux_read(&l, &r);
	say(found && r.celsius == 38.5f && l.trip == 75 && r.status == -1 &&
			isnan(r.headroom),
		"linux");
	found = mrt_heat_linux_open(&l, root, NULL) == MRT_OK;
	mrt_heat_linux_read(&l, &r);
	say(found && r.celsius == 38.5f, "linux-any-zone");
	static const char *const bad[] = { "", "-", "12x", "99999999999999999999",
		"1000001", "\n", "nan", "3.5" };
	bool refused = true;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		write_file(root, "thermal_zone1/temp", bad[i]);
		mrt_heat_linux_read(&l, &r);
		refused = refused && isnan(r.celsius);
	}
	say(refused, "linux-bad-text");
	write_file(root, "thermal_zone1/temp", "-5250");
	mrt_heat_linux_read(&l, &r);
	say(r.celsius == -5.25f, "linux-below-zero");
	char longest[400];
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	say(mrt_heat_linux_open(&l, root, "gpu") == MRT_NO_SENSOR &&
			mrt_heat_linux_open(&l, "/nowhere", NULL) == MRT_NO_SENSOR &&
			mrt_heat_linux_open(&l, longest, NULL) == MRT_ARGUMENT &&
			mrt_heat_linux_open(NULL, NULL, NULL) == MRT_ARGUMENT,
		"linux-absent");
	bool fits = true, too_long = false;
	for (int n = 0; n < 300; n++) { /* longer and longer roads to the same tree */
		char longer[1024];
		snprintf(longer, sizeof longer, "%s%.*s", root, n, "/");
		for (int i = (int)strlen(root); i < (int)strlen(root) + n; i++)
			memcpy(longer + i, "/", 2);
		int code = mrt_heat_linux_open(&l, longer, "cpu-thermal");
		too_long = too_long || code == MRT_ARGUMENT;
		fits = fits && (code == MRT_OK ? !too_long : code == MRT_ARGUMENT);
	}
	say(fits && too_long, "linux-long-paths");
	write_file(root, "thermal_zone1/trip_point_1_type", "active\n");
	say(mrt_heat_linux_open(&l, root, "cpu-thermal") == MRT_OK && isnan(l.trip), "linux-no-trip");
	many_trips(root);
	l.path[0] = 0;
	mrt_heat_linux_read(&l, &r);
	say(isnan(r.celsius), "linux-not-open");
	int code = mrt_heat_linux_open(&l, NULL, NULL); /* this machine's own */
	mrt_heat_linux_read(&l, &r);
	say(code == MRT_OK ? r.celsius > -60 : code == MRT_NO_SENSOR && isnan(r.celsius),
		"linux-this-machine");
}

static char *
library(const char *folder, const char *name)
{
	static char path[1024];
	snprintf(path, sizeof path, "%s/lib%s.so", folder, name);
	return path;
}

/* Opens and reads one of the stand-ins. */
static int
try_library(const char *folder, const char *name, struct mrt_heat_reading *r)
{
	struct mrt_heat_android a;
	int code = mrt_heat_android_open(&a, library(folder, name));
	mrt_heat_android_read(&a, r);
	mrt_heat_android_close(&a);
	return code;
}

static void
on_android(const char *folder)
{
	struct mrt_heat_android a;
	struct mrt_heat_reading r;
	setenv("THERMAL_STATUS", "2", 1);
	setenv("THERMAL_HEADROOM", "0.75", 1);
	bool found = mrt_heat_android_open(&a, library(folder, "android")) == MRT_OK;
	mrt_heat_android_read(&a, &r);
	bool good = r.status == 2 && r.headroom == 0.75f && isnan(r.celsius);
	struct mrt_heat h;
	mrt_heat_init(&h, table, 3, &fifteen);
	mrt_heat_step(&h, &r, 1000);
	say(found && good && fabsf(h.x[0] - (42 - 7.5f)) < 0.1f, "android");
	setenv("THERMAL_STATUS", "-1", 1);
	setenv("THERMAL_HEADROOM", "nan", 1);
	mrt_heat_android_read(&a, &r);
	say(r.status == -1 && isnan(r.headroom), "android-errors");
	mrt_heat_android_close(&a);
	mrt_heat_android_close(&a);
	mrt_heat_android_read(&a, &r);
	say(r.status == -1 && isnan(r.headroom), "android-closed");
	setenv("THERMAL_STATUS", "7", 1);
	say(try_library(folder, "android", &r) == MRT_OK && r.status == -1, "android-no-such-status");
	setenv("THERMAL_STATUS", "1", 1);
	setenv("THERMAL_HEADROOM", "0.5", 1);
	say(try_library(folder, "no_headroom", &r) == MRT_OK && r.status == 1 && isnan(r.headroom),
		"android-11");
	say(try_library(folder, "no_status", &r) == MRT_OK && r.status == -1 && r.headroom == 0.5f,
		"android-headroom-alone");
	say(try_library(folder, "no_release", &r) == MRT_OK && r.status == 1, "android-no-release");
	say(try_library(folder, "no_manager", &r) == MRT_NO_SENSOR &&
			try_library(folder, "nothing", &r) == MRT_NO_SENSOR && r.status == -1,
		"android-nothing");
	setenv("NO_THERMAL", "1", 1);
	say(try_library(folder, "android", &r) == MRT_NO_SENSOR &&
			try_library(folder, "nowhere", &r) == MRT_NO_SENSOR &&
			mrt_heat_android_open(&a, NULL) == MRT_NO_SENSOR && !a.library &&
			mrt_heat_android_open(NULL, NULL) == MRT_ARGUMENT,
		"android-absent");
}

static int
fails(void *user, float *celsius)
{
	*celsius = 31;
	return *(int *)user;
}

static void
elsewhere(void)
{
	struct mrt_heat_apple a;
	struct mrt_heat_reading r;
#ifndef __APPLE__
	bool absent = mrt_heat_apple_open(&a) == MRT_NO_SENSOR;
	mrt_heat_apple_read(&a, &r);
	mrt_heat_apple_close(&a);
	say(absent && r.status == -1 && isnan(r.celsius) && mrt_heat_apple_open(NULL),
		"apple-elsewhere");
#endif
	say(mrt_heat_apple_status(0) == 0 && mrt_heat_apple_status(2) == 3 &&
			mrt_heat_apple_status(10) == 1 &&
			mrt_heat_apple_status(30) == 3 &&
			mrt_heat_apple_status(50) == 6 &&
			mrt_heat_apple_status(7) == -1 && mrt_heat_apple_status(60) == -1,
		"apple-levels");
	int code = 0;
	struct mrt_heat_callback c = { fails, &code };
	mrt_heat_callback_read(&c, &r);
	bool good = r.celsius == 31;
	code = 1;
	mrt_heat_callback_read(&c, &r);
	bool failed = isnan(r.celsius);
	mrt_heat_callback_read(&(struct mrt_heat_callback){ NULL, NULL }, &r);
	say(good && failed && isnan(r.celsius), "callback");
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	choices();
	faults();
	no_temperature();
	arguments();
	on_linux(argv[1]);
	on_android(argv[2]);
	elsewhere();
	return 0;
}
