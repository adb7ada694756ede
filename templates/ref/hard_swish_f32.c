/* hard_swish_f32.c: hard swish of floats. */

static inline float
hard_swish(float x)
{
	float gate = x + 3;

	gate = 0 < gate ? gate : 0;
	gate = gate < 6 ? gate : 6;
	return x * gate / 6;
}

/*
 * y = x * min(max(x + 3, 0), 6) / 6
 * cost: 14 * out_w * out_c
 * in place
 */
void
hard_swish_f32_ref(float *y, const float *x, int out_w, int out_c, int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = hard_swish(x[p * x_step + c]);
}
