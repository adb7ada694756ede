/* Two models in one program, by their self tests, one of them with its weights in a file. */
#include "my_1st_digits.h"
#include "my_shapes.h"

#include <stdio.h>

#ifndef NAME_my_shapes
#error "the target does not know the model's name"
#endif

static my_1st_digits_work digits;
static my_shapes_work shapes;

int
main(void)
{
	static MY_SHAPES_ALIGN unsigned char weights[MY_SHAPES_WEIGHTS_BYTES];
	FILE *file = fopen(WEIGHTS, "rb");

	if (!file || fread(weights, sizeof weights, 1, file) != 1 ||
		my_shapes_open(&shapes, weights, sizeof weights))
		return 1;
	if (my_1st_digits_selftest(&digits) || my_shapes_selftest(&shapes))
		return 2;
	puts("both are right");
	return 0;
}
