/* Classifies a stream of handwritten digits, by a large network while the device is cool enough
   and by a small one when it would get too hot.
   usage: thermal [OPTION]...
     --fast         an hour of the heat wave in a second; else it takes an hour
     --speed N      or N times as fast as it is
     --always-fast  the large network whatever happens; --always-eco: the small one
     --root DIR     no pretended device, but the thermal zones below DIR: / has this machine's
     --zone TYPE    and of these the first of this type: x86_pkg_temp
     --rate HZ      images a second [5]
     --seconds N    to run [3600]
     --log FILE     what each image was taken for: its number, variant, answer, scores
     --measure      time both variants here, show their share of right answers, and end */
#define _XOPEN_SOURCE 700
#include "device.h"
#include "digits.h"
#include "frames.h"
#include "mrt_heat.h"
#include "mrt_heat_linux.h"
#include "mrt_variant.h"
#include "mrt_variant_heat.h"
#include "show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_MS = 1000, MINUTE = 60 };

typedef struct {
	const char *root, *zone, *log;
	double speed, rate, seconds; /* speed 0: as fast as can be */
	int always;                  /* a choice; -1: the policy's */
	int measure;
} Options;

typedef struct {
	Options options;
	Device device; /* pretended, unless there is a root */
	int repeat;    /* turns of the network for each image, if the device is real */
	struct mrt_variant table[DIGITS_VARIANTS];
	struct mrt_variants variants;
	struct mrt_heat heat;
	struct mrt_heat_linux source;
	struct mrt_heat_reading reading;
	FILE *log;
	double busy_until; /* ms */
	double joules;     /* drawn in this second */
	int choice, shown; /* for the last image; on the last line that stays */
	int down, up;      /* changes to a smaller network, and back */
	long frames, missed, right, served[DIGITS_VARIANTS];
} Stream;

static digits_work work; /* all the memory that either network needs */

/* ---- one image ---- */

static int
classify(int variant, int frame, int8_t scores[CLASSES])
{
	int8_t *input = digits_image(&work, variant);
	for (int i = 0; i < SIDE * SIDE; i++) {
		float ink = (float)level(frames[frame].pixels[i]) / (float)WHITE;
		input[i] = digits_quantize_image(variant, ink);
	}
	return digits_run(&work, variant, scores);
}

/* ---- what the variants cost here ---- */

static int
run_turn(void *user, int variant, int turn)
{
	const Stream *stream = user;
	int8_t scores[CLASSES];
	for (int i = 0; i < stream->repeat; i++)
		if (classify(variant, turn % FRAMES, scores))
			return 1;
	return 0;
}

static int
read_clock(void *user, uint32_t *now)
{
	(void)user;
	*now = (uint32_t)(uint64_t)microseconds();
	return 0;
}

static int
calibrate(Stream *stream)
{
	struct mrt_meter meter = { .run = run_turn,
		.clock_us = read_clock,
		.user = stream,
		.turns = 15,
		.warm = 2 };
	int code = mrt_calibrate(stream->table, DIGITS_VARIANTS, &meter);
	if (code)
		fprintf(stderr, "thermal: %s\n", mrt_message(code));
	return code;
}

/* Digits are small: so many turns that the large network computes for half of each period. */
static int
work_hard(Stream *stream)
{
	const int probe = 100;
	stream->repeat = probe;
	if (calibrate(stream))
		return 0;
	double once = stream->table[DIGITS_LARGE].latency_ms / (float)probe;
	stream->repeat =
		(int)fmin(fmax(SECOND_MS / stream->options.rate / 2 / once, 1), 1e6);
	printf("Each image is classified %d times, so that there is something to do.\n",
		stream->repeat);
	return !calibrate(stream);
}

static int
measure(Stream *stream)
{
	const int turns = 100;
	stream->repeat = turns;
	if (calibrate(stream))
		return 1;
	for (int variant = 0; variant < DIGITS_VARIANTS; variant++) {
		int8_t scores[CLASSES];
		int right = 0;
		for (int i = 0; i < FRAMES; i++)
			right += classify(variant, i, scores) == 0 &&
				best_of(scores, CLASSES) == frames[i].label;
		printf("%s: %d of %d right, %.4f; the table has %.4f; %.2f us here\n",
			stream->table[variant].name, right, FRAMES,
			(double)right / FRAMES, (double)stream->table[variant].quality,
			(double)stream->table[variant].latency_ms * SECOND_MS / turns);
	}
	return 0;
}

/* ---- what is shown ---- */

static void
show_head(void)
{
	printf(" time  outside     body  state     network  missed   of frames  why\n");
}

static void
show_line(const Stream *stream, int second, const char *end)
{
	char outside[32] = "      ?", body[32] = "      ?";
	if (!stream->options.root)
		snprintf(outside, sizeof outside, "%5.1f C", stream->device.outside);
	if (isfinite(stream->reading.celsius))
		snprintf(body, sizeof body, "%5.1f C", (double)stream->reading.celsius);
	struct mrt_selection now;
	int none = mrt_select(&stream->variants, stream->choice, &now) != MRT_OK;
	printf("%2d:%02d  %s  %s  %-8s  %-7s  %6ld  %10ld  %s%s", second / MINUTE,
		second % MINUTE, outside, body,
		mrt_heat_state_name((int)stream->heat.state),
		none ? "none" : stream->table[now.variant].name, stream->missed,
		stream->frames, mrt_heat_reason_text((int)stream->heat.reason), end);
	fflush(stdout);
}

/* On a terminal the line lives; elsewhere each minute has one. Changes stay. */
static void
show_second(Stream *stream, int second)
{
	int lives = isatty(STDOUT_FILENO) && stream->options.speed > 0;
	int changed = stream->choice != stream->shown;
	if (changed || (!lives && second % MINUTE == 0))
		show_line(stream, second, lives ? "\033[K\n" : "\n");
	else if (lives)
		show_line(stream, second, "\033[K\r");
	stream->shown = stream->choice;
}

static int
show_sum(const Stream *stream)
{
	const double percent = 100;
	long served = 0;
	for (int i = 0; i < DIGITS_VARIANTS; i++)
		served += stream->served[i];
	printf("\n%ld frames: ", stream->frames);
	for (int i = 0; i < DIGITS_VARIANTS; i++)
		printf("%ld by %s, ", stream->served[i], stream->table[i].name);
	printf("%ld missed (%.2f %%); %.2f %% of those answered are right.\n",
		stream->missed, percent * (double)stream->missed / (double)stream->frames,
		served ? percent * (double)stream->right / (double)served : 0);
	printf("Stepped down %d times, came back %d times.\n", stream->down, stream->up);
	return served > 0 ? 0 : 1;
}

/* ---- the stream ---- */

/* The policy's turn, once a second. */
static int
take_second(Stream *stream, int second)
{
	if (!stream->options.root &&
		!device_second(&stream->device, second, stream->joules)) {
		fprintf(stderr, "thermal: cannot write below %s\n", stream->device.root);
		return 0;
	}
	stream->joules = 0;
	mrt_heat_linux_read(&stream->source, &stream->reading);
	mrt_heat_step(&stream->heat, &stream->reading, (uint32_t)second * SECOND_MS);
	show_second(stream, second);
	return 1;
}

/* Milliseconds that the image took, or should take on the pretended device. */
static double
answer(Stream *stream, int variant, int frame, double start)
{
	int8_t scores[CLASSES];
	for (int i = 0; i < stream->repeat; i++)
		if (classify(variant, frame, scores))
			return -1;
	int best = best_of(scores, CLASSES);
	stream->served[variant]++;
	stream->right += best == frames[frame].label;
	if (stream->log) {
		fprintf(stream->log, "%d %s %d", frame, stream->table[variant].name,
			best);
		for (int i = 0; i < CLASSES; i++)
			fprintf(stream->log, " %d", scores[i]);
		fprintf(stream->log, "\n");
	}
	const struct mrt_variant *v = &stream->table[variant];
	if (stream->options.root)
		return (microseconds() - start) / SECOND_MS;
	double ms = v->latency_ms / stream->device.speed;
	stream->joules += device_watts(&stream->device, v->watts) * ms / SECOND_MS;
	return ms;
}

static void
follow(Stream *stream, int choice)
{
	if (choice > stream->choice)
		stream->down++;
	if (choice < stream->choice && stream->down > stream->up)
		stream->up++;
	stream->choice = choice;
}

/* An image comes; it is missed if the one before is not ready, or if it is late itself. */
static int
take_frame(Stream *stream, double now_ms)
{
	double period = SECOND_MS / stream->options.rate, start = microseconds();
	int frame = (int)(stream->frames++ % FRAMES);
	int choice = mrt_heat_select(&stream->heat);
	struct mrt_selection now;
	if (stream->options.always >= 0)
		choice = stream->options.always;
	if (now_ms < stream->busy_until ||
		mrt_select(&stream->variants, choice, &now) != MRT_OK) {
		stream->missed++;
		return 1;
	}
	follow(stream, now.choice);
	double ms = answer(stream, now.variant, frame, start);
	if (ms < 0)
		return 0;
	stream->busy_until = now_ms + ms;
	stream->missed += ms > period;
	mrt_variants_note(&stream->variants, &stream->heat, now.choice, (float)ms);
	return 1;
}

static void
wait_until(double microsecond)
{
	double left = microsecond - microseconds();
	const double million = 1e6;
	if (left <= 0)
		return;
	struct timespec time = { (time_t)(left / million),
		(long)(fmod(left, million) * SECOND_MS) };
	nanosleep(&time, NULL);
}

static int
run(Stream *stream)
{
	const Options *o = &stream->options;
	double start = microseconds(), period = SECOND_MS / o->rate;
	long count = lround(o->seconds * o->rate);
	int seconds = 0;
	show_head();
	for (long i = 0; i < count; i++) {
		double now = (double)i * period;
		if (o->speed > 0) {
			wait_until(start + now * SECOND_MS / o->speed);
			if (o->root) /* it may have come late */
				now = (microseconds() - start) / SECOND_MS;
		}
		for (; seconds * SECOND_MS <= now; seconds++)
			if (!take_second(stream, seconds))
				return 1;
		if (!take_frame(stream, now))
			return 1;
	}
	show_line(stream, (int)o->seconds, "\n");
	return show_sum(stream);
}

/* ---- to begin ---- */

static int
start_policy(Stream *stream)
{
	const Options *o = &stream->options;
	struct mrt_heat_options heat = { .period_ms = (float)(SECOND_MS / o->rate) };
	int code = mrt_heat_linux_open(
		&stream->source, o->root ? o->root : stream->device.root, o->zone);
	if (code) /* it goes on with the small network */
		printf("No thermal zone: %s.\n", mrt_message(code));
	else
		printf("%s, trip at %.1f C\n", stream->source.path,
			(double)stream->source.trip);
	if (isfinite(stream->source.trip))
		heat.severe = stream->source.trip;
	code = mrt_variants_init(&stream->variants, stream->table, DIGITS_VARIANTS);
	if (!code)
		code = mrt_heat_init(&stream->heat, stream->variants.choice,
			stream->variants.choices, &heat);
	if (code)
		fprintf(stderr, "thermal: %s\n", mrt_message(code));
	if (o->always >= stream->variants.choices)
		stream->options.always = stream->variants.choices - 1;
	stream->choice = o->always < 0 ? mrt_heat_select(&stream->heat) : o->always;
	stream->shown = stream->choice;
	return !code;
}

static int
number(const char *text, double least, double most, double *value)
{
	char *end;
	if (!text)
		return 0;
	*value = strtod(text, &end);
	return end != text && !*end && *value >= least && *value <= most;
}

static int
read_options(int argc, char **argv, Options *o)
{
	*o = (Options){ .speed = 1, .rate = 5, .seconds = 3600, .always = -1 };
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i], *value = argv[i + 1];
		int known = 1;
		if (!strcmp(name, "--fast"))
			o->speed = 0;
		else if (!strcmp(name, "--always-fast"))
			o->always = 0;
		else if (!strcmp(name, "--always-eco"))
			o->always = DIGITS_VARIANTS - 1;
		else if (!strcmp(name, "--measure"))
			o->measure = 1;
		else {
			known = !strcmp(name, "--root")  ? !!(o->root = value) :
				!strcmp(name, "--zone")  ? !!(o->zone = value) :
				!strcmp(name, "--log")   ? !!(o->log = value) :
				!strcmp(name, "--speed") ? number(value, 0.1, 1e4,
								   &o->speed) :
				!strcmp(name, "--rate")  ? number(value, 0.1, 1e4,
								   &o->rate) :
							   !strcmp(name, "--seconds") &&
					number(value, 1, 1e6, &o->seconds);
			i++;
		}
		if (!known)
			return 0;
	}
	return !(o->root && o->speed != 1); /* a real device has its own time */
}

int
main(int argc, char **argv)
{
	static Stream stream = { .repeat = 1, .table = DIGITS_TABLE };
	char folder[] = "/tmp/thermal-XXXXXX";
	if (!read_options(argc, argv, &stream.options)) {
		fprintf(stderr,
			"usage: %s [--fast | --speed N] [--always-fast | --always-eco]"
			" [--root DIR [--zone TYPE]] [--rate HZ] [--seconds N] [--log "
			"FILE]"
			" [--measure]\n",
			argv[0]);
		return 2;
	}
	if (stream.options.measure)
		return measure(&stream);
	if (stream.options.log && !(stream.log = fopen(stream.options.log, "w"))) {
		perror(stream.options.log);
		return 1;
	}
	if (!stream.options.root &&
		(!mkdtemp(folder) || !device_open(&stream.device, folder))) {
		perror(folder);
		return 1;
	}
	int failed = (stream.options.root && !work_hard(&stream)) ||
		!start_policy(&stream) || run(&stream);
	if (!stream.options.root) {
		device_remove(&stream.device);
		rmdir(folder);
	}
	if (stream.log && fclose(stream.log)) {
		perror(stream.options.log);
		return 1;
	}
	return failed;
}
