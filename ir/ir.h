/* ir.h: the graph that every pass reads and writes, and the ground it stands on. */
#ifndef IR_H
#define IR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum { MAX_RANK = 6, NHWC = 4 };

/* A place in a model file: a byte offset of a binary one, line and column (from 1) of a text. */
typedef struct {
	size_t offset;
	int line, column; /* 0: binary */
} Loc;

/* Where messages go, and where to after one that ends the work. */
typedef struct {
	FILE *to;
	const char *file; /* the model's, as the user named it */
	const char *text; /* of a textual model: lines for the caret, else NULL */
	jmp_buf *escape;
	int errors;
	bool colour;
} Diag;

typedef struct Arena Arena;

typedef enum {
#define TYPE(name, ctype, bytes, tflite) TYPE_##name,
#include "types.def"
#undef TYPE
	TYPE_COUNT
} Type;

typedef struct {
	const char *name, *ctype, *tflite;
	int bytes;
} TypeInfo;

/* Whose arithmetic (--semantics); a node's own is its dialect. */
typedef enum { TFLM, LITERT, ORT, SEMANTICS_COUNT } Semantics;
typedef Semantics Dialect;

/* Where an input lies: in the work area, in the caller's memory, or it comes row by row. */
typedef enum { INPUT_FULL, INPUT_CONST, INPUT_PUSH, INPUT_MODE_COUNT } InputMode;

/* What the schedule and the kernels are chosen for. */
typedef enum { OPTIMIZE_SPEED, OPTIMIZE_RAM, OPTIMIZE_SIZE, OPTIMIZE_COUNT } Optimize;

typedef struct {
	int64_t count;
	const double *value;
} Reals;

typedef enum { ACT_NONE, ACT_RELU, ACT_RELU6, ACT_RELU_N1, ACT_COUNT } Act;

typedef struct {
	int rank;
	int dim[MAX_RANK];
} Shape;

/* real = scale * (stored - zero); one pair, or one per index of axis; count 0: not quantized. */
typedef struct {
	int count, axis;
	const float *scale;
	const int32_t *zero;
} Quant;

/* The stored values that an int8 channel may have. */
typedef struct {
	int8_t least, most;
} Interval;

/* A tensor of the model file, which its descendants remember for --layers and the report. */
typedef struct {
	int number; /* in the file; -1: made by the compiler */
	Type type;  /* in the file: u8 where the graph has s8 */
	Shape shape;
} Origin;

typedef struct {
	const char *name;
	Loc loc;
	Type type;
	Shape shape; /* NHWC after legalize(), but for operands of WHOLE and VIEW nodes */
	Quant quant;
	Origin origin;
	const void *data; /* a constant's elements, host order, densely; else NULL */
	const char *gone; /* set by fuse(), fold(), prune(): why no node makes it; NULL: live */
	/* Set by range(): per index of the last axis; NULL: not known.  Not part of the text. */
	const Interval *range;
	int view; /* set by alias(): lies inside this tensor; -1: has bytes of its own */
	int64_t view_offset; /* set by alias(): bytes from the start of what it lies inside */
	/* Set by alias(): elements from pixel to pixel, row to row, image to image; 0: dense. */
	int pixel_step;
	int64_t row_step, image_step;
	int ring;       /* set by stream(): rows it has room for, in turn; 0: all */
	int64_t offset; /* set by plan(): in the work area; -1: the caller's or a constant */
} Tensor;

typedef enum {
	ROWS_SAME,
	ROWS_WINDOW,
	ROWS_REDUCE,
	ROWS_RESIZE,
	ROWS_WHOLE,
	ROWS_VIEW,
	ROWS_PARTS
} RowRule;
typedef enum {
	OUTSIDE_NONE,
	OUTSIDE_ZERO_POINT,
	OUTSIDE_MINIMUM,
	OUTSIDE_NOTHING,
	OUTSIDE_VALUE
} Outside;

typedef enum {
#define OP(name, least, most, rows, outside, attrs, stems) OP_##name,
#include "ops.def"
#undef OP
	OP_COUNT
} Op;

typedef struct {
	const char *name;
	int least, most; /* inputs */
	RowRule rows;
	Outside outside;
	const char *attrs, *stems;
} OpInfo;

#define ATTR_INT int
#define ATTR_FLOAT float
#define ATTR_LIST Shape
typedef struct {
#define ATTR(kind, name, value) ATTR_##kind name;
#include "attrs.def"
#undef ATTR
} Attr;

enum { OPEN_BELOW = 1, OPEN_ABOVE = 2 };
enum { APART_Y = 1, APART_X = 2, APART_X2 = 4 };

/* Per channel mult -1: none was found. */
typedef struct {
	int shift;
	Reals mult, add, start;
} HighForm;
enum { HIGH_1, HIGH_256, HIGH_FACTORS };

/* One operator; makes one tensor.  Inputs that are left out are -1. */
typedef struct {
	Op op;
	Dialect dialect; /* the graph's, or another: set by legalize(), or a text's */
	const char *name;
	Loc loc;
	int *input, input_count;
	int output;
	int number; /* the operator's in the file; -1: made by the compiler */
	Attr attr;
	int pruned; /* set by prune(): channels of the output that went */
	int open; /* set by prove(): OPEN bits: bounds of the activation that no value goes beyond */
	int64_t sum_bound; /* set by prove(): no sum of products is larger, either way; 0: not known */
	int form; /* set by prove(): how sums are rescaled: docs/kernel-interface.md */
	/* Set by prove(), per channel of the output; fine: what its line takes, rest: of two floats. */
	Reals scale, offset, rest, fine;
	Reals start; /* set by prove(): added to sums before those rescale them */
	Reals swift_scale, swift_offset, swift_start; /* set by prove(): the same in fewer steps */
	HighForm high[HIGH_FACTORS]; /* set by prove(): the same in whole numbers, sums times 1 or 256 */
	/* Set by select(): "folder/name", one per variant of the target; NULL: a view, no code. */
	const char *kernel;
	int64_t cost, row_cost; /* set by select(): cycles of an image, whole and row by row */
	int segment; /* set by stream(): nodes of one number run row by row, in step; 0: alone */
	bool reversed; /* set by stream(): the only one of its segment, from its last row to its first */
	bool flat;   /* set by select(): the whole image is one row; never in a segment */
	bool overlays;      /* set by select(): the kernel may write y where x was */
	int apart;          /* set by select(): APART bits: whose pixels the kernel takes apart */
	bool in_place;      /* set by alias(): the output lies where operand 0 was */
	int64_t scratch;    /* set by select(): bytes of scratch and accumulator */
	int64_t scratch_offset; /* set by plan(): in the work area */
} Node;

/* One call of a node: makes output row `row` of an image; of a reduction, takes in input row `row`. */
typedef struct {
	int node, row;
} Step;

/* Bytes of the work area: a tensor's or a node's scratch and accumulator; the other is -1. */
typedef struct {
	int tensor, node;
	int first, last; /* steps during which they are in use */
	int64_t bytes, offset;
} Buffer;

/* A graph's input or output as the caller knows it. */
typedef struct {
	const char *name;
	int tensor;
} Port;

typedef struct {
	Arena *arena;
	Diag *diag;
	const char *name;   /* identifiers of the output begin with it */
	const char *format; /* "tflite", "mir" */
	Semantics semantics;
	const uint8_t *file; /* the model file, mapped: constants may point into it */
	size_t file_bytes;
	const char *file_name; /* path of a .mir's data file; NULL: the model the user named */
	Tensor *tensor;
	int tensor_count;
	Node *node; /* in the order of execution */
	int node_count;
	Port *input, *output;
	int input_count, output_count;
	const char **label; /* of output 0's elements, where the model carries them */
	int label_count;
	InputMode input_mode;
	Optimize optimize;
	int64_t arena_bytes; /* the most that the work area may take; 0: what it needs */
	int alignment;       /* of buffers in the work area: the target's */
	int64_t work_bytes;  /* set by plan() */
	int64_t lower_bound; /* set by plan(): the largest sum of live bytes in this order of rows */
	/* Set by plan(), for the report and the checker; not part of the text: */
	Step *step; /* of the first image, in the order of execution */
	int step_count;
	Buffer *buffer;
	int buffer_count;
} Graph;

extern const TypeInfo types[TYPE_COUNT];
extern const OpInfo ops[OP_COUNT];
extern const char *const semantics_names[SEMANTICS_COUNT];
extern const char *const act_names[ACT_COUNT];
extern const char *const input_mode_names[INPUT_MODE_COUNT];
extern const char *const optimize_names[OPTIMIZE_COUNT];

/* arena.c: memory that is freed all at once.  Running out of it ends the work by the Diag. */
Arena *arena_new(Diag *);
void arena_free(Arena *);
/* What was allocated after the mark goes: nothing that stays may point there. */
typedef struct {
	void *block, *free;
} Mark;
Mark arena_mark(const Arena *);
void arena_release(Arena *, Mark);
void *alloc(Arena *, size_t bytes); /* zeroed, aligned for any type and for AVX-512 */
void *alloc_array(Arena *, size_t count, size_t bytes); /* product checked */
void *copy_of(Arena *, const void *data, size_t bytes);
char *format(Arena *, const char *fmt, ...) PRINTF(2, 3);
char *format_list(Arena *, const char *fmt, va_list) PRINTF(2, 0);
/* Room for one more at the end of an array that grows by doubling: returns the array. */
void *grow(Arena *, void *array, int count, size_t bytes);

/* Text that grows. */
typedef struct {
	Arena *arena;
	char *data; /* always terminated */
	size_t size, room;
} Text;
Text text_new(Arena *);
void put(Text *, const char *fmt, ...) PRINTF(2, 3);
void put_bytes(Text *, const char *bytes, size_t size);

/* diag.c: messages: "file: where: problem", notes below.  die() is for our own bugs. */
void error_at(Diag *, Loc, const char *fmt, ...) PRINTF(3, 4); /* counts; work goes on */
void warn_at(Diag *, Loc, const char *fmt, ...) PRINTF(3, 4);  /* does not count */
void note(Diag *, const char *fmt, ...) PRINTF(2, 3);
_Noreturn void fail_at(Diag *, Loc, const char *fmt, ...) PRINTF(3, 4);
_Noreturn void give_up(Diag *); /* errors were said already */
void give_up_if_errors(Diag *);
_Noreturn void die(const char *fmt, ...) PRINTF(1, 2);
extern const Loc nowhere;

/* files.c: whole files.  Errors go to the Diag and end the work. */
typedef struct {
	const uint8_t *data;
	size_t size;
} File;
typedef struct {
	const char *path;
	Text text;
} FileText;
File map_file(Diag *, const char *path);
void unmap_file(File);
void make_folder(Diag *, const char *path); /* unless it is there */
/* All or none: each is written beside its path, then all are renamed. */
void write_files(Arena *, Diag *, const FileText *, int count);

/* graph.c: making and asking. */
Graph *graph_new(Arena *, Diag *, const char *name);
int add_tensor(Graph *, const Tensor *); /* returns its number */
/* Made by the compiler, the second like another. */
int new_tensor(Graph *, const char *name, Type, Shape, Quant, Loc);
int tensor_beside(Graph *, int tensor, const char *suffix, Shape);
Node new_node(
	const Graph *, Op, const char *, Loc, const int *input, int inputs, int output);
Node *insert_node(Graph *, int at, Node); /* before another; pointers to nodes move */
Node *append_node(Graph *, Node);
Node *add_node(Graph *, Op, const char *, Loc, const int *input, int inputs, int output);
Graph take_nodes(Graph *); /* leaves none; the graph as it was */
void remove_node(Graph *, int at);
/* The graph's, and that of nodes that have no other: nodes take it when they are made. */
void set_semantics(Graph *, Semantics);
Tensor *tensor_in(const Graph *, const Node *, int operand); /* NULL: left out */
Tensor *tensor_out(const Graph *, const Node *);
int producer(const Graph *, int tensor); /* node's position, -1: none */
bool is_input(const Graph *, int tensor);
bool is_output(const Graph *, int tensor);
/* No bytes of the work area: outputs, and inputs unless they are INPUT_FULL. */
bool is_callers(const Graph *, int tensor);
bool same_quant(const Quant *, const Quant *);
int volume(const Shape *, int from, int to); /* elements of some axes */
int64_t elements(const Shape *);             /* at most 2^40, checked by the front ends */
int64_t tensor_bytes(const Tensor *);
bool same_shape(const Shape *, const Shape *);
Shape shape_of(int rank, ...); /* dims as int */
Attr attr_defaults(void);
int find_name(const char *const *names, int count, const char *name); /* -1: none */
bool has_word(const char *list, const char *word); /* list: words between spaces */
int64_t axis_step(const Tensor *, int axis);       /* elements from index to index */
bool is_dense(const Tensor *);
int64_t tensor_span(const Tensor *); /* bytes from the first element to the last */
/* Whether a node, in an aliased graph, needs no code: its output is a view, or made in its parts. */
bool is_view(const Graph *, const Node *);
/* The tensor that has the bytes of this one, through its views, and where in them. */
int storage(const Graph *, int tensor, int64_t *offset);
/* Per storage tensor, the first node that writes it (-1: the caller) and the last that reads. */
typedef struct {
	int first, last;
} Life;
Life *lives(const Graph *); /* one per tensor; of a view: its own */

/* rows.c: which rows an output row needs (docs/kernel-interface.md). */
typedef struct {
	int first, end;
	bool whole;
} Rows;
Rows rows(const Graph *, const Node *, int operand, int r);
int row_count(
	const Graph *, const Node *);  /* calls an image: out_h, or 1 if flat or WHOLE */
int window_start(const Node *, int r); /* its first row, which may be outside */
/*
 * Steps are calls by rows: one makes an output row, but a reduction's takes in a row of operand 0;
 * a node that runs whole has one.  first_row(): of an operand the first row that step r or a later
 * one needs, unclipped; end_row(): those before it must be there for step r.
 */
int step_count(const Graph *, const Node *);
int first_row(const Graph *, const Node *, int operand, int r);
int end_row(const Graph *, const Node *, int operand, int r);
int kernel_height(
	const Graph *, const Node *); /* rows of a window, dilation not counted */
int kernel_width(const Graph *, const Node *);
/* Of a resize: the source indices along an axis of the output's index at, and the weight of the
 * second: a fraction, or in 1024ths for int8. */
typedef struct {
	int low, high;
	float weight;
	int weight10;
} Resample;
Resample resample(const Graph *, const Node *, int axis, int at);

/* infer.c: whether the named reference has a kernel for x to y; the shape that a node makes. */
bool reference_has(Dialect, Op, Type x, Type y);
bool is_byte(Type);
bool infer_shape(const Graph *, const Node *, Shape *y); /* false: it said why not */
/* Says what is wrong.  After legalize(), scales by axis may stand where no axis has them. */
void check_graph(const Graph *, bool scales);
const char *shape_text(Arena *, const Shape *);

/* The passes, each in the file of its name; a graph that verify() finds broken is our own bug. */
void infer(Graph *);
void legalize(Graph *);
void canonicalize(Graph *); /* the last part of legalize(): row operators on [N,H,W,C] */
void fuse(Graph *);
void sweep(Graph *); /* in fuse.c: nodes that nothing needs go */
void verify(const Graph *, const char *after);
bool computes(
	Op); /* in legalize.c: with what it reads, so not uint8, which becomes int8 */

/* print.c: the graph as .mir text, and the table of its fields, which the reader walks too. */
typedef enum {
	FIELD_INT,
	FIELD_FLAG,
	FIELD_TENSOR,
	FIELD_PLACE,
	FIELD_SEMANTICS,
	FIELD_INPUT_MODE,
	FIELD_OPTIMIZE,
	FIELD_ACT,
	FIELD_FLOAT,
	FIELD_TEXT,
	FIELD_LIST,
	FIELD_TYPE,
	FIELD_SCALES,
	FIELD_ZEROS,
	FIELD_REALS,
	FIELD_DATA
} FieldKind;
typedef enum { OF_GRAPH, OF_TENSOR, OF_NODE, OF_PORT } FieldOwner;
typedef struct {
	FieldOwner owner;
	FieldKind kind;
	const char *name;
	int value;       /* unless said */
	size_t at, size; /* in its owner */
	bool attribute;  /* of operators that have it */
} Field;
typedef struct {
	const char *const *name;
	int count;
} Words;
extern const Words field_words[]; /* by FieldKind, of SEMANTICS to ACT */
extern const Field fields[];
extern const int field_count;
bool is_default(const Graph *, const Field *, const void *owner);
void print_graph(Text *, const Graph *);
int64_t integer_at(const void *, size_t bytes, bool is_signed);

#endif
