/* plan_check.c: a schedule run on memory in which every byte says whose it is. */
#include <math.h>
#include <string.h>

#include "plan_check.h"

typedef struct {
	uint64_t *at;
	int64_t bytes;
	bool constant;
} Memory;

/* When each byte of a tensor was made, and read last. */
typedef struct {
	int *made, *read;
	int64_t place; /* of the first byte of row 0, in the work area; -1: not there */
} History;

typedef struct {
	const Graph *g;
	Memory work, *own; /* own: per tensor that lies outside the work area */
	const Node **maker;
	History *history;
	int step, image;
	const char *wrong;
} Replay;

/* Some rows of a tensor in one image, or all there is. */
typedef struct {
	int image, first, end; /* image -1: everything */
} Part;

enum { OWNER_SHIFT = 40 };
static const uint64_t SCRATCH = UINT64_MAX;
static const Part everything = { -1, 0, 0 };

static void PRINTF(2, 3)
complain(Replay *r, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (r->wrong)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	r->wrong = format(r->g->arena, "step %d: %s", r->step, text);
}

/* ---- where and what ---- */

static bool
has_port(const Port *port, int count, int tensor)
{
	bool is = false;

	for (int i = 0; i < count; i++)
		is |= port[i].tensor == tensor;
	return is;
}

static int
root_of(const Graph *g, int tensor, int64_t *offset)
{
	*offset = 0;
	while (g->tensor[tensor].view != -1) {
		*offset += g->tensor[tensor].view_offset;
		tensor = g->tensor[tensor].view;
	}
	return tensor;
}

static bool
outside_work(const Graph *g, int root)
{
	return g->tensor[root].data || has_port(g->output, g->output_count, root) ||
		(g->input_mode != INPUT_FULL && has_port(g->input, g->input_count, root));
}

static int64_t
count_of(const Tensor *t)
{
	int64_t n = 1;

	for (int i = 0; i < t->shape.rank; i++)
		n *= t->shape.dim[i];
	return n;
}

static int
size_of(const Tensor *t)
{
	return types[t->type].bytes;
}

static int64_t
row_elements(const Tensor *t)
{
	return (int64_t)t->shape.dim[2] * t->shape.dim[3];
}

static void
split_index(const Shape *s, int64_t element, int64_t index[MAX_RANK])
{
	for (int i = s->rank - 1; i >= 0; i--) {
		index[i] = element % s->dim[i];
		element /= s->dim[i];
	}
}

static int64_t
join_index(const Shape *s, const int64_t index[MAX_RANK])
{
	int64_t element = 0;

	for (int i = 0; i < s->rank; i++)
		element = element * s->dim[i] + index[i];
	return element;
}

/*
 * Bytes from the start of the storage to an element: steps of 0 are those of dense tensors, and
 * in a ring rows come in turns.
 */
static int64_t
place_of(const Tensor *t, int64_t at, const Tensor *root, int64_t element)
{
	const int *dim = t->shape.dim;
	int64_t index[MAX_RANK], row_bytes, row;

	if (t->shape.rank != 4)
		return at + element * size_of(t);
	split_index(&t->shape, element, index);
	int64_t pixel = t->pixel_step ? t->pixel_step : dim[3];
	int64_t step = t->row_step ? t->row_step : dim[2] * pixel;
	int64_t image = t->image_step ? t->image_step : dim[1] * step;
	int64_t inner = (index[2] * pixel + index[3]) * size_of(t);
	if (!root->ring)
		return at + (index[0] * image + index[1] * step) * size_of(t) + inner;
	row_bytes = row_elements(root) * size_of(root);
	row = at / row_bytes + index[1];
	return row % root->ring * row_bytes + at % row_bytes + inner;
}

/* Where a node without code has a byte from: an element of one of its operands. */
static int
source_of(const Graph *g, const Node *n, int64_t *element)
{
	const Tensor *y = g->tensor + n->output;
	int64_t index[MAX_RANK] = { 0 };
	int k = 0;

	if (n->op == OP_reshape)
		return n->input[0];
	split_index(&y->shape, *element, index);
	if (n->op == OP_slice) {
		for (int i = 0; i < y->shape.rank; i++)
			index[i] = n->attr.begin.dim[i] + index[i] * n->attr.step.dim[i];
	} else {
		int axis = n->attr.axis;
		while (index[axis] >= g->tensor[n->input[k]].shape.dim[axis])
			index[axis] -= g->tensor[n->input[k++]].shape.dim[axis];
	}
	*element = join_index(&g->tensor[n->input[k]].shape, index);
	return n->input[k];
}

/* Whose byte this one of a tensor is: the kernel's that computed it, however often renamed. */
static uint64_t
content(const Replay *r, int tensor, int64_t element, int byte)
{
	for (const Node *n; (n = r->maker[tensor]) && !n->kernel; )
		tensor = source_of(r->g, n, &element);
	return (uint64_t)(tensor + 1) << OWNER_SHIFT |
		(uint64_t)(element * size_of(r->g->tensor + tensor) + byte);
}

static int
owner(uint64_t content)
{
	return (int)(content >> OWNER_SHIFT) - 1;
}

/* ---- reading and writing ---- */

static Memory *
memory_of(Replay *r, int root)
{
	const Tensor *t = r->g->tensor + root;
	Memory *m = &r->own[root];

	if (!outside_work(r->g, root)) {
		if (t->offset < 0 || t->offset % r->g->alignment || t->offset % size_of(t))
			complain(r, "tensor %d lies at %lld", root, (long long)t->offset);
		return &r->work;
	}
	if (m->at)
		return m;
	m->bytes = count_of(t) * size_of(t);
	m->at = alloc_array(r->g->arena, (size_t)m->bytes, sizeof *m->at);
	m->constant = !has_port(r->g->output, r->g->output_count, root);
	for (int64_t i = 0; i < m->bytes && m->constant; i++)
		m->at[i] = content(r, root, i / size_of(t), (int)(i % size_of(t)));
	return m;
}

static void
note_use(Replay *r, uint64_t what, bool made, int64_t place)
{
	History *h = r->history + owner(what);
	int64_t at = (int64_t)(what & ((1ull << OWNER_SHIFT) - 1));
	const Tensor *t = r->g->tensor + owner(what);

	if (!h->made) {
		size_t bytes = (size_t)(count_of(t) * size_of(t));
		h->made = alloc_array(r->g->arena, bytes, sizeof *h->made);
		h->read = alloc_array(r->g->arena, bytes, sizeof *h->read);
		memset(h->read, 0xff, bytes * sizeof *h->read);
		h->place = -1;
	}
	(made ? h->made : h->read)[at] = r->step;
	if (made && at == 0)
		h->place = place;
}

/* Elements of a part: from, to. */
static void
range_of(const Tensor *t, Part p, int64_t range[2])
{
	range[0] = 0;
	range[1] = count_of(t);
	if (p.image < 0)
		return;
	int64_t image = t->shape.dim[0] > 1 ? p.image : 0, row = row_elements(t);
	range[0] = (image * t->shape.dim[1] + p.first) * row;
	range[1] = (image * t->shape.dim[1] + p.end) * row;
}

static void
go_over(Replay *r, int tensor, Part part, bool write, const char *when)
{
	const Graph *g = r->g;
	const Tensor *t = g->tensor + tensor;
	int64_t at, range[2];
	int root = root_of(g, tensor, &at), size = size_of(t);
	Memory *m = memory_of(r, root);
	int64_t base = m == &r->work ? g->tensor[root].offset : 0;

	if (write && m->constant)
		complain(r, "writes tensor %d, a constant", tensor);
	range_of(t, part, range);
	for (int64_t e = range[0]; e < range[1] && !r->wrong; e++) {
		int64_t i = base + place_of(t, at, g->tensor + root, e);
		if (i < 0 || i + size > m->bytes || i % size)
			complain(r, "tensor %d leaves its memory at %lld", tensor, (long long)i);
		for (int b = 0; b < size && !r->wrong; b++, i++) {
			uint64_t what = content(r, tensor, e, b);
			if (write)
				m->at[i] = what;
			else if (m->at[i] != what)
				complain(r, "byte %lld of tensor %d is tensor %d's %s",
					(long long)(e * size + b), tensor, owner(m->at[i]), when);
			note_use(r, what, write, m == &r->work ? i : -1);
		}
	}
}

/* ---- the rows that a step needs, by TFLite's formulas ---- */

static int
within(int v, int count)
{
	return v < 0 ? 0 : v >= count ? count - 1 : v;
}

static Part
resized(const Node *n, const Tensor *x, const Tensor *y, int row)
{
	int in = x->shape.dim[1], out = y->shape.dim[1];
	bool corners = n->attr.align_corners && out > 1;
	int from = in - corners, to = out - corners;
	float scale = (float)from / (float)to, half = n->attr.half_pixel ? 0.5f : 0;

	if (n->op == OP_resize_nearest) {
		float v = ((float)row + half) * scale;
		int low = within((int)floorf(n->attr.align_corners ? v + 0.5f : v), in);
		return (Part){ 0, low, low + 1 };
	}
	if (x->type == TYPE_s8 && !n->attr.x_bias) {
		int step = (1024 * from + to / 2) / to;
		int at = row * step + (n->attr.half_pixel ? step / 2 - 512 : 0);
		return (Part){ 0, within(at / 1024, in), within((at + 1023) / 1024, in) + 1 };
	}
	float v = ((float)row + half) * scale - half;
	return (Part){ 0, within((int)floorf(v), in), within((int)ceilf(v), in) + 1 };
}

static Part
under_window(const Graph *g, const Node *n, const Tensor *x, int row)
{
	bool weighted = n->op == OP_conv2d || n->op == OP_depthwise;
	int height = weighted ? g->tensor[n->input[1]].shape.dim[1] : n->attr.kernel_h;
	int top = n->op == OP_pad ? n->attr.begin.dim[1] : n->attr.pad_top;
	Part p = { 0, 0, 0 };

	for (int i = 0; i < height; i++) {
		int q = row * n->attr.stride_h - top + i * n->attr.dilation_h;
		if (q < 0 || q >= x->shape.dim[1])
			continue;
		p.first = p.end ? p.first : q;
		p.end = q + 1;
	}
	return p;
}

static bool
is_whole(const Node *n)
{
	return ops[n->op].rows == ROWS_WHOLE || ops[n->op].rows == ROWS_VIEW;
}

static Part
needed(const Graph *g, const Node *n, int operand, int row)
{
	const Tensor *x = g->tensor + n->input[operand], *y = g->tensor + n->output;
	RowRule rule = ops[n->op].rows;
	bool one = x->shape.dim[1] == 1;

	if (is_whole(n) || x->data ||
	    (operand && (rule == ROWS_WINDOW || n->op == OP_dense)))
		return everything;
	if (n->flat)
		return (Part){ 0, 0, x->shape.dim[1] };
	return rule == ROWS_WINDOW ? under_window(g, n, x, row) :
		rule == ROWS_RESIZE ? resized(n, x, y, row) :
		(Part){ 0, one ? 0 : row, one ? 1 : row + 1 };
}

static int
steps_of(const Graph *g, const Node *n)
{
	RowRule rule = ops[n->op].rows;

	if (!n->kernel)
		return 0;
	if (n->flat || is_whole(n))
		return 1;
	return rule == ROWS_REDUCE ? g->tensor[n->input[0]].shape.dim[1] :
		g->tensor[n->output].shape.dim[1];
}

/* Steps of a node before the one of this row. */
static int
turn_of(const Graph *g, const Node *n, int row)
{
	return n->reversed ? steps_of(g, n) - 1 - row : row;
}

/* A node alone of several images may stand as one step, in which it makes them all. */
static bool
one_step(const Graph *g, const Node *n)
{
	return !n->segment && g->tensor[n->output].shape.dim[0] > 1;
}

/* ---- steps ---- */

static void
check_operands(Replay *r, const Node *n, int row, const char *when, int first)
{
	for (int k = first; k < n->input_count; k++) {
		if (n->input[k] < 0)
			continue;
		Part p = needed(r->g, n, k, row);
		p.image = p.image < 0 ? -1 : r->image;
		go_over(r, n->input[k], p, false, when);
	}
}

/* An operand's bytes and the result's are the same ones, and no other operand's. */
static void
check_in_place(Replay *r, const Node *n, Part rows)
{
	const Graph *g = r->g;
	const Tensor *x = g->tensor + n->input[0], *y = g->tensor + n->output;
	int64_t x_at, y_at, range[2];
	int from = root_of(g, n->input[0], &x_at), to = root_of(g, n->output, &y_at);
	bool same = from == to && size_of(x) == size_of(y) && count_of(x) == count_of(y) && n->overlays;

	range_of(y, rows, range);
	for (int64_t e = range[0]; same && e < range[1]; e++)
		same = place_of(x, x_at, g->tensor + from, e) == place_of(y, y_at, g->tensor + to, e);
	if (!same)
		complain(r, "tensor %d is not in place", n->output);
}

/* Fills it, or looks whether it is as it was. */
static void
use_scratch(Replay *r, const Node *n, bool fill)
{
	int64_t end = n->scratch_offset + n->scratch;

	if (n->scratch && (n->scratch_offset < 0 || end > r->work.bytes ||
	    n->scratch_offset % (int64_t)sizeof(int64_t) || n->scratch_offset % r->g->alignment))
		complain(r, "scratch at %lld", (long long)n->scratch_offset);
	for (int64_t i = n->scratch_offset; n->scratch && i < end && !r->wrong; i++) {
		uint64_t mine = SCRATCH - (uint64_t)(n - r->g->node);
		if (fill)
			r->work.at[i] = mine;
		else if (r->work.at[i] != mine)
			complain(r, "its scratch or accumulator is overwritten");
	}
}

/* What a step reads stands from its start to its end; a reduction's result comes after. */
static void
run_step(Replay *r, const Node *n, int row)
{
	bool reduces = ops[n->op].rows == ROWS_REDUCE;
	Part made = { is_whole(n) ? -1 : r->image, reduces || n->flat ? 0 : row, 0 };

	made.end = n->flat ? r->g->tensor[n->output].shape.dim[1] : made.first + 1;
	if (reduces) {
		use_scratch(r, n, turn_of(r->g, n, row) == 0);
		check_operands(r, n, row, "before", 0);
		if (turn_of(r->g, n, row) == steps_of(r->g, n) - 1)
			go_over(r, n->output, made, true, "");
	} else {
		check_operands(r, n, row, "before", 0);
		use_scratch(r, n, true);
		if (n->in_place)
			check_in_place(r, n, made);
		go_over(r, n->output, made, true, "");
		check_operands(r, n, row, "after", n->in_place);
	}
	use_scratch(r, n, false);
}

static void
check_order(Replay *r)
{
	const Graph *g = r->g;
	int *done = alloc_array(g->arena, (size_t)g->node_count + 1, sizeof *done);

	for (int i = 0; i < g->step_count; i++) {
		const Step *s = g->step + i;
		if (s->node < 0 || s->node >= g->node_count ||
		    turn_of(g, g->node + s->node, s->row) != done[s->node]++)
			complain(r, "step %d: node %d makes row %d", i, s->node, s->row);
	}
	for (int i = 0; i < g->node_count; i++)
		if (done[i] > steps_of(g, g->node + i) || (!g->node[i].segment &&
		    done[i] < steps_of(g, g->node + i) && !(done[i] == 1 && one_step(g, g->node + i))))
			complain(r, "node %d takes %d steps of %d", i, done[i], steps_of(g, g->node + i));
}

/* Steps between which nothing else runs, image by image; returns the next after them. */
static int
run_group(Replay *r, int from)
{
	const Graph *g = r->g;
	const Node *first = g->node + g->step[from].node;
	int end = from, images = g->tensor[first->output].shape.dim[0];

	while (end < g->step_count && (g->step[end].node == g->step[from].node ||
	    (first->segment && g->node[g->step[end].node].segment == first->segment)))
		end++;
	if (is_whole(first))
		images = 1;
	int rows = one_step(g, first) && end == from + 1 ? steps_of(g, first) : 1;
	for (r->image = 0; r->image < images; r->image++)
		for (r->step = from; r->step < end && !r->wrong; r->step++)
			for (int i = 0; i < rows; i++)
				run_step(r, g->node + g->step[r->step].node, g->step[r->step].row + i);
	return end;
}

/* Every root with bytes in the work area has one buffer, and it is where the tensor says. */
static void
check_buffers(Replay *r)
{
	const Graph *g = r->g;

	for (int i = 0; i < g->buffer_count; i++) {
		const Buffer *b = g->buffer + i;
		const Tensor *t = g->tensor + (b->tensor < 0 ? 0 : b->tensor);
		int64_t at = b->tensor < 0 ? g->node[b->node].scratch_offset : t->offset;
		int64_t bytes = b->tensor < 0 ? g->node[b->node].scratch :
			t->ring ? t->ring * row_elements(t) * size_of(t) : count_of(t) * size_of(t);
		if (b->offset != at || b->bytes != bytes || at < 0 || at + bytes > g->work_bytes)
			complain(r, "buffer %d, %lld bytes at %lld", i, (long long)b->bytes,
				(long long)b->offset);
	}
}

static Replay
replay(const Graph *g)
{
	Replay r = { .g = g, .step = -1 };

	r.work.bytes = g->work_bytes;
	r.work.at = alloc_array(g->arena, (size_t)g->work_bytes + 1, sizeof *r.work.at);
	r.own = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *r.own);
	r.maker = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *r.maker);
	r.history = alloc_array(g->arena, (size_t)g->tensor_count, sizeof *r.history);
	for (int i = 0; i < g->node_count; i++)
		r.maker[g->node[i].output] = g->node + i;
	check_order(&r);
	check_buffers(&r);
	for (int i = 0; i < g->input_count && g->input_mode == INPUT_FULL; i++)
		go_over(&r, g->input[i].tensor, everything, true, "");
	for (int i = 0; i < g->input_count; i++)
		go_over(&r, g->input[i].tensor, everything, false, "at the start");
	for (int i = 0; i < g->step_count && !r.wrong; )
		i = run_group(&r, i);
	r.step = g->step_count;
	for (int i = 0; i < g->output_count && !r.wrong; i++) {
		if (g->tensor[g->output[i].tensor].view != -1)
			complain(&r, "output %d lies in another tensor", i);
		go_over(&r, g->output[i].tensor, everything, false, "at the end");
	}
	return r;
}

const char *
plan_error(const Graph *g)
{
	return replay(g).wrong;
}

/* ---- bytes wanted at a time ---- */

/* A byte that is made where another is read in the same step takes no room of its own. */
static bool
lies_in_place(const Replay *r, int tensor)
{
	return r->maker[tensor] && r->maker[tensor]->in_place;
}

int64_t
plan_live(const Graph *g)
{
	Replay r = replay(g);

	for (int i = 0; i < g->node_count; i++)
		if (g->tensor[g->node[i].output].shape.dim[0] > 1)
			return 0;

	int64_t *change = alloc_array(g->arena, (size_t)g->step_count + 4, sizeof *change);
	int64_t now = 0, most = 0;

	for (int t = 0; t < g->tensor_count; t++) {
		const History *h = r.history + t;
		int64_t bytes = h->made ? count_of(g->tensor + t) * size_of(g->tensor + t) : 0;
		for (int64_t i = 0; i < bytes && h->place >= 0; i++) {
			int from = h->made[i] + lies_in_place(&r, t);
			if (h->read[i] < from)
				continue;
			change[from + 1]++;
			change[h->read[i] + 2]--;
		}
	}
	for (int i = 0; i < g->step_count; i++) {
		const Node *n = g->node + g->step[i].node;
		int turn = turn_of(g, n, g->step[i].row);
		bool reduces = ops[n->op].rows == ROWS_REDUCE;
		change[i + 1] += !reduces || turn == 0 ? n->scratch : 0;
		change[i + 2] -= !reduces || turn == steps_of(g, n) - 1 ? n->scratch : 0;
	}
	for (int i = 0; i < g->step_count + 4; i++) {
		now += change[i];
		most = now > most ? now : most;
	}
	return most;
}

int64_t
plan_wrong_place(const Graph *g, int tensor)
{
	Replay r = replay(g);
	const History *h = r.history + tensor;
	int64_t at;
	int root = root_of(g, tensor, &at);

	for (int t = 0; t < g->tensor_count && h->made && h->place >= 0; t++) {
		const History *other = r.history + t;
		if (!other->made || other->place < 0 || root_of(g, t, &at) == root)
			continue;
		int64_t place = other->place - (h->place - g->tensor[root].offset);
		if (other->made[0] < h->made[0] && other->read[0] > h->made[0] && place >= 0 &&
		    place % g->alignment == 0 && place % (int64_t)sizeof(int64_t) == 0)
			return place;
	}
	return -1;
}
