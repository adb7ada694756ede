/* mrt_calibrate(), mrt_variants_init(), mrt_select() and the rest of mrt_variant.h on a device
 * whose clock, meter and functions do what they are told: fail, stand, wrap, go backwards. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "mrt_variant_heat.h"

static int bad, checks;

#define CHECK(condition) check(condition, __LINE__, #condition)

static void
check(int holds, int line, const char *text)
{
	checks++;
	if (holds)
		return;
	printf("  unit.c:%d: %s\n", line, text);
	bad++;
}

static int
near(float a, float b)
{
	return fabsf(a - b) <= 1e-4f * fabsf(b);
}

/* ---- the device */

enum { VARIANTS = 3, NEVER = -1 };

struct device {
	uint32_t us, uj;
	uint32_t take_us[VARIANTS];
	float watts; /* while it computes */
	int runs, clocks, meters, rights;
	int fail_run, fail_clock, fail_meter, odd_right; /* which call; NEVER */
	int back_clock, back_meter, stand;
	int late;       /* every so many turns an inference takes ten times as long */
	int wrong_each; /* every so many answers are wrong */
};

static struct device
new_device(void)
{
	const struct device d = { .us = 4294960000u, .uj = 4294900000u, /* they soon wrap */
		.take_us = { 4000, 1000, 500 }, .watts = 3, .fail_run = NEVER,
		.fail_clock = NEVER, .fail_meter = NEVER, .odd_right = NEVER,
		.back_clock = NEVER, .back_meter = NEVER };
	return d;
}

static int
run(void *user, int variant, int turn)
{
	struct device *d = user;
	uint32_t us = d->take_us[variant];

	if (d->late && turn % d->late == d->late - 1)
		us *= 10;
	if (!d->stand)
		d->us += us;
	d->uj += (uint32_t)(d->watts * (float)us);
	return d->runs++ == d->fail_run;
}

static int
clock_us(void *user, uint32_t *now)
{
	struct device *d = user;

	if (d->clocks == d->back_clock)
		d->us -= 5000000;
	*now = d->us;
	return d->clocks++ == d->fail_clock ? -7 : 0;
}

static int
energy_uj(void *user, uint32_t *drawn)
{
	struct device *d = user;

	if (d->meters == d->back_meter)
		d->uj -= 500000000;
	*drawn = d->uj;
	return d->meters++ == d->fail_meter ? 9 : 0;
}

static int
right(void *user, int variant, int turn)
{
	struct device *d = user;

	(void)variant, (void)turn;
	if (d->rights == d->odd_right)
		return d->runs % 2 ? 2 : -1;
	d->rights++;
	return !d->wrong_each || d->rights % d->wrong_each != 0;
}

static struct mrt_meter
meter_of(struct device *d)
{
	const struct mrt_meter m = { run, clock_us, energy_uj, right, d, 1, 20, 3, 0 };
	return m;
}

static const struct mrt_variant given[VARIANTS] = { { "a", 0.5f, 1, 2, 0 },
	{ "b", 0.25f, 3, 4, 2 }, { "c", 0.125f, 5, 6, 1 } };

/* ---- calibration */

static void
measures(void)
{
	struct mrt_variant table[VARIANTS];
	struct device d = new_device();
	struct mrt_meter m = meter_of(&d);

	memcpy(table, given, sizeof table);
	d.wrong_each = 4;
	CHECK(mrt_calibrate(table, VARIANTS, &m) == MRT_OK);
	CHECK(d.runs == VARIANTS * 23 && d.rights == VARIANTS * 20);
	CHECK(near(table[0].latency_ms, 4) && near(table[1].latency_ms, 1) &&
		near(table[2].latency_ms, 0.5f));
	for (int i = 0; i < VARIANTS; i++) {
		CHECK(near(table[i].watts, 2)); /* 3 less 1 idle */
		CHECK(near(table[i].quality, 0.75f));
		CHECK(table[i].name == given[i].name && table[i].period == given[i].period);
	}
	/* What is not measured stays. */
	memcpy(table, given, sizeof table);
	m.energy_uj = NULL;
	m.right = NULL;
	CHECK(mrt_calibrate(table, VARIANTS, &m) == MRT_OK);
	CHECK(near(table[1].latency_ms, 1) && table[1].watts == given[1].watts &&
		table[1].quality == given[1].quality);
	/* The rare late one: 2 of 20 are not in the median, but in the 95th of 100. */
	d.late = 10;
	CHECK(mrt_calibrate(table, 1, &m) == MRT_OK && near(table[0].latency_ms, 4));
	m.percentile = 90;
	CHECK(mrt_calibrate(table, 1, &m) == MRT_OK && near(table[0].latency_ms, 4));
	m.percentile = 95;
	CHECK(mrt_calibrate(table, 1, &m) == MRT_OK && near(table[0].latency_ms, 40));
	m.percentile = 100;
	CHECK(mrt_calibrate(table, 1, &m) == MRT_OK && near(table[0].latency_ms, 40));
	m.percentile = 1;
	m.turns = 1;
	m.warm = 0;
	CHECK(mrt_calibrate(table, 1, &m) == MRT_OK && near(table[0].latency_ms, 4));
	m.turns = MRT_CALIBRATE_TURNS;
	CHECK(mrt_calibrate(table, 1, &m) == MRT_OK);
}

/* Whatever fails, in whichever call: the code, and the table as it was. */
static void
refuses(struct device d, int status)
{
	struct mrt_variant table[VARIANTS];
	struct mrt_meter m = meter_of(&d);

	memcpy(table, given, sizeof table);
	CHECK(mrt_calibrate(table, VARIANTS, &m) == status);
	CHECK(!memcmp(table, given, sizeof table));
}

static void
damaged(void)
{
	for (int call = 0; call < VARIANTS * 20; call++) {
		struct device d = new_device();
		d.fail_run = call;
		refuses(d, MRT_CALLBACK);
		d = new_device();
		d.odd_right = call;
		refuses(d, MRT_CALLBACK);
		d = new_device();
		d.fail_clock = call;
		refuses(d, MRT_CALLBACK);
		d = new_device();
		d.fail_meter = call;
		refuses(d, MRT_CALLBACK);
		d = new_device();
		d.back_clock = 2 * call + 1; /* between two readings of a turn */
		refuses(d, MRT_CLOCK);
		d = new_device();
		d.back_meter = 2 * call + 1;
		refuses(d, MRT_ENERGY);
	}
	struct device d = new_device();
	d.stand = 1;
	refuses(d, MRT_CLOCK);
	d = new_device();
	d.watts = 1; /* no more than idle */
	refuses(d, MRT_ENERGY);
	d.watts = 0;
	refuses(d, MRT_ENERGY);
}

static void
arguments(void)
{
	static const struct { int turns, warm, percentile; } wrong[] = { { 0, 0, 50 },
		{ -1, 0, 50 }, { MRT_CALIBRATE_TURNS + 1, 0, 50 }, { 5, -1, 50 }, { 5, 1001, 50 },
		{ 5, 0, -1 }, { 5, 0, 101 } };
	struct mrt_variant table[MRT_VARIANTS + 1] = { { "a", 1, 1, 1, 1 } };
	struct device d = new_device();
	struct mrt_meter m = meter_of(&d), other = m;

	CHECK(mrt_calibrate(NULL, 1, &m) == MRT_ARGUMENT);
	CHECK(mrt_calibrate(table, 0, &m) == MRT_ARGUMENT);
	CHECK(mrt_calibrate(table, MRT_VARIANTS + 1, &m) == MRT_ARGUMENT);
	CHECK(mrt_calibrate(table, 1, NULL) == MRT_ARGUMENT);
	other.run = NULL;
	CHECK(mrt_calibrate(table, 1, &other) == MRT_ARGUMENT);
	other = m;
	other.clock_us = NULL;
	CHECK(mrt_calibrate(table, 1, &other) == MRT_ARGUMENT);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		other = m;
		other.turns = wrong[i].turns;
		other.warm = wrong[i].warm;
		other.percentile = wrong[i].percentile;
		CHECK(mrt_calibrate(table, 1, &other) == MRT_ARGUMENT);
	}
	CHECK(d.runs == 0 && table[0].latency_ms == 1);
}

/* ---- choices */

static void
sorts(void)
{
	/* Given in no order; "hog" is no better than "mid" and hotter, "same" is "mid" again. */
	static const struct mrt_variant table[] = { { "small", 0.5f, 10, 1, 0 },
		{ "hog", 0.8f, 40, 2, 1 }, { "mid", 0.8f, 20, 2, 1 }, { "same", 0.8f, 20, 2, 1 },
		{ "large", 0.9f, 40, 4, 1 }, { "seldom", 0.7f, 40, 3, 4 }, /* as 10 ms: 30 mJ */
		{ "worse", 0.4f, 20, 5, 1 } };
	struct mrt_variants v;
	struct mrt_selection now;

	CHECK(mrt_variants_init(&v, table, 7) == MRT_OK);
	CHECK(v.choices == 4);
	static const int order[] = { 4, 2, 5, 0 };
	static const float period[] = { 1, 1, 4, 1 }, latency[] = { 40, 20, 10, 10 };
	for (int i = 0; i < 4; i++) {
		CHECK(mrt_select(&v, i, &now) == MRT_OK && now.variant == order[i] &&
			now.choice == i && now.period == period[i]);
		CHECK(v.choice[i].latency_ms == latency[i] &&
			v.choice[i].quality == table[order[i]].quality &&
			v.choice[i].watts == table[order[i]].watts);
		CHECK(i == 0 || v.choice[i].latency_ms * v.choice[i].watts <
			v.choice[i - 1].latency_ms * v.choice[i - 1].watts);
	}
	CHECK(mrt_choice_in_time(&v, 1000) == 0 && mrt_choice_in_time(&v, 40) == 0);
	CHECK(mrt_choice_in_time(&v, 39) == 1 && mrt_choice_in_time(&v, 15) == 2);
	CHECK(mrt_choice_in_time(&v, 1) == 3 && mrt_choice_in_time(&v, NAN) == 3);

	CHECK(mrt_select(&v, -MRT_TOO_HOT, &now) == MRT_TOO_HOT && now.variant < 0);
	CHECK(mrt_select(&v, 4, &now) == MRT_ARGUMENT && now.variant < 0 && now.choice < 0);
	CHECK(mrt_select(NULL, 0, &now) == MRT_ARGUMENT);
	CHECK(mrt_select(&v, 0, NULL) == MRT_ARGUMENT);
}

static void
unknown_figures(void)
{
	struct mrt_variant table[MRT_VARIANTS + 1];
	struct mrt_variants v, before;
	static const float odd[] = { 0, -1, NAN, INFINITY, 1e-5f, 1e7f };
	static const float odd_period[] = { -1, NAN, INFINITY, 0.001f, 101 };

	memset(&before, 5, sizeof before);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		v = before;
		memcpy(table, given, sizeof given);
		table[1].quality = odd[i];
		CHECK(mrt_variants_init(&v, table, VARIANTS) == MRT_UNMEASURED);
		table[1].quality = 1;
		table[2].latency_ms = odd[i];
		CHECK(mrt_variants_init(&v, table, VARIANTS) == MRT_UNMEASURED);
		CHECK(!memcmp(&v, &before, sizeof v));
		/* Without all the watts all draw the same. */
		memcpy(table, given, sizeof given);
		table[0].watts = odd[i];
		table[0].latency_ms = 9;
		CHECK(mrt_variants_init(&v, table, VARIANTS) == MRT_OK && v.choices == 2);
		CHECK(v.choice[0].watts == 1 && v.choice[1].watts == 1 && v.variant[1] == 1);
	}
	for (size_t i = 0; i < sizeof odd_period / sizeof *odd_period; i++) {
		memcpy(table, given, sizeof given);
		table[2].period = odd_period[i];
		CHECK(mrt_variants_init(&v, table, VARIANTS) == MRT_ARGUMENT);
	}
	CHECK(mrt_variants_init(NULL, given, 1) == MRT_ARGUMENT);
	CHECK(mrt_variants_init(&v, NULL, 1) == MRT_ARGUMENT);
	CHECK(mrt_variants_init(&v, given, 0) == MRT_ARGUMENT);
	CHECK(mrt_variants_init(&v, table, MRT_VARIANTS + 1) == MRT_ARGUMENT);
	for (int i = 0; i < MRT_VARIANTS; i++) {
		const struct mrt_variant one = { "x", 1 + (float)i, 1 + (float)i, 1, 1 };
		table[i] = one;
	}
	CHECK(mrt_variants_init(&v, table, MRT_VARIANTS) == MRT_OK);
	CHECK(v.choices == MRT_VARIANTS && v.variant[0] == MRT_VARIANTS - 1);
}

/* ---- with the thermal policy */

static void
heats(void)
{
	static const struct mrt_variant table[] = { { "each", 0.9f, 40, 4, 1 },
		{ "second", 0.8f, 40, 4, 2 }, { "often", 0.1f, 1, 1, 0.5f } };
	struct mrt_variants v;
	struct mrt_heat heat, other;
	struct mrt_selection now;
	const struct mrt_heat_reading cool = { 25, NAN, 0 }, fire = { 90, NAN, 5 };

	CHECK(mrt_variants_init(&v, table, 3) == MRT_OK);
	CHECK(mrt_heat_init(&heat, v.choice, v.choices, NULL) == MRT_OK);
	CHECK(mrt_select(&v, mrt_heat_select(&heat), &now) == MRT_OK && now.variant == 2);
	memcpy(&other, &heat, sizeof heat);
	/* One inference of "second" is two requests, each of half its latency. */
	mrt_variants_note(&v, &heat, 1, 50);
	mrt_heat_note(&other, 1, 25);
	mrt_heat_note(&other, 1, 25);
	CHECK(!memcmp(&heat, &other, sizeof heat));
	/* Two of "often" are one. */
	mrt_variants_note(&v, &heat, 2, 3);
	CHECK(!memcmp(&heat, &other, sizeof heat));
	mrt_variants_note(&v, &heat, 2, 3);
	CHECK(memcmp(&heat, &other, sizeof heat));
	mrt_heat_note(&other, 2, 6);
	mrt_variants_note(&v, &heat, -1, 1);
	mrt_variants_note(&v, &heat, 3, 1);
	CHECK(!memcmp(&heat, &other, sizeof heat));
	for (uint32_t s = 1; s < 400; s++)
		mrt_heat_step(&heat, &cool, 1000 * s);
	CHECK(mrt_select(&v, mrt_heat_select(&heat), &now) == MRT_OK && now.period > 0);
	mrt_heat_step(&heat, &fire, 401000);
	CHECK(mrt_select(&v, mrt_heat_select(&heat), &now) == MRT_TOO_HOT && now.variant < 0);
}

int
main(void)
{
	static void (*const tests[])(void) = { measures, damaged, arguments, sorts,
		unknown_figures, heats };

	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tests[i]();
	printf("%s bundle/unit (%d checks, %d wrong)\n", bad ? "FAIL" : "ok", checks, bad);
	return bad != 0;
}
