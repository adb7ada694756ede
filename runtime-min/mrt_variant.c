/* Measures variants of a model and says which one a choice stands for. */
#include "mrt_variant.h"

/* Called often: small rather than fast. */
#ifdef __GNUC__
#define SHARED __attribute__((noinline))
#else
#define SHARED
#endif

SHARED static int
sound(float x)
{
	const float least = 1e-4f, most = 1e6f;
	return x >= least && x <= most;
}

/* ---- measuring */

enum { MEDIAN = 50, PERCENT = 100, WARM_MOST = 1000 };

struct measured {
	uint32_t us[MRT_CALIBRATE_TURNS]; /* sorted */
	float all_us, all_uj;
	int right;
};

static int
is_meter(const struct mrt_meter *m)
{
	return m && m->run && m->clock_us && m->turns >= 1 && m->turns <= MRT_CALIBRATE_TURNS &&
		m->warm >= 0 && m->warm <= WARM_MOST && m->percentile >= 0 &&
		m->percentile <= PERCENT;
}

/* Both counters, of which there may be one; 0: they could be read. */
SHARED static int
read_counters(const struct mrt_meter *m, uint32_t now[2])
{
	now[1] = 0;
	return m->clock_us(m->user, now) != 0 ||
		(m->energy_uj && m->energy_uj(m->user, now + 1) != 0);
}

static void
keep_sorted(uint32_t *us, int count, uint32_t value)
{
	for (; count > 0 && us[count - 1] > value; count--)
		us[count] = us[count - 1];
	us[count] = value;
}

static int
measure_turn(const struct mrt_meter *m, struct measured *to, int variant, int turn)
{
	uint32_t before[2], after[2];
	int right = 0;

	if (read_counters(m, before) || m->run(m->user, variant, turn) != 0 ||
		read_counters(m, after))
		return MRT_CALLBACK;
	if (m->right)
		right = m->right(m->user, variant, turn);
	if (right < 0 || right > 1)
		return MRT_CALLBACK;
	after[0] -= before[0]; /* a counter that wraps is not backwards */
	after[1] -= before[1];
	if (after[0] > INT32_MAX)
		return MRT_CLOCK;
	if (after[1] > INT32_MAX)
		return MRT_ENERGY;
	keep_sorted(to->us, turn, after[0]);
	to->all_us += (float)after[0];
	to->all_uj += (float)after[1];
	to->right += right;
	return MRT_OK;
}

/* What one variant's figures are now. */
static int
measure(const struct mrt_meter *m, int which, struct mrt_variant *variant)
{
	const float us_of_ms = 1000;
	const int percentile = m->percentile ? m->percentile : MEDIAN;
	struct measured all;

	all.all_us = all.all_uj = 0;
	all.right = 0;
	for (int turn = 0; turn < m->warm; turn++)
		if (m->run(m->user, which, turn) != 0)
			return MRT_CALLBACK;
	for (int turn = 0; turn < m->turns; turn++) {
		int status = measure_turn(m, &all, which, turn);
		if (status != MRT_OK)
			return status;
	}
	variant->latency_ms = (float)all.us[(m->turns * percentile - 1) / PERCENT] / us_of_ms;
	if (!sound(variant->latency_ms))
		return MRT_CLOCK;
	if (m->right)
		variant->quality = (float)all.right / (float)m->turns;
	if (m->energy_uj)
		variant->watts = all.all_uj / all.all_us - m->idle_watts;
	return !m->energy_uj || sound(variant->watts) ? MRT_OK : MRT_ENERGY;
}

int
mrt_calibrate(struct mrt_variant *table, int count, const struct mrt_meter *meter)
{
	struct mrt_variant now[MRT_VARIANTS];

	if (!table || count < 1 || count > MRT_VARIANTS || !is_meter(meter))
		return MRT_ARGUMENT;
	for (int i = 0; i < count; i++) {
		now[i] = table[i];
		int status = measure(meter, i, now + i);
		if (status != MRT_OK)
			return status;
	}
	for (int i = 0; i < count; i++)
		table[i] = now[i];
	return MRT_OK;
}

/* ---- choosing */

static int
check(const struct mrt_variant *table, int count, int *watts)
{
	const float least = 0.01f, most = 100;

	for (int i = 0; i < count; i++) {
		const struct mrt_variant *t = table + i;
		if (t->period != 0 && !(t->period >= least && t->period <= most))
			return MRT_ARGUMENT;
		if (!sound(t->quality) || !sound(t->latency_ms))
			return MRT_UNMEASURED;
		*watts &= sound(t->watts);
	}
	return MRT_OK;
}

/* Adds the best of those that are cooler than the last; how warm it is, 0: there is none. */
static float
add_choice(struct mrt_variants *v, const struct mrt_variant *table, int count, int watts,
	float last)
{
	const int at = v->choices;
	struct mrt_heat_choice *to = v->choice + at;
	float best = 0, energy = 0;

	for (int i = 0; i < count; i++) {
		const float period = table[i].period == 0 ? 1 : table[i].period;
		const struct mrt_heat_choice c = { table[i].quality, table[i].latency_ms / period,
			watts ? table[i].watts : 1 };
		const float own = c.latency_ms * c.watts;
		if (own >= last || c.quality < best || (c.quality == best && own >= energy))
			continue;
		best = c.quality;
		energy = own;
		*to = c;
		v->period[at] = period;
		v->variant[at] = (unsigned char)i;
		v->choices = at + 1;
	}
	return energy;
}

int
mrt_variants_init(struct mrt_variants *v, const struct mrt_variant *table, int count)
{
	float energy = 1e30f; /* over any */
	int watts = 1, status = MRT_ARGUMENT;

	if (v && table && count >= 1 && count <= MRT_VARIANTS)
		status = check(table, count, &watts);
	if (status != MRT_OK)
		return status;
	v->choices = 0;
	v->owed = 0;
	while (v->choices < count && energy > 0)
		energy = add_choice(v, table, count, watts, energy);
	return MRT_OK;
}

int
mrt_choice_in_time(const struct mrt_variants *v, float period_ms)
{
	int i = 0;

	while (i < v->choices - 1 && !(v->choice[i].latency_ms <= period_ms))
		i++;
	return i;
}

int
mrt_select(const struct mrt_variants *v, int choice, struct mrt_selection *now)
{
	if (!v || !now)
		return MRT_ARGUMENT;
	if (choice >= v->choices)
		choice = -MRT_ARGUMENT;
	now->choice = choice;
	now->variant = choice;
	now->period = 1;
	if (choice < 0)
		return -choice;
	now->variant = v->variant[choice];
	now->period = v->period[choice];
	return MRT_OK;
}
