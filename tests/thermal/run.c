/* One hour of frames through a device, under a policy or a plan, and its metrics. */
#include "sim.h"
#include "policies.h"
#include <math.h>
#include <string.h>

struct Run {
	const struct World *world;
	struct Device device;
	const struct Policy *policy;
	const struct Plan *plan;
	union State state;
	uint64_t seed;
	double next, busy,
		waiting; /* ms: the next frame's arrival, when free again, or -1 */
	int current, second;
	double joules_second;
	long frames, missed, frames_second, missed_second, faulty, unsafe;
	long bins[LATENCY_BINS], served;
	struct Result sum;
};

static int
choose(struct Run *r)
{
	if (r->plan)
		return planned(r->plan, r->second, r->device.degrees[1], r->device.level,
			r->current);
	return r->policy->choose(&r->state);
}

static void
serve(struct Run *r, double arrival, double start)
{
	int k = choose(r);
	bool switched = r->current >= 0 && k != r->current; /* costs a late frame */
	double speed = r->device.speed;
	double ms = choices[k].ms / speed * (0.98 + 0.04 * dice(&r->seed));
	double latency = start + ms - arrival, period = 1000 / r->world->rate[r->second];
	r->sum.switches += switched;
	r->current = k;
	r->busy = start + ms;
	if (latency <= period && !switched) {
		r->sum.quality += choices[k].quality;
	} else {
		r->missed++;
		r->missed_second++;
	}
	r->joules_second += choices[k].watts * pow(speed, 2.5) * ms / 1000;
	r->bins[latency < LATENCY_BINS - 1 ? (int)latency : LATENCY_BINS - 1]++;
	r->served++;
	if (!r->plan)
		r->policy->note(&r->state, k, ms);
	if (r->world->fault[r->second]) {
		r->faulty++;
		r->unsafe += k != ECO;
	}
}

/* A camera: one frame may wait; the next one takes its place. */
static void
frames_until(struct Run *r, double end)
{
	for (;;) {
		if (r->waiting >= 0 && r->busy <= r->next && r->busy < end) {
			double arrival = r->waiting;
			r->waiting = -1;
			serve(r, arrival, r->busy);
		} else if (r->next < end) {
			r->frames++;
			r->frames_second++;
			if (r->busy <= r->next) {
				serve(r, r->next, r->next);
			} else {
				r->missed += r->waiting >= 0;
				r->missed_second += r->waiting >= 0;
				r->waiting = r->next;
			}
			r->next += 1000 / r->world->rate[r->second];
		} else {
			return;
		}
	}
}

static double
sensor(struct Run *r, double *last)
{
	const struct World *w = r->world;
	double t = r->device.degrees[1] + w->noise * normal(&r->seed);
	double jump = dice(&r->seed);
	t = w->quantum * floor(t / w->quantum + 0.5);
	switch (w->fault[r->second]) {
	case MISSING:
	case NOT_A_NUMBER: return NAN;
	case STUCK: return *last;
	case JUMPING: t += jump < 0.15 ? 20 : jump < 0.3 ? -20 : 0; break;
	}
	return *last = t;
}

static double
percentile(const struct Run *r, double share)
{
	long below = 0;
	int ms = 0;
	while (ms < LATENCY_BINS - 1 &&
		(double)(below += r->bins[ms]) < share * (double)r->served)
		ms++;
	return ms + 0.5;
}

static struct Result
judge(struct Run *r)
{
	struct Result sum = r->sum;
	double frames = (double)r->frames;
	sum.quality /= frames;
	sum.score = sum.quality - 0.5 * sum.severe / SECONDS;
	sum.missed = (double)r->missed / frames;
	sum.joules /= frames;
	sum.switches /= SECONDS / 60.0;
	sum.unsafe = r->faulty ? (double)r->unsafe / (double)r->faulty : 0;
	sum.p50 = percentile(r, 0.5);
	sum.p99 = percentile(r, 0.99);
	return sum;
}

static void
record(const struct Run *r, struct Trace *trace)
{
	if (!trace)
		return;
	int s = r->second;
	trace->degrees[s] = trace->body[s] = (float)r->device.degrees[1];
	trace->outer[s] = (float)r->device.degrees[2];
	trace->choice[s] = (uint8_t)(r->current < 0 ? ECO : r->current);
	trace->level[s] = (uint8_t)r->device.level;
	trace->missed[s] =
		r->frames_second ? (float)r->missed_second / (float)r->frames_second : 0;
}

struct Result
simulate(const struct World *w, const struct Plant *plant, enum Governor governor,
	const struct Policy *policy, const double *params, const struct Plan *plan,
	uint64_t seed, struct Trace *trace)
{
	struct Run r = { .world = w,
		.policy = policy,
		.plan = plan,
		.seed = seed,
		.waiting = -1,
		.current = -1 };
	device_init(&r.device, plant, governor, w);
	if (!plan)
		policy->init(&r.state, params ? params : policy->tuned);
	double last = r.device.degrees[1];
	for (r.second = 0; r.second < SECONDS; r.second++) {
		struct Seen seen = { r.second * 1000.0, 1000 / w->rate[r.second],
			sensor(&r, &last), w->no_status ? -1 : r.device.level };
		if (w->fault[r.second] == MISSING)
			seen.status = -1; /* the whole service is away */
		if (!plan)
			policy->second(&r.state, &seen);
		r.joules_second = 0;
		r.frames_second = r.missed_second = 0;
		frames_until(&r, (r.second + 1) * 1000.0);
		record(&r, trace);
		device_second(&r.device, w, r.second, r.current < 0 ? ECO : r.current,
			r.joules_second);
		r.sum.joules += r.joules_second;
		double over = r.device.degrees[1] - edges[SEVERE];
		r.sum.severe += r.device.level == SEVERE;
		r.sum.severe_degrees += over > 0 ? over : 0;
		if (r.device.degrees[1] > r.sum.hottest)
			r.sum.hottest = r.device.degrees[1];
	}
	return judge(&r);
}
