/* conv2d_f32.c: any convolution of floats, in tiles of 4 pixels. */
#include "reals.h"

/* What pixels of a row share. */
typedef struct {
	const float *const *x; /* the rows under the window */
	const float *w, *bias;
	int in_w, in_c, kernel_h, kernel_w, stride, dilation, pad, x_step, y_step;
	float low, high;
} Window;

/* Of each of some pixels `outputs` outputs from o on.  Of several all windows are inside the image. */
static inline __attribute__((always_inline)) void
convolve_tile(float *y, const Window *k, int p, int o, int pixels, int outputs)
{
	const int left = p * k->stride - k->pad;
	const float *w = weights_from(k->w, o, k->kernel_h * k->kernel_w * k->in_c * W_BLOCK);
	RealTile sum;

	begin_tile(sum, k->bias + o, outputs);
	for (int i = 0; i < k->kernel_h; i++) {
		for (int j = 0; j < k->kernel_w; j++) {
			int column = left + j * k->dilation;

			if (pixels == 1 && (column < 0 || column >= k->in_w))
				continue;
			add_inputs(sum, k->x[i] + column * k->x_step, k->stride * k->x_step,
				w + (i * k->kernel_w + j) * k->in_c * W_BLOCK, k->in_c, pixels, outputs);
		}
	}
	end_tile(y + p * k->y_step + o, sum, k->y_step, pixels, outputs, k->low, k->high);
}

/* A row's outputs from o on; windows of pixels first to end are inside the image. */
static inline __attribute__((always_inline)) void
convolve_row(float *y, const Window *k, int out_w, int first, int end, int o, int outputs)
{
	for (int p = 0; p < first; p++)
		convolve_tile(y, k, p, o, 1, outputs);
	for (int p = first; p + TILE_PIXELS <= end; p += TILE_PIXELS)
		convolve_tile(y, k, p, o, TILE_PIXELS, outputs);
	for (int p = end - (end - first) % TILE_PIXELS; p < out_w; p++)
		convolve_tile(y, k, p, o, 1, outputs);
}

/*
 * y = clamp(bias + sum of x * w), one row of pixels of out_c channels.  x: the kernel_h
 * rows under the window.
 * w_16x1: of each block of 16 outputs, filled up with zeros, 16 weights for each tap and input.
 * cost: out_w * out_c * (kernel_h * kernel_w * (in_c + 2) * 6 / 10 + 4)
 */
void
conv2d_f32_hvx(float *restrict y, const float *const *x, const float *restrict w_16x1,
	const float *restrict bias, int in_w, int in_c, int out_w, int out_c, int kernel_h,
	int kernel_w, int stride_w, int dilation_w, int pad_left, int x_step, int y_step, float y_low,
	float y_high)
{
	const Window k = { x, w_16x1, bias, in_w, in_c, kernel_h, kernel_w, stride_w, dilation_w,
		pad_left, x_step, y_step, y_low, y_high };
	/* how many pixels' windows begin outside the image, and how many end inside it */
	const int outside = (pad_left + stride_w - 1) / stride_w;
	const int inside = (in_w + pad_left - (kernel_w - 1) * dilation_w + stride_w - 1) / stride_w;
	const int first = outside < out_w ? outside : out_w;
	const int until = inside < out_w ? inside : out_w;
	const int end = until > first ? until : first;

	for (int o = 0; o + TILE_OUTPUTS <= out_c; o += TILE_OUTPUTS)
		convolve_row(y, &k, out_w, first, end, o, TILE_OUTPUTS);
	for (int o = out_c / TILE_OUTPUTS * TILE_OUTPUTS; o < out_c; o++) /* the last output */
		convolve_row(y, &k, out_w, first, end, o, 1);
}
