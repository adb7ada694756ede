/* logistic_f32.c: logistic function of floats. */
#include <math.h>

/* Beyond the two bounds it is exp(x), or 1, to the precision of a float. */
static inline float
logistic(float x)
{
	const float low = -9.0f, high = 16.619047164916992188f;

	return x > high ? 1.0f : x < low ? expf(x) : 1.0f / (1.0f + expf(-x));
}

/*
 * y = 1 / (1 + exp(-x))
 * cost: 60 * out_w * out_c
 * in place
 */
void
logistic_f32_ref(float *y, const float *x, int out_w, int out_c, int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = logistic(x[p * x_step + c]);
}
