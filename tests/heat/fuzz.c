/* Any bits, any order of calls: the policy stays in range, and in its states, and comes
 * back to work after it. Arguments: iterations, seed. Built with sanitizers by run.sh. */
#include "../../runtime-min/mrt_heat.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint32_t
dice(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33);
}

static float
any_float(void)
{
	static const float special[] = { 0, -0.0f, 1, -1, 25, 41.9f, 42, 1e-38f, 3e38f,
		-3e38f, 1e20f };
	union {
		uint32_t bits;
		float f;
	} u;
	u.bits = dice() << 1 ^ dice();
	switch (dice() % 8) {
	case 0: u.bits = 0x7f800000; break;  /* infinity */
	case 1: u.bits |= 0x7f800000; break; /* mostly NaN */
	case 2: u.bits &= 0x807fffff; break; /* denormal */
	case 3:
	case 4: return special[dice() % (sizeof special / sizeof *special)];
	case 5: return (float)(dice() % 1000) / 10 - 20;
	}
	return u.f;
}

#define CHECK(x)                                       \
	do {                                           \
		if (!(x)) {                            \
			printf("%s: %s\n", where, #x); \
			exit(1);                       \
		}                                      \
	} while (0)

static void
sane(const struct mrt_heat *h, const char *where)
{
	int choice = mrt_heat_select(h);
	CHECK(choice == -MRT_TOO_HOT || (choice >= 0 && choice < h->count));
	CHECK(choice != -MRT_TOO_HOT || h->status >= 5);
	CHECK(h->state < MRT_HEAT_STATE_COUNT && h->reason < MRT_HEAT_REASON_COUNT);
	CHECK(*mrt_heat_state_name((int)h->state) &&
		*mrt_heat_reason_text((int)h->reason));
	for (int i = 0; i < 4; i++) {
		CHECK(h->x[i] - h->x[i] == 0);
		for (int j = 0; j < 4; j++)
			CHECK(h->p[i][j] - h->p[i][j] == 0);
	}
	CHECK(mrt_heat_resistance(h) > 0 && mrt_heat_tau(h) > 0);
}

static void
start(struct mrt_heat *h)
{
	static struct mrt_heat_choice choices[MRT_HEAT_CHOICES];
	struct mrt_heat_options options;
	float *o = (float *)&options;
	for (;;) {
		int count = (int)(dice() % 20) - 1;
		for (int i = 0; i < MRT_HEAT_CHOICES; i++)
			choices[i] = dice() % 3 ?
				(struct mrt_heat_choice){ (float)(dice() % 101) / 100,
					(float)(dice() % 10000 + 1) / 10,
					(float)(dice() % 1000) / 10 } :
				(struct mrt_heat_choice){ any_float(), any_float(),
					any_float() };
		for (size_t i = 0; i < sizeof options / sizeof *o; i++)
			o[i] = dice() % 2 ? 0 : any_float();
		if (mrt_heat_init(h, choices, count, dice() % 4 ? &options : NULL) ==
			MRT_OK)
			return;
	}
}

/* Whatever has happened: a cool device, minutes later, runs the best choice again, and a hot
 * one does not. */
static void
recovers(struct mrt_heat *h)
{
	static const struct mrt_heat_choice table[] = { { 1, 10, 2 }, { 0.5f, 5, 1 } };
	const char *where = "recovers";
	union {
		uint32_t bits;
		float f;
	} nan = { 0x7fc00000 };
	CHECK(mrt_heat_init(h, table, 2, NULL) == MRT_OK);
	for (int s = 0; s < 20; s++) {
		struct mrt_heat_reading reading = { any_float(), any_float(),
			(int)dice() };
		mrt_heat_step(h, &reading, dice());
		mrt_heat_note(h, (int)(dice() % 4) - 1, any_float());
		if (mrt_heat_period(h, any_float()) == MRT_OK)
			CHECK(mrt_heat_period(h, 1000) == MRT_OK);
	}
	uint32_t start_ms = (uint32_t)1 << 30;
	for (unsigned s = 0; s < 600; s++) {
		struct mrt_heat_reading reading = { 20 + 0.1f * (float)(s % 3), nan.f,
			0 };
		mrt_heat_step(h, &reading, start_ms + s * 1000);
		mrt_heat_note(
			h, mrt_heat_select(h), h->choices[mrt_heat_select(h)].latency_ms);
	}
	CHECK(mrt_heat_select(h) == 0);
	for (unsigned s = 600; s < 720; s++) {
		float celsius = s < 660 ? 20 + 0.4f * (float)(s - 600) : 44;
		struct mrt_heat_reading reading = { celsius + 0.1f * (float)(s % 3),
			nan.f, 0 };
		mrt_heat_step(h, &reading, start_ms + s * 1000);
	}
	CHECK(mrt_heat_select(h) == 1);
}

/* Phases of some hundred steps: in some a sensor that works, so that what is learned goes on
 * from there with any latencies, periods and clocks, in others anything. */
static struct mrt_heat_reading
any_reading(long step)
{
	static uint32_t wild, walk;
	if (step % 400 == 0) {
		wild = (uint32_t[]){ 0, 0, 50, 2 }[dice() % 4];
		walk = dice() % 60000;
	}
	walk += dice() % 401 - (walk > 400 ? 200 : 0) - (walk > 60000 ? 200 : 0);
	struct mrt_heat_reading reading = { (float)walk / 1000, any_float(),
		(int)(dice() % 9) - 1 };
	if (wild && dice() % wild == 0)
		reading.celsius = dice() % 2 ? any_float() : 30 + (float)(dice() % 130) / 10;
	if (wild && dice() % wild == 0)
		reading.status = (int)(dice() << 1);
	return reading;
}

int
main(int argc, char **argv)
{
	struct mrt_heat h;
	long iterations = argc > 1 ? atol(argv[1]) : 100000;
	uint32_t now = 0;
	const char *where = "arguments";
	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	start(&h);
	for (long i = 0; i < iterations; i++) {
		struct mrt_heat_reading reading = any_reading(i);
		now = dice() % 50 ? now + dice() % 3000 : dice() << dice() % 32;
		switch (dice() % 16) {
		default: mrt_heat_step(&h, &reading, now); break;
		case 0:
		case 1:
		case 2:
		case 3: mrt_heat_note(&h, (int)(dice() % 20) - 2, any_float()); break;
		case 4: mrt_heat_period(&h, any_float()); break;
		case 5: mrt_heat_note(&h, (int)(dice() << 1), 20); break;
		case 7: CHECK(mrt_heat_step(&h, NULL, now) == MRT_ARGUMENT); break;
		case 6:
			if (dice() % 200 == 0)
				start(&h);
			break;
		}
		sane(&h, "fuzz");
		if (i % 5000 == 0) {
			struct mrt_heat other;
			recovers(&other);
		}
	}
	return 0;
}
