/* Real numbers to what a model's inputs hold, and back from its outputs, whole arrays at a time;
 * scale and zero point are the generated header's: real = scale * (stored - zero).
 *
 *	mrt_quantize_s8(digits_image(&work), pixels, DIGITS_IMAGE_COUNT, DIGITS_IMAGE_SCALE,
 *		DIGITS_IMAGE_ZERO);
 *
 * The bits of the reference's QUANTIZE and DEQUANTIZE: a division in float, rounded to nearest,
 * halves away from zero. What is out of range saturates, infinities too; NaN becomes the least
 * number that can be stored, as in the generated NAME_quantize_*(). No heap, no libm. */
#ifndef MRT_QUANT_H
#define MRT_QUANT_H

#include <stddef.h>
#include <stdint.h>
#include "mrt_status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum mrt_type { MRT_S8, MRT_U8, MRT_S16, MRT_F32 }; /* float is copied */

/* MRT_NAN: all are stored, but some were no numbers. MRT_ARGUMENT: nothing is: the scale is not
 * positive, normal and finite, or the zero point cannot be stored. */
int mrt_quantize(
	enum mrt_type, void *to, const float *from, size_t count, float scale, int zero);
int mrt_dequantize(
	enum mrt_type, float *to, const void *from, size_t count, float scale, int zero);

static inline int
mrt_quantize_s8(int8_t *to, const float *from, size_t count, float scale, int zero)
{
	return mrt_quantize(MRT_S8, to, from, count, scale, zero);
}

static inline int
mrt_dequantize_s8(float *to, const int8_t *from, size_t count, float scale, int zero)
{
	return mrt_dequantize(MRT_S8, to, from, count, scale, zero);
}

static inline int
mrt_quantize_u8(uint8_t *to, const float *from, size_t count, float scale, int zero)
{
	return mrt_quantize(MRT_U8, to, from, count, scale, zero);
}

static inline int
mrt_dequantize_u8(float *to, const uint8_t *from, size_t count, float scale, int zero)
{
	return mrt_dequantize(MRT_U8, to, from, count, scale, zero);
}

static inline int
mrt_quantize_s16(int16_t *to, const float *from, size_t count, float scale, int zero)
{
	return mrt_quantize(MRT_S16, to, from, count, scale, zero);
}

static inline int
mrt_dequantize_s16(float *to, const int16_t *from, size_t count, float scale, int zero)
{
	return mrt_dequantize(MRT_S16, to, from, count, scale, zero);
}

#ifdef __cplusplus
}
#endif

#endif
