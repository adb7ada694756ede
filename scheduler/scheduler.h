/* scheduler.h: when each row of each node runs and where its rows live. */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include "../ir/ir.h"

/* order.c: an order of execution of least peak, found by search; the file's if none is better. */
void order(Graph *);

/* alias.c: views instead of copies, outputs where their last input was. */
void alias(Graph *);

/* stream.c: segments whose nodes run row by row in step, and rings of rows inside them. */
void stream(Graph *);

/* plan.c: offsets in the work area, and the lower bound beside the result. */
void plan(Graph *);
int64_t planned_bytes(const Graph *); /* what plan() would make of it now */
int64_t most_live(const Graph *); /* of an aliased graph: bytes of the work area at once */
/* What holds the most: "while conv runs: image (27648), scratch (64)". */
const char *busiest(const Graph *);
void print_schedule(Text *, const Graph *); /* the steps and buffers that plan() found */

/* steps.c: what rows nodes read and make, and the order in which a segment's nodes take turns. */

/* An operand of a node with code that is no constant. */
typedef struct {
	int node, tensor, class;
	const int *first, *end; /* of each step: see first_row(), end_row(); one more of first */
} Read;

/* A tensor with bytes of its own, and all that lies in it. */
typedef struct {
	bool ours;      /* in the work area */
	bool by_rows;   /* all that lies in it shares its rows, of one image */
	bool images;    /* has several */
	int rows;
	int64_t row_bytes, bytes;
	int first, last; /* nodes with code that touch it; -1: the caller; node_count: an output */
	int *read, reads;   /* in Survey.read */
	int *writer, writers; /* nodes */
} Class;

typedef struct {
	const Graph *g;
	Class *class; /* by storage tensor */
	Read *read;
	int *reads;   /* of node i: read[reads[i]] to read[reads[i + 1]] */
	int *steps;   /* of each node, by rows where it may be; 0: it has no code */
	int **maker;  /* of each tensor: the nodes with code that make its rows, then -1 */
	int *output;  /* of each node: the class that it writes */
} Survey;
Survey *survey_rows(const Graph *);
bool shares_rows(const Graph *, int tensor); /* with its storage: row r of one lies in row r */
bool may_stream(const Survey *, int node);

/* A run of nodes that take turns: how far each is. */
typedef struct {
	const Survey *s;
	int first, end; /* nodes */
	int *done;      /* steps, by node */
} Turns;
int rows_made(const Turns *, int tensor); /* INT_MAX: made before, or whole */
/* Of what lies in a class and comes or goes in the segment: from the first row that somebody still
 * reads up to the last that is written. */
Rows rows_held(const Turns *, const Class *);
/* Whether a node before this one, whose output lies in place, has yet to read the row that the next
 * step overwrites. */
bool wants_old_row(const Turns *, const Read *, int node);
/* The node whose turn it is after a step of node `last` (first - 1: none yet), by the rule of
 * sweeps (docs/kernel-interface.md); -1: all is done. */
int next_turn(const Turns *, int last);

/* apart.c: the buffers of the work area and how far apart they must lie. */
typedef struct {
	int buffer;
	int64_t below, above; /* if it is the lower, the higher: bytes from start to start, at least */
} Near;

typedef struct {
	Buffer *buffer; /* but for offsets */
	int count;
	Near **near; /* of each: the others that it must not lie over as it likes */
	int *nears;
	Step *step;
	int steps;
	int64_t bound; /* the most bytes that are live at a step */
} Apart;
Apart *keep_apart(const Graph *);

#endif
