/* scheduler.h: when each node runs and where its tensors live. */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include "../ir/ir.h"

/* order.c: an order of execution of least peak, found by search; the file's if none is better. */
void order(Graph *);

/* alias.c: views instead of copies, outputs where their last input was. */
void alias(Graph *);

/* plan.c: offsets in the work area, and the lower bound beside the result. */
void plan(Graph *);
int64_t most_live(const Graph *); /* of an aliased graph: bytes of the work area at once */

#endif
