/* data.c: weights as C text: decimals while a person may read them, then string literals. */
#include <string.h>

#include "codegen.h"

/* Beyond this many bytes nobody reads the numbers, and compilers take a second a megabyte. */
enum { READABLE = 4096, COLUMNS = 90, TAB = 8 };

/* Nine digits bring every float back. */
static void
put_decimal(Text *t, float v)
{
	size_t at = t->size;

	put(t, "%.9g", (double)v);
	put(t, strpbrk(t->data + at, ".e") ? "f" : ".0f");
}

/* Exact and readable by every C compiler; what is no number needs <math.h>. */
void
put_float(Text *t, float v)
{
	if (v != v)
		put(t, "NAN");
	else if (v - v != 0)
		put(t, v > 0 ? "INFINITY" : "-INFINITY");
	else
		put_decimal(t, v);
}

static void
put_number(Text *t, const void *data, Type type, int64_t i)
{
	switch (type) {
	case TYPE_s8: put(t, "%d", ((const int8_t *)data)[i]); break;
	case TYPE_u8:
	case TYPE_b8: put(t, "%d", ((const uint8_t *)data)[i]); break;
	case TYPE_s16: put(t, "%d", ((const int16_t *)data)[i]); break;
	case TYPE_s32: {
		/* C has no literal for the least int. */
		int32_t v = ((const int32_t *)data)[i];
		put(t, v == INT32_MIN ? "INT32_MIN" : "%ld", (long)v);
		break;
	}
	case TYPE_s64: {
		int64_t v = ((const int64_t *)data)[i];
		if (v == INT64_MIN)
			put(t, "INT64_MIN");
		else
			put(t, "INT64_C(%lld)", (long long)v);
		break;
	}
	case TYPE_f32: put_float(t, ((const float *)data)[i]); break;
	case TYPE_f64: put(t, "%.17g", ((const double *)data)[i]); break;
	case TYPE_COUNT: die("no such type");
	}
}

static void
put_decimals(Text *t, const void *data, Type type, int64_t count)
{
	Text number = text_new(t->arena);
	size_t column = COLUMNS;

	put(t, " {");
	for (int64_t i = 0; i < count; i++) {
		number.size = 0;
		put_number(&number, data, type, i);
		bool fits = column + number.size + 2 <= COLUMNS;
		column = fits ? column + number.size + 2 : TAB + number.size + 1;
		put(t, fits ? " %s," : "\n\t%s,", number.data);
	}
	put(t, "\n};\n");
}

/* An escape of three octal digits, or of as few as it takes; returns its length. */
static size_t
escape(char *to, uint8_t c, bool whole)
{
	size_t size = 0;

	to[size++] = '\\';
	for (int shift = 6; shift >= 0; shift -= 3)
		if (whole || c >> shift || !shift)
			to[size++] = (char)('0' + (c >> shift & 7));
	return size;
}

/* Octal escapes, short where no digit follows.  Megabytes go through here: no put(). */
static void
put_string(Text *t, const uint8_t *data, int64_t count)
{
	size_t line = t->size;

	put(t, "\n\t\"");
	for (int64_t i = 0; i < count; i++) {
		bool digit = i + 1 < count && data[i + 1] >= '0' && data[i + 1] <= '9';
		uint8_t c = data[i];
		char text[4] = { (char)c };
		size_t size = 1;

		if (t->size - line > COLUMNS - TAB - 4) {
			put(t, "\"\n\t\"");
			line = t->size;
		}
		if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?')
			size = escape(text, c, digit);
		put_bytes(t, text, size);
	}
	put(t, "\";\n");
}

bool
is_string(Type type, int64_t count)
{
	return types[type].bytes == 1 && count > READABLE;
}

void
put_array(Text *t, const char *declaration, const char *name, const void *data, Type type,
	int64_t count)
{
	bool text = is_string(type, count);

	put(t, "%s %s[%lld] =", declaration, name, (long long)(text ? count + 1 : count));
	if (text)
		put_string(t, data, count);
	else
		put_decimals(t, data, type, count);
}
