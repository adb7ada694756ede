/* painted.c: what a Cortex-M image says of its RAM: bytes of the work area and of the stack. */
#include "count.h"
#include "painted.h"

int
main(int argc, char **argv)
{
	(void)argc, (void)argv;
	fill_input();
	print("work ", sizeof work);
	print("stack ", stack_of_run());
	return 0;
}
