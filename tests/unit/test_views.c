/* test_views.c: what alias() makes a view, what it copies, and where views lie. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/codegen.h"
#include "frontend/frontend.h"
#include "scheduler/scheduler.h"

/* A text, how many nodes copy when it is aliased, and what its text then has. */
static const struct {
	const char *name, *text;
	int copies;
	const char *lines[4];
} views[] = {
	{ "parts by channel are made in the concat",
		"input t0\noutput t4\ntensor t0 s8[1,4,5,3] scale 0.5\ntensor t1 s8[1,4,5,3] scale 0.5\n"
		"tensor t2 s8[1,4,5,3] scale 0.5\ntensor t3 s8[1,4,5,6] scale 0.5\n"
		"tensor t4 s8[1,4,5,6] scale 0.5\nt1 = logistic t0\nt2 = tanh t0\n"
		"t3 = concat t1 t2 axis 3\nt4 = hard_swish t3\n",
		0,
		{ "tensor t1 s8[1,4,5,3] scale 0.5 view t3 pixel_step 6",
			"tensor t2 s8[1,4,5,3] scale 0.5 view t3 view_offset 3 pixel_step 6" } },
	{ "parts by column are, too",
		"input t0\noutput t3\ntensor t0 s8[1,4,5,3] scale 0.5\ntensor t1 s8[1,4,5,3] scale 0.5\n"
		"tensor t2 s8[1,4,5,3] scale 0.5\ntensor t3 s8[1,4,10,3] scale 0.5\n"
		"t1 = logistic t0\nt2 = tanh t0\nt3 = concat t1 t2 axis 2\n",
		0,
		{ "tensor t2 s8[1,4,5,3] scale 0.5 view t3 view_offset 15 row_step 30" } },
	{ "of pixels of several images, image by image",
		"input t0\noutput t3\ntensor t0 s8[2,1,1,3] scale 0.5\ntensor t1 s8[2,1,1,3] scale 0.5\n"
		"tensor t2 s8[2,1,1,3] scale 0.5\ntensor t3 s8[2,1,1,6] scale 0.5\n"
		"t1 = logistic t0\nt2 = tanh t0\nt3 = concat t1 t2 axis 3\n",
		0,
		{ "tensor t2 s8[2,1,1,3] scale 0.5 view t3 view_offset 3 image_step 6" } },
	{ "concats in concats",
		"input t0\noutput t5\ntensor t0 s8[1,2,2,1] scale 0.5\ntensor t1 s8[1,2,2,1] scale 0.5\n"
		"tensor t2 s8[1,2,2,1] scale 0.5\ntensor t3 s8[1,2,2,2] scale 0.5\n"
		"tensor t4 s8[1,2,2,1] scale 0.5\ntensor t5 s8[1,2,2,3] scale 0.5\nt1 = logistic t0\n"
		"t2 = tanh t0\nt3 = concat t1 t2 axis 3\nt4 = hard_swish t0\nt5 = concat t4 t3 axis 3\n",
		0,
		{ "tensor t3 s8[1,2,2,2] scale 0.5 view t5 view_offset 1 pixel_step 3",
			"tensor t2 s8[1,2,2,1] scale 0.5 view t3 view_offset 1 pixel_step 3" } },
	{ "a reshape goes with its part",
		"input t0\noutput t4\ntensor t0 s8[1,4,1,3] scale 0.5\ntensor t1 s8[1,4,1,3] scale 0.5\n"
		"tensor t2 s8[1,2,2,3] scale 0.5\ntensor t3 s8[1,2,2,3] scale 0.5\n"
		"tensor t4 s8[1,2,2,6] scale 0.5\nt1 = logistic t0\nt2 = reshape t1\nt3 = tanh t2\n"
		"t4 = concat t3 t2 axis 3\n",
		0,
		{ "tensor t1 s8[1,4,1,3] scale 0.5 view t2 pixel_step 6",
			"tensor t2 s8[1,2,2,3] scale 0.5 view t4 view_offset 3 pixel_step 6" } },
	{ "in place inside a part",
		"input t0\noutput t4\ntensor t0 s8[1,2,2,3] scale 0.5\ntensor t1 s8[1,2,2,3] scale 0.5\n"
		"tensor t2 s8[1,2,2,3] scale 0.5\ntensor t3 s8[1,2,2,3] scale 0.5\n"
		"tensor t4 s8[1,2,2,6] scale 0.5\nt1 = max_pool t0\nt2 = logistic t1\nt3 = tanh t0\n"
		"t4 = concat t2 t3 axis 3\n",
		0,
		{ "tensor t1 s8[1,2,2,3] scale 0.5 view t2 pixel_step 6" } },
	{ "a split by channel is views",
		"input t0\noutput t5\ntensor t0 s8[1,4,5,6] scale 0.5\ntensor t1 s8[1,4,5,6] scale 0.5\n"
		"tensor t2 s8[1,4,5,2] scale 0.5\ntensor t3 s8[1,4,5,4] scale 0.5\n"
		"tensor t4 s8[1,4,5,4] scale 0.5\ntensor t5 s8[1,4,5,6] scale 0.5\nt1 = logistic t0\n"
		"t2 = slice t1 begin [0,0,0,0] step [1,1,1,1]\nt3 = slice t1 begin [0,0,0,2] step [1,1,1,1]\n"
		"t4 = max_pool t3\nt5 = concat t2 t4 axis 3\n",
		1, /* t2 lies in t1, so it is copied to t5 */
		{ "tensor t3 s8[1,4,5,4] scale 0.5 view t1 view_offset 2 pixel_step 6" } },
	{ "so are columns that lie apart",
		"input t0\noutput t3\ntensor t0 s8[1,4,5,2] scale 0.5\ntensor t1 s8[1,4,5,2] scale 0.5\n"
		"tensor t2 s8[1,4,2,2] scale 0.5\ntensor t3 s8[1,4,2,2] scale 0.5\nt1 = logistic t0\n"
		"t2 = slice t1 begin [0,0,1,0] step [1,1,3,1]\nt3 = tanh t2\n",
		0,
		{ "tensor t2 s8[1,4,2,2] scale 0.5 view t1 view_offset 2 pixel_step 6 row_step 10" } },
	{ "channels that lie apart are copied",
		"input t0\noutput t3\ntensor t0 s8[1,4,5,6] scale 0.5\ntensor t1 s8[1,4,5,6] scale 0.5\n"
		"tensor t2 s8[1,4,5,3] scale 0.5\ntensor t3 s8[1,4,5,3] scale 0.5\nt1 = logistic t0\n"
		"t2 = slice t1 begin [0,0,0,0] step [1,1,1,2]\nt3 = tanh t2\n",
		1, { NULL } },
	{ "an input, and a part of two concats, are copied",
		"input t0\noutput t2\noutput t3\ntensor t0 s8[1,4,5,3] scale 0.5\ntensor t1 s8[1,4,5,3] scale 0.5\n"
		"tensor t2 s8[1,4,5,6] scale 0.5\ntensor t3 s8[1,4,5,6] scale 0.5\nt1 = logistic t0\n"
		"t2 = concat t0 t1 axis 3\nt3 = concat t1 t1 axis 3\n",
		3, { NULL } },
	{ "so is what a kernel without steps reads",
		"input t0\noutput t3\noutput t4\ntensor t0 s8[1,4,5,3] scale 0.5\ntensor t1 s8[1,4,5,3] scale 0.5\n"
		"tensor t2 s8[1,4,5,3] scale 0.5\ntensor t3 s8[1,4,5,6] scale 0.5\n"
		"tensor t4 s8[2,3] scale 0.5\ntensor t5 s32[2,3] data { 0 1 2 0 3 4 }\nt1 = logistic t0\n"
		"t2 = tanh t0\nt3 = concat t1 t2 axis 3\nt4 = gather_nd t1 t5\n",
		1, { NULL } },
	{ "and what is reshaped across channels",
		"input t0\noutput t3\noutput t5\ntensor t0 s8[1,4,5,3] scale 0.5\ntensor t1 s8[1,4,5,3] scale 0.5\n"
		"tensor t2 s8[1,4,5,3] scale 0.5\ntensor t3 s8[1,4,5,6] scale 0.5\n"
		"tensor t4 s8[1,5,4,3] scale 0.5\ntensor t5 s8[1,4,3,5] scale 0.5\n"
		"tensor t6 s8[1,4,3,5] scale 0.5\nt1 = logistic t0\nt2 = tanh t0\n"
		"t3 = concat t1 t2 axis 3\nt6 = reshape t1\nt5 = tanh t6\n",
		1, { NULL } },
};

static Graph *
aliased(Arena *arena, Diag *diag, const char *text)
{
	Job job = { .arena = arena, .target = find_target("c") };
	Graph *g = read_mir(arena, diag, "m", text, strlen(text), NULL);

	job.graph = g;
	job.templates = templates_new(arena, diag, template_files, template_file_count, NULL);
	infer(g);
	legalize(g);
	select_kernels(&job);
	alias(g);
	verify(g, "alias");
	select_again(&job);
	return g;
}

static void
check_views(int i)
{
	Diag diag = { .to = stderr, .file = views[i].name };
	Arena *arena = arena_new(&diag);
	Graph *g = aliased(arena, &diag, format(arena, "mir 1\nmodel \"m\"\n%s", views[i].text));
	Text t = text_new(arena);
	int copies = 0;

	print_graph(&t, g);
	for (int k = 0; k < g->node_count; k++)
		copies += g->node[k].kernel && strstr(g->node[k].kernel, "copy_nd");
	cr_expect_eq(copies, views[i].copies, "%s: %d copies\n%s", views[i].name, copies, t.data);
	for (int k = 0; k < 4 && views[i].lines[k]; k++)
		cr_expect(strstr(t.data, format(arena, "%s\n", views[i].lines[k])), "%s: %s\n%s",
			views[i].name, views[i].lines[k], t.data);
	arena_free(arena);
}

Test(views, where_views_lie)
{
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		check_views((int)i);
}
