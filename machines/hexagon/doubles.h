/* doubles.h: doubles taken apart. */
#ifndef DOUBLES_H
#define DOUBLES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	uint64_t high, low;
} Wide;

/* digits * 2^exponent, the highest digit being 1; or 0; or special: infinite or no number. */
typedef struct {
	bool negative;
	int exponent;
	uint64_t digits;
	bool special;
} Parts;

Wide wide_product(uint64_t a, uint64_t b);
double of_bits(uint64_t bits);
uint64_t bits_of(double x);
Parts parts_of(double x);
double round_parts(bool negative, int exponent, uint64_t digits);

#endif
