/* avg_pool_s8.c: averages of int8 windows, 64 channels at a time. */
#include <assert.h>

#include "fixed512.h"

enum { CELLS_MOST = 2048 };

/*
 * x / cells, to nearest, halves away from zero, by a multiplication: inverse is 2^31 / cells, the
 * next integer above.  With |x| <= 256 * cells the quotient is right for all cells < 2896.
 */
static inline __attribute__((always_inline)) __m512i
divide16(__m512i x, int cells, uint32_t inverse)
{
	const __m512i m = _mm512_set1_epi64(inverse);
	__m512i n = _mm512_add_epi32(_mm512_abs_epi32(x), _mm512_set1_epi32(cells / 2));
	__m512i even = _mm512_srli_epi64(_mm512_mul_epu32(n, m), 31);
	__m512i odd = _mm512_slli_epi64(_mm512_mul_epu32(_mm512_srli_epi64(n, 32), m), 1);
	__m512i v = _mm512_mask_mov_epi32(even, 0xaaaa, odd);

	return _mm512_mask_sub_epi32(v, _mm512_cmplt_epi32_mask(x, _mm512_setzero_si512()),
		_mm512_setzero_si512(), v);
}

/*
 * y = clamp(mean of x + x_bias, halves away from zero) - x_bias, over the window's cells inside
 * the image.  x: the kernel_h rows under the window, valid_h of them inside, the others adding
 * nothing.
 * cost: out_w * ((out_c + 63) / 64) * (10 * kernel_h * kernel_w + 40)
 */
void
avg_pool_s8_avx512vnni(int8_t *restrict y, const int8_t *const *x, int valid_h, int in_w, int out_w,
	int out_c, int kernel_h, int kernel_w, int stride_w, int pad_left, int x_step, int y_step,
	int x_bias, int y_min, int y_max)
{
	assert(kernel_h * kernel_w <= CELLS_MOST);

	for (int p = 0; p < out_w; p++) {
		int left = p * stride_w - pad_left;
		int begin = left < 0 ? 0 : left;
		int end = left + kernel_w > in_w ? in_w : left + kernel_w;
		int cells = valid_h * (end - begin);
		uint32_t inverse = (UINT32_C(1) << 31) / (uint32_t)cells + 1;

		for (int c = 0; c < out_c; c += 64) {
			__m512i zero = _mm512_setzero_si512(), sum[4] = { zero, zero, zero, zero }, v[4];

			for (int i = 0; i < kernel_h; i++) {
				for (int j = begin; j < end; j++) {
					widen64(v, x[i] + j * x_step + c, out_c - c, -x_bias);
					for (int k = 0; k < 4; k++)
						sum[k] = _mm512_add_epi32(sum[k], v[k]);
				}
			}
			for (int k = 0; k < 4; k++)
				sum[k] = divide16(sum[k], cells, inverse);
			store64(y + p * y_step + c, narrow64_zero(sum, -x_bias, y_min, y_max), out_c - c);
		}
	}
}
