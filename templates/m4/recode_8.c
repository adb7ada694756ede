/* recode_8.c: uint8 to int8 of a zero point 128 less, and back: four at a time. */
#include <stdint.h>
#include <string.h>

/*
 * y = x ^ 0x80
 * cost: out_w * out_c * 7 / 8 + (y_step > out_c) * out_w * 10
 * in place
 */
void
recode_8_m4(uint8_t *y, const uint8_t *x, int out_w, int out_c, int x_step, int y_step)
{
	const int gapless = x_step == out_c && y_step == out_c;
	const int turns = gapless ? 1 : out_w, run = gapless ? out_w * out_c : out_c;

	for (int p = 0; p < turns; p++) {
		const uint8_t *from = x + p * x_step;
		uint8_t *to = y + p * y_step;

#pragma GCC unroll 4
		for (int c = 0; c < run / 4; c++) {
			uint32_t word;

			memcpy(&word, from + 4 * c, sizeof word);
			word ^= 0x80808080;
			memcpy(to + 4 * c, &word, sizeof word);
		}
		for (int c = run / 4 * 4; c < run; c++)
			to[c] = from[c] ^ 0x80;
	}
}
