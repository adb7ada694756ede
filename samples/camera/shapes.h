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
#define SHAPES_IMAGE_ROWS 32 /* to push, the first first */
#define SHAPES_IMAGE_ROW_COUNT 32
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

/* How far each layer is, in rows. */
typedef struct {
	int16_t feed_x0_r;
	int16_t pushed, begun;
} shapes_rows;

/* All the memory the model needs beside its inputs; the caller's, wherever it lies:
 * static SHAPES_WORK_ATTR shapes_work work; */
typedef struct {
	SHAPES_ALIGN unsigned char mem[SHAPES_WORK_BYTES];
	shapes_rows done;
} shapes_work;

/*
 * One inference: begin, then all SHAPES_IMAGE_ROWS rows, from the first on, as many at a time
 * as there are: 0 do no harm.  Rows stay the caller's: they are read during the call and not
 * after it.  Then finish.  Several may go on at once, each with a work area of its own.
 * push and finish return 0, or one of these, having done nothing:
 */
enum {
	SHAPES_NOT_BEGUN = 1, /* begin comes first, and again after finish */
	SHAPES_TOO_MANY_ROWS, /* more than are missing */
	SHAPES_NEGATIVE_ROWS,
	SHAPES_TOO_FEW_ROWS /* finish: push those that are missing */
};
void shapes_begin(shapes_work *work);
int shapes_push(shapes_work *work, const int8_t *image, int rows);
int shapes_finish(shapes_work *work, int8_t scores[8]);

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
