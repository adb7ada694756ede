/* A picture of one scenario: temperature, choice and missed frames over the hour, as SVG.
 * */
#include "sim.h"
#include <stdio.h>

enum { LEFT = 50, WIDTH = 900, PANEL = 150, GAP = 30, STEP = 5 };
static const char *const colours[] = { "#c33", "#c80", "#06c", "#393" };

static double
at(int second)
{
	return LEFT + (double)second * WIDTH / SECONDS;
}

static void
line(FILE *f, const struct Trace *t, int what, int top, const char *colour)
{
	fprintf(f, "<polyline fill='none' stroke='%s' stroke-width='1.2' points='",
		colour);
	for (int s = 0; s < SECONDS; s += STEP) {
		double missed = 0;
		for (int i = 0; i < STEP; i++)
			missed += (double)t->missed[s + i] / STEP;
		double share = what == 0 ? (t->degrees[s] - 20.0) / 40 :
			what == 1        ? 0.1 + 0.4 * (CHOICES - 1 - t->choice[s]) :
					   missed;
		fprintf(f, "%.1f,%.1f ", at(s),
			top +
				PANEL *
					(1 -
						(share > 1                ? 1 :
								share < 0 ? 0 :
									    share)));
	}
	fprintf(f, "'/>\n");
}

void
plot(const char *path, const char *title, const struct Trace *traces,
	const char *const *names, int count)
{
	static const char *const panels[] = { "degrees C, 20..60", "choice: best above",
		"missed, 0..1" };
	FILE *f = fopen(path, "w");
	if (!f) {
		perror(path);
		return;
	}
	fprintf(f,
		"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' "
		"font-family='sans-serif' font-size='12'>\n<rect width='100%%' "
		"height='100%%' "
		"fill='white'/><text x='%d' y='18' font-size='15'>%s</text>\n",
		LEFT + WIDTH + 20, 50 + 3 * (PANEL + GAP), LEFT, title);
	for (int i = 0; i < count; i++)
		fprintf(f, "<text x='%d' y='36' fill='%s'>%s</text>\n", LEFT + 110 * i,
			colours[i], names[i]);
	for (int panel = 0; panel < 3; panel++) {
		int top = 60 + panel * (PANEL + GAP);
		fprintf(f,
			"<rect x='%d' y='%d' width='%d' height='%d' fill='none' "
			"stroke='#999'/>"
			"<text x='%d' y='%d'>%s</text>\n",
			LEFT, top, WIDTH, PANEL, LEFT, top - 4, panels[panel]);
		for (int level = 1; level < LEVELS && panel == 0; level++) {
			double y = top + PANEL * (1 - (edges[level] - 20) / 40);
			fprintf(f,
				"<path d='M%d %.1fh%d' stroke='#999' "
				"stroke-dasharray='3'/>\n",
				LEFT, y, WIDTH);
		}
		for (int i = 0; i < count; i++)
			line(f, &traces[i], panel, top, colours[i]);
	}
	for (int minute = 0; minute <= SECONDS / 60; minute += 10)
		fprintf(f, "<text x='%.0f' y='%d' text-anchor='middle'>%d min</text>\n",
			at(minute * 60), 45 + 3 * (PANEL + GAP), minute);
	fprintf(f, "</svg>\n");
	fclose(f);
}
