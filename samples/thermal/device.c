/* One thermal node, as a small case without a fan has; the weather; and a governor in steps. */
#include "device.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESISTANCE 8.5 /* K/W to the air */
#define TAU 540.0      /* s */
#define IDLE_WATTS 0.6
#define TRIP 42.0 /* degrees at which the governor begins */
#define BACK 1.0  /* degrees under the trip at which it gives back a step */
#define NOISE 0.1 /* degrees, of the sensor */

static const double speeds[] = { 1, 0.85, 0.7, 0.5 };
enum { LAST_STEP = sizeof speeds / sizeof *speeds - 1 };

/* The script: degrees outside by the minute, straight lines between. */
static const struct {
	double minute, degrees;
} weather[] = { { 0, 20 }, { 18, 20 }, { 24, 32 }, { 38, 32 }, { 44, 20 } };
enum { POINTS = sizeof weather / sizeof *weather };

static double
outside(double seconds)
{
	double minute = seconds / 60;
	int i = 1;
	while (i < POINTS && weather[i].minute < minute)
		i++;
	if (i == POINTS)
		return weather[POINTS - 1].degrees;
	double from = weather[i - 1].degrees, to = weather[i].degrees;
	return from +
		(to - from) * (minute - weather[i - 1].minute) /
		(weather[i].minute - weather[i - 1].minute);
}

/* ---- the files */

static const char *const folders[] = { "sys", "sys/class", "sys/class/thermal",
	"sys/class/thermal/thermal_zone0" };
enum { FOLDERS = sizeof folders / sizeof *folders };
static const char *const files[] = { "type", "temp", "trip_point_0_type",
	"trip_point_0_temp" };
enum { FILES = sizeof files / sizeof *files };

static const char *
path_of(char path[2 * PATH_LENGTH], const Device *device, const char *folder,
	const char *name)
{
	snprintf(path, 2 * PATH_LENGTH, "%s/%s/%s", device->root, folder, name);
	return path;
}

static int
write_file(const Device *device, const char *name, const char *text)
{
	char path[2 * PATH_LENGTH];
	FILE *file = fopen(path_of(path, device, folders[FOLDERS - 1], name), "w");
	if (!file)
		return 0;
	int written = fputs(text, file) >= 0;
	return fclose(file) == 0 && written;
}

/* Thousandths of a degree, the last of which are never still. */
static int
show_celsius(Device *device)
{
	char text[32];
	const unsigned multiplier = 1103515245, increment = 12345;
	device->noise = device->noise * multiplier + increment;
	double noise = NOISE * ((device->noise >> 16 & 1023) / 1024.0 - 0.5);
	snprintf(text, sizeof text, "%ld\n", lround(1000 * (device->celsius + noise)));
	return write_file(device, "temp", text);
}

int
device_open(Device *device, const char *root)
{
	char path[2 * PATH_LENGTH], trip[32];
	*device = (Device){ .speed = 1, .outside = outside(0) };
	device->celsius = device->outside + RESISTANCE * IDLE_WATTS;
	snprintf(device->root, sizeof device->root, "%s", root);
	for (int i = 0; i < FOLDERS; i++)
		mkdir(path_of(path, device, folders[i], ""), 0777);
	snprintf(trip, sizeof trip, "%ld\n", lround(1000 * TRIP));
	return write_file(device, "type", "cpu-thermal\n") && show_celsius(device) &&
		write_file(device, "trip_point_0_type", "passive\n") &&
		write_file(device, "trip_point_0_temp", trip);
}

void
device_remove(const Device *device)
{
	char path[2 * PATH_LENGTH];
	for (int i = 0; i < FILES; i++)
		unlink(path_of(path, device, folders[FOLDERS - 1], files[i]));
	for (int i = FOLDERS; i-- > 0;)
		rmdir(path_of(path, device, folders[i], ""));
}

/* ---- heat */

/* As Linux' step_wise: a step slower each second above the trip, a step back below it. */
static void
govern(Device *device)
{
	if (device->celsius >= TRIP && device->step < LAST_STEP)
		device->step++;
	if (device->celsius < TRIP - BACK && device->step > 0)
		device->step--;
	device->speed = speeds[device->step];
}

int
device_second(Device *device, double at, double joules)
{
	double above = device->celsius - device->outside;
	device->celsius += (RESISTANCE * (IDLE_WATTS + joules) - above) / TAU;
	device->outside = outside(at);
	govern(device);
	return show_celsius(device);
}

double
device_watts(const Device *device, double watts)
{
	const double power = 2.5; /* of the clock; rather under 3, for leakage */
	return watts * pow(device->speed, power);
}
