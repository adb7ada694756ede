/* How often to look, as the thermal policy of runtime-min has it. */
#include "watch.h"
#include "parts.h"

/* With a frame, light, camera and radio work for two seconds, and the network in no time. Beside a
 * frame that is not looked at nothing works; so the second choice has a quarter of the power. */
enum { BUSY_MS = 2000 };
static const int every[] = { 1, 4 };
static const struct mrt_heat_choice choices[] = {
	{ .quality = 1.0f, .latency_ms = BUSY_MS, .watts = 3.0f },
	{ .quality = 0.7f, .latency_ms = BUSY_MS, .watts = 0.75f },
};

void
watch_begin(struct watch *w, float severe)
{
	const struct mrt_heat_options options = { .period_ms = WATCH_PERIOD_MS,
		.severe = severe };

	*w = (struct watch){ .choice = -1 };
	mrt_heat_init(&w->heat, choices, 2, &options);
}

static void
say_state(const struct mrt_heat *heat, float celsius, uint32_t now_ms)
{
	say_number((long)(now_ms / 1000), 5);
	say(" s ");
	if (celsius == celsius) {
		say_tenths(celsius, 5);
		say(" C  ");
	} else {
		say("    ? C  ");
	}
	say(mrt_heat_state_name((int)heat->state));
	say(heat->choice ? ", 1 frame of 4: " : ", each frame: ");
	say(mrt_heat_reason_text((int)heat->reason));
	say("\n");
}

void
watch_frame(struct watch *w, const struct mrt_heat_reading *reading, uint32_t now_ms)
{
	mrt_heat_step(&w->heat, reading, now_ms);
	int choice = mrt_heat_select(&w->heat);
	if (choice != w->choice)
		say_state(&w->heat, reading->celsius, now_ms);
	w->choice = choice;
	/* Below 0: it is too hot for anything. */
	if (choice >= 0 && w->frames % every[choice] == 0) {
		int input = w->looked++ % network_inputs;
		network_fill(input);
		network_run();
		w->right += network_right(input);
	}
	w->frames++;
	mrt_heat_note(&w->heat, choice, BUSY_MS);
}

float
watch_watts(const struct watch *w)
{
	const float busy = (float)BUSY_MS / (float)WATCH_PERIOD_MS;

	return w->choice < 0 ? 0 : choices[w->choice].watts * busy;
}

int
watch_end(const struct watch *w)
{
	say_number(w->looked, 5);
	say(" of ");
	say_number(w->frames, 1);
	say(" frames looked at, ");
	say_number(w->right, 1);
	say(" right\n");
	return w->right == w->looked;
}
