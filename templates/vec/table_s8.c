/* table_s8.c: any function of one int8. */
#include "vec.h"

/*
 * y = table[x + 128]
 * cost: 10 + (20 + 700 / BYTES) * (out_w * out_c / BYTES + 1 + (x_step + y_step > 2 * out_c) * out_w)
 * in place
 */
void
table_s8_vec(int8_t *y, const int8_t *x, const int8_t *restrict table, int out_w, int out_c,
	int x_step, int y_step)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++)
		for (int c = 0; c < run; c += BYTES)
			store_bytes(y + p * y_step + c, look_up(load_bytes(x + p * x_step + c, run - c), table),
				run - c);
}
