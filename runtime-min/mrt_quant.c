/* Quantizes and dequantizes arrays. */
#include "mrt_quant.h"

#include <float.h>
#include <stdbool.h>

enum kind { S8, U8, S16 };

/* What a kind holds. */
struct range {
	int low, high;
};
static const struct range ranges[] = { { INT8_MIN, INT8_MAX }, { 0, UINT8_MAX },
	{ INT16_MIN, INT16_MAX } };

static bool
wrong(const void *to, const void *from, size_t count, float scale, int zero, struct range r)
{
	return (count && (!to || !from)) || !(scale >= FLT_MIN && scale <= FLT_MAX) ||
		zero < r.low || zero > r.high;
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
quantize(float real, float scale, int zero, struct range r, int *status)
{
	float x = real / scale;

	if (x >= (float)(r.high - zero))
		return r.high;
	if (x > (float)(r.low - zero))
		return nearest(x) + zero;
	if (!(x <= 0))
		*status = MRT_NAN;
	return r.low;
}

/* One function for all kinds: their code is larger than what a switch costs. */
static int
quantize_all(enum kind kind, void *to, const float *from, size_t count, float scale, int zero)
{
	int status = MRT_OK;

	if (wrong(to, from, count, scale, zero, ranges[kind]))
		return MRT_ARGUMENT;
	for (size_t i = 0; i < count; i++) {
		int q = quantize(from[i], scale, zero, ranges[kind], &status);

		switch (kind) {
		case S8: ((int8_t *)to)[i] = (int8_t)q; break;
		case U8: ((uint8_t *)to)[i] = (uint8_t)q; break;
		case S16: ((int16_t *)to)[i] = (int16_t)q; break;
		}
	}
	return status;
}

static int
dequantize_all(enum kind kind, float *to, const void *from, size_t count, float scale, int zero)
{
	if (wrong(to, from, count, scale, zero, ranges[kind]))
		return MRT_ARGUMENT;
	for (size_t i = 0; i < count; i++) {
		int q = kind == S8 ? ((const int8_t *)from)[i] :
			kind == U8 ? ((const uint8_t *)from)[i] :
				     ((const int16_t *)from)[i];

		to[i] = scale * (float)(q - zero);
	}
	return MRT_OK;
}

int
mrt_quantize_s8(int8_t *to, const float *from, size_t count, float scale, int zero)
{
	return quantize_all(S8, to, from, count, scale, zero);
}

int
mrt_quantize_u8(uint8_t *to, const float *from, size_t count, float scale, int zero)
{
	return quantize_all(U8, to, from, count, scale, zero);
}

int
mrt_quantize_s16(int16_t *to, const float *from, size_t count, float scale, int zero)
{
	return quantize_all(S16, to, from, count, scale, zero);
}

int
mrt_dequantize_s8(float *to, const int8_t *from, size_t count, float scale, int zero)
{
	return dequantize_all(S8, to, from, count, scale, zero);
}

int
mrt_dequantize_u8(float *to, const uint8_t *from, size_t count, float scale, int zero)
{
	return dequantize_all(U8, to, from, count, scale, zero);
}

int
mrt_dequantize_s16(float *to, const int16_t *from, size_t count, float scale, int zero)
{
	return dequantize_all(S16, to, from, count, scale, zero);
}
