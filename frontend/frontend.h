/* frontend.h: model files to graphs; what is wrong in them is said by the Diag, which ends. */
#ifndef FRONTEND_H
#define FRONTEND_H

#include "ir/ir.h"

/* tflite/model.c: data stays mapped as long as the graph: constants point into it. */
Graph *read_tflite(Arena *, Diag *, const char *name, const uint8_t *data, size_t size);

/*
 * mir/mir.c: the text need not outlive the call, but the Diag's is a copy of it from then on.
 * name: the graph's if the text gives none; folder: where data files lie, NULL: here.
 */
Graph *read_mir(Arena *, Diag *, const char *name, const char *text, size_t size,
	const char *folder);

#endif
