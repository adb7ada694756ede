/* A weights file mapped by POSIX. */
#include "mrt_weights_map.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file's bytes; NULL: not to be had. */
static void *
map_file(int file, size_t bytes)
{
	void *data = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, file, 0);

	return data == MAP_FAILED ? NULL : data;
}

static int
map_checked(struct mrt_weights *weights, int file, const struct mrt_weights_model *model)
{
	struct stat is;

	if (fstat(file, &is) || !S_ISREG(is.st_mode))
		return MRT_FILE;
	if (is.st_size < MRT_WEIGHTS_HEADER || (uint64_t)is.st_size > SIZE_MAX)
		return MRT_WEIGHTS_SIZE;

	struct mrt_weights fresh = { map_file(file, (size_t)is.st_size), (size_t)is.st_size };
	if (!fresh.data)
		return MRT_FILE;

	int status = mrt_weights_check(fresh.data, fresh.bytes, model);
	if (status == MRT_OK)
		*weights = fresh;
	else
		mrt_weights_unmap(&fresh);
	return status;
}

int
mrt_weights_map(struct mrt_weights *weights, const char *path,
	const struct mrt_weights_model *model)
{
	if (!weights || !path || !model)
		return MRT_ARGUMENT;

	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* nor wait for a pipe */
	if (file < 0)
		return MRT_FILE;

	int status = map_checked(weights, file, model);
	close(file); /* what is mapped stays */
	return status;
}

void
mrt_weights_unmap(struct mrt_weights *weights)
{
	if (weights->data)
		munmap((void *)(uintptr_t)weights->data, weights->bytes);
	*weights = (struct mrt_weights){ NULL, 0 };
}
