/* States and reasons of the thermal policy in words, for those who show or log them. */
#include "mrt_heat.h"

#define TEXT(name, text) text,

const char *
mrt_heat_state_name(int state)
{
	static const char *const names[] = { MRT_HEAT_STATES(TEXT) };
	return state >= 0 && state < MRT_HEAT_STATE_COUNT ? names[state] : "unknown";
}

const char *
mrt_heat_reason_text(int reason)
{
	static const char *const texts[] = { MRT_HEAT_REASONS(TEXT) };
	return reason >= 0 && reason < MRT_HEAT_REASON_COUNT ? texts[reason] : "unknown";
}
