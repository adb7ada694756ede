/* Recognises a handwritten digit with the network of digits.tflite, compiled to C. */
#include "digits.h"
#include "images.h"
#include "show.h"

#include <stdio.h>
#include <string.h>

enum { COUNT = (int)(sizeof images / sizeof *images), RUNS = 1000 };

static digits_work work; /* all the memory that the network needs */

/* The input lies in the work area, and a run destroys it. */
static void
write_input(const Image *image)
{
	int8_t *input = digits_image(&work);
	for (int i = 0; i < SIDE * SIDE; i++) {
		float ink = (float)level(image->pixels[i]) / (float)WHITE;
		input[i] = digits_quantize_image(ink);
	}
}

/* The scores, and the median time of a run. */
static double
recognise(const Image *image, int8_t scores[CLASSES])
{
	static double times[RUNS];
	for (int i = 0; i < RUNS; i++) {
		write_input(image);
		double start = microseconds();
		digits_run(&work, scores);
		times[i] = microseconds() - start;
	}
	return median(times, RUNS);
}

static void
show(const Image *image, const int8_t scores[CLASSES], int best)
{
	show_picture(image->pixels, SIDE, WHITE);
	for (int i = 0; i < CLASSES; i++)
		show_bar(names[i], digits_dequantize_scores(scores[i]), i == best);
}

int
main(int argc, char **argv)
{
	int index = chosen(argc, argv, COUNT, 7);
	if (index < 0)
		return 2;
	const Image *image = &images[index];
	int8_t scores[CLASSES];
	double time = recognise(image, scores);
	int best = best_of(scores, CLASSES), right = best == image->label;
	int same = !memcmp(scores, image->scores, sizeof scores);

	show(image, scores, best);
	printf("\nThe network says %s, which is %s.\n", names[best],
		right ? "right" : "wrong");
	printf("Its scores are %sthose of TensorFlow Lite Micro, bit for bit.\n",
		same ? "" : "NOT ");
	printf("Work area %d bytes of RAM, input included; %.1f microseconds a run"
	       " (median of %d).\n",
		(int)DIGITS_WORK_BYTES, time, RUNS);
	return right && same ? 0 : 1;
}
