/* plan_check.h: whether a planned graph reads what it wrote; shares no code with the scheduler. */
#ifndef PLAN_CHECK_H
#define PLAN_CHECK_H

#include "ir/ir.h"

/*
 * Runs the steps in their order, row by row, on memory in which every byte says whose it is:
 * which byte of which tensor.  NULL: every read finds what it should, every row is made once,
 * every buffer lies inside its memory and on its boundary.  Else what is wrong.
 */
const char *plan_error(const Graph *);

/*
 * The most bytes of the work area that hold something still wanted, at any one step; 0 if there
 * are several images, as steps are those of the first.
 */
int64_t plan_live(const Graph *);

/*
 * Where a tensor's buffer would lie so that its first row destroys a row of another that is
 * wanted later; -1: there is no such place.
 */
int64_t plan_wrong_place(const Graph *, int tensor);

#endif
