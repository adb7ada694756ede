/* dice.h: random numbers of a seed. */
#ifndef DICE_H
#define DICE_H

#include <stdint.h>

/* Marsaglia's xorshift32; state: not 0. */
static inline int
throw_dice(uint32_t *state, int sides)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return (int)(*state % (uint32_t)sides);
}

#endif
