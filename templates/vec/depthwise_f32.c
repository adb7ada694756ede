/* depthwise_f32.c: convolution of floats, each channel by itself. */
#include <assert.h>

#include "floats.h"

enum { FILTER_PIXELS = 4 }; /* at once */

/* What pixels of a row share. */
typedef struct {
	const float *const *x; /* the rows under the window */
	const float *w, *bias;
	int in_w, out_c, kernel_h, kernel_w, stride, dilation, pad, x_step, y_step;
	float low, high;
} Plane;

/* Channels from c on of a pixel whose window may reach outside the image. */
static inline __attribute__((always_inline)) void
filter_pixel(float *y, const Plane *k, int p, int c, int count)
{
	Floats sum = load_floats(k->bias + c, count);

	for (int i = 0; i < k->kernel_h; i++) {
		for (int j = 0; j < k->kernel_w; j++) {
			int column = p * k->stride - k->pad + j * k->dilation;

			if (column < 0 || column >= k->in_w)
				continue;
			sum = fused_floats(load_floats(k->x[i] + column * k->x_step + c, count),
				load_floats(k->w + (i * k->kernel_w + j) * k->out_c + c, count), sum);
		}
	}
	store_floats(y + p * k->y_step + c, clamp_floats(sum, k->low, k->high), count);
}

/* Of four pixels whose windows are inside. */
static inline __attribute__((always_inline)) void
filter_four(float *y, const Plane *k, int p, int c, int count)
{
	const int step = k->stride * k->x_step, left = (p * k->stride - k->pad) * k->x_step + c;
	Floats a = load_floats(k->bias + c, count), b = a, d = a, e = a;

	for (int i = 0; i < k->kernel_h; i++) {
		for (int j = 0; j < k->kernel_w; j++) {
			const float *x = k->x[i] + left + j * k->dilation * k->x_step;
			Floats w = load_floats(k->w + (i * k->kernel_w + j) * k->out_c + c, count);

			a = fused_floats(load_floats(x, count), w, a);
			b = fused_floats(load_floats(x + step, count), w, b);
			d = fused_floats(load_floats(x + 2 * step, count), w, d);
			e = fused_floats(load_floats(x + 3 * step, count), w, e);
		}
	}
	y += p * k->y_step + c;
	store_floats(y, clamp_floats(a, k->low, k->high), count);
	store_floats(y + k->y_step, clamp_floats(b, k->low, k->high), count);
	store_floats(y + 2 * k->y_step, clamp_floats(d, k->low, k->high), count);
	store_floats(y + 3 * k->y_step, clamp_floats(e, k->low, k->high), count);
}

/* A row's channels from c on; windows of pixels first to end are inside the image. */
static inline __attribute__((always_inline)) void
filter_row(float *y, const Plane *k, int out_w, int first, int end, int c, int count)
{
	for (int p = 0; p < first; p++)
		filter_pixel(y, k, p, c, count);
	for (int p = first; p + FILTER_PIXELS <= end; p += FILTER_PIXELS)
		filter_four(y, k, p, c, count);
	for (int p = end - (end - first) % FILTER_PIXELS; p < out_w; p++)
		filter_pixel(y, k, p, c, count);
}

/*
 * y = clamp(bias + sum of x * w), one row of pixels of out_c channels.  x: the kernel_h
 * rows under the window.  w: kernel_h rows of kernel_w pixels of out_c.
 * cost: out_w * ((out_c + LANES - 1) / LANES) * (3 * kernel_h * kernel_w / 2 + 5)
 */
void
depthwise_f32_vec(float *restrict y, const float *const *x, const float *restrict w,
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

	for (int c = 0; c + LANES <= out_c; c += LANES)
		filter_row(y, &k, out_w, first, end, c, LANES);
	/* the last channels */
	for (int c = out_c / LANES * LANES; c < out_c; c += LANES)
		filter_row(y, &k, out_w, first, end, c, out_c - c);
}
