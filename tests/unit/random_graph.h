/* random_graph.h: random graphs as a front end might make them, for tests of passes. */
#ifndef RANDOM_GRAPH_H
#define RANDOM_GRAPH_H

#include "ir/ir.h"

/* One chain of up to `nodes` operators with side branches; every tensor's origin is set. */
Graph *random_graph(Arena *, Diag *, uint32_t seed, int nodes);

#endif
