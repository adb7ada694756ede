/* A camera gives a frame line by line, and the network of shapes.tflite takes it so: compiled
   with --input push. The frame is never in memory, and of the network's input what it needs.
   usage: camera [FRAME]: a PGM or PPM file, - for standard input. Without one a camera of
   640 x 480 is made up, which sees each of the sample's images in turn. */
#include "images.h"
#include "shapes.h"
#include "show.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	COUNT = (int)(sizeof images / sizeof *images),
	MADE_WIDTH = 640,
	MADE_HEIGHT = 480,
	WIDTH_MOST = 4096,
	BYTE_MOST = 255
};

/* Where lines come from. */
typedef struct {
	FILE *file;         /* NULL: made up */
	const Image *image; /* what is seen then */
	int width, height, line;
	int colours, white, text; /* of the file: 1 or 3 a pixel, its largest value, as numbers */
} Camera;

/* A square from the middle of the frame, made smaller by averaging. */
typedef struct {
	int side, left, top, line;
	uint32_t sum[SIDE]; /* of the row that is being made */
} Scaler;

static shapes_work work; /* all the memory that the network needs */
static unsigned char line[WIDTH_MOST]; /* what a camera's driver has */

/* ---- the camera ---- */

/* The next number of a header; -1: there is none. */
static int
header_number(FILE *file)
{
	int c = getc(file), n;

	while (c == '#' || c == ' ' || (c >= '\t' && c <= '\r')) {
		while (c == '#' && (c = getc(file)) != '\n' && c != EOF)
			c = '#';
		c = getc(file);
	}
	ungetc(c, file);
	return fscanf(file, "%5d", &n) == 1 ? n : -1;
}

/* P2 and P3 are text, P5 and P6 bytes; P3 and P6 have colours. */
static const char *
open_frame(Camera *camera, const char *path)
{
	camera->file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
	if (!camera->file)
		return "cannot be read";
	int magic = getc(camera->file) == 'P' ? getc(camera->file) : 0;
	if (!magic || !strchr("2356", magic))
		return "is no PGM or PPM file";
	camera->text = magic < '5';
	camera->colours = magic == '3' || magic == '6' ? 3 : 1;
	camera->width = header_number(camera->file);
	camera->height = header_number(camera->file);
	camera->white = header_number(camera->file);
	if (!camera->text)
		getc(camera->file); /* one blank */
	if (camera->width < SIDE || camera->height < SIDE || camera->width > WIDTH_MOST)
		return "is too small or too wide";
	return camera->white < 1 || camera->white > BYTE_MOST ? "has samples of more than a byte" : NULL;
}

/* 0 to 255; negative: the file ends. */
static int
read_sample(const Camera *camera)
{
	int sample = camera->text ? header_number(camera->file) : getc(camera->file);

	return sample > camera->white ? BYTE_MOST : sample < 0 ? -1 :
		(sample * BYTE_MOST + camera->white / 2) / camera->white;
}

/* Grey is 0.3 red + 0.59 green + 0.11 blue, in 256ths. */
static int
read_pixel(const Camera *camera)
{
	static const int part[3] = { 77, 150, 29 };
	int grey = 0;

	if (camera->colours == 1)
		return read_sample(camera);
	for (int i = 0; i < camera->colours; i++) {
		int sample = read_sample(camera);
		if (sample < 0)
			return -1;
		grey += part[i] * sample;
	}
	return grey / 256;
}

/* The image in the middle, large; grey to both sides. */
static int
made_pixel(const Camera *camera, int x)
{
	int scale = camera->height / SIDE, left = (camera->width - camera->height) / 2;
	int column = (x - left) / scale, row = camera->line / scale;

	return x < left || column >= SIDE ? BYTE_MOST / 2 :
		level(camera->image->pixels[row * SIDE + column]) * BYTE_MOST / WHITE;
}

/* Whether there was a line. */
static int
take_line(Camera *camera)
{
	for (int x = 0; x < camera->width; x++) {
		int pixel = camera->file ? read_pixel(camera) : made_pixel(camera, x);
		if (pixel < 0)
			return 0;
		line[x] = (unsigned char)pixel;
	}
	camera->line++;
	return 1;
}

/* ---- from lines to rows ---- */

static Scaler
scaler_of(const Camera *camera)
{
	Scaler s = { camera->width < camera->height ? camera->width : camera->height, 0, 0, 0, { 0 } };

	s.left = (camera->width - s.side) / 2;
	s.top = (camera->height - s.side) / 2;
	return s;
}

/* The first line or column of the square that belongs to row or column i. */
static int
first_of(const Scaler *s, int i)
{
	return (i * s->side + SIDE - 1) / SIDE;
}

/* Takes a line into the sums, and pushes the row if that was its last; not 0: it was refused. */
static int
scale_line(Scaler *s)
{
	int y = s->line++ - s->top, row = y * SIDE / s->side;
	int8_t pixel[SIDE];

	if (y < 0 || y >= s->side)
		return 0;
	for (int x = 0; x < s->side; x++)
		s->sum[x * SIDE / s->side] += line[s->left + x];
	if (y + 1 < first_of(s, row + 1))
		return 0;
	for (int i = 0; i < SIDE; i++) {
		int count = (first_of(s, i + 1) - first_of(s, i)) * (first_of(s, row + 1) - first_of(s, row));
		pixel[i] = shapes_quantize_image((float)s->sum[i] / (float)(count * BYTE_MOST));
	}
	memset(s->sum, 0, sizeof s->sum);
	return shapes_push(&work, pixel, 1);
}

/* ---- the program ---- */

/* What went wrong, or NULL. */
static const char *
recognise(Camera *camera, int8_t scores[CLASSES])
{
	Scaler scaler = scaler_of(camera);

	shapes_begin(&work);
	while (camera->line < camera->height) {
		if (!take_line(camera))
			return "ends early";
		if (scale_line(&scaler))
			return "the network refused a row";
	}
	return shapes_finish(&work, scores) ? "the network lacks rows" : NULL;
}

/* Whether the answer is right and the scores are those of the reference. */
static int
check(const Image *image)
{
	Camera camera = { NULL, image, MADE_WIDTH, MADE_HEIGHT, 0, 1, BYTE_MOST, 0 };
	int8_t scores[CLASSES];
	const char *wrong = recognise(&camera, scores);

	if (wrong) {
		printf("%s\n", wrong);
		return 0;
	}
	int best = best_of(scores, CLASSES), right = best == image->label;
	int same = !memcmp(scores, image->scores, sizeof scores);
	printf("%-8s  seen as %-8s %5.1f %%  %s, scores %s those of TensorFlow Lite Micro\n",
		names[image->label], names[best], (double)shapes_dequantize_scores(scores[best]) * 100,
		right ? "right" : "WRONG", same ? "are" : "are NOT");
	return right && same;
}

static int
show_file(Camera *camera, const char *path)
{
	int8_t scores[CLASSES];
	const char *wrong = open_frame(camera, path);

	if (!wrong)
		wrong = recognise(camera, scores);
	if (wrong) {
		fprintf(stderr, "%s: %s\n", path, wrong);
		return 0;
	}
	for (int i = 0; i < CLASSES; i++)
		show_bar(names[i], shapes_dequantize_scores(scores[i]), i == best_of(scores, CLASSES));
	return 1;
}

int
main(int argc, char **argv)
{
	Camera camera = { NULL, NULL, MADE_WIDTH, MADE_HEIGHT, 0, 1, BYTE_MOST, 0 };
	int good = 1;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [FRAME.pgm]\n", argv[0]);
		return 2;
	}
	if (argc > 1)
		good = show_file(&camera, argv[1]);
	for (int i = 0; argc == 1 && i < COUNT; i++)
		good &= check(images + i);
	if (argc == 1 || good)
		printf("\nRAM: %d bytes of work area, %d of a line, %d of a row and its sums.\n"
		       "The frame has %d bytes.\n",
			(int)sizeof work, camera.width, SIDE + (int)sizeof(uint32_t[SIDE]),
			camera.width * camera.height);
	return good ? 0 : 1;
}
