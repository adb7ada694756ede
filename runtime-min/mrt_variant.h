/* Variants of a model, as `mcompile bundle` writes them: what each costs on this device, and
 * which of them to run. See docs/variants.md.
 *
 *	static struct mrt_variant table[VWW_VARIANTS] = VWW_TABLE;
 *	mrt_calibrate(table, VWW_VARIANTS, &meter);          if the table's figures are not known
 *	mrt_variants_init(&variants, table, VWW_VARIANTS);
 *	before an inference:  mrt_select(&variants, choice, &now);  vww_run(&work, now.variant, ...);
 *
 * where the choice is mrt_choice_in_time(&variants, period_ms), or mrt_heat_select(&heat) of the
 * thermal policy, made by mrt_heat_init(&heat, variants.choice, variants.choices, ...).
 * No heap, no libm, no globals. */
#ifndef MRT_VARIANT_H
#define MRT_VARIANT_H

#include <stdint.h>
#include "mrt_choice.h"
#include "mrt_status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MRT_VARIANTS 16       /* at most */
#define MRT_CALIBRATE_TURNS 64 /* at most: so many times are kept on the stack */

/* A figure that is 0 is not known. Others are of 1e-4 to 1e6. */
struct mrt_variant {
	const char *name;
	float quality;    /* the more the better: the share of right answers, say */
	float latency_ms; /* of one inference */
	float watts;      /* drawn by one, over idle; not known of all: all take the same */
	float period;     /* between inferences, in periods of the requests: 2: every second is
			     answered; 0.01 to 100, not known: 1 */
};

/* ---- measuring */

/* Functions return 0, anything else if they failed; those that may be NULL are not called. */
struct mrt_meter {
	int (*run)(void *user, int variant, int turn); /* one inference */
	int (*clock_us)(void *user, uint32_t *now);    /* microseconds; may wrap */
	int (*energy_uj)(void *user, uint32_t *drawn); /* microjoules, may wrap; or NULL */
	/* The answer of this turn: 1 right, 0 wrong, else the function failed; or NULL. */
	int (*right)(void *user, int variant, int turn);
	void *user;
	float idle_watts; /* what energy_uj() would count in an idle second */
	int turns;        /* inferences to measure, 1 to MRT_CALIBRATE_TURNS */
	int warm;         /* inferences before, 0 to 1000 */
	int percentile;   /* that is the latency, 1 to 100; 0: 50, the median */
};

/* Measures each variant's latency and, where it is told how, watts and quality. MRT_CALLBACK,
 * MRT_CLOCK (backwards, or standing), MRT_ENERGY (the same, or less than idle), MRT_ARGUMENT: the
 * table is as it was. */
int mrt_calibrate(struct mrt_variant *table, int count, const struct mrt_meter *);

/* ---- choosing */

/* The best first, and each cooler (watts * latency / period) than those before it: variants that
 * are neither better nor cooler than another are left out. */
struct mrt_variants {
	struct mrt_heat_choice choice[MRT_VARIANTS]; /* for mrt_heat_init(), as long as it runs */
	float period[MRT_VARIANTS];
	unsigned char variant[MRT_VARIANTS];
	int choices;
	float owed; /* see mrt_variant_heat.h */
};

/* MRT_ARGUMENT, or MRT_UNMEASURED if a quality or latency is not known: as it was. */
int mrt_variants_init(struct mrt_variants *, const struct mrt_variant *table, int count);

/* The first choice whose latency is at most its period, of requests that come each period_ms;
 * none: the last. */
int mrt_choice_in_time(const struct mrt_variants *, float period_ms);

struct mrt_selection {
	int variant;  /* to run: the table's number; negative: none */
	int choice;   /* which it is */
	float period; /* until the next inference, in periods of the requests; so its deadline */
};

/* What a choice stands for. A negative one is a code that says why nothing can run now, with its
 * sign turned, and is returned. */
int mrt_select(const struct mrt_variants *, int choice, struct mrt_selection *);

#ifdef __cplusplus
}
#endif

#endif
