/* codegen.h: how: kernels chosen, bound to their layers, written as C. */
#ifndef CODEGEN_H
#define CODEGEN_H

#include "../ir/ir.h"

/* syntax.c: C text as a tree in the arena, in tree-sitter's terms. */
typedef enum { VALUE_INT, VALUE_UINT, VALUE_INT64, VALUE_UINT64, VALUE_SIZE, VALUE_FLOAT,
	VALUE_DOUBLE } ValueType;

/* A number of a C type: i, or f of the last two types. */
typedef struct {
	ValueType type;
	int64_t i;
	double f;
} Value;

typedef struct Syntax Syntax;
struct Syntax {
	const char *kind;        /* the rule's name; of a token, its text */
	const char *field;       /* what it is to its parent, or NULL */
	const char *start, *end; /* the place it fills in its parent's text */
	const char *from, *to;   /* its own text: that place, until it is rewritten */
	Syntax *parent, *child, *next;
	bool gone;               /* not printed; set by specialize() */
	bool bound;              /* a literal that stands for value; set by specialize() */
	int dedent;              /* tabs fewer than in the file; set by specialize() */
	Value value;
};

Syntax *parse_c(Arena *, const char *text, int *error_line); /* NULL: not plain C */
Syntax *copy_tree(Arena *, const Syntax *);
bool is_kind(const Syntax *, const char *kind);       /* false of NULL */
Syntax *field_of(const Syntax *, const char *field);  /* NULL: none */
bool text_is(const Syntax *, const char *text);
char *text_of(Arena *, const Syntax *);               /* as in the file, blanks squeezed */
/* The name that a declarator, parameter or function definition declares. */
Syntax *declared(const Syntax *);

/* template.c: kernels: real C functions in templates/FOLDER/NAME.c. */
typedef struct {
	const char *folder, *file, *text; /* "ref", "dense_s8.c" */
} TemplateFile;
extern const TemplateFile template_files[]; /* embedded; ended by one without a folder */

typedef enum { PARAM_INT, PARAM_FLOAT, PARAM_POINTER, PARAM_ROWS } ParamKind;
typedef struct {
	const char *name;
	const char *ctype; /* what is pointed to: "int8_t" of const int8_t *const *x; else all */
	ParamKind kind;
	bool is_const;     /* what is pointed to is only read */
	bool is_restrict;
	const char *text;  /* as declared: "const int8_t *restrict x" */
} Param;

typedef struct Templates Templates; /* parsed when first asked for, kept for a compilation */
typedef struct Source Source;       /* a parsed file */

typedef struct {
	const char *folder, *name; /* "avx2", "dense_s8"; of a part "mean_s8_begin" */
	const char *function;      /* "dense_s8_avx2", "mean_s8_begin_avx2" */
	const Param *param;
	int param_count;
	const char *comment;       /* lines without stars and without those the machine reads */
	bool in_place;             /* the rest are NULL where there is no such line */
	const Syntax *cost, *scratch, *acc, *state; /* a reduction's parts share the last three */
	const Source *source;
	const Syntax *tree;        /* the function_definition */
} Template;

/* Words by name: false: not known. */
typedef bool Lookup(void *ctx, const char *word, Value *out);

/* From dir if there is one, else from the embedded files (which may then not be NULL). */
Templates *templates_new(Arena *, Diag *, const TemplateFile *embedded, const char *dir);
/* The kernel templates/FOLDER/NAME.c; part: NULL or a reduction's "begin", "row", "end".
 * NULL: there is none. */
const Template *find_template(Templates *, const char *folder, const char *name,
	const char *part);
/* Whether all asserts hold; else *failed is the text of the first that does not (or overflows).
 * One that the words do not decide is our own bug. */
bool template_applies(Templates *, const Template *, Lookup *, void *ctx, const char **failed);
/* A machine line's value, in 64 bits; NULL expression: 0.  An unknown word is our own bug. */
double template_cost(Templates *, const Template *, Lookup *, void *ctx);
int64_t template_bytes(Templates *, const Template *, const Syntax *line, Lookup *, void *ctx);
/* The first rule of DESIGN section 5 that the template breaks, or NULL. */
const char *template_fault(Templates *, const Template *);
/* A template's file as a whole: items at its top level. */
const Source *template_source(Templates *, const char *folder, const char *file);

/* eval.c: constant expressions. */
typedef enum { UNKNOWN, KNOWN, OVERFLOWS } Known;
typedef struct {
	Lookup *lookup; /* may be NULL */
	void *ctx;
	const Source *source; /* for its enums and static const integers; may be NULL */
	const Syntax *function; /* for its const locals; may be NULL */
	bool wide;      /* int is 64 bits: in lines that the machine reads */
} Scope;
Known eval(const Scope *, const Syntax *, Value *out);
Value int_value(int64_t);
Value float_value(double);
bool is_true(Value);
bool is_real(Value);

/* closure.c: what the bound functions need: includes, types, tables, helpers. */
typedef struct Closure Closure;
Closure *closure_new(Templates *);
void add_include(Closure *, const char *name); /* "<string.h>" */
void put_includes(Text *, const Closure *);
void put_helpers(Text *, const Closure *);     /* in order of dependence, blank lines between */

/* specialize.c: a template bound to what is known. */
typedef enum { BIND_INT, BIND_FLOAT, BIND_NAME } BindKind;
typedef struct {
	const char *name; /* a parameter, or an identifier in the body */
	BindKind kind;
	int64_t i;        /* INT */
	double f;         /* FLOAT */
	const char *to;   /* NAME */
} Binding;

typedef struct {
	const char *failed; /* the text of an assert that does not hold; then nothing else is set */
	const Template *template;
	const int *param;   /* those left in the signature: positions in template->param, in order */
	int param_count;
	const char *result; /* "static void" */
	const char *body;   /* "{ ... }\n" */
	const char *key;    /* all of the function but its name: equal keys, equal functions */
} Bound;

/* Parameters without a binding stay.  What the function still uses goes into the closure, which
 * is touched only if no assert failed.  An int overflow in it ends the work by the Diag. */
Bound specialize(Closure *, const Template *, const Binding *, int count);
void put_prototype(Text *, const Bound *, const char *name); /* lines end before ';' or '{' */
void put_function(Text *, const Bound *, const char *name);  /* without a comment */

/* Generated by tools/mkref from templates/ref: any ref kernel, called on the host from words. */
typedef union {
	int64_t i;
	double f;
	void *p;
	const void *cp;
} Word;

typedef struct {
	const char *name; /* "conv2d_s8", "mean_s8_begin" */
	int param_count;
	const char *const *param; /* names, in order */
	const ParamKind *kind;
	void (*call)(const Word *); /* one word per parameter; i of INT, f of FLOAT, p or cp else */
} RefKernel;
extern const RefKernel ref_kernels[];
extern const int ref_kernel_count;

#endif
