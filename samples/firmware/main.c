/*
 * Firmware that runs a network: first all its inputs, with a count of instructions, and RAM beside
 * what mcompile's report promises; then 40 minutes of frames, in no time, while the sun shines on the
 * device, and the thermal policy of runtime-min says how many of the frames to look at.
 */
#include "board.h"
#include "mrt_heat_callback.h"
#include "parts.h"
#include "watch.h"

enum { FRAMES = 240 };

extern char stack_low[], stack_high[], data_begin[], bss_end[]; /* of link.ld */

/* ---- once: is all as promised? */

static int
check_weights(void)
{
	int status = weights_open();

	say("weights: ");
	say(mrt_message(status));
	say("\n");
	return status == MRT_OK;
}

static int
check_answers(void)
{
	uint32_t most = 0;
	int right = 0;

	for (int i = 0; i < network_inputs; i++) {
		network_fill(i);
		board_count();
		network_run();
		uint32_t cycles = board_counted();
		if (cycles > most)
			most = cycles;
		right += network_show(i);
	}
	say("instructions");
	if (most == BOARD_TOO_MANY)
		say(" too many to count");
	else
		say_number((long)board_instructions(most), 9);
	say("\n");
	return right == network_inputs;
}

static int
check_ram(void)
{
	network_fill(0);
	return say_ram(
		network_work_bytes(), stack_of(network_run, stack_low), sizeof(void *));
}

/* ---- then: frames, and heat */

static int
watch(void)
{
	const struct mrt_heat_callback sensor = { sensor_celsius, NULL };
	const float severe = 45; /* degrees C */
	struct mrt_heat_reading reading;
	struct watch w;
	uint32_t now_ms = 0;

	watch_begin(&w, severe);
	while (w.frames < FRAMES) {
		mrt_heat_callback_read(&sensor, &reading);
		watch_frame(&w, &reading, now_ms);
		now_ms += WATCH_PERIOD_MS;
		sensor_passed((float)WATCH_PERIOD_MS / 1000, watch_watts(&w));
	}
	return watch_end(&w);
}

int
main(void)
{
	board_start();
	say(network_name);
	say(" on " BOARD "\n");
	if (!check_weights())
		return 1;
	int good = check_answers();
	good &= check_ram();
	good &= watch();
	say("whole image");
	say_number((long)((size_t)(bss_end - data_begin) - network_work_bytes()), 9);
	say(" bytes of other variables, at most ");
	say_number((long)((size_t)(stack_high - stack_low) - stack_paint_left(stack_low)),
		1);
	say(" of ");
	say_number((long)(stack_high - stack_low), 1);
	say(" of stack\n");
	say(good ? "all as promised\n" : "NOT as promised\n");
	return !good;
}
