/* mir.h: between the files of the .mir reader. */
#ifndef MIR_H
#define MIR_H

#include "ir/ir.h"

/* The named nodes of grammar.js, by its names. */
typedef enum {
	ITEM_STATEMENT,
	ITEM_NODE,
	ITEM_WORD,
	ITEM_NUMBER,
	ITEM_STRING,
	ITEM_TYPE,
	ITEM_LIST,
	ITEM_NUMBERS,
	ITEM_FAR,
	ITEM_PLACE,
	ITEM_COUNT
} ItemKind;

/* One of them; its children follow it, up to `after`. */
typedef struct {
	ItemKind kind;
	int after;
	Loc loc;
	const char *text;
	size_t size;
} Item;

/* items.c: the text taken apart, in its order; what is no .mir ends the work with a message. */
Item *mir_items(Arena *, Diag *, const char *text, size_t size, int *count);

/* values.c: what an item says, or a message. */
typedef struct {
	Graph *g;
	Arena *arena;
	Diag *diag;
	const char *folder; /* of data files; NULL: here */
	Item *item;
	int count;
	bool *written; /* tensors that have a value by now: constants, inputs, results */
} Reader;

const char *shown(const Reader *, const Item *); /* its text for a message, cut */
_Noreturn void expected(const Reader *, const char *what, const Item *instead);
bool is_word(const Item *, const char *word);
/* Of a word that is one of `count`, `stride` bytes from pointer to pointer. */
int word_index(const Reader *, const Item *, const char *const *first, size_t stride,
	int count, const char *what);
char *read_string(const Reader *, const Item *);
int64_t read_integer(const Reader *, const Item *, int64_t least, int64_t most);
float read_float(const Reader *, const Item *);
int number_of_tensor(
	const Item *); /* t7: 7, whether there is one or not; no tensor: -1 */
int read_tensor(const Reader *, const Item *); /* an existing one */
Shape read_list(const Reader *, const Item *list, int first, int least, int most);
void read_type(const Reader *, const Item *, Type *, Shape *);
/* The elements between braces; their number in *count. */
const void *read_numbers(
	const Reader *, const Item *, Type, int64_t least, int64_t most, int64_t *count);
void read_data(const Reader *, const Item *, Tensor *);

#endif
