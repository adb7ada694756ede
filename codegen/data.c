/* data.c: weights as C text: decimals while a person may read them, then string literals. */
#include <string.h>

#include "codegen.h"

/* Beyond this many bytes nobody reads the numbers, and compilers take a second a megabyte. */
enum { READABLE = 4096, COLUMNS = 90, TAB = 8 };

/* Exact (nine digits bring every float back); what is no number needs <math.h>. */
void
put_float(Text *t, float v)
{
	size_t at = t->size;

	put(t,
		v != v             ? "NAN" :
			v - v == 0 ? "%.9g" :
			v > 0      ? "INFINITY" :
				     "-INFINITY",
		(double)v);
	if (v - v == 0)
		put(t, strpbrk(t->data + at, ".e") ? "f" : ".0f");
}

static int64_t
whole_number(Packed p, int64_t i)
{
	switch (p.type) {
	case TYPE_s8: return ((const int8_t *)p.data)[i];
	case TYPE_s16: return ((const int16_t *)p.data)[i];
	case TYPE_s32: return ((const int32_t *)p.data)[i];
	case TYPE_s64: return ((const int64_t *)p.data)[i];
	default: return ((const uint8_t *)p.data)[i];
	}
}

/* C has no literal for the least integers. */
static void
put_number(Text *t, Packed p, int64_t i)
{
	long long v = whole_number(p, i);

	if (p.type == TYPE_f32)
		put_float(t, ((const float *)p.data)[i]);
	else if (p.type == TYPE_f64)
		put(t, "%.17g", ((const double *)p.data)[i]);
	else if (p.type == TYPE_s64)
		put(t, v == INT64_MIN ? "INT64_MIN" : "INT64_C(%lld)", v);
	else
		put(t, v == INT32_MIN ? "INT32_MIN" : "%lld", v);
}

static void
put_decimals(Text *t, Packed p)
{
	Text number = text_new(t->arena);
	size_t column = COLUMNS;

	put(t, " {");
	for (int64_t i = 0; i < p.count; i++) {
		number.size = 0;
		put_number(&number, p, i);
		bool fits = column + number.size + 2 <= COLUMNS;
		column = fits ? column + number.size + 2 : TAB + number.size + 1;
		put(t, fits ? " %s," : "\n\t%s,", number.data);
	}
	put(t, "\n};\n");
}

/* Octal escapes, short where no digit follows.  Megabytes go through here: few put(). */
static void
put_string(Text *t, const uint8_t *data, int64_t count)
{
	char shown[UINT8_MAX + 1][5], padded[5];
	size_t line = t->size;

	for (int c = 0; c <= UINT8_MAX; c++)
		snprintf(shown[c], sizeof *shown,
			c < ' ' || c > '~' || strchr("\"\\?", c) ? "\\%o" : "%c", c);
	put(t, "\n\t\"");
	for (int64_t i = 0; i < count; i++) {
		const char *text = shown[data[i]];
		bool digit = i + 1 < count && data[i + 1] >= '0' && data[i + 1] <= '9';

		if (t->size - line > COLUMNS - TAB - 4) {
			put(t, "\"\n\t\"");
			line = t->size;
		}
		if (digit && *text == '\\') {
			snprintf(padded, sizeof padded, "\\%03o", data[i]);
			text = padded;
		}
		put_bytes(t, text, strlen(text));
	}
	put(t, "\";\n");
}

bool
is_string(Packed p)
{
	return types[p.type].bytes == 1 && p.count > READABLE;
}

void
put_array(Text *t, const char *declaration, const char *name, Packed p)
{
	put(t, "%s %s[%lld] =", declaration, name, (long long)p.count + is_string(p));
	if (is_string(p))
		put_string(t, p.data, p.count);
	else
		put_decimals(t, p);
}
