/* avg_pool_s8.c: averages of int8 windows. */
#include <assert.h>

#include "rescale.h"

enum { WINDOW_MOST = 1 << 15 };

/*
 * x / cells, to nearest, halves away from zero; |x| is at most 256 * cells.  The float quotient may be
 * one off where a compiler divides by multiplying (-Ofast); what is left over tells.
 */
static inline __attribute__((always_inline)) Ints
divide_ints(Ints x, int cells)
{
	const Ints zero = same_int(0), one = same_int(1);
	Ints n = where_greater(x, zero, x, subtract_ints(zero, x));

	n = add_ints(n, same_int(cells / 2));
	Ints q = truncate_floats(divide_floats(real_ints(n), same_float((float)cells)));
	Ints rest = subtract_ints(n, multiply_ints(q, same_int(cells)));
	q = add_ints(q, where_greater(rest, same_int(cells - 1), one, zero));
	q = subtract_ints(q, where_greater(zero, rest, one, zero));
	return where_greater(x, zero, q, subtract_ints(zero, q));
}

/*
 * y = clamp(mean of x + x_bias, halves away from zero) - x_bias, over the window's cells inside
 * the image.  x: the kernel_h rows under the window, valid_h of them inside, the others adding
 * nothing.
 * cost: out_w * ((out_c + BYTES - 1) / BYTES) * (10 * kernel_h * kernel_w + 70)
 */
void
avg_pool_s8_vec(int8_t *restrict y, const int8_t *const *x, int valid_h, int in_w, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step,
	int x_bias, int y_min, int y_max)
{
	assert(kernel_h * kernel_w <= WINDOW_MOST);

	for (int p = 0; p < out_w; p++) {
		int left = p * stride_w - pad_left;
		int begin = left < 0 ? 0 : left;
		int end = left + kernel_w > in_w ? in_w : left + kernel_w;
		int cells = valid_h * (end - begin);

		for (int c = 0; c < out_c; c += BYTES) {
			Ints sum[4], v[4];

			for (int k = 0; k < 4; k++)
				sum[k] = same_int(kernel_h * (end - begin) * x_bias);
			for (int i = 0; i < kernel_h; i++) {
				for (int j = begin; j < end; j++) {
					widen_bytes(v, load_bytes(x[i] + j * x_step + c, out_c - c));
					for (int k = 0; k < 4; k++)
						sum[k] = add_ints(sum[k], v[k]);
				}
			}
			for (int k = 0; k < 4; k++)
				sum[k] = subtract_ints(divide_ints(sum[k], cells), same_int(x_bias));
			store_clamped(y + p * y_step + c, sum, out_c - c, y_min, y_max);
		}
	}
}
