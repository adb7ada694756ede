/* SHA-256 (FIPS 180-4) of a message that comes in pieces of any length.
 *
 *	mrt_sha256_begin(&sha);
 *	mrt_sha256_add(&sha, bytes, count);	for each piece
 *	mrt_sha256_end(&sha, digest);
 *
 * No heap, no globals, no libc; 208 bytes of stack on a Cortex-M4. */
#ifndef MRT_SHA256_H
#define MRT_SHA256_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MRT_SHA256_BYTES 32 /* of a digest */
#define MRT_SHA256_BLOCK 64

struct mrt_sha256 {
	uint32_t state[MRT_SHA256_BYTES / 4];
	uint64_t bytes; /* that came so far; those of a block begun are in `block` */
	unsigned char block[MRT_SHA256_BLOCK];
};

void mrt_sha256_begin(struct mrt_sha256 *);
void mrt_sha256_add(struct mrt_sha256 *, const void *data, size_t bytes);
void mrt_sha256_end(struct mrt_sha256 *, unsigned char digest[MRT_SHA256_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
