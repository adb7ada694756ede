/* Tables, plots and gates: thermal [-s seeds] [-o folder for plots]. For work on a
 * policy: -w seeds shows the tuning seeds and plants, --tune steps searches its options
 * on them (with -s before). Tuning seeds are 1..20, reporting seeds 3001 on: what one has
 * seen the other never has. */
#include "sim.h"
#include "policies.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORACLE = POLICIES, COLUMNS, REPORTING = 3001 };

/* A plant and a governor; the first is what policies were tuned on. */
struct Set {
	int plant;
	enum Governor governor;
	bool all; /* scenarios, or the five base ones and the coarse sensor */
};
static const struct Set reporting_sets[] = {
	{ 0, STEPS, true },
	{ 0, IPA, false },
	{ 3, STEPS, false },
	{ 4, STEPS, false },
	{ 5, STEPS, false },
	{ 6, STEPS, false },
};
static const struct Set tuning_sets[] = {
	{ 0, STEPS, true },
	{ 1, STEPS, false },
	{ 2, STEPS, false },
};

static void
add(struct Result *sum, const struct Result *r, double share)
{
	double *to = &sum->quality;
	const double *from = &r->quality;
	for (size_t i = 0; i < sizeof *sum / sizeof *to; i++)
		to[i] += share * from[i];
}

static bool
in_set(const struct Set *set, const struct Scenario *s)
{
	return set->all || s->base || strcmp(s->name, "coarse") == 0;
}

static void
run_all(struct Result *means, const struct Set *set, const struct Scenario *scenario,
	int first, int seeds)
{
	memset(means, 0, COLUMNS * sizeof *means);
	for (int seed = first; seed < first + seeds; seed++) {
		struct World w;
		make_world(&w, scenario, seed);
		for (int p = 0; p < POLICIES; p++) {
			struct Result r = simulate(&w, &plants[set->plant], set->governor,
				&policies[p], NULL, NULL, (uint64_t)seed, NULL);
			add(&means[p], &r, 1.0 / seeds);
		}
		struct Result r = oracle(
			&w, &plants[set->plant], set->governor, (uint64_t)seed, NULL);
		add(&means[ORACLE], &r, 1.0 / seeds);
	}
}

static const char *
column_name(int p)
{
	return p == ORACLE ? "oracle" : policies[p].name;
}

static double
best_static(const struct Result *r)
{
	return fmax(r[ALWAYS_FAST].score, r[ALWAYS_ECO].score);
}

static double
capture(const struct Result *r, int p)
{
	double gain = r[ORACLE].score - best_static(r);
	return gain > 1e-4 ? (r[p].score - best_static(r)) / gain : NAN;
}

static void
print_table(const struct Result *r)
{
	printf("  %-12s %7s %7s %6s %5s %5s %7s %6s %7s %7s %5s %8s %8s\n", "policy", "U",
		"U'", "miss%", "p50", "p99", "mJ/inf", "sw/min", "SEV s", "SEV Cs",
		"Tmax", "capture", "regret");
	for (int p = 0; p < COLUMNS; p++)
		printf("  %-12s %7.4f %7.4f %6.2f %5.0f %5.0f %7.1f %6.2f %7.1f %7.1f "
		       "%5.1f %8.2f %8.4f\n",
			column_name(p), r[p].quality, r[p].score, 100 * r[p].missed,
			r[p].p50, r[p].p99, 1000 * r[p].joules, r[p].switches,
			r[p].severe, r[p].severe_degrees, r[p].hottest, capture(r, p),
			r[ORACLE].score - r[p].score);
}

/* ---- the gates; each has a floor that has been reached once and is not given up again
 * */
struct Gates {
	double captures, all_captures, least_capture, regret, all_regret, severe,
		switches, under_static, unsafe;
	int counted, all_counted, better;
	char where[6][64]; /* of the worst regret, of all, severe, switches, static, unsafe */
};

static void
worst(double *sum, double value, char *where, const char *plant, const char *scenario)
{
	if (value > *sum) {
		*sum = value;
		snprintf(where, 64, "%s/%s", plant, scenario);
	}
}

/* The rules leave no choice in SEVERE and without a sensor: the safe one must run. There
 * a regret against an oracle without rules says little, and is given apart. */
static bool
ruled(const struct Result *r, const struct Scenario *s)
{
	return s->fault || r[ALWAYS_ECO].severe > SECONDS / 2.0;
}

static void
weigh(struct Gates *g, const struct Result *r, const struct Scenario *s,
	const char *plant, bool nominal)
{
	const struct Result *ours = &r[FORECAST];
	double regret = r[ORACLE].score - ours->score;
	if (nominal && r[ORACLE].score - best_static(r) >= 0.02) {
		double c = capture(r, FORECAST);
		g->all_captures += c;
		g->all_counted++;
		if (!ruled(r, s)) {
			g->captures += c;
			g->counted++;
			g->least_capture = fmin(g->least_capture, c);
		}
	}
	if (nominal && s->base)
		g->better += ours->score > r[HYSTERESIS].score;
	if (!ruled(r, s))
		worst(&g->regret, regret, g->where[0], plant, s->name);
	worst(&g->all_regret, regret, g->where[1], plant, s->name);
	worst(&g->severe, (ours->severe - r[ALWAYS_ECO].severe) / SECONDS, g->where[2],
		plant, s->name);
	worst(&g->switches, ours->switches, g->where[3], plant, s->name);
	worst(&g->under_static, best_static(r) - ours->score, g->where[4], plant,
		s->name);
	if (s->fault)
		worst(&g->unsafe, ours->unsafe, g->where[5], plant, s->name);
}

static int
gate(const char *name, double value, double wanted, double floor, const char *what,
	const char *where)
{
	bool least = floor < wanted || strncmp(name, "capture", 7) == 0;
	bool met = least ? value >= wanted : value <= wanted;
	bool held = least ? value >= floor : value <= floor;
	printf("%s thermal/%s: %.4f (wanted: %s %g%s%s%s)\n",
		met          ? "ok" :
			held ? "MISSED" :
			       "FAIL",
		name, value, least ? ">=" : "<=", wanted, what,
		*where ? "; worst in " : "", where);
	return !met && !held;
}

static int
print_gates(const struct Gates *g)
{
	printf("\n");
	return gate("capture-mean", g->captures / g->counted, 0.75, 0.55,
		       " of the oracle's gain, where that is >= 0.02 and the rules leave "
		       "a choice",
		       "") +
		gate("capture-least", g->least_capture, 0.5, -0.2, "", "") +
		gate("capture-all", g->all_captures / g->all_counted, 0.75, 0.45,
			", also where they leave none", "") +
		gate("regret", g->regret, 0.015, 0.04, " where the rules leave a choice",
			g->where[0]) +
		gate("regret-all", g->all_regret, 0.015, 0.06, "", g->where[1]) +
		gate("severe", g->severe, 0.01, 0.045, " of the time over always-eco's",
			g->where[2]) +
		gate("switches", g->switches, 1, 1.05, " a minute", g->where[3]) +
		gate("static", g->under_static, 0.001, 0.03,
			" under the best fixed choice", g->where[4]) +
		gate("hysteresis", g->better, 4, 2, " of 5 base scenarios better than it",
			"") +
		gate("faults", g->unsafe, 0.05, 0.051,
			" of frames unsafe: to notice takes 10 s", g->where[5]);
}

static void
plot_scenario(const char *folder, const struct Scenario *s)
{
	static struct Trace traces[4];
	const char *names[4] = { "always-fast", "hysteresis", "mrt_heat", "oracle" };
	struct World w;
	char path[512];
	make_world(&w, s, REPORTING);
	const int shown[] = { ALWAYS_FAST, HYSTERESIS, FORECAST };
	for (int i = 0; i < 3; i++)
		simulate(&w, &plants[0], STEPS, &policies[shown[i]], NULL, NULL,
			REPORTING, &traces[i]);
	oracle(&w, &plants[0], STEPS, REPORTING, &traces[3]);
	snprintf(path, sizeof path, "%s/%s.svg", folder, s->name);
	char title[256];
	snprintf(title, sizeof title, "%s: %s (simulated)", s->name, s->what);
	plot(path, title, traces, names, 4);
}

static int
report(const struct Set *sets, int count, int first, int seeds, const char *folder)
{
	struct Gates g = { .least_capture = INFINITY };
	printf("%d %s seeds (%d..%d), 1 h each, simulated; capture and regret against "
	       "oracle\n",
		seeds, first == REPORTING ? "reporting" : "TUNING", first,
		first + seeds - 1);
	for (int i = 0; i < count; i++) {
		const char *plant = plants[sets[i].plant].name;
		const char *governor =
			sets[i].governor == IPA ? "power allocator" : "step caps";
		for (int s = 0; s < scenario_count; s++) {
			struct Result r[COLUMNS];
			if (!in_set(&sets[i], &scenarios[s]))
				continue;
			run_all(r, &sets[i], &scenarios[s], first, seeds);
			printf("\n%s, %s; %s: %s\n", plant, governor, scenarios[s].name,
				scenarios[s].what);
			print_table(r);
			fflush(stdout);
			weigh(&g, r, &scenarios[s],
				sets[i].governor == IPA ? "IPA" : plant, i == 0);
			if (folder && i == 0)
				plot_scenario(folder, &scenarios[s]);
		}
	}
	return print_gates(&g) != 0;
}

void tune(int policy, int rounds, int seeds);

int
main(int argc, char **argv)
{
	int seeds = 20;
	const char *folder = NULL;
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "-s") == 0) {
			seeds = atoi(argv[i + 1]);
		} else if (strcmp(argv[i], "-o") == 0) {
			folder = argv[i + 1];
		} else if (strcmp(argv[i], "-w") == 0) {
			return report(tuning_sets, 3, 1, atoi(argv[i + 1]), NULL);
		} else if (strcmp(argv[i], "--tune") == 0) {
			for (int p = 0; p < POLICIES; p++)
				if (policies[p].params &&
					(!folder ||
						strcmp(folder, policies[p].name) == 0))
					tune(p, atoi(argv[i + 1]), seeds);
			return 0;
		} else {
			fprintf(stderr, "thermal: what is %s?\n", argv[i]);
			return 2;
		}
	}
	return report(reporting_sets, sizeof reporting_sets / sizeof *reporting_sets,
		REPORTING, seeds, folder);
}
