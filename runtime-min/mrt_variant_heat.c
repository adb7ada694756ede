/* Tells the thermal policy of inferences that answer more than one request, or less. */
#include "mrt_variant_heat.h"

_Static_assert((int)MRT_VARIANTS <= (int)MRT_HEAT_CHOICES, "mrt_heat_init() takes them all");

void
mrt_variants_note(struct mrt_variants *v, struct mrt_heat *heat, int choice, float latency_ms)
{
	if (choice < 0 || choice >= v->choices)
		return;
	for (v->owed += v->period[choice]; v->owed >= 1; v->owed -= 1)
		mrt_heat_note(heat, choice, latency_ms / v->period[choice]);
}
