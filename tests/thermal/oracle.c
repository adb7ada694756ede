/* The best that foresight gives: dynamic programming backwards over time, degrees, the
 * governor's level and the current choice, knowing ambient, chargers and rates to come;
 * then replayed in the simulator itself, so that its score is one that can be had. Two
 * things it holds only approximately: a third node's temperature, taken from the replay
 * before (three rounds), and the power allocator, taken for its steps. So it is the best
 * of its replays (with several distances kept from the edge) and of the fixed choices. */
#include "sim.h"
#include "policies.h"
#include <math.h>
#include <stdlib.h>

enum { EPOCH = 4, EPOCHS = SECONDS / EPOCH, CELLS = 480 };
#define CELL 0.05 /* degrees */

struct Plan {
	const struct World *world;
	const struct Plant *plant;
	const float *outer; /* the case's degrees, second by second */
	double bottom, distance;
	float value[2][CELLS][LEVELS][CHOICES];
	uint8_t best[EPOCHS][CELLS][LEVELS][CHOICES];
};

static int
cell_of(const struct Plan *p, double degrees)
{
	double cell = (degrees - p->bottom) / CELL;
	return cell < 0 ? 0 : cell > CELLS - 2 ? CELLS - 2 : (int)cell;
}

int
planned(const struct Plan *p, int second, double body, int level, int now)
{
	int cell = cell_of(p, body + CELL / 2);
	return p->best[second / EPOCH][cell][level][now < 0 ? ECO : now];
}

/* Could this level be, at these degrees? Most cannot, and are not worth the time. */
static bool
possible(double degrees, int level)
{
	return degrees > (level ? edges[level] - 2 : 0) &&
		(level == SEVERE || degrees < edges[level + 1] + 0.5);
}

static void
decide(struct Plan *p, int epoch, int cell, int level, double frames)
{
	float(*next)[LEVELS][CHOICES] = p->value[(epoch + 1) & 1];
	int s = epoch * EPOCH;
	double degrees = p->bottom + cell * CELL, rate = p->world->rate[s];
	double speed = level_speed(level), late = 1 / frames, gain[CHOICES];
	for (int k = 0; k < CHOICES; k++) {
		double watts = active_watts(k, speed, rate);
		double slope =
			body_slope(p->plant, p->world, s, degrees, p->outer[s], watts);
		double then = degrees + EPOCH * slope;
		int after = level_after(level, then + p->distance);
		int at = cell_of(p, then);
		double part = (then - p->bottom) / CELL - at;
		part = part < 0 ? 0 : part > 1 ? 1 : part;
		double now = 0;
		for (int i = s; i < s + EPOCH; i++)
			if (choices[k].ms / speed * 1.02 <= 1000 / p->world->rate[i])
				now += choices[k].quality * p->world->rate[i] / frames;
		now -= after == SEVERE ? 0.5 * EPOCH / SECONDS : 0;
		gain[k] = now + (1 - part) * next[at][after][k] +
			part * next[at + 1][after][k];
	}
	for (int from = 0; from < CHOICES; from++) {
		int best = from;
		for (int k = 0; k < CHOICES; k++)
			if (gain[k] - (k != from) * late >
				gain[best] - (best != from) * late)
				best = k;
		p->best[epoch][cell][level][from] = (uint8_t)best;
		p->value[epoch & 1][cell][level][from] =
			(float)(gain[best] - (best != from) * late);
	}
}

static void
plan(struct Plan *p)
{
	double frames = 0;
	for (int s = 0; s < SECONDS; s++)
		frames += p->world->rate[s];
	for (int cell = 0; cell < CELLS; cell++)
		for (int i = 0; i < LEVELS * CHOICES; i++)
			p->value[EPOCHS & 1][cell][i / CHOICES][i % CHOICES] = 0;
	for (int epoch = EPOCHS; epoch-- > 0;)
		for (int cell = 0; cell < CELLS; cell++)
			for (int level = 0; level < LEVELS; level++) {
				if (possible(p->bottom + cell * CELL, level))
					decide(p, epoch, cell, level, frames);
				else /* as if at the nearest level that can be */
					for (int k = 0; k < CHOICES; k++)
						p->value[epoch & 1][cell][level][k] =
							level ? p->value[epoch & 1][cell]
									[level - 1][k] :
								0;
			}
}

struct Result
oracle(const struct World *w, const struct Plant *plant, enum Governor governor,
	uint64_t seed, struct Trace *trace)
{
	struct Result best = { .score = -1 };
	struct Trace *replay = malloc(sizeof *replay);
	struct Plan *p = malloc(sizeof *p);
	if (!replay || !p)
		abort();
	for (int k = 0; k < CHOICES; k++) {
		struct Result r = simulate(w, plant, governor, &policies[ALWAYS_FAST + k],
			NULL, NULL, seed, replay);
		if (r.score > best.score) {
			best = r;
			if (trace)
				*trace = *replay;
		}
	}
	static const double distances[] = { 0.12, 0.06, 0.03 };
	for (int i = 0; i < 3; i++) {
		*p = (struct Plan){ .world = w,
			.plant = plant,
			.outer = replay->outer,
			.bottom = 22,
			.distance = distances[i] };
		plan(p);
		struct Result r =
			simulate(w, plant, governor, NULL, NULL, p, seed, replay);
		if (r.score > best.score) {
			best = r;
			if (trace)
				*trace = *replay;
		}
	}
	free(replay);
	free(p);
	return best;
}
