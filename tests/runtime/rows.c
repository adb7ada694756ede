/*
 * Rows for pushed models: the network of shapes gives the reference's scores from a buffer and from
 * a camera's frame in each format; averages and sounds are those of a formula written apart.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime-min/mrt_rows_pnm.h"
#include "../../runtime-min/mrt_rows_wav.h"
#include "check.h"
#include "images.h"
#include "rows_files.h"
#include "shapes.h"
#include "show.h"

enum {
	IMAGES = (int)(sizeof images / sizeof *images),
	PICTURES = 300 /* of random shape */
};
static uint64_t state = 1;

static float
sunk(int i)
{
	float f;

	memcpy(&f, sink.data + (size_t)i * sizeof f, sizeof f);
	return f;
}

/* ---- the network ---- */

static shapes_work work;

static int
push_shapes(void *user, const void *rows, int count)
{
	return shapes_push(user, rows, count);
}

static const struct mrt_rows shapes = { .rows = SHAPES_IMAGE_ROWS,
	.row_count = SHAPES_IMAGE_ROW_COUNT, .channels = 1, .type = MRT_S8,
	.scale = SHAPES_IMAGE_SCALE, .zero = SHAPES_IMAGE_ZERO, .low = 0, .high = 1, .row = row,
	.sums = sums, .push = push_shapes, .user = &work };

static bool
has_scores(int image)
{
	int8_t scores[SHAPES_SCORES_COUNT];

	return !shapes_finish(&work, scores) && !memcmp(scores, images[image].scores, sizeof scores);
}

static bool
from_buffer(int image)
{
	float pixels[SIDE * SIDE];

	for (int i = 0; i < SIDE * SIDE; i++)
		pixels[i] = (float)level(images[image].pixels[i]) / (float)WHITE;
	shapes_begin(&work);
	return mrt_rows_buffer(&shapes, pixels, SIDE * SIDE) == MRT_OK && has_scores(image);
}

/* As samples/camera has it: the image in the middle, grey to both sides. */
static int
seen(const void *image, int x, int y, int colour)
{
	const int scale = CAMERA_HEIGHT / SIDE, left = (CAMERA_WIDTH - CAMERA_HEIGHT) / 2;
	const int column = (x - left) / scale;

	(void)colour;
	return x < left || column >= SIDE ? BYTE_MOST / 2 :
		level(((const Image *)image)->pixels[y / scale * SIDE + column]) * BYTE_MOST / WHITE;
}

static bool
from_camera(int image)
{
	static struct file file;
	bool right = true;

	for (int kind = '2'; kind <= '6'; kind++) {
		if (kind == '4')
			continue;
		struct mrt_reader reader;
		make_picture(&file, kind, CAMERA_WIDTH, CAMERA_HEIGHT, BYTE_MOST, seen, images + image);
		open_reader(&reader, &file, 1 + dice(&state) % 64);
		shapes_begin(&work);
		right &= mrt_rows_pnm(&shapes, &reader) == MRT_OK && has_scores(image) &&
			mrt_rows_pnm(&shapes, &reader) == MRT_END;
	}
	return right;
}

/* A frame that lies in memory, without a header. */
static bool
from_memory(int image)
{
	static unsigned char frame[CAMERA_WIDTH * CAMERA_HEIGHT];
	const struct mrt_picture picture = { CAMERA_WIDTH, CAMERA_HEIGHT, 1, BYTE_MOST, 0 };
	struct mrt_memory memory = { frame, sizeof frame };
	struct mrt_reader reader;

	for (int i = 0; i < CAMERA_WIDTH * CAMERA_HEIGHT; i++)
		frame[i] = (unsigned char)seen(images + image, i % CAMERA_WIDTH, i / CAMERA_WIDTH, 0);
	mrt_reader_init(&reader, mrt_memory_read, &memory);
	shapes_begin(&work);
	return mrt_rows_picture(&shapes, &reader, &picture) == MRT_OK && has_scores(image);
}

/* The network itself refuses: it has not begun. */
static bool
not_begun(void)
{
	static shapes_work fresh;
	struct mrt_rows rows = shapes;
	float pixels[SIDE * SIDE] = { 0 };

	rows.user = &fresh;
	return mrt_rows_buffer(&rows, pixels, SIDE * SIDE) == MRT_REFUSED;
}

static void
networks(void)
{
	bool buffer = true, camera = true, memory = true;

	for (int i = 0; i < IMAGES; i++) {
		buffer &= from_buffer(i);
		camera &= from_camera(i);
		memory &= from_memory(i);
	}
	say(buffer, "rows/buffer");
	say(camera, "rows/camera's frames");
	say(memory, "rows/frames in memory");
	say(not_begun(), "rows/not begun");
}

/* ---- averages ---- */

/* What mrt_rows_pnm.h says, for row r, column i, channel c. */
static double
average(int width, int height, int white, int colours, const struct mrt_rows *rows, int r, int i, int c)
{
	int across = rows->row_count / rows->channels, down = rows->rows;
	int wide = width * down > height * across;
	int w = wide ? height * across / down : width, h = wide ? height : width * down / across;
	double sum = 0;
	int count = 0;

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			if (y * down / h != r || x * across / w != i)
				continue;
			int at_x = x + (width - w) / 2, at_y = y + (height - h) / 2, value;
			if (colours > rows->channels)
				value = (77 * speckle(&white, at_x, at_y, 0) +
					150 * speckle(&white, at_x, at_y, 1) +
					29 * speckle(&white, at_x, at_y, 2)) / 256;
			else
				value = speckle(&white, at_x, at_y, colours == 1 ? 0 : c);
			sum += value;
			count++;
		}
	return sum / count / white;
}

static bool
picture_is_right(void)
{
	static const int whites[] = { 1, 7, 255, 256, 65535 };
	static struct file file;
	int channels = dice(&state) % 2 ? 1 : 3, down = 1 + (int)(dice(&state) % 6);
	int across = 1 + (int)(dice(&state) % 6);
	int width = across + (int)(dice(&state) % 20), height = down + (int)(dice(&state) % 20);
	int white = whites[dice(&state) % 5], kind = (int)"2356"[dice(&state) % 4];
	int colours = kind == '3' || kind == '6' ? 3 : 1;
	struct mrt_rows rows = real_rows(down, across * channels, channels);
	struct mrt_reader reader;

	rows.low = -1;
	make_picture(&file, kind, width, height, white, speckle, &white);
	open_reader(&reader, &file, 1 + dice(&state) % 64);
	if (mrt_rows_pnm(&rows, &reader) != MRT_OK || sink.pushed != down)
		return false;
	for (int at = 0; at < down * rows.row_count; at++) {
		double wanted = 2 * average(width, height, white, colours, &rows, at / rows.row_count,
			at % rows.row_count / channels, at % channels) - 1;
		if (fabs((double)sunk(at) - wanted) > 1e-6) {
			printf("  P%c %dx%d of %d in %dx%dx%d: %g, not %g\n", kind, width, height, white,
				down, across, channels, (double)sunk(at), wanted);
			return false;
		}
	}
	return mrt_rows_pnm(&rows, &reader) == MRT_END;
}

static void
pictures(void)
{
	bool right = true;

	for (int i = 0; i < PICTURES; i++)
		right &= picture_is_right();
	say(right, "rows/averages");
}

/* ---- sound ---- */

/* The windows of a file against its samples. */
static bool
sound_is_right(void)
{
	static struct file file;
	struct sound s = { .channels = 1 + (int)(dice(&state) % 2), .moments = (int)(dice(&state) % 90),
		.extensible = dice(&state) % 2, .chunks = (int)(dice(&state) % 3),
		.stream = dice(&state) % 4 == 0 };
	int channels = 1 + (int)(dice(&state) % 2), wide = 1 + (int)(dice(&state) % 4);
	struct mrt_rows rows = real_rows(1 + (int)(dice(&state) % 5), wide * channels, channels);
	struct mrt_reader reader;
	struct mrt_wav wav;
	int at = 0, window = rows.rows * wide, code;

	rows.low = -1;
	make_sound(&file, &s);
	open_reader(&reader, &file, 1 + dice(&state) % 64);
	if (mrt_wav_open(&wav, &reader) != MRT_OK || wav.rate != SOUND_RATE || wav.channels != s.channels)
		return false;
	while ((code = mrt_rows_wav(&rows, &wav)) == MRT_OK) {
		for (int i = 0; i < window * channels; i++) {
			const int16_t *moment = s.samples + (at + i / channels) * s.channels;
			int right = moment[s.channels - 1];
			double wanted = channels == 1 ? (moment[0] + right) / 2.0 / 32768 :
				(i % 2 ? right : moment[0]) / 32768.0;
			if ((double)sunk(i) != wanted)
				return false;
		}
		at += window;
		sink.pushed = 0;
	}
	return at + window > s.moments && code == (at == s.moments ? MRT_END : MRT_SHORT) &&
		sink.pushed == (s.moments - at) / wide;
}

static void
sounds(void)
{
	bool right = true;

	for (int i = 0; i < PICTURES; i++)
		right &= sound_is_right();
	say(right, "rows/sound");
}

int
main(void)
{
	networks();
	pictures();
	sounds();
	return 0;
}
