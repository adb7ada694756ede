/* SHA-256, small rather than fast; section and function names are those of FIPS 180-4. */
#include <stdbool.h>

#include "mrt_sha256.h"

enum {
	ROUNDS = 64,
	WORDS = 16, /* of a block, and of the schedule that is kept */
	STATE = MRT_SHA256_BYTES / 4,
	LENGTH_AT = MRT_SHA256_BLOCK - 8, /* of the message, in bits: ends the last block */
	PAD = 0x80
};

/* 4.2.2: fractions of the cube roots of the first 64 primes. */
static const uint32_t cube_roots[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t
rotate(uint32_t x, int right)
{
	return x >> right | x << (32 - right);
}

/* Word t of the schedule, over the one of 16 words ago that it needs last. */
static uint32_t
next_word(uint32_t w[WORDS], int t)
{
	uint32_t old = w[(t + 1) % WORDS], late = w[(t + 14) % WORDS];

	w[t % WORDS] += (rotate(old, 7) ^ rotate(old, 18) ^ old >> 3) +
		w[(t + 9) % WORDS] + (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
	return w[t % WORDS];
}

/* 6.2.2: a to h are 0 to 7.  Rather than each moving on to the next, places count from -t. */
static void
add_block(uint32_t state[STATE], const unsigned char *block)
{
	uint32_t s[STATE], w[WORDS];

	for (int i = 0; i < STATE; i++)
		s[i] = state[i];
	for (int t = 0; t < WORDS; t++, block += 4)
		w[t] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
			(uint32_t)block[2] << 8 | block[3];
	for (int t = 0; t < ROUNDS; t++) {
		const int last = STATE - 1, at = ROUNDS - t;
		uint32_t word = t < WORDS ? w[t] : next_word(w, t);
		uint32_t a = s[at & last], b = s[(at + 1) & last], c = s[(at + 2) & last];
		uint32_t e = s[(at + 4) & last], f = s[(at + 5) & last],
			 g = s[(at + 6) & last];
		uint32_t *d = s + ((at + 3) & last), *h = s + ((at + 7) & last);
		uint32_t sum = *h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
			((e & f) ^ (~e & g)) + cube_roots[t] + word;

		*d += sum; /* the next round's e and a */
		*h = sum + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
			((a & b) ^ (a & c) ^ (b & c));
	}
	for (int i = 0; i < STATE; i++)
		state[i] += s[i];
}

void
mrt_sha256_begin(struct mrt_sha256 *sha)
{
	/* 5.3.3: fractions of the square roots of the first 8 primes */
	static const uint32_t square_roots[STATE] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372,
		0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	for (int i = 0; i < STATE; i++)
		sha->state[i] = square_roots[i];
	sha->bytes = 0;
}

void
mrt_sha256_add(struct mrt_sha256 *sha, const void *data, size_t bytes)
{
	const unsigned char *from = data;

	for (size_t i = 0; i < bytes;) {
		size_t at = sha->bytes % MRT_SHA256_BLOCK;
		bool whole = !at && bytes - i >= MRT_SHA256_BLOCK;

		if (!whole)
			sha->block[at] = from[i];
		if (whole || at == MRT_SHA256_BLOCK - 1)
			add_block(sha->state, whole ? from + i : sha->block);
		i += whole ? MRT_SHA256_BLOCK : 1;
		sha->bytes += whole ? MRT_SHA256_BLOCK : 1;
	}
}

/* 5.1.1: a one bit, zeros, the length in bits. */
void
mrt_sha256_end(struct mrt_sha256 *sha, unsigned char digest[MRT_SHA256_BYTES])
{
	static const unsigned char zero = 0, pad = PAD;
	const uint64_t bits = sha->bytes * 8;
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	mrt_sha256_add(sha, &pad, 1);
	while (sha->bytes % MRT_SHA256_BLOCK != LENGTH_AT)
		mrt_sha256_add(sha, &zero, 1);
	mrt_sha256_add(sha, length, sizeof length);
	for (int i = 0; i < MRT_SHA256_BYTES; i++)
		digest[i] = (unsigned char)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}
