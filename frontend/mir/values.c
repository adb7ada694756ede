/* values.c: numbers, strings, types and data of .mir text. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mir.h"

enum {
	SHOWN = 40,
	DECIMAL = 10,
	HEXADECIMAL = 16,
	HEX_ESCAPE = 4,      /* \xHH */
	NUMBER_BYTES = 64,   /* no number needs more */
	MAX_DIGITS = 9,      /* with the t: of any tensor */
	MAX_BYTES = INT_MAX, /* of a tensor, of a data file */
};

const char *
shown(const Reader *r, const Item *i)
{
	int size = i->size < SHOWN ? (int)i->size : SHOWN;

	return format(r->arena, "'%.*s%s'",
		(int)strcspn(i->text, "\n") < size ? (int)strcspn(i->text, "\n") : size,
		i->text, i->size > SHOWN ? "..." : "");
}

_Noreturn void
expected(const Reader *r, const char *what, const Item *i)
{
	fail_at(r->diag, i->loc, "%s should stand here, not %s", what, shown(r, i));
}

bool
is_word(const Item *i, const char *word)
{
	return i->kind == ITEM_WORD && strlen(word) == i->size &&
		!memcmp(word, i->text, i->size);
}

int
word_index(const Reader *r, const Item *i, const char *const *first, size_t stride,
	int count, const char *what)
{
	for (int k = 0; k < count; k++)
		if (is_word(i,
			    *(const char *const *)((const char *)first +
				    (size_t)k * stride)))
			return k;
	fail_at(r->diag, i->loc, "%s is no %s", shown(r, i), what);
}

char *
read_string(const Reader *r, const Item *i)
{
	if (i->kind != ITEM_STRING)
		expected(r, "a string", i);
	char *s = alloc(r->arena, i->size), *to = s;
	for (const char *at = i->text + 1, *end = i->text + i->size - 1; at < end; at++) {
		Loc here = i->loc;
		here.column += (int)(at - i->text);
		if (*at != '\\') {
			*to++ = *at;
		} else if (at[1] == '"' || at[1] == '\\') {
			*to++ = *++at;
		} else {
			char hex[] = { at[1] == 'x' ? at[2] : 'x',
				at[1] == 'x' && at[2] ? at[3] : 0, 0 };
			char *last;
			long code = strtol(hex, &last, HEXADECIMAL);
			if (last != hex + 2 || code <= 0)
				fail_at(r->diag, here,
					"unknown escape: \\\" \\\\ \\xHH there are");
			*to++ = (char)(unsigned char)code;
			at += HEX_ESCAPE - 1;
		}
	}
	return s;
}

/* The item's text as a string that ends: numbers are not followed by a terminator. */
static void
number_text(const Reader *r, const Item *i, char text[NUMBER_BYTES])
{
	bool number = i->kind == ITEM_NUMBER || is_word(i, "inf");

	if (!number || i->size >= NUMBER_BYTES ||
		(strspn(i->text, "+-.0123456789abcdefABCDEFxin") < i->size))
		expected(r, "a number", i);
	memcpy(text, i->text, i->size);
	text[i->size] = 0;
}

static bool
is_hexadecimal(const char *text)
{
	return !strncmp(text + (*text == '-'), "0x", 2);
}

int64_t
read_integer(const Reader *r, const Item *i, int64_t least, int64_t most)
{
	char text[NUMBER_BYTES], *end;

	number_text(r, i, text);
	errno = 0;
	long long value =
		strtoll(text, &end, is_hexadecimal(text) ? HEXADECIMAL : DECIMAL);
	if (*end || end == text)
		expected(r, "a whole number", i);
	if (errno || value < least || value > most)
		fail_at(r->diag, i->loc, "%s lies outside %lld .. %lld", shown(r, i),
			(long long)least, (long long)most);
	return value;
}

float
read_float(const Reader *r, const Item *i)
{
	char text[NUMBER_BYTES], *end;
	float value;

	number_text(r, i, text);
	if (is_hexadecimal(text)) {
		uint32_t bits = (uint32_t)read_integer(r, i, 0, UINT32_MAX);
		memcpy(&value, &bits, sizeof value);
		return value;
	}
	value = strtof(text, &end);
	if (*end || end == text)
		expected(r, "a number", i);
	if (isinf(value) && !strstr(text, "inf"))
		fail_at(r->diag, i->loc, "%s is too large for a float", shown(r, i));
	return value;
}

int
number_of_tensor(const Item *i)
{
	int number = 0;

	if (i->kind != ITEM_WORD || i->text[0] != 't' || i->size < 2 ||
		i->size > MAX_DIGITS)
		return -1;
	for (size_t k = 1; k < i->size; k++) {
		if (i->text[k] < '0' || i->text[k] > '9')
			return -1;
		number = number * DECIMAL + (i->text[k] - '0');
	}
	return number;
}

int
read_tensor(const Reader *r, const Item *i)
{
	int number = number_of_tensor(i);

	if (number < 0)
		expected(r, "a tensor (t0, t1 ...)", i);
	if (number >= r->g->tensor_count)
		fail_at(r->diag, i->loc,
			"%s is none of the %d tensors, which count from t0", shown(r, i),
			r->g->tensor_count);
	return number;
}

/* The numbers among the item's children, from the item `first` on. */
Shape
read_list(const Reader *r, const Item *list, int first, int least, int most)
{
	Shape s = { 0 };

	for (int i = first; i < list->after; i++) {
		if (s.rank == MAX_RANK)
			fail_at(r->diag, r->item[i].loc, "more than %d numbers",
				MAX_RANK);
		s.dim[s.rank++] = (int)read_integer(r, &r->item[i], least, most);
	}
	return s;
}

void
read_type(const Reader *r, const Item *i, Type *type, Shape *shape)
{
	int word = (int)(i - r->item) + 1;
	int64_t bytes;

	if (i->kind != ITEM_TYPE)
		expected(r, "a type and shape, like s8[1,4],", i);
	*type = (Type)word_index(
		r, &r->item[word], &types[0].name, sizeof *types, TYPE_COUNT, "type");
	*shape = read_list(r, i, word + 1, 1, INT_MAX);
	bytes = types[*type].bytes;
	for (int k = 0; k < shape->rank; k++)
		if ((bytes *= shape->dim[k]) > MAX_BYTES)
			fail_at(r->diag, i->loc, "the tensor has more than %d bytes",
				MAX_BYTES);
}

/* A word of a block of numbers as an item of its own; false at the closing brace. */
static bool
next_number(Item *i)
{
	const char *at = i->text + i->size;

	i->loc.column += (int)i->size;
	for (; strchr(" \t\r\n#", *at); at++, i->loc.column++) {
		if (*at == '#') /* a comment: on to the end of its line */
			at += strcspn(at, "\n");
		if (*at == '\n') {
			i->loc.line++;
			i->loc.column = 0;
		}
	}
	i->text = at;
	i->size = strcspn(at, " \t\r\n#}");
	return *at != '}';
}

static void
read_element(const Reader *r, const Item *i, Type type, void *to)
{
	int bits = types[type].bytes * CHAR_BIT;
	bool is_signed = types[type].name[0] == 's';
	uint64_t ones = UINT64_MAX >> (64 - bits);
	int64_t most = (int64_t)(is_signed ? ones >> 1 : ones);

	if (type == TYPE_f32) {
		*(float *)to = read_float(r, i);
		return;
	}
	int64_t value = read_integer(r, i, is_signed ? -most - 1 : 0, most);
	switch (types[type].bytes) {
	case sizeof(int8_t): *(int8_t *)to = (int8_t)value; break;
	case sizeof(int16_t): *(int16_t *)to = (int16_t)value; break;
	case sizeof(int32_t): *(int32_t *)to = (int32_t)value; break;
	default: *(int64_t *)to = value; break;
	}
}

const void *
read_numbers(const Reader *r, const Item *block, Type type, int64_t least, int64_t most,
	int64_t *count)
{
	Item first = { ITEM_NUMBER, 0, block->loc, block->text, 1 }, i = first;

	if (block->kind != ITEM_NUMBERS)
		expected(r, "numbers in braces", block);
	/* Counted first, so that memory is asked for what is there, not for what is claimed. */
	for (*count = 0; next_number(&i) && *count < most; ++*count)
		;
	if (*count < least)
		fail_at(r->diag, block->loc, "%lld elements where %lld should stand",
			(long long)*count, (long long)least);
	if (*i.text != '}')
		fail_at(r->diag, i.loc,
			"more elements than the %lld that should stand here",
			(long long)most);
	unsigned char *data =
		alloc_array(r->arena, (size_t)*count, (size_t)types[type].bytes);
	i = first;
	for (unsigned char *to = data; next_number(&i); to += types[type].bytes)
		read_element(r, &i, type, to);
	return data;
}

/* The one data file of a model: beside it, so that a text cannot ask for any file there is. */
static void
load(const Reader *r, const Item *i)
{
	Graph *g = r->g;
	const char *name = read_string(r, i);
	struct stat about;

	if (g->file_name && !strcmp(g->file_name, name))
		return;
	if (g->file_name)
		fail_at(r->diag, i->loc, "a second data file; the first is \"%s\"",
			g->file_name);
	if (!*name || strpbrk(name, "/\\:"))
		fail_at(r->diag, i->loc,
			"a data file is named without its folder, and lies beside");
	const char *path = r->folder ? format(r->arena, "%s/%s", r->folder, name) : name;
	bool plain = !stat(path, &about) && S_ISREG(about.st_mode) &&
		about.st_size <= MAX_BYTES;
	FILE *from = plain ? fopen(path, "rb") : NULL;
	size_t size = from ? (size_t)about.st_size : 0;
	uint8_t *bytes = alloc(r->arena, size);
	bool whole = from && fread(bytes, 1, size, from) == size;
	if (from)
		fclose(from);
	if (!whole)
		fail_at(r->diag, i->loc,
			"the data file %s is absent, too large, or no file", path);
	g->file = bytes;
	g->file_bytes = size;
	g->file_name = name;
}

/* A file's elements are little-endian and may lie anywhere; a tensor's are the host's. */
static const void *
as_elements(const Reader *r, const uint8_t *from, size_t bytes, size_t element)
{
	const uint16_t one = 1;
	bool little = *(const uint8_t *)&one == 1;

	if ((uintptr_t)from % element == 0 && (little || element == 1))
		return from;
	uint8_t *to = copy_of(r->arena, from, bytes);
	for (size_t i = 0; i < bytes && !little; i++)
		to[i] = from[i - i % element + (element - 1 - i % element)];
	return to;
}

void
read_data(const Reader *r, const Item *i, Tensor *t)
{
	size_t bytes = (size_t)tensor_bytes(t);
	int64_t count = elements(&t->shape);

	if (i->kind != ITEM_FAR) {
		t->data = read_numbers(r, i, t->type, count, count, &count);
		return;
	}
	load(r, i + 1);
	size_t at = (size_t)read_integer(r, i + 2, 0, MAX_BYTES);
	if (at > r->g->file_bytes || r->g->file_bytes - at < bytes)
		fail_at(r->diag, i->loc,
			"the tensor's %zu bytes from %zu on pass the end of the file's"
			" %zu",
			bytes, at, r->g->file_bytes);
	t->data = as_elements(r, r->g->file + at, bytes, (size_t)types[t->type].bytes);
}
