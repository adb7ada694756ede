/* depthwise_s8.c: convolution of int8, each channel by itself, sixteen channels at a time. */
#include <assert.h>

#include "../common/fixed8.h"

enum { TAPS_MOST = 64, CHANNELS_MOST = 16 };

/* The first count of sixteen values, widened. */
static inline __m256i
load_some16(const int8_t *x, int count)
{
	__m128i v = _mm_setzero_si128();

	if (count >= 16)
		v = _mm_loadu_si128((const __m128i *)x);
	else
		memcpy(&v, x, (size_t)count);
	return _mm256_cvtepi8_epi16(v);
}

/*
 * y = clamp(requantize(bias + sum of (x - x_zero) * (w - w_zero))), one row of pixels of out_c
 * channels.  x: the kernel_h rows under the window.  Taps go in pairs through 16-bit products
 * summed in 32 bits; columns outside read as x_zero, which is in the bias already.
 * cost: out_w * (out_c + 15) / 16 * (5 * kernel_h * kernel_w + 40)
 */
void
depthwise_s8_avx2(int8_t *restrict y, const int8_t *const *x, const int16_t *restrict w_taps,
	const int32_t *restrict bias_8, const int32_t *restrict mult_8,
	const int8_t *restrict shift_8, int in_w, int out_w, int out_c, int kernel_h, int kernel_w,
	int stride_w, int dilation_w, int pad_left, int multiplier, int x_step, int y_step,
	int x_zero, int y_zero, int y_min, int y_max)
{
	assert(multiplier == 1);
	assert(kernel_h * kernel_w <= TAPS_MOST);

	const int taps = kernel_h * kernel_w;
	const int8_t *tap[TAPS_MOST + 1];
	int8_t outside[CHANNELS_MOST];

	memset(outside, x_zero, sizeof outside);
	for (int p = 0; p < out_w; p++) {
		for (int i = 0; i < kernel_h; i++) {
			for (int j = 0; j < kernel_w; j++) {
				int column = p * stride_w + j * dilation_w - pad_left;

				tap[i * kernel_w + j] = column >= 0 && column < in_w ?
					x[i] + column * x_step : NULL;
			}
		}
		tap[taps] = NULL;
		for (int c = 0; c < out_c; c += 16) {
			const int16_t *w = w_taps + c * (taps + taps % 2);
			__m256i low = _mm256_setzero_si256(), high = low;
			int count = out_c - c;

			for (int t = 0; t < taps; t += 2, w += 32) {
				__m256i a = load_some16(tap[t] ? tap[t] + c : outside, count);
				__m256i b = load_some16(tap[t + 1] ? tap[t + 1] + c : outside, count);

				low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b),
					_mm256_loadu_si256((const __m256i *)w)));
				high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b),
					_mm256_loadu_si256((const __m256i *)(w + 16))));
			}
			__m256i sum = _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20),
				_mm256_loadu_si256((const __m256i *)(bias_8 + c)));
			store8(y + p * y_step + c, narrow8(requantize8(sum, mult_8 + c, shift_8 + c),
				y_zero, y_min, y_max), count);
			if (count > 8) {
				sum = _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x31),
					_mm256_loadu_si256((const __m256i *)(bias_8 + c + 8)));
				store8(y + p * y_step + c + 8, narrow8(requantize8(sum, mult_8 + c + 8,
					shift_8 + c + 8), y_zero, y_min, y_max), count - 8);
			}
		}
	}
}
