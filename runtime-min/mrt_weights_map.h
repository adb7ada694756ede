/* Maps a weights file into memory, checked: mrt_weights_posix.c or mrt_weights_windows.c.
 *
 *	struct mrt_weights weights = { NULL, 0 };
 *
 *	status = mrt_weights_map(&weights, "digits.bin", &model);
 *	if (status == MRT_OK)
 *		digits_open(&work, weights.data, weights.bytes);
 *
 * To replace weights map the new ones into another struct, open them, then unmap the old. A new
 * file takes the place of the old one by a rename: one that is written to, or cut short, while
 * it is mapped changes, or fails, under the model. */
#ifndef MRT_WEIGHTS_MAP_H
#define MRT_WEIGHTS_MAP_H

#include "mrt_weights.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mrt_weights {
	const void *data; /* NULL: nothing is mapped */
	size_t bytes;
};

/* Unless MRT_OK nothing has changed: what *weights held is still mapped. */
int mrt_weights_map(struct mrt_weights *, const char *path, const struct mrt_weights_model *);

/* Not before all models that opened them are done. Twice does no harm. */
void mrt_weights_unmap(struct mrt_weights *);

#ifdef __cplusplus
}
#endif

#endif
