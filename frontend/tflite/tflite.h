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

/* A tensor of the file, read when something first names it. */
typedef struct {
	bool known, written;
	bool refused;      /* and that was said */
	int graph;         /* its number in the graph; -1: not there yet */
	int code;          /* TFLite's type */
	const char *title; /* for messages */
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

/* The operator being imported, with every option that one may have. */
typedef struct {
	Model *model;
	Graph *g;
	const Importer *importer;
	const char *title, *name; /* for messages; for the nodes */
	int number;
	Loc loc;
	int *input, *output; /* numbers of the file's tensors; an absent input is -1 */
	int input_count, output_count;
	Attr attr; /* of the node to be; some come straight from the options */
	int padding, depth_multiplier, activation, bias_type, weights_format,
		keep_num_dims;
	int asymmetric_inputs, number_of, axis, keep_dims, output_type, in_type, out_type;
	int begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask, offset;
	Vector dims;
} Operator;

struct Importer {
	int builtin;
	bool (*import)(Operator *); /* false: was said */
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

/* operators.c: what returns false, or -1 for a count, has said why. */
void import_operators(Model *, const Vector *operators);
bool refuse(const Operator *, const char *fmt, ...) PRINTF(2, 3);
Shape shape_in(const Operator *, int operand);
const char *dims_text(const Operator *, Shape);
int number_in(const Operator *, int operand); /* of the graph's tensor; -1: left out */
int number_out(const Operator *, int output);
bool has_rank(const Operator *, int operand, int rank);
int64_t integer_of(const Tensor *, int64_t index); /* of a constant of an integer type */
/* The values of a constant operand that is an attribute, and how many. */
int read_attribute(const Operator *, int operand, int *values, int least, int most);
bool normal_axis(const Operator *, int *axis, int rank);
bool expect_shape(const Operator *, int output, Shape); /* of the file's tensor */
Shape with_axis(Shape, int axis, int size);
Shape without_axis(Shape, int axis);
bool import_node(const Operator *, Op, const int *input, int inputs, int tensor);
/* A node that makes this shape, and a reshape if the file's output has another. */
bool import_shaped(const Operator *, Op, const int *input, int inputs, int output, Shape);
int reshaped(const Operator *, int tensor, Shape); /* in front of a node */

/* compute.c, move.c: an import function for each operator or family. */
#define IMPORT(builtin, function, ...) bool import_##function(Operator *);
#include "operators.def"
#undef IMPORT

#endif
