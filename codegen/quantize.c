/* quantize.c: multipliers, bounds and tables from scales, as TensorFlow Lite has them. */
#include <math.h>

#include "templates/common/exponential.h"
#include "codegen.h"

enum { MULT_BITS = 31, LEAST_SHIFT = -31 };

int64_t
round_away(double x)
{
	const double most = 0x1p62;

	if (!(x < most))
		return (int64_t)most;
	if (x < -most)
		return (int64_t)-most;
	return (int64_t)(x < 0 ? ceil(x - 0.5) : floor(x + 0.5));
}

/*
 * real = mult / 2^31 * 2^shift; what would be shifted out is 0 (quantization_util.cc), and what
 * is beyond every sum the largest there is.
 */
Multiplier
quantize_multiplier(double real)
{
	const double most = INT32_MAX;
	int shift;

	if (!(fabs(real) < most))
		real = copysign(most, real);
	int64_t mult = round_away(ldexp(frexp(real, &shift), MULT_BITS));
	if (mult == INT64_C(1) << MULT_BITS || mult == -(INT64_C(1) << MULT_BITS)) {
		mult /= 2;
		shift++;
	}
	if (mult == 0 || shift < LEAST_SHIFT)
		return (Multiplier){ 0, 0 };
	return (Multiplier){ (int32_t)mult, shift };
}

static float
scale_of(const Tensor *t)
{
	return t && t->quant.count ? t->quant.scale[0] : 1;
}

/* TFLM's RELU6 never rescales: its output counts as having its input's scale. */
static const Tensor *
output_scaled(const Graph *g, const Node *n)
{
	bool kept = n->op == OP_relu && n->dialect == TFLM && n->attr.act == ACT_RELU6 &&
		tensor_out(g, n)->type == TYPE_s8;

	return kept ? tensor_in(g, n, 0) : tensor_out(g, n);
}

int
output_zero(const Graph *g, const Node *n)
{
	const Tensor *y = output_scaled(g, n);

	return y->quant.count ? y->quant.zero[0] : 0;
}

float
output_scale(const Graph *g, const Node *n)
{
	return scale_of(output_scaled(g, n));
}

/*
 * Multiplier of a channel's sums.  Scales of legacy uint8 convolutions are multiplied in
 * float (GetQuantizedConvolutionMultipler), all others in double.
 */
double
channel_scale(const Graph *g, const Node *n, int channel)
{
	const Tensor *x = tensor_in(g, n, 0), *w = tensor_in(g, n, 1);
	float x_scale = scale_of(x);
	float w_scale = w->quant.count > 1 ? w->quant.scale[channel] : scale_of(w);
	double y_scale = (double)scale_of(tensor_out(g, n));

	if (w->origin.type == TYPE_u8 && n->op != OP_dense)
		return (double)(x_scale * w_scale) / y_scale;
	return (double)x_scale * (double)w_scale / y_scale;
}

static bool
is_unsigned(Type type)
{
	return type == TYPE_u8 || type == TYPE_b8;
}

/* The stored value of a real bound, at most that of the type. */
static int64_t
stored(const Graph *g, const Node *n, float real, int64_t least, int64_t most)
{
	int64_t v = output_zero(g, n) + round_away((double)(real / output_scale(g, n)));

	return v < least ? least : v > most ? most : v;
}

static int64_t
most_of(Type type)
{
	int bits = types[type].bytes * 8 - !is_unsigned(type);

	return (int64_t)((UINT64_C(1) << bits) - 1);
}

int64_t
least_of(Type type)
{
	return is_unsigned(type) ? 0 : -most_of(type) - 1;
}

bool
activation_reals(Act act, float *low, float *high)
{
	static const float bounds[ACT_COUNT][2] = { { -INFINITY, INFINITY },
		{ 0, INFINITY }, { 0, 6 }, { -1, 1 } };

	*low = bounds[act][0];
	*high = bounds[act][1];
	return act != ACT_NONE;
}

/* TFLM's ADD of int32 does. */
static bool
ignores_activation(const Node *n, const Tensor *y)
{
	return !has_word(ops[n->op].attrs, "act") ||
		(n->op == OP_add && n->dialect == TFLM && y->type == TYPE_s32);
}

/* What the activation lets through, stored: CalculateActivationRangeQuantized. */
void
activation_range(const Graph *g, const Node *n, int64_t *least, int64_t *most)
{
	const Tensor *y = tensor_out(g, n);
	int64_t bottom = least_of(y->type), top = most_of(y->type);
	float low, high;

	*least = bottom;
	*most = top;
	if (ignores_activation(n, y) || !activation_reals((Act)n->attr.act, &low, &high))
		return;
	*least = stored(g, n, low, bottom, top);
	if (high < INFINITY)
		*most = stored(g, n, high, bottom, top);
}

/* Bits kept below a sum of two rescaled operands. */
int
sum_shift(const Graph *g, const Node *n)
{
	return tensor_out(g, n)->type == TYPE_s16 ? 15 : 20;
}

/* ADD and SUB bring both operands to twice the larger scale. */
static double
sum_multiplier(const Graph *g, const Node *n, Rescale which)
{
	double x = (double)scale_of(tensor_in(g, n, 0)),
	       x2 = (double)scale_of(tensor_in(g, n, 1));
	double twice = 2 * (x > x2 ? x : x2);

	if (which == RESCALE_Y)
		return twice / ldexp((double)output_scale(g, n), sum_shift(g, n));
	return (which == RESCALE_X ? x : x2) / twice;
}

/* MEAN's multiplier divides by the number of cells, too (reference/reduce.h). */
static Multiplier
mean_multiplier(const Graph *g, const Node *n)
{
	const Tensor *x = tensor_in(g, n, 0);
	Multiplier m =
		quantize_multiplier((double)scale_of(x) / (double)output_scale(g, n));
	int64_t cells = (int64_t)x->shape.dim[1] * x->shape.dim[2];
	int shift = 0;

	while (shift < 32 && shift < MULT_BITS + m.shift && cells >> shift > 1)
		shift++;
	return (Multiplier){ (int32_t)(((int64_t)m.mult << shift) / cells),
		m.shift - shift };
}

/* exp()'s argument has 5 integer bits: beta * scale * 2^26 (PreprocessSoftmaxScaling). */
static double
beta_multiplier(const Graph *g, const Node *n)
{
	double real =
		(double)n->attr.beta * (double)scale_of(tensor_in(g, n, 0)) * (1 << 26);
	double most = (double)INT32_MAX;

	return real < most ? real : most;
}

/* Beyond it an argument in fixed point has more integer bits: CalculateInputRadius. */
static int
radius(int integer_bits, Multiplier m)
{
	double v = ldexp((1 << integer_bits) - 1, MULT_BITS - integer_bits - m.shift);

	return v < INT32_MAX ? (int)floor(v) : INT32_MAX;
}

/* The difference below which exp() is nothing. */
int
softmax_least(const Graph *g, const Node *n)
{
	Multiplier m = rescale(g, n, RESCALE_BETA);

	return -radius(5, m);
}

/* Hard swish keeps 16 bits of its multipliers. */
static Multiplier
upper_half(Multiplier m)
{
	m.mult = m.mult >= INT32_MAX - (1 << 15) ? INT16_MAX : (m.mult + (1 << 15)) >> 16;
	return m;
}

/* LiteRT divides floats where TFLM divides doubles. */
static double
ratio(const Node *n, float x, float factor, float y)
{
	return n->dialect == LITERT ? (double)(x * factor / y) :
				      (double)x * (double)factor / (double)y;
}

static double
real_multiplier(const Graph *g, const Node *n, Rescale which)
{
	float x = scale_of(tensor_in(g, n, 0)), x2 = scale_of(tensor_in(g, n, 1));
	float y = output_scale(g, n);

	switch (n->op) {
	case OP_add:
	case OP_sub: return sum_multiplier(g, n, which);
	case OP_mul: return ratio(n, x, x2, y);
	case OP_div: return (double)x / ((double)x2 * (double)y);
	case OP_softmax: return beta_multiplier(g, n);
	case OP_relu: return ratio(n, x, 1, y);
	case OP_leaky_relu:
		return fabs(ratio(n, x, which == RESCALE_ALPHA ? n->attr.alpha : 1, y));
	case OP_hard_swish: {
		float fine = (1.0f / 128.0f) * x;
		return (double)(fine / (which == RESCALE_GATE ? 3.0f / 32768.0f : y));
	}
	default: return (double)x / (double)y;
	}
}

Multiplier
rescale(const Graph *g, const Node *n, Rescale which)
{
	if (n->op == OP_mean)
		return mean_multiplier(g, n);
	Multiplier m = quantize_multiplier(real_multiplier(g, n, which));
	return n->op == OP_hard_swish ? upper_half(m) : m;
}

/* gemmlowp's logistic and tanh; x has 27 fraction bits, the result 31. */
static int32_t
fixed_logistic(int32_t x)
{
	if (x == 0)
		return 1 << 30;
	int32_t y = saturating_shift_left(
		two_over_one_plus(exp_of_negative(x > 0 ? -x : x, 27)), 1);
	return x > 0 ? y : INT32_MAX - y;
}

static int32_t
fixed_tanh(int32_t x)
{
	if (x == 0)
		return 0;
	int32_t y = saturating_shift_left(
		two_over_one_plus(exp_of_negative(x > 0 ? -x : x, 26)) - (1 << 29), 2);
	return x > 0 ? y : -y;
}

/* TFLM: fixed point with 4 integer bits; what is beyond 15 is an end of the range. */
static int32_t
fixed_entry(const Node *n, int32_t x, Multiplier m)
{
	int most = radius(4, m);
	bool logistic = n->op == OP_logistic;

	if (x <= -most || x >= most)
		return x <= -most ? INT8_MIN : INT8_MAX; /* most may be 0 */
	x = requantize(x, m.mult, m.shift);
	return logistic ? shift_right(fixed_logistic(x), 31 - 8) + INT8_MIN :
			  shift_right(fixed_tanh(x), 31 - 7);
}

/* LiteRT: float, rounded, in steps of the output's scale (LUTPopulate). */
static int64_t
float_entry(const Node *n, float x, float inverse_scale, int zero)
{
	float y = n->op == OP_tanh ? tanh_of(x) : 1.0f / (1.0f + exp_of(-x));

	return round_away((double)(y * inverse_scale)) + zero;
}

/* LiteRT's SQRT rounds down; the root of what is negative is the least code. */
static int64_t
root_entry(const Graph *g, const Node *n, float x)
{
	double root = floor((double)(sqrtf(x < 0 ? 0 : x) / output_scale(g, n)));

	return x < 0 ? INT8_MIN : round_away(root) + output_zero(g, n);
}

/* A part of a uint8 CONCATENATION of another scale: ConcatenationWithScaling. */
static int64_t
part_entry(const Graph *g, const Node *n, int code)
{
	const Tensor *x = tensor_in(g, n, 0);
	float factor = scale_of(x) * (1.0f / output_scale(g, n));
	float offset = (float)-(x->quant.zero[0] + n->attr.x_bias) * factor;
	float scaled = (float)(code + n->attr.x_bias) * factor;

	return round_away((double)(scaled + offset)) + output_zero(g, n);
}

static int64_t
unary_entry(const Graph *g, const Node *n, int code)
{
	const Quant *q = &tensor_in(g, n, 0)->quant;
	int v = code - q->zero[0];
	float x = q->scale[0] * (float)v;
	Multiplier m = { 0, 0 };

	if (n->op == OP_sqrt)
		return root_entry(g, n, x);
	if (n->attr.x_bias)
		return part_entry(g, n, code);
	if (n->op == OP_requantize || n->op == OP_relu) {
		m = rescale(g, n, RESCALE_Y);
		return (int64_t)requantize(v, m.mult, m.shift) + output_zero(g, n);
	}
	if (n->dialect == TFLM)
		return fixed_entry(
			n, v, quantize_multiplier((double)q->scale[0] * (1 << 27)));
	return float_entry(n, x, 1.0f / output_scale(g, n), output_zero(g, n));
}

void
unary_table(const Graph *g, const Node *n, int8_t table[256])
{
	int64_t least, most;

	activation_range(g, n, &least, &most);
	for (int i = 0; i < 256; i++) {
		int64_t y = unary_entry(g, n, i + INT8_MIN);
		table[i] = (int8_t)(y < least ? least : y > most ? most : y);
	}
}
