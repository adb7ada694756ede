/* max_pool_s8.c: maxima of int8 windows. */
#include "vec.h"

/* Of up to BYTES channels from c on, the window's columns from begin to end, few: clang 14 unrolls
 * for many. */
static inline __attribute__((always_inline)) void
pool_some(int8_t *y, const int8_t *const *x, int c, int count, int begin, int end,
	int kernel_h, int x_step, int y_min, int y_max)
{
	Bytes best = same_byte(y_min);

	for (int i = 0; i < kernel_h; i++) {
#pragma GCC unroll 1
		for (int j = begin; j < end; j++)
			best = most_bytes(best, load_bytes(x[i] + j * x_step + c, count));
	}
	store_bytes(y + c, least_bytes(best, same_byte(y_max)), count);
}

/*
 * y = clamp(max of x), over the window's cells inside the image.  x: the kernel_h rows under the
 * window; rows outside hold the least value.
 * cost: out_w * ((out_c + BYTES - 1) / BYTES) * ((LANES > 1 ? 2 : 6) * kernel_h * kernel_w + 8)
 */
void
max_pool_s8_vec(int8_t *restrict y, const int8_t *const *x, int in_w, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step, int y_min,
	int y_max)
{
	const int rest = out_c % BYTES;

	for (int p = 0; p < out_w; p++) {
		int left = p * stride_w - pad_left;
		int begin = left < 0 ? 0 : left;
		int end = left + kernel_w > in_w ? in_w : left + kernel_w;

		for (int c = 0; c + BYTES <= out_c; c += BYTES)
			pool_some(y + p * y_step, x, c, BYTES, begin, end, kernel_h, x_step, y_min, y_max);
		if (rest > 0)
			pool_some(y + p * y_step, x, out_c - rest, rest, begin, end, kernel_h, x_step, y_min,
				y_max);
	}
}
