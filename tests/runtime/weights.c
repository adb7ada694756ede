/*
 * Weights files: what is damaged, cut, lengthened, another's or misaligned is refused with its
 * code, and leaves what was open before.  Arguments: digits.bin and shapes.bin, as mcompile wrote
 * them, and a folder to write to.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "../../runtime-min/mrt_sha256.h"
#include "../../runtime-min/mrt_weights_map.h"
#include "../../samples/digits/images.h"
#include "check.h"
#include "digits.h"
#include "shapes.h"
#include "show.h"

enum { IMAGES = (int)(sizeof images / sizeof *images), BODY_FLIPS = 10000, ROOM = 128 };

static const struct mrt_weights_model digits = MRT_WEIGHTS_OF(DIGITS);
static const struct mrt_weights_model shapes = MRT_WEIGHTS_OF(SHAPES);
static digits_work work;
static _Alignas(ROOM) unsigned char good[DIGITS_WEIGHTS_BYTES], bad[2 * DIGITS_WEIGHTS_BYTES];
static _Alignas(ROOM) unsigned char others[SHAPES_WEIGHTS_BYTES];
static const char *folder;

/* mrt_weights_posix.c calls these for mmap() and fstat(). */
static bool no_memory, no_stat;
void *mmap(void *, size_t, int, int, int, off_t);
void *mmap_here(void *, size_t, int, int, int, off_t);
int fstat_here(int, struct stat *);

void *
mmap_here(void *at, size_t bytes, int protection, int flags, int file, off_t from)
{
	return no_memory ? (void *)-1 : mmap(at, bytes, protection, flags, file, from);
}

int
fstat_here(int file, struct stat *is)
{
	return no_stat ? -1 : fstat(file, is);
}

/* A copy to damage. */
static unsigned char *
fresh(void)
{
	memset(bad, 0, sizeof bad);
	return memcpy(bad, good, sizeof good);
}

static int
check(const unsigned char *file)
{
	return mrt_weights_check(file, sizeof good, &digits);
}

/* What a forger, or another version of the compiler, would write: the digest fits. */
static void
seal(unsigned char *file, size_t bytes)
{
	struct mrt_sha256 sha;

	memset(file + MRT_WEIGHTS_DIGEST_AT, 0, MRT_SHA256_BYTES);
	mrt_sha256_begin(&sha);
	mrt_sha256_add(&sha, file, bytes);
	mrt_sha256_end(&sha, file + MRT_WEIGHTS_DIGEST_AT);
}

static int
sealed_with(int at, unsigned char flip)
{
	fresh()[at] ^= flip;
	seal(bad, sizeof good);
	return check(bad);
}

/* The network still gives the reference's scores. */
static bool
runs(void)
{
	for (int k = 0; k < IMAGES; k++) {
		int8_t scores[DIGITS_SCORES_COUNT];
		for (int i = 0; i < SIDE * SIDE; i++)
			digits_image(&work)[i] = digits_quantize_image(
				(float)level(images[k].pixels[i]) / (float)WHITE);
		digits_run(&work, scores);
		if (memcmp(scores, images[k].scores, sizeof scores))
			return false;
	}
	return true;
}

static void
flips(void)
{
	bool header = true, open = true, body = true;
	uint64_t state = 1;

	fresh();
	for (int bit = 0; bit < 8 * MRT_WEIGHTS_HEADER; bit++) {
		bad[bit / 8] ^= (unsigned char)(1 << bit % 8);
		header &= check(bad) != MRT_OK;
		open &= digits_open(&work, bad, sizeof good) != 0;
		bad[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	for (int i = 0; i < BODY_FLIPS; i++) {
		const uint32_t bits = 8 * (DIGITS_WEIGHTS_BYTES - MRT_WEIGHTS_HEADER);
		uint32_t bit = dice(&state) % bits + 8 * MRT_WEIGHTS_HEADER;
		bad[bit / 8] ^= (unsigned char)(1 << bit % 8);
		body &= check(bad) == MRT_WEIGHTS_DAMAGED;
		bad[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	say(header, "weights/1024 bits of the header");
	say(open, "weights/1024 bits, NAME_open()");
	say(body, "weights/10000 bits of the body");
	say(check(bad) == MRT_OK && runs(), "weights/undone");
}

static void
lengths(void)
{
	bool shorter = true;

	fresh();
	for (size_t bytes = 0; bytes < sizeof good; bytes++)
		shorter &= mrt_weights_check(bad, bytes, &digits) == MRT_WEIGHTS_SIZE;
	say(shorter, "weights/short");
	say(mrt_weights_check(bad, sizeof good + 1, &digits) == MRT_WEIGHTS_SIZE &&
			mrt_weights_check(bad, sizeof bad, &digits) == MRT_WEIGHTS_SIZE,
		"weights/long");
	say(sealed_with(MRT_WEIGHTS_BYTES_AT, 1) == MRT_WEIGHTS_SIZE, "weights/size, sealed");
}

static void
others_files(void)
{
	enum { AT = MRT_WEIGHTS_HEADER, HALF = (DIGITS_WEIGHTS_BYTES - AT) / 2, WORD = 4 };
	unsigned char zero[ROOM] = { 0 };

	say(mrt_weights_check(others, sizeof others, &shapes) == MRT_OK, "weights/shapes");
	say(mrt_weights_check(others, sizeof others, &digits) == MRT_WEIGHTS_OTHER_MODEL &&
			mrt_weights_check(good, sizeof good, &shapes) == MRT_WEIGHTS_OTHER_MODEL &&
			digits_open(&work, others, sizeof others) && runs(),
		"weights/another model's");
	memcpy(fresh() + AT, good + AT + HALF, HALF);
	memcpy(bad + AT + HALF, good + AT, HALF);
	say(check(bad) == MRT_WEIGHTS_DAMAGED, "weights/halves swapped");
	memcpy(fresh(), good + WORD, WORD);
	memcpy(bad + WORD, good, WORD);
	say(check(bad) == MRT_WEIGHTS_OTHER_KIND, "weights/words swapped");
	memcpy(fresh(), others, AT);
	say(check(bad) == MRT_WEIGHTS_OTHER_MODEL, "weights/another's header");
	memset(fresh() + AT, 0, sizeof good - AT);
	say(check(bad) == MRT_WEIGHTS_DAMAGED, "weights/erased to zeros");
	memset(fresh(), 0xff, sizeof good);
	say(check(bad) == MRT_WEIGHTS_OTHER_KIND &&
			mrt_weights_check(zero, sizeof zero, &digits) == MRT_WEIGHTS_OTHER_KIND,
		"weights/erased flash");
}

static void
headers(void)
{
	say(sealed_with(0, 1) == MRT_WEIGHTS_OTHER_KIND, "weights/magic, sealed");
	say(sealed_with(MRT_WEIGHTS_VERSION_AT, 3) == MRT_WEIGHTS_OTHER_VERSION &&
			sealed_with(MRT_WEIGHTS_HEADER_AT, 64) == MRT_WEIGHTS_OTHER_VERSION,
		"weights/version, sealed");
	say(sealed_with(MRT_WEIGHTS_ID_AT + 7, 128) == MRT_WEIGHTS_OTHER_MODEL,
		"weights/identity, sealed");
	say(sealed_with(MRT_WEIGHTS_ALIGN_AT, 16) == MRT_WEIGHTS_MISALIGNED,
		"weights/alignment, sealed");
}

static void
addresses(void)
{
	const struct mrt_weights_model no_align = { digits.id, digits.bytes, 0 };
	bool all = true;

	for (size_t shift = 0; shift < ROOM; shift++) {
		memcpy(bad + shift, good, sizeof good);
		bool aligned = shift % DIGITS_WEIGHTS_ALIGN == 0;
		all &= check(bad + shift) == (aligned ? MRT_OK : MRT_WEIGHTS_MISALIGNED);
		all &= digits_open(&work, bad + shift, sizeof good) == (aligned ? 0 : 2);
	}
	digits_open(&work, good, sizeof good);
	say(all, "weights/misaligned");
	say(mrt_weights_check(NULL, sizeof good, &digits) == MRT_ARGUMENT &&
			mrt_weights_check(good, sizeof good, NULL) == MRT_ARGUMENT &&
			mrt_weights_check(good, sizeof good, &no_align) == MRT_ARGUMENT &&
			digits_open(&work, NULL, sizeof good) == 1 && runs(),
		"weights/nothing given");
}

static const char *
write_file(const char *name, const unsigned char *data, size_t bytes)
{
	static char path[1024];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	remove(path);
	FILE *file = fopen(path, "wb");
	if (!file || (bytes && fwrite(data, bytes, 1, file) != 1) || fclose(file))
		exit(2);
	return path;
}

/* Maps a file, over what is mapped, that should not go: 1 if it does, or with another code. */
static int
wrong(struct mrt_weights *weights, const char *path, int code)
{
	int got = mrt_weights_map(weights, path, &digits);

	if (got == code)
		return 0;
	printf("  %s: %s\n", path, mrt_message(got));
	return 1;
}

static int
path_fails(struct mrt_weights *weights)
{
	char path[1024];

	snprintf(path, sizeof path, "%s/missing", folder);
	int bad_ones = wrong(weights, path, MRT_FILE);
	snprintf(path, sizeof path, "%s/pipe", folder);
	remove(path);
	bad_ones += mkfifo(path, 0600) || wrong(weights, path, MRT_FILE);
	bad_ones += wrong(weights, folder, MRT_FILE) + wrong(weights, NULL, MRT_ARGUMENT);
	return bad_ones;
}

static int
content_fails(struct mrt_weights *weights)
{
	const size_t size = sizeof good;
	const char *path = write_file("empty", good, 0);

	int bad_ones = wrong(weights, path, MRT_WEIGHTS_SIZE);
	path = write_file("header", good, MRT_WEIGHTS_HEADER - 1);
	bad_ones += wrong(weights, path, MRT_WEIGHTS_SIZE);
	path = write_file("short", good, size - 1);
	bad_ones += wrong(weights, path, MRT_WEIGHTS_SIZE);
	path = write_file("long", fresh(), size + 1);
	bad_ones += wrong(weights, path, MRT_WEIGHTS_SIZE);
	path = write_file("another", others, sizeof others);
	bad_ones += wrong(weights, path, MRT_WEIGHTS_OTHER_MODEL);
	fresh()[size - 1] ^= 1;
	path = write_file("damaged", bad, size);
	bad_ones += wrong(weights, path, MRT_WEIGHTS_DAMAGED);
	return bad_ones;
}

static int
system_fails(struct mrt_weights *weights, const char *path)
{
	no_memory = true;
	int bad_ones = wrong(weights, path, MRT_FILE);
	no_memory = false;
	no_stat = true;
	bad_ones += wrong(weights, path, MRT_FILE);
	no_stat = false;
	bad_ones += mrt_weights_map(weights, path, NULL) != MRT_ARGUMENT;
	bad_ones += mrt_weights_map(NULL, path, &digits) != MRT_ARGUMENT;
	return bad_ones;
}

/* None of them changes what is mapped, and the network runs on it. */
static void
mapped(const char *path)
{
	struct mrt_weights weights = { NULL, 0 }, other = { NULL, 0 };
	say(mrt_weights_map(&weights, path, &digits) == MRT_OK &&
			!digits_open(&work, weights.data, weights.bytes) && runs(),
		"weights/mapped");
	const struct mrt_weights before = weights;

	say(!path_fails(&weights) && !content_fails(&weights) && !system_fails(&weights, path) &&
			weights.data == before.data && weights.bytes == before.bytes && runs(),
		"weights/maps that fail");

	bool replaced = mrt_weights_map(&other, path, &digits) == MRT_OK &&
		!digits_open(&work, other.data, other.bytes);
	mrt_weights_unmap(&weights);
	say(replaced && runs(), "weights/replaced");
	mrt_weights_unmap(&other);
	mrt_weights_unmap(&other);
	say(!other.data && !other.bytes, "weights/unmapped twice");
}

static void
read_file(const char *path, unsigned char *to, size_t bytes)
{
	FILE *file = fopen(path, "rb");

	if (!file || fread(to, bytes, 1, file) != 1 || fgetc(file) != EOF)
		exit(2);
	fclose(file);
}

int
main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	read_file(argv[1], good, sizeof good);
	read_file(argv[2], others, sizeof others);
	folder = argv[3];
	say(check(good) == MRT_OK && !digits_open(&work, good, sizeof good) && runs(), "weights/good");
	flips();
	lengths();
	others_files();
	headers();
	addresses();
	mapped(argv[1]);
	return 0;
}
