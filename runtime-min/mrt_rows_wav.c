/* WAV files: "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft,
 * 1991, chapter 3; WAVE_FORMAT_EXTENSIBLE since. */
#include "mrt_rows_wav.h"

#include <stdbool.h>

enum {
	PCM = 1,
	EXTENSIBLE = 0xfffe,
	FORMAT_BYTES = 16, /* of the chunk "fmt " that are always there */
	EXTENDED_BYTES = 26, /* up to the format that an extensible one really has */
	SAMPLE_BITS = 16,
	CHUNKS = 64 /* before the sound: no file has as many */
};
#define FOUR(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | \
	(uint32_t)(d) << 24)

/* A little-endian number. Once a status is not MRT_OK nothing more is read. */
static uint32_t
number(struct mrt_reader *reader, int bytes, int *status)
{
	uint32_t value = 0;

	for (int i = 0; i < bytes && *status == MRT_OK; i++) {
		int c = mrt_reader_byte(reader);
		if (c < 0)
			*status = -c;
		else
			value |= (uint32_t)c << (8 * i);
	}
	return value;
}

static void
skip(struct mrt_reader *reader, uint32_t bytes, int *status)
{
	while (bytes-- && *status == MRT_OK)
		number(reader, 1, status);
}

/* The chunk "fmt ". */
static void
read_format(struct mrt_wav *wav, uint32_t bytes, int *status)
{
	struct mrt_reader *reader = wav->reader;

	if (bytes < FORMAT_BYTES) {
		*status = MRT_FORMAT;
		return;
	}
	uint32_t kind = number(reader, 2, status), channels = number(reader, 2, status);
	wav->rate = number(reader, 4, status);
	skip(reader, 4, status); /* bytes a second */
	uint32_t step = number(reader, 2, status), bits = number(reader, 2, status);
	uint32_t came = FORMAT_BYTES;
	if (kind == EXTENSIBLE && bytes >= EXTENDED_BYTES) {
		skip(reader, EXTENDED_BYTES - 2 - FORMAT_BYTES, status);
		kind = number(reader, 2, status);
		came = EXTENDED_BYTES;
	}
	skip(reader, bytes - came, status);
	if (*status != MRT_OK)
		return;
	if (kind != PCM || bits != SAMPLE_BITS || (channels != 1 && channels != 2))
		*status = MRT_UNSUPPORTED;
	else if (step != 2 * channels || !wav->rate)
		*status = MRT_FORMAT;
	wav->channels = (int)channels;
}

/* Whether the sound begins here; other chunks are read over. */
static bool
take_chunk(struct mrt_wav *wav, int *status)
{
	uint32_t name = number(wav->reader, 4, status), bytes = number(wav->reader, 4, status);

	if (*status != MRT_OK)
		return false;
	if (name == FOUR('d', 'a', 't', 'a')) {
		bool stream = !bytes || bytes == UINT32_MAX;
		if (!wav->channels)
			*status = MRT_FORMAT;
		else
			wav->left = stream ? MRT_WAV_ENDLESS :
					     bytes / (2 * (uint32_t)wav->channels);
		return true;
	}
	if (name == FOUR('f', 'm', 't', ' '))
		read_format(wav, bytes, status);
	else
		skip(wav->reader, bytes, status);
	skip(wav->reader, bytes % 2, status); /* chunks begin at even bytes */
	return false;
}

int
mrt_wav_open(struct mrt_wav *wav, struct mrt_reader *reader)
{
	int status = MRT_OK, chunks = 0;

	if (!wav || !reader || !reader->read)
		return MRT_ARGUMENT;
	*wav = (struct mrt_wav){ .reader = reader };
	if (number(reader, 4, &status) != FOUR('R', 'I', 'F', 'F') && status == MRT_OK)
		status = MRT_FORMAT;
	skip(reader, 4, &status);
	if (number(reader, 4, &status) != FOUR('W', 'A', 'V', 'E') && status == MRT_OK)
		status = MRT_FORMAT;
	while (status == MRT_OK && !take_chunk(wav, &status))
		if (++chunks == CHUNKS)
			status = MRT_FORMAT;
	return status == MRT_END ? MRT_SHORT : status;
}

/* A sample, or the sum of `samples`, as one of the row's numbers. */
static int
put_sound(const struct mrt_rows *rows, int i, int32_t sum, int samples)
{
	const int32_t least = INT16_MIN;
	float part = (float)(sum - least * samples) / (float)(-2 * least * samples);
	float above = (rows->high - rows->low) * part; /* apart: not fused */

	return mrt_rows_put(rows, i, rows->low + above) == MRT_OK ? MRT_OK : MRT_ARGUMENT;
}

/* The row's numbers from `at` on. */
static int
take_moment(const struct mrt_rows *rows, struct mrt_wav *wav, int at)
{
	int status = MRT_OK;
	int32_t left = (int16_t)number(wav->reader, 2, &status), right = left;

	if (wav->channels == 2)
		right = (int16_t)number(wav->reader, 2, &status);
	if (status != MRT_OK)
		return status;
	if (rows->channels == 1)
		return put_sound(rows, at, left + right, 2);
	status = put_sound(rows, at, left, 1);
	return status == MRT_OK ? put_sound(rows, at + 1, right, 1) : status;
}

static int
take_row(const struct mrt_rows *rows, struct mrt_wav *wav)
{
	for (int at = 0; at < rows->row_count; at += rows->channels) {
		const bool promised = wav->left && wav->left != MRT_WAV_ENDLESS;
		int status = wav->left ? take_moment(rows, wav, at) : MRT_END;
		if (status != MRT_OK)
			return status == MRT_END && (at || promised) ? MRT_SHORT : status;
		if (wav->left != MRT_WAV_ENDLESS)
			wav->left--;
	}
	return mrt_rows_push(rows);
}

int
mrt_rows_wav(const struct mrt_rows *rows, struct mrt_wav *wav)
{
	int status = mrt_rows_check(rows);

	if (status != MRT_OK)
		return status;
	if (!wav || !wav->reader || wav->channels < 1 || wav->channels > 2 || rows->channels > 2)
		return MRT_ARGUMENT;
	for (int r = 0; r < rows->rows; r++) {
		status = take_row(rows, wav);
		if (status != MRT_OK)
			return r && status == MRT_END ? MRT_SHORT : status;
	}
	return MRT_OK;
}
