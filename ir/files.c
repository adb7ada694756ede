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

void
make_folder(Diag *diag, const char *path)
{
	if (mkdir(path, S_IRWXU | S_IRWXG | S_IRWXO) && errno != EEXIST)
		cannot(diag, path, "write", errno);
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

/* Makes a file of its own for the text; what went wrong, or 0. */
static int
write_beside(const FileText *file, char *temporary)
{
	mode_t mask = umask(0);
	umask(mask);
	int fd = mkstemp(temporary);

	if (fd < 0)
		return errno;
	int error = write_all(fd, file->text.data, file->text.size) &&
			fchmod(fd, 0666 & ~mask) == 0 ?
		0 :
		errno;
	if (close(fd) && !error)
		error = errno;
	if (error)
		unlink(temporary);
	return error;
}

void
write_files(Arena *arena, Diag *diag, const FileText *file, int count)
{
	char **temporary = alloc_array(arena, (size_t)count, sizeof *temporary);
	int written = 0, renamed = 0, error = 0;
	const char *what = "write";

	for (; !error && written < count; written += !error) {
		struct stat st;
		temporary[written] = format(arena, "%s.XXXXXX", file[written].path);
		if (!lstat(file[written].path, &st) &&
			!S_ISREG(st.st_mode)) { /* /dev/stdout, say */
			what = "replace what is no regular file";
			error = EEXIST;
		} else {
			error = write_beside(file + written, temporary[written]);
		}
	}
	int failed = written;
	for (; !error && renamed < count; renamed += !error)
		error = rename(temporary[renamed], file[failed = renamed].path) ? errno :
										  0;
	for (int i = renamed; error && i < written; i++)
		unlink(temporary[i]);
	if (error)
		cannot(diag, file[failed].path, what, error);
}
