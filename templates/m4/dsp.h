/*
 * dsp.h: the DSP instructions of Cortex-M4, M7 and M33, one a function, and the same in C.
 * Loads are volatile: in another order they want more registers than there are.
 */
#ifndef DSP_H
#define DSP_H

#include <stdint.h>
#include <string.h>

/* c and the products of both halves of a and b. */
#ifdef __ARM_FEATURE_DSP
static inline int32_t
add_products(int32_t c, uint32_t a, uint32_t b)
{
	int32_t sum;

	__asm__("smlad %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(c));
	return sum;
}
#else
static inline int32_t
add_products(int32_t c, uint32_t a, uint32_t b)
{
	int32_t low = (int16_t)a * (int16_t)b, high = (int16_t)(a >> 16) * (int16_t)(b >> 16);

	return (int32_t)((uint32_t)c + (uint32_t)low + (uint32_t)high);
}
#endif

/* Bytes 0 and 2, as two halves with their signs. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t
even_bytes(uint32_t x)
{
	uint32_t halves;

	__asm__("sxtb16 %0, %1" : "=r"(halves) : "r"(x));
	return halves;
}
#else
static inline uint32_t
even_bytes(uint32_t x)
{
	return (uint16_t)(int8_t)x | (uint32_t)(uint16_t)(int8_t)(x >> 16) << 16;
}
#endif

/* Bytes 1 and 3, as two halves with their signs. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t
odd_bytes(uint32_t x)
{
	uint32_t halves;

	__asm__("sxtb16 %0, %1, ror #8" : "=r"(halves) : "r"(x));
	return halves;
}
#else
static inline uint32_t
odd_bytes(uint32_t x)
{
	return (uint16_t)(int8_t)(x >> 8) | (uint32_t)(uint16_t)(int8_t)(x >> 24) << 16;
}
#endif

/* Bytes 0 and 2 of x, with their signs, added to the halves of c. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t
add_even_bytes(uint32_t c, uint32_t x)
{
	uint32_t halves;

	__asm__("sxtab16 %0, %1, %2" : "=r"(halves) : "r"(c), "r"(x));
	return halves;
}
#else
static inline uint32_t
add_even_bytes(uint32_t c, uint32_t x)
{
	const uint32_t more = even_bytes(x);

	return (uint16_t)(c + more) | ((c >> 16) + (more >> 16)) << 16;
}
#endif

/* Bytes 1 and 3 of x, with their signs, added to the halves of c. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t
add_odd_bytes(uint32_t c, uint32_t x)
{
	uint32_t halves;

	__asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(halves) : "r"(c), "r"(x));
	return halves;
}
#else
static inline uint32_t
add_odd_bytes(uint32_t c, uint32_t x)
{
	const uint32_t more = odd_bytes(x);

	return (uint16_t)(c + more) | ((c >> 16) + (more >> 16)) << 16;
}
#endif

/* c and the product of the first half of a and the second of b. */
#ifdef __ARM_FEATURE_DSP
static inline int32_t
add_low_high(int32_t c, uint32_t a, uint32_t b)
{
	int32_t sum;

	__asm__("smlabt %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(c));
	return sum;
}
#else
static inline int32_t
add_low_high(int32_t c, uint32_t a, uint32_t b)
{
	return (int32_t)((uint32_t)c + (uint32_t)((int16_t)a * (int16_t)(b >> 16)));
}
#endif

/* The halves of a less those of b. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t
less_halves(uint32_t a, uint32_t b)
{
	uint32_t less;

	__asm__("ssub16 %0, %1, %2" : "=r"(less) : "r"(a), "r"(b));
	return less;
}
#else
static inline uint32_t
less_halves(uint32_t a, uint32_t b)
{
	return (uint16_t)(a - b) | ((a >> 16) - (b >> 16)) << 16;
}
#endif

/* The first halves of a and b. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t
low_halves(uint32_t a, uint32_t b)
{
	uint32_t both;

	__asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(both) : "r"(a), "r"(b));
	return both;
}
#else
static inline uint32_t
low_halves(uint32_t a, uint32_t b)
{
	return (uint16_t)a | b << 16;
}
#endif

/* The second halves of a and b. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t
high_halves(uint32_t a, uint32_t b)
{
	uint32_t both;

	__asm__("pkhtb %0, %1, %2, asr #16" : "=r"(both) : "r"(b), "r"(a));
	return both;
}
#else
static inline uint32_t
high_halves(uint32_t a, uint32_t b)
{
	return a >> 16 | (b >> 16) << 16;
}
#endif

/* c + a * b / 2^32, rounded to nearest, halves up. */
#ifdef __ARM_FEATURE_DSP
static inline int32_t
add_high_rounded(int32_t c, int32_t a, int32_t b)
{
	int32_t sum;

	__asm__("smmlar %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(c));
	return sum;
}
#else
static inline int32_t
add_high_rounded(int32_t c, int32_t a, int32_t b)
{
	return (int32_t)((uint32_t)c + (uint32_t)(((int64_t)a * b + INT64_C(0x80000000)) >> 32));
}
#endif

/* c + a * b / 2^32, rounded down. */
#ifdef __ARM_FEATURE_DSP
static inline int32_t
add_high(int32_t c, int32_t a, int32_t b)
{
	int32_t sum;

	__asm__("smmla %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(c));
	return sum;
}
#else
static inline int32_t
add_high(int32_t c, int32_t a, int32_t b)
{
	return (int32_t)((uint32_t)c + (uint32_t)((int64_t)a * b >> 32));
}
#endif

/* x / 2^shift, rounded down, or the nearest int8. */
#if defined __ARM_FEATURE_DSP && !defined __clang__
static inline __attribute__((always_inline)) int32_t
saturate8(int32_t x, int shift)
{
	int32_t y;

	if (!__builtin_constant_p(shift) || shift == 0)
		__asm__("ssat %0, #8, %1" : "=r"(y) : "r"(x >> shift));
	else
		__asm__("ssat %0, #8, %1, asr %2" : "=r"(y) : "r"(x), "i"(shift));
	return y;
}
#else
static inline int32_t
saturate8(int32_t x, int shift)
{
	const int32_t y = x >> shift;

	return y < INT8_MIN ? INT8_MIN : y > INT8_MAX ? INT8_MAX : y;
}
#endif

/* The same address, new to the compiler: it has no sums of it to keep in registers. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t *
anew(uint32_t *at)
{
	__asm__ volatile("" : "+r"(at));
	return at;
}
#else
static inline uint32_t *
anew(uint32_t *at)
{
	return at;
}
#endif

/* x * 2^16, toward zero, or the nearest int32; 0 of what is no number. */
#if defined __ARM_FEATURE_DSP && defined __ARM_FP
static inline int32_t
bits_16(float x)
{
	int32_t fixed;

	__asm__("vcvt.s32.f32 %0, %0, #16" : "+t"(x));
	memcpy(&fixed, &x, sizeof fixed);
	return fixed;
}
#else
static inline int32_t
bits_16(float x)
{
	const float bound = 32768;

	return x >= bound ? INT32_MAX : x > -bound ? (int32_t)(x * 65536) : x <= -bound ? INT32_MIN : 0;
}
#endif

/* All that C has stored is in memory, where the loads below find it. */
static inline void
settle(void)
{
#ifdef __ARM_FEATURE_DSP
	__asm__ volatile("" : : : "memory");
#endif
}

/* Leaves its register to others until it is read again: compilers would rather have sums wait. */
#ifdef __ARM_FEATURE_DSP
static inline __attribute__((always_inline)) void
park(const int32_t **at)
{
	__asm__("" : "+m"(*at));
}
#else
static inline void
park(const int32_t **at)
{
	(void)at;
}
#endif

/* Four bytes, wherever they lie; then the next ones. */
#ifdef __ARM_FEATURE_DSP
static inline uint32_t
next_word(const int8_t **at)
{
	uint32_t word;

	__asm__ volatile("ldr %0, [%1], #4" : "=&r"(word), "+r"(*at));
	return word;
}
#else
static inline uint32_t
next_word(const int8_t **at)
{
	uint32_t word;

	memcpy(&word, *at, sizeof word);
	*at += sizeof word;
	return word;
}
#endif

/* Four bytes, wherever they lie; then those `step` bytes on. */
#if defined __ARM_FEATURE_DSP && !defined __clang__
static inline __attribute__((always_inline)) uint32_t
next_pixel(const int8_t **at, int step)
{
	uint32_t word;

	if (__builtin_constant_p(step) && step < 256) {
		__asm__ volatile("ldr %0, [%1], %2" : "=&r"(word), "+r"(*at) : "i"(step));
	} else {
		__asm__ volatile("ldr %0, [%1]" : "=r"(word) : "r"(*at));
		*at += step;
	}
	return word;
}
#else
static inline uint32_t
next_pixel(const int8_t **at, int step)
{
	uint32_t word;

	memcpy(&word, *at, sizeof word);
	*at += step;
	return word;
}
#endif

typedef struct {
	uint32_t word[2];
} Two;

#ifdef __ARM_FEATURE_DSP
typedef uint64_t Twice __attribute__((may_alias, aligned(4))); /* whose offsets are ldrd's */
#endif

/*
 * Two words, at a multiple of four bytes: loaded here, even if the same were before.  "oQ": at
 * a register and a constant, of 64 bits a small one, for ldrd has no other way to say it.
 */
#ifdef __ARM_FEATURE_DSP
static inline Two
load_two(const void *at)
{
	Two two;

	__asm__ volatile("ldrd %0, %1, %2" : "=r"(two.word[0]), "=r"(two.word[1]) : "oQ"(*(const Twice *)at));
	return two;
}
#else
static inline Two
load_two(const void *at)
{
	Two two;

	memcpy(&two, at, sizeof two);
	return two;
}
#endif

/* Two words, at a multiple of four bytes; then the next ones. */
#ifdef __ARM_FEATURE_DSP
static inline void
next_two(uint32_t *first, uint32_t *second, const void **at)
{
	__asm__ volatile("ldrd %0, %1, [%2], #8" : "=&r"(*first), "=&r"(*second), "+r"(*at));
}
#else
static inline void
next_two(uint32_t *first, uint32_t *second, const void **at)
{
	memcpy(first, *at, sizeof *first);
	memcpy(second, (const char *)*at + sizeof *first, sizeof *second);
	*at = (const char *)*at + 2 * sizeof *first;
}
#endif

/* The first `count` of three words side by side; then the next ones.  r7 is not for us: it may
 * hold a frame. */
#ifdef __ARM_FEATURE_DSP
static inline __attribute__((always_inline)) void
next_some(uint32_t *first, uint32_t *second, uint32_t *third, int count, const uint32_t **at)
{
	register uint32_t a __asm__("r4"), b __asm__("r5"), c __asm__("r6");

	if (count == 1) {
		__asm__ volatile("ldr %0, [%1], #4" : "=&r"(*first), "+r"(*at));
	} else if (count == 2) {
		__asm__ volatile("ldrd %0, %1, [%2], #8" : "=&r"(*first), "=&r"(*second), "+r"(*at));
	} else {
		__asm__ volatile("ldm %0!, {r4, r5, r6}" : "+r"(*at), "=r"(a), "=r"(b), "=r"(c));
		*first = a;
		*second = b;
		*third = c;
	}
}
#else
static inline void
next_some(uint32_t *first, uint32_t *second, uint32_t *third, int count, const uint32_t **at)
{
	*first = (*at)[0];
	*second = (*at)[count > 1];
	*third = (*at)[count > 2 ? 2 : 0];
	*at += count;
}
#endif

/* Stores two words, at a multiple of four bytes. */
#ifdef __ARM_FEATURE_DSP
static inline void
put_two(void *at, uint32_t first, uint32_t second)
{
	__asm__("strd %1, %2, %0" : "=oQ"(*(Twice *)at) : "r"(first), "r"(second));
}
#else
static inline void
put_two(void *at, uint32_t first, uint32_t second)
{
	const Two two = { { first, second } };

	memcpy(at, &two, sizeof two);
}
#endif

/* Three words side by side, at a multiple of four bytes. */
#ifdef __ARM_FEATURE_DSP
static inline __attribute__((always_inline)) void
load_three(uint32_t *first, uint32_t *second, uint32_t *third, const uint32_t *at)
{
	register uint32_t a __asm__("r4"), b __asm__("r5"), c __asm__("r6");

	__asm__ volatile("ldm %3, {r4, r5, r6}" : "=r"(a), "=r"(b), "=r"(c) : "r"(at));
	*first = a;
	*second = b;
	*third = c;
}
#else
static inline void
load_three(uint32_t *first, uint32_t *second, uint32_t *third, const uint32_t *at)
{
	*first = at[0];
	*second = at[1];
	*third = at[2];
}
#endif

/* Four words side by side, at a multiple of four bytes; then the next ones. */
#ifdef __ARM_FEATURE_DSP
static inline __attribute__((always_inline)) void
next_four(uint32_t word[4], const void **at)
{
	register uint32_t a __asm__("r4"), b __asm__("r5"), c __asm__("r6"), d __asm__("r8");

	__asm__ volatile("ldm %0!, {r4, r5, r6, r8}"
			 : "+r"(*at), "=r"(a), "=r"(b), "=r"(c), "=r"(d));
	word[0] = a;
	word[1] = b;
	word[2] = c;
	word[3] = d;
}
#else
static inline void
next_four(uint32_t word[4], const void **at)
{
	memcpy(word, *at, 4 * sizeof *word);
	*at = (const char *)*at + 4 * sizeof *word;
}
#endif

/* Stores six words, or the first four or two; then goes on. */
#ifdef __ARM_FEATURE_DSP
static inline __attribute__((always_inline)) void
put_words(uint32_t **at, const uint32_t word[6], int count)
{
	register uint32_t a __asm__("r2"), b __asm__("r3"), c __asm__("r4"), d __asm__("r5");
	register uint32_t e __asm__("r6"), f __asm__("r8");

	a = word[0];
	b = word[1];
	c = word[2];
	d = word[3];
	e = word[4];
	f = word[5];
	if (count == 2)
		__asm__ volatile("strd %1, %2, [%0], #8" : "+r"(*at) : "r"(a), "r"(b) : "memory");
	else if (count == 4)
		__asm__ volatile("stm %0!, {r2, r3, r4, r5}" : "+r"(*at)
				 : "r"(a), "r"(b), "r"(c), "r"(d) : "memory");
	else
		__asm__ volatile("stm %0!, {r2, r3, r4, r5, r6, r8}" : "+r"(*at)
				 : "r"(a), "r"(b), "r"(c), "r"(d), "r"(e), "r"(f) : "memory");
}
#else
static inline void
put_words(uint32_t **at, const uint32_t word[6], int count)
{
	memcpy(*at, word, (size_t)count * sizeof *word);
	*at += count;
}
#endif

#endif
