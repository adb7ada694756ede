/* Names the shapes in small grey images with the network of shapes.tflite, compiled to
   C: all of them, a line each, or the one whose index is given, drawn. */
#include "images.h"
#include "shapes.h"
#include "show.h"

#include <stdio.h>
#include <string.h>

enum { COUNT = (int)(sizeof images / sizeof *images), RUNS = 200 };

static shapes_work work; /* all the memory that the network needs */

/* The input lies in the work area, and a run destroys it. */
static void
recognise(const Image *image, int8_t scores[CLASSES])
{
	int8_t *input = shapes_image(&work);
	for (int i = 0; i < SIDE * SIDE; i++) {
		float light = (float)level(image->pixels[i]) / (float)WHITE;
		input[i] = shapes_quantize_image(light);
	}
	shapes_run(&work, scores);
}

/* Whether the answer is right and the scores are those of the reference. */
static int
check(const Image *image, int in_full)
{
	int8_t scores[CLASSES];
	recognise(image, scores);
	int best = best_of(scores, CLASSES), right = best == image->label;
	int same = !memcmp(scores, image->scores, sizeof scores);

	if (in_full)
		show_picture(image->pixels, SIDE, WHITE);
	for (int i = 0; in_full && i < CLASSES; i++)
		show_bar(names[i], shapes_dequantize_scores(scores[i]), i == best);
	printf("%-8s  seen as %-8s %5.1f %%  %s, scores %s those of TensorFlow Lite "
	       "Micro\n",
		names[image->label], names[best], (double)shapes_dequantize_scores(scores[best]) * 100,
		right ? "right" : "WRONG", same ? "are" : "are NOT");
	return right && same;
}

static double
measure(void)
{
	static double times[RUNS];
	int8_t scores[CLASSES];
	for (int i = 0; i < RUNS; i++) {
		double start = microseconds();
		recognise(&images[i % COUNT], scores);
		times[i] = microseconds() - start;
	}
	return median(times, RUNS);
}

int
main(int argc, char **argv)
{
	int index = chosen(argc, argv, COUNT, 0), in_full = argc > 1, good = 1;
	if (index < 0)
		return 2;
	for (int i = index; i < (in_full ? index + 1 : COUNT); i++)
		good &= check(&images[i], in_full);
	printf("Work area %d bytes of RAM, input included; %.1f microseconds an image "
	       "(median of"
	       " %d).\n",
		(int)SHAPES_WORK_BYTES, measure(), RUNS);
	return good ? 0 : 1;
}
