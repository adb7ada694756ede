/* A weights file mapped by Windows. */
#include "mrt_weights_map.h"

#include <windows.h>

enum { PATH = 1024 }; /* at most, in UTF-16 */

/* The path is UTF-8. */
static HANDLE
open_file(const char *path)
{
	const DWORD share = FILE_SHARE_READ | FILE_SHARE_DELETE; /* it may be renamed over */
	wchar_t wide[PATH];

	if (!MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, PATH))
		return INVALID_HANDLE_VALUE;
	return CreateFileW(wide, GENERIC_READ, share, NULL, OPEN_EXISTING,
		FILE_ATTRIBUTE_NORMAL, NULL);
}

/* The file's bytes; NULL: not to be had. */
static void *
map_file(HANDLE file)
{
	HANDLE mapping = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL);

	if (!mapping)
		return NULL;

	void *data = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	CloseHandle(mapping); /* the view stays */
	return data;
}

static int
map_checked(struct mrt_weights *weights, HANDLE file, const struct mrt_weights_model *model)
{
	LARGE_INTEGER size;

	if (GetFileType(file) != FILE_TYPE_DISK || !GetFileSizeEx(file, &size))
		return MRT_FILE;
	if (size.QuadPart < MRT_WEIGHTS_HEADER || (uint64_t)size.QuadPart > SIZE_MAX)
		return MRT_WEIGHTS_SIZE;

	struct mrt_weights fresh = { map_file(file), (size_t)size.QuadPart };
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

	HANDLE file = open_file(path);
	if (file == INVALID_HANDLE_VALUE)
		return MRT_FILE;

	int status = map_checked(weights, file, model);
	CloseHandle(file); /* what is mapped stays */
	return status;
}

void
mrt_weights_unmap(struct mrt_weights *weights)
{
	if (weights->data)
		UnmapViewOfFile(weights->data);
	*weights = (struct mrt_weights){ NULL, 0 };
}
