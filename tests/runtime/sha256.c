/* SHA-256: NIST's vectors, and messages that come in pieces. */
#include <stdlib.h>
#include <string.h>

#include "../../runtime-min/mrt_sha256.h"
#include "check.h"

/*
 * FIPS 180-2 appendix B, and NIST's "SHA-256 additional examples"
 * (csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values).
 */
static const struct {
	const char *text;
	size_t bytes, times;
	const char *digest;
} vectors[] = {
	{ "", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 3, 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 1,
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
	  "klmnopqrlmnopqrsmnopqrstnopqrstu", 112, 1,
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
	{ "a", 1, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
	{ "\xbd", 1, 1, "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b" },
	{ "\xc9\x8c\x8e\x55", 4, 1,
		"7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504" },
	{ "\0", 1, 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7" },
	{ "\0", 1, 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb" },
	{ "\0", 1, 57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785" },
	{ "\0", 1, 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b" },
	{ "\0", 1, 1000, "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53" },
	{ "A", 1, 1000, "c2e686823489ced2017f6059b8b239318b6364f6dcd835d0a519105a1eadd6e4" },
	{ "U", 1, 1005, "f4d62ddec0f3dd90ea1380fa16a5ff8dc4c54b21740650f24afc4120903552b0" },
	{ "\0", 1, 1000000, "d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025" },
};

static bool
ends_as(struct mrt_sha256 *sha, const char *digest)
{
	unsigned char got[MRT_SHA256_BYTES];
	char hex[2 * MRT_SHA256_BYTES + 1];

	mrt_sha256_end(sha, got);
	for (int i = 0; i < MRT_SHA256_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", got[i]);
	return !strcmp(hex, digest);
}

/* The whole message at once, from any address, and all pairs of pieces where it is short. */
static bool
is_right(size_t vector)
{
	const size_t bytes = vectors[vector].bytes * vectors[vector].times;
	char *room = malloc(bytes + 4);
	bool right = room != NULL;

	for (size_t shift = 0; shift < 4 && right; shift++) {
		struct mrt_sha256 sha;
		for (size_t i = 0; i < vectors[vector].times; i++)
			memcpy(room + shift + i * vectors[vector].bytes, vectors[vector].text,
				vectors[vector].bytes);
		mrt_sha256_begin(&sha);
		mrt_sha256_add(&sha, room + shift, bytes);
		right = ends_as(&sha, vectors[vector].digest);
		for (size_t first = 0; first <= bytes && bytes <= 1005 && right; first++) {
			mrt_sha256_begin(&sha);
			mrt_sha256_add(&sha, room + shift, first);
			mrt_sha256_add(&sha, room + shift + first, bytes - first);
			right = ends_as(&sha, vectors[vector].digest);
		}
	}
	free(room);
	return right;
}

/* One byte, then two, then three ...: blocks are begun, filled and passed over in all ways. */
static bool
in_pieces(void)
{
	static char message[1000000];
	struct mrt_sha256 sha;
	size_t at = 0;

	memset(message, 'a', sizeof message);
	mrt_sha256_begin(&sha);
	for (size_t piece = 1; at < sizeof message; piece++) {
		size_t left = sizeof message - at, count = piece < left ? piece : left;
		mrt_sha256_add(&sha, message + at, count);
		at += count;
	}
	return ends_as(&sha, vectors[4].digest);
}

int
main(void)
{
	struct mrt_sha256 sha;
	bool right = true;

	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		right &= is_right(i);
		if (!is_right(i))
			printf("  vector %d\n", (int)i);
	}
	say(right, "sha256/vectors");
	say(in_pieces(), "sha256/pieces");
	mrt_sha256_begin(&sha);
	mrt_sha256_add(&sha, NULL, 0);
	say(ends_as(&sha, vectors[0].digest), "sha256/nothing");
	mrt_sha256_begin(&sha);
	mrt_sha256_add(&sha, "abd", 3);
	say(!ends_as(&sha, vectors[1].digest), "sha256/another");
	return 0;
}
