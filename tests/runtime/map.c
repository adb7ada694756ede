/* What an application does with a weights file: maps it, and runs the model on it. */
#include <stdio.h>

#include "digits.h"
#include "mrt_weights_map.h"

static digits_work work;

int
main(int argc, char **argv)
{
	const struct mrt_weights_model model = MRT_WEIGHTS_OF(DIGITS);
	struct mrt_weights weights = { NULL, 0 };
	int8_t scores[DIGITS_SCORES_COUNT];
	const char *path = argc > 1 ? argv[1] : "digits.bin";
	int status = mrt_weights_map(&weights, path, &model);

	if (status != MRT_OK || digits_open(&work, weights.data, weights.bytes)) {
		fprintf(stderr, "%s: %s\n", path, mrt_message(status));
		return 1;
	}
	for (int i = 0; i < DIGITS_IMAGE_COUNT; i++)
		digits_image(&work)[i] = digits_quantize_image(0);
	digits_run(&work, scores);
	for (int i = 0; i < DIGITS_SCORES_COUNT; i++)
		printf("%d\n", scores[i]);
	mrt_weights_unmap(&weights);
	return 0;
}
