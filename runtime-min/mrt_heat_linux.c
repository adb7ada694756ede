/* Thermal zones of sysfs, read with open() and read() alone. */
#define _POSIX_C_SOURCE 200809L /* O_CLOEXEC */
#include "mrt_heat_linux.h"
#include <fcntl.h>
#include <unistd.h>

enum { ZONES = 100, TRIPS = 16, SHORT = 64 };

/* Appends; 0 if there is no room. */
static int
append(char *path, const char *more)
{
	int n = 0;
	while (path[n])
		n++;
	while (n < MRT_HEAT_LINUX_PATH - 1 && *more)
		path[n++] = *more++;
	path[n] = 0;
	return !*more;
}

static int
append_number(char *path, int n)
{
	char digits[] = { (char)('0' + n / 10 % 10), (char)('0' + n % 10), 0 };
	return append(path, n < 10 ? digits + 1 : digits);
}

/* The first line of a short file, without its end; 0 if it cannot be read. */
static int
read_line(const char *path, char *line)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return 0;
	ssize_t got = read(file, line, SHORT - 1);
	close(file);
	int n = 0;
	while (n < got && line[n] != '\n')
		n++;
	line[n] = 0;
	return n > 0;
}

/* A file with thousandths of a degree. */
static float
read_celsius(const char *path)
{
	char line[SHORT];
	const long most = 1000000; /* hotter than that is an error, as -273200 is */
	if (!read_line(path, line))
		return mrt_heat_unknown();
	const char *c = line;
	long value = 0, sign = 1;
	if (*c == '-') {
		sign = -1;
		c++;
	}
	if (!*c)
		return mrt_heat_unknown();
	for (; *c; c++) {
		if (*c < '0' || *c > '9' || value > most)
			return mrt_heat_unknown();
		value = 10 * value + (*c - '0');
	}
	return value > most ? mrt_heat_unknown() : (float)(sign * value) / 1000;
}

static int
same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static int
zone_path(char *path, const char *root, int zone)
{
	path[0] = 0;
	return append(path, root ? root : "") &&
		append(path, "/sys/class/thermal/thermal_zone") &&
		append_number(path, zone) && append(path, "/");
}

static float
passive_trip(const char *root, int zone)
{
	char path[MRT_HEAT_LINUX_PATH], line[SHORT];
	for (int trip = 0; trip < TRIPS; trip++) {
		if (!zone_path(path, root, zone) || !append(path, "trip_point_") ||
			!append_number(path, trip))
			return mrt_heat_unknown();
		int stem = 0;
		while (path[stem])
			stem++;
		if (!append(path, "_type") || !read_line(path, line))
			return mrt_heat_unknown();
		path[stem] = 0;
		if (same(line, "passive") && append(path, "_temp"))
			return read_celsius(path);
	}
	return mrt_heat_unknown();
}

int
mrt_heat_linux_open(struct mrt_heat_linux *l, const char *root, const char *type)
{
	char path[MRT_HEAT_LINUX_PATH], line[SHORT];
	if (!l)
		return MRT_ARGUMENT;
	l->path[0] = 0;
	l->trip = mrt_heat_unknown();
	for (int zone = 0; zone < ZONES; zone++) {
		if (!zone_path(path, root, zone) || !append(path, "type"))
			return MRT_ARGUMENT;
		if (!read_line(path, line) || (type && !same(line, type)))
			continue;
		if (!zone_path(path, root, zone) || !append(path, "temp"))
			return MRT_ARGUMENT;
		float celsius = read_celsius(path);
		if (!type && !(celsius == celsius))
			continue;
		append(l->path, path);
		l->trip = passive_trip(root, zone);
		return MRT_OK;
	}
	return MRT_NO_SENSOR;
}

void
mrt_heat_linux_read(const struct mrt_heat_linux *l, struct mrt_heat_reading *reading)
{
	reading->celsius = read_celsius(l->path);
	reading->headroom = mrt_heat_unknown();
	reading->status = -1;
}
