/* real.h: float arithmetic, spelled as the reference spells it. */
#ifndef REAL_H
#define REAL_H

/* A NaN stays one. */
static inline float
clamp_real(float x, float low, float high)
{
	return x < low ? low : high < x ? high : x;
}

#endif
