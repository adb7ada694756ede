/* Weights files of any bytes and any length, many with a digest that is right for them, for models
 * of any figures: MRT_OK if and only if each field is the model's and the digest is the bytes'. */
#include "../../runtime-min/mrt_sha256.h"
#include "../../runtime-min/mrt_weights.h"
#include "any.h"

enum { LONGEST = 400, SHIFT = 16 };

static void
put(unsigned char *at, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

static void
digest_of(const unsigned char *file, size_t bytes, unsigned char *digest)
{
	unsigned char copy[LONGEST];
	struct mrt_sha256 sha;
	memcpy(copy, file, bytes);
	memset(copy + MRT_WEIGHTS_DIGEST_AT, 0, MRT_SHA256_BYTES);
	mrt_sha256_begin(&sha);
	mrt_sha256_add(&sha, copy, bytes);
	mrt_sha256_end(&sha, digest);
}

/* As mcompile writes it, for a file that may be longer or shorter than it says. */
static void
fill(unsigned char *file, size_t bytes, const struct mrt_weights_model *model)
{
	unsigned char header[MRT_WEIGHTS_HEADER] = MRT_WEIGHTS_MAGIC;
	put(header + MRT_WEIGHTS_VERSION_AT, MRT_WEIGHTS_VERSION, 4);
	put(header + MRT_WEIGHTS_HEADER_AT, MRT_WEIGHTS_HEADER, 4);
	put(header + MRT_WEIGHTS_BYTES_AT, model->bytes, 8);
	put(header + MRT_WEIGHTS_ID_AT, model->id, 8);
	put(header + MRT_WEIGHTS_ALIGN_AT, model->align, 4);
	for (size_t i = 0; i < bytes; i++)
		file[i] = i < sizeof header ? header[i] : (unsigned char)dice();
}

/* A bit, a field, or some bytes. */
static void
damage(unsigned char *file, size_t bytes)
{
	static const int fields[] = { 0, MRT_WEIGHTS_VERSION_AT, MRT_WEIGHTS_HEADER_AT,
		MRT_WEIGHTS_BYTES_AT, MRT_WEIGHTS_ID_AT, MRT_WEIGHTS_ALIGN_AT,
		MRT_WEIGHTS_ZEROS_AT, MRT_WEIGHTS_DIGEST_AT };
	static const uint64_t values[] = { 0, 1, 2, 127, 128, 129, INT32_MAX, UINT32_MAX,
		INT64_MAX, UINT64_MAX, (uint64_t)1 << 32 };
	size_t at = below((uint32_t)bytes);
	switch (below(3)) {
	case 0: file[at] ^= (unsigned char)(1 << below(8)); break;
	case 1:
		at = (size_t)fields[below(sizeof fields / sizeof *fields)];
		if (at + 8 <= bytes)
			put(file + at, values[below(sizeof values / sizeof *values)],
				below(2) ? 4 : 8);
		break;
	case 2:
		for (size_t i = at; i < bytes && i < at + 8; i++)
			file[i] = (unsigned char)dice();
		break;
	}
}

static int
is_whole(const unsigned char *file, size_t bytes, const struct mrt_weights_model *model)
{
	unsigned char header[MRT_WEIGHTS_ZEROS_AT], digest[MRT_SHA256_BYTES];
	if (bytes < MRT_WEIGHTS_HEADER || bytes != model->bytes || !model->align ||
		(uintptr_t)file % model->align)
		return 0;
	memcpy(header, MRT_WEIGHTS_MAGIC, MRT_WEIGHTS_VERSION_AT);
	put(header + MRT_WEIGHTS_VERSION_AT, MRT_WEIGHTS_VERSION, 4);
	put(header + MRT_WEIGHTS_HEADER_AT, MRT_WEIGHTS_HEADER, 4);
	put(header + MRT_WEIGHTS_BYTES_AT, model->bytes, 8);
	put(header + MRT_WEIGHTS_ID_AT, model->id, 8);
	put(header + MRT_WEIGHTS_ALIGN_AT, model->align, 4);
	digest_of(file, bytes, digest);
	return memcmp(file, header, sizeof header) == 0 &&
		memcmp(file + MRT_WEIGHTS_DIGEST_AT, digest, sizeof digest) == 0;
}

int
main(int argc, char **argv)
{
	long good = 0, codes[MRT_STATUS_COUNT] = { 0 };
	for (long left = begin(argc, argv); left > 0; left--) {
		size_t bytes = below(3) ?
			MRT_WEIGHTS_HEADER + below(LONGEST - MRT_WEIGHTS_HEADER) :
			below(LONGEST);
		struct mrt_weights_model model = { (uint64_t)dice() << 32 | dice(), bytes,
			(uint32_t)1 << below(5) };
		unsigned char *room = malloc(bytes + SHIFT); /* its end is the file's */
		unsigned char *file = room + (below(3) ? SHIFT : below(SHIFT));
		CHECK(room);
		if (file != room + SHIFT)
			bytes = bytes > SHIFT ? bytes - SHIFT : bytes;
		if (below(8))
			model.bytes = bytes;
		fill(file, bytes, &model);
		for (uint32_t times = below(3); times && bytes; times--)
			damage(file, bytes);
		if (below(3) && bytes >= MRT_WEIGHTS_HEADER)
			digest_of(file, bytes, file + MRT_WEIGHTS_DIGEST_AT);
		if (below(20) == 0)
			model.align = below(2) ? 0 : dice();
		int code = mrt_weights_check(file, bytes, &model);
		CHECK(code >= 0 && code < MRT_STATUS_COUNT);
		CHECK((code == MRT_OK) == is_whole(file, bytes, &model));
		codes[code]++;
		good += code == MRT_OK;
		free(room);
	}
	for (int i = MRT_WEIGHTS_SIZE; i <= MRT_WEIGHTS_DAMAGED; i++)
		CHECK(codes[i]);
	printf("  %ld good files\n", good);
	return !good;
}
