/* branches.c: random graphs with many branches, as .mir. */
#include <string.h>

#include "branches.h"
#include "dice.h"

enum { MOST_NODES = 40, MOST_TENSORS = 200, MOST_ELEMENTS = 600, MOST_PARTS = 3 };

typedef struct {
	Arena *arena;
	uint32_t state;
	Text head, tensors, nodes;
	int count;                 /* of tensors */
	int pool[MOST_TENSORS], pooled; /* those that a node may read */
	int shape[MOST_TENSORS][NHWC];
	bool read[MOST_TENSORS];
} Dice;

static int
roll(Dice *d, int sides)
{
	return throw_dice(&d->state, sides);
}

static int
new_activation(Dice *d, const int shape[NHWC])
{
	int t = d->count++;

	memcpy(d->shape[t], shape, sizeof d->shape[t]);
	put(&d->tensors, "tensor t%d s8[%d,%d,%d,%d] scale 0.5 zero 3\n", t, shape[0], shape[1],
		shape[2], shape[3]);
	d->pool[d->pooled++] = t;
	return t;
}

static int
weights(Dice *d, int outputs, int side, int inputs)
{
	int t = d->count++;

	put(&d->tensors, "tensor t%d s8[%d,%d,%d,%d] scale 0.25 data {", t, outputs, side, side, inputs);
	for (int i = 0; i < outputs * side * side * inputs; i++)
		put(&d->tensors, " %d", roll(d, 9) - 4);
	put(&d->tensors, " }\n");
	return t;
}

/* Mostly one of the last made, so that chains form; sometimes an old one. */
static int
pick(Dice *d)
{
	int back = roll(d, 3) ? roll(d, d->pooled < 3 ? d->pooled : 3) : roll(d, d->pooled);

	return d->pool[d->pooled - 1 - back];
}

/* Another of the same shape but for one axis (-1: of just the same); x if there is none. */
static int
pick_like(Dice *d, int x, int axis)
{
	int start = roll(d, d->pooled);

	for (int i = 0; i < d->pooled; i++) {
		int t = d->pool[(start + i) % d->pooled];
		bool same = true;
		for (int k = 0; k < NHWC; k++)
			same &= k == axis || d->shape[t][k] == d->shape[x][k];
		if (same && (t != x || roll(d, 6) == 0))
			return t;
	}
	return x;
}

static int
size_of_shape(const int shape[NHWC])
{
	return shape[0] * shape[1] * shape[2] * shape[3];
}

static void
add_unary(Dice *d, int x)
{
	static const char *const names[] = { "logistic", "tanh", "hard_swish", "leaky_relu" };
	int y = new_activation(d, d->shape[x]);

	put(&d->nodes, "t%d = %s t%d\n", y, names[roll(d, 4)], x);
}

static void
add_sum(Dice *d, int x)
{
	int x2 = pick_like(d, x, -1), y = new_activation(d, d->shape[x]);

	d->read[x2] = true;
	put(&d->nodes, "t%d = %s t%d t%d\n", y, roll(d, 2) ? "add" : "mul", x, x2);
}

static void
add_concat(Dice *d, int x)
{
	int axis = roll(d, NHWC), parts = 2 + roll(d, MOST_PARTS - 1), part[MOST_PARTS] = { x };
	int shape[NHWC];

	memcpy(shape, d->shape[x], sizeof shape);
	for (int i = 1; i < parts; i++) {
		part[i] = pick_like(d, x, axis);
		shape[axis] += d->shape[part[i]][axis];
		d->read[part[i]] = true;
	}
	if (size_of_shape(shape) > MOST_ELEMENTS)
		return;
	int y = new_activation(d, shape);
	put(&d->nodes, "t%d = concat", y);
	for (int i = 0; i < parts; i++)
		put(&d->nodes, " t%d", part[i]);
	put(&d->nodes, " axis %d\n", axis);
}

static void
add_slice(Dice *d, int x)
{
	int shape[NHWC], begin[NHWC] = { 0 }, step[NHWC] = { 1, 1, 1, 1 }, axis = roll(d, NHWC);

	memcpy(shape, d->shape[x], sizeof shape);
	begin[axis] = roll(d, shape[axis]);
	step[axis] = 1 + roll(d, 2) * roll(d, 2);
	shape[axis] = 1 + roll(d, (shape[axis] - 1 - begin[axis]) / step[axis] + 1);
	int y = new_activation(d, shape);
	put(&d->nodes, "t%d = slice t%d begin [%d,%d,%d,%d] step [%d,%d,%d,%d]\n", y, x, begin[0],
		begin[1], begin[2], begin[3], step[0], step[1], step[2], step[3]);
}

static void
add_reshape(Dice *d, int x)
{
	const int *s = d->shape[x];
	int ways[][NHWC] = { { 1, 1, 1, size_of_shape(s) }, { s[0], s[2], s[1], s[3] },
		{ s[0], 1, s[1] * s[2], s[3] }, { s[0] * s[1], s[2], 1, s[3] } };
	int y = new_activation(d, ways[roll(d, 4)]);

	put(&d->nodes, "t%d = reshape t%d\n", y, x);
}

static void
add_convolution(Dice *d, int x)
{
	int shape[NHWC], side = roll(d, 2) ? 3 : 1;

	memcpy(shape, d->shape[x], sizeof shape);
	shape[3] = 1 + roll(d, 9);
	if (d->shape[x][3] > 16 || size_of_shape(shape) > MOST_ELEMENTS)
		return;
	int w = weights(d, shape[3], side, d->shape[x][3]), y = new_activation(d, shape);
	put(&d->nodes, "t%d = conv2d t%d t%d", y, x, w);
	put(&d->nodes, side > 1 ? " pad_top 1 pad_bottom 1 pad_left 1 pad_right 1\n" : "\n");
}

static void
add_pool(Dice *d, int x)
{
	int shape[NHWC];

	memcpy(shape, d->shape[x], sizeof shape);
	shape[1] = (shape[1] + 1) / 2;
	int y = new_activation(d, shape);
	put(&d->nodes, "t%d = max_pool t%d kernel_h 2 stride_h 2 pad_bottom %d\n", y, x,
		d->shape[x][1] % 2);
}

static void
add_mean(Dice *d, int x)
{
	int shape[NHWC] = { d->shape[x][0], 1, 1, d->shape[x][3] }, y = new_activation(d, shape);

	put(&d->nodes, "t%d = mean t%d axes [1,2]\n", y, x);
}

static void
add_transpose(Dice *d, int x)
{
	const int *s = d->shape[x];
	int shape[NHWC] = { s[0], s[2], s[1], s[3] }, y = new_activation(d, shape);

	put(&d->nodes, "t%d = transpose t%d perm [0,2,1,3]\n", y, x);
}

/* The text of a graph: some inputs, branches that meet again, several outputs. */
const char *
branches(Arena *arena, uint32_t seed)
{
	static void (*const makers[])(Dice *, int) = { add_unary, add_unary, add_sum, add_sum, add_sum,
		add_concat, add_concat, add_slice, add_slice, add_reshape, add_reshape, add_convolution,
		add_convolution, add_pool, add_mean, add_transpose };
	Dice d = { .arena = arena, .state = seed * 2654435761u + 1, .head = text_new(arena),
		.tensors = text_new(arena), .nodes = text_new(arena) };
	int nodes = 3 + roll(&d, MOST_NODES - 3), inputs = 1 + roll(&d, 3);

	for (int i = 0; i < inputs; i++) {
		int shape[NHWC] = { 1 + (seed % 5 == 0), 1 + roll(&d, 6), 1 + roll(&d, 6), 1 + roll(&d, 8) };
		put(&d.head, "input t%d\n", new_activation(&d, shape));
	}
	for (int i = 0; i < nodes; i++) {
		int x = pick(&d);
		d.read[x] = true;
		makers[roll(&d, sizeof makers / sizeof *makers)](&d, x);
	}
	for (int i = 0, outputs = 0; i < d.pooled; i++)
		if (!d.read[d.pool[i]] || roll(&d, 12) == 0 || (!outputs && i == d.pooled - 1)) {
			put(&d.head, "output t%d\n", d.pool[i]);
			outputs++;
		}
	return format(arena, "mir 1\nmodel \"m\"\n%s%s%s", d.head.data, d.tensors.data, d.nodes.data);
}
