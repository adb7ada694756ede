/* A picture as a model's rows: PGM or PPM, as text or bytes (P2, P3, P5, P6), or bare pixels. Of
 * what is larger than the model's input, the largest part in the middle of its proportions is
 * averaged down, line by line: no picture is ever in memory.
 *
 *	static uint32_t sums[SHAPES_IMAGE_ROW_COUNT]; in rows.sums
 *	static long read_file(void *file, void *to, size_t bytes)
 *	{
 *		return ferror(file) ? -1 : (long)fread(to, 1, bytes, file);
 *	}
 *
 *	mrt_reader_init(&reader, read_file, file);
 *	shapes_begin(&work);
 *	status = mrt_rows_pnm(&rows, &reader); MRT_OK: shapes_finish()
 *
 * Needs mrt_rows.c and mrt_quant.c. */
#ifndef MRT_ROWS_PNM_H
#define MRT_ROWS_PNM_H

#include "mrt_rows.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MRT_PICTURE_SIDE 65535 /* pixels of width or height, at most */

struct mrt_picture {
	int width, height;
	int colours; /* a pixel: 1 grey, or 3 red, green and blue */
	int white;   /* its greatest number, up to 65535; above 255 each has two bytes */
	int text;    /* not 0: decimal numbers instead of bytes */
};

/*
 * The next picture of a file. All of it is read, so that another may follow: MRT_END says that
 * none does. Colours become grey (0.3, 0.59, 0.11) for a model of one channel, grey three equal
 * ones for a model of three. Unless MRT_OK the model lacks rows: begin again.
 */
int mrt_rows_pnm(const struct mrt_rows *, struct mrt_reader *);

/* Pixels that follow at once, of a camera's frame in memory, say. */
int mrt_rows_picture(
	const struct mrt_rows *, struct mrt_reader *, const struct mrt_picture *);

#ifdef __cplusplus
}
#endif

#endif
