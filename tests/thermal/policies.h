/* What the policies remember. */
#ifndef POLICIES_H
#define POLICIES_H

#include "sim.h"
#include "../../runtime-min/mrt_heat.h"

struct Baseline { /* temperature thresholds, as applications have them */
	const double *params;
	int choice;
	double since, then_ms, speed; /* seconds in this choice; the last clock */
};

union State {
	int fixed;
	struct Baseline baseline;
	struct mrt_heat heat;
};

#endif
