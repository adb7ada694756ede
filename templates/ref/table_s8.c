/* table_s8.c: any function of one int8. */
#include <stdint.h>

/*
 * y = table[x + 128]
 * cost: 4 * out_w * out_c
 * in place
 */
void
table_s8_ref(int8_t *y, const int8_t *x, const int8_t *restrict table, int out_w, int out_c,
	int x_step, int y_step)
{
	for (int p = 0; p < out_w; p++)
		for (int c = 0; c < out_c; c++)
			y[p * y_step + c] = table[x[p * x_step + c] + 128];
}
