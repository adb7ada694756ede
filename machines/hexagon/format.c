/* format.c: printf() and its like: %s %c %d %u %x %p %f %g, with flags, width and precision. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 8192, DIGITS = 32, DECIMALS = 6, MILLION = 1000000 };

/* What is written, and how one conversion wants it. */
typedef struct {
	char *to;
	size_t room, size;
} Out;
typedef struct {
	bool left, zeros;
	int width, precision, longs;
} How;

static void
put(Out *o, char c)
{
	if (o->size + 1 < o->room)
		o->to[o->size] = c;
	o->size++;
}

static void
put_text(Out *o, const How *h, const char *text, int count, char fill)
{
	for (int i = count; i < h->width && !h->left; i++)
		put(o, fill);
	for (int i = 0; i < count; i++)
		put(o, text[i]);
	for (int i = count; i < h->width && h->left; i++)
		put(o, ' ');
}

static void
put_number(Out *o, const How *h, uint64_t n, bool negative, unsigned base)
{
	char digits[DIGITS + 1];
	int at = DIGITS;

	do
		digits[--at] = "0123456789abcdef"[n % base];
	while (n /= base);
	if (negative)
		digits[--at] = '-';
	put_text(o, h, digits + at, DIGITS - at, h->zeros ? '0' : ' ');
}

/* With six decimals, and as bits what is too large for that. */
static void
put_real(Out *o, const How *h, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	if (!(v > -1e9 && v < 1e9)) {
		put(o, '#');
		put_number(o, h, bits, false, 16);
		return;
	}
	uint64_t millionths = (uint64_t)((v < 0 ? -v : v) * (double)MILLION + 0.5);
	const How rest = { .zeros = true, .width = DECIMALS };
	put_number(o, h, millionths / MILLION, v < 0, 10);
	put(o, '.');
	put_number(o, &rest, millionths % MILLION, false, 10);
}

static const char *
read_number(const char *at, int *number, va_list *ap)
{
	if (*at == '*') {
		*number = va_arg(*ap, int);
		return at + 1;
	}
	for (*number = 0; *at >= '0' && *at <= '9'; at++)
		*number = *number * 10 + *at - '0';
	return at;
}

/* Flags, width, precision, length; the letter is next. */
static const char *
read_how(const char *at, How *h, va_list *ap)
{
	*h = (How){ .precision = -1 };
	for (; strchr("-0+ #", *at) && *at; at++) {
		h->left |= *at == '-';
		h->zeros |= *at == '0';
	}
	at = read_number(at, &h->width, ap);
	if (*at == '.')
		at = read_number(at + 1, &h->precision, ap);
	for (; strchr("lhzt", *at) && *at; at++)
		h->longs += *at == 'l';
	return at;
}

static uint64_t
read_whole(const How *h, char letter, bool *negative, va_list *ap)
{
	int64_t n = h->longs > 1 ? va_arg(*ap, int64_t) : va_arg(*ap, int);

	*negative = letter == 'd' && n < 0;
	if (letter != 'd' && h->longs < 2)
		n &= UINT32_MAX;
	return *negative ? 0 - (uint64_t)n : (uint64_t)n;
}

static void
convert(Out *o, const How *h, char letter, va_list *ap)
{
	const char c = letter;
	bool negative = false;

	if (letter == 's') {
		const char *text = va_arg(*ap, const char *);
		int size = 0;
		while (size != h->precision && text[size])
			size++;
		put_text(o, h, text, size, ' ');
	} else if (letter == 'c') {
		const char one = (char)va_arg(*ap, int);
		put_text(o, h, &one, 1, ' ');
	} else if (letter == 'f' || letter == 'g') {
		put_real(o, h, va_arg(*ap, double));
	} else if (letter == '%') {
		put_text(o, h, &c, 1, ' ');
	} else {
		uint64_t n = read_whole(h, letter, &negative, ap);
		put_number(o, h, n, negative, letter == 'd' || letter == 'u' ? 10 : 16);
	}
}

int
vsnprintf(char *to, size_t room, const char *at, va_list ap)
{
	Out o = { to, room, 0 };
	va_list left;
	How h;

	va_copy(left, ap);
	for (; *at; at++)
		if (*at == '%') {
			at = read_how(at + 1, &h, &left);
			convert(&o, &h, *at, &left);
		} else {
			put(&o, *at);
		}
	va_end(left);
	if (room)
		to[o.size < room ? o.size : room - 1] = 0;
	return (int)o.size;
}

int
snprintf(char *to, size_t room, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int size = vsnprintf(to, room, format, ap);
	va_end(ap);
	return size;
}

int
vfprintf(FILE *f, const char *format, va_list ap)
{
	char line[LINE];
	int size = vsnprintf(line, sizeof line, format, ap);

	return fputs(line, f) ? -1 : size;
}

int
fprintf(FILE *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int size = vfprintf(f, format, ap);
	va_end(ap);
	return size;
}

int
printf(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int size = vfprintf(stdout, format, ap);
	va_end(ap);
	return size;
}
