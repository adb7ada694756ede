/* files.c: whole files: mapped to read, written beside and renamed. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ir.h"

/* What stands for a mapping of no bytes. */
static const uint8_t nothing[1];

static _Noreturn void
cannot(Diag *diag, const char *path, const char *what, int error)
{
	diag->file = path;
	error_at(diag, nowhere, "cannot %s: %s", what, strerror(error));
	if (error == ENOENT && what[0] == 'w')
		note(diag, "the folder must exist: mcompile makes none");
	give_up(diag);
}

File
map_file(Diag *diag, const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	File f = { nothing, 0 };

	if (fd < 0)
		cannot(diag, path, "open", errno);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		cannot(diag, path, "read", S_ISDIR(st.st_mode) ? EISDIR : EINVAL);
	}
	f.size = (size_t)st.st_size;
	void *p = f.size ? mmap(NULL, f.size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	int error = errno;
	close(fd);
	if (p == MAP_FAILED)
		cannot(diag, path, "read", error);
	if (p)
		f.data = p;
	return f;
}

void
unmap_file(File f)
{
	if (f.size)
		munmap((void *)(uintptr_t)f.data, f.size);
}

static bool
write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

Unfinished
begin_file(Arena *arena, Diag *diag, const char *path, const Text *text)
{
	Unfinished u = { path, format(arena, "%s.XXXXXX", path) };
	struct stat st;
	mode_t mask = umask(0);
	umask(mask);
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		cannot(diag, path, "replace what is no regular file",
			EEXIST); /* /dev/stdout, say */
	int fd = mkstemp(u.temporary);

	if (fd < 0)
		cannot(diag, path, "write", errno);
	bool written =
		write_all(fd, text->data, text->size) && fchmod(fd, 0666 & ~mask) == 0;
	int error = errno;
	if ((close(fd) == 0 || (error = errno, false)) && written)
		return u;
	unlink(u.temporary);
	cannot(diag, path, "write", error);
}

void
abandon_files(const Unfinished *file, int count)
{
	for (int i = 0; i < count; i++)
		unlink(file[i].temporary);
}

void
finish_files(Diag *diag, const Unfinished *file, int count)
{
	for (int i = 0; i < count; i++) {
		if (!rename(file[i].temporary, file[i].path))
			continue;
		int error = errno;
		abandon_files(file + i, count - i);
		cannot(diag, file[i].path, "write", error);
	}
}
