/* The thermal simulator: worlds, plants, governors, policies and how a run is judged. */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SECONDS = 3600,
	CHOICES = 3,
	FAST = 0,
	ECO = CHOICES - 1,
	NODES = 3,
	LEVELS = 4,
	SEVERE = 3,         /* Android's: none, light, moderate, severe */
	LATENCY_BINS = 400, /* of a millisecond; the last one takes what is longer */
	PARAMS = 10,
};

struct Choice {
	double quality, ms, watts; /* unthrottled; watts while it computes */
};
extern const struct Choice choices[CHOICES];
extern const double edges[LEVELS]; /* degrees where a level begins; [0] is unused */

/* What the world does, second by second; made from a scenario and a seed. */
enum Fault { NO_FAULT, MISSING, NOT_A_NUMBER, STUCK, JUMPING };
struct World {
	float ambient[SECONDS], watts[SECONDS], rate[SECONDS], resist[SECONDS];
	uint8_t fault[SECONDS];
	double noise, quantum; /* of the sensor, in degrees */
	bool no_status;        /* the system tells no throttling level, as plain Linux */
};
struct Scenario {
	const char *name, *what;
	bool base;  /* one of the five by which policies are compared */
	bool fault; /* the sensor fails: safe choices only, meanwhile */
	void (*make)(struct World *, uint64_t *seed);
};
extern const struct Scenario scenarios[];
extern const int scenario_count;
void make_world(struct World *, const struct Scenario *, int seed);
double dice(uint64_t *seed);   /* 0 <= x < 1 */
double normal(uint64_t *seed); /* mean 0, deviation 1 */

struct Plant {
	const char *name;
	int nodes;              /* 2: junction, body; 3: and a case around the body */
	double resistance, tau; /* K/W and s, body (and case) to ambient */
};
enum Governor { STEPS, IPA };
extern const struct Plant plants[];
extern const int plant_count;

struct Device {
	const struct Plant *plant;
	enum Governor governor;
	double degrees[NODES]; /* junction, body, case */
	int level;
	double speed, integral; /* the governor's cap on the clock, and IPA's memory */
};
#define BASE_WATTS 0.6
void device_init(
	struct Device *, const struct Plant *, enum Governor, const struct World *);
/* One second of heat; `watts`: of the choice `k` at the clock the governor allowed. */
void device_second(
	struct Device *, const struct World *, int second, int k, double watts);
double body_slope(const struct Plant *, const struct World *, int second, double body,
	double outer,
	double watts); /* K/s; `outer`: the case's degrees, with three nodes */
int level_after(
	int level, double degrees); /* of the step governor: down with hysteresis */
double level_speed(int level);
double active_watts(int k, double speed, double rate); /* mean, as long as it keeps up */

/* A policy sees what an application sees. */
struct Seen {
	double now_ms, period_ms, degrees; /* NaN: none or broken */
	int status;                        /* -1: unknown */
};
union State;
struct Policy {
	const char *name;
	void (*init)(union State *, const double *params);
	void (*second)(union State *, const struct Seen *);
	void (*note)(union State *, int choice, double ms);
	int (*choose)(union State *);
	int params;
	double from[PARAMS], to[PARAMS],
		tuned[PARAMS]; /* tuned: by `tune`, on its own seeds */
};
enum { ALWAYS_FAST, ALWAYS_MIDDLE, ALWAYS_ECO, NAIVE, HYSTERESIS, FORECAST, POLICIES };
extern const struct Policy policies[POLICIES];

/* Instead of a policy: a plan, decided from the body's temperature. Made by plan(). */
struct Plan;

struct Result {
	double quality,
		score; /* mean of frames in time; less half of the time in SEVERE */
	double missed, p50, p99, joules, switches; /* per frame; per minute */
	double severe, severe_degrees,
		hottest; /* seconds, degrees times seconds, degrees */
	double unsafe; /* share of frames not by the safe choice while the sensor fails */
};
struct Trace { /* of one run, for the plot */
	float degrees[SECONDS], missed[SECONDS];
	uint8_t choice[SECONDS], level[SECONDS];
	float outer[SECONDS], body[SECONDS];
};
struct Result simulate(const struct World *, const struct Plant *, enum Governor,
	const struct Policy *, const double *params, const struct Plan *, uint64_t seed,
	struct Trace *);

/* The best that foresight of the world gives: see oracle.c. */
struct Result oracle(const struct World *, const struct Plant *, enum Governor,
	uint64_t seed, struct Trace *);
int planned(const struct Plan *, int second, double body, int level, int now);

void plot(const char *path, const char *title, const struct Trace *,
	const char *const *names, int count);

#endif
