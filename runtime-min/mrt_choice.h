/* One of several ways to run a model, as the thermal policy sees it. */
#ifndef MRT_CHOICE_H
#define MRT_CHOICE_H

struct mrt_heat_choice {
	float quality;    /* 0..1; the best comes first, the last is the safe one */
	float latency_ms; /* of one inference while nothing throttles */
	float watts;      /* drawn while it computes, over idle */
};

#endif
