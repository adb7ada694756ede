/* test_passes.c: infer, legalize and fuse: the forms they promise, and that values survive. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "frontend/frontend.h"
#include "meaning.h"
#include "random_graph.h"
#include "session.h"

/* The graph of a text after a pass and those before it; NULL: refused, s->messages says why. */
static Graph *
after(Session *s, const char *text, const char *pass)
{
	Graph *volatile g = NULL;
	const char *whole = format(s->arena, "mir 1\nmodel \"m\" semantics litert\n%s", text);

	if (setjmp(s->escape) == 0) {
		g = read_mir(s->arena, &s->diag, "m", whole, strlen(whole), NULL);
		infer(g);
		verify(g, "infer");
		if (strcmp(pass, "infer") != 0) {
			legalize(g);
			verify(g, "legalize");
		}
		if (strcmp(pass, "fuse") == 0) {
			fuse(g);
			verify(g, "fuse");
		}
	} else {
		g = NULL;
	}
	fflush(s->diag.to);
	return g;
}

/* ---- forms */

/* A text, a pass, and lines that the graph then has. */
static const struct {
	const char *name, *pass, *text;
	const char *lines[5];
} forms[] = {
	{ "time becomes rows", "legalize",
		"input t0\noutput t2\ntensor t0 f32[1,1,9,4]\n"
		"tensor t1 f32[2,1,3,4] data { 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21"
		" 22 23 24 }\ntensor t2 f32[1,1,5,2]\n"
		"t2 = conv2d t0 t1 stride_w 2 pad_left 1 pad_right 1\n",
		{ "tensor t0 f32[1,9,1,4]", "tensor t2 f32[1,5,1,2]", "f32[2,3,1,4]",
			"stride_h 2 pad_top 1 pad_bottom 1" } },
	{ "a depthwise convolution of one channel", "legalize",
		"input t0\noutput t2\ntensor t0 f32[1,4,4,1]\n"
		"tensor t1 f32[1,1,2,3] data { 1 2 3 4 5 6 }\ntensor t2 f32[1,4,3,3]\n"
		"t2 = depthwise t0 t1\n",
		{ "f32[3,1,2,1] \"t1.turned\" data { 1 4 2 5 3 6 }", "t2 = conv2d t0 t" } },
	{ "rows of a matrix are one image", "legalize",
		"input t0\noutput t2\ntensor t0 f32[6,2]\ntensor t1 f32[3,2] data { 1 2 3 4 5 6 }\n"
		"tensor t2 f32[6,3]\nt2 = dense t0 t1\n",
		{ "tensor t0 f32[6,1,1,2]", "f32[1,1,6,2]", "tensor t2 f32[1,1,6,3]" } },
	{ "batch and time stay rows for dense", "legalize",
		"input t0\noutput t2\ntensor t0 f32[1,6,2]\ntensor t1 f32[3,2] data { 1 2 3 4 5 6 }\n"
		"tensor t2 f32[1,6,3]\nt2 = dense t0 t1\n",
		{ "tensor t0 f32[1,6,1,2]", "tensor t2 f32[1,6,1,3]", "t2 = dense t0 t1" } },
	{ "a pool over all of an image", "legalize",
		"input t0\noutput t1\ntensor t0 f32[2,3,4,5]\ntensor t1 f32[2,1,1,5]\n"
		"t1 = avg_pool t0 kernel_h 3 kernel_w 4 stride_h 3 stride_w 4 act relu\n",
		{ "t1 = global_avg_pool t0 act relu" } },
	{ "over all time, too", "legalize",
		"input t0\noutput t1\ntensor t0 f32[1,1,9,5]\ntensor t1 f32[1,1,1,5]\n"
		"t1 = max_pool t0 kernel_w 9\n",
		{ "tensor t0 f32[1,9,1,5]", "t1 = global_max_pool t0" } },
	{ "but not with pads", "legalize",
		"input t0\noutput t1\ntensor t0 f32[1,2,2,5]\ntensor t1 f32[1,1,1,5]\n"
		"t1 = avg_pool t0 kernel_h 2 kernel_w 2 stride_h 2 stride_w 2 pad_bottom 1\n",
		{ "t1 = avg_pool t0" } },
	{ "mean over all but channels", "legalize",
		"input t0\noutput t1\ntensor t0 f32[2,3,4,5,6]\ntensor t1 f32[2,1,1,1,6]\n"
		"t1 = mean t0 axes [1,2,3]\n",
		{ "f32[2,3,20,6]", "tensor t1 f32[2,1,1,6]", "axes [1,2]" } },
	{ "mean over the last axis", "legalize",
		"input t0\noutput t1\ntensor t0 f32[2,3,4]\ntensor t1 f32[2,3,1]\n"
		"t1 = mean t0 axes [2]\n",
		{ "t0 f32[2,3,1,4]", "tensor t1 f32[2,3,1,1]", "t1 = row_mean t0 axes [3]" } },
	{ "mean over columns", "legalize",
		"input t0\noutput t1\ntensor t0 f32[2,3,4,5]\ntensor t1 f32[2,3,1,5]\n"
		"t1 = mean t0 axes [2]\n", { "t1 = row_mean t0 axes [2]" } },
	{ "mean over axes apart", "legalize",
		"input t0\noutput t1\ntensor t0 f32[2,3,4,5]\ntensor t1 f32[2,1,4,1]\n"
		"t1 = mean t0 axes [1,3]\n",
		{ "transpose", "perm [0,1,3,2]", "f32[2,3,5,4]", "tensor t1 f32[2,1,1,4]" } },
	{ "arg_max along columns", "legalize",
		"input t0\noutput t1\ntensor t0 f32[2,3,4,5]\ntensor t1 s32[2,1,4,5]\n"
		"t1 = arg_max t0 axis 1\n", { "f32[1,2,3,20]", "tensor t1 s32[1,2,1,20]", "axis 2" } },
	{ "arg_max of channels, pixel by pixel", "legalize",
		"input t0\noutput t1\ntensor t0 f32[1,3,4,5]\ntensor t1 s32[1,3,4,1]\n"
		"t1 = arg_max t0 axis 3\n",
		{ "tensor t0 f32[1,3,4,5]", "tensor t1 s32[1,3,4,1]", "t1 = arg_max t0 axis 3" } },
	{ "transpose of rank five", "legalize",
		"input t0\noutput t1\ntensor t0 f32[2,3,4,5,6]\ntensor t1 f32[6,2,3,4,5]\n"
		"t1 = transpose t0 perm [4,0,1,2,3]\n",
		{ "tensor t0 f32[2,3,20,6]", "f32[2,3,4,5,6]", "tensor t1 f32[6,2,3,4,5]" } },
	{ "transpose of nothing is a view", "legalize",
		"input t0\noutput t1\ntensor t0 f32[1,3,1,5]\ntensor t1 f32[3,1,1,5]\n"
		"t1 = transpose t0 perm [1,0,2,3]\n", { "t1 = reshape t0" } },
	{ "pad of images apart", "legalize",
		"input t0\noutput t1\ntensor t0 f32[2,3,4,5]\ntensor t1 f32[3,4,4,5]\n"
		"t1 = pad t0 begin [1,1,0,0] end [0,0,0,0]\n",
		{ "f32[1,2,1,60]", "f32[1,3,1,60]", "begin [0,1,0,0] end [0,0,0,0]" } },
	{ "broadcast of rank five, folded", "legalize",
		"input t0\ninput t1\noutput t2\ntensor t0 f32[2,3,4,5,6]\ntensor t1 f32[3,1,1,1]\n"
		"tensor t2 f32[2,3,4,5,6]\nt2 = add t0 t1\n",
		{ "f32[2,3,20,6]", "f32[1,3,1,1]", "tensor t2 f32[2,3,20,6]" } },
	{ "broadcast of rank five, repeated", "legalize",
		"input t0\ninput t1\noutput t2\ntensor t0 f32[2,3,4,5,6]\ntensor t1 f32[2,1,4,1,6]\n"
		"tensor t2 f32[2,3,4,5,6]\nt2 = add t0 t1\n",
		{ "slice", "step [1,1,1,0,1]", "f32[2,1,20,6]", "tensor t2 f32[2,3,20,6]" } },
	{ "slices go row by row", "legalize",
		"input t0\noutput t1\ntensor t0 f32[1,9,4,5]\ntensor t1 f32[1,4,2,3]\n"
		"t1 = slice t0 begin [0,1,3,0] step [1,2,-1,2]\n",
		{ "t1 = row_slice t0 stride_h 2 begin [0,1,3,0] step [1,2,-1,2]" } },
	{ "but not if they end early", "legalize",
		"input t0\noutput t1\ntensor t0 f32[1,9,4,5]\ntensor t1 f32[1,3,2,3]\n"
		"t1 = slice t0 begin [0,1,3,0] step [1,2,-1,2]\n", { "t1 = slice t0" } },
	{ "groups of channels", "legalize",
		"input t0\noutput t2\ntensor t0 f32[1,2,2,4]\n"
		"tensor t1 f32[2,1,1,2] data { 1 2 3 4 }\ntensor t2 f32[1,2,2,2]\nt2 = conv2d t0 t1\n",
		{ "begin [0,0,0,2] step [1,1,1,1]", "data { 3 4 }", "t2 = concat", "axis 3" } },
	{ "groups have their scales", "legalize",
		"input t0\noutput t2\ntensor t0 s8[1,2,2,4] scale 1\n"
		"tensor t1 s8[4,1,1,2] scale { 1 2 3 4 } data { 1 2 3 4 5 6 7 8 }\n"
		"tensor t2 s8[1,2,2,4] scale 1\nt2 = conv2d t0 t1\n",
		{ "s8[2,1,1,2] \"t1.4\" scale { 1 2 } data { 1 2 3 4 }",
			"scale { 3 4 } data { 5 6 7 8 }" } },
	{ "uint8 is stored as int8", "legalize",
		"input t0\noutput t2\ntensor t0 u8[1,2] scale 0.5 zero 128\n"
		"tensor t1 u8[1,2] scale 0.5 zero 3 data { 0 255 }\n"
		"tensor t2 u8[1,2] scale 1 zero 5\nt2 = add t0 t1\n",
		{ "tensor t0 u8[1,1,1,2] scale 0.5 zero 128", "zero -125 was u8[1,2] data { -128 127 }",
			"= recode t0", "zero -123", "t2 = recode" } },
	{ "uint8 that only moves stays", "legalize",
		"input t0\noutput t2\noutput t3\ntensor t0 u8[1,2] scale 0.5 zero 128\n"
		"tensor t1 u8[1,4] scale 0.5 zero 128\ntensor t2 f32[1,4]\ntensor t3 s32[1,1]\n"
		"t1 = pad t0 begin [0,0] end [0,2] pad_value 128\nt2 = cast t1\nt3 = arg_max t0 axis 1\n",
		{ "t1 = pad t0", "pad_value 128", "t2 = cast t1\n", "t3 = arg_max" } },
	{ "raw uint8 leaves a bias", "legalize",
		"input t0\noutput t1\ntensor t0 u8[1,2,2,1] scale 0.5 zero 128\n"
		"tensor t1 u8[1,1,1,1] scale 0.5 zero 128\nt1 = avg_pool t0 kernel_h 2 kernel_w 2\n",
		{ "x_bias 128" } },
	{ "concat of uint8 in one scale", "legalize",
		"input t0\ninput t1\noutput t2\ntensor t0 u8[1,2] scale 0.5 zero 128\n"
		"tensor t1 u8[1,2] scale 0.25 zero 128\ntensor t2 u8[1,4] scale 0.5 zero 128\n"
		"t2 = concat t0 t1 axis 1\n", { "requantize", "x_bias 128", "axis 3" } },
	{ "pad goes into convolution", "fuse",
		"input t0\noutput t3\ntensor t0 s8[1,4,4,2] scale 1 zero 7\n"
		"tensor t1 s8[1,6,5,2] scale 1 zero 7\ntensor t2 s8[1,3,3,2] scale 1 data { 1 2 3 4 5 6"
		" 7 8 9 1 2 3 4 5 6 7 8 9 }\ntensor t3 s8[1,4,3,2] scale 1\n"
		"t1 = pad t0 begin [0,1,0,0] end [0,1,1,0] pad_value 7\nt3 = depthwise t1 t2 \"d\"\n",
		{ "gone \"fused into d\"", "t3 = depthwise t0 t2 \"d\" pad_top 1 pad_bottom 1 pad_right 1" } },
	{ "pad with another value does not", "fuse",
		"input t0\noutput t3\ntensor t0 s8[1,4,4,2] scale 1 zero 7\n"
		"tensor t1 s8[1,6,5,2] scale 1 zero 7\ntensor t2 s8[1,3,3,2] scale 1 data { 1 2 3 4 5 6"
		" 7 8 9 1 2 3 4 5 6 7 8 9 }\ntensor t3 s8[1,4,3,2] scale 1\n"
		"t1 = pad t0 begin [0,1,0,0] end [0,1,1,0] pad_value 0\nt3 = depthwise t1 t2\n",
		{ "t1 = pad t0", "t3 = depthwise t1 t2" } },
	{ "relu goes into sum", "fuse",
		"input t0\noutput t2\ntensor t0 s8[4] scale 1\ntensor t1 s8[4] scale 1 zero 3\n"
		"tensor t2 s8[4] scale 1 zero 3\nt1 = add t0 t0 \"a\" act relu\nt2 = relu t1 act relu6\n",
		{ "gone \"fused into a\"", "t2 = add t0 t0 \"a\" act relu6" } },
	{ "relu to another scale does not", "fuse",
		"input t0\noutput t2\ntensor t0 s8[4] scale 1\ntensor t1 s8[4] scale 1 zero 3\n"
		"tensor t2 s8[4] scale 2 zero 3\nt1 = add t0 t0\nt2 = relu t1 act relu6\n",
		{ "t1 = add t0 t0", "t2 = relu t1 act relu6" } },
	{ "relu of what others read does not", "fuse",
		"input t0\noutput t2\noutput t1\ntensor t0 s8[4] scale 1\ntensor t1 s8[4] scale 1\n"
		"tensor t2 s8[4] scale 1\nt1 = add t0 t0\nt2 = relu t1 act relu\n",
		{ "t1 = add t0 t0", "t2 = relu t1" } },
	{ "requantize to the same is a view", "fuse",
		"input t0\noutput t1\ntensor t0 s8[4] scale 2 zero 1\ntensor t1 s8[4] scale 2 zero 1\n"
		"t1 = requantize t0\n", { "t1 = reshape t0" } },
	{ "what nobody reads goes", "fuse",
		"input t0\noutput t1\ntensor t0 f32[4]\ntensor t1 f32[4]\ntensor t2 f32[4]\n"
		"t1 = tanh t0\nt2 = logistic t1\n", { "t1 = tanh t0", "gone \"unused\"" } },
};

Test(passes, forms)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		Session s;

		begin(&s, "m.mir");
		Graph *g = after(&s, forms[i].text, forms[i].pass);
		cr_assert(g, "%s: %s", forms[i].name, s.messages);
		Text t = text_new(s.arena);
		print_graph(&t, g);
		for (int k = 0; k < 5 && forms[i].lines[k]; k++)
			cr_expect(strstr(t.data, forms[i].lines[k]), "%s: no \"%s\" in\n%s",
				forms[i].name, forms[i].lines[k], t.data);
		end(&s);
	}
}

/* What was uint8 keeps LiteRT's dialect, though its type no longer asks for it. */
Test(passes, dialects_stay)
{
	const char *text = "mir 1\nmodel \"m\"\ninput t0\noutput t1\n"
		"tensor t0 u8[1,2,2,1] scale 1\ntensor t1 u8[1,1,1,1] scale 1\n"
		"t1 = avg_pool t0 \"a\" stride_w 2 kernel_h 2 kernel_w 2 pad_left 1\n";
	Session s;

	begin(&s, "m.mir");
	for (int turn = 0; turn < 3; turn++) {
		Graph *g = read_mir(s.arena, &s.diag, "m", text, strlen(text), NULL);
		Text t = text_new(s.arena);

		infer(g);
		legalize(g);
		print_graph(&t, g);
		cr_expect(strstr(t.data, "\"a\" stride_w 2 kernel_h 2 kernel_w 2 pad_left 1 x_bias 128 dialect litert"),
			"turn %d:\n%s", turn, t.data);
		if (turn)
			cr_expect_str_eq(t.data, text);
		text = t.data;
	}
	end(&s);
}

/* ---- errors: lines of a model, and a part of what is said of it */

#define CONV(x, w, y, attributes) "input t0\noutput t2\ntensor t0 f32" x "\ntensor t1 f32" w \
	" }\ntensor t2 f32" y "\nt2 = conv2d t0 t1 " attributes "\n"
#define POOL(x, y, attributes) "input t0\noutput t1\ntensor t0 f32" x "\ntensor t1 f32" y \
	"\nt1 = avg_pool t0 " attributes "\n"
#define ONE(x, y, operator) "input t0\noutput t1\ntensor t0 " x "\ntensor t1 " y \
	"\nt1 = " operator "\n"
#define TWO(x, x2, y, operator) "input t0\ninput t1\noutput t2\ntensor t0 " x "\ntensor t1 " x2 \
	"\ntensor t2 " y "\nt2 = " operator "\n"

static const struct {
	const char *text, *said;
} errors[] = {
	{ CONV("[1,4,4,3]", "[2,1,1,2] data { 1 1 1 1", "[1,4,4,2]", ""), "is not for weights [2,1,1,2]" },
	{ CONV("[1,4,4,4]", "[3,1,1,2] data { 1 1 1 1 1 1", "[1,4,4,3]", ""), "is not for weights" },
	{ CONV("[4,4,3]", "[2,1,1,3] data { 1 1 1 1 1 1", "[4,4,2]", ""), "operand 0 is [4,4,3], not of rank 4" },
	{ CONV("[1,4,4,3]", "[2,1,2,3] data { 1 1 1 1 1 1 1 1 1 1 1 1", "[1,4,4,2]", ""), "makes [1,4,3,2], but the file says" },
	{ CONV("[1,4,4,3]", "[2,2,1,3] data { 1 1 1 1 1 1 1 1 1 1 1 1", "[1,4,4,2]", "dilation_h 2147483647"), "dilation 2147483647" },
	{ CONV("[1,4,4,3]", "[2,2,1,3] data { 1 1 1 1 1 1 1 1 1 1 1 1", "[1,4,4,2]", "stride_h 0"), "stride 0" },
	{ CONV("[1,1,1,1]", "[1,2,1,1] data { 1 1", "[1,1,1,1]", ""), "do not fit 1 padded by 0 and 0" },
	{ POOL("[1,4,4,1]", "[1,4,4,1]", "kernel_h 0"), "window 0" },
	{ POOL("[1,4,4,1]", "[1,5,4,1]", "kernel_h 1 pad_top 1"), "would be empty" },
	{ ONE("f32[2,3]", "f32[3,3]", "transpose t0 perm [0,0]"), "is no permutation" },
	{ ONE("f32[2,3]", "f32[3,2]", "transpose t0 perm [1,-1]"), "is no permutation" },
	{ ONE("f32[2,3]", "f32[3,2]", "transpose t0"), "is no permutation" },
	{ ONE("f32[2,3]", "f32[2,3]", "slice t0 begin [0,1] step [1,1]"), "takes 3 from 1" },
	{ ONE("f32[2,3]", "f32[2,2]", "slice t0 begin [0,0] step [1,-1]"), "by steps of -1" },
	{ ONE("f32[2,3]", "f32[2,2]", "slice t0 begin [0,2147483647] step [1,1]"), "takes 2 from" },
	{ ONE("f32[2,3]", "f32[2,3]", "slice t0"), "does not begin a slice of" },
	{ ONE("f32[2,3]", "f32[7]", "reshape t0"), "has not the elements of [7]" },
	{ ONE("f32[2,3]", "s32[6]", "reshape t0"), "FLOAT32 to INT32 is not supported" },
	{ ONE("f32[2,3]", "f32[2,5]", "pad t0 begin [0,0] end [0,2147483647]"), "[0,0] is no padding with [0,2147" },
	{ ONE("s8[2]", "s8[3]", "pad t0 begin [0] end [1] pad_value 128"), "does not fit the type" },
	{ ONE("f32[2,3]", "f32[1,3]", "mean t0 axes [0,0]"), "[0,0] are no axes of [2,3]" },
	{ ONE("f32[2,3]", "f32[1,3]", "mean t0 axes [2]"), "[2] are no axes of [2,3]" },
	{ ONE("f32[2,3]", "s32[1,3]", "arg_max t0 axis 2"), "axis 2 of [2,3]" },
	{ ONE("f32[2]", "f32[2]", "relu t0"), "has no activation" },
	{ ONE("f32[2]", "f32[2]", "softmax t0 beta 0"), "beta 0" },
	{ ONE("s8[2] scale 1", "s8[2] scale 1", "softmax t0"), "must have scale 1/256" },
	{ ONE("s8[2]", "s8[2] scale 1", "tanh t0"), "operand 0 has 0 scales, not 1" },
	{ ONE("s64[2]", "s64[2]", "tanh t0"), "INT64 to INT64 is not supported" },
	{ ONE("f32[1,2,2,1]", "f32[1,4,4,2]", "resize_nearest t0"), "makes [1,4,4,1]" },
	{ ONE("f32[1,2,2,1]", "f32[1,4,4,1]", "resize_nearest t0 align_corners 1 half_pixel 1"),
		"exclude each other" },
	{ TWO("f32[2,3]", "f32[2]", "f32[2,3]", "add t0 t1"), "[2,3] does not broadcast with [2]" },
	{ TWO("f32[2,3]", "s32[3]", "f32[2,3]", "add t0 t1"), "operands are FLOAT32 and INT32" },
	{ TWO("f32[2,3]", "f32[2,4]", "f32[2,7]", "concat t0 t1 axis 0"), "operand 1 is [2,4]" },
	{ TWO("f32[2,3]", "f32[2,4]", "f32[2,7]", "concat t0 t1 axis 2"), "axis 2 of [2,3]" },
	{ TWO("f32[2,3]", "s32[4,3]", "f32[4]", "gather_nd t0 t1"), "has no elements by indices" },
	{ TWO("f32[2,3]", "f32[3,3]", "f32[2,3]", "dense t0 t1"), "they must be constants" },
	{ "input t0\noutput t2\ntensor t0 f32[2,3]\ntensor t1 s32[1,1] data { 2 }\n"
	  "tensor t2 f32[1,3]\nt2 = gather_nd t0 t1\n", "index 2 of an axis of 2" },
	{ "input t0\noutput t2\ntensor t0 f32[2,3]\ntensor t1 f32[2,3] data { 1 2 3 4 5 6 }\n"
	  "tensor t2 f32[3,2]\nt2 = dense t0 t1\n", "are no weights to make of the input" },
	{ "input t0\noutput t3\ntensor t0 s8[1,3] scale 1\ntensor t1 s8[2,3] axis 1 scale { 1 1 1 }"
	  " data { 1 2 3 4 5 6 }\ntensor t2 s32[2] data { 1 2 }\ntensor t3 s8[1,2] scale 1\n"
	  "t3 = dense t0 t1 t2\n", "scales along axis 1" },
	{ "input t0\noutput t3\ntensor t0 s8[1,3] scale 1\ntensor t1 s8[2,3] scale 1"
	  " data { 1 2 3 4 5 6 }\ntensor t2 s32[3] data { 1 2 3 }\ntensor t3 s8[1,2] scale 1\n"
	  "t3 = dense t0 t1 t2\n", "[3] are no biases for [2,3]" },
	{ "input t0\noutput t1\ntensor t0 f32[2]\ntensor t1 f32[2]\n", "output" },
};

Test(passes, errors)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		Session s;

		begin(&s, "m.mir");
		cr_expect(!after(&s, errors[i].text, "infer"), "accepted: %s", errors[i].text);
		cr_expect(strstr(s.messages, errors[i].said), "\"%s\" not in \"%s\" of\n%s",
			errors[i].said, s.messages, errors[i].text);
		end(&s);
	}
}

/* What no reader lets through. */
Test(passes, flow)
{
	static const struct { int from, to, bytes; const char *said; } flows[] = {
		{ 1, 2, 4, "read before it is made" }, { 0, 0, 4, "makes what was there before" },
		{ -1, 1, 4, "operand 0 is missing" }, { 0, 1, 1 << 30, "2^31 bytes or more" },
		{ 0, 2, 4, "\"y\" is never made" },
	};

	for (int i = 0; i < 5; i++) {
		Session s;

		begin(&s, "m.mir");
		Graph *g = graph_new(s.arena, &s.diag, "m");
		for (int t = 0; t < 3; t++)
			new_tensor(g, "t", TYPE_f32, shape_of(1, flows[i].bytes), (Quant){ 0 }, nowhere);
		g->input = copy_of(s.arena, &(Port){ "x", 0 }, sizeof(Port));
		g->output = copy_of(s.arena, &(Port){ "y", 1 }, sizeof(Port));
		g->input_count = g->output_count = 1;
		add_node(g, OP_tanh, "n", nowhere, &flows[i].from, 1, flows[i].to);
		if (setjmp(s.escape) == 0)
			infer(g);
		fflush(s.diag.to);
		cr_expect(strstr(s.messages, flows[i].said), "%s: %s", flows[i].said, s.messages);
		end(&s);
	}
}

Test(passes, all_errors_are_said)
{
	Session s;

	begin(&s, "m.mir");
	cr_assert(!after(&s, "input t0\noutput t2\ntensor t0 f32[2]\ntensor t1 f32[3]\n"
		"tensor t2 s16[3]\nt1 = tanh t0\nt2 = tanh t1\n", "infer"));
	cr_expect(strstr(s.messages, "but the file says [3]"));
	cr_expect(strstr(s.messages, "FLOAT32 to INT16"));
	end(&s);
}

/* Any number in a graph may be wrong: infer() refuses it or no later pass stumbles. */
static void
spoil(Graph *g, unsigned seed)
{
	static const int values[] = { -1, 0, 1, 2, 7, 128, 1 << 20, 1 << 30, INT32_MAX, INT32_MIN };
	static const float scales[] = { 0, -1, (float)NAN, (float)INFINITY, 1e-45f, 3e38f };
	int value = values[seed % 10], *at;
	Tensor *t = g->tensor + seed / 10 % (unsigned)g->tensor_count;
	Node *n = g->node + seed / 10 % (unsigned)g->node_count;
	const Field *f;

	switch (seed / 100 % 6) {
	case 0: t->shape.dim[seed / 1000 % MAX_RANK] = value; break;
	case 1: t->shape.rank = value; break;
	case 2: t->type = seed / 1000 % TYPE_COUNT; break;
	case 3:
		if (t->quant.count)
			t->quant.zero = copy_of(g->arena, &value, sizeof value);
		break;
	case 4:
		if (t->quant.count)
			t->quant.scale = copy_of(g->arena, &scales[seed % 6], sizeof *scales);
		break;
	default:
		f = fields + seed / 1000 % (unsigned)field_count;
		at = (int *)((char *)n + f->at);
		if (f->attribute && has_word(ops[n->op].attrs, f->name))
			at[f->kind == FIELD_LIST ? seed / 7 % (MAX_RANK + 1) : 0] = value;
	}
}

Test(passes, spoiled_graphs)
{
	int refused = 0, taken = 0;

	for (unsigned seed = 0; seed < 20000; seed++) {
		Session s;

		begin(&s, "m.mir");
		Graph *g = random_graph(s.arena, &s.diag, seed, 3);
		spoil(g, seed * 2654435761u >> 7);
		if (setjmp(s.escape) == 0) {
			infer(g);
			legalize(g);
			verify(g, "legalize");
			fuse(g);
			verify(g, "fuse");
			taken++;
		} else {
			refused++;
			fflush(s.diag.to);
			cr_assert(s.size > 0);
		}
		end(&s);
	}
	cr_expect(refused > 2000 && taken > 2000, "%d refused, %d taken", refused, taken);
}

/* ---- values */

static int64_t *
random_values(Arena *arena, const Tensor *t, unsigned seed)
{
	int64_t count = elements(&t->shape);
	int64_t *v = alloc_array(arena, (size_t)count, sizeof *v);

	for (int64_t i = 0; i < count; i++)
		v[i] = (int64_t)((seed = seed * 1103515245u + 12345u) >> 16) % 100 - 50;
	return v;
}

/* Every tensor of the file that is still made, and every output, has the values it had. */
static bool
same_values(const Graph *g, int64_t **was, const int *ports, int64_t **is)
{
	for (int t = 0; t < g->tensor_count; t++) {
		const Tensor *x = g->tensor + t;
		size_t bytes = (size_t)elements(&x->shape) * sizeof **is;

		if (x->origin.number >= 0 && !x->gone && !x->data && was[t] &&
		    (!is[t] || memcmp(was[t], is[t], bytes) != 0))
			return false;
	}
	for (int i = 0; i < g->output_count; i++) {
		int t = g->output[i].tensor;

		if (t != ports[i] || memcmp(was[t], is[t],
		    (size_t)elements(&g->tensor[t].shape) * sizeof **is) != 0)
			return false;
	}
	return true;
}

static void
check_values(unsigned seed)
{
	Session s;
	static void (*const passes[])(Graph *) = { legalize, fuse, legalize };
	static const char *const names[] = { "legalize", "fuse", "legalize again" };

	begin(&s, "m.mir");
	Graph *g = random_graph(s.arena, &s.diag, seed, 1 + (int)(seed % 6));
	cr_assert(setjmp(s.escape) == 0, "seed %u: %s", seed, s.messages);
	infer(g);
	verify(g, "infer");
	int ports[] = { g->output[0].tensor, g->output[1].tensor };
	int64_t *input[] = { random_values(s.arena, g->tensor + g->input[0].tensor, seed) };
	int64_t **was = meaning(g, input);
	int known = g->tensor_count;
	for (int i = 0; i < 3; i++) {
		Text before = text_new(s.arena), now = text_new(s.arena);

		print_graph(&before, g);
		passes[i](g);
		verify(g, names[i]);
		print_graph(&now, g);
		int64_t **all = alloc_array(s.arena, (size_t)g->tensor_count, sizeof *all);
		memcpy(all, was, (size_t)known * sizeof *all);
		cr_assert(same_values(g, all, ports, meaning(g, input)), "seed %u: %s changed\n%s\nto\n%s",
			seed, names[i], before.data, now.data);
	}
	end(&s);
}

Test(passes, values_survive)
{
	for (unsigned seed = 0; seed < 4000; seed++)
		check_values(seed);
}

/* ---- speed */

Test(passes, many_nodes)
{
	enum { NODES = 20000 };
	Session s;

	begin(&s, "m.mir");
	cr_assert(setjmp(s.escape) == 0);
	Graph *g = graph_new(s.arena, &s.diag, "m");
	int last = new_tensor(g, "x", TYPE_f32, shape_of(2, 3, 4), (Quant){ 0 }, nowhere);
	g->input = copy_of(s.arena, &(Port){ "x", last }, sizeof(Port));
	for (int i = 0; i < NODES; i++) {
		int y = new_tensor(g, "y", TYPE_f32, shape_of(2, 3, 4), (Quant){ 0 }, nowhere);
		add_node(g, OP_add, "n", nowhere, (int[]){ last, last }, 2, y);
		last = y;
	}
	g->output = copy_of(s.arena, &(Port){ "y", last }, sizeof(Port));
	g->input_count = g->output_count = 1;
	clock_t start = clock();
	infer(g);
	legalize(g);
	fuse(g);
	verify(g, "fuse");
	cr_expect(clock() - start < 2 * CLOCKS_PER_SEC);
	cr_expect(g->node_count == NODES);
	end(&s);
}
