/* quantize_f32_s8.c: float to int8: eight at a time. */
#include "dot128.h"

/* By a scale, one by one: Helium divides none.  What is no number becomes small. */
static inline __attribute__((always_inline)) float32x4_t
over_scale(float32x4_t x, float scale)
{
	register float32x4_t v __asm__("q0"); /* whose parts are s0 to s3 */

	v = x;
	__asm__("vdiv.f32 s0, s0, %1\n\tvdiv.f32 s1, s1, %1\n\tvdiv.f32 s2, s2, %1\n\tvdiv.f32 s3, s3, %1"
		: "+w"(v) : "t"(scale));
	return vmaxnmq_f32(v, vdupq_n_f32(-(float)(1 << 22)));
}

/* Four values or the first count: x / scale to the nearest integer, halves away from zero. */
static inline __attribute__((always_inline)) int32x4_t
quantize_four(const float *x, int count, float scale)
{
	const float32x4_t v = count >= 4 ? vldrwq_f32(x) : vldrwq_z_f32(x, vctp32q((uint32_t)count));

	return vcvtaq_s32_f32(over_scale(v, scale));
}

/*
 * y = clamp(round(x / y_scale) + y_zero), halves away from zero
 * cost: 8 + 5 * out_w * out_c / 8 + 3 * (x_step + y_step > 2 * out_c) * out_w
 */
void
quantize_f32_s8_mve(int8_t *restrict y, const float *restrict x, int out_w, int out_c, int x_step,
	int y_step, int y_zero, float y_scale)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		const float *from = x + p * x_step;
		int8_t *to = y + p * y_step;

		for (int c = 0; c + 8 <= run; c += 8) {
			const int32x4_t low = quantize_four(from + c, 4, y_scale);
			const int32x4_t v = narrow_two(low, quantize_four(from + c + 4, 4, y_scale), y_zero,
				INT8_MIN, INT8_MAX);

			store_lanes(to + c, v, 4);
			store_lanes(to + c + 4, third_bytes(v), 4);
		}
		for (int c = run / 8 * 8; c < run; c += 4) {
			const int32x4_t low = quantize_four(from + c, run - c, y_scale);

			store_lanes(to + c, narrow_two(low, low, y_zero, INT8_MIN, INT8_MAX), run - c);
		}
	}
}
