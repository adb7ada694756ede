/* Every image by every variant of the bundle `dig`, in turn, on one work area: the recorded
 * scores, and on random bytes those of the model compiled alone. MODE: 0 full, 1 const, 2 push. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "dig.h"
#include "digits.h"
#include "images.h"
#ifdef RUNTIME
#include "mrt_variant.h"
#endif

enum { IMAGES = (int)(sizeof images / sizeof *images), RANDOM = 50 };

static dig_work work;
static digits_work alone;
static uint32_t state = 1;

static int
level(char pixel)
{
	return pixel <= '9' ? pixel - '0' : pixel - 'a' + 10;
}

static int
infer(int variant, const int8_t input[DIG_IMAGE_COUNT], int8_t scores[DIG_SCORES_COUNT])
{
#if MODE == 0
	int8_t *at = dig_image(&work, variant);

	if (at)
		memcpy(at, input, DIG_IMAGE_COUNT);
	return dig_run(&work, variant, scores);
#elif MODE == 1
	return dig_run(&work, variant, input, scores);
#else
	int bad = dig_begin(&work, variant);

	for (int row = 0; row < DIG_IMAGE_ROWS && !bad; row++)
		bad = dig_push(&work, variant, input + DIG_IMAGE_ROW_COUNT * row, 1);
	return bad ? bad : dig_finish(&work, variant, scores);
#endif
}

static int
try_image(int variant, const Image *image)
{
	int8_t input[DIG_IMAGE_COUNT], scores[DIG_SCORES_COUNT];
	int best = 0;

	for (int k = 0; k < DIG_IMAGE_COUNT; k++)
		input[k] = dig_quantize_image(variant, (float)level(image->pixels[k]) / (float)WHITE);
	if (infer(variant, input, scores))
		return 1;
	for (int k = 1; k < CLASSES; k++)
		best = scores[k] > scores[best] ? k : best;
	if (variant == OTHER) /* another model: the same answers, not the same scores */
		return best != image->label || dig_dequantize_scores(variant, scores[best]) < 0.5f;
	return memcmp(scores, image->scores, sizeof scores) != 0;
}

static int
try_bytes(int variant)
{
	int8_t input[DIG_IMAGE_COUNT], scores[DIG_SCORES_COUNT], expected[DIG_SCORES_COUNT];

	for (int k = 0; k < DIG_IMAGE_COUNT; k++) {
		state = state * 1664525u + 1013904223u;
		input[k] = (int8_t)(int)((state >> 24) - 128u);
	}
	memcpy(digits_image(&alone), input, sizeof input);
	digits_run(&alone, expected);
	return infer(variant, input, scores) || memcmp(scores, expected, sizeof scores);
}

#ifdef RUNTIME
static int
run(void *user, int variant, int turn)
{
	(void)user;
	return try_image(variant, images + turn % IMAGES);
}

static int
clock_us(void *user, uint32_t *now)
{
	uint32_t *us = user;

	*now = *us += 250; /* made up, so that the figures are known */
	return 0;
}

/* The generated table, measured, to choices. */
static int
runtime(void)
{
	static struct mrt_variant table[DIG_VARIANTS] = DIG_TABLE;
	const struct mrt_meter meter = { .run = run, .clock_us = clock_us, .user = &state, .turns = 10 };
	struct mrt_variants variants;
	struct mrt_selection now;
	int bad = table[DIG_FAST].quality != 0.97f || table[DIG_HALF].period != 2 ||
		table[DIG_FAST].latency_ms != 4 || table[DIG_TIGHT].watts != 0 ||
		strcmp(table[DIG_TIGHT].name, "tight") != 0;

	bad |= mrt_variants_init(&variants, table, DIG_VARIANTS) != MRT_UNMEASURED;
	bad |= mrt_calibrate(table, DIG_VARIANTS, &meter) != MRT_OK;
	for (int i = 0; i < DIG_VARIANTS; i++)
		bad |= table[i].latency_ms != 0.25f;
	bad |= mrt_variants_init(&variants, table, DIG_VARIANTS) != MRT_OK || variants.choices != 2;
	bad |= mrt_select(&variants, 1, &now) || now.variant != DIG_HALF || now.period != 2;
	bad |= mrt_select(&variants, mrt_choice_in_time(&variants, 1), &now) || now.variant != DIG_FAST;
	return bad | try_image(now.variant, images);
}
#endif

int
main(void)
{
	int8_t input[DIG_IMAGE_COUNT] = { 0 }, scores[DIG_SCORES_COUNT];
	int bad = sizeof work > DIG_WORK_BYTES;

#ifdef DIG_WEIGHTS_BYTES
	static _Alignas(64) unsigned char weights[DIG_WEIGHTS_BYTES];
	FILE *f = fopen("dig/dig.bin", "rb");
	bad |= !f || fread(weights, sizeof weights, 1, f) != 1 || fclose(f) != 0;
	bad |= dig_open(&work, weights, sizeof weights) != 0;
	bad |= dig_open(&work, weights, sizeof weights - 1) == 0; /* what was opened stays */
#endif
	for (int n = 0; n < IMAGES * DIG_VARIANTS; n++)
		bad += try_image(n % DIG_VARIANTS, images + n % IMAGES);
	for (int n = 0; n < RANDOM; n++)
		bad += n % DIG_VARIANTS != OTHER && try_bytes(n % DIG_VARIANTS);
	bad += infer(DIG_VARIANTS, input, scores) != DIG_NO_VARIANT;
	bad += infer(-2, input, scores) != DIG_NO_VARIANT;
#ifdef RUNTIME
	bad += runtime();
#endif
	printf("%d wrong\n", bad);
	return bad != 0;
}
