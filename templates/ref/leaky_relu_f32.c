/* leaky_relu_f32.c: leaky ReLU of floats: another slope below zero. */

/*
 * y = x, below zero alpha * x
 * cost: 6 * out_w * out_c
 * in place
 */
void
leaky_relu_f32_ref(float *y, const float *x, int out_w, int out_c, int x_step, int y_step,
	float alpha)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = x[p * x_step + c] > 0 ?
				x[p * x_step + c] :
				x[p * x_step + c] * alpha;
}
