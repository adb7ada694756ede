/* Sound as a model's rows: a WAV file of 16-bit PCM, mono or stereo, window after window.
 *
 *	mrt_reader_init(&reader, read_file, file);
 *	status = mrt_wav_open(&wav, &reader);
 *	while (status == MRT_OK) {
 *		kws_begin(&work);
 *		status = mrt_rows_wav(&rows, &wav);
 *		if (status == MRT_OK)
 *			kws_finish(&work, scores);
 *	}
 *
 * A row is row_count / channels moments of `channels` numbers: one is the mean of a file's two,
 * two are both the file's one. rows.low and .high are those of -32768 and 32768: -1 and 1, say.
 * Needs mrt_rows.c and mrt_quant.c. */
#ifndef MRT_ROWS_WAV_H
#define MRT_ROWS_WAV_H

#include "mrt_rows.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MRT_WAV_ENDLESS UINT32_MAX /* the length of a stream, not known when it began */

struct mrt_wav {
	struct mrt_reader *reader;
	uint32_t rate; /* moments a second: to be what the model was trained with */
	uint32_t left; /* moments not read yet, or MRT_WAV_ENDLESS */
	int channels;  /* 1 or 2 */
};

/* Reads up to the first moment. */
int mrt_wav_open(struct mrt_wav *, struct mrt_reader *);

/*
 * The next rows->rows rows. MRT_END: nothing was left; MRT_SHORT: less than all rows, those that
 * were whole are pushed. Unless MRT_OK the model lacks rows: begin again.
 */
int mrt_rows_wav(const struct mrt_rows *, struct mrt_wav *);

#ifdef __cplusplus
}
#endif

#endif
