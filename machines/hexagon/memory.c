/* memory.c: string.h and stdlib.h: bytes, texts, numbers, a heap of powers of two. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What clang calls where only equality counts, or where it knows how both lie. */
int bcmp(const void *a, const void *b, size_t bytes);
void *__hexagon_memcpy_likely_aligned_min32bytes_mult8bytes(void *, const void *, size_t);

/* Else clang makes of a loop that copies a call of what the loop is for. */
#pragma clang attribute push(__attribute__((no_builtin)), apply_to = function)

enum { VECTOR = 128, CLASSES = 30 };
#define HEAP (1u << 29)

/* ---- bytes; each word at once where both lie so */

void *
memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	char *y = to;
	const char *x = from;
	size_t done = 0;

	if (((uintptr_t)y | (uintptr_t)x) % sizeof(uint64_t) == 0)
		for (; done + sizeof(uint64_t) <= bytes; done += sizeof(uint64_t))
			*(uint64_t *)(y + done) = *(const uint64_t *)(x + done);
	for (; done < bytes; done++)
		y[done] = x[done];
	return to;
}

void *
memmove(void *to, const void *from, size_t bytes)
{
	char *y = to;
	const char *x = from;

	if (y < x || y >= x + bytes)
		return memcpy(to, from, bytes);
	while (bytes--)
		y[bytes] = x[bytes];
	return to;
}

void *
memset(void *to, int value, size_t bytes)
{
	const uint64_t all = (uint8_t)value * UINT64_C(0x0101010101010101);
	char *y = to;
	size_t done = 0;

	for (; done < bytes && (uintptr_t)(y + done) % sizeof all; done++)
		y[done] = (char)value;
	for (; done + sizeof all <= bytes; done += sizeof all)
		*(uint64_t *)(y + done) = all;
	for (; done < bytes; done++)
		y[done] = (char)value;
	return to;
}

int
memcmp(const void *a, const void *b, size_t bytes)
{
	const uint8_t *x = a, *y = b;

	for (size_t i = 0; i < bytes; i++)
		if (x[i] != y[i])
			return x[i] - y[i];
	return 0;
}

void *
memchr(const void *x, int c, size_t bytes)
{
	const char *at = x;

	for (size_t i = 0; i < bytes; i++)
		if (at[i] == (char)c)
			return (void *)(uintptr_t)(at + i);
	return NULL;
}

int
bcmp(const void *a, const void *b, size_t bytes)
{
	return memcmp(a, b, bytes);
}

void *
__hexagon_memcpy_likely_aligned_min32bytes_mult8bytes(void *to, const void *from, size_t bytes)
{
	return memcpy(to, from, bytes);
}

/* ---- texts */

size_t
strlen(const char *text)
{
	size_t size = 0;

	while (text[size])
		size++;
	return size;
}

int
strncmp(const char *a, const char *b, size_t most)
{
	for (size_t i = 0; i < most; i++)
		if (a[i] != b[i] || !a[i])
			return (uint8_t)a[i] - (uint8_t)b[i];
	return 0;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *
strchr(const char *text, int c)
{
	while (*text != (char)c)
		if (!*text++)
			return NULL;
	return (char *)(uintptr_t)text;
}

char *
strrchr(const char *text, int c)
{
	for (size_t i = strlen(text) + 1; i-- > 0;)
		if (text[i] == (char)c)
			return (char *)(uintptr_t)(text + i);
	return NULL;
}

char *
strstr(const char *text, const char *part)
{
	for (; *text; text++)
		if (!strncmp(text, part, strlen(part)))
			return (char *)(uintptr_t)text;
	return *part ? NULL : (char *)(uintptr_t)text;
}

size_t
strspn(const char *text, const char *of)
{
	size_t size = 0;

	while (text[size] && strchr(of, text[size]))
		size++;
	return size;
}

size_t
strcspn(const char *text, const char *of)
{
	size_t size = 0;

	while (text[size] && !strchr(of, text[size]))
		size++;
	return size;
}

/* ---- numbers, decimal or 0x */

int
abs(int n)
{
	return n < 0 ? -n : n;
}

long long
llabs(long long n)
{
	return n < 0 ? -n : n;
}

unsigned long long
strtoull(const char *text, char **end, int base)
{
	unsigned long long n = 0;
	int digit;

	if (base == 0)
		base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
	if (base == 16 && text[0] == '0' && text[1] == 'x')
		text += 2;
	for (; *text; text++, n = n * (unsigned)base + (unsigned)digit) {
		digit = *text >= '0' && *text <= '9' ? *text - '0' : (*text | ' ') - 'a' + 10;
		if (digit < 0 || digit >= base)
			break;
	}
	if (end)
		*end = (char *)(uintptr_t)text;
	return n;
}

long long
strtoll(const char *text, char **end, int base)
{
	long long n = (long long)strtoull(text + (*text == '-'), end, base);

	return *text == '-' ? -n : n;
}

/* ---- the heap: blocks of a power of two, the free ones in a list for each */

typedef struct Free {
	struct Free *next;
	int class;
} Free;

static char heap[HEAP] __attribute__((aligned(VECTOR)));
static size_t used;
static Free *lists[CLASSES];

void *
malloc(size_t bytes)
{
	int class = 8;

	while (class < CLASSES && ((size_t)1 << class) - VECTOR < bytes)
		class++;
	if (class == CLASSES)
		return NULL;
	Free *block = lists[class];
	if (block) {
		lists[class] = block->next;
	} else {
		if (HEAP - used < (size_t)1 << class)
			return NULL;
		block = (Free *)(heap + used);
		used += (size_t)1 << class;
	}
	block->class = class;
	return (char *)block + VECTOR;
}

void *
calloc(size_t count, size_t bytes)
{
	void *block = malloc(count * bytes);

	return block ? memset(block, 0, count * bytes) : NULL;
}

/* All blocks begin at a vector's boundary. */
int
posix_memalign(void **to, size_t alignment, size_t bytes)
{
	*to = alignment > VECTOR ? NULL : malloc(bytes);
	return !*to;
}

void
free(void *at)
{
	if (!at)
		return;
	Free *block = (Free *)((char *)at - VECTOR);
	block->next = lists[block->class];
	lists[block->class] = block;
}

#pragma clang attribute pop
