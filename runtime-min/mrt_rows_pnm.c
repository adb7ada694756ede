/* Pictures, cut and averaged down to a model's rows while they are read. */
#include "mrt_rows_pnm.h"

#include <stdbool.h>

enum { DECIMAL = 10, TWO_BYTES = 256, RGB = 3, WHITE = 65535 };

/* What of a picture becomes rows, and how many columns it becomes. */
struct part {
	int left, top, width, height, columns;
};

static bool
is_blank(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next byte that is neither blank nor in a comment, or -status. */
static int
next_byte(struct mrt_reader *reader)
{
	bool comment = false;
	int c;

	do {
		c = mrt_reader_byte(reader);
		comment = c == '#' || (comment && c >= 0 && c != '\n');
	} while (comment || is_blank(c));
	return c;
}

/* The next number of a header or of text, and one blank behind it, or -status. */
static int
number(struct mrt_reader *reader)
{
	int c = next_byte(reader), value = 0;

	if (c < 0)
		return c;
	if (c < '0' || c > '9')
		return -MRT_FORMAT;
	for (; c >= '0' && c <= '9'; c = mrt_reader_byte(reader)) {
		value = value * DECIMAL + c - '0';
		if (value > WHITE)
			return -MRT_TOO_LARGE;
	}
	if (c < 0 && c != -MRT_END)
		return c;
	return c < 0 || is_blank(c) ? value : -MRT_FORMAT;
}

/* One number of a pixel, or -status. */
static int
sample(struct mrt_reader *reader, const struct mrt_picture *p)
{
	int value = p->text ? number(reader) : mrt_reader_byte(reader);

	if (value >= 0 && !p->text && p->white >= TWO_BYTES) {
		int low = mrt_reader_byte(reader);
		value = low < 0 ? low : value * TWO_BYTES + low;
	}
	return value > p->white ? -MRT_FORMAT : value;
}

/* As many numbers as the model has channels. */
static int
pixel(struct mrt_reader *reader, const struct mrt_picture *p, int channels, uint32_t to[RGB])
{
	static const uint32_t parts[RGB] = { 77, 150, 29 }; /* of 256, in grey */
	uint32_t grey = 0;

	for (int i = 0; i < p->colours; i++) {
		int value = sample(reader, p);
		if (value < 0)
			return -value;
		to[i] = (uint32_t)value;
		grey += parts[i] * to[i];
	}
	if (channels < p->colours)
		to[0] = grey / 256;
	for (int i = p->colours; i < channels; i++)
		to[i] = to[0];
	return MRT_OK;
}

/* Pixels that are not looked at. */
static int
skip(struct mrt_reader *reader, const struct mrt_picture *p, int width, int height)
{
	uint32_t none[RGB];
	int status = MRT_OK;

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width && status == MRT_OK; x++)
			status = pixel(reader, p, 1, none);
	return status;
}

/* The first of `side` pixels that belongs to cell i of `cells`. */
static int
first_of(int i, int side, int cells)
{
	return (int)(((uint32_t)i * (uint32_t)side + (uint32_t)cells - 1) / (uint32_t)cells);
}

/* A line, added to the sums of the row that it is in. */
static int
add_line(const struct mrt_rows *rows, struct mrt_reader *reader, const struct mrt_picture *p,
	const struct part *part)
{
	uint32_t *sum = rows->sums;
	int x = 0, status = skip(reader, p, part->left, 1);

	for (int i = 0; i < part->columns; i++, sum += rows->channels)
		for (; x < first_of(i + 1, part->width, part->columns); x++) {
			uint32_t came[RGB];
			if (status == MRT_OK)
				status = pixel(reader, p, rows->channels, came);
			for (int c = 0; c < rows->channels && status == MRT_OK; c++)
				sum[c] += came[c];
		}
	return status == MRT_OK ? skip(reader, p, p->width - part->left - part->width, 1) : status;
}

/* The averages of `lines` lines as real numbers. */
static int
push_averages(const struct mrt_rows *rows, const struct mrt_picture *p, const struct part *part,
	int lines)
{
	for (int i = 0; i < rows->row_count; i++) {
		int column = i / rows->channels;
		int count = first_of(column + 1, part->width, part->columns) -
			first_of(column, part->width, part->columns);
		float bright = (float)rows->sums[i] /
			(float)((uint32_t)count * (uint32_t)lines * (uint32_t)p->white);
		float above = (rows->high - rows->low) * bright; /* apart: not fused */

		if (mrt_rows_put(rows, i, rows->low + above) != MRT_OK)
			return MRT_ARGUMENT; /* no numbers to lie between */
	}
	return mrt_rows_push(rows);
}

static int
choose_part(const struct mrt_rows *rows, const struct mrt_picture *p, struct part *part)
{
	const int columns = rows->row_count / rows->channels;

	if (p->width < columns || p->height < rows->rows)
		return MRT_TOO_SMALL;

	const uint32_t width = (uint32_t)p->width, height = (uint32_t)p->height;
	const uint32_t across = (uint32_t)columns, down = (uint32_t)rows->rows;
	const bool wide = width * down > height * across;

	part->columns = columns;
	part->width = (int)(wide ? height * across / down : width);
	part->height = (int)(wide ? height : width * down / across);
	part->left = (p->width - part->width) / 2;
	part->top = (p->height - part->height) / 2;

	/* sums have 32 bits */
	uint64_t most = (uint64_t)(part->width / columns + 1) *
		(uint64_t)(part->height / rows->rows + 1) * (uint64_t)p->white;
	return most > UINT32_MAX ? MRT_TOO_LARGE : MRT_OK;
}

static int
feed(const struct mrt_rows *rows, struct mrt_reader *reader, const struct mrt_picture *p,
	const struct part *part)
{
	int status = skip(reader, p, p->width, part->top), y = 0;

	for (int r = 0; r < rows->rows && status == MRT_OK; r++) {
		int first = y, end = first_of(r + 1, part->height, rows->rows);

		for (int i = 0; i < rows->row_count; i++)
			rows->sums[i] = 0;
		for (; y < end && status == MRT_OK; y++)
			status = add_line(rows, reader, p, part);
		if (status == MRT_OK)
			status = push_averages(rows, p, part, end - first);
	}
	if (status == MRT_OK)
		status = skip(reader, p, p->width, p->height - part->top - part->height);
	return status == MRT_END ? MRT_SHORT : status;
}

static bool
within(int value, int most)
{
	return value >= 1 && value <= most;
}

int
mrt_rows_picture(
	const struct mrt_rows *rows, struct mrt_reader *reader, const struct mrt_picture *p)
{
	struct part part;
	int status = mrt_rows_check(rows);

	if (status != MRT_OK)
		return status;
	if (!reader || !reader->read || !p || !rows->sums || !within(p->width, MRT_PICTURE_SIDE) ||
		!within(p->height, MRT_PICTURE_SIDE) || !within(p->white, WHITE) ||
		(p->colours != 1 && p->colours != RGB) ||
		(rows->channels != 1 && rows->channels != RGB))
		return MRT_ARGUMENT;
	status = choose_part(rows, p, &part);
	return status == MRT_OK ? feed(rows, reader, p, &part) : status;
}

/* P2, P3, P5 or P6. */
static int
read_magic(struct mrt_reader *reader, struct mrt_picture *p)
{
	int c = mrt_reader_byte(reader), kind;

	while (is_blank(c)) /* after a picture before */
		c = mrt_reader_byte(reader);
	if (c < 0)
		return -c;
	kind = c == 'P' ? mrt_reader_byte(reader) : 0;
	if (kind < 0)
		return kind == -MRT_END ? MRT_SHORT : -kind;
	if (kind < '1' || kind > '7')
		return MRT_FORMAT;
	if (kind == '1' || kind == '4' || kind == '7')
		return MRT_UNSUPPORTED; /* black or white; PAM */
	p->text = kind < '5';
	p->colours = kind == '3' || kind == '6' ? RGB : 1;
	c = mrt_reader_byte(reader);
	return is_blank(c) ? MRT_OK : c == -MRT_END ? MRT_SHORT : c < 0 ? -c : MRT_FORMAT;
}

int
mrt_rows_pnm(const struct mrt_rows *rows, struct mrt_reader *reader)
{
	struct mrt_picture p;
	int *const field[] = { &p.width, &p.height, &p.white };
	int status = reader && reader->read ? read_magic(reader, &p) : MRT_ARGUMENT;

	for (int i = 0; i < RGB && status == MRT_OK; i++) {
		*field[i] = number(reader);
		status = *field[i] > 0 ? MRT_OK : *field[i] ? -*field[i] : MRT_FORMAT;
		status = status == MRT_END ? MRT_SHORT : status;
	}
	return status == MRT_OK ? mrt_rows_picture(rows, reader, &p) : status;
}
