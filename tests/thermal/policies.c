/* The policies that are compared: fixed choices, thresholds as applications have them,
 * ours. */
#include "policies.h"
#include <math.h>
#include <string.h>

static void
start_fast(union State *s, const double *p)
{
	(void)p;
	s->fixed = FAST;
}
static void
start_middle(union State *s, const double *p)
{
	(void)p;
	s->fixed = 1;
}
static void
start_eco(union State *s, const double *p)
{
	(void)p;
	s->fixed = ECO;
}
static void
see_nothing(union State *s, const struct Seen *seen)
{
	(void)s, (void)seen;
}
static void
note_nothing(union State *s, int k, double ms)
{
	(void)s, (void)k, (void)ms;
}
static int
fixed(union State *s)
{
	return s->fixed;
}

static void
start_baseline(union State *s, const double *params)
{
	s->baseline = (struct Baseline){ params, FAST, 1000, 0, 1 };
}

static void
note_baseline(union State *s, int k, double ms)
{
	s->baseline.speed = choices[k].ms / ms;
}

static int
baseline_choice(union State *s)
{
	return s->baseline.choice;
}

static void
naive_second(union State *s, const struct Seen *seen) /* params: the threshold */
{
	s->baseline.choice =
		seen->degrees < s->baseline.params[0] ? FAST : ECO; /* NaN: eco */
}

/* Params: where each choice but the safe one ends, hysteresis, dwell. It goes down at
 * once, is safe in SEVERE and without a reading, and takes no choice that would be late
 * at the clock it sees: as good as thresholds get. */
static void
hysteresis_second(union State *s, const struct Seen *seen)
{
	struct Baseline *b = &s->baseline;
	const double *p = b->params;
	int choice = b->choice, wanted = ECO;
	b->since++;
	for (int k = 0; k < ECO && wanted == ECO; k++) {
		double limit = k ? p[0] + p[1] : p[0];
		if (k < choice)
			limit -= p[2];
		if (seen->degrees < limit &&
			choices[k].ms / b->speed <= 0.97 * seen->period_ms)
			wanted = k;
	}
	if (seen->status >= SEVERE)
		wanted = ECO;
	if (wanted > choice || (wanted < choice && b->since >= p[3])) {
		b->choice = wanted;
		b->since = 0;
	}
}

/* Params: margin, horizon, up, dwell, shock, lesson, memory, surprise, spread; R and tau
 * are the pessimistic defaults. */
static const struct mrt_heat_choice table[CHOICES] = {
	{ 1.00f, 40, 5.0f },
	{ 0.985f, 24, 4.0f },
	{ 0.95f, 20, 2.2f },
};

static void
start_forecast(union State *s, const double *p)
{
	struct mrt_heat_options o = { .period_ms = 1000 / 15.0f,
		.severe = (float)edges[SEVERE],
		.margin = (float)p[0],
		.horizon = (float)p[1],
		.up = (float)p[2],
		.dwell = (float)p[3],
		.shock = (float)p[4],
		.lesson = (float)p[5],
		.memory = (float)p[6],
		.surprise = (float)p[7],
		.spread = (float)p[8] };
	mrt_heat_init(&s->heat, table, CHOICES, &o);
}

static void
forecast_second(union State *s, const struct Seen *seen)
{
	struct mrt_heat_reading reading = { (float)seen->degrees, NAN, seen->status };
	if ((float)seen->period_ms != s->heat.options.period_ms)
		mrt_heat_period(&s->heat, (float)seen->period_ms);
	mrt_heat_step(&s->heat, &reading, (uint32_t)seen->now_ms);
}

static void
forecast_note(union State *s, int k, double ms)
{
	mrt_heat_note(&s->heat, k, (float)ms);
}

static int
forecast_choice(union State *s)
{
	int choice = mrt_heat_select(&s->heat);
	return choice < 0 ? ECO : choice;
}

const struct Policy policies[POLICIES] = {
	{ "always-fast", start_fast, see_nothing, note_nothing, fixed, .params = 0 },
	{ "always-mid", start_middle, see_nothing, note_nothing, fixed, .params = 0 },
	{ "always-eco", start_eco, see_nothing, note_nothing, fixed, .params = 0 },
	{ "naive", start_baseline, naive_second, note_nothing, baseline_choice, 1, { 33 },
		{ 42 }, { 33 } },
	{ "hysteresis", start_baseline, hysteresis_second, note_baseline, baseline_choice,
		4, { 37, 0, 0.1, 5 }, { 42, 2, 3, 120 }, { 39.6, 0.68, 2.15, 60 } },
	{ "mrt_heat", start_forecast, forecast_second, forecast_note, forecast_choice, 9,
		{ 0.01, 3, 0.02, 10, 1, 0.0001, 300, 0.01, 0.01 },
		{ 1.2, 90, 2, 60, 400, 0.1, 9000, 6, 3 },
		{ 0.23, 70, 1.3, 55, 79, 0.013, 740, 4.9, 1.3 } },
};
