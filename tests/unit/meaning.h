/* meaning.h: what a graph computes, in whole numbers: for tests of passes that must keep it. */
#ifndef MEANING_H
#define MEANING_H

#include "ir/ir.h"

/*
 * Per tensor its values, stored - zero point, in the order of its bytes; NULL: never made.
 * Scales are taken for 1 and multipliers are left out, so that sums stay exact; operators whose
 * rounding sees stored bytes see them here too.  Functions of one value are any injective one.
 * input: per input of the graph its values.
 */
int64_t **meaning(const Graph *, int64_t *const *input);

#endif
