/* The thermal policy: a filter that learns the device, a forecast, and rules for
 * switching. */
#include "mrt_heat.h"

enum { DEGREES, DRIVE, GAIN, LOSS, UNKNOWNS };

#define SEVERE_STATUS 3
#define EMERGENCY_STATUS 5
#define KELVIN_PER_HEADROOM 30.0f /* Android: 1 is SEVERE */
#define BIN 0.5f                  /* degrees of `speeds` */
#define ON_TIME 0.93f             /* of the period: latencies scatter */
#define JUMP 5.0f                 /* degrees a second that no body makes */
#define PROBATION 30.0f           /* s of good readings after a fault */
#define FIRST_READINGS 5.0f
#define COARSE 0.3f          /* degrees: such a sensor stays the same for minutes */
#define COARSE_RUN 1800.0f   /* s; to a steady device it looks stuck */
#define FIRST_MINUTES 180.0f /* s in which heat from outside is not yet known */
#define STUCK_RUN 10.0f      /* s without a change, at least */
#define LONGEST_STEP 60.0f   /* s; after that the filter starts anew */

/* Called often: small rather than fast. */
#ifdef __GNUC__
#define SHARED __attribute__((noinline))
#else
#define SHARED
#endif

SHARED static int
is_number(float x) /* without libm; and a compiler's -ffast-math does not fold it away */
{
	union {
		float f;
		uint32_t bits;
	} u = { x };
	const uint32_t exponent = 0x7f800000;
	return (u.bits & exponent) != exponent;
}

SHARED static float
clamp(float x, float low, float high)
{
	return x > low ? x < high ? x : high : low;
}

/* Goes a share of the way: a filter of the first order. */
SHARED static void
approach(float *x, float to, float share)
{
	*x += clamp(share, 0, 1) * (to - *x);
}

static float
absolute(float x)
{
	return x < 0 ? -x : x;
}

/* ---- what is known at first */

SHARED static int
sound(float x)
{
	const float least = 1e-4f, most = 1e6f;
	return x >= least && x <= most;
}

/* The options are floats and nothing else; in their order. */
static const float defaults[] = { 1000, 42, 9, 500, 0.23f, 70, 1.3f, 55, 79, 740, 4.9f, 1.3f,
	0.013f, 130 };
_Static_assert(sizeof defaults == sizeof(struct mrt_heat_options), "a default for each");

static void
take_options(struct mrt_heat_options *options, const struct mrt_heat_options *given)
{
	const float *from = (const float *)(given ? given : options); /* all zero until now */
	float *to = (float *)options;
	for (unsigned i = 0; i < sizeof defaults / sizeof *defaults; i++)
		to[i] = sound(from[i]) ? from[i] : defaults[i];
}

/* Degrees are new; what the device is like stays. */
static void
start_filter(struct mrt_heat *h, float celsius)
{
	h->x[DEGREES] = celsius;
	for (int i = 0; i < UNKNOWNS; i++)
		h->p[DEGREES][i] = h->p[i][DEGREES] = 0;
	h->p[DEGREES][DEGREES] = 0.1f;
	h->p[DRIVE][DRIVE] += 1e-5f;
	h->bias = 0;
}

static void
start_learning(struct mrt_heat *h)
{
	const struct mrt_heat_options *o = &h->options;
	float gain = o->resistance / o->tau, loss = 1 / o->tau;
	for (int i = 0; i < UNKNOWNS * UNKNOWNS; i++)
		h->p[i / UNKNOWNS][i % UNKNOWNS] = 0;
	h->x[DRIVE] = 0;
	h->x[GAIN] = gain;
	h->x[LOSS] = loss;
	h->p[DRIVE][DRIVE] = 4e-4f;
	h->p[GAIN][GAIN] = 0.1f * gain * gain; /* deviation a third */
	h->p[LOSS][LOSS] = 0.03f * loss * loss;
	h->reference = o->severe - 10;
	start_filter(h, h->reference);
}

int
mrt_heat_init(struct mrt_heat *h, const struct mrt_heat_choice *choices, int count,
	const struct mrt_heat_options *options)
{
	static const struct mrt_heat none = { 0 };
	if (!h || !choices || count < 1 || count > MRT_HEAT_CHOICES)
		return MRT_ARGUMENT;
	for (int i = 0; i < count; i++)
		if (!sound(choices[i].quality) || !sound(choices[i].latency_ms) ||
			!sound(choices[i].watts))
			return MRT_ARGUMENT;
	*h = none;
	h->choices = choices;
	h->count = count;
	h->choice = (count - 1);
	h->status = -1;
	take_options(&h->options, options);
	start_learning(h);
	h->noise = 0.02f;
	h->resolution = 0.1f;
	h->usual_run = 1;
	h->speed = 1;
	h->shortest = h->options.period_ms;
	h->rate = 1000 / h->options.period_ms;
	h->good = PROBATION - FIRST_READINGS;
	h->tokens = 2;
	h->learned = 0.3f;
	h->feared = h->options.surprise;
	h->since = h->options.dwell;
	for (int i = 0; i < MRT_HEAT_BINS;
		i++) /* a guess that a hot device soon corrects */
		h->speeds[i] = 1 - 0.05f * (float)i;
	return MRT_OK;
}

/* ---- the sensor */

/* Remembers how the sensor behaves: its step, and how long it stays the same as a rule.
 * */
static int
stuck(struct mrt_heat *h, float celsius, float seconds)
{
	float change = absolute(celsius - h->raw);
	h->run += seconds;
	if (!h->seen && celsius == (float)(int)celsius)
		h->resolution = 1; /* whole degrees, as far as has been seen */
	if (change > 0) {
		approach(&h->resolution, change, change < h->resolution ? 1 : 0.02f);
		approach(&h->usual_run, h->run, 0.2f);
		h->run = 0;
	}
	float longest = h->resolution > COARSE ? COARSE_RUN : STUCK_RUN;
	return h->run > longest && h->run > 8 * h->usual_run;
}

static enum mrt_heat_reason
examine(struct mrt_heat *h, float celsius, float seconds)
{
	const float absurd = 200;
	enum mrt_heat_reason fault = MRT_HEAT_FINE;
	if (!is_number(celsius) || absolute(celsius) > absurd)
		return MRT_HEAT_MISSING;
	if (!h->seen)
		h->raw = celsius;
	if (stuck(h, celsius, seconds))
		fault = MRT_HEAT_STUCK;
	if (absolute(celsius - h->raw) > JUMP * (seconds > 1 ? seconds : 1))
		fault = MRT_HEAT_JUMP;
	h->raw = celsius;
	h->seen = 1;
	return fault;
}

/* ---- the filter: x' = F x, degrees' = degrees + s (gain watts + drive - loss (degrees -
 * ref)) */

static void
predict(struct mrt_heat *h, float s)
{
	float over = h->x[DEGREES] - h->reference, row[UNKNOWNS];
	const float f[UNKNOWNS] = { 1 - s * h->x[LOSS], s, s * h->watts, -s * over };
	h->x[DEGREES] += s * (h->x[GAIN] * h->watts + h->x[DRIVE] - h->x[LOSS] * over);
	for (int j = 0; j < UNKNOWNS; j++) {
		row[j] = 0;
		for (int i = 0; i < UNKNOWNS; i++)
			row[j] += f[i] * h->p[i][j];
	}
	h->p[DEGREES][DEGREES] = 0;
	for (int j = 0; j < UNKNOWNS; j++)
		h->p[DEGREES][DEGREES] += row[j] * f[j];
	for (int j = 1; j < UNKNOWNS; j++)
		h->p[DEGREES][j] = h->p[j][DEGREES] = row[j];
	h->p[DEGREES][DEGREES] += 1e-4f * s;
	h->p[DRIVE][DRIVE] += 1e-7f * s;
	h->p[GAIN][GAIN] += 1e-10f * s;
}

static void
correct(struct mrt_heat *h, float celsius, float s)
{
	float off = celsius - h->x[DEGREES], gain[UNKNOWNS];
	if (h->resolution >
		COARSE) { /* it tells only that the degrees are within a step */
		float half = h->resolution / 2;
		if (absolute(off) < half)
			return;
		off += off < 0 ? half : -half;
	}
	float variance = h->p[DEGREES][DEGREES] + h->noise;
	approach(&h->noise, clamp(0.8f * off * off, 0.004f, 1), 0.03f);
	approach(&h->bias, off, 0.2f);
	if (h->bias * h->bias >
		0.54f * variance) /* 2.2 deviations: heat from outside changed */
		h->p[DRIVE][DRIVE] += 1.6e-5f * s;
	for (int i = 0; i < UNKNOWNS; i++)
		gain[i] = h->p[i][DEGREES] / variance;
	for (int i = 0; i < UNKNOWNS; i++) {
		h->x[i] += gain[i] * off;
		for (int j = UNKNOWNS - 1; j >= 0; j--)
			h->p[i][j] -= gain[i] * h->p[DEGREES][j];
	}
}

/* What no body has is not learned; and a filter that went astray begins again. */
static void
keep_bounds(struct mrt_heat *h, float celsius)
{
	float gain = h->options.resistance / h->options.tau, loss = 1 / h->options.tau,
	      sound = 0;
	for (int i = 0; i < UNKNOWNS; i++)
		sound += h->x[i] + h->p[DEGREES][i];
	if (!is_number(sound)) {
		start_learning(h);
		start_filter(h, celsius);
	}
	for (int i = 0; i < UNKNOWNS; i++)
		h->p[i][i] = clamp(h->p[i][i], 0, 10);
	h->x[DRIVE] = clamp(h->x[DRIVE], -0.3f, 0.3f);
	h->x[GAIN] = clamp(h->x[GAIN], gain / 5, gain * 3);
	h->x[LOSS] = clamp(h->x[LOSS], loss / 3, loss * 3);
}

/* ---- the forecast */

SHARED static float
active_watts(const struct mrt_heat_choice *c, float speed, float rate)
{
	float busy = rate * c->latency_ms / (1000 * speed);
	float power = speed * speed * (0.5f + 0.5f * speed); /* near speed^2.5 */
	return c->watts * power * (busy < 1 ? busy : 1);
}

/* Of the speeds by degrees under `severe`. */
SHARED static int
bin_of(const struct mrt_heat *h, float celsius)
{
	const float last = MRT_HEAT_BINS - 1;
	return (int)clamp((celsius - h->options.severe) / BIN + last, 0, last);
}

/* From `celsius`, s seconds on, with more heat from outside than now. */
static float
forecast(const struct mrt_heat *h, float celsius, int choice, float s, float more,
	float rate)
{
	float damping = clamp(1 - 0.5f * s * h->x[LOSS], 0.3f, 1);
	float watts = active_watts(&h->choices[choice], h->speed, rate);
	float loss = h->x[LOSS] * (celsius - h->reference);
	return celsius + s * damping * (h->x[GAIN] * watts + h->x[DRIVE] + more - loss);
}

/* Would the choice do? After the horizon it must be cool enough, and stay so for a while
 * if then the worst heat from outside and the shortest period that are remembered come
 * back, and only the safe choice runs. Each better choice leaves room for the next one,
 * which earns more for its heat. To go up it must do for as long as it will then stay,
 * and better. */
static enum mrt_heat_reason
judge(const struct mrt_heat *h, int choice)
{
	const struct mrt_heat_options *o = &h->options;
	int up = choice < h->choice, safe = h->count - 1;
	float limit = o->severe - o->margin - h->learned -
		o->spread * (float)(safe - 1 - choice);
	float s = o->horizon, period = o->period_ms;
	if (up) {
		limit -= o->up;
		s += o->dwell;
		period = h->shortest;
	}
	float degrees = forecast(h, h->x[DEGREES], choice, s, 0, h->rate);
	float busiest = h->rate * o->period_ms / h->shortest;
	float shocked = forecast(h, degrees, safe, o->shock, h->worst, busiest);
	if (degrees > limit || shocked > limit)
		return MRT_HEAT_FORECAST;
	if (h->choices[choice].latency_ms >
		ON_TIME * period * h->speeds[bin_of(h, degrees)])
		return MRT_HEAT_DEADLINE;
	return MRT_HEAT_FINE;
}

/* ---- learning from what happens */

static void
learn(struct mrt_heat *h, float s, float frames)
{
	float forgetting = s / h->options.memory;
	approach(&h->shortest, h->options.period_ms, s / 12000);
	approach(&h->outside, h->x[DRIVE], s / 30);
	approach(&h->feared, 0, forgetting);
	approach(&h->peak, h->outside, forgetting);
	if (h->outside > h->peak || h->good < FIRST_MINUTES)
		h->peak = h->outside;
	h->worst = clamp(h->peak - h->x[DRIVE], h->feared * h->x[GAIN], 0.05f);
	approach(&h->learned, 0, s / 2400);
	if (h->status >= SEVERE_STATUS || h->x[DEGREES] > h->options.severe)
		h->learned = clamp(h->learned + h->options.lesson * s, 0, 4);
	if (frames > 0) {
		int bin = h->status >= SEVERE_STATUS ? MRT_HEAT_BINS - 1 :
						       bin_of(h, h->x[DEGREES]);
		approach(&h->speeds[bin], h->speed, 0.1f);
	}
}

/* ---- the decision */

SHARED static void
settle(struct mrt_heat *h, int choice, enum mrt_heat_state state,
	enum mrt_heat_reason reason)
{
	if (choice != h->choice) {
		h->since = 0;
		h->tokens -= 0.5f;
	}
	h->choice = choice;
	h->state = state;
	h->reason = reason;
}

SHARED static int
waits(const struct mrt_heat *h) /* to go up; and keeps a token to leave the safe choice */
{
	return h->since < h->options.dwell ||
		h->tokens < (h->choice < h->count - 1 ? 2 : 1);
}

/* With a status and never a temperature: a choice worse for each level. */
static void
decide_by_status(struct mrt_heat *h)
{
	int safe = h->count - 1, choice = h->status < safe ? h->status : safe;
	enum mrt_heat_state state = h->status >= SEVERE_STATUS ? MRT_HEAT_CRITICAL :
		choice == safe && safe                         ? MRT_HEAT_HOT :
		choice                                         ? MRT_HEAT_WARM :
								 MRT_HEAT_COOL;
	enum mrt_heat_reason reason = choice ? MRT_HEAT_STATUS : MRT_HEAT_FINE;
	if (choice < h->choice && waits(h)) {
		choice = h->choice;
		reason = MRT_HEAT_DWELL;
	}
	settle(h, choice, state, reason);
}

static void
decide(struct mrt_heat *h)
{
	int safe = h->count - 1;
	enum mrt_heat_reason first = MRT_HEAT_FINE, reason = MRT_HEAT_FINE;
	int choice = 0;
	if (h->status >= SEVERE_STATUS) {
		settle(h, safe, MRT_HEAT_CRITICAL, MRT_HEAT_STATUS);
		return;
	}
	for (; choice < safe; choice++) {
		reason = judge(h, choice);
		if (reason == MRT_HEAT_FINE && choice < h->choice && waits(h))
			reason = MRT_HEAT_DWELL;
		if (choice == 0)
			first = reason;
		if (reason == MRT_HEAT_FINE)
			break;
	}
	settle(h, choice,
		choice == 0 || first == MRT_HEAT_DWELL ? MRT_HEAT_COOL :
			choice < safe                  ? MRT_HEAT_WARM :
							 MRT_HEAT_HOT,
		choice ? first : MRT_HEAT_FINE);
}

/* ---- what the application calls */

/* Seconds since the last step; 0 for a clock that stands or goes backwards. */
static float
elapsed(const struct mrt_heat *h, uint32_t now_ms)
{
	uint32_t ms = now_ms - h->then_ms;
	return h->started && ms <= INT32_MAX ? (float)ms / 1000 : 0;
}

static void
account(struct mrt_heat *h, float s)
{
	h->watts = h->joules / s;
	approach(&h->rate, h->frames / s, s / 5);
	h->joules = h->frames = 0;
	h->since = clamp(h->since + s, 0, 1e6f);
	h->tokens = clamp(h->tokens + s / h->options.pace, -4, 3);
}

static float
celsius_of(const struct mrt_heat *h, const struct mrt_heat_reading *reading)
{
	if (is_number(reading->celsius) || !is_number(reading->headroom))
		return reading->celsius;
	return h->options.severe + (reading->headroom - 1) * KELVIN_PER_HEADROOM;
}

/* Takes a reading in; what is wrong with it, or MRT_HEAT_FINE. */
static enum mrt_heat_reason
observe(struct mrt_heat *h, float celsius, float s)
{
	int known = h->seen;
	enum mrt_heat_reason fault = examine(h, celsius, s);
	if (fault != MRT_HEAT_FINE) {
		h->fault = 1;
		h->good = 0;
		return fault;
	}
	if (!known || h->good == 0 || s > LONGEST_STEP)
		start_filter(h, celsius);
	else
		predict(h, s);
	correct(h, celsius, s);
	keep_bounds(h, celsius);
	h->good = clamp(h->good + s, 0, 1e6f);
	if (h->good < PROBATION)
		return h->fault ? MRT_HEAT_RECOVERY : MRT_HEAT_START;
	h->fault = 0;
	return fault;
}

int
mrt_heat_step(struct mrt_heat *h, const struct mrt_heat_reading *reading, uint32_t now_ms)
{
	if (!h || !reading)
		return MRT_ARGUMENT;
	float s = elapsed(h, now_ms), frames = h->frames;
	const float soonest = 0.5f;
	enum mrt_heat_reason fault = MRT_HEAT_FINE;
	h->status = reading->status > 100 ? -1 : reading->status;
	if (s > 0 && s < soonest) { /* too soon for anything but the status */
		if (h->status >= SEVERE_STATUS)
			settle(h, h->count - 1, MRT_HEAT_CRITICAL, MRT_HEAT_STATUS);
		return h->fault ? MRT_NO_SENSOR : MRT_OK;
	}
	h->then_ms = now_ms;
	h->started = 1;
	if (s <= 0)
		s = 1;
	account(h, s);
	fault = observe(h, celsius_of(h, reading), s);
	if (fault == MRT_HEAT_MISSING && !h->seen && h->status >= 0) {
		decide_by_status(h);
		return MRT_OK;
	}
	if (fault == MRT_HEAT_FINE) {
		learn(h, s, frames);
		decide(h);
	} else {
		settle(h, h->count - 1,
			h->status >= SEVERE_STATUS ? MRT_HEAT_CRITICAL : MRT_HEAT_HOT,
			fault);
	}
	return h->good == 0 ? MRT_NO_SENSOR : MRT_OK;
}

int
mrt_heat_select(const struct mrt_heat *h)
{
	return h->status >= EMERGENCY_STATUS ? -MRT_TOO_HOT : h->choice;
}

void
mrt_heat_note(struct mrt_heat *h, int choice, float latency_ms)
{
	if (choice < 0 || choice >= h->count || !is_number(latency_ms) || latency_ms <= 0)
		return;
	const struct mrt_heat_choice *c = &h->choices[choice];
	float speed = clamp(c->latency_ms / latency_ms, 0.1f, 1.2f);
	approach(&h->speed, speed, 0.2f);
	h->joules += active_watts(c, speed, 1);
	h->frames += 1;
}

int
mrt_heat_period(struct mrt_heat *h, float period_ms)
{
	if (!sound(period_ms))
		return MRT_ARGUMENT;
	h->rate *= h->options.period_ms / period_ms;
	h->options.period_ms = period_ms;
	if (period_ms < h->shortest)
		h->shortest = period_ms;
	return MRT_OK;
}

float
mrt_heat_resistance(const struct mrt_heat *h)
{
	return h->x[GAIN] / h->x[LOSS];
}

float
mrt_heat_tau(const struct mrt_heat *h)
{
	return 1 / h->x[LOSS];
}
