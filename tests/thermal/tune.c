/* Searches a policy's parameters on the tuning seeds and plants only; the same search, as
 * many steps and the same aim for each policy: the mean regret over all scenarios without
 * sensor faults, and more for regret over 0.012, for a score under the best fixed
 * choice's, for SEVERE seconds over always-eco's and for switches over 0.9 a minute. The
 * first third of the steps looks anywhere, then they go from the best so far and shrink.
 * */
#include "sim.h"
#include "policies.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SEEDS = 20, MAX_SCENARIOS = 32, PLANTS = 3 };

struct Goal { /* of one world: what is compared with */
	bool known;
	double eco_severe, fixed,
		oracle; /* seconds; U' of the better of fast and eco; of the oracle */
};

static const struct Goal *
goal(int plant, int scenario, int seed, const struct World *w)
{
	static struct Goal goals[PLANTS][MAX_SCENARIOS][MAX_SEEDS + 1];
	struct Goal *g = &goals[plant][scenario][seed];
	if (!g->known) {
		const struct Plant *p = &plants[plant];
		uint64_t s = (uint64_t)seed;
		struct Result eco =
			simulate(w, p, STEPS, &policies[ALWAYS_ECO], NULL, NULL, s, NULL);
		struct Result fast = simulate(
			w, p, STEPS, &policies[ALWAYS_FAST], NULL, NULL, s, NULL);
		*g = (struct Goal){ true, eco.severe, fmax(eco.score, fast.score),
			oracle(w, p, STEPS, s, NULL).score };
	}
	return g;
}

static double
aim(const struct Policy *p, const double *params, int seeds)
{
	double sum = 0;
	int n = 0;
	for (int i = 0; i < PLANTS * scenario_count; i++) {
		int s = i / PLANTS, plant = i % PLANTS;
		double regret = 0, severe = 0, switches = 0, under = 0;
		if (scenarios[s].fault || (plant && !scenarios[s].base))
			continue;
		for (int seed = 1; seed <= seeds; seed++) {
			struct World w;
			make_world(&w, &scenarios[s], seed);
			const struct Goal *g = goal(plant, s, seed, &w);
			struct Result r = simulate(&w, &plants[plant], STEPS, p, params,
				NULL, (uint64_t)seed, NULL);
			regret += (g->oracle - r.score) / seeds;
			under += (g->fixed - r.score) / seeds;
			severe += (r.severe - g->eco_severe) / SECONDS / seeds;
			switches += r.switches / seeds;
		}
		sum += regret + fmax(0, fmin(regret, 0.03) - 0.012) + fmax(0, under) +
			2 * fmax(0, severe - 0.008) + 0.02 * fmax(0, switches - 0.9);
		n++;
	}
	return -sum / n;
}

void
tune(int policy, int rounds, int seeds)
{
	const struct Policy *p = &policies[policy];
	double best[PARAMS];
	memcpy(best, p->tuned, sizeof best);
	seeds = seeds < MAX_SEEDS ? seeds : MAX_SEEDS;
	double score = aim(p, best, seeds);
	uint64_t dice_state = 7;
	for (int round = 0; round < rounds; round++) {
		double tried[PARAMS] = { 0 };
		bool fresh = round < rounds / 3;
		double reach = 0.3 * (1 - (double)round / rounds) + 0.02;
		for (int i = 0; i < p->params; i++) {
			double width = p->to[i] - p->from[i];
			double x = fresh ? p->from[i] + width * dice(&dice_state) :
					   best[i] + width * reach * normal(&dice_state);
			tried[i] = fmin(fmax(x, p->from[i]), p->to[i]);
		}
		double now = aim(p, tried, seeds);
		if (now > score) {
			score = now;
			memcpy(best, tried, sizeof best);
		}
	}
	printf("%s: %.5f with", p->name, score);
	for (int i = 0; i < p->params; i++)
		printf(" %.4g,", best[i]);
	printf("\n");
	fflush(stdout);
}
