/* What the samples show: pictures and bars in a terminal, and how long a run takes. */
#ifndef SHOW_H
#define SHOW_H

/* In images.h a pixel is one character, its level: 0 to 9, then a to g. */
int level(char pixel);

/* The index on the command line, `otherwise` without one, -1 after a complaint. */
int chosen(int argc, char **argv, int count, int otherwise);

/* Grey blocks on a terminal, characters elsewhere; level `white` is the brightest. */
void show_picture(const char *pixels, int side, int white);

/* The index of the largest score. */
int best_of(const signed char scores[], int count);

void show_bar(const char *name, float part, int mark);

double microseconds(void);

/* Sorts the times. */
double median(double times[], int count);

#endif
