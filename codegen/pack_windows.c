/* pack_windows.c: weights of windows more than one pixel wide, for dot products of four bytes. */
#include "codegen.h"

/* How many of a depthwise window's four bytes of a column, from row i's four on, hold row i. */
static int
copies(int height, int i, int spare)
{
	int rows = height - i / 4 * 4;

	return rows < 4 && i % 4 == spare ? 5 - rows : 1;
}

/* How many int8, times copies, a depthwise weight less its zero point is the sum of at most. */
static int
parts_with(const Graph *g, const Node *n, int spare)
{
	int count = taps(g, n), height = kernel_height(g, n), parts = 1;

	for (int o = 0; o < output_channels(g, n) && affine(g, n, X2).zero; o++)
		for (int i = 0; i < count; i++) {
			int left = weight_at(g, n, o, i, count) - affine(g, n, X2).zero, used = 0;
			for (; left; used++)
				left -= clip8(left);
			int each = copies(height, i / (count / height), spare);
			used = (used + each - 1) / each;
			parts = used > parts ? used : parts;
		}
	return parts;
}

/* The one of the last, less than four rows that fills up the four bytes: it takes big weights. */
int
spare_row(const Graph *g, const Node *n)
{
	int best = 0;

	for (int i = 1; i < kernel_height(g, n) % 4; i++)
		if (parts_with(g, n, i) < parts_with(g, n, best))
			best = i;
	return best;
}

enum { NO_ROW = -1 };

int
weight_parts(const Graph *g, const Node *n)
{
	return parts_with(g, n, NO_ROW);
}

int
spread_parts(const Graph *g, const Node *n)
{
	return parts_with(g, n, spare_row(g, n));
}

/*
 * Depthwise: blocks of channels; in each, all first parts of weights less their zero point, then
 * the second ones; there, of four rows after four, column by column, the channels' four weights.
 * Where less than four rows are left, the last bytes are of the spare one, once more, or 0.
 */
static Packed
pack_rows(const Graph *g, const Node *n, int block, int spare)
{
	int outputs = output_channels(g, n), blocks = (outputs + block - 1) / block;
	int height = kernel_height(g, n), width = kernel_width(g, n), fours = (height + 3) / 4;
	int parts = parts_with(g, n, spare), zero = affine(g, n, X2).zero;
	Packed p = new_packed(g, TYPE_s8, (int64_t)blocks * parts * fours * width * block * 4);

	for (int o = 0; o < blocks * block; o++) /* repeated like pack()'s */
		for (int i = 0; i < height * width; i++) {
			int row = i / width, each = copies(height, row, spare);
			int left = weight_at(g, n, o % outputs, i, height * width) - zero;
			int at = ((o / block * parts * fours + row / 4) * width + i % width) * block;
			for (int part = 0; part < parts; part++, at += fours * width * block)
				for (int k = 0; k < each; k++) {
					int byte = k ? 4 - k : row % 4;
					store_bits(p, (int64_t)(at + o % block) * 4 + byte, clip8(left));
					left -= clip8(left);
				}
		}
	return p;
}

Packed
pack_columns(const Graph *g, const Node *n, int block)
{
	return pack_rows(g, n, block, NO_ROW);
}

Packed
pack_spread(const Graph *g, const Node *n, int block)
{
	return pack_rows(g, n, block, spare_row(g, n));
}

/*
 * conv2d: the fours of taps that lie side by side, row by row (column by column where they are
 * dilated), and then again those that have a weight of which a byte or two do not hold all, less
 * its zero point.
 */
typedef struct {
	int tap, part;
} Quad;

static int
weight_part(const Graph *g, const Node *n, int output, int i, int part)
{
	return part_of(weight_at(g, n, output, i, taps(g, n)) - affine(g, n, X2).zero, part);
}

static bool
any_part(const Graph *g, const Node *n, int i, int part)
{
	for (int o = 0; o < output_channels(g, n); o++)
		if (weight_part(g, n, o, i, part))
			return true;
	return !part;
}

/* Taps side by side. */
static int
run_of(const Graph *g, const Node *n)
{
	int in_c = tensor_in(g, n, 0)->shape.dim[CHANNELS];

	return n->attr.dilation_w == 1 ? kernel_width(g, n) * in_c : in_c;
}

static int
find_quads(const Graph *g, const Node *n, Quad *quad)
{
	int count = taps(g, n), run = run_of(g, n), quads = 0;
	int parts = affine(g, n, X2).zero ? 3 : 1; /* 255 is 127 + 127 + 1 */

	for (int part = 0; part < parts; part++)
		for (int i = 0, size; i < count; i += size) {
			bool any = any_part(g, n, i, part);
			size = !any ? 1 : run - i % run < 4 ? run - i % run : 4;
			if (any && quad)
				quad[quads] = (Quad){ i, part };
			quads += any;
		}
	return quads;
}

int
count_quads(const Graph *g, const Node *n)
{
	return find_quads(g, n, NULL);
}

static Quad *
quads_of(const Graph *g, const Node *n)
{
	Quad *quad = alloc_array(g->arena, (size_t)count_quads(g, n), sizeof *quad);

	find_quads(g, n, quad);
	return quad;
}

/* Blocks of outputs; in each, per quad, the outputs' four weights. */
Packed
pack_quads(const Graph *g, const Node *n, int block)
{
	int outputs = output_channels(g, n), blocks = (outputs + block - 1) / block;
	int quads = count_quads(g, n), run = run_of(g, n);
	const Quad *quad = quads_of(g, n);
	Packed p = new_packed(g, TYPE_s8, (int64_t)blocks * quads * block * 4);

	for (int o = 0; o < outputs; o++)
		for (int k = 0; k < quads; k++)
			for (int i = 0; i < 4 && quad[k].tap % run + i < run; i++)
				store_bits(p, (((int64_t)(o / block) * quads + k) * block + o % block) * 4 + i,
					weight_part(g, n, o, quad[k].tap + i, quad[k].part));
	return p;
}

/* Of each quad, from the window's corner on, its row and its byte there. */
Packed
pack_quad_at(const Graph *g, const Node *n, int type)
{
	int in_c = tensor_in(g, n, 0)->shape.dim[CHANNELS], width = kernel_width(g, n), quads = count_quads(g, n);
	const Quad *quad = quads_of(g, n);
	Packed p = new_packed(g, (Type)type, 2 * quads);

	for (int k = 0; k < quads; k++) {
		int pixel = quad[k].tap / in_c;
		store_bits(p, 2 * k, pixel / width);
		store_bits(p, 2 * k + 1,
			pixel % width * n->attr.dilation_w * in_c + quad[k].tap % in_c);
	}
	return p;
}
