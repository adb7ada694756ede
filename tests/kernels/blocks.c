/* blocks.c: memory with guards around it, so that stray writes are seen. */
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

enum { ALIGNMENT = 128, GUARD = 128, GUARD_BYTE = 0xa5, FILL_BYTE = 0x5a };

struct Block {
	Block *before;
	uint8_t *base;
	size_t front, bytes, back;
};

void *
block(Blocks *all, size_t bytes, size_t offset, bool tight)
{
	Block *b = malloc(sizeof *b);
	size_t front = GUARD + offset, back = tight ? 0 : GUARD;
	void *base;

	if (!b || posix_memalign(&base, ALIGNMENT, front + bytes + back))
		die("no memory for %zu bytes", bytes);
	b->base = base;
	memset(b->base, GUARD_BYTE, front);
	memset(b->base + front, FILL_BYTE, bytes);
	memset(b->base + front + bytes, GUARD_BYTE, back);
	b->front = front;
	b->bytes = bytes;
	b->back = back;
	b->before = all->last;
	all->last = b;
	return b->base + front;
}

static bool
mend(uint8_t *guard, size_t bytes)
{
	bool intact = true;

	for (size_t i = 0; i < bytes; i++) {
		intact &= guard[i] == GUARD_BYTE;
		guard[i] = GUARD_BYTE;
	}
	return intact;
}

bool
mend_blocks(Blocks *all)
{
	bool intact = true;

	for (Block *b = all->last; b; b = b->before) {
		intact &= mend(b->base, b->front);
		intact &= mend(b->base + b->front + b->bytes, b->back);
	}
	return intact;
}

void
free_blocks(Blocks *all)
{
	while (all->last) {
		Block *b = all->last;
		all->last = b->before;
		free(b->base);
		free(b);
	}
}
