/* staircase.h: a channel's sums to stored values, and cheaper arithmetic that gives the same. */
#ifndef STAIRCASE_H
#define STAIRCASE_H

#include <stdbool.h>
#include <stdint.h>

#include "codegen.h"

/*
 * One channel's sums to stored values, which never fall as the sums grow; and lines
 * that give the same: y = round(sum * scale + offset), halves to even, or what is before the point
 * of it, then clamped.
 */
typedef struct {
	bool real;    /* rounds sum * scale; else requantize(sum, mult, shift) */
	double scale;
	int32_t mult;
	int shift, zero, least, most; /* y's zero point and bounds */
	int32_t low, high;            /* the sums that there may be */
	int from, to;                 /* set by find_edges(): what those give */
	int32_t edge[UINT8_MAX];      /* the least sum for each y above `from` */
} Stairs;
typedef enum {
	ROUNDED,
	CUT,      /* what is before the point, less 128 */
	MIRRORED, /* the same with -offset for offset below zero; y's zero point is added at the end */
	LINE_KINDS
} LineKind;
typedef struct {
	LineKind kind;
	Fineness fine;
} Form;
typedef struct {
	double scale, offset;
	double rest; /* if split or in double: sum * scale + (sum * rest + offset) */
	int32_t start; /* added to the sum first: 0 if MIRRORED */
} Line;
typedef struct {
	float scale, offset; /* of the float whose bits are start + sum: rounded to a whole one */
	int64_t start;
} Swift;
enum { HIGH_BITS = 32, HIGH_SHIFT_MOST = 22 };
typedef struct {
	int factor, shift; /* y = (add + (factor * (sum + start) * mult >> 32)) >> shift */
	int32_t mult, add, start;
} High;
int stored(const Stairs *, int32_t sum);
void find_edges(Stairs *);
bool find_line(const Stairs *, Form, Line *);
bool find_swift(const Stairs *, Swift *);
/* Of the line that has most room between the edges; 0: there are none; below: none has. */
double widest_scale(const Stairs *);
bool find_high(const Stairs *, double scale, High *); /* of the factor and shift given */

#endif
