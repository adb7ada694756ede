/* quantize.c: multipliers, bounds and tables from scales, as TensorFlow Lite has them. */
#include <float.h>
#include <math.h>

#include "templates/common/exponential.h"
#include "codegen.h"

enum { MULT_BITS = 31, LEAST_SHIFT = -31 };

int64_t
round_away(double x)
{
	const double most = 0x1p62;

	return !(x < most) ? (int64_t)most :
		x < -most  ? (int64_t)-most :
		x < 0      ? (int64_t)ceil(x - 0.5) :
			     (int64_t)floor(x + 0.5);
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

/*
 * TFLM's RELU6 never rescales: its output counts as having its input's scale.  TFLite ignores
 * zero points of int8 convolutions' weights, and where scales are many.
 */
Affine
affine(const Graph *g, const Node *n, int operand)
{
	bool kept = n->op == OP_relu && n->dialect == TFLM && n->attr.act == ACT_RELU6 &&
		tensor_out(g, n)->type == TYPE_s8;
	const Tensor *t = operand == Y && !kept ?
		tensor_out(g, n) :
		tensor_in(g, n, operand == Y ? X : operand);

	if (!t || !t->quant.count)
		return (Affine){ 1, 0 };
	bool convolves = n->op == OP_conv2d || n->op == OP_depthwise;
	bool ignored = operand == X2 &&
		(t->quant.count > 1 || (convolves && t->origin.type != TYPE_u8));
	return (Affine){ t->quant.scale[0], ignored ? 0 : t->quant.zero[0] };
}

/*
 * Multiplier of a channel's sums.  Scales of legacy uint8 convolutions are multiplied in
 * float (GetQuantizedConvolutionMultipler), all others in double.  C has no literal beyond
 * DBL_MAX.
 */
double
channel_scale(const Graph *g, const Node *n, int channel)
{
	const Tensor *w = tensor_in(g, n, 1);
	float x_scale = affine(g, n, X).scale;
	float w_scale =
		w->quant.count > 1 ? w->quant.scale[channel] : affine(g, n, 1).scale;
	double y_scale = (double)affine(g, n, Y).scale;

	double scale = w->origin.type == TYPE_u8 && n->op != OP_dense ?
		(double)(x_scale * w_scale) : (double)x_scale * (double)w_scale;
	return fmin(scale / y_scale, DBL_MAX);
}

Multiplier
channel_multiplier(const Graph *g, const Node *n, int channel)
{
	return quantize_multiplier(channel_scale(g, n, channel));
}

/* ---- what the output may hold ---- */

const Bounds act_bounds[ACT_COUNT] = { { -INFINITY, INFINITY }, { 0, INFINITY }, { 0, 6 },
	{ -1, 1 } };

Range
type_range(Type type)
{
	bool is_unsigned = type == TYPE_u8 || type == TYPE_b8;
	int bits = types[type].bytes * 8 - !is_unsigned;
	int64_t most = (int64_t)((UINT64_C(1) << bits) - 1);

	return (Range){ is_unsigned ? 0 : -most - 1, most };
}

static int64_t
clip(int64_t v, Range r)
{
	return v < r.least ? r.least : v > r.most ? r.most : v;
}

/* What the activation lets through, stored: CalculateActivationRangeQuantized. */
Range
activation_range(const Graph *g, const Node *n)
{
	Type type = tensor_out(g, n)->type;
	Affine y = affine(g, n, Y);
	Range r = type_range(type);
	Bounds real = act_bounds[n->attr.act];
	/* TFLM's ADD of int32 heeds none. */
	bool heeded = has_word(ops[n->op].attrs, "act") &&
		!(n->op == OP_add && n->dialect == TFLM && type == TYPE_s32);

	if (!heeded || n->attr.act == ACT_NONE)
		return r;
	int64_t least = y.zero + round_away((double)(real.low / y.scale));
	int64_t most = y.zero + round_away((double)(real.high / y.scale));
	return (Range){ clip(least, r), real.high < INFINITY ? clip(most, r) : r.most };
}

/* ---- multipliers of operands ---- */

/* MEAN's multiplier divides by the number of cells, too (reference/reduce.h). */
static Multiplier
mean_multiplier(const Graph *g, const Node *n, Multiplier m)
{
	int64_t cells = elements(&tensor_in(g, n, 0)->shape) / elements(&tensor_out(g, n)->shape);
	int shift = 0;

	while (shift < 32 && shift < MULT_BITS + m.shift && cells >> shift > 1)
		shift++;
	return (Multiplier){ (int32_t)(((int64_t)m.mult << shift) / cells),
		m.shift - shift };
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
	float x = affine(g, n, X).scale, x2 = affine(g, n, X2).scale,
	      y = affine(g, n, Y).scale;
	float fine = (1.0f / 128.0f) * x; /* hard swish's */
	double twice = 2 * (double)(x > x2 ? x : x2);

	switch (n->op) {
	case OP_add:
	case OP_sub: /* both operands come to twice the larger scale */
		return which == RESCALE_Y ? twice / ldexp((double)y, SUM_SHIFT) :
					    (double)(which == RESCALE_X ? x : x2) / twice;
	case OP_mul: return ratio(n, x, x2, y);
	case OP_div: return (double)x / ((double)x2 * (double)y);
	/* exp()'s argument has 5 integer bits: PreprocessSoftmaxScaling. */
	case OP_softmax:
		return fmin(
			(double)n->attr.beta * (double)x * (1 << 26), (double)INT32_MAX);
	case OP_relu: return ratio(n, x, 1, y);
	case OP_leaky_relu:
		return fabs(ratio(n, x, which == RESCALE_ALPHA ? n->attr.alpha : 1, y));
	case OP_hard_swish:
		return (double)(fine / (which == RESCALE_GATE ? 3.0f / 32768.0f : y));
	default: return (double)x / (double)y;
	}
}

Multiplier
rescale(const Graph *g, const Node *n, Rescale which)
{
	Multiplier m = quantize_multiplier(real_multiplier(g, n, which));

	if (n->op == OP_mean || n->op == OP_row_mean)
		return mean_multiplier(g, n, m);
	if (n->op == OP_hard_swish) /* keeps 16 bits */
		m.mult = m.mult >= INT32_MAX - (1 << 15) ? INT16_MAX :
							   (m.mult + (1 << 15)) >> 16;
	return m;
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
	return -radius(5, rescale(g, n, RESCALE_BETA));
}

/* ---- tables: y of an int8 ---- */

/* TFLM: fixed point with 4 integer bits; what is beyond 15 is an end of the range. */
static int32_t
fixed_entry(const Node *n, int32_t x, float scale)
{
	Multiplier m = quantize_multiplier((double)scale * (1 << 27));
	int most = radius(4, m);

	if (x <= -most || x >= most)
		return x <= -most ? INT8_MIN : INT8_MAX; /* most may be 0 */
	x = requantize(x, m.mult, m.shift);
	return n->op == OP_logistic ? shift_right(fixed_logistic(x), 31 - 8) + INT8_MIN :
				      shift_right(fixed_tanh(x), 31 - 7);
}

static int64_t
unary_entry(const Graph *g, const Node *n, int code)
{
	Affine in = affine(g, n, X), out = affine(g, n, Y);
	int v = code - in.zero, bias = n->attr.x_bias;
	float x = in.scale * (float)v, inverse = 1.0f / out.scale;

	if (n->op == OP_requantize &&
		bias) { /* ConcatenationWithScaling of a uint8 part */
		float offset = (float)-(in.zero + bias) * (in.scale * inverse);
		float scaled = (float)(code + bias) * (in.scale * inverse);
		return round_away((double)(scaled + offset)) + out.zero;
	}
	if (n->op == OP_requantize || n->op == OP_relu) {
		Multiplier m = rescale(g, n, RESCALE_Y);
		return (int64_t)requantize(v, m.mult, m.shift) + out.zero;
	}
	if (n->op == OP_sqrt) /* LiteRT rounds down; no root is the least code */
		return x < 0 ?
			INT8_MIN :
			round_away(floor((double)(sqrtf(x) / out.scale))) + out.zero;
	if (n->dialect == TFLM)
		return fixed_entry(n, v, in.scale);
	float y = n->op == OP_tanh ? tanh_of(x) : 1.0f / (1.0f + exp_of(-x));
	return round_away((double)(y * inverse)) + out.zero; /* LUTPopulate */
}

Packed
unary_table(const Graph *g, const Node *n, int type)
{
	Packed p = new_packed(g, (Type)type, UINT8_MAX + 1);

	for (int i = 0; i < p.count; i++)
		store_bits(p, i,
			clip(unary_entry(g, n, i + INT8_MIN), activation_range(g, n)));
	return p;
}

/* exp() of what softmax takes it of: of differences from -255 to 0, with 31 fraction bits. */
Packed
softmax_powers(const Graph *g, const Node *n, int type)
{
	Packed p = new_packed(g, (Type)type, UINT8_MAX + 1);
	Multiplier m = rescale(g, n, RESCALE_BETA);

	for (int i = 0; i < p.count; i++)
		if (i - UINT8_MAX >= softmax_least(g, n))
			store_bits(p, i, exp_of_negative(requantize(i - UINT8_MAX, m.mult, m.shift), 26));
	return p;
}
