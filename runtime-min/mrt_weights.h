/* Checks a weights file (mcompile --weights bin) before a model runs on it, wherever it lies: in
 * flash, in RAM, or mapped (mrt_weights_map.h).
 *
 *	static const struct mrt_weights_model model = MRT_WEIGHTS_OF(DIGITS); from digits.h
 *
 *	status = mrt_weights_check(file, bytes, &model);
 *	if (status == MRT_OK)
 *		digits_open(&work, file, bytes);
 *
 * No heap, no globals, no libc. */
#ifndef MRT_WEIGHTS_H
#define MRT_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>
#include "mrt_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The file: a header, all of it little-endian, then the arrays as the generated code has them. */
#define MRT_WEIGHTS_MAGIC "mcompile" /* 8 bytes, the first */
enum {
	MRT_WEIGHTS_VERSION_AT = 8, /* 4 bytes */
	MRT_WEIGHTS_HEADER_AT = 12, /* 4 bytes: MRT_WEIGHTS_HEADER */
	MRT_WEIGHTS_BYTES_AT = 16,  /* 8 bytes: of the whole file */
	MRT_WEIGHTS_ID_AT = 24,     /* 8 bytes: the first of the arrays' SHA-256 */
	MRT_WEIGHTS_ALIGN_AT = 32,  /* 4 bytes: what the file's address is a multiple of */
	MRT_WEIGHTS_ZEROS_AT = 36,  /* up to the digest */
	MRT_WEIGHTS_DIGEST_AT = 96, /* SHA-256 of the whole file, taken with zeros here */
	MRT_WEIGHTS_HEADER = 128,   /* a multiple of every target's alignment */
	MRT_WEIGHTS_VERSION = 2
};

/* What a model asks for: its header's NAME_WEIGHTS_ID, _BYTES and _ALIGN. */
struct mrt_weights_model {
	uint64_t id, bytes;
	uint32_t align;
};
#define MRT_WEIGHTS_OF(NAME) \
	{ NAME##_WEIGHTS_ID, NAME##_WEIGHTS_BYTES, NAME##_WEIGHTS_ALIGN }

/* MRT_OK: these bytes are this model's weights, every bit of them. Reads all once. */
int mrt_weights_check(const void *file, size_t bytes, const struct mrt_weights_model *);

#ifdef __cplusplus
}
#endif

#endif
