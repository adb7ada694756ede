/* row_mean_f32.c: means of floats inside a row: over its pixels, over channels, or both. */

/*
 * y = sum of x / their number
 * cost: 5 * in_w * in_c
 */
void
row_mean_f32_ref(float *restrict y, const float *restrict x, int in_w, int in_c, int out_w, int out_c,
	int x_step, int y_step)
{
	const int pixels = in_w / out_w, channels = in_c / out_c; /* to one of y */

	for (int p = 0; p < out_w; p++) {
		for (int c = 0; c < out_c; c++) {
			const float *from = x + p * pixels * x_step + c * channels;
			float sum = 0;

			for (int i = 0; i < pixels; i++)
				for (int k = 0; k < channels; k++)
					sum += from[i * x_step + k];
			y[p * y_step + c] = sum / (float)(pixels * channels);
		}
	}
}
