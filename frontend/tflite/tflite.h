/* tflite.h: what the files of the TFLite reader share. */
#ifndef TFLITE_H
#define TFLITE_H

#include "ir/ir.h"

/* The file; nothing in it is trusted, and every position goes through flatbuffer.c. */
typedef struct {
	const uint8_t *data;
	size_t size;
	uint64_t taken; /* bytes of vectors handed out: what overlapping parts may cost */
	Arena *arena;
	Diag *diag;
	const char *what; /* being read, for messages */
} Source;

typedef struct {
	Source *file;
	size_t at, vtable, size;
	int fields;
} Table;

typedef struct {
	Source *file;
	size_t at, count; /* of the first element; 0 when absent */
} Vector;

/* TFLite's builtin operators by their codes. */
enum {
#define BUILTIN(name) BUILTIN_##name,
#include "builtins.def"
#undef BUILTIN
	BUILTIN_COUNT
};

/* A number's width in the file. */
typedef enum { FLAG, BYTE, INT, UINT, LONG, FLOAT, INTS } Kind;

/* Every option that an operator's table may have; what is absent holds the default. */
typedef struct {
	int padding, stride_h, stride_w, filter_h, filter_w, dilation_h, dilation_w;
	int depth_multiplier, activation, bias_type, weights_format, keep_num_dims;
	int asymmetric_inputs, axis, number, keep_dims, pot_int16, output_type;
	int begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask, offset;
	int align_corners, half_pixel, in_type, out_type;
	float alpha, beta;
	Vector dims;
} Options;

/* A tensor of the file, read when something first names it. */
typedef struct {
	bool known, written;
	bool refused; /* and that was said */
	int graph;    /* its number in the graph; -1: not there yet */
	int code;     /* TFLite's type */
	Table table;
	Tensor tensor; /* type, quantization and origin: only once it is in the graph */
} FileTensor;

typedef struct {
	Source file;
	Graph *g;
	Vector codes, buffers, tensors;
	FileTensor *tensor;
} Model;

typedef struct Importer Importer;

/* The operator being imported. */
typedef struct {
	Model *model;
	Graph *g;
	const Importer *importer;
	const char *title, *name; /* for messages; for the nodes */
	int number;
	Loc loc;
	int *input, *output; /* numbers of the file's tensors; an absent input is -1 */
	int input_count, output_count;
	Options options;
} Operator;

struct Importer {
	int builtin;
	void (*import)(Operator *);
	Op op;
	const char *options; /* name of the options' table */
	int options_type;    /* its number in the schema; 0: none is read */
	const char *operands;
	int least;
};

/* flatbuffer.c */
_Noreturn void broken(Source *, size_t at, const char *fmt, ...) PRINTF(3, 4);
Table root_table(Source *);
bool has_field(const Table *, int field);
int64_t get_number(const Table *, int field, Kind, int64_t absent);
float get_float(const Table *, int field, float absent);
bool get_table(const Table *, int field, Table *);
Vector get_vector(const Table *, int field, size_t element_bytes);
const char *get_string(const Table *, int field);
Table table_of(const Vector *, size_t index);
int32_t int_of(const Vector *, size_t index);
int64_t long_of(const Vector *, size_t index);
void take_bytes(Source *, size_t at, uint64_t bytes); /* counts what is read or copied */
float float_of(const Vector *, size_t index);

/* tensors.c */
FileTensor *file_tensor(Model *, int number);
int tensor_number(Model *, int number); /* in the graph, which gets it now; -1: refused */
bool is_variable(const FileTensor *);
Loc loc_of(const Table *);

/* operators.c */
void import_operators(Model *, const Vector *operators);
bool refuse(const Operator *, const char *fmt, ...) PRINTF(2, 3); /* says so; false */
Shape shape_in(const Operator *, int operand);
Shape shape_out(const Operator *, int output);
int number_in(const Operator *, int operand); /* of the graph's tensor; -1: left out */
bool has_rank(const Operator *, int operand, int rank); /* false: said */
int64_t integer_of(const Tensor *, int64_t index); /* of a constant of an integer type */
/* The values of a constant operand that is an attribute, and how many; -1: was said. */
int read_attribute(const Operator *, int operand, int *values, int least, int most);
bool normal_axis(const Operator *, int *axis, int rank);
bool expect_shape(const Operator *, int output, Shape); /* says how the file's differs */
Node *import_node(const Operator *, Op, const int *input, int inputs, int output);
/* A node that makes this shape, and a reshape if the file's output has another. */
Node *import_shaped(
	const Operator *, Op, const int *input, int inputs, int output, Shape);
int reshaped(const Operator *, int tensor, Shape); /* in front of a node */

/* compute.c, move.c: an import function for each operator or family. */
#define IMPORT(builtin, function, ...) void import_##function(Operator *);
#include "operators.def"
#undef IMPORT

#endif
