/* As much of Windows as mrt_weights_windows.c asks for, made of POSIX: so its own lines run here, too.
 * What fails is for weights.c to say, by fstat_here() and mmap_here(). */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

typedef struct file *HANDLE; /* a file, or a mapping of it */
typedef unsigned long DWORD;
typedef union {
	int64_t QuadPart;
} LARGE_INTEGER;
struct file {
	int number;
};
static struct file no_file;
#define INVALID_HANDLE_VALUE (&no_file)
enum { FILE_SHARE_READ = 1, FILE_SHARE_DELETE = 4, OPEN_EXISTING = 3, PAGE_READONLY = 2 };
enum {
	GENERIC_READ = 1,
	FILE_ATTRIBUTE_NORMAL = 128,
	FILE_MAP_READ = 4,
	FILE_TYPE_DISK = 1
};
enum { CP_UTF8 = 65001, MB_ERR_INVALID_CHARS = 8 };

int fstat_here(int, struct stat *);
void *mmap_here(void *, size_t, int, int, int, off_t);

/* ASCII will do. 0: it is longer than the room. */
static int
MultiByteToWideChar(
	unsigned page, DWORD flags, const char *from, int bytes, wchar_t *to, int room)
{
	if (page != CP_UTF8 || flags != MB_ERR_INVALID_CHARS || bytes != -1)
		abort();
	for (int i = 0; i < room; i++)
		if ((to[i] = (wchar_t)from[i]) == 0)
			return i + 1;
	return 0;
}

static HANDLE
handle_of(int number)
{
	HANDLE file = malloc(sizeof *file);
	if (!file)
		abort();
	file->number = number;
	return file;
}

static HANDLE
CreateFileW(const wchar_t *path, DWORD access, DWORD share, void *security, DWORD how,
	DWORD attributes, HANDLE like)
{
	char narrow[2048];
	struct stat about;
	size_t i = 0;
	if (access != GENERIC_READ || share != (FILE_SHARE_READ | FILE_SHARE_DELETE) ||
		security || how != OPEN_EXISTING || attributes != FILE_ATTRIBUTE_NORMAL ||
		like)
		abort();
	do
		narrow[i] = (char)path[i];
	while (path[i++]);
	int number = open(narrow, O_RDONLY | O_NONBLOCK);
	if (number >= 0 && fstat(number, &about) == 0 && !S_ISDIR(about.st_mode))
		return handle_of(number);
	if (number >= 0)
		close(number); /* folders are not opened so */
	return INVALID_HANDLE_VALUE;
}

static DWORD
GetFileType(HANDLE file)
{
	struct stat about;
	return fstat(file->number, &about) == 0 && S_ISREG(about.st_mode) ?
		FILE_TYPE_DISK :
		3;
}

static int
GetFileSizeEx(HANDLE file, LARGE_INTEGER *size)
{
	struct stat about;
	if (fstat_here(file->number, &about) != 0)
		return 0;
	size->QuadPart = about.st_size;
	return 1;
}

/* A mapping is another handle of the file; an environment variable has none made. */
static HANDLE
CreateFileMappingW(
	HANDLE file, void *security, DWORD access, DWORD high, DWORD low, void *name)
{
	if (security || access != PAGE_READONLY || high || low || name)
		abort();
	return getenv("NO_MAPPING") ? NULL : handle_of(dup(file->number));
}

/* How long each view is, for who unmaps it. */
static struct {
	const void *at;
	size_t bytes;
} views[4];
enum { VIEWS = sizeof views / sizeof *views };

static void *
MapViewOfFile(HANDLE mapping, DWORD access, DWORD high, DWORD low, size_t bytes)
{
	struct stat about;
	int i = 0;
	while (i < VIEWS && views[i].at)
		i++;
	if (access != FILE_MAP_READ || high || low || bytes ||
		fstat(mapping->number, &about) || i == VIEWS)
		abort();
	void *at = mmap_here(
		NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, mapping->number, 0);
	if (at == MAP_FAILED)
		return NULL;
	views[i].at = at;
	views[i].bytes = (size_t)about.st_size;
	return at;
}

static int
UnmapViewOfFile(const void *view)
{
	int i = 0;
	while (i < VIEWS && views[i].at != view)
		i++;
	if (i == VIEWS)
		abort();
	views[i].at = NULL;
	return munmap((void *)(uintptr_t)view, views[i].bytes) == 0;
}

static int
CloseHandle(HANDLE handle)
{
	int closed = close(handle->number) == 0;
	free(handle);
	return closed;
}
