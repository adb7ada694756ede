/* copy_nd.c: transposes, slices and copies. */
#include <string.h>

/*
 * y[i0 * y_s0 + i1 * y_s1 ...] = x[x_first + i0 * x_s0 + i1 * x_s1 ...], runs of run
 * bytes, for i0 < n0, i1 < n1 ...; steps and starts in bytes.
 * cost: n0 * n1 * n2 * n3 * n4 * n5 * (20 + run)
 */
void
copy_nd_ref(void *restrict y, const void *restrict x, int n0, int n1, int n2, int n3,
	int n4, int n5, int x_s0, int x_s1, int x_s2, int x_s3, int x_s4, int x_s5,
	int y_s0, int y_s1, int y_s2, int y_s3, int y_s4, int y_s5, int x_first,
	size_t run)
{
	const char *from = (const char *)x + x_first;
	char *to = y;

	for (int i0 = 0; i0 < n0; i0++)
		for (int i1 = 0; i1 < n1; i1++)
			for (int i2 = 0; i2 < n2; i2++)
				for (int i3 = 0; i3 < n3; i3++)
					for (int i4 = 0; i4 < n4; i4++)
						for (int i5 = 0; i5 < n5; i5++) {
							int a = i0 * x_s0 + i1 * x_s1 +
								i2 * x_s2 + i3 * x_s3 +
								i4 * x_s4 + i5 * x_s5;
							int b = i0 * y_s0 + i1 * y_s1 +
								i2 * y_s2 + i3 * y_s3 +
								i4 * y_s4 + i5 * y_s5;

							memcpy(to + b, from + a, run);
						}
}
