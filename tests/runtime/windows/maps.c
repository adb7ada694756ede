/* mrt_weights_windows.c on the stand-in for Windows beside this: maps what is right, gives a code
 * for what is not, and keeps what it had. Arguments: digits.bin, a folder to write to. */
#include "../../../runtime-min/mrt_weights_map.h"
#include "../check.h"
#include "digits.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const struct mrt_weights_model digits = MRT_WEIGHTS_OF(DIGITS);
static unsigned char good[DIGITS_WEIGHTS_BYTES + 1];
static const char *folder;
static bool no_memory, no_stat;

int fstat_here(int, struct stat *);
void *mmap_here(void *, size_t, int, int, int, off_t);

int
fstat_here(int file, struct stat *is)
{
	return no_stat ? -1 : fstat(file, is);
}

void *
mmap_here(void *at, size_t bytes, int protection, int flags, int file, off_t from)
{
	return no_memory ? MAP_FAILED : mmap(at, bytes, protection, flags, file, from);
}

static const char *
write_file(const char *name, size_t bytes)
{
	static char path[1024];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	if (!file || (bytes && fwrite(good, bytes, 1, file) != 1) || fclose(file))
		exit(2);
	return path;
}

static bool
paths(struct mrt_weights *w)
{
	char path[1024], longest[3000];
	snprintf(path, sizeof path, "%s/fifo", folder);
	remove(path);
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	return mkfifo(path, 0600) == 0 && mrt_weights_map(w, path, &digits) == MRT_FILE &&
		mrt_weights_map(w, folder, &digits) == MRT_FILE &&
		mrt_weights_map(w, "missing/from/here", &digits) == MRT_FILE &&
		mrt_weights_map(w, longest, &digits) == MRT_FILE &&
		mrt_weights_map(w, NULL, &digits) == MRT_ARGUMENT;
}

static bool
contents(struct mrt_weights *w)
{
	const size_t bytes = DIGITS_WEIGHTS_BYTES;
	bool cut =
		mrt_weights_map(w, write_file("empty", 0), &digits) == MRT_WEIGHTS_SIZE &&
		mrt_weights_map(w, write_file("short", bytes - 1), &digits) ==
			MRT_WEIGHTS_SIZE &&
		mrt_weights_map(w, write_file("long", bytes + 1), &digits) ==
			MRT_WEIGHTS_SIZE;
	good[bytes - 1] ^= 1;
	bool damaged = mrt_weights_map(w, write_file("bad", bytes), &digits) ==
		MRT_WEIGHTS_DAMAGED;
	good[bytes - 1] ^= 1;
	return cut && damaged;
}

static bool
calls(struct mrt_weights *w, const char *path)
{
	no_memory = true;
	bool refused = mrt_weights_map(w, path, &digits) == MRT_FILE;
	no_memory = false;
	no_stat = true;
	refused = refused && mrt_weights_map(w, path, &digits) == MRT_FILE;
	no_stat = false;
	setenv("NO_MAPPING", "1", 1);
	refused = refused && mrt_weights_map(w, path, &digits) == MRT_FILE;
	unsetenv("NO_MAPPING");
	return refused && mrt_weights_map(w, path, NULL) == MRT_ARGUMENT &&
		mrt_weights_map(NULL, path, &digits) == MRT_ARGUMENT;
}

int
main(int argc, char **argv)
{
	struct mrt_weights weights = { NULL, 0 };
	FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
	if (!file || fread(good, DIGITS_WEIGHTS_BYTES, 1, file) != 1 || fclose(file))
		return 2;
	folder = argv[2];
	say(mrt_weights_map(&weights, argv[1], &digits) == MRT_OK &&
			weights.bytes == DIGITS_WEIGHTS_BYTES &&
			memcmp(weights.data, good, weights.bytes) == 0,
		"windows/maps");
	const struct mrt_weights before = weights;
	say(paths(&weights), "windows/paths");
	say(contents(&weights), "windows/contents");
	say(calls(&weights, argv[1]), "windows/calls that fail");
	say(weights.data == before.data && memcmp(weights.data, good, weights.bytes) == 0,
		"windows/keeps what it had");
	mrt_weights_unmap(&weights);
	mrt_weights_unmap(&weights);
	say(!weights.data && !weights.bytes, "windows/unmaps");
	return 0;
}
