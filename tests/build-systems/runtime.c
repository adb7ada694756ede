/* Links against runtime-min as installed: prints ok. */
#include "mrt_status.h"

#include <stdio.h>

int
main(void)
{
	puts(mrt_message(MRT_OK));
	return 0;
}
