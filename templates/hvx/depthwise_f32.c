/* depthwise_f32.c: convolution of floats, each channel by itself, four pixels at once. */
#include <assert.h>

#include "reals.h"

/* What pixels of a row share. */
typedef struct {
	const float *const *x; /* the rows under the window */
	const float *w, *bias;
	int in_w, out_c, kernel_h, kernel_w, stride, dilation, pad, x_step, y_step;
	float low, high;
} Plane;

/* Channel c of some pixels.  Of several all windows are inside the image. */
static inline __attribute__((always_inline)) void
filter_pixels(float *y, const Plane *k, int p, int c, int pixels)
{
	const int step = k->stride * k->x_step, left = p * k->stride - k->pad;
	float sum[TILE_PIXELS];

	for (int n = 0; n < pixels; n++)
		sum[n] = k->bias[c];
	for (int i = 0; i < k->kernel_h; i++) {
		for (int j = 0; j < k->kernel_w; j++) {
			int column = left + j * k->dilation;

			if (pixels == 1 && (column < 0 || column >= k->in_w))
				continue;
			for (int n = 0; n < pixels; n++)
				sum[n] = __builtin_fmaf(k->x[i][column * k->x_step + c + n * step],
					k->w[(i * k->kernel_w + j) * k->out_c + c], sum[n]);
		}
	}
	for (int n = 0; n < pixels; n++)
		y[(p + n) * k->y_step + c] = clamp_real(sum[n], k->low, k->high);
}

/* A row's channel c; windows of pixels first to end are inside the image. */
static inline __attribute__((always_inline)) void
filter_row(float *y, const Plane *k, int out_w, int first, int end, int c)
{
	for (int p = 0; p < first; p++)
		filter_pixels(y, k, p, c, 1);
	for (int p = first; p + TILE_PIXELS <= end; p += TILE_PIXELS)
		filter_pixels(y, k, p, c, TILE_PIXELS);
	for (int p = end - (end - first) % TILE_PIXELS; p < out_w; p++)
		filter_pixels(y, k, p, c, 1);
}

/*
 * y = clamp(bias + sum of x * w), one row of pixels of out_c channels.  x: the kernel_h
 * rows under the window.  w: kernel_h rows of kernel_w pixels of out_c.
 * cost: out_w * out_c * (kernel_h * kernel_w + 5)
 */
void
depthwise_f32_hvx(float *restrict y, const float *const *x, const float *restrict w,
	const float *restrict bias, int in_w, int out_w, int out_c, int kernel_h, int kernel_w,
	int stride_w, int dilation_w, int pad_left, int multiplier, int x_step, int y_step, float y_low,
	float y_high)
{
	assert(multiplier == 1);

	const Plane k = { x, w, bias, in_w, out_c, kernel_h, kernel_w, stride_w, dilation_w, pad_left,
		x_step, y_step, y_low, y_high };
	/* how many pixels' windows begin outside the image, and how many end inside it */
	const int outside = (pad_left + stride_w - 1) / stride_w;
	const int inside = (in_w + pad_left - (kernel_w - 1) * dilation_w + stride_w - 1) / stride_w;
	const int first = outside < out_w ? outside : out_w;
	const int until = inside < out_w ? inside : out_w;
	const int end = until > first ? until : first;

	for (int c = 0; c < out_c; c++)
		filter_row(y, &k, out_w, first, end, c);
}
