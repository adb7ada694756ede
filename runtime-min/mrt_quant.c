/* Quantizes and dequantizes arrays. */
#include "mrt_quant.h"

#include <float.h>
#include <stdbool.h>

/* What a type holds. */
struct range {
	int low, high;
};
static const struct range ranges[] = { { INT8_MIN, INT8_MAX }, { 0, UINT8_MAX },
	{ INT16_MIN, INT16_MAX } };

static bool
right(enum mrt_type type, const void *to, const void *from, size_t count, float scale, int zero)
{
	if (count && (!to || !from))
		return false;
	if (type == MRT_F32)
		return true;
	return type < MRT_F32 && scale >= FLT_MIN && scale <= FLT_MAX &&
		zero >= ranges[type].low && zero <= ranges[type].high;
}

/* By comparing: x + 1/2 would round 1/2 less a little up. Any |x| < 2^31. */
static int
nearest(float x)
{
	int whole = (int)x;
	float rest = x - (float)whole;

	return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

static int
quantize(float real, float scale, int zero, const struct range *r)
{
	float x = real / scale;

	return x >= (float)(r->high - zero) ? r->high :
		x > (float)(r->low - zero)  ? nearest(x) + zero :
					      r->low;
}

int
mrt_quantize(enum mrt_type type, void *to, const float *from, size_t count, float scale, int zero)
{
	int status = MRT_OK;

	if (!right(type, to, from, count, scale, zero))
		return MRT_ARGUMENT;
	for (size_t i = 0; i < count; i++) {
		if (from[i] != from[i])
			status = MRT_NAN;
		if (type == MRT_F32) {
			((float *)to)[i] = from[i];
			continue;
		}

		int q = quantize(from[i], scale, zero, ranges + type);
		if (type == MRT_S16)
			((int16_t *)to)[i] = (int16_t)q;
		else
			((uint8_t *)to)[i] = (uint8_t)q; /* the same byte as of int8 */
	}
	return status;
}

int
mrt_dequantize(
	enum mrt_type type, float *to, const void *from, size_t count, float scale, int zero)
{
	if (!right(type, to, from, count, scale, zero))
		return MRT_ARGUMENT;
	for (size_t i = 0; i < count; i++) {
		if (type == MRT_F32) {
			to[i] = ((const float *)from)[i];
			continue;
		}

		int q = type == MRT_S8  ? ((const int8_t *)from)[i] :
			type == MRT_U8 ? ((const uint8_t *)from)[i] :
					 ((const int16_t *)from)[i];
		to[i] = scale * (float)(q - zero);
	}
	return MRT_OK;
}
