/* Recognises a digit with the network of digits.tflite, which the build compiles to C. */
#include "digits.h"

#include <stdio.h>

static digits_work work; /* all the memory that the network needs */

/* As in samples/digits/images.h: a pixel is 0 to 9, then a to g, which is white. */
static const char picture[] =
	"00cgg500"
	"03d8ef10"
	"0000dg00"
	"06ggggd0"
	"069bg950"
	"000eb000"
	"007g2000"
	"00da0000";

static float
level(char pixel)
{
	return (float)(pixel >= 'a' ? pixel - 'a' + 10 : pixel - '0') / 16.0f;
}

int
main(void)
{
	int8_t scores[DIGITS_SCORES_COUNT];
	int best = 0;

	for (int i = 0; i < DIGITS_IMAGE_COUNT; i++)
		digits_image(&work)[i] = digits_quantize_image(level(picture[i]));
	digits_run(&work, scores);
	for (int i = 1; i < DIGITS_SCORES_COUNT; i++)
		if (scores[i] > scores[best])
			best = i;
	printf("The network says %d.\n", best);
	return best != 7;
}
