/* copy_nd.c: transposes, slices and copies. */
#include <string.h>

#include "vec.h"

/*
 * y[i0 * y_s0 + i1 * y_s1 ...] = x[x_first + i0 * x_s0 + i1 * x_s1 ...], runs of run
 * bytes, for i0 < n0, i1 < n1 ...; steps and starts in bytes.  A matrix of bytes is turned in
 * squares.
 * cost: 10 + n0 * n1 * n2 * n3 * n4 * n5 * (1 + run / 16 + 2 * (run > 1 || n2 > 1 || x_s0 > 1 || y_s1 > 1))
 */
void
copy_nd_vec(void *restrict y, const void *restrict x, int n0, int n1, int n2, int n3, int n4, int n5,
	int x_s0, int x_s1, int x_s2, int x_s3, int x_s4, int x_s5, int y_s0, int y_s1, int y_s2,
	int y_s3, int y_s4, int y_s5, int x_first, size_t run)
{
	const char *from = (const char *)x + x_first;
	char *to = y;
	const int turns = run == 1 && n2 == 1 && x_s0 == 1 && y_s1 == 1;
	const int rows = turns ? n0 / SQUARE * SQUARE : 0, columns = turns ? n1 / SQUARE * SQUARE : 0;

	for (int i = 0; i < rows; i += SQUARE)
		for (int j = 0; j < columns; j += SQUARE)
			turn_square(to + i * y_s0 + j, y_s0, from + i + j * x_s1, x_s1);
	if (turns) {
		for (int i = 0; i < rows; i++)
			for (int j = columns; j < n1; j++)
				to[i * y_s0 + j] = from[i + j * x_s1];
		for (int i = rows; i < n0; i++)
			for (int j = 0; j < n1; j++)
				to[i * y_s0 + j] = from[i + j * x_s1];
	} else {
		for (int i0 = 0; i0 < n0; i0++)
			for (int i1 = 0; i1 < n1; i1++)
				for (int i2 = 0; i2 < n2; i2++)
					for (int i3 = 0; i3 < n3; i3++)
						for (int i4 = 0; i4 < n4; i4++)
							for (int i5 = 0; i5 < n5; i5++) {
								int a = i0 * x_s0 + i1 * x_s1 + i2 * x_s2 + i3 * x_s3 +
									i4 * x_s4 + i5 * x_s5;
								int b = i0 * y_s0 + i1 * y_s1 + i2 * y_s2 + i3 * y_s3 +
									i4 * y_s4 + i5 * y_s5;

								memcpy(to + b, from + a, run);
							}
	}
}
