/* max_pool_s8.c: maxima of int8 windows, 64 channels at a time. */
#include "fixed512.h"

/*
 * y = clamp(max of x), over the window's cells inside the image.  x: the kernel_h rows under the
 * window; rows outside hold the least value.
 * cost: out_w * ((out_c + 63) / 64) * (2 * kernel_h * kernel_w + 8)
 */
void
max_pool_s8_avx512vnni(int8_t *restrict y, const int8_t *const *x, int in_w, int out_w, int out_c,
	int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step, int y_min,
	int y_max)
{
	for (int p = 0; p < out_w; p++) {
		int left = p * stride_w - pad_left;
		int begin = left < 0 ? 0 : left;
		int end = left + kernel_w > in_w ? in_w : left + kernel_w;

		for (int c = 0; c < out_c; c += 64) {
			__m512i best = _mm512_set1_epi8((char)y_min);

			for (int i = 0; i < kernel_h; i++)
				for (int j = begin; j < end; j++)
					best = _mm512_max_epi8(best, _mm512_maskz_loadu_epi8(first64(out_c - c),
						x[i] + j * x_step + c));
			best = _mm512_min_epi8(best, _mm512_set1_epi8((char)y_max));
			store64(y + p * y_step + c, best, out_c - c);
		}
	}
}
