/* What happens to the device: the scenarios, each made anew from its seed. */
#include "sim.h"
#include <math.h>
#include <string.h>

double
dice(uint64_t *seed) /* splitmix64 */
{
	uint64_t x = *seed += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (double)((x ^ x >> 31) >> 11) * 0x1p-53;
}

double
normal(uint64_t *seed) /* twelve dice: within 6 deviations, which a sensor keeps too */
{
	double sum = -6;
	for (int i = 0; i < 12; i++)
		sum += dice(seed);
	return sum;
}

static void
ambient(struct World *w, int from, int to, double degrees)
{
	for (int s = from; s < to && s < SECONDS; s++)
		w->ambient[s] = (float)degrees;
}

static void
warm(struct World *w, uint64_t *seed, double degrees)
{
	ambient(w, 0, SECONDS, degrees + 2 * dice(seed) - 1);
}

static void
mild(struct World *w, uint64_t *seed)
{
	warm(w, seed, 25);
}
static void
hot(struct World *w, uint64_t *seed)
{
	warm(w, seed, 32);
}
static void
desert(struct World *w, uint64_t *seed)
{
	warm(w, seed, 40);
}

static void
heat_wave(struct World *w, uint64_t *seed)
{
	warm(w, seed, 25);
	int from = 700 + (int)(400 * dice(seed)),
	    to = from + 700 + (int)(400 * dice(seed));
	ambient(w, from, to, w->ambient[0] + 8);
}

static void
charging(struct World *w, uint64_t *seed) /* 5 minutes on, 5 off */
{
	warm(w, seed, 25);
	int phase = (int)(600 * dice(seed));
	for (int s = 0; s < SECONDS; s++)
		w->watts[s] = (s + phase) / 300 % 2 ? 1.2f : 0;
}

static void
bursty(struct World *w, uint64_t *seed) /* 24 and 4 frames a second */
{
	warm(w, seed, 25);
	int s = 0;
	for (bool fast = dice(seed) < 0.5; s < SECONDS; fast = !fast)
		for (int left = 40 + (int)(40 * dice(seed)); left-- && s < SECONDS;)
			w->rate[s++] = fast ? 24 : 4;
}

static void
pocket(struct World *w, uint64_t *seed) /* the case gives off its heat less well */
{
	warm(w, seed, 23);
	int from = 900 + (int)(600 * dice(seed));
	for (int s = from; s < from + 1200; s++)
		w->resist[s] = 1.5f;
}

static void
noisy(struct World *w, uint64_t *seed)
{
	warm(w, seed, 25);
	w->noise = 0.5;
}

static void
coarse(struct World *w, uint64_t *seed)
{
	warm(w, seed, 25);
	w->quantum = 1;
}

static void
fault(struct World *w, uint64_t *seed, enum Fault kind, int every, int seconds)
{
	warm(w, seed, 25);
	for (int at = 300 + (int)(300 * dice(seed)); at < SECONDS; at += every)
		for (int s = at; s < at + seconds && s < SECONDS; s++)
			w->fault[s] = (uint8_t)kind;
}

static void
dropout(struct World *w, uint64_t *seed)
{
	fault(w, seed, MISSING, 600, 60);
}
static void
nan_reading(struct World *w, uint64_t *seed)
{
	fault(w, seed, NOT_A_NUMBER, 1500, 300);
}
static void
stuck(struct World *w, uint64_t *seed)
{
	fault(w, seed, STUCK, 1800, 900);
}
static void
jumping(struct World *w, uint64_t *seed)
{
	fault(w, seed, JUMPING, 900, 120);
}

static void
competing(struct World *w, uint64_t *seed) /* another application: 2 W, now and then */
{
	warm(w, seed, 23);
	for (int s = 0; s < SECONDS;) {
		s += 200 + (int)(800 * dice(seed));
		for (int end = s + 60 + (int)(120 * dice(seed)); s < end && s < SECONDS;
			s++)
			w->watts[s] = 2;
	}
}

static void
day(struct World *w,
	uint64_t *seed) /* a day in an hour: ambient and use go up and down */
{
	double phase = dice(seed);
	static const float rates[] = { 1, 4, 15, 15, 24 };
	for (int s = 0; s < SECONDS; s++)
		w->ambient[s] = (float)(26 + 6 * sin(6.2831853 * (s / 3600.0 + phase)));
	for (int s = 0; s < SECONDS;) {
		float rate = rates[(int)(5 * dice(seed))];
		float watts = dice(seed) < 0.25 ? 1 : 0;
		for (int end = s + 60 + (int)(300 * dice(seed)); s < end && s < SECONDS;
			s++) {
			w->rate[s] = rate;
			w->watts[s] = watts;
		}
	}
}

static void
no_status(struct World *w, uint64_t *seed)
{
	heat_wave(w, seed);
	w->no_status = true;
}

const struct Scenario scenarios[] = {
	{ "mild", "25 C, 15 frames a second", .base = true, .make = mild },
	{ "hot", "32 C", .base = true, .make = hot },
	{ "wave", "8 C more for a quarter of an hour", .base = true, .make = heat_wave },
	{ "charging", "1.2 W from a charger, 5 minutes on and off", .base = true,
		.make = charging },
	{ "bursty", "24 and 4 frames a second by turns", .base = true, .make = bursty },
	{ "desert", "40 C", .make = desert },
	{ "pocket", "resistance half as much again for 20 minutes", .make = pocket },
	{ "competing", "another application's 2 W", .make = competing },
	{ "day", "ambient 20..32 C, 1..24 frames a second", .make = day },
	{ "linux", "wave; the system tells no status", .make = no_status },
	{ "noisy", "sensor noise 0.5 C", .make = noisy },
	{ "coarse", "a sensor of whole degrees", .make = coarse },
	{ "dropout", "no reading for 60 s of 600", .fault = true, .make = dropout },
	{ "nan", "NaN for 300 s of 1500", .fault = true, .make = nan_reading },
	{ "stuck", "the same reading for 900 s of 1800", .fault = true, .make = stuck },
	{ "jumping", "readings jump by 20 C, 120 s of 900", .fault = true,
		.make = jumping },
};
const int scenario_count = sizeof scenarios / sizeof *scenarios;

void
make_world(struct World *w, const struct Scenario *scenario, int seed)
{
	uint64_t state = (uint64_t)seed * 0x9e3779b97f4a7c15u;
	for (const char *c = scenario->name; *c; c++)
		state = state * 31 + (unsigned char)*c;
	memset(w, 0, sizeof *w);
	w->noise = 0.08;
	w->quantum = 0.1;
	for (int s = 0; s < SECONDS; s++) {
		w->rate[s] = 15;
		w->resist[s] = 1;
	}
	scenario->make(w, &state);
}
