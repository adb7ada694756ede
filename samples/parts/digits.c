/* The network of samples/digits, compiled with --name model, and its images. */
#include "images.h"
#include "model.h"
#include "parts.h"

const char network_name[] = "digits";
const int network_inputs = (int)(sizeof images / sizeof *images);

static model_work work; /* all the memory that the network needs */
static int8_t scores[MODEL_SCORES_COUNT];

void *
network_work(void)
{
	return &work;
}

size_t
network_work_bytes(void)
{
	return sizeof work;
}

size_t
network_alignment(void)
{
	return _Alignof(model_work);
}

void
network_fill(int index)
{
	const char *pixels = images[index].pixels;
	int8_t *input = model_image(&work);

	for (int i = 0; i < MODEL_IMAGE_COUNT; i++) {
		int level = pixels[i] <= '9' ? pixels[i] - '0' : pixels[i] - 'a' + 10;
		input[i] = model_quantize_image((float)level / (float)WHITE);
	}
}

void
network_run(void)
{
	model_run(&work, scores);
}

int
network_right(int index)
{
	for (int i = 0; i < CLASSES; i++)
		if (scores[i] != images[index].scores[i])
			return 0;
	return 1;
}

int
network_show(int index)
{
	int best = 0, right = network_right(index);

	for (int i = 1; i < CLASSES; i++)
		if (scores[i] > scores[best])
			best = i;
	say("image ");
	say(names[images[index].label]);
	say(" seen as ");
	say(names[best]);
	say_tenths(model_dequantize_scores(scores[best]) * 100, 6);
	say(right ? " %  the reference's scores\n" : " %  NOT the reference's scores\n");
	return right;
}
