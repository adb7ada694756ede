/* Chooses, before each inference, the best variant of a model that will still meet its deadline
 * when the device has warmed up: it forecasts the temperature some tens of seconds ahead, with
 * the device's own constants, which it learns. See docs/thermal.md.
 *
 *	mrt_heat_init(&heat, choices, 3, &options);
 *	once a second:        mrt_heat_step(&heat, &reading, now_ms);
 *	before an inference:  choice = mrt_heat_select(&heat);
 *	after it:             mrt_heat_note(&heat, choice, latency_ms);
 *
 * No heap, no libm, no globals; one thread at a time. */
#ifndef MRT_HEAT_H
#define MRT_HEAT_H

#include <stdint.h>
#include "mrt_choice.h"
#include "mrt_status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MRT_HEAT_CHOICES 16 /* at most */
#define MRT_HEAT_BINS 9

/* Zero, or out of 1e-4..1e6: the default, in brackets. mrt_heat_init() takes NULL for all. */
struct mrt_heat_options {
	float period_ms;  /* between requests, and so the deadline [1000] */
	float severe;     /* degrees C of SEVERE, or of a passive trip [42] */
	float resistance; /* K/W, body to ambient: a first guess, rather too high [9] */
	float tau;        /* s, of the body: a first guess, rather too low [500] */
	float margin;     /* degrees to keep from `severe` [0.23] */
	float horizon;    /* s to look ahead [70] */
	float up;         /* degrees more to go up than to stay [1.3] */
	float dwell;      /* s to stay before going up [55] */
	float shock;      /* s of the worst heat from outside to be ready for [79] */
	float memory;     /* s to remember it [740] */
	float surprise;   /* W from outside to be ready for at first [4.9] */
	float spread;     /* degrees that each better choice stays under the next [1.3] */
	float lesson;     /* degrees of margin more for each second in SEVERE [0.013] */
	float pace;       /* s for each going up, in the long run [130] */
};

/* What the sources give: mrt_heat_linux.h and others, or fill it yourself. */
struct mrt_heat_reading {
	float celsius;  /* NaN: unknown */
	float headroom; /* Android's: 1 is SEVERE, 1/30 a degree; NaN: unknown */
	int status;     /* 0 none, 1 light, 2 moderate, 3 severe .. 6; negative: unknown */
};

static inline float /* what the sources give for what they do not know: NaN */
mrt_heat_unknown(void)
{
	const union {
		uint32_t bits;
		float value;
	} nan = { 0x7fc00000 };
	return nan.value;
}

#define MRT_HEAT_STATES(X) \
	X(MRT_HEAT_COOL, "cool") /* the best choice runs, or soon may */ \
	X(MRT_HEAT_WARM, "warm") /* the best choice would get too hot */ \
	X(MRT_HEAT_HOT, "hot") /* only the safe choice is left */ \
	X(MRT_HEAT_CRITICAL, "critical") /* throttled: serve fewer requests if you can */

#define MRT_HEAT_REASONS(X) \
	X(MRT_HEAT_START, "nothing is known yet") \
	X(MRT_HEAT_FINE, "within limits") \
	X(MRT_HEAT_FORECAST, "it would get too hot") \
	X(MRT_HEAT_DEADLINE, "throttled, it would be late") \
	X(MRT_HEAT_DWELL, "waiting before going up") \
	X(MRT_HEAT_STATUS, "the system says severe") \
	X(MRT_HEAT_MISSING, "no temperature") \
	X(MRT_HEAT_STUCK, "the temperature is stuck") \
	X(MRT_HEAT_JUMP, "the temperature jumped") \
	X(MRT_HEAT_RECOVERY, "the sensor is on probation")

#define MRT_HEAT_NAME(name, text) name,
enum mrt_heat_state { MRT_HEAT_STATES(MRT_HEAT_NAME) MRT_HEAT_STATE_COUNT };
enum mrt_heat_reason { MRT_HEAT_REASONS(MRT_HEAT_NAME) MRT_HEAT_REASON_COUNT };
#undef MRT_HEAT_NAME

struct mrt_heat {
	const struct mrt_heat_choice *choices; /* the application's, and it keeps them */
	uint32_t then_ms;                      /* of the last step */
	struct mrt_heat_options options;
	enum mrt_heat_state state;   /* to show or to log */
	enum mrt_heat_reason reason; /* why not a better choice, or none */
	int count, choice, status;
	int started, fault, seen;

	/* The filter: degrees, heat from outside K/s, K/J, and loss 1/s around
	 * `reference`. */
	float x[4], p[4][4], reference, noise, bias;

	float raw, resolution, run, usual_run; /* the sensor's: last, step, s unchanged */
	float good;                            /* s since the last fault */
	float joules, frames, rate, watts;     /* since the step; learned */
	float shortest;                        /* period remembered */
	float speed, speeds[MRT_HEAT_BINS];    /* now, and by degrees under `severe` */
	float outside, peak, worst, feared;    /* drive, slowly; its peak; W */
	float learned;                         /* margin from mishaps */
	float since, tokens;                   /* the last switch, s; goings-up in hand */
};

/* MRT_ARGUMENT unless 1..16 choices with figures of 1e-4 to 1e6; then everything holds but
 * nothing is known, and the safe choice runs until 5 readings have come. */
int mrt_heat_init(struct mrt_heat *, const struct mrt_heat_choice *, int count,
	const struct mrt_heat_options *);

/* At most once a second, with a clock that may wrap and should not go backwards (if it
 * does, the step counts as a second). Returns MRT_OK, or MRT_NO_SENSOR while the sensor
 * fails. */
int mrt_heat_step(struct mrt_heat *, const struct mrt_heat_reading *, uint32_t now_ms);

/* The choice to run now, or -MRT_TOO_HOT when the system says EMERGENCY: run nothing. */
int mrt_heat_select(const struct mrt_heat *);

/* An inference of `choice` took so long. What is out of range is ignored. */
void mrt_heat_note(struct mrt_heat *, int choice, float latency_ms);

/* Requests come at another period from now on. */
int mrt_heat_period(struct mrt_heat *, float period_ms);

/* What has been learned: K/W and s. */
float mrt_heat_resistance(const struct mrt_heat *);
float mrt_heat_tau(const struct mrt_heat *);

/* Of mrt_heat_names.c. */
const char *mrt_heat_state_name(int state);   /* "cool"; never NULL */
const char *mrt_heat_reason_text(int reason); /* "it would get too hot"; never NULL */

#ifdef __cplusplus
}
#endif

#endif
