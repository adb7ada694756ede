/*
 * Rows from what is hostile, cut off, damaged or fails to be read: a code, and no row too many.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime-min/mrt_rows_pnm.h"
#include "../../runtime-min/mrt_rows_wav.h"
#include "check.h"
#include "rows_files.h"

enum { BREAKS = 20000 }; /* damaged files of each kind */
static uint64_t state = 1;

/* The code of a file that stands as text. */
static int
code_of(const char *text, size_t bytes)
{
	struct mrt_rows rows = real_rows(2, 2, 1);
	struct mrt_memory memory = { (const unsigned char *)text, bytes };
	struct mrt_reader reader;

	mrt_reader_init(&reader, mrt_memory_read, &memory);
	return mrt_rows_pnm(&rows, &reader);
}

static void
picture_codes(void)
{
	static const struct {
		const char *text;
		int code;
	} cases[] = {
		{ "", MRT_END }, { " \n", MRT_END }, { "P", MRT_SHORT }, { "P5", MRT_SHORT },
		{ "Q5 2 2 255\n1234", MRT_FORMAT }, { "P8 2 2 255\n1234", MRT_FORMAT },
		{ "P1 2 2 1 0 1 0", MRT_UNSUPPORTED }, { "P4 2 2 1", MRT_UNSUPPORTED },
		{ "P7\nWIDTH 2", MRT_UNSUPPORTED }, { "P5x2 2 255\n1234", MRT_FORMAT },
		{ "P5 2 2 255\n1234", MRT_OK }, { "P5\n# two\n#\n2 # wide\n2 255\n1234", MRT_OK },
		{ "P5 2 2 255\n123", MRT_SHORT }, { "P5 2 2 255", MRT_SHORT }, { "P5 2 2", MRT_SHORT },
		{ "P5 2 2 # never ends", MRT_SHORT }, { "P5 -2 2 255\n1234", MRT_FORMAT },
		{ "P5 0 2 255\n1234", MRT_FORMAT }, { "P5 2 2 0\n1234", MRT_FORMAT },
		{ "P5 2 2 65536\n1234", MRT_TOO_LARGE }, { "P5 99999999999999999999 2 9\n", MRT_TOO_LARGE },
		{ "P5 2 2 255x1234", MRT_FORMAT }, { "P5 1 2 255\n1234", MRT_TOO_SMALL },
		{ "P5 2 1 255\n1234", MRT_TOO_SMALL }, { "P5 2 2 1\n\1\1\1\2", MRT_FORMAT },
		{ "P5 65535 65535 65535\n", MRT_TOO_LARGE }, { "P5 65535 65535 255\n", MRT_TOO_LARGE },
		{ "P5 65535 2 65535\n", MRT_SHORT }, { "P2 2 2 9 1 2 3 4", MRT_OK },
		{ "P2 2 2 9 1 2 3 x", MRT_FORMAT }, { "P2 2 2 9 1 2 3 10", MRT_FORMAT },
		{ "P2 2 2 9 1 2 3 -1", MRT_FORMAT }, { "P2 2 2 9 1 2 3", MRT_SHORT },
		{ "P3 2 2 9 1 2 3 1 2 3 1 2 3 1 2 3", MRT_OK }, { "P3 2 2 9 1 2 3", MRT_SHORT },
	};
	bool right = true;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int code = code_of(cases[i].text, strlen(cases[i].text));
		if (code != cases[i].code) {
			printf("  '%s': %s\n", cases[i].text, mrt_message(code));
			right = false;
		}
	}
	say(right, "rows/picture's codes");
}

/* Of a small file of which a byte, or two, at `at` are others, or all behind `bytes` cut off. */
static int
sound_code(int at, int value, size_t bytes)
{
	static struct file file;
	struct sound s = { .channels = 2, .moments = 8, .no_rate = at == 24 };
	struct mrt_rows rows = real_rows(4, 2, 1);
	struct mrt_reader reader;
	struct mrt_wav wav;

	make_sound(&file, &s);
	if (at >= 0)
		file.data[at] = (unsigned char)value;
	if (at >= 0 && value > BYTE_MOST)
		file.data[at + 1] = (unsigned char)(value >> 8);
	file.bytes = bytes && bytes < file.bytes ? bytes : file.bytes;
	open_reader(&reader, &file, 64);
	int code = mrt_wav_open(&wav, &reader);
	return code == MRT_OK ? mrt_rows_wav(&rows, &wav) : code;
}

static void
sound_codes(void)
{
	bool cut = true;

	/* where they are in the file: RIFF 0, WAVE 8, fmt 12, 16, kind 20, channels 22, rate 24,
	 * step 32, bits 34, data 36, 40, the first moment 44 */
	say(sound_code(-1, 0, 0) == MRT_OK && sound_code(0, 'x', 0) == MRT_FORMAT &&
			sound_code(8, 'x', 0) == MRT_FORMAT && sound_code(16, 15, 0) == MRT_FORMAT &&
			sound_code(20, 3, 0) == MRT_UNSUPPORTED &&
			sound_code(22, 0, 0) == MRT_UNSUPPORTED &&
			sound_code(22, 3, 0) == MRT_UNSUPPORTED && sound_code(32, 2, 0) == MRT_FORMAT &&
			sound_code(24, 0, 0) == MRT_FORMAT &&
			sound_code(20, 0xfffe, 0) == MRT_UNSUPPORTED &&
			sound_code(34, 8, 0) == MRT_UNSUPPORTED && sound_code(12, 'x', 0) == MRT_FORMAT &&
			sound_code(36, 'x', 0) == MRT_SHORT && sound_code(40, 16, 0) == MRT_SHORT &&
			sound_code(43, 127, 0) == MRT_OK && sound_code(16, 255, 0) == MRT_SHORT,
		"rows/sound's codes");
	for (size_t bytes = 1; bytes < 44 + 8 * 4; bytes++)
		cut &= sound_code(-1, 0, bytes) == MRT_SHORT;
	say(cut, "rows/sound cut off");
}

/* Chunk after chunk of nothing: it ends. */
static long
endless(void *at, void *to, size_t bytes)
{
	static const char head[] = "RIFF....WAVE";
	long *byte = at;

	for (size_t i = 0; i < bytes; i++, ++*byte)
		((char *)to)[i] = *byte < 12 ? head[*byte] : '\0';
	return (long)bytes;
}

/* ---- what fails ---- */

/* The reader fails after so many bytes, then works again. */
static void
readers(void)
{
	static struct file files[2];
	const int white = BYTE_MOST;
	struct sound s = { .channels = 2, .moments = 8, .extensible = true };
	struct mrt_reader reader;
	struct mrt_wav wav;
	bool right = true;

	make_picture(files, '6', 4, 4, BYTE_MOST, speckle, &white);
	make_sound(files + 1, &s);
	for (int kind = 0; kind < 2; kind++)
		for (size_t i = 0; i < files[kind].bytes; i++)
			for (int lies = 0; lies < 2; lies++) {
				struct mrt_rows rows = real_rows(4, 4, 1);
				rows.rows = kind ? 2 : 4;
				open_reader(&reader, files + kind, 1);
				files[kind].fails_at = i;
				files[kind].lies = lies;
				int code = !kind ? mrt_rows_pnm(&rows, &reader) :
					mrt_wav_open(&wav, &reader);
				if (kind && code == MRT_OK)
					code = mrt_rows_wav(&rows, &wav);
				right &= code == MRT_READ;
			}
	say(right, "rows/readers that fail");
	long byte = 0;
	mrt_reader_init(&reader, endless, &byte);
	say(mrt_wav_open(&wav, &reader) == MRT_FORMAT, "rows/endless chunks");
}

/* The sink refuses a row. */
static void
refusals(void)
{
	static struct file file;
	const int white = BYTE_MOST;
	float numbers[16] = { 0 };
	bool right = true;

	for (int at = 0; at < 4; at++) {
		struct mrt_rows rows = real_rows(4, 4, 1);
		struct mrt_reader reader;
		struct sound s = { .channels = 1, .moments = 16 };
		struct mrt_wav wav;
		sink.refuse_at = at;
		right &= mrt_rows_buffer(&rows, numbers, 16) == MRT_REFUSED && sink.pushed == at;
		sink.pushed = 0;
		make_picture(&file, '5', 4, 4, BYTE_MOST, speckle, &white);
		open_reader(&reader, &file, 64);
		right &= mrt_rows_pnm(&rows, &reader) == MRT_REFUSED && sink.pushed == at;
		sink.pushed = 0;
		make_sound(&file, &s);
		open_reader(&reader, &file, 64);
		right &= mrt_wav_open(&wav, &reader) == MRT_OK &&
			mrt_rows_wav(&rows, &wav) == MRT_REFUSED && sink.pushed == at;
	}
	say(right, "rows/refused");
}

static bool
all_refuse(const struct mrt_rows *rows)
{
	const struct mrt_picture p = { 4, 4, 1, 255, 0 };
	float numbers[16] = { 0 };
	unsigned char pixels[64] = { 0 };
	struct mrt_memory memory = { pixels, sizeof pixels };
	struct mrt_reader reader;
	mrt_reader_init(&reader, mrt_memory_read, &memory);
	struct mrt_wav wav = { &reader, 1, 16, 1 };

	return mrt_rows_buffer(rows, numbers, 16) == MRT_ARGUMENT &&
		mrt_rows_picture(rows, &reader, &p) == MRT_ARGUMENT &&
		mrt_rows_wav(rows, &wav) == MRT_ARGUMENT;
}

static void
wrong_rows(void)
{
	const struct mrt_rows good = real_rows(4, 4, 1);
	struct mrt_rows bad[12];
	bool right = all_refuse(NULL);

	for (int i = 0; i < 12; i++)
		bad[i] = good;
	bad[0].rows = 0;
	bad[1].row_count = -4;
	bad[2].channels = 0;
	bad[3].channels = 3; /* 4 is no multiple */
	bad[4].row = NULL;
	bad[5].push = NULL;
	bad[6].type = (enum mrt_type)7;
	for (int i = 7; i < 10; i++)
		bad[i].type = (enum mrt_type)(i - 7); /* with the scale 0 */
	bad[10].type = MRT_U8;
	bad[10].scale = 1;
	bad[10].zero = -1;
	bad[11].type = MRT_S16;
	bad[11].scale = NAN;
	for (int i = 0; i < 12; i++)
		right &= all_refuse(bad + i);
	say(right && sink.pushed == 0, "rows/wrong rows");
}

static void
arguments(void)
{
	struct mrt_rows rows = real_rows(4, 4, 1), other;
	const struct mrt_picture good = { 4, 4, 1, 255, 0 };
	float numbers[16] = { 0, NAN };
	unsigned char pixels[64] = { 0 };
	struct mrt_memory memory = { pixels, sizeof pixels };
	struct mrt_reader reader, unread = { 0 };
	struct mrt_wav wav;
	bool right = mrt_rows_buffer(&rows, NULL, 16) == MRT_ARGUMENT &&
		mrt_rows_buffer(&rows, numbers, 15) == MRT_ARGUMENT &&
		mrt_rows_buffer(&rows, numbers, 17) == MRT_ARGUMENT && sink.pushed == 0 &&
		mrt_rows_buffer(&rows, numbers, 16) == MRT_NAN && sink.pushed == 4;

	mrt_reader_init(&reader, mrt_memory_read, &memory);
	for (int i = 0; i < 6; i++) {
		struct mrt_picture p = good;
		*(i == 0 ? &p.width : i == 1 ? &p.height : i < 4 ? &p.white : &p.colours) =
			i == 3 ? 65536 : i == 4 ? 2 : i == 5 ? 4 : 0;
		right &= mrt_rows_picture(&rows, &reader, &p) == MRT_ARGUMENT;
	}
	other = rows;
	other.sums = NULL;
	right &= mrt_rows_picture(&other, &reader, &good) == MRT_ARGUMENT &&
		mrt_rows_picture(&rows, NULL, &good) == MRT_ARGUMENT &&
		mrt_rows_picture(&rows, &unread, &good) == MRT_ARGUMENT &&
		mrt_rows_picture(&rows, &reader, NULL) == MRT_ARGUMENT &&
		mrt_rows_pnm(&rows, NULL) == MRT_ARGUMENT && mrt_rows_pnm(&rows, &unread) == MRT_ARGUMENT;
	other = rows;
	other.channels = 2;
	right &= mrt_rows_picture(&other, &reader, &good) == MRT_ARGUMENT;
	other = rows;
	other.low = NAN;
	right &= mrt_rows_picture(&other, &reader, &good) == MRT_ARGUMENT;
	right &= mrt_wav_open(NULL, &reader) == MRT_ARGUMENT && mrt_wav_open(&wav, NULL) == MRT_ARGUMENT &&
		mrt_wav_open(&wav, &unread) == MRT_ARGUMENT && mrt_rows_wav(&rows, NULL) == MRT_ARGUMENT;
	memory = (struct mrt_memory){ pixels, sizeof pixels };
	mrt_reader_init(&reader, mrt_memory_read, &memory);
	wav = (struct mrt_wav){ &reader, 1, 9, 1 };
	right &= mrt_rows_wav(&other, &wav) == MRT_ARGUMENT;
	other = real_rows(1, 4, 4);
	right &= mrt_rows_wav(&other, &wav) == MRT_ARGUMENT;
	other = real_rows(1, 4, 2);
	other.low = -INFINITY;
	other.high = INFINITY;
	right &= mrt_rows_wav(&other, &wav) == MRT_ARGUMENT;
	wav.channels = 3;
	right &= mrt_rows_wav(&rows, &wav) == MRT_ARGUMENT;
	wav = (struct mrt_wav){ NULL, 1, 9, 1 };
	right &= mrt_rows_wav(&rows, &wav) == MRT_ARGUMENT;
	wav = (struct mrt_wav){ &reader, 1, 9, 0 };
	say(right && mrt_rows_wav(&rows, &wav) == MRT_ARGUMENT, "rows/arguments");
}

/* ---- damaged files ---- */

static void
damage(struct file *file)
{
	for (int i = 1 + (int)(dice(&state) % 6); i; i--) {
		size_t at = dice(&state) % (dice(&state) % 2 ? 60 : file->bytes) % file->bytes;
		switch (dice(&state) % 5) {
		case 0: file->data[at] ^= (unsigned char)(1 << dice(&state) % 8); break;
		case 1: file->data[at] = (unsigned char)dice(&state); break;
		case 2: file->data[at] = (unsigned char)"0 9#\n\377P-"[dice(&state) % 8]; break;
		case 3: file->bytes = at + 1; break;
		default:
			memmove(file->data + at, file->data + at / 2, file->bytes - at);
			break;
		}
	}
}

static bool
survives(bool sound)
{
	static struct file file;
	struct mrt_reader reader;
	struct mrt_wav wav;
	const int white = dice(&state) % 2 ? BYTE_MOST : 1000, channels = dice(&state) % 2 ? 1 : 3;
	struct mrt_rows rows = real_rows(5, 6, sound ? 2 : channels);
	struct sound s = { .channels = 1 + (int)(dice(&state) % 2), .moments = 60,
		.extensible = dice(&state) % 2, .chunks = (int)(dice(&state) % 3) };
	int code;

	if (sound)
		make_sound(&file, &s);
	else
		make_picture(&file, (int)"2356"[dice(&state) % 4], 6 + (int)(dice(&state) % 5),
			5 + (int)(dice(&state) % 5), white, speckle, &white);
	damage(&file);
	open_reader(&reader, &file, 64);
	if (!sound) {
		code = mrt_rows_pnm(&rows, &reader);
	} else {
		code = mrt_wav_open(&wav, &reader);
		if (code == MRT_OK)
			code = mrt_rows_wav(&rows, &wav);
	}
	return code >= MRT_OK && code < MRT_STATUS_COUNT && code != MRT_READ &&
		code != MRT_ARGUMENT && code != MRT_REFUSED && sink.pushed <= rows.rows &&
		(code != MRT_OK || sink.pushed == rows.rows);
}

static void
damaged(void)
{
	bool pictures_do = true, sounds_do = true;

	for (int i = 0; i < BREAKS; i++) {
		pictures_do &= survives(false);
		sounds_do &= survives(true);
	}
	say(pictures_do, "rows/20000 damaged pictures");
	say(sounds_do, "rows/20000 damaged sounds");
}

int
main(void)
{
	picture_codes();
	sound_codes();
	readers();
	refusals();
	wrong_rows();
	arguments();
	damaged();
	return 0;
}
