/* page.c: the report as a page of HTML: memory over time as a picture, the schedule, the layers. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "codegen.h"

/* The picture, in pixels; each layer takes a column's width, in equal parts for its steps. */
enum { LEFT = 70, RIGHT = 24, TOP = 24, MAP = 420, LIVE = 56, LIVE_BASE = TOP + MAP + 48 + LIVE,
	RUNS = LIVE_BASE + 12, LINE = 13, COLUMN = 16, LEAST_WIDTH = 1100, MOST_WIDTH = 12000 };

/* A buffer's rows, each in use from the step that writes it to the last that reads it. */
typedef struct {
	int rows; /* 1: it is all or nothing */
	int64_t row_bytes;
	Life *row;
} Held;

typedef struct {
	const Program *program;
	const Graph *graph;
	Text out;
	Held *held;    /* per buffer */
	Held **of;     /* per tensor: the buffer's whose tensor it is, or NULL */
	Life *steps;   /* per node; first > last: it has none */
	int64_t *live; /* per step: bytes */
	int peak;      /* the step of the most */
	double *x;     /* per step, and of the end */
} Page;

/* Text of the model's as text of the page's; bytes that are no UTF-8 are the browser's to replace. */
static const char *
html(const Page *p, const char *text)
{
	enum { LONGEST = 160 };
	Text t = text_new(p->graph->arena);

	for (const char *s = text ? text : ""; *s; s++) {
		if (s - text > LONGEST && (*s & 0xc0) != 0x80)
			return format(t.arena, "%s...", t.data);
		if (strchr("<>&\"'", *s))
			put(&t, "&#%d;", *s);
		else
			put_bytes(&t, iscntrl((unsigned char)*s) ? " " : s, 1);
	}
	return t.data;
}

static const char *
number(const Page *p, int64_t n)
{
	enum { GROUP = 1000 };
	Arena *arena = p->graph->arena;

	return n < GROUP ? format(arena, "%d", (int)n) :
		format(arena, "%s,%03d", number(p, n / GROUP), (int)(n % GROUP));
}

/* Cells up to a NULL; numbers stand right, and get bars. */
static void
show_row(Page *p, int node, const char *const *cell)
{
	put(&p->out, "<tr data-n=\"%d\">", node);
	for (; *cell; cell++)
		put(&p->out, isdigit((unsigned char)**cell) && !strchr(*cell, 'x') ?
			"<td class=\"n\">%s</td>" : "<td>%s</td>", *cell);
	put(&p->out, "</tr>\n");
}

/* ---- what is live when ---- */

/* Rows of a tensor, all if whole, are written or read. */
static void
use(const Page *p, int tensor, Rows r, int step)
{
	const Tensor *t = p->graph->tensor + tensor;
	int64_t at, size = tensor_span(t);
	Held *h = p->of[storage(p->graph, tensor, &at)];

	if (!h || (!r.whole && r.first >= r.end))
		return;
	if (!r.whole) {
		int64_t row = axis_step(t, HEIGHT) * types[t->type].bytes;
		at += r.first * row;
		size -= (t->shape.dim[0] - 1) * axis_step(t, 0) * types[t->type].bytes +
			(t->shape.dim[HEIGHT] - r.end + r.first) * row;
	}
	for (int64_t i = at / h->row_bytes; i < h->rows && i * h->row_bytes < at + size; i++) {
		h->row[i].first = step < h->row[i].first ? step : h->row[i].first;
		h->row[i].last = step > h->row[i].last ? step : h->row[i].last;
	}
}

static void
use_step(const Page *p, int step)
{
	const Graph *g = p->graph;
	const Node *n = g->node + g->step[step].node;
	bool reduces = ops[n->op].rows == ROWS_REDUCE;
	int r = g->step[step].row;

	for (int k = 0; k < n->input_count; k++)
		if (n->input[k] >= 0 && !tensor_in(g, n, k)->data)
			use(p, n->input[k], n->flat ? (Rows){ 0, 0, true } : reduces ? (Rows){ r, r + 1, false } :
				rows(g, n, k, r), step);
	if (!reduces || step == p->steps[g->step[step].node].last)
		use(p, n->output, (Rows){ r, r + 1, n->flat || reduces || row_count(g, n) == 1 }, step);
}

/* By rows where there is one image. */
static Held
held_of(const Page *p, const Buffer *b)
{
	const Graph *g = p->graph;
	const Tensor *t = b->tensor < 0 ? NULL : g->tensor + b->tensor;
	bool by_rows = t && t->shape.rank == NHWC && (t->ring || t->shape.dim[0] == 1);
	Held h = { by_rows ? t->shape.dim[HEIGHT] : 1,
		by_rows ? axis_step(t, HEIGHT) * types[t->type].bytes : b->bytes, NULL };

	h.row = alloc_array(g->arena, (size_t)h.rows, sizeof *h.row);
	for (int i = 0; i < h.rows; i++)
		h.row[i] = !t ? (Life){ b->first, b->last } :
			(Life){ is_input(g, b->tensor) ? 0 : INT32_MAX, -1 };
	return h;
}

static void
find_live(Page *p)
{
	const Graph *g = p->graph;

	p->held = alloc_array(g->arena, (size_t)g->buffer_count + 1, sizeof *p->held);
	p->of = alloc_array(g->arena, (size_t)g->tensor_count + 1, sizeof *p->of);
	p->live = alloc_array(g->arena, (size_t)g->step_count + 2, sizeof *p->live);
	for (int i = 0; i < g->buffer_count; i++) {
		p->held[i] = held_of(p, g->buffer + i);
		if (g->buffer[i].tensor >= 0)
			p->of[g->buffer[i].tensor] = p->held + i;
	}
	for (int s = 0; s < g->step_count; s++)
		use_step(p, s);
	for (const Held *h = p->held; h < p->held + g->buffer_count; h++)
		for (const Life *row = h->row; row < h->row + h->rows; row++)
			if (row->first <= row->last) {
				p->live[row->first] += h->row_bytes;
				p->live[row->last + 1] -= h->row_bytes;
			}
	for (int s = 1; s < g->step_count; s++) {
		p->live[s] += p->live[s - 1];
		p->peak = p->live[s] > p->live[p->peak] ? s : p->peak;
	}
}

static void
find_times(Page *p)
{
	const Graph *g = p->graph;
	int *count = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *count), nodes = 0;

	p->steps = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *p->steps);
	p->x = alloc_array(g->arena, (size_t)g->step_count + 1, sizeof *p->x);
	for (int s = 0; s < g->step_count; s++) {
		int i = g->step[s].node;
		nodes += !count[i];
		p->steps[i] = (Life){ count[i]++ ? p->steps[i].first : s, s };
	}
	for (int i = 0; i < g->node_count; i++)
		p->steps[i].last -= !count[i];
	int width = nodes * COLUMN < LEAST_WIDTH ? LEAST_WIDTH : nodes * COLUMN;
	width = width > MOST_WIDTH ? MOST_WIDTH : width;
	p->x[0] = LEFT;
	for (int s = 0; s < g->step_count; s++)
		p->x[s + 1] = p->x[s] + (double)width / nodes / count[g->step[s].node];
}

/* ---- names ---- */

/* The layer that makes it, or the input's name. */
static const char *
tensor_name(const Page *p, int tensor)
{
	const Program *program = p->program;
	int maker = producer(p->graph, tensor);

	for (int i = 0; i < program->inputs && maker < 0; i++)
		if (p->graph->input[i].tensor == tensor)
			return program->port[i].name;
	return maker < 0 ? html(p, p->graph->tensor[tensor].name) : program->call[maker].id;
}

static const char *
step_name(const Page *p, int step)
{
	const Step *s = p->graph->step + step;

	return format(p->graph->arena, "%s row %d", p->program->call[s->node].id, s->row);
}

/* For the eye: a buffer's maker, or its first reader. */
static int
node_of(const Page *p, const Buffer *b)
{
	int maker = b->tensor < 0 ? b->node : producer(p->graph, b->tensor);

	return maker >= 0 ? maker : p->graph->step[b->first].node;
}

/* ---- the head ---- */

static void
show_title(Page *p)
{
	put(&p->out, "%s", html(p, p->program->job->source));
}

static void
show_what(Page *p)
{
	const Job *job = p->program->job;
	const Graph *g = p->graph;

	put(&p->out, "target <b>%s</b>, bits of <b>%s</b>, optimized for <b>%s</b>, input <b>%s</b>, "
		"%d layers", job->target->name, semantics_names[g->semantics], optimize_names[g->optimize],
		input_mode_names[g->input_mode], g->node_count);
}

static void
show_tiles(Page *p)
{
	int count;
	const Figure *f = figures(p->program, &count);

	for (int i = 0; i < count; i++)
		put(&p->out, "<div%s><b>%s</b>%s</div>\n", f[i].main ? " class=\"main\"" : "",
			number(p, f[i].value), f[i].what);
}

/* ---- the memory map ---- */

static double
height(const Page *p, int64_t bytes)
{
	return p->graph->work_bytes ? (double)bytes * MAP / (double)p->graph->work_bytes : 0;
}

static double
y_of(const Page *p, int64_t bytes)
{
	return TOP + MAP - height(p, bytes);
}

static double
end_of(const Page *p)
{
	return p->x[p->graph->step_count];
}

static void
show_rectangle(Page *p, const char *class, double x, double y, double w, double h)
{
	put(&p->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", class,
		x, y, w, h < 1 ? 1 : h);
}

static void
show_line(Page *p, const char *class, double x, double y, double x2, double y2)
{
	put(&p->out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class, x,
		y, x2, y2);
}

/* The page's script puts names where there is room for them. */
static void
show_label(Page *p, const char *class, double x, double y, const char *text)
{
	put(&p->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", class, x, y, text);
}

/* What is live of a buffer: a brick per row (or more, where rows are too thin to be seen), from its
 * writing to its last reading; of a ring, at the place where it takes its turn. */
static void
show_bricks(Page *p, const Buffer *b, const Held *h)
{
	const double thin = 0.8;
	int ring = b->tensor >= 0 ? p->graph->tensor[b->tensor].ring : 0, end;
	double row = height(p, h->row_bytes);

	put(&p->out, "<path d=\"");
	for (int r = 0; r < h->rows; r = end) {
		Life life = h->row[r];
		for (end = r + 1; end < h->rows && !ring && ((end - r) * row < thin ||
			!memcmp(h->row + end, h->row + end - 1, sizeof life)); end++) {
			life.first = h->row[end].first < life.first ? h->row[end].first : life.first;
			life.last = h->row[end].last > life.last ? h->row[end].last : life.last;
		}
		int64_t at = b->offset + (ring ? r % ring : r) * h->row_bytes;
		if (life.first <= life.last)
			put(&p->out, "M%.1f %.2fH%.1fV%.2fH%.1fz", p->x[life.first], y_of(p, at),
				p->x[life.last + 1], y_of(p, at + (end - r) * h->row_bytes), p->x[life.first]);
	}
	put(&p->out, "\"/>");
}

/* Name, size, life; every tensor that lies in it, with the model's name. */
static void
show_about(Page *p, const Buffer *b, const char *name)
{
	const Graph *g = p->graph;
	const Tensor *t = b->tensor < 0 ? NULL : g->tensor + b->tensor;

	put(&p->out, "<title>%s: %s bytes at %s", name, number(p, b->bytes), number(p, b->offset));
	if (t && t->ring)
		put(&p->out, "\nring of %d of %d rows; all would take %s bytes", t->ring,
			t->shape.dim[HEIGHT], number(p, tensor_bytes(t)));
	put(&p->out, "\nfrom %s to %s (steps %d to %d)", step_name(p, b->first), step_name(p, b->last),
		b->first, b->last);
	for (int i = 0; i < g->tensor_count && t; i++)
		if (!g->tensor[i].data && !g->tensor[i].gone && storage(g, i, NULL) == b->tensor)
			put(&p->out, "\nholds %s, %s %s: %s", tensor_name(p, i), types[g->tensor[i].type].name,
				dims_text(g->arena, &g->tensor[i].shape), html(p, g->tensor[i].name));
	put(&p->out, "</title>");
}

static void
show_buffer(Page *p, const Buffer *b, const Held *h)
{
	const Graph *g = p->graph;
	const Tensor *t = b->tensor < 0 ? NULL : g->tensor + b->tensor;
	double x = p->x[b->first], y = y_of(p, b->offset + b->bytes), wide = p->x[b->last + 1] - x;
	const char *name = t ? tensor_name(p, b->tensor) :
		format(g->arena, "%s scratch", p->program->call[b->node].id);

	put(&p->out, "<g class=\"buffer %s\" data-n=\"%d\" data-at=\"%lld\" data-bytes=\"%lld\">",
		!t ? "scratch" : t->ring ? "ring" : is_input(g, b->tensor) ? "input" :
		(b - g->buffer) % 2 ? "other" : "whole", node_of(p, b), (long long)b->offset,
		(long long)b->bytes);
	show_about(p, b, name);
	show_rectangle(p, "", x, y, wide, height(p, b->bytes));
	show_bricks(p, b, h);
	put(&p->out, "</g>\n");
}

/* Lines at round numbers of bytes; the work area and its lower bound. */
static void
show_scale(Page *p)
{
	enum { LINES = 7, KILO = 1024 };
	const Graph *g = p->graph;
	int64_t unit = 1;

	while (g->work_bytes / unit >= LINES)
		unit *= 2;
	for (int64_t at = 0; at <= g->work_bytes; at += unit) {
		show_line(p, "grid", LEFT, y_of(p, at), end_of(p), y_of(p, at));
		show_label(p, "mute end", LEFT - 8, y_of(p, at) + 4, unit < KILO || !at ? number(p, at) :
			format(g->arena, "%s K", number(p, at / KILO)));
	}
	show_line(p, "size", LEFT, TOP, end_of(p), TOP);
	show_line(p, "bound", LEFT, y_of(p, g->lower_bound), end_of(p), y_of(p, g->lower_bound));
	show_label(p, "", LEFT, TOP - 8, format(g->arena, "work area %s bytes, <tspan class=\"red\">lower "
		"bound %s</tspan>", number(p, g->work_bytes), number(p, g->lower_bound)));
}

/* Bytes live, step by step, below the map, on the same scale of time. */
static void
show_live(Page *p)
{
	const Graph *g = p->graph;
	double most = (double)p->live[p->peak] + 1, x = (p->x[p->peak] + p->x[p->peak + 1]) / 2;
	int end;

	put(&p->out, "<path class=\"live\" d=\"M%d %d", LEFT, LIVE_BASE);
	for (int s = 0; s < g->step_count; s = end) {
		int64_t live = p->live[s];
		for (end = s + 1; end < g->step_count && p->x[end] - p->x[s] < 1; end++)
			live = p->live[end] > live ? p->live[end] : live;
		put(&p->out, "V%.1fH%.1f", LIVE_BASE - (double)live * LIVE / most, p->x[end]);
	}
	put(&p->out, "V%dz\"><title>most live: %s bytes in %s</title></path>\n", LIVE_BASE,
		number(p, p->live[p->peak]), step_name(p, p->peak));
	show_line(p, "peak", x, TOP, x, LIVE_BASE);
	show_label(p, "mute end", LEFT - 8, LIVE_BASE - LIVE / 2 + 4, "live");
}

/* When each layer runs, a line each; returns how tall that is. */
static double
show_runs(Page *p)
{
	enum { TALLEST = 2000 };
	const Graph *g = p->graph;
	double y = RUNS, line = fmin(LINE, (double)TALLEST / g->node_count);

	for (int i = 0; i < g->node_count; i++) {
		Life life = p->steps[i];
		if (life.first > life.last)
			continue;
		double x = p->x[life.first], end = p->x[life.last + 1];
		put(&p->out, "<g class=\"run %s\" data-n=\"%d\"><title>%s: steps %d to %d</title>",
			g->node[i].segment ? "ring" : "whole", i, p->program->call[i].id, life.first, life.last);
		show_rectangle(p, "", x, y + line * 0.15, end - x, line * 0.7);
		put(&p->out, "</g>\n");
		y += line;
	}
	return y;
}

static void
show_bands(Page *p)
{
	Streamed s = { .last = -1 };

	while (next_segment(p->graph, &s)) {
		double from = end_of(p), to = 0;
		for (int i = s.first; i <= s.last; i++) {
			if (p->steps[i].first > p->steps[i].last)
				continue;
			from = p->x[p->steps[i].first] < from ? p->x[p->steps[i].first] : from;
			to = p->x[p->steps[i].last + 1] > to ? p->x[p->steps[i].last + 1] : to;
		}
		put(&p->out, "<g class=\"segment\"><title>segment %d</title>", s.number);
		show_rectangle(p, "band", from, TOP, to - from, LIVE_BASE - TOP);
		show_rectangle(p, "edge", from + 1, TOP + MAP + 3, to - from - 2, 3);
		put(&p->out, "</g>\n");
	}
}

static void
show_map(Page *p)
{
	const Graph *g = p->graph;

	if (!g->step_count)
		return;
	show_bands(p);
	show_scale(p);
	for (int i = 0; i < g->buffer_count; i++)
		show_buffer(p, g->buffer + i, p->held + i);
	show_live(p);
	double tall = show_runs(p) + LINE;
	put(&p->out, "<style>#map { width: %.0fpx; height: %.0fpx; }</style>\n", end_of(p) + RIGHT,
		tall);
}

/* What is live when most is. */
static void
show_peak(Page *p)
{
	const Graph *g = p->graph;

	for (int i = 0; i < g->buffer_count && g->step_count; i++) {
		const Buffer *b = g->buffer + i;
		int64_t live = 0;
		for (const Life *row = p->held[i].row; row < p->held[i].row + p->held[i].rows; row++)
			live += row->first <= p->peak && row->last >= p->peak ? p->held[i].row_bytes : 0;
		if (live)
			show_row(p, node_of(p, b), (const char *const[]){ b->tensor < 0 ? "scratch" :
				tensor_name(p, b->tensor), number(p, live), number(p, b->bytes), NULL });
	}
}

/* ---- the schedule ---- */

/* "conv2d_0 3 of 48 rows" */
static const char *
ring_names(const Page *p, const Streamed *s)
{
	const Graph *g = p->graph;
	const char *all = "";

	for (int t = 0; t < g->tensor_count; t++)
		if (is_ring_of(g, t, s))
			all = format(g->arena, "%s%s%s %d of %d rows", all, *all ? ", " : "", tensor_name(p, t),
				g->tensor[t].ring, g->tensor[t].shape.dim[HEIGHT]);
	return all;
}

/* Nodes that run as one, or one after the other. */
static void
show_together(Page *p, const Streamed *s)
{
	const Graph *g = p->graph;
	const char *names = "";
	int steps = 0;

	for (int i = s->first; i <= s->last; i++)
		names = format(g->arena, "%s%s%s", names, *names ? ", " : "", p->program->call[i].id);
	for (int i = 0; i < g->step_count; i++)
		steps += g->step[i].node >= s->first && g->step[i].node <= s->last;
	if (s->first <= s->last)
		show_row(p, s->first, (const char *const[]){ s->number ?
			format(g->arena, "segment %d", s->number) : "one by one", names, number(p, steps),
			ring_names(p, s), s->ring_bytes ? number(p, s->ring_bytes) : "",
			s->ring_bytes ? number(p, s->whole_bytes) : "",
			s->ring_bytes ? number(p, s->whole_bytes - s->ring_bytes) : "", NULL });
}

static void
show_schedule(Page *p)
{
	Streamed s = { .last = -1 };
	int done = 0;

	for (bool more = true; more; done = s.last + 1) {
		more = next_segment(p->graph, &s);
		show_together(p, &(Streamed){ .first = done, .last = s.first - 1 });
		if (more)
			show_together(p, &s);
	}
}

/* ---- the layers ---- */

/* Channels by how their sums are rescaled. */
static const char *
rescaling(const Page *p, const Node *n)
{
	int all = (int)n->scale.count, single = float_channels(n);

	if (!n->form)
		return n->sum_bound ? "exactly" : "";
	return all == single ? "in float" :
		format(p->graph->arena, "in float; %d in double", all - single);
}

static void
show_layers(Page *p)
{
	const Graph *g = p->graph;

	for (int i = 0; i < g->node_count; i++) {
		const Node *n = g->node + i;
		const Tensor *y = tensor_out(g, n);
		show_row(p, i, (const char *const[]){ number(p, i), p->program->call[i].id,
			html(p, n->name), ops[n->op].name, n->kernel ? n->kernel : "view", dims_text(g->arena, &y->shape),
			n->segment ? number(p, n->segment) : "", number(p, node_macs(g, n)),
			number(p, n->segment ? n->row_cost : n->cost), number(p, weights_of(g, n)),
			number(p, tensor_bytes(y)), number(p, n->scratch),
			n->sum_bound ? number(p, n->sum_bound) : "", rescaling(p, n), NULL });
	}
}

/* ---- the functions ---- */

static void
show_functions(Page *p)
{
	const Program *all = p->program;

	for (int k = 0; k < all->variants; k++)
		for (int i = 0; i < all->variant[k]->function_count; i++) {
			const Function *f = all->variant[k]->function + i;
			const Template *t = f->bound->template;
			show_row(p, -1, (const char *const[]){ f->name, format(p->graph->arena, "%s/%s", t->folder,
				t->name), f->what, open_words(all, f), number(p, text_bytes(f->merged.all)),
				number(p, text_bytes(f->merged.alone)), number(p, (int64_t)f->merged.all.steps),
				number(p, (int64_t)f->merged.alone.steps), NULL });
		}
}

Text
report_page(const Program *program)
{
	static const struct {
		const char *mark; /* in the skeleton, in this order */
		void (*put)(Page *);
	} part[] = { { "<!--title-->", show_title }, { "<!--name-->", show_title },
		{ "<!--head-->", show_what }, { "<!--tiles-->", show_tiles }, { "<!--map-->", show_map },
		{ "<!--peak-->", show_peak }, { "<!--schedule-->", show_schedule },
		{ "<!--layers-->", show_layers }, { "<!--functions-->", show_functions } };
	Arena *arena = program->job->arena;
	Page p = { .program = program, .graph = program->job->graph, .out = text_new(arena) };
	const char *at = page_files[0].text;

	find_times(&p);
	find_live(&p);
	for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
		const char *mark = strstr(at, part[i].mark);
		put_bytes(&p.out, at, (size_t)(mark - at));
		part[i].put(&p);
		at = mark + strlen(part[i].mark);
	}
	put(&p.out, "%s", at);
	return p.out;
}
