/* Reads what samples/thermal took each image for, and compares each score with a plain call of
 * the network compiled alone. Arguments: the log, frames to expect, the least share in % of
 * either network. */
#include "../../samples/thermal/frames.h"
#include "../../samples/show.h"
#include "plain_large.h"
#include "plain_small.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static plain_large_work large;
static plain_small_work small;

static float
ink(int frame, int pixel)
{
	return (float)level(frames[frame].pixels[pixel]) / (float)WHITE;
}

static void
run_large(int frame, int8_t scores[CLASSES])
{
	for (int i = 0; i < SIDE * SIDE; i++)
		plain_large_image(&large)[i] = plain_large_quantize_image(ink(frame, i));
	plain_large_run(&large, scores);
}

static void
run_small(int frame, int8_t scores[CLASSES])
{
	for (int i = 0; i < SIDE * SIDE; i++)
		plain_small_image(&small)[i] = plain_small_quantize_image(ink(frame, i));
	plain_small_run(&small, scores);
}

int
main(int argc, char **argv)
{
	long served[2] = { 0, 0 };
	int frame, best, score;
	char name[8];
	FILE *log = argc == 4 ? fopen(argv[1], "r") : NULL;
	if (!log)
		return 2;
	while (fscanf(log, "%d %7s %d", &frame, name, &best) == 3) {
		int is_small = strcmp(name, "small") == 0,
		    same = frame >= 0 && frame < FRAMES;
		int8_t scores[CLASSES];
		if (!same || (!is_small && strcmp(name, "large")))
			break;
		(is_small ? run_small : run_large)(frame, scores);
		for (int i = 0; i < CLASSES; i++)
			same = fscanf(log, "%d", &score) == 1 && score == scores[i] &&
				same;
		if (!same || best != best_of(scores, CLASSES))
			break;
		served[is_small]++;
	}
	int whole = feof(log);
	long sum = served[0] + served[1], least = sum * strtol(argv[3], NULL, 10) / 100;
	printf("  %ld by the large network, %ld by the small one\n", served[0],
		served[1]);
	fclose(log);
	return !whole || sum < strtol(argv[2], NULL, 10) || served[0] < least ||
		served[1] < least;
}
