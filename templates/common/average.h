/* average.h: the end of global average pooling. */
#ifndef AVERAGE_H
#define AVERAGE_H

#include "fixed.h"

/* y = clamp(acc / cells, halves away from zero, - x_bias), of each channel. */
static inline void
averages(int8_t *restrict y, const int32_t *restrict acc, int cells, int out_c, int x_bias, int y_min,
	int y_max)
{
	for (int c = 0; c < out_c; c++) {
		const int32_t sum = acc[c], half = sum > 0 ? cells / 2 : -(cells / 2);

		y[c] = (int8_t)clamp((sum + half) / cells - x_bias, y_min, y_max);
	}
}

#endif
