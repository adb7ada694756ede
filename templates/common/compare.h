/* compare.h: bytes and floats compared; not for kernels: generated code takes them as they are. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stddef.h>

/* Whether two runs of bytes are not the same. */
static int
differ(const void *a, const void *b, size_t bytes)
{
	const unsigned char *p = a, *q = b;

	for (size_t i = 0; i < bytes; i++)
		if (p[i] != q[i])
			return 1;
	return 0;
}

/* Whether a is further from b than 1e-5 of the largest of b. */
static int
apart(const float *a, const float *b, size_t count)
{
	float most = 0;

	for (size_t i = 0; i < count; i++)
		most = b[i] > most ? b[i] : -b[i] > most ? -b[i] : most;
	for (size_t i = 0; i < count; i++)
		if (differ(a + i, b + i, sizeof *a) && (a[i] == a[i] || b[i] == b[i]) &&
		    !(a[i] - b[i] <= most * 1e-5f && b[i] - a[i] <= most * 1e-5f))
			return 1;
	return 0;
}

#endif
