/* The codes of mrt_status.h in words. */
#include "mrt_status.h"

#define MESSAGE(name, message) message,
static const char *const messages[] = { MRT_STATUSES(MESSAGE) };

const char *
mrt_message(int status)
{
	return status >= 0 && status < MRT_STATUS_COUNT ? messages[status] :
							  "unknown code";
}
