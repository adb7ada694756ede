/* global_avg_pool_s8.c: averages of whole images of int8, channel by channel. */
#include <arm_mve.h>
#include <stdint.h>

#include "../common/average.h"

/* acc: 4 * in_c + 12 */
void
global_avg_pool_s8_begin_mve(int32_t *restrict acc, int in_c)
{
	for (int c = 0; c < in_c; c += 4)
		vstrwq_s32(acc + c, vdupq_n_s32(0));
}

/*
 * acc += x + x_bias, for one row of pixels.
 * cost: (in_c + 15) / 16 * (8 * in_w + 10)
 */
void
global_avg_pool_s8_row_mve(int32_t *restrict acc, const int8_t *restrict x, int in_w, int in_c,
	int x_step, int x_bias)
{
	for (int c = 0; c + 16 <= in_c; c += 16) {
		const int8_t *from = x + c;
		int32x4_t first = vaddq_n_s32(vldrwq_s32(acc + c), in_w * x_bias);
		int32x4_t second = vaddq_n_s32(vldrwq_s32(acc + c + 4), in_w * x_bias);
		int32x4_t third = vaddq_n_s32(vldrwq_s32(acc + c + 8), in_w * x_bias);
		int32x4_t fourth = vaddq_n_s32(vldrwq_s32(acc + c + 12), in_w * x_bias);

		for (int p = 0; p < in_w; p++) {
			first = vaddq_s32(first, vldrbq_s32(from));
			second = vaddq_s32(second, vldrbq_s32(from + 4));
			third = vaddq_s32(third, vldrbq_s32(from + 8));
			fourth = vaddq_s32(fourth, vldrbq_s32(from + 12));
			from += x_step;
		}
		vstrwq_s32(acc + c, first);
		vstrwq_s32(acc + c + 4, second);
		vstrwq_s32(acc + c + 8, third);
		vstrwq_s32(acc + c + 12, fourth);
	}
	for (int c = in_c / 16 * 16; c < in_c; c += 4) {
		const mve_pred16_t some = vctp32q((uint32_t)(in_c - c));
		int32x4_t sum = vaddq_n_s32(vldrwq_s32(acc + c), in_w * x_bias);

		for (int p = 0; p < in_w; p++)
			sum = vaddq_s32(sum, vldrbq_z_s32(x + p * x_step + c, some));
		vstrwq_s32(acc + c, sum);
	}
}

/*
 * y = clamp(acc / number of pixels, halves away from zero) - x_bias
 * cost: 8 * out_c
 */
void
global_avg_pool_s8_end_mve(int8_t *restrict y, const int32_t *restrict acc, int in_h, int in_w,
	int out_c, int x_bias, int y_min, int y_max)
{
	averages(y, acc, in_h * in_w, out_c, x_bias, y_min, y_max);
}
