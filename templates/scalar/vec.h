/* vec.h: what kernels of vec/ are written in, in plain C: one number at once, or four bytes. */
#ifndef VEC_H
#define VEC_H

#include <stdint.h>
#include <string.h>

#include "../common/fixed.h"

typedef int32_t Ints; /* of 32 bits */
typedef struct {
	int8_t byte[4];
} Bytes; /* as many as four Ints have lanes */
typedef float Floats;
enum { LANES = 1, BYTES = 4 };

/* ---- 32-bit numbers, wrapping */

static inline Ints
same_int(int x)
{
	return x;
}

static inline Ints
load_ints(const int32_t *x)
{
	return *x;
}

static inline void
store_ints(int32_t *y, Ints v)
{
	*y = v;
}

static inline Ints
add_ints(Ints a, Ints b)
{
	return (Ints)((uint32_t)a + (uint32_t)b);
}

static inline Ints
subtract_ints(Ints a, Ints b)
{
	return (Ints)((uint32_t)a - (uint32_t)b);
}

static inline Ints
multiply_ints(Ints a, Ints b)
{
	return (Ints)((uint32_t)a * (uint32_t)b);
}

/* x where a > b, else y. */
static inline Ints
where_greater(Ints a, Ints b, Ints x, Ints y)
{
	return a > b ? x : y;
}

/* Of numbers of 16 bits. */
static inline Ints
multiply_shorts(Ints a, Ints b)
{
	return a * b;
}

static inline Ints
left_ints(Ints v, int bits)
{
	return (Ints)((uint32_t)v << bits);
}

/* The sign stays. */
static inline Ints
right_ints(Ints v, int bits)
{
	return v >> bits;
}

/* ---- bytes */

/* The first count of them; the others are 0. */
static inline Bytes
load_bytes(const void *x, int count)
{
	Bytes v = { { 0 } };

	memcpy(&v, x, count < BYTES ? (size_t)count : sizeof v);
	return v;
}

static inline void
store_bytes(void *y, Bytes v, int count)
{
	memcpy(y, &v, count < BYTES ? (size_t)count : sizeof v);
}

static inline Bytes
same_byte(int x)
{
	const int8_t b = (int8_t)x;

	return (Bytes){ { b, b, b, b } };
}

/* x where a >= b, else y, byte by byte. */
#ifdef __ARM_FEATURE_DSP
static inline Bytes
where_not_less(Bytes a, Bytes b, Bytes x, Bytes y)
{
	uint32_t word[4];

	memcpy(word, (const Bytes[4]){ a, b, x, y }, sizeof word);
	__asm__("ssub8 %0, %0, %1\n\tsel %0, %2, %3"
		: "+&r"(word[0]) : "r"(word[1]), "r"(word[2]), "r"(word[3]) : "cc");
	memcpy(&x, word, sizeof x);
	return x;
}
#else
static inline Bytes
where_not_less(Bytes a, Bytes b, Bytes x, Bytes y)
{
	for (int k = 0; k < BYTES; k++)
		x.byte[k] = a.byte[k] >= b.byte[k] ? x.byte[k] : y.byte[k];
	return x;
}
#endif

static inline Bytes
most_bytes(Bytes a, Bytes b)
{
	return where_not_less(a, b, a, b);
}

static inline Bytes
least_bytes(Bytes a, Bytes b)
{
	return where_not_less(a, b, b, a);
}

static inline Bytes
differing_bits(Bytes a, Bytes b)
{
	for (int k = 0; k < BYTES; k++)
		a.byte[k] = (int8_t)(a.byte[k] ^ b.byte[k]);
	return a;
}

/* Int8 as 32-bit numbers. */
static inline void
widen_bytes(Ints to[4], Bytes v)
{
	for (int k = 0; k < 4; k++)
		to[k] = v.byte[k];
}

/* And back, saturating. */
static inline Bytes
narrow_ints(const Ints x[4])
{
	Bytes v;

	for (int k = 0; k < 4; k++)
		v.byte[k] = (int8_t)clamp(x[k], INT8_MIN, INT8_MAX);
	return v;
}

/* table[x + 128] of each byte. */
static inline Bytes
look_up(Bytes x, const int8_t *table)
{
	for (int k = 0; k < BYTES; k++)
		x.byte[k] = table[x.byte[k] + 128];
	return x;
}

/* zero + x * mult / 2^31 * 2^shift, rounded twice, mult > 0. */
static inline Ints
requantize_ints(Ints x, int mult, int shift, int zero)
{
	return requantize(x, mult, shift) + zero;
}

/* ---- squares */

enum { SQUARE = 4 };

/* y[i][j] = x[j][i] of 4 rows of 4 bytes. */
static inline void
turn_square(char *y, int y_step, const char *x, int x_step)
{
	for (int i = 0; i < SQUARE; i++)
		for (int j = 0; j < SQUARE; j++)
			y[i * y_step + j] = x[j * x_step + i];
}

/* ---- floats */

static inline Floats
same_float(float x)
{
	return x;
}

/* The first count of them, all if there are as many. */
static inline Floats
load_floats(const float *x, int count)
{
	return count > 0 ? *x : 0;
}

static inline void
store_floats(float *y, Floats v, int count)
{
	if (count > 0)
		*y = v;
}

static inline Floats
add_floats(Floats a, Floats b)
{
	return a + b;
}

static inline Floats
subtract_floats(Floats a, Floats b)
{
	return a - b;
}

static inline Floats
multiply_floats(Floats a, Floats b)
{
	return a * b;
}

static inline Floats
divide_floats(Floats a, Floats b)
{
	return a / b;
}

/* The greater; b where one is no number. */
static inline Floats
most_floats(Floats a, Floats b)
{
	return a > b ? a : b;
}

/* The lesser; b where one is no number. */
static inline Floats
least_floats(Floats a, Floats b)
{
	return a < b ? a : b;
}

/* a * b + c; rounded once or twice, as the machine likes. */
static inline Floats
fused_floats(Floats a, Floats b, Floats c)
{
	return a * b + c;
}

/* Toward zero. */
static inline Ints
truncate_floats(Floats x)
{
	return (Ints)x;
}

static inline Floats
real_ints(Ints x)
{
	return (Floats)x;
}

#endif
