/* The device that heats: RC nodes, and the governors that throttle it. */
#include "sim.h"
#include <math.h>

const struct Choice choices[CHOICES] = {
	{ 1.00, 40, 5.0 },
	{ 0.985, 24, 4.0 },
	{ 0.95, 20, 2.2 },
};
const double edges[LEVELS] = { 0, 39.5, 41, 42 };

/* Policies are tuned on the first three; the others are 30 % and a node off. */
const struct Plant plants[] = {
	{ "nominal", 2, 8.5, 540 },
	{ "R+15% 420s", 2, 8.5 * 1.15, 420 },
	{ "R-15% 700s", 2, 8.5 * 0.85, 700 },
	{ "R+30% 300s", 3, 8.5 * 1.3, 300 },
	{ "R+30% 900s", 3, 8.5 * 1.3, 900 },
	{ "R-30% 300s", 3, 8.5 * 0.7, 300 },
	{ "R-30% 900s", 3, 8.5 * 0.7, 900 },
};
const int plant_count = sizeof plants / sizeof *plants;

#define HYSTERESIS_DEGREES 1.5
#define JUNCTION_R 6.0 /* K/W to the body */
#define JUNCTION_C 1.3 /* J/K */
#define INNER 0.4      /* of a third node: the body's share of capacity and resistance */

double
level_speed(int level)
{
	static const double speeds[LEVELS] = { 1, 0.85, 0.7, 0.5 };
	return speeds[level];
}

int
level_after(int level, double degrees)
{
	while (level < LEVELS - 1 && degrees >= edges[level + 1])
		level++;
	while (level > 0 && degrees < edges[level] - HYSTERESIS_DEGREES)
		level--;
	return level;
}

double
active_watts(int k, double speed, double rate)
{
	double busy = rate * choices[k].ms / speed / 1000;
	return choices[k].watts * pow(speed, 2.5) * (busy < 1 ? busy : 1);
}

void
device_init(struct Device *d, const struct Plant *plant, enum Governor governor,
	const struct World *w)
{
	double idle = w->ambient[0] + plant->resistance * BASE_WATTS;
	*d = (struct Device){ plant, governor, { idle, idle, idle }, 0, 1, 0 };
}

double
body_slope(const struct Plant *p, const struct World *w, int s, double body, double outer,
	double watts)
{
	double resistance = p->resistance * w->resist[s],
	       capacity = p->tau / p->resistance;
	double in = watts + BASE_WATTS + w->watts[s];
	if (p->nodes == 2)
		return (in - (body - w->ambient[s]) / resistance) / capacity;
	return (in - (body - outer) / (INNER * p->resistance)) / (INNER * capacity);
}

static void
heat_second(struct Device *d, const struct World *w, int s, double watts)
{
	const struct Plant *p = d->plant;
	double *t = d->degrees, capacity = p->tau / p->resistance;
	double flow = (t[0] - t[1]) / JUNCTION_R;
	double slope = body_slope(p, w, s, t[1], t[2], flow - BASE_WATTS);
	t[0] += (watts + BASE_WATTS - flow) / JUNCTION_C;
	if (p->nodes == 3) {
		double inwards = (t[1] - t[2]) / (INNER * p->resistance);
		double outwards = (t[2] - w->ambient[s]) /
			((1 - INNER) * p->resistance * w->resist[s]);
		t[2] += (inwards - outwards) / ((1 - INNER) * capacity);
	}
	t[1] += slope;
}

/* Linux' power allocator: a budget by a PID on the distance to the target, in watts. */
static double
allocator(struct Device *d, double rate, int k)
{
	const double target = 41.5, on = 39.5, sustainable = 2.0;
	double error = target - d->degrees[1], over = sustainable / (target - on);
	if (d->degrees[1] < on) {
		d->integral = 0;
		return 1;
	}
	double under = 2 * over, proportional = (error < 0 ? over : under) * error;
	double sum = d->integral + error * under / 10;
	d->integral = sum < -sustainable ? -sustainable :
		sum > sustainable        ? sustainable :
					   sum;
	double budget = sustainable + proportional + d->integral - BASE_WATTS, speed = 1;
	while (speed > 0.45 && active_watts(k, speed, rate) > budget)
		speed -= 0.1;
	return speed;
}

void
device_second(struct Device *d, const struct World *w, int s, int k, double watts)
{
	heat_second(d, w, s, watts);
	d->level = level_after(d->level, d->degrees[1]);
	d->speed = d->governor == STEPS ? level_speed(d->level) :
					  allocator(d, w->rate[s], k);
}
