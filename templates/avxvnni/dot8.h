/* dot8.h: dot products of bytes for AVX-VNNI, which has them in one step. */
#ifndef DOT8_H
#define DOT8_H

#include <immintrin.h>

enum { TILE_PIXELS = 6 };
enum { SATURATES = 0 }; /* whether sums of two products must not leave 16 bits */

/* Eighths of a cycle for four inputs of eight outputs: of one pixel to one pixel, of windows, of
 * vectors; and cycles for eight outputs more. */
enum { PIXEL_COST = 4, WINDOW_COST = 4, VECTOR_COST = 7, STORE_COST = 2 };

/*
 * sum += x * w, of four bytes in each lane, x without a sign.  With the intrinsic gcc 12 moves and
 * stores every sum before it adds to it.  {vex}: assemblers prefer the code of AVX-512.
 */
static inline __attribute__((always_inline)) __m256i
dot8(__m256i sum, __m256i x, __m256i w)
{
	__asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(x), "x"(w));
	return sum;
}

#endif
