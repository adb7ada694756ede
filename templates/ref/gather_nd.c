/* gather_nd.c: slices picked by index. */
#include <stdint.h>
#include <string.h>

#include "../common/fixed.h"

/*
 * y[i] = x[x2[i][0]][x2[i][1]] ..., slices of run bytes; x is d0 by d1 by ... slices.
 * An index outside, an error in the references, counts as the nearest one inside.
 * n0: slices of y.  y_s0, x_s0 ...: bytes from one slice to the next.
 * cost: n0 * (10 * depth + 20 + run)
 */
void
gather_nd_ref(void *restrict y, const void *restrict x, const int32_t *restrict x2,
	int n0, int depth, int d0, int d1, int d2, int d3, int d4, int x_s0, int x_s1,
	int x_s2, int x_s3, int x_s4, int y_s0, size_t run)
{
	for (int i = 0; i < n0; i++) {
		const int32_t *index = x2 + i * depth;
		const char *from = x;

		if (depth > 0)
			from += clamp(index[0], 0, d0 - 1) * x_s0;
		if (depth > 1)
			from += clamp(index[1], 0, d1 - 1) * x_s1;
		if (depth > 2)
			from += clamp(index[2], 0, d2 - 1) * x_s2;
		if (depth > 3)
			from += clamp(index[3], 0, d3 - 1) * x_s3;
		if (depth > 4)
			from += clamp(index[4], 0, d4 - 1) * x_s4;
		memcpy((char *)y + i * y_s0, from, run);
	}
}
