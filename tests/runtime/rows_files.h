/*
 * For rows.c and rows_bad.c: files made in memory, a reader that gives them in pieces, or fails,
 * and a sink of rows.
 */
#ifndef ROWS_FILES_H
#define ROWS_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../../runtime-min/mrt_rows.h"

enum {
	CAMERA_WIDTH = 640,
	CAMERA_HEIGHT = 480,
	BYTE_MOST = 255,
	SOUND_RATE = 16000,
	SOUND_MOST = 200,
	MOST = 4096, /* numbers that a sink takes */
	FILE_MOST = CAMERA_WIDTH * CAMERA_HEIGHT * 3 * 4 + 100
};

struct file {
	size_t bytes, at, piece, fails_at; /* a read that reaches fails_at fails */
	bool lies;                         /* it says then that more came than it was asked for */
	unsigned char data[FILE_MOST];
};

static inline long
read_piece(void *user, void *to, size_t bytes)
{
	struct file *f = user;
	size_t count = f->bytes - f->at;

	count = count < bytes ? count : bytes;
	count = count < f->piece ? count : f->piece;
	if (f->at + count > f->fails_at)
		return f->lies ? (long)bytes + 1 : -1;
	memcpy(to, f->data + f->at, count);
	f->at += count;
	return (long)count;
}

static inline void
open_reader(struct mrt_reader *reader, struct file *file, size_t piece)
{
	file->at = 0;
	file->piece = piece;
	file->fails_at = SIZE_MAX;
	file->lies = false;
	mrt_reader_init(reader, read_piece, file);
}

static inline void
put_little(struct file *f, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		f->data[f->bytes++] = (unsigned char)(value >> (8 * i));
}

static inline void
put_text(struct file *f, const char *text)
{
	memcpy(f->data + f->bytes, text, strlen(text));
	f->bytes += strlen(text);
}

/* `seen` says a number of a pixel. */
static inline void
make_picture(struct file *f, int kind, int width, int height, int white,
	int (*seen)(const void *, int x, int y, int colour), const void *user)
{
	char text[80];
	int colours = kind == '3' || kind == '6' ? 3 : 1;

	f->bytes = 0;
	snprintf(text, sizeof text, "P%c\n# made\n%d %d\n%d\n", kind, width, height, white);
	put_text(f, text);
	for (int i = 0; i < width * height * colours; i++) {
		int value = seen(user, i / colours % width, i / colours / width, i % colours);
		if (kind < '5') {
			snprintf(text, sizeof text, "%d%c", value, i % 16 == 15 ? '\n' : ' ');
			put_text(f, text);
		} else {
			if (white > BYTE_MOST)
				f->data[f->bytes++] = (unsigned char)(value >> 8);
			f->data[f->bytes++] = (unsigned char)value;
		}
	}
}

struct sound {
	int channels, moments, chunks; /* chunks: others before the sound */
	bool extensible, stream, no_rate;
	int16_t samples[SOUND_MOST];
};

static inline void
make_sound(struct file *f, struct sound *s)
{
	const uint32_t step = 2 * (uint32_t)s->channels, bytes = step * (uint32_t)s->moments;

	f->bytes = 0;
	put_text(f, "RIFF");
	put_little(f, 36 + bytes, 4); /* which nobody reads */
	put_text(f, "WAVEfmt ");
	put_little(f, s->extensible ? 40 : 16, 4);
	put_little(f, s->extensible ? 0xfffe : 1, 2);
	put_little(f, (uint32_t)s->channels, 2);
	put_little(f, s->no_rate ? 0 : SOUND_RATE, 4);
	put_little(f, SOUND_RATE * step, 4);
	put_little(f, step, 2);
	put_little(f, 16, 2);
	if (s->extensible) { /* size, bits, speakers, format and the rest of its GUID */
		put_little(f, 22, 2);
		put_little(f, 16, 2);
		put_little(f, 3, 4);
		put_little(f, 1, 2);
		for (int i = 0; i < 14; i++)
			put_little(f, (uint32_t)i, 1);
	}
	for (int i = 0; i < s->chunks; i++) { /* of an odd size, so one byte more */
		put_text(f, "LIST");
		put_little(f, 5, 4);
		put_text(f, "odd..x");
	}
	put_text(f, "data");
	put_little(f, s->stream ? UINT32_MAX : bytes, 4);
	for (int i = 0; i < s->moments * s->channels; i++) {
		s->samples[i] = (int16_t)(i * 7919 % 65536 - 32768);
		put_little(f, (uint16_t)s->samples[i], 2);
	}
}

/* Where rows go. */
struct sink {
	int pushed, refuse_at;
	size_t bytes; /* of a row */
	unsigned char data[MOST * sizeof(float)];
};
static struct sink sink;
static float row[MOST];
static uint32_t sums[MOST];

static inline int
take(void *user, const void *rows, int count)
{
	struct sink *s = user;

	if (count != 1 || s->pushed == s->refuse_at)
		return 1;
	memcpy(s->data + (size_t)s->pushed++ * s->bytes, rows, s->bytes);
	return 0;
}

/* Rows of real numbers into the sink. */
static inline struct mrt_rows
real_rows(int count, int row_count, int channels)
{
	sink.pushed = 0;
	sink.refuse_at = -1;
	sink.bytes = (size_t)row_count * sizeof(float);
	return (struct mrt_rows){ .rows = count, .row_count = row_count, .channels = channels,
		.type = MRT_F32, .low = 0, .high = 1, .row = row, .sums = sums, .push = take,
		.user = &sink };
}

static inline int
speckle(const void *white, int x, int y, int colour)
{
	return (int)(((uint32_t)x * 2654435761u ^ (uint32_t)y * 40503u ^ (uint32_t)colour * 977u) %
		(uint32_t)(*(const int *)white + 1));
}

#endif
