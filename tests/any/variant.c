/* Tables of any floats, meters that do anything: mrt_calibrate() and mrt_variants_init() refuse
 * and leave things as they were, or what they give is in order and the thermal policy takes it. */
#include "../../runtime-min/mrt_variant_heat.h"
#include "any.h"

static float
any_float(void)
{
	static const float special[] = { 0, -0.0f, 1, 0.5f, -1, 1e-4f, 1e6f, 1.1e6f,
		3e38f, 1e-38f };
	union {
		uint32_t bits;
		float f;
	} u = { dice() };
	switch (below(8)) {
	case 0: u.bits = 0x7f800000; break;  /* infinity */
	case 1: u.bits |= 0x7f800000; break; /* mostly NaN */
	case 2: return special[below(sizeof special / sizeof *special)];
	case 3: return u.f;
	}
	return (float)(below(100000) + 1) / 100;
}

static float
fair_float(uint32_t wild)
{
	return below(wild) ? (float)(below(100000) + 1) / 100 : any_float();
}

static void
fill(struct mrt_variant *table)
{
	const uint32_t wild = (uint32_t[]){ 2, 20, 1000 }[below(3)];
	for (int i = 0; i < MRT_VARIANTS; i++)
		table[i] = (struct mrt_variant){ "x", fair_float(wild), fair_float(wild),
			below(3) ? fair_float(wild) : 0,
			below(2) ? (float)(below(400)) / 4 : fair_float(wild) };
}

/* ---- meters */

static uint32_t clock_now, energy_now, failure;

static int
run(void *user, int variant, int turn)
{
	(void)user;
	CHECK(variant >= 0 && variant < MRT_VARIANTS && turn >= 0);
	return below(failure) == 0;
}

static int
read_clock(void *user, uint32_t *now)
{
	(void)user;
	clock_now += below(failure) ? below(50000) + 1 : dice();
	*now = clock_now;
	return below(failure) == 0 ? (int)dice() : 0;
}

static int
read_energy(void *user, uint32_t *now)
{
	(void)user;
	energy_now += below(failure) ? below(200000) : dice();
	*now = energy_now;
	return below(failure) == 0;
}

static int
right(void *user, int variant, int turn)
{
	(void)user;
	(void)variant;
	(void)turn;
	return below(failure) ? (int)below(2) : (int)dice();
}

static int
in_range(float x)
{
	return x >= 1e-4f && x <= 1e6f;
}

static int
calibrate(struct mrt_variant *table, int count)
{
	struct mrt_variant before[MRT_VARIANTS];
	struct mrt_meter meter = { .run = run,
		.clock_us = read_clock,
		.energy_uj = below(2) ? read_energy : NULL,
		.right = below(2) ? right : NULL,
		.idle_watts = below(2) ? 0 : any_float(),
		.turns = (int)below(70),
		.warm = (int)below(5),
		.percentile = (int)below(105) };
	failure = (uint32_t[]){ 10, 1000, 1u << 30 }[below(3)];
	memcpy(before, table, sizeof before);
	int code = mrt_calibrate(table, count, &meter);
	CHECK(code >= 0 && code < MRT_STATUS_COUNT);
	if (code != MRT_OK) {
		CHECK(memcmp(before, table, sizeof before) == 0);
		return 0;
	}
	CHECK(count >= 1 && count <= MRT_VARIANTS && meter.turns >= 1);
	for (int i = 0; i < count; i++) {
		CHECK(in_range(table[i].latency_ms));
		CHECK(!meter.energy_uj || in_range(table[i].watts));
		CHECK(!meter.right || (table[i].quality >= 0 && table[i].quality <= 1));
	}
	CHECK(memcmp(before + count, table + count,
		      (size_t)(MRT_VARIANTS - count) * sizeof *table) == 0);
	return 1;
}

/* ---- choosing */

static void
choose(const struct mrt_variants *v)
{
	struct mrt_selection now;
	int choice = below(4) ? (int)below(20) - 2 : (int)dice();
	int code = mrt_select(v, choice, &now);
	if (choice >= 0 && choice < v->choices)
		CHECK(code == MRT_OK && now.choice == choice &&
			now.variant == v->variant[choice]);
	else
		CHECK(code != MRT_OK && now.variant < 0);
	choice = mrt_choice_in_time(v, any_float());
	CHECK(choice >= 0 && choice < v->choices);
}

static int
init(struct mrt_variants *v, const struct mrt_variant *table, int count)
{
	struct mrt_variants before = *v;
	int code = mrt_variants_init(v, table, count), seen[MRT_VARIANTS] = { 0 };
	CHECK(code >= 0 && code < MRT_STATUS_COUNT);
	if (code != MRT_OK) {
		CHECK(memcmp(&before, v, sizeof before) == 0);
		return 0;
	}
	CHECK(v->choices >= 1 && v->choices <= count);
	for (int i = 0; i < v->choices; i++) {
		CHECK(v->variant[i] < count && !seen[v->variant[i]]++);
		CHECK(v->choice[i].quality == table[v->variant[i]].quality);
		if (i)
			CHECK(v->choice[i].quality <= v->choice[i - 1].quality &&
				v->choice[i].latency_ms * v->choice[i].watts <
					v->choice[i - 1].latency_ms *
						v->choice[i - 1].watts);
	}
	return 1;
}

static void
heat(struct mrt_variants *v)
{
	struct mrt_heat h;
	for (int i = 0; i < v->choices;
		i++) /* a latency through a period may be too short for it */
		if (!in_range(v->choice[i].latency_ms))
			return;
	CHECK(mrt_heat_init(&h, v->choice, v->choices, NULL) == MRT_OK);
	for (uint32_t second = 0; second < 4; second++) {
		struct mrt_heat_reading reading = { 30 + (float)below(100) / 10,
			any_float(), 0 };
		mrt_variants_note(
			v, &h, below(4) ? mrt_heat_select(&h) : (int)dice(), any_float());
		mrt_heat_step(&h, &reading, 1000 * second);
		choose(v);
	}
	CHECK(mrt_heat_select(&h) >= 0 && mrt_heat_select(&h) < v->choices);
}

int
main(int argc, char **argv)
{
	long calibrated = 0, taken = 0;
	struct mrt_variants variants;
	memset(&variants, 0, sizeof variants);
	for (long left = begin(argc, argv); left > 0; left--) {
		struct mrt_variant table[MRT_VARIANTS];
		int count =
			below(4) ? (int)below(MRT_VARIANTS + 3) - 1 : (int)below(3) + 1;
		fill(table);
		if (below(3) == 0)
			calibrated += calibrate(table, count);
		if (init(&variants, table, count)) {
			taken++;
			choose(&variants);
			heat(&variants);
		}
	}
	printf("  %ld tables measured, %ld taken\n", calibrated, taken);
	return !calibrated || !taken;
}
