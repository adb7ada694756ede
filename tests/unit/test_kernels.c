/* test_kernels.c: int8 kernels, multipliers, tables, against formulas and references. */
#include <float.h>
#include <math.h>

#include "kernel_bench.h"
#include "templates/common/fixed.h"

enum { CODES = 256 };

/* ---- fixed point ---- */

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* x * mult / 2^31, halves up, saturated; then / 2^-shift, halves away from zero. */
static int64_t
requantized(int64_t x, int64_t mult, int shift)
{
	int32_t shifted = (int32_t)(uint32_t)((uint64_t)x << (shift > 0 ? shift : 0));
	int64_t high =
		floor_divide(shifted * mult + (INT64_C(1) << 30), INT64_C(1) << 31);
	int right = shift > 0 ? 0 : -shift;

	high = high > INT32_MAX ? INT32_MAX : high;
	int64_t half = right ? INT64_C(1) << (right - 1) : 0;
	return high < 0 ? -((-high + half) >> right) : (high + half) >> right;
}

Test(kernels, requantize_is_the_formula)
{
	static const int32_t edges[] = { 0, 1, -1, 2, INT32_MAX, INT32_MIN, INT32_MIN + 1,
		1 << 30, -(1 << 30), 3 << 29, -(3 << 29), 1 << 16, 12345, -54321 };
	enum { EDGES = sizeof edges / sizeof *edges };
	Bench b;

	bench_begin(&b, 1);
	for (int shift = -31; shift <= 31; shift++)
		for (int i = 0; i < EDGES * EDGES + 2000; i++) {
			int32_t x = (int32_t)((uint32_t)pick(&b, 0, 65535) << 16 |
				(uint32_t)pick(&b, 0, 65535));
			int32_t m = (1 << 30) + pick(&b, 0, 65535) * 16384 +
				pick(&b, 0, 16383);
			if (i < EDGES * EDGES) {
				x = edges[i / EDGES];
				m = edges[i % EDGES];
			} else if (i % 2 && shift < 0) {
				/* near a tie of the second rounding */
				int64_t odd = shift < -28 ? 1 : 2 * pick(&b, -8, 8) + 1;
				x = (int32_t)(odd * (INT64_C(1) << (30 - shift)) / m);
			}
			cr_assert_eq(requantize(x, m, shift), requantized(x, m, shift),
				"%d %d %d", x, m, shift);
		}
	bench_end(&b);
}

Test(kernels, multipliers_are_frexp_in_31_bits)
{
	static const struct {
		double real;
		int32_t mult;
		int shift;
	} known[] = {
		{ 1, 1 << 30, 1 },
		{ 0.5, 1 << 30, 0 },
		{ 0, 0, 0 },
		{ 3, 3 << 29, 2 },
		{ 0x0.ffffffffcp0, 1 << 30, 1 }, /* rounds up to 2^31 */
		{ 0x0.fffffffep0, INT32_MAX, 0 },
		{ 0x1p-31, 1 << 30, -30 },
		{ 0x1p-32, 1 << 30, -31 },
		{ 0x1.fp-33, 0, 0 },
		{ -0.75, -3 * (1 << 29), 0 },
		{ 0x0.80000001p0, (1 << 30) + 1, 0 }, /* a half goes away from zero */
		{ 0x0.80000000fp0, 1 << 30, 0 },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		Multiplier m = quantize_multiplier(known[i].real);
		cr_expect_eq(m.shift, known[i].shift, "%a: %d", known[i].real, m.shift);
		cr_expect_eq(m.mult, known[i].mult, "%a: %d", known[i].real, m.mult);
	}
}

Test(kernels, exponentials_are_correctly_rounded)
{
	Bench b;

	if (LDBL_MANT_DIG < 64)
		cr_skip("long double has no more bits than double");
	bench_begin(&b, 7);
	for (int i = 0; i < 200000; i++) {
		uint32_t bits =
			(uint32_t)pick(&b, 0, 65535) << 16 | (uint32_t)pick(&b, 0, 65535);
		float x = (float)pick(&b, -1040000, 900000) / 10000;
		if (i % 2)
			memcpy(&x, &bits, sizeof x);
		if (x != x)
			continue;
		cr_assert_eq(
			exp_of(x), (float)expl((long double)x), "exp(%a)", (double)x);
		cr_assert_eq(
			tanh_of(x), (float)tanhl((long double)x), "tanh(%a)", (double)x);
	}
	bench_end(&b);
}

/* ---- what the references give for every code ---- */

typedef struct {
	Op op;
	float x_scale;
	int x_zero;
	float x2_scale;
	int x2_zero;
	float y_scale;
	int y_zero;
	Act act;
	float slope;
	uint64_t hash[2]; /* of TFLM, LITERT; 0: it has no such kernel */
} Vector;

static const Vector vectors[] = {
#define VECTOR(op, xs, xz, x2s, x2z, ys, yz, act, slope, tflm, litert) \
	{ OP_##op, xs, xz, x2s, x2z, ys, yz, ACT_##act, slope, { tflm, litert } },
#include "oracle_vectors.def"
#undef VECTOR
};

static uint64_t
hash_of(Bench *b, const Vector *v, Dialect dialect)
{
	int8_t code[CODES];
	Quant xq = quant_of(b, v->x_scale, v->x_zero, 1),
	      yq = quant_of(b, v->y_scale, v->y_zero, 1);
	bool two = v->x2_scale > 0;
	Shape all = shape_of(4, 1, 1, two ? CODES : 1, CODES);
	int input[2] = { make_tensor(
		b, TYPE_s8, two ? shape_of(4, 1, 1, CODES, 1) : all, xq, NULL) };

	if (two)
		input[1] = make_tensor(b, TYPE_s8, shape_of(4, 1, 1, 1, CODES),
			quant_of(b, v->x2_scale, v->x2_zero, 1), NULL);
	int y = make_tensor(b, TYPE_s8, all, yq, NULL);
	Node *n = add_node(b->graph, v->op, "n", nowhere, input, 1 + two, y);
	n->dialect = dialect;
	n->attr.act = (int)v->act;
	n->attr.alpha = v->slope;
	n->attr.beta = v->slope;
	for (int i = 0; i < CODES; i++)
		code[i] = (int8_t)(i - 128);
	return fnv1a(FNV_START, evaluate(b, n, code, two ? code : NULL),
		(size_t)tensor_bytes(b->graph->tensor + y));
}

Test(kernels, every_code_as_the_references)
{
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
		for (int d = 0; d < 2; d++) {
			Bench b;
			bench_begin(&b, 1);
			if (vectors[i].hash[d]) {
				uint64_t got =
					hash_of(&b, vectors + i, d ? LITERT : TFLM);
				cr_expect_eq(got, vectors[i].hash[d],
					"vector %zu, %s, of %s: %016llx", i,
					semantics_names[d], ops[vectors[i].op].name,
					(unsigned long long)got);
			}
			bench_end(&b);
		}
}

/*
 * Sums around every half of a step, given by the bias: the multiplier's last bits tell
 * whether scales were multiplied in float or in double, and the result how it was
 * rounded.  The hashes are of FULLY_CONNECTED, CONV_2D, DEPTHWISE_CONV_2D.
 */
Test(kernels, multipliers_as_the_references)
{
	static const struct {
		Op op;
		Type weights; /* in the file */
		Dialect dialect;
		uint64_t hash;
	} known[] = {
		{ OP_dense, TYPE_s8, TFLM, 0x41ebc4c75a3514d1 },
		{ OP_dense, TYPE_s8, LITERT, 0x1c47649fb324d049 },
		{ OP_dense, TYPE_u8, LITERT, 0x1c47649fb324d049 },
		{ OP_conv2d, TYPE_s8, TFLM, 0x41ebc4c75a3514d1 },
		{ OP_conv2d, TYPE_s8, LITERT, 0x41ebc4c75a3514d1 },
		{ OP_conv2d, TYPE_u8, LITERT, 0x87570f5ac672184d },
		{ OP_depthwise, TYPE_u8, LITERT, 0x87570f5ac672184d },
	};
	enum { STEPS = 200, AROUND = 121, OUTPUTS = STEPS * AROUND, STEP = 10000000 };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		Bench b;
		bench_begin(&b, 1);
		int32_t *bias = alloc_array(b.arena, OUTPUTS, sizeof *bias);
		for (int k = 0; k < OUTPUTS; k++)
			bias[k] = (2 * (k / AROUND - STEPS / 2) + 1) * (STEP / 2) +
				k % AROUND - AROUND / 2;
		Shape w = known[i].op == OP_depthwise ? shape_of(4, 1, 1, 1, OUTPUTS) :
			known[i].op == OP_dense       ? shape_of(2, OUTPUTS, 1) :
							shape_of(4, OUTPUTS, 1, 1, 1);
		int input[3] = {
			make_tensor(&b, TYPE_s8, shape_of(4, 1, 1, 1, 1),
				quant_of(&b, 0.0123f, 0, 1), NULL),
			make_tensor(&b, TYPE_s8, w, quant_of(&b, 0.0371f, 0, 1),
				alloc(b.arena, OUTPUTS)),
			make_tensor(
				&b, TYPE_s32, shape_of(1, OUTPUTS), (Quant){ 0 }, bias),
		};
		b.graph->tensor[input[1]].origin.type = known[i].weights;
		int y = make_tensor(&b, TYPE_s8, shape_of(4, 1, 1, 1, OUTPUTS),
			quant_of(&b, 4563.3f, 0, 1), NULL);
		Node *n = add_node(b.graph, known[i].op, "n", nowhere, input, 3, y);
		n->dialect = known[i].dialect;
		int8_t x = 0;
		uint64_t got = fnv1a(FNV_START, evaluate(&b, n, &x, NULL), OUTPUTS);
		cr_expect_eq(
			got, known[i].hash, "%zu: %016llx", i, (unsigned long long)got);
		bench_end(&b);
	}
}

/* ---- windows, against formulas on whole images ---- */

typedef struct {
	int n, h, w, c, out_h, out_w, out_c, kernel_h, kernel_w;
	Attr a;
} Case;

/* A window that fits somewhere, with what may stand around it. */
static Case
random_case(Bench *b)
{
	Case s = { pick(b, 1, 2), pick(b, 1, 9), pick(b, 1, 9), pick(b, 1, 5), 0, 0,
		pick(b, 1, 5), pick(b, 1, 4), pick(b, 1, 4), attr_defaults() };

	s.a.stride_h = pick(b, 1, 3);
	s.a.stride_w = pick(b, 1, 3);
	s.a.pad_top = pick(b, 0, s.kernel_h - 1);
	s.a.pad_bottom = pick(b, 0, s.kernel_h - 1);
	s.a.pad_left = pick(b, 0, s.kernel_w - 1);
	s.a.pad_right = pick(b, 0, s.kernel_w - 1);
	s.a.act = pick(b, 0, ACT_COUNT - 1);
	if (pick(b, 0, 2) == 0) {
		s.a.dilation_h = pick(b, 1, 2);
		s.a.dilation_w = pick(b, 1, 3);
	}
	s.out_h = (s.h + s.a.pad_top + s.a.pad_bottom -
			  (s.kernel_h - 1) * s.a.dilation_h - 1) /
			s.a.stride_h +
		1;
	s.out_w = (s.w + s.a.pad_left + s.a.pad_right -
			  (s.kernel_w - 1) * s.a.dilation_w - 1) /
			s.a.stride_w +
		1;
	return s;
}

/* Whether the cell is inside, and the index of its first channel in x. */
static bool
cell(const Case *s, int image, int r, int p, int i, int j, int *at)
{
	int y = r * s->a.stride_h - s->a.pad_top + i * s->a.dilation_h;
	int x = p * s->a.stride_w - s->a.pad_left + j * s->a.dilation_w;

	*at = ((image * s->h + y) * s->w + x) * s->c;
	return y >= 0 && y < s->h && x >= 0 && x < s->w;
}

static int
clamped(Bench *b, const Node *n, int64_t v)
{
	static const double low[] = { -1e9, 0, 0, -1 }, high[] = { 1e9, 1e9, 6, 1 };
	const Quant *q = &tensor_out(b->graph, n)->quant;
	double scale = (double)q->scale[0];
	double least = q->zero[0] + round((double)(float)(low[n->attr.act] / scale));
	double most = q->zero[0] + round((double)(float)(high[n->attr.act] / scale));

	least = least < -128 ? -128 : least > 127 ? 127 : least;
	most = most > 127 ? 127 : most < -128 ? -128 : most;
	return (int)(v < least ? least : v > most ? most : (double)v);
}

/* Sum over the window of (x - zero) * w, w by output channel or by channel of its own. */
static int64_t
summed(const Case *s, const int8_t *x, int zero, const int8_t *w, bool depthwise,
	const int at[4])
{
	int64_t sum = 0;
	int o = at[3], from;

	for (int i = 0; i < s->kernel_h; i++)
		for (int j = 0; j < s->kernel_w; j++) {
			if (!cell(s, at[0], at[1], at[2], i, j, &from))
				continue;
			int window = i * s->kernel_w + j;
			for (int c = 0; !depthwise && c < s->c; c++)
				sum += (x[from + c] - zero) *
					w[(o * s->kernel_h * s->kernel_w + window) *
							s->c +
						c];
			if (depthwise)
				sum += (x[from + o / (s->out_c / s->c)] - zero) *
					w[window * s->out_c + o];
		}
	return sum;
}

static void
check_convolution(uint32_t seed, bool depthwise)
{
	Bench b;

	bench_begin(&b, seed);
	Case s = random_case(&b);
	if (s.out_h < 1 || s.out_w < 1) {
		bench_end(&b);
		return;
	}
	s.out_c = depthwise ? s.c * pick(&b, 1, 3) : s.out_c;
	Shape ws = depthwise ? shape_of(4, 1, s.kernel_h, s.kernel_w, s.out_c) :
			       shape_of(4, s.out_c, s.kernel_h, s.kernel_w, s.c);
	int zero = pick(&b, -128, 127), channels = pick(&b, 0, 1) ? s.out_c : 1;
	int8_t *x = random_bytes(&b, (int64_t)s.n * s.h * s.w * s.c),
	       *w = random_bytes(&b, elements(&ws));
	int32_t *bias = alloc_array(b.arena, (size_t)s.out_c, sizeof *bias);
	for (int o = 0; o < s.out_c; o++)
		bias[o] = pick(&b, -20000, 20000);
	bool has_bias = pick(&b, 0, 1);
	int input[3] = {
		make_tensor(&b, TYPE_s8, shape_of(4, s.n, s.h, s.w, s.c),
			quant_of(&b, 0.02f, zero, 1), NULL),
		make_tensor(&b, TYPE_s8, ws, quant_of(&b, 0.01f, 0, channels), w),
		has_bias ? make_tensor(&b, TYPE_s32, shape_of(1, s.out_c), (Quant){ 0 },
				   bias) :
			   -1,
	};
	int y = make_tensor(&b, TYPE_s8, shape_of(4, s.n, s.out_h, s.out_w, s.out_c),
		quant_of(&b, 0.07f, pick(&b, -128, 127), 1), NULL);
	Node *n = add_node(
		b.graph, depthwise ? OP_depthwise : OP_conv2d, "n", nowhere, input, 3, y);
	n->attr = s.a;
	int8_t *got = evaluate(&b, n, x, NULL);
	const Tensor *wt = b.graph->tensor + input[1], *yt = b.graph->tensor + y;
	for (int64_t i = 0; i < elements(&yt->shape); i++) {
		int o = (int)(i % s.out_c), p = (int)(i / s.out_c % s.out_w);
		int r = (int)(i / s.out_c / s.out_w % s.out_h);
		int at[4] = { (int)(i / s.out_c / s.out_w / s.out_h), r, p, o };
		int64_t sum =
			summed(&s, x, zero, w, depthwise, at) + (has_bias ? bias[o] : 0);
		double real = (double)0.02f *
			(double)wt->quant.scale[channels > 1 ? o : 0] /
			(double)yt->quant.scale[0];
		int shift;
		int64_t mult = (int64_t)round(ldexp(frexp(real, &shift), 31));
		int want =
			clamped(&b, n, requantized(sum, mult, shift) + yt->quant.zero[0]);
		cr_assert_eq(got[i], want, "seed %u, element %lld: %d, not %d", seed,
			(long long)i, got[i], want);
	}
	bench_end(&b);
}

Test(kernels, convolutions_are_the_formula)
{
	for (uint32_t seed = 1; seed <= 300; seed++) {
		check_convolution(seed, false);
		check_convolution(seed, true);
	}
}

/* Mean of the stored values plus bias, halves away from zero; or the largest. */
static int
pooled(const Case *s, const int8_t *x, bool average, int bias, const int at[4])
{
	int sum = 0, count = 0, best = -128, from;

	for (int i = 0; i < s->kernel_h; i++)
		for (int j = 0; j < s->kernel_w; j++) {
			if (!cell(s, at[0], at[1], at[2], i, j, &from))
				continue;
			int v = x[from + at[3]];
			sum += v + bias;
			best = v > best ? v : best;
			count++;
		}
	return average ? (int)round((double)sum / count) - bias : best;
}

static void
check_pool(uint32_t seed, bool average)
{
	Bench b;

	bench_begin(&b, seed);
	Case s = random_case(&b);
	s.a.dilation_h = s.a.dilation_w = 1;
	s.kernel_h = s.kernel_h < s.h ? s.kernel_h : s.h;
	s.kernel_w = s.kernel_w < s.w ? s.kernel_w : s.w;
	s.a.pad_top = s.a.pad_bottom = s.kernel_h / 2;
	s.a.pad_left = s.a.pad_right = s.kernel_w / 2;
	s.out_h = (s.h + 2 * s.a.pad_top - s.kernel_h) / s.a.stride_h + 1;
	s.out_w = (s.w + 2 * s.a.pad_left - s.kernel_w) / s.a.stride_w + 1;
	s.a.kernel_h = s.kernel_h;
	s.a.kernel_w = s.kernel_w;
	s.a.x_bias = average && pick(&b, 0, 1) ? 128 : 0;
	s.out_c = s.c;
	Quant q = quant_of(&b, 0.05f, pick(&b, -128, 127), 1);
	int8_t *x = random_bytes(&b, (int64_t)s.n * s.h * s.w * s.c);
	int input = make_tensor(&b, TYPE_s8, shape_of(4, s.n, s.h, s.w, s.c), q, NULL);
	int y = make_tensor(
		&b, TYPE_s8, shape_of(4, s.n, s.out_h, s.out_w, s.c), q, NULL);
	Node *n = add_node(
		b.graph, average ? OP_avg_pool : OP_max_pool, "n", nowhere, &input, 1, y);
	n->attr = s.a;
	int8_t *got = evaluate(&b, n, x, NULL);
	for (int64_t i = 0; i < elements(&b.graph->tensor[y].shape); i++) {
		int64_t pixel = i / s.c;
		int at[4] = { (int)(pixel / s.out_w / s.out_h),
			(int)(pixel / s.out_w % s.out_h), (int)(pixel % s.out_w),
			(int)(i % s.c) };
		int want = clamped(&b, n, pooled(&s, x, average, s.a.x_bias, at));
		cr_assert_eq(got[i], want, "seed %u, element %lld: %d, not %d", seed,
			(long long)i, got[i], want);
	}
	bench_end(&b);
}

Test(kernels, pools_are_the_formula)
{
	for (uint32_t seed = 1; seed <= 300; seed++) {
		check_pool(seed, true);
		check_pool(seed, false);
	}
}

/* ---- matrices and means ---- */

/* Of weights with a zero point, in double rounding and in LiteRT's double precision. */
static void
check_dense(uint32_t seed)
{
	Bench b;

	bench_begin(&b, seed);
	int rows = pick(&b, 1, 4), from = pick(&b, 1, 40), to = pick(&b, 1, 9);
	int x_zero = pick(&b, -128, 127), w_zero = pick(&b, -128, 127);
	int8_t *x = random_bytes(&b, rows * from), *w = random_bytes(&b, to * from);
	int input[2] = {
		make_tensor(&b, TYPE_s8, shape_of(4, 1, 1, rows, from),
			quant_of(&b, 0.02f, x_zero, 1), NULL),
		make_tensor(&b, TYPE_s8, shape_of(2, to, from),
			quant_of(&b, 0.01f, w_zero, 1), w),
	};
	int y = make_tensor(&b, TYPE_s8, shape_of(4, 1, 1, rows, to),
		quant_of(&b, 0.3f, 11, 1), NULL);
	Node *n = add_node(b.graph, OP_dense, "n", nowhere, input, 2, y);
	n->dialect = seed % 2 ? TFLM : LITERT;
	n->attr.act = pick(&b, 0, ACT_COUNT - 1);
	int8_t *got = evaluate(&b, n, x, NULL);
	double real = (double)0.02f * (double)0.01f / (double)0.3f;
	int shift;
	int64_t mult = (int64_t)round(ldexp(frexp(real, &shift), 31));
	for (int i = 0; i < rows * to; i++) {
		int64_t sum = 0;
		for (int c = 0; c < from; c++)
			sum += (x[i / to * from + c] - x_zero) *
				(w[i % to * from + c] - w_zero);
		int64_t v = n->dialect == TFLM ? requantized(sum, mult, shift) :
						 (int64_t)round((double)sum * real);
		cr_assert_eq(
			got[i], clamped(&b, n, v + 11), "seed %u, element %d", seed, i);
	}
	bench_end(&b);
}

static void
check_mean(uint32_t seed)
{
	Bench b;

	bench_begin(&b, seed);
	int images = pick(&b, 1, 3), h = pick(&b, 1, 9), w = pick(&b, 1, 9),
	    c = pick(&b, 1, 5);
	int zero = pick(&b, -128, 127), cells = h * w, shift, more = 0;
	int8_t *x = random_bytes(&b, images * cells * c);
	int input = make_tensor(&b, TYPE_s8, shape_of(4, images, h, w, c),
		quant_of(&b, 0.02f, zero, 1), NULL);
	int y = make_tensor(&b, TYPE_s8, shape_of(4, images, 1, 1, c),
		quant_of(&b, 0.013f, -5, 1), NULL);
	Node *n = add_node(b.graph, OP_mean, "n", nowhere, &input, 1, y);
	n->attr.axes = shape_of(2, 1, 2);
	int8_t *got = evaluate(&b, n, x, NULL);
	int64_t mult =
		(int64_t)round(ldexp(frexp((double)0.02f / (double)0.013f, &shift), 31));
	while (2 << more <= cells)
		more++;
	for (int i = 0; i < images * c; i++) {
		int64_t sum = 0;
		for (int k = 0; k < cells; k++)
			sum += x[(i / c * cells + k) * c + i % c] - zero;
		int64_t v =
			requantized(sum, mult * (1 << more) / cells, shift - more) - 5;
		cr_assert_eq(got[i],
			v < -128        ? -128 :
				v > 127 ? 127 :
					  v,
			"seed %u, element %d", seed, i);
	}
	bench_end(&b);
}

Test(kernels, matrices_and_means_are_the_formula)
{
	for (uint32_t seed = 1; seed <= 300; seed++) {
		check_dense(seed);
		check_mean(seed);
	}
}
