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
	size_t where;     /* its position, of which it is refused */
} Source;

typedef struct {
	Source *file;
	size_t at, vtable, size; /* 0 when absent: every field has its default */
	int fields;
} Table;

/* A number's form in the file; a vector of tables is one of UINT offsets. */
typedef enum { FLAG, BYTE, SHORT, INT, UINT, LONG, FLOAT } Kind;

typedef struct {
	Source *file;
	size_t at, count; /* of the first element; 0 when absent */
	Kind kind;
} Vector;

/* A tensor of the file; it enters the graph when a node or a port first names it. */
typedef struct {
	int graph;         /* its number there; -1: not yet */
	bool refused;      /* and that was said */
	const char *title; /* for messages */
	Table table;
	Tensor tensor; /* its quantization only once it is in the graph */
} FileTensor;

typedef struct {
	Source file;
	Graph *g;
	Vector codes, buffers, tensors;
	FileTensor *tensor;
} Model;

typedef struct Importer Importer;
enum { LONGEST_LIST = 2 * MAX_RANK, MOST_LISTS = 4 };

/* The operator being imported, with every option that one may have. */
typedef struct {
	Model *model;
	Source *file;
	Graph *g;
	const Importer *importer;
	const char *name; /* of its nodes */
	int number;
	Loc loc;
	int *input, *output; /* numbers of the file's tensors; an absent input is -1 */
	int input_count, output_count;
	int *x, *y; /* of the graph's tensors: data operands, outputs */
	int x_count;
	struct {
		int count, value[LONGEST_LIST];
	} list[MOST_LISTS]; /* by operand: of those that are attributes */
	Attr attr;          /* of the node to be; some come straight from the options */
	int activation, axis, refused;
	int begin_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
} Operator;

struct Importer {
	const char *name;
	int code;
	bool (*import)(Operator *); /* false: was said */
	Op op;
	const char *options; /* name of the options' table */
	int options_type;    /* its number in the schema; 0: none is read */
	const char *operands;
	int least;
};

/* flatbuffer.c */
_Noreturn void broken(const Source *, size_t at, const char *fmt, ...) PRINTF(3, 4);
bool refuse(const Source *, const char *fmt, ...) PRINTF(2, 3); /* false; work goes on */
Table table_at(Source *, size_t from); /* where the offset at a position points */
int64_t get_number(const Table *, int field, Kind, int64_t absent);
Table get_table(const Table *, int field);
Vector get_vector(const Table *, int field, Kind);
const char *get_string(const Table *, int field);
Table table_of(const Vector *, size_t index);
int64_t number_of(const Vector *, size_t index);
float as_float(int64_t bits);
void take_bytes(Source *, size_t at, uint64_t bytes); /* counts what is copied */

/* tensors.c */
void read_tensors(Model *);
int *tensor_list(Model *, const Table *, int field, int least, int *count);
int tensor_number(Model *, int number); /* in the graph, which gets it now; -1: refused */

/* operators.c: reads each operator by the tables, and calls its import function. */
void import_operators(Model *, const Vector *operators);

/* import.c: an import function for each operator or family. */
#define IMPORT(name, code, function, ...) bool import_##function(Operator *);
#include "operators.def"
#undef IMPORT

#endif
