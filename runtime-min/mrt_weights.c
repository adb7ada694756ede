/* Whether bytes are a model's weights file, whole and undamaged. */
#include "mrt_weights.h"
#include "mrt_sha256.h"

static uint64_t
number(const unsigned char *at, int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static int
differs(const unsigned char *a, const void *b, int bytes)
{
	const unsigned char *other = b;

	for (int i = 0; i < bytes; i++)
		if (a[i] != other[i])
			return 1;
	return 0;
}

static int
check_header(const unsigned char *file, size_t bytes, const struct mrt_weights_model *model)
{
	if (bytes < MRT_WEIGHTS_HEADER)
		return MRT_WEIGHTS_SIZE;
	if (differs(file, MRT_WEIGHTS_MAGIC, MRT_WEIGHTS_VERSION_AT))
		return MRT_WEIGHTS_OTHER_KIND;
	if (number(file + MRT_WEIGHTS_VERSION_AT, 4) != MRT_WEIGHTS_VERSION ||
		number(file + MRT_WEIGHTS_HEADER_AT, 4) != MRT_WEIGHTS_HEADER)
		return MRT_WEIGHTS_OTHER_VERSION;
	if (number(file + MRT_WEIGHTS_ID_AT, 8) != model->id)
		return MRT_WEIGHTS_OTHER_MODEL;
	if (number(file + MRT_WEIGHTS_BYTES_AT, 8) != model->bytes || bytes != model->bytes)
		return MRT_WEIGHTS_SIZE;
	if (number(file + MRT_WEIGHTS_ALIGN_AT, 4) != model->align ||
		(uintptr_t)file % model->align)
		return MRT_WEIGHTS_MISALIGNED;
	return MRT_OK;
}

static int
check_digest(const unsigned char *file, size_t bytes)
{
	struct mrt_sha256 sha;
	unsigned char digest[MRT_SHA256_BYTES] = { 0 };

	mrt_sha256_begin(&sha);
	mrt_sha256_add(&sha, file, MRT_WEIGHTS_DIGEST_AT);
	mrt_sha256_add(&sha, digest, sizeof digest); /* zeros for itself */
	mrt_sha256_add(&sha, file + MRT_WEIGHTS_HEADER, bytes - MRT_WEIGHTS_HEADER);
	mrt_sha256_end(&sha, digest);
	return differs(file + MRT_WEIGHTS_DIGEST_AT, digest, sizeof digest) ?
		MRT_WEIGHTS_DAMAGED :
		MRT_OK;
}

int
mrt_weights_check(const void *file, size_t bytes, const struct mrt_weights_model *model)
{
	if (!file || !model || !model->align)
		return MRT_ARGUMENT;

	int status = check_header(file, bytes, model);

	return status == MRT_OK ? check_digest(file, bytes) : status;
}
