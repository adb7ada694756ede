/*
 * Quantizing and back: against the compiler's reference kernels, against the formula in double for
 * every type, at every half and its neighbours, and for what is no number.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "../../runtime-min/mrt_quant.h"
#include "check.h"
#include "digits.h"

void quantize_f32_s8_ref(int8_t *restrict y, const float *restrict x, int out_w, int out_c,
	int x_step, int y_step, int y_zero, float y_scale);
void dequantize_s8_f32_ref(float *restrict y, const int8_t *restrict x, int out_w, int out_c,
	int x_step, int y_step, int x_zero, float x_scale);

enum { TURNS = 2000, COUNT = 256 };
static uint64_t state = 1;

/* The three types as one. */
static const struct type {
	const char *name;
	int low, high;
} types[] = { { "s8", INT8_MIN, INT8_MAX }, { "u8", 0, UINT8_MAX }, { "s16", INT16_MIN, INT16_MAX } };
enum { S8, U8, S16, TYPES };

static int
quantize(int type, int32_t *to, const float *from, int count, float scale, int zero)
{
	int8_t s8[COUNT];
	uint8_t u8[COUNT];
	int16_t s16[COUNT];
	size_t n = (size_t)count;
	int status = type == S8 ? mrt_quantize_s8(s8, from, n, scale, zero) :
		type == U8 ? mrt_quantize_u8(u8, from, n, scale, zero) :
		mrt_quantize_s16(s16, from, n, scale, zero);

	for (int i = 0; i < count && status != MRT_ARGUMENT; i++)
		to[i] = type == S8 ? s8[i] : type == U8 ? u8[i] : s16[i];
	return status;
}

static int
dequantize(int type, float *to, const int32_t *from, int count, float scale, int zero)
{
	int8_t s8[COUNT];
	uint8_t u8[COUNT];
	int16_t s16[COUNT];
	size_t n = (size_t)count;

	for (int i = 0; i < count; i++) {
		s8[i] = (int8_t)from[i];
		u8[i] = (uint8_t)from[i];
		s16[i] = (int16_t)from[i];
	}
	return type == S8 ? mrt_dequantize_s8(to, s8, n, scale, zero) :
		type == U8 ? mrt_dequantize_u8(to, u8, n, scale, zero) :
		mrt_dequantize_s16(to, s16, n, scale, zero);
}

/* What TensorFlow Lite computes: TfLiteRound(x / scale) + zero, clamped; round() is exact. */
static int32_t
formula(int type, float real, float scale, int zero)
{
	double q = round((double)(real / scale)) + zero;

	return q > types[type].high ? types[type].high : q > types[type].low ? (int32_t)q :
		types[type].low;
}

static int
any_zero(int type)
{
	int span = types[type].high - types[type].low + 1, kind = (int)(dice(&state) % 4);

	return kind == 0 ? types[type].low : kind == 1 ? types[type].high :
		types[type].low + (int)(dice(&state) % (uint32_t)span);
}

static float
any_float(void)
{
	uint32_t bits = dice(&state);
	float f;

	if (dice(&state) % 2)
		return (float)(int32_t)bits / (float)(1 << dice(&state) % 31);
	memcpy(&f, &bits, sizeof f);
	return f;
}

static float
any_scale(void)
{
	float scale = fabsf(any_float());

	return scale >= FLT_MIN && scale <= FLT_MAX ? scale : 1.0f / 255;
}

static bool
same(int type, const float *real, int count, float scale, int zero)
{
	int32_t got[COUNT];
	bool numbers = true, right = true;
	int status = quantize(type, got, real, count, scale, zero);

	for (int i = 0; i < count; i++) {
		numbers &= !isnan(real[i]);
		int32_t wanted = isnan(real[i]) ? types[type].low : formula(type, real[i], scale, zero);
		if (got[i] != wanted) {
			printf("  %s: %a / %a + %d: %d, not %d\n", types[type].name, (double)real[i],
				(double)scale, zero, (int)got[i], (int)wanted);
			right = false;
		}
	}
	return right && status == (numbers ? MRT_OK : MRT_NAN);
}

static bool
random_numbers(int type)
{
	bool right = true;

	for (int turn = 0; turn < TURNS && right; turn++) {
		float real[COUNT], scale = any_scale();
		for (int i = 0; i < COUNT; i++)
			real[i] = i % 2 ? any_float() : scale * (float)(dice(&state) % 70000) / 7;
		right = same(type, real, COUNT, scale, any_zero(type));
	}
	return right;
}

/* Every half of the range, just below and just above, of both signs. */
static bool
halves(int type)
{
	const float scale = 1.0f / 64; /* so that all is exact */
	bool right = true;

	for (int half = types[type].low * 2 - 3; half < types[type].high * 2 + 4; half++) {
		float x = (float)half / 2 * scale;
		float real[] = { x, nextafterf(x, INFINITY), nextafterf(x, -INFINITY), -x };
		right &= same(type, real, 4, scale, any_zero(type));
	}
	return right;
}

/* The generated header's function for one number. */
static bool
against_generated(void)
{
	bool right = true;

	for (int half = -600; half <= 600; half++) {
		float x = (float)half / 2 * DIGITS_IMAGE_SCALE;
		float real[] = { x, nextafterf(x, INFINITY), nextafterf(x, -INFINITY), any_float(),
			half % 2 ? NAN : -NAN, half % 2 ? INFINITY : -INFINITY };
		for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
			int8_t got, one = digits_quantize_image(real[i]);
			mrt_quantize_s8(&got, real + i, 1, DIGITS_IMAGE_SCALE, DIGITS_IMAGE_ZERO);
			right &= got == one;
			one = digits_quantize_scores(real[i]);
			mrt_quantize_s8(&got, real + i, 1, DIGITS_SCORES_SCALE, DIGITS_SCORES_ZERO);
			right &= got == one;
		}
	}
	/* the greatest number below a half: a half more would round to 1 */
	float below = nextafterf(DIGITS_SCORES_SCALE / 2, 0);
	return right && digits_quantize_scores(below) == DIGITS_SCORES_ZERO;
}

static bool
against_ref(void)
{
	bool right = true;

	for (int turn = 0; turn < TURNS && right; turn++) {
		float real[COUNT], wanted_real[COUNT], got_real[COUNT], scale = any_scale();
		int8_t wanted[COUNT], got[COUNT];
		int zero = any_zero(S8);
		for (int i = 0; i < COUNT; i++)
			real[i] = any_float();
		quantize_f32_s8_ref(wanted, real, 1, COUNT, COUNT, COUNT, zero, scale);
		mrt_quantize_s8(got, real, COUNT, scale, zero);
		dequantize_s8_f32_ref(wanted_real, wanted, 1, COUNT, COUNT, COUNT, zero, scale);
		mrt_dequantize_s8(got_real, got, COUNT, scale, zero);
		right = !memcmp(wanted, got, sizeof got) &&
			!memcmp(wanted_real, got_real, sizeof got_real);
	}
	return right;
}

/* Every number that can be stored becomes scale * (stored - zero), rounded once, and comes back. */
static bool
back(int type)
{
	bool right = true;

	for (int32_t q = types[type].low; q <= types[type].high; q++) {
		const float scale = ldexpf(any_scale() >= 1 ? 0.8f : 1.3f, (int)(dice(&state) % 40) - 20);
		const int zero = any_zero(type);
		float real;
		int32_t again;
		right &= dequantize(type, &real, &q, 1, scale, zero) == MRT_OK &&
			real == (float)((double)scale * (q - zero)) &&
			quantize(type, &again, &real, 1, scale, zero) == MRT_OK && again == q;
	}
	return right;
}

static bool
no_numbers(int type)
{
	float real[] = { NAN, -NAN, INFINITY, -INFINITY, 0, -0.0f, FLT_MAX, -FLT_MAX };
	enum { REALS = sizeof real / sizeof *real };
	const int zero = (types[type].low + types[type].high) / 2, low = types[type].low,
		high = types[type].high;
	const int32_t wanted[REALS] = { low, low, high, low, zero, zero, high, low };
	int32_t got[REALS];

	return quantize(type, got, real, REALS, 0.5f, zero) == MRT_NAN &&
		!memcmp(got, wanted, sizeof got) &&
		quantize(type, got, real + 2, REALS - 2, 0.5f, zero) == MRT_OK &&
		!memcmp(got, wanted + 2, sizeof got - 2 * sizeof *got);
}

static bool
arguments(int type)
{
	const float bad[] = { 0, -1, NAN, INFINITY, -INFINITY, FLT_MIN / 2 };
	int32_t q = 1;
	float real = 1;
	bool right = quantize(type, &q, &real, 0, 1, types[type].low) == MRT_OK;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		right &= quantize(type, &q, &real, 1, bad[i], types[type].low) == MRT_ARGUMENT &&
			dequantize(type, &real, &q, 1, bad[i], types[type].low) == MRT_ARGUMENT;
	right &= quantize(type, &q, &real, 1, 1, types[type].low - 1) == MRT_ARGUMENT &&
		quantize(type, &q, &real, 1, 1, types[type].high + 1) == MRT_ARGUMENT &&
		quantize(type, &q, NULL, 1, 1, types[type].low) == MRT_ARGUMENT &&
		quantize(type, &q, NULL, 0, 1, types[type].low) == MRT_OK &&
		dequantize(type, NULL, &q, 1, 1, types[type].low) == MRT_ARGUMENT &&
		dequantize(type, &real, &q, 1, 1, types[type].high + 1) == MRT_ARGUMENT;
	return right && q == 1 && real == 1;
}

int
main(void)
{
	bool (*const tests[])(int) = { random_numbers, halves, back, no_numbers, arguments };
	static const char *const names[] = { "random", "halves", "back", "no numbers", "arguments" };

	for (size_t t = 0; t < sizeof tests / sizeof *tests; t++)
		for (int type = 0; type < TYPES; type++) {
			char what[64];
			snprintf(what, sizeof what, "quant/%s/%s", names[t], types[type].name);
			say(tests[t](type), what);
		}
	say(against_ref(), "quant/ref kernels");
	say(against_generated(), "quant/the generated function");
	return 0;
}
