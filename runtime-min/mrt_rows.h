/* Rows for a model compiled with --input push: from a buffer of real numbers here, from a picture
 * in mrt_rows_pnm.h, from sound in mrt_rows_wav.h, from what else there is by mrt_rows_put().
 *
 *	static int push(void *work, const void *rows, int count)
 *	{
 *		return digits_push(work, rows, count);
 *	}
 *	static int8_t row[DIGITS_IMAGE_ROW_COUNT];
 *
 *	struct mrt_rows rows = { .rows = DIGITS_IMAGE_ROWS, .row_count = DIGITS_IMAGE_ROW_COUNT,
 *		.channels = 1, .type = MRT_S8, .scale = DIGITS_IMAGE_SCALE,
 *		.zero = DIGITS_IMAGE_ZERO, .low = 0, .high = 1, .row = row, .push = push,
 *		.user = &work };
 *
 *	digits_begin(&work);
 *	status = mrt_rows_buffer(&rows, pixels, DIGITS_IMAGE_COUNT);
 *	if (status == MRT_OK)
 *		digits_finish(&work, scores);
 *
 * Needs mrt_quant.c. No heap, no stdio: files come through a function of the application's. */
#ifndef MRT_ROWS_H
#define MRT_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include "mrt_quant.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mrt_rows {
	int rows, row_count; /* NAME_INPUT_ROWS and _ROW_COUNT */
	int channels;       /* the last of the input's dimensions: row_count is a multiple */
	enum mrt_type type; /* what NAME_push() takes */
	float scale;        /* NAME_INPUT_SCALE and _ZERO; of float nothing */
	int zero;
	float low, high; /* real numbers: of black and white; of sound's least and greatest */
	void *row;       /* room for a row */
	uint32_t *sums;  /* room for row_count of these, for pictures */
	int (*push)(void *user, const void *rows, int count); /* not 0: refused */
	void *user;
};

/* All numbers of an input, rows times row_count. MRT_NAN: pushed, but some were no numbers. */
int mrt_rows_buffer(const struct mrt_rows *, const float *numbers, size_t count);

/* ---- for feeders ---- */

/* MRT_ARGUMENT unless rows can be fed. */
int mrt_rows_check(const struct mrt_rows *);

/* Number i of the row. */
int mrt_rows_put(const struct mrt_rows *, int i, float real);

/* The row, when all of it is there. */
int mrt_rows_push(const struct mrt_rows *);

/* Bytes from a function: how many came, at most `bytes`; 0: no more; negative: it failed. */
typedef long mrt_read(void *user, void *to, size_t bytes);

enum { MRT_READER_BYTES = 64 };
struct mrt_reader {
	mrt_read *read;
	void *user;
	int at, count; /* of what came */
	unsigned char buffer[MRT_READER_BYTES];
};

void mrt_reader_init(struct mrt_reader *, mrt_read *, void *user);
int mrt_reader_byte(struct mrt_reader *); /* or -MRT_END, -MRT_READ */

/* A file that is in memory: mrt_reader_init(&reader, mrt_memory_read, &memory). */
struct mrt_memory {
	const unsigned char *at;
	size_t left;
};
long mrt_memory_read(void *memory, void *to, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
