/* plan_check.h: whether a planned graph reads what it wrote; shares no code with the scheduler. */
#ifndef PLAN_CHECK_H
#define PLAN_CHECK_H

#include "ir/ir.h"

/*
 * Runs the nodes in their order on memory in which every byte says whose it is: which byte of
 * which tensor.  NULL: every read finds what it should, every buffer lies inside its memory and
 * on its boundary.  Else what is wrong.
 */
const char *plan_error(const Graph *);

/*
 * The most bytes of the work area that hold something still wanted, at any one node, each buffer
 * rounded up to a multiple.
 */
int64_t plan_bound(const Graph *, int multiple);

/* Whether two tensors with bytes in the work area are wanted at the same time. */
bool plan_meet(const Graph *, int tensor, int other);

#endif
