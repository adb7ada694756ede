/*
 * staircase.c: a channel's rescaling by fewer instructions, proved to give the same bits.  What the
 * reference makes of sums never falls as they grow: a staircase.  A line in float, rounded, never
 * falls either, so the two are one if they agree on both sides of each edge.
 */
#include <math.h>

#include "templates/common/fixed.h"
#include "templates/common/round.h"
#include "staircase.h"

static int
clamped(const Stairs *s, int64_t y)
{
	return (int)(y < s->least ? s->least : y > s->most ? s->most : y);
}

/* The reference; of any sum between low and high. */
int
stored(const Stairs *s, int32_t sum)
{
	int64_t y = s->real ? round_double(sum * s->scale) : requantize(sum, s->mult, s->shift);

	return clamped(s, y + s->zero);
}

static double
slope(const Stairs *s)
{
	const int mult_bits = 31;

	return s->real ? s->scale : ldexp(s->mult, s->shift - mult_bits);
}

/* The least sum that gives y or more, which low does not and high does. */
static int32_t
edge(const Stairs *s, int y)
{
	const int near = 2; /* around where it would be without roundings */
	int64_t below = s->low, above = s->high;
	double guess = floor((y - s->zero - 0.5) / slope(s));

	for (int side = -near; side <= near; side += 2 * near) {
		double at = guess + side;
		if (!(at > (double)below && at < (double)above))
			continue;
		if (stored(s, (int32_t)at) < y)
			below = (int64_t)at;
		else
			above = (int64_t)at;
	}
	while (above - below > 1) {
		int64_t middle = below + (above - below) / 2;
		if (stored(s, (int32_t)middle) < y)
			below = middle;
		else
			above = middle;
	}
	return (int32_t)above;
}

void
find_edges(Stairs *s)
{
	s->from = stored(s, s->low);
	s->to = stored(s, s->high);
	for (int y = s->from + 1; y <= s->to; y++)
		s->edge[y - s->from - 1] = edge(s, y);
}

/* ---- what a line gives, as kernels compute it */

static bool
turns(Form form, int32_t sum)
{
	return form.kind == MIRRORED && sum < 0;
}

typedef struct {
	Form form;
	Line line;
} FormedLine;

/* Whether what is behind the point is cut off, so that 1.0 begins y one above `base`. */
static bool
cuts(Form form)
{
	return form.kind != ROUNDED;
}

static int
base(const Stairs *s, Form form)
{
	return form.kind == MIRRORED ? s->zero : form.kind == CUT ? INT8_MIN : 0;
}

/* What is before the point of x * scale + offset as it is, not rounded; all are floats. */
static double
exactly_cut(double x, double scale, double offset)
{
	double product = x * scale, v = product + offset, part = v - product;
	double error = (product - (v - part)) + (offset - part), y = trunc(v);

	return y != v || v * error >= 0 ? y : y - copysign(1, v);
}

/*
 * False: the number has no place in 32 bits; or what goes for double is not the same in double and
 * in float, where the last sum is rounded to zero, so that its whole number is the exact one's.
 */
static bool
line_gives(const Stairs *s, const void *what, int32_t sum, int64_t *y)
{
	const double most = 1 << 30;
	const FormedLine *f = what;
	Line line = f->line;
	double x = (double)sum + line.start;
	double offset = turns(f->form, sum) ? -line.offset : line.offset;
	float split = line.rest > 0 ? fmaf((float)x, (float)line.rest, (float)offset) : (float)offset;
	bool twice = f->form.fine == FINE_DOUBLE;
	double v = twice ? fma(x, line.scale + line.rest, offset) :
		(double)fmaf((float)x, (float)line.scale, split);

	if (!(v > -most && v < most) || x < INT32_MIN || x > INT32_MAX)
		return false;
	*y = (cuts(f->form) ? (int64_t)v : llrint(v)) + base(s, f->form);
	return !twice || exactly_cut((double)(float)x, line.scale, (double)split) == trunc(v);
}

/* What cheaper arithmetic gives before clamping; false: it has no room for the sum. */
typedef bool Gives(const Stairs *, const void *what, int32_t sum, int64_t *y);

/* Whether what never falls gives the reference's bits for every sum. */
static bool
holds(const Stairs *s, Gives *gives, const void *what)
{
	int64_t first, last, below, above;

	if (!gives(s, what, s->low, &first) || !gives(s, what, s->high, &last) ||
		(first < s->from && s->from > s->least) || (last > s->to && s->to < s->most))
		return false;
	for (int y = s->from + 1; y <= s->to; y++) {
		int32_t at = s->edge[y - s->from - 1];
		if (!gives(s, what, at - 1, &below) || !gives(s, what, at, &above) ||
			below >= y || above < y)
			return false;
	}
	return true;
}

static bool
line_holds(const Stairs *s, Form form, Line line)
{
	bool falls = form.kind == MIRRORED && -line.scale - line.offset > line.offset; /* from -1 to 0 */

	return line.scale >= 0 && line.rest >= 0 && !falls && holds(s, line_gives, &(FormedLine){ form, line });
}

/* ---- lines that keep to all edges: offset >= or <= p - scale * q, each */

enum { MOST_BOUNDS = 2 * UINT8_MAX + 4 };
typedef struct {
	double p[MOST_BOUNDS], q[MOST_BOUNDS];
	int count;
} Bounded;
typedef struct {
	Bounded floor, ceiling;
} Region;

/* Where rounding to the type, and then to even or to what is before the point, begins to give y. */
static double
threshold(int y, Form form)
{
	double begin = cuts(form) ? y : y - 0.5;
	double far = cuts(form) || y % 2 == 0 ? -INFINITY : INFINITY;
	double next = form.fine == FINE_DOUBLE ? nextafter(begin, far) :
		(double)nextafterf((float)begin, (float)far);

	if (cuts(form) && y <= 0)
		return -INFINITY; /* it never is above 0: what is behind the point goes towards that */
	return begin + (next - begin) / 2;
}

/* The line gives y or more, or not, where the sum is `at`. */
static void
bound(Region *r, const Stairs *s, Form form, int32_t at, int y, bool above)
{
	double sum = form.fine == FINE_DOUBLE ? at : (double)(float)at;
	bool turned = turns(form, at);
	Bounded *b = above == !turned ? &r->floor : &r->ceiling;

	y -= base(s, form);
	b->p[b->count] = threshold(turned ? 1 - y : y, form);
	b->q[b->count++] = turned ? -sum : sum;
}

static void
find_region(Region *r, const Stairs *s, Form form)
{
	double zero = s->zero - base(s, form) + (cuts(form) ? 0.5 : 0);

	r->floor.count = r->ceiling.count = 1; /* or it may have no end */
	r->floor.p[0] = zero - 1;
	r->ceiling.p[0] = zero + 1;
	r->floor.q[0] = r->ceiling.q[0] = 0;
	if (s->from > s->least)
		bound(r, s, form, s->low, s->from, true);
	if (s->to < s->most)
		bound(r, s, form, s->high, s->to + 1, false);
	for (int y = s->from + 1; y <= s->to; y++) {
		int32_t at = s->edge[y - s->from - 1];
		bound(r, s, form, at, y, true);
		bound(r, s, form, at - 1, y, false);
	}
}

/* The offsets of a scale: from low to high; width and how it grows with the scale. */
typedef struct {
	double scale, low, high, width, growth;
} Cut;

static Cut
cut(const Region *r, double scale)
{
	const Bounded *f = &r->floor, *c = &r->ceiling;
	int i = 0, k = 0;
	Cut at = { .scale = scale, .low = f->p[0] - scale * f->q[0],
		.high = c->p[0] - scale * c->q[0] };

	for (int j = 1; j < f->count; j++) {
		double v = f->p[j] - scale * f->q[j];
		if (v > at.low)
			at.low = v, i = j;
	}
	for (int j = 1; j < c->count; j++) {
		double v = c->p[j] - scale * c->q[j];
		if (v < at.high)
			at.high = v, k = j;
	}
	at.width = at.high - at.low;
	at.growth = f->q[i] - c->q[k];
	return at;
}

/* The widest cut: the width is concave, so it lies where the tangents of both sides meet. */
static Cut
widest(const Region *r, double scale)
{
	enum { TURNS = 60 };
	Cut left = cut(r, scale * 0.75), right = cut(r, scale * 1.25), middle = cut(r, scale);

	for (int i = 0; i < TURNS && middle.growth != 0; i++) {
		if (middle.growth > 0)
			left = middle;
		else
			right = middle;
		if (left.growth <= 0 || right.growth >= 0)
			break;
		double at = left.scale + (right.width - left.width + right.growth *
			(left.scale - right.scale)) / (left.growth - right.growth);
		if (!(at > left.scale && at < right.scale) ||
			left.width + left.growth * (at - left.scale) < 0)
			break;
		middle = cut(r, at);
	}
	return middle.width > left.width ? (middle.width > right.width ? middle : right) :
		left.width > right.width ? left : right;
}

static double
next_scale(double scale, int steps)
{
	for (; steps; steps += steps < 0 ? 1 : -1)
		scale = (double)nextafterf((float)scale, steps < 0 ? -INFINITY : INFINITY);
	return scale;
}

/*
 * The line at one of PARTS offsets of a cut, for sums that start where its offset would be next to
 * nothing (started), which a float has more bits for.  False: it does not hold.
 */
enum { PARTS = 4 };
static bool
try_line(const Stairs *s, Form form, const Cut *c, double rest, int part, bool started, Line *line)
{
	const double far = 1 << 24; /* floats have no odd numbers beyond */
	double offset = c->low + c->width * (part + 1) / (PARTS + 1);
	double start = started ? round(offset / c->scale) : 0;

	if (!(c->width >= 0 && fabs(start) <= far))
		return false;
	offset -= start * c->scale;
	*line = (Line){ (double)(float)(c->scale - rest), (double)(float)offset, rest, (int32_t)start };
	return line_holds(s, form, *line);
}

/* Of a scale in two floats. */
static bool
find_split(const Stairs *s, Form form, const Region *r, double best, Line *line)
{
	enum { SCALES = 7 };
	const double near = ldexp(1, -30);

	for (int i = 0; i < SCALES * PARTS; i++) {
		double scale = best * (1 + (i / PARTS - SCALES / 2) * near);
		double high = (double)(float)scale;
		if (high > scale)
			high = next_scale(high, -1);
		double rest = (double)(float)(scale - high);
		Cut c = cut(r, high + rest);
		if (try_line(s, form, &c, rest, i % PARTS, form.kind == CUT, line))
			return true;
	}
	return false;
}

bool
find_line(const Stairs *s, Form form, Line *line)
{
	enum { NEIGHBOURS = 24 };
	bool both = form.kind == ROUNDED;
	Region r;

	find_region(&r, s, form);
	Cut best = widest(&r, slope(s));
	if (!(best.width >= 0))
		return false;
	if (form.fine == FINE_SPLIT || form.fine == FINE_DOUBLE)
		return find_split(s, form, &r, best.scale, line);
	for (int i = 0; i < (both ? 4 : 2) * NEIGHBOURS; i++) {
		int step = i % (2 * NEIGHBOURS);
		bool started = i > step || form.kind == CUT;
		Cut c = cut(&r, next_scale((double)(float)best.scale, step % 2 ? step / 2 + 1 : -(step / 2)));
		for (int part = 0; part < PARTS && c.width >= 0; part++)
			if (try_line(s, form, &c, 0, (part + PARTS / 2 - 1) % PARTS, started, line))
				return true;
	}
	return false;
}

/* ---- lines on the bits of floats: 2^23 and more have no bits behind the point */

static const double least_whole = 1 << 23, middle_whole = 3 << 22;
enum { BITS_WHOLE = 0x4b000000 }; /* of 2^23 as float; one more is one bit more */

/* False: beyond what 16 bits hold. */
static bool
swift_gives(const Stairs *s, const void *what, int32_t sum, int64_t *y)
{
	const Swift *line = what;
	float v = (float)(least_whole + (double)(line->start - BITS_WHOLE) + sum);
	double at = (double)fmaf(v, line->scale, line->offset) - middle_whole;

	(void)s;
	*y = (int64_t)at;
	return at >= INT16_MIN && at <= INT16_MAX;
}

/* Offsets are whole numbers there; what is behind the point comes from where the sums start. */
static bool
find_start(const Stairs *s, Cut c, Swift *line)
{
	enum { TRIES = 1 << 16 };
	double end = least_whole - s->high;

	for (int tries = 0; tries < TRIES && tries - (double)s->low < end; tries++) {
		double start = tries - (double)s->low, at = (least_whole + start) * c.scale;
		float offset = (float)(middle_whole - at + (c.low + c.high) / 2);
		double real = at + ((double)offset - middle_whole);
		*line = (Swift){ (float)c.scale, offset, BITS_WHOLE + (int64_t)start };
		if (real > c.low && real < c.high && holds(s, swift_gives, line))
			return true;
	}
	return false;
}

bool
find_swift(const Stairs *s, Swift *line)
{
	enum { NEIGHBOURS = 8 };
	Region r;

	find_region(&r, s, (Form){ .fine = FINE_DOUBLE });
	Cut best = widest(&r, slope(s));
	if (!(best.width > 0) || (double)s->high - s->low >= least_whole)
		return false;
	for (int i = 0; i < NEIGHBOURS; i++) {
		int steps = i % 2 ? i / 2 + 1 : -(i / 2);
		Cut c = cut(&r, next_scale((double)(float)best.scale, steps));
		if (c.width > 0 && find_start(s, c, line))
			return true;
	}
	return false;
}

/* ---- whole numbers: (add + (factor * (sum + start) * mult >> 32)) >> shift */

static bool
fits(int64_t v)
{
	return v >= INT32_MIN && v <= INT32_MAX;
}

/* False: beyond what 32 bits hold. */
static bool
high_gives(const Stairs *s, const void *what, int32_t sum, int64_t *y)
{
	const High *h = what;
	int64_t x = h->factor * ((int64_t)sum + h->start);
	int64_t v = !h->mult ? h->add : h->add + (x * h->mult >> HIGH_BITS);

	(void)s;
	*y = v >> h->shift;
	return fits(v) && (fits(x) || !h->mult);
}

double
widest_scale(const Stairs *s)
{
	Region r;

	if (s->from == s->to)
		return 0;
	find_region(&r, s, (Form){ .fine = FINE_DOUBLE });
	Cut best = widest(&r, slope(s));
	return best.width >= 0 ? best.scale : -1;
}

/* What factor * start * mult + add * 2^32 may be for a mult, to reach each y where it must. */
typedef struct { int64_t least, most; } Room;

/* What is still missing at the sum. */
static int64_t
missing(int64_t y, int32_t sum, const High *h)
{
	return y * (INT64_C(1) << (h->shift + HIGH_BITS)) - (int64_t)h->factor * h->mult * sum;
}

static void
reach_from(Room *r, int64_t y, int32_t sum, const High *h)
{
	int64_t v = missing(y, sum, h);

	r->least = v > r->least ? v : r->least;
}

static void
reach_after(Room *r, int64_t y, int32_t sum, const High *h)
{
	int64_t v = missing(y, sum, h) - 1;

	r->most = v < r->most ? v : r->most;
}

static Room
room_of(const Stairs *s, const High *h)
{
	Room r = { INT64_MIN, INT64_MAX };

	if (s->from > s->least)
		reach_from(&r, s->from, s->low, h);
	if (s->to < s->most)
		reach_after(&r, s->to + 1, s->high, h);
	for (int y = s->from + 1; y <= s->to; y++) {
		reach_from(&r, y, s->edge[y - s->from - 1], h);
		reach_after(&r, y, s->edge[y - s->from - 1] - 1, h);
	}
	return r;
}

/* Of the steps that `add` has it takes one; where the sums start is for what lies between. */
static bool
find_add(const Stairs *s, High *h)
{
	enum { TRIES = 1 << 14 };
	int64_t each = (int64_t)h->factor * h->mult, one = INT64_C(1) << HIGH_BITS;
	Room r = room_of(s, h);

	for (int i = 0; i < TRIES && r.least <= r.most; i++) {
		int64_t add = (r.least >> HIGH_BITS) + (i % 2 ? i / 2 + 1 : -(i / 2));
		int64_t left = r.least - add * one, start = (left + (left > 0 ? each - 1 : 0)) / each;
		if (add * one + start * each > r.most)
			continue;
		h->add = (int32_t)add;
		h->start = (int32_t)start;
		return fits(add) && fits(start) && holds(s, high_gives, h);
	}
	return false;
}

bool
find_high(const Stairs *s, double scale, High *h)
{
	enum { NEIGHBOURS = 8 };
	double mult = floor(ldexp(scale, HIGH_BITS + h->shift) / h->factor);

	if (s->from == s->to) {
		h->mult = h->start = 0;
		h->add = s->from * (1 << h->shift);
		return true;
	}
	if (scale < 0 || !fits(h->factor * (int64_t)s->low) || !fits(h->factor * (int64_t)s->high))
		return false;
	for (int i = 0; i < NEIGHBOURS; i++) {
		double near = mult + (i % 2 ? i / 2 + 1 : -(i / 2));
		h->mult = near > 0 && near <= INT32_MAX ? (int32_t)near : 0;
		if (h->mult && find_add(s, h))
			return true;
	}
	return false;
}
