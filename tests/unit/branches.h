/* branches.h: random graphs with many branches, as .mir. */
#ifndef BRANCHES_H
#define BRANCHES_H

#include "ir/ir.h"

const char *branches(Arena *, uint32_t seed);

#endif
