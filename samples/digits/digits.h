/*
 * digits: one inference, statically planned.
 *
 * Written by mcompile 0.1 from digits.tflite for target c.
 * Bit-exact to TensorFlow Lite Micro's reference kernels.
 * This file is yours: output of mcompile is under no licence's conditions.
 */
#ifndef DIGITS_H
#define DIGITS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DIGITS_WORK_BYTES 1048

#define DIGITS_IMAGE_COUNT 64 /* 1x8x8x1 of int8_t */
#define DIGITS_IMAGE_SCALE 0.00392156886f /* real = scale * (stored - zero) */
#define DIGITS_IMAGE_ZERO (-128)

#define DIGITS_SCORES_COUNT 10 /* 1x10 of int8_t */
#define DIGITS_SCORES_SCALE 0.00390625f /* real = scale * (stored - zero) */
#define DIGITS_SCORES_ZERO (-128)

#ifndef DIGITS_WORK_ATTR
#define DIGITS_WORK_ATTR /* a section, say */
#endif

#ifdef __cplusplus
#define DIGITS_ALIGN alignas(8)
#else
#define DIGITS_ALIGN _Alignas(8)
#endif

/* All the memory the model needs, its input included; the caller's, wherever it lies:
 * static DIGITS_WORK_ATTR digits_work work; */
typedef struct {
	DIGITS_ALIGN unsigned char mem[DIGITS_WORK_BYTES];
} digits_work;

/* Write the input here before each run; the run destroys it. */
int8_t *digits_image(digits_work *work);

/* One inference.  Several may run at once, each with a work area of its own. */
void digits_run(digits_work *work, int8_t scores[10]);

/* Rounds half away from zero and saturates. */
static inline int8_t
digits_quantize_image(float real)
{
	float v = real / DIGITS_IMAGE_SCALE;
	const int low = -128, high = 127;

	if (!(v > -1024.0f))
		return (int8_t)low;
	if (v > 1024.0f)
		return (int8_t)high;
	int q = (int)v;
	float rest = v - (float)q;
	q += (rest >= 0.5f) - (rest <= -0.5f) + DIGITS_IMAGE_ZERO;
	return (int8_t)(q < low ? low : q > high ? high : q);
}

static inline float
digits_dequantize_image(int8_t stored)
{
	return DIGITS_IMAGE_SCALE * (float)(stored - DIGITS_IMAGE_ZERO);
}

/* Rounds half away from zero and saturates. */
static inline int8_t
digits_quantize_scores(float real)
{
	float v = real / DIGITS_SCORES_SCALE;
	const int low = -128, high = 127;

	if (!(v > -1024.0f))
		return (int8_t)low;
	if (v > 1024.0f)
		return (int8_t)high;
	int q = (int)v;
	float rest = v - (float)q;
	q += (rest >= 0.5f) - (rest <= -0.5f) + DIGITS_SCORES_ZERO;
	return (int8_t)(q < low ? low : q > high ? high : q);
}

static inline float
digits_dequantize_scores(int8_t stored)
{
	return DIGITS_SCORES_SCALE * (float)(stored - DIGITS_SCORES_ZERO);
}

#ifdef __cplusplus
}
#endif

#endif
