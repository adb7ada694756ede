/*
 * shapes: one inference, statically planned.
 *
 * Written by mcompile 0.1 from shapes.tflite for target c.
 * Bit-exact to TensorFlow Lite Micro's reference kernels.
 * This file is yours: output of mcompile is under no licence's conditions.
 */
#ifndef SHAPES_H
#define SHAPES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHAPES_WORK_BYTES 1920

#define SHAPES_IMAGE_COUNT 1024 /* 1x32x32x1 of int8_t */
#define SHAPES_IMAGE_SCALE 0.00392156886f /* real = scale * (stored - zero) */
#define SHAPES_IMAGE_ZERO (-128)

#define SHAPES_SCORES_COUNT 8 /* 1x8 of int8_t */
#define SHAPES_SCORES_SCALE 0.00390625f /* real = scale * (stored - zero) */
#define SHAPES_SCORES_ZERO (-128)

#ifndef SHAPES_WORK_ATTR
#define SHAPES_WORK_ATTR /* a section, say */
#endif

#ifdef __cplusplus
#define SHAPES_ALIGN alignas(8)
#else
#define SHAPES_ALIGN _Alignas(8)
#endif

/* All the memory the model needs, its input included; the caller's, wherever it lies:
 * static SHAPES_WORK_ATTR shapes_work work; */
typedef struct {
	SHAPES_ALIGN unsigned char mem[SHAPES_WORK_BYTES];
} shapes_work;

/* Write the input here before each run; the run destroys it. */
int8_t *shapes_image(shapes_work *work);

/* One inference.  Several may run at once, each with a work area of its own. */
void shapes_run(shapes_work *work, int8_t scores[8]);

/* Rounds half away from zero and saturates. */
static inline int8_t
shapes_quantize_image(float real)
{
	float v = real / SHAPES_IMAGE_SCALE;
	const int low = -128, high = 127;

	if (!(v > -1024.0f))
		return (int8_t)low;
	if (v > 1024.0f)
		return (int8_t)high;
	int q = (int)v;
	float rest = v - (float)q;
	q += (rest >= 0.5f) - (rest <= -0.5f) + SHAPES_IMAGE_ZERO;
	return (int8_t)(q < low ? low : q > high ? high : q);
}

static inline float
shapes_dequantize_image(int8_t stored)
{
	return SHAPES_IMAGE_SCALE * (float)(stored - SHAPES_IMAGE_ZERO);
}

/* Rounds half away from zero and saturates. */
static inline int8_t
shapes_quantize_scores(float real)
{
	float v = real / SHAPES_SCORES_SCALE;
	const int low = -128, high = 127;

	if (!(v > -1024.0f))
		return (int8_t)low;
	if (v > 1024.0f)
		return (int8_t)high;
	int q = (int)v;
	float rest = v - (float)q;
	q += (rest >= 0.5f) - (rest <= -0.5f) + SHAPES_SCORES_ZERO;
	return (int8_t)(q < low ? low : q > high ? high : q);
}

static inline float
shapes_dequantize_scores(int8_t stored)
{
	return SHAPES_SCORES_SCALE * (float)(stored - SHAPES_SCORES_ZERO);
}

#ifdef __cplusplus
}
#endif

#endif
